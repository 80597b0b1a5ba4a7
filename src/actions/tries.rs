//! Tries at somebody's secrets, counted: one budget for passwords, codes and passkeys of an identity, one per address range.

use super::{App, Origin, Stop};
use crate::domain::{Throttle, ThrottleKey, ThrottleRule};
use crate::store::sessions::{self, BrowserSession};
use crate::store::{Tx, audit, devices, identities, throttles};
use crate::types::{IdentityId, Seconds, Timestamp};

/// What counts one try.
pub(super) struct Tries {
    /// The waits, the narrowest first.
    waits: Vec<(ThrottleKey, ThrottleRule)>,
    /// Whose tries in a row are counted, whatever the time between them.
    row: Option<Row>,
}

/// At whose secrets it is tried.
pub(super) struct Row {
    pub who: IdentityId,
    /// A name that nobody has goes through the same statements, for the same time.
    pub is_somebody: bool,
    /// A browser that its owner used before, by its session or by its own cookie, is let in whatever others tried elsewhere, and its failures
    /// do not close the door to them.
    pub at_home: Option<String>,
}

impl Row {
    /// Who is tried at, in this browser.
    pub(super) async fn of(app: &App, session: &BrowserSession, who: IdentityId, is_somebody: bool, origin: &Origin) -> Result<Self, Stop> {
        // All of it is read for a name that nobody has too: a missing read would tell them apart.
        let by_session = sessions::has_signed_in(&app.store.db, &session.id, &who).await?;
        let by_device = match &origin.device_token {
            Some(token) if devices::is_used_by(&app.store.db, token, &who).await? => Some(token.selector().to_string()),
            _ => None,
        };
        Ok(Self { who, is_somebody, at_home: by_session.then(|| session.id.to_string()).or(by_device) })
    }
}

/// A try that was counted, and what stood there before.
pub(super) struct Reserved {
    waits: Vec<(ThrottleKey, Throttle)>,
    row: Option<IdentityId>,
    /// Too many in a row: whatever is shown, it is refused. It is counted and costs what others cost, so that time does not tell.
    pub closed: bool,
    /// The last of them: when it fails too, the name is closed.
    last: bool,
}

impl Reserved {
    /// Takes it back: it was no failure, and no success that forgets the others.
    pub(super) async fn give_back(&self, tx: &mut Tx) -> Result<(), Stop> {
        for (key, before) in &self.waits {
            throttles::uncount(tx, key, before).await?;
        }
        if let Some(who) = &self.row {
            identities::uncount_guess(tx, who).await?;
        }
        Ok(())
    }
}

/// Wrong tries in a row at one person's secrets (NIST SP 800-63B-4 section 3.2.2).
const IN_A_ROW: i64 = 100;

/// Wrong user codes in an hour by people who are not signed in, all together, before such tries wait.
const EVERYBODY: i64 = 1000;

/// How often a try that was overtaken counts itself again before it waits like the rest.
const RESERVATIONS: usize = 20;

impl Tries {
    /// At the secrets of `row.who`, or of a name that nobody has, `named`. A browser that its owner used before has a budget of its own,
    /// so that nobody can keep them out by guessing elsewhere.
    pub(super) fn at(app: &App, named: &str, row: Row, origin: &Origin) -> Self {
        let rule = |free| ThrottleRule { free, longest: app.config.throttle_longest };
        let name_free = app.config.throttle_name_free;
        if let Some(home) = &row.at_home {
            return Self { waits: vec![(ThrottleKey::name_from(named, home), rule(name_free))], row: Some(row) };
        }
        let range = origin.address_range();
        let mut waits = vec![(ThrottleKey::name_from(named, range.as_deref().unwrap_or("anywhere")), rule(name_free))];
        // From many places at once, a name still has a budget of its own.
        waits.push((ThrottleKey::name(named), rule(name_free * 4)));
        waits.extend(range.map(|range| (ThrottleKey::address(&range), rule(app.config.throttle_address_free))));
        Self { waits, row: Some(row) }
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
        Self { waits: all, row: None }
    }

