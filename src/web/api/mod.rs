//! The management API, `/api/v1`: JSON in and out, RFC 9457 problems, described by OpenAPI 3.1.

mod audit;
pub(super) mod branding;
mod call;
pub(super) mod clients;
pub(super) mod companies;
mod guard;
pub(super) mod identities;
mod invitations;
mod links;
mod me_accounts;
mod people;
mod preferences;
mod refusals;
pub(super) mod resource_servers;
mod service_status;
pub(super) mod system;
pub(super) mod webhooks;

use axum::Json;
use axum::response::{IntoResponse, Response};
use utoipa::OpenApi;

pub(super) use audit::{AuditItem, list as audit_events};
pub(super) use guard::guard;
pub(super) use invitations::{
    ask as ask_somebody, end_mine as end_my_invitation, invite, mine as my_invitations, of_company as invitations, resend as resend_invitation,
    resend_mine as resend_my_invitation, revoke as revoke_invitation,
};
pub(super) use links::{cut as cut_link, list as my_links};
pub(super) use me_accounts::list as me_accounts;
pub(super) use people::{add as add_person, help as help_sign_in, list as people, remove as remove_person, set as set_access};
pub(super) use preferences::{get as get_preferences, put as put_preferences};
pub(super) use service_status::{get as get_service_status, put as put_service_status};

/// The description of the API, generated from the code.
#[derive(OpenApi)]
#[openapi(
    info(title = "Vestibule", description = "The management API of a Vestibule provider.", license(name = "Apache-2.0", identifier = "Apache-2.0")),
    paths(me_accounts::list, preferences::get, preferences::put, links::list, links::cut, invitations::mine, invitations::ask, invitations::end_mine, invitations::resend_mine, invitations::of_company, invitations::invite, invitations::revoke, invitations::resend, people::list, people::add, people::set, people::remove, people::help, audit::list, service_status::get, service_status::put, clients::list, clients::add, clients::get, clients::put, clients::remove, clients::secrets, clients::add_secret, clients::end_secret, clients::registration_tokens, clients::add_registration_token, clients::end_registration_token, companies::list, companies::add, companies::get, companies::put, companies::role_list, companies::add_role, companies::set_role, companies::remove_role, companies::get_settings, companies::put_settings, identities::list, identities::add, identities::get, identities::set_state, identities::end_sessions, identities::sessions, branding::get, branding::set_logo, branding::remove_logo, branding::add_domain, branding::set_domain, branding::permissions, identities::help, resource_servers::list, resource_servers::add, resource_servers::get, resource_servers::put, resource_servers::remove, system::keys, system::rotate, system::outbox, system::retry, system::log, webhooks::list, webhooks::add, webhooks::get, webhooks::put, webhooks::remove, webhooks::rotate, webhooks::test, webhooks::messages, webhooks::replay),
    components(schemas(me_accounts::AccountList, me_accounts::AccountItem, me_accounts::Problem, preferences::AppPreferences, links::LinkList, links::LinkItem, links::LinkEndItem, invitations::InvitationList, invitations::InvitationItem, invitations::AskBody, invitations::InviteBody, invitations::InvitationMade, people::PersonList, people::PersonItem, people::AddBody, people::AccessBody, people::HelpBody, audit::AuditList, audit::AuditItem, people::AccountMade, service_status::ServiceStatusWish, service_status::ServiceStatusItem, clients::ClientList, clients::ClientItem, clients::ClientBody, clients::ClientMade, clients::SecretList, clients::SecretItem, clients::SecretBody, clients::SecretMade, clients::RegistrationTokenList, clients::RegistrationTokenItem, clients::RegistrationTokenBody, clients::RegistrationTokenMade, companies::CompanyList, companies::CompanyItem, companies::CompanyBody, companies::CompanyMade, companies::RoleList, companies::RoleItem, companies::RoleBody, companies::SettingsItem, identities::IdentityList, identities::IdentityItem, identities::IdentityView, identities::PlaceItem, identities::IdentityBody, identities::IdentityMade, identities::StateBody, identities::SessionList, identities::SessionItem, branding::BrandingItem, branding::DomainItem, branding::FaceBody, branding::DomainBody, branding::DomainMade, branding::PermissionList, branding::ListedPermissionItem, resource_servers::ResourceList, resource_servers::ResourceItem, resource_servers::ScopeItem, resource_servers::PermissionItem, system::KeyList, system::KeyItem, system::RotationBody, system::DeliveryList, system::DeliveryItem, system::LogList, system::LogItem, webhooks::WebhookList, webhooks::WebhookItem, webhooks::WebhookBody, webhooks::WebhookMade, webhooks::MessageList, webhooks::MessageItem)),
    modifiers(&Bearer)
)]
struct Description;

struct Bearer;

impl utoipa::Modify for Bearer {
    fn modify(&self, document: &mut utoipa::openapi::OpenApi) {
        use utoipa::openapi::security::{Http, HttpAuthScheme, SecurityScheme};
        let components = document.components.get_or_insert_with(Default::default);
        components.add_security_scheme("access_token", SecurityScheme::Http(Http::new(HttpAuthScheme::Bearer)));
    }
}

/// Whether a body says that it is JSON.
fn is_json(headers: &axum::http::HeaderMap) -> Result<(), crate::protocol::ProtocolFailure> {
    let media_type = headers.get(axum::http::header::CONTENT_TYPE).and_then(|h| h.to_str().ok()).unwrap_or_default();
    if media_type.split(';').next().is_none_or(|m| !m.trim().eq_ignore_ascii_case("application/json")) {
        return Err(crate::protocol::ProtocolFailure::invalid_request("the body must be application/json"));
    }
    Ok(())
}

/// The document as it is served and committed.
pub fn openapi_document() -> String {
    Description::openapi().to_pretty_json().expect("our own document is JSON")
}

pub(super) async fn openapi() -> Response {
    super::cors::open(Json(serde_json::from_str::<serde_json::Value>(&openapi_document()).unwrap_or_default()).into_response())
}
