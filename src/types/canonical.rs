//! The one canonical form by which names and addresses are compared (threats.md T08).

use icu_casemap::CaseMapper;
use icu_normalizer::ComposingNormalizerBorrowed;

/// Folds case and Unicode form (NFKC), and nothing else: dots and plus tags stay as they are.
pub fn canonical(text: &str) -> String {
    let nfkc = ComposingNormalizerBorrowed::new_nfkc();
    let folded = CaseMapper::new().fold_string(&nfkc.normalize(text.trim())).into_owned();
    nfkc.normalize(&folded).into_owned()
}

#[cfg(test)]
mod tests {
    use super::canonical;

    #[test]
    fn t08_case_and_unicode_form_fold_and_nothing_else_does() {
        assert_eq!(canonical("Alice@Example.TEST"), "alice@example.test");
        assert_eq!(canonical("ａｌｉｃｅ"), "alice");
        assert_eq!(canonical("Stra\u{df}e"), canonical("STRASSE"));
        assert_eq!(canonical("e\u{301}"), canonical("\u{e9}"));
        assert_ne!(canonical("a.lice@example.test"), canonical("alice@example.test"));
        assert_ne!(canonical("alice+x@example.test"), canonical("alice@example.test"));
    }
}
