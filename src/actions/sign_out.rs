//! Signing out (design.md 5.4): one identity of one browser, or everything.

use serde_json::json;

use super::{App, Hinted, Origin, Stop};
use crate::crypto::JwtKind;
use crate::protocol::{LogoutRequest, ProtocolFailure};
use crate::store::outbox::{self, Kind};
use crate::store::sessions::{self, BrowserSession, OpenApp};
use crate::store::{Tx, audit, devices, grants, sent_codes};
use crate::types::{AppSessionId, BrowserSessionId, ClientId, IdentityId, RowId, Seconds, Timestamp};

/// What a proven hint says about signing out.
#[derive(Debug)]
pub struct SignOut {
    /// The hint and its app session.
    pub hinted: Hinted,
    /// Where to go afterwards, if the client registered it.
    pub target: Option<String>,
}

/// Proves the hint of a request. Without one, nothing is proven and the person is asked.
pub async fn proven_hint(app: &App, request: &LogoutRequest, now: Timestamp) -> Result<Option<SignOut>, Stop> {
    let Some(token) = &request.id_token_hint else { return Ok(None) };
    let bad = |text: &str| Stop::Failure(ProtocolFailure::invalid_request(text));
    let hint = app.read_hint(token, now).ok_or_else(|| bad("id_token_hint is not an ID token of this issuer"))?;
    if request.client_id.as_ref().is_some_and(|id| *id != hint.client_id) {
        return Err(bad("id_token_hint was issued to another client than client_id"));
    }
    let client = app.client(&hint.client_id).await?.ok_or_else(|| bad("the client of id_token_hint is unknown"))?;
    let target = match &request.post_logout_redirect_uri {
        None => None,
        // RP-Initiated Logout 3: exactly one of the registered values, as a string.
        Some(uri) if client.client.metadata.post_logout_redirect_uris.iter().any(|r| r.as_str() == uri) => {
            let separator = if uri.contains('?') { '&' } else { '?' };
            let state = request.state.as_ref().map(|s| url::form_urlencoded::Serializer::new(String::new()).append_pair("state", s).finish());
            Some(state.map_or_else(|| uri.clone(), |s| format!("{uri}{separator}{s}")))
        }
        Some(_) => return Err(bad("post_logout_redirect_uri is not registered for this client")),
    };
    let session = match &hint.sid {
        Some(sid) => sessions::app_session(&app.store.db, sid).await?,
        None => None,
    };
    Ok(Some(SignOut { hinted: Hinted { hint, session }, target }))
}

/// Writes the logout notices of app sessions that are about to end. `wide` when the whole person leaves, not one company:
/// only then is the subject told, for many apps drop every company on `sub` (design.md 5.4).
pub(super) async fn write_notices(app: &App, tx: &mut Tx, ending: Vec<OpenApp>, wide: bool, now: Timestamp) -> Result<(), Stop> {
    for OpenApp { sid, client_id, identity_id } in ending {
        if app.client(&client_id).await?.is_some_and(|c| c.client.metadata.backchannel_logout_uri.is_some()) {
            let notice = json!({"client_id": client_id, "sid": sid, "identity_id": identity_id, "wide": wide});
            outbox::put(tx, &RowId::mint(now, &mut app.rng()), Kind::Logout, &notice.to_string(), now).await?;
        }
    }
    Ok(())
}

/// A stored notice.
#[derive(serde::Deserialize)]
struct Notice {
    client_id: ClientId,
    sid: AppSessionId,
    #[serde(default)]
    wide: bool,
}

impl App {
    /// The logout token of a stored notice, and where it goes (OpenID Connect Back-Channel Logout 1.0 2.4); `None` when the
    /// app or its address is gone.
    pub async fn logout_token(&self, notice: &str, now: Timestamp) -> Result<Option<(String, String)>, Stop> {
        let notice: Notice = serde_json::from_str(notice).map_err(anyhow::Error::from)?;
        let Some(stored) = self.client(&notice.client_id).await? else { return Ok(None) };
        let client = &stored.client;
        let Some(uri) = &client.metadata.backchannel_logout_uri else { return Ok(None) };
        let mut claims = serde_json::Map::new();
        let mut put = |name: &str, value: serde_json::Value| _ = claims.insert(name.to_owned(), value);
        put("iss", self.issuer().into());
        put("aud", client.id.as_str().into());
        put("iat", now.seconds().into());
        put("exp", (now + LOGOUT_TOKEN).seconds().into());
        put("jti", RowId::mint(now, &mut self.rng()).as_str().into());
        put("events", json!({"http://schemas.openid.net/event/backchannel-logout": {}}));
        put("sid", notice.sid.as_str().into());
        if notice.wide
            && let Some(session) = sessions::app_session(&self.store.db, &notice.sid).await?
            && let Some(sub) = self.subject_in(client, &session).await?
        {
            put("sub", sub.into());
        }
        let token = self.keys().sign(JwtKind::LogoutToken, client.metadata.id_token_signed_response_alg, &claims)?;
        Ok(Some((uri.as_str().to_owned(), token)))
    }
}

