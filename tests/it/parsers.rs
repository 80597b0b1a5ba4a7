//! The promises of the fuzz target, tried with random bytes and with random text of the characters that matter.

#[path = "../../fuzz/fuzz_targets/promises.rs"]
mod promises;

use proptest::prelude::*;

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn no_bytes_break_a_parser(data in prop::collection::vec(any::<u8>(), 0..200)) {
        promises::hold(&data);
    }
    #[test]
    fn no_text_breaks_a_parser(text in "[a-z0-9:/?#@&=%._ ~*+\\\\\"{}\\[\\]é\u{200b}\u{ff20}-]{0,80}") {
        promises::hold(text.as_bytes());
    }
}
