//! Companies, their roles and settings: all of them for who runs the provider, its own for who runs one.

use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, RawQuery, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::call::{self, Call, answered, because, conditional, done, member, not_here, version_of, with_etag};
use super::refusals::Refusals;
use crate::actions::{self, AddCompany, AddRole, ApiCaller, App, CompanySettings, Stop};
use crate::domain::{AccountKind, CompanyView, FactorPolicy, Level, Method};
use crate::protocol::ProtocolFailure;
use crate::store::{companies, roles};
use crate::types::{CompanyId, DisplayText, Seconds, Slug};

/// A company.
#[derive(Serialize, ToSchema)]
pub(in crate::web) struct CompanyItem {
    /// `org_...`
    org_id: String,
    /// Its name.
    org_name: String,
    /// Its short name.
    org_slug: String,
    /// Where it is served from.
    region: String,
    /// Whether its name may be shown before sign-in.
    publicly_named: bool,
    /// Whether it is suspended.
    suspended: bool,
}

/// A page of companies.
#[derive(Serialize, ToSchema)]
pub(in crate::web) struct CompanyList {
    /// Newest first.
    organizations: Vec<CompanyItem>,
    /// Pass as `cursor` for the next page; absent on the last one.
    #[serde(skip_serializing_if = "Option::is_none")]
    next_cursor: Option<String>,
}

/// A company as it shall be.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::web) struct CompanyBody {
    /// Its name.
    org_name: String,
    /// Its short name; one that it had keeps leading to it.
    org_slug: String,
    /// Where it is served from.
    #[serde(default)]
    region: String,
    /// Whether its name may be shown before sign-in.
    #[serde(default)]
    publicly_named: bool,
    /// Whether it is suspended: nothing in it can be entered then.
    #[serde(default)]
    suspended: bool,
    /// For a new company, somebody known who becomes its owner: username, address or id.
    owner: Option<String>,
}

/// A company that was made.
#[derive(Serialize, ToSchema)]
pub(in crate::web) struct CompanyMade {
    /// `org_...`
    org_id: String,
}

/// A role.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::web) struct RoleItem {
    /// Its name in tokens.
    name: String,
    /// Its name for people.
    title: String,
    /// What it bundles.
    permissions: Vec<String>,
}

/// What a role is called and bundles from now on.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::web) struct RoleBody {
    /// Its name for people.
    title: String,
    /// What it bundles.
    permissions: Vec<String>,
}

/// The roles of a company.
#[derive(Serialize, ToSchema)]
pub(in crate::web) struct RoleList {
    /// By title.
    roles: Vec<RoleItem>,
}

/// What a company decides for its accounts.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::web) struct SettingsItem {
    /// The kinds of accounts that it takes: owner, member, manager, delegate.
    account_kinds: Vec<String>,
    /// Whether its accounts are kept out of one-way links.
    forbids_links: bool,
    /// What it calls its account managers; null for "account manager".
    manager_title: Option<String>,
    /// The least that will do at its door: 1fa, mfa or phr.
    level: String,
    /// Second factors that do not count.
    refused_factors: Vec<String>,
    /// Seconds for which a proof counts; null for as long as the session.
    max_age: Option<i64>,
    /// Whether a browser in which a second factor was shown before stands for it.
    remembered_devices: bool,
    /// Seconds to set up a second factor in.
    grace: i64,
}

fn item(company: &CompanyView) -> CompanyItem {
    CompanyItem {
        org_id: company.id.to_string(),
        org_name: company.name.clone(),
        org_slug: company.slug.clone(),
        region: company.region.clone(),
        publicly_named: company.publicly_named,
        suspended: company.closed_at.is_some(),
    }
}

/// The company of a path, if the token reaches it.
pub(super) async fn found(app: &App, call: &Call, name: &str, writes: bool) -> Result<(Option<CompanyView>, ApiCaller), Stop> {
    let caller = call.reaching(app, "companies", writes).await?;
    let company = companies::named(&app.store.db, name).await?;
    match &company {
        Some(company) => caller.in_company(&company.id)?,
        // Whoever reaches one company learns nothing of which others there are.
        None => caller.everything()?,
    }
    Ok((company, caller))
}

fn wish(b: CompanyBody) -> Result<AddCompany, Stop> {
    let region = if b.region.is_empty() { String::new() } else { member("region", DisplayText::parse(&b.region))?.as_str().to_owned() };
    Ok(AddCompany {
        name: member("org_name", DisplayText::parse(&b.org_name))?,
        slug: member("org_slug", Slug::parse(&b.org_slug))?,
        region,
        publicly_named: b.publicly_named,
        logo: None,
        owner: b.owner,
    })
}

