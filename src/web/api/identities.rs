//! People, for who runs the provider: found, added, helped, switched off. Never a secret of theirs.

use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, RawQuery, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::call::{self, Call, answered, because, done, member, not_here};
use super::people::HelpBody;
use super::refusals::Refusals;
use crate::actions::{self, AddPerson, ApiCaller, App, Stop};
use crate::protocol::ProtocolFailure;
use crate::store::identities::Found;
use crate::types::{DisplayText, EmailAddress, IdentityId, Locale, Username};
use crate::web::paths;

/// A person.
#[derive(Serialize, ToSchema)]
pub(in crate::web) struct IdentityItem {
    /// `idn_...`
    identity_id: String,
    /// The sign-in name, before consolidation.
    username: Option<String>,
    /// The address.
    email: Option<String>,
    /// Whether control of it was proved.
    email_verified: bool,
    /// First name.
    given_name: Option<String>,
    /// Last name.
    family_name: Option<String>,
    /// Whether a password was set.
    has_password: bool,
    /// Seconds since 1970.
    created_at: i64,
    /// Whether the operator switched it off.
    disabled: bool,
    /// Whether it was closed, or absorbed by another.
    closed: bool,
    /// Whom it was consolidated into.
    absorbed_into: Option<String>,
    /// The company that made it, while it has a say.
    managed_by: Option<String>,
}

/// A page of people.
#[derive(Serialize, ToSchema)]
pub(in crate::web) struct IdentityList {
    /// Newest first.
    identities: Vec<IdentityItem>,
    /// Pass as `cursor` for the next page; absent on the last one.
    #[serde(skip_serializing_if = "Option::is_none")]
    next_cursor: Option<String>,
}

/// A place of a person in a company.
#[derive(Serialize, ToSchema)]
pub(in crate::web) struct PlaceItem {
    /// `acc_...`
    account_id: String,
    /// The company.
    org_id: String,
    /// owner, member, manager or delegate.
    kind: String,
    /// Roles, by name.
    roles: Vec<String>,
}

/// How a person stands.
#[derive(Serialize, ToSchema)]
pub(in crate::web) struct IdentityView {
    /// Who.
    identity: IdentityItem,
    /// Their accounts; fifty at most.
    accounts: Vec<PlaceItem>,
    /// Kinds of their second factors: totp, passkey, mail, sms.
    second_factors: Vec<String>,
    /// Whether they run this provider.
    operator: bool,
}

/// Somebody new.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::web) struct IdentityBody {
    /// Their address, where they are mailed a link to choose a password.
    email: String,
    /// A name to sign in with.
    username: Option<String>,
    /// Whether you vouch that the address is theirs.
    #[serde(default)]
    email_verified: bool,
    /// First name.
    given_name: Option<String>,
    /// Last name.
    family_name: Option<String>,
    /// The language of their mail: en or fr.
    locale: Option<String>,
}

/// Somebody who was added.
#[derive(Serialize, ToSchema)]
pub(in crate::web) struct IdentityMade {
    /// `idn_...`
    identity_id: String,
}

/// Whether a sign-in is switched off.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::web) struct StateBody {
    /// Off: they cannot sign in, and everything that is open ends.
    disabled: bool,
}

fn item(p: Found) -> IdentityItem {
    IdentityItem {
        identity_id: p.id,
        username: p.username,
        email: p.email,
        email_verified: p.email_verified_at.is_some(),
        given_name: p.given_name,
        family_name: p.family_name,
        has_password: p.has_password,
        created_at: p.created_at,
        disabled: p.disabled_at.is_some(),
        closed: p.ended_at.is_some(),
        absorbed_into: p.absorbed_into,
        managed_by: p.managed_by,
    }
}

/// Somebody of a path, for whoever runs the provider.
async fn named(app: &App, call: &Call, id: &str, writes: bool) -> Result<(Option<IdentityId>, ApiCaller), Stop> {
    let caller = call.reaching(app, "identities", writes).await?;
    caller.everything()?;
    let known = match id.parse::<IdentityId>() {
        Ok(id) => actions::support_view(app, &id).await?.map(|_| id),
        Err(_) => None,
    };
    Ok((known, caller))
}

