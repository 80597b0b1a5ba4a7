//! Webhooks (Standard Webhooks): who is told of what happens, by signed messages that are tried until they arrive.
//!
//! What happens is read off the audit log, which is written in the transaction of its cause: nothing that happened is missed, and the hot
//! paths write nothing for it. The log is read again a little way back every minute, for an event whose transaction took long.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::operator::{Answer, Refused, accept};
use super::{ApiReach, App, Origin, Stop};
use crate::outbound::is_private_url;
use crate::store::audit::OperatorEvent;
use crate::store::outbox::{self, Kind};
use crate::store::webhooks::{self, Delivery, Webhook};
use crate::store::{Tx, audit};
use crate::types::{CompanyId, RowId, Seconds, Secret, Timestamp};

/// What a webhook can be told, in groups; a company's webhook is told of its own alone, and not of what is marked as the provider's.
pub const WEBHOOK_EVENTS: [(&str, bool, &str); 8] = [
    ("account", true, "account.added account.ended account.moved account.permissions_changed account.role_changed account.switched"),
    ("link", true, "link.made link.cut link.entered"),
    ("invitation", true, "invitation.sent invitation.ended"),
    (
        "company",
        true,
        "brand.added brand.changed company.added company.changed company.resumed company.service_status company.settings_changed company.suspended role.added role.changed role.deleted",
    ),
    (
        "identity",
        false,
        "identity.added identity.closed identity.closing identity.consolidated identity.consolidation_undone identity.disabled identity.enabled identity.restored email.changed email.change_undone factor.added factor.removed password.changed password.set username.changed",
    ),
    ("session", false, "sign_in.accepted sign_in.refused sign_out token.revoked refresh_token.reused"),
    (
        "client",
        false,
        "client.added client.changed client.deleted client.disabled client.enabled client.expired client.registered client.unvouched client.vouched client.secret_added client.secret_ended resource.added resource.changed resource.deleted",
    ),
    ("key", false, "keys.rotated"),
];

/// How long the secret before a rotation signs beside the new one.
const OVERLAP: Seconds = Seconds::days(1);

/// Webhooks of one company, or of the provider.
const MOST: i64 = 20;

/// Readings of the log in one turn of the worker.
const READINGS: usize = 20;

/// How far back the log is read again.
const AGAIN: Seconds = Seconds::minutes(5);

/// Events of one reading.
const EVENTS: i64 = 500;

/// What a delivery is kept for.
pub const WEBHOOKS_KEPT: Seconds = Seconds::days(30);

/// A webhook as it shall be.
#[derive(Clone, Debug)]
pub struct WebhookWish {
    /// The company whose events it is told; none for everything.
    pub company: Option<CompanyId>,
    /// Where messages go.
    pub url: String,
    /// Kinds of events; all that it can be told when empty.
    pub events: Vec<String>,
    /// Whether it is switched off.
    pub disabled: bool,
}

/// The kinds that a webhook of a company, or of the provider, can be told.
pub fn webhook_kinds(of_company: bool) -> Vec<&'static str> {
    WEBHOOK_EVENTS.iter().filter(|(_, companies, _)| *companies || !of_company).flat_map(|(_, _, kinds)| kinds.split(' ')).collect()
}

fn checked(app: &App, wish: &WebhookWish) -> Result<String, Refused> {
    let url = url::Url::parse(&wish.url).map_err(|_| Refused("url: not an absolute URL".into()))?;
    let plain = app.config.outbound_private && url.scheme() == "http";
    if url.scheme() != "https" && !plain {
        return Err(Refused("url: https is needed".into()));
    }
    if !url.username().is_empty() || url.password().is_some() || url.fragment().is_some() || wish.url.len() > 2000 {
        return Err(Refused("url: without user, password and fragment, and at most 2000 characters".into()));
    }
    if !app.config.outbound_private && is_private_url(&url) {
        return Err(Refused("url: a private address is told nothing".into()));
    }
    let known = webhook_kinds(wish.company.is_some());
    if let Some(unknown) = wish.events.iter().find(|e| !known.contains(&e.as_str())) {
        return Err(Refused(format!("events: {unknown:.80} is none that this webhook can be told")));
    }
    Ok(if wish.events.is_empty() { known.join(" ") } else { wish.events.join(" ") })
}

