//! Scopes (RFC 6749 section 3.3).

use std::fmt;

/// A set of scope tokens; order and repetition do not matter.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(transparent)]
pub struct ScopeSet(#[serde(deserialize_with = "parsed")] String);

fn parsed<'de, D: serde::Deserializer<'de>>(from: D) -> Result<String, D::Error> {
    <String as serde::Deserialize>::deserialize(from).map(|text| ScopeSet::parse(&text).0)
}

impl ScopeSet {
    /// Splits at spaces; tokens with characters outside RFC 6749's `scope-token` are dropped, as unknown ones are.
    pub fn parse(text: &str) -> Self {
        let token = |t: &&str| t.bytes().all(|b| matches!(b, 0x21 | 0x23..=0x5b | 0x5d..=0x7e));
        text.split(' ').filter(token).collect()
    }
    /// Whether a scope is in the set.
    pub fn contains(&self, scope: &str) -> bool {
        self.iter().any(|s| s == scope)
    }
    /// Whether every scope of `other` is in the set.
    pub fn covers(&self, other: &ScopeSet) -> bool {
        other.iter().all(|s| self.contains(s))
    }
    /// The scopes in both.
    pub fn intersection(&self, other: &ScopeSet) -> ScopeSet {
        self.iter().filter(|s| other.contains(s)).collect()
    }
    /// The scopes in either.
    pub fn union(&self, other: &ScopeSet) -> ScopeSet {
        self.iter().chain(other.iter()).collect()
    }
    /// The set without one scope.
    pub fn without(&self, scope: &str) -> ScopeSet {
        self.iter().filter(|s| *s != scope).collect()
    }
    /// In a fixed order.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.0.split(' ').filter(|s| !s.is_empty())
    }
    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}
impl fmt::Display for ScopeSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
impl From<String> for ScopeSet {
    fn from(text: String) -> Self {
        Self::parse(&text)
    }
}
impl From<ScopeSet> for String {
    fn from(set: ScopeSet) -> String {
        set.0
    }
}
impl<'a> FromIterator<&'a str> for ScopeSet {
    fn from_iter<I: IntoIterator<Item = &'a str>>(iter: I) -> Self {
        let mut scopes: Vec<&str> = iter.into_iter().flat_map(|s| s.split(' ')).filter(|s| !s.is_empty()).collect();
        scopes.sort_unstable();
        scopes.dedup();
        Self(scopes.join(" "))
    }
}
