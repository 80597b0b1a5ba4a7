//! Another address to sign in with: the new one proves itself by a code in the browser that asked, the old one is told and can take it
//! back for seven days (threats.md T04, T07).

use super::mailing::{letter, post, tell};
use super::sent_codes::{CODE, Target, may_send, prove_sent, send};
use super::{App, Origin, Stop};
use crate::domain::Identity;
use crate::store::email_changes::{self, EmailChange};
use crate::store::links::Touching;
use crate::store::mail_links::{self, MailToken};
use crate::store::sent_codes::{self, Purpose};
use crate::store::sessions::{self, BrowserSession};
use crate::store::{audit, devices, identities, invitations};
use crate::types::{EmailAddress, IdentityId, OpaqueToken, RowId, Seconds, Timestamp};

/// How long the old address can take it back.
const WAY_BACK: Seconds = Seconds::days(7);

/// Why an address was not changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EmailRefused {
    /// The text is no address.
    #[error("email-invalid")]
    NotAnAddress,
    /// It is the address they have.
    #[error("email-same")]
    Same,
    /// Too many codes were sent lately.
    #[error("mobile-asked-too-often")]
    TooOften,
    /// The code is wrong, too old, or another browser's.
    #[error("email-wrong-code")]
    WrongCode,
}

/// Sends a code to a new address. Whether somebody has it already is told to that address, and to nobody else.
pub async fn begin_email_change(
    app: &App,
    session: &BrowserSession,
    person: &Identity,
    typed: &str,
    origin: &Origin,
    now: Timestamp,
) -> Result<Result<(), EmailRefused>, Stop> {
    let Ok(new) = EmailAddress::parse(typed.trim()) else { return Ok(Err(EmailRefused::NotAnAddress)) };
    if person.email_verified_at.is_some() && person.email.as_deref() == Some(new.as_str()) {
        return Ok(Err(EmailRefused::Same));
    }
    let who = &person.id;
    let locale = person.profile.locale.unwrap_or_default();
    let mut tx = app.store.begin().await?;
    if is_anothers(app, &mut tx, person, &new, now).await? {
        if !may_send(&mut tx, who, new.as_str(), origin, now).await? {
            return Ok(Err(EmailRefused::TooOften));
        }
        // A code that nobody knows waits: the page is the same.
        let nobody = RowId::mint(now, &mut app.rng()).to_string();
        sent_codes::keep(&mut tx, &session.id, who, Purpose::Email, new.as_str(), &nobody, now + CODE).await?;
        post(app, &mut tx, &letter(app, &new, locale, "email-taken", &[("link", app.config.url("/"))]), now).await?;
    } else if !send(app, &mut tx, session, who, locale, Purpose::Email, &Target::Mail(new), "email-code", origin, now).await? {
        return Ok(Err(EmailRefused::TooOften));
    }
    tx.commit().await?;
    Ok(Ok(()))
}

/// Whether an address is somebody else's: of several, the first to prove it has it (design.md section 7).
async fn is_anothers(app: &App, tx: &mut crate::store::Tx, person: &Identity, new: &EmailAddress, now: Timestamp) -> Result<bool, Stop> {
    let own = person.email.as_deref().and_then(|e| EmailAddress::parse(e).ok()).is_some_and(|e| e.key() == new.key());
    Ok(!own && identities::signs_in(tx, new.key()).await?
        || identities::is_reserved(&app.store.db, new.key(), None).await?
        || email_changes::is_reserved(&app.store.db, new.key(), &person.id, now).await?)
}

/// The address that a code is under way to, in this browser.
pub async fn new_address(app: &App, session: &BrowserSession, who: &IdentityId, now: Timestamp) -> Result<Option<String>, Stop> {
    Ok(sent_codes::waiting(&app.store.db, &session.id, who, Purpose::Email, now).await?)
}

