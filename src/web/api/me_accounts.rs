//! The accounts of a token's person, for an app's own switcher (design.md 5.3, "Listing").

use std::sync::Arc;

use axum::Json;
use axum::extract::{RawQuery, State};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::ToSchema;

use super::call::Call;
use crate::actions::{self, App, ListedAccount, Stop};
use crate::protocol::{ErrorCode, Params};
use crate::store::accounts::Cursor;
use crate::web::{cors, error, paths};

/// One account.
#[derive(Serialize, ToSchema)]
pub(in crate::web) struct AccountItem {
    /// The account's id, `acc_...`; name it as `login_hint` to enter it.
    account_id: String,
    /// The company's id.
    org_id: String,
    /// The company's name.
    org_name: String,
    /// The company's short name.
    org_slug: String,
    /// Where its logo is, if it has one.
    logo_uri: Option<String>,
    /// Where it is served from.
    region: String,
    /// operational, or what its operator says otherwise.
    service_status: String,
    /// The names of the account's roles.
    roles: Vec<String>,
    /// owner, member, manager or delegate.
    kind: String,
    /// `own`, or the id of the link it is reached through.
    via: String,
    /// Seconds since 1970.
    created_at: i64,
    /// Seconds since 1970; absent when never.
    #[serde(skip_serializing_if = "Option::is_none")]
    last_used_at: Option<i64>,
    /// Whether the token is for this account.
    current: bool,
    /// What entering it will ask for: none, mfa, mfa_enrollment or sso.
    requires: String,
    /// Where to send the browser to switch to it with this app.
    switch_uri: String,
}

/// One page of accounts.
#[derive(Serialize, ToSchema)]
pub(in crate::web) struct AccountList {
    /// Last used first, then the oldest.
    accounts: Vec<AccountItem>,
    /// Pass as `cursor` for the next page; absent on the last one.
    #[serde(skip_serializing_if = "Option::is_none")]
    next_cursor: Option<String>,
}

/// A problem (RFC 9457).
#[derive(ToSchema)]
#[allow(dead_code)]
pub(in crate::web) struct Problem {
    /// The stable reason, also a page.
    r#type: String,
    /// What went wrong.
    title: String,
    /// The HTTP status.
    status: u16,
}

/// Lists the accounts that the token's person may enter with this app.
#[utoipa::path(
    get,
    path = "/api/v1/me/accounts",
    operation_id = "listMyAccounts",
    tag = "me",
    params(
        ("limit" = Option<i64>, Query, description = "Rows on one page, 1 to 100; 20 when left out", minimum = 1, maximum = 100),
        ("cursor" = Option<String>, Query, description = "`next_cursor` of the page before"),
        ("q" = Option<String>, Query, description = "Only companies whose name or slug has this in it", max_length = 100)
    ),
    responses(
        (status = 200, description = "One page of accounts", body = AccountList),
        (status = 400, description = "A parameter is wrong", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "No access token that counts", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "The token lacks scope `organizations`", body = Problem, content_type = "application/problem+json")
    ),
    security(("access_token" = ["organizations"]))
)]
pub(in crate::web) async fn list(State(app): State<Arc<App>>, RawQuery(query): RawQuery, call: Call) -> Response {
    let Call { asked, headers, token: live } = call;
    let response = match answer(&app, &live, asked.now, &Params::parse(query.unwrap_or_default().as_bytes())).await {
        Ok(list) => error::no_store(Json(list).into_response()),
        Err(Stop::Failure(failure)) if failure.code == ErrorCode::InvalidRequest => {
            error::problem(&app, StatusCode::BAD_REQUEST, "invalid-parameter", &failure.description)
        }
        Err(Stop::Failure(failure)) => as_problem(&app, error::challenge(&app, Some(&failure))),
        Err(stop) => broken(&app, error::overloaded_or_broken(&app, &asked, stop)),
    };
    let client = match live.text("client_id").parse() {
        Ok(id) => app.client(&id).await.ok().flatten(),
        Err(_) => None,
    };
    match client {
        Some(client) => cors::for_client(response, &headers, &client.client),
        None => response,
    }
}

