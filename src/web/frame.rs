//! What stands around every answer but the documents: the door of its host, the time it may take, a panic caught, the headers. One layer,
//! because each of them copies what it goes around for every request.

use std::any::Any;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::{StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use futures_util::FutureExt;

use super::{doors, error, headers};
use crate::actions::App;

/// Answers a request, whatever becomes of what answers it.
pub(super) async fn around(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    headers::secure(in_time(&app, request, next).await, app.config.is_https())
}

/// Who waits too long is told to come again, in their own way: an app by an error that it knows, a person by a page.
async fn in_time(app: &Arc<App>, request: Request, next: Next) -> Response {
    // What that answer depends on; the rest goes with the request.
    let uri = request.uri().clone();
    let headers = [header::ACCEPT, header::ACCEPT_LANGUAGE, header::COOKIE].map(|name| request.headers().get(&name).cloned().map(|value| (name, value)));
    let answer = AssertUnwindSafe(doors::guard(app, request, next)).catch_unwind();
    match tokio::time::timeout(app.config.longest_request, answer).await {
        Ok(answer) => answer.unwrap_or_else(|panic| panicked(panic.as_ref())),
        Err(_) => {
            tracing::warn!(path = uri.path(), "a request took too long");
            let mut asked = axum::http::Request::new(());
            *asked.uri_mut() = uri;
            asked.headers_mut().extend(headers.into_iter().flatten());
            error::too_late(app, &mut asked.into_parts().0).await
        }
    }
}

/// A panic is a fault like any other: logged, and answered without details.
fn panicked(panic: &(dyn Any + Send)) -> Response {
    let text = panic.downcast_ref::<String>().map(String::as_str).or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("?");
    tracing::error!(panic = text, "a request panicked");
    (StatusCode::INTERNAL_SERVER_ERROR, "Something broke on our side.").into_response()
}
