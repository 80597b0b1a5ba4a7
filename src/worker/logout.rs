//! Back-channel logout (OpenID Connect Back-Channel Logout 1.0 2.5): each app session that ended is told, with retries.

use std::sync::Arc;

use tokio::sync::watch;

use super::outbox::{LEASE, drain, pause};
use crate::actions::{App, Stop};
use crate::outbound::Outbound;
use crate::store::outbox::{self, Kind};
use crate::types::Timestamp;

/// After so many failures (two days, with the pauses) an app is no longer told.
const ATTEMPTS: i64 = 14;

/// Notices taken at once.
const AT_ONCE: i64 = 16;

pub(super) async fn run(app: Arc<App>, http: Outbound, stop: watch::Receiver<bool>) {
    drain(stop, || deliver_logouts(&app, &http, app.clock.now())).await;
}

/// Delivers what is due; how many apps were told.
pub async fn deliver_logouts(app: &App, http: &Outbound, now: Timestamp) -> Result<usize, Stop> {
    let mut tx = app.store.begin().await?;
    let due = outbox::take_due(&mut tx, Kind::Logout, AT_ONCE, LEASE, now).await?;
    tx.commit().await?;
    let mut told = 0;
    // Side by side: one app that hangs keeps nobody else waiting.
    let tries = due.into_iter().map(|row| async move {
        let sent = match app.logout_token(&row.payload, now).await {
            Ok(Some((url, token))) => match http.post_form(&url, "logout_token", &token).await {
                // 2.8: 200, and 204 from some frameworks; 400 says that the app cannot take it, ever.
                Ok(200 | 204 | 400) => Ok(()),
                Ok(status) => Err(format!("the app answered {status}")),
                Err(e) => Err(format!("{e:#}")),
            },
            // The app is gone, or takes no logout any more.
            Ok(None) => Ok(()),
            Err(e) => Err(e.to_string()),
        };
        (row, sent)
    });
    for (row, sent) in futures_util::future::join_all(tries).await {
        let mut tx = app.store.begin().await?;
        match sent {
            Ok(()) => {
                outbox::delivered(&mut tx, &row.id, now).await?;
                told += 1;
            }
            Err(e) if row.attempts + 1 >= ATTEMPTS => {
                tracing::warn!(notice = %row.id, error = e, "a logout notice was given up");
                outbox::delivered(&mut tx, &row.id, now).await?;
            }
            Err(e) => outbox::failed(&mut tx, &row.id, &e, now + pause(row.attempts)).await?,
        }
        tx.commit().await?;
    }
    Ok(told)
}
