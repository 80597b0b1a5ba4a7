//! Clients: the apps that use this provider.

use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, RawQuery, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use super::call::{self, Call, answered, because, conditional, done, member, not_here, with_etag};
use super::refusals::Refusals;
use crate::actions::{self, AddClient, App, ClientRefused, Stop};
use crate::protocol::{Client, ClientCompanies, ClientMetadata, ProtocolFailure};
use crate::types::{ClientId, DisplayText, RowId, Seconds};

/// A client.
#[derive(Serialize, ToSchema)]
pub(in crate::web) struct ClientItem {
    /// `cli_...`
    client_id: String,
    /// Its name on the pages.
    client_name: String,
    /// Its metadata (RFC 7591 section 2), with what is our own.
    #[schema(value_type = Object)]
    metadata: Value,
    /// The ids of the companies it is open to; null for all. In a list of clients, null for all and empty otherwise.
    organizations: Option<Vec<String>>,
    /// Whether it is switched off.
    disabled: bool,
    /// Whether it registered itself and nobody has vouched for it yet.
    untrusted: bool,
}

/// A page of clients.
#[derive(Serialize, ToSchema)]
pub(in crate::web) struct ClientList {
    /// Newest first.
    clients: Vec<ClientItem>,
    /// Pass as `cursor` for the next page; absent on the last one.
    #[serde(skip_serializing_if = "Option::is_none")]
    next_cursor: Option<String>,
}

/// A client as it shall be.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::web) struct ClientBody {
    /// Its name on the pages.
    client_name: String,
    /// Its metadata (RFC 7591 section 2), with what is our own; members left out have their defaults.
    #[serde(default)]
    #[schema(value_type = Object)]
    metadata: serde_json::Map<String, Value>,
    /// Slugs or ids of the companies it is open to; all when left out.
    organizations: Option<Vec<String>>,
    /// Whether it is switched off.
    #[serde(default)]
    disabled: bool,
    /// False to vouch for a client that registered itself; left out, that stays as it is.
    untrusted: Option<bool>,
}

/// A client that was made.
#[derive(Serialize, ToSchema)]
pub(in crate::web) struct ClientMade {
    /// `cli_...`
    client_id: String,
    /// Shown only here; absent for public clients.
    #[serde(skip_serializing_if = "Option::is_none")]
    client_secret: Option<String>,
}

/// A secret, without itself.
#[derive(Serialize, ToSchema)]
pub(in crate::web) struct SecretItem {
    /// Its id.
    secret_id: String,
    /// Seconds since 1970.
    created_at: i64,
    /// When it stops to count; absent when it does not by itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    expires_at: Option<i64>,
}

/// The secrets of a client that count.
#[derive(Serialize, ToSchema)]
pub(in crate::web) struct SecretList {
    /// Newest first.
    secrets: Vec<SecretItem>,
}

/// How a new secret takes over.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::web) struct SecretBody {
    /// Seconds for which the older ones still count; left out, they stay as they are.
    #[schema(minimum = 0, maximum = 7_776_000)]
    overlap: Option<i64>,
}

/// A new secret.
#[derive(Serialize, ToSchema)]
pub(in crate::web) struct SecretMade {
    /// Shown only here.
    client_secret: String,
}

fn item(client: &Client) -> ClientItem {
    let organizations = match &client.companies {
        ClientCompanies::All => None,
        ClientCompanies::Listed(listed) => Some(listed.iter().map(ToString::to_string).collect()),
    };
    let metadata = serde_json::to_value(&client.metadata).unwrap_or_default();
    ClientItem {
        client_id: client.id.to_string(),
        client_name: client.name.as_str().to_owned(),
        metadata,
        organizations,
        disabled: client.disabled,
        untrusted: client.untrusted,
    }
}

