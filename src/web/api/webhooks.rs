//! Webhooks: of the provider for who runs it, of a company for who runs that.

use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, RawQuery, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::call::{self, Call, answered, because, conditional, done, not_here, version_of, with_etag};
use super::refusals::Refusals;
use crate::actions::{self, ApiCaller, ApiReach, App, Stop, WebhookWish};
use crate::store::companies;
use crate::store::webhooks::{Delivery, Webhook};
use crate::types::RowId;

/// A webhook.
#[derive(Serialize, ToSchema)]
pub(in crate::web) struct WebhookItem {
    /// Its id.
    webhook_id: String,
    /// The company whose events it is told; null for everything.
    org_id: Option<String>,
    /// Where messages go.
    url: String,
    /// Kinds of events that it is told.
    events: Vec<String>,
    /// Whether it is told nothing at present.
    disabled: bool,
    /// Why not.
    disabled_reason: Option<String>,
    /// Seconds since 1970.
    created_at: i64,
}

/// The webhooks that the token reaches.
#[derive(Serialize, ToSchema)]
pub(in crate::web) struct WebhookList {
    /// The oldest first.
    webhooks: Vec<WebhookItem>,
}

/// A webhook as it shall be.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::web) struct WebhookBody {
    /// Where messages go: https, and no private address unless the provider allows it.
    url: String,
    /// Kinds of events; all that it can be told when left out.
    #[serde(default)]
    events: Vec<String>,
    /// For a new one, the company whose events it is told, by slug or id; a company's own token needs none.
    organization: Option<String>,
    /// Whether it is told nothing at present.
    #[serde(default)]
    disabled: bool,
}

/// A webhook that was made, or its new secret.
#[derive(Serialize, ToSchema)]
pub(in crate::web) struct WebhookMade {
    /// Its id.
    webhook_id: String,
    /// What signs its messages (Standard Webhooks, `whsec_...`). Shown only here.
    secret: String,
}

/// A message that was written for a webhook.
#[derive(Serialize, ToSchema)]
pub(in crate::web) struct MessageItem {
    /// `webhook-id` of the message.
    message_id: String,
    /// What it tells of.
    r#type: String,
    /// The message.
    #[schema(value_type = Object)]
    body: serde_json::Value,
    /// Seconds since 1970.
    created_at: i64,
    /// How often it was tried.
    attempts: i64,
    /// How the last try was answered.
    last_status: Option<i64>,
    /// Why it failed.
    last_error: Option<String>,
    /// When it was last tried.
    last_tried_at: Option<i64>,
    /// When it arrived.
    delivered_at: Option<i64>,
    /// When it was given up.
    given_up_at: Option<i64>,
}

/// A page of what a webhook was told.
#[derive(Serialize, ToSchema)]
pub(in crate::web) struct MessageList {
    /// Newest first.
    messages: Vec<MessageItem>,
    /// Pass as `cursor` for the next page; absent on the last one.
    #[serde(skip_serializing_if = "Option::is_none")]
    next_cursor: Option<String>,
}

fn item(hook: &Webhook) -> WebhookItem {
    WebhookItem {
        webhook_id: hook.id.to_string(),
        org_id: hook.company.as_ref().map(ToString::to_string),
        url: hook.url.clone(),
        events: hook.events.split(' ').map(str::to_owned).collect(),
        disabled: hook.disabled.is_some(),
        disabled_reason: hook.disabled.clone(),
        created_at: hook.created_at.seconds(),
    }
}

fn message(d: Delivery) -> MessageItem {
    MessageItem {
        message_id: d.id,
        r#type: d.kind,
        body: serde_json::from_str(&d.body).unwrap_or_default(),
        created_at: d.created_at,
        attempts: d.attempts,
        last_status: d.last_status,
        last_error: d.last_error,
        last_tried_at: d.last_tried_at,
        delivered_at: d.delivered_at,
        given_up_at: d.given_up_at,
    }
}

/// The webhook of a path, if the token reaches it. Others' read like those that are not.
async fn found(app: &App, call: &Call, id: &str, writes: bool) -> Result<(Option<Webhook>, ApiCaller), Stop> {
    let caller = call.reaching(app, "webhooks", writes).await?;
    let hook = match id.parse::<RowId>() {
        Ok(id) => actions::webhook(app, &caller.reach, &id).await?,
        Err(_) => None,
    };
    Ok((hook, caller))
}

/// Lists the webhooks that the token reaches.
#[utoipa::path(
    get,
    path = "/api/v1/webhooks",
    operation_id = "listWebhooks",
    tag = "webhooks",
    responses((status = 200, description = "The webhooks", body = WebhookList), Refusals),
    security(("access_token" = ["webhooks.read"]))
)]
pub(in crate::web) async fn list(State(app): State<Arc<App>>, call: Call) -> Response {
    let listed = async {
        let caller = call.reaching(&app, "webhooks", false).await?;
        let all = actions::webhooks_of(&app, &caller.reach).await?;
        Ok::<_, Stop>(Json(WebhookList { webhooks: all.iter().map(item).collect() }).into_response())
    };
    answered(&app, &call.asked, listed.await)
}

