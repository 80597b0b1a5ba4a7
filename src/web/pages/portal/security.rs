//! What signs one in, where one is signed in, and which apps act for one. Never reached through a link; whatever changes what
//! signs in asks for a fresh proof first.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::json;

use crate::actions::{self, App, CloseRefused, EmailRefused, EnrollRefused, NewTotp, RenameRefused, SetPasswordRefused, Stop};
use crate::domain::{Factor, Identity, SignedIn};
use crate::store::identities;
use crate::store::sessions::{BrowserSession, SessionToken};
use crate::types::{DisplayText, IdentityId, InteractionId};
use crate::web::form::Form;
use crate::web::page::{Page, render, see_other};
use crate::web::pages::date;
use crate::web::pages::not_found;
use crate::web::pages::set_password::trouble_of;
use crate::web::visit::Visit;
use crate::web::{cookie, error, paths};

/// Somebody at their own page.
struct Own {
    session: BrowserSession,
    who: SignedIn,
    person: Identity,
}

/// Their page, if they are signed in here; `Err` is the answer instead.
async fn own(app: &App, visit: &Visit, id: &str) -> Result<Result<Own, Response>, Stop> {
    let Some(session) = visit.session.clone().filter(|s| !s.signed_in.is_empty()) else { return Ok(Err(see_other(visit, paths::SIGN_IN))) };
    let Ok(id) = id.parse::<IdentityId>() else { return Ok(Err(not_found(app, visit))) };
    let Some(who) = session.signed_in.iter().find(|s| s.identity_id == id).cloned() else { return Ok(Err(not_found(app, visit))) };
    let Some(person) = identities::find(&app.store.db, &id).await? else { return Ok(Err(not_found(app, visit))) };
    Ok(Ok(Own { session, who, person }))
}

/// The same for what changes what signs in: with a fresh proof, or by way of one and back to `path`.
async fn fresh(app: &App, visit: &Visit, id: &str, path: &str) -> Result<Result<Own, Response>, Stop> {
    let own = match own(app, visit, id).await? {
        Ok(own) => own,
        Err(answer) => return Ok(Err(answer)),
    };
    if actions::freshly_proved(&own.session, &own.who.identity_id, visit.now).is_some() {
        return Ok(Ok(own));
    }
    let purpose = actions::fresh_proof_for(&own.session, &own.who.identity_id, path.to_owned());
    let interaction = actions::begin_interaction(app, Some(&own.session.id), purpose, visit.now).await?;
    Ok(Err(see_other(visit, &paths::interaction(&interaction))))
}

macro_rules! mine {
    ($own:expr) => {
        match $own.await? {
            Ok(own) => own,
            Err(answer) => return Ok(answer),
        }
    };
}

fn at(path: &str, who: &IdentityId) -> String {
    paths::portal(path, who.as_str())
}

fn said(visit: &Visit, who: &IdentityId, what: &str) -> Response {
    see_other(visit, &paths::with_query(&at(paths::SECURITY, who), &[("said", what)]))
}

/// Notes that the page shows after something was done.
const SAID: [&str; 8] = ["removed", "username-changed", "email-changed", "forgotten", "password-changed", "signed-out", "disconnected", "enroll-over"];

pub(in crate::web) async fn show(State(app): State<Arc<App>>, Path(id): Path<String>, visit: Visit) -> Response {
    page(&app, &visit, &id).await.unwrap_or_else(|stop| error::stopped(&app, &visit, stop))
}