/// The client of a path, for whoever runs the provider.
async fn found(app: &App, call: &Call, id: &str, writes: bool) -> Result<(Option<Client>, actions::ApiCaller), Stop> {
    let caller = call.reaching(app, "clients", writes).await?;
    caller.everything()?;
    let client = match id.parse::<ClientId>() {
        Ok(id) => actions::registered_client(app, &id).await?.map(|c| c.client),
        Err(_) => None,
    };
    Ok((client, caller))
}

fn refusal(app: &App, refused: &ClientRefused) -> Response {
    match refused {
        ClientRefused::Unknown => not_here(app),
        ClientRefused::Changed => call::changed_meanwhile(app),
        ClientRefused::Mistakes(_) => because(app, "refused", &refused.to_string()),
    }
}

fn metadata(given: serde_json::Map<String, Value>) -> Result<ClientMetadata, Stop> {
    member("metadata", serde_json::from_value(Value::Object(given)))
}

/// Lists the clients.
#[utoipa::path(
    get,
    path = "/api/v1/clients",
    operation_id = "listClients",
    tag = "clients",
    params(
        ("limit" = Option<i64>, Query, description = "Rows on one page, 1 to 100; 20 when left out", minimum = 1, maximum = 100),
        ("cursor" = Option<String>, Query, description = "`next_cursor` of the page before"),
        ("q" = Option<String>, Query, description = "Only clients whose name has this in it, or whose id it is", max_length = 100)
    ),
    responses((status = 200, description = "One page of clients", body = ClientList), Refusals),
    security(("access_token" = ["clients.read"]))
)]
pub(in crate::web) async fn list(State(app): State<Arc<App>>, RawQuery(query): RawQuery, call: Call) -> Response {
    let listed = async {
        call.reaching(&app, "clients", false).await?.everything()?;
        let (params, limit) = call::query(query)?;
        let before: Option<ClientId> = call::cursor(&params)?;
        let (clients, next) = actions::clients_page(&app, call::search(&params)?, before.as_ref(), limit).await?;
        let clients = clients.iter().map(item).collect();
        Ok::<_, Stop>(Json(ClientList { clients, next_cursor: next.map(|n| n.to_string()) }).into_response())
    };
    answered(&app, &call.asked, listed.await)
}

/// Adds a client; a confidential one gets a secret, shown once.
#[utoipa::path(
    post,
    path = "/api/v1/clients",
    operation_id = "addClient",
    tag = "clients",
    params(("Idempotency-Key" = Option<String>, Header, description = "Any text of your own: a repetition with the same one is answered as the first was")),
    request_body = ClientBody,
    responses((status = 201, description = "The client is there", body = ClientMade), Refusals),
    security(("access_token" = ["clients"]))
)]
pub(in crate::web) async fn add(State(app): State<Arc<App>>, call: Call, bytes: Bytes) -> Response {
    let added = async {
        let caller = call.reaching(&app, "clients", true).await?;
        caller.everything()?;
        let b: ClientBody = call::body(&call.headers, &bytes)?;
        let wish = AddClient { name: member("client_name", DisplayText::parse(&b.client_name))?, metadata: metadata(b.metadata)?, companies: b.organizations };
        Ok::<_, Stop>(match actions::add_client(&app, wish, &caller.origin, call.asked.now).await? {
            Ok((id, secret)) => {
                if b.disabled {
                    let _ = actions::switch_client(&app, &id, true, &caller.origin, call.asked.now).await?;
                }
                let made = ClientMade { client_id: id.to_string(), client_secret: secret.map(|s| s.expose().clone()) };
                (StatusCode::CREATED, Json(made)).into_response()
            }
            Err(refused) => because(&app, "refused", &refused.0),
        })
    };
    answered(&app, &call.asked, added.await)
}

/// Reads a client.
#[utoipa::path(
    get,
    path = "/api/v1/clients/{client}",
    operation_id = "getClient",
    tag = "clients",
    params(("client" = String, Path, description = "Its id")),
    responses((status = 200, description = "The client, with its ETag", body = ClientItem), Refusals),
    security(("access_token" = ["clients.read"]))
)]
pub(in crate::web) async fn get(State(app): State<Arc<App>>, Path(id): Path<String>, call: Call) -> Response {
    let read = async {
        Ok::<_, Stop>(match found(&app, &call, &id, false).await? {
            (Some(client), _) => with_etag(Json(item(&client)).into_response(), &actions::client_version(&client)),
            (None, _) => not_here(&app),
        })
    };
    answered(&app, &call.asked, read.await)
}