/// Adds a webhook; its secret is shown once.
#[utoipa::path(
    post,
    path = "/api/v1/webhooks",
    operation_id = "addWebhook",
    tag = "webhooks",
    params(("Idempotency-Key" = Option<String>, Header, description = "Any text of your own: a repetition with the same one is answered as the first was")),
    request_body = WebhookBody,
    responses((status = 201, description = "It is told from now on", body = WebhookMade), Refusals),
    security(("access_token" = ["webhooks"]))
)]
pub(in crate::web) async fn add(State(app): State<Arc<App>>, call: Call, bytes: Bytes) -> Response {
    let added = async {
        let caller = call.reaching(&app, "webhooks", true).await?;
        let b: WebhookBody = call::body(&call.headers, &bytes)?;
        let named = match &b.organization {
            None => None,
            Some(name) => match companies::named(&app.store.db, name).await? {
                Some(company) => Some(company.id),
                None => {
                    caller.everything()?;
                    return Ok(because(&app, "refused", "there is no such organization"));
                }
            },
        };
        let company = match (&caller.reach, named) {
            (ApiReach::All, named) => named,
            (ApiReach::Company(own), None) => Some(own.clone()),
            (ApiReach::Company(_), Some(named)) => {
                caller.in_company(&named)?;
                Some(named)
            }
        };
        let wish = WebhookWish { company, url: b.url, events: b.events, disabled: false };
        Ok::<_, Stop>(match actions::add_webhook(&app, &wish, &caller.origin, call.asked.now).await? {
            Ok((id, secret)) => (StatusCode::CREATED, Json(WebhookMade { webhook_id: id.to_string(), secret: secret.expose().clone() })).into_response(),
            Err(refused) => because(&app, "refused", &refused.0),
        })
    };
    answered(&app, &call.asked, added.await)
}

/// Reads a webhook.
#[utoipa::path(
    get,
    path = "/api/v1/webhooks/{webhook}",
    operation_id = "getWebhook",
    tag = "webhooks",
    params(("webhook" = String, Path, description = "Its id")),
    responses((status = 200, description = "It, with its ETag", body = WebhookItem), Refusals),
    security(("access_token" = ["webhooks.read"]))
)]
pub(in crate::web) async fn get(State(app): State<Arc<App>>, Path(id): Path<String>, call: Call) -> Response {
    let read = async {
        let (Some(hook), _) = found(&app, &call, &id, false).await? else { return Ok(not_here(&app)) };
        let item = item(&hook);
        let version = version_of(&item);
        Ok::<_, Stop>(with_etag(Json(item).into_response(), &version))
    };
    answered(&app, &call.asked, read.await)
}

/// Changes a webhook; its company stays.
#[utoipa::path(
    put,
    path = "/api/v1/webhooks/{webhook}",
    operation_id = "setWebhook",
    tag = "webhooks",
    params(("webhook" = String, Path, description = "Its id"), ("If-Match" = Option<String>, Header, description = "The ETag of what you saw: refused when it is another now")),
    request_body = WebhookBody,
    responses((status = 204, description = "It is so now"), Refusals),
    security(("access_token" = ["webhooks"]))
)]
pub(in crate::web) async fn put(State(app): State<Arc<App>>, Path(id): Path<String>, call: Call, bytes: Bytes) -> Response {
    let changed = async {
        let (Some(hook), caller) = found(&app, &call, &id, true).await? else { return Ok(not_here(&app)) };
        if conditional(&call.headers).is_some_and(|seen| seen != version_of(&item(&hook))) {
            return Ok(call::changed_meanwhile(&app));
        }
        let b: WebhookBody = call::body(&call.headers, &bytes)?;
        let wish = WebhookWish { company: hook.company.clone(), url: b.url, events: b.events, disabled: b.disabled };
        let result = actions::change_webhook(&app, &hook, &wish, &caller.origin, call.asked.now).await?;
        Ok::<_, Stop>(result.map_or_else(|refused| because(&app, "refused", &refused.0), |()| done()))
    };
    answered(&app, &call.asked, changed.await)
}

/// Deletes a webhook, with what it was told.
#[utoipa::path(
    delete,
    path = "/api/v1/webhooks/{webhook}",
    operation_id = "deleteWebhook",
    tag = "webhooks",
    params(("webhook" = String, Path, description = "Its id")),
    responses((status = 204, description = "It is gone"), Refusals),
    security(("access_token" = ["webhooks"]))
)]
pub(in crate::web) async fn remove(State(app): State<Arc<App>>, Path(id): Path<String>, call: Call) -> Response {
    let gone = async {
        let (Some(hook), caller) = found(&app, &call, &id, true).await? else { return Ok(not_here(&app)) };
        actions::delete_webhook(&app, &hook, &caller.origin, call.asked.now).await?;
        Ok::<_, Stop>(done())
    };
    answered(&app, &call.asked, gone.await)
}

