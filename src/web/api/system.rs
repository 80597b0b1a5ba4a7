//! What keeps the provider going: keys, deliveries, the whole log.

use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, RawQuery, State};
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::audit::moment;
use super::call::{self, Call, answered, because, done, not_here};
use super::refusals::Refusals;
use crate::actions::{self, App, LogWish, Stop};
use crate::protocol::ProtocolFailure;
use crate::store::outbox;
use crate::types::RowId;

/// A signing key that is published.
#[derive(Serialize, ToSchema)]
pub(in crate::web) struct KeyItem {
    /// Its thumbprint.
    kid: String,
    /// What it signs.
    algorithm: String,
    /// next, current or retiring.
    state: String,
    /// Since when it is that, in seconds since 1970.
    since: i64,
}

/// The signing keys that are published.
#[derive(Serialize, ToSchema)]
pub(in crate::web) struct KeyList {
    /// In no order.
    keys: Vec<KeyItem>,
}

/// A rotation.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::web) struct RotationBody {
    /// Also when apps may not have seen the next keys yet.
    #[serde(default)]
    force: bool,
}

/// A delivery that failed and is tried again.
#[derive(Serialize, ToSchema)]
pub(in crate::web) struct DeliveryItem {
    /// Its id.
    delivery_id: String,
    /// What it is: mail, logout, recovery, text or webhook.
    kind: String,
    /// When it was written, in seconds since 1970.
    created_at: i64,
    /// When it is tried next.
    due_at: i64,
    /// How often it failed.
    attempts: i64,
    /// Why, the last time.
    last_error: Option<String>,
}

/// Deliveries that fail.
#[derive(Serialize, ToSchema)]
pub(in crate::web) struct DeliveryList {
    /// Newest first; a hundred at most.
    deliveries: Vec<DeliveryItem>,
}

/// An event of the whole log.
#[derive(Serialize, ToSchema)]
pub(in crate::web) struct LogItem {
    /// Its id.
    id: String,
    /// Seconds since 1970.
    at: i64,
    /// What happened.
    kind: String,
    /// Who acted.
    identity_id: Option<String>,
    /// In which account.
    account_id: Option<String>,
    /// From which account, through a link.
    origin_account_id: Option<String>,
    /// In which company.
    org_id: Option<String>,
    /// By which client.
    client_id: Option<String>,
    /// In which app session.
    sid: Option<String>,
    /// What had been proved before, an `acr` value.
    acr_before: Option<String>,
    /// What was proved.
    acr_after: Option<String>,
    /// Why, how, or about what.
    reason: Option<String>,
    /// The request.
    request_id: Option<String>,
    /// The address that the request came from.
    address: Option<String>,
}

/// A page of the whole log.
#[derive(Serialize, ToSchema)]
pub(in crate::web) struct LogList {
    /// Newest first.
    events: Vec<LogItem>,
    /// Pass as `cursor` for the next page; absent on the last one.
    #[serde(skip_serializing_if = "Option::is_none")]
    next_cursor: Option<String>,
}

/// Lists the signing keys that are published.
#[utoipa::path(
    get,
    path = "/api/v1/keys",
    operation_id = "listKeys",
    tag = "operation",
    responses((status = 200, description = "The keys", body = KeyList), Refusals),
    security(("access_token" = ["keys.read"]))
)]
pub(in crate::web) async fn keys(State(app): State<Arc<App>>, call: Call) -> Response {
    let listed = async {
        call.reaching(&app, "keys", false).await?.everything()?;
        let listed = app.keys().listed(app.config.lifetimes.key_overlap(), call.asked.now);
        let item =
            |k: crate::crypto::ListedKey| KeyItem { kid: k.kid, algorithm: k.algorithm.as_str().into(), state: k.state.into(), since: k.since.seconds() };
        Ok::<_, Stop>(Json(KeyList { keys: listed.into_iter().map(item).collect() }).into_response())
    };
    answered(&app, &call.asked, listed.await)
}

/// Rotates the signing keys: the next ones sign from now on.
#[utoipa::path(
    post,
    path = "/api/v1/keys/rotations",
    operation_id = "rotateKeys",
    tag = "operation",
    request_body = RotationBody,
    responses((status = 204, description = "They sign"), Refusals),
    security(("access_token" = ["keys"]))
)]
pub(in crate::web) async fn rotate(State(app): State<Arc<App>>, call: Call, bytes: Bytes) -> Response {
    let rotated = async {
        let caller = call.reaching(&app, "keys", true).await?;
        caller.everything()?;
        let b: RotationBody = call::body(&call.headers, &bytes)?;
        let result = actions::rotate_keys_by(&app, b.force, &caller.origin, call.asked.now).await?;
        Ok::<_, Stop>(result.map_or_else(|refused| because(&app, "refused", &refused.to_string()), |()| done()))
    };
    answered(&app, &call.asked, rotated.await)
}

