//! Introspection (RFC 7662).

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};

use super::{basic_tried, client_of};
use crate::actions::{self, App, Stop};
use crate::protocol::{ClientAuthMethod, ErrorCode, ProtocolFailure};
use crate::web::error;
use crate::web::form::FormBody;

pub(in crate::web) async fn submit(State(app): State<Arc<App>>, body: FormBody) -> Response {
    match answer(&app, &body).await {
        Ok(claims) => error::no_store(Json(claims).into_response()),
        Err(stop) => error::json_stopped(&app, &body.asked, stop, basic_tried(&body.headers)),
    }
}

async fn answer(app: &App, body: &FormBody) -> Result<serde_json::Map<String, serde_json::Value>, Stop> {
    let client = client_of(app, body).await?;
    if client.client.metadata.token_endpoint_auth_method == ClientAuthMethod::None {
        return Err(ProtocolFailure::new(ErrorCode::InvalidClient, "introspection needs client authentication").into());
    }
    let token = body.params.get("token").ok_or_else(|| ProtocolFailure::invalid_request("token is missing"))?;
    actions::introspect(app, &client.client, token, body.asked.now).await
}
