//! Mails, written into the outbox in the transaction of their cause, in the language of who reads them.

use fluent_bundle::FluentValue;

use super::{App, Stop};
use crate::domain::Identity;
use crate::mail::Mail;
use crate::store::Tx;
use crate::store::outbox::{self, Kind};
use crate::types::{EmailAddress, Locale, RowId, Timestamp};

/// The mail whose texts are `mail-{name}-subject` and `mail-{name}-body`.
pub(super) fn letter(app: &App, to: &EmailAddress, locale: Locale, name: &str, args: &[(&str, String)]) -> Mail {
    let args: Vec<(&str, FluentValue<'_>)> = args.iter().map(|(k, v)| (*k, FluentValue::from(v.as_str()))).collect();
    Mail {
        to: to.clone(),
        from: None,
        language: locale.tag().to_owned(),
        subject: app.texts.say(locale, &format!("mail-{name}-subject"), &args),
        body: app.texts.say(locale, &format!("mail-{name}-body"), &args),
    }
}

/// Puts a mail into the outbox.
pub(super) async fn post(app: &App, tx: &mut Tx, mail: &Mail, now: Timestamp) -> Result<(), Stop> {
    let payload = serde_json::to_string(mail).map_err(anyhow::Error::from)?;
    Ok(outbox::put(tx, &RowId::mint(now, &mut app.rng()), Kind::Mail, &payload, now).await?)
}

/// Writes a mail to a person, at the address they proved; nobody is told without one.
pub(super) async fn tell(app: &App, tx: &mut Tx, person: &Identity, name: &str, args: &[(&str, String)], now: Timestamp) -> Result<(), Stop> {
    let address = person.email.as_deref().filter(|_| person.email_verified_at.is_some()).and_then(|e| EmailAddress::parse(e).ok());
    let Some(to) = address else { return Ok(()) };
    let mail = letter(app, &to, person.profile.locale.unwrap_or_default(), name, args);
    post(app, tx, &mail, now).await
}
