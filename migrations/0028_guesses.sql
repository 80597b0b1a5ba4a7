-- Wrong tries at somebody's secrets in a row, from browsers they never used: at a hundred their password opens nothing there until they
-- are known again (NIST SP 800-63B-4 section 3.2.2). Waits are kept by name, in throttle, and forgotten after a quiet day; this is not.
alter table identity add column guesses_in_a_row bigint not null default 0;
