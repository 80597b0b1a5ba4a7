//! Draining the outbox: at least once, with growing pauses after failures.

use std::sync::Arc;

use tokio::sync::watch;

use crate::actions::{App, Stop};
use crate::mail::{Mail, Smtp};
use crate::store::outbox::{self, Kind};
use crate::types::{Seconds, Timestamp};

/// How long one attempt may take before another node tries.
pub(super) const LEASE: Seconds = Seconds::minutes(2);

/// The pause after so many failures: a minute, doubling, at most six hours.
pub(super) fn pause(attempts: i64) -> Seconds {
    Seconds((60_i64 << attempts.clamp(0, 10)).min(6 * 3600))
}

/// Delivers until `stop` says so: at once while there is more, and otherwise every second.
pub(super) async fn drain<F: Future<Output = Result<usize, Stop>>>(mut stop: watch::Receiver<bool>, mut deliver: impl FnMut() -> F) {
    loop {
        match deliver().await {
            // More may wait.
            Ok(n) if n > 0 => continue,
            Ok(_) => {}
            Err(e) => tracing::warn!(error = %e, "the outbox could not be read"),
        }
        tokio::select! {
            () = tokio::time::sleep(std::time::Duration::from_secs(1)) => {}
            _ = stop.changed() => return,
        }
    }
}

/// Delivers mails.
pub(super) async fn run(app: Arc<App>, smtp: Smtp, stop: watch::Receiver<bool>) {
    drain(stop, || deliver_mails(&app, &smtp, app.clock.now())).await;
}

/// Delivers what is due; how many mails left.
pub async fn deliver_mails(app: &App, smtp: &Smtp, now: Timestamp) -> Result<usize, Stop> {
    let mut tx = app.store.begin().await?;
    let due = outbox::take_due(&mut tx, Kind::Mail, 1, LEASE, now).await?;
    tx.commit().await?;
    let mut left = 0;
    for row in due {
        let sent = match serde_json::from_str::<Mail>(&row.payload) {
            Ok(mail) => smtp.send(&mail).await,
            Err(e) => Err(e.into()),
        };
        let mut tx = app.store.begin().await?;
        match sent {
            Ok(()) => {
                outbox::delivered(&mut tx, &row.id, now).await?;
                left += 1;
            }
            Err(e) => {
                tracing::warn!(mail = %row.id, attempts = row.attempts + 1, error = format!("{e:#}"), "a mail was not delivered");
                outbox::failed(&mut tx, &row.id, &format!("{e:#}"), now + pause(row.attempts)).await?;
            }
        }
        tx.commit().await?;
    }
    Ok(left)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_up_to_six_hours() {
        assert_eq!([0, 1, 2, 8, 60].map(|n| pause(n).0), [60, 120, 240, 15_360, 21_600]);
    }
}
