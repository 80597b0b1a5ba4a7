-- SQLite only: it keeps a table in the order of its key when told so, and otherwise by a number of its own, with the key in an index beside it
-- that names the row once more. These are written or read at every entry, or are most of what a person takes, and their rows are short
-- (rows of more than a twentieth of a page are better off by number: grants and people stay).
-- Rebuilt as SQLite's manual says, with foreign keys off (`Db::migrate`).

create table new_account (
  id text primary key,
  identity_id text not null references identity (id),
  company_id text not null references company (id),
  kind text not null check (kind in ('owner', 'member', 'manager', 'delegate')),
  seat boolean not null,
  preferences text not null,
  created_at bigint not null,
  last_used_at bigint not null,
  ended_at bigint,
  access_expires_at bigint
) without rowid;
insert into new_account select id, identity_id, company_id, kind, seat, preferences, created_at, last_used_at, ended_at, access_expires_at from account order by id;
drop table account;
alter table new_account rename to account;
create unique index account_one_live on account (identity_id, company_id) where ended_at is null;
create index account_by_use on account (identity_id, last_used_at desc, created_at, id) where ended_at is null;
create index account_by_age on account (identity_id, created_at, id) where ended_at is null;
create index account_of_company on account (company_id, id) where ended_at is null;
create index account_access_ends on account (access_expires_at) where access_expires_at is not null and ended_at is null;

create table new_account_role (
  account_id text not null references account (id),
  role_id text not null references role (id),
  primary key (account_id, role_id)
) without rowid;
insert into new_account_role select account_id, role_id from account_role order by account_id, role_id;
drop table account_role;
alter table new_account_role rename to account_role;

create table new_account_permission (
  account_id text not null references account (id),
  permission text not null,
  primary key (account_id, permission)
) without rowid;
insert into new_account_permission select account_id, permission from account_permission order by account_id, permission;
drop table account_permission;
alter table new_account_permission rename to account_permission;

create table new_role_permission (
  role_id text not null references role (id),
  permission text not null,
  primary key (role_id, permission)
) without rowid;
insert into new_role_permission select role_id, permission from role_permission order by role_id, permission;
drop table role_permission;
alter table new_role_permission rename to role_permission;

create table new_client_company (
  client_id text not null references client (id),
  company_id text not null references company (id),
  primary key (client_id, company_id)
) without rowid;
insert into new_client_company select client_id, company_id from client_company order by client_id, company_id;
drop table client_company;
alter table new_client_company rename to client_company;

create table new_company_word (
  word text not null,
  company_id text not null references company (id),
  primary key (word, company_id)
) without rowid;
insert into new_company_word select word, company_id from company_word order by word, company_id;
drop table company_word;
alter table new_company_word rename to company_word;
create index company_word_of on company_word (company_id);

create table new_imported (
  source text not null,
  external_id text not null,
  identity_id text not null references identity (id),
  primary key (source, external_id)
) without rowid;
insert into new_imported select source, external_id, identity_id from imported order by source, external_id;
drop table imported;
alter table new_imported rename to imported;

create table new_browser_session (
  id text primary key,
  verifier_digest text not null,
  created_at bigint not null,
  last_seen_at bigint not null,
  expires_at bigint not null,
  mail_link_id text,
  ended_at bigint
) without rowid;
insert into new_browser_session select id, verifier_digest, created_at, last_seen_at, expires_at, mail_link_id, ended_at from browser_session order by id;
drop table browser_session;
alter table new_browser_session rename to browser_session;
create index browser_session_expiry on browser_session (expires_at);
create index browser_session_seen on browser_session (last_seen_at);

create table new_signed_in (
  browser_session_id text not null,
  identity_id text not null,
  proofs text not null,
  signed_in_at bigint not null,
  ended_at bigint,
  device text not null default '',
  address text not null default '',
  primary key (browser_session_id, identity_id)
) without rowid;
insert into new_signed_in select browser_session_id, identity_id, proofs, signed_in_at, ended_at, device, address from signed_in order by browser_session_id, identity_id;
drop table signed_in;
alter table new_signed_in rename to signed_in;
create index signed_in_identity on signed_in (identity_id) where ended_at is null;

create table new_app_session (
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
) without rowid;
insert into new_app_session select id, browser_session_id, client_id, identity_id, account_id, via, origin_account_id, created_at, last_used_at, ended_at from app_session order by id;
drop table app_session;
alter table new_app_session rename to app_session;
create unique index app_session_one_live on app_session (browser_session_id, client_id, identity_id, coalesce(account_id, ''), via) where ended_at is null;
create index app_session_ended on app_session (ended_at) where ended_at is not null;
create index app_session_via on app_session (via) where via <> 'own' and ended_at is null;
create index app_session_of_account on app_session (account_id, browser_session_id);
create index app_session_of_identity on app_session (identity_id, browser_session_id);

create table new_authorization_code (
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
) without rowid;
insert into new_authorization_code select id, verifier_digest, grant_id, client_id, redirect_uri, code_challenge, nonce, created_at, expires_at, used_at from authorization_code order by id;
drop table authorization_code;
alter table new_authorization_code rename to authorization_code;

create table new_audit_event (
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
) without rowid;
insert into new_audit_event select id, at, kind, identity_id, account_id, origin_account_id, company_id, client_id, sid, acr_before, acr_after, reason, request_id, address from audit_event order by id;
drop table audit_event;
alter table new_audit_event rename to audit_event;
create index audit_event_company on audit_event (company_id, id) where company_id is not null;
create index audit_event_activity on audit_event (identity_id, id)
  where identity_id is not null and kind not in ('authorization.granted', 'token.issued', 'token.refreshed', 'token.refresh_repeated', 'token.exchanged');

create table new_audit_count (
  company_id text not null,
  day bigint not null,
  kind text not null,
  events bigint not null,
  primary key (company_id, day, kind)
) without rowid;
insert into new_audit_count select company_id, day, kind, events from audit_count order by company_id, day, kind;
drop table audit_count;
alter table new_audit_count rename to audit_count;

create table new_consent (
  identity_id text not null,
  client_id text not null,
  account_key text not null,
  scope text not null,
  granted_at bigint not null,
  primary key (identity_id, client_id, account_key)
) without rowid;
insert into new_consent select identity_id, client_id, account_key, scope, granted_at from consent order by identity_id, client_id, account_key;
drop table consent;
alter table new_consent rename to consent;
create index consent_of_client on consent (client_id);

create table new_issued_subject (
  client_id text not null,
  account_id text not null,
  subject text not null,
  former_subject text,
  first_issued_at bigint not null,
  imported_subject text,
  primary key (client_id, account_id)
) without rowid;
insert into new_issued_subject select client_id, account_id, subject, former_subject, first_issued_at, imported_subject from issued_subject order by client_id, account_id;
drop table issued_subject;
alter table new_issued_subject rename to issued_subject;

create table new_known_device (
  device_id text not null references device (id),
  identity_id text not null references identity (id),
  name text not null,
  first_seen_at bigint not null,
  last_seen_at bigint not null,
  remembered_at bigint,
  remembered_until bigint,
  primary key (device_id, identity_id)
) without rowid;
insert into new_known_device select device_id, identity_id, name, first_seen_at, last_seen_at, remembered_at, remembered_until from known_device order by device_id, identity_id;
drop table known_device;
alter table new_known_device rename to known_device;
create index known_device_identity on known_device (identity_id);
