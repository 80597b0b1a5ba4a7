//! Identities: a person at this provider.

use crate::types::{IdentityId, Locale, Timestamp};

/// What a person says of themselves; unset parts are empty and never become claims.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Profile {
    /// First name.
    pub given_name: Option<String>,
    /// Last name.
    pub family_name: Option<String>,
    /// Language of pages and mails.
    pub locale: Option<Locale>,
    /// A mobile number in international form (E.164), as the person says.
    pub mobile: Option<String>,
    /// When control of the number was proved by a code.
    pub mobile_verified_at: Option<Timestamp>,
    /// A time zone by its IANA name.
    pub time_zone: Option<String>,
    /// When any of it changed.
    pub updated_at: Option<Timestamp>,
}

/// A person at this provider.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    /// The id, `sub` for clients with public subjects.
    pub id: IdentityId,
    /// The sign-in name, before consolidation.
    pub username: Option<String>,
    /// The address, in its owner's spelling.
    pub email: Option<String>,
    /// When control of the address was proved.
    pub email_verified_at: Option<Timestamp>,
    /// What they say of themselves.
    pub profile: Profile,
    /// When it was disabled or closed.
    pub closed_at: Option<Timestamp>,
}

/// An address or a number by which its owner knows it again and nobody else learns it.
pub fn masked(address: &str) -> String {
    if address.starts_with('+') {
        return format!("…{}", address.get(address.len().saturating_sub(2)..).unwrap_or_default());
    }
    match (address.chars().next(), address.split_once('@')) {
        (Some(first), Some((_, domain))) => format!("{first}…@{domain}"),
        _ => "…".to_owned(),
    }
}

impl Profile {
    /// Given and family name together, if either is set.
    pub fn full_name(&self) -> Option<String> {
        let full: Vec<&str> = [self.given_name.as_deref(), self.family_name.as_deref()].into_iter().flatten().collect();
        (!full.is_empty()).then(|| full.join(" "))
    }
}

impl Identity {
    /// The name for display: given and family name, else the username, else the address.
    pub fn display_name(&self) -> String {
        self.profile.full_name().unwrap_or_else(|| self.sign_in_label().to_owned())
    }
    /// The name for people of other accounts: given and family name, else the username, else an address that is not whole.
    pub fn name_for_others(&self) -> String {
        self.profile.full_name().or_else(|| self.username.clone().filter(|u| !u.contains('@'))).unwrap_or_else(|| masked(self.sign_in_label()))
    }
    /// What they sign in with, for "you are signed in as".
    pub fn sign_in_label(&self) -> &str {
        let verified = self.email.as_deref().filter(|_| self.email_verified_at.is_some());
        verified.or(self.username.as_deref()).or(self.email.as_deref()).unwrap_or_default()
    }
}
