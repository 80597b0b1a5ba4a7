//! Proof Key for Code Exchange (RFC 7636), method S256 only.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};

/// A `code_challenge` with method S256 (RFC 7636 section 4.2).
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(transparent)]
pub struct CodeChallenge(String);

/// A `code_verifier` (RFC 7636 section 4.1).
pub struct CodeVerifier(String);

fn unreserved(text: &str) -> bool {
    (43..=128).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"-._~".contains(&b))
}

impl CodeChallenge {
    /// The challenge of a request. An absent method means `plain` (section 4.3), which we refuse.
    pub fn from_request(challenge: &str, method: Option<&str>) -> Result<Self, &'static str> {
        match method {
            Some("S256") if unreserved(challenge) => Ok(Self(challenge.to_owned())),
            Some("S256") => Err("code_challenge must have 43 to 128 unreserved characters (RFC 7636 4.2)"),
            Some("plain") | None => Err("code_challenge_method must be S256; plain is refused"),
            Some(_) => Err("code_challenge_method is unknown; use S256"),
        }
    }
    /// As sent and stored.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl CodeVerifier {
    /// 43 to 128 unreserved characters.
    pub fn parse(text: &str) -> Option<Self> {
        unreserved(text).then(|| Self(text.to_owned()))
    }
    /// The challenge that this verifier answers (section 4.6).
    pub fn challenge(&self) -> CodeChallenge {
        CodeChallenge(URL_SAFE_NO_PAD.encode(Sha256::digest(self.0.as_bytes())))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rfc7636_appendix_b() {
        let verifier = CodeVerifier::parse("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk").expect("a verifier");
        assert_eq!(verifier.challenge().as_str(), "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
    }

    #[test]
    fn rfc7636_4_3_plain_is_refused() {
        let challenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
        assert!(CodeChallenge::from_request(challenge, None).is_err());
        assert!(CodeChallenge::from_request(challenge, Some("plain")).is_err());
        assert!(CodeChallenge::from_request(challenge, Some("s256")).is_err());
        assert!(CodeChallenge::from_request("short", Some("S256")).is_err());
        assert!(CodeChallenge::from_request(challenge, Some("S256")).is_ok());
    }
}