async fn page(app: &App, visit: &Visit, id: &str) -> Result<Response, Stop> {
    let Own { session, who, person } = mine!(own(app, visit, id));
    let me = &who.identity_id;
    let (authenticators, left, made) = actions::authenticators_of(app, me).await?;
    let (browsers, apps, activity) = actions::security_of(app, me, visit.now).await?;
    let values = json!({
        "label": person.sign_in_label(),
        "has_password": identities::has_password(&app.store.db, me).await?,
        "authenticators": authenticators.iter().map(|a| json!({
            "id": a.id.as_str(), "kind": a.factor.as_str(), "name": a.name, "since": date(a.created_at.seconds()),
            "last_used": a.last_used_at.map(|t| date(t.seconds())), "backed_up": a.backed_up, "may_go_back": a.may_go_back, "flagged": a.flagged_at.map(|t| date(t.seconds())),
        })).collect::<Vec<_>>(),
        "codes_left": left,
        "codes_made": made.map(|t| date(t.seconds())),
        "few_codes": actions::few_recovery_codes(app, me).await?.is_some(),
        "browsers": browsers.iter().map(|b| json!({
            "id": b.id.as_str(), "device": b.device, "address": b.address, "since": date(b.signed_in_at.seconds()), "seen": date(b.last_seen_at.seconds()),
            "apps": b.apps.join(", "), "here": b.id == session.id,
        })).collect::<Vec<_>>(),
        "remembered": actions::remembered_devices(app, me, visit.now).await?.iter().map(|d| json!({"id": d.device_id, "name": d.name, "since": date(d.remembered_at), "until": date(d.remembered_until)})).collect::<Vec<_>>(),
        "others": browsers.iter().any(|b| b.id != session.id),
        "apps": apps.iter().map(|a| json!({"id": a.client_id.as_str(), "name": a.name, "since": date(a.granted_at.seconds()), "companies": a.companies.join(", "), "offline": a.offline})).collect::<Vec<_>>(),
        "activity": activity.iter().map(|a| json!({"kind": a.kind.replace(['.', '_'], "-"), "at": date(a.at), "address": a.address})).collect::<Vec<_>>(),
        "add_passkey": app.passkeys.as_ref().map(|_| at(paths::SECURITY_PASSKEY, me)),
        "add_totp": app.offers(Factor::Totp).then(|| at(paths::SECURITY_TOTP, me)),
        "add_text": (app.offers(Factor::Text) && !who.enrolled.has(Factor::Text)).then(|| at(paths::SECURITY_TEXT_CODES, me)),
        "add_mail": (app.offers(Factor::Mail) && !who.enrolled.has(Factor::Mail)).then(|| at(paths::SECURITY_MAIL_CODES, me)),
        "remove": at(paths::SECURITY_REMOVE, me),
        "codes": at(paths::SECURITY_CODES, me),
        "password": at(paths::SECURITY_PASSWORD, me),
        "email": at(paths::SECURITY_EMAIL, me),
        "username": person.username.as_ref().map(|_| at(paths::SECURITY_USERNAME, me)),
        "data": at(paths::SECURITY_DATA, me),
        "close": at(paths::SECURITY_CLOSE, me),
        "end": at(paths::SECURITY_END, me),
        "profile": at(paths::PORTAL_PROFILE, me),
        "home": paths::HOME,
        "said": visit.query.get("said").filter(|s| SAID.contains(s)),
    });
    let accounts = actions::switchable(app, &session).await?;
    Ok(render(app, visit, &Page { accounts: Some(accounts), ..Page::new("pages/security.html", values) }))
}

/// The interaction that led here, in the query of the page.
fn going(text: Option<&str>) -> Option<InteractionId> {
    text.and_then(|t| t.parse().ok())
}

/// Registering an app that shows codes.
pub(in crate::web) async fn totp(State(app): State<Arc<App>>, Path(id): Path<String>, visit: Visit) -> Response {
    begin_totp(&app, &visit, &id).await.unwrap_or_else(|stop| error::stopped(&app, &visit, stop))
}

async fn begin_totp(app: &App, visit: &Visit, id: &str) -> Result<Response, Stop> {
    let go = going(visit.query.get("go"));
    let path = paths::with_query(&paths::portal(paths::SECURITY_TOTP, id), &[("go", go.as_ref().map_or("", |g| g.as_str()))]);
    let own = mine!(fresh(app, visit, id, &path));
    let new = actions::begin_totp(app, &own.session, &own.who.identity_id, own.person.sign_in_label(), visit.now)?;
    Ok(totp_page(app, visit, &own, &new, go.as_ref(), "", None))
}

fn totp_page(app: &App, visit: &Visit, own: &Own, new: &NewTotp, go: Option<&InteractionId>, name: &str, trouble: Option<EnrollRefused>) -> Response {
    let me = &own.who.identity_id;
    let values = json!({
        "label": own.person.sign_in_label(),
        "secret": new.secret.expose().as_bytes().chunks(4).map(|c| String::from_utf8_lossy(c).into_owned()).collect::<Vec<_>>().join(" "),
        "svg": new.scannable.svg.expose(),
        "address": new.scannable.address.expose(),
        "sealed": new.sealed,
        "name": name,
        "go": go.map(|g| g.as_str()),
        "action": at(paths::SECURITY_TOTP, me),
        "back": go.map_or_else(|| at(paths::SECURITY, me), paths::interaction),
        "trouble": trouble.map(|t| t.to_string()),
    });
    let status = if trouble.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    render(app, visit, &Page { status, ..Page::new("pages/security_totp.html", values) })
}

