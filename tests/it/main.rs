//! The integration tests: the whole provider in process, with a frozen clock and seeded randomness,
//! on SQLite or, with `VESTIBULE_TEST_DATABASE` set, on PostgreSQL.

mod support;

mod api;
mod audit_chain;
mod authorize;
mod bad_input;
mod brands;
mod choosing;
mod company_audit;
mod company_rooms;
mod console;
mod consolidation;
mod core;
mod demo;
mod device_grant;
mod email_change;
mod factors;
mod import;
mod keys;
mod layers;
mod links;
mod lost_factor;
mod management;
mod mobile;
mod model;
mod outbox;
mod pages;
mod parsers;
mod passkeys;
mod people;
mod process;
mod registration;
mod samples;
mod security;
mod sent_codes;
mod sign_in;
mod sign_out;
mod splitting;
mod store;
mod switching;
mod tokens;
mod webhooks;
