//! How a company's service does: set by the company or its operator, shown wherever its accounts are listed.

use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::me_accounts::{Problem, as_problem, broken};
use crate::actions::{self, App, LiveToken, Stop};
use crate::domain::ServiceStatus;
use crate::protocol::{ErrorCode, ProtocolFailure};
use crate::store::companies::ServiceReport;
use crate::types::{CompanyId, DisplayText};
use crate::web::endpoints::userinfo::live;
use crate::web::error;
use crate::web::visit::Asked;

/// What is set.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::web) struct ServiceStatusWish {
    /// operational, degraded, maintenance or outage.
    status: String,
    /// For people, in their company's own words: at most 100 characters. Left out, there is none.
    message: Option<String>,
}

/// What stands.
#[derive(Serialize, ToSchema)]
pub(in crate::web) struct ServiceStatusItem {
    /// The company's id.
    org_id: String,
    /// operational, degraded, maintenance or outage.
    status: String,
    /// For people.
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<String>,
    /// Seconds since 1970; absent when it was never set.
    #[serde(skip_serializing_if = "Option::is_none")]
    since: Option<i64>,
}

fn item(company: &CompanyId, report: ServiceReport) -> ServiceStatusItem {
    ServiceStatusItem { org_id: company.to_string(), status: report.status, message: report.message, since: report.since.map(crate::types::Timestamp::seconds) }
}

fn answered(app: &App, asked: &Asked, company: &CompanyId, result: Result<ServiceReport, Stop>) -> Response {
    match result {
        Ok(report) => error::no_store(Json(item(company, report)).into_response()),
        Err(Stop::Failure(failure)) if failure.code == ErrorCode::InvalidRequest => {
            error::problem(app, StatusCode::BAD_REQUEST, "invalid-parameter", &failure.description)
        }
        Err(Stop::Failure(failure)) if failure.code == ErrorCode::AccessDenied => {
            error::problem(app, StatusCode::FORBIDDEN, "organization-access-denied", &failure.description)
        }
        Err(Stop::Failure(failure)) => as_problem(app, error::challenge(app, Some(&failure))),
        Err(stop) => broken(app, error::overloaded_or_broken(app, asked, stop)),
    }
}

async fn entitled(app: &App, asked: &Asked, headers: &HeaderMap, company: &str) -> Result<(LiveToken, CompanyId), Response> {
    let live = live(app, asked, headers, None).await.map_err(|challenge| as_problem(app, challenge))?;
    match actions::may_report_status(app, &live, company).await {
        Ok(id) => Ok((live, id)),
        Err(stop) => Err(answered(app, asked, &CompanyId::mint(asked.now, &mut app.rng()), Err(stop))),
    }
}

/// Reads how a company's service does.
#[utoipa::path(
    get,
    path = "/api/v1/organizations/{org}/service-status",
    operation_id = "getServiceStatus",
    tag = "organizations",
    params(("org" = String, Path, description = "The company's id")),
    responses(
        (status = 200, description = "The status", body = ServiceStatusItem),
        (status = 401, description = "No access token that counts", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "The token lacks the scope, or is not of this company", body = Problem, content_type = "application/problem+json")
    ),
    security(("access_token" = ["service_status"]))
)]
pub(in crate::web) async fn get(State(app): State<Arc<App>>, Path(company): Path<String>, asked: Asked, headers: HeaderMap) -> Response {
    match entitled(&app, &asked, &headers, &company).await {
        Ok((_, id)) => answered(&app, &asked, &id, actions::service_report(&app, &id).await),
        Err(response) => response,
    }
}

/// Sets how a company's service does. By a machine of the company (`organization` at the token endpoint), or by somebody with
/// full access there.
#[utoipa::path(
    put,
    path = "/api/v1/organizations/{org}/service-status",
    operation_id = "setServiceStatus",
    tag = "organizations",
    params(("org" = String, Path, description = "The company's id")),
    request_body = ServiceStatusWish,
    responses(
        (status = 200, description = "The status as it stands now", body = ServiceStatusItem),
        (status = 400, description = "The body is wrong", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "No access token that counts", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "The token lacks the scope, or is not of this company", body = Problem, content_type = "application/problem+json")
    ),
    security(("access_token" = ["service_status"]))
)]
pub(in crate::web) async fn put(State(app): State<Arc<App>>, Path(company): Path<String>, asked: Asked, headers: HeaderMap, body: Bytes) -> Response {
    let (live, id) = match entitled(&app, &asked, &headers, &company).await {
        Ok(found) => found,
        Err(response) => return response,
    };
    let result = match wish(&headers, &body) {
        Ok((status, message)) => actions::report_status(&app, Some(&live), &id, status, message.as_ref(), &asked.origin, asked.now).await,
        Err(failure) => Err(failure.into()),
    };
    answered(&app, &asked, &id, result)
}

/// Reads the body strictly: JSON by name, known members only.
fn wish(headers: &HeaderMap, body: &Bytes) -> Result<(ServiceStatus, Option<DisplayText>), ProtocolFailure> {
    let wrong = |text: String| ProtocolFailure::invalid_request(text);
    super::is_json(headers)?;
    let wish: ServiceStatusWish = serde_json::from_slice(body).map_err(|e| wrong(format!("the body does not parse: {e}")))?;
    let status = wish.status.parse().map_err(|_| wrong("status is operational, degraded, maintenance or outage".into()))?;
    let message = wish.message.as_deref().filter(|m| !m.trim().is_empty()).map(DisplayText::parse).transpose();
    Ok((status, message.map_err(|e| wrong(format!("message: {e}")))?))
}
