//! A page for every stable reason, in people's words (design.md section 6), and the page for what is not there.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde_json::json;

use crate::actions::App;
use crate::protocol::Reason;
use crate::web::page::{Page, render};
use crate::web::visit::Visit;
use crate::web::{error, paths};

/// Reasons of the API beyond the protocol's.
pub(in crate::web) const API_REASONS: [&str; 10] = [
    "precondition-failed",
    "call-under-way",
    "idempotency-key-reused",
    "refused",
    "invalid-parameter",
    "authentication-required",
    "insufficient-scope",
    "not-here",
    "not-through-a-link",
    "unavailable",
];

pub(in crate::web) async fn show(State(app): State<Arc<App>>, Path(reason): Path<String>, visit: Visit) -> Response {
    let known = Reason::named(&reason).map(Reason::as_str).or_else(|| API_REASONS.into_iter().find(|r| *r == reason));
    match known {
        Some(reason) => render(&app, &visit, &Page::new("pages/reason.html", json!({"reason": reason}))),
        None => error::page(&app, &visit, StatusCode::NOT_FOUND, "error-not-found", Some((paths::HOME, ""))),
    }
}

pub(in crate::web) async fn not_found(State(app): State<Arc<App>>, visit: Visit) -> Response {
    error::page(&app, &visit, StatusCode::NOT_FOUND, "error-not-found", Some((paths::HOME, "")))
}

pub(in crate::web) async fn wrong_method(State(app): State<Arc<App>>, visit: Visit) -> Response {
    error::page(&app, &visit, StatusCode::METHOD_NOT_ALLOWED, "error-method", None)
}
