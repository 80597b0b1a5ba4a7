//! Trying a sign-in to an app: what it would get, shown to an operator.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde_json::{Map, Value, json};

use super::{answered, page};
use crate::actions::{self, App, Stop};
use crate::types::ClientId;
use crate::web::pages::not_found;
use crate::web::visit::Visit;
use crate::web::{error, paths};

/// Where the answer of a trial comes to.
pub(super) fn back(app: &App, id: &str) -> String {
    app.config.url(&paths::portal(paths::CONSOLE_CLIENT_TRIED, id))
}

/// What happened in a trial.
pub(in crate::web) async fn tried(State(app): State<Arc<App>>, Path(id): Path<String>, visit: Visit) -> Response {
    answered!(&app, &visit, shown(&app, &visit, &id))
}

async fn shown(app: &App, visit: &Visit, id: &str) -> Result<Response, Stop> {
    let Ok(client_id) = id.parse::<ClientId>() else { return Ok(not_found(app, visit)) };
    let Some(found) = actions::registered_client(app, &client_id).await? else { return Ok(not_found(app, visit)) };
    let Some(session) = &visit.session else { return Ok(not_found(app, visit)) };
    let said = |name: &str| visit.query.get(name).unwrap_or_default();
    let (mut result, mut refused) = (None, Some((said("error").to_owned(), said("error_description").to_owned())).filter(|(e, _)| !e.is_empty()));
    if refused.is_none() {
        match actions::finish_trial(app, &found.client, said("code"), said("state"), &back(app, id), session, &visit.origin, visit.now).await {
            Ok(tried) => result = tried,
            Err(Stop::Failure(failure)) => refused = Some((failure.code.as_str().to_owned(), failure.description)),
            Err(stop) => return Err(stop),
        }
    }
    let pretty = |claims: &Map<String, Value>| serde_json::to_string_pretty(claims).unwrap_or_default();
    let values = json!({
        "client": {"name": found.client.name.as_str(), "id": found.client.id.as_str()},
        "error": refused.as_ref().map(|(error, _)| error),
        "why": refused.as_ref().map(|(_, why)| why),
        "tried": result.as_ref().map(|t| json!({
            "id_token": t.id_token.as_ref().map(pretty), "access_token": pretty(&t.access_token), "userinfo": t.userinfo.as_ref().map(pretty),
            "refreshes": t.refreshes, "scope": t.scope,
        })),
        "act": paths::portal(paths::CONSOLE_CLIENT_ACT, id),
        "back": paths::portal(paths::CONSOLE_CLIENT, id),
    });
    Ok(page(app, visit, paths::CONSOLE_CLIENTS, "console/tried.html", StatusCode::OK, values))
}
