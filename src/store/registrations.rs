//! Clients that registered themselves, and the initial access tokens that let them.

use super::db::on;
use super::{Db, Tx, parsed};
use crate::types::{ClientId, Digest, RowId, Timestamp};

/// Notes that a client registered itself, with the token that will change it; openly, or with an initial access token, which stands for trust.
pub async fn add(tx: &mut Tx, client: &ClientId, token: &Digest, open: bool, now: Timestamp) -> sqlx::Result<()> {
    on!(tx tx, |ex| sqlx::query("insert into client_registration (client_id, token_digest, open, trusted, registered_at, last_used_at) values ($1, $2, $3, not $3, $4, $4)")
        .bind(client.as_str()).bind(token.as_str()).bind(open).bind(now.seconds()).execute(ex).await.map(drop))
}

/// When a client registered itself, and whether openly, if this is the token that changes it.
pub async fn by_token(db: &Db, client: &ClientId, token: &Digest) -> sqlx::Result<Option<(Timestamp, bool)>> {
    let row: Option<(i64, bool)> = on!(read db, |ex| sqlx::query_as("select registered_at, open from client_registration where client_id = $1 and token_digest = $2").bind(client.as_str()).bind(token.as_str()).fetch_optional(ex).await)?;
    Ok(row.map(|(at, open)| (Timestamp::from_seconds(at), open)))
}

/// Says whether the operator vouches for a client that registered itself.
pub async fn set_trusted(tx: &mut Tx, client: &ClientId, trusted: bool) -> sqlx::Result<()> {
    on!(tx tx, |ex| sqlx::query("update client_registration set trusted = $2 where client_id = $1").bind(client.as_str()).bind(trusted).execute(ex).await.map(drop))
}

/// Notes that a client is used, once in a while.
pub async fn note_use(tx: &mut Tx, client: &ClientId, now: Timestamp, unless_since: Timestamp) -> sqlx::Result<()> {
    on!(tx tx, |ex| sqlx::query("update client_registration set last_used_at = $2 where client_id = $1 and last_used_at < $3").bind(client.as_str()).bind(now.seconds()).bind(unless_since.seconds()).execute(ex).await.map(drop))
}

/// Clients that registered themselves and were not used since.
pub async fn unused_since(db: &Db, since: Timestamp, limit: i64) -> sqlx::Result<Vec<ClientId>> {
    let ids: Vec<String> = on!(read db, |ex| sqlx::query_scalar("select client_id from client_registration where last_used_at < $1 order by last_used_at limit $2").bind(since.seconds()).bind(limit).fetch_all(ex).await)?;
    ids.iter().map(|id| parsed(id)).collect()
}

/// Whether a client still is unused, held for the rest of the transaction.
pub async fn still_unused(tx: &mut Tx, client: &ClientId, since: Timestamp) -> sqlx::Result<bool> {
    on!(tx tx, |ex| sqlx::query("update client_registration set last_used_at = last_used_at where client_id = $1 and last_used_at < $2").bind(client.as_str()).bind(since.seconds()).execute(ex).await.map(|r| r.rows_affected() == 1))
}

/// An initial access token as it is listed: never the token itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListedToken {
    /// Its id.
    pub id: RowId,
    /// What it is for, in the operator's words.
    pub name: String,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it stops to count.
    pub expires_at: Timestamp,
    /// How many clients it may still register; nothing for no bound.
    pub uses_left: Option<i64>,
}

/// The initial access tokens that count, newest first.
pub async fn tokens(db: &Db, now: Timestamp) -> sqlx::Result<Vec<ListedToken>> {
    let rows: Vec<(String, String, i64, i64, Option<i64>)> = on!(read db, |ex| sqlx::query_as("select id, name, created_at, expires_at, uses_left from registration_token where expires_at > $1 and (uses_left is null or uses_left > 0) order by id desc limit 1000").bind(now.seconds()).fetch_all(ex).await)?;
    rows.into_iter()
        .map(|(id, name, made, expires, uses_left)| {
            Ok(ListedToken { id: parsed(&id)?, name, created_at: Timestamp::from_seconds(made), expires_at: Timestamp::from_seconds(expires), uses_left })
        })
        .collect()
}

/// Adds one.
pub async fn add_token(tx: &mut Tx, token: &ListedToken, digest: &Digest) -> sqlx::Result<()> {
    on!(tx tx, |ex| sqlx::query("insert into registration_token (id, name, digest, created_at, expires_at, uses_left) values ($1, $2, $3, $4, $5, $6)")
        .bind(token.id.as_str()).bind(&token.name).bind(digest.as_str()).bind(token.created_at.seconds()).bind(token.expires_at.seconds()).bind(token.uses_left)
        .execute(ex).await.map(drop))
}

/// Whether an initial access token counts now; using it is what decides.
pub async fn token_counts(db: &Db, digest: &Digest, now: Timestamp) -> sqlx::Result<bool> {
    let n: i64 = on!(read db, |ex| sqlx::query_scalar("select count(*) from registration_token where digest = $1 and expires_at > $2 and (uses_left is null or uses_left > 0)").bind(digest.as_str()).bind(now.seconds()).fetch_one(ex).await)?;
    Ok(n > 0)
}

/// Uses an initial access token once; false when it does not count.
pub async fn use_token(tx: &mut Tx, digest: &Digest, now: Timestamp) -> sqlx::Result<bool> {
    on!(tx tx, |ex| sqlx::query("update registration_token set uses_left = uses_left - 1 where digest = $1 and expires_at > $2 and (uses_left is null or uses_left > 0)").bind(digest.as_str()).bind(now.seconds()).execute(ex).await.map(|r| r.rows_affected() == 1))
}

/// Ends one now; false when there is none.
pub async fn end_token(tx: &mut Tx, id: &RowId) -> sqlx::Result<bool> {
    on!(tx tx, |ex| sqlx::query("delete from registration_token where id = $1").bind(id.as_str()).execute(ex).await.map(|r| r.rows_affected() == 1))
}
