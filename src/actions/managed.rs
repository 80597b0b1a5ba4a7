//! What a company may do for the sign-in of somebody it made, who has nothing anywhere else: have a mail sent, and no more
//! (design.md section 3, 9; threats.md T25). Whoever reads the mail decides.

use super::factor_reset::{self, NotBegun};
use super::people::{ChangeRefused, Desk, under};
use super::recovery::mail_ways_back;
use super::{App, Origin, Stop};
use crate::domain::Identity;
use crate::store::{audit, identities};
use crate::types::{AccountId, EmailAddress, Timestamp};

/// What somebody needs help with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SignInHelp {
    /// They forgot their password: a mail to choose another.
    Password,
    /// They lost every second factor: a mail, and days to say no.
    Factors,
}

/// Whether a company manages the sign-in behind one of its accounts, and it is in use.
pub async fn is_managed(app: &App, desk: &Desk, person: &Identity) -> Result<bool, Stop> {
    let signs_in = person.closed_at.is_none() && person.email_verified_at.is_some();
    Ok(signs_in && identities::is_managed_by(&app.store.db, &person.id, &desk.company.id).await?)
}

/// Has the mail sent.
pub async fn help_sign_in(
    app: &App,
    desk: &Desk,
    id: &AccountId,
    help: SignInHelp,
    origin: &Origin,
    now: Timestamp,
) -> Result<Result<(), ChangeRefused>, Stop> {
    let account = match under(app, desk, id).await? {
        Ok(account) => account,
        Err(refused) => return Ok(Err(refused)),
    };
    let Some(person) = identities::find(&app.store.db, &account.identity_id).await? else { return Ok(Err(ChangeRefused::NotHere)) };
    let address = person.email.as_deref().and_then(|e| EmailAddress::parse(e).ok());
    let Some(to) = address.filter(|_| account.is_active()) else { return Ok(Err(ChangeRefused::NotManaged)) };
    if !is_managed(app, desk, &person).await? {
        return Ok(Err(ChangeRefused::NotManaged));
    }
    if !desk.may_ask(app, now).await? {
        return Ok(Err(ChangeRefused::TooOften));
    }
    let event = |kind| desk.signed(app.event(kind, origin, now)).in_account(id, &account.company.id);
    match help {
        SignInHelp::Password => {
            let mut tx = app.store.begin().await?;
            mail_ways_back(app, &mut tx, &[&person], &to, person.profile.locale.unwrap_or_default(), origin, now).await?;
            audit::append(&mut tx, &event("recovery.asked")).await?;
            tx.commit().await?;
            Ok(Ok(()))
        }
        SignInHelp::Factors => {
            let begun = factor_reset::begin(app, &person, &account.company.name, event("factor_reset.begun").reason("company"), now).await?;
            Ok(begun.map(drop).map_err(|refused| match refused {
                NotBegun::NoFactor => ChangeRefused::NoSecondFactor,
                NotBegun::NoAddress => ChangeRefused::NotManaged,
            }))
        }
    }
}
