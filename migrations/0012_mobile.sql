-- When control of the mobile number was proved by a code, and the code that waits: one per person, its digest keyed.
alter table identity add column mobile_verified_at bigint;
create table mobile_code (
  identity_id text primary key,
  mobile text not null,
  digest text not null,
  tries bigint not null,
  expires_at bigint not null
);
create index mobile_code_expiry on mobile_code (expires_at);
