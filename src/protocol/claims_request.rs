//! The `claims` request parameter (OpenID Connect Core 5.5).

use std::collections::BTreeMap;

use serde_json::Value;

use crate::types::ScopeSet;

/// What is asked of one claim (section 5.5.1).
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct ClaimRequest {
    /// Whether the app says it cannot do without it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub essential: bool,
    /// The values it will take; empty when any.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub values: Vec<Value>,
}

/// The two members we know (section 5.5); others are ignored.
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct ClaimsRequest {
    /// Claims for the UserInfo endpoint.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub userinfo: BTreeMap<String, ClaimRequest>,
    /// Claims for the ID token.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub id_token: BTreeMap<String, ClaimRequest>,
}

fn member(value: Option<&Value>) -> Result<BTreeMap<String, ClaimRequest>, &'static str> {
    let object = match value {
        None | Some(Value::Null) => return Ok(BTreeMap::new()),
        Some(Value::Object(object)) => object,
        Some(_) => return Err("claims has a member that is not an object"),
    };
    if object.len() > 100 {
        return Err("claims asks for too many claims");
    }
    let mut out = BTreeMap::new();
    for (name, asked) in object {
        let request = match asked {
            Value::Null => ClaimRequest::default(),
            Value::Object(o) => {
                let mut values: Vec<Value> = o.get("values").and_then(Value::as_array).cloned().unwrap_or_default();
                values.extend(o.get("value").cloned());
                ClaimRequest { essential: o.get("essential").and_then(Value::as_bool).unwrap_or(false), values }
            }
            _ => return Err("claims asks for a claim in an unknown way"),
        };
        out.insert(name.clone(), request);
    }
    Ok(out)
}

/// The claims about a person that scopes open (OpenID Connect Core 5.4).
pub const CLAIMS_OF_SCOPES: [(&str, &[&str]); 3] = [
    ("profile", &["name", "given_name", "family_name", "preferred_username", "locale", "zoneinfo", "updated_at"]),
    ("email", &["email", "email_verified"]),
    ("phone", &["phone_number", "phone_number_verified"]),
];

impl ClaimsRequest {
    /// Reads the JSON document of the parameter.
    pub fn parse(text: &str) -> Result<Self, &'static str> {
        let Ok(Value::Object(object)) = serde_json::from_str(text) else { return Err("claims is not a JSON object") };
        Ok(Self { userinfo: member(object.get("userinfo"))?, id_token: member(object.get("id_token"))? })
    }
    /// The scopes that stand for the single claims asked for (section 5.4): consent is asked for these.
    pub fn scopes(&self) -> ScopeSet {
        let asked = |names: &[&str]| names.iter().any(|n| self.userinfo.contains_key(*n) || self.id_token.contains_key(*n));
        CLAIMS_OF_SCOPES.iter().filter(|(_, claims)| asked(claims)).map(|(scope, _)| *scope).collect()
    }
    /// Whether nothing was asked.
    pub fn is_empty(&self) -> bool {
        self.userinfo.is_empty() && self.id_token.is_empty()
    }
    /// The subjects the app will take, when it named any (section 5.5.1: the `sub` request).
    pub fn subjects(&self) -> Vec<&str> {
        self.id_token.get("sub").into_iter().chain(self.userinfo.get("sub")).flat_map(|r| r.values.iter().filter_map(Value::as_str)).collect()
    }
    /// The `acr` values without which authentication has failed (section 5.5.1.1): `None` when `acr` is not essential.
    pub fn essential_acr(&self) -> Option<Vec<&str>> {
        let acr = self.id_token.get("acr").filter(|r| r.essential)?;
        Some(acr.values.iter().filter_map(Value::as_str).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn core_5_5_the_shapes_of_a_claim_request() {
        let asked = ClaimsRequest::parse(r#"{"userinfo":{"given_name":{"essential":true},"nickname":null},"id_token":{"auth_time":{"essential":true},"acr":{"essential":true,"values":["a","b"]},"sub":{"value":"s"}},"other":{"x":1}}"#).expect("a claims request");
        assert!(asked.userinfo["given_name"].essential);
        assert!(!asked.userinfo["nickname"].essential);
        assert_eq!(asked.essential_acr(), Some(vec!["a", "b"]));
        assert_eq!(asked.subjects(), ["s"]);
        for bad in ["", "[]", "{", r#"{"userinfo":[]}"#, r#"{"id_token":{"sub":1}}"#] {
            assert!(ClaimsRequest::parse(bad).is_err(), "{bad}");
        }
    }

    proptest::proptest! {
        #![proptest_config(proptest::prelude::ProptestConfig { rng_seed: proptest::test_runner::RngSeed::Fixed(1), failure_persistence: None, ..proptest::prelude::ProptestConfig::default() })]
        #[test]
        fn any_text_is_read_without_a_panic(text in ".{0,200}") {
            let _ = ClaimsRequest::parse(&text);
        }
    }
}
