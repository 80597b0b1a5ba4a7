//! The token endpoint (RFC 6749 3.2).

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use serde_json::json;

use super::{basic_tried, client_of};
use crate::actions::{self, App, Stop, TokenResponse};
use crate::protocol::{Client, TokenRequest};
use crate::web::form::FormBody;
use crate::web::{cors, error};

pub(in crate::web) async fn submit(State(app): State<Arc<App>>, body: FormBody) -> Response {
    let client = match client_of(&app, &body).await {
        Ok(client) => client,
        Err(stop) => return error::json_stopped(&app, &body.asked, stop, basic_tried(&body.headers)),
    };
    let response = match answer(&app, &client.client, &body).await {
        Ok(tokens) => error::no_store(Json(document(&tokens)).into_response()),
        Err(stop) => error::json_stopped(&app, &body.asked, stop, false),
    };
    cors::for_client(response, &body.headers, &client.client)
}

async fn answer(app: &App, client: &Client, body: &FormBody) -> Result<TokenResponse, Stop> {
    let request = TokenRequest::parse(&body.params)?;
    let tokens = actions::token(app, client, request, &body.asked.origin, body.asked.now).await?;
    // The tokens count whether or not this could be noted.
    if let Err(stop) = actions::note_client_use(app, &client.id, body.asked.now).await {
        tracing::warn!(request_id = %body.asked.origin.request_id, error = %stop, "the use of a client was not noted");
    }
    Ok(tokens)
}

fn document(tokens: &TokenResponse) -> serde_json::Value {
    let mut out = json!({"access_token": tokens.access_token.expose(), "token_type": "Bearer", "expires_in": tokens.expires_in});
    if !tokens.scope.is_empty() {
        out["scope"] = tokens.scope.as_str().into();
    }
    if tokens.exchanged {
        out["issued_token_type"] = "urn:ietf:params:oauth:token-type:access_token".into();
    }
    if let Some(token) = &tokens.refresh_token {
        out["refresh_token"] = token.expose().as_str().into();
    }
    // OAuth 2.0 Refresh Token and Authorization Expiration (draft).
    if let Some((idle, longest)) = tokens.refresh_lasts {
        out["refresh_token_timeout"] = idle.get().into();
        out["authorization_expires_in"] = longest.get().into();
    }
    if let Some(token) = &tokens.id_token {
        out["id_token"] = token.expose().as_str().into();
    }
    out
}
