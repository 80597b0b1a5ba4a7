//! Protocol failures: a registered code, and our stable reason where the code alone is not precise.

use super::Reason;

macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident = $text:literal),* $(,)?) => {
        /// Error codes of the IANA "OAuth Extensions Error" list and of OpenID final specifications.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum ErrorCode { $($(#[$doc])* $name),* }
        impl ErrorCode {
            /// Every code we answer with, for the documentation.
            pub const ALL: &'static [ErrorCode] = &[$(ErrorCode::$name),*];
            /// As it stands on the wire.
            pub const fn as_str(self) -> &'static str {
                match self { $(ErrorCode::$name => $text),* }
            }
        }
    };
}

codes! {
    /// RFC 6749 4.1.2.1 and 5.2.
    InvalidRequest = "invalid_request",
    /// RFC 6749 5.2.
    InvalidClient = "invalid_client",
    /// RFC 6749 5.2.
    InvalidGrant = "invalid_grant",
    /// RFC 6749 4.1.2.1 and 5.2.
    UnauthorizedClient = "unauthorized_client",
    /// RFC 6749 5.2.
    UnsupportedGrantType = "unsupported_grant_type",
    /// RFC 6749 4.1.2.1.
    UnsupportedResponseType = "unsupported_response_type",
    /// RFC 6749 4.1.2.1 and 5.2.
    InvalidScope = "invalid_scope",
    /// RFC 6749 4.1.2.1.
    AccessDenied = "access_denied",
    /// RFC 6749 4.1.2.1.
    TemporarilyUnavailable = "temporarily_unavailable",
    /// RFC 6749 4.1.2.1.
    ServerError = "server_error",
    /// RFC 8707 section 2.
    InvalidTarget = "invalid_target",
    /// RFC 6750 3.1.
    InvalidToken = "invalid_token",
    /// RFC 6750 3.1.
    InsufficientScope = "insufficient_scope",
    /// OpenID Connect Core 3.1.2.6.
    LoginRequired = "login_required",
    /// OpenID Connect Core 3.1.2.6.
    ConsentRequired = "consent_required",
    /// OpenID Connect Core 3.1.2.6.
    InteractionRequired = "interaction_required",
    /// OpenID Connect Core 3.1.2.6.
    AccountSelectionRequired = "account_selection_required",
    /// OpenID Connect Core 3.1.2.6 and 6.
    RequestNotSupported = "request_not_supported",
    /// OpenID Connect Core 3.1.2.6 and 6.
    RequestUriNotSupported = "request_uri_not_supported",
    /// OpenID Connect Core 3.1.2.6.
    RegistrationNotSupported = "registration_not_supported",
    /// RFC 8628 section 3.5: the person has not answered yet.
    AuthorizationPending = "authorization_pending",
    /// RFC 8628 section 3.5: not answered yet either, and asked too soon; five seconds more from now on.
    SlowDown = "slow_down",
    /// RFC 8628 section 3.5: the device code is over.
    ExpiredToken = "expired_token",
    /// RFC 9470 section 3.
    InsufficientUserAuthentication = "insufficient_user_authentication",
    /// OpenID Connect Core Error Code unmet_authentication_requirements 1.0.
    UnmetAuthenticationRequirements = "unmet_authentication_requirements",
}

/// A request that cannot be answered as asked.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}: {description}", code.as_str())]
pub struct ProtocolFailure {
    /// The registered code.
    pub code: ErrorCode,
    /// Our stable reason; its page is the `error_uri`.
    pub reason: Option<Reason>,
    /// `error_description`: for the developer, in ASCII without quotes (RFC 6749 section 5.2).
    pub description: String,
    /// What would be enough, where factors are missing (RFC 9470 section 3): an `acr`, and an age in seconds.
    pub enough: Option<(&'static str, Option<i64>)>,
}

impl ProtocolFailure {
    /// A failure without a reason of ours.
    pub fn new(code: ErrorCode, description: impl Into<String>) -> Self {
        let clean = |c: char| if matches!(c, ' '..='!' | '#'..='[' | ']'..='~') { c } else { '_' };
        Self { code, reason: None, enough: None, description: description.into().chars().map(clean).take(300).collect() }
    }
    /// A failure with its stable reason.
    pub fn because(code: ErrorCode, reason: Reason, description: impl Into<String>) -> Self {
        Self { reason: Some(reason), ..Self::new(code, description) }
    }
    /// The same with what would be enough.
    pub fn enough(self, acr: &'static str, max_age: Option<i64>) -> Self {
        Self { enough: Some((acr, max_age)), ..self }
    }
    /// `invalid_request`.
    pub fn invalid_request(description: impl Into<String>) -> Self {
        Self::new(ErrorCode::InvalidRequest, description)
    }
    /// `invalid_grant`.
    pub fn invalid_grant(description: impl Into<String>) -> Self {
        Self::new(ErrorCode::InvalidGrant, description)
    }
}
