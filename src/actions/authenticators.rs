//! Registering and removing what signs somebody in beside a password. Whoever does so has just shown the most that their
//! sign-in asks for, and is told by mail.

use super::mailing::tell;
use super::page_secret::{Begun, opened, sealed};
use super::second_factor::{recovery_digest, settle_floor};
use super::{App, Origin, Stop};
use crate::crypto::{Scannable, new_recovery_code, new_totp_secret, scannable, totp_step};
use crate::domain::{Authenticator, Factor, Method, Proof};
use crate::flow::acr_of;
use crate::store::authenticators::{self, NewAuthenticator};
use crate::store::sessions::{self, BrowserSession, SessionToken};
use crate::store::{Tx, audit, devices, identities, recovery_codes};
use crate::types::{DisplayText, IdentityId, OpaqueToken, RowId, Secret, Timestamp};

/// Why something was not registered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EnrollRefused {
    /// The code is not the one that the app shows now.
    #[error("enroll-wrong-code")]
    WrongCode,
    /// The page was open too long, or belongs to somebody else.
    #[error("enroll-over")]
    Over,
    /// The passkey was not accepted, or is registered already.
    #[error("enroll-passkey")]
    Passkey,
    /// There are enough of them.
    #[error("enroll-too-many")]
    TooMany,
}

/// What the page shows of a secret.
#[derive(Debug)]
pub struct NewTotp {
    /// The secret as text, in base32.
    pub secret: Secret,
    /// The same for scanning.
    pub scannable: Scannable,
    /// What the page carries; nobody else can read it.
    pub sealed: String,
}

fn shown_on_page(app: &App, secret: Secret, sealed: String, label: &str) -> Result<NewTotp, Stop> {
    let host = app.issuer().split_once("://").map_or(app.issuer(), |(_, host)| host);
    Ok(NewTotp { scannable: scannable(&secret, host, label)?, secret, sealed })
}

/// A new secret for somebody's app. Nothing is kept of it here.
pub fn begin_totp(app: &App, session: &BrowserSession, who: &IdentityId, label: &str, now: Timestamp) -> Result<NewTotp, Stop> {
    let secret = new_totp_secret(&mut app.rng());
    let sealed = sealed(app, session, Begun::Totp, Some(who), secret.expose(), now)?;
    shown_on_page(app, secret, sealed, label)
}

/// The same secret again, for the page that comes back.
pub fn resume_totp(app: &App, session: &BrowserSession, who: &IdentityId, label: &str, sealed: &str, now: Timestamp) -> Result<Option<NewTotp>, Stop> {
    opened(app, session, Begun::Totp, Some(who), sealed, now).map(|begun| shown_on_page(app, begun.secret, sealed.to_owned(), label)).transpose()
}

/// Registers an app by a code that it shows. The code counts as a proof of this session, and is used up.
pub async fn add_totp(
    app: &App,
    session: &BrowserSession,
    who: &IdentityId,
    name: &DisplayText,
    sealed: &str,
    code: &str,
    origin: &Origin,
    now: Timestamp,
) -> Result<Result<SessionToken, EnrollRefused>, Stop> {
    let Some(begun) = opened(app, session, Begun::Totp, Some(who), sealed, now) else { return Ok(Err(EnrollRefused::Over)) };
    let digits: String = code.chars().filter(|c| !c.is_whitespace()).collect();
    let Some(step) = totp_step(&begun.secret, &digits, now) else { return Ok(Err(EnrollRefused::WrongCode)) };
    if authenticators::of_identity(&app.store.db, who).await?.len() as i64 >= authenticators::MOST {
        return Ok(Err(EnrollRefused::TooMany));
    }
    let keep = app.keys().people_sealer().seal(begun.secret.expose())?;
    let id = RowId::mint(now, &mut app.rng());
    let mut tx = app.store.begin().await?;
    if !begun.use_up(&mut tx, now).await? {
        return Ok(Err(EnrollRefused::Over));
    }
    let new = NewAuthenticator {
        id: &id,
        identity_id: who,
        factor: Factor::Totp,
        name: name.as_str(),
        secret: Some(&keep),
        credential_id: None,
        backed_up: false,
        last_step: step,
    };
    if authenticators::add(&mut tx, &new, now).await?.is_err() {
        return Ok(Err(EnrollRefused::Over));
    }
    let cookie = registered(app, &mut tx, session, who, Factor::Totp, name.as_str(), origin, now).await?;
    let Some(cookie) = cookie else { return Ok(Err(EnrollRefused::Over)) };
    tx.commit().await?;
    Ok(Ok(cookie))
}