pub(in crate::web) async fn add_totp(State(app): State<Arc<App>>, Path(id): Path<String>, form: Form) -> Response {
    added_totp(&app, &form, &id).await.unwrap_or_else(|stop| error::stopped(&app, &form.visit, stop))
}

async fn added_totp(app: &App, form: &Form, id: &str) -> Result<Response, Stop> {
    let visit = &form.visit;
    let go = going(form.params.get("go"));
    let own = mine!(fresh(app, visit, id, &paths::portal(paths::SECURITY_TOTP, id)));
    let me = &own.who.identity_id;
    let name = name_of(app, form, "factor-totp")?;
    match actions::add_totp(app, &own.session, me, &name, form.field("sealed"), form.field("code"), &visit.origin, visit.now).await? {
        Ok(token) => registered(app, visit, &own, token, go.as_ref()).await,
        Err(refused) => match actions::resume_totp(app, &own.session, me, own.person.sign_in_label(), form.field("sealed"), visit.now)? {
            Some(new) => Ok(totp_page(app, visit, &own, &new, go.as_ref(), form.field("name"), Some(refused))),
            None => Ok(said(visit, me, "enroll-over")),
        },
    }
}

/// Registering a passkey.
pub(in crate::web) async fn passkey(State(app): State<Arc<App>>, Path(id): Path<String>, visit: Visit) -> Response {
    let begun = async {
        let go = going(visit.query.get("go"));
        let path = paths::with_query(&paths::portal(paths::SECURITY_PASSKEY, &id), &[("go", go.as_ref().map_or("", |g| g.as_str()))]);
        let own = mine!(fresh(&app, &visit, &id, &path));
        passkey_page(&app, &visit, &own, go.as_ref(), "", None).await
    };
    begun.await.unwrap_or_else(|stop: Stop| error::stopped(&app, &visit, stop))
}

async fn passkey_page(app: &App, visit: &Visit, own: &Own, go: Option<&InteractionId>, name: &str, trouble: Option<EnrollRefused>) -> Result<Response, Stop> {
    let me = &own.who.identity_id;
    let Some(ceremony) = actions::begin_passkey(app, &own.session, &own.person, visit.now).await? else { return Ok(not_found(app, visit)) };
    let values = json!({
        "label": own.person.sign_in_label(),
        "options": ceremony.options.to_string(),
        "sealed": ceremony.sealed,
        "name": name,
        "go": go.map(|g| g.as_str()),
        "action": at(paths::SECURITY_PASSKEY, me),
        "back": go.map_or_else(|| at(paths::SECURITY, me), paths::interaction),
        "trouble": trouble.map(|t| t.to_string()),
    });
    let status = if trouble.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    Ok(render(app, visit, &Page { status, ..Page::new("pages/security_passkey.html", values) }))
}

pub(in crate::web) async fn add_passkey(State(app): State<Arc<App>>, Path(id): Path<String>, form: Form) -> Response {
    let visit = &form.visit;
    let added = async {
        let go = going(form.params.get("go"));
        let own = mine!(fresh(&app, visit, &id, &paths::portal(paths::SECURITY_PASSKEY, &id)));
        let name = name_of(&app, &form, "factor-passkey")?;
        let done = actions::add_passkey(&app, &own.session, &own.who.identity_id, &name, form.field("sealed"), form.field("passkey"), &visit.origin, visit.now)
            .await?;
        match done {
            Ok(token) => registered(&app, visit, &own, token, go.as_ref()).await,
            Err(refused) => passkey_page(&app, visit, &own, go.as_ref(), form.field("name"), Some(refused)).await,
        }
    };
    added.await.unwrap_or_else(|stop: Stop| error::stopped(&app, visit, stop))
}

/// Registering codes by text message, or by mail.
pub(in crate::web) async fn text_codes(State(app): State<Arc<App>>, Path(id): Path<String>, visit: Visit) -> Response {
    codes_of(&app, &visit, &id, Factor::Text).await.unwrap_or_else(|stop| error::stopped(&app, &visit, stop))
}

