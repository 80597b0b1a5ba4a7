//! What people type to sign in (design.md section 7, "Sign-in names").

use crate::types::canonical;

/// A typed identifier in its canonical form. It may be a username, or an email that exactly one identity has verified;
/// where it is one's email and another's username, it means the username.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignInName(String);

impl SignInName {
    /// Anything typed is a name; whether somebody has it is found out at the cost of one hash either way.
    pub fn typed(text: &str) -> Self {
        Self(canonical(text).chars().take(320).collect())
    }
    /// By which it is looked up.
    pub fn key(&self) -> &str {
        &self.0
    }
}
