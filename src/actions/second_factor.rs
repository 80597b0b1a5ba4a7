//! A second factor, shown to us: at sign-in, for a step up, and wherever somebody's own has to be proved (threats.md T17).

use super::mailing::tell;
use super::passkeys::check_passkey;
use super::sent_codes::spend_factor_code;
use super::tries::{Row, Tries};
use super::{App, Origin, Stop};
use crate::crypto::{code_digest, totp_step, typed_recovery_code};
use crate::domain::{Level, Method, Proof, SignedIn};
use crate::flow::{Progress, acr_of};
use crate::store::devices::{self, DeviceToken};
use crate::store::identities::Standing;
use crate::store::interactions::{self, Interaction};
use crate::store::sessions::{self, BrowserSession, Place, SessionToken};
use crate::store::{Tx, audit, authenticators, identities, recovery_codes};
use crate::types::{IdentityId, OpaqueToken, RowId, Seconds, Timestamp};

/// What was shown.
#[derive(Clone, Copy, Debug)]
pub enum Shown<'a> {
    /// Something that was typed: the code of an app, or one from paper.
    Code(&'a str),
    /// A passkey: what its page carried, and what the browser answered.
    Passkey {
        /// The sealed state.
        sealed: &'a str,
        /// The answer, as JSON.
        response: &'a str,
    },
}

/// Why a second factor was not accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FactorRefused {
    /// It is wrong, too old or used, or there were too many tries; nobody is told which.
    #[error("factor-wrong")]
    Wrong,
    /// It is right, and does not count for what is asked.
    #[error("factor-not-accepted")]
    NotAccepted,
    /// The sign-in it belongs to is over.
    #[error("factor-over")]
    Over,
}

/// From this many failures on, whoever has the right password is told to choose another.
const WARN_AT: i64 = 5;

/// Looks at a second factor of an identity, and uses it up in `tx`: whoever gets `Ok` commits. A wrong one is counted with the
/// tries at the password, in a transaction of its own.
pub(super) async fn prove_factor(
    app: &App,
    session: &BrowserSession,
    who: &IdentityId,
    shown: Shown<'_>,
    accepts: impl Fn(Method) -> bool,
    origin: &Origin,
    now: Timestamp,
) -> Result<Result<(Method, Tx), FactorRefused>, Stop> {
    let tries = Tries::at(app, who.as_str(), Row::of(app, session, who.clone(), true, origin).await?, origin);
    let Some(reserved) = tries.reserve(app, now).await?.filter(|r| !r.closed) else {
        app.store.hot.append(app.event("factor.refused", origin, now).by(who).reason("throttled")).await?;
        return Ok(Err(FactorRefused::Wrong));
    };
    let checked = match shown {
        Shown::Passkey { sealed, response } => check_passkey(app, session, sealed, response, origin, now).await?.filter(|c| c.is_of(who)),
        Shown::Code(_) => None,
    };
    let mut tx = app.store.begin().await?;
    let found = match (shown, &checked) {
        (Shown::Code(text), _) => use_code(app, &mut tx, session, who, text, now).await?,
        (Shown::Passkey { .. }, Some(checked)) if checked.consume(&mut tx, now).await? => Some(Method::Passkey),
        (Shown::Passkey { .. }, _) => None,
    };
    match found {
        Some(method) if accepts(method) => {
            tries.succeeded(&mut tx).await?;
            if method == Method::RecoveryCode {
                tell_of_recovery_code(app, &mut tx, who, now).await?;
            }
            Ok(Ok((method, tx)))
        }
        Some(_) => {
            // Nothing was wrong with it: it is neither used up nor counted.
            drop(tx);
            let mut tx = app.store.begin().await?;
            reserved.give_back(&mut tx).await?;
            tx.commit().await?;
            Ok(Err(FactorRefused::NotAccepted))
        }
        None => {
            drop(tx);
            tries.failed(app, &reserved, origin, now).await?;
            let mut tx = app.store.begin().await?;
            if tries.failures(&mut tx).await? == WARN_AT
                && let Some(person) = identities::find(&app.store.db, who).await?
            {
                tell(app, &mut tx, &person, "factor-guessed", &[("link", app.config.url("/recover"))], now).await?;
            }
            audit::append(&mut tx, &app.event("factor.refused", origin, now).by(who).reason("wrong")).await?;
            tx.commit().await?;
            Ok(Err(FactorRefused::Wrong))
        }
    }
}

