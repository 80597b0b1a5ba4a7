//! Signing in by name and password.

use super::password_proof::prove_password;
use super::{App, Origin, Stop};
use crate::domain::{Method, Proof, SignInName};
use crate::flow::Progress;
use crate::store::audit;
use crate::store::interactions::{self, Interaction};
use crate::store::sessions::{self, BrowserSession, SessionToken};
use crate::types::{IdentityId, OpaqueToken, Timestamp};

/// Why somebody is not signed in. One answer for everything.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SignInRefused {
    /// Name or password is wrong, or there were too many tries; nobody is told which.
    #[error("not signed in")]
    NotSignedIn,
    /// It was an account manager's temporary password: this browser may set a real one now, and nothing else.
    #[error("set a password first")]
    SetPassword,
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
    let typed = name;
    let name = SignInName::typed(typed);
    let proved = match prove_password(app, session, &name, password, origin, now).await? {
        Ok(proved) => proved,
        Err("wrong") if super::managers::opens_set_password(app, session, typed, password, origin, now).await? => {
            return Ok(Err(SignInRefused::SetPassword));
        }
        Err(reason) => {
            app.store.hot.append(app.event("sign_in.refused", origin, now).reason(reason)).await?;
            return Ok(Err(SignInRefused::NotSignedIn));
        }
    };

    let identity_id = proved.candidate.identity.id.clone();
    let before = session.signed_in.iter().find(|s| s.identity_id == identity_id).map(|s| s.proofs.clone()).unwrap_or_default();
    let proofs = before.with(Proof { method: Method::Password, at: now });
    let cookie = OpaqueToken::mint(session.id.clone(), &mut app.rng());
    let mut progress: Progress = interaction.progress.clone();
    if !progress.proved.contains(&identity_id) {
        progress.proved.push(identity_id.clone());
    }
    progress.adding_identity = false;

    let mut tx = app.store.begin().await?;
    if !proved.settle(&mut tx).await? {
        return Ok(Err(SignInRefused::NotSignedIn));
    }
    if !sessions::rotate(&mut tx, &cookie, now).await? || !interactions::save(&mut tx, &interaction.id, &progress).await? {
        return Ok(Err(SignInRefused::Over));
    }
    sessions::sign_in(&mut tx, &session.id, &identity_id, &proofs, now).await?;
    audit::append(&mut tx, &app.event("sign_in.accepted", origin, now).by(&identity_id).acr(crate::protocol::ACR_1FA)).await?;
    tx.commit().await?;
    Ok(Ok(SignedInNow { identity_id, cookie }))
}
