-- People are found by the beginning of a name, a last name, a username or an address: each by its index, however many there are.
alter table identity add column name_key text;
alter table identity add column family_key text;
update identity set name_key = lower(trim(coalesce(given_name, '') || ' ' || coalesce(family_name, ''))), family_key = lower(family_name) where given_name is not null or family_name is not null;
create index identity_name_key on identity (name_key) where name_key is not null;
create index identity_family_key on identity (family_key) where family_key is not null;
create index identity_email_key on identity (email_key) where email_key is not null;
