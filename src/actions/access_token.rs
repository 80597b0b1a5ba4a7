//! Whether an access token counts now: signature (remembered), then grant, account and revocation (never remembered).

use std::sync::Arc;

use serde_json::{Map, Value};

use super::{App, Stop};
use crate::crypto::JwtKind;
use crate::flow::LiveGrant;
use crate::store::grants;
use crate::types::{Digest, ScopeSet, Timestamp};

/// A token that counts.
#[derive(Debug)]
pub struct LiveToken {
    /// Its claims.
    pub claims: Arc<Map<String, Value>>,
    /// The grant behind it; a machine's token has none.
    pub grant: Option<LiveGrant>,
    /// Whether it is none at all: the call comes from who has the database in hand.
    pub own_hand: bool,
}

/// Marks a call inside this process by who has the database in hand: the command line. Nothing that comes over the network carries it.
#[derive(Clone, Copy, Debug)]
pub struct OwnHand;

impl LiveToken {
    /// What stands for a token in a call of [`OwnHand`].
    pub fn own_hand() -> Self {
        Self { claims: Arc::default(), grant: None, own_hand: true }
    }
    /// A claim that is text.
    pub fn text(&self, name: &str) -> &str {
        self.claims.get(name).and_then(Value::as_str).unwrap_or_default()
    }
    /// Its scopes.
    pub fn scope(&self) -> ScopeSet {
        ScopeSet::parse(self.text("scope"))
    }
}

/// The claims of a token whose signature and times are good.
fn checked(app: &App, token: &str, now: Timestamp) -> Option<Arc<Map<String, Value>>> {
    let digest = Digest::of(token.as_bytes()).as_str().to_owned();
    let claims = match app.caches.signatures.get(&digest) {
        Some(claims) => claims,
        None => {
            let claims = Arc::new(app.keys().signed_claims(JwtKind::AccessToken, token)?);
            app.caches.signatures.insert(digest, claims.clone());
            claims
        }
    };
    let ours = claims.get("iss").and_then(Value::as_str) == Some(app.issuer());
    let in_time = claims.get("exp").and_then(Value::as_i64).is_some_and(|exp| now.seconds() < exp);
    (ours && in_time).then_some(claims)
}

/// The token, if it counts now.
pub async fn live_access_token(app: &App, token: &str, now: Timestamp) -> Result<Option<LiveToken>, Stop> {
    let Some(claims) = checked(app, token, now) else { return Ok(None) };
    // A client that was switched off acts no more, with what it has either.
    let client = claims.get("client_id").and_then(Value::as_str).and_then(|id| id.parse().ok());
    match client {
        Some(id) if app.client(&id).await?.is_some() => {}
        _ => return Ok(None),
    }
    let jti = claims.get("jti").and_then(Value::as_str).unwrap_or_default();
    let gid = claims.get("gid").and_then(Value::as_str).and_then(|g| g.parse().ok());
    let Some(gid) = gid else {
        let revoked = grants::is_revoked(&app.store.db, jti).await?;
        return Ok((!revoked).then_some(LiveToken { claims, grant: None, own_hand: false }));
    };
    let grant = grants::behind_token(&app.store.db, &gid, jti).await?.filter(|g| g.check().is_ok());
    Ok(grant.map(|grant| LiveToken { claims, grant: Some(grant), own_hand: false }))
}
