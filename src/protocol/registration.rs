//! What a client says of itself when it registers (RFC 7591 section 2, OpenID Connect Registration 1.0 section 2, RP Metadata Choices 1.0),
//! and what it is told. Members that are not known are ignored; what is known is read strictly.

use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};

use super::{ApplicationType, Client, ClientMetadata, GrantType};
use crate::types::{DisplayText, RedirectUri, ScopeSet};

/// Why a registration was refused (RFC 7591 section 3.2.2), with the reason in words.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RegistrationError {
    /// `invalid_redirect_uri`
    #[error("{0}")]
    RedirectUri(String),
    /// `invalid_client_metadata`
    #[error("{0}")]
    Metadata(String),
}

impl RegistrationError {
    /// The registered code.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::RedirectUri(_) => "invalid_redirect_uri",
            Self::Metadata(_) => "invalid_client_metadata",
        }
    }
}

fn metadata(text: impl Into<String>) -> RegistrationError {
    RegistrationError::Metadata(text.into())
}

/// What the operator gives to clients that register themselves.
#[derive(Clone, Debug)]
pub struct RegistrationBounds {
    /// Scopes that they may have at most, and have when they ask for none.
    pub scope: ScopeSet,
    /// Whether confidential ones must use PKCE; public ones always must.
    pub require_pkce: bool,
    /// Whether they may act without a person (`client_credentials`, token exchange), or on a device, whose place no page can name (RFC 8628).
    pub machines: bool,
    /// Whether this provider is on a loopback host.
    pub on_loopback: bool,
}

/// A client as it asks to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RegistrationRequest {
    /// `client_name`, or the host of its first redirect URI.
    pub name: DisplayText,
    /// Everything else.
    pub metadata: ClientMetadata,
}

/// Members whose effect we do not have: who asks for one must not believe that it holds. `none` and false ask for nothing.
const MISSING: [&str; 9] = [
    "userinfo_signed_response_alg",
    "userinfo_encrypted_response_alg",
    "id_token_encrypted_response_alg",
    "authorization_signed_response_alg",
    "introspection_signed_response_alg",
    "require_signed_request_object",
    "require_pushed_authorization_requests",
    "tls_client_certificate_bound_access_tokens",
    "dpop_bound_access_tokens",
];

/// The members of a document; null stands for absent (RFC 7591 section 2).
struct Members<'a>(&'a Map<String, Value>);

impl Members<'_> {
    fn has(&self, name: &str) -> bool {
        self.0.get(name).is_some_and(|v| !v.is_null())
    }
    fn read<T: DeserializeOwned>(&self, name: &str) -> Result<Option<T>, RegistrationError> {
        match self.0.get(name).filter(|v| !v.is_null()) {
            None => Ok(None),
            Some(value) => serde_json::from_value(value.clone()).map(Some).map_err(|e| metadata(format!("{name}: {e}"))),
        }
    }
    fn over<T: DeserializeOwned>(&self, name: &str, to: &mut T) -> Result<(), RegistrationError> {
        if let Some(value) = self.read(name)? {
            *to = value;
        }
        Ok(())
    }
    /// A member with one value, or else the first of the client's choices that we have too (RP Metadata Choices 1.0).
    fn chosen<T: DeserializeOwned>(&self, one: &str, choices: &str, to: &mut T) -> Result<(), RegistrationError> {
        if self.has(one) || !self.has(choices) {
            return self.over(one, to);
        }
        let all: Vec<Value> = self.read(choices)?.unwrap_or_default();
        *to = all.into_iter().find_map(|v| serde_json::from_value(v).ok()).ok_or_else(|| metadata(format!("{choices}: none of these is supported")))?;
        Ok(())
    }
}

fn redirect_uris(given: Option<Vec<String>>) -> Result<Vec<RedirectUri>, RegistrationError> {
    let parse = |text: &String| RedirectUri::parse(text).map_err(|e| RegistrationError::RedirectUri(format!("{text:.200}: {e}")));
    given.unwrap_or_default().iter().map(parse).collect()
}