/// Lists the companies that the token reaches.
#[utoipa::path(
    get,
    path = "/api/v1/organizations",
    operation_id = "listOrganizations",
    tag = "organizations",
    params(
        ("limit" = Option<i64>, Query, description = "Rows on one page, 1 to 100; 20 when left out", minimum = 1, maximum = 100),
        ("cursor" = Option<String>, Query, description = "`next_cursor` of the page before"),
        ("q" = Option<String>, Query, description = "Only companies with a word in their name or slug that begins with this, or whose id it is; at most five hundred words are looked at", max_length = 100)
    ),
    responses((status = 200, description = "One page of companies", body = CompanyList), Refusals),
    security(("access_token" = ["companies.read"]))
)]
pub(in crate::web) async fn list(State(app): State<Arc<App>>, RawQuery(query): RawQuery, call: Call) -> Response {
    let listed = async {
        let caller = call.reaching(&app, "companies", false).await?;
        let (params, limit) = call::query(query)?;
        let before: Option<CompanyId> = call::cursor(&params)?;
        let search = call::search(&params)?;
        let (found, more) = match &caller.reach {
            actions::ApiReach::Company(own) => (companies::named(&app.store.db, own.as_str()).await?.into_iter().collect(), false),
            actions::ApiReach::All => {
                let mut found = companies::page(&app.store.db, search, before.as_ref(), limit + 1).await?;
                let more = found.len() as i64 > limit;
                found.truncate(limit as usize);
                (found, more)
            }
        };
        let next_cursor = found.last().filter(|_| more).map(|c| c.id.to_string());
        Ok::<_, Stop>(Json(CompanyList { organizations: found.iter().map(item).collect(), next_cursor }).into_response())
    };
    answered(&app, &call.asked, listed.await)
}

/// Adds a company.
#[utoipa::path(
    post,
    path = "/api/v1/organizations",
    operation_id = "addOrganization",
    tag = "organizations",
    params(("Idempotency-Key" = Option<String>, Header, description = "Any text of your own: a repetition with the same one is answered as the first was")),
    request_body = CompanyBody,
    responses((status = 201, description = "The company is there", body = CompanyMade), Refusals),
    security(("access_token" = ["companies"]))
)]
pub(in crate::web) async fn add(State(app): State<Arc<App>>, call: Call, bytes: Bytes) -> Response {
    let added = async {
        let caller = call.reaching(&app, "companies", true).await?;
        caller.everything()?;
        let b: CompanyBody = call::body(&call.headers, &bytes)?;
        let suspended = b.suspended;
        Ok::<_, Stop>(match actions::add_company(&app, wish(b)?, &caller.origin, call.asked.now).await? {
            Ok(id) => {
                if suspended {
                    actions::suspend_company(&app, &id, true, &caller.origin, call.asked.now).await?;
                }
                (StatusCode::CREATED, Json(CompanyMade { org_id: id.to_string() })).into_response()
            }
            Err(refused) => because(&app, "refused", &refused.0),
        })
    };
    answered(&app, &call.asked, added.await)
}

/// Reads a company.
#[utoipa::path(
    get,
    path = "/api/v1/organizations/{org}",
    operation_id = "getOrganization",
    tag = "organizations",
    params(("org" = String, Path, description = "Its id or slug")),
    responses((status = 200, description = "The company, with its ETag", body = CompanyItem), Refusals),
    security(("access_token" = ["companies.read"]))
)]
pub(in crate::web) async fn get(State(app): State<Arc<App>>, Path(org): Path<String>, call: Call) -> Response {
    let read = async {
        Ok::<_, Stop>(match found(&app, &call, &org, false).await? {
            (Some(company), _) => {
                let item = item(&company);
                let version = version_of(&item);
                with_etag(Json(item).into_response(), &version)
            }
            (None, _) => not_here(&app),
        })
    };
    answered(&app, &call.asked, read.await)
}

/// Changes a company: for who runs the provider.
#[utoipa::path(
    put,
    path = "/api/v1/organizations/{org}",
    operation_id = "setOrganization",
    tag = "organizations",
    params(("org" = String, Path, description = "Its id or slug"), ("If-Match" = Option<String>, Header, description = "The ETag of what you saw: refused when it is another now")),
    request_body = CompanyBody,
    responses((status = 200, description = "The company as it is now", body = CompanyItem), Refusals),
    security(("access_token" = ["companies"]))
)]
pub(in crate::web) async fn put(State(app): State<Arc<App>>, Path(org): Path<String>, call: Call, bytes: Bytes) -> Response {
    let changed = async {
        let (company, caller) = found(&app, &call, &org, true).await?;
        caller.everything()?;
        let Some(company) = company else { return Ok(not_here(&app)) };
        if conditional(&call.headers).is_some_and(|seen| seen != version_of(&item(&company))) {
            return Ok(call::changed_meanwhile(&app));
        }
        let b: CompanyBody = call::body(&call.headers, &bytes)?;
        let suspended = b.suspended;
        if let Err(refused) = actions::change_company(&app, &company.id, wish(b)?, &caller.origin, call.asked.now).await? {
            return Ok(because(&app, "refused", &refused.0));
        }
        if suspended != company.closed_at.is_some() {
            actions::suspend_company(&app, &company.id, suspended, &caller.origin, call.asked.now).await?;
        }
        let now = companies::named(&app.store.db, company.id.as_str()).await?.map(|c| item(&c));
        Ok::<_, Stop>(now.map_or_else(
            || not_here(&app),
            |item| {
                let version = version_of(&item);
                with_etag(Json(item).into_response(), &version)
            },
        ))
    };
    answered(&app, &call.asked, changed.await)
}

