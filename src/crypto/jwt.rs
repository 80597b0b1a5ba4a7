//! Signing and verifying our own JWTs (RFC 7519, RFC 8725, RFC 9068).

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use josekit::jws::{self, JwsHeader};
use serde_json::{Map, Value};
use sha2::{Digest, Sha256, Sha512};

use super::key_ring::{KeyRing, SigningKey};
use crate::protocol::SigningAlgorithm;
use crate::types::Timestamp;

/// Longest token that is looked at, in bytes.
const MAX_TOKEN: usize = 16_384;

/// What a token is for; each has its own `typ`, so one kind never passes for another (RFC 8725 3.11).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JwtKind {
    /// `JWT`.
    IdToken,
    /// `at+jwt` (RFC 9068 2.1).
    AccessToken,
    /// `logout+jwt` (Back-Channel Logout 1.0 2.4).
    LogoutToken,
}

impl JwtKind {
    const fn typ(self) -> &'static str {
        match self {
            JwtKind::IdToken => "JWT",
            JwtKind::AccessToken => "at+jwt",
            JwtKind::LogoutToken => "logout+jwt",
        }
    }
}

impl KeyRing {
    /// Signs with the current key of an algorithm.
    pub fn sign(&self, kind: JwtKind, algorithm: SigningAlgorithm, claims: &Map<String, Value>) -> anyhow::Result<String> {
        let key = self.current(algorithm);
        let mut header = JwsHeader::new();
        header.set_token_type(kind.typ());
        header.set_key_id(&key.kid);
        Ok(jws::serialize_compact(&serde_json::to_vec(claims)?, &header, key.signer.as_ref())?)
    }

    /// The claims of a token of ours: right kind, known key, that key's algorithm, good signature. Nothing else is
    /// checked here, `exp` in particular.
    pub fn signed_claims(&self, kind: JwtKind, token: &str) -> Option<Map<String, Value>> {
        let key = self.key_of(kind, token)?;
        let (payload, _) = jws::deserialize_compact(token, key.verifier.as_ref()).ok()?;
        serde_json::from_slice(&payload).ok()
    }

    fn key_of(&self, kind: JwtKind, token: &str) -> Option<&SigningKey> {
        if token.len() > MAX_TOKEN || token.bytes().filter(|b| *b == b'.').count() != 2 {
            return None;
        }
        let header: Map<String, Value> = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(token.split('.').next()?).ok()?).ok()?;
        // Exactly what we write: no crit, jku, jwk, x5u or b64 to be led astray by (RFC 8725 3.1, 3.10).
        let ours = header.len() == 3 && header.get("typ").and_then(Value::as_str) == Some(kind.typ());
        let key = self.by_kid(header.get("kid")?.as_str()?)?;
        (ours && header.get("alg")?.as_str()? == key.algorithm.as_str()).then_some(key)
    }
}

/// `at_hash` (OpenID Connect Core 3.1.3.6): the left half of the hash that belongs to the algorithm.
pub fn at_hash(algorithm: SigningAlgorithm, access_token: &str) -> String {
    match algorithm {
        SigningAlgorithm::EdDSA => URL_SAFE_NO_PAD.encode(&Sha512::digest(access_token.as_bytes())[..32]),
        _ => URL_SAFE_NO_PAD.encode(&Sha256::digest(access_token.as_bytes())[..16]),
    }
}

/// The claims of an ID token of ours used as a hint: issuer and signature count, expiry does not, the future does.
pub fn verified_hint_claims(ring: &KeyRing, token: &str, issuer: &str, now: Timestamp) -> Option<Map<String, Value>> {
    let claims = ring.signed_claims(JwtKind::IdToken, token)?;
    let from_us = claims.get("iss").and_then(Value::as_str) == Some(issuer);
    let in_time = claims.get("iat").and_then(Value::as_i64).is_some_and(|iat| iat <= now.seconds() + 60);
    (from_us && in_time).then_some(claims)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crypto::{KeyRecord, Sealer};
    use crate::types::Random;
    use serde_json::json;

    #[test]
    fn rfc8725_a_token_of_one_kind_never_passes_for_another_and_none_is_no_algorithm() {
        let sealer = Sealer::new(None);
        let now = Timestamp::from_seconds(1_800_000_000);
        let ring = KeyRing::open(&KeyRecord::first_set(&sealer, now, &mut Random::system()).expect("keys"), &sealer).expect("a ring");
        let claims = json!({"iss": "https://id.test"}).as_object().cloned().expect("an object");
        for algorithm in SigningAlgorithm::ALL {
            let token = ring.sign(JwtKind::AccessToken, algorithm, &claims).expect("signed");
            assert_eq!(ring.signed_claims(JwtKind::AccessToken, &token), Some(claims.clone()));
            assert_eq!(ring.signed_claims(JwtKind::IdToken, &token), None);
            let (head, rest) = token.split_once('.').expect("three parts");
            let header = URL_SAFE_NO_PAD.decode(head).expect("base64url");
            let header = String::from_utf8(header).expect("text").replace(algorithm.as_str(), "none");
            let body = rest.split_once('.').expect("two parts").0;
            assert_eq!(ring.signed_claims(JwtKind::AccessToken, &format!("{}.{body}.", URL_SAFE_NO_PAD.encode(header))), None);
            let mut bent = token.clone();
            bent.replace_range(token.len() - 6..token.len() - 2, "AAAA");
            assert_eq!(ring.signed_claims(JwtKind::AccessToken, &bent), None);
        }
        for junk in ["", ".", "..", "a.b.c", "....", "e30.e30."] {
            assert_eq!(ring.signed_claims(JwtKind::AccessToken, junk), None);
        }
    }

    #[test]
    fn core_3_1_3_6_at_hash_uses_the_algorithms_own_hash() {
        assert_eq!(at_hash(SigningAlgorithm::RS256, "jHkWEdUXMU1BwAsC4vtUsZwnNvTIxEl0z9K3vx5KF0Y"), "77QmUPtjPfzWtF2AnpK9RQ");
        assert_eq!(at_hash(SigningAlgorithm::EdDSA, "x").len(), 43);
    }
}
