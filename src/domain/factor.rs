//! What a person registered beside a password.

use super::{Level, Method};
use crate::types::{RowId, Timestamp};

/// The kind of a registered thing (design.md section 2, "authenticator / factor").
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Factor {
    /// An app that shows codes (RFC 6238).
    Totp,
    /// A passkey or a security key (WebAuthn level 3).
    Passkey,
    /// Codes to the proved address.
    Mail,
    /// Codes to the proved mobile number.
    #[serde(rename = "sms")]
    Text,
}

/// The text names no factor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a factor is totp, passkey, mail or sms")]
pub struct NotAFactor;

impl Factor {
    /// Every factor.
    pub const ALL: [Factor; 4] = [Factor::Totp, Factor::Passkey, Factor::Mail, Factor::Text];
    /// As stored, and in the API.
    pub const fn as_str(self) -> &'static str {
        match self {
            Factor::Totp => "totp",
            Factor::Passkey => "passkey",
            Factor::Mail => "mail",
            Factor::Text => "sms",
        }
    }
    /// The proof that using it gives.
    pub const fn method(self) -> Method {
        match self {
            Factor::Totp => Method::Totp,
            Factor::Passkey => Method::Passkey,
            Factor::Mail => Method::MailCode,
            Factor::Text => Method::TextCode,
        }
    }
}

impl std::str::FromStr for Factor {
    type Err = NotAFactor;
    fn from_str(text: &str) -> Result<Self, NotAFactor> {
        Self::ALL.into_iter().find(|f| f.as_str() == text).ok_or(NotAFactor)
    }
}

/// The kinds of factors that an identity has registered.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Enrolled(Vec<Factor>);

impl Enrolled {
    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
    /// Whether there is one of this kind.
    pub fn has(&self, factor: Factor) -> bool {
        self.0.contains(&factor)
    }
    /// The kinds.
    pub fn iter(&self) -> impl Iterator<Item = Factor> + '_ {
        self.0.iter().copied()
    }
    /// What a sign-in of this identity shows at least: the weakest of its factors will do, and without any a password.
    pub fn level(&self) -> Level {
        self.0.iter().map(|f| f.method().level()).min().unwrap_or(Level::One)
    }
}

impl FromIterator<Factor> for Enrolled {
    fn from_iter<I: IntoIterator<Item = Factor>>(kinds: I) -> Self {
        let mut kinds: Vec<Factor> = kinds.into_iter().collect();
        kinds.sort_unstable();
        kinds.dedup();
        Self(kinds)
    }
}

/// One registered thing, as its owner sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Authenticator {
    /// Its id.
    pub id: RowId,
    /// Its kind.
    pub factor: Factor,
    /// What its owner calls it.
    pub name: String,
    /// When it was registered.
    pub created_at: Timestamp,
    /// When it was last used.
    pub last_used_at: Option<Timestamp>,
    /// Whether a passkey is copied to other devices of its owner.
    pub backed_up: bool,
    /// When its counter went back, which a copied key would do (WebAuthn level 3 section 6.1.1).
    pub flagged_at: Option<Timestamp>,
    /// Whether it came with a consolidation whose undo takes it back.
    pub may_go_back: bool,
}
