//! Codes sent by mail or text message (NIST SP 800-63B-4 section 3.1.3): as a second factor, to register one, and to prove an address.

use super::authenticators::{EnrollRefused, registered};
use super::budget::spend;
use super::mailing::{letter, post};
use super::mobile::TextMessage;
use super::tries::{Row, Tries};
use super::{App, Origin, Stop};
use crate::crypto::code_digest;
use crate::domain::{Factor, Identity, Method, masked};
use crate::store::authenticators::NewAuthenticator;
use crate::store::outbox::{self, Kind};
use crate::store::sent_codes::{self, Purpose};
use crate::store::sessions::{BrowserSession, SessionToken};
use crate::store::{Tx, audit, authenticators, identities};
use crate::types::{EmailAddress, IdentityId, Locale, MobileNumber, RowId, Seconds, Timestamp};

/// How long a code counts.
pub(super) const CODE: Seconds = Seconds::minutes(10);

/// So many codes an hour cost no wait.
const CODES: i64 = 5;

/// No more codes for a while.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("asked-too-often")]
pub struct TooOften;

/// Six digits, each equally likely.
pub(super) fn six_digits(app: &App) -> String {
    let mut rng = app.rng();
    loop {
        let number = u32::from_be_bytes(rng.bytes::<4>());
        // Numbers beyond the last whole million would make some codes likelier.
        if number < u32::MAX - u32::MAX % 1_000_000 {
            return format!("{:06}", number % 1_000_000);
        }
    }
}

