//! What an operator may do for a person: see how things stand without any secret, switch their sign-in off, sign them out, have them mailed
//! a way back. Never set a password, and never act as them.

use super::operator::{Answer, Refused, accept};
use super::recovery::mail_ways_back;
use super::{App, Origin, Stop};
use crate::domain::AccountView;
use crate::store::accounts::{self, Filter};
use crate::store::identities::{self, Found};
use crate::store::{audit, authenticators};
use crate::types::{EmailAddress, IdentityId, Timestamp};

/// How a person stands.
#[derive(Debug)]
pub struct Support {
    /// Who.
    pub person: Found,
    /// Their accounts, a page of them.
    pub accounts: Vec<AccountView>,
    /// Their second factors, by kind and name.
    pub factors: Vec<(String, String)>,
    /// Whether they run this provider.
    pub is_operator: bool,
}

/// Accounts that are shown at most.
const LISTED: i64 = 50;

/// One page of people, newest first, and where the next begins.
pub async fn find_people(app: &App, text: &str, before: Option<&IdentityId>, limit: i64) -> Result<(Vec<Found>, Option<IdentityId>), Stop> {
    let mut found = identities::search(&app.store.db, text, before, limit + 1).await?;
    let more = found.len() as i64 > limit;
    found.truncate(limit as usize);
    let next = found.last().filter(|_| more).and_then(|p| p.id.parse().ok());
    Ok((found, next))
}

/// How a person stands.
pub async fn support_view(app: &App, id: &IdentityId) -> Result<Option<Support>, Stop> {
    let db = &app.store.db;
    let Some(person) = identities::found(db, id).await? else { return Ok(None) };
    let accounts = accounts::page(db, id, &Filter::default(), LISTED).await?;
    let factors = authenticators::of_identity(db, id).await?.into_iter().map(|a| (a.factor.as_str().to_owned(), a.name)).collect();
    Ok(Some(Support { person, accounts, factors, is_operator: crate::store::operators::is_one(db, id).await? }))
}

/// Switches a person's sign-in off, which ends everything that is open, or on again. Nobody switches off their own.
pub async fn switch_person(app: &App, id: &IdentityId, disabled: bool, origin: &Origin, now: Timestamp) -> Answer<()> {
    let person = accept!(identities::found(&app.store.db, id).await?.filter(|p| p.ended_at.is_none()).ok_or_else(|| Refused("there is no such person".into())));
    if origin.person.as_ref() == Some(id) {
        return Ok(Err(Refused("nobody switches off their own sign-in".into())));
    }
    if person.disabled_at.is_some() == disabled {
        return Ok(Ok(()));
    }
    let mut tx = app.store.begin().await?;
    // First: a sign-in that holds the row is waited for, and ends with the rest.
    identities::set_disabled(&mut tx, id, disabled.then_some(now)).await?;
    if disabled {
        super::sign_out::out_of_everything(app, &mut tx, id, "identity-disabled", origin, now).await?;
    }
    let kind = if disabled { "identity.disabled" } else { "identity.enabled" };
    audit::append(&mut tx, &app.event(kind, origin, now).reason(id.as_str())).await?;
    tx.commit().await?;
    Ok(Ok(()))
}

/// Signs a person out of every browser, and every app out that acts for them.
pub async fn end_sessions(app: &App, id: &IdentityId, origin: &Origin, now: Timestamp) -> Answer<()> {
    accept!(identities::found(&app.store.db, id).await?.filter(|p| p.ended_at.is_none()).ok_or_else(|| Refused("there is no such person".into())));
    let mut tx = app.store.begin().await?;
    super::sign_out::out_of_everything(app, &mut tx, id, "signed-out-by-operator", origin, now).await?;
    audit::append(&mut tx, &app.event("identity.signed_out", origin, now).reason(id.as_str())).await?;
    tx.commit().await?;
    Ok(Ok(()))
}

/// Has a mail to a new password sent to the address that a person proved.
pub async fn mail_way_back(app: &App, id: &IdentityId, origin: &Origin, now: Timestamp) -> Answer<()> {
    let person = accept!(identities::find(&app.store.db, id).await?.filter(|p| p.closed_at.is_none()).ok_or_else(|| Refused("they cannot sign in".into())));
    let address = person.email.as_deref().filter(|_| person.email_verified_at.is_some()).and_then(|e| EmailAddress::parse(e).ok());
    let to = accept!(address.ok_or_else(|| Refused("they have no proved address".into())));
    let mut tx = app.store.begin().await?;
    mail_ways_back(app, &mut tx, &[&person], &to, person.profile.locale.unwrap_or_default(), origin, now).await?;
    audit::append(&mut tx, &app.event("recovery.asked", origin, now).reason(id.as_str())).await?;
    tx.commit().await?;
    Ok(Ok(()))
}
