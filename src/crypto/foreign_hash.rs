//! Passwords that were hashed elsewhere: checked as they are, and hashed anew when their owner first signs in.

use argon2::Params;
use argon2::password_hash::PasswordVerifier;
use argon2::password_hash::phc::PasswordHash;

use crate::types::Secret;

/// Why a hash cannot be taken over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ForeignHashRefused {
    /// None of argon2, bcrypt, scrypt or PBKDF2, or not written as these are.
    #[error("hash-unknown")]
    Unknown,
    /// One sign-in would cost more than a server should give.
    #[error("hash-too-costly")]
    TooCostly,
}

const ARGON2_MEMORY_MOST: u32 = 256 * 1024;
const ARGON2_PASSES_MOST: u32 = 16;
const BCRYPT_COST_MOST: u32 = 14;
const SCRYPT_LN_MOST: u32 = 17;
const PBKDF2_ROUNDS_MOST: u32 = 2_000_000;

fn is_bcrypt(hash: &str) -> bool {
    ["$2a$", "$2b$", "$2y$", "$2x$"].iter().any(|p| hash.starts_with(p))
}

/// Whether a hash can be checked here: argon2, scrypt and PBKDF2 as PHC strings, bcrypt in its own form; and not at any cost.
pub fn check_foreign_hash(hash: &str) -> Result<(), ForeignHashRefused> {
    use ForeignHashRefused::{TooCostly, Unknown};
    let bound = |within: bool| if within { Ok(()) } else { Err(TooCostly) };
    if is_bcrypt(hash) {
        let parts: bcrypt::HashParts = hash.parse().map_err(|_| Unknown)?;
        return bound(parts.get_cost() <= BCRYPT_COST_MOST);
    }
    let parsed = PasswordHash::new(hash).map_err(|_| Unknown)?;
    if parsed.hash.is_none() || parsed.salt.is_none() {
        return Err(Unknown);
    }
    match parsed.algorithm.as_str() {
        "argon2id" | "argon2i" | "argon2d" => {
            let params = Params::try_from(&parsed).ok().filter(|_| parsed.version == Some(19)).ok_or(Unknown)?;
            bound(params.m_cost() <= ARGON2_MEMORY_MOST && params.t_cost() <= ARGON2_PASSES_MOST)
        }
        "scrypt" => {
            let number = |name| parsed.params.get_decimal(name).ok_or(Unknown);
            bound(number("ln")? <= SCRYPT_LN_MOST && number("r")? <= 16 && number("p")? <= 4)
        }
        "pbkdf2-sha256" | "pbkdf2-sha512" => bound(parsed.params.get_decimal("i").ok_or(Unknown)? <= PBKDF2_ROUNDS_MOST),
        _ => Err(Unknown),
    }
}

/// Whether a password is the one behind a hash of bcrypt, scrypt or PBKDF2; `None` for every other hash.
pub(super) fn foreign_matches(password: &Secret, hash: &str) -> Option<bool> {
    let bytes = password.expose().as_bytes();
    if is_bcrypt(hash) {
        return Some(bcrypt::verify(bytes, hash).unwrap_or(false));
    }
    let parsed = PasswordHash::new(hash).ok()?;
    match parsed.algorithm.as_str() {
        "scrypt" => Some(scrypt::Scrypt::new().verify_password(bytes, &parsed).is_ok()),
        name if name.starts_with("pbkdf2") => Some(pbkdf2::Pbkdf2::SHA256.verify_password(bytes, &parsed).is_ok()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Hashes of "correct horse battery staple" that other programs made: Python's hashlib and its bcrypt.
    const SCRYPT: &str = "$scrypt$ln=14,r=8,p=1$c29tZSBzYWx0IG9mIDE2$kZvOj4SKsGZi11WIePwLc76DSbor5szva3oz7kzaOZU";
    const PBKDF2: &str = "$pbkdf2-sha256$i=27500,l=32$c29tZSBzYWx0IG9mIDE2$unB+TGk0TCCPhaDfeDxkSP8/HUOYExL6bB2G51SRyX4";
    const PBKDF2_512: &str =
        "$pbkdf2-sha512$i=210000,l=64$c29tZSBzYWx0IG9mIDE2$NSRZ7XoUHG1PJFLapgES0JDMwY8OE57YrI6YJgLgPlVcYAXi+g82kQ0AmwTNkGAuN97nbFWHyc/pvTxZTenn6Q";
    const BCRYPT: &str = "$2b$06$od0A721xmUirkjkd1gYPAOH9JPP6fUhVaTmvdSh1YDWVQ4l4.btrO";

    #[test]
    fn hashes_of_other_programs_are_checked_and_nothing_else_matches() {
        for hash in [SCRYPT, PBKDF2, PBKDF2_512, BCRYPT] {
            assert_eq!(check_foreign_hash(hash), Ok(()), "{hash}");
            assert_eq!(foreign_matches(&Secret::new("correct horse battery staple".into()), hash), Some(true), "{hash}");
            assert_eq!(foreign_matches(&Secret::new("Correct horse battery staple".into()), hash), Some(false), "{hash}");
        }
        assert_eq!(
            foreign_matches(&Secret::new("x".into()), "$argon2id$v=19$m=64,t=1,p=1$c29tZXNhbHQ$AAAAAAAAAAAAAAAAAAAAAA"),
            None,
            "argon2 has its own place"
        );
    }

    #[test]
    fn what_is_unknown_or_would_cost_too_much_is_refused() {
        for (hash, why) in [
            ("", ForeignHashRefused::Unknown),
            ("5f4dcc3b5aa765d61d8327deb882cf99", ForeignHashRefused::Unknown),
            ("$1$salt$hash", ForeignHashRefused::Unknown),
            ("$2b$10$short", ForeignHashRefused::Unknown),
            ("$argon2id$v=19$m=4194304,t=1,p=1$c29tZXNhbHRzYWx0$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", ForeignHashRefused::TooCostly),
            ("$scrypt$ln=24,r=8,p=1$c29tZSBzYWx0IG9mIDE2$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", ForeignHashRefused::TooCostly),
            ("$pbkdf2-sha256$i=99000000,l=32$c29tZSBzYWx0IG9mIDE2$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", ForeignHashRefused::TooCostly),
        ] {
            assert_eq!(check_foreign_hash(hash), Err(why), "{hash}");
        }
    }
}
