-- Device authorizations (RFC 8628). What a person answers is an interaction; an approved one has an authorization code of the same id.
create table device_authorization (
  id text primary key,
  verifier_digest text not null,
  client_id text not null,
  user_code text not null unique,
  interaction_id text not null unique,
  address text,
  created_at bigint not null,
  expires_at bigint not null,
  poll_interval bigint not null,
  polled_at bigint,
  refused_reason text
);
create index device_authorization_expires on device_authorization (expires_at);
