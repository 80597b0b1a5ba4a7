//! Words and templates: Fluent messages and Tera pages, embedded in the binary.

mod messages;
mod templates;

pub use messages::{Messages, message_keys};
pub use templates::{Asset, Texts, asset, asset_url};

#[derive(rust_embed::RustEmbed)]
#[folder = "templates"]
struct Files;
