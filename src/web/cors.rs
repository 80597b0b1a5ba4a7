//! Cross-origin rules (standards.md 3.23): open for public documents; for tokens the origin must be the client's; none for pages.

use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

use crate::protocol::Client;

/// Anybody may read this, without credentials.
pub(super) fn open(mut response: Response) -> Response {
    response.headers_mut().insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    response
}

/// Pages of the client's own origins may read this.
pub(super) fn for_client(mut response: Response, request: &HeaderMap, client: &Client) -> Response {
    response.headers_mut().append(header::VARY, HeaderValue::from_static("Origin"));
    let origin = request.get(header::ORIGIN).filter(|o| o.to_str().is_ok_and(|o| client.metadata.has_origin(o)));
    if let Some(origin) = origin {
        response.headers_mut().insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin.clone());
        response.headers_mut().insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, HeaderValue::from_static("WWW-Authenticate"));
    }
    response
}

/// The preflight cannot know the client; it allows the attempt, and the answer itself stays closed to foreign origins.
pub(super) async fn preflight(headers: HeaderMap) -> Response {
    let mut response = StatusCode::NO_CONTENT.into_response();
    let out = response.headers_mut();
    if let Some(origin) = headers.get(header::ORIGIN) {
        out.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin.clone());
        out.insert(header::VARY, HeaderValue::from_static("Origin"));
        out.insert(header::ACCESS_CONTROL_ALLOW_METHODS, HeaderValue::from_static("GET, POST, PUT, DELETE"));
        out.insert(header::ACCESS_CONTROL_ALLOW_HEADERS, HeaderValue::from_static("Authorization, Content-Type"));
        out.insert(HeaderName::from_static("access-control-max-age"), HeaderValue::from_static("600"));
    }
    response
}
