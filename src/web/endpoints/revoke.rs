//! Revocation (RFC 7009).

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};

use super::{basic_tried, client_of};
use crate::actions::{self, App, Stop};
use crate::protocol::{Client, ProtocolFailure};
use crate::web::form::FormBody;
use crate::web::{cors, error};

pub(in crate::web) async fn submit(State(app): State<Arc<App>>, body: FormBody) -> Response {
    let client = match client_of(&app, &body).await {
        Ok(client) => client,
        Err(stop) => return error::json_stopped(&app, &body.asked, stop, basic_tried(&body.headers)),
    };
    let response = match answer(&app, &client.client, &body).await {
        Ok(()) => error::no_store(StatusCode::OK.into_response()),
        Err(stop) => error::json_stopped(&app, &body.asked, stop, false),
    };
    cors::for_client(response, &body.headers, &client.client)
}

async fn answer(app: &App, client: &Client, body: &FormBody) -> Result<(), Stop> {
    let token = body.params.get("token").ok_or_else(|| ProtocolFailure::invalid_request("token is missing"))?;
    actions::revoke(app, client, token, &body.asked.origin, body.asked.now).await
}
