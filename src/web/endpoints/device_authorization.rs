//! The device authorization endpoint (RFC 8628 section 3.1).

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::json;

use super::{basic_tried, client_of};
use crate::actions::{self, App, DeviceAnswer, DeviceRefused};
use crate::protocol::{ErrorCode, ProtocolFailure};
use crate::web::form::FormBody;
use crate::web::{cors, error, paths};

pub(in crate::web) async fn submit(State(app): State<Arc<App>>, body: FormBody) -> Response {
    let client = match client_of(&app, &body).await {
        Ok(client) => client,
        Err(stop) => return error::json_stopped(&app, &body.asked, stop, basic_tried(&body.headers)),
    };
    let response = match actions::device_asks(&app, &client.client, &body.params, &body.asked.origin, body.asked.now).await {
        Ok(Ok(answer)) => error::no_store(Json(document(&app, &answer)).into_response()),
        Ok(Err(DeviceRefused::TooOften(seconds))) => {
            let failure = ProtocolFailure::new(ErrorCode::TemporarilyUnavailable, "too many devices from here");
            let mut response = error::json_failure(StatusCode::TOO_MANY_REQUESTS, &failure, app.issuer());
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
            response
        }
        Err(stop) => error::json_stopped(&app, &body.asked, stop, false),
    };
    cors::for_client(response, &body.headers, &client.client)
}

fn document(app: &App, answer: &DeviceAnswer) -> serde_json::Value {
    let code = answer.user_code.to_string();
    json!({
        "device_code": answer.device_code.expose(),
        "user_code": code,
        "verification_uri": app.config.url(paths::DEVICE),
        "verification_uri_complete": app.config.url(&paths::with_query(paths::DEVICE, &[("user_code", &code)])),
        "expires_in": answer.expires_in.0,
        "interval": answer.interval.0,
    })
}