/// A failure of ours as a problem; what it says of coming back stays.
pub(super) fn broken(app: &App, response: Response) -> Response {
    let mut out = error::problem(app, response.status(), "unavailable", "the request could not be answered now");
    if let Some(header) = response.headers().get(axum::http::header::RETRY_AFTER) {
        out.headers_mut().insert(axum::http::header::RETRY_AFTER, header.clone());
    }
    out
}

/// A challenge with a problem for its body; its header stays.
pub(super) fn as_problem(app: &App, challenge: Response) -> Response {
    let (reason, title) = match challenge.status() {
        StatusCode::FORBIDDEN => ("insufficient-scope", "the access token lacks a scope"),
        StatusCode::BAD_REQUEST => ("invalid-parameter", "the request is malformed"),
        _ => ("authentication-required", "an access token that counts is needed"),
    };
    let mut response = error::problem(app, challenge.status(), reason, title);
    use axum::http::header::{ACCESS_CONTROL_ALLOW_ORIGIN, ACCESS_CONTROL_EXPOSE_HEADERS, WWW_AUTHENTICATE};
    for name in [WWW_AUTHENTICATE, ACCESS_CONTROL_ALLOW_ORIGIN, ACCESS_CONTROL_EXPOSE_HEADERS] {
        if let Some(header) = challenge.headers().get(&name) {
            response.headers_mut().insert(name, header.clone());
        }
    }
    // Where to learn which tokens count here (RFC 9728 section 5.1).
    let learn = format!(", resource_metadata=\"{}\"", app.config.url(paths::API_METADATA));
    let challenge = response.headers().get(WWW_AUTHENTICATE).and_then(|h| HeaderValue::from_str(&format!("{}{learn}", h.to_str().ok()?)).ok());
    if let Some(challenge) = challenge.filter(|_| response.status() == StatusCode::UNAUTHORIZED) {
        response.headers_mut().insert(WWW_AUTHENTICATE, challenge);
    }
    response
}

async fn answer(app: &App, live: &actions::LiveToken, now: crate::types::Timestamp, params: &Params) -> Result<AccountList, Stop> {
    use crate::protocol::ProtocolFailure;
    let wrong = |name: &str, why: &str| ProtocolFailure::invalid_request(format!("{name} {why}"));
    if let Some((name, fault)) = params.fault() {
        return Err(wrong(name, &fault.to_string()).into());
    }
    let limit = match params.get("limit") {
        None => 20,
        Some(text) => text.parse::<i64>().ok().filter(|n| (1..=100).contains(n)).ok_or_else(|| wrong("limit", "must be 1 to 100"))?,
    };
    let cursor = match params.get("cursor") {
        None => None,
        Some(text) => Some(Cursor::parse(text).ok_or_else(|| wrong("cursor", "is not one of ours"))?),
    };
    let search = params.get("q");
    if search.is_some_and(|q| q.chars().count() > 100) {
        return Err(wrong("q", "is too long").into());
    }
    let page = actions::list_for_client(app, live, limit, cursor.as_ref(), search, now).await?;
    Ok(AccountList { accounts: page.items.iter().map(|item| item_of(app, live.text("client_id"), item)).collect(), next_cursor: page.next.map(|c| c.text()) })
}

fn item_of(app: &App, client: &str, item: &ListedAccount) -> AccountItem {
    let account = &item.account;
    AccountItem {
        account_id: account.id.to_string(),
        org_id: account.company.id.to_string(),
        org_name: account.company.name.clone(),
        org_slug: account.company.slug.clone(),
        logo_uri: account.company.logo.as_deref().map(|digest| app.config.url(&paths::logo(digest))),
        region: account.company.region.clone(),
        service_status: account.company.service_status.clone(),
        roles: account.roles.clone(),
        kind: account.kind.to_string(),
        via: item.via.as_str().to_owned(),
        created_at: account.created_at.seconds(),
        last_used_at: account.last_used_at.map(crate::types::Timestamp::seconds),
        current: item.current,
        requires: item.requires.to_owned(),
        switch_uri: app.config.url(&paths::with_query(paths::SWITCH, &[("client_id", client), ("login_hint", account.id.as_str())])),
    }
}
