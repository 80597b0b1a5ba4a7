//! One-time codes of an app (RFC 6238), and codes on paper.

use qrcode::render::svg;
use qrcode::{EcLevel, QrCode};
use rand::CryptoRng;
use totp_rs::{Algorithm, Builder, Totp};

use crate::types::{Secret, Timestamp};

/// Six digits and steps of 30 seconds over SHA-1: what every app can do, and some silently do whatever they are told.
const DIGITS: u8 = 6;

/// A code of the step before or after counts too (RFC 6238 5.2).
const SKEW: u16 = 1;

/// A new secret of 160 bits (RFC 4226 section 4), in base32.
pub fn new_totp_secret(rng: &mut impl CryptoRng) -> Secret {
    let mut bytes = [0_u8; 20];
    rng.fill_bytes(&mut bytes);
    Secret::new(totp_rs::Secret::from(bytes.to_vec()).to_base32())
}

fn totp(secret: &Secret) -> Option<Builder> {
    let secret = totp_rs::Secret::try_from_base32(secret.expose()).ok()?;
    Some(Builder::new().with_algorithm(Algorithm::SHA1).with_digits(DIGITS).with_skew(SKEW).with_step_duration(30).with_secret(secret))
}

fn seconds(at: Timestamp) -> u64 {
    u64::try_from(at.seconds()).unwrap_or_default()
}

/// The time step of a code, if it is one of this secret's around now. A step counts once; that is the caller's to keep.
pub fn totp_step(secret: &Secret, code: &str, now: Timestamp) -> Option<i64> {
    let found = totp(secret)?.build_noncompliant().check(code, seconds(now))?;
    i64::try_from(found).ok()
}

/// The code of this moment, for whoever holds the secret.
pub fn totp_code(secret: &Secret, now: Timestamp) -> Option<String> {
    Some(totp(secret)?.build_noncompliant().generate(seconds(now)).to_string())
}

/// What an app scans: the `otpauth` address, and the same as a picture for a page.
#[derive(Clone, Debug)]
pub struct Scannable {
    /// The address; it has the secret in it.
    pub address: Secret,
    /// A QR code, as SVG without a document head.
    pub svg: Secret,
}

/// What an app scans to know a secret of `account` at `issuer`; colons, which separate the two, are left out.
pub fn scannable(secret: &Secret, issuer: &str, account: &str) -> anyhow::Result<Scannable> {
    let plain = |text: &str| text.replace(':', " ");
    let builder = totp(secret).ok_or_else(|| anyhow::anyhow!("the secret is not base32"))?;
    let totp: Totp = builder.with_issuer(Some(plain(issuer))).with_account_name(plain(account)).build()?;
    let address = totp.to_url()?;
    let code = QrCode::with_error_correction_level(&address, EcLevel::M)?;
    let drawn = code.render::<svg::Color<'_>>().min_dimensions(220, 220).quiet_zone(true).build();
    // Inline in a page there is no place for an XML declaration.
    let svg = drawn.find("<svg").map_or(drawn.as_str(), |at| &drawn[at..]).to_owned();
    Ok(Scannable { address: Secret::new(address), svg: Secret::new(svg) })
}

/// Letters and digits of base32 (RFC 4648 section 6), in lower case.
const ALPHABET: &[u8; 32] = b"abcdefghijklmnopqrstuvwxyz234567";

/// Characters of a recovery code: 120 random bits, so that a keyed digest is enough (NIST SP 800-63B-4 section 3.1.2).
const RECOVERY_LETTERS: usize = 24;

/// A recovery code, as it is shown: four groups of six.
pub fn new_recovery_code(rng: &mut impl CryptoRng) -> Secret {
    let mut bytes = [0_u8; RECOVERY_LETTERS];
    rng.fill_bytes(&mut bytes);
    let letters: Vec<char> = bytes.iter().map(|b| char::from(ALPHABET[usize::from(b % 32)])).collect();
    Secret::new(letters.chunks(6).map(|group| group.iter().collect::<String>()).collect::<Vec<_>>().join("-"))
}

/// What was typed for a recovery code, without what separates its groups; `None` when it cannot be one.
pub fn typed_recovery_code(text: &str) -> Option<String> {
    let letters: String = text.chars().filter(|c| !c.is_whitespace() && *c != '-').map(|c| c.to_ascii_lowercase()).collect();
    (letters.len() == RECOVERY_LETTERS && letters.bytes().all(|b| ALPHABET.contains(&b))).then_some(letters)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::types::Random;

    #[test]
    fn rfc_6238_appendix_b_the_vectors_cut_to_six_digits() {
        // The shared secret of the appendix for SHA-1, "12345678901234567890", in base32.
        let secret = Secret::new("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ".to_owned());
        for (at, code) in [
            (59, "94287082"),
            (1_111_111_109, "07081804"),
            (1_111_111_111, "14050471"),
            (1_234_567_890, "89005924"),
            (2_000_000_000, "69279037"),
            (20_000_000_000, "65353130"),
        ] {
            let now = Timestamp::from_seconds(at);
            assert_eq!(totp_code(&secret, now).as_deref(), Some(&code[2..]), "{at}");
            assert_eq!(totp_step(&secret, &code[2..], now), Some(at / 30));
        }
    }

    #[test]
    fn a_code_counts_one_step_around_and_no_further() {
        let secret = new_totp_secret(&mut Random::system());
        let at = |seconds: i64| Timestamp::from_seconds(1_800_000_000 + seconds);
        let code = totp_code(&secret, at(0)).expect("a code");
        for (seconds, counts) in [(-31, false), (-30, true), (0, true), (29, true), (59, true), (60, false)] {
            assert_eq!(totp_step(&secret, &code, at(seconds)).is_some(), counts, "{seconds}");
        }
        for bad in ["", "12345", "1234567", "+12345", "12 345", "１２３４５６"] {
            assert_eq!(totp_step(&secret, bad, at(0)), None);
        }
    }

    #[test]
    fn an_app_scans_issuer_account_and_secret() {
        let secret = new_totp_secret(&mut Random::system());
        let shown = scannable(&secret, "id.example.test:8443", "o'neil@example.test").expect("drawn");
        let address = shown.address.expose();
        assert!(address.starts_with("otpauth://totp/id.example.test%208443:"), "{address}");
        assert!(address.contains(secret.expose().as_str()));
        assert!(shown.svg.expose().starts_with("<svg") && shown.svg.expose().ends_with("</svg>"));
        assert!(!format!("{shown:?}").contains(secret.expose().as_str()));
    }

    #[test]
    fn a_recovery_code_is_read_however_it_is_typed() {
        let code = new_recovery_code(&mut Random::system());
        let plain = code.expose().replace('-', "");
        assert_eq!((code.expose().len(), plain.len()), (27, 24));
        for typed in [code.expose().clone(), plain.to_uppercase(), format!(" {} ", code.expose().replace('-', " "))] {
            assert_eq!(typed_recovery_code(&typed).as_ref(), Some(&plain));
        }
        for bad in ["", "123456", "abcdef-ghijkl-mnopqr-stuvw1", "abcdef-ghijkl-mnopqr-stuvwxy"] {
            assert_eq!(typed_recovery_code(bad), None);
        }
    }
}
