//! Clients and their metadata (RFC 7591 section 2, OpenID Connect Registration 1.0 section 2, design.md 5.1 and 5.2).

use serde::{Deserialize, Serialize};

use crate::types::{ClientId, CompanyId, DisplayText, RedirectUri, ScopeSet, Seconds};

/// How a client proves who it is (RFC 7591 section 2, `token_endpoint_auth_method`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ClientAuthMethod {
    /// HTTP Basic (RFC 6749 2.3.1).
    #[default]
    ClientSecretBasic,
    /// In the body.
    ClientSecretPost,
    /// A public client.
    None,
}

/// A JWS algorithm that we sign with.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum SigningAlgorithm {
    /// RSASSA-PKCS1-v1_5 with SHA-256: the standard's default for ID tokens.
    #[default]
    RS256,
    /// RSASSA-PSS with SHA-256.
    PS256,
    /// ECDSA on P-256 with SHA-256.
    ES256,
    /// Ed25519.
    EdDSA,
}

impl SigningAlgorithm {
    /// All of them.
    pub const ALL: [SigningAlgorithm; 4] = [Self::RS256, Self::PS256, Self::ES256, Self::EdDSA];
    /// The name in a JOSE header.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::RS256 => "RS256",
            Self::PS256 => "PS256",
            Self::ES256 => "ES256",
            Self::EdDSA => "EdDSA",
        }
    }
    /// The algorithm with that name.
    pub fn named(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|a| a.as_str() == text)
    }
}

/// `subject_type` (OpenID Connect Core section 8).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SubjectType {
    /// The same subject for every client.
    #[default]
    Public,
    /// One per sector.
    Pairwise,
}

/// What `sub` stands for (design.md 5.2).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SubjectOf {
    /// The person.
    #[default]
    Identity,
    /// The person's account in one company.
    Account,
}

/// Whether the client wants companies (design.md 5.1).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OrganizationUsage {
    /// Never.
    Deny,
    /// With or without.
    Allow,
    /// Always.
    #[default]
    Require,
}

/// Which account a request gets that names none (design.md 5.1).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AccountSelection {
    /// Ask when there are several.
    #[default]
    Ask,
    /// The oldest by creation.
    Oldest,
    /// The one used last, at first the oldest.
    LastUsed,
}

/// Whether people are asked for consent (decisions.md 16).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ConsentPolicy {
    /// Once per identity, account and scopes.
    #[default]
    Ask,
    /// The operator vouches for the app.
    Implicit,
}

/// How refresh tokens behave (standards.md 3.24).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RefreshPolicy {
    /// Each use replaces the token; using an old one again closes the family.
    #[default]
    Rotating,
    /// One token for the life of the family (confidential clients only).
    Stable,
}

/// `application_type`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ApplicationType {
    /// Runs on a server or in a browser.
    #[default]
    Web,
    /// Runs on the person's device (RFC 8252).
    Native,
}

/// Grants a client may use at the token endpoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GrantType {
    /// RFC 6749 4.1.
    AuthorizationCode,
    /// RFC 6749 6.
    RefreshToken,
    /// RFC 6749 4.4.
    ClientCredentials,
    /// RFC 8628.
    #[serde(rename = "urn:ietf:params:oauth:grant-type:device_code")]
    DeviceCode,
    /// RFC 8693.
    #[serde(rename = "urn:ietf:params:oauth:grant-type:token-exchange")]
    TokenExchange,
}

/// The companies a client is open to (decisions.md 17).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ClientCompanies {
    /// Every one.
    All,
    /// Those listed; machine tokens name only these.
    Listed(Vec<CompanyId>),
}

