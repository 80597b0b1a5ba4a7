//! Switching by refresh token (design.md 5.3, "Back channel"): a new family for another account of the same person.
//!
//! On any refusal nothing is used up. A retry of the same request within the grace gets the same successor.

use super::exchange::{TokenResponse, about, audience, sealed_answer, tokens};
use super::{App, Origin, Stop};
use crate::crypto::seal_successor;
use crate::domain::{AccountView, Via};
use crate::flow::LiveGrant;
use crate::protocol::{Client, ConsentPolicy, ErrorCode, OrganizationUsage, ProtocolFailure, Reason, SubjectOf, TokenRequest};
use crate::store::accounts::{self, Order};
use crate::store::grants::{self, NewGrant};
use crate::store::links::{self, Narrow};
use crate::store::refresh_families::{self, Family, RefreshToken};
use crate::store::{audit, consents};
use crate::types::{AccountId, AppSessionId, GrantId, RowId, Timestamp};

fn needs_browser(description: &str) -> Stop {
    ProtocolFailure::because(ErrorCode::InteractionRequired, Reason::SwitchNeedsBrowser, description).into()
}

fn not_yours() -> Stop {
    ProtocolFailure::because(ErrorCode::AccessDenied, Reason::OrganizationAccessDenied, "this organization cannot be entered").into()
}

/// The account to switch to; `None` when the request names none, or the current one.
pub(super) async fn target(app: &App, client: &Client, grant: &LiveGrant, request: &TokenRequest) -> Result<Option<AccountView>, Stop> {
    if request.organization.is_none() && request.account.is_none() {
        return Ok(None);
    }
    if client.metadata.organization_usage == OrganizationUsage::Deny {
        return Err(ProtocolFailure::because(ErrorCode::InvalidRequest, Reason::OrganizationNotAllowed, "this client does not use organizations").into());
    }
    let current = grant.account.as_ref();
    let same_company = request.organization.as_deref().is_none_or(|named| current.is_some_and(|a| a.company.id.as_str() == named || a.company.slug == named));
    let same_account = request.account.as_deref().is_none_or(|named| current.is_some_and(|a| a.id.as_str() == named));
    if same_company && same_account {
        return Ok(None);
    }
    // What was entered leads no further (threats.md T15), and a subject must not change under an app's feet.
    if grant.via != Via::Own {
        return Err(needs_browser("an account entered through a link leads nowhere by refresh"));
    }
    if client.metadata.subject_of == SubjectOf::Account {
        return Err(needs_browser("the subject of this client is the account"));
    }
    let found = match &request.account {
        Some(named) => {
            let Ok(id) = named.parse::<AccountId>() else { return Err(not_yours()) };
            accounts::find(&app.store.db, &id).await?.filter(|a| a.identity_id == grant.identity.id && a.is_active() && client.is_open_to(&a.company.id))
        }
        None => accounts::candidates(&app.store.db, &grant.identity.id, &client.id, request.organization.as_deref(), Order::Use).await?.into_iter().next(),
    };
    let inside = |a: &AccountView| request.organization.as_deref().is_none_or(|named| a.company.id.as_str() == named || a.company.slug == named);
    let Some(account) = found.filter(inside) else {
        let id = request.account.as_deref().and_then(|a| a.parse().ok());
        let narrow = Narrow { client: Some(&client.id), company: request.organization.as_deref(), account: id.as_ref(), ..Narrow::default() };
        let linked = links::reachable(&app.store.db, &grant.identity.id, narrow, 1).await?;
        return Err(if linked.is_empty() { not_yours() } else { needs_browser("that account is entered through a link") });
    };
    if client.metadata.consent == ConsentPolicy::Ask {
        let consented = consents::find(&app.store.db, &grant.identity.id, &client.id, Some(&account.id)).await?;
        if !consented.is_some_and(|c| c.scope.covers(&grant.scope)) {
            return Err(needs_browser("the person has not consented for that account yet"));
        }
    }
    Ok(Some(account))
}

/// Switches: the old family closes without logout, a new one begins. `None` when another use of the token was faster.
#[allow(clippy::too_many_arguments)]
pub(super) async fn switch(
    app: &App,
    client: &Client,
    request: &TokenRequest,
    family: &Family,
    token: &RefreshToken,
    target: &AccountView,
    origin: &Origin,
    now: Timestamp,
) -> Result<Option<TokenResponse>, Stop> {
    let old = &family.grant;
    let mut rng = app.rng();
    let first = RefreshToken::first(RowId::mint(now, &mut rng), &mut rng);
    let new = NewGrant {
        id: GrantId::mint(now, &mut rng),
        app_session_id: AppSessionId::mint(now, &mut rng),
        of: old,
        account_id: target.id.clone(),
        via: Via::Own,
        origin: None,
        scope: &old.scope,
    };
    // Whatever would refuse the answer is looked at before anything is written: a refused switch uses nothing up.
    audience(app, old, request.resource.as_deref())?;
    if request.scope.as_ref().is_some_and(|narrower| !old.scope.covers(narrower)) {
        return Err(ProtocolFailure::new(ErrorCode::InvalidScope, "scope goes beyond what was granted").into());
    }
    // Switching prolongs nothing: the new family ends when the old one would have.
    let ends = family.expires_at;
    let sealed = match app.config.lifetimes.refresh_grace.0 {
        0 => None,
        _ => Some(seal_successor(token.verifier(), &sealed_answer(&first.reveal(), request)?)?),
    };
    let mut tx = app.store.begin().await?;
    if !refresh_families::retire(&mut tx, token, sealed.as_deref(), now).await? || !grants::switch(&mut tx, &old.id, &new.id, now).await? {
        return Ok(None);
    }
    grants::open(&mut tx, &new, now).await?;
    refresh_families::add(&mut tx, &first, &new.id, &client.id, ends, now).await?;
    let subject = app.subject(client, &old.identity.id, Some(&target.id), None);
    grants::note_subject(&mut tx, &client.id, &target.id, &subject.sub, now).await?;
    let event = about(app.event("account.switched", origin, now), old).in_account(&target.id, &target.company.id).reason("refresh");
    audit::append(&mut tx, &event).await?;
    tx.commit().await?;
    // The account may have ended or moved while this was written.
    let Some(grant) = grants::find(&app.store.db, &new.id).await?.filter(|g| g.check().is_ok()) else { return Err(not_yours()) };
    tokens(app, client, &grant, request, None, Some(first.reveal()), None, now).await.map(Some)
}
