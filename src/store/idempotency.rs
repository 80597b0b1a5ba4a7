//! Calls that are done once however often they are sent (draft-ietf-httpapi-idempotency-key-header-07).

use super::db::on;
use super::{Db, Tx};
use crate::types::Timestamp;

/// A call that was seen before.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Seen {
    /// What was asked then.
    pub request_digest: String,
    /// How it was answered; nothing while it is under way.
    pub status: Option<i64>,
    /// The answer, sealed.
    pub answer_sealed: Option<String>,
}

/// Notes that a call begins; false when the key was used before.
pub async fn begin(tx: &mut Tx, key: &str, request_digest: &str, now: Timestamp) -> sqlx::Result<bool> {
    on!(tx tx, |ex| sqlx::query("insert into idempotency (key, request_digest, created_at) values ($1, $2, $3) on conflict do nothing").bind(key).bind(request_digest).bind(now.seconds()).execute(ex).await.map(|r| r.rows_affected() == 1))
}

/// What is known of a key.
pub async fn seen(db: &Db, key: &str) -> sqlx::Result<Option<Seen>> {
    on!(read db, |ex| sqlx::query_as("select request_digest, status, answer_sealed from idempotency where key = $1").bind(key).fetch_optional(ex).await)
}

/// Keeps the answer.
pub async fn finish(tx: &mut Tx, key: &str, status: i64, answer_sealed: &str) -> sqlx::Result<()> {
    on!(tx tx, |ex| sqlx::query("update idempotency set status = $2, answer_sealed = $3 where key = $1").bind(key).bind(status).bind(answer_sealed).execute(ex).await.map(drop))
}

/// Forgets a call that came to nothing, so that it may be sent again.
pub async fn forget(tx: &mut Tx, key: &str) -> sqlx::Result<()> {
    on!(tx tx, |ex| sqlx::query("delete from idempotency where key = $1").bind(key).execute(ex).await.map(drop))
}

/// Forgets what is older.
pub async fn forget_before(tx: &mut Tx, at: Timestamp) -> sqlx::Result<u64> {
    on!(tx tx, |ex| sqlx::query("delete from idempotency where created_at < $1").bind(at.seconds()).execute(ex).await.map(|r| r.rows_affected()))
}