fn new_secret(app: &App) -> Secret {
    Secret::new(format!("whsec_{}", STANDARD.encode(app.rng().bytes::<32>())))
}

fn noted(app: &App, kind: &'static str, hook: &RowId, company: Option<&CompanyId>, origin: &Origin, now: Timestamp) -> audit::AuditEvent {
    let event = app.event(kind, origin, now).reason(hook.as_str());
    match company {
        Some(company) => event.in_company(company),
        None => event,
    }
}

/// Adds a webhook; its secret is shown once.
pub async fn add_webhook(app: &App, wish: &WebhookWish, origin: &Origin, now: Timestamp) -> Answer<(RowId, Secret)> {
    let events = accept!(checked(app, wish));
    if webhooks::count(&app.store.db, wish.company.as_ref()).await? >= MOST {
        return Ok(Err(Refused(format!("there are {MOST} webhooks already; remove one first"))));
    }
    let secret = new_secret(app);
    let secret_sealed = app.keys().people_sealer().seal(secret.expose())?;
    let id = RowId::mint(now, &mut app.rng());
    let (company, url) = (wish.company.clone(), wish.url.clone());
    let hook = Webhook { id: id.clone(), company, url, events, secret_sealed, previous: None, created_at: now, told_from: now, disabled: None };
    let mut tx = app.store.begin().await?;
    webhooks::add(&mut tx, &hook).await?;
    audit::append(&mut tx, &noted(app, "webhook.added", &id, wish.company.as_ref(), origin, now)).await?;
    tx.commit().await?;
    Ok(Ok((id, secret)))
}

/// A webhook, if a caller reaches it.
pub async fn webhook(app: &App, reach: &ApiReach, id: &RowId) -> Result<Option<Webhook>, Stop> {
    let found = webhooks::find(&app.store.db, id).await?;
    Ok(found.filter(|hook| match reach {
        ApiReach::All => true,
        ApiReach::Company(own) => hook.company.as_ref() == Some(own),
    }))
}

/// The webhooks that a caller reaches.
pub async fn webhooks_of(app: &App, reach: &ApiReach) -> Result<Vec<Webhook>, Stop> {
    let company = match reach {
        ApiReach::All => None,
        ApiReach::Company(own) => Some(own),
    };
    Ok(webhooks::all(&app.store.db, company).await?)
}

/// Makes a webhook what the wish says; its company stays.
pub async fn change_webhook(app: &App, hook: &Webhook, wish: &WebhookWish, origin: &Origin, now: Timestamp) -> Answer<()> {
    let events = accept!(checked(app, wish));
    let mut tx = app.store.begin().await?;
    webhooks::change(&mut tx, &hook.id, &wish.url, &events, wish.disabled.then_some("switched off"), now).await?;
    audit::append(&mut tx, &noted(app, "webhook.changed", &hook.id, hook.company.as_ref(), origin, now)).await?;
    tx.commit().await?;
    Ok(Ok(()))
}

/// A new secret, shown once; the old one signs beside it for a day.
pub async fn rotate_webhook_secret(app: &App, hook: &Webhook, origin: &Origin, now: Timestamp) -> Result<Secret, Stop> {
    let secret = new_secret(app);
    let sealed = app.keys().people_sealer().seal(secret.expose())?;
    let mut tx = app.store.begin().await?;
    webhooks::rotate(&mut tx, &hook.id, &sealed, now + OVERLAP).await?;
    audit::append(&mut tx, &noted(app, "webhook.secret_rotated", &hook.id, hook.company.as_ref(), origin, now)).await?;
    tx.commit().await?;
    Ok(secret)
}

/// Deletes a webhook, with what it was told.
pub async fn delete_webhook(app: &App, hook: &Webhook, origin: &Origin, now: Timestamp) -> Result<(), Stop> {
    let mut tx = app.store.begin().await?;
    webhooks::delete(&mut tx, &hook.id).await?;
    audit::append(&mut tx, &noted(app, "webhook.deleted", &hook.id, hook.company.as_ref(), origin, now)).await?;
    Ok(tx.commit().await?)
}

