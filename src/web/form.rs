//! Bodies. [`Form`] is the only way to a page's form, and has already checked where it comes from and its token;
//! [`FormBody`] is for protocol endpoints, where apps and other sites may post.

use std::sync::Arc;

use axum::body::{Body, to_bytes};
use axum::extract::{FromRequest, FromRequestParts, Multipart, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::Response;

use super::visit::{Asked, Visit};
use super::{error, headers};
use crate::actions::App;
use crate::crypto::csrf_matches;
use crate::protocol::{Params, ProtocolFailure};

/// Largest body, in bytes.
pub(super) const MAX_BODY: usize = 64 * 1024;

/// Why a body was not read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum BadBody {
    /// Not `application/x-www-form-urlencoded`.
    ContentType,
    /// Too large, or cut short.
    TooLarge,
}

/// Largest body with files in it, in bytes: a logo, and what was typed beside it.
pub(super) const MAX_UPLOAD: usize = 2 * MAX_BODY;

/// Files of a form, by the name of their field; empty ones, where none was chosen, are left out.
type Files = Vec<(String, Vec<u8>)>;

/// Reads a form with files (RFC 7578). What was typed goes through the same strict reader as every other form.
async fn read_upload(parts: Parts, body: Body) -> Result<(Params, Files), BadBody> {
    let bytes = to_bytes(body, MAX_UPLOAD).await.map_err(|_| BadBody::TooLarge)?;
    let mut multipart = Multipart::from_request(Request::from_parts(parts, Body::from(bytes)), &()).await.map_err(|_| BadBody::ContentType)?;
    let (mut typed, mut files) = (Vec::new(), Files::new());
    while let Some(field) = multipart.next_field().await.map_err(|_| BadBody::ContentType)? {
        let name = field.name().unwrap_or_default().to_owned();
        let is_file = field.file_name().is_some();
        let bytes = field.bytes().await.map_err(|_| BadBody::ContentType)?;
        if is_file {
            if !bytes.is_empty() {
                files.push((name, bytes.to_vec()));
            }
        } else {
            typed.push((name, String::from_utf8(bytes.to_vec()).map_err(|_| BadBody::ContentType)?));
        }
    }
    let typed = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(typed).finish();
    Ok((Params::parse(typed.as_bytes()), files))
}

async fn read(headers: &HeaderMap, body: Body) -> Result<Params, BadBody> {
    let media_type = headers.get(header::CONTENT_TYPE).and_then(|h| h.to_str().ok()).unwrap_or_default();
    if !media_type.split(';').next().unwrap_or_default().trim().eq_ignore_ascii_case("application/x-www-form-urlencoded") {
        return Err(BadBody::ContentType);
    }
    let bytes = to_bytes(body, MAX_BODY).await.map_err(|_| BadBody::TooLarge)?;
    Ok(Params::parse(&bytes))
}

/// The body of a protocol request, with the request's headers.
pub(super) struct FormBody {
    pub asked: Asked,
    pub headers: HeaderMap,
    pub params: Params,
}

impl FromRequest<Arc<App>> for FormBody {
    type Rejection = Response;
    async fn from_request(request: Request, app: &Arc<App>) -> Result<Self, Response> {
        let (mut parts, body) = request.into_parts();
        let Ok(asked) = Asked::from_request_parts(&mut parts, app).await;
        match read(&parts.headers, body).await {
            Ok(params) => Ok(Self { asked, headers: parts.headers, params }),
            Err(BadBody::ContentType) => Err(error::json_failure(
                StatusCode::BAD_REQUEST,
                &ProtocolFailure::invalid_request("the body must be application/x-www-form-urlencoded"),
                app.issuer(),
            )),
            Err(BadBody::TooLarge) => {
                Err(error::json_failure(StatusCode::PAYLOAD_TOO_LARGE, &ProtocolFailure::invalid_request("the body is too large"), app.issuer()))
            }
        }
    }
}

