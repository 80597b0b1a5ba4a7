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
    #[test]
    fn no_authorization_request_leads_anywhere_but_to_its_client(
        names in prop::collection::vec(prop::sample::select(vec!["redirect_uri", "response_type", "response_mode", "scope", "state", "nonce", "prompt", "max_age", "claims", "id_token_hint", "login_hint", "organization", "tenant", "resource", "code_challenge", "code_challenge_method", "display", "acr_values"]), 0..8),
        values in prop::collection::vec("(https://app.example.test/callback|code|query|fragment|form_post|none|login|openid|[a-z0-9:/?#@&=%._ ~*+\\\\\"{}é-]{0,40})", 8),
    ) {
        let mut form = url::form_urlencoded::Serializer::new("client_id=cli_018f0000000070008000000000000000".to_owned());
        form.extend_pairs(names.iter().zip(&values));
        promises::hold(form.finish().as_bytes());
    }
}
