//! Own accounts on their way to a sign-in of their own.

use super::db::on;
use super::{Db, Tx, parsed};
use crate::types::{AccountId, IdentityId, RowId, Timestamp};

/// Keeps what a mailed link of purpose `split` is about.
pub async fn add(tx: &mut Tx, link: &RowId, account: &AccountId, email: &str, now: Timestamp) -> sqlx::Result<()> {
    on!(tx tx, |ex| sqlx::query("insert into split (mail_link_id, account_id, email, created_at) values ($1, $2, $3, $4)").bind(link.as_str()).bind(account.as_str()).bind(email).bind(now.seconds()).execute(ex).await.map(drop))
}

/// The account and the address of a link.
pub async fn of_link(db: &Db, link: &RowId) -> sqlx::Result<Option<(AccountId, String)>> {
    let row: Option<(String, String)> =
        on!(read db, |ex| sqlx::query_as("select account_id, email from split where mail_link_id = $1").bind(link.as_str()).fetch_optional(ex).await)?;
    row.map(|(account, email)| Ok((parsed(&account)?, email))).transpose()
}

/// Moves one account to a new identity; false when it is no longer its owner's.
pub async fn move_account(tx: &mut Tx, account: &AccountId, from: &IdentityId, to: &IdentityId) -> sqlx::Result<bool> {
    on!(tx tx, |ex| sqlx::query("update account set identity_id = $3 where id = $1 and identity_id = $2 and ended_at is null").bind(account.as_str()).bind(from.as_str()).bind(to.as_str()).execute(ex).await.map(|r| r.rows_affected() == 1))
}

/// How many live accounts an identity has, read where it is decided.
pub async fn count(tx: &mut Tx, identity: &IdentityId) -> sqlx::Result<i64> {
    on!(tx tx, |ex| sqlx::query_scalar("select count(*) from account where identity_id = $1 and ended_at is null").bind(identity.as_str()).fetch_one(ex).await)
}
