//! What every request brings: the moment, where it came from, the language, and the browser session.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use axum::extract::{ConnectInfo, FromRequestParts};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, header};

use super::{cookie, device, doors, error};
use crate::actions::{self, App, Origin, Stop};
use crate::config::Config;
use crate::crypto::csrf_token;
use crate::domain::Brand;
use crate::flow::acr_of;
use crate::protocol::Params;
use crate::store::interactions::{self, Purpose};
use crate::store::sessions::{self, BrowserSession, SessionToken};
use crate::store::{Begin, NewSession, TouchSession};
use crate::types::{BrowserSessionId, InteractionId, Locale, OpaqueToken, RowId, Seconds, Timestamp};

/// A request at a protocol endpoint.
#[derive(Clone, Debug)]
pub(super) struct Asked {
    pub now: Timestamp,
    pub origin: Origin,
}

/// A request by a person's browser.
#[derive(Clone, Debug)]
pub(super) struct Visit {
    pub now: Timestamp,
    pub origin: Origin,
    pub locale: Locale,
    /// Whether the language was picked by the person, so that `ui_locales` does not overrule it.
    pub picked_language: bool,
    /// Whether the app opened us in a small window (`display=popup`).
    pub popup: bool,
    /// The live session of its cookie.
    pub session: Option<BrowserSession>,
    /// Path and query, for the language switch.
    pub path: String,
    pub query: Params,
    /// Whose face the page wears.
    pub brand: Option<Brand>,
    /// The base URL it was asked at: the issuer, or a brand's domain.
    pub base: String,
    /// Cookies to set with the answer.
    pub set_cookies: Vec<HeaderValue>,
}

/// The peer's address; behind trusted proxies, the nearest forwarded one that is not itself a trusted proxy.
fn address(config: &Config, parts: &Parts) -> Option<IpAddr> {
    let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>()?.0.ip().to_canonical();
    let trusted = |ip: &IpAddr| config.trusted_proxies.iter().any(|net| net.contains(ip));
    if !trusted(&peer) {
        return Some(peer);
    }
    let forwarded: Vec<&str> =
        parts.headers.get_all("x-forwarded-for").iter().filter_map(|h| h.to_str().ok()).flat_map(|h| h.split(',')).map(str::trim).collect();
    let client = forwarded.iter().rev().map_while(|a| a.parse::<IpAddr>().ok()).map(|ip| ip.to_canonical()).find(|ip| !trusted(ip));
    client.or(Some(peer))
}

impl FromRequestParts<Arc<App>> for Asked {
    type Rejection = std::convert::Infallible;
    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Self::Rejection> {
        let now = app.clock.now();
        let request_id = RowId::mint(now, &mut app.rng()).to_string();
        Ok(Self {
            now,
            origin: Origin {
                request_id,
                device: device::named(&parts.headers),
                device_token: cookie::device(&parts.headers, &app.config),
                address: address(&app.config, parts),
                person: None,
                client: None,
                proved: Vec::new(),
            },
        })
    }
}

impl Visit {
    /// Of somebody who is not looked up: what the request itself says, and nothing else.
    pub fn of_nobody(app: &App, parts: &Parts, asked: Asked) -> Self {
        let picked = cookie::language(&parts.headers);
        Self {
            now: asked.now,
            origin: asked.origin,
            locale: picked.or_else(|| accepted(&parts.headers)).unwrap_or_default(),
            picked_language: picked.is_some(),
            popup: false,
            session: None,
            // One leading slash: two would lead to another host in a link.
            path: format!("/{}", parts.uri.path().trim_start_matches(['/', '\\'])),
            query: Params::parse(parts.uri.query().unwrap_or_default().as_bytes()),
            brand: None,
            base: app.issuer().to_owned(),
            set_cookies: Vec::new(),
        }
    }
}

fn accepted(headers: &HeaderMap) -> Option<Locale> {
    Locale::accepted(headers.get(header::ACCEPT_LANGUAGE)?.to_str().ok()?)
}

