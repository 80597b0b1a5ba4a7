//! Signing in by name and password.

use super::password_proof::prove_password;
use super::second_factor::{NewCookies, SIGNED_IN, sign_in_with};
use super::{App, Origin, Stop};
use crate::domain::{Method, Proof, Proofs, SignInName};
use crate::flow::{Pending, Progress};
use crate::store::identities::Standing;
use crate::store::interactions::{self, Interaction};
use crate::store::sessions::BrowserSession;
use crate::store::{Tx, audit, devices, identities};
use crate::types::{IdentityId, Timestamp};

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
    /// New cookies. `None` while a second factor is still to be shown.
    pub cookies: Option<NewCookies>,
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
    let enrolled = &proved.candidate.enrolled;
    let proof = Proof { method: Method::Password, at: now };
    if !enrolled.is_empty() && super::factor_reset::is_ready(app, &identity_id, now).await? {
        let mut tx = app.store.begin().await?;
        if !proved.settle(&mut tx, true).await? || !super::factor_reset::carry_out(app, &mut tx, &proved.candidate.identity, origin, now).await? {
            return Ok(Err(SignInRefused::NotSignedIn));
        }
        let standing = identities::standing(&mut tx, &identity_id).await?;
        return whole(app, tx, interaction, session, identity_id, &standing, &[proof], origin, now).await;
    }
    let remembered = match (&origin.device_token, app.config.factors_remembered_days > 0) {
        (Some(token), true) if !enrolled.is_empty() => devices::remembered(&app.store.db, token, &identity_id, now).await?,
        _ => None,
    };
    if !enrolled.is_empty() && remembered.is_none() {
        // Half a sign-in: nobody is signed in yet, and the other half is asked for next.
        let factors = enrolled.iter().collect();
        let epoch = proved.candidate.credential_epoch;
        let mut progress: Progress = interaction.progress.clone();
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
        return Ok(Ok(SignedInNow { identity_id, cookies: None }));
    }

    let mut tx = app.store.begin().await?;
    if !proved.settle(&mut tx, true).await? {
        return Ok(Err(SignInRefused::NotSignedIn));
    }
    // Of a factor registered while the password was looked at, too, the other half is asked.
    let standing = identities::standing(&mut tx, &identity_id).await?;
    if remembered.is_none() && !standing.enrolled.is_empty() {
        return Ok(Err(SignInRefused::NotSignedIn));
    }
    // A browser in which the second factor was shown before counts as what it is, and as old as that (threats.md T40).
    let mut proofs = vec![proof];
    proofs.extend(remembered.map(|at| Proof { method: Method::RememberedDevice, at }));
    whole(app, tx, interaction, session, identity_id, &standing, &proofs, origin, now).await
}

/// Nothing more is asked to be signed in.
#[allow(clippy::too_many_arguments)]
async fn whole(
    app: &App,
    mut tx: Tx,
    interaction: &Interaction,
    session: &BrowserSession,
    identity_id: IdentityId,
    standing: &Standing,
    proofs: &[Proof],
    origin: &Origin,
    now: Timestamp,
) -> Result<Result<SignedInNow, SignInRefused>, Stop> {
    match sign_in_with(app, &mut tx, interaction, session, &identity_id, standing, proofs, SIGNED_IN, origin, now).await? {
        Some(cookies) => {
            tx.commit().await?;
            Ok(Ok(SignedInNow { identity_id, cookies: Some(cookies) }))
        }
        None => Ok(Err(SignInRefused::Over)),
    }
}
