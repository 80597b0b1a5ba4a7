-- SQLite only: the index behind a `unique` column has an entry for every row, those with nothing in it too. Most people have no username, and who has
-- one address has no address of several sign-ins; an index of its own leaves them out, and is as unique.
-- Rebuilt as SQLite's manual says, with foreign keys off (`Db::migrate`).

create table new_identity (
  id text primary key,
  username text,
  username_key text,
  email text,
  email_key text,
  email_verified_at bigint,
  login_email_key text,
  password_hash text,
  password_set_at bigint,
  credential_epoch bigint not null,
  given_name text,
  family_name text,
  locale text,
  profile_updated_at bigint,
  managed_by text references company (id),
  created_at bigint not null,
  disabled_at bigint,
  ended_at bigint,
  absorbed_into text,
  mobile text,
  time_zone text,
  temporary_digest text,
  temporary_expires_at bigint,
  brand_id text references brand (id),
  mobile_verified_at bigint,
  factor_floor text,
  closes_at bigint,
  name_key text,
  family_key text,
  guesses_in_a_row bigint not null default 0
);
insert into new_identity select id, username, username_key, email, email_key, email_verified_at, login_email_key, password_hash, password_set_at, credential_epoch, given_name, family_name, locale, profile_updated_at, managed_by, created_at, disabled_at, ended_at, absorbed_into, mobile, time_zone, temporary_digest, temporary_expires_at, brand_id, mobile_verified_at, factor_floor, closes_at, name_key, family_key, guesses_in_a_row from identity order by id;
drop table identity;
alter table new_identity rename to identity;
create unique index identity_username_key on identity (username_key) where username_key is not null;
create unique index identity_login_email_key on identity (login_email_key) where login_email_key is not null;
create index identity_closes_at on identity (closes_at) where closes_at is not null;
create index identity_name_key on identity (name_key) where name_key is not null;
create index identity_family_key on identity (family_key) where family_key is not null;
create index identity_email_key on identity (email_key) where email_key is not null;
