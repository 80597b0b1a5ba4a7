//! Keys, tokens, seals and passwords. No SQL, no HTTP; key files are read and written here, key rows are not.

mod folder;
mod foreign_hash;
mod hasher;
mod jwt;
mod key_ring;
mod keyed;
mod passkeys;
mod seal;
mod totp;

pub use folder::KeyFolder;
pub use foreign_hash::{ForeignHashRefused, check_foreign_hash};
pub use hasher::{Busy, HashCost, Hasher, Verdict, normalise};
pub use jwt::{JwtKind, at_hash, verified_hint_claims};
pub use key_ring::{KeyRecord, KeyRing, KeyRingFault, ListedKey, PublishedKeys, RotationRefused, SigningKey};
pub use keyed::{code_digest, csrf_matches, csrf_token, mobile_code_digest, pairwise_subject};
pub use passkeys::{Ceremony, NewPasskey, PasskeyRefused, Passkeys, UsedPasskey};
pub use seal::{Sealer, open_successor, seal_successor};
pub use totp::{Scannable, new_recovery_code, new_totp_secret, scannable, totp_code, totp_step, typed_recovery_code};

/// The SHA-1 of a password in upper-case hexadecimal, as lists of breached passwords name it.
pub fn breach_name(password: &crate::types::Secret) -> String {
    use sha1::Digest;
    sha1::Sha1::digest(password.expose()).iter().map(|b| format!("{b:02X}")).collect()
}

/// How many guesses a cracker needs, as a power of ten, over common passwords, patterns and the person's own words.
pub fn guesses_log10(password: &str, own_words: &[&str]) -> f64 {
    // zxcvbn is quadratic in the length: what is longer than this is judged by its beginning.
    let head: String = password.chars().take(100).collect();
    zxcvbn::zxcvbn(&head, own_words).guesses_log10()
}
