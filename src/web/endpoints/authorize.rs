//! The authorization endpoint (RFC 6749 3.1): parse, check, decide; only a page stores an interaction (decisions.md 5).

use std::sync::Arc;

use axum::extract::{RawQuery, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde_json::json;

use crate::actions::{self, App, Stop};
use crate::flow::{Progress, Step};
use crate::protocol::{AnswerTo, AuthorizationFailure, AuthorizationResponse, Params, Reason};
use crate::store::interactions::Purpose;
use crate::web::form::CrossSiteForm;
use crate::web::page::{Page, put_page_headers, render, see_other};
use crate::web::visit::Visit;
use crate::web::{error, paths};

/// GET: answered at once when no page is needed.
pub(in crate::web) async fn show(State(app): State<Arc<App>>, RawQuery(query): RawQuery, mut visit: Visit) -> Response {
    let params = Params::parse(query.unwrap_or_default().as_bytes());
    match begin(&app, &params, &mut visit, true).await {
        Ok(response) => response,
        Err(stop) => error::stopped(&app, &visit, stop),
    }
}

/// POST: a cross-site one carries no cookie, so it is stored unbound and judged on the GET that follows (decisions.md 4).
pub(in crate::web) async fn submit(State(app): State<Arc<App>>, CrossSiteForm { mut visit, params }: CrossSiteForm) -> Response {
    match begin(&app, &params, &mut visit, false).await {
        Ok(response) => response,
        Err(stop) => error::stopped(&app, &visit, stop),
    }
}

async fn begin(app: &App, params: &Params, visit: &mut Visit, judge: bool) -> Result<Response, Stop> {
    visit.prefer(params.get("ui_locales"));
    visit.popup = params.get("display") == Some("popup");
    let request = match actions::check_request(app, params, visit.now).await? {
        Ok(request) => request,
        Err(AuthorizationFailure::Page(failure)) => {
            let values = json!({"key": "error-request", "detail": failure.description, "link": null, "request_id": visit.origin.request_id});
            return Ok(render(app, visit, &Page { template: "pages/error.html", status: StatusCode::BAD_REQUEST, leads_to: None, accounts: None, values }));
        }
        Err(AuthorizationFailure::Redirect(response)) => return Ok(respond(app, visit, &response)),
    };
    if judge {
        match actions::decide(app, &request, visit.session.as_ref(), &Progress::default(), visit.now).await? {
            Step::Answer(approved) => {
                if let Some(session) = &visit.session
                    && let Some(response) = actions::issue(app, None, &request, &approved, session, &visit.origin, visit.now).await?
                {
                    return Ok(respond(app, visit, &response));
                }
            }
            Step::Fail(failure) => {
                if let Some(somebody) = visit.session.as_ref().and_then(|s| s.signed_in.first()) {
                    let event = app
                        .event("authorization.refused", &visit.origin, visit.now)
                        .by(&somebody.identity_id)
                        .through(&request.client_id)
                        .reason(failure.reason.map_or(failure.code.as_str(), Reason::as_str));
                    app.store.hot.append(event).await?;
                }
                return Ok(respond(app, visit, &AuthorizationResponse::failure(&request, &failure, app.issuer())));
            }
            _ => {}
        }
    }
    let purpose = Purpose::Authorize(Box::new(request));
    let id = if judge { visit.begin_interaction(app, purpose).await? } else { actions::begin_interaction(app, None, purpose, visit.now).await? };
    Ok(see_other(visit, &paths::interaction(&id)))
}

/// Sends an answer to the app: a redirect, or the page that posts itself (Form Post Response Mode 1.0). A device fetches its own; the browser
/// goes on to the page that says so.
pub(in crate::web) fn respond(app: &App, visit: &Visit, response: &AuthorizationResponse) -> Response {
    if let Some(location) = response.location() {
        return see_other(visit, &location);
    }
    let target = match &response.to {
        AnswerTo::Device { interaction } => return see_other(visit, &paths::interaction(interaction)),
        AnswerTo::App { redirect_uri, .. } => redirect_uri,
    };
    let fields: Vec<_> = response.parameters.iter().map(|(name, value)| json!({"name": name, "value": value})).collect();
    let mut page = render(app, visit, &Page::new("pages/form_post.html", json!({"action": target.as_str(), "fields": fields})));
    let csp = crate::web::headers::content_security_policy(&target.uri().csp_source());
    put_page_headers(&mut page, visit.locale, &csp);
    page
}
