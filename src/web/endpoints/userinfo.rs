//! UserInfo (OpenID Connect Core 5.3): GET, POST with the token in the header, POST with the token in the body.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};

use crate::actions::{self, App, LiveToken, Stop};
use crate::protocol::{ErrorCode, Params, ProtocolFailure};
use crate::web::form::FormBody;
use crate::web::visit::Asked;
use crate::web::{bearer, cors, error};

pub(in crate::web) async fn show(State(app): State<Arc<App>>, asked: Asked, headers: HeaderMap) -> Response {
    answer(&app, &asked, &headers, None).await
}

pub(in crate::web) async fn submit(State(app): State<Arc<App>>, headers: HeaderMap, request: axum::extract::Request) -> Response {
    use axum::extract::{FromRequest, FromRequestParts};
    // A POST with the token in the header may come without any body.
    if headers.contains_key(axum::http::header::AUTHORIZATION) && !headers.contains_key(axum::http::header::CONTENT_TYPE) {
        let (mut parts, _) = request.into_parts();
        let Ok(asked) = Asked::from_request_parts(&mut parts, &app).await;
        return answer(&app, &asked, &headers, None).await;
    }
    match FormBody::from_request(request, &app).await {
        Ok(body) => answer(&app, &body.asked, &body.headers, Some(&body.params)).await,
        Err(response) => response,
    }
}

/// The live token of a request, or the challenge that answers it.
pub(in crate::web) async fn live(app: &App, asked: &Asked, headers: &HeaderMap, body: Option<&Params>) -> Result<LiveToken, Response> {
    let token = match bearer::token(headers, body) {
        Ok(Some(token)) => token,
        Ok(None) => return Err(error::challenge(app, None)),
        Err(failure) => return Err(error::challenge(app, Some(&failure))),
    };
    match actions::live_access_token(app, &token, asked.now).await {
        Ok(Some(live)) => Ok(live),
        Ok(None) => Err(error::challenge(app, Some(&ProtocolFailure::new(ErrorCode::InvalidToken, "the access token is expired, revoked or not ours")))),
        Err(stop) => Err(error::overloaded_or_broken(app, asked, stop)),
    }
}

async fn answer(app: &App, asked: &Asked, headers: &HeaderMap, body: Option<&Params>) -> Response {
    let live = match live(app, asked, headers, body).await {
        Ok(live) => live,
        Err(response) => return response,
    };
    let response = match actions::userinfo(app, &live).await {
        Ok(claims) => error::no_store(Json(claims).into_response()),
        Err(Stop::Failure(failure)) => error::challenge(app, Some(&failure)),
        Err(stop) => error::overloaded_or_broken(app, asked, stop),
    };
    let client = match live.text("client_id").parse() {
        Ok(id) => app.client(&id).await.ok().flatten(),
        Err(_) => None,
    };
    match client {
        Some(client) => cors::for_client(response, headers, &client.client),
        None => response,
    }
}