/// Replaces what a client is; members left out get their defaults.
#[utoipa::path(
    put,
    path = "/api/v1/clients/{client}",
    operation_id = "setClient",
    tag = "clients",
    params(("client" = String, Path, description = "Its id"), ("If-Match" = Option<String>, Header, description = "The ETag of what you saw: refused when it is another now")),
    request_body = ClientBody,
    responses((status = 200, description = "The client as it is now", body = ClientItem), Refusals),
    security(("access_token" = ["clients"]))
)]
pub(in crate::web) async fn put(State(app): State<Arc<App>>, Path(id): Path<String>, call: Call, bytes: Bytes) -> Response {
    let changed = async {
        let (Some(before), caller) = found(&app, &call, &id, true).await? else { return Ok(not_here(&app)) };
        let b: ClientBody = call::body(&call.headers, &bytes)?;
        let companies = match b.organizations {
            None => ClientCompanies::All,
            Some(names) => match actions::companies_named(&app, &names).await? {
                Ok(listed) => ClientCompanies::Listed(listed),
                Err(refused) => return Ok(because(&app, "refused", &refused.0)),
            },
        };
        let name = member("client_name", DisplayText::parse(&b.client_name))?;
        let to = Client { id: before.id, name, metadata: metadata(b.metadata)?, companies, disabled: b.disabled, untrusted: before.untrusted };
        let seen = conditional(&call.headers);
        if let Err(refused) = actions::change_client(&app, &to, seen.as_deref(), &caller.origin, call.asked.now).await? {
            return Ok(refusal(&app, &refused));
        }
        let to = match b.untrusted.filter(|wish| *wish != to.untrusted) {
            // Whoever was registered here is the operator's own and needs nobody's word.
            Some(untrusted) => {
                actions::vouch(&app, &to.id, !untrusted, &caller.origin, call.asked.now).await?;
                actions::registered_client(&app, &to.id).await?.map_or(to, |c| c.client)
            }
            None => to,
        };
        Ok::<_, Stop>(with_etag(Json(item(&to)).into_response(), &actions::client_version(&to)))
    };
    answered(&app, &call.asked, changed.await)
}

/// Deletes a client for good; its id is never given again.
#[utoipa::path(
    delete,
    path = "/api/v1/clients/{client}",
    operation_id = "deleteClient",
    tag = "clients",
    params(("client" = String, Path, description = "Its id"), ("If-Match" = Option<String>, Header, description = "The ETag of what you saw: refused when it is another now")),
    responses((status = 204, description = "It is gone"), Refusals),
    security(("access_token" = ["clients"]))
)]
pub(in crate::web) async fn remove(State(app): State<Arc<App>>, Path(id): Path<String>, call: Call) -> Response {
    let gone = async {
        let (Some(client), caller) = found(&app, &call, &id, true).await? else { return Ok(not_here(&app)) };
        let seen = conditional(&call.headers);
        Ok::<_, Stop>(match actions::delete_client(&app, &client.id, seen.as_deref(), &caller.origin, call.asked.now).await? {
            Ok(()) => done(),
            Err(refused) => refusal(&app, &refused),
        })
    };
    answered(&app, &call.asked, gone.await)
}

