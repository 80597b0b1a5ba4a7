//! The device authorization grant (RFC 8628): a device asks, a person types its code in a browser and goes through the pages of every
//! other sign-in, and the device fetches what was granted.

use super::authorize::check_device_request;
use super::exchange::redeem;
use super::tries::Tries;
use super::{App, Origin, Stop, TokenResponse};
use crate::flow::{Approved, LiveGrant};
use crate::protocol::{Client, ClientAuthMethod, ErrorCode, Params, ProtocolFailure, Reason, TokenRequest};
use crate::store::codes;
use crate::store::device_authorizations::{self, DeviceAuthorization, DeviceCode};
use crate::store::identities;
use crate::store::interactions::{self, NewInteraction, Purpose};
use crate::store::sessions::BrowserSession;
use crate::types::{InteractionId, RowId, Seconds, Secret, Timestamp, UserCode};

/// How long a device waits between two polls, at first.
const INTERVAL: Seconds = Seconds(5);

/// How often a user code is drawn again because another device has it.
const DRAWS: usize = 5;

/// What a device is told (RFC 8628 section 3.2).
#[derive(Debug)]
pub struct DeviceAnswer {
    /// What it polls with, once.
    pub device_code: Secret,
    /// What it shows.
    pub user_code: UserCode,
    /// Seconds until both are over.
    pub expires_in: Seconds,
    /// Seconds between two polls.
    pub interval: Seconds,
}

/// Why a device was told nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeviceRefused {
    /// Too many from there; it may ask again after so many seconds.
    TooOften(i64),
}

/// A device of an authenticated client asks.
pub async fn device_asks(app: &App, client: &Client, params: &Params, origin: &Origin, now: Timestamp) -> Result<Result<DeviceAnswer, DeviceRefused>, Stop> {
    let interaction = InteractionId::mint(now, &mut app.rng());
    let request = check_device_request(app, client, params, interaction.clone()).await?;
    // Whoever knows its name can ask as a public client.
    if client.metadata.token_endpoint_auth_method == ClientAuthMethod::None {
        let from = format!("device of {} at {}", client.id, origin.address_range().unwrap_or_else(|| "anywhere".to_owned()));
        if let Some(quota) = app.spend(&from, app.config.device_per_hour, Seconds::hours(1), now).filter(|q| q.left.is_none()) {
            return Ok(Err(DeviceRefused::TooOften(quota.seconds)));
        }
    }
    let mut rng = app.rng();
    let code = DeviceCode::mint(RowId::mint(now, &mut rng), &mut rng);
    let expires_at = now + app.config.lifetimes.device_code;
    let mut new = DeviceAuthorization {
        id: code.selector().clone(),
        verifier_digest: code.verifier_digest().as_str().to_owned(),
        client_id: client.id.clone(),
        user_code: UserCode::mint(&mut rng),
        interaction_id: interaction,
        address: origin.address_text(),
        created_at: now,
        expires_at,
        interval: INTERVAL,
        polled_at: None,
        refused_reason: None,
        finished_at: None,
    };
    let purpose = Purpose::Authorize(Box::new(request));
    let mut tx = app.store.begin().await?;
    interactions::add(&mut tx, &NewInteraction::of(new.interaction_id.clone(), None, &purpose, expires_at), now).await?;
    for _ in 0..DRAWS {
        if device_authorizations::begin(&mut tx, &new).await? {
            tx.commit().await?;
            return Ok(Ok(DeviceAnswer {
                device_code: code.reveal(),
                user_code: new.user_code,
                expires_in: app.config.lifetimes.device_code,
                interval: INTERVAL,
            }));
        }
        new.user_code = UserCode::mint(&mut rng);
    }
    Err(anyhow::anyhow!("no user code was free").into())
}

/// A device polls (RFC 8628 sections 3.4 and 3.5).
pub(super) async fn poll(app: &App, client: &Client, request: &TokenRequest, code: &Secret, origin: &Origin, now: Timestamp) -> Result<TokenResponse, Stop> {
    let unknown = || ProtocolFailure::invalid_grant("the device code is unknown or used");
    let code = DeviceCode::parse(code.expose()).map_err(|_| unknown())?;
    let Some(device) = device_authorizations::presented(&app.store.db, &code).await? else { return Err(unknown().into()) };
    if device.client_id != client.id {
        return Err(ProtocolFailure::invalid_grant("the device code was issued to another client").into());
    }
    let expired = || ProtocolFailure::new(ErrorCode::ExpiredToken, "the device code has expired; ask for another");
    // Answering and granting are one write: a finished interaction without a code ended without a grant.
    if let Some(granted) = codes::presented(&app.store.db, &code).await? {
        if granted.used_at.is_none() && granted.expires_at <= now {
            return Err(expired().into());
        }
        return redeem(app, client, request, &code, &granted, origin, now).await;
    }
    if device.finished_at.is_some() {
        let reason = device.refused_reason.as_deref().and_then(Reason::named);
        return Err(ProtocolFailure { reason, ..ProtocolFailure::new(ErrorCode::AccessDenied, "the person did not let this device in") }.into());
    }
    if device.expires_at <= now {
        return Err(expired().into());
    }
    // A second is forgiven: clocks and networks are not exact.
    let too_soon = device.polled_at.is_some_and(|last| now.since(last).0 + 1 < device.interval.0);
    let interval = if too_soon { Seconds(device.interval.0 + INTERVAL.0) } else { device.interval };
    let mut tx = app.store.begin().await?;
    device_authorizations::polled(&mut tx, &device.id, interval, now).await?;
    tx.commit().await?;
    Err(if too_soon {
        ProtocolFailure::new(ErrorCode::SlowDown, "polled too soon; wait five seconds longer each time").into()
    } else {
        ProtocolFailure::new(ErrorCode::AuthorizationPending, "the person has not answered yet").into()
    })
}

