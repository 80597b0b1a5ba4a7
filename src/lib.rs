//! Vestibule: an OpenID Connect identity provider for people who have accounts at several companies.
//!
//! The floors, ground floor first; each may import only from floors below it (`tests/it/layers.rs` checks it).

pub mod types;

pub mod config;

pub mod protocol;

pub mod domain;

pub mod flow;

pub mod crypto;

pub mod store;

pub mod text;

pub mod mail;

pub mod outbound;

pub mod actions;

pub mod web;

pub mod worker;

pub mod cli;
