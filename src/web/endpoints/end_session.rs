//! Signing out by an app (OpenID Connect RP-Initiated Logout 1.0).
//!
//! With a proven hint of this very browser, the person is signed out at once; in every other case they are asked
//! (forced sign-out, standards.md 3.19). A redirect needs a proven client and exactly a registered address.

use std::sync::Arc;

use axum::extract::{RawQuery, State};
use axum::http::header;
use axum::response::Response;
use serde_json::json;

use crate::actions::{self, App, SignOut, Stop};
use crate::protocol::{LogoutRequest, Params};
use crate::types::RedirectUri;
use crate::web::form::{CrossSiteForm, Form};
use crate::web::page::{Page, render, see_other};
use crate::web::visit::Visit;
use crate::web::{cookie, error, paths};

/// GET.
pub(in crate::web) async fn show(State(app): State<Arc<App>>, RawQuery(query): RawQuery, visit: Visit) -> Response {
    let params = Params::parse(query.unwrap_or_default().as_bytes());
    faced(&app, visit, &params).await
}

/// POST: a cross-site one carries no cookie, so it is judged on the GET that follows, as at the authorization endpoint.
pub(in crate::web) async fn submit(State(app): State<Arc<App>>, CrossSiteForm { visit, params }: CrossSiteForm) -> Response {
    let carried: Vec<(&str, &str)> = params.pairs().filter(|(name, _)| CARRIED.contains(name)).collect();
    if params.fault().is_some() {
        return faced(&app, visit, &params).await;
    }
    see_other(&visit, &paths::with_query(paths::END_SESSION, &carried))
}

/// What matters of a request.
const CARRIED: [&str; 5] = ["id_token_hint", "post_logout_redirect_uri", "state", "client_id", "ui_locales"];

async fn faced(app: &App, mut visit: Visit, params: &Params) -> Response {
    match request(app, &mut visit, params).await {
        Ok(response) => response,
        Err(stop) => error::stopped(app, &visit, stop),
    }
}

async fn request(app: &App, visit: &mut Visit, params: &Params) -> Result<Response, Stop> {
    let request = LogoutRequest::read(params)?;
    visit.prefer(request.ui_locales.as_deref());
    let proven = actions::proven_hint(app, &request, visit.now).await?;
    if let Some(out) = &proven {
        let here = out
            .hinted
            .session
            .as_ref()
            .zip(visit.session.as_ref())
            .is_some_and(|(hinted, session)| hinted.ended_at.is_none() && hinted.browser_session_id == session.id);
        if here {
            actions::sign_out_app_session(app, &out.hinted, &visit.origin, visit.now).await?;
            let gone = out.hinted.session.as_ref().map(|s| &s.identity.id);
            let stay: Vec<_> = visit.session.iter().flat_map(|s| &s.signed_in).filter(|s| Some(&s.identity_id) != gone).map(|s| s.label.clone()).collect();
            return Ok(match out.target.as_deref() {
                Some(target) => see_other(visit, target),
                None => farewell(app, visit, &stay),
            });
        }
        // The app session is over already: there is nothing left to ask.
        if out.hinted.session.as_ref().is_none_or(|s| s.ended_at.is_some()) && visit.session.as_ref().is_none_or(|s| s.signed_in.is_empty()) {
            return Ok(done(app, visit, out.target.as_deref()));
        }
    }
    if visit.session.as_ref().is_none_or(|s| s.signed_in.is_empty()) && proven.is_none() {
        return Ok(done(app, visit, None));
    }
    // The question needs a session to bind its form to, also when the browser came without one.
    visit.open_session(app).await?;
    Ok(ask(app, visit, params, proven.as_ref()))
}

fn ask(app: &App, visit: &Visit, params: &Params, proven: Option<&SignOut>) -> Response {
    let somebody: Vec<_> = visit.session.iter().flat_map(|s| &s.signed_in).map(|s| json!({"label": s.label, "name": s.display_name()})).collect();
    let carried: Vec<_> = params.pairs().filter(|(name, _)| CARRIED.contains(name)).map(|(name, value)| json!({"name": name, "value": value})).collect();
    let target = proven.and_then(|p| p.target.as_deref());
    let leads_to = target.and_then(|t| RedirectUri::parse(t).ok()).map(|u| u.csp_source());
    let values = json!({"people": somebody, "carried": carried, "action": paths::END_SESSION_CONFIRM, "stay": paths::HOME});
    render(app, visit, &Page { template: "pages/sign_out.html", status: axum::http::StatusCode::OK, leads_to: leads_to.as_deref(), accounts: None, values })
}

/// The person's answer.
pub(in crate::web) async fn confirm(State(app): State<Arc<App>>, form: Form) -> Response {
    match confirmed(&app, &form).await {
        Ok(response) => response,
        Err(stop) => error::stopped(&app, &form.visit, stop),
    }
}

async fn confirmed(app: &App, form: &Form) -> Result<Response, Stop> {
    let visit = &form.visit;
    let request = LogoutRequest::read(&form.params)?;
    let proven = actions::proven_hint(app, &request, visit.now).await?;
    if let Some(session) = &visit.session {
        actions::sign_out_everywhere(app, session, false, &visit.origin, visit.now).await?;
    }
    let mut response = done(app, visit, proven.as_ref().and_then(|p| p.target.as_deref()));
    response.headers_mut().append(header::SET_COOKIE, cookie::clear_session(&app.config));
    Ok(response)
}

fn done(app: &App, visit: &Visit, target: Option<&str>) -> Response {
    match target {
        Some(target) => see_other(visit, target),
        None => farewell(app, visit, &[]),
    }
}

/// "You are signed out", with whoever stays signed in here, and a way to sign out of everything (design.md 5.4).
fn farewell(app: &App, visit: &Visit, stay: &[String]) -> Response {
    render(app, visit, &Page::new("pages/signed_out.html", json!({"sign_in": paths::SIGN_IN, "stay": stay, "action": paths::SIGN_OUT})))
}