/// What was registered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ClientMetadata {
    /// Where answers may go.
    pub redirect_uris: Vec<RedirectUri>,
    /// Where people may go after sign-out (RP-Initiated Logout 1.0).
    pub post_logout_redirect_uris: Vec<RedirectUri>,
    /// The app's own page, for error pages that send people back.
    pub client_uri: Option<RedirectUri>,
    /// Its privacy policy, linked on the consent page.
    pub policy_uri: Option<RedirectUri>,
    /// Its terms, linked on the consent page.
    pub tos_uri: Option<RedirectUri>,
    /// Third-party initiated login (OpenID Connect Core section 4).
    pub initiate_login_uri: Option<RedirectUri>,
    /// Pages that a switch may lead to (`target_link_uri`), compared as strings; `client_uri` is one too.
    pub target_link_uris: Vec<RedirectUri>,
    /// Back-channel logout 1.0: where logout tokens go.
    pub backchannel_logout_uri: Option<RedirectUri>,
    /// Web or native.
    pub application_type: ApplicationType,
    /// How it authenticates.
    pub token_endpoint_auth_method: ClientAuthMethod,
    /// Which grants it may use.
    pub grant_types: Vec<GrantType>,
    /// Which scopes it may ask for.
    pub scope: ScopeSet,
    /// Its ID tokens' algorithm.
    pub id_token_signed_response_alg: SigningAlgorithm,
    /// Public or pairwise subjects.
    pub subject_type: SubjectType,
    /// The host that pairwise subjects are computed for, when the redirect URIs have several.
    pub sector_identifier: Option<String>,
    /// What `sub` stands for.
    pub subject_of: SubjectOf,
    /// Whether it wants companies.
    pub organization_usage: OrganizationUsage,
    /// Which account it gets by default.
    pub account_selection: AccountSelection,
    /// Whether people are asked.
    pub consent: ConsentPolicy,
    /// Off only for old confidential clients.
    pub require_pkce: bool,
    /// How its refresh tokens behave.
    pub refresh_tokens: RefreshPolicy,
    /// `default_max_age`.
    pub default_max_age: Option<Seconds>,
    /// `require_auth_time`.
    pub require_auth_time: bool,
    /// Whether profile claims of the scopes also stand in the ID token.
    pub claims_in_id_token: bool,
    /// Where the sector of pairwise subjects was read from (OpenID Connect Registration 1.0 section 5).
    pub sector_identifier_uri: Option<RedirectUri>,
    /// Whom to write to about it.
    pub contacts: Vec<String>,
    /// The software that it is, by whoever makes that.
    pub software_id: Option<String>,
    /// Which version of it.
    pub software_version: Option<String>,
    /// The resource servers it is: it may introspect access tokens for these.
    pub serves: Vec<String>,
}

impl Default for ClientMetadata {
    fn default() -> Self {
        Self {
            redirect_uris: Vec::new(),
            post_logout_redirect_uris: Vec::new(),
            client_uri: None,
            policy_uri: None,
            tos_uri: None,
            initiate_login_uri: None,
            target_link_uris: Vec::new(),
            backchannel_logout_uri: None,
            application_type: ApplicationType::default(),
            token_endpoint_auth_method: ClientAuthMethod::default(),
            grant_types: vec![GrantType::AuthorizationCode, GrantType::RefreshToken],
            scope: ["openid", "profile", "email", "offline_access", "organizations"].into_iter().collect(),
            id_token_signed_response_alg: SigningAlgorithm::default(),
            subject_type: SubjectType::default(),
            sector_identifier: None,
            subject_of: SubjectOf::default(),
            organization_usage: OrganizationUsage::default(),
            account_selection: AccountSelection::default(),
            consent: ConsentPolicy::default(),
            require_pkce: true,
            refresh_tokens: RefreshPolicy::default(),
            default_max_age: None,
            require_auth_time: false,
            claims_in_id_token: false,
            sector_identifier_uri: None,
            contacts: Vec::new(),
            software_id: None,
            software_version: None,
            serves: Vec::new(),
        }
    }
}

/// A relying app.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Client {
    /// Its `client_id`.
    pub id: ClientId,
    /// Its name on the pages.
    pub name: DisplayText,
    /// What was registered.
    pub metadata: ClientMetadata,
    /// The companies it is open to.
    pub companies: ClientCompanies,
    /// Whether the operator switched it off.
    pub disabled: bool,
    /// Whether it registered itself and nobody has vouched for it yet.
    pub untrusted: bool,
}

