//! Sealed keys in the database, for nodes that share nothing else (decisions.md 23).

use sqlx::FromRow;

use super::db::on;
use super::{Db, Tx};
use crate::types::Timestamp;

/// One sealed key or secret.
#[derive(FromRow, Clone, Debug)]
pub struct KeyRow {
    /// Its name: `key:<kid>` or `secret:<purpose>`.
    pub name: String,
    /// A compact JWE.
    pub sealed: String,
    /// When it was made.
    pub created_at: i64,
    /// When it began to sign.
    pub activated_at: Option<i64>,
    /// When it stopped to.
    pub retired_at: Option<i64>,
}

/// Everything there is.
pub async fn all(db: &Db) -> sqlx::Result<Vec<KeyRow>> {
    on!(read db, |ex| sqlx::query_as("select name, sealed, created_at, activated_at, retired_at from key_material order by created_at, name").fetch_all(ex).await)
}

/// Adds one, unless another node was faster.
pub async fn add(tx: &mut Tx, row: &KeyRow) -> sqlx::Result<()> {
    on!(tx tx, |ex| sqlx::query("insert into key_material (name, sealed, created_at, activated_at, retired_at) values ($1, $2, $3, $4, $5) on conflict (name) do nothing")
        .bind(&row.name).bind(&row.sealed).bind(row.created_at).bind(row.activated_at).bind(row.retired_at).execute(ex).await.map(drop))
}

/// Marks a key as signing from now on; false when it was already.
pub async fn activate(tx: &mut Tx, name: &str, now: Timestamp) -> sqlx::Result<bool> {
    on!(tx tx, |ex| sqlx::query("update key_material set activated_at = $2 where name = $1 and activated_at is null").bind(name).bind(now.seconds()).execute(ex).await.map(|r| r.rows_affected() == 1))
}

/// Forgets a key that nothing can need any more.
pub async fn forget(tx: &mut Tx, name: &str) -> sqlx::Result<()> {
    on!(tx tx, |ex| sqlx::query("delete from key_material where name = $1").bind(name).execute(ex).await.map(drop))
}

/// Lets one node at a time change keys; the others wait for its commit.
pub async fn lock(tx: &mut Tx) -> sqlx::Result<()> {
    match tx {
        // `begin immediate` has it already.
        Tx::Sqlite(_) => Ok(()),
        Tx::Postgres(inner) => sqlx::query("lock table key_material in exclusive mode").execute(&mut **inner).await.map(drop),
    }
}
