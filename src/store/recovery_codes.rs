//! Codes on paper: keyed digests, each of them good once.

use super::db::on;
use super::{Db, Tx};
use crate::types::{IdentityId, Timestamp};

/// Replaces all codes of a person.
pub async fn replace(tx: &mut Tx, identity: &IdentityId, digests: &[String], now: Timestamp) -> sqlx::Result<()> {
    on!(tx tx, |ex| sqlx::query("delete from recovery_code where identity_id = $1").bind(identity.as_str()).execute(ex).await.map(|r| r.rows_affected()))?;
    for digest in digests {
        on!(tx tx, |ex| sqlx::query("insert into recovery_code (digest, identity_id, created_at) values ($1, $2, $3)").bind(digest).bind(identity.as_str()).bind(now.seconds()).execute(ex).await.map(|r| r.rows_affected()))?;
    }
    Ok(())
}

/// Uses a code, once.
pub async fn spend(tx: &mut Tx, identity: &IdentityId, digest: &str, now: Timestamp) -> sqlx::Result<bool> {
    on!(tx tx, |ex| sqlx::query("update recovery_code set used_at = $3 where digest = $1 and identity_id = $2 and used_at is null").bind(digest).bind(identity.as_str()).bind(now.seconds()).execute(ex).await.map(|r| r.rows_affected() == 1))
}

/// How many are left, and when they were made.
pub async fn left(db: &Db, identity: &IdentityId) -> sqlx::Result<(i64, Option<Timestamp>)> {
    let row: (i64, Option<i64>) = on!(read db, |ex| sqlx::query_as("select count(*) - count(used_at), max(created_at) from recovery_code where identity_id = $1").bind(identity.as_str()).fetch_one(ex).await)?;
    Ok((row.0, row.1.map(Timestamp::from_seconds)))
}

/// How many are left, in the transaction that used one.
pub async fn left_now(tx: &mut Tx, identity: &IdentityId) -> sqlx::Result<i64> {
    on!(tx tx, |ex| sqlx::query_scalar("select count(*) from recovery_code where identity_id = $1 and used_at is null").bind(identity.as_str()).fetch_one(ex).await)
}
