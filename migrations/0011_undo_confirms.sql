-- What an account might do when it was moved, so that an undo shows what came later (design.md section 7).
alter table consolidation_account add column roles text;
alter table consolidation_account add column permissions text;
-- When, and in which browser, the old password was shown with an undo link: what came later is confirmed in a second step there.
alter table mail_link add column proved_at bigint;
alter table mail_link add column proved_in text;