pub(in crate::web) async fn mail_codes(State(app): State<Arc<App>>, Path(id): Path<String>, visit: Visit) -> Response {
    codes_of(&app, &visit, &id, Factor::Mail).await.unwrap_or_else(|stop| error::stopped(&app, &visit, stop))
}

pub(in crate::web) async fn add_text_codes(State(app): State<Arc<App>>, Path(id): Path<String>, form: Form) -> Response {
    added_codes(&app, &form, &id, Factor::Text).await.unwrap_or_else(|stop| error::stopped(&app, &form.visit, stop))
}

pub(in crate::web) async fn add_mail_codes(State(app): State<Arc<App>>, Path(id): Path<String>, form: Form) -> Response {
    added_codes(&app, &form, &id, Factor::Mail).await.unwrap_or_else(|stop| error::stopped(&app, &form.visit, stop))
}

fn path_of(factor: Factor) -> &'static str {
    if factor == Factor::Mail { paths::SECURITY_MAIL_CODES } else { paths::SECURITY_TEXT_CODES }
}

async fn codes_of(app: &App, visit: &Visit, id: &str, factor: Factor) -> Result<Response, Stop> {
    let go = going(visit.query.get("go"));
    let path = paths::with_query(&paths::portal(path_of(factor), id), &[("go", go.as_ref().map_or("", |g| g.as_str()))]);
    let own = mine!(fresh(app, visit, id, &path));
    codes_page(app, visit, &own, factor, go.as_ref(), None).await
}

async fn codes_page(app: &App, visit: &Visit, own: &Own, factor: Factor, go: Option<&InteractionId>, trouble: Option<String>) -> Result<Response, Stop> {
    let me = &own.who.identity_id;
    if !app.offers(factor) {
        return Ok(not_found(app, visit));
    }
    let values = json!({
        "label": own.person.sign_in_label(),
        "kind": factor.as_str(),
        "target": actions::own_destination(&own.person, factor),
        "sent": actions::registering(app, &own.session, me, factor, visit.now).await?,
        "go": go.map(|g| g.as_str()),
        "action": at(path_of(factor), me),
        "profile": at(paths::PORTAL_PROFILE, me),
        "back": go.map_or_else(|| at(paths::SECURITY, me), paths::interaction),
        "trouble": trouble,
    });
    let status = if trouble.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    Ok(render(app, visit, &Page { status, ..Page::new("pages/security_sent.html", values) }))
}

async fn added_codes(app: &App, form: &Form, id: &str, factor: Factor) -> Result<Response, Stop> {
    let visit = &form.visit;
    let go = going(form.params.get("go"));
    let own = mine!(fresh(app, visit, id, &paths::portal(path_of(factor), id)));
    if form.field("do") == "send" {
        return match actions::begin_sent_codes(app, &own.session, &own.person, factor, &visit.origin, visit.now).await? {
            Ok(()) => {
                let here = paths::with_query(&at(path_of(factor), &own.who.identity_id), &[("go", go.as_ref().map_or("", |g| g.as_str()))]);
                Ok(see_other(visit, &here))
            }
            Err(refused) => codes_page(app, visit, &own, factor, go.as_ref(), Some(format!("mobile-{refused}"))).await,
        };
    }
    match actions::add_sent_codes(app, &own.session, &own.person, factor, form.field("code"), &visit.origin, visit.now).await? {
        Ok(token) => registered(app, visit, &own, token, go.as_ref()).await,
        Err(refused) => codes_page(app, visit, &own, factor, go.as_ref(), Some(refused.to_string())).await,
    }
}

/// What its owner calls something, or what it is.
fn name_of(app: &App, form: &Form, kind: &str) -> Result<DisplayText, Stop> {
    let name = DisplayText::parse(form.field("name").trim()).ok();
    let name = name.or_else(|| DisplayText::parse(&app.texts.say(form.visit.locale, kind, &[])).ok());
    Ok(name.ok_or_else(|| anyhow::anyhow!("no name"))?)
}

