//! Resource servers: the APIs that access tokens are for (RFC 8707).

use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::call::{self, Call, answered, because, conditional, done, member, not_here, version_of, with_etag};
use super::refusals::Refusals;
use crate::actions::{self, AddResource, App, Stop};
use crate::protocol::{ProtocolFailure, SigningAlgorithm};
use crate::store::resources::{self, Resource};
use crate::types::DisplayText;

/// A scope of a resource server.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::web) struct ScopeItem {
    /// Its name.
    scope: String,
    /// What people read when they are asked for consent.
    description: String,
}

/// A permission that a resource server asks of accounts.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::web) struct PermissionItem {
    /// Its name.
    permission: String,
    /// What people read who give it.
    description: String,
}

/// A resource server.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::web) struct ResourceItem {
    /// The absolute URI that is the audience of its tokens; it never changes.
    identifier: String,
    /// Its name on the consent page.
    name: String,
    /// What its tokens are signed with: RS256, PS256, ES256 or EdDSA.
    signing_algorithm: String,
    /// Its scopes.
    scopes: Vec<ScopeItem>,
    /// The permissions that it asks of accounts; companies bundle them into roles.
    #[serde(default)]
    permissions: Vec<PermissionItem>,
}

/// The resource servers.
#[derive(Serialize, ToSchema)]
pub(in crate::web) struct ResourceList {
    /// By identifier.
    resource_servers: Vec<ResourceItem>,
}

fn item(r: Resource) -> ResourceItem {
    let scopes = r.scopes.into_iter().map(|(scope, description)| ScopeItem { scope, description }).collect();
    let permissions = r.permissions.into_iter().map(|(permission, description)| PermissionItem { permission, description }).collect();
    ResourceItem { identifier: r.identifier, name: r.name, signing_algorithm: r.algorithm.as_str().to_owned(), scopes, permissions }
}

fn wish(b: ResourceItem) -> Result<Resource, Stop> {
    let algorithm = SigningAlgorithm::named(&b.signing_algorithm);
    let text = |label: &str, text: &str| Ok::<_, Stop>(member(label, DisplayText::parse(text))?.as_str().to_owned());
    Ok(Resource {
        algorithm: algorithm.ok_or_else(|| ProtocolFailure::invalid_request("signing_algorithm is RS256, PS256, ES256 or EdDSA"))?,
        name: text("name", &b.name)?,
        scopes: b.scopes.into_iter().map(|s| Ok((s.scope, text("description", &s.description)?))).collect::<Result<_, Stop>>()?,
        permissions: b.permissions.into_iter().map(|p| Ok((p.permission, text("description", &p.description)?))).collect::<Result<_, Stop>>()?,
        identifier: b.identifier,
    })
}

async fn found(app: &App, identifier: &str) -> Result<Option<Resource>, Stop> {
    Ok(resources::all(&app.store.db).await?.into_iter().find(|r| r.identifier == identifier))
}

/// Lists the resource servers.
#[utoipa::path(
    get,
    path = "/api/v1/resource-servers",
    operation_id = "listResourceServers",
    tag = "resource servers",
    responses((status = 200, description = "All of them", body = ResourceList), Refusals),
    security(("access_token" = ["resource_servers.read"]))
)]
pub(in crate::web) async fn list(State(app): State<Arc<App>>, call: Call) -> Response {
    let listed = async {
        call.reaching(&app, "resource_servers", false).await?.everything()?;
        let resource_servers = resources::all(&app.store.db).await?.into_iter().map(item).collect();
        Ok::<_, Stop>(Json(ResourceList { resource_servers }).into_response())
    };
    answered(&app, &call.asked, listed.await)
}

