//! Static files and logos: immutable under their digest.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::actions::App;
use crate::store::companies;
use crate::text;
use crate::web::cors;

fn immutable(bytes: Vec<u8>, media_type: &str) -> Response {
    let mut response = bytes.into_response();
    let headers = response.headers_mut();
    if let Ok(value) = HeaderValue::from_str(media_type) {
        headers.insert(header::CONTENT_TYPE, value);
    }
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=31536000, immutable"));
    response
}

pub(in crate::web) async fn asset(Path(name): Path<String>) -> Response {
    match text::asset(&name) {
        Some(file) => {
            let media_type = if file.media_type.starts_with("text/") { format!("{}; charset=utf-8", file.media_type) } else { file.media_type };
            immutable(file.bytes, &media_type)
        }
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

/// The switcher element: a module for pages of any origin, at an address that stays.
pub(in crate::web) async fn switcher() -> Response {
    let Some(file) = text::asset("account-switcher.js") else { return StatusCode::NOT_FOUND.into_response() };
    let mut response = cors::open(file.bytes.into_response());
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/javascript; charset=utf-8"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=3600"));
    response
}

pub(in crate::web) async fn logo(State(app): State<Arc<App>>, Path(digest): Path<String>) -> Response {
    let found = companies::logo(&app.store.db, &digest).await.ok().flatten();
    match found.and_then(|text| STANDARD.decode(text).ok()) {
        Some(bytes) => immutable(bytes, "image/png"),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

/// The colours of a brand, over those of our own style sheet. Its address, as pages write it, names its colours.
pub(in crate::web) async fn brand_style(State(app): State<Arc<App>>, Path(id): Path<String>) -> Response {
    let brands = app.brands().await.unwrap_or_default();
    match brands.iter().find(|b| b.id.as_str() == id) {
        Some(brand) => immutable(brand.style().into_bytes(), "text/css; charset=utf-8"),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}
