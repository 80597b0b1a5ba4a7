//! Another name to sign in with, for whoever has one: after a consolidation there is only the email (design.md S1).

use super::budget::spend;
use super::mailing::tell;
use super::{App, Origin, Stop};
use crate::domain::Identity;
use crate::store::sessions::{self, BrowserSession};
use crate::store::{audit, identities};
use crate::types::{EmailAddress, Seconds, Timestamp, Username};

/// So many tries an hour cost no wait: the answer tells whether a name is free.
const TRIES: i64 = 5;

/// Why a name was not changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RenameRefused {
    /// It is no name that could be one.
    #[error("username-invalid")]
    Invalid,
    /// A name shaped like an address must be one's own proved address.
    #[error("username-is-an-address")]
    Address,
    /// Somebody has it.
    #[error("username-taken")]
    Taken,
    /// Too many names were tried lately.
    #[error("username-too-often")]
    TooOften,
    /// The person has no username, or was signed out meanwhile.
    #[error("username-none")]
    Over,
}

/// Gives a person another username; they are told by mail.
pub async fn change_username(
    app: &App,
    session: &BrowserSession,
    person: &Identity,
    typed: &str,
    origin: &Origin,
    now: Timestamp,
) -> Result<Result<(), RenameRefused>, Stop> {
    let Ok(new) = Username::parse(typed) else { return Ok(Err(RenameRefused::Invalid)) };
    let Some(old) = &person.username else { return Ok(Err(RenameRefused::Over)) };
    let own = person.email.as_deref().filter(|_| person.email_verified_at.is_some()).and_then(|e| EmailAddress::parse(e).ok());
    if new.key().contains('@') && own.is_none_or(|e| e.key() != new.key()) {
        return Ok(Err(RenameRefused::Address));
    }
    let mut tx = app.store.begin().await?;
    if !spend(&mut tx, &format!("rename of {}", person.id), TRIES, Seconds::hours(1), now).await? {
        return Ok(Err(RenameRefused::TooOften));
    }
    tx.commit().await?;
    let same = crate::types::canonical(old) == new.key();
    if !same && identities::has_username(&app.store.db, new.key()).await? && !new.key().contains('@') {
        return Ok(Err(RenameRefused::Taken));
    }
    let mut tx = app.store.begin().await?;
    if sessions::hold_proofs(&mut tx, &session.id, &person.id).await?.is_none() {
        return Ok(Err(RenameRefused::Over));
    }
    match identities::rename(&mut tx, &person.id, &new, now).await? {
        Ok(true) => {}
        Ok(false) => return Ok(Err(RenameRefused::Over)),
        Err(_) => return Ok(Err(RenameRefused::Taken)),
    }
    let args = [("old", old.clone()), ("new", new.as_str().to_owned()), ("link", app.config.url("/recover"))];
    tell(app, &mut tx, person, "username-changed", &args, now).await?;
    audit::append(&mut tx, &app.event("username.changed", origin, now).by(&person.id)).await?;
    tx.commit().await?;
    Ok(Ok(()))
}