impl ClientMetadata {
    /// Checks the rules between members; every mistake at once (`invalid_client_metadata`). With a provider `on_loopback`, sign-in may
    /// begin at an app without TLS; otherwise it is https (OpenID Connect Core section 4).
    pub fn mistakes(&self, on_loopback: bool) -> Vec<&'static str> {
        let mut out = Vec::new();
        let mut refuse = |wrong: bool, text: &'static str| {
            if wrong {
                out.push(text);
            }
        };
        let public = self.token_endpoint_auth_method == ClientAuthMethod::None;
        let uses = |grant| self.grant_types.contains(&grant);
        refuse(uses(GrantType::AuthorizationCode) && self.redirect_uris.is_empty(), "redirect_uris: at least one is needed for authorization_code");
        let for_people = uses(GrantType::AuthorizationCode) || uses(GrantType::DeviceCode);
        refuse(uses(GrantType::RefreshToken) && !for_people, "grant_types: refresh_token needs authorization_code or device_code");
        refuse(self.grant_types.is_empty(), "grant_types: at least one is needed");
        refuse(public && uses(GrantType::ClientCredentials), "grant_types: client_credentials needs a client secret");
        refuse(public && uses(GrantType::TokenExchange), "grant_types: token-exchange needs a client secret");
        refuse(public && !self.require_pkce, "require_pkce: compulsory for public clients");
        refuse(self.is_native() && !self.require_pkce, "require_pkce: compulsory for native clients");
        refuse(public && self.refresh_tokens == RefreshPolicy::Stable, "refresh_tokens: public clients rotate");
        refuse(
            self.subject_of == SubjectOf::Account && self.organization_usage != OrganizationUsage::Require,
            "subject_of: account requires organization_usage=require",
        );
        refuse(self.consent == ConsentPolicy::Implicit && self.is_native(), "consent: never implicit for native clients");
        refuse(self.default_max_age.is_some_and(|s| s.0 < 0), "default_max_age: not negative");
        let https = |uri: &Option<RedirectUri>| uri.as_ref().is_none_or(|u| u.origin().is_some());
        refuse(
            ![&self.client_uri, &self.policy_uri, &self.tos_uri, &self.initiate_login_uri, &self.backchannel_logout_uri].into_iter().all(https),
            "client_uri, policy_uri, tos_uri, initiate_login_uri, backchannel_logout_uri: must be web addresses",
        );
        let plain = self.initiate_login_uri.as_ref().is_some_and(|u| u.as_str().starts_with("http://"));
        refuse(plain && !on_loopback, "initiate_login_uri: must be https");
        refuse(self.subject_type == SubjectType::Pairwise && self.sector().is_none(), "sector_identifier: needed, for the redirect URIs have no one host");
        out
    }
    /// Whether this runs on a device where anyone can claim its redirect URI (RFC 8252 section 8.6).
    pub fn is_native(&self) -> bool {
        let own_scheme = |u: &RedirectUri| u.origin().is_none();
        self.application_type == ApplicationType::Native || self.redirect_uris.iter().any(own_scheme)
    }
    /// The sector of pairwise subjects (OpenID Connect Core 8.1).
    pub fn sector(&self) -> Option<&str> {
        if let Some(named) = &self.sector_identifier {
            return Some(named);
        }
        if let Some(uri) = &self.sector_identifier_uri {
            return uri.host();
        }
        let mut hosts = self.redirect_uris.iter().map(RedirectUri::host);
        let first = hosts.next()??;
        hosts.all(|h| h == Some(first)).then_some(first)
    }
    /// Whether it acts for people who sign in.
    pub fn is_for_people(&self) -> bool {
        self.allows(GrantType::AuthorizationCode) || self.allows(GrantType::DeviceCode)
    }
    /// Whether a grant may be used.
    pub fn allows(&self, grant: GrantType) -> bool {
        self.grant_types.contains(&grant)
    }
    /// Whether a browser page of this origin belongs to the client (CORS, standards.md 3.23).
    pub fn has_origin(&self, origin: &str) -> bool {
        self.redirect_uris.iter().any(|u| u.origin().as_deref() == Some(origin))
    }
}

impl Client {
    /// Whether the client is open to a company.
    pub fn is_open_to(&self, company: &CompanyId) -> bool {
        match &self.companies {
            ClientCompanies::All => true,
            ClientCompanies::Listed(list) => list.contains(company),
        }
    }
    /// Whether machine tokens may name a company: only when listed (decisions.md 17).
    pub fn may_name(&self, company: &CompanyId) -> bool {
        matches!(&self.companies, ClientCompanies::Listed(list) if list.contains(company))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rules_between_members_are_all_told_at_once() {
        let bad = ClientMetadata {
            token_endpoint_auth_method: ClientAuthMethod::None,
            require_pkce: false,
            subject_of: SubjectOf::Account,
            organization_usage: OrganizationUsage::Allow,
            ..ClientMetadata::default()
        };
        assert_eq!(bad.mistakes(true).len(), 3, "{:?}", bad.mistakes(true));
    }

    #[test]
    fn core_4_sign_in_begins_at_https_unless_the_provider_itself_is_on_loopback() {
        let begins_at = |text: &str| {
            let uri = |text: &str| RedirectUri::parse(text).expect("a URI");
            ClientMetadata { redirect_uris: vec![uri("https://a.test/cb")], initiate_login_uri: Some(uri(text)), ..ClientMetadata::default() }
        };
        assert_eq!(begins_at("https://a.test/start").mistakes(false), Vec::<&str>::new());
        assert_eq!(begins_at("http://localhost:3000/start").mistakes(true), Vec::<&str>::new());
        assert_eq!(begins_at("http://localhost:3000/start").mistakes(false), ["initiate_login_uri: must be https"]);
    }

    #[test]
    fn rfc8252_8_1_a_native_client_uses_pkce_with_a_secret_or_without() {
        let native = ClientMetadata {
            redirect_uris: vec![RedirectUri::parse("http://127.0.0.1/cb").expect("a URI")],
            application_type: ApplicationType::Native,
            require_pkce: false,
            ..ClientMetadata::default()
        };
        assert_eq!(native.mistakes(true), ["require_pkce: compulsory for native clients"]);
    }
}
