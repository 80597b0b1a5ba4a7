//! Activation: a mailed link proves the address and sets the first password (decisions.md 28).

use super::mailing::{letter, post, tell};
use super::{App, Origin, Stop};
use crate::crypto::{guesses_log10, normalise};
use crate::domain::{Identity, PasswordRefused, check_password};
use crate::mail::Mail;
use crate::store::links::Touching;
use crate::store::mail_links::{self, MailToken, Purpose};
use crate::store::sessions::{self, BrowserSession};
use crate::store::{Tx, audit, devices, email_changes, identities, invitations};
use crate::types::{EmailAddress, IdentityId, Locale, OpaqueToken, RowId, Timestamp};

/// Why a password was not set.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SetPasswordRefused {
    /// The password is no good; the link stays good.
    #[error(transparent)]
    Password(#[from] PasswordRefused),
    /// The link is used, expired or void.
    #[error("the link is no longer good")]
    Link,
}

/// Writes the activation mail into the outbox, in the transaction of its cause. `url` finishes the link of a token.
pub async fn mail_activation(
    app: &App,
    tx: &mut Tx,
    identity: &IdentityId,
    name: &str,
    to: &EmailAddress,
    locale: Locale,
    url: impl Fn(&str) -> String,
    now: Timestamp,
) -> Result<(), Stop> {
    let mut rng = app.rng();
    let token: MailToken = OpaqueToken::mint(RowId::mint(now, &mut rng), &mut rng);
    let lifetime = app.config.lifetimes.activation;
    mail_links::add(tx, Purpose::SetPassword, &token, identity, to.key(), now + lifetime, now).await?;
    let brand = super::brands::brand_of(app, tx, identity).await?;
    let link = super::brands::on_domain(app, brand.as_ref(), url(token.reveal().expose()));
    let args = [("name", name.to_owned()), ("link", link), ("hours", (lifetime.0 / 3600).to_string())];
    let mail = Mail { from: super::brands::sender(brand.as_ref()), ..letter(app, to, locale, "activation", &args) };
    post(app, tx, &mail, now).await
}

/// Opens a mailed link in a browser: the token leaves the URL, and nothing is used up (threats.md T27). False for a bad one.
pub async fn hold_mail_link(app: &App, session: &BrowserSession, purpose: Purpose, token: &str, now: Timestamp) -> Result<bool, Stop> {
    let Ok(token) = MailToken::parse(token) else { return Ok(false) };
    let Some(link) = mail_links::presented(&app.store.db, purpose, &token, now).await? else { return Ok(false) };
    let mut tx = app.store.begin().await?;
    sessions::hold_mail_link(&mut tx, &session.id, Some(&link.id)).await?;
    tx.commit().await?;
    Ok(true)
}

/// Who may set a password in this browser.
pub async fn who_sets_password(app: &App, session: &BrowserSession, now: Timestamp) -> Result<Option<Identity>, Stop> {
    let Some(held) = &session.mail_link else { return Ok(None) };
    let Some(link) = mail_links::held(&app.store.db, Purpose::SetPassword, held, now).await? else { return Ok(None) };
    Ok(identities::find(&app.store.db, &link.identity_id).await?.filter(|i| i.closed_at.is_none()))
}

