//! Discovery documents (OpenID Connect Discovery 4, RFC 8414 3, RFC 9728 3), made once: they depend on the configuration alone.

use axum::body::{Body, Bytes};
use axum::extract::Request;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::Response;
use serde_json::Value;

use crate::actions::App;
use crate::config::Registration;
use crate::protocol::{discovery_document, protected_resource_document};
use crate::types::{Digest, Locale};
use crate::web::{cors, headers};

/// A public JSON document that is asked for far more often than it changes: its answer is ready, headers and all.
#[derive(Clone)]
pub(in crate::web) struct Document {
    body: Bytes,
    headers: HeaderMap,
}

impl Document {
    /// The discovery document of this configuration.
    pub fn discovery(app: &App) -> Self {
        let locales: Vec<&str> = Locale::ALL.iter().map(|l| l.tag()).collect();
        Self::fixed(app, &discovery_document(app.issuer(), |path| app.config.url(path), &locales, app.config.registration != Registration::Off))
    }
    /// What our own API is to its clients.
    pub fn api_metadata(app: &App) -> Self {
        Self::fixed(app, &protected_resource_document(app.issuer(), &app.config.api_resource()))
    }
    /// One that only another configuration changes.
    fn fixed(app: &App, document: &Value) -> Self {
        let body = document.to_string();
        let tag = Digest::of(body.as_bytes()).as_str()[..16].to_owned();
        Self::new(app, body.into(), &tag, 300)
    }
    /// A document with its ETag, to be cached for some seconds.
    pub fn new(app: &App, body: Bytes, tag: &str, max_age: i64) -> Self {
        let text = |value: String| HeaderValue::from_str(&value).expect("base64url and digits are header text");
        let mut response = Response::new(Body::empty());
        let map = response.headers_mut();
        map.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
        map.insert(header::ETAG, text(format!("\"{tag}\"")));
        map.insert(header::CACHE_CONTROL, text(format!("public, max-age={max_age}")));
        let response = headers::secure(cors::open(response), app.config.is_https());
        Self { body, headers: response.into_parts().0.headers }
    }
    /// The answer; 304 for who has it.
    pub fn answer(&self, request: &Request) -> Response {
        let etag = self.headers[header::ETAG].as_bytes();
        let same = |value: &HeaderValue| value.to_str().is_ok_and(|v| v.split(',').any(|t| t.trim().trim_start_matches("W/").as_bytes() == etag));
        let known = request.headers().get_all(header::IF_NONE_MATCH).iter().any(same);
        let mut response = Response::new(if known { Body::empty() } else { self.body.clone().into() });
        if known {
            *response.status_mut() = StatusCode::NOT_MODIFIED;
        }
        *response.headers_mut() = self.headers.clone();
        response
    }
}
