//! Setting a password from an activation mail. GET never acts; the token leaves the URL at once.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde_json::json;

use crate::actions::{self, App, SetPasswordRefused, Stop};
use crate::domain::{Identity, PasswordRefused};
use crate::store::mail_links::Purpose;
use crate::web::form::Form;
use crate::web::page::{Page, render, see_other};
use crate::web::visit::Visit;
use crate::web::{error, paths};

/// The mailed link: bound to this browser, then out of the URL.
pub(in crate::web) async fn open(State(app): State<Arc<App>>, Path(token): Path<String>, mut visit: Visit) -> Response {
    // The token must not appear in the language switch either.
    visit.path = paths::SET_PASSWORD.to_owned();
    hold(&app, &mut visit, &token).await.unwrap_or_else(|stop| error::stopped(&app, &visit, stop))
}

async fn hold(app: &App, visit: &mut Visit, token: &str) -> Result<Response, Stop> {
    let session = visit.open_session(app).await?;
    if actions::hold_mail_link(app, &session, Purpose::SetPassword, token, visit.now).await? {
        return Ok(see_other(visit, paths::SET_PASSWORD));
    }
    Ok(error::page(app, visit, StatusCode::GONE, "error-link", Some((paths::RECOVER, ""))))
}

pub(in crate::web) async fn show(State(app): State<Arc<App>>, visit: Visit) -> Response {
    form_page(&app, &visit, None).await.unwrap_or_else(|stop| error::stopped(&app, &visit, stop))
}

async fn form_page(app: &App, visit: &Visit, trouble: Option<&'static str>) -> Result<Response, Stop> {
    let who = match &visit.session {
        Some(session) => actions::who_sets_password(app, session, visit.now).await?,
        None => None,
    };
    let Some(identity) = who else { return Ok(error::page(app, visit, StatusCode::GONE, "error-link", Some((paths::RECOVER, "")))) };
    Ok(render_form(app, visit, &identity, trouble))
}

fn render_form(app: &App, visit: &Visit, identity: &Identity, trouble: Option<&'static str>) -> Response {
    let values = json!({"action": paths::SET_PASSWORD, "label": identity.email.as_deref().or(identity.username.as_deref()), "name": identity.profile.given_name, "least": app.least_password(), "trouble": trouble});
    let status = if trouble.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    render(app, visit, &Page { template: "pages/set_password.html", status, leads_to: None, accounts: None, values })
}

pub(in crate::web) async fn submit(State(app): State<Arc<App>>, form: Form) -> Response {
    set(&app, &form).await.unwrap_or_else(|stop| error::stopped(&app, &form.visit, stop))
}

async fn set(app: &App, form: &Form) -> Result<Response, Stop> {
    let visit = &form.visit;
    let Some(session) = &visit.session else { return Ok(error::page(app, visit, StatusCode::GONE, "error-link", Some((paths::RECOVER, "")))) };
    if form.field("password") != form.field("again") {
        return form_page(app, visit, Some("password-differs")).await;
    }
    match actions::set_password(app, session, form.field("password"), &visit.origin, visit.now).await? {
        Ok(identity) => Ok(render(app, visit, &Page::new("pages/password_saved.html", json!({"label": identity.email, "sign_in": sign_in_of(app, visit)})))),
        Err(SetPasswordRefused::Link) => Ok(error::page(app, visit, StatusCode::GONE, "error-link", Some((paths::RECOVER, "")))),
        Err(SetPasswordRefused::Password(refused)) => form_page(app, visit, Some(trouble_of(refused))).await,
    }
}

/// Where to sign in now: at the issuer, wearing the same face.
fn sign_in_of(app: &App, visit: &Visit) -> String {
    match &visit.brand {
        Some(brand) => paths::with_query(&app.config.url(paths::SIGN_IN), &[("brand", brand.id.as_str())]),
        None => paths::SIGN_IN.to_owned(),
    }
}

/// The message that tells why a password was not accepted.
pub(super) const fn trouble_of(refused: PasswordRefused) -> &'static str {
    match refused {
        PasswordRefused::TooShort(_) => "password-too-short",
        PasswordRefused::TooLong => "password-too-long",
        PasswordRefused::Listed => "password-listed",
        PasswordRefused::Breached => "password-breached",
    }
}