/// Lists the secrets of a client that count, without themselves.
#[utoipa::path(
    get,
    path = "/api/v1/clients/{client}/secrets",
    operation_id = "listClientSecrets",
    tag = "clients",
    params(("client" = String, Path, description = "Its id")),
    responses((status = 200, description = "The secrets", body = SecretList), Refusals),
    security(("access_token" = ["clients.read"]))
)]
pub(in crate::web) async fn secrets(State(app): State<Arc<App>>, Path(id): Path<String>, call: Call) -> Response {
    let listed = async {
        let (Some(client), _) = found(&app, &call, &id, false).await? else { return Ok(not_here(&app)) };
        let secrets = actions::client_secrets(&app, &client.id, call.asked.now).await?;
        let item = |s: crate::store::clients::ListedSecret| SecretItem {
            secret_id: s.id.to_string(),
            created_at: s.created_at.seconds(),
            expires_at: s.expires_at.map(crate::types::Timestamp::seconds),
        };
        Ok::<_, Stop>(Json(SecretList { secrets: secrets.into_iter().map(item).collect() }).into_response())
    };
    answered(&app, &call.asked, listed.await)
}

/// Gives a client a new secret, shown once.
#[utoipa::path(
    post,
    path = "/api/v1/clients/{client}/secrets",
    operation_id = "addClientSecret",
    tag = "clients",
    params(("client" = String, Path, description = "Its id"), ("Idempotency-Key" = Option<String>, Header, description = "Any text of your own: a repetition with the same one is answered as the first was")),
    request_body = SecretBody,
    responses((status = 201, description = "The secret", body = SecretMade), Refusals),
    security(("access_token" = ["clients"]))
)]
pub(in crate::web) async fn add_secret(State(app): State<Arc<App>>, Path(id): Path<String>, call: Call, bytes: Bytes) -> Response {
    let added = async {
        let (Some(client), caller) = found(&app, &call, &id, true).await? else { return Ok(not_here(&app)) };
        let b: SecretBody = call::body(&call.headers, &bytes)?;
        if b.overlap.is_some_and(|s| !(0..=Seconds::days(90).0).contains(&s)) {
            return Err(ProtocolFailure::invalid_request("overlap is 0 to 7776000 seconds").into());
        }
        Ok::<_, Stop>(match actions::rotate_secret(&app, &client.id, b.overlap.map(Seconds), &caller.origin, call.asked.now).await? {
            Ok(secret) => (StatusCode::CREATED, Json(SecretMade { client_secret: secret.expose().clone() })).into_response(),
            Err(refused) => because(&app, "refused", &refused.0),
        })
    };
    answered(&app, &call.asked, added.await)
}

/// Ends a secret of a client at once.
#[utoipa::path(
    delete,
    path = "/api/v1/clients/{client}/secrets/{secret}",
    operation_id = "endClientSecret",
    tag = "clients",
    params(("client" = String, Path, description = "The client's id"), ("secret" = String, Path, description = "The secret's id")),
    responses((status = 204, description = "It counts no more"), Refusals),
    security(("access_token" = ["clients"]))
)]
pub(in crate::web) async fn end_secret(State(app): State<Arc<App>>, Path((id, secret)): Path<(String, String)>, call: Call) -> Response {
    let ended = async {
        let (Some(client), caller) = found(&app, &call, &id, true).await? else { return Ok(not_here(&app)) };
        let Ok(secret) = secret.parse::<RowId>() else { return Ok(not_here(&app)) };
        let gone = actions::end_secret(&app, &client.id, &secret, &caller.origin, call.asked.now).await?;
        Ok::<_, Stop>(if gone { done() } else { not_here(&app) })
    };
    answered(&app, &call.asked, ended.await)
}

/// An initial access token (RFC 7591 section 3), without itself.
#[derive(Serialize, ToSchema)]
pub(in crate::web) struct RegistrationTokenItem {
    /// Its id.
    token_id: String,
    /// What it is for.
    name: String,
    /// Seconds since 1970.
    created_at: i64,
    /// When it stops to count, in seconds since 1970.
    expires_at: i64,
    /// How many clients it may still register; null for any number.
    uses_left: Option<i64>,
}

/// The initial access tokens that count.
#[derive(Serialize, ToSchema)]
pub(in crate::web) struct RegistrationTokenList {
    /// Newest first.
    tokens: Vec<RegistrationTokenItem>,
}

