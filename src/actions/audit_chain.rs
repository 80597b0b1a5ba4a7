//! The audit log's chain (threats.md T53): every few minutes what was logged is sealed behind what was sealed before, so that nothing of it
//! can be changed, removed or slipped in unseen; and when its time is over, it goes.

use super::{App, Stop};
use crate::store::audit_seals::{self, Seal, Sealed};
use crate::store::figures;
use crate::types::{Digest, Seconds, Timestamp};

/// Events are sealed this long after they happened: by then every node has written its own. Clocks of nodes that differ by more would
/// slip events into what is sealed.
const SETTLED: Seconds = Seconds::minutes(5);

/// Events under one seal.
const EVENTS: i64 = 1000;

/// Steps of one turn of the worker.
const STEPS: usize = 20;

fn digest(before: &str, events: &[Sealed]) -> Result<String, Stop> {
    let text = serde_json::to_string(&(before, events)).map_err(anyhow::Error::from)?;
    Ok(Digest::of(text.as_bytes()).as_str().to_owned())
}

/// Seals what has settled; how many events.
pub async fn seal_audit(app: &App, now: Timestamp) -> Result<usize, Stop> {
    let mut sealed = 0;
    for _ in 0..STEPS {
        let last = audit_seals::last(&app.store.db).await?;
        let (seq, after, before) = last.as_ref().map_or((0, "", ""), |s| (s.seq, s.through_id.as_str(), s.digest.as_str()));
        let events = audit_seals::unsealed(&app.store.db, after, now - SETTLED, EVENTS).await?;
        let Some(through) = events.last() else { break };
        let seal = Seal { seq: seq + 1, through_id: through.id.clone(), events: events.len() as i64, digest: digest(before, &events)?, erased_at: None };
        let mut tx = app.store.begin().await?;
        if !audit_seals::add(&mut tx, &seal, now).await? {
            break;
        }
        figures::count(&mut tx, &events).await?;
        tx.commit().await?;
        sealed += events.len();
    }
    Ok(sealed)
}

/// What a look at the whole chain found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Verified {
    /// Seals whose events are there and as they were.
    pub seals: i64,
    /// How many events they cover.
    pub events: i64,
    /// Seals whose events have gone, their time being over.
    pub erased: i64,
    /// Events that no seal covers yet.
    pub waiting: i64,
    /// The digest of the last seal: kept elsewhere, it shows later that the chain was not made anew.
    pub head: Option<String>,
    /// Whether the digest that was given is one of the chain's.
    pub known: bool,
    /// The first seal whose events are not as they were.
    pub broken: Option<i64>,
}

/// Goes through the whole chain. `head` is a digest that an earlier look printed.
pub async fn verify_audit(app: &App, head: Option<&str>) -> Result<Verified, Stop> {
    let db = &app.store.db;
    let mut found = Verified { known: head.is_none(), ..Verified::default() };
    let (mut seq, mut after, mut before) = (0, String::new(), String::new());
    loop {
        let seals = audit_seals::after(db, seq).await?;
        if seals.is_empty() {
            found.waiting = audit_seals::waiting(db, &after).await?;
            return Ok(found);
        }
        for seal in seals {
            // One more than there should be shows what was slipped in.
            let events = audit_seals::covered(db, &after, &seal.through_id, seal.events + 1).await?;
            let good = match seal.erased_at {
                Some(_) => events.is_empty(),
                None => digest(&before, &events)? == seal.digest,
            };
            if !good || seal.seq != seq + 1 {
                found.broken = Some(seq + 1);
                return Ok(found);
            }
            match seal.erased_at {
                Some(_) => found.erased += 1,
                None => {
                    found.seals += 1;
                    found.events += seal.events;
                }
            }
            found.known |= head == Some(seal.digest.as_str());
            found.head = Some(seal.digest.clone());
            (seq, after, before) = (seal.seq, seal.through_id, seal.digest);
        }
    }
}

/// Erases what is older than the log is kept, a whole seal at a time; how many seals.
pub async fn erase_old_audit(app: &App, now: Timestamp) -> Result<usize, Stop> {
    let Some(days) = app.config.audit_keep_days else { return Ok(0) };
    for step in 0..STEPS {
        let Some((seq, through)) = audit_seals::oldest_kept(&app.store.db, now - Seconds::days(days)).await? else { return Ok(step) };
        let mut tx = app.store.begin().await?;
        audit_seals::erase(&mut tx, seq, &through, now).await?;
        tx.commit().await?;
    }
    Ok(STEPS)
}
