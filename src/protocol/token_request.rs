//! Requests at the token endpoint (RFC 6749 4.1.3, 4.4.2 and 6; RFC 8628 3.4; RFC 8707 2.2).

use super::{CodeVerifier, ErrorCode, Params, ProtocolFailure};
use crate::types::{ScopeSet, Secret};

/// Which grant is used, with what.
#[derive(Debug)]
pub enum Grant {
    /// RFC 6749 4.1.3.
    AuthorizationCode {
        /// The code.
        code: Secret,
        /// Must equal the one of the authorization request.
        redirect_uri: Option<String>,
        /// RFC 7636 4.5.
        code_verifier: Option<CodeVerifier>,
    },
    /// RFC 6749 section 6.
    RefreshToken {
        /// The token.
        refresh_token: Secret,
    },
    /// RFC 6749 4.4.
    ClientCredentials,
    /// RFC 8628 section 3.4.
    DeviceCode {
        /// What the device was given.
        device_code: Secret,
    },
    /// RFC 8693 section 2.1: an access token of one account for one of another.
    TokenExchange {
        /// The access token of the account that acts.
        subject_token: Secret,
    },
}

/// A token request in the right form.
#[derive(Debug)]
pub struct TokenRequest {
    /// The grant.
    pub grant: Grant,
    /// The scopes asked for; `None` when unsaid.
    pub scope: Option<ScopeSet>,
    /// The API asked for; one token names one.
    pub resource: Option<String>,
    /// The company asked for (`organization`, or its synonym `tenant`).
    pub organization: Option<String>,
    /// The account asked for (`account`, refresh grant).
    pub account: Option<String>,
}

impl TokenRequest {
    /// A request that asks for nothing beyond its grant.
    pub fn plain(grant: Grant) -> Self {
        Self { grant, scope: None, resource: None, organization: None, account: None }
    }
}

impl std::fmt::Debug for CodeVerifier {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("CodeVerifier(..)")
    }
}

/// `organization` and `tenant` mean the same; both and different is a mistake (design.md 5.1).
pub(super) fn organization(params: &Params) -> Result<Option<String>, ProtocolFailure> {
    match (params.get("organization"), params.get("tenant")) {
        (Some(a), Some(b)) if a != b => Err(ProtocolFailure::invalid_request("organization and tenant name different companies")),
        (a, b) => Ok(a.or(b).map(str::to_owned)),
    }
}

/// RFC 8693 section 2.1: access tokens for access tokens; who acts follows from the link, so nobody names an actor.
fn token_exchange(params: &Params) -> Result<Grant, ProtocolFailure> {
    const ACCESS_TOKEN: &str = "urn:ietf:params:oauth:token-type:access_token";
    const JWT: &str = "urn:ietf:params:oauth:token-type:jwt";
    let must = |name: &str| params.get(name).ok_or_else(|| ProtocolFailure::invalid_request(format!("{name} is missing")));
    let subject_token = Secret::new(must("subject_token")?.to_owned());
    if ![ACCESS_TOKEN, JWT].contains(&must("subject_token_type")?) {
        return Err(ProtocolFailure::invalid_request("subject_token_type must be an access token's"));
    }
    if params.get("requested_token_type").is_some_and(|t| t != ACCESS_TOKEN) {
        return Err(ProtocolFailure::invalid_request("requested_token_type must be an access token's"));
    }
    if params.get("actor_token").is_some() || params.get("actor_token_type").is_some() {
        return Err(ProtocolFailure::invalid_request("actor_token is not taken: the account of subject_token acts"));
    }
    if params.get("audience").is_some() {
        return Err(ProtocolFailure::new(ErrorCode::InvalidTarget, "name the API by resource"));
    }
    Ok(Grant::TokenExchange { subject_token })
}

impl TokenRequest {
    /// Checks form only; whether codes and tokens are good is decided above.
    pub fn parse(params: &Params) -> Result<Self, ProtocolFailure> {
        if let Some((name, fault)) = params.fault() {
            return Err(ProtocolFailure::invalid_request(format!("{name} {fault}")));
        }
        let must = |name: &str| params.get(name).ok_or_else(|| ProtocolFailure::invalid_request(format!("{name} is missing")));
        let grant = match must("grant_type")? {
            "authorization_code" => Grant::AuthorizationCode {
                code: Secret::new(must("code")?.to_owned()),
                redirect_uri: params.get("redirect_uri").map(str::to_owned),
                code_verifier: match params.get("code_verifier") {
                    None => None,
                    Some(text) => Some(
                        CodeVerifier::parse(text)
                            .ok_or_else(|| ProtocolFailure::invalid_grant("code_verifier must have 43 to 128 unreserved characters (RFC 7636 4.1)"))?,
                    ),
                },
            },
            "refresh_token" => Grant::RefreshToken { refresh_token: Secret::new(must("refresh_token")?.to_owned()) },
            "client_credentials" => Grant::ClientCredentials,
            "urn:ietf:params:oauth:grant-type:device_code" => Grant::DeviceCode { device_code: Secret::new(must("device_code")?.to_owned()) },
            "urn:ietf:params:oauth:grant-type:token-exchange" => token_exchange(params)?,
            _ => return Err(ProtocolFailure::new(ErrorCode::UnsupportedGrantType, "grant_type is not supported")),
        };
        let mut resources = params.all("resource");
        let resource = resources.next().map(str::to_owned);
        if resources.next().is_some() {
            return Err(ProtocolFailure::new(ErrorCode::InvalidTarget, "one token is for one resource"));
        }
        Ok(Self {
            grant,
            scope: params.get("scope").map(ScopeSet::parse),
            resource,
            organization: organization(params)?,
            account: params.get("account").map(str::to_owned),
        })
    }
}
