//! Lists of accounts: for apps (the listing endpoint), and for people (chooser, home). A page at a time, always.

use super::{App, LiveToken, Stop};
use crate::domain::AccountView;
use crate::protocol::{ErrorCode, ProtocolFailure};
use crate::store::accounts::{self, Cursor, Filter};
use crate::types::{ClientId, CompanyId, IdentityId};

/// One account of a list.
#[derive(Clone, Debug)]
pub struct ListedAccount {
    /// The account.
    pub account: AccountView,
    /// Whether it is the one that the asking token is for.
    pub current: bool,
}

/// One page.
#[derive(Clone, Debug)]
pub struct AccountPage {
    /// At most as many as asked for.
    pub items: Vec<ListedAccount>,
    /// Where the next page begins.
    pub next: Option<Cursor>,
}

async fn page(app: &App, identity: &IdentityId, filter: &Filter<'_>, limit: i64) -> Result<(Vec<AccountView>, Option<Cursor>), Stop> {
    // One more than a page tells whether there is another one.
    let mut found = accounts::page(&app.store.db, identity, filter, limit + 1).await?;
    let more = found.len() as i64 > limit;
    found.truncate(limit as usize);
    let next = if more { found.last().map(Cursor::of) } else { None };
    Ok((found, next))
}

/// The accounts of a token's identity in companies open to its client (design.md 5.3, "Listing").
pub async fn list_for_client(app: &App, token: &LiveToken, limit: i64, after: Option<&Cursor>, search: Option<&str>) -> Result<AccountPage, Stop> {
    let invalid = || ProtocolFailure::new(ErrorCode::InvalidToken, "the access token is for another audience");
    let grant = token.grant.as_ref().ok_or_else(invalid)?;
    if token.text("aud") != app.config.api_resource() {
        return Err(invalid().into());
    }
    if !token.scope().contains("organizations") {
        return Err(ProtocolFailure::new(ErrorCode::InsufficientScope, "scope organizations is needed").into());
    }
    let filter = Filter { client: Some(&grant.client_id), company: None, search, after };
    let (found, next) = page(app, &grant.identity.id, &filter, limit).await?;
    let current = grant.account.as_ref().map(|a| &a.id);
    Ok(AccountPage { items: found.into_iter().map(|account| ListedAccount { current: Some(&account.id) == current, account }).collect(), next })
}

/// A page of one identity's accounts for the person's own eyes; with a client, only those it may enter.
pub async fn page_for_people(
    app: &App,
    identity: &IdentityId,
    client: Option<&ClientId>,
    company: Option<&CompanyId>,
    search: Option<&str>,
    after: Option<&Cursor>,
    limit: i64,
) -> Result<AccountPage, Stop> {
    let (found, next) = page(app, identity, &Filter { client, company, search, after }, limit).await?;
    Ok(AccountPage { items: found.into_iter().map(|account| ListedAccount { account, current: false }).collect(), next })
}
