//! Proving a mobile number by a code, where a sender is configured (design.md section 4, S1).

use subtle::ConstantTimeEq;

use super::sent_codes::{CODE, may_send, six_digits};
use super::{App, Origin, Stop};
use crate::crypto::mobile_code_digest;
use crate::domain::Identity;
use crate::store::outbox::{self, Kind};
use crate::store::{audit, mobile_codes};
use crate::types::{IdentityId, RowId, Timestamp};

/// A text message, as it waits.
#[derive(serde::Serialize, serde::Deserialize)]
pub struct TextMessage {
    /// The number, as E.164.
    pub to: String,
    /// The text.
    pub text: String,
}

/// Why a number was not proved.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MobileRefused {
    /// There is no number, or no sender.
    #[error("no-number")]
    NoNumber,
    /// Too many codes were sent lately.
    #[error("asked-too-often")]
    TooOften,
    /// The code is wrong or too old.
    #[error("wrong-code")]
    WrongCode,
}

/// Whether text messages can be sent; in development they land in the mailbox page.
pub fn sends_texts(app: &App) -> bool {
    app.config.sms.is_some() || app.config.development
}

/// Sends a code to the number of a person's profile; the one before it is dead.
pub async fn send_mobile_code(app: &App, person: &Identity, origin: &Origin, now: Timestamp) -> Result<Result<(), MobileRefused>, Stop> {
    let Some(mobile) = person.profile.mobile.as_deref().filter(|_| sends_texts(app)) else { return Ok(Err(MobileRefused::NoNumber)) };
    let mut tx = app.store.begin().await?;
    if !may_send(&mut tx, &person.id, mobile, origin, now).await? {
        return Ok(Err(MobileRefused::TooOften));
    }
    let code = six_digits(app);
    mobile_codes::keep(&mut tx, &person.id, mobile, &digest(app, &person.id, &code), now + CODE).await?;
    let locale = person.profile.locale.unwrap_or_default();
    let text = app.texts.say(locale, "text-mobile-code", &[("code", code.as_str().into()), ("minutes", (CODE.0 / 60).into())]);
    let payload = serde_json::to_string(&TextMessage { to: mobile.to_owned(), text }).map_err(anyhow::Error::from)?;
    outbox::put(&mut tx, &RowId::mint(now, &mut app.rng()), Kind::Text, &payload, now).await?;
    audit::append(&mut tx, &app.event("mobile.code_sent", origin, now).by(&person.id)).await?;
    tx.commit().await?;
    Ok(Ok(()))
}

fn digest(app: &App, person: &IdentityId, code: &str) -> String {
    mobile_code_digest(app.keys().csrf_key(), person, code)
}

/// Looks at a code. A wrong one costs a try of the few that a code has.
pub async fn prove_mobile(app: &App, person: &IdentityId, code: &str, origin: &Origin, now: Timestamp) -> Result<Result<(), MobileRefused>, Stop> {
    let shown = digest(app, person, code.trim());
    let mut tx = app.store.begin().await?;
    let kept = mobile_codes::try_one(&mut tx, person, now).await?;
    let right = kept.is_some_and(|kept| kept.as_bytes().ct_eq(shown.as_bytes()).into());
    let proved = right && mobile_codes::prove(&mut tx, person, &shown, now).await?;
    if proved {
        audit::append(&mut tx, &app.event("mobile.proved", origin, now).by(person)).await?;
    }
    tx.commit().await?;
    Ok(if proved { Ok(()) } else { Err(MobileRefused::WrongCode) })
}