impl RegistrationRequest {
    /// Reads a document.
    pub fn parse(document: &Map<String, Value>, bounds: &RegistrationBounds) -> Result<Self, RegistrationError> {
        let members = Members(document);
        let asked_for =
            |name: &&&str| !matches!(document.get(**name), None | Some(Value::Null | Value::Bool(false))) && document.get(**name) != Some(&json!("none"));
        if let Some(missing) = MISSING.iter().find(asked_for) {
            return Err(metadata(format!("{missing}: not supported")));
        }
        if members.has("jwks") && members.has("jwks_uri") {
            return Err(metadata("jwks and jwks_uri exclude each other"));
        }
        let mut m = ClientMetadata { grant_types: vec![GrantType::AuthorizationCode], require_pkce: bounds.require_pkce, ..ClientMetadata::default() };
        m.redirect_uris = redirect_uris(members.read("redirect_uris")?)?;
        members.over("post_logout_redirect_uris", &mut m.post_logout_redirect_uris)?;
        members.over("target_link_uris", &mut m.target_link_uris)?;
        for (name, to) in [
            ("client_uri", &mut m.client_uri),
            ("policy_uri", &mut m.policy_uri),
            ("tos_uri", &mut m.tos_uri),
            ("initiate_login_uri", &mut m.initiate_login_uri),
            ("backchannel_logout_uri", &mut m.backchannel_logout_uri),
            ("sector_identifier_uri", &mut m.sector_identifier_uri),
        ] {
            *to = members.read(name)?;
        }
        members.over("application_type", &mut m.application_type)?;
        members.chosen("token_endpoint_auth_method", "token_endpoint_auth_methods_supported", &mut m.token_endpoint_auth_method)?;
        members.chosen("id_token_signed_response_alg", "id_token_signing_alg_values_supported", &mut m.id_token_signed_response_alg)?;
        members.chosen("subject_type", "subject_types_supported", &mut m.subject_type)?;
        members.over("subject_of", &mut m.subject_of)?;
        members.over("organization_usage", &mut m.organization_usage)?;
        members.over("account_selection", &mut m.account_selection)?;
        members.over("refresh_tokens", &mut m.refresh_tokens)?;
        m.default_max_age = members.read("default_max_age")?;
        members.over("require_auth_time", &mut m.require_auth_time)?;
        members.over("contacts", &mut m.contacts)?;
        m.software_id = members.read("software_id")?;
        m.software_version = members.read("software_version")?;
        let asked: Option<String> = members.read("scope")?;
        m.scope = asked.map_or_else(|| bounds.scope.clone(), |s| ScopeSet::parse(&s).intersection(&bounds.scope));
        grants(&members, &mut m, bounds)?;
        application_type(&m)?;
        if m.sector_identifier_uri.as_ref().is_some_and(|u| !u.as_str().starts_with("https://")) {
            return Err(metadata("sector_identifier_uri: must be https"));
        }
        let mistakes = m.mistakes(bounds.on_loopback);
        if !mistakes.is_empty() {
            let text = mistakes.join("; ");
            return Err(if mistakes[0].starts_with("redirect_uris") { RegistrationError::RedirectUri(text) } else { metadata(text) });
        }
        let too_long = |text: &String| text.chars().count() > 500;
        if m.contacts.len() > 10 || m.contacts.iter().any(too_long) || [&m.software_id, &m.software_version].into_iter().flatten().any(too_long) {
            return Err(metadata("contacts, software_id, software_version: too long"));
        }
        Ok(Self { name: name(&members, &m)?, metadata: m })
    }
}

fn name(members: &Members<'_>, m: &ClientMetadata) -> Result<DisplayText, RegistrationError> {
    let given: Option<String> = members.read("client_name")?;
    let host = m.redirect_uris.first().map(|u| u.host().unwrap_or(u.as_str()).to_owned());
    let text = given.or(host).unwrap_or_else(|| "App".to_owned());
    DisplayText::parse(&text).map_err(|e| metadata(format!("client_name: {e}")))
}

