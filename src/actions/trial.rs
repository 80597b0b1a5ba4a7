//! A trial sign-in to an app, by an operator: everything happens as for the app, and the operator sees what the app would get.
//!
//! The answer comes back to the console instead of the app, the code is exchanged here, and the grant is closed at once: nothing that was
//! shown counts any more.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Map, Value};

use super::page_secret::{Begun, opened, sealed};
use super::{App, Origin, Refused, Stop, begin_interaction, live_access_token, token, userinfo};
use crate::crypto::JwtKind;
use crate::protocol::{AuthorizationFailure, AuthorizationRequest, Client, CodeVerifier, Grant, Params, TokenRequest};
use crate::store::grants;
use crate::store::interactions::Purpose;
use crate::store::sessions::BrowserSession;
use crate::types::{InteractionId, RedirectUri, Secret, Timestamp};

/// Begins a trial whose answer comes to `back`, a page of ours.
pub async fn begin_trial(app: &App, client: &Client, back: &str, session: &BrowserSession, now: Timestamp) -> Result<Result<InteractionId, Refused>, Stop> {
    let Ok(back_uri) = RedirectUri::parse(back) else { return Ok(Err(Refused("this issuer cannot be sent an answer".into()))) };
    let random = |app: &App| URL_SAFE_NO_PAD.encode(app.rng().bytes::<32>());
    let (verifier, nonce) = (random(app), random(app));
    let Some(challenge) = CodeVerifier::parse(&verifier).map(|v| v.challenge()) else { return Ok(Err(Refused("no verifier".into()))) };
    let state = sealed(app, session, Begun::Trial, None, &format!("{} {verifier}", client.id), now)?;
    let scope = client.metadata.scope.to_string();
    let pairs = [
        ("client_id", client.id.as_str()),
        ("redirect_uri", back),
        ("response_type", "code"),
        ("scope", scope.as_str()),
        ("state", state.as_str()),
        ("nonce", nonce.as_str()),
        ("code_challenge", challenge.as_str()),
        ("code_challenge_method", "S256"),
    ];
    let query = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
    let mut on_trial = client.clone();
    on_trial.metadata.redirect_uris = vec![back_uri];
    let registry = app.registry().await?;
    let checked = AuthorizationRequest::check(&Params::parse(query.as_bytes()), &on_trial, app.issuer(), |r| app.scopes_of(&registry, r), |_| None);
    Ok(match checked {
        Ok(request) => Ok(begin_interaction(app, Some(&session.id), Purpose::Authorize(Box::new(request)), now).await?),
        Err(AuthorizationFailure::Page(failure)) => Err(Refused(failure.description)),
        Err(AuthorizationFailure::Redirect(response)) => {
            let said = |name: &str| response.parameters.iter().find(|(n, _)| *n == name).map(|(_, v)| v.clone()).unwrap_or_default();
            Err(Refused(format!("{}: {}", said("error"), said("error_description"))))
        }
    })
}

/// What an app would have got.
#[derive(Debug)]
pub struct Tried {
    /// What its ID token says.
    pub id_token: Option<Map<String, Value>>,
    /// What its access token says.
    pub access_token: Map<String, Value>,
    /// What UserInfo answers.
    pub userinfo: Option<Map<String, Value>>,
    /// Whether it got a refresh token.
    pub refreshes: bool,
    /// The scopes.
    pub scope: String,
}

/// Exchanges the code of a trial and closes its grant; nothing when the trial is another browser's, too old, or was looked at before.
pub async fn finish_trial(
    app: &App,
    client: &Client,
    code: &str,
    state: &str,
    back: &str,
    session: &BrowserSession,
    origin: &Origin,
    now: Timestamp,
) -> Result<Option<Tried>, Stop> {
    let Some(carried) = opened(app, session, Begun::Trial, None, state, now) else { return Ok(None) };
    let verifier = carried.secret.expose().strip_prefix(client.id.as_str()).and_then(|rest| CodeVerifier::parse(rest.trim()));
    let Some(verifier) = verifier else { return Ok(None) };
    let mut tx = app.store.begin().await?;
    if !carried.use_up(&mut tx, now).await? {
        return Ok(None);
    }
    tx.commit().await?;
    let grant = Grant::AuthorizationCode { code: Secret::new(code.to_owned()), redirect_uri: Some(back.to_owned()), code_verifier: Some(verifier) };
    let tokens = token(app, client, TokenRequest::plain(grant), origin, now).await?;
    let said = |kind, token: &Secret| app.keys().signed_claims(kind, token.expose());
    let id_token = tokens.id_token.as_ref().and_then(|t| said(JwtKind::IdToken, t));
    let access_token = said(JwtKind::AccessToken, &tokens.access_token).unwrap_or_default();
    let live = live_access_token(app, tokens.access_token.expose(), now).await?;
    let mut told = None;
    if let Some(live) = &live {
        told = match userinfo(app, live).await {
            Ok(claims) => Some(claims),
            Err(Stop::Failure(_)) => None,
            Err(stop) => return Err(stop),
        };
        if let Some(grant) = &live.grant {
            let mut tx = app.store.begin().await?;
            grants::close(&mut tx, &grant.id, "trial", now).await?;
            tx.commit().await?;
        }
    }
    Ok(Some(Tried { id_token, access_token, userinfo: told, refreshes: tokens.refresh_token.is_some(), scope: tokens.scope }))
}