/// Uses up a typed code, whatever it is.
async fn use_code(app: &App, tx: &mut Tx, session: &BrowserSession, who: &IdentityId, text: &str, now: Timestamp) -> Result<Option<Method>, Stop> {
    if let Some(letters) = typed_recovery_code(text) {
        let digest = recovery_digest(app, who, &letters);
        return Ok(recovery_codes::spend(tx, who, &digest, now).await?.then_some(Method::RecoveryCode));
    }
    let digits: String = text.chars().filter(|c| !c.is_whitespace()).collect();
    let sealer = app.keys().people_sealer();
    for (id, sealed) in authenticators::totp_secrets(tx, who).await? {
        if let Some(step) = totp_step(&sealer.open_sealed(&sealed)?, &digits, now)
            && authenticators::use_step(tx, &id, step, now).await?
        {
            return Ok(Some(Method::Totp));
        }
    }
    spend_factor_code(app, tx, session, who, &digits, now).await
}

/// What is kept of a recovery code.
pub(super) fn recovery_digest(app: &App, who: &IdentityId, letters: &str) -> String {
    code_digest(app.keys().pairwise_salt(), "recovery", who, letters)
}

async fn tell_of_recovery_code(app: &App, tx: &mut Tx, who: &IdentityId, now: Timestamp) -> Result<(), Stop> {
    let left = recovery_codes::left_now(tx, who).await?;
    if let Some(person) = identities::find(&app.store.db, who).await? {
        let args = [("left", left.to_string()), ("link", app.config.url("/"))];
        tell(app, tx, &person, "recovery-code-used", &args, now).await?;
    }
    Ok(())
}

/// Shows a second factor inside an interaction: the other half of a sign-in, or a step up of somebody who is signed in.
/// `accepts` says what would do, as the page said; `remember` that it need not be asked in this browser for a while.
#[allow(clippy::too_many_arguments)]
pub async fn show_factor(
    app: &App,
    interaction: &Interaction,
    session: &BrowserSession,
    who: &IdentityId,
    accepts: impl Fn(Method) -> bool,
    shown: Shown<'_>,
    remember: bool,
    origin: &Origin,
    now: Timestamp,
) -> Result<Result<NewCookies, FactorRefused>, Stop> {
    let pending = interaction.progress.pending.as_ref().filter(|p| p.identity_id == *who);
    let here = session.signed_in.iter().find(|s| s.identity_id == *who);
    if pending.is_none() && here.is_none() {
        return Ok(Err(FactorRefused::Over));
    }
    if let Some(pending) = pending
        && identities::epoch(&app.store.db, who).await? != Some(pending.epoch)
    {
        return Ok(Err(FactorRefused::Over));
    }
    let (method, mut tx) = match prove_factor(app, session, who, shown, accepts, origin, now).await? {
        Ok(proved) => proved,
        Err(refused) => return Ok(Err(refused)),
    };
    // A reset between the password and now ends this sign-in (threats.md T02): held for the rest of the transaction.
    if let Some(pending) = pending
        && !identities::hold_epoch(&mut tx, who, pending.epoch).await?
    {
        return Ok(Err(FactorRefused::Over));
    }
    let kind = if pending.is_some() { SIGNED_IN } else { STEPPED_UP };
    let proof = Proof { method, at: now };
    let standing = identities::standing(&mut tx, who).await?;
    let Some(cookies) = sign_in_with(app, &mut tx, interaction, session, who, &standing, &[proof], kind, origin, now).await? else {
        return Ok(Err(FactorRefused::Over));
    };
    let days = app.config.factors_remembered_days;
    if let (true, true, Some(device)) = (remember, days > 0, cookies.device.as_ref().or(origin.device_token.as_ref())) {
        devices::remember(&mut tx, device.selector(), who, now + Seconds::days(days), now).await?;
    }
    tx.commit().await?;
    Ok(Ok(cookies))
}

/// What a browser keeps after a sign-in.
#[derive(Debug)]
pub struct NewCookies {
    /// The session's new secret; the old one is dead.
    pub session: SessionToken,
    /// The browser's own, when it had none.
    pub device: Option<DeviceToken>,
}

/// Notes in which browser somebody signed in; a first time in a new one is mailed to them. The browser's cookie, if it needs one.
async fn note_device(app: &App, tx: &mut Tx, who: &IdentityId, origin: &Origin, now: Timestamp) -> Result<Option<DeviceToken>, Stop> {
    let presented = match &origin.device_token {
        Some(token) if devices::is_known(tx, token).await? => Some(token.clone()),
        _ => None,
    };
    let fresh = presented.is_none();
    let token = match presented {
        Some(token) => token,
        None => {
            let token = DeviceToken::mint(RowId::mint(now, &mut app.rng()), &mut app.rng());
            devices::add(tx, &token, now).await?;
            token
        }
    };
    if devices::seen(tx, token.selector(), fresh, who, &origin.device, now).await?
        && let Some(person) = identities::find(&app.store.db, who).await?
    {
        let locale = person.profile.locale.unwrap_or_default();
        let device = if origin.device.is_empty() { app.texts.say(locale, "device-unknown", &[]) } else { origin.device.clone() };
        let args = [("device", device), ("address", origin.address_text().unwrap_or_default()), ("link", app.config.url("/"))];
        tell(app, tx, &person, "new-device", &args, now).await?;
    }
    Ok(fresh.then_some(token))
}

