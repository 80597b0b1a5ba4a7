-- A refresh that switched to another account closed its grant; a repetition within the grace finds the new one.
alter table authorization_grant add column switched_to text;
