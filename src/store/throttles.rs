//! Counters of failures, in the database so that restarts and other nodes see them.

use super::Tx;
use super::db::on;
use crate::domain::{Throttle, ThrottleKey};
use crate::types::Timestamp;

/// The state of a key, read where it is about to be changed.
pub async fn state(tx: &mut Tx, key: &ThrottleKey) -> sqlx::Result<Throttle> {
    let row: Option<(i64, i64)> =
        on!(tx tx, |ex| sqlx::query_as("select failures, last_failure_at from throttle where key = $1").bind(key.as_str()).fetch_optional(ex).await)?;
    Ok(row.map(|(failures, at)| Throttle { failures, last_failure_at: Some(Timestamp::from_seconds(at)) }).unwrap_or_default())
}

/// The states of up to three keys, in their order.
pub async fn states(tx: &mut Tx, keys: &[&ThrottleKey]) -> sqlx::Result<Vec<Throttle>> {
    let key = |n: usize| keys.get(n).map_or("", |k| k.as_str()).to_owned();
    let rows: Vec<(String, i64, i64)> = on!(tx tx, |ex| sqlx::query_as("select key, failures, last_failure_at from throttle where key in ($1, $2, $3)").bind(key(0)).bind(key(1)).bind(key(2)).fetch_all(ex).await)?;
    let state = |key: &&ThrottleKey| {
        let row = rows.iter().find(|(k, ..)| k == key.as_str());
        row.map(|(_, failures, at)| Throttle { failures: *failures, last_failure_at: Some(Timestamp::from_seconds(*at)) }).unwrap_or_default()
    };
    Ok(keys.iter().map(state).collect())
}

/// Counts one more try as failed, if the state is still the one that was judged; false when another try came first.
pub async fn count(tx: &mut Tx, key: &ThrottleKey, seen: &Throttle, now: Timestamp) -> sqlx::Result<bool> {
    let failures = seen.failures_after_another(now);
    let counted = match seen.last_failure_at {
        None => on!(tx tx, |ex| sqlx::query("insert into throttle (key, failures, last_failure_at) values ($1, $2, $3) on conflict (key) do nothing")
            .bind(key.as_str()).bind(failures).bind(now.seconds()).execute(ex).await.map(|r| r.rows_affected()))?,
        Some(last) => {
            on!(tx tx, |ex| sqlx::query("update throttle set failures = $2, last_failure_at = $3 where key = $1 and failures = $4 and last_failure_at = $5")
            .bind(key.as_str()).bind(failures).bind(now.seconds()).bind(seen.failures).bind(last.seconds()).execute(ex).await.map(|r| r.rows_affected()))?
        }
    };
    Ok(counted == 1)
}

/// Takes back what was counted for a try that was no failure: how long others wait is as it was before, unless a failure came since.
pub async fn uncount(tx: &mut Tx, key: &ThrottleKey, before: &Throttle) -> sqlx::Result<()> {
    let (failures, at) = (before.failures, before.last_failure_at.map_or(0, Timestamp::seconds));
    on!(tx tx, |ex| sqlx::query("update throttle set last_failure_at = case when failures = $2 + 1 then $3 else last_failure_at end, failures = failures - 1 where key = $1 and failures > 0").bind(key.as_str()).bind(failures).bind(at).execute(ex).await.map(drop))
}

/// Forgets the failures of up to three keys.
pub async fn reset_all(tx: &mut Tx, keys: &[&ThrottleKey]) -> sqlx::Result<()> {
    let key = |n: usize| keys.get(n).map_or("", |k| k.as_str()).to_owned();
    on!(tx tx, |ex| sqlx::query("delete from throttle where key in ($1, $2, $3)").bind(key(0)).bind(key(1)).bind(key(2)).execute(ex).await.map(drop))
}

/// Forgets the failures of a key.
pub async fn reset(tx: &mut Tx, key: &ThrottleKey) -> sqlx::Result<()> {
    on!(tx tx, |ex| sqlx::query("delete from throttle where key = $1").bind(key.as_str()).execute(ex).await.map(drop))
}
