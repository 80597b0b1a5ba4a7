//! The languages the pages speak.

/// A language of the pages and mails.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Locale {
    /// English, the fallback.
    #[default]
    En,
    /// French.
    Fr,
}

impl Locale {
    /// Every language, in the order of the language switch.
    pub const ALL: [Locale; 2] = [Locale::En, Locale::Fr];

    /// The BCP 47 tag.
    pub const fn tag(self) -> &'static str {
        match self {
            Locale::En => "en",
            Locale::Fr => "fr",
        }
    }
    /// The language's own name.
    pub const fn own_name(self) -> &'static str {
        match self {
            Locale::En => "English",
            Locale::Fr => "Français",
        }
    }
    /// The language a BCP 47 tag asks for, if it is one of ours (`fr-CA` is French).
    pub fn from_tag(tag: &str) -> Option<Locale> {
        let primary = tag.split(['-', '_']).next().unwrap_or_default();
        Locale::ALL.into_iter().find(|l| l.tag().eq_ignore_ascii_case(primary))
    }
    /// The first of a space-separated list that is ours (`ui_locales`, OpenID Connect Core 3.1.2.1).
    pub fn first_of(tags: &str) -> Option<Locale> {
        tags.split_ascii_whitespace().find_map(Locale::from_tag)
    }
    /// The best of an `Accept-Language` header (RFC 9110 section 12.5.4).
    pub fn accepted(header: &str) -> Option<Locale> {
        let mut best: Option<(f32, Locale)> = None;
        for part in header.split(',').take(20) {
            let mut pieces = part.trim().split(';');
            let Some(locale) = pieces.next().and_then(|tag| Locale::from_tag(tag.trim())) else { continue };
            let weight = pieces.find_map(|p| p.trim().strip_prefix("q=")).map_or(Some(1.0), |q| q.parse().ok()).unwrap_or(0.0);
            if weight > 0.0 && best.is_none_or(|(w, _)| weight > w) {
                best = Some((weight, locale));
            }
        }
        best.map(|(_, locale)| locale)
    }
}

#[cfg(test)]
mod tests {
    use super::Locale;

    #[test]
    fn the_browsers_preference_is_read_with_its_weights() {
        assert_eq!(Locale::accepted("de, fr-CH;q=0.8, en;q=0.9"), Some(Locale::En));
        assert_eq!(Locale::accepted("fr-CA,en;q=0.5"), Some(Locale::Fr));
        assert_eq!(Locale::accepted("de"), None);
        assert_eq!(Locale::accepted("en;q=0, fr;q=x"), None);
        assert_eq!(Locale::first_of("de fr-CA en"), Some(Locale::Fr));
    }
}
