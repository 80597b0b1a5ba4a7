-- What the inviter typed to say whom they mean: an invitation by username must not tell them the address behind it.
alter table invitation add column named text;
