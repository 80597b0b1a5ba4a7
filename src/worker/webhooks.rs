//! Delivering to webhooks, with growing pauses after failures. Who answers 410 is told nothing any more.

use std::sync::Arc;

use tokio::sync::watch;

use super::outbox::{LEASE, drain, pause};
use crate::actions::{self, App, Stop};
use crate::outbound::Outbound;
use crate::store::outbox::{self, Kind, Outgoing};
use crate::store::webhooks;
use crate::types::Timestamp;

/// After so many failures (two days, with the pauses) a message is given up; it can be sent again by hand.
const ATTEMPTS: i64 = 14;

/// Messages taken at once.
const AT_ONCE: i64 = 16;

pub(super) async fn run(app: Arc<App>, http: Outbound, stop: watch::Receiver<bool>) {
    drain(stop, || deliver_webhooks(&app, &http, app.clock.now())).await;
}

/// Delivers what is due; how many messages arrived.
pub async fn deliver_webhooks(app: &App, http: &Outbound, now: Timestamp) -> Result<usize, Stop> {
    let mut tx = app.store.begin().await?;
    let due = outbox::take_due(&mut tx, Kind::Webhook, AT_ONCE, LEASE, now).await?;
    tx.commit().await?;
    // Side by side: one that hangs keeps nobody else waiting.
    let tries = due.iter().map(|row| deliver(app, http, row, now));
    let mut arrived = 0;
    for result in futures_util::future::join_all(tries).await {
        arrived += usize::from(result?);
    }
    Ok(arrived)
}

async fn deliver(app: &App, http: &Outbound, row: &Outgoing, now: Timestamp) -> Result<bool, Stop> {
    let Some((hook, delivery, message)) = actions::signed_message(app, &row.payload, now).await? else {
        // It is switched off, or gone: what it was not told can be sent again by hand.
        let mut tx = app.store.begin().await?;
        webhooks::tried(&mut tx, &row.payload, None, Some("the webhook is switched off"), true, now).await?;
        outbox::delivered(&mut tx, &row.id, now).await?;
        tx.commit().await?;
        return Ok(false);
    };
    let (status, error) = match http.post_message(&message.url, &message.body, &message.headers).await {
        Ok(status @ 200..300) => (Some(i64::from(status)), None),
        Ok(status) => (Some(i64::from(status)), Some(format!("it answered {status}"))),
        // A company learns nothing of the networks around the provider.
        Err(_) if hook.company.is_some() => (None, Some("it could not be reached".to_owned())),
        Err(e) => (None, Some(format!("{e:#}"))),
    };
    let gone = status == Some(410);
    let given_up = error.is_some() && (gone || row.attempts + 1 >= ATTEMPTS);
    let mut tx = app.store.begin().await?;
    webhooks::tried(&mut tx, &delivery.id, status, error.as_deref(), given_up, now).await?;
    match &error {
        Some(error) if !given_up => outbox::failed(&mut tx, &row.id, error, now + pause(row.attempts)).await?,
        _ => outbox::delivered(&mut tx, &row.id, now).await?,
    }
    if gone {
        webhooks::answered_gone(&mut tx, &hook.id, &message.url, now).await?;
    }
    tx.commit().await?;
    Ok(error.is_none())
}
