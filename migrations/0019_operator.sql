-- People who run this provider: they come in at the console, always with a second factor.
create table operator (
  identity_id text primary key references identity (id),
  created_at bigint not null
);

-- How often what happened on a day, in a company or ('') altogether: counted as the audit log is sealed, so that figures cost nothing
-- however long the log is.
create table audit_count (
  company_id text not null,
  day bigint not null,
  kind text not null,
  events bigint not null,
  primary key (company_id, day, kind)
);
insert into audit_count (company_id, day, kind, events)
  select '', at / 86400, kind, count(*) from audit_event where id <= (select max(through_id) from audit_seal) group by at / 86400, kind;
insert into audit_count (company_id, day, kind, events)
  select company_id, at / 86400, kind, count(*) from audit_event where company_id is not null and id <= (select max(through_id) from audit_seal) group by company_id, at / 86400, kind;

