-- Somebody lost every second factor, and the operator has looked who they are: after a while, in which they can say no, a right
-- password is enough once, and new factors are registered.
create table factor_reset (
  id text primary key,
  identity_id text not null references identity (id),
  ready_at bigint not null,
  expires_at bigint not null,
  ended_at bigint,
  end_reason text
);
create index factor_reset_identity on factor_reset (identity_id);
