//! The way back for somebody who lost every second factor and every recovery code (NIST SP 800-63B-4 section 4.2): the operator looks
//! who they are and begins it; they are told by mail, and for a while anybody who reads that mail or still has a factor ends it. Then a
//! right password is enough once, everything that was open ends, and a second factor is asked for as before: none is dropped in silence.

use super::mailing::tell;
use super::operator::{Answer, Refused, accept, find_person};
use super::{App, Origin, Stop};
use crate::domain::Identity;
use crate::store::audit::AuditEvent;
use crate::store::links::Touching;
use crate::store::mail_links::{self, MailToken, Purpose};
use crate::store::sessions::{self, BrowserSession};
use crate::store::{Tx, audit, authenticators, devices, factor_resets, identities, invitations};
use crate::types::{IdentityId, OpaqueToken, RowId, Seconds, Timestamp};

/// How long it can be used once the time is over.
const USABLE: Seconds = Seconds::days(7);

/// Why none is begun.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum NotBegun {
    /// There is nothing to give up.
    #[error("they have no second factor")]
    NoFactor,
    /// They could not be told.
    #[error("they have no proved address, so they could not be told and say no")]
    NoAddress,
}

/// The operator begins it for a person, by username, address or id; when it can be used comes back.
pub async fn begin_factor_reset(app: &App, name: &str, origin: &Origin, now: Timestamp) -> Answer<Timestamp> {
    let who = accept!(find_person(app, name).await?);
    let person = accept!(identities::find(&app.store.db, &who).await?.filter(|p| p.closed_at.is_none()).ok_or_else(|| Refused("they cannot sign in".into())));
    let operator = app.texts.say(person.profile.locale.unwrap_or_default(), "the-operator", &[]);
    let event = app.event("factor_reset.begun", origin, now);
    // At the console it is the operator's act; from the command line nobody's name is known.
    let event = if origin.person.is_some() { event.reason(who.as_str()) } else { event.by(&who).reason("operator") };
    Ok(begin(app, &person, &operator, event, now).await?.map_err(Refused::because))
}

/// Begins it, and tells the person whom somebody asked for it: the operator, or a company.
pub(super) async fn begin(app: &App, person: &Identity, asked: &str, event: AuditEvent, now: Timestamp) -> Result<Result<Timestamp, NotBegun>, Stop> {
    let who = &person.id;
    if authenticators::enrolled(&app.store.db, who).await?.is_empty() {
        return Ok(Err(NotBegun::NoFactor));
    }
    if person.email.is_none() || person.email_verified_at.is_none() {
        return Ok(Err(NotBegun::NoAddress));
    }
    let ready = now + Seconds::days(app.config.factors_reset_days);
    let mut rng = app.rng();
    let token: MailToken = OpaqueToken::mint(RowId::mint(now, &mut rng), &mut rng);
    let mut tx = app.store.begin().await?;
    factor_resets::begin(&mut tx, &RowId::mint(now, &mut rng), who, ready, ready + USABLE, now).await?;
    let key = person.email.as_deref().map(crate::types::canonical).unwrap_or_default();
    mail_links::add(&mut tx, Purpose::FactorReset, &token, who, &key, ready + USABLE, now).await?;
    let link = app.config.url(&format!("/factor-reset/{}", token.reveal().expose()));
    let args = [("asked", asked.to_owned()), ("days", app.config.factors_reset_days.to_string()), ("link", link)];
    tell(app, &mut tx, person, "factor-reset-begun", &args, now).await?;
    audit::append(&mut tx, &event).await?;
    tx.commit().await?;
    Ok(Ok(ready))
}

/// Whose reset a browser may end.
pub async fn held_factor_reset(app: &App, session: &BrowserSession, now: Timestamp) -> Result<Option<Identity>, Stop> {
    let Some(held) = &session.mail_link else { return Ok(None) };
    let Some(link) = mail_links::held(&app.store.db, Purpose::FactorReset, held, now).await? else { return Ok(None) };
    Ok(identities::find(&app.store.db, &link.identity_id).await?)
}

/// The person says no. False when the link is no longer good.
pub async fn stop_factor_reset(app: &App, session: &BrowserSession, origin: &Origin, now: Timestamp) -> Result<bool, Stop> {
    let Some(held) = &session.mail_link else { return Ok(false) };
    let mut tx = app.store.begin().await?;
    let Some(link) = mail_links::consume(&mut tx, Purpose::FactorReset, held, now).await? else { return Ok(false) };
    sessions::hold_mail_link(&mut tx, &session.id, None).await?;
    end(app, &mut tx, &link.identity_id, "stopped", origin, now).await?;
    tx.commit().await?;
    Ok(true)
}

/// Ends what was begun for somebody: they said no, chose another password, or still have a factor.
pub(super) async fn end(app: &App, tx: &mut Tx, who: &IdentityId, reason: &'static str, origin: &Origin, now: Timestamp) -> Result<(), Stop> {
    if factor_resets::end(tx, who, reason, now).await? {
        audit::append(tx, &app.event("factor_reset.ended", origin, now).by(who).reason(reason)).await?;
    }
    Ok(())
}

/// Whether a right password is enough once.
pub(super) async fn is_ready(app: &App, who: &IdentityId, now: Timestamp) -> Result<bool, Stop> {
    Ok(factor_resets::is_ready(&app.store.db, who, now).await?)
}

/// Gives the factors up in the transaction of the sign-in that follows: what they showed is owed anew. False when it was used before.
pub(super) async fn carry_out(app: &App, tx: &mut Tx, person: &Identity, origin: &Origin, now: Timestamp) -> Result<bool, Stop> {
    let who = &person.id;
    if !factor_resets::carry_out(tx, who, now).await? {
        return Ok(false);
    }
    let there = identities::standing(tx, who).await?;
    let owed = there.enrolled.level().max(there.floor);
    authenticators::send_back(tx, who).await?;
    authenticators::remove_all(tx, who).await?;
    authenticators::set_floor(tx, who, owed).await?;
    identities::raise_epoch(tx, who).await?;
    super::sign_out::out_of_everything(app, tx, who, "factors-reset", origin, now).await?;
    super::links::close_entered(app, tx, Touching::Into(who), "factors-reset", now).await?;
    mail_links::void_all(tx, who, now).await?;
    invitations::end_personal(tx, who, "factors-reset", now).await?;
    devices::forget(tx, who, None).await?;
    tell(app, tx, person, "factor-reset-done", &[("link", app.config.url("/recover"))], now).await?;
    audit::append(tx, &app.event("factor_reset.carried_out", origin, now).by(who)).await?;
    Ok(true)
}
