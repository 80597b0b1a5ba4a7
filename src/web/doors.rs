//! Branding domains are doors, not rooms (docs/decisions/0007, threats.md T46): they serve what an activation mail leads to
//! and nothing else. Whoever signs in does so at the issuer, so there is one cookie, one set of passkeys and one `iss`, and
//! nothing is ever handed over between hosts.

use std::sync::Arc;

use axum::extract::{FromRequestParts, Request};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::visit::Visit;
use super::{error, paths};
use crate::actions::{App, Stop};
use crate::domain::Brand;

/// What a branding domain serves.
const SERVED: [&str; 5] = [paths::ACTIVATE, paths::SET_PASSWORD, paths::STATIC, paths::LOGO, paths::BRAND_STYLE];

fn host<'a>(headers: &'a HeaderMap, uri: &'a Uri) -> Option<&'a str> {
    uri.authority().map(|a| a.as_str()).or_else(|| headers.get(header::HOST)?.to_str().ok())
}

/// The brand whose domain a request came to, however that domain is written: with a dot at its end, or the scheme's own port.
pub(super) async fn brand_of_host(app: &App, headers: &HeaderMap, uri: &Uri) -> Result<Option<Brand>, Stop> {
    let Some(host) = host(headers, uri) else { return Ok(None) };
    let (scheme, issuer) = app.issuer().split_once("://").unwrap_or_default();
    if host == issuer {
        return Ok(None);
    }
    let written = host.to_ascii_lowercase();
    let written = written.strip_suffix(if scheme == "https" { ":443" } else { ":80" }).unwrap_or(&written);
    let plain = match written.split_once(':') {
        Some((name, port)) => format!("{}:{port}", name.trim_end_matches('.')),
        None => written.trim_end_matches('.').to_owned(),
    };
    Ok(app.brands().await?.iter().find(|b| b.host.eq_ignore_ascii_case(&plain)).cloned())
}

fn is_served(path: &str) -> bool {
    SERVED.iter().any(|served| {
        let (fixed, parameter) = served.split_once('{').unwrap_or((served, ""));
        if parameter.is_empty() { path == fixed } else { path.strip_prefix(fixed).is_some_and(|rest| !rest.is_empty() && !rest.contains('/')) }
    })
}

/// What an address leads to that is no text in any encoding of ours: nowhere, in the words of whoever asks.
async fn nowhere(app: &Arc<App>, request: Request) -> Response {
    let (mut parts, _) = request.into_parts();
    if parts.uri.path().starts_with("/api/") {
        return error::problem(app, StatusCode::NOT_FOUND, "not-here", "there is no such thing here");
    }
    match Visit::from_request_parts(&mut parts, app).await {
        Ok(visit) => error::page(app, &visit, StatusCode::NOT_FOUND, "error-not-found", Some((paths::HOME, ""))),
        Err(response) => response,
    }
}

/// Sends everything else on such a domain to the issuer, where it lives.
pub(super) async fn guard(app: &Arc<App>, request: Request, next: Next) -> Response {
    if percent_encoding::percent_decode_str(request.uri().path()).decode_utf8().is_err() {
        return nowhere(app, request).await;
    }
    if is_served(request.uri().path()) {
        return next.run(request).await;
    }
    match brand_of_host(app, request.headers(), request.uri()).await {
        Ok(None) => return next.run(request).await,
        Ok(Some(_)) => {}
        // Which domain this is cannot be told just now: nothing is opened on it.
        Err(_) => return (StatusCode::SERVICE_UNAVAILABLE, [(header::RETRY_AFTER, "1")], "Try again in a moment.").into_response(),
    }
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        // RFC 9110 15.5.20: this host does not answer for that.
        return (StatusCode::MISDIRECTED_REQUEST, "This domain does not take that request.").into_response();
    }
    let rest = request.uri().path_and_query().map_or("/", |p| p.as_str());
    let mut response = StatusCode::SEE_OTHER.into_response();
    if let Ok(location) = HeaderValue::from_str(&format!("{}{rest}", app.issuer())) {
        response.headers_mut().insert(header::LOCATION, location);
    }
    response
}
