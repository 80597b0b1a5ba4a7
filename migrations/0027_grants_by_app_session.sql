-- Grants are found by their app session, which says whose it is and for which account: an app session is written once and a grant at every
-- entry, so the indexes belong to the former. Every grant cost two more.
drop index grant_account;
drop index grant_identity;
drop index app_session_account;
create index app_session_of_account on app_session (account_id, browser_session_id);
create index app_session_of_identity on app_session (identity_id, browser_session_id);
