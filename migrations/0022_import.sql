-- People from elsewhere, by the id they had there; and how far a file was read, so that it can be read on.
create table imported (
  source text not null,
  external_id text not null,
  identity_id text not null references identity (id),
  primary key (source, external_id)
);
create table import_checkpoint (
  file text primary key,
  records bigint not null,
  updated_at bigint not null
);
-- The subject that an app knew an account's person by before they came here: `aud_sub`, whatever is consolidated and undone later.
alter table issued_subject add column imported_subject text;
-- Whose same-email group was told that the sign-ins can be made one.
create table campaign_mail (
  email_key text primary key,
  sent_at bigint not null
);
