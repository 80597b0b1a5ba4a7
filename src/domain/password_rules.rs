//! What a password must be (NIST SP 800-63B-4 section 3.1.1).
//!
//! Length and a blocklist, no composition rules. Code points are counted after NFC normalisation;
//! the same normalisation stands before hashing.

/// Fewest characters of a password that may be the only factor.
pub const PASSWORD_MIN: usize = 15;
/// Fewest characters where a password never suffices alone (decisions.md 28).
pub const PASSWORD_MIN_WITH_FACTOR: usize = 8;
/// Most characters; longer ones are refused rather than cut.
pub const PASSWORD_MAX: usize = 256;

/// Why a password was not accepted; each has its own message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PasswordRefused {
    /// Too short: it has fewer than these.
    #[error("a password has at least {0} characters")]
    TooShort(usize),
    /// Too long.
    #[error("a password has at most {PASSWORD_MAX} characters")]
    TooLong,
    /// Known from breaches, a mere repetition, or made of the person's own names.
    #[error("this password is too easy to guess")]
    Listed,
    /// A service that collects breached passwords knows it.
    #[error("this password was stolen somewhere and published")]
    Breached,
}

/// Checks a normalised password against length (`least` characters) and the whole-password blocklist.
/// `guesses_log10` estimates how many guesses a cracker needs, over common passwords, patterns and `own_words`.
pub fn check_password(password: &str, least: usize, own_words: &[&str], guesses_log10: impl Fn(&str, &[&str]) -> f64) -> Result<(), PasswordRefused> {
    let length = password.chars().count();
    if length < least {
        return Err(PasswordRefused::TooShort(least));
    }
    if length > PASSWORD_MAX {
        return Err(PasswordRefused::TooLong);
    }
    // Fewer than ten million guesses is within reach of an online attacker with patience; such passwords are
    // what breach lists begin with, and repetitions of them.
    if guesses_log10(password, own_words) < 7.0 { Err(PasswordRefused::Listed) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nist_3_1_1_length_counts_code_points_and_every_character_is_welcome() {
        let strong = |_: &str, _: &[&str]| 12.0;
        let check = |password: &str| check_password(password, PASSWORD_MIN, &[], strong);
        for (password, verdict) in [
            ("a".repeat(14), Err(PasswordRefused::TooShort(15))),
            ("a".repeat(15), Ok(())),
            ("a".repeat(64), Ok(())),
            ("a".repeat(256), Ok(())),
            ("a".repeat(257), Err(PasswordRefused::TooLong)),
            // Three bytes each: code points are counted.
            ("☕".repeat(14), Err(PasswordRefused::TooShort(15))),
            ("☕".repeat(15), Ok(())),
            ("☕".repeat(256), Ok(())),
            (" !\"#$%&'()*+,-./:;<=>?@[]^_`{|}~".to_owned(), Ok(())),
            ("sept lanternes été".to_owned(), Ok(())),
        ] {
            assert_eq!(check(&password), verdict, "{password}");
        }
        assert_eq!(check_password("abcdefgh", PASSWORD_MIN_WITH_FACTOR, &[], strong), Ok(()), "where another factor is compulsory");
        assert_eq!(check_password("abcdefg", PASSWORD_MIN_WITH_FACTOR, &[], strong), Err(PasswordRefused::TooShort(8)));
        assert_eq!(check_password(&"a".repeat(20), PASSWORD_MIN, &[], |_, _| 6.9), Err(PasswordRefused::Listed));
    }
}
