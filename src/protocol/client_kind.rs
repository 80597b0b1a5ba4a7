//! The kinds of apps, each with metadata that is right for it.

use std::str::FromStr;

use super::{ApplicationType, ClientAuthMethod, ClientMetadata, GrantType};
use crate::types::ScopeSet;

/// A kind of app.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClientKind {
    /// Runs on a server and keeps a secret.
    Web,
    /// Runs in a browser (RFC 6749 section 2.1, user-agent-based application).
    SinglePage,
    /// Runs on a person's device (RFC 8252).
    Native,
    /// Has no browser, or none that anybody would type in: a person signs in elsewhere (RFC 8628).
    Device,
    /// Acts for itself, without a person.
    Service,
}

/// There is no such kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the kind is web, spa, native, device or service")]
pub struct NotAClientKind;

impl ClientKind {
    /// All of them.
    pub const ALL: [ClientKind; 5] = [Self::Web, Self::SinglePage, Self::Native, Self::Device, Self::Service];
    /// As typed and shown.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Web => "web",
            Self::SinglePage => "spa",
            Self::Native => "native",
            Self::Device => "device",
            Self::Service => "service",
        }
    }
    /// What a new app of this kind is.
    pub fn defaults(self) -> ClientMetadata {
        let base = ClientMetadata::default();
        match self {
            Self::Web => base,
            Self::SinglePage => ClientMetadata { token_endpoint_auth_method: ClientAuthMethod::None, ..base },
            Self::Native => ClientMetadata { token_endpoint_auth_method: ClientAuthMethod::None, application_type: ApplicationType::Native, ..base },
            Self::Device => ClientMetadata {
                token_endpoint_auth_method: ClientAuthMethod::None,
                application_type: ApplicationType::Native,
                grant_types: vec![GrantType::DeviceCode, GrantType::RefreshToken],
                ..base
            },
            Self::Service => ClientMetadata { grant_types: vec![GrantType::ClientCredentials], scope: ScopeSet::default(), ..base },
        }
    }
    /// The kind that an app is, by what it may do.
    pub fn of(metadata: &ClientMetadata) -> Self {
        match metadata {
            m if !m.is_for_people() => Self::Service,
            m if !m.allows(GrantType::AuthorizationCode) => Self::Device,
            m if m.application_type == ApplicationType::Native => Self::Native,
            m if m.token_endpoint_auth_method == ClientAuthMethod::None => Self::SinglePage,
            _ => Self::Web,
        }
    }
}

impl FromStr for ClientKind {
    type Err = NotAClientKind;
    fn from_str(text: &str) -> Result<Self, NotAClientKind> {
        Self::ALL.into_iter().find(|k| k.as_str() == text).ok_or(NotAClientKind)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_new_app_of_a_kind_is_of_that_kind() {
        for kind in ClientKind::ALL {
            assert_eq!(ClientKind::of(&kind.defaults()), kind);
            assert_eq!(kind.as_str().parse(), Ok(kind));
        }
    }
}
