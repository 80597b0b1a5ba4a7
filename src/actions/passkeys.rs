//! Passkeys: registering one, and finding whom one signs in. The state of a ceremony travels in the page that began it.

use super::authenticators::{EnrollRefused, registered};
use super::mailing::tell;
use super::page_secret::{Begun, Opened, opened, sealed};
use super::second_factor::{NewCookies, SIGNED_IN, sign_in_with};
use super::{App, Origin, SignInRefused, Stop};
use crate::crypto::{Ceremony, PasskeyRefused, Passkeys, UsedPasskey};
use crate::domain::{Factor, Identity, Method, Proof};
use crate::store::authenticators::{self, KnownPasskey, NewAuthenticator};
use crate::store::interactions::Interaction;
use crate::store::sessions::{BrowserSession, SessionToken};
use crate::store::{Tx, audit, identities};
use crate::types::{DisplayText, IdentityId, RowId, Timestamp};

/// What a page carries of a ceremony.
#[derive(Debug)]
pub struct PageCeremony {
    /// For the script of the page.
    pub options: serde_json::Value,
    /// For us, when it comes back.
    pub sealed: String,
}

fn on_page(app: &App, session: &BrowserSession, begun: Begun, whose: Option<&IdentityId>, ceremony: Ceremony, now: Timestamp) -> Result<PageCeremony, Stop> {
    Ok(PageCeremony { options: ceremony.options, sealed: sealed(app, session, begun, whose, &ceremony.state, now)? })
}

/// Begins to register one. `None` where there can be none.
pub async fn begin_passkey(app: &App, session: &BrowserSession, person: &Identity, now: Timestamp) -> Result<Option<PageCeremony>, Stop> {
    let Some(passkeys) = &app.passkeys else { return Ok(None) };
    let has = authenticators::credential_ids(&app.store.db, &person.id).await?;
    let label = person.sign_in_label();
    let ceremony = passkeys.begin_registration(&handle(&person.id), label, &person.profile.full_name().unwrap_or_else(|| label.to_owned()), &has)?;
    Ok(Some(on_page(app, session, Begun::Registration, Some(&person.id), ceremony, now)?))
}

/// The user handle (WebAuthn level 3 section 14.6.1): nothing of the person is in it but the id that apps know too.
fn handle(id: &IdentityId) -> [u8; 16] {
    let hex = id.as_str().trim_start_matches(IdentityId::PREFIX);
    u128::from_str_radix(hex, 16).unwrap_or_default().to_be_bytes()
}

/// Registers it; it counts as a proof of this session at once.
#[allow(clippy::too_many_arguments)]
pub async fn add_passkey(
    app: &App,
    session: &BrowserSession,
    who: &IdentityId,
    name: &DisplayText,
    sealed: &str,
    response: &str,
    origin: &Origin,
    now: Timestamp,
) -> Result<Result<SessionToken, EnrollRefused>, Stop> {
    let Some(passkeys) = &app.passkeys else { return Ok(Err(EnrollRefused::Over)) };
    let Some(begun) = opened(app, session, Begun::Registration, Some(who), sealed, now) else { return Ok(Err(EnrollRefused::Over)) };
    let Ok(new) = passkeys.finish_registration(begun.secret.expose(), response) else { return Ok(Err(EnrollRefused::Passkey)) };
    if authenticators::of_identity(&app.store.db, who).await?.len() as i64 >= authenticators::MOST {
        return Ok(Err(EnrollRefused::TooMany));
    }
    let id = RowId::mint(now, &mut app.rng());
    let mut tx = app.store.begin().await?;
    if !begun.use_up(&mut tx, now).await? {
        return Ok(Err(EnrollRefused::Over));
    }
    let row = NewAuthenticator {
        id: &id,
        identity_id: who,
        factor: Factor::Passkey,
        name: name.as_str(),
        secret: Some(&new.document),
        credential_id: Some(&new.credential_id),
        backed_up: new.backed_up,
        last_step: 0,
    };
    if authenticators::add(&mut tx, &row, now).await?.is_err() {
        return Ok(Err(EnrollRefused::Passkey));
    }
    let Some(cookie) = registered(app, &mut tx, session, who, Factor::Passkey, name.as_str(), origin, now).await? else {
        return Ok(Err(EnrollRefused::Over));
    };
    tx.commit().await?;
    Ok(Ok(cookie))
}

