-- Who is told of what happens, and what they were told (Standard Webhooks).
create table webhook (
  id text primary key,
  -- The company whose events it is told; none for everything that happens at the provider.
  company_id text references company (id),
  url text not null,
  -- Kinds of events, with spaces between.
  events text not null,
  secret_sealed text not null,
  -- What it was before a rotation: signs beside the new one for a while.
  previous_sealed text,
  previous_until bigint,
  created_at bigint not null,
  -- Since when it is told: what happened while it was off stays untold.
  told_from bigint not null,
  disabled_at bigint,
  disabled_reason text
);
create index webhook_of_company on webhook (company_id) where company_id is not null;

create table webhook_delivery (
  id text primary key,
  webhook_id text not null references webhook (id),
  -- The event of the audit log, or what else it tells of.
  event_id text not null,
  kind text not null,
  body text not null,
  created_at bigint not null,
  attempts bigint not null,
  last_status bigint,
  last_error text,
  last_tried_at bigint,
  delivered_at bigint,
  given_up_at bigint,
  unique (webhook_id, event_id)
);
create index webhook_delivery_of on webhook_delivery (webhook_id, id);

-- How far the audit log was read for webhooks.
create table webhook_cursor (
  id bigint primary key check (id = 1),
  after_id text not null
);