/// What every registration does: the proof counts here, the cookie's secret is replaced, the person is told.
#[allow(clippy::too_many_arguments)]
pub(super) async fn registered(
    app: &App,
    tx: &mut Tx,
    session: &BrowserSession,
    who: &IdentityId,
    factor: Factor,
    name: &str,
    origin: &Origin,
    now: Timestamp,
) -> Result<Option<SessionToken>, Stop> {
    let Some(before) = sessions::hold_proofs(tx, &session.id, who).await? else { return Ok(None) };
    let proof = Proof { method: factor.method(), at: now };
    let proofs = before.clone().with(proof);
    let cookie = OpaqueToken::mint(session.id.clone(), &mut app.rng());
    if !sessions::rotate(tx, &cookie, now).await? {
        return Ok(None);
    }
    let owed = authenticators::floor(tx, who).await?;
    settle_floor(tx, who, owed, std::iter::once(&proof)).await?;
    sessions::sign_in(tx, &session.id, who, &proofs, None, now).await?;
    if let Some(person) = identities::find(&app.store.db, who).await? {
        let locale = person.profile.locale.unwrap_or_default();
        let kind = app.texts.say(locale, &format!("factor-{}", factor.as_str()), &[]);
        let args = [("name", name.to_owned()), ("kind", kind), ("link", app.config.url("/"))];
        tell(app, tx, &person, "factor-added", &args, now).await?;
    }
    let event = app.event("factor.added", origin, now).by(who).acr_before(acr_of(before.level())).acr(acr_of(proofs.level())).reason(factor.as_str());
    audit::append(tx, &event).await?;
    Ok(Some(cookie))
}

/// What a person registered, and how many recovery codes are left.
pub async fn authenticators_of(app: &App, who: &IdentityId) -> Result<(Vec<Authenticator>, i64, Option<Timestamp>), Stop> {
    let (left, made) = recovery_codes::left(&app.store.db, who).await?;
    Ok((authenticators::of_identity(&app.store.db, who).await?, left, made))
}

/// How many recovery codes somebody has left who made some and is about to run out.
pub async fn few_recovery_codes(app: &App, who: &IdentityId) -> Result<Option<i64>, Stop> {
    let (left, made) = recovery_codes::left(&app.store.db, who).await?;
    Ok(made.filter(|_| left < FEW).map(|_| left))
}

/// Fewer than these are about to run out.
const FEW: i64 = 3;

/// So many recovery codes are made at once.
pub const RECOVERY_CODES: usize = 10;

/// Makes new recovery codes; those before are dead. They are shown this once. `None` when the person was signed out meanwhile.
pub async fn new_recovery_codes(app: &App, session: &BrowserSession, who: &IdentityId, origin: &Origin, now: Timestamp) -> Result<Option<Vec<Secret>>, Stop> {
    let mut rng = app.rng();
    let codes: Vec<Secret> = (0..RECOVERY_CODES).map(|_| new_recovery_code(&mut rng)).collect();
    let digests: Vec<String> = codes.iter().map(|c| recovery_digest(app, who, &c.expose().replace('-', ""))).collect();
    let mut tx = app.store.begin().await?;
    if sessions::hold_proofs(&mut tx, &session.id, who).await?.is_none() {
        return Ok(None);
    }
    recovery_codes::replace(&mut tx, who, &digests, now).await?;
    if let Some(person) = identities::find(&app.store.db, who).await? {
        tell(app, &mut tx, &person, "recovery-codes-made", &[("link", app.config.url("/"))], now).await?;
    }
    audit::append(&mut tx, &app.event("recovery_codes.made", origin, now).by(who)).await?;
    tx.commit().await?;
    Ok(Some(codes))
}

/// Removes one. With the last one the recovery codes go too, and everywhere else the person is signed out: what was shown there
/// no longer exists, and so it is here, but for the password. False when it is not theirs, or they were signed out meanwhile.
pub async fn remove_authenticator(app: &App, session: &BrowserSession, who: &IdentityId, id: &RowId, origin: &Origin, now: Timestamp) -> Result<bool, Stop> {
    let mut tx = app.store.begin().await?;
    let Some(proofs) = sessions::hold_proofs(&mut tx, &session.id, who).await? else { return Ok(false) };
    let Some((factor, name)) = authenticators::remove(&mut tx, who, id).await? else { return Ok(false) };
    let enrolled = authenticators::enrolled_now(&mut tx, who).await?;
    if enrolled.is_empty() {
        recovery_codes::replace(&mut tx, who, &[], now).await?;
    }
    devices::forget(&mut tx, who, None).await?;
    super::sign_out::out_of_other_browsers(app, &mut tx, &session.id, who, origin, now).await?;
    // What it proved here counts no more either, when there is no other of its kind; without any, nor do codes from paper.
    let left = proofs.without(|m| if enrolled.is_empty() { m != Method::Password } else { m == factor.method() && !enrolled.has(factor) });
    if left.is_empty() {
        super::sign_out::out(app, &mut tx, &session.id, who, origin, now).await?;
    } else {
        sessions::sign_in(&mut tx, &session.id, who, &left, None, now).await?;
    }
    if let Some(person) = identities::find(&app.store.db, who).await? {
        let locale = person.profile.locale.unwrap_or_default();
        let kind = app.texts.say(locale, &format!("factor-{}", factor.as_str()), &[]);
        tell(app, &mut tx, &person, "factor-removed", &[("name", name), ("kind", kind), ("link", app.config.url("/recover"))], now).await?;
    }
    audit::append(&mut tx, &app.event("factor.removed", origin, now).by(who).reason(factor.as_str())).await?;
    tx.commit().await?;
    Ok(true)
}
