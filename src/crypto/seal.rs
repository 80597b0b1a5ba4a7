//! Sealing small secrets at rest: compact JWE, direct encryption with A256GCM (RFC 7518 4.5, 5.3).

use hmac::{Hmac, KeyInit, Mac};
use josekit::jwe::alg::direct::DirectJweAlgorithm;
use josekit::jwe::{self, JweHeader};
use sha2::Sha256;

use crate::types::Secret;

fn derive(secret: &[u8], purpose: &str) -> [u8; 32] {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret).expect("HMAC takes keys of any length");
    mac.update(purpose.as_bytes());
    mac.finalize().into_bytes().into()
}

fn seal(key: &[u8; 32], text: &[u8]) -> anyhow::Result<String> {
    let mut header = JweHeader::new();
    header.set_content_encryption("A256GCM");
    let encrypter = DirectJweAlgorithm::Dir.encrypter_from_bytes(key)?;
    Ok(jwe::serialize_compact(text, &header, &encrypter)?)
}

fn open(key: &[u8; 32], sealed: &str) -> anyhow::Result<Vec<u8>> {
    let decrypter = DirectJweAlgorithm::Dir.decrypter_from_bytes(key)?;
    let (text, header) = jwe::deserialize_compact(sealed, &decrypter)?;
    anyhow::ensure!(header.content_encryption() == Some("A256GCM") && header.claim("zip").is_none(), "not sealed by us");
    Ok(text)
}

/// Seals keys with the operator's key-encryption secret; without one, keys are kept as they are.
#[derive(Clone)]
pub struct Sealer(Option<Secret<Vec<u8>>>);

const PLAIN: &str = "plain:";

impl Sealer {
    /// From the configured secret.
    pub fn new(secret: Option<&Secret>) -> Self {
        Self(secret.map(|s| Secret::new(derive(s.expose().as_bytes(), "vestibule key encryption 1").to_vec())))
    }
    /// For secrets of people, under a key of ours that never rotates by schedule.
    pub(super) fn of_people(key: &[u8]) -> Self {
        Self(Some(Secret::new(derive(key, "vestibule authenticator 1").to_vec())))
    }
    fn key(&self) -> Option<[u8; 32]> {
        self.0.as_ref().and_then(|k| k.expose().as_slice().try_into().ok())
    }
    /// The text to keep.
    pub fn seal(&self, text: &str) -> anyhow::Result<String> {
        match self.key() {
            Some(key) => seal(&key, text.as_bytes()),
            None => Ok(format!("{PLAIN}{text}")),
        }
    }
    /// The text again. What was kept before a secret was configured opens too.
    pub fn open(&self, kept: &str) -> anyhow::Result<Secret> {
        if let Some(text) = kept.strip_prefix(PLAIN) {
            return Ok(Secret::new(text.to_owned()));
        }
        self.open_sealed(kept)
    }
    /// The same for what was sealed, and nothing else: for texts that come from elsewhere.
    pub fn open_sealed(&self, kept: &str) -> anyhow::Result<Secret> {
        let key = self.key().ok_or_else(|| anyhow::anyhow!("a key is sealed, but keys.encryption_secret is not configured"))?;
        let text = open(&key, kept).map_err(|_| anyhow::anyhow!("a key does not open: keys.encryption_secret is another than the one it was sealed with"))?;
        Ok(Secret::new(String::from_utf8(text)?))
    }
}

const GRACE: &str = "vestibule refresh grace 1";

/// Seals a refresh token so that only the one before it opens it (decisions.md 15).
pub fn seal_successor(previous_verifier: &[u8], successor: &Secret) -> anyhow::Result<String> {
    seal(&derive(previous_verifier, GRACE), successor.expose().as_bytes())
}

/// Opens it; `None` when the presented token is not the one before.
pub fn open_successor(presented_verifier: &[u8], sealed: &str) -> Option<Secret> {
    let text = open(&derive(presented_verifier, GRACE), sealed).ok()?;
    String::from_utf8(text).ok().map(Secret::new)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_secret_that_sealed_opens() {
        let first = Sealer::new(Some(&Secret::new("0123456789abcdef0123456789abcdef".to_owned())));
        let other = Sealer::new(Some(&Secret::new("fedcba9876543210fedcba9876543210".to_owned())));
        let sealed = first.seal("a key").expect("sealed");
        assert!(!sealed.contains("a key"));
        assert_eq!(first.open(&sealed).expect("opened").expose(), "a key");
        assert!(other.open(&sealed).is_err());
        assert!(Sealer::new(None).open(&sealed).is_err());
        assert_eq!(first.open("plain:a key").expect("kept before").expose(), "a key");
        assert!(first.open_sealed("plain:a key").is_err(), "nobody sends what is not sealed");
        let mut bent = sealed.clone();
        bent.replace_range(sealed.len() - 2.., "AA");
        assert!(first.open(&bent).is_err());
    }

    #[test]
    fn only_the_previous_refresh_token_opens_its_successor() {
        let sealed = seal_successor(b"previous", &Secret::new("successor".into())).expect("sealed");
        assert_eq!(open_successor(b"previous", &sealed).expect("opens").expose(), "successor");
        assert!(open_successor(b"another", &sealed).is_none());
    }
}
