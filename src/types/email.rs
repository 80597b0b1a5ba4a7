//! Email addresses (RFC 5321, RFC 6531).

use std::fmt;
use std::str::FromStr;

use super::canonical;
use super::names::single_script;

/// The text is not an address that we accept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not an email address")]
pub struct NotAnEmailAddress;

/// An address in the exact form its owner typed, comparable by its canonical key.
#[derive(Clone, PartialEq, Eq, Debug, serde::Serialize, serde::Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct EmailAddress {
    shown: String,
    key: String,
}

impl EmailAddress {
    /// Accepts a bare `local@domain` of at most 254 bytes, without display name, in one script per part.
    pub fn parse(text: &str) -> Result<Self, NotAnEmailAddress> {
        let shown = text.trim();
        let parsed = email_address::EmailAddress::parse_with_options(shown, email_address::Options::default().without_display_text().without_domain_literal())
            .map_err(|_| NotAnEmailAddress)?;
        let sane = shown.len() <= 254 && !parsed.local_part().contains('"') && single_script(parsed.local_part()) && single_script(parsed.domain());
        if sane { Ok(Self { shown: shown.to_owned(), key: canonical(shown) }) } else { Err(NotAnEmailAddress) }
    }
    /// As typed.
    pub fn as_str(&self) -> &str {
        &self.shown
    }
    /// By which it is unique.
    pub fn key(&self) -> &str {
        &self.key
    }
}
impl FromStr for EmailAddress {
    type Err = NotAnEmailAddress;
    fn from_str(text: &str) -> Result<Self, NotAnEmailAddress> {
        Self::parse(text)
    }
}
impl TryFrom<String> for EmailAddress {
    type Error = NotAnEmailAddress;
    fn try_from(text: String) -> Result<Self, NotAnEmailAddress> {
        Self::parse(&text)
    }
}
impl From<EmailAddress> for String {
    fn from(address: EmailAddress) -> String {
        address.shown
    }
}
impl fmt::Display for EmailAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.shown)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn t08_look_alike_scripts_are_refused() {
        // The first letter of the second one is Cyrillic.
        assert!(EmailAddress::parse("alice@example.test").is_ok());
        assert!(EmailAddress::parse("\u{430}lice@example.test").is_err());
        assert!(EmailAddress::parse("\"a b\"@example.test").is_err());
        assert!(EmailAddress::parse("Alice <alice@example.test>").is_err());
        assert!(EmailAddress::parse("alice").is_err());
    }
}
