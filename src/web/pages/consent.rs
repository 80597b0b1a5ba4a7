//! Consent: which app, for which company, what it will see and do.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::response::Response;
use serde_json::json;

use super::account_card;
use super::interaction::{Open, client_card, leads_to, save_and_return, with_open};
use crate::actions::{self, App, Stop};
use crate::flow::{Approved, Choice};
use crate::protocol::{AuthorizationRequest, ErrorCode, ProtocolFailure, SCOPES_OF_API, SCOPES_OF_IDENTITY};
use crate::store::accounts;
use crate::store::interactions::Purpose;
use crate::web::endpoints::authorize::respond;
use crate::web::form::Form;
use crate::web::page::{Page, render, see_other};
use crate::web::paths;
use crate::web::visit::Visit;

pub(super) async fn show(app: &App, visit: &Visit, open: &Open, request: &AuthorizationRequest, approved: &Approved) -> Result<Response, Stop> {
    let texts = actions::consent_texts(app, request, &approved.scope).await?;
    // `openid` itself asks for nothing that a person would recognise.
    let scopes: Vec<_> = texts
        .iter()
        .filter(|(name, _)| name != "openid")
        .map(|(name, text)| json!({"name": name, "text": text, "known": SCOPES_OF_IDENTITY.contains(&name.as_str()) || SCOPES_OF_API.contains(&name.as_str())}))
        .collect();
    let id = &open.interaction.id;
    // Read for the page: what the decision was made on has no roles.
    let account = match &approved.reach {
        Some(reach) => accounts::find(&app.store.db, &reach.account.id).await?,
        None => None,
    };
    let mut values = json!({
        "client": client_card(app, Some(request)).await?,
        "account": account.as_ref().map(account_card),
        "link": approved.reach.as_ref().and_then(|r| Choice::of(&r.acting, Some(r)).link_id).map(|l| l.to_string()),
        "person": {"label": approved.acting.label, "name": approved.acting.display_name(), "id": approved.acting.identity_id.as_str()},
        "scopes": scopes,
        "device": null,
        "action": paths::interaction_form(paths::INTERACTION_CONSENT, id),
        "another": paths::interaction_form(paths::INTERACTION_IDENTITY, id),
    });
    if request.is_for_device()
        && let Some((device, elsewhere)) = actions::waiting_device(app, id, &visit.origin).await?
    {
        values["device"] = json!({
            "code": device.user_code.to_string(), "minutes": visit.now.since(device.created_at).0 / 60, "address": device.address,
            "elsewhere": elsewhere,
        });
    }
    let leads_to = leads_to(Some(request));
    Ok(render(app, visit, &Page { leads_to: leads_to.as_deref(), ..Page::new("pages/consent.html", values) }))
}

/// Yes or no, for exactly who and what was shown.
pub(in crate::web) async fn submit(State(app): State<Arc<App>>, Path(id): Path<String>, mut form: Form) -> Response {
    with_open!(&app, form, &id, |open| decided(&app, &form, open))
}

async fn decided(app: &App, form: &Form, open: Open) -> Result<Response, Stop> {
    let visit = &form.visit;
    let here = paths::interaction(&open.interaction.id);
    let Purpose::Authorize(request) = &open.interaction.purpose else { return Ok(see_other(visit, &here)) };
    match form.field("decision") {
        "allow" => {
            let Ok(identity_id) = form.field("identity").parse() else { return Ok(see_other(visit, &here)) };
            let mut progress = open.interaction.progress.clone();
            progress.consented = Some(Choice { identity_id, account_id: form.field("account").parse().ok(), link_id: form.field("link").parse().ok() });
            save_and_return(app, visit, &open, &progress).await
        }
        "deny" => {
            let failure = ProtocolFailure::new(ErrorCode::AccessDenied, "the person did not consent");
            let answer = actions::abandon(app, &open.interaction, request, &failure, Some(&open.session), &visit.origin, visit.now).await?;
            Ok(answer.map_or_else(|| see_other(visit, &here), |a| respond(app, visit, &a)))
        }
        _ => Ok(see_other(visit, &here)),
    }
}