/// Begins to ask for one: of somebody, or of whoever is there. `None` where there can be none.
pub async fn ask_for_passkey(app: &App, session: &BrowserSession, who: Option<&IdentityId>, now: Timestamp) -> Result<Option<PageCeremony>, Stop> {
    let Some(passkeys) = &app.passkeys else { return Ok(None) };
    let only = match who {
        Some(who) => authenticators::credential_ids(&app.store.db, who).await?,
        None => Vec::new(),
    };
    let ceremony = passkeys.begin_assertion(&only)?;
    Ok(Some(on_page(app, session, Begun::Assertion, None, ceremony, now)?))
}

/// A passkey that was right, not used up yet.
pub(super) struct Checked {
    /// Whose.
    pub identity_id: IdentityId,
    moved_from: Option<IdentityId>,
    begun: Opened,
    id: RowId,
    used: UsedPasskey,
}

impl Checked {
    /// Whether it is theirs, or was until it was taken along.
    pub(super) fn is_of(&self, who: &IdentityId) -> bool {
        self.identity_id == *who || self.moved_from.as_ref() == Some(who)
    }
    /// Uses the ceremony up in the transaction of what it opens; false when it was finished before.
    pub(super) async fn consume(&self, tx: &mut Tx, now: Timestamp) -> Result<bool, Stop> {
        if !self.begun.use_up(tx, now).await? {
            return Ok(false);
        }
        Ok(authenticators::use_passkey(tx, &self.id, self.used.document.as_deref(), self.used.backed_up, now).await?)
    }
}

/// Looks at a passkey: `None` when it is not accepted. One whose counter went back is flagged, and its owner told.
pub(super) async fn check_passkey(
    app: &App,
    session: &BrowserSession,
    sealed: &str,
    response: &str,
    origin: &Origin,
    now: Timestamp,
) -> Result<Option<Checked>, Stop> {
    let Some(passkeys) = &app.passkeys else { return Ok(None) };
    let Some(begun) = opened(app, session, Begun::Assertion, None, sealed, now) else { return Ok(None) };
    let Some(credential_id) = Passkeys::named_in(response) else { return Ok(None) };
    let Some(known) = authenticators::passkey(&app.store.db, &credential_id).await? else { return Ok(None) };
    match passkeys.finish_assertion(begun.secret.expose(), response, &known.document) {
        Ok(used) => Ok(Some(Checked { identity_id: known.identity_id, moved_from: known.moved_from, begun, id: known.id, used })),
        Err(PasskeyRefused::Wrong) => Ok(None),
        Err(PasskeyRefused::WentBack) => {
            flag(app, &known, origin, now).await?;
            Ok(None)
        }
    }
}

async fn flag(app: &App, known: &KnownPasskey, origin: &Origin, now: Timestamp) -> Result<(), Stop> {
    let Some(person) = identities::find(&app.store.db, &known.identity_id).await? else { return Ok(()) };
    let mut tx = app.store.begin().await?;
    authenticators::flag(&mut tx, &known.id, now).await?;
    tell(app, &mut tx, &person, "passkey-went-back", &[("name", known.name.clone()), ("link", app.config.url("/"))], now).await?;
    audit::append(&mut tx, &app.event("factor.refused", origin, now).by(&known.identity_id).reason("passkey-went-back")).await?;
    Ok(tx.commit().await?)
}

/// Signs in by a passkey alone: its owner verified themselves to it, so it is several factors at once.
pub async fn sign_in_by_passkey(
    app: &App,
    interaction: &Interaction,
    session: &BrowserSession,
    sealed: &str,
    response: &str,
    origin: &Origin,
    now: Timestamp,
) -> Result<Result<NewCookies, SignInRefused>, Stop> {
    let checked = check_passkey(app, session, sealed, response, origin, now).await?;
    let epoch = match &checked {
        Some(checked) => identities::epoch(&app.store.db, &checked.identity_id).await?,
        None => None,
    };
    let (Some(checked), Some(epoch)) = (checked, epoch) else {
        app.store.hot.append(app.event("sign_in.refused", origin, now).reason("passkey")).await?;
        return Ok(Err(SignInRefused::NotSignedIn));
    };
    let who = &checked.identity_id;
    let mut tx = app.store.begin().await?;
    // The identity is held, as at a sign-in by password: what ends its sessions meanwhile ends this one too (threats.md T02).
    if !identities::hold_epoch(&mut tx, who, epoch).await? || !checked.consume(&mut tx, now).await? {
        return Ok(Err(SignInRefused::NotSignedIn));
    }
    let standing = identities::standing(&mut tx, who).await?;
    match sign_in_with(app, &mut tx, interaction, session, who, &standing, &[Proof { method: Method::Passkey, at: now }], SIGNED_IN, origin, now).await? {
        Some(cookies) => {
            tx.commit().await?;
            Ok(Ok(cookies))
        }
        None => Ok(Err(SignInRefused::Over)),
    }
}
