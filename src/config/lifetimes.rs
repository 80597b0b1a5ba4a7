//! How long everything lasts: the one table of decisions.md 18.

use crate::types::Seconds;

/// All lifetimes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lifetimes {
    /// An authorization code.
    pub code: Seconds,
    /// An interaction.
    pub interaction: Seconds,
    /// A device code (RFC 8628), and the person's time to answer.
    pub device_code: Seconds,
    /// An access token.
    pub access_token: Seconds,
    /// An ID token.
    pub id_token: Seconds,
    /// A browser session without use.
    pub session_idle: Seconds,
    /// A browser session whatever happens.
    pub session: Seconds,
    /// A refresh family without use.
    pub refresh_idle: Seconds,
    /// A refresh family whatever happens.
    pub refresh: Seconds,
    /// How long a rotated token may be repeated.
    pub refresh_grace: Seconds,
    /// How long apps may cache the JWKS.
    pub jwks_cache: Seconds,
    /// How long a key is published before it signs.
    pub key_next: Seconds,
    /// How long a key signs.
    pub key_rotation: Seconds,
    /// A mailed activation link.
    pub activation: Seconds,
    /// A mailed link after a forgotten password.
    pub recovery: Seconds,
}

impl Default for Lifetimes {
    fn default() -> Self {
        Self {
            code: Seconds(60),
            interaction: Seconds::minutes(30),
            device_code: Seconds::minutes(10),
            access_token: Seconds::minutes(5),
            id_token: Seconds::minutes(10),
            session_idle: Seconds::hours(12),
            session: Seconds::days(30),
            refresh_idle: Seconds::days(30),
            refresh: Seconds::days(180),
            refresh_grace: Seconds(10),
            jwks_cache: Seconds(300),
            key_next: Seconds::hours(1),
            key_rotation: Seconds::days(90),
            activation: Seconds::days(3),
            recovery: Seconds::hours(1),
        }
    }
}

impl Lifetimes {
    /// How long a key stays published after its successor signs: the longest token it signed and a cached JWKS, with
    /// a minute for clocks that differ.
    pub fn key_overlap(&self) -> Seconds {
        Seconds(self.access_token.0.max(self.id_token.0) + self.jwks_cache.0 + 60)
    }
}
