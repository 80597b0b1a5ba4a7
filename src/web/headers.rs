//! Headers that every answer carries, and the few that are read.

use axum::http::{HeaderMap, HeaderName, HeaderValue, Uri, header};
use axum::response::Response;

/// The content security policy of pages: nothing from anywhere else, no framing (threats.md T47).
/// `form_action` adds the one place outside that a form may lead to (decisions.md 2).
pub(super) fn content_security_policy(form_action: &str) -> String {
    format!(
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; font-src 'self'; form-action {form_action}; frame-ancestors 'none'; base-uri 'none'"
    )
}

/// Adds what is the same for every answer, without touching what the handler has set.
pub(super) fn secure(mut response: Response, https: bool) -> Response {
    let headers = response.headers_mut();
    let mut default = |name: HeaderName, value: &'static str| _ = headers.entry(name).or_insert(HeaderValue::from_static(value));
    default(header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    default(header::X_FRAME_OPTIONS, "DENY");
    default(header::REFERRER_POLICY, "same-origin");
    default(header::CONTENT_SECURITY_POLICY, "default-src 'none'; frame-ancestors 'none'");
    default(HeaderName::from_static("cross-origin-opener-policy"), "same-origin");
    default(HeaderName::from_static("permissions-policy"), "camera=(), microphone=(), geolocation=()");
    if https {
        default(header::STRICT_TRANSPORT_SECURITY, "max-age=31536000; includeSubDomains");
    }
    response
}

/// The path of the page that a same-origin form came from.
pub(super) fn referring_path(headers: &HeaderMap, issuer: &str) -> Option<String> {
    let referer = headers.get(header::REFERER)?.to_str().ok()?;
    let path = referer.strip_prefix(issuer)?;
    let uri: Uri = path.parse().ok()?;
    Some(uri.path().to_owned()).filter(|p| p.starts_with('/') && !p.starts_with("//"))
}
