//! SQL, one file per aggregate, SQLite and PostgreSQL from one text.
//!
//! Ordinary writes are one transaction: `let mut tx = store.begin().await?; ..; tx.commit().await?`.
//! The handful of hot operations are [`Hot`]: on SQLite one writer task commits all waiting callers together with one
//! set-based statement per kind; on PostgreSQL each is one combined statement. Reads have their own connections, and
//! the hot ones are asked together on SQLite (`grouped.rs`).

pub mod accounts;
pub mod audit;
pub mod audit_seals;
pub mod authenticators;
pub mod brands;
pub mod cleanup;
pub mod clients;
pub mod codes;
pub mod companies;
pub mod config_version;
pub mod consents;
pub mod consolidations;
mod db;
pub mod device_authorizations;
pub mod devices;
pub mod email_changes;
pub mod factor_resets;
pub mod figures;
pub mod grants;
mod grouped;
mod hot;
pub mod idempotency;
pub mod identities;
pub mod imports;
pub mod interactions;
pub mod invitations;
pub mod key_material;
pub mod links;
pub mod mail_links;
pub mod mobile_codes;
pub mod operators;
pub mod outbox;
mod readers;
pub mod recovery_codes;
pub mod refresh_families;
pub mod registrations;
pub mod resources;
pub mod roles;
pub mod security;
pub mod sent_codes;
pub mod sessions;
pub mod splits;
pub mod throttles;
mod together;
pub mod webhooks;
mod writer;

pub use audit::AuditEvent;
pub use db::{Db, OnUnique, Tx, rows_read};
pub use hot::{Begin, ExchangeCode, Hot, IssueCode, NewSession, RotateFamily, TouchSession, WriteRefused};

use std::time::Duration;

use crate::config::DatabaseUrl;

/// The database and its write paths.
#[derive(Clone)]
pub struct Store {
    /// Connections.
    pub db: Db,
    /// The hot operations.
    pub hot: Hot,
}

impl Store {
    /// Connects, brings the schema up to date, and starts the writer.
    pub async fn open(url: &DatabaseUrl) -> anyhow::Result<Self> {
        let db = Db::connect(url).await?;
        db.migrate().await?;
        let hot = Hot::start(&db);
        Ok(Self { db, hot })
    }
    /// Begins an ordinary write.
    pub async fn begin(&self) -> sqlx::Result<Tx> {
        self.db.begin().await
    }
    /// Writes what waits and closes the connections.
    pub async fn close(&self) {
        let _ = tokio::time::timeout(Duration::from_secs(5), self.hot.settle()).await;
        let _ = tokio::time::timeout(Duration::from_secs(10), self.db.close()).await;
    }
}

/// Of each way to be found by the beginning of a text, so many are looked at: who types more finds the rest.
const LOOKED_AT: i64 = 500;

/// Reads an id or another parsed text out of a row.
fn parsed<T: std::str::FromStr>(text: &str) -> sqlx::Result<T>
where
    T::Err: std::error::Error + Send + Sync + 'static,
{
    text.parse().map_err(|e: T::Err| sqlx::Error::Decode(format!("a stored value is not what its column holds: {e}").into()))
}

/// Reads a JSON document out of a row.
fn document<T: serde::de::DeserializeOwned>(text: &str) -> sqlx::Result<T> {
    serde_json::from_str(text).map_err(|e| sqlx::Error::Decode(format!("a stored document does not parse: {e}").into()))
}

/// Writes a JSON document into a row.
fn json_text<T: serde::Serialize>(value: &T) -> String {
    serde_json::to_string(value).expect("our own values are JSON")
}

/// Splits what `string_agg` joined.
fn words(text: Option<String>) -> Vec<String> {
    text.map(|t| t.split(' ').filter(|w| !w.is_empty()).map(str::to_owned).collect()).unwrap_or_default()
}

/// Splits what `string_agg` joined in no order: each word once, in order. Cheaper here than in a statement that is run all the time.
fn sorted_words(text: Option<String>) -> Vec<String> {
    let mut words = words(text);
    words.sort_unstable();
    words.dedup();
    words
}
