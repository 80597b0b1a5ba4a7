-- Clients that registered themselves (RFC 7591, 7592): the token that changes them, whether the operator vouches, and when they were last used.
create table client_registration (
  client_id text primary key references client (id),
  token_digest text not null,
  open boolean not null,
  trusted boolean not null,
  registered_at bigint not null,
  last_used_at bigint not null
);
create index client_registration_used on client_registration (last_used_at);
-- Initial access tokens (RFC 7591 section 3): who has one may register clients.
create table registration_token (
  id text primary key,
  name text not null,
  digest text not null unique,
  created_at bigint not null,
  expires_at bigint not null,
  uses_left bigint
);
create index consent_of_client on consent (client_id);
