//! Token exchange (RFC 8693, design.md 5.3): an app that holds a token of account A gets one of account B.
//!
//! Within one person there is no `act`; along a one-way link from A to B `act` names A. Nothing is widened: scopes are the
//! subject token's, its expiry is the bound, there is no refresh token, and whatever was itself entered leads nowhere.

use super::exchange::{TokenResponse, about, audience, tokens};
use super::{App, Origin, Stop, live_access_token};
use crate::domain::{AccountView, Via};
use crate::flow::LiveGrant;
use crate::protocol::{Client, ConsentPolicy, ErrorCode, Grant, ProtocolFailure, Reason, TokenRequest};
use crate::store::grants::{self, NewGrant};
use crate::store::links::{self, Narrow};
use crate::store::{accounts, audit, companies, consents};
use crate::types::{AccountId, AppSessionId, GrantId, Seconds, Secret, Timestamp};

fn bad_subject(text: &str) -> Stop {
    ProtocolFailure::invalid_request(text).into()
}

fn no_target() -> Stop {
    ProtocolFailure::because(ErrorCode::InvalidTarget, Reason::OrganizationAccessDenied, "this account cannot be acted for from the account of subject_token")
        .into()
}

pub(super) async fn exchange(
    app: &App,
    client: &Client,
    request: &TokenRequest,
    subject: &Secret,
    origin: &Origin,
    now: Timestamp,
) -> Result<TokenResponse, Stop> {
    let Some(live) = live_access_token(app, subject.expose(), now).await? else { return Err(bad_subject("subject_token is expired, revoked or not ours")) };
    let Some(grant) = live.grant.as_ref().filter(|g| g.client_id == client.id) else {
        return Err(bad_subject("subject_token was not issued to this client for a person"));
    };
    if !grant.session_lives(app.config.lifetimes.session_idle, now) {
        return Err(bad_subject("the browser session of subject_token has ended"));
    }
    if grant.via != Via::Own {
        return Err(bad_subject("subject_token carries act: what was entered leads no further"));
    }
    let Some(from) = &grant.account else { return Err(bad_subject("subject_token names no account")) };
    let (account, via) = target(app, client, grant, &from.id, request).await?;
    super::family_policy::enough_for(app, grant, &account, matches!(via, Via::Link(_)), now).await?;
    if client.metadata.consent == ConsentPolicy::Ask {
        let consented = consents::find(&app.store.db, grant.acting(), &client.id, Some(&account.id)).await?;
        if !consented.is_some_and(|c| c.scope.covers(&grant.scope)) {
            return Err(no_target());
        }
    }
    let scope = live.scope();
    let scope = match &request.scope {
        None => scope,
        Some(narrower) if scope.covers(narrower) => narrower.clone(),
        Some(_) => return Err(ProtocolFailure::new(ErrorCode::InvalidScope, "scope goes beyond subject_token's").into()),
    };
    // The same API unless another granted one is named.
    let resource = request.resource.clone().unwrap_or_else(|| live.text("aud").to_owned());
    audience(app, grant, Some(&resource))?;
    let request_for = TokenRequest { grant: Grant::ClientCredentials, scope: None, resource: Some(resource), organization: None, account: None };
    let mut rng = app.rng();
    let origin_account = matches!(via, Via::Link(_)).then(|| from.id.clone());
    let scope = scope.without("offline_access").without("openid");
    let new = NewGrant {
        id: GrantId::mint(now, &mut rng),
        app_session_id: AppSessionId::mint(now, &mut rng),
        of: grant,
        account_id: account.id.clone(),
        via,
        origin: origin_account,
        scope: &scope,
    };
    let mut tx = app.store.begin().await?;
    grants::open(&mut tx, &new, now).await?;
    let subject = app.subject(client, &account.identity_id, Some(&account.id), None);
    grants::note_subject(&mut tx, &client.id, &account.id, &subject.sub, now).await?;
    let event = about(app.event("token.exchanged", origin, now), grant).in_account(&account.id, &account.company.id).from(&from.id);
    audit::append(&mut tx, &event).await?;
    if matches!(new.via, Via::Link(_)) {
        super::preferences::tell_of_entry(app, &mut tx, &account, &from.id, grant.acting(), now).await?;
    }
    tx.commit().await?;
    let Some(opened) = grants::find(&app.store.db, &new.id).await?.filter(|g| g.check().is_ok()) else { return Err(no_target()) };
    let left = live.claims.get("exp").and_then(serde_json::Value::as_i64).map_or(0, |exp| exp - now.seconds());
    let mut response = tokens(app, client, &opened, &request_for, None, None, Some(Seconds(left)), now).await?;
    response.exchanged = true;
    Ok(response)
}

/// The account asked for: another one of the same person, or one that a usable link leads to from exactly this account.
async fn target(app: &App, client: &Client, grant: &LiveGrant, from: &AccountId, request: &TokenRequest) -> Result<(AccountView, Via), Stop> {
    let narrow = Narrow { client: Some(&client.id), ..Narrow::default() };
    let (named, company) = match (&request.account, &request.organization) {
        (Some(named), company) => (Some(named.parse::<AccountId>().map_err(|_| no_target())?), company.as_deref()),
        (None, Some(company)) => (None, Some(company.as_str())),
        (None, None) => return Err(bad_subject("account is missing")),
    };
    let inside = match company {
        Some(company) => Some(companies::named(&app.store.db, company).await?.ok_or_else(no_target)?.id),
        None => None,
    };
    let fits = |a: &AccountView| inside.as_ref().is_none_or(|c| a.company.id == *c);
    let own = match (&named, company) {
        (Some(id), _) => {
            accounts::find(&app.store.db, id).await?.filter(|a| a.identity_id == grant.identity.id && a.is_active() && client.is_open_to(&a.company.id))
        }
        (None, company) => accounts::candidates(&app.store.db, &grant.identity.id, &client.id, company, accounts::Order::Use).await?.into_iter().next(),
    };
    if let Some(account) = own.filter(&fits) {
        return Ok((account, Via::Own));
    }
    let narrow = Narrow { company, account: named.as_ref(), ..narrow };
    let linked = links::reachable(&app.store.db, grant.acting(), narrow, 50).await?;
    let mut from_here = linked.into_iter().filter(|l| l.origin == *from && fits(&l.account));
    match (from_here.next(), from_here.next()) {
        (Some(one), None) => Ok((one.account, Via::Link(one.link))),
        _ => Err(no_target()),
    }
}