/// On to where the person was going; by way of recovery codes when there are none.
async fn registered(app: &App, visit: &Visit, own: &Own, token: SessionToken, go: Option<&InteractionId>) -> Result<Response, Stop> {
    let mut visit = visit.clone();
    visit.set_cookies.push(cookie::set_session(&app.config, &token));
    let (_, left, _) = actions::authenticators_of(app, &own.who.identity_id).await?;
    if left > 0 {
        return Ok(see_other(&visit, &go.map_or_else(|| at(paths::SECURITY, &own.who.identity_id), paths::interaction)));
    }
    // A first factor without codes on paper would be one lost phone away from nobody.
    make_codes(app, &visit, own, go).await
}

async fn make_codes(app: &App, visit: &Visit, own: &Own, go: Option<&InteractionId>) -> Result<Response, Stop> {
    let me = &own.who.identity_id;
    let Some(codes) = actions::new_recovery_codes(app, &own.session, me, &visit.origin, visit.now).await? else { return Ok(see_other(visit, paths::SIGN_IN)) };
    let shown: Vec<&str> = codes.iter().map(|c| c.expose().as_str()).collect();
    let values = json!({
        "label": own.person.sign_in_label(),
        "codes": shown,
        "file": percent_encoding::utf8_percent_encode(&(shown.join("\n") + "\n"), percent_encoding::NON_ALPHANUMERIC).to_string(),
        "next": go.map_or_else(|| at(paths::SECURITY, me), paths::interaction),
    });
    Ok(render(app, visit, &Page::new("pages/recovery_codes.html", values)))
}

/// New recovery codes, shown this once.
pub(in crate::web) async fn codes(State(app): State<Arc<App>>, Path(id): Path<String>, form: Form) -> Response {
    let made = async {
        let own = mine!(fresh(&app, &form.visit, &id, &paths::portal(paths::SECURITY, &id)));
        if own.who.enrolled.is_empty() {
            return Ok(see_other(&form.visit, &at(paths::SECURITY, &own.who.identity_id)));
        }
        make_codes(&app, &form.visit, &own, going(form.params.get("go")).as_ref()).await
    };
    made.await.unwrap_or_else(|stop: Stop| error::stopped(&app, &form.visit, stop))
}

/// Removes what was registered.
pub(in crate::web) async fn remove(State(app): State<Arc<App>>, Path(id): Path<String>, form: Form) -> Response {
    let visit = &form.visit;
    let removed = async {
        let own = mine!(fresh(&app, visit, &id, &paths::portal(paths::SECURITY, &id)));
        let me = &own.who.identity_id;
        let Ok(which) = form.field("authenticator").parse() else { return Ok(said(visit, me, "")) };
        let gone = actions::remove_authenticator(&app, &own.session, me, &which, &visit.origin, visit.now).await?;
        Ok(said(visit, me, if gone { "removed" } else { "" }))
    };
    removed.await.unwrap_or_else(|stop: Stop| error::stopped(&app, visit, stop))
}

/// Another password.
pub(in crate::web) async fn password(State(app): State<Arc<App>>, Path(id): Path<String>, visit: Visit) -> Response {
    let shown = async {
        let own = mine!(fresh(&app, &visit, &id, &paths::portal(paths::SECURITY_PASSWORD, &id)));
        Ok(password_page(&app, &visit, &own, None))
    };
    shown.await.unwrap_or_else(|stop: Stop| error::stopped(&app, &visit, stop))
}

fn password_page(app: &App, visit: &Visit, own: &Own, trouble: Option<&str>) -> Response {
    let me = &own.who.identity_id;
    let values = json!({"label": own.person.sign_in_label(), "action": at(paths::SECURITY_PASSWORD, me), "back": at(paths::SECURITY, me), "least": app.least_password(), "trouble": trouble});
    let status = if trouble.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    render(app, visit, &Page { status, ..Page::new("pages/security_password.html", values) })
}

pub(in crate::web) async fn change_password(State(app): State<Arc<App>>, Path(id): Path<String>, form: Form) -> Response {
    let visit = &form.visit;
    let changed = async {
        let own = mine!(fresh(&app, visit, &id, &paths::portal(paths::SECURITY_PASSWORD, &id)));
        if form.field("password") != form.field("again") {
            return Ok(password_page(&app, visit, &own, Some("password-differs")));
        }
        let me = &own.who.identity_id;
        Ok(match actions::change_password(&app, &own.session, me, form.field("password"), &visit.origin, visit.now).await? {
            Ok(()) => said(visit, me, "password-changed"),
            Err(SetPasswordRefused::Link) => see_other(visit, paths::SIGN_IN),
            Err(SetPasswordRefused::Password(refused)) => password_page(&app, visit, &own, Some(trouble_of(refused))),
        })
    };
    changed.await.unwrap_or_else(|stop: Stop| error::stopped(&app, visit, stop))
}

