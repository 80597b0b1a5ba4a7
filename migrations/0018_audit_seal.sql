-- The audit log's chain: each seal is the digest of the one before and of the events after it. What a seal covers is never changed;
-- after the time it is kept it goes as a whole, and the seal stays.
create table audit_seal (
  seq bigint primary key,
  through_id text not null,
  events bigint not null,
  digest text not null,
  sealed_at bigint not null,
  erased_at bigint
);
