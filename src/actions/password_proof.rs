//! A name and a password, shown to us: for signing in, and for linking somebody's account (threats.md T18).
//!
//! Unknown, ambiguous, throttled and passwordless names each cost exactly one hash and read the same (decisions.md 39).

use super::tries::{Reserved, Row, Tries};
use super::{App, Origin, Stop};
use crate::crypto::{Verdict, normalise};
use crate::domain::SignInName;
use crate::store::Tx;
use crate::store::identities::{self, Candidate};
use crate::store::sessions::BrowserSession;
use crate::types::{IdentityId, Timestamp};

/// A password that was right.
pub(super) struct Proved {
    pub candidate: Candidate,
    pub tries: Tries,
    reserved: Reserved,
    hash: String,
    better: Option<String>,
}

impl Proved {
    /// Makes the proof count in the transaction of what it opens: a stronger hash is kept, and the tries are forgotten when
    /// nothing more is asked. When a second factor is, guesses at that one go on counting where these stood.
    /// False when the password was replaced while its hash was computed (threats.md T02).
    pub(super) async fn settle(&self, tx: &mut Tx, is_all: bool) -> Result<bool, Stop> {
        let id = &self.candidate.identity.id;
        if !identities::hold_password(tx, id, &self.hash, is_all).await? {
            return Ok(false);
        }
        match is_all {
            true => self.tries.end_waits(tx).await?,
            false => self.reserved.give_back(tx).await?,
        }
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
    // A name that nobody has goes the same way.
    let asked = candidate.as_ref().map_or_else(|| IdentityId::mint(now, &mut app.rng()), |c| c.identity.id.clone());
    let row = Row::of(app, session, asked, candidate.is_some(), origin).await?;
    // However somebody is named, they have one budget.
    let who = candidate.as_ref().map_or_else(|| name.key().to_owned(), |c| c.identity.id.to_string());
    let tries = Tries::at(app, &who, row, origin);
    let reserved = tries.reserve(app, now).await?;
    let blocked = reserved.is_none();
    let closed = reserved.as_ref().is_some_and(|r| r.closed);
    let hash = candidate.as_ref().filter(|_| !blocked && !closed).and_then(|c| c.password_hash.clone());
    let verdict = match app.hasher.verify(normalise(password), hash.clone()).await {
        Ok(verdict) => verdict,
        Err(busy) => {
            // Nobody looked at the password, so the try counts for nothing.
            if let Some(reserved) = &reserved {
                let mut tx = app.store.begin().await?;
                reserved.give_back(&mut tx).await?;
                tx.commit().await?;
            }
            return Err(busy.into());
        }
    };
    let better = match verdict {
        Verdict::Right => None,
        Verdict::RightUpgrade(better) => Some(better),
        _ => {
            if let Some(reserved) = &reserved {
                tries.failed(app, reserved, origin, now).await?;
            }
            return Ok(Err(if blocked || closed { "throttled" } else { "wrong" }));
        }
    };
    match (candidate, hash, reserved) {
        (Some(candidate), Some(hash), Some(reserved)) => Ok(Ok(Proved { candidate, tries, reserved, hash, better })),
        _ => Ok(Err(if blocked { "throttled" } else { "wrong" })),
    }
}
