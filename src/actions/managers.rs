//! Account managers (design.md section 4, S4): added with a username, a temporary password and a link, all by mail.
//!
//! The temporary password opens the page that sets a real one and nothing else: no session, no token, no page of the portal.

use super::brands::{on_domain, sender, sign_in_url};
use super::mailing::{letter, post};
use super::people::Desk;
use super::{App, Origin, Stop};
use crate::crypto::normalise;
use crate::domain::{AskRefused, SignInName};
use crate::mail::Mail;
use crate::store::mail_links::{self, MailToken, Purpose};
use crate::store::sessions::{self, BrowserSession};
use crate::store::{Tx, accounts, audit, identities};
use crate::types::{AccountId, Digest, EmailAddress, IdentityId, Locale, OpaqueToken, Random, RowId, Timestamp, Username};

/// Letters and digits that are not taken for each other: 31 of them, so sixteen carry 79 bits.
const ALPHABET: &[u8] = b"abcdefghjkmnpqrstuvwxyz23456789";

/// Four groups of four, easy to type from a mail.
fn temporary_password(rng: &mut Random) -> String {
    let mut out = String::new();
    while out.len() < 19 {
        // Bytes beyond a multiple of the alphabet's length would make some letters likelier.
        let byte = rng.bytes::<1>()[0] as usize;
        if byte >= 256 - 256 % ALPHABET.len() {
            continue;
        }
        if out.len() % 5 == 4 {
            out.push('-');
        }
        out.push(ALPHABET[byte % ALPHABET.len()] as char);
    }
    out
}

fn digest(password: &str) -> Digest {
    Digest::of(normalise(password.trim()).expose().as_bytes())
}

/// A username that nobody has, made of an address.
pub(super) async fn free_username(app: &App, email: &EmailAddress) -> Result<Option<Username>, Stop> {
    let local = email.as_str().split(['@', '+']).next().unwrap_or_default();
    for n in 1..1000 {
        let wish = if n == 1 { local.to_owned() } else { format!("{local}{n}") };
        let Ok(username) = Username::parse(&wish) else { return Ok(None) };
        if !identities::has_username(&app.store.db, username.key()).await? {
            return Ok(Some(username));
        }
    }
    Ok(None)
}

/// Writes the activation mail of an account manager, with a new temporary password; the one before is dead.
#[allow(clippy::too_many_arguments)]
pub(super) async fn mail_manager(
    app: &App,
    tx: &mut Tx,
    identity: &IdentityId,
    (company, name, username): (&str, &str, &str),
    to: &EmailAddress,
    locale: Locale,
    url: impl Fn(&str) -> String,
    now: Timestamp,
) -> Result<(), Stop> {
    let mut rng = app.rng();
    let lifetime = app.config.lifetimes.activation;
    let password = temporary_password(&mut rng);
    let token: MailToken = OpaqueToken::mint(RowId::mint(now, &mut rng), &mut rng);
    mail_links::void_all(tx, identity, now).await?;
    mail_links::add(tx, Purpose::SetPassword, &token, identity, to.key(), now + lifetime, now).await?;
    identities::set_temporary(tx, identity, &digest(&password), now + lifetime).await?;
    let brand = super::brands::brand_of(app, tx, identity).await?;
    let args = [
        ("name", name.to_owned()),
        ("company", company.to_owned()),
        ("username", username.to_owned()),
        ("password", password),
        ("link", on_domain(app, brand.as_ref(), url(token.reveal().expose()))),
        ("sign_in", sign_in_url(app, brand.as_ref())),
        ("product", brand.as_ref().map_or_else(|| company.to_owned(), |b| b.product_name.clone())),
        ("hours", (lifetime.0 / 3600).to_string()),
    ];
    let mail = Mail { from: sender(brand.as_ref()), ..letter(app, to, locale, "manager", &args) };
    post(app, tx, &mail, now).await
}

/// Whether a name and what was typed as its password are an account manager's temporary one: then this browser may set a real
/// password, and nothing more. Asked only after the password was found wrong.
pub async fn opens_set_password(app: &App, session: &BrowserSession, name: &str, password: &str, origin: &Origin, now: Timestamp) -> Result<bool, Stop> {
    let name = SignInName::typed(name);
    let Some((identity, email_key)) = identities::by_temporary(&app.store.db, name.key(), &digest(password), now).await? else { return Ok(false) };
    let mut rng = app.rng();
    let token: MailToken = OpaqueToken::mint(RowId::mint(now, &mut rng), &mut rng);
    let mut tx = app.store.begin().await?;
    if !identities::hold_temporary(&mut tx, &identity, &digest(password)).await? {
        return Ok(false);
    }
    mail_links::add(&mut tx, Purpose::SetPassword, &token, &identity, &email_key, now + app.config.lifetimes.interaction, now).await?;
    sessions::hold_mail_link(&mut tx, &session.id, Some(token.selector())).await?;
    audit::append(&mut tx, &app.event("temporary_password.shown", origin, now).by(&identity)).await?;
    tx.commit().await?;
    Ok(true)
}

/// Sends the activation of somebody this company added, while they have no password: the former mail's link and temporary
/// password are dead.
pub async fn resend_activation(
    app: &App,
    desk: &Desk,
    account: &AccountId,
    url: impl Fn(&str) -> String,
    origin: &Origin,
    now: Timestamp,
) -> Result<Result<(), AskRefused>, Stop> {
    let company = &desk.company;
    let found = accounts::find(&app.store.db, account).await?.filter(|a| a.company.id == company.id && a.is_active());
    let Some(theirs) = found else { return Ok(Err(AskRefused::Unavailable)) };
    if !identities::waits_for(&app.store.db, &theirs.identity_id, &company.id).await? {
        return Ok(Err(AskRefused::Unavailable));
    }
    let Some(person) = identities::find(&app.store.db, &theirs.identity_id).await? else { return Ok(Err(AskRefused::Unavailable)) };
    let Some(to) = person.email.as_deref().and_then(|e| EmailAddress::parse(e).ok()) else { return Ok(Err(AskRefused::BadAddress)) };
    if !desk.may_ask(app, now).await? {
        return Ok(Err(AskRefused::TooOften));
    }
    let locale = person.profile.locale.unwrap_or_default();
    let greeting = person.profile.given_name.clone().unwrap_or_default();
    let mut tx = app.store.begin().await?;
    match &person.username {
        Some(username) => mail_manager(app, &mut tx, &person.id, (&company.name, &greeting, username), &to, locale, url, now).await?,
        None => {
            mail_links::void_all(&mut tx, &person.id, now).await?;
            super::mail_activation(app, &mut tx, &person.id, &greeting, &to, locale, url, now).await?;
        }
    }
    audit::append(&mut tx, &desk.signed(app.event("activation.sent", origin, now)).in_account(account, &company.id)).await?;
    tx.commit().await?;
    Ok(Ok(()))
}
