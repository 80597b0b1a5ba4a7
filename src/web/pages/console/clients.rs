//! Apps: the list, a new one of a kind, and one of them with its secrets and what to paste into it.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde_json::{Value, json};

use super::{ROWS, answered, lines, next_page, page, said, snippets, status_of, trial};
use crate::actions::{self, AddClient, App, Refused, Stop};
use crate::protocol::{
    Client, ClientAuthMethod, ClientCompanies, ClientKind, ClientMetadata, ConsentPolicy, GrantType, OrganizationUsage, RefreshPolicy, SigningAlgorithm,
};
use crate::store::companies;
use crate::types::{ClientId, CompanyId, DisplayText, RedirectUri, ScopeSet, Seconds, Secret};
use crate::web::form::Form;
use crate::web::page::see_other;
use crate::web::pages::moment;
use crate::web::pages::not_found;
use crate::web::visit::Visit;
use crate::web::{error, paths};

pub(in crate::web) async fn show(State(app): State<Arc<App>>, visit: Visit) -> Response {
    answered!(&app, &visit, list(&app, &visit, None, json!({"kind": "web"})))
}

async fn list(app: &App, visit: &Visit, trouble: Option<&str>, typed: Value) -> Result<Response, Stop> {
    let search = visit.query.get("q").map(str::trim).unwrap_or_default();
    let before: Option<ClientId> = visit.query.get("before").and_then(|b| b.parse().ok());
    let (found, next) = actions::clients_page(app, Some(search), before.as_ref(), ROWS).await?;
    let values = json!({
        "clients": found.iter().map(|c| json!({"href": paths::portal(paths::CONSOLE_CLIENT, c.id.as_str()), "id": c.id.as_str(), "name": c.name.as_str(), "kind": ClientKind::of(&c.metadata).as_str(), "disabled": c.disabled, "untrusted": c.untrusted})).collect::<Vec<_>>(),
        "next": next_page(paths::CONSOLE_CLIENTS, search, next.as_ref().map(ClientId::as_str)),
        "search": search,
        "here": paths::CONSOLE_CLIENTS,
        "registration": paths::CONSOLE_REGISTRATION,
        "kinds": ClientKind::ALL.map(ClientKind::as_str),
        "trouble": trouble,
        "typed": typed,
    });
    Ok(page(app, visit, paths::CONSOLE_CLIENTS, "console/clients.html", status_of(trouble), values))
}

/// The redirect URIs of a text area, one on each line; the first that is none is named.
fn uris(form: &Form, name: &str) -> Result<Vec<RedirectUri>, Refused> {
    lines(form, name).into_iter().map(|line| RedirectUri::parse(line).map_err(|e| Refused(format!("{name}: {line}: {e}")))).collect()
}

fn uri(form: &Form, name: &str) -> Result<Option<RedirectUri>, Refused> {
    let text = form.field(name).trim();
    if text.is_empty() { Ok(None) } else { RedirectUri::parse(text).map(Some).map_err(|e| Refused(format!("{name}: {e}"))) }
}

pub(in crate::web) async fn add(State(app): State<Arc<App>>, form: Form) -> Response {
    answered!(&app, &form.visit, added(&app, &form))
}

async fn added(app: &App, form: &Form) -> Result<Response, Stop> {
    let visit = &form.visit;
    let wish = || -> Result<AddClient, Refused> {
        let mut metadata = form.field("kind").parse::<ClientKind>().map_err(|e| Refused(e.to_string()))?.defaults();
        metadata.redirect_uris = uris(form, "redirect_uris")?;
        Ok(AddClient { name: DisplayText::parse(form.field("name")).map_err(|e| Refused(e.to_string()))?, metadata, companies: None })
    };
    let result = match wish() {
        Ok(wish) => actions::add_client(app, wish, &visit.origin, visit.now).await?,
        Err(refused) => Err(refused),
    };
    match result {
        Ok((id, Some(secret))) => client(app, visit, id.as_str(), None, Some(&secret)).await,
        Ok((id, None)) => Ok(said(visit, &paths::portal(paths::CONSOLE_CLIENT, id.as_str()), "added")),
        Err(refused) => {
            let typed = json!({"kind": form.field("kind"), "name": form.field("name"), "redirect_uris": form.field("redirect_uris")});
            list(app, visit, Some(&refused.0), typed).await
        }
    }
}

pub(in crate::web) async fn one(State(app): State<Arc<App>>, Path(id): Path<String>, visit: Visit) -> Response {
    answered!(&app, &visit, client(&app, &visit, &id, None, None))
}

/// One choice of a select.
fn choices<T: PartialEq + serde::Serialize>(all: &[T], chosen: &T) -> Vec<Value> {
    all.iter().map(|one| json!({"value": one, "chosen": one == chosen})).collect()
}