    /// Counts a try as failed before the secret is looked at, so that many at once cannot all pass for the first;
    /// `None` when the name or the address has to wait. While it waits, tries do not count: nobody can prolong the wait.
    pub(super) async fn reserve(&self, app: &App, now: Timestamp) -> Result<Option<Reserved>, Stop> {
        for _ in 0..RESERVATIONS {
            let mut tx = app.store.begin().await?;
            let mut first = true;
            let mut counted = Vec::new();
            let keys: Vec<_> = self.waits.iter().map(|(key, _)| key).collect();
            let states = throttles::states(&mut tx, &keys).await?;
            if self.waits.iter().zip(&states).any(|((_, rule), seen)| seen.blocked_until(*rule, now).is_some()) {
                return Ok(None);
            }
            // From one address many people sign in: there only failures count, once they are failures (decisions.md 29).
            for (key, seen) in keys.into_iter().zip(states).filter(|(key, _)| key.is_for_name()) {
                first &= throttles::count(&mut tx, key, &seen, now).await?;
                counted.push((key.clone(), seen));
            }
            if !first {
                continue;
            }
            let (mut row, mut closed, mut last) = (None, false, false);
            if let Some(Row { who, is_somebody, at_home: None }) = &self.row {
                let tried = identities::count_guess(&mut tx, who, IN_A_ROW).await?;
                closed = *is_somebody && tried.is_none();
                last = tried == Some(IN_A_ROW);
                row = tried.map(|_| who.clone());
            }
            tx.commit().await?;
            return Ok(Some(Reserved { waits: counted, row, closed, last }));
        }
        Ok(None)
    }

    /// Counts a failure at the address; the last one in a row is told.
    pub(super) async fn failed(&self, app: &App, reserved: &Reserved, origin: &Origin, now: Timestamp) -> Result<(), Stop> {
        for (key, _) in self.waits.iter().filter(|(key, _)| !key.is_for_name()) {
            for _ in 0..RESERVATIONS {
                let mut tx = app.store.begin().await?;
                let seen = throttles::state(&mut tx, key).await?;
                if throttles::count(&mut tx, key, &seen, now).await? {
                    tx.commit().await?;
                    break;
                }
            }
        }
        match &reserved.row {
            Some(who) if reserved.last => tell_of_guesses(app, who, origin, now).await,
            _ => Ok(()),
        }
    }

    /// How many failures in a row the name has had from here.
    pub(super) async fn failures(&self, tx: &mut Tx) -> Result<i64, Stop> {
        match self.waits.first() {
            Some((key, _)) => Ok(throttles::state(tx, key).await?.failures),
            None => Ok(0),
        }
    }

    /// A success forgets the failures of the name; what others failed at from the same address stays.
    pub(super) async fn succeeded(&self, tx: &mut Tx) -> Result<(), Stop> {
        self.end_waits(tx).await?;
        if let Some(row) = &self.row {
            identities::forget_guesses(tx, &row.who).await?;
        }
        Ok(())
    }

    /// The same for whoever forgets the tries in a row in a statement of their own.
    pub(super) async fn end_waits(&self, tx: &mut Tx) -> Result<(), Stop> {
        let names: Vec<_> = self.waits.iter().map(|(key, _)| key).filter(|key| key.is_for_name()).collect();
        Ok(throttles::reset_all(tx, &names).await?)
    }
}

/// That was the last try from a browser that is not theirs: they learn how to get in, and that somebody guesses.
async fn tell_of_guesses(app: &App, who: &IdentityId, origin: &Origin, now: Timestamp) -> Result<(), Stop> {
    let mut tx = app.store.begin().await?;
    audit::append(&mut tx, &app.event("sign_in.closed_elsewhere", origin, now).by(who)).await?;
    if let Some(person) = identities::find(&app.store.db, who).await? {
        super::mailing::tell(app, &mut tx, &person, "guessed", &[("link", app.config.url("/recover"))], now).await?;
    }
    Ok(tx.commit().await?)
}
