//! Licence desk: a sample relying app on the `openidconnect` library.
//!
//! It shows who is signed in, for which company, with which roles and permissions. All it needs for switching is one link,
//! "Switch company", an ordinary authorization request with `prompt=select_account`; and it knows nothing of how accounts are linked. For
//! those who want more it shows two things that an app may add: the provider's element `<account-switcher>`, for which this app passes on
//! the list of accounts. Licences of a linked account can be moved here:
//! the app exchanges its token for one of that account, and its own API looks at `act` (RFC 8693).
//! Its licences live in its own small database, keyed by `account_id`; its API checks `aud`, `org_id` and `permissions` itself.

#[path = "../relying_app/mod.rs"]
#[allow(dead_code, reason = "each app uses a part of it")]
mod relying_app;

mod accounts;
mod licences;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use accounts::Accounts;
use anyhow::Context;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{AppendHeaders, Html, IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use axum::{Form, Json, Router};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use licences::{Api, Caller, Licences, RECENT, STRONG};
use relying_app::{Pending, RelyingApp, Session};

struct Desk {
    rp: RelyingApp,
    app_url: String,
    resource: String,
    api: Api,
    accounts: Accounts,
    licences: Licences,
    sessions: Mutex<HashMap<String, Session>>,
    pending: Mutex<HashMap<String, Pending>>,
}

const SCOPES: [&str; 5] = ["profile", "email", "licences.read", "licences.manage", "organizations"];

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    rustls::crypto::ring::default_provider().install_default().ok();
    let var = |name: &str| std::env::var(name).with_context(|| format!("{name} is not set"));
    let (issuer, app_url, resource) = (var("ISSUER")?, var("APP_URL")?, var("RESOURCE")?);
    let http = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build()?;
    let (client_id, client_secret) = (var("CLIENT_ID")?, var("CLIENT_SECRET")?);
    let rp = RelyingApp::discover(http.clone(), &issuer, &client_id, &client_secret, format!("{app_url}/callback")).await?;
    let port = url::Url::parse(&app_url)?.port().context("APP_URL names a port")?;
    let desk = Arc::new(Desk {
        rp,
        accounts: Accounts::new(http.clone(), &issuer, &client_id, &client_secret),
        api: Api::new(http, issuer, resource.clone()),
        licences: Licences::open(&std::env::var("LICENCES").unwrap_or_else(|_| "licences.sqlite".into())).await?,
        app_url,
        resource,
        sessions: Mutex::default(),
        pending: Mutex::default(),
    });
    let router = Router::new()
        .route("/", get(home))
        .route("/sign-in", get(sign_in))
        .route("/callback", get(callback))
        .route("/sign-out", get(sign_out))
        .route("/licences", post(change))
        .route("/accounts", get(list_accounts))
        .route("/move", post(move_licences))
        .route("/export", get(export))
        .route("/api/licences", get(api_list).post(api_add))
        .route("/api/licences/export", get(api_export))
        .with_state(desk);
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", port)).await?;
    println!("ready");
    Ok(axum::serve(listener, router).await?)
}

fn locked<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn cookie(headers: &HeaderMap) -> Option<String> {
    headers.get(header::COOKIE)?.to_str().ok()?.split(';').find_map(|c| c.trim().strip_prefix("desk=").map(str::to_owned))
}

fn session(desk: &Desk, headers: &HeaderMap) -> Option<Session> {
    locked(&desk.sessions).get(&cookie(headers)?).cloned()
}

