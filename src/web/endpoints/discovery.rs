//! Discovery documents (OpenID Connect Discovery 4, RFC 8414 3), made once: they depend on the configuration alone.

use axum::body::Bytes;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

use crate::actions::App;
use crate::protocol::discovery_document;
use crate::types::{Digest, Locale};
use crate::web::cors;

/// The document's bytes and its ETag.
#[derive(Clone)]
pub(in crate::web) struct Document {
    body: Bytes,
    etag: HeaderValue,
}

impl Document {
    pub fn new(app: &App) -> Self {
        let locales: Vec<&str> = Locale::ALL.iter().map(|l| l.tag()).collect();
        let body = discovery_document(app.issuer(), |path| app.config.url(path), &locales).to_string();
        let etag = HeaderValue::from_str(&format!("\"{}\"", &Digest::of(body.as_bytes()).as_str()[..16])).expect("base64url is header text");
        Self { body: body.into(), etag }
    }
}

pub(in crate::web) async fn show(headers: HeaderMap, document: Document) -> Response {
    json_document(&headers, document.body, document.etag, "public, max-age=300")
}

/// A public JSON document with its ETag; 304 for who has it.
pub(super) fn json_document(request: &HeaderMap, body: Bytes, etag: HeaderValue, cache: &str) -> Response {
    let known = request
        .get_all(header::IF_NONE_MATCH)
        .iter()
        .any(|h| h.to_str().is_ok_and(|h| h.split(',').any(|t| t.trim().trim_start_matches("W/").as_bytes() == etag.as_bytes())));
    let mut response = if known { StatusCode::NOT_MODIFIED.into_response() } else { body.into_response() };
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    headers.insert(header::ETAG, etag);
    if let Ok(value) = HeaderValue::from_str(cache) {
        headers.insert(header::CACHE_CONTROL, value);
    }
    cors::open(response)
}
