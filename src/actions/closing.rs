//! Closing one's own sign-in: at once nobody acts with it, for a while signing in brings it back, and then it is gone.

use super::mailing::tell;
use super::{App, Origin, Stop};
use crate::domain::Identity;
use crate::store::accounts::{self, Filter};
use crate::store::sessions::{self, BrowserSession};
use crate::store::{Tx, audit, audit_seals, authenticators, consolidations, identities, invitations, mail_links};
use crate::types::{IdentityId, Seconds, Timestamp};

/// How long a closed sign-in can be brought back.
const GRACE: Seconds = Seconds::days(14);

/// Why a sign-in is not closed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CloseRefused {
    /// Accounts of sign-ins that it took over hang on it (threats.md T22).
    #[error("primary-has-linked-accounts")]
    LinkedAccounts,
    /// It is the last one with full access in this company.
    #[error("last-owner")]
    LastOwner(String),
    /// The person was signed out meanwhile.
    #[error("signed-out")]
    SignedOut,
}

/// Whether somebody may close their sign-in.
pub async fn may_close(app: &App, who: &IdentityId) -> Result<Result<(), CloseRefused>, Stop> {
    if consolidations::carries_others(&app.store.db, who).await? {
        return Ok(Err(CloseRefused::LinkedAccounts));
    }
    Ok(match accounts::sole_keeper_of(&app.store.db, who).await? {
        Some(company) => Err(CloseRefused::LastOwner(company)),
        None => Ok(()),
    })
}

/// Closes: everything that was open ends now, and the rest after the grace.
pub async fn close_identity(
    app: &App,
    session: &BrowserSession,
    who: &IdentityId,
    origin: &Origin,
    now: Timestamp,
) -> Result<Result<Timestamp, CloseRefused>, Stop> {
    if let Err(refused) = may_close(app, who).await? {
        return Ok(Err(refused));
    }
    let at = now + GRACE;
    let mut tx = app.store.begin().await?;
    if sessions::hold_proofs(&mut tx, &session.id, who).await?.is_none() {
        return Ok(Err(CloseRefused::SignedOut));
    }
    identities::set_closes_at(&mut tx, who, Some(at)).await?;
    super::sign_out::out_of_everything(app, &mut tx, who, "closed", origin, now).await?;
    mail_links::void_all(&mut tx, who, now).await?;
    invitations::end_personal(&mut tx, who, "closed", now).await?;
    if let Some(person) = identities::find(&app.store.db, who).await? {
        let args = [("days", (GRACE.0 / 86_400).to_string()), ("link", app.config.url("/sign-in"))];
        tell(app, &mut tx, &person, "closing", &args, now).await?;
    }
    audit::append(&mut tx, &app.event("identity.closing", origin, now).by(who)).await?;
    tx.commit().await?;
    Ok(Ok(at))
}

/// Signing in within the grace brings it back; the person is told. False when the grace is over: then nobody signs in any more.
pub(super) async fn restore(app: &App, tx: &mut Tx, who: &IdentityId, closes_at: Option<Timestamp>, origin: &Origin, now: Timestamp) -> Result<bool, Stop> {
    match closes_at {
        Some(at) if at <= now => Ok(false),
        Some(_) => bring_back(app, tx, who, origin, now).await.map(|()| true),
        None => Ok(true),
    }
}

async fn bring_back(app: &App, tx: &mut Tx, who: &IdentityId, origin: &Origin, now: Timestamp) -> Result<(), Stop> {
    identities::set_closes_at(tx, who, None).await?;
    if let Some(person) = identities::find(&app.store.db, who).await? {
        tell(app, tx, &person, "restored", &[("link", app.config.url("/"))], now).await?;
    }
    Ok(audit::append(tx, &app.event("identity.restored", origin, now).by(who)).await?)
}

/// Ends what is due; how many.
pub async fn end_closings(app: &App, now: Timestamp) -> Result<usize, Stop> {
    let due = identities::due_closings(&app.store.db, now, 20).await?;
    let mut ended = 0;
    for who in due {
        if let Some(person) = identities::find(&app.store.db, &who).await? {
            ended += usize::from(end_one(app, &person, now).await?);
        }
    }
    Ok(ended)
}

async fn end_one(app: &App, person: &Identity, now: Timestamp) -> Result<bool, Stop> {
    let origin = Origin { request_id: "closing".into(), ..Origin::default() };
    let who = &person.id;
    // What stands in the way now did not then: its owner has it back, and is told.
    if may_close(app, who).await?.is_err() {
        return give_back(app, who, &origin, now).await;
    }
    loop {
        let left = accounts::page(&app.store.db, who, &Filter::default(), 50).await?;
        if left.is_empty() {
            break;
        }
        for account in &left {
            if super::people::end(app, account, Some(who), &origin, now).await?.is_err() {
                return give_back(app, who, &origin, now).await;
            }
        }
    }
    let mut tx = app.store.begin().await?;
    if !identities::erase(&mut tx, who, now).await? {
        return Ok(false);
    }
    tell(app, &mut tx, person, "closed", &[], now).await?;
    authenticators::remove_all(&mut tx, who).await?;
    audit::append(&mut tx, &app.event("identity.closed", &origin, now).by(who)).await?;
    // What companies keep of them is a nameless id (threats.md T54).
    audit_seals::forget_addresses(&mut tx, who).await?;
    tx.commit().await?;
    Ok(true)
}

async fn give_back(app: &App, who: &IdentityId, origin: &Origin, now: Timestamp) -> Result<bool, Stop> {
    let mut tx = app.store.begin().await?;
    bring_back(app, &mut tx, who, origin, now).await?;
    tx.commit().await?;
    Ok(false)
}