/// Adds a resource server.
#[utoipa::path(
    post,
    path = "/api/v1/resource-servers",
    operation_id = "addResourceServer",
    tag = "resource servers",
    params(("Idempotency-Key" = Option<String>, Header, description = "Any text of your own: a repetition with the same one is answered as the first was")),
    request_body = ResourceItem,
    responses((status = 201, description = "It is there", body = ResourceItem), Refusals),
    security(("access_token" = ["resource_servers"]))
)]
pub(in crate::web) async fn add(State(app): State<Arc<App>>, call: Call, bytes: Bytes) -> Response {
    let added = async {
        let caller = call.reaching(&app, "resource_servers", true).await?;
        caller.everything()?;
        let resource = wish(call::body(&call.headers, &bytes)?)?;
        Ok::<_, Stop>(match actions::add_resource(&app, AddResource(resource.clone()), &caller.origin, call.asked.now).await? {
            Ok(()) => (StatusCode::CREATED, Json(item(resource))).into_response(),
            Err(refused) => because(&app, "refused", &refused.0),
        })
    };
    answered(&app, &call.asked, added.await)
}

/// Reads a resource server.
#[utoipa::path(
    get,
    path = "/api/v1/resource-servers/{identifier}",
    operation_id = "getResourceServer",
    tag = "resource servers",
    params(("identifier" = String, Path, description = "Its identifier, percent-encoded")),
    responses((status = 200, description = "It, with its ETag", body = ResourceItem), Refusals),
    security(("access_token" = ["resource_servers.read"]))
)]
pub(in crate::web) async fn get(State(app): State<Arc<App>>, Path(identifier): Path<String>, call: Call) -> Response {
    let read = async {
        call.reaching(&app, "resource_servers", false).await?.everything()?;
        let Some(resource) = found(&app, &identifier).await? else { return Ok(not_here(&app)) };
        let item = item(resource);
        let version = version_of(&item);
        Ok::<_, Stop>(with_etag(Json(item).into_response(), &version))
    };
    answered(&app, &call.asked, read.await)
}

/// Replaces what a resource server is; its identifier stays.
#[utoipa::path(
    put,
    path = "/api/v1/resource-servers/{identifier}",
    operation_id = "setResourceServer",
    tag = "resource servers",
    params(("identifier" = String, Path, description = "Its identifier, percent-encoded"), ("If-Match" = Option<String>, Header, description = "The ETag of what you saw: refused when it is another now")),
    request_body = ResourceItem,
    responses((status = 200, description = "It as it is now", body = ResourceItem), Refusals),
    security(("access_token" = ["resource_servers"]))
)]
pub(in crate::web) async fn put(State(app): State<Arc<App>>, Path(identifier): Path<String>, call: Call, bytes: Bytes) -> Response {
    let changed = async {
        let caller = call.reaching(&app, "resource_servers", true).await?;
        caller.everything()?;
        let Some(before) = found(&app, &identifier).await? else { return Ok(not_here(&app)) };
        if conditional(&call.headers).is_some_and(|seen| seen != version_of(&item(before))) {
            return Ok(call::changed_meanwhile(&app));
        }
        let resource = wish(call::body(&call.headers, &bytes)?)?;
        if resource.identifier != identifier {
            return Err(ProtocolFailure::invalid_request("identifier is another one than in the path").into());
        }
        if let Err(refused) = actions::change_resource(&app, &resource, &caller.origin, call.asked.now).await? {
            return Ok(because(&app, "refused", &refused.0));
        }
        let item = item(resource);
        let version = version_of(&item);
        Ok::<_, Stop>(with_etag(Json(item).into_response(), &version))
    };
    answered(&app, &call.asked, changed.await)
}

/// Deletes a resource server: no more tokens are issued for it.
#[utoipa::path(
    delete,
    path = "/api/v1/resource-servers/{identifier}",
    operation_id = "deleteResourceServer",
    tag = "resource servers",
    params(("identifier" = String, Path, description = "Its identifier, percent-encoded")),
    responses((status = 204, description = "It is gone"), Refusals),
    security(("access_token" = ["resource_servers"]))
)]
pub(in crate::web) async fn remove(State(app): State<Arc<App>>, Path(identifier): Path<String>, call: Call) -> Response {
    let gone = async {
        let caller = call.reaching(&app, "resource_servers", true).await?;
        caller.everything()?;
        if found(&app, &identifier).await?.is_none() {
            return Ok(not_here(&app));
        }
        let result = actions::delete_resource(&app, &identifier, &caller.origin, call.asked.now).await?;
        Ok::<_, Stop>(result.map_or_else(|_| not_here(&app), |()| done()))
    };
    answered(&app, &call.asked, gone.await)
}
