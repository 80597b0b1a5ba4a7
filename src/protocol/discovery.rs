//! What we say of ourselves (OpenID Connect Discovery 1.0 section 3, RFC 8414 section 2, RFC 9728 section 2). Never advertise what is off.

use serde_json::{Value, json};

use super::{ACR_VALUES, SigningAlgorithm};

/// Scopes of our own API.
pub const SCOPES_OF_API: [&str; 20] = [
    "audit",
    "clients",
    "clients.read",
    "companies",
    "companies.read",
    "identities",
    "identities.read",
    "keys",
    "keys.read",
    "links",
    "organizations",
    "outbox",
    "outbox.read",
    "people",
    "preferences",
    "resource_servers",
    "resource_servers.read",
    "service_status",
    "webhooks",
    "webhooks.read",
];
/// Scopes about the person, open to any client registered for them.
pub const SCOPES_OF_IDENTITY: [&str; 7] = ["openid", "profile", "email", "phone", "offline_access", "organizations", "preferences"];

/// The document, the same at every well-known path. `at` finishes the URL of an endpoint.
pub fn discovery_document(issuer: &str, at: impl Fn(&str) -> String, locales: &[&str], registration: bool) -> Value {
    let algorithms: Vec<_> = SigningAlgorithm::ALL.iter().map(|a| a.as_str()).collect();
    let authentication = ["client_secret_basic", "client_secret_post", "none"];
    let mut document = json!({
        "issuer": issuer,
        "authorization_endpoint": at("/authorize"),
        "token_endpoint": at("/token"),
        "userinfo_endpoint": at("/userinfo"),
        "jwks_uri": at("/jwks"),
        "introspection_endpoint": at("/introspect"),
        "revocation_endpoint": at("/revoke"),
        "device_authorization_endpoint": at("/device_authorization"),
        "end_session_endpoint": at("/end_session"),
        "scopes_supported": SCOPES_OF_IDENTITY,
        "response_types_supported": ["code"],
        "response_modes_supported": ["query", "fragment", "form_post"],
        "grant_types_supported": ["authorization_code", "refresh_token", "client_credentials", "urn:ietf:params:oauth:grant-type:device_code", "urn:ietf:params:oauth:grant-type:token-exchange"],
        "acr_values_supported": ACR_VALUES,
        "subject_types_supported": ["public", "pairwise"],
        "id_token_signing_alg_values_supported": algorithms,
        "token_endpoint_auth_methods_supported": authentication,
        "introspection_endpoint_auth_methods_supported": &authentication[..2],
        "revocation_endpoint_auth_methods_supported": authentication,
        "claims_supported": ["iss", "sub", "aud", "exp", "iat", "auth_time", "nonce", "acr", "amr", "at_hash", "sid",
            "name", "given_name", "family_name", "preferred_username", "locale", "zoneinfo", "updated_at", "email", "email_verified", "phone_number", "phone_number_verified",
            "act", "preferences", "account_id", "org_id", "org_slug", "org_name", "roles", "seat", "aud_sub"],
        "claims_parameter_supported": true,
        "backchannel_logout_supported": true,
        "backchannel_logout_session_supported": true,
        "request_parameter_supported": false,
        "request_uri_parameter_supported": false,
        "code_challenge_methods_supported": ["S256"],
        "authorization_response_iss_parameter_supported": true,
        "prompt_values_supported": ["none", "login", "consent", "select_account"],
        "display_values_supported": ["page", "popup"],
        "ui_locales_supported": locales,
        "protected_resources": [at("/api")],
        "organization_accounts_endpoint": at("/api/v1/me/accounts"),
    });
    if registration {
        document["registration_endpoint"] = at("/register").into();
    }
    document
}

/// What an app that meets our API for the first time needs in order to get a token for it (RFC 9728 section 2).
pub fn protected_resource_document(issuer: &str, resource: &str) -> Value {
    json!({
        "resource": resource,
        "authorization_servers": [issuer],
        "scopes_supported": SCOPES_OF_API,
        "bearer_methods_supported": ["header"],
        "resource_name": "Vestibule management API",
    })
}
