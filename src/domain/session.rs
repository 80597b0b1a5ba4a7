//! What a browser has really proved. Proofs belong to (browser session, identity) and are never pooled.

use super::Profile;
use crate::types::{IdentityId, Timestamp};

/// How a person proved who they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub enum Method {
    /// A password (RFC 8176 `pwd`).
    #[serde(rename = "pwd")]
    Password,
}

impl Method {
    /// The RFC 8176 value.
    pub const fn amr(self) -> &'static str {
        match self {
            Method::Password => "pwd",
        }
    }
}

/// One proof.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Proof {
    /// How.
    pub method: Method,
    /// When.
    pub at: Timestamp,
}

/// What one identity proved in one browser: at most one proof per method, the newest.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(transparent)]
pub struct Proofs(Vec<Proof>);

impl Proofs {
    /// The proofs together with a new one.
    pub fn with(mut self, proof: Proof) -> Self {
        self.0.retain(|p| p.method != proof.method);
        self.0.push(proof);
        self
    }
    /// When the person last signed in (`auth_time`).
    pub fn auth_time(&self) -> Option<Timestamp> {
        self.0.iter().map(|p| p.at).max()
    }
    /// `amr`, in a fixed order.
    pub fn amr(&self) -> Vec<&'static str> {
        let mut out: Vec<_> = self.0.iter().map(|p| p.method.amr()).collect();
        out.sort_unstable();
        out
    }
    /// Whether nothing was proved.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// An identity that is signed in to a browser session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedIn {
    /// Who.
    pub identity_id: IdentityId,
    /// What they sign in with.
    pub label: String,
    /// What they say of themselves.
    pub profile: Profile,
    /// What they proved here.
    pub proofs: Proofs,
}

impl SignedIn {
    /// When they last signed in here.
    pub fn auth_time(&self) -> Timestamp {
        self.proofs.auth_time().unwrap_or(Timestamp::from_seconds(0))
    }
    /// The name for display.
    pub fn display_name(&self) -> String {
        self.profile.full_name().unwrap_or_else(|| self.label.clone())
    }
}
