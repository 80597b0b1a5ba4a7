//! Codes sent to mobile numbers: one per person, few tries, short-lived, digests only.

use super::db::on;
use super::{Db, Tx};
use crate::types::{IdentityId, Timestamp};

/// At most so many tries at one code.
const TRIES: i64 = 5;

/// Keeps a code; the one before it is dead.
pub async fn keep(tx: &mut Tx, identity: &IdentityId, mobile: &str, digest: &str, expires_at: Timestamp) -> sqlx::Result<()> {
    on!(tx tx, |ex| sqlx::query("insert into mobile_code (identity_id, mobile, digest, tries, expires_at) values ($1, $2, $3, 0, $4)
         on conflict (identity_id) do update set mobile = excluded.mobile, digest = excluded.digest, tries = 0, expires_at = excluded.expires_at")
        .bind(identity.as_str()).bind(mobile).bind(digest).bind(expires_at.seconds()).execute(ex).await.map(drop))
}

/// Counts a try and gives the digest to compare with, while there are tries left: in one statement, so that many at once get no
/// more than their share.
pub async fn try_one(tx: &mut Tx, identity: &IdentityId, now: Timestamp) -> sqlx::Result<Option<String>> {
    on!(tx tx, |ex| sqlx::query_scalar("update mobile_code set tries = tries + 1 where identity_id = $1 and tries < $2 and expires_at > $3 returning digest")
        .bind(identity.as_str()).bind(TRIES).bind(now.seconds()).fetch_optional(ex).await)
}

/// Uses the code up: the number is proved, if it is still the person's. False when it is not.
pub async fn prove(tx: &mut Tx, identity: &IdentityId, digest: &str, now: Timestamp) -> sqlx::Result<bool> {
    let proved = on!(tx tx, |ex| sqlx::query("update identity set mobile_verified_at = $3 where id = $1 and ended_at is null
           and mobile = (select m.mobile from mobile_code m where m.identity_id = $1 and m.digest = $2)")
        .bind(identity.as_str()).bind(digest).bind(now.seconds()).execute(ex).await.map(|r| r.rows_affected()))?;
    on!(tx tx, |ex| sqlx::query("delete from mobile_code where identity_id = $1 and digest = $2").bind(identity.as_str()).bind(digest).execute(ex).await.map(drop))?;
    Ok(proved == 1)
}

/// The number that a code waits for.
pub async fn waiting(db: &Db, identity: &IdentityId, now: Timestamp) -> sqlx::Result<Option<String>> {
    on!(read db, |ex| sqlx::query_scalar("select mobile from mobile_code where identity_id = $1 and expires_at > $2").bind(identity.as_str()).bind(now.seconds()).fetch_optional(ex).await)
}
