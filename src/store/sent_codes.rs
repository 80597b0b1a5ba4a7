//! Codes that were sent to an address or a number: bound to the browser that asked, short-lived, digests only. How often one may be
//! tried is counted with every other try at the person's secrets.

use super::db::on;
use super::{Db, Tx};
use crate::types::{BrowserSessionId, IdentityId, Timestamp};

/// What a code is for; one for one thing opens nothing else.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// A second factor, by mail.
    FactorMail,
    /// A second factor, by text message.
    FactorText,
    /// Registering codes by mail.
    RegisterMail,
    /// Registering codes by text message.
    RegisterText,
    /// Another address to sign in with.
    Email,
}

impl Purpose {
    /// As stored, and as a key is named.
    pub const fn as_str(self) -> &'static str {
        match self {
            Purpose::FactorMail => "factor-mail",
            Purpose::FactorText => "factor-sms",
            Purpose::RegisterMail => "register-mail",
            Purpose::RegisterText => "register-sms",
            Purpose::Email => "email",
        }
    }
}

/// Keeps a code; the one before it is dead.
pub async fn keep(
    tx: &mut Tx,
    browser: &BrowserSessionId,
    who: &IdentityId,
    purpose: Purpose,
    target: &str,
    digest: &str,
    expires_at: Timestamp,
) -> sqlx::Result<()> {
    on!(tx tx, |ex| sqlx::query("insert into sent_code (browser_session_id, identity_id, purpose, target, digest, expires_at) values ($1, $2, $3, $4, $5, $6)
         on conflict (browser_session_id, identity_id, purpose) do update set target = excluded.target, digest = excluded.digest, expires_at = excluded.expires_at")
        .bind(browser.as_str()).bind(who.as_str()).bind(purpose.as_str()).bind(target).bind(digest).bind(expires_at.seconds()).execute(ex).await.map(drop))
}

/// Uses a code up, once; what it proved comes back.
pub async fn spend(tx: &mut Tx, browser: &BrowserSessionId, who: &IdentityId, purpose: Purpose, digest: &str, now: Timestamp) -> sqlx::Result<Option<String>> {
    on!(tx tx, |ex| sqlx::query_scalar("delete from sent_code where browser_session_id = $1 and identity_id = $2 and purpose = $3 and digest = $4 and expires_at > $5 returning target")
        .bind(browser.as_str()).bind(who.as_str()).bind(purpose.as_str()).bind(digest).bind(now.seconds()).fetch_optional(ex).await)
}

/// Where the code that waits went.
pub async fn waiting(db: &Db, browser: &BrowserSessionId, who: &IdentityId, purpose: Purpose, now: Timestamp) -> sqlx::Result<Option<String>> {
    on!(read db, |ex| sqlx::query_scalar("select target from sent_code where browser_session_id = $1 and identity_id = $2 and purpose = $3 and expires_at > $4")
        .bind(browser.as_str()).bind(who.as_str()).bind(purpose.as_str()).bind(now.seconds()).fetch_optional(ex).await)
}

/// Forgets every code that waits for somebody (threats.md T04).
pub async fn forget_all(tx: &mut Tx, who: &IdentityId) -> sqlx::Result<()> {
    on!(tx tx, |ex| sqlx::query("delete from sent_code where identity_id = $1").bind(who.as_str()).execute(ex).await.map(drop))
}
