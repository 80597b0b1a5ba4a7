//! Requests at the token endpoint (RFC 6749 4.1.3, 4.4.2 and 6; RFC 8707 2.2).

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
            _ => return Err(ProtocolFailure::new(ErrorCode::UnsupportedGrantType, "grant_type is not supported")),
        };
        let resource = match params.all("resource") {
            [] => None,
            [one] => Some(one.clone()),
            _ => return Err(ProtocolFailure::new(ErrorCode::InvalidTarget, "one token is for one resource")),
        };
        Ok(Self {
            grant,
            scope: params.get("scope").map(ScopeSet::parse),
            resource,
            organization: organization(params)?,
            account: params.get("account").map(str::to_owned),
        })
    }
}
