//! What a browser has really proved. Proofs belong to (browser session, identity) and are never pooled.

use super::{Enrolled, Level, Profile};
use crate::types::{IdentityId, Timestamp};

/// How a person proved who they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
pub enum Method {
    /// A password.
    #[serde(rename = "pwd")]
    Password,
    /// A code of an app (RFC 6238).
    #[serde(rename = "totp")]
    Totp,
    /// A passkey or security key, with user verification.
    #[serde(rename = "passkey")]
    Passkey,
    /// A code from paper.
    #[serde(rename = "recovery")]
    RecoveryCode,
    /// A code sent by mail.
    #[serde(rename = "mail")]
    MailCode,
    /// A code sent to a mobile phone.
    #[serde(rename = "sms")]
    TextCode,
    /// A browser in which a second factor was shown before. It is none itself.
    #[serde(rename = "device")]
    RememberedDevice,
}

impl Method {
    /// Those that a company may refuse.
    pub const REFUSABLE: [Method; 4] = [Method::Totp, Method::RecoveryCode, Method::MailCode, Method::TextCode];
    /// As stored, and in the API.
    pub const fn as_str(self) -> &'static str {
        match self {
            Method::Password => "pwd",
            Method::Totp => "totp",
            Method::Passkey => "passkey",
            Method::RecoveryCode => "recovery",
            Method::MailCode => "mail",
            Method::TextCode => "sms",
            Method::RememberedDevice => "device",
        }
    }
    /// The RFC 8176 value; where the registry has none, a name of ours. Whether a passkey's key is in hardware is not known
    /// without attestation, so `pop` says no more than that a key was shown.
    pub const fn amr(self) -> &'static str {
        match self {
            Method::Password => "pwd",
            Method::Totp => "otp",
            Method::Passkey => "pop",
            Method::RecoveryCode => "urn:vestibule:amr:recovery-code",
            Method::MailCode => "urn:vestibule:amr:mail-code",
            Method::TextCode => "sms",
            Method::RememberedDevice => "urn:vestibule:amr:remembered-device",
        }
    }
    /// Whether it counts beside a password.
    pub const fn is_second_factor(self) -> bool {
        !matches!(self, Method::Password | Method::RememberedDevice)
    }
    /// What a sign-in with it reaches.
    pub const fn level(self) -> Level {
        match self {
            Method::Password | Method::RememberedDevice => Level::One,
            Method::Passkey => Level::PhishingResistant,
            _ => Level::Several,
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
    /// Without those of these kinds.
    pub fn without(mut self, goes: impl Fn(Method) -> bool) -> Self {
        self.0.retain(|p| !goes(p.method));
        self
    }
    /// When the person last signed in (`auth_time`).
    pub fn auth_time(&self) -> Option<Timestamp> {
        self.0.iter().map(|p| p.at).max()
    }
    /// `amr` (RFC 8176), in a fixed order: `mfa` says that there were several factors.
    pub fn amr(&self) -> Vec<&'static str> {
        let mut out: Vec<_> = self.0.iter().map(|p| p.method.amr()).collect();
        if self.level() > Level::One {
            out.push("mfa");
        }
        out.sort_unstable();
        out
    }
    /// What was reached: the strongest proof says it.
    pub fn level(&self) -> Level {
        self.0.iter().map(|p| p.method.level()).max().unwrap_or_default()
    }
    /// When the newest proof of these kinds was given.
    pub fn newest(&self, fits: impl Fn(Method) -> bool) -> Option<Timestamp> {
        self.0.iter().filter(|p| fits(p.method)).map(|p| p.at).max()
    }
    /// The proofs.
    pub fn iter(&self) -> impl Iterator<Item = &Proof> {
        self.0.iter()
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
    /// What they could prove besides a password.
    pub enrolled: Enrolled,
    /// What they owe whoever they took over (threats.md T11).
    pub floor: Level,
}

impl SignedIn {
    /// When they last signed in here.
    pub fn auth_time(&self) -> Timestamp {
        self.proofs.auth_time().unwrap_or(Timestamp::from_seconds(0))
    }
    /// When they last showed the most that a sign-in of theirs asks for: a second factor if they have one, else any proof.
    pub fn proved_at(&self) -> Timestamp {
        let newest = if self.enrolled.is_empty() { self.proofs.auth_time() } else { self.proofs.newest(Method::is_second_factor) };
        newest.unwrap_or(Timestamp::from_seconds(0))
    }
    /// When they last began a sign-in here, by a password or a passkey.
    pub fn began_at(&self) -> Timestamp {
        let newest = self.proofs.newest(|m| matches!(m, Method::Password | Method::Passkey));
        newest.unwrap_or(Timestamp::from_seconds(0))
    }
    /// The name for display.
    pub fn display_name(&self) -> String {
        self.profile.full_name().unwrap_or_else(|| self.label.clone())
    }
}
