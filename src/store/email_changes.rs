//! Another address for an identity, and for seven days the way back to the one before (threats.md T04, T07).

use sqlx::FromRow;

use super::db::on;
use super::{Db, OnUnique, Tx, parsed};
use crate::types::{EmailAddress, IdentityId, RowId, Timestamp};

/// A change that can be taken back.
#[derive(Clone, Debug)]
pub struct EmailChange {
    /// Whose.
    pub identity_id: IdentityId,
    /// The address before, in its owner's spelling.
    pub old_email: String,
    /// Until when.
    pub until: Timestamp,
}

#[derive(FromRow)]
struct Row {
    identity_id: String,
    old_email: String,
    undo_until: i64,
}

fn change_of(row: Row) -> sqlx::Result<EmailChange> {
    Ok(EmailChange { identity_id: parsed(&row.identity_id)?, old_email: row.old_email, until: Timestamp::from_seconds(row.undo_until) })
}

/// The address is another identity's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the address is another identity's")]
pub struct Taken;

/// Gives an identity a proved address, if it still has the one it had (`old_key`, empty for none). A username that was the old address
/// goes with it, and codes by mail go to the new one.
pub async fn set(tx: &mut Tx, who: &IdentityId, old_key: &str, new: &EmailAddress, now: Timestamp) -> sqlx::Result<Result<bool, Taken>> {
    let changed = on!(tx tx, |ex| sqlx::query("update identity set email = $3, email_key = $4, email_verified_at = $5, profile_updated_at = $5,
           login_email_key = case when login_email_key is null then null else $4 end,
           username = case when username_key = $2 then null else username end, username_key = case when username_key = $2 then null else username_key end
         where id = $1 and coalesce(email_key, '') = $2 and ended_at is null")
        .bind(who.as_str()).bind(old_key).bind(new.as_str()).bind(new.key()).bind(now.seconds()).execute(ex).await.map(|r| r.rows_affected() == 1))
    .on_unique(|| Taken)?;
    if changed == Ok(true) {
        on!(tx tx, |ex| sqlx::query("update authenticator set secret = $2, name = $2 where identity_id = $1 and kind = 'mail' and moved_from is null").bind(who.as_str()).bind(new.as_str()).execute(ex).await.map(drop))?;
    }
    Ok(changed)
}

/// Keeps the way back, by the link that was mailed to the old address.
pub async fn keep_way_back(tx: &mut Tx, link: &RowId, who: &IdentityId, old: &EmailAddress, new_key: &str, until: Timestamp) -> sqlx::Result<()> {
    on!(tx tx, |ex| sqlx::query("insert into email_change (mail_link_id, identity_id, old_email, old_email_key, new_email_key, undo_until) values ($1, $2, $3, $4, $5, $6)")
        .bind(link.as_str()).bind(who.as_str()).bind(old.as_str()).bind(old.key()).bind(new_key).bind(until.seconds()).execute(ex).await.map(drop))
}

/// What a link takes back.
pub async fn by_link(db: &Db, link: &RowId, now: Timestamp) -> sqlx::Result<Option<EmailChange>> {
    let row: Option<Row> = on!(read db, |ex| sqlx::query_as("select c.identity_id, c.old_email, c.undo_until from email_change c join identity i on i.id = c.identity_id where c.mail_link_id = $1 and c.undone_at is null and c.undo_until > $2 and i.ended_at is null")
        .bind(link.as_str()).bind(now.seconds()).fetch_optional(ex).await)?;
    row.map(change_of).transpose()
}

/// Whether an address may still be taken back by somebody else than `except`.
pub async fn is_reserved(db: &Db, key: &str, except: &IdentityId, now: Timestamp) -> sqlx::Result<bool> {
    let n: i64 = on!(read db, |ex| sqlx::query_scalar("select count(*) from email_change where old_email_key = $1 and identity_id <> $2 and undone_at is null and undo_until > $3").bind(key).bind(except.as_str()).bind(now.seconds()).fetch_one(ex).await)?;
    Ok(n > 0)
}

/// Whether an identity's address was changed and the one before can still take that back: until then nothing of it goes to others, for
/// whoever changed it may not be its owner.
pub async fn can_be_taken_back(tx: &mut Tx, who: &IdentityId, now: Timestamp) -> sqlx::Result<bool> {
    let n: i64 = on!(tx tx, |ex| sqlx::query_scalar("select count(*) from email_change where identity_id = $1 and undone_at is null and undo_until > $2").bind(who.as_str()).bind(now.seconds()).fetch_one(ex).await)?;
    Ok(n > 0)
}

/// Takes a change back, once, and with it every later one: whoever made those has no way back of their own. The key of the address that
/// is replaced comes back.
pub async fn take_back(tx: &mut Tx, link: &RowId, now: Timestamp) -> sqlx::Result<Option<String>> {
    let who: Option<String> = on!(tx tx, |ex| sqlx::query_scalar("update email_change set undone_at = $2 where mail_link_id = $1 and undone_at is null and undo_until > $2 returning identity_id").bind(link.as_str()).bind(now.seconds()).fetch_optional(ex).await)?;
    let Some(who) = who else { return Ok(None) };
    on!(tx tx, |ex| sqlx::query("update email_change set undone_at = $3 where identity_id = $1 and mail_link_id > $2 and undone_at is null").bind(&who).bind(link.as_str()).bind(now.seconds()).execute(ex).await.map(|r| r.rows_affected()))?;
    on!(tx tx, |ex| sqlx::query_scalar("select coalesce(email_key, '') from identity where id = $1 and ended_at is null").bind(&who).fetch_optional(ex).await)
}
