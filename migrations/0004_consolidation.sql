-- Asking people: to consolidate, to let an account enter theirs, to join a company. And what a consolidation did.

create table invitation (
  id text primary key,
  verifier_digest text not null,
  kind text not null check (kind in ('consolidation', 'link', 'account')),
  inviter_identity_id text not null references identity (id),
  -- The account that acts: from which a link will lead, or in the company that invites.
  inviter_account_id text not null references account (id),
  -- For invitations into a company.
  company_id text references company (id),
  account_kind text,
  roles text not null,
  permissions text not null,
  access_expires_at bigint,
  -- Whom, when an identity is meant; otherwise whoever proves the address.
  target_identity_id text references identity (id),
  email text not null,
  email_key text not null,
  created_at bigint not null,
  sent_at bigint not null,
  expires_at bigint not null,
  accepted_at bigint,
  ended_at bigint,
  end_reason text
);
create index invitation_to on invitation (target_identity_id, id) where accepted_at is null and ended_at is null;
create index invitation_by on invitation (inviter_identity_id, id) where accepted_at is null and ended_at is null;
create index invitation_of_company on invitation (company_id, id) where accepted_at is null and ended_at is null and company_id is not null;
create index invitation_email on invitation (email_key) where accepted_at is null and ended_at is null;

create table consolidation (
  id text primary key,
  primary_identity_id text not null references identity (id),
  absorbed_identity_id text not null references identity (id),
  -- What the primary gave up: its username, and whether its address became the login address now.
  primary_username text,
  primary_username_key text,
  made_login_email boolean not null,
  created_at bigint not null,
  undo_until bigint not null,
  undone_at bigint,
  erased_at bigint
);
create index consolidation_absorbed on consolidation (absorbed_identity_id);
create index consolidation_primary on consolidation (primary_identity_id) where undone_at is null;
create index consolidation_erase on consolidation (undo_until) where undone_at is null and erased_at is null;

create table consolidation_account (
  consolidation_id text not null references consolidation (id),
  account_id text not null references account (id),
  primary key (consolidation_id, account_id)
);
create index consolidation_account_of on consolidation_account (account_id);

alter table identity add column absorbed_into text;

-- The end of an outsider's access.
alter table account add column access_expires_at bigint;
create index account_access_ends on account (access_expires_at) where access_expires_at is not null and ended_at is null;
