//! Signing keys and their states (standards.md 3.22, decisions.md 23).
//!
//! A key's state follows from two moments: not activated is *next*, the newest activated one of its algorithm is
//! *current*, older ones are *retiring* from the moment their successor was activated. So a rotation is one write per
//! algorithm, and no crash can leave two current keys.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use josekit::jwk::{Jwk, alg::ec::EcCurve, alg::ed::EdCurve};
use josekit::jws::{ES256, EdDSA, JwsSigner, JwsVerifier, PS256, RS256};
use serde_json::{Value, json};

use super::Sealer;
use crate::protocol::SigningAlgorithm;
use crate::types::{Random, Seconds, Secret, Timestamp};

/// A key or secret as it is kept.
#[derive(Clone, Debug, serde::Serialize, serde::Deserialize)]
pub struct KeyRecord {
    /// `key:<kid>` or `secret:<purpose>`.
    pub name: String,
    /// The private part, sealed.
    pub sealed: String,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it began to sign.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub activated_at: Option<Timestamp>,
}

/// Something is wrong with the keys.
pub type KeyRingFault = anyhow::Error;

/// Why a rotation was refused.
#[derive(Debug, thiserror::Error)]
pub enum RotationRefused {
    /// Apps may not have seen the next key yet.
    #[error(
        "the next key was published only {0} seconds ago; apps may still cache a JWKS without it. Wait, or use --force and accept that some apps meet an unknown key"
    )]
    TooYoung(i64),
}

/// A key that can sign and verify.
#[derive(Debug)]
pub struct SigningKey {
    /// Its thumbprint (RFC 7638).
    pub kid: String,
    /// What it signs.
    pub algorithm: SigningAlgorithm,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it began to sign.
    pub activated_at: Option<Timestamp>,
    /// The public JWK.
    public: Value,
    pub(super) signer: Box<dyn JwsSigner>,
    pub(super) verifier: Box<dyn JwsVerifier>,
}

/// All keys and the secrets that never rotate by schedule.
pub struct KeyRing {
    keys: Vec<Arc<SigningKey>>,
    by_kid: HashMap<String, Arc<SigningKey>>,
    pairwise_salt: Secret<Vec<u8>>,
    csrf_key: Secret<Vec<u8>>,
    document: Mutex<Option<(Timestamp, Arc<PublishedKeys>)>>,
}

/// A published key as it is listed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListedKey {
    /// Its thumbprint.
    pub kid: String,
    /// What it signs.
    pub algorithm: SigningAlgorithm,
    /// next, current or retiring.
    pub state: &'static str,
    /// Since when it is that.
    pub since: Timestamp,
}

/// The JWKS document as it is served.
#[derive(Debug)]
pub struct PublishedKeys {
    /// The JSON text.
    pub body: String,
    /// Its entity tag, without quotes.
    pub tag: String,
}

impl std::fmt::Debug for KeyRing {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(self.keys.iter().map(|k| (&k.kid, k.algorithm))).finish()
    }
}

/// A retired public key still verifies `id_token_hint` for this long.
const KEPT: Seconds = Seconds::days(400);

/// Public members only, per key type (RFC 7518 section 6): an allow-list, so that no private part can slip through.
fn public_members(jwk: &Jwk, kid: &str, algorithm: SigningAlgorithm) -> Value {
    let mut out = json!({"kty": jwk.key_type(), "use": "sig", "alg": algorithm.as_str(), "kid": kid});
    for name in ["crv", "x", "y", "n", "e"] {
        if let Some(value) = jwk.parameter(name) {
            out[name] = value.clone();
        }
    }
    out
}

