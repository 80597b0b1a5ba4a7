-- An account manager's temporary password (design.md section 4, S4): opens only the page that sets a real one. Random, so its
-- digest is enough; gone when a password is set, replaced by a resend, and worth nothing after its time.
alter table identity add column temporary_digest text;
alter table identity add column temporary_expires_at bigint;
