-- An account's id sorts by the time it was made, so what is in the order of age needs no second column for it.
drop index account_by_use;
drop index account_by_age;
create index account_by_use on account (identity_id, last_used_at desc, id) where ended_at is null;
create index account_by_age on account (identity_id, id) where ended_at is null;
