//! The JWK set (RFC 7517 section 5).

use std::sync::Arc;

use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue};
use axum::response::Response;

use super::discovery::json_document;
use crate::actions::App;
use crate::web::visit::Asked;

pub(in crate::web) async fn show(State(app): State<Arc<App>>, asked: Asked, headers: HeaderMap) -> Response {
    let document = app.keys().published_document(app.config.lifetimes.key_overlap(), asked.now);
    let etag = HeaderValue::from_str(&format!("\"{}\"", document.tag)).expect("base64url is header text");
    json_document(&headers, document.body.clone().into(), etag, &format!("public, max-age={}", app.config.lifetimes.jwks_cache.get()))
}
