//! Forgetting what nothing can need any more, a bounded number of rows at a time.

use super::Tx;
use super::db::on;
use crate::config::Lifetimes;
use crate::types::{AppSessionId, GrantId, RowId, Seconds, Timestamp};

/// At most so many rows of one table go in one transaction.
const STEP: i64 = 2000;

/// Deletes expired rows; how many.
pub async fn expired(tx: &mut Tx, kept: &Lifetimes, now: Timestamp) -> sqlx::Result<u64> {
    let day_ago = (now - Seconds::days(1)).seconds();
    let mut gone = 0;
    // A used code is kept for a day, so that its second use still closes the grant; a device's has the id of when the device asked. Ids sort by time, so these two need no other index.
    gone += on!(tx tx, |ex| sqlx::query("delete from authorization_code where id in (select id from authorization_code where id < $1 order by id limit $2)").bind(RowId::first_of(now - kept.code.max(kept.device_code) - Seconds::days(1)).as_str()).bind(STEP).execute(ex).await.map(|r| r.rows_affected()))?;
    gone += on!(tx tx, |ex| sqlx::query("delete from interaction where id in (select id from interaction where expires_at < $1 limit $2)").bind(day_ago).bind(STEP).execute(ex).await.map(|r| r.rows_affected()))?;
    gone += on!(tx tx, |ex| sqlx::query("delete from device_authorization where id in (select id from device_authorization where expires_at < $1 limit $2)").bind(day_ago).bind(STEP).execute(ex).await.map(|r| r.rows_affected()))?;
    gone += on!(tx tx, |ex| sqlx::query("delete from revoked_token where jti in (select jti from revoked_token where expires_at < $1 limit $2)").bind(now.seconds()).bind(STEP).execute(ex).await.map(|r| r.rows_affected()))?;
    gone += on!(tx tx, |ex| sqlx::query("delete from throttle where key in (select key from throttle where last_failure_at < $1 limit $2)").bind((now - Seconds::days(2)).seconds()).bind(STEP).execute(ex).await.map(|r| r.rows_affected()))?;
    gone += on!(tx tx, |ex| sqlx::query("delete from refresh_family where id in (select id from refresh_family where expires_at < $1 limit $2)").bind(day_ago).bind(STEP).execute(ex).await.map(|r| r.rows_affected()))?;
    gone += on!(tx tx, |ex| sqlx::query("delete from signed_in where browser_session_id in (select id from browser_session where expires_at < $1 limit $2)").bind(day_ago).bind(STEP).execute(ex).await.map(|r| r.rows_affected()))?;
    gone += on!(tx tx, |ex| sqlx::query("delete from browser_session where id in (select b.id from browser_session b where b.expires_at < $1 and not exists (select 1 from signed_in s where s.browser_session_id = b.id) limit $2)").bind(day_ago).bind(STEP).execute(ex).await.map(|r| r.rows_affected()))?;
    // Nobody signed in to these, and the time to do so is over.
    gone += on!(tx tx, |ex| sqlx::query("delete from browser_session where id in (select b.id from browser_session b where b.last_seen_at < $1 and not exists (select 1 from signed_in s where s.browser_session_id = b.id) limit $2)").bind((now - kept.session_idle - Seconds::days(1)).seconds()).bind(STEP).execute(ex).await.map(|r| r.rows_affected()))?;
    // A grant older than the longest family has no token that counts; an ended app session is kept as long as its hints are read.
    gone += on!(tx tx, |ex| sqlx::query("delete from authorization_grant where id in (select id from authorization_grant where id < $1 order by id limit $2)").bind(GrantId::first_of(now - kept.refresh - Seconds::days(1)).as_str()).bind(STEP).execute(ex).await.map(|r| r.rows_affected()))?;
    gone += on!(tx tx, |ex| sqlx::query("delete from app_session where id in (select id from app_session where ended_at < $1 limit $2)").bind((now - Seconds::days(400)).seconds()).bind(STEP).execute(ex).await.map(|r| r.rows_affected()))?;
    // Nobody signed out of these; their browser session is long over.
    gone += on!(tx tx, |ex| sqlx::query("delete from app_session where id in (select id from app_session where id < $1 and last_used_at < $2 order by id limit $3)").bind(AppSessionId::first_of(now - Seconds::days(400)).as_str()).bind((now - Seconds::days(400)).seconds()).bind(STEP).execute(ex).await.map(|r| r.rows_affected()))?;
    gone += on!(tx tx, |ex| sqlx::query("delete from outbox where id in (select id from outbox where delivered_at < $1 limit $2)").bind((now - Seconds::days(30)).seconds()).bind(STEP).execute(ex).await.map(|r| r.rows_affected()))?;
    gone += on!(tx tx, |ex| sqlx::query("delete from split where mail_link_id in (select l.id from mail_link l where l.expires_at < $1)").bind((now - Seconds::days(30)).seconds()).execute(ex).await.map(|r| r.rows_affected()))?;
    gone += on!(tx tx, |ex| sqlx::query("delete from email_change where mail_link_id in (select l.id from mail_link l where l.expires_at < $1)").bind((now - Seconds::days(30)).seconds()).execute(ex).await.map(|r| r.rows_affected()))?;
    gone += on!(tx tx, |ex| sqlx::query("delete from mail_link where id in (select id from mail_link where expires_at < $1 limit $2)").bind((now - Seconds::days(30)).seconds()).bind(STEP).execute(ex).await.map(|r| r.rows_affected()))?;
    gone += on!(tx tx, |ex| sqlx::query("delete from link_proof where id in (select id from link_proof where expires_at < $1 limit $2)").bind(day_ago).bind(STEP).execute(ex).await.map(|r| r.rows_affected()))?;
    let long_ago = (now - Seconds::days(400)).seconds();
    gone += on!(tx tx, |ex| sqlx::query("delete from known_device where (device_id, identity_id) in (select device_id, identity_id from known_device where last_seen_at < $1 limit $2)").bind(long_ago).bind(STEP).execute(ex).await.map(|r| r.rows_affected()))?;
    gone += on!(tx tx, |ex| sqlx::query("delete from device where id in (select d.id from device d where d.id < $1 and not exists (select 1 from known_device k where k.device_id = d.id) limit $2)").bind(RowId::first_of(now - Seconds::days(400)).as_str()).bind(STEP).execute(ex).await.map(|r| r.rows_affected()))?;
    gone += on!(tx tx, |ex| sqlx::query("delete from used_ceremony where nonce in (select nonce from used_ceremony where expires_at < $1 limit $2)").bind(now.seconds()).bind(STEP).execute(ex).await.map(|r| r.rows_affected()))?;
    gone += on!(tx tx, |ex| sqlx::query("delete from sent_code where (browser_session_id, identity_id, purpose) in (select browser_session_id, identity_id, purpose from sent_code where expires_at < $1 limit $2)").bind(now.seconds()).bind(STEP).execute(ex).await.map(|r| r.rows_affected()))?;
    gone += on!(tx tx, |ex| sqlx::query("delete from mobile_code where identity_id in (select identity_id from mobile_code where expires_at < $1 limit $2)").bind(now.seconds()).bind(STEP).execute(ex).await.map(|r| r.rows_affected()))?;
    Ok(gone)
}
