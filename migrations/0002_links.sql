-- One-way links (design.md section 4, S0): who may enter which account from which of their own.

create table link (
  id text primary key,
  from_account_id text not null references account (id),
  to_account_id text not null references account (id),
  -- The identities that both accounts hung on when the link was proved, and the target's credential epoch then.
  -- When any of them is another now, the link rests until the target's owner confirms it or it is proved again.
  from_identity_id text not null references identity (id),
  to_identity_id text not null references identity (id),
  target_epoch bigint not null,
  proved_by text not null check (proved_by in ('password', 'grant')),
  created_at bigint not null,
  proved_at bigint not null,
  last_used_at bigint not null,
  ended_at bigint,
  ended_by text,
  check (from_account_id <> to_account_id)
);
create unique index link_one_live on link (from_account_id, to_account_id) where ended_at is null;
create index link_into on link (to_account_id) where ended_at is null;
create index link_of_identity on link (from_identity_id, last_used_at desc, id) where ended_at is null;

-- A password that was just shown for an account to be linked, until one of several accounts behind it is picked.
create table link_proof (
  id text primary key,
  browser_session_id text not null,
  from_account_id text not null,
  to_identity_id text not null,
  target_epoch bigint not null,
  created_at bigint not null,
  expires_at bigint not null,
  used_at bigint
);
create index link_proof_expiry on link_proof (expires_at);

-- A company may keep its accounts out of one-way links altogether.
alter table company add column forbids_links boolean not null default false;

-- What was entered through a link closes with it.
create index grant_via on authorization_grant (via) where via <> 'own' and ended_at is null;
create index app_session_via on app_session (via) where via <> 'own' and ended_at is null;