/// Somebody signed in, as audited.
pub(super) const SIGNED_IN: &str = "sign_in.accepted";
const STEPPED_UP: &str = "sign_in.stepped_up";

/// Signs somebody in with one more proof, besides what they showed in this interaction and this browser before. The cookie's secret is
/// replaced (threats.md T33). `None` when the interaction, the session or the identity is over.
#[allow(clippy::too_many_arguments)]
pub(super) async fn sign_in_with(
    app: &App,
    tx: &mut Tx,
    interaction: &Interaction,
    session: &BrowserSession,
    who: &IdentityId,
    standing: &Standing,
    shown: &[Proof],
    kind: &'static str,
    origin: &Origin,
    now: Timestamp,
) -> Result<Option<NewCookies>, Stop> {
    let before = match sessions::hold_proofs(tx, &session.id, who).await? {
        None if kind == STEPPED_UP => return Ok(None),
        before => before.unwrap_or_default(),
    };
    let mut progress: Progress = interaction.progress.clone();
    let first = progress.pending.take().filter(|p| p.identity_id == *who).map(|p| p.proofs).unwrap_or_default();
    let proofs = first.iter().chain(shown).fold(before.clone(), |all, p| all.with(*p));
    if kind == SIGNED_IN {
        if !progress.proved.contains(who) {
            progress.proved.push(who.clone());
        }
        progress.adding_identity = false;
    }
    let cookie = OpaqueToken::mint(session.id.clone(), &mut app.rng());
    if !sessions::rotate(tx, &cookie, now).await? || !interactions::save(tx, &interaction.id, &progress).await? {
        return Ok(None);
    }
    if !super::closing::restore(app, tx, who, standing.closes_at, origin, now).await? {
        return Ok(None);
    }
    // Whoever still has a factor has not lost it.
    if shown.iter().any(|p| p.method.is_second_factor()) {
        super::factor_reset::end(app, tx, who, "factor-shown", origin, now).await?;
    }
    settle_floor(tx, who, standing.floor, first.iter().chain(shown)).await?;
    let address = origin.address_text().unwrap_or_default();
    sessions::sign_in(tx, &session.id, who, &proofs, Some(Place { device: &origin.device, address: &address }), now).await?;
    let event = app
        .event(kind, origin, now)
        .by(who)
        .acr_before(if before.is_empty() { "" } else { acr_of(before.level()) })
        .acr(acr_of(proofs.level()))
        .reason(shown.last().map_or("", |p| p.method.as_str()));
    audit::append(tx, &event).await?;
    let device = note_device(app, tx, who, origin, now).await?;
    Ok(Some(NewCookies { session: cookie, device }))
}

/// Whoever took over a stronger sign-in owes its strength until they show as much: now, for what was shown before that may have been
/// somebody else's (threats.md T11).
pub(super) async fn settle_floor(tx: &mut Tx, who: &IdentityId, floor: Level, shown: impl Iterator<Item = &Proof>) -> Result<(), Stop> {
    if floor > Level::One && shown.map(|p| p.method.level()).max() >= Some(floor) {
        authenticators::lift_floor(tx, who, floor).await?;
    }
    Ok(())
}

/// How long a proof counts as fresh for changing what signs in.
pub const FRESH_PROOF: crate::types::Seconds = crate::types::Seconds::minutes(10);

/// The person, if they are signed in here and showed just now the most that their sign-in asks for.
pub fn freshly_proved<'a>(session: &'a BrowserSession, who: &IdentityId, now: Timestamp) -> Option<&'a SignedIn> {
    session.signed_in.iter().find(|s| s.identity_id == *who && now.since(s.proved_at()) <= FRESH_PROOF)
}

/// Puts off a second factor that may wait, or declines one that is only wished for.
pub async fn put_off_factor(app: &App, interaction: &Interaction, who: &IdentityId) -> Result<(), Stop> {
    let mut progress = interaction.progress.clone();
    if !progress.put_off.contains(who) {
        progress.put_off.push(who.clone());
    }
    let mut tx = app.store.begin().await?;
    interactions::save(&mut tx, &interaction.id, &progress).await?;
    Ok(tx.commit().await?)
}

/// Forgets a half sign-in: somebody else wants to sign in.
pub async fn forget_pending(app: &App, interaction: &Interaction) -> Result<(), Stop> {
    let mut progress = interaction.progress.clone();
    progress.pending = None;
    let mut tx = app.store.begin().await?;
    interactions::save(&mut tx, &interaction.id, &progress).await?;
    Ok(tx.commit().await?)
}
