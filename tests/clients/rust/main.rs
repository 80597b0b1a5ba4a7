//! A small relying app on the unmodified `openidconnect` crate, for the browser tests (decisions.md 31).

#[path = "../../../examples/relying_app/mod.rs"]
#[allow(dead_code, reason = "each app uses a part of it")]
mod relying_app;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::Context;
use axum::Router;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, header};
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum::routing::get;
use relying_app::{Pending, RelyingApp, Session};
use serde_json::json;

/// One person's place in this app: what it waits for, and who is signed in.
#[derive(Default)]
struct Place {
    pending: HashMap<String, Pending>,
    session: Option<(Session, serde_json::Value)>,
    refreshed: u32,
}

struct App {
    rp: RelyingApp,
    url: String,
    places: Mutex<HashMap<String, Place>>,
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    rustls::crypto::ring::default_provider().install_default().ok();
    let var = |name: &str| std::env::var(name).with_context(|| format!("{name} is not set"));
    let authority = reqwest::Certificate::from_pem(&std::fs::read(var("CA_FILE")?)?)?;
    let http = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).tls_certs_only([authority]).build()?;
    let url = var("APP_URL")?;
    let rp = RelyingApp::discover(http, &var("ISSUER")?, &var("CLIENT_ID")?, &var("CLIENT_SECRET")?, format!("{url}/callback")).await?;
    let app = Arc::new(App { rp, url, places: Mutex::default() });
    let router = Router::new()
        .route("/start", get(start))
        .route("/switch", get(start))
        .route("/callback", get(callback))
        .route("/me", get(me))
        .route("/refresh", get(refresh))
        .route("/logout", get(logout))
        .with_state(app);
    let tls = axum_server::tls_rustls::RustlsConfig::from_pem_file(var("TLS_CERT")?, var("TLS_KEY")?).await?;
    let listener = std::net::TcpListener::bind(("127.0.0.1", var("PORT")?.parse::<u16>()?))?;
    listener.set_nonblocking(true)?;
    println!("ready");
    Ok(axum_server::from_tcp_rustls(listener, tls)?.serve(router.into_make_service()).await?)
}

fn key(headers: &HeaderMap) -> Option<String> {
    headers.get(header::COOKIE)?.to_str().ok()?.split(';').find_map(|c| c.trim().strip_prefix("place=").map(str::to_owned))
}

impl App {
    fn place<T>(&self, key: &str, act: impl FnOnce(&mut Place) -> T) -> T {
        act(self.places.lock().unwrap_or_else(PoisonError::into_inner).entry(key.to_owned()).or_default())
    }
}

fn text(text: impl std::fmt::Display) -> String {
    text.to_string().replace('&', "&amp;").replace('<', "&lt;")
}

fn failed(e: &anyhow::Error) -> Response {
    Html(format!("<pre id=\"error\">{}</pre>", text(e))).into_response()
}

async fn start(State(app): State<Arc<App>>, headers: HeaderMap, Query(asked): Query<HashMap<String, String>>) -> Response {
    let key = key(&headers).unwrap_or_else(|| format!("{:032x}", rand::random::<u128>()));
    let extra: Vec<(&str, &str)> =
        ["organization", "prompt", "login_hint", "ui_locales"].into_iter().filter_map(|n| asked.get(n).map(|v| (n, v.as_str()))).collect();
    let (url, pending) = app.rp.authorization(&["profile", "email"], &extra);
    app.place(&key, |p| p.pending.insert(pending.state.clone(), pending));
    ([(header::SET_COOKIE, format!("place={key}; Path=/; Secure; HttpOnly; SameSite=Lax"))], Redirect::to(&url)).into_response()
}

async fn callback(State(app): State<Arc<App>>, headers: HeaderMap, Query(answer): Query<HashMap<String, String>>) -> Response {
    match complete(&app, &headers, &answer).await {
        Ok(()) => Redirect::to("/me").into_response(),
        Err(e) => failed(&e),
    }
}

async fn complete(app: &App, headers: &HeaderMap, answer: &HashMap<String, String>) -> anyhow::Result<()> {
    let key = key(headers).context("no cookie")?;
    let state = answer.get("state").context("no state")?;
    let pending = app.place(&key, |p| p.pending.remove(state)).context("mismatching_state")?;
    if let Some(error) = answer.get("error") {
        anyhow::bail!("{error}");
    }
    let session = app.rp.complete(pending, state, answer.get("iss").map(String::as_str), answer.get("code").context("no code")?.clone()).await?;
    let info = serde_json::to_value(app.rp.userinfo(&session).await?)?;
    app.place(&key, |p| (p.session, p.refreshed) = (Some((session, info)), 0));
    Ok(())
}

async fn refresh(State(app): State<Arc<App>>, headers: HeaderMap) -> Response {
    let refreshed = async {
        let key = key(&headers).context("no cookie")?;
        let (old, _) = app.place(&key, |p| p.session.clone()).context("nobody is signed in")?;
        let session = app.rp.refresh(&old, &[]).await?;
        let info = serde_json::to_value(app.rp.userinfo(&session).await?)?;
        app.place(&key, |p| {
            p.session = Some((session, info));
            p.refreshed += 1;
        });
        anyhow::Ok(())
    };
    match refreshed.await {
        Ok(()) => Redirect::to("/me").into_response(),
        Err(e) => failed(&e),
    }
}

async fn logout(State(app): State<Arc<App>>, headers: HeaderMap) -> Response {
    let session = key(&headers).and_then(|key| app.place(&key, |p| p.session.take()));
    let away = session.and_then(|(session, _)| app.rp.end_session(&session, &format!("{}/me", app.url)).ok());
    Redirect::to(away.as_deref().unwrap_or("/me")).into_response()
}

async fn me(State(app): State<Arc<App>>, headers: HeaderMap) -> Response {
    let shown = key(&headers).and_then(|key| {
        app.place(&key, |p| {
            p.session.as_ref().map(|(s, info)| {
                json!({"sub": s.subject, "org_id": s.company.org_id, "org_name": s.company.org_name, "account_id": s.company.account_id, "sid": s.company.sid, "roles": s.company.roles,
                    "userinfo": info, "refresh_token": s.refresh_token.is_some(), "refreshed": p.refreshed})
            })
        })
    });
    match shown {
        Some(result) => Html(format!(
            "<pre id=\"result\">{}</pre><a href=\"/refresh\">refresh</a> <a href=\"/switch\">switch</a> <a href=\"/logout\">logout</a>",
            text(result)
        ))
        .into_response(),
        None => Html("<p id=\"signed-out\">signed out</p>".to_owned()).into_response(),
    }
}
