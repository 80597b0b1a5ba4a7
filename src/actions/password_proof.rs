//! A name and a password, shown to us: for signing in, and for linking somebody's account (threats.md T18).
//!
//! Unknown, ambiguous, throttled and passwordless names each cost exactly one hash and read the same (decisions.md 39).

use super::{App, Origin, Stop};
use crate::crypto::{Verdict, normalise};
use crate::domain::{SignInName, ThrottleKey, ThrottleRule};
use crate::store::identities::{self, Candidate};
use crate::store::sessions::{self, BrowserSession};
use crate::store::{Tx, throttles};
use crate::types::{IdentityId, Timestamp};

/// What counts the tries of one sign-in, the narrowest first.
pub(super) struct Counters(Vec<(ThrottleKey, ThrottleRule)>);

impl Counters {
    fn of(app: &App, name: &SignInName, known_browser: Option<&BrowserSession>, origin: &Origin) -> Self {
        let rule = |free| ThrottleRule { free, longest: app.config.throttle_longest };
        let name_free = app.config.throttle_name_free;
        if let Some(session) = known_browser {
            return Self(vec![(ThrottleKey::name_from(name.key(), session.id.as_str()), rule(name_free))]);
        }
        let range = origin.address_range();
        let mut all = vec![(ThrottleKey::name_from(name.key(), range.as_deref().unwrap_or("anywhere")), rule(name_free))];
        // From many places at once, a name still has a budget of its own.
        all.push((ThrottleKey::name(name.key()), rule(name_free * 4)));
        all.extend(range.map(|range| (ThrottleKey::address(&range), rule(app.config.throttle_address_free))));
        Self(all)
    }

    /// Counts a try as failed before its password is looked at, so that many at once cannot all pass for the first;
    /// false when the name or the address has to wait. While it waits, tries do not count: nobody can prolong the wait.
    async fn reserve(&self, app: &App, now: Timestamp) -> Result<bool, Stop> {
        for _ in 0..RESERVATIONS {
            let mut tx = app.store.begin().await?;
            let mut first = true;
            for (key, rule) in &self.0 {
                let seen = throttles::state(&mut tx, key).await?;
                if seen.blocked_until(*rule, now).is_some() {
                    return Ok(false);
                }
                // From one address many people sign in: there only failures count, once they are failures (decisions.md 29).
                if !key.is_for_name() {
                    continue;
                }
                first &= throttles::count(&mut tx, key, &seen, now).await?;
            }
            if first {
                tx.commit().await?;
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Takes a reserved try back.
    async fn give_back(&self, app: &App) -> Result<(), Stop> {
        let mut tx = app.store.begin().await?;
        for (key, _) in self.0.iter().filter(|(key, _)| key.is_for_name()) {
            throttles::uncount(&mut tx, key).await?;
        }
        Ok(tx.commit().await?)
    }

    /// Counts a failure at the address.
    async fn failed(&self, app: &App, now: Timestamp) -> Result<(), Stop> {
        for (key, _) in self.0.iter().filter(|(key, _)| !key.is_for_name()) {
            for _ in 0..RESERVATIONS {
                let mut tx = app.store.begin().await?;
                let seen = throttles::state(&mut tx, key).await?;
                if throttles::count(&mut tx, key, &seen, now).await? {
                    tx.commit().await?;
                    break;
                }
            }
        }
        Ok(())
    }

    /// A success forgets the failures of the name; what others failed at from the same address stays.
    pub(super) async fn succeeded(&self, tx: &mut Tx) -> Result<(), Stop> {
        for (key, _) in self.0.iter().filter(|(key, _)| key.is_for_name()) {
            throttles::reset(tx, key).await?;
        }
        Ok(())
    }
}

/// How often a try that was overtaken counts itself again before it waits like the rest.
const RESERVATIONS: usize = 20;

/// A password that was right.
pub(super) struct Proved {
    pub candidate: Candidate,
    pub counters: Counters,
    hash: String,
    better: Option<String>,
}

impl Proved {
    /// Makes the proof count in the transaction of what it opens: the tries are forgotten, a stronger hash is kept.
    /// False when the password was replaced while its hash was computed (threats.md T02).
    pub(super) async fn settle(&self, tx: &mut Tx) -> Result<bool, Stop> {
        let id = &self.candidate.identity.id;
        if !identities::hold_password(tx, id, &self.hash).await? {
            return Ok(false);
        }
        self.counters.succeeded(tx).await?;
        if let Some(better) = &self.better {
            identities::upgrade_hash(tx, id, &self.hash, better).await?;
        }
        Ok(true)
    }
}

/// Looks at a name and a password. `Err` names why not, for the audit log alone: `throttled` or `wrong`.
pub(super) async fn prove_password(
    app: &App,
    session: &BrowserSession,
    name: &SignInName,
    password: &str,
    origin: &Origin,
    now: Timestamp,
) -> Result<Result<Proved, &'static str>, Stop> {
    let candidate = identities::meant_by(&app.store.db, name).await?;
    // Asked for a name that nobody has too: a missing read would tell them apart.
    let asked = candidate.as_ref().map_or_else(|| IdentityId::mint(now, &mut app.rng()), |c| c.identity.id.clone());
    let known = sessions::has_signed_in(&app.store.db, &session.id, &asked).await?;
    let counters = Counters::of(app, name, known.then_some(session), origin);
    let blocked = !counters.reserve(app, now).await?;
    let hash = candidate.as_ref().filter(|_| !blocked).and_then(|c| c.password_hash.clone());
    let verdict = match app.hasher.verify(normalise(password), hash.clone()).await {
        Ok(verdict) => verdict,
        Err(busy) => {
            // Nobody looked at the password, so the try counts for nothing.
            if !blocked {
                counters.give_back(app).await?;
            }
            return Err(busy.into());
        }
    };
    let better = match verdict {
        Verdict::Right => None,
        Verdict::RightUpgrade(better) => Some(better),
        _ => {
            if !blocked {
                counters.failed(app, now).await?;
            }
            return Ok(Err(if blocked { "throttled" } else { "wrong" }));
        }
    };
    match (candidate, hash) {
        (Some(candidate), Some(hash)) if !blocked => Ok(Ok(Proved { candidate, counters, hash, better })),
        _ => Ok(Err(if blocked { "throttled" } else { "wrong" })),
    }
}
