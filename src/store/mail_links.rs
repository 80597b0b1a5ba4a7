//! Links sent by mail: single use, expiring, hashed at rest, bound to what they are for.

use sqlx::FromRow;

use super::db::on;
use super::{Db, Tx, parsed};
use crate::types::{BrowserSessionId, IdentityId, OpaqueToken, RowId, Timestamp};

/// The token inside a mailed link.
pub type MailToken = OpaqueToken<RowId>;

/// A link that is still good.
#[derive(Clone, Debug)]
pub struct MailLink {
    /// Its row.
    pub id: RowId,
    /// Whose.
    pub identity_id: IdentityId,
    /// The address it was sent to, by its key.
    pub email_key: String,
}

#[derive(FromRow)]
struct Row {
    id: String,
    identity_id: String,
    email_key: String,
}

fn link(row: Row) -> sqlx::Result<MailLink> {
    Ok(MailLink { id: parsed(&row.id)?, identity_id: parsed(&row.identity_id)?, email_key: row.email_key })
}

/// What a link is for; one for one thing opens nothing else.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// Choosing a password, which proves the address too.
    SetPassword,
    /// Undoing a consolidation.
    Undo,
    /// Making an own account a sign-in of its own.
    Split,
    /// Taking a change of address back.
    EmailUndo,
    /// Saying no to a reset of second factors.
    FactorReset,
}

impl Purpose {
    const fn as_str(self) -> &'static str {
        match self {
            Purpose::SetPassword => "set-password",
            Purpose::Undo => "undo",
            Purpose::Split => "split",
            Purpose::EmailUndo => "email-undo",
            Purpose::FactorReset => "factor-reset",
        }
    }
}

/// Notes that what a link asks for was shown in a browser; it waits for one more answer there. Others who read the mail have the
/// same link in theirs.
pub async fn prove(tx: &mut Tx, id: &RowId, browser: &BrowserSessionId, now: Timestamp) -> sqlx::Result<()> {
    on!(tx tx, |ex| sqlx::query("update mail_link set proved_at = $2, proved_in = $3 where id = $1 and used_at is null").bind(id.as_str()).bind(now.seconds()).bind(browser.as_str()).execute(ex).await.map(drop))
}

/// Whether it was shown in this browser since.
pub async fn is_proved(db: &Db, id: &RowId, browser: &BrowserSessionId, since: Timestamp) -> sqlx::Result<bool> {
    let n: i64 = on!(read db, |ex| sqlx::query_scalar("select count(*) from mail_link where id = $1 and used_at is null and proved_at >= $2 and proved_in = $3").bind(id.as_str()).bind(since.seconds()).bind(browser.as_str()).fetch_one(ex).await)?;
    Ok(n > 0)
}

/// Keeps a link.
pub async fn add(
    tx: &mut Tx,
    purpose: Purpose,
    token: &MailToken,
    identity: &IdentityId,
    email_key: &str,
    expires_at: Timestamp,
    now: Timestamp,
) -> sqlx::Result<()> {
    on!(tx tx, |ex| sqlx::query("insert into mail_link (id, verifier_digest, purpose, identity_id, email_key, created_at, expires_at) values ($1, $2, $7, $3, $4, $5, $6)")
        .bind(token.selector().as_str()).bind(token.verifier_digest().as_str()).bind(identity.as_str()).bind(email_key).bind(now.seconds()).bind(expires_at.seconds()).bind(purpose.as_str()).execute(ex).await.map(drop))
}

/// The link a token opens, if it is still good. Reading it uses nothing up.
pub async fn presented(db: &Db, purpose: Purpose, token: &MailToken, now: Timestamp) -> sqlx::Result<Option<MailLink>> {
    let row: Option<Row> = on!(read db, |ex| sqlx::query_as("select id, identity_id, email_key from mail_link where id = $1 and verifier_digest = $2 and used_at is null and expires_at > $3 and purpose = $4")
        .bind(token.selector().as_str()).bind(token.verifier_digest().as_str()).bind(now.seconds()).bind(purpose.as_str()).fetch_optional(ex).await)?;
    row.map(link).transpose()
}

/// The link that a browser session holds, if it is still good.
pub async fn held(db: &Db, purpose: Purpose, id: &RowId, now: Timestamp) -> sqlx::Result<Option<MailLink>> {
    let row: Option<Row> = on!(read db, |ex| sqlx::query_as("select id, identity_id, email_key from mail_link where id = $1 and used_at is null and expires_at > $2 and purpose = $3").bind(id.as_str()).bind(now.seconds()).bind(purpose.as_str()).fetch_optional(ex).await)?;
    row.map(link).transpose()
}

/// Uses a link up, once.
pub async fn consume(tx: &mut Tx, purpose: Purpose, id: &RowId, now: Timestamp) -> sqlx::Result<Option<MailLink>> {
    let row: Option<Row> = on!(tx tx, |ex| sqlx::query_as("update mail_link set used_at = $2 where id = $1 and used_at is null and expires_at > $2 and purpose = $3 returning id, identity_id, email_key").bind(id.as_str()).bind(now.seconds()).bind(purpose.as_str()).fetch_optional(ex).await)?;
    row.map(link).transpose()
}

/// Uses up every other link of an identity, but for the way back to an address: whoever took the sign-in over must not close that.
pub async fn void_all(tx: &mut Tx, identity: &IdentityId, now: Timestamp) -> sqlx::Result<()> {
    on!(tx tx, |ex| sqlx::query("update mail_link set used_at = $2 where identity_id = $1 and used_at is null and purpose <> 'email-undo'").bind(identity.as_str()).bind(now.seconds()).execute(ex).await.map(drop))
}
