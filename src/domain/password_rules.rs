//! What a password must be (NIST SP 800-63B-4 section 3.1.1).
//!
//! Length and a blocklist, no composition rules. Code points are counted after NFC normalisation;
//! the same normalisation stands before hashing.

/// Fewest characters while the password is the only factor.
pub const PASSWORD_MIN: usize = 15;
/// Most characters; longer ones are refused rather than cut.
pub const PASSWORD_MAX: usize = 256;

/// Why a password was not accepted; each has its own message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PasswordRefused {
    /// Too short.
    #[error("a password has at least {PASSWORD_MIN} characters")]
    TooShort,
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

/// Checks a normalised password against length and the whole-password blocklist.
/// `guesses_log10` estimates how many guesses a cracker needs, over common passwords, patterns and `own_words`.
pub fn check_password(password: &str, own_words: &[&str], guesses_log10: impl Fn(&str, &[&str]) -> f64) -> Result<(), PasswordRefused> {
    let length = password.chars().count();
    if length < PASSWORD_MIN {
        return Err(PasswordRefused::TooShort);
    }
    if length > PASSWORD_MAX {
        return Err(PasswordRefused::TooLong);
    }
    // Fewer than ten million guesses is within reach of an online attacker with patience; such passwords are
    // what breach lists begin with, and repetitions of them.
    if guesses_log10(password, own_words) < 7.0 { Err(PasswordRefused::Listed) } else { Ok(()) }
}
