//! How a company's service does: reported by the company itself, or by the operator.

use super::{App, LiveToken, Origin, Stop};
use crate::domain::{ServiceStatus, Via};
use crate::protocol::{ErrorCode, ProtocolFailure, Reason};
use crate::store::audit;
use crate::store::companies::{self, ServiceReport};
use crate::types::{CompanyId, DisplayText, Timestamp};

/// Whether a token may speak for a company's service: a machine's that is bound to this company, or a person's who has full
/// access there and came through no link. Unknown and foreign companies read the same.
pub async fn may_report_status(app: &App, token: &LiveToken, company: &str) -> Result<CompanyId, Stop> {
    if token.text("aud") != app.config.api_resource() {
        return Err(ProtocolFailure::new(ErrorCode::InvalidToken, "the access token is for another audience").into());
    }
    if !token.scope().contains("service_status") {
        return Err(ProtocolFailure::new(ErrorCode::InsufficientScope, "scope service_status is needed").into());
    }
    let own = match &token.grant {
        None => token.text("org_id").to_owned(),
        Some(grant) => {
            let full = grant.account.as_ref().filter(|a| grant.via == Via::Own && a.kind.has_full_access());
            full.map(|a| a.company.id.to_string()).unwrap_or_default()
        }
    };
    let named = companies::named(&app.store.db, company).await?;
    named
        .filter(|c| c.closed_at.is_none() && c.id.as_str() == own)
        .map(|c| c.id)
        .ok_or_else(|| ProtocolFailure::because(ErrorCode::AccessDenied, Reason::OrganizationAccessDenied, "this token is not of this organization").into())
}

/// The report as it stands.
pub async fn service_report(app: &App, company: &CompanyId) -> Result<ServiceReport, Stop> {
    Ok(companies::service_report(&app.store.db, company).await?)
}

/// Keeps a report; it shows wherever accounts of this company are listed.
pub async fn report_status(
    app: &App,
    by: Option<&LiveToken>,
    company: &CompanyId,
    status: ServiceStatus,
    message: Option<&DisplayText>,
    origin: &Origin,
    now: Timestamp,
) -> Result<ServiceReport, Stop> {
    let mut tx = app.store.begin().await?;
    companies::set_service_report(&mut tx, company, status.as_str(), message.map(DisplayText::as_str), now).await?;
    let mut event = app.event("company.service_status", origin, now).in_company(company).reason(status.as_str());
    if let Some(grant) = by.and_then(|t| t.grant.as_ref()) {
        event = event.by(grant.acting());
    }
    if let Some(client) = by.and_then(|t| t.text("client_id").parse().ok()) {
        event = event.through(&client);
    }
    audit::append(&mut tx, &event).await?;
    tx.commit().await?;
    service_report(app, company).await
}
