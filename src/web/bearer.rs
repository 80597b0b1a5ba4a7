//! Bearer tokens (RFC 6750 2): from the header, or the body of a form; never from the query.

use axum::http::{HeaderMap, header};

use crate::protocol::{Params, ProtocolFailure};

/// The token, if exactly one was sent.
pub(super) fn token(headers: &HeaderMap, body: Option<&Params>) -> Result<Option<String>, ProtocolFailure> {
    let mut all = headers.get_all(header::AUTHORIZATION).iter();
    let from_header = all
        .next()
        .and_then(|h| h.to_str().ok())
        .and_then(|h| h.split_once(' '))
        .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"))
        .map(|(_, token)| token.trim().to_owned());
    let from_body = match body.map(|b| b.one("access_token")) {
        Some(Err(fault)) => return Err(ProtocolFailure::invalid_request(format!("access_token {fault}"))),
        Some(Ok(token)) => token.map(str::to_owned),
        None => None,
    };
    match (from_header, from_body) {
        (Some(_), Some(_)) => Err(ProtocolFailure::invalid_request("more than one access token in one request")),
        _ if all.next().is_some() => Err(ProtocolFailure::invalid_request("more than one Authorization header")),
        (header, body) => Ok(header.or(body)),
    }
}