/// Another address.
pub(in crate::web) async fn email(State(app): State<Arc<App>>, Path(id): Path<String>, visit: Visit) -> Response {
    let shown = async {
        let own = mine!(fresh(&app, &visit, &id, &paths::portal(paths::SECURITY_EMAIL, &id)));
        email_page(&app, &visit, &own, "", None).await
    };
    shown.await.unwrap_or_else(|stop: Stop| error::stopped(&app, &visit, stop))
}

async fn email_page(app: &App, visit: &Visit, own: &Own, typed: &str, trouble: Option<EmailRefused>) -> Result<Response, Stop> {
    let me = &own.who.identity_id;
    let values = json!({
        "label": own.person.sign_in_label(),
        "address": own.person.email,
        "waits": actions::new_address(app, &own.session, me, visit.now).await?,
        "typed": typed,
        "action": at(paths::SECURITY_EMAIL, me),
        "back": at(paths::SECURITY, me),
        "trouble": trouble.map(|t| t.to_string()),
    });
    let status = if trouble.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    Ok(render(app, visit, &Page { status, ..Page::new("pages/security_email.html", values) }))
}

pub(in crate::web) async fn change_email(State(app): State<Arc<App>>, Path(id): Path<String>, form: Form) -> Response {
    let visit = &form.visit;
    let changed = async {
        let own = mine!(fresh(&app, visit, &id, &paths::portal(paths::SECURITY_EMAIL, &id)));
        let me = &own.who.identity_id;
        if form.field("do") == "send" {
            return match actions::begin_email_change(&app, &own.session, &own.person, form.field("email"), &visit.origin, visit.now).await? {
                Ok(()) => Ok(see_other(visit, &at(paths::SECURITY_EMAIL, me))),
                Err(refused) => email_page(&app, visit, &own, form.field("email"), Some(refused)).await,
            };
        }
        match actions::change_email(&app, &own.session, &own.person, form.field("code"), &visit.origin, visit.now).await? {
            Ok(()) => Ok(said(visit, me, "email-changed")),
            Err(refused) => email_page(&app, visit, &own, "", Some(refused)).await,
        }
    };
    changed.await.unwrap_or_else(|stop: Stop| error::stopped(&app, visit, stop))
}

/// Another username, for whoever has one.
pub(in crate::web) async fn username(State(app): State<Arc<App>>, Path(id): Path<String>, visit: Visit) -> Response {
    let shown = async {
        let own = mine!(fresh(&app, &visit, &id, &paths::portal(paths::SECURITY_USERNAME, &id)));
        Ok(username_page(&app, &visit, &own, "", None))
    };
    shown.await.unwrap_or_else(|stop: Stop| error::stopped(&app, &visit, stop))
}

fn username_page(app: &App, visit: &Visit, own: &Own, typed: &str, trouble: Option<RenameRefused>) -> Response {
    let me = &own.who.identity_id;
    let Some(username) = &own.person.username else { return not_found(app, visit) };
    let values = json!({
        "username": username,
        "typed": typed,
        "action": at(paths::SECURITY_USERNAME, me),
        "back": at(paths::SECURITY, me),
        "trouble": trouble.map(|t| t.to_string()),
    });
    let status = if trouble.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    render(app, visit, &Page { status, ..Page::new("pages/security_username.html", values) })
}

pub(in crate::web) async fn change_username(State(app): State<Arc<App>>, Path(id): Path<String>, form: Form) -> Response {
    let visit = &form.visit;
    let changed = async {
        let own = mine!(fresh(&app, visit, &id, &paths::portal(paths::SECURITY_USERNAME, &id)));
        Ok(match actions::change_username(&app, &own.session, &own.person, form.field("username"), &visit.origin, visit.now).await? {
            Ok(()) => said(visit, &own.who.identity_id, "username-changed"),
            Err(refused) => username_page(&app, visit, &own, form.field("username"), Some(refused)),
        })
    };
    changed.await.unwrap_or_else(|stop: Stop| error::stopped(&app, visit, stop))
}

