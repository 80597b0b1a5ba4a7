//! Signing in by name and password.

use super::password_proof::prove_password;
use super::{App, Origin, Stop};
use crate::domain::{Method, Proof, Proofs, SignInName};
use crate::flow::{Pending, Progress, acr_of};
use crate::store::interactions::{self, Interaction};
use crate::store::sessions::{self, BrowserSession, SessionToken};
use crate::store::{audit, authenticators, security};
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

/// Somebody has signed in, or has half done so.
#[derive(Debug)]
pub struct SignedInNow {
    /// Who.
    pub identity_id: IdentityId,
    /// The cookie's new secret; the old one is dead. `None` while a second factor is still to be shown.
    pub cookie: Option<SessionToken>,
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
    let enrolled = authenticators::enrolled(&app.store.db, &identity_id).await?;
    let proof = Proof { method: Method::Password, at: now };
    let mut progress: Progress = interaction.progress.clone();
    if !enrolled.is_empty() {
        // Half a sign-in: nobody is signed in yet, and the other half is asked for next.
        let factors = enrolled.iter().collect();
        let epoch = proved.candidate.credential_epoch;
        progress.pending = Some(Pending { identity_id: identity_id.clone(), proofs: Proofs::default().with(proof), epoch, factors });
        let mut tx = app.store.begin().await?;
        if !proved.settle(&mut tx, false).await? {
            return Ok(Err(SignInRefused::NotSignedIn));
        }
        if !interactions::save(&mut tx, &interaction.id, &progress).await? {
            return Ok(Err(SignInRefused::Over));
        }
        audit::append(&mut tx, &app.event("sign_in.factor_asked", origin, now).by(&identity_id)).await?;
        tx.commit().await?;
        return Ok(Ok(SignedInNow { identity_id, cookie: None }));
    }
    let before = session.signed_in.iter().find(|s| s.identity_id == identity_id).map(|s| s.proofs.clone()).unwrap_or_default();
    let acr_before = acr_of(before.level());
    let proofs = before.with(proof);
    let cookie = OpaqueToken::mint(session.id.clone(), &mut app.rng());
    if !progress.proved.contains(&identity_id) {
        progress.proved.push(identity_id.clone());
    }
    progress.adding_identity = false;
    progress.pending = None;

    let mut tx = app.store.begin().await?;
    if !proved.settle(&mut tx, true).await? {
        return Ok(Err(SignInRefused::NotSignedIn));
    }
    // Of a factor registered while the password was looked at, too, the other half is asked.
    if !authenticators::enrolled_now(&mut tx, &identity_id).await?.is_empty() {
        return Ok(Err(SignInRefused::NotSignedIn));
    }
    if !sessions::rotate(&mut tx, &cookie, now).await? || !interactions::save(&mut tx, &interaction.id, &progress).await? {
        return Ok(Err(SignInRefused::Over));
    }
    super::closing::restore(app, &mut tx, &identity_id, origin, now).await?;
    sessions::sign_in(&mut tx, &session.id, &identity_id, &proofs, now).await?;
    security::note_device(&mut tx, &session.id, &identity_id, &origin.device, &origin.address_text().unwrap_or_default()).await?;
    let event = app.event("sign_in.accepted", origin, now).by(&identity_id).acr_before(acr_before).acr(acr_of(proofs.level())).reason("pwd");
    audit::append(&mut tx, &event).await?;
    tx.commit().await?;
    Ok(Ok(SignedInNow { identity_id, cookie: Some(cookie) }))
}
