//! What a person reads off a device and types elsewhere (RFC 8628 section 6.1).

use std::fmt;
use std::str::FromStr;

use rand::CryptoRng;

/// Letters that cannot be taken for each other, and make no words: 20 of them.
const LETTERS: &[u8; 20] = b"BCDFGHJKLMNPQRSTVWXZ";
/// So many letters: 34 bits.
const LENGTH: usize = 8;

/// The text cannot be a user code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a user code")]
pub struct NotAUserCode;

/// A user code. It is no secret of anybody: whoever types it still has to sign in, and says whose device they mean.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UserCode(String);

impl UserCode {
    /// A new one, each letter equally likely.
    pub fn mint(rng: &mut impl CryptoRng) -> Self {
        let mut text = String::with_capacity(LENGTH);
        while text.len() < LENGTH {
            let mut byte = [0];
            rng.fill_bytes(&mut byte);
            // Bytes beyond the last whole twenty would make some letters likelier.
            if byte[0] < 240 {
                text.push(char::from(LETTERS[usize::from(byte[0]) % LETTERS.len()]));
            }
        }
        Self(text)
    }
    /// As stored: without the dash.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for UserCode {
    type Err = NotAUserCode;
    /// Reads what was typed: small or capital letters, with whatever stands between them (RFC 8628 section 6.1).
    fn from_str(text: &str) -> Result<Self, NotAUserCode> {
        let letters: String = text.chars().filter(|c| c.is_alphanumeric()).map(|c| c.to_ascii_uppercase()).take(LENGTH + 1).collect();
        let fits = letters.len() == LENGTH && letters.bytes().all(|b| LETTERS.contains(&b));
        if fits { Ok(Self(letters)) } else { Err(NotAUserCode) }
    }
}

impl fmt::Display for UserCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (first, second) = self.0.split_at(LENGTH / 2);
        write!(f, "{first}-{second}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rfc8628_6_1_a_code_is_read_however_it_is_typed() {
        let code = UserCode::mint(&mut crate::types::Random::system());
        let shown = code.to_string();
        assert_eq!((shown.len(), &shown[4..5]), (9, "-"));
        for typed in [shown.clone(), shown.to_lowercase(), shown.replace('-', " "), format!("  {} ", shown.replace('-', "")), shown.replace('-', "–")] {
            assert_eq!(typed.parse().as_ref(), Ok(&code), "{typed}");
        }
        for wrong in ["", "WDJB", "WDJB-MJHTB", "WDJB-MJHA", "WDJB-MJH1", "ÄDJB-MJHT"] {
            assert_eq!(wrong.parse::<UserCode>(), Err(NotAUserCode), "{wrong}");
        }
    }
}
