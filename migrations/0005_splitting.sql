-- An own account that is to become a separate sign-in again: waits for the new mailbox and its password.
create table split (
  mail_link_id text primary key references mail_link (id),
  account_id text not null references account (id),
  email text not null,
  created_at bigint not null
);
create index split_account on split (account_id);