/// Lists people.
#[utoipa::path(
    get,
    path = "/api/v1/identities",
    operation_id = "listIdentities",
    tag = "identities",
    params(
        ("limit" = Option<i64>, Query, description = "Rows on one page, 1 to 100; 20 when left out", minimum = 1, maximum = 100),
        ("cursor" = Option<String>, Query, description = "`next_cursor` of the page before"),
        ("q" = Option<String>, Query, description = "Only people whose username, address, name or last name begins with this, or whose id it is; of each way at most five hundred are looked at", max_length = 100)
    ),
    responses((status = 200, description = "One page of people", body = IdentityList), Refusals),
    security(("access_token" = ["identities.read"]))
)]
pub(in crate::web) async fn list(State(app): State<Arc<App>>, RawQuery(query): RawQuery, call: Call) -> Response {
    let listed = async {
        call.reaching(&app, "identities", false).await?.everything()?;
        let (params, limit) = call::query(query)?;
        let before: Option<IdentityId> = call::cursor(&params)?;
        let (found, next) = actions::find_people(&app, call::search(&params)?.unwrap_or_default(), before.as_ref(), limit).await?;
        Ok::<_, Stop>(Json(IdentityList { identities: found.into_iter().map(item).collect(), next_cursor: next.map(|n| n.to_string()) }).into_response())
    };
    answered(&app, &call.asked, listed.await)
}

/// Adds a person, who is mailed a link to choose a password.
#[utoipa::path(
    post,
    path = "/api/v1/identities",
    operation_id = "addIdentity",
    tag = "identities",
    params(("Idempotency-Key" = Option<String>, Header, description = "Any text of your own: a repetition with the same one is answered as the first was")),
    request_body = IdentityBody,
    responses((status = 201, description = "The person is there, the mail on its way", body = IdentityMade), Refusals),
    security(("access_token" = ["identities"]))
)]
pub(in crate::web) async fn add(State(app): State<Arc<App>>, call: Call, bytes: Bytes) -> Response {
    let added = async {
        let caller = call.reaching(&app, "identities", true).await?;
        caller.everything()?;
        let b: IdentityBody = call::body(&call.headers, &bytes)?;
        let name = |label: &str, text: Option<String>| text.map(|t| member(label, DisplayText::parse(&t))).transpose();
        let locale = match b.locale.as_deref() {
            None => None,
            Some(tag) => Some(Locale::from_tag(tag).ok_or_else(|| ProtocolFailure::invalid_request("locale is en or fr"))?),
        };
        let wish = AddPerson {
            email: Some(member("email", EmailAddress::parse(&b.email))?),
            username: b.username.map(|u| member("username", Username::parse(&u))).transpose()?,
            verified: b.email_verified,
            given_name: name("given_name", b.given_name)?,
            family_name: name("family_name", b.family_name)?,
            locale,
            password: None,
        };
        let url = |token: &str| app.config.url(&paths::activate(token));
        Ok::<_, Stop>(match actions::add_person(&app, wish, url, &caller.origin, call.asked.now).await? {
            Ok(id) => (StatusCode::CREATED, Json(IdentityMade { identity_id: id.to_string() })).into_response(),
            Err(refused) => because(&app, "refused", &refused.0),
        })
    };
    answered(&app, &call.asked, added.await)
}

/// Reads how a person stands.
#[utoipa::path(
    get,
    path = "/api/v1/identities/{identity}",
    operation_id = "getIdentity",
    tag = "identities",
    params(("identity" = String, Path, description = "Their id")),
    responses((status = 200, description = "How they stand", body = IdentityView), Refusals),
    security(("access_token" = ["identities.read"]))
)]
pub(in crate::web) async fn get(State(app): State<Arc<App>>, Path(id): Path<String>, call: Call) -> Response {
    let read = async {
        call.reaching(&app, "identities", false).await?.everything()?;
        let Ok(id) = id.parse::<IdentityId>() else { return Ok(not_here(&app)) };
        let Some(view) = actions::support_view(&app, &id).await? else { return Ok(not_here(&app)) };
        let place = |a: &crate::domain::AccountView| PlaceItem {
            account_id: a.id.to_string(),
            org_id: a.company.id.to_string(),
            kind: a.kind.to_string(),
            roles: a.roles.clone(),
        };
        let view = IdentityView {
            accounts: view.accounts.iter().map(place).collect(),
            second_factors: view.factors.into_iter().map(|(kind, _)| kind).collect(),
            operator: view.is_operator,
            identity: item(view.person),
        };
        Ok::<_, Stop>(Json(view).into_response())
    };
    answered(&app, &call.asked, read.await)
}

/// Switches a person's sign-in off or on.
#[utoipa::path(
    put,
    path = "/api/v1/identities/{identity}/state",
    operation_id = "setIdentityState",
    tag = "identities",
    params(("identity" = String, Path, description = "Their id")),
    request_body = StateBody,
    responses((status = 204, description = "It is so now"), Refusals),
    security(("access_token" = ["identities"]))
)]
pub(in crate::web) async fn set_state(State(app): State<Arc<App>>, Path(id): Path<String>, call: Call, bytes: Bytes) -> Response {
    let set = async {
        let (Some(who), caller) = named(&app, &call, &id, true).await? else { return Ok(not_here(&app)) };
        let b: StateBody = call::body(&call.headers, &bytes)?;
        let result = actions::switch_person(&app, &who, b.disabled, &caller.origin, call.asked.now).await?;
        Ok::<_, Stop>(result.map_or_else(|refused| because(&app, "refused", &refused.0), |()| done()))
    };
    answered(&app, &call.asked, set.await)
}