/// How long a logout token counts.
const LOGOUT_TOKEN: Seconds = Seconds::minutes(2);

/// Signs one identity out of one browser; notices for its apps are written with it.
pub(super) async fn out(app: &App, tx: &mut Tx, session: &BrowserSessionId, identity: &IdentityId, origin: &Origin, now: Timestamp) -> Result<(), Stop> {
    let ending = sessions::open_apps(tx, session, identity).await?;
    write_notices(app, tx, ending, true, now).await?;
    sessions::sign_out(tx, session, identity, now).await?;
    Ok(audit::append(tx, &app.event("sign_out", origin, now).by(identity)).await?)
}

/// Signs an identity out of every browser, and closes everything of theirs, offline grants and app sessions included.
pub(super) async fn out_of_everything(app: &App, tx: &mut Tx, identity: &IdentityId, reason: &str, origin: &Origin, now: Timestamp) -> Result<(), Stop> {
    for browser in sessions::of_identity(tx, identity).await? {
        out(app, tx, &browser, identity, origin, now).await?;
    }
    sent_codes::forget_all(tx, identity).await?;
    // What an offline grant opened in a browser that they had left already.
    let ending = sessions::open_apps_of_identity(tx, identity).await?;
    write_notices(app, tx, ending, true, now).await?;
    Ok(grants::close_identity(tx, identity, reason, now).await?)
}

/// Signs an identity out of every browser but this one; offline grants from elsewhere end too.
pub(super) async fn out_of_other_browsers(
    app: &App,
    tx: &mut Tx,
    here: &BrowserSessionId,
    identity: &IdentityId,
    origin: &Origin,
    now: Timestamp,
) -> Result<(), Stop> {
    for browser in sessions::of_identity(tx, identity).await? {
        if browser != *here {
            out(app, tx, &browser, identity, origin, now).await?;
        }
    }
    let ending = sessions::open_apps_elsewhere(tx, here, identity).await?;
    write_notices(app, tx, ending, true, now).await?;
    Ok(grants::close_elsewhere(tx, here, identity, "signed-out-elsewhere", now).await?)
}

/// The same by the person's wish.
pub async fn sign_out_other_browsers(app: &App, here: &BrowserSessionId, identity: &IdentityId, origin: &Origin, now: Timestamp) -> Result<(), Stop> {
    let mut tx = app.store.begin().await?;
    out_of_other_browsers(app, &mut tx, here, identity, origin, now).await?;
    Ok(tx.commit().await?)
}

/// Signs out the identity behind one app session; the other identities of that browser stay.
pub async fn sign_out_app_session(app: &App, hinted: &Hinted, origin: &Origin, now: Timestamp) -> Result<(), Stop> {
    let Some(session) = &hinted.session else { return Ok(()) };
    sign_out_identity(app, &session.browser_session_id, &session.identity.id, origin, now).await
}

/// Signs out one identity.
pub async fn sign_out_identity(app: &App, session: &BrowserSessionId, identity: &IdentityId, origin: &Origin, now: Timestamp) -> Result<(), Stop> {
    let mut tx = app.store.begin().await?;
    out(app, &mut tx, session, identity, origin, now).await?;
    Ok(tx.commit().await?)
}

/// Signs everybody who is signed in here out of all their browsers.
pub async fn sign_out_all_browsers(app: &App, session: &BrowserSession, origin: &Origin, now: Timestamp) -> Result<(), Stop> {
    let mut tx = app.store.begin().await?;
    for signed_in in &session.signed_in {
        for browser in sessions::of_identity(&mut tx, &signed_in.identity_id).await? {
            out(app, &mut tx, &browser, &signed_in.identity_id, origin, now).await?;
        }
    }
    Ok(tx.commit().await?)
}

/// Signs everybody out of this browser and ends its session. With `forget`, the browser forgets that they ever used it, too: on a
/// shared computer nothing of them is left (threats.md T49).
pub async fn sign_out_everywhere(app: &App, session: &BrowserSession, forget: bool, origin: &Origin, now: Timestamp) -> Result<(), Stop> {
    let mut tx = app.store.begin().await?;
    for signed_in in &session.signed_in {
        out(app, &mut tx, &session.id, &signed_in.identity_id, origin, now).await?;
        if let (true, Some(token)) = (forget, &origin.device_token) {
            devices::leave(&mut tx, &signed_in.identity_id, token.selector()).await?;
        }
    }
    sessions::end(&mut tx, &session.id, now).await?;
    Ok(tx.commit().await?)
}