/// Lists the roles of a company.
#[utoipa::path(
    get,
    path = "/api/v1/organizations/{org}/roles",
    operation_id = "listRoles",
    tag = "organizations",
    params(("org" = String, Path, description = "The company's id or slug")),
    responses((status = 200, description = "The roles", body = RoleList), Refusals),
    security(("access_token" = ["companies.read"]))
)]
pub(in crate::web) async fn role_list(State(app): State<Arc<App>>, Path(org): Path<String>, call: Call) -> Response {
    let listed = async {
        let (Some(company), _) = found(&app, &call, &org, false).await? else { return Ok(not_here(&app)) };
        let all = roles::of_company(&app.store.db, &company.id).await?;
        let roles = all.into_iter().map(|r| RoleItem { name: r.name, title: r.title, permissions: r.permissions }).collect();
        Ok::<_, Stop>(Json(RoleList { roles }).into_response())
    };
    answered(&app, &call.asked, listed.await)
}

/// Adds a role.
#[utoipa::path(
    post,
    path = "/api/v1/organizations/{org}/roles",
    operation_id = "addRole",
    tag = "organizations",
    params(("org" = String, Path, description = "The company's id or slug"), ("Idempotency-Key" = Option<String>, Header, description = "Any text of your own: a repetition with the same one is answered as the first was")),
    request_body = RoleItem,
    responses((status = 204, description = "The role is there"), Refusals),
    security(("access_token" = ["companies"]))
)]
pub(in crate::web) async fn add_role(State(app): State<Arc<App>>, Path(org): Path<String>, call: Call, bytes: Bytes) -> Response {
    let added = async {
        let (Some(company), caller) = found(&app, &call, &org, true).await? else { return Ok(not_here(&app)) };
        let b: RoleItem = call::body(&call.headers, &bytes)?;
        let wish = AddRole { company: company.id.to_string(), title: member("title", DisplayText::parse(&b.title))?, name: b.name, permissions: b.permissions };
        let result = actions::add_role(&app, &wish, &caller.origin, call.asked.now).await?;
        Ok::<_, Stop>(result.map_or_else(|refused| because(&app, "refused", &refused.0), |_| done()))
    };
    answered(&app, &call.asked, added.await)
}

/// Changes a role, at once for everybody who has it.
#[utoipa::path(
    put,
    path = "/api/v1/organizations/{org}/roles/{role}",
    operation_id = "setRole",
    tag = "organizations",
    params(("org" = String, Path, description = "The company's id or slug"), ("role" = String, Path, description = "The role's name")),
    request_body = RoleBody,
    responses((status = 204, description = "It is so now"), Refusals),
    security(("access_token" = ["companies"]))
)]
pub(in crate::web) async fn set_role(State(app): State<Arc<App>>, Path((org, name)): Path<(String, String)>, call: Call, bytes: Bytes) -> Response {
    let changed = async {
        let (Some(company), caller) = found(&app, &call, &org, true).await? else { return Ok(not_here(&app)) };
        let b: RoleBody = call::body(&call.headers, &bytes)?;
        if !roles::of_company(&app.store.db, &company.id).await?.iter().any(|r| r.name == name) {
            return Ok(not_here(&app));
        }
        let wish = AddRole { company: company.id.to_string(), title: member("title", DisplayText::parse(&b.title))?, name, permissions: b.permissions };
        let result = actions::change_role_itself(&app, &wish, &caller.origin, call.asked.now).await?;
        Ok::<_, Stop>(result.map_or_else(|refused| because(&app, "refused", &refused.0), |()| done()))
    };
    answered(&app, &call.asked, changed.await)
}