/// A browser that somebody is signed in to.
#[derive(Serialize, ToSchema)]
pub(in crate::web) struct SessionItem {
    /// In words for its owner.
    device: String,
    /// The network address it was used from last.
    address: String,
    /// In seconds since 1970.
    signed_in_at: i64,
    /// In seconds since 1970.
    last_seen_at: i64,
    /// Apps that were entered from it.
    apps: Vec<String>,
}

/// The browsers that somebody is signed in to.
#[derive(Serialize, ToSchema)]
pub(in crate::web) struct SessionList {
    /// The one used last first.
    sessions: Vec<SessionItem>,
}

/// Lists the browsers that a person is signed in to.
#[utoipa::path(
    get,
    path = "/api/v1/identities/{identity}/sessions",
    operation_id = "listIdentitySessions",
    tag = "identities",
    params(("identity" = String, Path, description = "Their id")),
    responses((status = 200, description = "The browsers", body = SessionList), Refusals),
    security(("access_token" = ["identities.read"]))
)]
pub(in crate::web) async fn sessions(State(app): State<Arc<App>>, Path(id): Path<String>, call: Call) -> Response {
    let listed = async {
        let (Some(who), _) = named(&app, &call, &id, false).await? else { return Ok(not_here(&app)) };
        let (browsers, _, _) = actions::security_of(&app, &who, call.asked.now).await?;
        let item = |b: crate::store::security::Browser| SessionItem {
            device: b.device,
            address: b.address,
            signed_in_at: b.signed_in_at.seconds(),
            last_seen_at: b.last_seen_at.seconds(),
            apps: b.apps,
        };
        Ok::<_, Stop>(Json(SessionList { sessions: browsers.into_iter().map(item).collect() }).into_response())
    };
    answered(&app, &call.asked, listed.await)
}

/// Signs a person out of every browser, and every app out that acts for them.
#[utoipa::path(
    delete,
    path = "/api/v1/identities/{identity}/sessions",
    operation_id = "endIdentitySessions",
    tag = "identities",
    params(("identity" = String, Path, description = "Their id")),
    responses((status = 204, description = "Nothing is open any more"), Refusals),
    security(("access_token" = ["identities"]))
)]
pub(in crate::web) async fn end_sessions(State(app): State<Arc<App>>, Path(id): Path<String>, call: Call) -> Response {
    let ended = async {
        let (Some(who), caller) = named(&app, &call, &id, true).await? else { return Ok(not_here(&app)) };
        let result = actions::end_sessions(&app, &who, &caller.origin, call.asked.now).await?;
        Ok::<_, Stop>(result.map_or_else(|refused| because(&app, "refused", &refused.0), |()| done()))
    };
    answered(&app, &call.asked, ended.await)
}

/// Has a person mailed a way back: a link to a new password, or the beginning of giving up lost second factors.
#[utoipa::path(
    post,
    path = "/api/v1/identities/{identity}/sign-in-help",
    operation_id = "helpIdentity",
    tag = "identities",
    params(("identity" = String, Path, description = "Their id"), ("Idempotency-Key" = Option<String>, Header, description = "Any text of your own: a repetition with the same one is answered as the first was")),
    request_body = HelpBody,
    responses((status = 204, description = "The mail is on its way"), Refusals),
    security(("access_token" = ["identities"]))
)]
pub(in crate::web) async fn help(State(app): State<Arc<App>>, Path(id): Path<String>, call: Call, bytes: Bytes) -> Response {
    let helped = async {
        let (Some(who), caller) = named(&app, &call, &id, true).await? else { return Ok(not_here(&app)) };
        let b: HelpBody = call::body(&call.headers, &bytes)?;
        let (origin, now) = (&caller.origin, call.asked.now);
        let result = match b.help.as_str() {
            "password" => actions::mail_way_back(&app, &who, origin, now).await?,
            "factors" => actions::begin_factor_reset(&app, who.as_str(), origin, now).await?.map(drop),
            _ => return Err(ProtocolFailure::invalid_request("help is password or factors").into()),
        };
        Ok::<_, Stop>(result.map_or_else(|refused| because(&app, "refused", &refused.0), |()| done()))
    };
    answered(&app, &call.asked, helped.await)
}
