//! Actors, apps and browsers for tests that are sentences about people.

pub mod browser;
pub mod database;
pub mod relying_app;
pub mod world;

pub use browser::Answer;
pub use relying_app::RelyingApp;
pub use world::{Actor, NEW_PASSWORD, PASSWORD, Phone, World};
