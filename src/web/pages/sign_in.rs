//! Sign-in: identifier and password on one page, with the app's and the company's name.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::Response;
use serde_json::json;

use super::company_card;
use super::interaction::{Open, client_card, leads_to, with_open};
use crate::actions::{self, App, SignInRefused, Stop};
use crate::protocol::{AuthorizationRequest, LoginHint};
use crate::store::companies;
use crate::store::interactions::Purpose;
use crate::store::sessions::BrowserSession;
use crate::types::{IdentityId, Timestamp};
use crate::web::form::Form;
use crate::web::page::{Page, render, see_other};
use crate::web::visit::Visit;
use crate::web::{cookie, paths};

/// What the page says after a try.
enum Trouble {
    Wrong,
    Passkey,
    Busy,
}

pub(super) async fn show(
    app: &App,
    visit: &Visit,
    open: &Open,
    request: Option<&AuthorizationRequest>,
    expected: Option<&IdentityId>,
    adding: bool,
) -> Result<Response, Stop> {
    let known = expected.and_then(|id| open.session.signed_in.iter().find(|s| s.identity_id == *id)).map(|s| s.label.clone());
    let hinted = match request.and_then(|r| r.login_hint.as_ref()) {
        Some(LoginHint::Name(name)) => Some(name.chars().take(320).collect()),
        _ => None,
    };
    page(app, visit, open, request, &known.or(hinted).unwrap_or_default(), adding, None).await
}

async fn page(
    app: &App,
    visit: &Visit,
    open: &Open,
    request: Option<&AuthorizationRequest>,
    identifier: &str,
    adding: bool,
    trouble: Option<Trouble>,
) -> Result<Response, Stop> {
    // Before anybody is known, only companies that agreed to it are named (decisions.md 6).
    let company = match request.and_then(|r| r.organization.as_ref()) {
        Some(named) => companies::named(&app.store.db, named).await?.filter(|c| c.publicly_named && c.closed_at.is_none()),
        None => None,
    };
    let id = &open.interaction.id;
    let values = json!({
        "client": client_card(app, request).await?,
        "company": company.as_ref().map(company_card),
        "action": paths::interaction_form(paths::INTERACTION_SIGN_IN, id),
        "back": adding.then(|| paths::interaction_form(paths::INTERACTION_IDENTITY, id)),
        "identifier": identifier,
        "passkey": passkey_form(actions::ask_for_passkey(app, &open.session, None, visit.now).await?, paths::interaction_form(paths::INTERACTION_PASSKEY, id)),
        "recover": paths::RECOVER,
        "trouble": trouble.as_ref().map(|t| match t { Trouble::Wrong => "sign-in-wrong", Trouble::Passkey => "sign-in-passkey", Trouble::Busy => "sign-in-busy" }),
    });
    let leads_to = leads_to(request);
    let status = match trouble {
        None => StatusCode::OK,
        Some(Trouble::Wrong | Trouble::Passkey) => StatusCode::UNPROCESSABLE_ENTITY,
        Some(Trouble::Busy) => StatusCode::SERVICE_UNAVAILABLE,
    };
    let mut response = render(app, visit, &Page { template: "pages/sign_in.html", status, leads_to: leads_to.as_deref(), accounts: None, values });
    if status == StatusCode::SERVICE_UNAVAILABLE {
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("5"));
    }
    Ok(response)
}

/// The same for one person's, who may have none.
pub(super) async fn passkey_of(app: &App, session: &BrowserSession, who: &IdentityId, action: &str, now: Timestamp) -> Result<serde_json::Value, Stop> {
    if crate::store::authenticators::credential_ids(&app.store.db, who).await?.is_empty() {
        return Ok(serde_json::Value::Null);
    }
    Ok(passkey_form(actions::ask_for_passkey(app, session, Some(who), now).await?, action.to_owned()))
}

/// A second factor as a form carries it.
pub(super) fn shown(form: &Form) -> actions::Shown<'_> {
    match form.field("passkey") {
        "" => actions::Shown::Code(form.field("code").trim()),
        response => actions::Shown::Passkey { sealed: form.field("sealed"), response },
    }
}

/// What a page prints to ask for a passkey.
pub(super) fn passkey_form(ceremony: Option<actions::PageCeremony>, action: String) -> serde_json::Value {
    ceremony.map_or(serde_json::Value::Null, |c| json!({"action": action, "options": c.options.to_string(), "sealed": c.sealed}))
}

/// A passkey instead of name and password.
pub(in crate::web) async fn by_passkey(State(app): State<Arc<App>>, Path(id): Path<String>, mut form: Form) -> Response {
    with_open!(&app, form, &id, |open| shown_passkey(&app, &form, open))
}

async fn shown_passkey(app: &App, form: &Form, open: Open) -> Result<Response, Stop> {
    let visit = &form.visit;
    match actions::sign_in_by_passkey(app, &open.interaction, &open.session, form.field("sealed"), form.field("passkey"), &visit.origin, visit.now).await? {
        Ok(token) => {
            let mut visit = visit.clone();
            visit.set_cookies.extend(cookie::signed_in(&app.config, &token));
            Ok(see_other(&visit, &paths::interaction(&open.interaction.id)))
        }
        Err(SignInRefused::Over) => Ok(see_other(visit, &paths::interaction(&open.interaction.id))),
        Err(_) => {
            let request = request_of(&open);
            page(app, visit, &open, request, "", open.interaction.progress.adding_identity, Some(Trouble::Passkey)).await
        }
    }
}

/// The form.
pub(in crate::web) async fn submit(State(app): State<Arc<App>>, Path(id): Path<String>, mut form: Form) -> Response {
    with_open!(&app, form, &id, |open| answer(&app, &form, open))
}

fn request_of(open: &Open) -> Option<&AuthorizationRequest> {
    match &open.interaction.purpose {
        Purpose::Authorize(request) => Some(request.as_ref()),
        Purpose::Home | Purpose::Portal(_) | Purpose::Again { .. } => None,
    }
}

async fn answer(app: &App, form: &Form, open: Open) -> Result<Response, Stop> {
    let request = request_of(&open);
    let (identifier, password) = (form.field("identifier"), form.field("password"));
    let adding = open.interaction.progress.adding_identity;
    if identifier.is_empty() || password.is_empty() {
        return page(app, &form.visit, &open, request, identifier, adding, Some(Trouble::Wrong)).await;
    }
    let visit = &form.visit;
    match actions::sign_in(app, &open.interaction, &open.session, identifier, password, &visit.origin, visit.now).await {
        Ok(Ok(now)) => {
            let mut visit = visit.clone();
            visit.set_cookies.extend(now.cookies.iter().flat_map(|c| cookie::signed_in(&app.config, c)));
            Ok(see_other(&visit, &paths::interaction(&open.interaction.id)))
        }
        Ok(Err(SignInRefused::NotSignedIn)) => page(app, visit, &open, request, identifier, adding, Some(Trouble::Wrong)).await,
        Ok(Err(SignInRefused::SetPassword)) => Ok(see_other(visit, paths::SET_PASSWORD)),
        Ok(Err(SignInRefused::Over)) => Ok(see_other(visit, &paths::interaction(&open.interaction.id))),
        // Too many at once: what was typed stays, the password aside (decisions.md 29).
        Err(Stop::Busy) => page(app, visit, &open, request, identifier, adding, Some(Trouble::Busy)).await,
        Err(stop) => Err(stop),
    }
}
