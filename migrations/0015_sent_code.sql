-- A code that was sent to somebody and waits to be typed in the browser that asked for it: one for each thing it is for.
create table sent_code (
  browser_session_id text not null,
  identity_id text not null,
  purpose text not null,
  target text not null,
  digest text not null,
  expires_at bigint not null,
  primary key (browser_session_id, identity_id, purpose)
);
create index sent_code_expiry on sent_code (expires_at);
