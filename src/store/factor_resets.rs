//! Second factors that are given up after a while, unless their owner says no.

use super::db::on;
use super::{Db, Tx};
use crate::types::{IdentityId, RowId, Timestamp};

/// Begins one; whatever was begun before is over.
pub async fn begin(tx: &mut Tx, id: &RowId, who: &IdentityId, ready_at: Timestamp, expires_at: Timestamp, now: Timestamp) -> sqlx::Result<()> {
    end(tx, who, "begun-again", now).await?;
    on!(tx tx, |ex| sqlx::query("insert into factor_reset (id, identity_id, ready_at, expires_at) values ($1, $2, $3, $4)").bind(id.as_str()).bind(who.as_str()).bind(ready_at.seconds()).bind(expires_at.seconds()).execute(ex).await.map(drop))
}

/// Ends what was begun; false when there was nothing.
pub async fn end(tx: &mut Tx, who: &IdentityId, reason: &str, now: Timestamp) -> sqlx::Result<bool> {
    on!(tx tx, |ex| sqlx::query("update factor_reset set ended_at = $2, end_reason = $3 where identity_id = $1 and ended_at is null").bind(who.as_str()).bind(now.seconds()).bind(reason).execute(ex).await.map(|r| r.rows_affected() > 0))
}

/// Whether the time is over and nobody said no.
pub async fn is_ready(db: &Db, who: &IdentityId, now: Timestamp) -> sqlx::Result<bool> {
    let n: i64 = on!(read db, |ex| sqlx::query_scalar("select count(*) from factor_reset where identity_id = $1 and ended_at is null and ready_at <= $2 and expires_at > $2").bind(who.as_str()).bind(now.seconds()).fetch_one(ex).await)?;
    Ok(n > 0)
}

/// Uses it, once.
pub async fn carry_out(tx: &mut Tx, who: &IdentityId, now: Timestamp) -> sqlx::Result<bool> {
    on!(tx tx, |ex| sqlx::query("update factor_reset set ended_at = $2, end_reason = 'carried-out' where identity_id = $1 and ended_at is null and ready_at <= $2 and expires_at > $2").bind(who.as_str()).bind(now.seconds()).execute(ex).await.map(|r| r.rows_affected() == 1))
}