/// Why a user code led nowhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UserCodeRefused {
    /// Nobody waits with it: wrong, over, or answered.
    #[error("device-code-unknown")]
    Unknown,
    /// Somebody answers it in another browser.
    #[error("device-code-elsewhere")]
    Elsewhere,
    /// Too many wrong ones from here.
    #[error("device-too-often")]
    TooOften,
}

/// Somebody types a user code: the interaction in which they answer, from now on this browser's alone.
pub async fn enter_user_code(
    app: &App,
    typed: &str,
    session: &BrowserSession,
    origin: &Origin,
    now: Timestamp,
) -> Result<Result<InteractionId, UserCodeRefused>, Stop> {
    let Ok(code) = typed.parse::<UserCode>() else { return Ok(Err(UserCodeRefused::Unknown)) };
    let tries = Tries::at_user_codes(app, session, origin, now);
    let Some(reserved) = tries.reserve(app, now).await? else { return Ok(Err(UserCodeRefused::TooOften)) };
    let waiting = device_authorizations::typed(&app.store.db, &code).await?.filter(|d| d.finished_at.is_none() && d.expires_at > now);
    let Some(device) = waiting else { return Ok(Err(UserCodeRefused::Unknown)) };
    let mut tx = app.store.begin().await?;
    reserved.give_back(&mut tx).await?;
    let bound = interactions::bind(&mut tx, &device.interaction_id, &session.id).await?;
    tx.commit().await?;
    if !bound {
        let here = interactions::find(&app.store.db, &device.interaction_id).await?.is_some_and(|i| i.browser_session_id.as_ref() == Some(&session.id));
        if !here {
            return Ok(Err(UserCodeRefused::Elsewhere));
        }
    }
    Ok(Ok(device.interaction_id))
}

/// The device that waits for the answer of an interaction, and whether it asked from another network than this request comes from: where
/// that cannot be told, from none.
pub async fn waiting_device(app: &App, interaction: &InteractionId, origin: &Origin) -> Result<Option<(DeviceAuthorization, bool)>, Stop> {
    let device = device_authorizations::answered_in(&app.store.db, interaction).await?;
    Ok(device.map(|device| {
        let there = Origin { address: device.address.as_deref().and_then(|a| a.parse().ok()), ..Origin::default() };
        let comparable = matches!((there.address, origin.address), (Some(a), Some(b)) if a.to_canonical().is_ipv4() == b.to_canonical().is_ipv4());
        let elsewhere = comparable && there.address_range() != origin.address_range();
        (device, elsewhere)
    }))
}

/// What was granted to a device in an interaction that is over, if anything was.
pub async fn granted_to_device(app: &App, interaction: &InteractionId) -> Result<Option<LiveGrant>, Stop> {
    Ok(device_authorizations::granted_in(&app.store.db, interaction).await?)
}

/// Tells who let a device in that they did. The device has its grant: a mail that cannot be written is logged, and keeps nobody out.
pub(super) async fn tell(app: &App, client: &Client, approved: &Approved, device: &DeviceAuthorization, origin: &Origin, now: Timestamp) {
    let told = async {
        let Some(person) = identities::find(&app.store.db, &approved.acting.identity_id).await? else { return Ok(()) };
        let company = approved.reach.as_ref().map(|r| r.account.company.name.clone());
        let letter = if company.is_some() { "device-let-in-company" } else { "device-let-in" };
        // From where the device asked: the browser is always the reader's own, whoever sent them the code.
        let args = [
            ("client", client.name.as_str().to_owned()),
            ("company", company.unwrap_or_default()),
            ("address", device.address.clone().unwrap_or_else(|| "?".to_owned())),
            ("link", app.config.url("/")),
        ];
        let mut tx = app.store.begin().await?;
        super::mailing::tell(app, &mut tx, &person, letter, &args, now).await?;
        Ok::<_, Stop>(tx.commit().await?)
    };
    if let Err(e) = told.await {
        tracing::warn!(request_id = %origin.request_id, error = %e, "who let a device in was not told");
    }
}
