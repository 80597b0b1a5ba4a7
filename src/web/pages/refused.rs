//! A company that cannot be entered: choose another, use another identity, or go back to the app.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde_json::json;

use super::interaction::{Open, client_card, leads_to, save_and_return, with_open};
use crate::actions::{self, App, Stop};
use crate::protocol::{AuthorizationRequest, ErrorCode, LoginHint, ProtocolFailure, Reason};
use crate::store::interactions::Purpose;
use crate::web::endpoints::authorize::respond;
use crate::web::form::Form;
use crate::web::page::{Page, render, see_other};
use crate::web::paths;
use crate::web::visit::Visit;

pub(super) async fn show(app: &App, visit: &Visit, open: &Open, request: &AuthorizationRequest, reason: Reason, may_choose: bool) -> Result<Response, Stop> {
    let id = &open.interaction.id;
    let values = json!({
        "client": client_card(app, Some(request)).await?,
        "reason": reason.as_str(),
        "people": open.session.signed_in.iter().map(|s| s.label.as_str()).collect::<Vec<_>>(),
        "may_choose": may_choose,
        "device": request.is_for_device(),
        "action": paths::interaction_form(paths::INTERACTION_REFUSED, id),
        "another": paths::interaction_form(paths::INTERACTION_IDENTITY, id),
    });
    let leads_to = leads_to(Some(request));
    Ok(render(app, visit, &Page { template: "pages/refused.html", status: StatusCode::FORBIDDEN, leads_to: leads_to.as_deref(), accounts: None, values }))
}

/// What the person wants instead.
pub(in crate::web) async fn submit(State(app): State<Arc<App>>, Path(id): Path<String>, mut form: Form) -> Response {
    with_open!(&app, form, &id, |open| instead(&app, &form, open))
}

async fn instead(app: &App, form: &Form, open: Open) -> Result<Response, Stop> {
    let visit = &form.visit;
    let here = paths::interaction(&open.interaction.id);
    let Purpose::Authorize(request) = &open.interaction.purpose else { return Ok(see_other(visit, &here)) };
    match form.field("action") {
        // Only when the app named no company: it must not get another one than it asked for (threats.md T34).
        "choose" if request.organization.is_none() => {
            let mut progress = open.interaction.progress.clone();
            progress.choosing_again = true;
            save_and_return(app, visit, &open, &progress).await
        }
        "back" => {
            let reason = if request.organization.is_some() || matches!(request.login_hint, Some(LoginHint::Account(_))) {
                Reason::OrganizationAccessDenied
            } else {
                Reason::NoOrganization
            };
            let failure = ProtocolFailure::because(ErrorCode::AccessDenied, reason, "this organization cannot be entered");
            let answer = actions::abandon(app, &open.interaction, request, &failure, Some(&open.session), &visit.origin, visit.now).await?;
            Ok(answer.map_or_else(|| see_other(visit, &here), |a| respond(app, visit, &a)))
        }
        _ => Ok(see_other(visit, &here)),
    }
}