/// Whether one more code may go out: one person, one destination and one place each have a budget, for messages cost money, and a
/// destination may be somebody else's.
pub(super) async fn may_send(tx: &mut Tx, who: &IdentityId, target: &str, origin: &Origin, now: Timestamp) -> Result<bool, Stop> {
    let place = origin.address_range().unwrap_or_else(|| "anywhere".to_owned());
    for (what, free) in [(who.to_string(), CODES), (target.to_owned(), CODES), (place, CODES * 4)] {
        if !spend(tx, &format!("text to {what}"), free, Seconds::hours(1), now).await? {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Where a code goes.
pub(super) enum Target {
    /// By mail.
    Mail(EmailAddress),
    /// By text message.
    Text(MobileNumber),
}

impl Target {
    /// As it is kept.
    pub(super) fn as_str(&self) -> &str {
        match self {
            Target::Mail(address) => address.as_str(),
            Target::Text(number) => number.as_str(),
        }
    }
}

fn digest(app: &App, who: &IdentityId, purpose: Purpose, code: &str) -> String {
    code_digest(app.keys().csrf_key(), purpose.as_str(), who, code)
}

/// Sends a code for a purpose, in the transaction of its caller; false when there were too many. `message` names the mail.
#[allow(clippy::too_many_arguments)]
pub(super) async fn send(
    app: &App,
    tx: &mut Tx,
    session: &BrowserSession,
    who: &IdentityId,
    locale: Locale,
    purpose: Purpose,
    target: &Target,
    message: &str,
    origin: &Origin,
    now: Timestamp,
) -> Result<bool, Stop> {
    if !may_send(tx, who, target.as_str(), origin, now).await? {
        return Ok(false);
    }
    let code = six_digits(app);
    sent_codes::keep(tx, &session.id, who, purpose, target.as_str(), &digest(app, who, purpose, &code), now + CODE).await?;
    match target {
        Target::Mail(address) => {
            let args = [("code", code), ("minutes", (CODE.0 / 60).to_string()), ("link", app.config.url("/recover"))];
            post(app, tx, &letter(app, address, locale, message, &args), now).await?;
        }
        Target::Text(number) => {
            let text = app.texts.say(locale, "text-mobile-code", &[("code", code.as_str().into()), ("minutes", (CODE.0 / 60).into())]);
            let payload = serde_json::to_string(&TextMessage { to: number.to_string(), text }).map_err(anyhow::Error::from)?;
            outbox::put(tx, &RowId::mint(now, &mut app.rng()), Kind::Text, &payload, now).await?;
        }
    }
    audit::append(tx, &app.event("code.sent", origin, now).by(who).reason(purpose.as_str())).await?;
    Ok(true)
}

/// Uses up a code that was sent; where it went comes back.
pub(super) async fn spend_sent(
    app: &App,
    tx: &mut Tx,
    session: &BrowserSession,
    who: &IdentityId,
    purpose: Purpose,
    code: &str,
    now: Timestamp,
) -> Result<Option<String>, Stop> {
    Ok(sent_codes::spend(tx, &session.id, who, purpose, &digest(app, who, purpose, code), now).await?)
}

/// What a code is for as a second factor; only two kinds are sent.
const fn shown_as(factor: Factor) -> Option<Purpose> {
    match factor {
        Factor::Mail => Some(Purpose::FactorMail),
        Factor::Text => Some(Purpose::FactorText),
        Factor::Totp | Factor::Passkey => None,
    }
}

const fn registered_as(factor: Factor) -> Option<Purpose> {
    match factor {
        Factor::Mail => Some(Purpose::RegisterMail),
        Factor::Text => Some(Purpose::RegisterText),
        Factor::Totp | Factor::Passkey => None,
    }
}

fn destination(factor: Factor, text: &str) -> Option<Target> {
    match factor {
        Factor::Mail => EmailAddress::parse(text).ok().map(Target::Mail),
        Factor::Text => MobileNumber::parse(text).ok().map(Target::Text),
        Factor::Totp | Factor::Passkey => None,
    }
}

/// A way to have a code sent, as the page that asks for it shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sendable {
    /// By what.
    pub factor: Factor,
    /// Where to: not whole, for whoever looks has shown a password and no more.
    pub target: String,
    /// Whether one is under way in this browser.
    pub sent: bool,
}

/// Which codes can be sent to somebody, out of these kinds.
pub async fn sendable(app: &App, session: &BrowserSession, who: &IdentityId, factors: &[Factor], now: Timestamp) -> Result<Vec<Sendable>, Stop> {
    let mut all = Vec::new();
    for factor in factors {
        let Some(purpose) = shown_as(*factor) else { continue };
        let Some(target) = authenticators::destination(&app.store.db, who, *factor).await? else { continue };
        let sent = sent_codes::waiting(&app.store.db, &session.id, who, purpose, now).await?.is_some();
        all.push(Sendable { factor: *factor, target: masked(&target), sent });
    }
    Ok(all)
}

/// Sends a code that counts as a second factor.
pub async fn send_factor_code(
    app: &App,
    session: &BrowserSession,
    who: &IdentityId,
    factor: Factor,
    origin: &Origin,
    now: Timestamp,
) -> Result<Result<(), TooOften>, Stop> {
    let kept = authenticators::destination(&app.store.db, who, factor).await?;
    let (Some(purpose), Some(target)) = (shown_as(factor), kept.and_then(|t| destination(factor, &t))) else { return Ok(Ok(())) };
    let locale = identities::find(&app.store.db, who).await?.and_then(|p| p.profile.locale).unwrap_or_default();
    let mut tx = app.store.begin().await?;
    if !send(app, &mut tx, session, who, locale, purpose, &target, "factor-code", origin, now).await? {
        return Ok(Err(TooOften));
    }
    tx.commit().await?;
    Ok(Ok(()))
}

/// The second factor that a typed code of this kind is, used up.
pub(super) async fn spend_factor_code(
    app: &App,
    tx: &mut Tx,
    session: &BrowserSession,
    who: &IdentityId,
    code: &str,
    now: Timestamp,
) -> Result<Option<Method>, Stop> {
    for factor in [Factor::Mail, Factor::Text] {
        let Some(purpose) = shown_as(factor) else { continue };
        let Some(target) = spend_sent(app, tx, session, who, purpose, code, now).await? else { continue };
        // One that was removed meanwhile, or goes elsewhere now, shows nothing.
        if authenticators::use_destination(tx, who, factor, &target, now).await? {
            return Ok(Some(factor.method()));
        }
    }
    Ok(None)
}

/// Where codes of a kind would go that somebody registers: only to what they have proved.
pub fn own_destination(person: &Identity, factor: Factor) -> Option<String> {
    match factor {
        Factor::Mail => person.email.clone().filter(|_| person.email_verified_at.is_some()),
        Factor::Text => person.profile.mobile.clone().filter(|_| person.profile.mobile_verified_at.is_some()),
        Factor::Totp | Factor::Passkey => None,
    }
}

/// Sends the code that registers a destination.
pub async fn begin_sent_codes(
    app: &App,
    session: &BrowserSession,
    person: &Identity,
    factor: Factor,
    origin: &Origin,
    now: Timestamp,
) -> Result<Result<(), TooOften>, Stop> {
    let target = own_destination(person, factor).and_then(|t| destination(factor, &t)).filter(|_| app.offers(factor));
    let (Some(purpose), Some(target)) = (registered_as(factor), target) else { return Ok(Ok(())) };
    let mut tx = app.store.begin().await?;
    let locale = person.profile.locale.unwrap_or_default();
    if !send(app, &mut tx, session, &person.id, locale, purpose, &target, "register-code", origin, now).await? {
        return Ok(Err(TooOften));
    }
    tx.commit().await?;
    Ok(Ok(()))
}

/// Whether the code that registers a destination is under way in this browser.
pub async fn registering(app: &App, session: &BrowserSession, who: &IdentityId, factor: Factor, now: Timestamp) -> Result<bool, Stop> {
    match registered_as(factor) {
        Some(purpose) => Ok(sent_codes::waiting(&app.store.db, &session.id, who, purpose, now).await?.is_some()),
        None => Ok(false),
    }
}

/// Looks at a code that was sent, and uses it up in the transaction that comes back with where it went; a wrong one counts with the
/// tries at the person's other secrets.
pub(super) async fn prove_sent(
    app: &App,
    session: &BrowserSession,
    who: &IdentityId,
    purpose: Purpose,
    code: &str,
    origin: &Origin,
    now: Timestamp,
) -> Result<Option<(String, Tx)>, Stop> {
    let tries = Tries::at(app, who.as_str(), Row { who: who.clone(), is_somebody: true, at_home: Some(session.id.to_string()) }, origin);
    let Some(reserved) = tries.reserve(app, now).await?.filter(|r| !r.closed) else { return Ok(None) };
    let mut tx = app.store.begin().await?;
    let digits: String = code.chars().filter(|c| !c.is_whitespace()).collect();
    match spend_sent(app, &mut tx, session, who, purpose, &digits, now).await? {
        Some(target) => {
            tries.succeeded(&mut tx).await?;
            Ok(Some((target, tx)))
        }
        None => {
            drop(tx);
            tries.failed(app, &reserved, origin, now).await?;
            Ok(None)
        }
    }
}

/// Registers a destination by the code that was sent there: codes go to it whatever is in the profile later.
pub async fn add_sent_codes(
    app: &App,
    session: &BrowserSession,
    person: &Identity,
    factor: Factor,
    code: &str,
    origin: &Origin,
    now: Timestamp,
) -> Result<Result<SessionToken, EnrollRefused>, Stop> {
    let Some(purpose) = registered_as(factor).filter(|_| app.offers(factor)) else { return Ok(Err(EnrollRefused::Over)) };
    let Some((target, mut tx)) = prove_sent(app, session, &person.id, purpose, code, origin, now).await? else { return Ok(Err(EnrollRefused::WrongCode)) };
    if own_destination(person, factor).as_deref() != Some(target.as_str()) {
        return Ok(Err(EnrollRefused::Over));
    }
    if authenticators::enrolled_now(&mut tx, &person.id).await?.has(factor) {
        return Ok(Err(EnrollRefused::TooMany));
    }
    let id = RowId::mint(now, &mut app.rng());
    let new = NewAuthenticator {
        id: &id,
        identity_id: &person.id,
        factor,
        name: &target,
        secret: Some(&target),
        credential_id: None,
        backed_up: false,
        last_step: 0,
    };
    if authenticators::add(&mut tx, &new, now).await?.is_err() {
        return Ok(Err(EnrollRefused::Over));
    }
    let Some(cookie) = registered(app, &mut tx, session, &person.id, factor, &target, origin, now).await? else { return Ok(Err(EnrollRefused::Over)) };
    tx.commit().await?;
    Ok(Ok(cookie))
}
