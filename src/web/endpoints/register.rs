//! Dynamic registration: the client registration endpoint (RFC 7591, OpenID Connect Registration 1.0) and the client configuration endpoint
//! (RFC 7592).

use std::sync::Arc;

use axum::Json;
use axum::body::{Body, to_bytes};
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value, json};

use crate::actions::{self, App, Registered, RegistrationRefused, Stop};
use crate::protocol::{ErrorCode, ProtocolFailure, registration_document};
use crate::web::form::MAX_BODY;
use crate::web::visit::Asked;
use crate::web::{bearer, cors, error, paths};

/// A refusal as the standard writes it.
fn refused(app: &App, code: &str, why: &str) -> Response {
    let text: String = why.chars().map(|c| if matches!(c, ' '..='~') && !matches!(c, '"' | '\\') { c } else { ' ' }).collect();
    let body = json!({"error": code, "error_description": text, "iss": app.issuer()});
    error::no_store((StatusCode::BAD_REQUEST, Json(body)).into_response())
}

fn invalid_token(app: &App) -> Response {
    error::challenge(app, Some(&ProtocolFailure::new(ErrorCode::InvalidToken, "the token does not count here")))
}

/// Everything about a registration (RFC 7591 section 3.2.1).
fn told(app: &App, registered: &Registered, token: &str, status: StatusCode) -> Response {
    let mut document = registration_document(&registered.client);
    document.insert("client_id_issued_at".into(), registered.issued_at.seconds().into());
    if let Some(secret) = &registered.secret {
        document.insert("client_secret".into(), secret.expose().as_str().into());
        document.insert("client_secret_expires_at".into(), 0.into());
    }
    document.insert("registration_access_token".into(), token.into());
    document.insert("registration_client_uri".into(), app.config.url(&paths::portal(paths::REGISTRATION, registered.client.id.as_str())).into());
    error::no_store((status, Json(document)).into_response())
}

async fn document(app: &App, headers: &HeaderMap, body: Body) -> Result<Map<String, Value>, Response> {
    let media_type = headers.get(header::CONTENT_TYPE).and_then(|h| h.to_str().ok()).unwrap_or_default();
    if !media_type.split(';').next().unwrap_or_default().trim().eq_ignore_ascii_case("application/json") {
        return Err(refused(app, "invalid_client_metadata", "the body must be application/json"));
    }
    let bytes = to_bytes(body, MAX_BODY).await.map_err(|_| {
        let failure = ProtocolFailure::invalid_request("the body is too large");
        error::json_failure(StatusCode::PAYLOAD_TOO_LARGE, &failure, app.issuer())
    })?;
    match serde_json::from_slice(&bytes) {
        Ok(Value::Object(members)) if !bytes.contains(&0) && !Value::Object(members.clone()).to_string().contains("\\u0000") => Ok(members),
        _ => Err(refused(app, "invalid_client_metadata", "the body must be a JSON object")),
    }
}

fn answer(app: &App, asked: &Asked, result: Result<Result<Registered, RegistrationRefused>, Stop>, token: Option<&str>, status: StatusCode) -> Response {
    match result {
        Ok(Ok(registered)) => {
            let own = registered.token.as_ref().map(|t| t.expose().clone());
            told(app, &registered, own.as_deref().or(token).unwrap_or_default(), status)
        }
        Ok(Err(RegistrationRefused::Off)) => error::no_store(StatusCode::NOT_FOUND.into_response()),
        Ok(Err(RegistrationRefused::Token)) if token.is_none() => error::challenge(app, None),
        Ok(Err(RegistrationRefused::Token)) => invalid_token(app),
        Ok(Err(RegistrationRefused::TooOften(seconds))) => {
            let failure = ProtocolFailure::new(ErrorCode::TemporarilyUnavailable, "too many registrations from here");
            let mut response = error::json_failure(StatusCode::TOO_MANY_REQUESTS, &failure, app.issuer());
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
            response
        }
        Ok(Err(RegistrationRefused::Document(e))) => refused(app, e.code(), &e.to_string()),
        Err(stop) => error::json_stopped(app, asked, stop, false),
    }
}

/// Registers a client.
pub(in crate::web) async fn register(State(app): State<Arc<App>>, asked: Asked, headers: HeaderMap, body: Body) -> Response {
    let token = match bearer::token(&headers, None) {
        Ok(token) => token,
        Err(failure) => return cors::open(error::challenge(&app, Some(&failure))),
    };
    if let Err(refused) = actions::may_register(&app, token.is_some()) {
        return cors::open(answer(&app, &asked, Ok(Err(refused)), None, StatusCode::CREATED));
    }
    let document = match document(&app, &headers, body).await {
        Ok(document) => document,
        Err(response) => return cors::open(response),
    };
    let result = actions::register(&app, token.as_deref(), &document, &asked.origin, asked.now).await;
    cors::open(answer(&app, &asked, result, token.as_deref(), StatusCode::CREATED))
}

/// The registration that a token opens, or the answer for one that opens none: the same whether there is such a client or not.
async fn opened(app: &App, asked: &Asked, headers: &HeaderMap, id: &str) -> Result<(Registered, String), Response> {
    let token = match bearer::token(headers, None) {
        Ok(Some(token)) => token,
        Ok(None) => return Err(error::challenge(app, None)),
        Err(failure) => return Err(error::challenge(app, Some(&failure))),
    };
    match actions::registration(app, id, &token).await {
        Ok(Some(registered)) => Ok((registered, token)),
        Ok(None) => Err(invalid_token(app)),
        Err(stop) => Err(error::json_stopped(app, asked, stop, false)),
    }
}

/// Reads a registration.
pub(in crate::web) async fn read(State(app): State<Arc<App>>, Path(id): Path<String>, asked: Asked, headers: HeaderMap) -> Response {
    cors::open(match opened(&app, &asked, &headers, &id).await {
        Ok((registered, token)) => told(&app, &registered, &token, StatusCode::OK),
        Err(response) => response,
    })
}

/// Replaces a registration.
pub(in crate::web) async fn replace(State(app): State<Arc<App>>, Path(id): Path<String>, asked: Asked, headers: HeaderMap, body: Body) -> Response {
    let (registered, token) = match opened(&app, &asked, &headers, &id).await {
        Ok(opened) => opened,
        Err(response) => return cors::open(response),
    };
    let document = match document(&app, &headers, body).await {
        Ok(document) => document,
        Err(response) => return cors::open(response),
    };
    let result = actions::change_registration(&app, registered, &document, &asked.origin, asked.now).await;
    cors::open(answer(&app, &asked, result, Some(&token), StatusCode::OK))
}

/// Ends a registration.
pub(in crate::web) async fn end(State(app): State<Arc<App>>, Path(id): Path<String>, asked: Asked, headers: HeaderMap) -> Response {
    let (registered, _) = match opened(&app, &asked, &headers, &id).await {
        Ok(opened) => opened,
        Err(response) => return cors::open(response),
    };
    cors::open(match actions::end_registration(&app, &registered, &asked.origin, asked.now).await {
        Ok(()) => error::no_store(StatusCode::NO_CONTENT.into_response()),
        Err(stop) => error::json_stopped(&app, &asked, stop, false),
    })
}
