//! Text messages, handed to the operator's gateway: a POST with JSON, and retries like mail until the code has expired.

use std::sync::Arc;

use tokio::sync::watch;

use super::outbox::{LEASE, drain, pause};
use crate::actions::{App, Stop, TextMessage};
use crate::config::Sms;
use crate::outbound::Outbound;
use crate::store::outbox::{self, Kind};
use crate::types::{Seconds, Timestamp};

/// A code that comes later than this helps nobody.
const LATEST: Seconds = Seconds::minutes(10);

pub(super) async fn run(app: Arc<App>, http: Outbound, sms: Sms, stop: watch::Receiver<bool>) {
    drain(stop, || deliver_texts(&app, &http, &sms, app.clock.now())).await;
}

/// Delivers what is due; how many left.
pub async fn deliver_texts(app: &App, http: &Outbound, sms: &Sms, now: Timestamp) -> Result<usize, Stop> {
    let mut tx = app.store.begin().await?;
    let due = outbox::take_due(&mut tx, Kind::Text, 4, LEASE, now).await?;
    tx.commit().await?;
    let mut left = 0;
    for row in due {
        let sent = match serde_json::from_str::<TextMessage>(&row.payload) {
            _ if now.since(row.created_at) > LATEST => Ok(()),
            Ok(message) => match http.post_json(&sms.url, sms.token.as_ref(), &message).await {
                Ok(200..300) => Ok(()),
                Ok(status) => Err(format!("the gateway answered {status}")),
                Err(e) => Err(format!("{e:#}")),
            },
            Err(e) => Err(e.to_string()),
        };
        let mut tx = app.store.begin().await?;
        match sent {
            Ok(()) => {
                outbox::delivered(&mut tx, &row.id, now).await?;
                left += 1;
            }
            Err(e) => {
                tracing::warn!(text = %row.id, attempts = row.attempts + 1, error = e, "a text message was not delivered");
                outbox::failed(&mut tx, &row.id, &e, now + pause(row.attempts)).await?;
            }
        }
        tx.commit().await?;
    }
    Ok(left)
}
