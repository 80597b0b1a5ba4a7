//! The seals of the audit log, and the events that each of them covers.

use serde::Serialize;
use sqlx::FromRow;

use super::db::on;
use super::{Db, Tx};
use crate::types::{IdentityId, Timestamp};

/// A seal: it covers every event after the one before's last, up to its own.
#[derive(Clone, Debug, FromRow)]
pub struct Seal {
    /// Its place in the chain, from 1.
    pub seq: i64,
    /// The last event that it covers.
    pub through_id: String,
    /// How many.
    pub events: i64,
    /// The digest.
    pub digest: String,
    /// When the events that it covers went, their time being over.
    pub erased_at: Option<i64>,
}

/// An event as it is sealed: all of it but the network address, which goes with the sign-in it belongs to.
#[derive(Clone, Debug, Serialize, FromRow)]
pub struct Sealed {
    /// Its id; later events have greater ones.
    pub id: String,
    /// When, in seconds.
    pub at: i64,
    /// What.
    pub kind: String,
    /// Who acted.
    pub identity_id: Option<String>,
    /// In which account.
    pub account_id: Option<String>,
    /// From which account, through a link.
    pub origin_account_id: Option<String>,
    /// In which company.
    pub company_id: Option<String>,
    /// Through which app.
    pub client_id: Option<String>,
    /// In which app session.
    pub sid: Option<String>,
    /// What had been proved before.
    pub acr_before: Option<String>,
    /// What was proved.
    pub acr_after: Option<String>,
    /// Why, or why not.
    pub reason: Option<String>,
    /// In which request.
    pub request_id: Option<String>,
}

/// The last seal.
pub async fn last(db: &Db) -> sqlx::Result<Option<Seal>> {
    on!(read db, |ex| sqlx::query_as("select seq, through_id, events, digest, erased_at from audit_seal order by seq desc limit 1").fetch_optional(ex).await)
}

/// Seals after a place, in their order.
pub async fn after(db: &Db, seq: i64) -> sqlx::Result<Vec<Seal>> {
    on!(read db, |ex| sqlx::query_as("select seq, through_id, events, digest, erased_at from audit_seal where seq > $1 order by seq limit 100").bind(seq).fetch_all(ex).await)
}

/// Adds one; false when another node was faster.
pub async fn add(tx: &mut Tx, seal: &Seal, now: Timestamp) -> sqlx::Result<bool> {
    on!(tx tx, |ex| sqlx::query("insert into audit_seal (seq, through_id, events, digest, sealed_at) values ($1, $2, $3, $4, $5) on conflict (seq) do nothing")
        .bind(seal.seq).bind(&seal.through_id).bind(seal.events).bind(&seal.digest).bind(now.seconds()).execute(ex).await.map(|r| r.rows_affected() == 1))
}

/// Events after one, that happened before a moment, in their order.
pub async fn unsealed(db: &Db, after: &str, before: Timestamp, limit: i64) -> sqlx::Result<Vec<Sealed>> {
    on!(read db, |ex| sqlx::query_as("select id, at, kind, identity_id, account_id, origin_account_id, company_id, client_id, sid, acr_before, acr_after, reason, request_id from audit_event where id > $1 and at < $2 order by id limit $3")
        .bind(after).bind(before.seconds()).bind(limit).fetch_all(ex).await)
}

/// Events after one, up to another, in their order.
pub async fn covered(db: &Db, after: &str, through: &str, limit: i64) -> sqlx::Result<Vec<Sealed>> {
    on!(read db, |ex| sqlx::query_as("select id, at, kind, identity_id, account_id, origin_account_id, company_id, client_id, sid, acr_before, acr_after, reason, request_id from audit_event where id > $1 and id <= $2 order by id limit $3")
        .bind(after).bind(through).bind(limit).fetch_all(ex).await)
}

/// How many events no seal covers yet.
pub async fn waiting(db: &Db, after: &str) -> sqlx::Result<i64> {
    on!(read db, |ex| sqlx::query_scalar("select count(*) from audit_event where id > $1").bind(after).fetch_one(ex).await)
}

/// The first seal whose events are there and all older than a moment, with the last of them.
pub async fn oldest_kept(db: &Db, older_than: Timestamp) -> sqlx::Result<Option<(i64, String)>> {
    on!(read db, |ex| sqlx::query_as("select s.seq, s.through_id from audit_seal s join audit_event e on e.id = s.through_id where s.erased_at is null and e.at < $1 order by s.seq limit 1").bind(older_than.seconds()).fetch_optional(ex).await)
}

/// Erases what a seal and those before it cover; the seal stays.
pub async fn erase(tx: &mut Tx, seq: i64, through: &str, now: Timestamp) -> sqlx::Result<()> {
    on!(tx tx, |ex| sqlx::query("delete from audit_event where id <= $1").bind(through).execute(ex).await.map(drop))?;
    on!(tx tx, |ex| sqlx::query("update audit_seal set erased_at = $2 where seq = $1 and erased_at is null").bind(seq).bind(now.seconds()).execute(ex).await.map(drop))
}

/// Forgets from which network addresses somebody acted.
pub async fn forget_addresses(tx: &mut Tx, who: &IdentityId) -> sqlx::Result<()> {
    on!(tx tx, |ex| sqlx::query("update audit_event set address = null where identity_id = $1 and address is not null").bind(who.as_str()).execute(ex).await.map(drop))
}
