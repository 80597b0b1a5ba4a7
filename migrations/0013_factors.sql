-- What a person registered beside a password. A TOTP secret is sealed; a passkey is a document of public keys.
create table authenticator (
  id text primary key,
  identity_id text not null references identity (id),
  kind text not null check (kind in ('totp', 'passkey', 'mail', 'sms')),
  name text not null,
  secret text,
  credential_id text unique,
  last_step bigint not null,
  backed_up boolean not null,
  created_at bigint not null,
  last_used_at bigint,
  flagged_at bigint,
  moved_from text references identity (id)
);
create index authenticator_identity on authenticator (identity_id);

-- Codes on paper: single use, keyed digests.
create table recovery_code (
  digest text primary key,
  identity_id text not null references identity (id),
  created_at bigint not null,
  used_at bigint
);
create index recovery_code_identity on recovery_code (identity_id);

-- WebAuthn ceremonies that were finished: each counts once. Their state travels sealed in the page that began them.
create table used_ceremony (
  nonce text primary key,
  expires_at bigint not null
);
create index used_ceremony_expiry on used_ceremony (expires_at);

-- A browser beyond its sessions, and who used it: for mails about new devices, and for factors that it need not ask again.
create table device (
  id text primary key,
  verifier_digest text not null,
  created_at bigint not null
);
create table known_device (
  device_id text not null references device (id),
  identity_id text not null references identity (id),
  name text not null,
  first_seen_at bigint not null,
  last_seen_at bigint not null,
  remembered_at bigint,
  remembered_until bigint,
  primary key (device_id, identity_id)
);
create index known_device_identity on known_device (identity_id);

-- A right password of an account to be linked whose owner has a second factor: that is asked next.
alter table link_proof add column needs_factor boolean not null default false;

-- What a company asks of whoever enters it, and what a person who took over stronger sign-ins owes them.
alter table company add column policy text not null default '{}';
alter table identity add column factor_floor text;

-- What the acting identity had proved when a grant was made.
alter table authorization_grant add column proofs text not null default '[]';

-- In what browser, and from where, somebody signed in: for their own eyes.
alter table signed_in add column device text not null default '';
alter table signed_in add column address text not null default '';

-- What a person reads of their own activity; the events of every token are not among it, and are not slowed down.
create index audit_event_activity on audit_event (identity_id, id)
  where identity_id is not null and kind not in ('authorization.granted', 'token.issued', 'token.refreshed', 'token.refresh_repeated', 'token.exchanged');

-- When a sign-in that its owner closed is gone for good.
alter table identity add column closes_at bigint;
create index identity_closes_at on identity (closes_at) where closes_at is not null;