/// A page of what a webhook was told, newest first, and where the next begins.
pub async fn webhook_deliveries(app: &App, hook: &Webhook, before: Option<&RowId>, limit: i64) -> Result<(Vec<Delivery>, Option<RowId>), Stop> {
    let mut found = webhooks::deliveries(&app.store.db, &hook.id, before, limit + 1).await?;
    let more = found.len() as i64 > limit;
    found.truncate(limit as usize);
    let next = found.last().filter(|_| more).and_then(|d| d.id.parse().ok());
    Ok((found, next))
}

async fn put(app: &App, tx: &mut Tx, hook: &RowId, event_id: &str, kind: &str, body: &Value, now: Timestamp) -> Result<bool, Stop> {
    let id = RowId::mint(now, &mut app.rng());
    let told = webhooks::tell(tx, &id, hook, event_id, kind, &body.to_string(), now).await?;
    if told {
        outbox::put(tx, &RowId::mint(now, &mut app.rng()), Kind::Webhook, id.as_str(), now).await?;
    }
    Ok(told)
}

/// Sends a message that tells of nothing, to see whether it arrives.
pub async fn test_webhook(app: &App, hook: &Webhook, now: Timestamp) -> Result<(), Stop> {
    let mut tx = app.store.begin().await?;
    let event = RowId::mint(now, &mut app.rng());
    put(app, &mut tx, &hook.id, event.as_str(), "webhook.test", &message("webhook.test", now.seconds(), &json!({"webhook_id": hook.id.as_str()})), now).await?;
    Ok(tx.commit().await?)
}

/// Sends a message again, whether it arrived or not; false when it is not this webhook's.
pub async fn replay(app: &App, hook: &Webhook, delivery: &str, now: Timestamp) -> Result<bool, Stop> {
    let Some(found) = webhooks::delivery(&app.store.db, delivery).await?.filter(|d| d.webhook_id == hook.id.as_str()) else { return Ok(false) };
    let mut tx = app.store.begin().await?;
    outbox::put(&mut tx, &RowId::mint(now, &mut app.rng()), Kind::Webhook, &found.id, now).await?;
    tx.commit().await?;
    Ok(true)
}

/// The message of Standard Webhooks: `type`, `timestamp` and `data`.
fn message(kind: &str, at: i64, data: &Value) -> Value {
    let moment = time::OffsetDateTime::from_unix_timestamp(at).ok().and_then(|t| t.format(&time::format_description::well_known::Rfc3339).ok());
    json!({"type": kind, "timestamp": moment.unwrap_or_default(), "data": data})
}

/// What a webhook is told of an event. A company learns neither who acted nor from where they came (threats.md T24): what it may know of
/// people, its log and its list of people tell.
fn told(hook: &Webhook, event: &OperatorEvent) -> Option<Value> {
    let mine = hook.company.as_ref().is_none_or(|own| event.company_id.as_deref() == Some(own.as_str()));
    let wanted = hook.events.split(' ').any(|kind| kind == event.kind) && event.at >= hook.told_from.seconds();
    // What people ask of each other is not their company's.
    let theirs = hook.company.is_some() && event.kind == "invitation.sent" && event.reason.as_deref() != Some("account");
    if !mine || !wanted || theirs {
        return None;
    }
    let reason = event.reason.as_deref().filter(|r| hook.company.is_none() || !r.starts_with("idn_"));
    let mut data = json!({
        "event_id": event.id, "account_id": event.account_id, "org_id": event.company_id, "client_id": event.client_id, "sid": event.sid,
        "acr": event.acr_after, "reason": reason, "request_id": event.request_id, "through_link": event.origin_account_id.is_some(),
    });
    if hook.company.is_none() {
        data["identity_id"] = json!(event.identity_id);
        data["origin_account_id"] = json!(event.origin_account_id);
        data["acr_before"] = json!(event.acr_before);
        data["address"] = json!(event.address);
    }
    Some(message(&event.kind, event.at, &data))
}

