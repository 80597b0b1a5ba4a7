//! Keyed hashes: CSRF tokens and pairwise subjects.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use subtle::ConstantTimeEq;

use crate::types::{BrowserSessionId, IdentityId};

fn keyed(key: &[u8], parts: &[&str]) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes keys of any length");
    for part in parts {
        // Lengths keep ("ab", "c") and ("a", "bc") apart.
        mac.update(&(part.len() as u64).to_be_bytes());
        mac.update(part.as_bytes());
    }
    URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes())
}

/// The token that every form of one browser session carries.
pub fn csrf_token(key: &[u8], session: &BrowserSessionId) -> String {
    keyed(key, &["csrf", session.as_str()])
}

/// Whether a form's token is that session's, in constant time.
pub fn csrf_matches(key: &[u8], session: &BrowserSessionId, presented: &str) -> bool {
    csrf_token(key, session).as_bytes().ct_eq(presented.as_bytes()).into()
}

/// What is kept of a code that was sent to somebody's mobile number: six digits need a key to be a secret.
pub fn mobile_code_digest(key: &[u8], person: &IdentityId, code: &str) -> String {
    keyed(key, &["mobile", person.as_str(), code])
}

/// What is kept of a code that one person was given for one thing, `what`.
pub fn code_digest(key: &[u8], what: &str, person: &IdentityId, code: &str) -> String {
    keyed(key, &[what, person.as_str(), code])
}

/// A pairwise subject (OpenID Connect Core 8.1): a keyed hash over sector and local id.
pub fn pairwise_subject(salt: &[u8], sector: &str, local_id: &str) -> String {
    keyed(salt, &["sub", sector, local_id])
}
