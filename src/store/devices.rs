//! Browsers beyond their sessions: who used them before, and whose second factor need not be asked there again.

use super::db::on;
use super::{Db, Tx};
use crate::types::{IdentityId, OpaqueToken, RowId, Timestamp};

/// What the long-lived cookie names.
pub type DeviceToken = OpaqueToken<RowId>;

/// Keeps a new device.
pub async fn add(tx: &mut Tx, token: &DeviceToken, now: Timestamp) -> sqlx::Result<()> {
    on!(tx tx, |ex| sqlx::query("insert into device (id, verifier_digest, created_at) values ($1, $2, $3)").bind(token.selector().as_str()).bind(token.verifier_digest().as_str()).bind(now.seconds()).execute(ex).await.map(drop))
}

/// Whether somebody has signed in on the device that a token names.
pub async fn is_used_by(db: &Db, token: &DeviceToken, who: &IdentityId) -> sqlx::Result<bool> {
    let n: i64 = on!(read db, |ex| sqlx::query_scalar("select count(*) from known_device k join device d on d.id = k.device_id where d.id = $1 and d.verifier_digest = $2 and k.identity_id = $3").bind(token.selector().as_str()).bind(token.verifier_digest().as_str()).bind(who.as_str()).fetch_one(ex).await)?;
    Ok(n > 0)
}

/// Whether a presented token is one of ours.
pub async fn is_known(tx: &mut Tx, token: &DeviceToken) -> sqlx::Result<bool> {
    let n: i64 = on!(tx tx, |ex| sqlx::query_scalar("select count(*) from device where id = $1 and verifier_digest = $2").bind(token.selector().as_str()).bind(token.verifier_digest().as_str()).fetch_one(ex).await)?;
    Ok(n > 0)
}

/// Notes that somebody signed in there, on a device that is known or was added just now (`fresh`); true when they never did before, while they
/// have elsewhere.
pub async fn seen(tx: &mut Tx, device: &RowId, fresh: bool, who: &IdentityId, name: &str, now: Timestamp) -> sqlx::Result<bool> {
    let again = if fresh {
        0
    } else {
        on!(tx tx, |ex| sqlx::query("update known_device set last_seen_at = $3, name = $4 where device_id = $1 and identity_id = $2").bind(device.as_str()).bind(who.as_str()).bind(now.seconds()).bind(name).execute(ex).await.map(|r| r.rows_affected()))?
    };
    if again > 0 {
        return Ok(false);
    }
    let others: Option<i64> = on!(tx tx, |ex| sqlx::query_scalar("insert into known_device (device_id, identity_id, name, first_seen_at, last_seen_at) values ($1, $2, $3, $4, $4) on conflict (device_id, identity_id) do nothing
         returning (select count(*) from known_device o where o.identity_id = $2 and o.device_id <> $1)").bind(device.as_str()).bind(who.as_str()).bind(name).bind(now.seconds()).fetch_optional(ex).await)?;
    Ok(others > Some(0))
}

/// Remembers that somebody showed a second factor there.
pub async fn remember(tx: &mut Tx, device: &RowId, who: &IdentityId, until: Timestamp, now: Timestamp) -> sqlx::Result<()> {
    on!(tx tx, |ex| sqlx::query("update known_device set remembered_at = $3, remembered_until = $4 where device_id = $1 and identity_id = $2").bind(device.as_str()).bind(who.as_str()).bind(now.seconds()).bind(until.seconds()).execute(ex).await.map(drop))
}

/// When somebody showed a second factor there, while that is remembered.
pub async fn remembered(db: &Db, token: &DeviceToken, who: &IdentityId, now: Timestamp) -> sqlx::Result<Option<Timestamp>> {
    let at: Option<Option<i64>> = on!(read db, |ex| sqlx::query_scalar("select k.remembered_at from known_device k join device d on d.id = k.device_id where d.id = $1 and d.verifier_digest = $2 and k.identity_id = $3 and k.remembered_until > $4")
        .bind(token.selector().as_str()).bind(token.verifier_digest().as_str()).bind(who.as_str()).bind(now.seconds()).fetch_optional(ex).await)?;
    Ok(at.flatten().map(Timestamp::from_seconds))
}

/// A device whose owner need not show a second factor.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Remembered {
    /// Its id.
    pub device_id: String,
    /// What it is.
    pub name: String,
    /// When the second factor was shown, in seconds.
    pub remembered_at: i64,
    /// Until when, in seconds.
    pub remembered_until: i64,
}

/// The devices that remember somebody.
pub async fn of_identity(db: &Db, who: &IdentityId, now: Timestamp) -> sqlx::Result<Vec<Remembered>> {
    on!(read db, |ex| sqlx::query_as("select device_id, name, remembered_at, remembered_until from known_device where identity_id = $1 and remembered_until > $2 and remembered_at is not null order by remembered_at desc, device_id limit 50").bind(who.as_str()).bind(now.seconds()).fetch_all(ex).await)
}

/// Forgets that one device remembers somebody; all of them without one.
pub async fn forget(tx: &mut Tx, who: &IdentityId, device: Option<&RowId>) -> sqlx::Result<()> {
    on!(tx tx, |ex| sqlx::query("update known_device set remembered_at = null, remembered_until = null where identity_id = $1 and ($2 = '' or device_id = $2)").bind(who.as_str()).bind(device.map_or("", |d| d.as_str())).execute(ex).await.map(drop))
}

/// Forgets that somebody ever used a device ("forget this browser", threats.md T49).
pub async fn leave(tx: &mut Tx, who: &IdentityId, device: &RowId) -> sqlx::Result<()> {
    on!(tx tx, |ex| sqlx::query("delete from known_device where identity_id = $1 and device_id = $2").bind(who.as_str()).bind(device.as_str()).execute(ex).await.map(drop))
}
