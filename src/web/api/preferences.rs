//! What apps keep in a person's account: one JSON object per account, behind scope `preferences`.

use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value};
use utoipa::ToSchema;

use super::call::{Call, answered};
use super::is_json;
use super::me_accounts::Problem;
use crate::actions::{self, App, Stop};
use crate::protocol::ProtocolFailure;
use crate::web::visit::Asked;

/// The document: any JSON object of at most 8 KiB. Apps that share an account share it.
#[derive(ToSchema)]
#[schema(value_type = Object)]
#[allow(dead_code)]
pub(in crate::web) struct AppPreferences(Map<String, Value>);

fn kept(app: &App, asked: &Asked, result: Result<Map<String, Value>, Stop>) -> Response {
    answered(app, asked, result.map(|kept| Json(Value::Object(kept)).into_response()))
}

/// Reads what apps keep in the token's account.
#[utoipa::path(
    get,
    path = "/api/v1/me/preferences",
    operation_id = "getMyPreferences",
    tag = "me",
    responses(
        (status = 200, description = "The document; empty when nothing was kept", body = AppPreferences),
        (status = 401, description = "No access token that counts", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "The token lacks scope `preferences`, or names no account", body = Problem, content_type = "application/problem+json")
    ),
    security(("access_token" = ["preferences"]))
)]
pub(in crate::web) async fn get(State(app): State<Arc<App>>, Call { asked, token, .. }: Call) -> Response {
    kept(&app, &asked, actions::app_preferences(&app, &token).await)
}

/// Replaces it. Refused with a token that was issued through a link.
#[utoipa::path(
    put,
    path = "/api/v1/me/preferences",
    operation_id = "setMyPreferences",
    tag = "me",
    request_body = AppPreferences,
    responses(
        (status = 200, description = "The document as it stands now", body = AppPreferences),
        (status = 400, description = "The body is no JSON object, or too large", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "No access token that counts", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "The token lacks scope `preferences`, or came through a link", body = Problem, content_type = "application/problem+json")
    ),
    security(("access_token" = ["preferences"]))
)]
pub(in crate::web) async fn put(State(app): State<Arc<App>>, Call { asked, headers, token }: Call, body: Bytes) -> Response {
    let result = match document(&headers, &body) {
        Ok(apps) => actions::keep_app_preferences(&app, &token, apps, &asked.origin, asked.now).await,
        Err(failure) => Err(failure.into()),
    };
    kept(&app, &asked, result)
}

fn document(headers: &HeaderMap, body: &Bytes) -> Result<Map<String, Value>, ProtocolFailure> {
    is_json(headers)?;
    serde_json::from_slice(body).map_err(|e| ProtocolFailure::invalid_request(format!("the body is no JSON object: {e}")))
}