async fn client(app: &App, visit: &Visit, id: &str, trouble: Option<&str>, secret: Option<&Secret>) -> Result<Response, Stop> {
    let Ok(id) = id.parse::<ClientId>() else { return Ok(not_found(app, visit)) };
    let Some(found) = actions::registered_client(app, &id).await? else { return Ok(not_found(app, visit)) };
    let Client { name, metadata: m, companies: open_to, disabled, .. } = &found.client;
    let texts = |uris: &[RedirectUri]| uris.iter().map(RedirectUri::as_str).collect::<Vec<_>>().join("\n");
    let text = |uri: &Option<RedirectUri>| uri.as_ref().map(RedirectUri::as_str).unwrap_or_default().to_owned();
    let mut slugs = Vec::new();
    if let ClientCompanies::Listed(listed) = open_to {
        for company in listed {
            slugs.extend(companies::named(&app.store.db, company.as_str()).await?.map(|c| c.slug));
        }
    }
    let secrets = actions::client_secrets(app, &id, visit.now).await?;
    let values = json!({
        "client": {
            "id": id.as_str(), "name": name.as_str(), "kind": ClientKind::of(m).as_str(), "disabled": disabled, "untrusted": found.client.untrusted, "public": m.token_endpoint_auth_method == ClientAuthMethod::None,
            "redirect_uris": texts(&m.redirect_uris), "post_logout_redirect_uris": texts(&m.post_logout_redirect_uris), "client_uri": text(&m.client_uri),
            "backchannel_logout_uri": text(&m.backchannel_logout_uri), "scope": m.scope.to_string(), "require_pkce": m.require_pkce,
            "claims_in_id_token": m.claims_in_id_token, "people": m.allows(GrantType::AuthorizationCode), "device": m.allows(GrantType::DeviceCode), "exchange": m.allows(GrantType::TokenExchange),
            "machine": m.allows(GrantType::ClientCredentials), "serves": m.serves.join("\n"), "companies": slugs.join("\n"), "listed": *open_to != ClientCompanies::All,
        },
        "consents": choices(&[ConsentPolicy::Ask, ConsentPolicy::Implicit], &m.consent),
        "usages": choices(&[OrganizationUsage::Require, OrganizationUsage::Allow, OrganizationUsage::Deny], &m.organization_usage),
        "algorithms": choices(&SigningAlgorithm::ALL, &m.id_token_signed_response_alg),
        "policies": choices(&[RefreshPolicy::Rotating, RefreshPolicy::Stable], &m.refresh_tokens),
        "secrets": secrets.iter().map(|s| json!({"id": s.id.as_str(), "since": moment(s.created_at.seconds()), "until": s.expires_at.map(|t| moment(t.seconds()))})).collect::<Vec<_>>(),
        "secret": secret.map(|s| s.expose()),
        "snippets": snippets::all(app.issuer(), &found.client),
        "metadata": serde_json::to_string_pretty(m).unwrap_or_default(),
        "discovery": app.config.url(paths::OPENID_CONFIGURATION),
        "here": paths::portal(paths::CONSOLE_CLIENT, id.as_str()),
        "act": paths::portal(paths::CONSOLE_CLIENT_ACT, id.as_str()),
        "back": paths::CONSOLE_CLIENTS,
        "version": actions::client_version(&found.client),
        "trouble": trouble,
    });
    let status = if secret.is_some() { StatusCode::OK } else { status_of(trouble) };
    Ok(page(app, visit, paths::CONSOLE_CLIENTS, "console/client.html", status, values))
}

pub(in crate::web) async fn change(State(app): State<Arc<App>>, Path(id): Path<String>, form: Form) -> Response {
    answered!(&app, &form.visit, changed(&app, &form, &id))
}

fn chosen<T: serde::de::DeserializeOwned>(form: &Form, name: &str, before: T) -> T {
    serde_json::from_value(json!(form.field(name))).unwrap_or(before)
}