/// Everything that is kept of oneself, as a file.
pub(in crate::web) async fn data(State(app): State<Arc<App>>, Path(id): Path<String>, visit: Visit) -> Response {
    let made = async {
        let own = mine!(fresh(&app, &visit, &id, &paths::portal(paths::SECURITY_DATA, &id)));
        let document = actions::own_data(&app, &own.person, visit.now).await?;
        let text = serde_json::to_string_pretty(&document).map_err(anyhow::Error::from)?;
        let named = format!("attachment; filename=\"vestibule-{}.json\"", date(visit.now.seconds()));
        let headers =
            [(header::CONTENT_TYPE, "application/json".to_owned()), (header::CONTENT_DISPOSITION, named), (header::CACHE_CONTROL, "no-store".to_owned())];
        Ok((headers, text).into_response())
    };
    made.await.unwrap_or_else(|stop: Stop| error::stopped(&app, &visit, stop))
}

/// Closing one's sign-in.
pub(in crate::web) async fn closing(State(app): State<Arc<App>>, Path(id): Path<String>, visit: Visit) -> Response {
    let shown = async {
        let own = mine!(fresh(&app, &visit, &id, &paths::portal(paths::SECURITY_CLOSE, &id)));
        closing_page(&app, &visit, &own).await
    };
    shown.await.unwrap_or_else(|stop: Stop| error::stopped(&app, &visit, stop))
}

async fn closing_page(app: &App, visit: &Visit, own: &Own) -> Result<Response, Stop> {
    let me = &own.who.identity_id;
    let refused = actions::may_close(app, me).await?.err();
    let accounts = crate::store::accounts::count(&app.store.db, me, 1000).await?;
    let values = json!({
        "label": own.person.sign_in_label(),
        "accounts": accounts,
        "refused": refused.as_ref().map(|r| r.to_string()),
        "company": match &refused { Some(actions::CloseRefused::LastOwner(name)) => Some(name), _ => None },
        "action": at(paths::SECURITY_CLOSE, me),
        "back": at(paths::SECURITY, me),
    });
    let status = if refused.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    Ok(render(app, visit, &Page { status, ..Page::new("pages/security_close.html", values) }))
}

pub(in crate::web) async fn close(State(app): State<Arc<App>>, Path(id): Path<String>, form: Form) -> Response {
    let visit = &form.visit;
    let closed = async {
        let own = mine!(fresh(&app, visit, &id, &paths::portal(paths::SECURITY_CLOSE, &id)));
        if form.field("sure") != "on" {
            return closing_page(&app, visit, &own).await;
        }
        match actions::close_identity(&app, &own.session, &own.who.identity_id, &visit.origin, visit.now).await? {
            Ok(_) => Ok(render(
                &app,
                visit,
                &Page::new("pages/done.html", json!({"label": own.person.sign_in_label(), "sign_in": paths::SIGN_IN, "text": "closing"})),
            )),
            Err(CloseRefused::SignedOut) => Ok(see_other(visit, paths::SIGN_IN)),
            Err(_) => closing_page(&app, visit, &own).await,
        }
    };
    closed.await.unwrap_or_else(|stop: Stop| error::stopped(&app, visit, stop))
}

/// Ends a session, all others, or what an app was granted. That only ever makes things safer, so no fresh proof is asked.
pub(in crate::web) async fn end(State(app): State<Arc<App>>, Path(id): Path<String>, form: Form) -> Response {
    let visit = &form.visit;
    let ended = async {
        let own = mine!(own(&app, visit, &id));
        let me = &own.who.identity_id;
        if let Ok(client) = form.field("app").parse() {
            actions::disconnect_app(&app, me, &client, &visit.origin, visit.now).await?;
            return Ok(said(visit, me, "disconnected"));
        }
        if let Ok(device) = form.field("device").parse() {
            actions::forget_device(&app, me, &device, &visit.origin, visit.now).await?;
            return Ok(said(visit, me, "forgotten"));
        }
        if let Ok(browser) = form.field("session").parse() {
            actions::end_browser(&app, me, &browser, &visit.origin, visit.now).await?;
        } else if !form.field("others").is_empty() {
            actions::sign_out_other_browsers(&app, &own.session.id, me, &visit.origin, visit.now).await?;
        }
        Ok(said(visit, me, "signed-out"))
    };
    ended.await.unwrap_or_else(|stop: Stop| error::stopped(&app, visit, stop))
}