/// RFC 7638: the required members in lexicographic order; the algorithm is added so that one key never serves two.
fn thumbprint(jwk: &Jwk, algorithm: SigningAlgorithm) -> String {
    let text = |name: &str| jwk.parameter(name).and_then(Value::as_str).unwrap_or_default();
    let members = match jwk.key_type() {
        "RSA" => format!(r#"{{"e":"{}","kty":"RSA","n":"{}"}}"#, text("e"), text("n")),
        "EC" => format!(r#"{{"crv":"{}","kty":"EC","x":"{}","y":"{}"}}"#, text("crv"), text("x"), text("y")),
        _ => format!(r#"{{"crv":"{}","kty":"OKP","x":"{}"}}"#, text("crv"), text("x")),
    };
    crate::types::Digest::of(format!("{members}{}", algorithm.as_str()).as_bytes()).as_str().to_owned()
}

impl SigningKey {
    fn from_jwk(jwk: Jwk, algorithm: SigningAlgorithm, created_at: Timestamp, activated_at: Option<Timestamp>) -> Result<Self, KeyRingFault> {
        let kid = thumbprint(&jwk, algorithm);
        let public = public_members(&jwk, &kid, algorithm);
        let mut for_verifier = Jwk::from_map(public.as_object().cloned().unwrap_or_default())?;
        for_verifier.set_algorithm(algorithm.as_str());
        let (signer, verifier): (Box<dyn JwsSigner>, Box<dyn JwsVerifier>) = match algorithm {
            SigningAlgorithm::RS256 => (Box::new(RS256.signer_from_jwk(&jwk)?), Box::new(RS256.verifier_from_jwk(&for_verifier)?)),
            SigningAlgorithm::PS256 => (Box::new(PS256.signer_from_jwk(&jwk)?), Box::new(PS256.verifier_from_jwk(&for_verifier)?)),
            SigningAlgorithm::ES256 => (Box::new(ES256.signer_from_jwk(&jwk)?), Box::new(ES256.verifier_from_jwk(&for_verifier)?)),
            SigningAlgorithm::EdDSA => (Box::new(EdDSA.signer_from_jwk(&jwk)?), Box::new(EdDSA.verifier_from_jwk(&for_verifier)?)),
        };
        Ok(Self { kid, algorithm, created_at, activated_at, public, signer, verifier })
    }
}

#[derive(serde::Serialize, serde::Deserialize)]
struct PrivatePart {
    algorithm: SigningAlgorithm,
    jwk: Value,
}

impl KeyRecord {
    /// A new signing key.
    pub fn generate(algorithm: SigningAlgorithm, sealer: &Sealer, now: Timestamp, activated_at: Option<Timestamp>) -> Result<Self, KeyRingFault> {
        let jwk = match algorithm {
            SigningAlgorithm::RS256 | SigningAlgorithm::PS256 => Jwk::generate_rsa_key(2048)?,
            SigningAlgorithm::ES256 => Jwk::generate_ec_key(EcCurve::P256)?,
            SigningAlgorithm::EdDSA => Jwk::generate_ed_key(EdCurve::Ed25519)?,
        };
        let kid = thumbprint(&jwk, algorithm);
        let private = serde_json::to_string(&PrivatePart { algorithm, jwk: Value::Object(jwk.into()) })?;
        Ok(Self { name: format!("key:{kid}"), sealed: sealer.seal(&private)?, created_at: now, activated_at })
    }
    /// A new secret of 256 bits.
    pub fn generate_secret(purpose: &str, sealer: &Sealer, now: Timestamp, rng: &mut Random) -> Result<Self, KeyRingFault> {
        use base64::Engine;
        let text = base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(rng.bytes::<32>());
        Ok(Self { name: format!("secret:{purpose}"), sealed: sealer.seal(&text)?, created_at: now, activated_at: Some(now) })
    }
    /// What a first start needs: a current and a next key per algorithm, and the two secrets.
    pub fn first_set(sealer: &Sealer, now: Timestamp, rng: &mut Random) -> Result<Vec<Self>, KeyRingFault> {
        let mut out = vec![Self::generate_secret("pairwise", sealer, now, rng)?, Self::generate_secret("csrf", sealer, now, rng)?];
        for algorithm in SigningAlgorithm::ALL {
            out.push(Self::generate(algorithm, sealer, now, Some(now))?);
            out.push(Self::generate(algorithm, sealer, now, None)?);
        }
        Ok(out)
    }
}

impl KeyRing {
    /// Opens and parses every record, once.
    pub fn open(records: &[KeyRecord], sealer: &Sealer) -> Result<Self, KeyRingFault> {
        use base64::Engine;
        let mut keys = Vec::new();
        let mut secrets: HashMap<&str, Secret<Vec<u8>>> = HashMap::new();
        for record in records {
            let text = sealer.open(&record.sealed)?;
            if let Some(purpose) = record.name.strip_prefix("secret:") {
                secrets.insert(purpose, Secret::new(base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(text.expose())?));
            } else {
                let part: PrivatePart = serde_json::from_str(text.expose())?;
                let Value::Object(members) = part.jwk else { anyhow::bail!("{} is not a JWK", record.name) };
                keys.push(Arc::new(SigningKey::from_jwk(Jwk::from_map(members)?, part.algorithm, record.created_at, record.activated_at)?));
            }
        }
        keys.sort_by(|a, b| (a.activated_at, a.created_at, &a.kid).cmp(&(b.activated_at, b.created_at, &b.kid)));
        let mut secret = |purpose: &str| secrets.remove(purpose).ok_or_else(|| anyhow::anyhow!("the {purpose} secret is missing"));
        let ring = Self {
            by_kid: keys.iter().map(|k| (k.kid.clone(), k.clone())).collect(),
            pairwise_salt: secret("pairwise")?,
            csrf_key: secret("csrf")?,
            document: Mutex::new(None),
            keys,
        };
        for algorithm in SigningAlgorithm::ALL {
            anyhow::ensure!(ring.activated(algorithm).next().is_some(), "no {} key is current", algorithm.as_str());
        }
        Ok(ring)
    }

    fn activated(&self, algorithm: SigningAlgorithm) -> impl Iterator<Item = &Arc<SigningKey>> {
        self.keys.iter().filter(move |k| k.algorithm == algorithm && k.activated_at.is_some()).rev()
    }
    /// The key that signs now.
    pub fn current(&self, algorithm: SigningAlgorithm) -> &SigningKey {
        self.activated(algorithm).next().expect("checked when the ring was opened")
    }
    /// The key that signs next, if it was made.
    pub fn next(&self, algorithm: SigningAlgorithm) -> Option<&SigningKey> {
        self.keys.iter().find(|k| k.algorithm == algorithm && k.activated_at.is_none()).map(Arc::as_ref)
    }
    /// When a key's successor began to sign.
    fn retired_at(&self, key: &SigningKey) -> Option<Timestamp> {
        let activated = key.activated_at?;
        self.keys
            .iter()
            .filter(|k| k.algorithm == key.algorithm && k.kid != key.kid)
            .filter_map(|k| k.activated_at.map(|at| (at, &k.kid)))
            .filter(|(at, kid)| (*at, *kid) > (activated, &key.kid))
            .map(|(at, _)| at)
            .min()
    }
    /// Any key, published or not: `id_token_hint` may be old.
    pub fn by_kid(&self, kid: &str) -> Option<&SigningKey> {
        self.by_kid.get(kid).map(Arc::as_ref)
    }
    /// Every key that is published, with its state: next, current or retiring.
    pub fn listed(&self, overlap: Seconds, now: Timestamp) -> Vec<ListedKey> {
        let listed = |key: &Arc<SigningKey>| {
            let (state, since) = match (key.activated_at, self.retired_at(key)) {
                (None, _) => ("next", key.created_at),
                (Some(at), None) => ("current", at),
                (Some(_), Some(at)) => ("retiring", at),
            };
            (state != "retiring" || now < since + overlap).then(|| ListedKey { kid: key.kid.clone(), algorithm: key.algorithm, state, since })
        };
        self.keys.iter().filter_map(listed).collect()
    }
    /// The JWKS document: next, current, and retiring ones while their tokens live.
    /// `overlap` is how long a key stays after its successor signs: the longest token and a cached JWKS.
    pub fn published(&self, overlap: Seconds, now: Timestamp) -> Value {
        let keys: Vec<&Value> = self.keys.iter().filter(|k| self.retired_at(k).is_none_or(|at| now < at + overlap)).map(|k| &k.public).collect();
        json!({ "keys": keys })
    }
    /// The same as text, made once a second however often it is asked for.
    pub fn published_document(&self, overlap: Seconds, now: Timestamp) -> Arc<PublishedKeys> {
        let mut kept = self.document.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, document)) = kept.as_ref().filter(|(at, _)| *at == now) {
            return document.clone();
        }
        let body = self.published(overlap, now).to_string();
        let tag = crate::types::Digest::of(body.as_bytes()).as_str()[..16].to_owned();
        let document = Arc::new(PublishedKeys { body, tag });
        *kept = Some((now, document.clone()));
        document
    }
    /// Keys that nothing can need any more, by the names of their records.
    pub fn forgettable(&self, now: Timestamp) -> Vec<String> {
        self.keys.iter().filter(|k| self.retired_at(k).is_some_and(|at| now > at + KEPT)).map(|k| format!("key:{}", k.kid)).collect()
    }
    /// Whether the schedule asks for a rotation.
    pub fn is_due(&self, rotation: Seconds, key_next: Seconds, now: Timestamp) -> bool {
        SigningAlgorithm::ALL
            .into_iter()
            .any(|a| self.current(a).activated_at.is_some_and(|at| at + rotation <= now) && self.next(a).is_some_and(|n| n.created_at + key_next <= now))
    }
    /// The names of the records to activate, one per algorithm; refused while apps may not have seen them.
    pub fn plan_rotation(&self, jwks_cache: Seconds, force: bool, now: Timestamp) -> Result<Vec<(SigningAlgorithm, Option<String>)>, RotationRefused> {
        let mut plan = Vec::new();
        for algorithm in SigningAlgorithm::ALL {
            let next = self.next(algorithm);
            let age = next.map_or(0, |k| now.since(k.created_at).0);
            if !force && age < jwks_cache.0 {
                return Err(RotationRefused::TooYoung(age));
            }
            plan.push((algorithm, next.map(|k| format!("key:{}", k.kid))));
        }
        Ok(plan)
    }
    /// For pairwise subjects.
    pub fn pairwise_salt(&self) -> &[u8] {
        self.pairwise_salt.expose()
    }
    /// Seals what has to be read again of people's authenticators.
    pub fn people_sealer(&self) -> Sealer {
        Sealer::of_people(self.pairwise_salt())
    }
    /// For forms.
    pub fn csrf_key(&self) -> &[u8] {
        self.csrf_key.expose()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_jwks_has_no_private_member() {
        let sealer = Sealer::new(None);
        let now = Timestamp::from_seconds(1_800_000_000);
        let records = KeyRecord::first_set(&sealer, now, &mut Random::system()).expect("keys");
        let ring = KeyRing::open(&records, &sealer).expect("a ring");
        let published = ring.published(Seconds::hours(1), now);
        let keys = published["keys"].as_array().expect("keys");
        assert_eq!(keys.len(), 8, "a current and a next key per algorithm");
        for key in keys {
            for private in ["d", "p", "q", "dp", "dq", "qi", "k", "oth"] {
                assert!(key.get(private).is_none(), "{key}");
            }
            for needed in ["kid", "alg", "use", "kty"] {
                assert!(key.get(needed).is_some(), "{key}");
            }
        }
        assert!(matches!(ring.plan_rotation(Seconds(300), false, now + Seconds(299)), Err(RotationRefused::TooYoung(299))));
        assert!(ring.plan_rotation(Seconds(300), false, now + Seconds(300)).is_ok());
    }
}
