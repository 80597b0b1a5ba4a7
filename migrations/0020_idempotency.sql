-- Calls of the API that carry an Idempotency-Key: what was answered, so that a repetition gets the same and nothing is done twice.
create table idempotency (
  key text primary key,
  request_digest text not null,
  status bigint,
  answer_sealed text,
  created_at bigint not null
);
create index idempotency_age on idempotency (created_at);
