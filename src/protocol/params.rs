//! The one reader of parameters (decisions.md 10).
//!
//! The frameworks' own extractors decode leniently; here a parameter is strict UTF-8 without NUL, within its length,
//! and present at most once (RFC 6749 section 3.1), except `resource` (RFC 8707 section 2). An empty value counts as absent.
//! A fault stays with its parameter, so that an authorization request can still be answered at its proven address.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use percent_encoding::percent_decode;

/// What is wrong with a parameter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadParameter {
    /// Sent more than once.
    #[error("is repeated")]
    Repeated,
    /// Longer than allowed.
    #[error("is too long")]
    TooLong,
    /// Not UTF-8, or with a NUL in it.
    #[error("is not readable text")]
    NotText,
}

/// Longest value of an ordinary parameter, in bytes.
const MAX_VALUE: usize = 4096;
/// Longest value of those that carry documents.
const MAX_DOCUMENT: usize = 16_384;
/// More parameters than this are not read.
const MAX_COUNT: usize = 100;

/// The parameters of one request.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Params {
    /// By name, and repeated ones in the order they came in.
    values: Vec<(String, String)>,
    faults: BTreeMap<String, BadParameter>,
}

fn limit(name: &str) -> usize {
    match name {
        "id_token_hint" | "claims" | "token" | "passkey" | "sealed" => MAX_DOCUMENT,
        "client_id" | "redirect_uri" | "code" | "code_verifier" | "login_hint" | "organization" | "tenant" => 2048,
        _ => MAX_VALUE,
    }
}

fn decode(raw: &[u8]) -> Result<Cow<'_, str>, BadParameter> {
    let text = if raw.contains(&b'+') {
        let spaced: Vec<u8> = raw.iter().map(|b| if *b == b'+' { b' ' } else { *b }).collect();
        percent_decode(&spaced).decode_utf8().map(|text| Cow::Owned(text.into_owned()))
    } else {
        percent_decode(raw).decode_utf8()
    };
    text.ok().filter(|text| !text.contains('\0')).ok_or(BadParameter::NotText)
}

impl Params {
    /// Reads a query string or an `application/x-www-form-urlencoded` body.
    pub fn parse(raw: &[u8]) -> Self {
        let mut params = Params::default();
        let mut seen = BTreeSet::new();
        for (count, pair) in raw.split(|b| *b == b'&').filter(|p| !p.is_empty()).enumerate() {
            let split = pair.iter().position(|b| *b == b'=');
            let (name, value) = split.map_or((pair, &b""[..]), |at| (&pair[..at], &pair[at + 1..]));
            let name = match decode(name) {
                Ok(name) if name.len() <= 128 => name,
                _ => {
                    params.faults.insert("(unreadable)".to_owned(), BadParameter::NotText);
                    continue;
                }
            };
            if count >= MAX_COUNT {
                params.faults.insert(name.into_owned(), BadParameter::TooLong);
                break;
            }
            if name != "resource" && seen.contains(&name) {
                params.faults.insert(name.into_owned(), BadParameter::Repeated);
                continue;
            }
            // Encoded text is at most three times as long as what it says.
            let value = if value.len() > 3 * limit(&name) { Err(BadParameter::TooLong) } else { decode(value) };
            match value {
                Ok(text) if text.len() > limit(&name) => _ = params.faults.insert(name.to_string(), BadParameter::TooLong),
                Ok(text) if text.is_empty() => {}
                Ok(text) => params.values.push((name.to_string(), text.into_owned())),
                Err(fault) => _ = params.faults.insert(name.to_string(), fault),
            }
            seen.insert(name);
        }
        params.values.sort_by(|(a, _), (b, _)| a.cmp(b));
        params
    }

    /// From pairs that are text already (a stored request, a test).
    pub fn of<'a>(pairs: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        let mut writer = url::form_urlencoded::Serializer::new(String::new());
        for (name, value) in pairs {
            writer.append_pair(name, value);
        }
        Params::parse(writer.finish().as_bytes())
    }

    /// A parameter that may be absent.
    pub fn one(&self, name: &str) -> Result<Option<&str>, BadParameter> {
        if let Some(fault) = self.faults.get(name) {
            return Err(*fault);
        }
        Ok(self.all(name).next())
    }
    /// A parameter that may be absent, where a fault is somebody else's to report.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.one(name).ok().flatten()
    }
    /// A parameter that may be repeated (`resource`).
    pub fn all(&self, name: &str) -> impl Iterator<Item = &str> {
        self.values.iter().filter(move |(n, _)| n == name).map(|(_, value)| value.as_str())
    }
    /// The first fault in any parameter, known or unknown.
    pub fn fault(&self) -> Option<(&str, BadParameter)> {
        self.faults.iter().next().map(|(name, fault)| (name.as_str(), *fault))
    }
    /// Every readable pair, for a form that must carry them along.
    pub fn pairs(&self) -> impl Iterator<Item = (&str, &str)> {
        self.values.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }
}

/// Parameters carry passwords and tokens, so only their names are shown.
impl std::fmt::Debug for Params {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_set().entries(self.values.iter().map(|(name, _)| name)).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_are_read_strictly() {
        let params = Params::parse(b"a=1&b=x+y%20z&c=&resource=r1&resource=r2&d");
        assert_eq!(params.one("a"), Ok(Some("1")));
        assert_eq!(params.one("b"), Ok(Some("x y z")));
        assert_eq!(params.one("c"), Ok(None), "an empty value is an absent one");
        assert_eq!(params.one("d"), Ok(None));
        assert_eq!(params.all("resource").collect::<Vec<_>>(), ["r1", "r2"]);
        assert_eq!(params.fault(), None);
        for (raw, name, fault) in [
            (&b"a=1&a=2"[..], "a", BadParameter::Repeated),
            (b"a=1&a=1", "a", BadParameter::Repeated),
            (b"a=%ff", "a", BadParameter::NotText),
            (b"a=%00", "a", BadParameter::NotText),
        ] {
            assert_eq!(Params::parse(raw).one(name), Err(fault));
        }
        let long = format!("state={}", "x".repeat(4097));
        assert_eq!(Params::parse(long.as_bytes()).one("state"), Err(BadParameter::TooLong));
    }

    proptest::proptest! {
        #![proptest_config(proptest::prelude::ProptestConfig { rng_seed: proptest::test_runner::RngSeed::Fixed(1), failure_persistence: None, ..proptest::prelude::ProptestConfig::default() })]
        #[test]
        fn any_bytes_are_read_without_a_panic(raw in proptest::collection::vec(proptest::num::u8::ANY, 0..600)) {
            let params = Params::parse(&raw);
            let _ = (params.fault(), params.one("a"), params.pairs().count());
        }

        #[test]
        fn what_was_written_is_what_is_read(value in "[^\\x00]{1,200}") {
            let params = Params::of([("v", value.as_str())]);
            proptest::prop_assert_eq!(params.get("v"), Some(value.as_str()));
        }
    }
}
