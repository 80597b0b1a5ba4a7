//! Introspection (RFC 7662) and revocation (RFC 7009).

use serde_json::{Map, Value, json};

use super::{App, Origin, Stop, live_access_token};
use crate::crypto::JwtKind;
use crate::flow::introspection_claims;
use crate::protocol::{Client, ErrorCode, ProtocolFailure, RefreshPolicy};
use crate::store::refresh_families::{self, RefreshToken};
use crate::store::{audit, grants};
use crate::types::Timestamp;

/// What a client may know of a token: its own tokens, and access tokens for the resource servers that it is.
/// Everything else, good or bad, is inactive.
pub async fn introspect(app: &App, client: &Client, token: &str, now: Timestamp) -> Result<Map<String, Value>, Stop> {
    if let Some(live) = live_access_token(app, token, now).await? {
        let audience = live.text("aud");
        let may_know = live.text("client_id") == client.id.as_str() || client.metadata.serves.iter().any(|r| r == audience);
        if may_know {
            return Ok(introspection_claims((*live.claims).clone(), live.grant.as_ref()));
        }
    } else if let Some(token) = RefreshToken::parse(token) {
        let family = refresh_families::presented(&app.store.db, &token).await?;
        let good = family.filter(|f| {
            f.client_id == client.id
                && f.generation == token.generation
                && f.verifier_digest.matches(&token.verifier_digest())
                && f.expires_at > now
                && f.rotated_at + app.config.lifetimes.refresh_idle > now
                && f.grant.check().is_ok()
                && f.grant.session_lives(app.config.lifetimes.session_idle, now)
        });
        if let Some(family) = good {
            let grant = &family.grant;
            let account = grant.account.as_ref().map(|a| &a.id);
            let body = json!({
                "active": true, "iss": app.issuer(), "client_id": client.id.as_str(), "scope": grant.scope.to_string(),
                "sub": app.subject(client, &grant.identity.id, account, None).sub,
                "exp": family.expires_at.seconds(), "auth_time": grant.auth_time.seconds(), "acr": grant.acr,
            });
            return Ok(body.as_object().cloned().unwrap_or_default());
        }
    }
    Ok(Map::from_iter([("active".to_owned(), Value::Bool(false))]))
}

/// RFC 7009 2.1: a token of another client is refused, and the client told so.
fn wrong_client() -> Stop {
    ProtocolFailure::new(ErrorCode::UnauthorizedClient, "the token was issued to another client").into()
}

/// Revokes a token of this client; unknown tokens change nothing and are answered like known ones (RFC 7009 2.2).
pub async fn revoke(app: &App, client: &Client, token: &str, origin: &Origin, now: Timestamp) -> Result<(), Stop> {
    let event = app.event("token.revoked", origin, now).through(&client.id);
    if let Some(token) = RefreshToken::parse(token) {
        let Some(family) = refresh_families::presented(&app.store.db, &token).await? else { return Ok(()) };
        let current = family.generation == token.generation && family.verifier_digest.matches(&token.verifier_digest());
        // A genuine older token of a rotating family revokes it too: whoever has it, the family is no longer wanted.
        let genuine = current || (client.metadata.refresh_tokens == RefreshPolicy::Rotating && token.generation < family.generation);
        if family.client_id != client.id {
            return Err(wrong_client());
        }
        if genuine {
            let mut tx = app.store.begin().await?;
            grants::close(&mut tx, &family.grant.id, "revoked", now).await?;
            grants::close_successors(&mut tx, &family.grant.id, "revoked", now).await?;
            audit::append(&mut tx, &event.by(&family.grant.identity.id).sid(&family.grant.sid)).await?;
            tx.commit().await?;
        }
        return Ok(());
    }
    let Some(claims) = app.keys().signed_claims(JwtKind::AccessToken, token) else { return Ok(()) };
    let text = |name: &str| claims.get(name).and_then(Value::as_str).unwrap_or_default();
    if text("client_id") != client.id.as_str() {
        return Err(wrong_client());
    }
    let expires_at = claims.get("exp").and_then(Value::as_i64).map(Timestamp::from_seconds).filter(|at| *at > now);
    if let (true, Some(expires_at)) = (text("iss") == app.issuer(), expires_at) {
        let mut tx = app.store.begin().await?;
        grants::revoke_token(&mut tx, text("jti"), expires_at).await?;
        audit::append(&mut tx, &event).await?;
        tx.commit().await?;
    }
    Ok(())
}
