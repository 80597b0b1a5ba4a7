//! What every parser that meets bytes from outside promises: none may panic, and what they accept holds. The fuzz target looks
//! for bytes that break it; the tests try random ones.

use std::sync::OnceLock;

use vestibule::crypto::{KeyRecord, KeyRing, Sealer, check_foreign_hash, verified_hint_claims};
use vestibule::protocol::{
    AuthorizationFailure, AuthorizationRequest, ClaimsRequest, Client, ClientCompanies, ClientMetadata, LogoutRequest, Params, PresentedClient, PromptSet,
    RegistrationBounds, RegistrationRequest, TokenRequest,
};
use vestibule::store::accounts::{Cursor, NameCursor};
use vestibule::store::refresh_families::RefreshToken;
use vestibule::types::{
    BrowserSessionId, DisplayText, EmailAddress, Locale, MobileNumber, OpaqueToken, Random, RedirectUri, RegisteredRedirectUri, RowId, ScopeSet, Slug,
    TimeZoneName, Timestamp, UserCode, Username,
};

const CALLBACK: &str = "https://app.example.test/callback";

/// A client whose requests these are, and the keys that hints are checked against.
fn ours() -> &'static (Client, KeyRing) {
    static OURS: OnceLock<(Client, KeyRing)> = OnceLock::new();
    OURS.get_or_init(|| {
        let client = Client {
            id: "cli_018f0000000070008000000000000000".parse().expect("an id"),
            name: DisplayText::parse("App").expect("a name"),
            metadata: ClientMetadata { redirect_uris: vec![RedirectUri::parse(CALLBACK).expect("a URI")], ..ClientMetadata::default() },
            companies: ClientCompanies::All,
            disabled: false,
            untrusted: false,
        };
        let (sealer, mut rng) = (Sealer::new(None), Random::system());
        let records = KeyRecord::first_set(&sealer, Timestamp::from_seconds(1_800_000_000), &mut rng).expect("keys");
        (client, KeyRing::open(&records, &sealer).expect("a ring"))
    })
}

/// Tries one input.
pub fn hold(data: &[u8]) {
    let params = Params::parse(data);
    let _ = TokenRequest::parse(&params);
    let _ = PresentedClient::read(Some(data), &params);
    let _ = LogoutRequest::read(&params);
    let (client, ring) = ours();
    let hint = |token: &str| {
        assert!(verified_hint_claims(ring, token, "https://id.example.test", Timestamp::from_seconds(1_800_000_100)).is_none(), "nobody signed this");
        None
    };
    match AuthorizationRequest::check(&params, client, "https://id.example.test", |_| None, hint) {
        Ok(request) => assert_eq!(request.answer_to.redirect_uri().map(|u| u.as_str()), Some(CALLBACK)),
        Err(AuthorizationFailure::Redirect(answer)) => {
            assert!(answer.location().is_none_or(|at| at.starts_with(&format!("{CALLBACK}?")) || at.starts_with(&format!("{CALLBACK}#"))));
        }
        Err(AuthorizationFailure::Page(_)) => {}
    }
    let Ok(text) = std::str::from_utf8(data) else { return };
    let _ = (ClaimsRequest::parse(text), PromptSet::parse(text), Cursor::parse(text), RefreshToken::parse(text), Locale::accepted(text));
    let _ = (EmailAddress::parse(text), Username::parse(text), Slug::parse(text), DisplayText::parse(text), NameCursor::parse(text));
    let _ = (OpaqueToken::<RowId>::parse(text), OpaqueToken::<BrowserSessionId>::parse(text), MobileNumber::parse(text), TimeZoneName::parse(text));
    let _ = check_foreign_hash(text);
    if let Ok(code) = text.parse::<UserCode>() {
        assert_eq!(code.to_string().parse().as_ref(), Ok(&code), "it reads what it shows");
    }
    if let Ok(serde_json::Value::Object(document)) = serde_json::from_str(text) {
        let bounds = RegistrationBounds { scope: ScopeSet::parse("openid"), require_pkce: true, machines: false, on_loopback: false };
        let _ = RegistrationRequest::parse(&document, &bounds);
    }
    assert!(ScopeSet::parse(text).iter().all(|s| !s.contains(' ')));
    if let Ok(uri) = RedirectUri::parse(text) {
        // What may be registered is read by a browser as it is written.
        assert!(!uri.as_str().contains(['\\', '#', ' ', '\n']));
        assert!(RegisteredRedirectUri::among(&[uri], text).is_some());
    }
}
