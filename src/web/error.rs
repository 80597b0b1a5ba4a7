//! The faces of an error: a page, JSON, a challenge header. A fault is logged once, with the request id.

use std::sync::Arc;

use axum::Json;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use super::page::{Page, render};
use super::paths;
use super::visit::{Asked, Visit};
use crate::actions::{App, Stop};
use crate::protocol::{ErrorCode, ProtocolFailure};

/// A page that says what happened and what to do next; `key` names its texts.
pub(super) fn page(app: &App, visit: &Visit, status: StatusCode, key: &str, link: Option<(&str, &str)>) -> Response {
    page_with(app, visit, status, key, link, None)
}

fn page_with(app: &App, visit: &Visit, status: StatusCode, key: &str, link: Option<(&str, &str)>, detail: Option<&str>) -> Response {
    let values = json!({
        "key": key,
        "detail": detail,
        "link": link.map(|(href, name)| json!({"href": href, "name": name})),
        "request_id": visit.origin.request_id,
    });
    let mut response = render(app, visit, &Page { template: "pages/error.html", status, leads_to: None, accounts: None, values });
    if status == StatusCode::SERVICE_UNAVAILABLE {
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("5"));
    }
    response
}

/// What a person sees when an action stopped.
pub(super) fn stopped(app: &App, visit: &Visit, stop: Stop) -> Response {
    match stop {
        Stop::Failure(failure) => page_with(app, visit, StatusCode::BAD_REQUEST, "error-request", None, Some(&failure.description)),
        Stop::Busy => page(app, visit, StatusCode::SERVICE_UNAVAILABLE, "error-busy", None),
        Stop::Fault(fault) => {
            log_fault(&visit.origin.request_id, &fault);
            page(app, visit, StatusCode::INTERNAL_SERVER_ERROR, "error-fault", None)
        }
    }
}

fn log_fault(request_id: &str, fault: &anyhow::Error) {
    tracing::error!(request_id, error = format!("{fault:#}"), "a request failed");
}

/// A failure of a protocol endpoint (RFC 6749 5.2).
pub(super) fn json_failure(status: StatusCode, failure: &ProtocolFailure, issuer: &str) -> Response {
    let mut body = json!({"error": failure.code.as_str(), "error_description": failure.description});
    if let Some(reason) = failure.reason {
        body["error_uri"] = format!("{issuer}{}", paths::error_reason(reason.as_str())).into();
    }
    if let Some((acr, max_age)) = failure.enough {
        body["acr_values"] = acr.into();
        if let Some(max_age) = max_age {
            body["max_age"] = max_age.into();
        }
    }
    no_store((status, Json(body)).into_response())
}

/// Tokens and errors are never cached (RFC 6749 5.1).
pub(super) fn no_store(mut response: Response) -> Response {
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

/// What an app sees when an action stopped at the token endpoint and its neighbours.
pub(super) fn json_stopped(app: &App, asked: &Asked, stop: Stop, basic_tried: bool) -> Response {
    match stop {
        Stop::Failure(failure) => {
            let status = if failure.code == ErrorCode::InvalidClient { StatusCode::UNAUTHORIZED } else { StatusCode::BAD_REQUEST };
            let mut response = json_failure(status, &failure, app.issuer());
            if status == StatusCode::UNAUTHORIZED && basic_tried {
                response.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Basic realm=\"vestibule\", charset=\"UTF-8\""));
            }
            response
        }
        stop => overloaded_or_broken(app, asked, stop),
    }
}

/// The two failures that are ours.
pub(super) fn overloaded_or_broken(app: &App, asked: &Asked, stop: Stop) -> Response {
    match stop {
        Stop::Busy | Stop::Failure(_) => {
            let mut response =
                json_failure(StatusCode::SERVICE_UNAVAILABLE, &ProtocolFailure::new(ErrorCode::TemporarilyUnavailable, "too busy, try again"), app.issuer());
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("1"));
            response
        }
        Stop::Fault(fault) => {
            log_fault(&asked.origin.request_id, &fault);
            json_failure(
                StatusCode::INTERNAL_SERVER_ERROR,
                &ProtocolFailure::new(ErrorCode::ServerError, format!("request {}", asked.origin.request_id)),
                app.issuer(),
            )
        }
    }
}

/// The answer to a request that took too long. Nothing is read from the database for it: that may be what is slow.
pub(super) async fn too_late(app: &Arc<App>, parts: &mut Parts) -> Response {
    let wants_page = parts.headers.get(header::ACCEPT).and_then(|a| a.to_str().ok()).is_some_and(|a| a.contains("text/html"));
    if parts.uri.path().starts_with("/api/") {
        let mut response = problem(app, StatusCode::SERVICE_UNAVAILABLE, "unavailable", "too busy, try again");
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("5"));
        return response;
    }
    let Ok(asked) = Asked::from_request_parts(parts, app).await;
    if wants_page {
        return page(app, &Visit::of_nobody(app, parts, asked), StatusCode::SERVICE_UNAVAILABLE, "error-busy", None);
    }
    overloaded_or_broken(app, &asked, Stop::Busy)
}

/// A challenge (RFC 6750 3): without credentials no error code, with bad ones the code.
pub(super) fn challenge(app: &App, failure: Option<&ProtocolFailure>) -> Response {
    let (status, detail) = match failure {
        None => (StatusCode::UNAUTHORIZED, String::new()),
        Some(f) => {
            let status = match f.code {
                ErrorCode::InsufficientScope => StatusCode::FORBIDDEN,
                ErrorCode::InvalidRequest => StatusCode::BAD_REQUEST,
                _ => StatusCode::UNAUTHORIZED,
            };
            (status, format!(", error=\"{}\", error_description=\"{}\"", f.code.as_str(), f.description))
        }
    };
    let mut response = match failure {
        None => no_store(status.into_response()),
        Some(f) => json_failure(status, f, app.issuer()),
    };
    if let Ok(value) = HeaderValue::from_str(&format!("Bearer realm=\"vestibule\"{detail}")) {
        response.headers_mut().insert(header::WWW_AUTHENTICATE, value);
    }
    // Whose page asked is unknown while the token does not count. A challenge tells nothing, and an app in a browser must be
    // able to read that its token has expired.
    response.headers_mut().insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, HeaderValue::from_static("WWW-Authenticate"));
    super::cors::open(response)
}

/// A problem of the management API (RFC 9457); `type` is the same URI as `error_uri`.
pub(super) fn problem(app: &App, status: StatusCode, reason: &str, title: &str) -> Response {
    let body: Value = json!({"type": format!("{}{}", app.issuer(), paths::error_reason(reason)), "title": title, "status": status.as_u16()});
    let mut response = no_store((status, Json(body)).into_response());
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
    response
}