/// Changes the address by the code that was sent there. Everywhere else the person is signed out; the old address is told.
pub async fn change_email(
    app: &App,
    session: &BrowserSession,
    person: &Identity,
    code: &str,
    origin: &Origin,
    now: Timestamp,
) -> Result<Result<(), EmailRefused>, Stop> {
    let who = &person.id;
    let Some((target, mut tx)) = prove_sent(app, session, who, Purpose::Email, code, origin, now).await? else { return Ok(Err(EmailRefused::WrongCode)) };
    let Ok(new) = EmailAddress::parse(&target) else { return Ok(Err(EmailRefused::WrongCode)) };
    let old = person.email.as_deref().and_then(|e| EmailAddress::parse(e).ok());
    let old_key = old.as_ref().map_or("", EmailAddress::key);
    if sessions::hold_proofs(&mut tx, &session.id, who).await?.is_none()
        || is_anothers(app, &mut tx, person, &new, now).await?
        || email_changes::set(&mut tx, who, old_key, &new, now).await? != Ok(true)
    {
        return Ok(Err(EmailRefused::WrongCode));
    }
    // What was mailed to the old address opens nothing any more, but the way back.
    mail_links::void_all(&mut tx, who, now).await?;
    devices::forget(&mut tx, who, None).await?;
    super::factor_reset::end(app, &mut tx, who, "email-changed", origin, now).await?;
    super::sign_out::out_of_other_browsers(app, &mut tx, &session.id, who, origin, now).await?;
    let locale = person.profile.locale.unwrap_or_default();
    if let Some(old) = old.filter(|_| person.email_verified_at.is_some()) {
        let mut rng = app.rng();
        let token: MailToken = OpaqueToken::mint(RowId::mint(now, &mut rng), &mut rng);
        mail_links::add(&mut tx, mail_links::Purpose::EmailUndo, &token, who, old.key(), now + WAY_BACK, now).await?;
        email_changes::keep_way_back(&mut tx, token.selector(), who, &old, new.key(), now + WAY_BACK).await?;
        let link = app.config.url(&format!("/email/undo/{}", token.reveal().expose()));
        let args = [("address", crate::domain::masked(new.as_str())), ("days", (WAY_BACK.0 / 86_400).to_string()), ("link", link)];
        post(app, &mut tx, &letter(app, &old, locale, "email-changed", &args), now).await?;
    }
    audit::append(&mut tx, &app.event("email.changed", origin, now).by(who)).await?;
    tx.commit().await?;
    Ok(Ok(()))
}

/// The change that a browser holds the way back of.
pub async fn held_email_undo(app: &App, session: &BrowserSession, now: Timestamp) -> Result<Option<EmailChange>, Stop> {
    let Some(held) = &session.mail_link else { return Ok(None) };
    let Some(link) = mail_links::held(&app.store.db, mail_links::Purpose::EmailUndo, held, now).await? else { return Ok(None) };
    Ok(email_changes::by_link(&app.store.db, &link.id, now).await?)
}

/// Takes a change back: the old address signs in again, everything that was open ends, and the browser that did it may choose a new
/// password, for whoever changed the address may know the old one. False when the link is no longer good.
pub async fn undo_email_change(app: &App, session: &BrowserSession, origin: &Origin, now: Timestamp) -> Result<bool, Stop> {
    let Some(change) = held_email_undo(app, session, now).await? else { return Ok(false) };
    let (Some(held), Ok(old)) = (&session.mail_link, EmailAddress::parse(&change.old_email)) else { return Ok(false) };
    let who = &change.identity_id;
    let mut tx = app.store.begin().await?;
    if mail_links::consume(&mut tx, mail_links::Purpose::EmailUndo, held, now).await?.is_none() {
        return Ok(false);
    }
    let Some(current) = email_changes::take_back(&mut tx, held, now).await? else { return Ok(false) };
    if email_changes::set(&mut tx, who, &current, &old, now).await? != Ok(true) {
        return Ok(false);
    }
    identities::set_closes_at(&mut tx, who, None).await?;
    super::factor_reset::end(app, &mut tx, who, "email-undone", origin, now).await?;
    super::sign_out::out_of_everything(app, &mut tx, who, "email-undone", origin, now).await?;
    super::links::close_entered(app, &mut tx, Touching::Into(who), "email-undone", now).await?;
    mail_links::void_all(&mut tx, who, now).await?;
    invitations::end_personal(&mut tx, who, "email-undone", now).await?;
    devices::forget(&mut tx, who, None).await?;
    let mut rng = app.rng();
    let token: MailToken = OpaqueToken::mint(RowId::mint(now, &mut rng), &mut rng);
    mail_links::add(&mut tx, mail_links::Purpose::SetPassword, &token, who, old.key(), now + app.config.lifetimes.recovery, now).await?;
    sessions::hold_mail_link(&mut tx, &session.id, Some(token.selector())).await?;
    if let Some(person) = identities::find(&app.store.db, who).await? {
        let told = Identity { email: Some(change.old_email.clone()), ..person };
        tell(app, &mut tx, &told, "email-undone", &[("link", app.config.url("/"))], now).await?;
    }
    audit::append(&mut tx, &app.event("email.change_undone", origin, now).by(who)).await?;
    tx.commit().await?;
    Ok(true)
}
