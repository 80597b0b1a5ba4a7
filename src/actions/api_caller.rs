//! Whose account an API call acts in: the account of a person's token, which must be their own.

use super::people::{Desk, desk_of};
use super::{App, LiveToken, Stop};
use crate::domain::{AccountView, Via};
use crate::protocol::{ErrorCode, ProtocolFailure, Reason};
use crate::store::{accounts, companies};

/// The account, for a token of a person for our API with this scope. Never through a link (threats.md T15).
pub async fn acting_account(app: &App, token: &LiveToken, scope: &str) -> Result<AccountView, Stop> {
    if token.text("aud") != app.config.api_resource() {
        return Err(ProtocolFailure::new(ErrorCode::InvalidToken, "the access token is for another audience").into());
    }
    if !token.scope().contains(scope) {
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

/// The desk of a token's account, when it manages the people of the company that is named. Foreign and unknown companies, and
/// those where it may not, read the same.
pub async fn acting_desk(app: &App, token: &LiveToken, company: &str) -> Result<Desk, Stop> {
    let account = acting_account(app, token, "people").await?;
    let named = companies::named(&app.store.db, company).await?.filter(|c| c.id == account.company.id);
    let desk = match named {
        Some(_) => desk_of(app, account).await?,
        None => None,
    };
    desk.ok_or_else(|| {
        ProtocolFailure::because(ErrorCode::AccessDenied, Reason::OrganizationAccessDenied, "this token manages no people of this organization").into()
    })
}
