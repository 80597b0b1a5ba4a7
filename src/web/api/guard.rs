//! The door of the management API: the token, how often a caller may call, and calls that are done once however often they are sent.

use std::sync::Arc;

use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::me_accounts::{as_problem, broken};
use crate::actions::{self, App, LiveToken, Once, OwnHand, Quota, Stop};
use crate::web::endpoints::userinfo::live;
use crate::web::error;
use crate::web::form::MAX_UPLOAD;
use crate::web::visit::Asked;

/// The longest key of a caller's, in bytes.
const LONGEST_KEY: usize = 255;

/// Lets calls in whose token counts.
pub(in crate::web) async fn guard(State(app): State<Arc<App>>, asked: Asked, mut request: Request, next: Next) -> Response {
    // A preflight has no token, and its answer opens nothing.
    if request.method() == Method::OPTIONS {
        return next.run(request).await;
    }
    if request.extensions().get::<OwnHand>().is_some() {
        request.extensions_mut().insert(Arc::new(LiveToken::own_hand()));
        return next.run(request).await;
    }
    let token = match live(&app, &asked, request.headers(), None).await {
        Ok(token) => token,
        Err(challenge) => return as_problem(&app, challenge),
    };
    let caller = format!("{} {}", token.text("client_id"), token.text("sub"));
    let quota = app.spend_call(&caller, asked.now);
    if quota.is_some_and(|q| q.left.is_none()) {
        let answer = error::problem(&app, StatusCode::TOO_MANY_REQUESTS, "asked-too-often", "this caller asks more often than it may");
        return limited(answer, quota);
    }
    // Read here once for every call: the framework's own answer to a large body is no problem document.
    let (parts, body) = request.into_parts();
    let Ok(bytes) = to_bytes(body, MAX_UPLOAD).await else {
        return limited(error::problem(&app, StatusCode::PAYLOAD_TOO_LARGE, "invalid-parameter", "the body is too large"), quota);
    };
    let mut request = Request::from_parts(parts, Body::from(bytes));
    let key = request.headers().get("idempotency-key").cloned();
    let answer = match key.filter(|_| request.method() == Method::POST) {
        Some(key) => match done_once(&app, &asked, &whose(&token), &key, token, request, next).await {
            Ok(answer) => answer,
            Err(Stop::Failure(failure)) => error::problem(&app, StatusCode::BAD_REQUEST, "invalid-parameter", &failure.description),
            Err(stop) => broken(&app, error::overloaded_or_broken(&app, &asked, stop)),
        },
        None => {
            request.extensions_mut().insert(Arc::new(token));
            next.run(request).await
        }
    };
    limited(answer, quota)
}

/// Whose a repeated call is: the same client and person, in the same account, with the same scopes.
fn whose(token: &LiveToken) -> String {
    ["client_id", "sub", "aud", "org_id", "account_id", "scope"].map(|claim| token.text(claim)).join("\n")
        + if token.claims.contains_key("act") { "\nact" } else { "" }
}

/// Says how many calls are left (draft-ietf-httpapi-ratelimit-headers-10).
fn limited(mut answer: Response, quota: Option<Quota>) -> Response {
    let Some(quota) = quota else { return answer };
    let headers: &mut HeaderMap = answer.headers_mut();
    let policy = format!("\"calls\";q={};w=60", quota.most);
    let left = format!("\"calls\";r={};t={}", quota.left.unwrap_or_default(), quota.seconds);
    for (name, value) in [("ratelimit-policy", policy), ("ratelimit", left)] {
        if let Ok(value) = HeaderValue::from_str(&value) {
            headers.insert(HeaderName::from_static(name), value);
        }
    }
    if quota.left.is_none() {
        headers.insert(header::RETRY_AFTER, HeaderValue::from(quota.seconds));
    }
    answer
}

async fn done_once(app: &Arc<App>, asked: &Asked, caller: &str, key: &HeaderValue, token: LiveToken, request: Request, next: Next) -> Result<Response, Stop> {
    let wrong = || crate::protocol::ProtocolFailure::invalid_request("Idempotency-Key is 1 to 255 visible characters");
    let key = key.to_str().ok().filter(|k| !k.is_empty() && k.len() <= LONGEST_KEY).ok_or_else(wrong)?.to_owned();
    let (parts, body) = request.into_parts();
    let bytes = to_bytes(body, MAX_UPLOAD).await.map_err(anyhow::Error::from)?;
    let call = format!("{} {}", parts.method, parts.uri);
    let conflict = |text| Ok(error::problem(app, StatusCode::CONFLICT, "call-under-way", text));
    match actions::once(app, caller, &call, &key, &bytes, asked.now).await? {
        Once::Done { status, body } => {
            let status = StatusCode::from_u16(status).unwrap_or(StatusCode::OK);
            let media_type = if status.is_client_error() { "application/problem+json" } else { "application/json" };
            let mut answer = error::no_store((status, body).into_response());
            answer.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(media_type));
            answer.headers_mut().insert(HeaderName::from_static("idempotency-replayed"), HeaderValue::from_static("true"));
            Ok(answer)
        }
        Once::UnderWay => conflict("the same call is under way"),
        Once::Another => Ok(error::problem(app, StatusCode::UNPROCESSABLE_ENTITY, "idempotency-key-reused", "this Idempotency-Key was used for another call")),
        Once::First(kept) => {
            let mut request = Request::from_parts(parts, Body::from(bytes));
            request.extensions_mut().insert(Arc::new(token));
            let (doing, name) = (app.clone(), kept.clone());
            // A caller that goes away, or waits too long, takes nothing with it: the answer is there when they ask again.
            let done = tokio::spawn(async move {
                let (parts, body) = next.run(request).await.into_parts();
                let bytes = to_bytes(body, 1 << 20).await.map_err(anyhow::Error::from)?;
                actions::keep_answer(&doing, &name, parts.status.as_u16(), &String::from_utf8_lossy(&bytes)).await?;
                Ok::<_, Stop>(Response::from_parts(parts, Body::from(bytes)))
            });
            match done.await {
                Ok(answer) => answer,
                Err(panicked) => {
                    actions::keep_answer(app, &kept, 500, "").await?;
                    Err(anyhow::Error::from(panicked).into())
                }
            }
        }
    }
}
