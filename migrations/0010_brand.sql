-- Branding per domain (design.md section 4, S4; docs/decisions/0007): a door with a face, never a place to sign in.
create table brand (
  id text primary key,
  company_id text not null references company (id),
  host text not null unique,
  product_name text not null,
  logo_digest text references logo (digest),
  accent text,
  accent_dark text,
  support_url text,
  sender text,
  created_at bigint not null
);
create index brand_of_company on brand (company_id);
-- Whose face mails to this person wear.
alter table identity add column brand_id text references brand (id);