/// Where the log is read from again: a while before the place it was read to, or before now. Ids begin with their milliseconds.
fn a_while_before(read: &str, now: Timestamp) -> String {
    let at = read.get(..12).and_then(|hex| i64::from_str_radix(hex, 16).ok()).map_or(now, Timestamp::from_millis);
    RowId::first_of(at.min(now) - AGAIN).as_str().to_owned()
}

/// Writes what the log tells to whom it concerns; how many messages. `again` reads a little way back too.
pub async fn announce(app: &App, again: bool, now: Timestamp) -> Result<usize, Stop> {
    let db = &app.store.db;
    let hooks = webhooks::active(db).await?;
    if hooks.is_empty() {
        return Ok(0);
    }
    let Some(read) = webhooks::cursor(db).await? else { return Ok(0) };
    let mut after = if again { a_while_before(&read, now) } else { read };
    let kinds: std::collections::BTreeSet<&str> = hooks.iter().flat_map(|h| h.events.split(' ')).collect();
    let kinds = kinds.into_iter().collect::<Vec<_>>().join(" ");
    let (mut messages, mut behind) = (0, false);
    for _ in 0..READINGS {
        let events = webhooks::events(db, &after, &kinds, EVENTS).await?;
        let Some(last) = events.last().map(|e| e.id.clone()) else { break };
        let mut tx = app.store.begin().await?;
        for event in &events {
            for hook in &hooks {
                if let Some(body) = told(hook, event) {
                    messages += usize::from(put(app, &mut tx, &hook.id, &event.id, &event.kind, &body, now).await?);
                }
            }
        }
        // A clock that ran ahead once must not carry the place into the future.
        webhooks::move_cursor(&mut tx, last.as_str().min(RowId::first_of(now).as_str())).await?;
        tx.commit().await?;
        after = last;
        behind = events.len() as i64 == EVENTS;
    }
    // What nobody wanted to be told is not read every second again.
    if !behind && after.as_str() < RowId::first_of(now - Seconds::minutes(1)).as_str() {
        let mut tx = app.store.begin().await?;
        webhooks::move_cursor(&mut tx, RowId::first_of(now - Seconds(10)).as_str()).await?;
        tx.commit().await?;
    }
    Ok(messages)
}

/// A message ready to be sent: where it goes, its body, and its headers.
pub struct Signed {
    /// The address.
    pub url: String,
    /// The body.
    pub body: String,
    /// `webhook-id`, `webhook-timestamp`, `webhook-signature`.
    pub headers: [(&'static str, String); 3],
}

/// The message of a delivery, signed now; nothing when nobody is to be told any more.
pub async fn signed_message(app: &App, delivery: &str, now: Timestamp) -> Result<Option<(Webhook, Delivery, Signed)>, Stop> {
    let Some(found) = webhooks::delivery(&app.store.db, delivery).await? else { return Ok(None) };
    let id: RowId = found.webhook_id.parse().map_err(anyhow::Error::from)?;
    let Some(hook) = webhooks::find(&app.store.db, &id).await?.filter(|h| h.disabled.is_none()) else { return Ok(None) };
    let previous = hook.previous.as_ref().filter(|(_, until)| *until > now).map(|(sealed, _)| sealed);
    let mut signatures = Vec::new();
    for sealed in [Some(&hook.secret_sealed), previous].into_iter().flatten() {
        let secret = app.keys().people_sealer().open_sealed(sealed)?;
        let signer = standardwebhooks::Webhook::new(secret.expose()).map_err(anyhow::Error::from)?;
        signatures.push(signer.sign(&found.id, now.seconds(), found.body.as_bytes()).map_err(anyhow::Error::from)?);
    }
    let headers = [("webhook-id", found.id.clone()), ("webhook-timestamp", now.seconds().to_string()), ("webhook-signature", signatures.join(" "))];
    let signed = Signed { url: hook.url.clone(), body: found.body.clone(), headers };
    Ok(Some((hook, found, signed)))
}
