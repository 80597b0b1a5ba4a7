//! Real Chromium against the running binary: what only a browser can show.
//!
//! `scripts/test` installs Chromium, its driver and axe-core, and builds the sample apps.
//! With `SCREENSHOTS=folder` every page that is checked is also kept as a picture.

mod clients;
mod console;
mod factors;
mod harness;
mod pages;
mod portal;
mod sample_app;
#[path = "../it/samples.rs"]
mod samples;