/// Sets the password: uses the link up, proves the address, and ends every session and grant from before (threats.md T02).
pub async fn set_password(
    app: &App,
    session: &BrowserSession,
    password: &str,
    origin: &Origin,
    now: Timestamp,
) -> Result<Result<Identity, SetPasswordRefused>, Stop> {
    let Some(identity) = who_sets_password(app, session, now).await? else { return Ok(Err(SetPasswordRefused::Link)) };
    let own = [&identity.email, &identity.username, &identity.profile.given_name, &identity.profile.family_name];
    let own: Vec<&str> = own.into_iter().flatten().map(String::as_str).collect();
    let hash = match checked_password(app, password, &own).await? {
        Ok(hash) => hash,
        Err(refused) => return Ok(Err(refused.into())),
    };
    let mut tx = app.store.begin().await?;
    let link = match &session.mail_link {
        Some(held) => mail_links::consume(&mut tx, Purpose::SetPassword, held, now).await?,
        None => None,
    };
    let Some(link) = link else { return Ok(Err(SetPasswordRefused::Link)) };
    // Of several identities with one address, the first to prove it has it (design.md section 7); one that is reserved for a
    // sign-in that was absorbed is nobody else's. Whoever has a username besides signs in by that.
    let taken = identity.email_verified_at.is_none()
        && (identities::signs_in(&mut tx, &link.email_key).await?
            || identities::is_reserved(&app.store.db, &link.email_key, None).await?
            || email_changes::is_reserved(&app.store.db, &link.email_key, &link.identity_id, now).await?);
    if taken && identity.username.is_none() {
        return Ok(Err(SetPasswordRefused::Link));
    }
    let proved = if taken { "" } else { link.email_key.as_str() };
    let replaced = identities::has_password(&app.store.db, &link.identity_id).await?;
    identities::set_password(&mut tx, &link.identity_id, proved, &hash, now).await?;
    if replaced {
        let args = [("link", app.config.url("/recover"))];
        tell(app, &mut tx, &identity, "password-changed", &args, now).await?;
    }
    mail_links::void_all(&mut tx, &link.identity_id, now).await?;
    sessions::hold_mail_link(&mut tx, &session.id, None).await?;
    devices::forget(&mut tx, &link.identity_id, None).await?;
    super::sign_out::out_of_everything(app, &mut tx, &link.identity_id, "password-set", origin, now).await?;
    // Whoever guesses at the name elsewhere cannot keep its owner out of the browser that was just used to set a password.
    sessions::make_known(&mut tx, &session.id, &link.identity_id, now).await?;
    super::factor_reset::end(app, &mut tx, &link.identity_id, "password-set", origin, now).await?;
    invitations::end_personal(&mut tx, &link.identity_id, "password-set", now).await?;
    // Links into their accounts were proved by the old password: they rest until confirmed (threats.md T16).
    super::links::close_entered(app, &mut tx, Touching::Into(&link.identity_id), "password-set", now).await?;
    audit::append(&mut tx, &app.event("password.set", origin, now).by(&link.identity_id)).await?;
    tx.commit().await?;
    Ok(Ok(identity))
}

/// Replaces the password of somebody who is signed in here and has just shown who they are: everywhere else they are signed
/// out, and what was proved by the old one rests (threats.md T02, T16). Refused as a used link is when they were signed out meanwhile.
pub async fn change_password(
    app: &App,
    session: &BrowserSession,
    who: &IdentityId,
    password: &str,
    origin: &Origin,
    now: Timestamp,
) -> Result<Result<(), SetPasswordRefused>, Stop> {
    let Some(identity) = identities::find(&app.store.db, who).await? else { return Ok(Err(SetPasswordRefused::Link)) };
    let own = [&identity.email, &identity.username, &identity.profile.given_name, &identity.profile.family_name];
    let own: Vec<&str> = own.into_iter().flatten().map(String::as_str).collect();
    let hash = match checked_password(app, password, &own).await? {
        Ok(hash) => hash,
        Err(refused) => return Ok(Err(refused.into())),
    };
    let mut tx = app.store.begin().await?;
    if sessions::hold_proofs(&mut tx, &session.id, who).await?.is_none() {
        return Ok(Err(SetPasswordRefused::Link));
    }
    // No address was proved by this.
    identities::set_password(&mut tx, who, "", &hash, now).await?;
    tell(app, &mut tx, &identity, "password-changed", &[("link", app.config.url("/recover"))], now).await?;
    mail_links::void_all(&mut tx, who, now).await?;
    devices::forget(&mut tx, who, None).await?;
    super::factor_reset::end(app, &mut tx, who, "password-set", origin, now).await?;
    super::sign_out::out_of_other_browsers(app, &mut tx, &session.id, who, origin, now).await?;
    invitations::end_personal(&mut tx, who, "password-set", now).await?;
    super::links::close_entered(app, &mut tx, Touching::Into(who), "password-set", now).await?;
    audit::append(&mut tx, &app.event("password.changed", origin, now).by(who)).await?;
    tx.commit().await?;
    Ok(Ok(()))
}

/// The hash of a password that may be chosen; `own` are the person's names, as easy to guess as any listed word.
pub(super) async fn checked_password(app: &App, password: &str, own: &[&str]) -> Result<Result<String, PasswordRefused>, Stop> {
    let password = normalise(password);
    // Whole and in pieces: an address is as easy to guess as the name in it.
    let words: Vec<&str> = own
        .iter()
        .copied()
        .chain(["vestibule"])
        .flat_map(|w| std::iter::once(w).chain(w.split(|c: char| !c.is_alphanumeric())))
        .filter(|w| !w.is_empty())
        .collect();
    if let Err(refused) = check_password(password.expose(), app.least_password(), &words, guesses_log10) {
        return Ok(Err(refused));
    }
    if super::breached::is_breached(app, &password).await {
        return Ok(Err(PasswordRefused::Breached));
    }
    Ok(Ok(app.hasher.hash(password).await?))
}