/// Lists deliveries that failed and are tried again.
#[utoipa::path(
    get,
    path = "/api/v1/outbox",
    operation_id = "listFailingDeliveries",
    tag = "operation",
    responses((status = 200, description = "What fails", body = DeliveryList), Refusals),
    security(("access_token" = ["outbox.read"]))
)]
pub(in crate::web) async fn outbox(State(app): State<Arc<App>>, call: Call) -> Response {
    let listed = async {
        call.reaching(&app, "outbox", false).await?.everything()?;
        let item = |f: outbox::Failing| DeliveryItem {
            delivery_id: f.id,
            kind: f.kind,
            created_at: f.created_at,
            due_at: f.due_at,
            attempts: f.attempts,
            last_error: f.last_error,
        };
        let failing = outbox::failing(&app.store.db, 100).await?;
        Ok::<_, Stop>(Json(DeliveryList { deliveries: failing.into_iter().map(item).collect() }).into_response())
    };
    answered(&app, &call.asked, listed.await)
}

/// Has a delivery that failed tried again at once.
#[utoipa::path(
    post,
    path = "/api/v1/outbox/{delivery}/retry",
    operation_id = "retryDelivery",
    tag = "operation",
    params(("delivery" = String, Path, description = "Its id")),
    responses((status = 204, description = "It is due now"), Refusals),
    security(("access_token" = ["outbox"]))
)]
pub(in crate::web) async fn retry(State(app): State<Arc<App>>, Path(id): Path<String>, call: Call) -> Response {
    let retried = async {
        let caller = call.reaching(&app, "outbox", true).await?;
        caller.everything()?;
        let Ok(id) = id.parse::<RowId>() else { return Ok(not_here(&app)) };
        let due = actions::retry_delivery(&app, &id, &caller.origin, call.asked.now).await?;
        Ok::<_, Stop>(if due { done() } else { not_here(&app) })
    };
    answered(&app, &call.asked, retried.await)
}

/// Lists what happened anywhere, newest first.
#[utoipa::path(
    get,
    path = "/api/v1/audit-events",
    operation_id = "listAllAuditEvents",
    tag = "audit",
    params(
        ("limit" = Option<i64>, Query, description = "Rows on one page, 1 to 100; 20 when left out", minimum = 1, maximum = 100),
        ("cursor" = Option<String>, Query, description = "`next_cursor` of the page before"),
        ("kind" = Option<String>, Query, description = "Only kinds that begin so, as `client.`", max_length = 100),
        ("org_id" = Option<String>, Query, description = "Only of this company"),
        ("identity_id" = Option<String>, Query, description = "Only by this person, or about them"),
        ("from" = Option<i64>, Query, description = "From this second since 1970 on"),
        ("until" = Option<i64>, Query, description = "Before this second since 1970")
    ),
    responses((status = 200, description = "One page of events", body = LogList), Refusals),
    security(("access_token" = ["audit"]))
)]
pub(in crate::web) async fn log(State(app): State<Arc<App>>, RawQuery(query): RawQuery, call: Call) -> Response {
    let listed = async {
        call.reaching(&app, "audit", false).await?.everything()?;
        let (params, limit) = call::query(query)?;
        if params.get("kind").is_some_and(|k| k.chars().count() > 100) {
            return Err(ProtocolFailure::invalid_request("kind is too long").into());
        }
        let wrong = |name: &str| ProtocolFailure::invalid_request(format!("{name} is not one of our ids"));
        let wish = LogWish {
            kind: params.get("kind").unwrap_or_default().to_owned(),
            company: params.get("org_id").map(str::parse).transpose().map_err(|_| wrong("org_id"))?,
            person: params.get("identity_id").map(str::parse).transpose().map_err(|_| wrong("identity_id"))?,
            from: moment(&params, "from")?,
            until: moment(&params, "until")?,
            before: call::cursor(&params)?,
        };
        let (events, next) = actions::whole_log(&app, &wish, limit).await?;
        let item = |e: actions::LogLine| LogItem {
            id: e.id,
            at: e.at,
            kind: e.kind,
            identity_id: e.identity_id,
            account_id: e.account_id,
            origin_account_id: e.origin_account_id,
            org_id: e.company_id,
            client_id: e.client_id,
            sid: e.sid,
            acr_before: e.acr_before,
            acr_after: e.acr_after,
            reason: e.reason,
            request_id: e.request_id,
            address: e.address,
        };
        Ok::<_, Stop>(Json(LogList { events: events.into_iter().map(item).collect(), next_cursor: next.map(|n| n.to_string()) }).into_response())
    };
    answered(&app, &call.asked, listed.await)
}