/// The body of a cross-site POST by a browser (`/authorize`, `/end_session`): no token, and nothing it says is believed.
pub(super) struct CrossSiteForm {
    pub visit: Visit,
    pub params: Params,
}

impl FromRequest<Arc<App>> for CrossSiteForm {
    type Rejection = Response;
    async fn from_request(request: Request, app: &Arc<App>) -> Result<Self, Response> {
        let (mut parts, body) = request.into_parts();
        let visit = Visit::from_request_parts(&mut parts, app).await?;
        match read(&parts.headers, body).await {
            Ok(params) => Ok(Self { visit, params }),
            Err(bad) => Err(error::page(app, &visit, bad.status(), "error-form", None)),
        }
    }
}

impl BadBody {
    const fn status(self) -> StatusCode {
        match self {
            BadBody::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            BadBody::ContentType => StatusCode::UNSUPPORTED_MEDIA_TYPE,
        }
    }
}

/// A page's form: same origin, right token, readable in every field, by construction. `params` are what was typed.
pub(super) struct Form {
    pub visit: Visit,
    pub params: Params,
    files: Files,
}

impl Form {
    /// A file that was chosen.
    pub fn file(&self, name: &str) -> Option<&[u8]> {
        self.files.iter().find(|(field, _)| field == name).map(|(_, bytes)| bytes.as_slice())
    }
    /// A field; empty when absent.
    pub fn field(&self, name: &str) -> &str {
        self.params.get(name).unwrap_or_default()
    }
}

/// Whether the browser says that the form came from one of our own pages (decisions.md 1).
fn same_origin(headers: &HeaderMap, issuer: &str) -> bool {
    if let Some(site) = headers.get("sec-fetch-site") {
        return site == "same-origin";
    }
    headers.get(header::ORIGIN).is_some_and(|origin| origin.as_bytes() == issuer.as_bytes())
}

impl FromRequest<Arc<App>> for Form {
    type Rejection = Response;
    async fn from_request(request: Request, app: &Arc<App>) -> Result<Self, Response> {
        let (mut parts, body) = request.into_parts();
        let mut visit = Visit::from_request_parts(&mut parts, app).await?;
        let asked = parts.uri.path().to_owned();
        // The person sees the page they came from again, in the language they read it in.
        visit.path = headers::referring_path(&parts.headers, &visit.base).unwrap_or_else(|| visit.path.clone());
        match accept(app, &visit, parts, body).await {
            Ok((params, files)) => Ok(Self { visit, params, files }),
            Err((status, key)) => {
                visit.prefer_of_interaction(app, &asked).await;
                Err(error::page(app, &visit, status, key, None))
            }
        }
    }
}

/// Reads a form that came from a page of ours; `Err` says with which page it is refused.
async fn accept(app: &App, visit: &Visit, parts: Parts, body: Body) -> Result<(Params, Files), (StatusCode, &'static str)> {
    if !same_origin(&parts.headers, &visit.base) {
        return Err((StatusCode::FORBIDDEN, "error-foreign-form"));
    }
    let media_type = parts.headers.get(header::CONTENT_TYPE).and_then(|h| h.to_str().ok()).unwrap_or_default();
    let read = if media_type.to_ascii_lowercase().starts_with("multipart/form-data") {
        read_upload(parts, body).await
    } else {
        read(&parts.headers, body).await.map(|params| (params, Files::new()))
    };
    let (params, files) = read.map_err(|bad| (bad.status(), "error-form"))?;
    let presented = params.get("csrf").unwrap_or_default();
    if !visit.session.as_ref().is_some_and(|s| csrf_matches(app.keys().csrf_key(), &s.id, presented)) {
        return Err((StatusCode::FORBIDDEN, "error-stale-form"));
    }
    // Taken whole or not at all: a field that cannot be read is not one that was left empty, and what was kept there would be erased.
    if params.fault().is_some() {
        return Err((StatusCode::BAD_REQUEST, "error-form"));
    }
    Ok((params, files))
}
