-- The rest of one profile for all companies: a mobile number, as E.164 and as yet unproved, and a time zone by its IANA name.
alter table identity add column mobile text;
alter table identity add column time_zone text;