/// Grants and response types must agree (RFC 7591 section 2.1). The only response type is `code`.
fn grants(members: &Members<'_>, m: &mut ClientMetadata, bounds: &RegistrationBounds) -> Result<(), RegistrationError> {
    members.over("grant_types", &mut m.grant_types)?;
    let response_types: Option<Vec<String>> = members.read("response_types")?;
    let code = m.allows(GrantType::AuthorizationCode);
    if let Some(types) = response_types {
        if let Some(other) = types.iter().find(|t| *t != "code") {
            return Err(metadata(format!("response_types: {other:.50} is not supported")));
        }
        if types.is_empty() == code {
            return Err(metadata("response_types: code belongs to the grant authorization_code, and the other way round"));
        }
    }
    let trusted = [GrantType::ClientCredentials, GrantType::TokenExchange, GrantType::DeviceCode];
    if !bounds.machines && m.grant_types.iter().any(|g| trusted.contains(g)) {
        return Err(metadata("grant_types: an app that registers openly acts for people only, who come in a browser"));
    }
    Ok(())
}

/// Apps of the web have web addresses; apps of a device have a scheme of their own, a loopback address, or a claimed https address (RFC 8252
/// section 7).
fn application_type(m: &ClientMetadata) -> Result<(), RegistrationError> {
    let own_scheme = m.redirect_uris.iter().find(|u| u.origin().is_none());
    match own_scheme {
        Some(uri) if m.application_type == ApplicationType::Web => {
            Err(RegistrationError::RedirectUri(format!("{uri:.200}: an app with application_type web has web addresses")))
        }
        _ => Ok(()),
    }
}

/// Everything that a registered client is, defaults included (RFC 7591 section 3.2.1). What only operators decide about is left out.
pub fn registration_document(client: &Client) -> Map<String, Value> {
    let mut document = serde_json::to_value(&client.metadata).ok().and_then(|v| v.as_object().cloned()).unwrap_or_default();
    for own in ["consent", "serves", "sector_identifier", "claims_in_id_token"] {
        document.remove(own);
    }
    document.retain(|_, v| !v.is_null() && v.as_array().is_none_or(|a| !a.is_empty()));
    document.insert("client_id".into(), client.id.as_str().into());
    document.insert("client_name".into(), client.name.as_str().into());
    let response_types: &[&str] = if client.metadata.allows(GrantType::AuthorizationCode) { &["code"] } else { &[] };
    document.insert("response_types".into(), json!(response_types));
    document.insert("redirect_uris".into(), json!(client.metadata.redirect_uris));
    if client.metadata.backchannel_logout_uri.is_some() {
        document.insert("backchannel_logout_session_required".into(), true.into());
    }
    document
}

#[cfg(test)]
mod tests {
    use super::super::{ClientAuthMethod, SigningAlgorithm};
    use super::*;

    fn bounds(machines: bool) -> RegistrationBounds {
        RegistrationBounds { scope: ScopeSet::parse("openid profile email"), require_pkce: true, machines, on_loopback: true }
    }
    fn read(document: Value) -> Result<RegistrationRequest, RegistrationError> {
        RegistrationRequest::parse(document.as_object().expect("an object"), &bounds(true))
    }

    #[test]
    fn rfc7591_2_defaults_unknown_members_and_null() {
        let request = read(json!({"redirect_uris": ["https://a.test/cb"], "client_uri": null, "favourite_colour": "green"})).expect("read");
        assert_eq!(request.name.as_str(), "a.test");
        assert_eq!(request.metadata.grant_types, [GrantType::AuthorizationCode]);
        assert_eq!(request.metadata.token_endpoint_auth_method, ClientAuthMethod::ClientSecretBasic);
        assert_eq!(request.metadata.scope.to_string(), "email openid profile");
    }