impl FromRequestParts<Arc<App>> for Visit {
    type Rejection = axum::response::Response;
    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Self::Rejection> {
        // Whoever looked before the page did has left it here.
        if let Some(visit) = parts.extensions.remove::<Visit>() {
            return Ok(visit);
        }
        let Ok(asked) = Asked::from_request_parts(parts, app).await;
        let mut visit = Self::of_nobody(app, parts, asked);
        visit.brand = doors::brand_of_host(app, &parts.headers, &parts.uri).await.ok().flatten();
        match &visit.brand {
            Some(brand) => visit.base = app.base_of(brand),
            None => visit.wear(app, &parts.headers).await,
        }
        // `?lang=fr` on any page is the person's own choice, kept in a cookie.
        if let (Some(locale), &axum::http::Method::GET) = (visit.query.get("lang").and_then(Locale::from_tag), &parts.method) {
            visit.locale = locale;
            visit.picked_language = true;
            visit.set_cookies.push(cookie::set_language(&app.config, locale));
        }
        let Some(token) = cookie::session(&parts.headers, &app.config) else { return Ok(visit) };
        match sessions::named_by(&app.store.db, &token, app.config.lifetimes.session_idle, visit.now).await {
            Ok(session) => {
                let people = session.iter().flat_map(|s| &s.signed_in);
                visit.origin.proved = people.map(|p| (p.identity_id.clone(), acr_of(p.proofs.level()))).collect();
                visit.session = session;
            }
            Err(e) => return Err(error::stopped(app, &visit, e.into())),
        }
        // Using pages keeps a session from becoming idle; once a minute is often enough to write it down.
        if let Some(session) = visit.session.as_ref().filter(|s| visit.now.since(s.last_seen_at) >= Seconds::minutes(1)) {
            let touch = TouchSession { browser_session_id: session.id.clone(), now: visit.now.seconds() };
            if let Err(e) = app.store.hot.touch(touch).await {
                return Err(error::stopped(app, &visit, e.into()));
            }
        }
        let own_language = visit.session.as_ref().and_then(|s| s.signed_in.iter().find_map(|i| i.profile.locale));
        if let (false, Some(locale)) = (visit.picked_language, own_language) {
            visit.locale = locale;
        }
        Ok(visit)
    }
}

impl Visit {
    /// At the issuer: the face that an activation brought along, kept while the browser is open.
    async fn wear(&mut self, app: &App, headers: &HeaderMap) {
        let asked = self.query.get("brand").map(str::to_owned);
        let Some(id) = asked.clone().or_else(|| cookie::brand(headers).map(str::to_owned)) else { return };
        let Ok(brands) = app.brands().await else { return };
        self.brand = brands.iter().find(|b| b.id.as_str() == id).cloned();
        if let (Some(_), Some(brand)) = (asked, &self.brand) {
            self.set_cookies.push(cookie::set_brand(&app.config, &brand.id));
        }
    }
    /// The languages that an app asked for (`ui_locales`), unless the person picked one.
    pub fn prefer(&mut self, ui_locales: Option<&str>) {
        if let (false, Some(locale)) = (self.picked_language, ui_locales.and_then(Locale::first_of)) {
            self.locale = locale;
        }
    }
    /// The same for a form of a sign-in under way, before that is opened: what is refused is said in the language it was shown in.
    pub async fn prefer_of_interaction(&mut self, app: &App, path: &str) {
        let id = path.strip_prefix("/interaction/").and_then(|rest| rest.split('/').next()).and_then(|id| id.parse().ok());
        let Some(id) = id.filter(|_| !self.picked_language) else { return };
        if let Ok(Some(interaction)) = interactions::find(&app.store.db, &id).await
            && let Purpose::Authorize(request) = &interaction.purpose
        {
            self.prefer(request.ui_locales.as_deref());
        }
    }
    /// The session, opened now if there is none; its cookie goes out with the answer.
    pub async fn open_session(&mut self, app: &App) -> Result<BrowserSession, Stop> {
        if let Some(session) = &self.session {
            return Ok(session.clone());
        }
        let (token, expires_at) = self.new_session(app);
        app.store.hot.begin(Begin { session: Some(NewSession::of(&token, expires_at)), interaction: None, now: self.now.seconds() }).await?;
        Ok(self.opened(app, &token, expires_at))
    }
    /// Stores a request of this browser for the pages, whose session is opened with it if there is none.
    pub async fn begin_interaction(&mut self, app: &App, purpose: Purpose) -> Result<InteractionId, Stop> {
        if let Some(session) = &self.session {
            return actions::begin_interaction(app, Some(&session.id), purpose, self.now).await;
        }
        let (token, expires_at) = self.new_session(app);
        let id = actions::begin_interaction_with(app, Some(token.selector()), Some(NewSession::of(&token, expires_at)), purpose, self.now).await?;
        self.opened(app, &token, expires_at);
        Ok(id)
    }
    fn new_session(&self, app: &App) -> (SessionToken, Timestamp) {
        let mut rng = app.rng();
        (OpaqueToken::mint(BrowserSessionId::mint(self.now, &mut rng), &mut rng), self.now + app.config.lifetimes.session)
    }
    /// It is written: its cookie goes out.
    fn opened(&mut self, app: &App, token: &SessionToken, expires_at: Timestamp) -> BrowserSession {
        self.set_cookies.push(cookie::set_session(&app.config, token));
        let session = BrowserSession { id: token.selector().clone(), last_seen_at: self.now, expires_at, mail_link: None, signed_in: Vec::new() };
        self.session.insert(session).clone()
    }
    /// The token for this browser's forms; empty when it has no session, for then no form of ours can succeed.
    pub fn csrf(&self, app: &App) -> String {
        self.session.as_ref().map(|s| csrf_token(app.keys().csrf_key(), &s.id)).unwrap_or_default()
    }
}
