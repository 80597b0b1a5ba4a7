//! What every parser that meets bytes from outside promises: none may panic, and what they accept holds. The fuzz target looks
//! for bytes that break it; the tests try random ones.

use vestibule::protocol::{ClaimsRequest, Params, PresentedClient, PromptSet, TokenRequest};
use vestibule::store::accounts::Cursor;
use vestibule::store::refresh_families::RefreshToken;
use vestibule::types::{EmailAddress, Locale, RedirectUri, RegisteredRedirectUri, ScopeSet, Slug, Username};

/// Tries one input.
pub fn hold(data: &[u8]) {
    let params = Params::parse(data);
    let _ = TokenRequest::parse(&params);
    let _ = PresentedClient::read(Some(data), &params);
    let Ok(text) = std::str::from_utf8(data) else { return };
    let _ = (ClaimsRequest::parse(text), PromptSet::parse(text), Cursor::parse(text), RefreshToken::parse(text), Locale::accepted(text));
    let _ = (EmailAddress::parse(text), Username::parse(text), Slug::parse(text));
    assert!(ScopeSet::parse(text).iter().all(|s| !s.contains(' ')));
    if let Ok(uri) = RedirectUri::parse(text) {
        // What may be registered is read by a browser as it is written.
        assert!(!uri.as_str().contains(['\\', '#', ' ', '\n']));
        assert!(RegisteredRedirectUri::among(&[uri], text).is_some());
    }
}