/// Deletes a role; whoever had it has it no more.
#[utoipa::path(
    delete,
    path = "/api/v1/organizations/{org}/roles/{role}",
    operation_id = "deleteRole",
    tag = "organizations",
    params(("org" = String, Path, description = "The company's id or slug"), ("role" = String, Path, description = "The role's name")),
    responses((status = 204, description = "It is gone"), Refusals),
    security(("access_token" = ["companies"]))
)]
pub(in crate::web) async fn remove_role(State(app): State<Arc<App>>, Path((org, name)): Path<(String, String)>, call: Call) -> Response {
    let gone = async {
        let (Some(company), caller) = found(&app, &call, &org, true).await? else { return Ok(not_here(&app)) };
        if name.contains('\0') {
            return Ok(not_here(&app));
        }
        let result = actions::delete_role(&app, &company.id, &name, &caller.origin, call.asked.now).await?;
        Ok::<_, Stop>(result.map_or_else(|_| not_here(&app), |()| done()))
    };
    answered(&app, &call.asked, gone.await)
}

fn settings_item(s: &CompanySettings) -> SettingsItem {
    SettingsItem {
        account_kinds: s.kinds.iter().map(|k| k.as_str().to_owned()).collect(),
        forbids_links: s.forbids_links,
        manager_title: s.manager_title.as_ref().map(|t| t.as_str().to_owned()),
        level: s.policy.level.as_str().to_owned(),
        refused_factors: s.policy.refused.iter().map(|m| m.as_str().to_owned()).collect(),
        max_age: s.policy.max_age.map(|a| a.0),
        remembered_devices: s.policy.remembered_devices,
        grace: s.policy.grace.0,
    }
}

fn settings(b: SettingsItem) -> Result<CompanySettings, Stop> {
    let refused = |name: String| {
        let known = Method::REFUSABLE.into_iter().find(|m| m.as_str() == name);
        known.ok_or_else(|| ProtocolFailure::invalid_request(format!("refused_factors: {name:.40} is none that can be refused")))
    };
    let policy = FactorPolicy {
        level: member("level", b.level.parse::<Level>())?,
        refused: b.refused_factors.into_iter().map(refused).collect::<Result<_, _>>()?,
        max_age: b.max_age.map(Seconds),
        remembered_devices: b.remembered_devices,
        grace: Seconds(b.grace),
        ..FactorPolicy::default()
    };
    Ok(CompanySettings {
        kinds: b.account_kinds.iter().map(|k| member("account_kinds", k.parse::<AccountKind>())).collect::<Result<_, _>>()?,
        forbids_links: b.forbids_links,
        manager_title: b.manager_title.map(|t| member("manager_title", DisplayText::parse(&t))).transpose()?,
        policy,
    })
}

/// Reads what a company decides for its accounts.
#[utoipa::path(
    get,
    path = "/api/v1/organizations/{org}/settings",
    operation_id = "getSettings",
    tag = "organizations",
    params(("org" = String, Path, description = "The company's id or slug")),
    responses((status = 200, description = "The settings, with their ETag", body = SettingsItem), Refusals),
    security(("access_token" = ["companies.read"]))
)]
pub(in crate::web) async fn get_settings(State(app): State<Arc<App>>, Path(org): Path<String>, call: Call) -> Response {
    let read = async {
        let (Some(company), _) = found(&app, &call, &org, false).await? else { return Ok(not_here(&app)) };
        let item = settings_item(&actions::company_settings(&app, &company.id).await?);
        let version = version_of(&item);
        Ok::<_, Stop>(with_etag(Json(item).into_response(), &version))
    };
    answered(&app, &call.asked, read.await)
}

/// Sets what a company decides for its accounts.
#[utoipa::path(
    put,
    path = "/api/v1/organizations/{org}/settings",
    operation_id = "setSettings",
    tag = "organizations",
    params(("org" = String, Path, description = "The company's id or slug"), ("If-Match" = Option<String>, Header, description = "The ETag of what you saw: refused when it is another now")),
    request_body = SettingsItem,
    responses((status = 200, description = "The settings as they are now", body = SettingsItem), Refusals),
    security(("access_token" = ["companies"]))
)]
pub(in crate::web) async fn put_settings(State(app): State<Arc<App>>, Path(org): Path<String>, call: Call, bytes: Bytes) -> Response {
    let changed = async {
        let (Some(company), caller) = found(&app, &call, &org, true).await? else { return Ok(not_here(&app)) };
        let before = settings_item(&actions::company_settings(&app, &company.id).await?);
        if conditional(&call.headers).is_some_and(|seen| seen != version_of(&before)) {
            return Ok(call::changed_meanwhile(&app));
        }
        let b: SettingsItem = call::body(&call.headers, &bytes)?;
        let result = actions::change_company_settings(&app, &company.id, &settings(b)?, &caller.origin, call.asked.now).await?;
        if let Err(refused) = result {
            return Ok(because(&app, "refused", &refused.to_string()));
        }
        let item = settings_item(&actions::company_settings(&app, &company.id).await?);
        let version = version_of(&item);
        Ok::<_, Stop>(with_etag(Json(item).into_response(), &version))
    };
    answered(&app, &call.asked, changed.await)
}
