//! The counter that tells running servers to read clients, resources and keys again (decisions.md 22).

use super::db::on;
use super::{Db, Tx};

/// The current version.
pub async fn current(db: &Db) -> sqlx::Result<i64> {
    on!(read db, |ex| sqlx::query_scalar("select version from config_version where id = 1").fetch_one(ex).await)
}

/// Says that something cached has changed.
pub async fn bump(tx: &mut Tx) -> sqlx::Result<()> {
    on!(tx tx, |ex| sqlx::query("update config_version set version = version + 1 where id = 1").execute(ex).await.map(drop))
}