    #[test]
    fn what_is_refused_says_which_member_and_why() {
        let uri = ["https://a.test/cb"];
        for (document, code, word) in [
            (json!({}), "invalid_redirect_uri", "redirect_uris"),
            (json!({"redirect_uris": ["https://a.test/cb#x"]}), "invalid_redirect_uri", "fragment"),
            (json!({"redirect_uris": ["http://a.test/cb"]}), "invalid_redirect_uri", "scheme"),
            (json!({"redirect_uris": ["com.example.app:/cb"]}), "invalid_redirect_uri", "application_type"),
            (json!({"redirect_uris": "https://a.test/cb"}), "invalid_client_metadata", "redirect_uris"),
            (json!({"redirect_uris": uri, "grant_types": ["implicit"]}), "invalid_client_metadata", "grant_types"),
            (json!({"redirect_uris": uri, "response_types": ["id_token"]}), "invalid_client_metadata", "response_types"),
            (json!({"redirect_uris": uri, "response_types": []}), "invalid_client_metadata", "response_types"),
            (json!({"redirect_uris": uri, "grant_types": ["client_credentials"], "response_types": ["code"]}), "invalid_client_metadata", "response_types"),
            (json!({"redirect_uris": uri, "jwks": {}, "jwks_uri": "https://a.test/k"}), "invalid_client_metadata", "jwks"),
            (json!({"redirect_uris": uri, "token_endpoint_auth_method": "private_key_jwt"}), "invalid_client_metadata", "token_endpoint_auth_method"),
            (json!({"redirect_uris": uri, "id_token_signing_alg_values_supported": ["HS256", "none"]}), "invalid_client_metadata", "id_token"),
            (json!({"redirect_uris": uri, "userinfo_signed_response_alg": "RS256"}), "invalid_client_metadata", "userinfo"),
            (json!({"redirect_uris": uri, "dpop_bound_access_tokens": true}), "invalid_client_metadata", "dpop"),
            (json!({"redirect_uris": uri, "subject_of": "account", "organization_usage": "allow"}), "invalid_client_metadata", "subject_of"),
            (json!({"redirect_uris": uri, "client_name": "a\u{202e}b"}), "invalid_client_metadata", "client_name"),
            (json!({"redirect_uris": uri, "sector_identifier_uri": "http://127.0.0.1/s"}), "invalid_client_metadata", "sector"),
            (json!({"redirect_uris": uri, "token_endpoint_auth_method": "none", "grant_types": ["client_credentials"]}), "invalid_client_metadata", "secret"),
        ] {
            let refused = read(document.clone()).expect_err(&document.to_string());
            assert!(refused.code() == code && refused.to_string().contains(word), "{document}: {} {refused}", refused.code());
        }
    }

    #[test]
    fn the_first_choice_that_we_have_is_taken() {
        let document = json!({"redirect_uris": ["https://a.test/cb"], "id_token_signing_alg_values_supported": ["HS256", "ES256", "RS256"],
            "token_endpoint_auth_methods_supported": ["private_key_jwt", "client_secret_post"], "userinfo_signed_response_alg": "none"});
        let m = read(document).expect("read").metadata;
        assert_eq!((m.id_token_signed_response_alg, m.token_endpoint_auth_method), (SigningAlgorithm::ES256, ClientAuthMethod::ClientSecretPost));
    }

    #[test]
    fn an_open_registration_acts_for_people_only_and_gets_no_scope_beyond_the_bounds() {
        let document = json!({"redirect_uris": ["https://a.test/cb"], "grant_types": ["authorization_code", "client_credentials"]});
        assert!(RegistrationRequest::parse(document.as_object().expect("an object"), &bounds(false)).is_err());
        let m = read(json!({"redirect_uris": ["https://a.test/cb"], "scope": "openid payroll"})).expect("read").metadata;
        assert_eq!(m.scope.to_string(), "openid");
    }
}
