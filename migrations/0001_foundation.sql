-- The first migration: everything that signing in once and choosing a company needs.
-- Portable subset: text, bigint, boolean. Times are whole seconds since 1970. Ids are prefix + UUIDv7, so they sort by time.
-- Tables written on every sign-in or refresh carry no foreign keys: their rows are history and outlive what they name.

create table config_version (
  id bigint primary key check (id = 1),
  version bigint not null
);
insert into config_version (id, version) values (1, 1);

-- Key material where nodes share nothing but the database (PostgreSQL). Always sealed.
create table key_material (
  name text primary key,
  sealed text not null,
  created_at bigint not null,
  activated_at bigint,
  retired_at bigint
);

create table logo (
  digest text primary key,
  png_base64 text not null,
  created_at bigint not null
);

create table company (
  id text primary key,
  name text not null,
  name_key text not null,
  slug text not null,
  region text not null,
  publicly_named boolean not null,
  allowed_account_kinds text not null,
  service_status text not null,
  service_message text,
  service_status_at bigint,
  logo_digest text references logo (digest),
  had_owner boolean not null,
  created_at bigint not null,
  suspended_at bigint,
  ended_at bigint
);

-- Every slug that was ever given: a freed one is never given to another company.
create table company_slug (
  slug text primary key,
  company_id text not null references company (id),
  created_at bigint not null
);

create table identity (
  id text primary key,
  username text,
  username_key text unique,
  email text,
  email_key text,
  email_verified_at bigint,
  login_email_key text unique,
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
  ended_at bigint
);
create index identity_verified_email on identity (email_key) where email_verified_at is not null;

create table account (
  id text primary key,
  identity_id text not null references identity (id),
  company_id text not null references company (id),
  kind text not null check (kind in ('owner', 'member', 'manager', 'delegate')),
  seat boolean not null,
  preferences text not null,
  created_at bigint not null,
  last_used_at bigint not null,
  ended_at bigint
);
-- One live account per identity and company; ended ones keep their id.
create unique index account_one_live on account (identity_id, company_id) where ended_at is null;
create index account_by_use on account (identity_id, last_used_at desc, created_at, id) where ended_at is null;
create index account_by_age on account (identity_id, created_at, id) where ended_at is null;
create index account_of_company on account (company_id, id) where ended_at is null;

create table role (
  id text primary key,
  company_id text not null references company (id),
  name text not null,
  title text not null,
  created_at bigint not null,
  unique (company_id, name)
);
create table role_permission (
  role_id text not null references role (id),
  permission text not null,
  primary key (role_id, permission)
);
create table account_role (
  account_id text not null references account (id),
  role_id text not null references role (id),
  primary key (account_id, role_id)
);
create table account_permission (
  account_id text not null references account (id),
  permission text not null,
  primary key (account_id, permission)
);

create table client (
  id text primary key,
  name text not null,
  metadata text not null,
  companies text not null check (companies in ('all', 'listed')),
  created_at bigint not null,
  disabled_at bigint
);
create table client_secret (
  id text primary key,
  client_id text not null references client (id),
  digest text not null,
  created_at bigint not null,
  expires_at bigint
);
create index client_secret_of on client_secret (client_id);
create table client_company (
  client_id text not null references client (id),
  company_id text not null references company (id),
  primary key (client_id, company_id)
);

create table resource (
  identifier text primary key,
  name text not null,
  signing_algorithm text not null,
  created_at bigint not null
);
create table resource_scope (
  identifier text not null references resource (identifier),
  scope text not null,
  description text not null,
  primary key (identifier, scope)
);

create table browser_session (
  id text primary key,
  verifier_digest text not null,
  created_at bigint not null,
  last_seen_at bigint not null,
  expires_at bigint not null,
  mail_link_id text,
  ended_at bigint
);
create index browser_session_expiry on browser_session (expires_at);
create index browser_session_seen on browser_session (last_seen_at);
create table signed_in (
  browser_session_id text not null,
  identity_id text not null,
  proofs text not null,
  signed_in_at bigint not null,
  ended_at bigint,
  primary key (browser_session_id, identity_id)
);
create index signed_in_identity on signed_in (identity_id) where ended_at is null;

