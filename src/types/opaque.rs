//! Opaque tokens: `selector.verifier`.
//!
//! The selector is a time-ordered row key, so hot tables stay in order; the verifier is 256 random bits,
//! of which only the SHA-256 is stored. Neither half alone opens anything.

use std::str::FromStr;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rand::CryptoRng;

use super::{Digest, Secret};

/// The text is no token of ours.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a token of ours")]
pub struct NotAToken;

/// A freshly minted or presented token.
#[derive(Clone, Debug)]
pub struct OpaqueToken<Id> {
    selector: Id,
    verifier: Secret<Vec<u8>>,
}

impl<Id: FromStr + std::fmt::Display + Clone> OpaqueToken<Id> {
    /// 256 new random bits behind `selector`.
    pub fn mint(selector: Id, rng: &mut impl CryptoRng) -> Self {
        let mut verifier = vec![0; 32];
        rng.fill_bytes(&mut verifier);
        Self { selector, verifier: Secret::new(verifier) }
    }
    /// The key of its row.
    pub fn selector(&self) -> &Id {
        &self.selector
    }
    /// What is stored of the verifier.
    pub fn verifier_digest(&self) -> Digest {
        Digest::of(self.verifier.expose())
    }
    /// The raw verifier, for deriving a key from it.
    pub fn verifier(&self) -> &[u8] {
        self.verifier.expose()
    }
    /// The text handed out, once.
    pub fn reveal(&self) -> Secret {
        Secret::new(format!("{}.{}", self.selector, URL_SAFE_NO_PAD.encode(self.verifier.expose())))
    }
    /// Reads a presented token.
    pub fn parse(text: &str) -> Result<Self, NotAToken> {
        let (selector, verifier) = text.split_once('.').ok_or(NotAToken)?;
        let verifier = URL_SAFE_NO_PAD.decode(verifier).map_err(|_| NotAToken)?;
        if verifier.len() != 32 {
            return Err(NotAToken);
        }
        Ok(Self { selector: selector.parse().map_err(|_| NotAToken)?, verifier: Secret::new(verifier) })
    }
}
