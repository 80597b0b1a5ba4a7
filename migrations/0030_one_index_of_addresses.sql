-- A verified address is found by the index over all addresses, which migration 0025 made.
drop index identity_verified_email;
