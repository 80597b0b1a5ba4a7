//! Whose account an API call acts in: the account of a person's token, which must be their own.

use super::people::{Desk, desk_for, desk_of};
use super::{App, LiveToken, Origin, Stop, api_caller};
use crate::domain::{AccountView, Via};
use crate::flow::acr_of;
use crate::protocol::{ErrorCode, ProtocolFailure, Reason};
use crate::store::{accounts, companies};
use crate::types::Timestamp;

/// The account, for a token of a person for our API with this scope. Never through a link (threats.md T15).
pub async fn acting_account(app: &App, token: &LiveToken, scope: &str) -> Result<AccountView, Stop> {
    if !token.own_hand && token.text("aud") != app.config.api_resource() {
        return Err(ProtocolFailure::new(ErrorCode::InvalidToken, "the access token is for another audience").into());
    }
    if !token.own_hand && !token.scope().contains(scope) {
        return Err(ProtocolFailure::new(ErrorCode::InsufficientScope, format!("scope {scope} is needed")).into());
    }
    let own = token.grant.as_ref().filter(|g| g.via == Via::Own).and_then(|g| g.account.as_ref());
    let account = match own {
        Some(account) => accounts::find(&app.store.db, &account.id).await?.filter(AccountView::is_active),
        None => None,
    };
    account.ok_or_else(|| ProtocolFailure::new(ErrorCode::AccessDenied, "a token of a person in their own account is needed").into())
}

/// The account of a token that may read the log of the company that is named.
pub async fn acting_reader(app: &App, token: &LiveToken, company: &str) -> Result<AccountView, Stop> {
    let account = acting_account(app, token, "audit").await?;
    let named = companies::named(&app.store.db, company).await?.filter(|c| c.id == account.company.id);
    if named.is_none() || !super::may_read_audit(app, &account).await? {
        let text = "this token reads no log of this organization";
        return Err(ProtocolFailure::because(ErrorCode::AccessDenied, Reason::OrganizationAccessDenied, text).into());
    }
    Ok(account)
}

/// The desk of a token that manages the people of the company that is named, and who acts: a person's in their own account there; a service's
/// or an operator's that reaches the company. Foreign and unknown companies, and those where it may not, read the same.
pub async fn acting_desk(app: &App, token: &LiveToken, company: &str, origin: &Origin, now: Timestamp) -> Result<(Desk, Origin), Stop> {
    let refused = || {
        let text = "this token manages no people of this organization";
        Stop::from(ProtocolFailure::because(ErrorCode::AccessDenied, Reason::OrganizationAccessDenied, text))
    };
    let named = companies::named(&app.store.db, company).await?;
    if token.grant.as_ref().is_none_or(|g| g.account.is_none()) {
        let caller = api_caller(app, token, "people", true, origin, now).await?;
        let company = named.filter(|c| caller.in_company(&c.id).is_ok()).ok_or_else(refused)?;
        return Ok((desk_for(app, company).await?, caller.origin));
    }
    let account = acting_account(app, token, "people").await?;
    let mut origin = origin.clone();
    (origin.client, origin.person) = (token.text("client_id").parse().ok(), Some(account.identity_id.clone()));
    origin.proved = token.grant.iter().map(|g| (g.identity.id.clone(), acr_of(g.proofs.level()))).collect();
    let desk = match named.filter(|c| c.id == account.company.id) {
        Some(_) => desk_of(app, account).await?,
        None => None,
    };
    Ok((desk.ok_or_else(refused)?, origin))
}
