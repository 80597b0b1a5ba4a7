//! Authorization codes, as they are read before they are consumed. Consuming is [`super::Hot::exchange_code`].

use serde_json::json;
use sqlx::FromRow;

use super::Db;
use super::companies::company_columns;
use super::grants::{GrantRow, grant_columns, grant_joins};
use super::grouped::{Asked, ask, asked};
use super::identities::identity_columns;
use crate::flow::LiveGrant;
use crate::types::{OpaqueToken, RowId, Timestamp};

/// What the app receives.
pub type CodeToken = OpaqueToken<RowId>;

/// What stands in place of an address where a device fetches its answer itself: no redirect URI is empty.
pub const FOR_DEVICE: &str = "";

/// A code with its grant.
#[derive(Clone, Debug)]
pub struct Code {
    /// The address it was sent to; `None` when it is a device's own (RFC 8628), which nothing but its device code redeems.
    pub redirect_uri: Option<String>,
    /// The PKCE challenge of its request.
    pub code_challenge: Option<String>,
    /// The nonce of its request.
    pub nonce: Option<String>,
    /// When it stops counting.
    pub expires_at: Timestamp,
    /// When it was used.
    pub used_at: Option<Timestamp>,
    /// What it stands for.
    pub grant: LiveGrant,
}

#[derive(FromRow)]
struct CodeRow {
    redirect_uri: String,
    code_challenge: Option<String>,
    nonce: Option<String>,
    expires_at: i64,
    used_at: Option<i64>,
    #[sqlx(flatten)]
    grant: GrantRow,
}

const PRESENTED: Asked = asked!(
    concat!("k.redirect_uri, k.code_challenge, k.nonce, k.expires_at, k.used_at, ", grant_columns!()),
    concat!("join authorization_code k on k.id = asked.a and k.verifier_digest = asked.b join authorization_grant g on g.id = k.grant_id ", grant_joins!())
);

/// The code a token names, used and expired ones too.
pub async fn presented(db: &Db, token: &CodeToken) -> sqlx::Result<Option<Code>> {
    let rows: Vec<CodeRow> = ask(db, &PRESENTED, json!([token.selector().as_str(), token.verifier_digest().as_str()])).await?;
    let row = rows.into_iter().next();
    row.map(|row| {
        Ok(Code {
            redirect_uri: Some(row.redirect_uri).filter(|uri| uri != FOR_DEVICE),
            code_challenge: row.code_challenge,
            nonce: row.nonce,
            expires_at: Timestamp::from_seconds(row.expires_at),
            used_at: row.used_at.map(Timestamp::from_seconds),
            grant: row.grant.try_into()?,
        })
    })
    .transpose()
}
