//! Who runs this provider.

use super::db::on;
use super::{Db, Tx, parsed};
use crate::types::{IdentityId, Timestamp};

/// An operator, as they are listed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Operator {
    /// The person.
    pub identity_id: IdentityId,
    /// What they sign in with.
    pub name: String,
    /// Since when.
    pub since: Timestamp,
    /// Whether they can sign in.
    pub is_open: bool,
}

/// Makes somebody an operator; false when they are one.
pub async fn add(tx: &mut Tx, who: &IdentityId, now: Timestamp) -> sqlx::Result<bool> {
    on!(tx tx, |ex| sqlx::query("insert into operator (identity_id, created_at) values ($1, $2) on conflict do nothing").bind(who.as_str()).bind(now.seconds()).execute(ex).await.map(|r| r.rows_affected() == 1))
}

/// Takes it from them, unless nobody who can sign in would be left; false then.
pub async fn remove(tx: &mut Tx, who: &IdentityId) -> sqlx::Result<bool> {
    // Two who remove each other at once wait for each other here.
    on!(tx tx, |ex| sqlx::query("update operator set created_at = created_at").execute(ex).await.map(drop))?;
    on!(tx tx, |ex| sqlx::query("delete from operator where identity_id = $1 and exists (select 1 from operator o join identity i on i.id = o.identity_id where o.identity_id <> $1 and i.ended_at is null and i.disabled_at is null)").bind(who.as_str()).execute(ex).await.map(|r| r.rows_affected() == 1))
}

/// Whether somebody is one.
pub async fn is_one(db: &Db, who: &IdentityId) -> sqlx::Result<bool> {
    let found: Option<i64> =
        on!(read db, |ex| sqlx::query_scalar("select created_at from operator where identity_id = $1").bind(who.as_str()).fetch_optional(ex).await)?;
    Ok(found.is_some())
}

/// All of them, the first one first.
pub async fn all(db: &Db) -> sqlx::Result<Vec<Operator>> {
    type Row = (String, String, i64, bool);
    let rows: Vec<Row> = on!(read db, |ex| sqlx::query_as("select o.identity_id, coalesce(i.email, i.username, o.identity_id), o.created_at, (i.ended_at is null and i.disabled_at is null) from operator o join identity i on i.id = o.identity_id order by o.created_at, o.identity_id limit 1000").fetch_all(ex).await)?;
    rows.into_iter()
        .map(|(id, name, since, is_open)| Ok(Operator { identity_id: parsed(&id)?, name, since: Timestamp::from_seconds(since), is_open }))
        .collect()
}
