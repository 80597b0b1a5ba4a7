//! Lists of accounts: for apps (the listing endpoint), and for people (chooser, home). A page at a time, always.

use super::{App, LINKED, LiveToken, Stop};
use crate::domain::{AccountView, Demand, Via, Wanted, judge};
use crate::protocol::{Client, ErrorCode, OrganizationUsage, ProtocolFailure};
use crate::store::accounts::{self, Cursor, Filter, NameCursor};
use crate::store::links::{self, Narrow};
use crate::store::{authenticators, clients};
use crate::types::{ClientId, CompanyId, IdentityId, Timestamp};

/// One account of a list.
#[derive(Clone, Debug)]
pub struct ListedAccount {
    /// The account.
    pub account: AccountView,
    /// How it is reached.
    pub via: Via,
    /// Whether it is the one that the asking token is for.
    pub current: bool,
    /// What is missing to enter it, on what the asking token's person proved: `none`, `mfa` or `mfa_enrollment`.
    pub requires: &'static str,
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
pub async fn list_for_client(
    app: &App,
    token: &LiveToken,
    limit: i64,
    after: Option<&Cursor>,
    search: Option<&str>,
    now: Timestamp,
) -> Result<AccountPage, Stop> {
    let invalid = || ProtocolFailure::new(ErrorCode::InvalidToken, "the access token is for another audience");
    let grant = token.grant.as_ref().ok_or_else(invalid)?;
    if token.text("aud") != app.config.api_resource() {
        return Err(invalid().into());
    }
    if !token.scope().contains("organizations") {
        return Err(ProtocolFailure::new(ErrorCode::InsufficientScope, "scope organizations is needed").into());
    }
    let filter = Filter { client: Some(&grant.client_id), company: None, search, after };
    // Whoever came through a link sees what they own themselves, never what the entered account's owner has (threats.md T24).
    let acting = grant.acting();
    let (found, next) = page(app, acting, &filter, limit).await?;
    let enrolled = authenticators::enrolled(&app.store.db, acting).await?;
    let floor = app.operator_wants().and(&Wanted::level(grant.floor));
    let requires = |account: &AccountView, origin: &Wanted| {
        let wanted = floor.clone().and(&Wanted::by(&account.company.policy, account.created_at)).and(origin);
        match judge(&wanted, &grant.proofs, &enrolled, now) {
            Demand::Nothing | Demand::Enroll(Some(_)) => "none",
            Demand::SignIn | Demand::Prove(_) => "mfa",
            Demand::Enroll(None) => "mfa_enrollment",
        }
    };
    let easy = Wanted::default();
    let current = grant.account.as_ref().map(|a| &a.id);
    let is_current = |account: &AccountView, via: &Via| Some(&account.id) == current && *via == grant.via;
    let mut items: Vec<_> = found
        .into_iter()
        .map(|account| ListedAccount { current: is_current(&account, &Via::Own), requires: requires(&account, &easy), account, via: Via::Own })
        .collect();
    if next.is_none() {
        // Linked accounts stand at the end of the last page.
        let narrow = Narrow { client: Some(&grant.client_id), search, ..Narrow::default() };
        for linked in links::reachable(&app.store.db, acting, narrow, LINKED).await? {
            let via = Via::Link(linked.link);
            items.push(ListedAccount {
                current: is_current(&linked.account, &via),
                requires: requires(&linked.account, &linked.origin_wants),
                account: linked.account,
                via,
            });
        }
    }
    Ok(AccountPage { items, next })
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
    Ok(AccountPage { items: found.into_iter().map(|account| ListedAccount { account, via: Via::Own, current: false, requires: "none" }).collect(), next })
}

/// A page of one identity's accounts by company name, for the person's own eyes, and where the next one begins.
pub async fn page_by_name(
    app: &App,
    identity: &IdentityId,
    search: Option<&str>,
    after: Option<&NameCursor>,
    limit: i64,
) -> Result<(Vec<AccountView>, Option<NameCursor>), Stop> {
    let mut found = accounts::page_by_name(&app.store.db, identity, search, after, limit + 1).await?;
    let more = found.len() as i64 > limit;
    found.truncate(limit as usize);
    let next = if more { found.last().map(NameCursor::of) } else { None };
    Ok((found, next))
}

/// The apps that people of a company can enter from the portal: open to it, with an address for third-party initiated login.
pub async fn apps_of(app: &App, company: &CompanyId) -> Result<Vec<Client>, Stop> {
    let all = clients::open_to(&app.store.db, company, APPS).await?;
    Ok(all.into_iter().filter(|c| c.metadata.initiate_login_uri.is_some() && c.metadata.organization_usage != OrganizationUsage::Deny).collect())
}

/// At most so many apps of one company are looked at.
const APPS: i64 = 100;