/// Gives a webhook a new secret, shown once; the old one signs beside it for a day.
#[utoipa::path(
    post,
    path = "/api/v1/webhooks/{webhook}/secret",
    operation_id = "rotateWebhookSecret",
    tag = "webhooks",
    params(("webhook" = String, Path, description = "Its id"), ("Idempotency-Key" = Option<String>, Header, description = "Any text of your own: a repetition with the same one is answered as the first was")),
    responses((status = 201, description = "The secret", body = WebhookMade), Refusals),
    security(("access_token" = ["webhooks"]))
)]
pub(in crate::web) async fn rotate(State(app): State<Arc<App>>, Path(id): Path<String>, call: Call) -> Response {
    let rotated = async {
        let (Some(hook), caller) = found(&app, &call, &id, true).await? else { return Ok(not_here(&app)) };
        let secret = actions::rotate_webhook_secret(&app, &hook, &caller.origin, call.asked.now).await?;
        Ok::<_, Stop>((StatusCode::CREATED, Json(WebhookMade { webhook_id: hook.id.to_string(), secret: secret.expose().clone() })).into_response())
    };
    answered(&app, &call.asked, rotated.await)
}

/// Sends a webhook a message of type `webhook.test`.
#[utoipa::path(
    post,
    path = "/api/v1/webhooks/{webhook}/test",
    operation_id = "testWebhook",
    tag = "webhooks",
    params(("webhook" = String, Path, description = "Its id")),
    responses((status = 204, description = "It is on its way"), Refusals),
    security(("access_token" = ["webhooks"]))
)]
pub(in crate::web) async fn test(State(app): State<Arc<App>>, Path(id): Path<String>, call: Call) -> Response {
    let tested = async {
        let (Some(hook), _) = found(&app, &call, &id, true).await? else { return Ok(not_here(&app)) };
        actions::test_webhook(&app, &hook, call.asked.now).await?;
        Ok::<_, Stop>(done())
    };
    answered(&app, &call.asked, tested.await)
}

/// Lists what a webhook was told, newest first; thirty days of it.
#[utoipa::path(
    get,
    path = "/api/v1/webhooks/{webhook}/messages",
    operation_id = "listWebhookMessages",
    tag = "webhooks",
    params(
        ("webhook" = String, Path, description = "Its id"),
        ("limit" = Option<i64>, Query, description = "Rows on one page, 1 to 100; 20 when left out", minimum = 1, maximum = 100),
        ("cursor" = Option<String>, Query, description = "`next_cursor` of the page before")
    ),
    responses((status = 200, description = "One page of messages", body = MessageList), Refusals),
    security(("access_token" = ["webhooks.read"]))
)]
pub(in crate::web) async fn messages(State(app): State<Arc<App>>, Path(id): Path<String>, RawQuery(query): RawQuery, call: Call) -> Response {
    let listed = async {
        let (Some(hook), _) = found(&app, &call, &id, false).await? else { return Ok(not_here(&app)) };
        let (params, limit) = call::query(query)?;
        let before: Option<RowId> = call::cursor(&params)?;
        let (found, next) = actions::webhook_deliveries(&app, &hook, before.as_ref(), limit).await?;
        let list = MessageList { messages: found.into_iter().map(message).collect(), next_cursor: next.map(|n| n.to_string()) };
        Ok::<_, Stop>(Json(list).into_response())
    };
    answered(&app, &call.asked, listed.await)
}

/// Sends a message again, whether it arrived or not.
#[utoipa::path(
    post,
    path = "/api/v1/webhooks/{webhook}/messages/{message}/replay",
    operation_id = "replayWebhookMessage",
    tag = "webhooks",
    params(("webhook" = String, Path, description = "The webhook's id"), ("message" = String, Path, description = "The message's id")),
    responses((status = 204, description = "It is on its way"), Refusals),
    security(("access_token" = ["webhooks"]))
)]
pub(in crate::web) async fn replay(State(app): State<Arc<App>>, Path((id, message)): Path<(String, String)>, call: Call) -> Response {
    let replayed = async {
        let (Some(hook), _) = found(&app, &call, &id, true).await? else { return Ok(not_here(&app)) };
        let known = message.parse::<RowId>().is_ok() && actions::replay(&app, &hook, &message, call.asked.now).await?;
        Ok::<_, Stop>(if known { done() } else { not_here(&app) })
    };
    answered(&app, &call.asked, replayed.await)
}
