-- An address that was replaced, until its owner can no longer take it back: the mailed link that does so, and what was before.
create table email_change (
  mail_link_id text primary key references mail_link (id),
  identity_id text not null references identity (id),
  old_email text not null,
  old_email_key text not null,
  new_email_key text not null,
  undo_until bigint not null,
  undone_at bigint
);
create index email_change_old on email_change (old_email_key);
create index email_change_identity on email_change (identity_id);