/// The app as the form says; what the form does not show stays.
async fn typed(app: &App, form: &Form, before: &Client) -> Result<Result<Client, Refused>, Stop> {
    let mut open_to = ClientCompanies::All;
    if form.field("listed") == "on" {
        let mut listed: Vec<CompanyId> = Vec::new();
        for name in lines(form, "companies") {
            match companies::named(&app.store.db, name).await? {
                Some(company) => listed.push(company.id),
                None => return Ok(Err(Refused(format!("companies: there is no company {name}")))),
            }
        }
        open_to = ClientCompanies::Listed(listed);
    }
    let m = &before.metadata;
    let grants = || {
        let asked = [
            ("people", GrantType::AuthorizationCode),
            ("device", GrantType::DeviceCode),
            ("machine", GrantType::ClientCredentials),
            ("exchange", GrantType::TokenExchange),
        ];
        let mut given: Vec<_> = asked.into_iter().filter(|(name, _)| form.field(name) == "on").map(|(_, grant)| grant).collect();
        if form.field("people") == "on" || form.field("device") == "on" {
            given.push(GrantType::RefreshToken);
        }
        given
    };
    let client = || -> Result<Client, Refused> {
        Ok(Client {
            id: before.id.clone(),
            name: DisplayText::parse(form.field("name")).map_err(|e| Refused(e.to_string()))?,
            metadata: ClientMetadata {
                redirect_uris: uris(form, "redirect_uris")?,
                post_logout_redirect_uris: uris(form, "post_logout_redirect_uris")?,
                client_uri: uri(form, "client_uri")?,
                backchannel_logout_uri: uri(form, "backchannel_logout_uri")?,
                scope: ScopeSet::parse(form.field("scope")),
                require_pkce: form.field("require_pkce") == "on",
                claims_in_id_token: form.field("claims_in_id_token") == "on",
                consent: chosen(form, "consent", m.consent),
                organization_usage: chosen(form, "organization_usage", m.organization_usage),
                id_token_signed_response_alg: chosen(form, "algorithm", m.id_token_signed_response_alg),
                refresh_tokens: chosen(form, "refresh_tokens", m.refresh_tokens),
                serves: lines(form, "serves").into_iter().map(str::to_owned).collect(),
                grant_types: grants(),
                ..m.clone()
            },
            companies: open_to,
            disabled: before.disabled,
            untrusted: before.untrusted,
        })
    };
    Ok(client())
}

async fn changed(app: &App, form: &Form, id: &str) -> Result<Response, Stop> {
    let visit = &form.visit;
    let Ok(client_id) = id.parse::<ClientId>() else { return Ok(not_found(app, visit)) };
    let Some(before) = actions::registered_client(app, &client_id).await? else { return Ok(not_found(app, visit)) };
    let trouble = match typed(app, form, &before.client).await? {
        Err(refused) => refused.0,
        // Two operators at once: the second one sees that the first was here.
        Ok(to) => match actions::change_client(app, &to, Some(form.field("version")), &visit.origin, visit.now).await? {
            Ok(()) => return Ok(said(visit, &paths::portal(paths::CONSOLE_CLIENT, id), "saved")),
            Err(refused) => refused.to_string(),
        },
    };
    client(app, visit, id, Some(&trouble), None).await
}

pub(in crate::web) async fn act(State(app): State<Arc<App>>, Path(id): Path<String>, form: Form) -> Response {
    answered!(&app, &form.visit, acted(&app, &form, &id))
}

async fn acted(app: &App, form: &Form, id: &str) -> Result<Response, Stop> {
    let (visit, now) = (&form.visit, form.visit.now);
    let Ok(client_id) = id.parse::<ClientId>() else { return Ok(not_found(app, visit)) };
    let origin = &visit.origin;
    let switched = match form.field("do") {
        "rotate" => {
            let overlap = Seconds::hours(form.field("hours").trim().parse::<i64>().unwrap_or(24).clamp(0, 24 * 90));
            return match actions::rotate_secret(app, &client_id, Some(overlap), origin, now).await? {
                Ok(secret) => client(app, visit, id, None, Some(&secret)).await,
                Err(refused) => client(app, visit, id, Some(&refused.0), None).await,
            };
        }
        "end-secret" => {
            let Ok(secret) = form.field("secret").parse() else { return Ok(not_found(app, visit)) };
            actions::end_secret(app, &client_id, &secret, origin, now).await?;
            return Ok(said(visit, &paths::portal(paths::CONSOLE_CLIENT, id), "removed"));
        }
        "delete" => {
            return match actions::delete_client(app, &client_id, None, origin, now).await? {
                Ok(()) => Ok(said(visit, paths::CONSOLE_CLIENTS, "removed")),
                Err(_) => Ok(not_found(app, visit)),
            };
        }
        "try" => {
            let (Some(found), Some(session)) = (actions::registered_client(app, &client_id).await?, &visit.session) else { return Ok(not_found(app, visit)) };
            return match actions::begin_trial(app, &found.client, &trial::back(app, id), session, now).await? {
                Ok(interaction) => Ok(see_other(visit, &paths::interaction(&interaction))),
                Err(refused) => client(app, visit, id, Some(&refused.0), None).await,
            };
        }
        "vouch" => {
            actions::vouch(app, &client_id, true, origin, now).await?;
            return Ok(said(visit, &paths::portal(paths::CONSOLE_CLIENT, id), "vouched"));
        }
        "disable" => (actions::switch_client(app, &client_id, true, origin, now).await?, "disabled"),
        "enable" => (actions::switch_client(app, &client_id, false, origin, now).await?, "enabled"),
        _ => return Ok(not_found(app, visit)),
    };
    match switched {
        (Ok(()), what) => Ok(said(visit, &paths::portal(paths::CONSOLE_CLIENT, id), what)),
        (Err(refused), _) => client(app, visit, id, Some(&refused.to_string()), None).await,
    }
}
