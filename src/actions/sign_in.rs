//! Signing in by name and password.
//!
//! Unknown, ambiguous, throttled and passwordless names each cost exactly one hash and read the same (decisions.md 39).

use super::{App, Origin, Stop};
use crate::crypto::{Verdict, normalise};
use crate::domain::{Method, Proof, SignInName, ThrottleKey, ThrottleRule};
use crate::flow::Progress;
use crate::store::interactions::{self, Interaction};
use crate::store::sessions::{self, BrowserSession, SessionToken};
use crate::store::{Tx, audit, identities, throttles};
use crate::types::{IdentityId, OpaqueToken, Timestamp};

/// Why somebody is not signed in. One answer for everything.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SignInRefused {
    /// Name or password is wrong, or there were too many tries; nobody is told which.
    #[error("not signed in")]
    NotSignedIn,
    /// The interaction was answered or has expired meanwhile.
    #[error("this sign-in is over")]
    Over,
}

/// Somebody has signed in.
#[derive(Debug)]
pub struct SignedInNow {
    /// Who.
    pub identity_id: IdentityId,
    /// The cookie's new secret; the old one is dead.
    pub cookie: SessionToken,
}

/// What counts the tries of one sign-in, the narrowest first.
struct Counters(Vec<(ThrottleKey, ThrottleRule)>);

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
        for (key, _) in &self.0 {
            throttles::uncount(&mut tx, key).await?;
        }
        Ok(tx.commit().await?)
    }

    /// A success forgets the failures of the name, and takes back its own try at the address.
    async fn succeeded(&self, tx: &mut Tx) -> Result<(), Stop> {
        for (key, _) in &self.0 {
            if key.is_for_name() {
                throttles::reset(tx, key).await?;
            } else {
                throttles::uncount(tx, key).await?;
            }
        }
        Ok(())
    }
}

/// How often a try that was overtaken counts itself again before it waits like the rest.
const RESERVATIONS: usize = 20;

/// Signs in inside an interaction. A refusal leaves its marks: counters and an event.
pub async fn sign_in(
    app: &App,
    interaction: &Interaction,
    session: &BrowserSession,
    name: &str,
    password: &str,
    origin: &Origin,
    now: Timestamp,
) -> Result<Result<SignedInNow, SignInRefused>, Stop> {
    let name = SignInName::typed(name);
    let candidate = identities::meant_by(&app.store.db, &name).await?;
    // Asked for a name that nobody has too: a missing read would tell them apart.
    let asked = candidate.as_ref().map_or_else(|| IdentityId::mint(now, &mut app.rng()), |c| c.identity.id.clone());
    let known = sessions::has_signed_in(&app.store.db, &session.id, &asked).await?;
    let counters = Counters::of(app, &name, known.then_some(session), origin);
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

    let right = matches!(verdict, Verdict::Right | Verdict::RightUpgrade(_));
    let (Some(candidate), Some(hash)) = (candidate.filter(|_| right && !blocked), hash) else {
        app.store.hot.append(app.event("sign_in.refused", origin, now).reason(if blocked { "throttled" } else { "wrong" })).await?;
        return Ok(Err(SignInRefused::NotSignedIn));
    };

    let identity_id = candidate.identity.id;
    let before = session.signed_in.iter().find(|s| s.identity_id == identity_id).map(|s| s.proofs.clone()).unwrap_or_default();
    let proofs = before.with(Proof { method: Method::Password, at: now });
    let cookie = OpaqueToken::mint(session.id.clone(), &mut app.rng());
    let mut progress: Progress = interaction.progress.clone();
    if !progress.proved.contains(&identity_id) {
        progress.proved.push(identity_id.clone());
    }
    progress.adding_identity = false;

    let mut tx = app.store.begin().await?;
    // A password that was replaced while its hash was computed opens nothing (threats.md T02).
    if !identities::hold_password(&mut tx, &identity_id, &hash).await? {
        return Ok(Err(SignInRefused::NotSignedIn));
    }
    if !sessions::rotate(&mut tx, &cookie, now).await? || !interactions::save(&mut tx, &interaction.id, &progress).await? {
        return Ok(Err(SignInRefused::Over));
    }
    sessions::sign_in(&mut tx, &session.id, &identity_id, &proofs, now).await?;
    counters.succeeded(&mut tx).await?;
    if let Verdict::RightUpgrade(better) = &verdict {
        identities::upgrade_hash(&mut tx, &identity_id, &hash, better).await?;
    }
    audit::append(&mut tx, &app.event("sign_in.accepted", origin, now).by(&identity_id).acr(crate::protocol::ACR_1FA)).await?;
    tx.commit().await?;
    Ok(Ok(SignedInNow { identity_id, cookie }))
}
