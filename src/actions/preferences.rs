//! Preferences of one account: chosen by its owner on its page, and a document that apps keep behind a scope.

use serde_json::{Map, Value};

use super::mailing::tell;
use super::{App, LiveToken, Origin, Stop};
use crate::domain::{AccountView, Preferences, Via};
use crate::protocol::{ErrorCode, ProtocolFailure};
use crate::store::{Tx, accounts};
use crate::store::{audit, identities};
use crate::types::{AccountId, ClientId, IdentityId, Timestamp};

/// Reads them.
pub async fn preferences(app: &App, account: &AccountId) -> Result<Preferences, Stop> {
    Ok(accounts::preferences(&app.store.db, account).await?)
}

/// Keeps what the owner chose on the account's page; what apps keep stays.
pub async fn choose_preferences(
    app: &App,
    account: &AccountView,
    landing: Option<ClientId>,
    tell_of_entries: bool,
    origin: &Origin,
    now: Timestamp,
) -> Result<(), Stop> {
    let mut tx = app.store.begin().await?;
    let before = accounts::hold_preferences(&mut tx, &account.id).await?;
    let wish = Preferences { landing, tell_of_entries, apps: before.apps.clone() };
    if wish != before {
        accounts::set_preferences(&mut tx, &account.id, &wish).await?;
        let event = app.event("preferences.changed", origin, now).by(&account.identity_id).in_account(&account.id, &account.company.id);
        audit::append(&mut tx, &event).await?;
    }
    Ok(tx.commit().await?)
}

/// The account whose preferences a token opens: of a person, for our API, with scope `preferences`.
fn opened(app: &App, token: &LiveToken) -> Result<AccountId, Stop> {
    if token.text("aud") != app.config.api_resource() {
        return Err(ProtocolFailure::new(ErrorCode::InvalidToken, "the access token is for another audience").into());
    }
    if !token.scope().contains("preferences") {
        return Err(ProtocolFailure::new(ErrorCode::InsufficientScope, "scope preferences is needed").into());
    }
    let account = token.grant.as_ref().and_then(|g| g.account.as_ref()).map(|a| a.id.clone());
    account.ok_or_else(|| ProtocolFailure::new(ErrorCode::AccessDenied, "the token names no account").into())
}

/// What apps keep in the token's account.
pub async fn app_preferences(app: &App, token: &LiveToken) -> Result<Map<String, Value>, Stop> {
    Ok(preferences(app, &opened(app, token)?).await?.apps)
}

/// Replaces it. Never through a link: what is there is the entered person's (design.md section 7).
pub async fn keep_app_preferences(app: &App, token: &LiveToken, apps: Map<String, Value>, origin: &Origin, now: Timestamp) -> Result<Map<String, Value>, Stop> {
    let account = opened(app, token)?;
    let Some(grant) = token.grant.as_ref().filter(|g| g.via == Via::Own) else {
        return Err(ProtocolFailure::new(ErrorCode::AccessDenied, "through a link preferences are only read").into());
    };
    let mut tx = app.store.begin().await?;
    let mut kept = accounts::hold_preferences(&mut tx, &account).await?;
    kept.keep(apps).map_err(|e| ProtocolFailure::invalid_request(e.to_string()))?;
    accounts::set_preferences(&mut tx, &account, &kept).await?;
    let mut event = app.event("preferences.changed", origin, now).by(grant.acting()).through(&grant.client_id).account(&account);
    if let Some(a) = &grant.account {
        event = event.in_account(&account, &a.company.id);
    }
    audit::append(&mut tx, &event).await?;
    tx.commit().await?;
    Ok(kept.apps)
}

/// Tells the owner of an account that somebody entered it through a link, if they want to know each time.
pub(super) async fn tell_of_entry(app: &App, tx: &mut Tx, entered: &AccountView, from: &AccountId, acting: &IdentityId, now: Timestamp) -> Result<(), Stop> {
    if !preferences(app, &entered.id).await?.tell_of_entries {
        return Ok(());
    }
    let (Some(owner), Some(who)) = (identities::find(&app.store.db, &entered.identity_id).await?, identities::find(&app.store.db, acting).await?) else {
        return Ok(());
    };
    let origin = accounts::find(&app.store.db, from).await?.map(|a| a.company.name).unwrap_or_default();
    let args = [("who", who.name_for_others()), ("from", origin), ("to", entered.company.name.clone()), ("link", app.config.url("/"))];
    tell(app, tx, &owner, "entered", &args, now).await
}
