//! What happened in a company, for who may read it (threats.md T24, T53).

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, RawQuery, State};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::ToSchema;

use super::call::{self, Call, answered};
use super::me_accounts::Problem;
use crate::actions::{self, App, AuditWish, Stop};
use crate::protocol::{Params, ProtocolFailure};
use crate::store::audit::CompanyEvent;
use crate::types::Timestamp;

/// One event, as the API and the files of the page tell it.
#[derive(Serialize, ToSchema)]
pub(in crate::web) struct AuditItem {
    /// Its id.
    id: String,
    /// Seconds since 1970.
    at: i64,
    /// What happened, as `account.added`.
    kind: String,
    /// Who acted, by name; null for the operator, and for somebody who has no account in this company.
    actor: Option<String>,
    /// The account it happened in.
    account_id: Option<String>,
    /// Whose account that is, by name.
    account_holder: Option<String>,
    /// Whether the account was entered through a link.
    through_link: bool,
    /// The app.
    client_id: Option<String>,
    /// The app's name.
    client_name: Option<String>,
    /// The app session.
    sid: Option<String>,
    /// What had been proved, an `acr` value.
    acr: Option<String>,
    /// Why, or how.
    reason: Option<String>,
    /// The request.
    request_id: Option<String>,
    /// The address that the request came from.
    address: Option<String>,
}

impl From<CompanyEvent> for AuditItem {
    fn from(e: CompanyEvent) -> Self {
        Self {
            id: e.id,
            at: e.at,
            kind: e.kind,
            actor: e.actor,
            account_id: e.account_id,
            account_holder: e.holder,
            through_link: e.through_link,
            client_id: e.client_id,
            client_name: e.client,
            sid: e.sid,
            acr: e.acr,
            reason: e.reason,
            request_id: e.request_id,
            address: e.address,
        }
    }
}

/// A page of events.
#[derive(Serialize, ToSchema)]
pub(in crate::web) struct AuditList {
    /// Newest first.
    events: Vec<AuditItem>,
    /// Pass as `cursor` for the next page; absent on the last one.
    #[serde(skip_serializing_if = "Option::is_none")]
    next_cursor: Option<String>,
}

/// A second of a query.
pub(super) fn moment(params: &Params, name: &str) -> Result<Option<Timestamp>, ProtocolFailure> {
    let wrong = || ProtocolFailure::invalid_request(format!("{name} is seconds since 1970"));
    let second = |text: &str| text.parse::<i64>().ok().filter(|s| (0..=253_402_300_799).contains(s)).ok_or_else(wrong);
    params.get(name).map(second).transpose().map(|s| s.map(Timestamp::from_seconds))
}

/// Lists what happened in a company, newest first: entries, people, settings.
#[utoipa::path(
    get,
    path = "/api/v1/organizations/{org}/audit-events",
    operation_id = "listAuditEvents",
    tag = "audit",
    params(
        ("org" = String, Path, description = "The company's id or slug"),
        ("limit" = Option<i64>, Query, description = "Rows on one page, 1 to 100; 20 when left out", minimum = 1, maximum = 100),
        ("cursor" = Option<String>, Query, description = "`next_cursor` of the page before"),
        ("what" = Option<String>, Query, description = "Only one group: entries, people or settings"),
        ("from" = Option<i64>, Query, description = "From this second since 1970 on"),
        ("until" = Option<i64>, Query, description = "Before this second since 1970")
    ),
    responses(
        (status = 200, description = "One page of events", body = AuditList),
        (status = 400, description = "A parameter is wrong", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "No access token that counts", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "The token lacks scope `audit`, or its account may not read the log of this company", body = Problem, content_type = "application/problem+json")
    ),
    security(("access_token" = ["audit"]))
)]
pub(in crate::web) async fn list(State(app): State<Arc<App>>, Path(org): Path<String>, Call { asked, token, .. }: Call, RawQuery(query): RawQuery) -> Response {
    let listed = async {
        let account = actions::acting_reader(&app, &token, &org).await?;
        let (params, limit) = call::query(query)?;
        let wrong = |what: &str| ProtocolFailure::invalid_request(what.to_owned());
        let wish = AuditWish {
            group: match params.get("what") {
                None => None,
                Some(name) => Some(AuditWish::group_named(name).ok_or_else(|| wrong("what is entries, people or settings"))?),
            },
            from: moment(&params, "from")?,
            until: moment(&params, "until")?,
            before: params.get("cursor").map(str::parse).transpose().map_err(|_| wrong("cursor is not one of ours"))?,
        };
        let (events, next) = actions::audit_page(&app, &account, &wish, limit).await?;
        let list = AuditList { events: events.into_iter().map(AuditItem::from).collect(), next_cursor: next.map(|n| n.to_string()) };
        Ok::<_, Stop>(Json(list).into_response())
    };
    answered(&app, &asked, listed.await)
}