create table interaction (
  id text primary key,
  browser_session_id text,
  client_id text,
  request text not null,
  progress text not null,
  created_at bigint not null,
  expires_at bigint not null,
  finished_at bigint
);
create index interaction_expiry on interaction (expires_at);

create table app_session (
  id text primary key,
  browser_session_id text not null,
  client_id text not null,
  identity_id text not null,
  account_id text,
  via text not null,
  origin_account_id text,
  created_at bigint not null,
  last_used_at bigint not null,
  ended_at bigint
);
create unique index app_session_one_live on app_session (browser_session_id, client_id, identity_id, coalesce(account_id, ''), via) where ended_at is null;
create index app_session_ended on app_session (ended_at) where ended_at is not null;
create index app_session_account on app_session (account_id) where ended_at is null;

create table authorization_grant (
  id text primary key,
  client_id text not null,
  identity_id text not null,
  account_id text,
  via text not null,
  origin_account_id text,
  app_session_id text not null,
  browser_session_id text not null,
  scope text not null,
  offline boolean not null,
  claims text not null,
  resources text not null,
  auth_time bigint not null,
  acr text not null,
  amr text not null,
  created_at bigint not null,
  ended_at bigint,
  end_reason text
);
create index grant_app_session on authorization_grant (app_session_id);
create index grant_account on authorization_grant (account_id) where ended_at is null;
create index grant_identity on authorization_grant (identity_id) where ended_at is null;

create table authorization_code (
  id text primary key,
  verifier_digest text not null,
  grant_id text not null,
  client_id text not null,
  redirect_uri text not null,
  code_challenge text,
  nonce text,
  created_at bigint not null,
  expires_at bigint not null,
  used_at bigint
);

-- One row per family, whatever the number of rotations.
create table refresh_family (
  id text primary key,
  grant_id text not null,
  client_id text not null,
  family_digest text not null,
  verifier_digest text not null,
  generation bigint not null,
  successor_sealed text,
  created_at bigint not null,
  rotated_at bigint not null,
  expires_at bigint not null
);
create index refresh_family_grant on refresh_family (grant_id);
create index refresh_family_expiry on refresh_family (expires_at);
create index refresh_family_sealed on refresh_family (rotated_at) where successor_sealed is not null;

create table consent (
  identity_id text not null,
  client_id text not null,
  account_key text not null,
  scope text not null,
  granted_at bigint not null,
  primary key (identity_id, client_id, account_key)
);

-- Subjects really issued, per client and account: the source of aud_sub.
create table issued_subject (
  client_id text not null,
  account_id text not null,
  subject text not null,
  former_subject text,
  first_issued_at bigint not null,
  primary key (client_id, account_id)
);

create table revoked_token (
  jti text primary key,
  expires_at bigint not null
);

create table throttle (
  key text primary key,
  failures bigint not null,
  last_failure_at bigint not null
);

create index throttle_age on throttle (last_failure_at);
create index revoked_token_expiry on revoked_token (expires_at);

create table mail_link (
  id text primary key,
  verifier_digest text not null,
  purpose text not null,
  identity_id text not null references identity (id),
  email_key text not null,
  created_at bigint not null,
  expires_at bigint not null,
  used_at bigint
);

create index mail_link_identity on mail_link (identity_id) where used_at is null;

create table outbox (
  id text primary key,
  kind text not null,
  payload text not null,
  created_at bigint not null,
  due_at bigint not null,
  attempts bigint not null,
  last_error text,
  delivered_at bigint
);
create index outbox_due on outbox (kind, due_at) where delivered_at is null;

create table audit_event (
  id text primary key,
  at bigint not null,
  kind text not null,
  identity_id text,
  account_id text,
  origin_account_id text,
  company_id text,
  client_id text,
  sid text,
  acr_before text,
  acr_after text,
  reason text,
  request_id text,
  address text
);
create index audit_event_company on audit_event (company_id, id) where company_id is not null;
