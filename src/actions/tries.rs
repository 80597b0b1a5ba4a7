//! Tries at somebody's secrets, counted: one budget for passwords, codes and passkeys of an identity, one per address range.

use super::{App, Origin, Stop};
use crate::domain::{Throttle, ThrottleKey, ThrottleRule};
use crate::store::sessions::BrowserSession;
use crate::store::{Tx, throttles};
use crate::types::{Seconds, Timestamp};

/// What counts one try, the narrowest first.
pub(super) struct Tries(Vec<(ThrottleKey, ThrottleRule)>);

/// A try that was counted, and what stood there before.
pub(super) struct Reserved(Vec<(ThrottleKey, Throttle)>);

impl Reserved {
    /// Takes it back: it was no failure, and no success that forgets the others.
    pub(super) async fn give_back(&self, tx: &mut Tx) -> Result<(), Stop> {
        for (key, before) in &self.0 {
            throttles::uncount(tx, key, before).await?;
        }
        Ok(())
    }
}

/// Wrong user codes in an hour by people who are not signed in, all together, before such tries wait.
const EVERYBODY: i64 = 1000;

/// How often a try that was overtaken counts itself again before it waits like the rest.
const RESERVATIONS: usize = 20;

impl Tries {
    /// For whoever `who` is: an identity, or a name that nobody has. A browser that its owner used before has a budget of its own,
    /// so that nobody can keep them out by guessing elsewhere.
    pub(super) fn at(app: &App, who: &str, known_browser: Option<&BrowserSession>, origin: &Origin) -> Self {
        let rule = |free| ThrottleRule { free, longest: app.config.throttle_longest };
        let name_free = app.config.throttle_name_free;
        if let Some(session) = known_browser {
            return Self(vec![(ThrottleKey::name_from(who, session.id.as_str()), rule(name_free))]);
        }
        let range = origin.address_range();
        let mut all = vec![(ThrottleKey::name_from(who, range.as_deref().unwrap_or("anywhere")), rule(name_free))];
        // From many places at once, a name still has a budget of its own.
        all.push((ThrottleKey::name(who), rule(name_free * 4)));
        all.extend(range.map(|range| (ThrottleKey::address(&range), rule(app.config.throttle_address_free))));
        Self(all)
    }

    /// At user codes of devices (RFC 8628 section 5.1): a budget for the browser, one for the address range, and one for everybody in an
    /// hour. The last one does not meet whoever is signed in, for with enough addresses somebody can use it up.
    pub(super) fn at_user_codes(app: &App, session: &BrowserSession, origin: &Origin, now: Timestamp) -> Self {
        let free = app.config.throttle_name_free;
        let rule = |free| ThrottleRule { free, longest: app.config.throttle_longest };
        let mut all = vec![(ThrottleKey::name_from("user-code", session.id.as_str()), rule(free * 2))];
        all.extend(origin.address_range().map(|range| (ThrottleKey::name_from("user-code", &range), rule(app.config.throttle_address_free))));
        if session.signed_in.is_empty() {
            let hour = now.seconds().div_euclid(Seconds::hours(1).0);
            all.push((ThrottleKey::name(&format!("user-code {hour}")), ThrottleRule { free: EVERYBODY, longest: Seconds(2) }));
        }
        Self(all)
    }

    /// Counts a try as failed before the secret is looked at, so that many at once cannot all pass for the first;
    /// `None` when the name or the address has to wait. While it waits, tries do not count: nobody can prolong the wait.
    pub(super) async fn reserve(&self, app: &App, now: Timestamp) -> Result<Option<Reserved>, Stop> {
        for _ in 0..RESERVATIONS {
            let mut tx = app.store.begin().await?;
            let mut first = true;
            let mut counted = Vec::new();
            for (key, rule) in &self.0 {
                let seen = throttles::state(&mut tx, key).await?;
                if seen.blocked_until(*rule, now).is_some() {
                    return Ok(None);
                }
                // From one address many people sign in: there only failures count, once they are failures (decisions.md 29).
                if !key.is_for_name() {
                    continue;
                }
                first &= throttles::count(&mut tx, key, &seen, now).await?;
                counted.push((key.clone(), seen));
            }
            if first {
                tx.commit().await?;
                return Ok(Some(Reserved(counted)));
            }
        }
        Ok(None)
    }

    /// Counts a failure at the address.
    pub(super) async fn failed(&self, app: &App, now: Timestamp) -> Result<(), Stop> {
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

    /// How many failures in a row the name has had from here.
    pub(super) async fn failures(&self, tx: &mut Tx) -> Result<i64, Stop> {
        match self.0.first() {
            Some((key, _)) => Ok(throttles::state(tx, key).await?.failures),
            None => Ok(0),
        }
    }

    /// A success forgets the failures of the name; what others failed at from the same address stays.
    pub(super) async fn succeeded(&self, tx: &mut Tx) -> Result<(), Stop> {
        for (key, _) in self.0.iter().filter(|(key, _)| key.is_for_name()) {
            throttles::reset(tx, key).await?;
        }
        Ok(())
    }
}
