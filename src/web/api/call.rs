//! What every call of the API shares: the token, the body, and how refusals are told.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::de::DeserializeOwned;

use super::is_json;
use super::me_accounts::{as_problem, broken};
use crate::actions::{self, ApiCaller, App, LiveToken, Stop};
use crate::protocol::{ErrorCode, Params, ProtocolFailure};
use crate::types::{Digest, Locale};
use crate::web::endpoints::userinfo::live;
use crate::web::error;
use crate::web::visit::Asked;

/// A call with a token that counts; without one it is answered by its problem.
pub(in crate::web) struct Call {
    pub asked: Asked,
    pub headers: HeaderMap,
    pub token: Arc<LiveToken>,
}

impl FromRequestParts<Arc<App>> for Call {
    type Rejection = Response;
    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Response> {
        let Ok(asked) = Asked::from_request_parts(parts, app).await;
        let headers = parts.headers.clone();
        // The guard has left it here.
        if let Some(token) = parts.extensions.remove::<Arc<LiveToken>>() {
            return Ok(Self { asked, headers, token });
        }
        let token = live(app, &asked, &headers, None).await.map_err(|challenge| as_problem(app, challenge))?;
        Ok(Self { asked, headers, token: Arc::new(token) })
    }
}

impl Call {
    /// How far the token reaches with a scope.
    pub async fn reaching(&self, app: &App, scope: &str, writes: bool) -> Result<ApiCaller, Stop> {
        actions::api_caller(app, &self.token, scope, writes, &self.asked.origin, self.asked.now).await
    }
}

/// The entity tag that a change is about (RFC 9110 section 13.1.1); nothing when it is about whatever is there.
pub(super) fn conditional(headers: &HeaderMap) -> Option<String> {
    let tag = headers.get(header::IF_MATCH)?.to_str().ok()?.trim();
    (tag != "*").then(|| tag.trim_matches('"').to_owned())
}

/// An answer with its entity tag.
pub(super) fn with_etag(mut response: Response, version: &str) -> Response {
    if let Ok(value) = HeaderValue::from_str(&format!("\"{version}\"")) {
        response.headers_mut().insert(header::ETAG, value);
    }
    response
}

/// A word that changes whenever what is shown does.
pub(super) fn version_of(item: &impl serde::Serialize) -> String {
    Digest::of(serde_json::to_string(item).unwrap_or_default().as_bytes()).as_str().to_owned()
}

/// The problem for what was changed meanwhile.
pub(super) fn changed_meanwhile(app: &App) -> Response {
    error::problem(app, StatusCode::PRECONDITION_FAILED, "precondition-failed", "it was changed meanwhile")
}

/// The problem for a refusal that says why itself.
pub(super) fn because(app: &App, reason: &str, why: &str) -> Response {
    error::problem(app, StatusCode::UNPROCESSABLE_ENTITY, reason, why)
}

/// Where a page of a list begins.
pub(super) fn cursor<T: std::str::FromStr>(params: &Params) -> Result<Option<T>, Stop> {
    params.get("cursor").map(str::parse).transpose().map_err(|_| ProtocolFailure::invalid_request("cursor is not one of ours").into())
}

/// What a list is searched for.
pub(super) fn search(params: &Params) -> Result<Option<&str>, Stop> {
    match params.get("q").filter(|q| !q.is_empty()) {
        Some(q) if q.chars().count() > 100 => Err(ProtocolFailure::invalid_request("q is too long").into()),
        q => Ok(q),
    }
}

/// The problem for an action that stopped.
pub(super) fn stopped(app: &App, asked: &Asked, stop: Stop) -> Response {
    match stop {
        Stop::Failure(failure) if failure.code == ErrorCode::InvalidRequest => {
            error::problem(app, StatusCode::BAD_REQUEST, "invalid-parameter", &failure.description)
        }
        Stop::Failure(failure) if failure.code == ErrorCode::AccessDenied => {
            let reason = failure.reason.map_or("not-through-a-link", |r| r.as_str());
            error::problem(app, StatusCode::FORBIDDEN, reason, &failure.description)
        }
        Stop::Failure(failure) => as_problem(app, error::challenge(app, Some(&failure))),
        stop => broken(app, error::overloaded_or_broken(app, asked, stop)),
    }
}

/// The problem for a refusal with its stable reason, in the words of its page.
pub(super) fn refused(app: &App, reason: &str) -> Response {
    let status = if reason == "asked-too-often" { StatusCode::TOO_MANY_REQUESTS } else { StatusCode::UNPROCESSABLE_ENTITY };
    error::problem(app, status, reason, &app.texts.say(Locale::En, &format!("reason-{reason}-title"), &[]))
}

/// The problem for what is not there, or not theirs.
pub(super) fn not_here(app: &App) -> Response {
    error::problem(app, StatusCode::NOT_FOUND, "not-here", "there is no such thing here")
}

/// An answer, or what came instead.
pub(super) fn answered(app: &App, asked: &Asked, result: Result<Response, Stop>) -> Response {
    result.map(error::no_store).unwrap_or_else(|stop| stopped(app, asked, stop))
}

/// A body, read strictly: JSON by name, known members only.
pub(super) fn body<T: DeserializeOwned>(headers: &HeaderMap, bytes: &Bytes) -> Result<T, Stop> {
    is_json(headers)?;
    let wrong = |e: serde_json::Error| ProtocolFailure::invalid_request(format!("the body does not parse: {e}"));
    let value: serde_json::Value = serde_json::from_slice(bytes).map_err(wrong)?;
    if !is_storable(&value) {
        return Err(ProtocolFailure::invalid_request("the body has a NUL or a text of more than 500 characters in it").into());
    }
    Ok(serde_json::from_value(value).map_err(wrong)?)
}

/// Whether every text in a document can be kept: PostgreSQL knows no NUL.
fn is_storable(value: &serde_json::Value) -> bool {
    match value {
        serde_json::Value::String(text) => !text.contains('\0') && text.chars().count() <= 500,
        serde_json::Value::Array(items) => items.iter().all(is_storable),
        serde_json::Value::Object(members) => members.values().all(is_storable),
        _ => true,
    }
}

/// A member of the body that is text of a certain kind.
pub(super) fn member<T, E: std::fmt::Display>(name: &str, parsed: Result<T, E>) -> Result<T, Stop> {
    parsed.map_err(|e| ProtocolFailure::invalid_request(format!("{name}: {e}")).into())
}

/// The query, with how many rows are wanted.
pub(super) fn query(text: Option<String>) -> Result<(Params, i64), Stop> {
    let params = Params::parse(text.unwrap_or_default().as_bytes());
    if let Some((name, fault)) = params.fault() {
        return Err(ProtocolFailure::invalid_request(format!("{name} {fault}")).into());
    }
    let limit = match params.get("limit") {
        None => 20,
        Some(text) => text.parse::<i64>().ok().filter(|n| (1..=100).contains(n)).ok_or_else(|| ProtocolFailure::invalid_request("limit must be 1 to 100"))?,
    };
    Ok((params, limit))
}

/// Nothing to say but that it is done.
pub(super) fn done() -> Response {
    StatusCode::NO_CONTENT.into_response()
}
