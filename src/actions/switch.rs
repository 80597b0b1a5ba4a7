//! The hosted switch: where a browser goes next when an app's person wants another account (design.md 5.3).

use super::{AccountPage, App, Stop, page_for_people};
use crate::protocol::{Client, OrganizationUsage, Params, ProtocolFailure};
use crate::store::accounts::{self, Cursor, Order};
use crate::store::companies;
use crate::store::links::{self, Linked, Narrow};
use crate::store::sessions::{self, BrowserSession};
use crate::types::{AccountId, ClientId, IdentityId};

/// What was asked for.
#[derive(Clone, Debug)]
pub struct SwitchWish {
    client_id: ClientId,
    organization: Option<String>,
    account: Option<AccountId>,
    from: Option<AccountId>,
    /// Where the app should land afterwards; registered with the client.
    pub target_link_uri: Option<String>,
}

impl SwitchWish {
    /// Reads the parameters.
    pub fn read(params: &Params) -> Result<Self, ProtocolFailure> {
        if let Some((name, fault)) = params.fault() {
            return Err(ProtocolFailure::invalid_request(format!("{name} {fault}")));
        }
        let account =
            |name: &str| params.get(name).map(|t| t.parse().map_err(|_| ProtocolFailure::invalid_request(format!("{name} is not an account id")))).transpose();
        if let (Some(a), Some(b)) = (params.get("organization"), params.get("tenant"))
            && a != b
        {
            return Err(ProtocolFailure::invalid_request("organization and tenant differ"));
        }
        Ok(Self {
            client_id: params
                .get("client_id")
                .and_then(|c| c.parse().ok())
                .ok_or_else(|| ProtocolFailure::invalid_request("client_id is missing or unknown"))?,
            organization: params.get("organization").or(params.get("tenant")).map(str::to_owned),
            account: account("login_hint")?,
            from: account("from")?,
            target_link_uri: params.get("target_link_uri").map(str::to_owned),
        })
    }
    fn returns(&self) -> bool {
        self.organization.as_deref() == Some("origin")
    }
    /// The company named, if it is one.
    pub fn company(&self) -> Option<&str> {
        self.organization.as_deref().filter(|o| *o != "origin")
    }
}

/// Where the browser goes.
#[derive(Debug)]
pub enum SwitchTo {
    /// To the app, which asks for the account itself.
    App(String),
    /// To our chooser.
    Choose {
        /// The app.
        client: Box<Client>,
        /// Whether the account to return to is gone (threats.md T51).
        gone: bool,
    },
}

/// Decides where to go. Whether the account can be entered is judged by the authorization request that follows.
pub async fn switch(app: &App, session: Option<&BrowserSession>, wish: &SwitchWish) -> Result<SwitchTo, Stop> {
    let bad = |text: &str| Stop::Failure(ProtocolFailure::invalid_request(text));
    let stored = app.client(&wish.client_id).await?.ok_or_else(|| bad("client_id is missing or unknown"))?;
    let client = &stored.client;
    let initiate = client.metadata.initiate_login_uri.as_ref().ok_or_else(|| bad("this app has registered no initiate_login_uri"))?;
    if client.metadata.organization_usage == OrganizationUsage::Deny {
        return Err(bad("this app does not use organizations"));
    }
    // Registered values only, as strings (threats.md T45).
    if let Some(target) = &wish.target_link_uri {
        let known = client.metadata.target_link_uris.iter().chain(&client.metadata.client_uri).any(|u| u.as_str() == target);
        if !known {
            return Err(bad("target_link_uri is not registered for this app"));
        }
    }
    let app_url = |account: Option<&AccountId>, company: Option<&str>| {
        let mut url = url::Url::parse(initiate.as_str()).map_err(anyhow::Error::from)?;
        url.query_pairs_mut().append_pair("iss", app.issuer());
        if let Some(account) = account {
            url.query_pairs_mut().append_pair("login_hint", account.as_str());
        }
        if let Some(company) = company {
            url.query_pairs_mut().append_pair("organization", company);
        }
        if let Some(target) = &wish.target_link_uri {
            url.query_pairs_mut().append_pair("target_link_uri", target);
        }
        Ok::<_, Stop>(SwitchTo::App(url.into()))
    };
    let Some(session) = session.filter(|s| !s.signed_in.is_empty()) else { return app_url(wish.account.as_ref(), wish.company()) };
    let choose = |gone| Ok(SwitchTo::Choose { client: Box::new(client.clone()), gone });
    if wish.returns() {
        let origin = match &wish.from {
            Some(from) => sessions::origin_of_entered(&app.store.db, &session.id, &client.id, from).await?,
            None => None,
        };
        let mine = match origin {
            Some(id) => super::own_account(app, session, &id).await?,
            None => None,
        };
        return match mine.filter(|a| client.is_open_to(&a.company.id)) {
            Some(account) => app_url(Some(&account.id), Some(account.company.id.as_str())),
            None => choose(true),
        };
    }
    if let Some(account) = &wish.account {
        return app_url(Some(account), wish.company());
    }
    let Some(company) = wish.company() else { return choose(false) };
    let mut own = Vec::new();
    let mut linked = 0;
    for person in &session.signed_in {
        own.extend(accounts::candidates(&app.store.db, &person.identity_id, &client.id, Some(company), Order::Use).await?);
        let narrow = Narrow { client: Some(&client.id), company: Some(company), ..Narrow::default() };
        linked += links::reachable(&app.store.db, &person.identity_id, narrow, 2).await?.len();
    }
    match own.as_slice() {
        [only] => app_url(Some(&only.id), Some(company)),
        [] if linked <= 1 => app_url(None, Some(company)),
        _ => choose(false),
    }
}

/// At most so many linked accounts on one list; the search leads to the others.
pub const LINKED: i64 = 50;

/// A page of an identity's own accounts for the chooser, and the accounts it enters through links.
pub async fn switch_list(
    app: &App,
    identity: &IdentityId,
    client: &Client,
    wish: &SwitchWish,
    search: Option<&str>,
    after: Option<&Cursor>,
    limit: i64,
) -> Result<(AccountPage, Vec<Linked>), Stop> {
    let company = match wish.company() {
        Some(named) => companies::named(&app.store.db, named).await?.map(|c| c.id),
        None => None,
    };
    let page = page_for_people(app, identity, Some(&client.id), company.as_ref(), search, after, limit).await?;
    let narrow = Narrow { client: Some(&client.id), company: wish.company(), search, ..Narrow::default() };
    let linked = if after.is_some() { Vec::new() } else { links::reachable(&app.store.db, identity, narrow, LINKED).await? };
    Ok((page, linked))
}