/// Text for HTML.
fn esc(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

fn page(title: &str, body: &str) -> Html<String> {
    Html(format!(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"><meta name=\"color-scheme\" content=\"light dark\"><title>{} · Licence desk</title><style>{}</style></head><body><main>{body}</main></body></html>",
        esc(title),
        include_str!("style.css")
    ))
}

/// Sign-in, switching, and login initiated by the provider (OpenID Connect Core 4): all one request.
async fn sign_in(State(desk): State<Arc<Desk>>, Query(asked): Query<HashMap<String, String>>) -> Response {
    // The first API named is the one that tokens are for unless another is asked for.
    let list = desk.accounts.resource();
    let mut extra = vec![("resource", desk.resource.as_str()), ("resource", list.as_str())];
    for name in ["prompt", "organization", "login_hint", "ui_locales", "acr_values", "max_age"] {
        extra.extend(asked.get(name).map(|value| (name, value.as_str())));
    }
    let (url, pending) = desk.rp.authorization(&SCOPES, &extra);
    let set = format!("desk_state={}; Path=/callback; HttpOnly; SameSite=Lax", pending.state);
    let mut waiting = locked(&desk.pending);
    // Abandoned sign-ins must not pile up.
    if waiting.len() > 1000 {
        waiting.clear();
    }
    waiting.insert(pending.state.clone(), pending);
    // Only one place to come back to is known, so nobody else's address can be smuggled in.
    let next = if asked.get("next").is_some_and(|n| n == "export") { "export" } else { "" };
    let next = format!("desk_next={next}; Path=/callback; HttpOnly; SameSite=Lax");
    (AppendHeaders([(header::SET_COOKIE, set), (header::SET_COOKIE, next)]), Redirect::to(&url)).into_response()
}

async fn callback(State(desk): State<Arc<Desk>>, headers: HeaderMap, Query(answer): Query<HashMap<String, String>>) -> Response {
    match complete(&desk, &headers, &answer).await {
        Ok(session) => {
            let key = URL_SAFE_NO_PAD.encode(rand::random::<[u8; 32]>());
            let name = format!("desk={key}; Path=/; HttpOnly; SameSite=Lax");
            locked(&desk.sessions).insert(key, session);
            let back = headers.get_all(header::COOKIE).iter().filter_map(|h| h.to_str().ok()).any(|h| h.split(';').any(|c| c.trim() == "desk_next=export"));
            ([(header::SET_COOKIE, name)], Redirect::to(if back { "/export" } else { "/" })).into_response()
        }
        Err(e) => page("Not signed in", &format!("<h1>Not signed in</h1><p>The provider or the check of its answer said: <code id=\"error\">{}</code></p><p><a class=\"button\" href=\"/sign-in\">Try again</a></p>", esc(&e.to_string()))).into_response(),
    }
}

async fn complete(desk: &Desk, headers: &HeaderMap, answer: &HashMap<String, String>) -> anyhow::Result<Session> {
    let state = answer.get("state").context("no state")?;
    let mine = headers.get_all(header::COOKIE).iter().filter_map(|h| h.to_str().ok()).any(|h| h.split(';').any(|c| c.trim() == format!("desk_state={state}")));
    let pending = locked(&desk.pending).remove(state).filter(|_| mine).context("this sign-in did not begin in this browser")?;
    if let Some(error) = answer.get("error") {
        anyhow::bail!("{error}");
    }
    let code = answer.get("code").context("no code")?.clone();
    desk.rp.complete(pending, state, answer.get("iss").map(String::as_str), code).await
}

async fn sign_out(State(desk): State<Arc<Desk>>, headers: HeaderMap) -> Response {
    let session = cookie(&headers).and_then(|key| locked(&desk.sessions).remove(&key));
    let away = session.and_then(|session| desk.rp.end_session(&session, &format!("{}/", desk.app_url)).ok());
    Redirect::to(away.as_deref().unwrap_or("/")).into_response()
}

fn claims(token: &str) -> String {
    let decoded = token.split('.').nth(1).and_then(|part| URL_SAFE_NO_PAD.decode(part).ok()).and_then(|b| serde_json::from_slice::<serde_json::Value>(&b).ok());
    esc(&serde_json::to_string_pretty(&decoded.unwrap_or_default()).unwrap_or_default())
}

async fn home(State(desk): State<Arc<Desk>>, headers: HeaderMap) -> Response {
    let Some(session) = session(&desk, &headers) else {
        return page("Welcome", "<h1>Licence desk</h1><p>Hand out software licences to the people of your company.</p><p><a class=\"button\" id=\"sign-in\" href=\"/sign-in\">Sign in</a></p>").into_response();
    };
    let company = session.company.org_name.clone().unwrap_or_default();
    // Access tokens last five minutes; the refresh token brings the next one, for the same company.
    let (session, checked) = match desk.api.check(&session.access_token).await {
        Ok(caller) => (session, Ok(caller)),
        Err(refused) => match refreshed(&desk, &headers, None).await {
            Some(fresh) => {
                let checked = desk.api.check(&fresh.access_token).await;
                (fresh, checked)
            }
            None => (session, Err(refused)),
        },
    };
    let permissions = checked.as_ref().map(|c| c.permissions.join(", ")).unwrap_or_default();
    let rows = match checked {
        Ok(caller) => rows(&desk, &caller).await.unwrap_or_else(|e| format!("<p>{}</p>", esc(&e.to_string()))),
        Err(refused) => format!("<p class=\"note\">The licence API says: {}. <a href=\"/sign-in\">Sign in again</a></p>", esc(&refused.to_string())),
    };
    let roles = session.company.roles.join(", ");
    let body = format!(
        "<header><strong>Licence desk</strong><nav><account-switcher client-id=\"{}\" src=\"/accounts\"></account-switcher> <a id=\"switch\" href=\"/sign-in?prompt=select_account\">Switch company</a> <a id=\"sign-out\" href=\"/sign-out\">Sign out</a></nav></header>\
         <h1 id=\"company\">{}</h1><p>Signed in as <span id=\"who\">{}</span>{}</p>{rows}\
         <details><summary>ID token</summary><pre id=\"id-token\">{}</pre></details><details><summary>Access token</summary><pre id=\"access-token\">{}</pre></details><script type=\"module\" src=\"{}\"></script>",
        esc(desk.accounts.client_id()),
        esc(&company),
        esc(session.name.as_deref().or(session.email.as_deref()).unwrap_or(&session.subject)),
        if roles.is_empty() { String::new() } else { format!(" · <span id=\"roles\">{}</span>", esc(&roles)) }
            + &if permissions.is_empty() { String::new() } else { format!("<br>May here: <span id=\"permissions\">{}</span>", esc(&permissions)) },
        claims(&session.id_token.to_string()),
        claims(&session.access_token),
        esc(&desk.accounts.switcher())
    );
    page(&company, &body).into_response()
}

/// A fresh session for the same company; `resource` names the API that its access token is for. One at a time: a refresh
/// token that is used twice at once for different things is taken for a stolen one.
async fn refreshed(desk: &Desk, headers: &HeaderMap, resource: Option<&str>) -> Option<Session> {
    let _one = desk.accounts.turn().await;
    let key = cookie(headers)?;
    let session = locked(&desk.sessions).get(&key).cloned()?;
    let extra: Vec<(&str, &str)> = resource.map(|r| ("resource", r)).into_iter().collect();
    let fresh = desk.rp.refresh(&session, &extra).await.ok()?;
    // The session keeps the token for this app's own API.
    let kept = if resource.is_some() { Session { access_token: session.access_token, ..fresh.clone() } } else { fresh.clone() };
    locked(&desk.sessions).insert(key, kept);
    Some(fresh)
}

/// The accounts of whoever is signed in, passed on for the switcher.
async fn list_accounts(State(desk): State<Arc<Desk>>, headers: HeaderMap, Query(asked): Query<HashMap<String, String>>) -> Response {
    let Some(session) = refreshed(&desk, &headers, Some(&desk.accounts.resource())).await else { return StatusCode::UNAUTHORIZED.into_response() };
    match desk.accounts.list(&session.access_token, asked.get("q").map(String::as_str)).await {
        Ok(list) => Json(list).into_response(),
        Err(_) => StatusCode::BAD_GATEWAY.into_response(),
    }
}

/// Moves the licences of another account here, along a link: the provider says whether this account may act for that one.
async fn move_licences(State(desk): State<Arc<Desk>>, headers: HeaderMap, Form(fields): Form<HashMap<String, String>>) -> Response {
    let same_origin = headers.get("sec-fetch-site").is_some_and(|s| s == "same-origin");
    let Some(session) = session(&desk, &headers).filter(|_| same_origin) else { return StatusCode::FORBIDDEN.into_response() };
    match moved(&desk, &session.access_token, fields.get("account").map_or("", String::as_str)).await {
        Ok(n) => page("Moved", &format!("<h1>Moved</h1><p id=\"moved\">{n} licences are here now.</p><p><a href=\"/\">Back</a></p>")).into_response(),
        Err(e) => page("Refused", &format!("<h1>Refused</h1><p id=\"error\">{}</p><p class=\"note\">Only along a link from this account, and after that account was entered with this app once.</p><p><a href=\"/\">Back</a></p>", esc(&e.to_string()))).into_response(),
    }
}

async fn moved(desk: &Desk, token: &str, from: &str) -> anyhow::Result<u64> {
    let here = desk.api.check(token).await?;
    anyhow::ensure!(here.act.is_none() && here.may("licences.manage"), "licences.manage is not among your permissions here");
    let there = desk.api.check(&desk.accounts.exchange(token, from).await?).await?;
    desk.licences.take(&there, &here).await
}

async fn rows(desk: &Desk, caller: &Caller) -> anyhow::Result<String> {
    let all = desk.licences.of(&caller.account_id).await?;
    let may = caller.may("licences.manage");
    let mut out = String::from("<h2>Licences</h2>");
    if !caller.may("licences.read") {
        return Ok(out + "<p class=\"note\">Your roles in this company do not let you see licences.</p>");
    }
    out += if all.is_empty() { "<p class=\"note\" id=\"no-licences\">None handed out yet.</p>" } else { "<ul id=\"licences\">" };
    for licence in &all {
        let withdraw = if may {
            format!(
                "<form method=\"post\" action=\"/licences\"><input type=\"hidden\" name=\"withdraw\" value=\"{}\"><button>Withdraw</button></form>",
                licence.id
            )
        } else {
            String::new()
        };
        out += &format!("<li><span>{}</span>{withdraw}</li>", esc(&licence.product));
    }
    if !all.is_empty() {
        out += "</ul>";
    }
    if may {
        out += "<form method=\"post\" action=\"/licences\" class=\"add\"><label for=\"product\">Product</label><input id=\"product\" name=\"product\" required maxlength=\"80\"><button>Hand out</button></form>";
    }
    if may && caller.act.is_none() {
        out += "<form method=\"post\" action=\"/move\" class=\"add\" id=\"move\"><label for=\"from\">Move the licences of a linked account here</label><input id=\"from\" name=\"account\" required pattern=\"acc_.*\" placeholder=\"acc_…\"><button>Move</button></form>";
    }
    out += "<p><a id=\"export\" href=\"/export\">Export</a></p>";
    Ok(out)
}

/// The page's own form; a cross-site one is refused.
async fn change(State(desk): State<Arc<Desk>>, headers: HeaderMap, Form(fields): Form<HashMap<String, String>>) -> Response {
    let same_origin = headers.get("sec-fetch-site").is_some_and(|s| s == "same-origin");
    let Some(session) = session(&desk, &headers).filter(|_| same_origin) else { return StatusCode::FORBIDDEN.into_response() };
    match changed(&desk, &session.access_token, &fields).await {
        Ok(()) => Redirect::to("/").into_response(),
        Err(e) => page("Refused", &format!("<h1>Refused</h1><p id=\"error\">{}</p><p><a href=\"/\">Back</a></p>", esc(&e.to_string()))).into_response(),
    }
}

async fn changed(desk: &Desk, token: &str, fields: &HashMap<String, String>) -> anyhow::Result<()> {
    let caller = desk.api.check(token).await?;
    anyhow::ensure!(caller.may("licences.manage"), "licences.manage is not among your permissions here");
    if let Some(product) = fields.get("product").map(|p| p.trim()).filter(|p| !p.is_empty()) {
        desk.licences.add(&caller, product).await?;
    }
    if let Some(id) = fields.get("withdraw").and_then(|id| id.parse().ok()) {
        desk.licences.withdraw(&caller, id).await?;
    }
    Ok(())
}

/// Everything as a file. It wants a second factor, shown just now; whoever has not shown one is sent through the provider and comes back.
async fn export(State(desk): State<Arc<Desk>>, headers: HeaderMap) -> Response {
    let Some(session) = session(&desk, &headers) else { return Redirect::to("/sign-in?next=export").into_response() };
    let caller = match desk.api.check(&session.access_token).await {
        Ok(caller) if caller.may("licences.read") => caller,
        Ok(_) => return StatusCode::FORBIDDEN.into_response(),
        Err(_) => return Redirect::to("/").into_response(),
    };
    if caller.wants_more().is_some() {
        let again = format!("/sign-in?next=export&acr_values={STRONG}&max_age={RECENT}&login_hint={}", caller.account_id);
        // After a wish that was declined the person is told, not sent round in circles.
        let declined = headers.get_all(header::COOKIE).iter().filter_map(|h| h.to_str().ok()).any(|h| h.contains("desk_asked=yes"));
        let asked = format!("desk_asked={}; Path=/export; HttpOnly; SameSite=Lax; Max-Age=120", if declined { "" } else { "yes" });
        if declined {
            let body = format!(
                "<h1>Not exported</h1><p id=\"error\">An export wants a second factor that was shown just now.</p><p><a class=\"button\" href=\"{again}\">Show one</a></p><p><a href=\"/\">Back</a></p>"
            );
            return ([(header::SET_COOKIE, asked)], page("Not exported", &body)).into_response();
        }
        return ([(header::SET_COOKIE, asked)], Redirect::to(&again)).into_response();
    }
    match desk.licences.of(&caller.account_id).await {
        Ok(all) => page(
            "Exported",
            &format!(
                "<h1 id=\"exported\">{} licences</h1><pre>{}</pre><p><a href=\"/\">Back</a></p>",
                all.len(),
                esc(&serde_json::to_string_pretty(&all).unwrap_or_default())
            ),
        )
        .into_response(),
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

/// The same for other apps: the challenge says what would be enough (RFC 9470 section 3).
async fn api_export(State(desk): State<Arc<Desk>>, headers: HeaderMap) -> Response {
    let caller = match caller(&desk, &headers).await {
        Ok(caller) if caller.may("licences.read") => caller,
        Ok(_) => return StatusCode::FORBIDDEN.into_response(),
        Err(refused) => return refused,
    };
    match (caller.wants_more(), desk.licences.of(&caller.account_id).await) {
        (Some(challenge), _) => (StatusCode::UNAUTHORIZED, [(header::WWW_AUTHENTICATE, challenge)]).into_response(),
        (None, Ok(all)) => Json(all).into_response(),
        (None, Err(_)) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

/// The caller of the API, by its bearer token.
async fn caller(desk: &Desk, headers: &HeaderMap) -> Result<Caller, Response> {
    let token = headers.get(header::AUTHORIZATION).and_then(|h| h.to_str().ok()).and_then(|h| h.strip_prefix("Bearer "));
    let refused = |text: String| (StatusCode::UNAUTHORIZED, [(header::WWW_AUTHENTICATE, "Bearer error=\"invalid_token\"")], text).into_response();
    desk.api.check(token.unwrap_or_default()).await.map_err(|e| refused(e.to_string()))
}

async fn api_list(State(desk): State<Arc<Desk>>, headers: HeaderMap) -> Response {
    match caller(&desk, &headers).await {
        Ok(caller) if caller.may("licences.read") => match desk.licences.of(&caller.account_id).await {
            Ok(all) => Json(all).into_response(),
            Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
        },
        Ok(_) => StatusCode::FORBIDDEN.into_response(),
        Err(refused) => refused,
    }
}

async fn api_add(State(desk): State<Arc<Desk>>, headers: HeaderMap, Json(wish): Json<HashMap<String, String>>) -> Response {
    let token = headers.get(header::AUTHORIZATION).and_then(|h| h.to_str().ok()).and_then(|h| h.strip_prefix("Bearer ")).unwrap_or_default();
    match changed(&desk, token, &wish).await {
        Ok(()) => StatusCode::NO_CONTENT.into_response(),
        Err(e) => (StatusCode::FORBIDDEN, e.to_string()).into_response(),
    }
}