/// An initial access token to make.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::web) struct RegistrationTokenBody {
    /// What it is for.
    name: String,
    /// Days that it counts.
    #[schema(minimum = 1, maximum = 365)]
    days: i64,
    /// How many clients it may register; any number when left out.
    #[schema(minimum = 1, maximum = 100_000)]
    uses: Option<i64>,
}

/// An initial access token that was made.
#[derive(Serialize, ToSchema)]
pub(in crate::web) struct RegistrationTokenMade {
    /// Its id.
    token_id: String,
    /// The token, shown only here.
    token: String,
}

/// Lists the initial access tokens with which clients register themselves.
#[utoipa::path(
    get,
    path = "/api/v1/registration-tokens",
    operation_id = "listRegistrationTokens",
    tag = "clients",
    responses((status = 200, description = "Those that count", body = RegistrationTokenList), Refusals),
    security(("access_token" = ["clients.read"]))
)]
pub(in crate::web) async fn registration_tokens(State(app): State<Arc<App>>, call: Call) -> Response {
    let listed = async {
        call.reaching(&app, "clients", false).await?.everything()?;
        let item = |t: crate::store::registrations::ListedToken| RegistrationTokenItem {
            token_id: t.id.to_string(),
            name: t.name,
            created_at: t.created_at.seconds(),
            expires_at: t.expires_at.seconds(),
            uses_left: t.uses_left,
        };
        let tokens = actions::registration_tokens(&app, call.asked.now).await?.into_iter().map(item).collect();
        Ok::<_, Stop>(Json(RegistrationTokenList { tokens }).into_response())
    };
    answered(&app, &call.asked, listed.await)
}

/// Makes an initial access token, shown once: whoever has it registers clients at `/register`.
#[utoipa::path(
    post,
    path = "/api/v1/registration-tokens",
    operation_id = "addRegistrationToken",
    tag = "clients",
    params(("Idempotency-Key" = Option<String>, Header, description = "Any text of your own: a repetition with the same one is answered as the first was")),
    request_body = RegistrationTokenBody,
    responses((status = 201, description = "The token", body = RegistrationTokenMade), Refusals),
    security(("access_token" = ["clients"]))
)]
pub(in crate::web) async fn add_registration_token(State(app): State<Arc<App>>, call: Call, bytes: Bytes) -> Response {
    let added = async {
        let caller = call.reaching(&app, "clients", true).await?;
        caller.everything()?;
        let b: RegistrationTokenBody = call::body(&call.headers, &bytes)?;
        let name = member("name", DisplayText::parse(&b.name))?;
        Ok::<_, Stop>(match actions::add_registration_token(&app, name, b.days, b.uses, &caller.origin, call.asked.now).await? {
            Ok((id, token)) => (StatusCode::CREATED, Json(RegistrationTokenMade { token_id: id.to_string(), token: token.expose().clone() })).into_response(),
            Err(refused) => because(&app, "refused", &refused.0),
        })
    };
    answered(&app, &call.asked, added.await)
}

/// Ends an initial access token; clients that registered with it stay.
#[utoipa::path(
    delete,
    path = "/api/v1/registration-tokens/{token}",
    operation_id = "endRegistrationToken",
    tag = "clients",
    params(("token" = String, Path, description = "The token's id")),
    responses((status = 204, description = "It counts no more"), Refusals),
    security(("access_token" = ["clients"]))
)]
pub(in crate::web) async fn end_registration_token(State(app): State<Arc<App>>, Path(id): Path<String>, call: Call) -> Response {
    let ended = async {
        let caller = call.reaching(&app, "clients", true).await?;
        caller.everything()?;
        let Ok(id) = id.parse::<RowId>() else { return Ok(not_here(&app)) };
        let gone = actions::end_registration_token(&app, &id, &caller.origin, call.asked.now).await?;
        Ok::<_, Stop>(if gone { done() } else { not_here(&app) })
    };
    answered(&app, &call.asked, ended.await)
}
