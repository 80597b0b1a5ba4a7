//! What runs beside requests: outbox, clean-up, key rotation, and noticing what other processes changed.

mod logout;
mod outbox;
mod texts;
mod webhooks;

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;

use crate::actions::{self, App, Stop};
use crate::mail::Smtp;
use crate::outbound::Outbound;
use crate::store::{cleanup, consolidations, figures, idempotency, refresh_families};
use crate::types::{Seconds, Timestamp};

pub use logout::deliver_logouts;
pub use outbox::deliver_mails;
pub use texts::deliver_texts;
pub use webhooks::deliver_webhooks;

/// Runs until `stop` says so. Each turn takes at most a second; a failing task is logged and tried again.
pub async fn run(app: Arc<App>, mut stop: watch::Receiver<bool>) -> anyhow::Result<()> {
    // A mail server that hangs must not keep the rest waiting.
    if let Some(mail) = &app.config.mail {
        tokio::spawn(outbox::run(app.clone(), Smtp::new(mail)?, stop.clone()));
    }
    if let Some(sms) = &app.config.sms {
        // The operator's own gateway may well be at a private address.
        tokio::spawn(texts::run(app.clone(), Outbound::new(true)?, sms.clone(), stop.clone()));
    }
    tokio::spawn(logout::run(app.clone(), Outbound::new(app.config.outbound_private)?, stop.clone()));
    tokio::spawn(webhooks::run(app.clone(), Outbound::new(app.config.outbound_private)?, stop.clone()));
    let mut turn: u64 = 0;
    loop {
        tokio::select! {
            () = tokio::time::sleep(Duration::from_secs(1)) => {}
            _ = stop.changed() => return Ok(()),
        }
        let now = app.clock.now();
        noted("caches", app.refresh_caches().await.map(drop));
        noted("expired access", actions::end_expired_access(&app, now).await.map(drop));
        noted("recoveries", actions::answer_recoveries(&app, now).await.map(drop));
        noted("webhooks", actions::announce(&app, turn.is_multiple_of(60), now).await.map(drop));
        if turn.is_multiple_of(5) {
            noted("successors", erase_successors(&app, now).await);
        }
        if turn.is_multiple_of(60) {
            noted("audit seals", actions::seal_audit(&app, now).await.map(drop));
            noted("old audit events", actions::erase_old_audit(&app, now).await.map(drop));
            noted("closings", actions::end_closings(&app, now).await.map(drop));
            noted("unused clients", actions::end_unused_clients(&app, now).await.map(drop));
            noted("clean-up", clean_up(&app, now).await);
            noted("key rotation", actions::rotate_keys_if_due(&app, now).await.map(drop));
        }
        turn += 1;
    }
}

fn noted(task: &str, result: Result<(), Stop>) {
    if let Err(e) = result {
        tracing::warn!(task, error = %e, "a background task failed; it will be tried again");
    }
}

/// Sealed successors go when their grace is over (decisions.md 15).
pub async fn erase_successors(app: &App, now: Timestamp) -> Result<(), Stop> {
    let mut tx = app.store.begin().await?;
    refresh_families::erase_successors(&mut tx, now - app.config.lifetimes.refresh_grace).await?;
    Ok(tx.commit().await?)
}

/// Expired rows go, step by step.
pub async fn clean_up(app: &App, now: Timestamp) -> Result<(), Stop> {
    let mut tx = app.store.begin().await?;
    consolidations::erase(&mut tx, now - Seconds::days(90), now).await?;
    crate::store::webhooks::forget_before(&mut tx, &crate::types::RowId::first_of(now - actions::WEBHOOKS_KEPT)).await?;
    idempotency::forget_before(&mut tx, now - actions::REMEMBERED).await?;
    figures::erase_before(&mut tx, (now - Seconds::days(400)).seconds().div_euclid(Seconds::days(1).0)).await?;
    tx.commit().await?;
    loop {
        let mut tx = app.store.begin().await?;
        let gone = cleanup::expired(&mut tx, &app.config.lifetimes, now).await?;
        tx.commit().await?;
        if gone == 0 {
            return Ok(());
        }
        // Others want the write connection too.
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}
