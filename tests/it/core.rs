//! OpenID Connect Core and its neighbours as a table: each case cites its section.

use vestibule::domain::AccountKind;
use vestibule::protocol::ConsentPolicy;
use vestibule::types::Seconds;

use crate::support::{Actor, Answer, RelyingApp, World};

/// What a request must lead to.
enum Expect {
    /// A page of ours with this heading, and no redirect.
    Page(&'static str),
    /// An error at the app.
    Error(&'static str),
    /// A code at the app.
    Code,
}
use Expect::{Code, Error, Page};

fn outcome(answer: &Answer) -> String {
    match answer.location() {
        None if answer.count("form#answer") == 1 => "form_post".into(),
        None => format!("page {} {}", answer.status.as_u16(), answer.text("h1")),
        Some(_) => answer.redirect_parameters().get("error").map_or("code".into(), |e| format!("error {e}")),
    }
}

fn check(section: &str, answer: &Answer, expect: &Expect) {
    let got = outcome(answer);
    let fits = match expect {
        Page(heading) => got.starts_with("page") && got.ends_with(heading),
        Error(code) => got == format!("error {code}"),
        Code => got == "code",
    };
    assert!(fits, "{section}: {got} ({:?})", answer.location());
    if answer.location().is_some() {
        let parameters = answer.redirect_parameters();
        assert_eq!(parameters.get("iss").map(String::as_str), Some("http://localhost:8080"), "{section}: RFC 9207 in every answer");
        assert!(answer.location().is_some_and(|l| l.starts_with("https://app.example.test/callback")), "{section}");
    }
}

/// Alice, signed in to the desk for her one company, consent remembered.
async fn signed_in() -> (World, Actor, RelyingApp) {
    let world = World::new().await;
    let (mut alice, _) = world.person_with_accounts("alice@example.test", ["Shop"]).await;
    let mut desk = world.client().await;
    alice.enters(&mut desk, "shop").await;
    (world, alice, desk)
}

#[tokio::test]
async fn requests_of_somebody_who_is_signed_in() {
    let (_world, mut alice, desk) = signed_in().await;
    let request_page = Page("The app asked in a wrong way");
    type Case<'a> = (&'a str, &'a [(&'a str, &'a str)], Expect);
    let cases: Vec<Case<'_>> = vec![
        ("RFC 6749 4.1.1: an ordinary request", &[], Code),
        ("Core 3.1.2.1: prompt=none with a session", &[("prompt", "none")], Code),
        ("Core 3.1.2.1: prompt=none stands alone", &[("prompt", "none login")], Error("invalid_request")),
        ("Core 3.1.2.1: prompt=login asks again", &[("prompt", "login")], Page("Sign in")),
        ("Core 3.1.2.1: prompt=consent asks again", &[("prompt", "consent")], Page("Desk asks for access")),
        ("Core 3.1.2.1: prompt=select_account shows the chooser, one account or many", &[("prompt", "select_account")], Page("Choose an account")),
        ("Core 3.1.2.1: several prompts are satisfied in sequence", &[("prompt", "login consent")], Page("Sign in")),
        ("Initiating User Registration 1.0: create is refused until sign-up exists", &[("prompt", "create")], Error("invalid_request")),
        ("Core 3.1.2.1: unknown prompt values", &[("prompt", "dance")], Error("invalid_request")),
        ("Core 3.1.2.1: max_age=0 is prompt=login", &[("max_age", "0")], Page("Sign in")),
        ("Core 3.1.2.1: max_age not outrun", &[("max_age", "10000")], Code),
        ("Core 3.1.2.1: max_age must be a number", &[("max_age", "soon")], Error("invalid_request")),
        ("Core 3.1.2.1: max_age is not negative", &[("max_age", "-1")], Error("invalid_request")),
        ("Core 3.1.2.1: display never errs", &[("display", "popup")], Code),
        ("Core 3.1.2.1: unknown display never errs", &[("display", "hologram")], Code),
        ("Core 3.1.2.1: ui_locales never errs", &[("ui_locales", "xx-klingon fr")], Code),
        ("Core 5.2: claims_locales never errs", &[("claims_locales", "fr")], Code),
        ("Core 3.1.2.1: login_hint never errs", &[("login_hint", "somebody@else.test")], Code),
        ("Core 3.1.2.1: acr_values never err", &[("acr_values", "urn:x urn:y")], Code),
        ("Core 3.1.2.1: unknown parameters are ignored", &[("x_unknown", "1")], Code),
        ("Core 3.1.2.1: a request without nonce", &[("nonce", "")], Code),
        ("RFC 6749 4.1.1: a request without state", &[("state", "")], Code),
        ("Core 3.1.2.1: unknown scopes are ignored", &[("scope", "openid fly")], Code),
        ("Core 3.1.2.6, 6: request objects are refused, never ignored", &[("request", "e30.e30.")], Error("request_not_supported")),
        ("Core 3.1.2.6, 6: request_uri is refused, never ignored", &[("request_uri", "https://app.example.test/r")], Error("request_uri_not_supported")),
        ("Core 3.1.2.6, 7: registration is refused", &[("registration", "{}")], Error("registration_not_supported")),
        ("RFC 6749 4.1.2.1: response_type missing", &[("response_type", "")], Error("invalid_request")),
        ("RFC 6749 4.1.2.1: response_type unknown", &[("response_type", "dance")], Error("unsupported_response_type")),
        ("RFC 9700 2.1.2: implicit is off", &[("response_type", "id_token token")], Error("unsupported_response_type")),
        ("Multiple Response Types 2.1: unknown response_mode", &[("response_mode", "carrier_pigeon")], Error("invalid_request")),
        ("RFC 7636 4.4.1: PKCE is required", &[("code_challenge", ""), ("code_challenge_method", "")], Error("invalid_request")),
        ("RFC 7636 4.3: plain is refused", &[("code_challenge_method", "plain")], Error("invalid_request")),
        ("RFC 7636 4.2: a short challenge", &[("code_challenge", "short")], Error("invalid_request")),
        ("Core 5.5: claims must be JSON", &[("claims", "{")], Error("invalid_request")),
        ("Core 5.5: essential claims that are absent are no error", &[("claims", r#"{"userinfo":{"phone_number":{"essential":true}}}"#)], Code),
        ("Core 5.5.1.1: an essential acr that is met", &[("claims", r#"{"id_token":{"acr":{"essential":true,"values":["urn:vestibule:acr:1fa"]}}}"#)], Code),
        (
            "Core 5.5.1.1: an essential acr that cannot be met",
            &[("claims", r#"{"id_token":{"acr":{"essential":true,"values":["phrh"]}}}"#)],
            Error("unmet_authentication_requirements"),
        ),
        ("Core 5.5.1: another subject was requested", &[("claims", r#"{"id_token":{"sub":{"value":"somebody else"}}}"#)], Error("login_required")),
        ("Core 3.1.2.1: a hint that we did not sign", &[("id_token_hint", "e30.e30.e30")], Error("invalid_request")),
        ("design.md 5.1: organization and tenant differ", &[("organization", "shop"), ("tenant", "depot")], Error("invalid_request")),
        ("design.md 5.1: tenant is a synonym", &[("tenant", "shop")], Code),
        ("RFC 8707 2: an unknown resource", &[("resource", "https://nowhere.test/")], Error("invalid_target")),
        ("RFC 8707 2: a resource has no fragment", &[("resource", "http://localhost:8080/api#x")], Error("invalid_target")),
        (
            "RFC 6749 3.1.2.4: an unregistered redirect_uri is never redirected to",
            &[("redirect_uri", "https://evil.test/")],
            Page("The app asked in a wrong way"),
        ),
        (
            "RFC 6749 4.1.2.1: an unknown client is never redirected",
            &[("client_id", "cli_0190b5e2a1b27c3d8e4f5a6b7c8d9e0f")],
            Page("The app asked in a wrong way"),
        ),
        ("RFC 6749 3.1.2.3: redirect_uri missing", &[("redirect_uri", "")], Page("The app asked in a wrong way")),
        ("RFC 6749 4.1.1: client_id missing", &[("client_id", "")], request_page),
    ];
    assert!(cases.len() > 40);
    for (section, extra, expect) in cases {
        let answer = alice.follows(&desk, extra).await;
        check(section, &answer, &expect);
        if let Error("unmet_authentication_requirements") = expect {
            assert_eq!(answer.redirect_parameters()["error_uri"], "http://localhost:8080/errors/acr-unreachable", "{section}");
        }
        if let (Code, Some(_)) = (&expect, answer.location()) {
            let state = answer.redirect_parameters().get("state").cloned();
            let sent = !extra.contains(&("state", ""));
            assert_eq!(state.is_some(), sent, "{section}: state byte for byte, or none");
        }
    }
}

#[tokio::test]
async fn requests_of_nobody_and_of_strangers() {
    let world = World::new().await;
    let (mut alice, _) = world.person_with_accounts("alice@example.test", ["Shop"]).await;
    let desk = world.client().await;
    check("Core 3.1.2.6: login_required", &alice.follows(&desk, &[("prompt", "none")]).await, &Error("login_required"));
    check("Core 3.1.2.3: sign-in", &alice.follows(&desk, &[]).await, &Page("Sign in"));
    let french = alice.follows(&desk, &[("ui_locales", "de fr-CA")]).await;
    assert_eq!((french.text("h1").as_str(), french.headers["content-language"].to_str().expect("text")), ("Connexion", "fr"));
    let prefilled = alice.follows(&desk, &[("login_hint", "bob@example.test")]).await;
    assert_eq!(prefilled.count("input[name=identifier][value='bob@example.test']"), 1, "Core 3.1.2.1: login_hint prefills");
    let mut lone = world.person("lone@example.test").await;
    let page = lone.follows(&desk, &[]).await;
    let refused = lone.types_password(&page).await;
    assert_eq!((refused.status.as_u16(), refused.text("h1").as_str()), (403, "No company uses this app"));
    let back = lone.browser.submit(&refused, "/refused", &[("action", "back")]).await.redirect_parameters();
    assert_eq!((back["error"].as_str(), back["error_uri"].as_str()), ("access_denied", "http://localhost:8080/errors/no-organization"));
}

#[tokio::test]
async fn core_3_1_2_1_reauthentication_moves_auth_time_and_max_age_is_honoured() {
    let (world, mut alice, mut desk) = signed_in().await;
    let before = alice.enters(&mut desk, "shop").await.claims["auth_time"].as_i64().expect("a time");
    world.advance(Seconds(100));
    check("Core 3.1.2.6: silent and outrun", &alice.follows(&desk, &[("prompt", "none"), ("max_age", "50")]).await, &Error("login_required"));
    for extra in [("prompt", "login"), ("max_age", "50")] {
        world.advance(Seconds(60));
        let page = alice.follows(&desk, &[extra]).await;
        assert_eq!(page.text("h1"), "Sign in", "{extra:?}");
        assert_eq!(page.count("input[name=identifier][value='alice@example.test']"), 1, "whoever is signed in is prefilled");
        let answer = alice.goes_through(page, None).await;
        let tokens = desk.complete(&answer).await;
        assert_eq!(tokens.claims["auth_time"], world.now().seconds(), "{extra:?}");
        assert!(tokens.claims["auth_time"].as_i64().expect("a time") > before);
    }
}

#[tokio::test]
async fn after_prompt_login_only_the_identity_proved_again_may_be_chosen() {
    let world = World::new().await;
    let (mut alice, _) = world.person_with_accounts("alice@example.test", ["Shop", "Depot"]).await;
    let (bob, [mill]) = world.person_with_accounts("bob@example.test", ["Mill"]).await;
    let mut desk = world.client().await;
    alice.enters(&mut desk, "shop").await;
    let page = alice.follows(&desk, &[("prompt", "login")]).await;
    let mut both = bob.clone();
    both.browser = alice.browser.clone();
    let page = both.types_password(&page).await;
    // Bob has one account: no chooser, and none of Alice's accounts is offered.
    let answer = both.goes_through(page, None).await;
    assert_eq!(desk.complete(&answer).await.text("account_id"), mill.as_str());
    let page = both.follows(&desk, &[("prompt", "login select_account")]).await;
    let page = both.types_password(&page).await;
    assert_eq!((page.text("h1").as_str(), page.count("section")), ("Choose an account", 1), "only Bob's");
}

#[tokio::test]
async fn core_3_1_2_1_several_prompts_are_gone_through_one_after_the_other() {
    let (_world, mut alice, mut desk) = signed_in().await;
    let page = alice.follows(&desk, &[("organization", "shop"), ("prompt", "login consent")]).await;
    assert_eq!(page.text("h1"), "Sign in");
    let page = alice.types_password(&page).await;
    assert_eq!(page.text("h1"), "Desk asks for access", "consent was remembered, and is asked for all the same");
    let answer = alice.browser.submit(&page, "/consent", &[("decision", "allow")]).await;
    assert_eq!(desk.complete(&answer).await.text("org_slug"), "shop");
}

#[tokio::test]
async fn a_request_that_needs_no_page_is_answered_at_once_and_stores_no_interaction() {
    let (_world, mut alice, mut desk) = signed_in().await;
    let answer = alice.browser.get(&desk.request(&[("organization", "shop")])).await;
    assert!(answer.location().is_some_and(|l| l.starts_with("https://app.example.test/callback?code=")), "{:?}", answer.location());
    desk.complete(&answer).await;
    let silent = alice.browser.get(&desk.request(&[("organization", "nowhere"), ("prompt", "none")])).await;
    assert!(silent.location().is_some_and(|l| l.starts_with("https://app.example.test/callback?error=")), "{:?}", silent.location());
}

#[tokio::test]
async fn core_3_1_3_7_a_request_without_a_nonce_gets_an_id_token_without_one() {
    let (_world, mut alice, mut desk) = signed_in().await;
    let answer = alice.follows(&desk, &[("nonce", "")]).await;
    assert!(!desk.complete(&answer).await.claims.contains_key("nonce"));
    let answer = alice.follows(&desk, &[("nonce", "n-0S6_WzA2Mj ü")]).await;
    assert_eq!(desk.complete(&answer).await.text("nonce"), "n-0S6_WzA2Mj ü", "verbatim");
}

#[tokio::test]
async fn core_5_4_and_5_5_claims_of_scopes_are_at_userinfo_and_in_the_id_token_only_when_asked_for() {
    let (world, mut alice, mut desk) = signed_in().await;
    let answer = alice.follows(&desk, &[]).await;
    let plain = desk.complete(&answer).await;
    for claim in ["email", "email_verified", "name", "given_name", "updated_at"] {
        assert!(!plain.claims.contains_key(claim), "Core 5.4: with a code, {claim} is at UserInfo");
    }
    let told = desk.userinfo(&plain.access_token).await.json();
    assert_eq!((told["email"].as_str(), told["email_verified"].as_bool()), (Some("alice@example.test"), Some(true)));
    assert!(told["updated_at"].is_i64(), "Core 5.1: a number");
    let answer = alice.follows(&desk, &[("claims", r#"{"id_token":{"email":{"essential":true},"given_name":null}}"#)]).await;
    let asked = desk.complete(&answer).await;
    assert_eq!((asked.text("email"), asked.text("given_name")), ("alice@example.test", "Alex"), "Core 5.5");
    assert!(!asked.claims.contains_key("family_name"));
    let mut old = world.client_with(|m| m.claims_in_id_token = true).await;
    let filled = alice.enters(&mut old, "shop").await;
    assert_eq!((filled.text("email"), filled.text("family_name")), ("alice@example.test", "Doe"), "a client that reads no UserInfo");
    assert!(filled.claims["updated_at"].is_i64() && filled.claims["auth_time"].is_i64());
}

#[tokio::test]
async fn core_11_offline_access_is_ignored_where_no_refresh_token_may_be_had() {
    let world = World::new().await;
    let (mut alice, _) = world.person_with_accounts("alice@example.test", ["Shop"]).await;
    let mut desk = world.client_with(|m| m.grant_types = vec![vestibule::protocol::GrantType::AuthorizationCode]).await;
    let page = alice.follows(&desk, &[("organization", "shop"), ("scope", "openid offline_access"), ("prompt", "consent")]).await;
    let page = alice.types_password(&page).await;
    assert_eq!(page.text("h1"), "Desk asks for access");
    assert!(!page.text("main").contains("while you are not there"), "nothing is asked for that is not given");
    let answer = alice.goes_through(page, None).await;
    assert!(desk.complete(&answer).await.refresh_token.is_none());
}

#[tokio::test]
async fn consent_without_a_company_is_remembered_for_whoever_has_accounts_too() {
    let world = World::new().await;
    let (mut alice, _) = world.person_with_accounts("alice@example.test", ["Shop", "Depot"]).await;
    let mut desk = world.client_with(|m| m.organization_usage = vestibule::protocol::OrganizationUsage::Allow).await;
    let page = alice.follows(&desk, &[]).await;
    let mut page = alice.types_password(&page).await;
    let id = alice.id.to_string();
    for turn in ["asked once", "remembered"] {
        assert_eq!(page.text("h1"), "Choose an account", "{turn}");
        let answer = alice.browser.submit(&page, "/account", &[("identity", &id)]).await;
        assert_eq!(answer.location().is_some(), turn == "remembered", "{turn}: {}", answer.text("h1"));
        let answer = alice.goes_through(answer, None).await;
        assert!(!desk.complete(&answer).await.claims.contains_key("org_id"));
        page = alice.follows(&desk, &[]).await;
    }
}

#[tokio::test]
async fn core_3_1_2_2_a_hint_names_the_person_expected() {
    let world = World::new().await;
    let (mut alice, [_, _]) = world.person_with_accounts("alice@example.test", ["Shop", "Depot"]).await;
    let (bob, _) = world.person_with_accounts("bob@example.test", ["Mill"]).await;
    let mut desk = world.client().await;
    let tokens = alice.enters(&mut desk, "depot").await;
    let hint = tokens.id_token.clone().expect("one");
    // Core 3.1.2.1: whoever it was issued for among our clients; but by us.
    let mut second = world.client().await;
    let of_second = alice.enters(&mut second, "depot").await;
    let answer = alice.follows(&desk, &[("prompt", "none"), ("id_token_hint", of_second.id_token.as_ref().expect("one"))]).await;
    assert_eq!(desk.complete(&answer).await.text("account_id"), tokens.text("account_id"));
    let mut foreign = tokens.claims.clone();
    foreign.insert("iss".into(), "https://else.example.test".into());
    let signed = world.app.keys().sign(vestibule::crypto::JwtKind::IdToken, vestibule::protocol::SigningAlgorithm::ES256, &foreign).expect("signed");
    check("Core 3.1.2.2: another issuer", &alice.follows(&desk, &[("id_token_hint", &signed)]).await, &Error("invalid_request"));
    world.advance(Seconds::hours(2));
    let answer = alice.follows(&desk, &[("prompt", "none"), ("id_token_hint", &hint)]).await;
    assert_eq!(desk.complete(&answer).await.text("account_id"), tokens.text("account_id"), "silent, with an expired hint: the account of the hint");
    let mut other = bob.clone();
    let page = other.follows(&desk, &[]).await;
    let answer = other.goes_through(page, None).await;
    desk.complete(&answer).await;
    check("Core 3.1.2.6: another person is signed in", &other.follows(&desk, &[("prompt", "none"), ("id_token_hint", &hint)]).await, &Error("login_required"));
    let page = other.follows(&desk, &[("id_token_hint", &hint)]).await;
    assert_eq!(page.text("h1"), "Sign in");
    check("design.md 5.1: finishing as another", &other.types_password(&page).await, &Error("login_required"));
}

#[tokio::test]
async fn response_modes_query_fragment_and_form_post() {
    let (_world, mut alice, desk) = signed_in().await;
    let query = alice.follows(&desk, &[]).await;
    assert!(query.location().is_some_and(|l| l.contains("/callback?code=")));
    let fragment = alice.follows(&desk, &[("response_mode", "fragment")]).await;
    assert!(fragment.location().is_some_and(|l| l.contains("/callback#code=")));
    let post = alice.follows(&desk, &[("response_mode", "form_post"), ("state", "\"><script>alert(1)</script>")]).await;
    assert_eq!(post.count("form#answer[action='https://app.example.test/callback'] input[name=code]"), 1);
    assert_eq!(post.count("form#answer button"), 1, "a button without script");
    assert!(!post.body.contains("<script>alert"));
    assert_eq!(post.headers["cache-control"], "no-store");
    assert!(post.headers["content-security-policy"].to_str().expect("text").contains("form-action https://app.example.test;"), "only there");
    let refused = alice.follows(&desk, &[("response_mode", "form_post"), ("prompt", "none login")]).await;
    assert_eq!(refused.count("form#answer input[name=error][value=invalid_request]"), 1, "errors in the mode of the request");
}

#[tokio::test]
async fn core_3_1_2_1_the_authorization_endpoint_takes_posts_from_other_sites() {
    let (world, mut alice, mut desk) = signed_in().await;
    let url = desk.request(&[]);
    let body = url.split_once('?').expect("a query").1.to_owned();
    // A cross-site POST carries no Lax cookie (decisions.md 4).
    let request = axum::http::Request::post("/authorize")
        .header("content-type", "application/x-www-form-urlencoded")
        .header("sec-fetch-site", "cross-site")
        .header("cookie", "")
        .body(body.into())
        .expect("a request");
    let stored = alice.browser.send(request).await;
    assert_eq!(stored.status, 303);
    assert!(stored.headers.get("set-cookie").is_none(), "the session of the browser is left alone");
    let answer = alice.browser.follow(stored.clone()).await;
    assert_eq!(desk.complete(&answer).await.text("org_slug"), "shop", "judged on the GET");
    let mut mallory = world.browser();
    assert_eq!(mallory.follow(stored).await.status, 403, "bound to the first browser that came");
}

#[tokio::test]
async fn the_choice_of_an_account() {
    let world = World::new().await;
    let (mut alice, [shop, depot]) = world.person_with_accounts("alice@example.test", ["Shop", "Depot"]).await;
    let (_, [foreign]) = world.person_with_accounts("bob@example.test", ["Mill"]).await;
    let mut desk = world.client().await;
    alice.enters(&mut desk, "shop").await;
    let unknown_account = "acc_0190b5e2a1b27c3d8e4f5a6b7c8d9e0f";
    let denied = Page("This company cannot be entered");
    let silent = alice.follows(&desk, &[("prompt", "none")]).await;
    check("t44: several possible, silent: never guess", &silent, &Error("account_selection_required"));
    assert_eq!(silent.redirect_parameters()["error_uri"], "http://localhost:8080/errors/account-ambiguous");
    check("5.1: silent with organization", &alice.follows(&desk, &[("prompt", "none"), ("organization", "shop")]).await, &Code);
    check("5.1: silent with a selector", &alice.follows(&desk, &[("prompt", "none"), ("login_hint", shop.as_str())]).await, &Code);
    check(
        "5.1: selector outside organization, reachable",
        &alice.follows(&desk, &[("organization", "shop"), ("login_hint", depot.as_str())]).await,
        &Error("invalid_request"),
    );
    for (what, extra) in [
        ("an unknown company", ("organization", "nowhere")),
        ("a company that is not hers", ("organization", "mill")),
        ("an account that is not hers", ("login_hint", foreign.as_str())),
        ("an account that does not exist", ("login_hint", unknown_account)),
        ("a selector that is no id", ("login_hint", "acc_x")),
    ] {
        let page = alice.follows(&desk, &[extra]).await;
        check(what, &page, &denied);
        assert!(!page.body.contains("bob@"), "{what}: never reveals its owner");
        let silent = alice.follows(&desk, &[extra, ("prompt", "none")]).await;
        check(what, &silent, &Error("access_denied"));
        assert_eq!(silent.redirect_parameters()["error_uri"], "http://localhost:8080/errors/organization-access-denied", "{what}");
    }
    // Threats.md T34: the app named a company, so no other one is offered; an unreachable selector may widen.
    assert_eq!(alice.follows(&desk, &[("organization", "nowhere")]).await.count("button[value=choose]"), 0);
    let page = alice.follows(&desk, &[("login_hint", unknown_account)]).await;
    let page = alice.browser.submit(&page, "/refused", &[("action", "choose")]).await;
    assert_eq!(page.text("h1"), "Choose an account");
    let answer = alice.goes_through(page, Some(&depot)).await;
    assert_eq!(desk.complete(&answer).await.text("account_id"), depot.as_str());
}

#[tokio::test]
async fn t34_a_choice_outside_the_company_that_the_app_named_is_not_taken() {
    let world = World::new().await;
    let (mut alice, [_, depot]) = world.person_with_accounts("alice@example.test", ["Shop", "Depot"]).await;
    let mut desk = world.client().await;
    alice.enters(&mut desk, "shop").await;
    let page = alice.follows(&desk, &[("organization", "shop"), ("prompt", "select_account")]).await;
    assert_eq!(page.count("button[name=account]"), 1, "only accounts in it");
    // A bent form: the account of another company.
    let page = alice.browser.submit(&page, "/account", &[("account", depot.as_str())]).await;
    assert_eq!(page.text("h1"), "Choose an account");
}

#[tokio::test]
async fn account_selection_oldest_and_last_used_and_their_limits() {
    let world = World::new().await;
    let (mut alice, [shop, depot]) = world.person_with_accounts("alice@example.test", ["Shop", "Depot"]).await;
    let mut ask = world.client().await;
    let mut oldest = world.client_with(|m| m.account_selection = vestibule::protocol::AccountSelection::Oldest).await;
    let mut last = world.client_with(|m| m.account_selection = vestibule::protocol::AccountSelection::LastUsed).await;
    alice.enters(&mut ask, "shop").await;
    world.advance(Seconds(5));
    alice.enters(&mut ask, "depot").await;
    let page = alice.follows(&ask, &[]).await;
    assert_eq!(page.text(".choices li:first-child strong"), "Depot", "the last used one comes first");
    let page = alice.follows(&oldest, &[]).await;
    let answer = alice.goes_through(page, None).await;
    assert_eq!(oldest.complete(&answer).await.text("account_id"), shop.as_str());
    world.advance(Seconds(5));
    alice.switches_to(&mut ask, "depot").await;
    let page = alice.follows(&last, &[]).await;
    let answer = alice.goes_through(page, None).await;
    assert_eq!(last.complete(&answer).await.text("account_id"), depot.as_str());
    check("5.1: account_selection is ignored when silent", &alice.follows(&oldest, &[("prompt", "none")]).await, &Error("account_selection_required"));
}

#[tokio::test]
async fn the_consent_page_says_in_which_roles_somebody_enters() {
    let world = World::new().await;
    world.company("Shop").await;
    for role in ["Seller", "Buyer"] {
        world.role("shop", &role.to_lowercase(), &["orders:write"]).await;
    }
    let mut alice = world.person("alice@example.test").await;
    world.account_with(&alice, "shop", AccountKind::Member, &["seller", "buyer"], &[]).await;
    let mut desk = world.client().await;
    let page = alice.follows(&desk, &[]).await;
    let page = alice.types_password(&page).await;
    assert!(page.has_form("/consent"), "{}", page.body);
    assert_eq!(page.text(".choice.still small"), "buyer, seller");
    let tokens = alice.enters(&mut desk, "shop").await;
    assert_eq!(tokens.access_claims()["roles"], serde_json::json!(["buyer", "seller"]), "in order");
    assert_eq!(tokens.access_claims()["permissions"], serde_json::json!(["orders:write"]), "once, though both roles have it");
}

#[tokio::test]
async fn consent_is_asked_once_per_account_and_scopes() {
    let world = World::new().await;
    let (mut alice, [shop, _]) = world.person_with_accounts("alice@example.test", ["Shop", "Depot"]).await;
    let mut desk = world.client().await;
    alice.enters(&mut desk, "shop").await;
    check(
        "Core 3.1.2.6: consent for another account",
        &alice.follows(&desk, &[("prompt", "none"), ("organization", "depot")]).await,
        &Error("consent_required"),
    );
    check(
        "Core 3.1.2.6: consent for more scopes",
        &alice.follows(&desk, &[("prompt", "none"), ("organization", "shop"), ("scope", "openid organizations")]).await,
        &Error("consent_required"),
    );
    check("remembered", &alice.follows(&desk, &[("prompt", "none"), ("organization", "shop"), ("scope", "openid email")]).await, &Code);
    let page = alice.follows(&desk, &[("organization", "depot")]).await;
    let refused = alice.browser.submit(&page, "/consent", &[("decision", "deny")]).await;
    check("RFC 6749 4.1.2.1: the person refuses", &refused, &Error("access_denied"));
    let again = alice.browser.open(&page.path).await;
    assert_eq!((again.status.as_u16(), again.text("h1").as_str()), (410, "This sign-in is already finished"), "the back button");
    // A consent for one account is none for another: the page says who and what, and so does its form.
    let page = alice.follows(&desk, &[("organization", "depot")]).await;
    let page = alice.browser.submit(&page, "/consent", &[("decision", "allow"), ("account", shop.as_str())]).await;
    assert_eq!(page.text("h1"), "Desk asks for access");
    let implicit = world.client_with(|m| m.consent = ConsentPolicy::Implicit).await;
    check("decisions.md 16: the operator vouches", &alice.follows(&implicit, &[("organization", "depot")]).await, &Code);
    let mut native = world.client_with(|m| m.application_type = vestibule::protocol::ApplicationType::Native).await;
    alice.enters(&mut native, "shop").await;
    check(
        "RFC 8252 8.6: nothing is skipped for native apps",
        &alice.follows(&native, &[("prompt", "none"), ("organization", "shop")]).await,
        &Error("consent_required"),
    );
}

#[tokio::test]
async fn two_tabs_finish_one_interaction_once() {
    let world = World::new().await;
    let (mut alice, _) = world.person_with_accounts("alice@example.test", ["Shop"]).await;
    let mut desk = world.client().await;
    let page = alice.follows(&desk, &[]).await;
    let consent = alice.types_password(&page).await;
    let mut second_tab = alice.browser.clone();
    let answer = alice.browser.submit(&consent, "/consent", &[("decision", "allow")]).await;
    desk.complete(&answer).await;
    let late = second_tab.submit(&consent, "/consent", &[("decision", "allow")]).await;
    assert_eq!((late.status.as_u16(), late.text("h1").as_str()), (410, "This sign-in is already finished"));
    world.advance(Seconds::minutes(31));
    let expired = alice.follows(&desk, &[("prompt", "login")]).await;
    world.advance(Seconds::minutes(31));
    assert_eq!(alice.browser.open(&expired.path).await.text("h1"), "This sign-in took too long");
}

#[tokio::test]
async fn t50_decision_34_a_person_with_hundreds_of_accounts_is_read_a_page_at_a_time() {
    let world = World::new().await;
    let (mut hugo, _) = world.person_with_accounts("hugo@example.test", ["Alpha"]).await;
    for n in 0..60 {
        let name = format!("Beta{n}");
        world.company(&name).await;
        world.account(&hugo, &name.to_lowercase(), AccountKind::Member).await;
    }
    let mut desk = world.client_with(|m| m.scope = vestibule::types::ScopeSet::parse("openid profile email organizations")).await;
    let before = vestibule::store::rows_read();
    let first = hugo.enters(&mut desk, "alpha").await;
    assert!(vestibule::store::rows_read() - before <= 8, "a chosen company costs no list: {}", vestibule::store::rows_read() - before);
    let before = vestibule::store::rows_read();
    let page = hugo.follows(&desk, &[]).await;
    let read = vestibule::store::rows_read() - before;
    assert_eq!(page.count("button[name=account]"), 20);
    assert!(read <= 30, "{read} rows for one page");
    assert_eq!(page.count("input[type=search]"), 1);
    let mut seen = 20;
    let mut more = page.html().select(&scraper::Selector::parse(".more a").expect("a selector")).next().and_then(|a| a.attr("href")).map(str::to_owned);
    while let Some(next) = more {
        let page = hugo.browser.open(&next).await;
        seen += page.count("button[name=account]");
        more =
            page.html().select(&scraper::Selector::parse(".more a[href*=after]").expect("a selector")).next().and_then(|a| a.attr("href")).map(str::to_owned);
    }
    assert_eq!(seen, 61);
    let found = hugo.browser.open(&format!("{}?q=BETA5", page.path)).await;
    assert_eq!(found.count("button[name=account]"), 11, "beta5 and beta50 to beta59");
    let nothing = hugo.browser.open(&format!("{}?q=%25", page.path)).await;
    assert_eq!(nothing.count("button[name=account]"), 0, "wildcards are letters");

    // The listing for apps, with its own audience and scope.
    let page = hugo.follows(&desk, &[("organization", "alpha"), ("scope", "openid organizations"), ("resource", "http://localhost:8080/api")]).await;
    let answer = hugo.goes_through(page, None).await;
    let token = desk.complete(&answer).await.access_token;
    let mut cursor = String::new();
    let mut ids = std::collections::BTreeSet::new();
    let mut list = async |query: &str, token: &str| {
        desk.http
            .send(
                axum::http::Request::get(format!("/api/v1/me/accounts{query}"))
                    .header("authorization", format!("Bearer {token}"))
                    .body(axum::body::Body::empty())
                    .expect("a request"),
            )
            .await
    };
    loop {
        let before = vestibule::store::rows_read();
        let page = list(&format!("?limit=25&cursor={cursor}"), &token).await.json();
        assert!(vestibule::store::rows_read() - before <= 26);
        for item in page["accounts"].as_array().expect("accounts") {
            assert_eq!(item["current"], item["org_slug"] == "alpha");
            ids.insert(item["account_id"].as_str().expect("an id").to_owned());
        }
        match page["next_cursor"].as_str() {
            Some(next) => cursor = next.to_owned(),
            None => break,
        }
    }
    assert_eq!(ids.len(), 61);
    assert_eq!(list("?limit=0", &token).await.status, 400);
    assert_eq!(list("?cursor=x", &token).await.headers["content-type"], "application/problem+json");
    assert_eq!(list("", &first.access_token).await.status, 401, "a token for another audience");
    assert_eq!(list("", "").await.status, 401);
}

#[tokio::test]
async fn nobody_learns_whether_a_company_exists() {
    let world = World::new().await;
    let (mut alice, [shop, _]) = world.person_with_accounts("alice@example.test", ["Shop", "Depot"]).await;
    let (bob, _) = world.person_with_accounts("bob@example.test", ["Mill"]).await;
    world.company("Secret").await;
    let mut desk = world.client().await;
    alice.enters(&mut desk, "shop").await;
    let mut answers = std::collections::BTreeMap::<&str, Vec<String>>::new();
    for company in ["secret", "nowhere"] {
        let mut seen = Vec::new();
        for extra in [
            vec![("prompt", "none")],
            vec![],
            vec![("prompt", "none"), ("login_hint", shop.as_str())],
            vec![("login_hint", shop.as_str())],
            vec![("prompt", "select_account")],
            vec![("prompt", "none"), ("max_age", "1")],
        ] {
            let mut all = vec![("organization", company)];
            all.extend(extra);
            seen.push(outcome(&alice.follows(&desk, &all).await));
        }
        // The refusal page, "another identity", and back.
        let page = alice.follows(&desk, &[("organization", company)]).await;
        let page = alice.browser.submit(&page, "/identity", &[]).await;
        let page = alice.browser.submit(&page, "/identity", &[("back", "1")]).await;
        seen.push(outcome(&page));
        answers.insert(company, seen);
    }
    assert_eq!(answers["secret"], answers["nowhere"]);
    // Of two who are signed in, one has to show the password again: only for a company where that one has an account.
    let page = alice.follows(&desk, &[("prompt", "select_account")]).await;
    let page = alice.browser.submit(&page, "/identity", &[]).await;
    let mut both = bob.clone();
    both.browser = alice.browser.clone();
    world.advance(Seconds(100));
    both.types_password(&page).await;
    let stale = |company| [("organization", company), ("prompt", "none"), ("max_age", "50")];
    assert_eq!(outcome(&both.follows(&desk, &stale("secret")).await), outcome(&both.follows(&desk, &stale("nowhere")).await));
    check("her own company", &both.follows(&desk, &stale("shop")).await, &Error("login_required"));
}

#[tokio::test]
async fn t44_a_silent_request_for_an_account_that_is_gone_gets_no_other_one() {
    let world = World::new().await;
    let (mut alice, [shop, _]) = world.person_with_accounts("alice@example.test", ["Shop", "Depot"]).await;
    let mut desk = world.client().await;
    alice.enters(&mut desk, "depot").await;
    let hint = alice.enters(&mut desk, "shop").await.id_token.expect("one");
    vestibule::actions::end_account(&world.app, &shop, &Default::default(), world.now()).await.expect("no fault").expect("ended");
    check("silent", &alice.follows(&desk, &[("prompt", "none"), ("id_token_hint", &hint)]).await, &Error("access_denied"));
}

#[tokio::test]
async fn with_or_without_a_company_the_chooser_has_no_dead_end() {
    let world = World::new().await;
    let mut lone = world.person("lone@example.test").await;
    let mut desk = world.client_with(|m| m.organization_usage = vestibule::protocol::OrganizationUsage::Allow).await;
    let page = lone.follows(&desk, &[("prompt", "select_account")]).await;
    let page = lone.types_password(&page).await;
    assert_eq!(page.text("h1"), "Choose an account");
    let id = lone.id.to_string();
    let page = lone.browser.submit(&page, "/account", &[("identity", &id)]).await;
    let answer = lone.goes_through(page, None).await;
    assert!(!desk.complete(&answer).await.claims.contains_key("org_id"));
}

#[tokio::test]
async fn t35_no_trick_with_the_redirect_uri_leads_away_and_every_answer_names_its_issuer() {
    let (_world, mut alice, desk) = signed_in().await;
    for trick in [
        "https://app.example.test/callback/",
        "https://app.example.test/callback?x=1",
        "https://app.example.test/callback#x",
        "https://app.example.test/callback/../evil",
        "https://app.example.test:443/callback",
        "https://app.example.test.evil.test/callback",
        "https://app.example.test@evil.test/callback",
        "https://evil.test\\@app.example.test/callback",
        "//app.example.test/callback",
        "javascript:alert(1)//https://app.example.test/callback",
        "https://APP.example.test/callback",
        " https://app.example.test/callback",
    ] {
        for extra in [&[("redirect_uri", trick)][..], &[("redirect_uri", trick), ("prompt", "none")], &[("redirect_uri", trick), ("response_type", "dance")]] {
            let answer = alice.follows(&desk, extra).await;
            assert_eq!((answer.status.as_u16(), answer.location()), (400, None), "{trick}");
        }
    }
    for extra in [&[][..], &[("prompt", "none login")], &[("response_type", "dance")]] {
        assert_eq!(alice.follows(&desk, extra).await.redirect_parameters()["iss"], "http://localhost:8080");
    }
}

#[tokio::test]
async fn t43_no_current_company_is_stored_anywhere_but_in_the_grant() {
    let world = World::new().await;
    let (mut alice, _) = world.person_with_accounts("alice@example.test", ["Shop", "Depot"]).await;
    let mut desk = world.client().await;
    let shop = alice.enters(&mut desk, "shop").await;
    let depot = alice.enters(&mut desk, "depot").await;
    // Entering the depot in one tab changes nothing for the tab that is in the shop.
    for (tokens, company) in [(&shop, "shop"), (&depot, "depot"), (&shop, "shop")] {
        assert_eq!(desk.userinfo(&tokens.access_token).await.json()["org_slug"], company);
    }
    let answer = desk.refresh(shop.refresh_token.as_ref().expect("one"), &[]).await;
    assert_eq!(desk.tokens(&answer).await.text("org_slug"), "shop");
    check("and silently nothing is guessed from what was last", &alice.follows(&desk, &[("prompt", "none")]).await, &Error("account_selection_required"));
}

#[tokio::test]
async fn t48_a_company_cannot_dress_up_as_another_one() {
    let world = World::new().await;
    for name in ["Shop\u{202e}", "Sh\u{200b}op", "Shop\u{0007}", "\u{2066}Shop"] {
        assert!(vestibule::types::DisplayText::parse(name).is_err(), "{name:?}");
    }
    let (mut alice, _) = world.person_with_accounts("alice@example.test", ["Shop"]).await;
    let desk = world.client().await;
    let page = alice.follows(&desk, &[("prompt", "select_account")]).await;
    let page = alice.types_password(&page).await;
    assert_eq!(page.count("button.choice[title=shop]"), 1, "its own short name shows on hover");
}

#[tokio::test]
async fn t50_ten_thousand_accounts_are_a_page_like_any_other() {
    use vestibule::store::accounts::{self, NewAccount};
    use vestibule::store::companies::{self, NewCompany};
    use vestibule::types::{AccountId, CompanyId, DisplayText, Slug};
    let world = World::new().await;
    let (mut hugo, [first]) = world.person_with_accounts("hugo@example.test", ["Alpha"]).await;
    let (mut rng, now) = (world.app.rng(), world.now());
    let mut tx = world.app.store.begin().await.expect("a transaction");
    for n in 0..10_000 {
        let id = CompanyId::mint(now, &mut rng);
        let new = NewCompany {
            id: id.clone(),
            name: DisplayText::parse(&format!("Company {n}")).expect("a name"),
            slug: Slug::parse(&format!("company-{n}")).expect("a slug"),
            region: "eu".into(),
            publicly_named: false,
            logo: None,
        };
        companies::add(&mut tx, &new, now).await.expect("a write").expect("added");
        let account = NewAccount { id: AccountId::mint(now, &mut rng), identity_id: hugo.id.clone(), company_id: id, kind: AccountKind::Member, seat: true };
        accounts::add(&mut tx, &account, now).await.expect("a write").expect("added");
    }
    tx.commit().await.expect("committed");
    let mut desk = world.client().await;
    let before = vestibule::store::rows_read();
    let tokens = hugo.enters(&mut desk, "alpha").await;
    assert_eq!(tokens.text("account_id"), first.as_str());
    assert!(tokens.access_token.len() < 1500, "a token is as long for ten thousand accounts as for one");
    let page = hugo.follows(&desk, &[]).await;
    assert!(vestibule::store::rows_read() - before <= 40, "{}", vestibule::store::rows_read() - before);
    assert_eq!(page.count("button[name=account]"), 20);
    let found = hugo.browser.open(&format!("{}?q=company+9999", page.path)).await;
    assert_eq!(found.count("button[name=account]"), 1);
    assert_eq!(hugo.browser.open("/").await.count(".tile"), 20);
}

#[tokio::test]
async fn parameters_are_read_strictly_and_faults_go_back_to_the_app() {
    let (_world, mut alice, desk) = signed_in().await;
    let long = format!("&x={}", "a".repeat(5000));
    let cases: Vec<(&str, String, Expect)> = vec![
        ("RFC 6749 3.1: a repeated parameter", "&scope=openid".into(), Error("invalid_request")),
        ("RFC 6749 3.1: an unknown one, repeated", "&x=1&x=2".into(), Error("invalid_request")),
        ("RFC 6749 3.1: a parameter without a value is absent", "&prompt=&max_age=&claims=".into(), Code),
        ("RFC 8707 2: resource alone may be repeated", "&resource=http://localhost:8080&resource=http://localhost:8080/api".into(), Code),
        ("RFC 6749 B: not UTF-8", "&x=%ff".into(), Error("invalid_request")),
        ("RFC 6749 B: NUL", "&x=%00".into(), Error("invalid_request")),
        ("ours: an over-long value is refused, never cut", long, Error("invalid_request")),
    ];
    for (section, extra, expect) in cases {
        let answer = alice.browser.open(&format!("{}{extra}", desk.request(&[]))).await;
        check(section, &answer, &expect);
        assert_eq!(answer.redirect_parameters()["state"], "a state & more", "{section}");
    }
    // What is wrong with the address or the client itself is never answered there.
    for extra in ["&redirect_uri=https://evil.test/", "&client_id=x"] {
        let answer = alice.browser.open(&format!("{}{extra}", desk.request(&[]))).await;
        assert_eq!((answer.status.as_u16(), answer.location()), (400, None), "{extra}");
    }
    // RFC 6749 4.1.2.1: a state that cannot be read cannot be returned.
    let answer = alice.browser.open(&format!("{}&state=twice", desk.request(&[]))).await;
    check("a repeated state", &answer, &Error("invalid_request"));
    assert!(!answer.redirect_parameters().contains_key("state"));
}

#[tokio::test]
async fn core_3_1_2_1_without_openid_it_is_plain_oauth_and_no_id_token_comes_out() {
    let (_world, mut alice, mut desk) = signed_in().await;
    let answer = alice.follows(&desk, &[("scope", "email")]).await;
    let code = answer.redirect_parameters()["code"].clone();
    let tokens = desk.exchange(&code, &[]).await.json();
    assert!(tokens.get("id_token").is_none(), "{tokens}");
    let refused = desk.userinfo(tokens["access_token"].as_str().expect("a token")).await;
    assert_eq!((refused.status.as_u16(), refused.json()["error"].as_str()), (403, Some("insufficient_scope")), "Core 5.3");
}

#[tokio::test]
async fn registered_default_max_age_counts_like_a_parameter() {
    let world = World::new().await;
    let (mut alice, _) = world.person_with_accounts("alice@example.test", ["Shop"]).await;
    let mut desk = world.client_with(|m| m.default_max_age = Some(Seconds(60))).await;
    alice.enters(&mut desk, "shop").await;
    check("Registration 2: not outrun", &alice.follows(&desk, &[]).await, &Code);
    world.advance(Seconds(61));
    check("Registration 2: outrun", &alice.follows(&desk, &[]).await, &Page("Sign in"));
    check("Core 3.1.2.1: the request's own value goes over it", &alice.follows(&desk, &[("max_age", "1000")]).await, &Code);
}

#[tokio::test]
async fn core_3_1_2_1_display_popup_gets_pages_for_a_small_window() {
    let world = World::new().await;
    let (mut alice, _) = world.person_with_accounts("alice@example.test", ["Shop"]).await;
    let desk = world.client().await;
    let ordinary = alice.follows(&desk, &[]).await;
    assert_eq!(ordinary.count("body.popup"), 0);
    let small = alice.follows(&desk, &[("display", "popup")]).await;
    assert_eq!(small.count("body.popup"), 1);
    let refused = alice.browser.submit(&small, "/sign-in", &[("identifier", "x"), ("password", "y")]).await;
    assert_eq!(refused.count("body.popup"), 1, "an answer with a mistake stays small");
}
