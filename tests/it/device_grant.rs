//! Devices without a browser (RFC 8628): a person reads a code off the device, types it elsewhere, and the device fetches its tokens.

use serde_json::{Value, json};
use vestibule::actions::{self, Origin};
use vestibule::config::Registration;
use vestibule::protocol::{ClientAuthMethod, ClientKind, GrantType};
use vestibule::types::Seconds;

use crate::support::{Actor, Answer, RelyingApp, World};

const GRANT: &str = "urn:ietf:params:oauth:grant-type:device_code";

/// A till of two companies, and somebody who works at both.
async fn tills() -> (World, Actor, RelyingApp) {
    let world = World::new().await;
    let (alice, _) = world.person_with_accounts("alice@example.test", ["Shop", "Depot"]).await;
    let till = till(&world).await;
    (world, alice, till)
}

async fn till(world: &World) -> RelyingApp {
    world.client_with(|m| *m = ClientKind::Device.defaults()).await
}

/// What a device was told.
struct Waiting {
    device_code: String,
    user_code: String,
    link: String,
}

async fn asks(till: &mut RelyingApp, extra: &[(&str, &str)]) -> Waiting {
    let mut fields = extra.to_vec();
    if !extra.iter().any(|(name, _)| *name == "scope") {
        fields.push(("scope", "openid profile"));
    }
    let answer = till.post("/device_authorization", &fields).await;
    assert_eq!((answer.status.as_u16(), answer.headers["cache-control"].to_str().ok()), (200, Some("no-store")), "{}", answer.body);
    let told = answer.json();
    let text = |name: &str| told[name].as_str().unwrap_or_else(|| panic!("{name}: {told}")).to_owned();
    assert_eq!((told["expires_in"].as_i64(), told["interval"].as_i64()), (Some(600), Some(5)));
    assert_eq!(text("verification_uri"), "http://localhost:8080/device");
    Waiting { device_code: text("device_code"), user_code: text("user_code"), link: text("verification_uri_complete") }
}

async fn polls(till: &mut RelyingApp, waiting: &Waiting) -> Answer {
    till.post("/token", &[("grant_type", GRANT), ("device_code", &waiting.device_code)]).await
}

async fn error(till: &mut RelyingApp, waiting: &Waiting) -> String {
    let answer = polls(till, waiting).await;
    assert_eq!((answer.status.as_u16(), answer.headers["cache-control"].to_str().ok()), (400, Some("no-store")), "{}", answer.body);
    answer.json()["error"].as_str().unwrap_or_default().to_owned()
}

/// Types a code on the page for it; the page that follows.
async fn types(person: &mut Actor, code: &str) -> Answer {
    let page = person.browser.open("/device").await;
    person.browser.submit(&page, "/device", &[("user_code", code)]).await
}

/// The same, and signs in and lets the device in.
async fn lets_in(person: &mut Actor, waiting: &Waiting, company: &str) -> Answer {
    let page = types(person, &waiting.user_code).await;
    let page = if page.has_form("/sign-in") { person.types_password(&page).await } else { page };
    let page = if page.has_form("/account") { choose(person, &page, company).await } else { page };
    assert!(page.has_form("/consent"), "{}", page.body);
    person.browser.submit(&page, "/consent", &[("decision", "allow")]).await
}

async fn choose(person: &mut Actor, page: &Answer, company: &str) -> Answer {
    let html = page.html();
    let button = scraper::Selector::parse("button[name=account]").expect("a selector");
    let value = html
        .select(&button)
        .find(|b| b.text().any(|t| t.contains(company)))
        .and_then(|b| b.attr("value"))
        .unwrap_or_else(|| panic!("{}", page.body))
        .to_owned();
    person.browser.submit(page, "/account", &[("account", &value)]).await
}

#[tokio::test]
async fn rfc8628_3_a_till_shows_a_code_and_the_person_who_types_it_elsewhere_is_signed_in_on_it() {
    let (world, mut alice, mut till) = tills().await;
    let metadata = world.browser().get("/.well-known/openid-configuration").await.json();
    assert_eq!(metadata["device_authorization_endpoint"], "http://localhost:8080/device_authorization");
    assert!(metadata["grant_types_supported"].as_array().is_some_and(|g| g.contains(&json!(GRANT))));
    let waiting = asks(&mut till, &[]).await;
    assert_eq!(error(&mut till, &waiting).await, "authorization_pending");
    // A link with the code in it only fills it in.
    let page = alice.browser.open(&waiting.link).await;
    assert_eq!(page.attribute("#user_code", "value"), waiting.user_code);
    let page = types(&mut alice, &waiting.user_code.to_lowercase().replace('-', " ")).await;
    assert!(page.has_form("/sign-in"), "{}", page.body);
    let page = alice.types_password(&page).await;
    let page = choose(&mut alice, &page, "Depot").await;
    // The page names app, code, scopes and account, and asks.
    assert_eq!(page.text("p.usercode"), waiting.user_code);
    assert!(page.text("h1").contains("Desk") && page.text("main").contains("Depot") && page.text(".scopes").contains("name"), "{}", page.body);
    world.advance(Seconds(5));
    assert_eq!(error(&mut till, &waiting).await, "authorization_pending");
    let page = alice.browser.submit(&page, "/consent", &[("decision", "allow")]).await;
    assert!(page.status == 200 && page.text("h1").contains("connected") && page.text("main").contains("Depot"), "{}", page.body);
    let again = alice.browser.get(&page.path).await;
    assert_eq!((again.status.as_u16(), again.text("h1")), (200, page.text("h1")), "it can be looked at again");
    world.advance(Seconds(5));
    let answer = polls(&mut till, &waiting).await;
    let tokens = till.tokens(&answer).await;
    assert_eq!((tokens.text("org_slug"), tokens.text("acr"), tokens.claims.get("nonce")), ("depot", "urn:vestibule:acr:1fa", None));
    assert_eq!(till.userinfo(&tokens.access_token).await.status, 200);
    let refreshed = till.refresh(tokens.refresh_token.as_deref().expect("one"), &[]).await;
    assert_eq!(till.tokens(&refreshed).await.text("org_slug"), "depot");
    // Who let it in is told; the log says that it was a device.
    let mail = world.mails().await.into_iter().find(|m| m["subject"].as_str().is_some_and(|s| s.contains("device"))).expect("a mail");
    assert_eq!(mail["to"], "alice@example.test");
    assert!(mail["body"].as_str().is_some_and(|b| b.contains("Depot")), "{mail}");
    assert_eq!(world.audited("authorization.granted").await, 1);
    // It was for one use: a second one closes what came of the first (RFC 6749 4.1.2).
    assert_eq!(error(&mut till, &waiting).await, "invalid_grant");
    assert_eq!(till.userinfo(&tokens.access_token).await.status, 401);
    assert!(mail["body"].as_str().is_some_and(|b| b.contains("for Depot with")), "{mail}");
    // And its code is over.
    assert!(types(&mut alice, &waiting.user_code).await.text("#trouble").contains("No device"));
}

#[tokio::test]
async fn rfc8628_3_5_who_polls_too_soon_waits_longer_from_then_on_and_a_code_ends() {
    let (world, mut alice, mut till) = tills().await;
    let waiting = asks(&mut till, &[]).await;
    for (after, says) in
        [(0, "authorization_pending"), (4, "authorization_pending"), (3, "slow_down"), (8, "slow_down"), (14, "authorization_pending"), (5, "slow_down")]
    {
        world.advance(Seconds(after));
        assert_eq!(error(&mut till, &waiting).await, says, "after {after}");
    }
    world.advance(Seconds(600));
    assert_eq!(error(&mut till, &waiting).await, "expired_token");
    assert!(types(&mut alice, &waiting.user_code).await.text("#trouble").contains("No device"));
    // What was granted in the last moment can still be fetched for a minute, and is over then.
    for (after, fetched) in [(59, true), (60, false)] {
        let waiting = asks(&mut till, &[]).await;
        let page = types(&mut alice, &waiting.user_code).await;
        world.advance(Seconds(599));
        let page = if page.has_form("/sign-in") { alice.types_password(&page).await } else { page };
        let page = choose(&mut alice, &page, "Shop").await;
        assert!(alice.browser.submit(&page, "/consent", &[("decision", "allow")]).await.text("h1").contains("connected"));
        world.advance(Seconds(after));
        let answer = polls(&mut till, &waiting).await;
        assert_eq!((answer.status == 200, answer.json()["error"] == "expired_token"), (fetched, !fetched), "{}", answer.body);
    }
    let home = alice.browser.open("/").await;
    alice.browser.submit(&home, "/sign-out", &[]).await;
    // An answer that comes too late is none.
    let waiting = asks(&mut till, &[]).await;
    let page = types(&mut alice, &waiting.user_code).await;
    world.advance(Seconds(600));
    let late = alice.types_password(&page).await;
    assert!(late.status == 410 && late.count("a[href='/device']") == 1, "{}", late.body);
    assert_eq!(error(&mut till, &waiting).await, "expired_token");
}

#[tokio::test]
async fn rfc8628_3_5_a_device_that_is_not_let_in_is_told_and_why() {
    let (world, mut alice, mut till) = tills().await;
    let waiting = asks(&mut till, &[("organization", "shop")]).await;
    let page = types(&mut alice, &waiting.user_code).await;
    let page = alice.types_password(&page).await;
    assert!(page.has_form("/consent") && page.text("main").contains("Shop"), "the device named the company: {}", page.body);
    let page = alice.browser.submit(&page, "/consent", &[("decision", "deny")]).await;
    assert!(page.status == 200 && page.text("h1").contains("not connected"), "{}", page.body);
    assert_eq!(error(&mut till, &waiting).await, "access_denied");
    assert_eq!(error(&mut till, &waiting).await, "access_denied", "at every poll");
    // A company that is not hers.
    world.company("Bank").await;
    let waiting = asks(&mut till, &[("organization", "bank")]).await;
    let page = types(&mut alice, &waiting.user_code).await;
    let page = alice.browser.submit(&page, "/refused", &[("action", "back")]).await;
    assert!(page.text("h1").contains("not connected"), "{}", page.body);
    let refused = polls(&mut till, &waiting).await.json();
    assert_eq!(
        (refused["error"].as_str(), refused["error_uri"].as_str()),
        (Some("access_denied"), Some("http://localhost:8080/errors/organization-access-denied"))
    );
    assert_eq!(world.audited("authorization.refused").await, 2);
}

#[tokio::test]
async fn rfc8628_5_4_nobody_is_let_in_by_a_link_by_another_browser_or_without_being_asked_each_time() {
    let world = World::new().await;
    let (mut alice, _) = world.person_with_accounts("alice@example.test", ["Shop"]).await;
    // Even for an app that the operator vouches for, and which she let in before.
    let mut till = world
        .client_with(|m| {
            m.grant_types = vec![GrantType::DeviceCode, GrantType::AuthorizationCode];
            m.consent = vestibule::protocol::ConsentPolicy::Implicit;
        })
        .await;
    for _ in 0..2 {
        let waiting = asks(&mut till, &[]).await;
        let page = lets_in(&mut alice, &waiting, "Shop").await;
        assert!(page.text("h1").contains("connected"), "{}", page.body);
    }
    let waiting = asks(&mut till, &[]).await;
    assert_eq!(error(&mut till, &waiting).await, "authorization_pending");
    let page = alice.browser.open(&waiting.link).await;
    assert!(page.has_form("/device") && page.form_actions().len() == 1, "{}", page.body);
    assert_eq!(error(&mut till, &waiting).await, "slow_down", "looking at a link decides nothing");
    // The first browser that enters the code has it.
    let page = types(&mut alice, &waiting.user_code).await;
    let mut mallory = world.person("mallory@example.test").await;
    assert!(types(&mut mallory, &waiting.user_code).await.text("#trouble").contains("another browser"));
    assert_eq!(mallory.browser.get(&page.path).await.status, 403);
    assert!(types(&mut alice, &waiting.user_code).await.has_form("/consent"), "and comes back to it");
    // An interaction that no browser has entered the code of is nobody's, whoever knows its address.
    let waiting = asks(&mut till, &[]).await;
    let code = waiting.user_code.parse().expect("a code");
    let row = vestibule::store::device_authorizations::typed(&world.app.store.db, &code).await.expect("a read").expect("a row");
    assert_eq!(mallory.browser.get(&format!("/interaction/{}", row.interaction_id)).await.status, 403);
    assert_eq!(world.audited("authorization.granted").await, 2);
}

#[tokio::test]
async fn rfc8628_5_1_user_codes_cannot_be_guessed_and_a_typing_mistake_costs_nothing() {
    let (world, mut alice, mut till) = tills().await;
    let waiting = asks(&mut till, &[]).await;
    for nonsense in ["", "hello", "WDJB-MJH", "1234-5678"] {
        assert_eq!(types(&mut alice, nonsense).await.status, 422, "{nonsense}");
    }
    assert_eq!(types(&mut alice, "WDJB\u{0}MJHT").await.status, 400, "no text at all");
    let other = |n: usize| format!("BBBB-BBB{}", char::from(b"BCDFGHJKLMNPQRST"[n]));
    let mut refused = 0;
    for n in 0..16 {
        refused += usize::from(types(&mut alice, &other(n)).await.status == 429);
    }
    assert!(refused >= 4, "{refused} of 16 wrong ones had to wait");
    assert_eq!(types(&mut alice, &waiting.user_code).await.status, 429, "the right one waits too");
    world.advance(Seconds::minutes(2));
    assert!(types(&mut alice, &waiting.user_code).await.has_form("/sign-in"));
    // Whoever is signed in does not wait for strangers: a thousand wrong ones an hour from everywhere.
    let everybody = vestibule::domain::ThrottleKey::name(&format!("user-code {}", world.now().seconds().div_euclid(3600)));
    let mut tx = world.app.store.begin().await.expect("a transaction");
    for _ in 0..1001 {
        let seen = vestibule::store::throttles::state(&mut tx, &everybody).await.expect("read");
        assert!(vestibule::store::throttles::count(&mut tx, &everybody, &seen, world.now()).await.expect("counted"));
    }
    tx.commit().await.expect("committed");
    let mut bob = world.person("bob@example.test").await;
    let late = types(&mut bob, &waiting.user_code).await;
    assert!(late.status == 429 && late.count("#trouble a[href='/sign-in']") == 1, "{}", late.body);
    let page = bob.browser.open("/sign-in").await;
    bob.types_password(&page).await;
    assert!(types(&mut bob, &waiting.user_code).await.text("#trouble").contains("another browser"));
    // Right ones are no tries.
    world.advance(Seconds(3));
    for _ in 0..30 {
        assert!(types(&mut alice, &waiting.user_code).await.has_form("/sign-in"));
    }
}

#[tokio::test]
async fn rfc8628_3_4_a_device_code_is_its_clients_alone_and_no_authorization_code() {
    let (world, mut alice, mut till) = tills().await;
    let mut both = world.client_with(|m| m.grant_types = vec![GrantType::DeviceCode, GrantType::AuthorizationCode, GrantType::RefreshToken]).await;
    let waiting = asks(&mut both, &[]).await;
    lets_in(&mut alice, &waiting, "Shop").await;
    assert_eq!(error(&mut till, &waiting).await, "invalid_grant", "another client's");
    for extra in [&[][..], &[("redirect_uri", ""), ("code_verifier", "")], &[("code_verifier", "")]] {
        assert_eq!(both.exchange(&waiting.device_code, extra).await.json()["error"], "invalid_grant", "no code of a browser");
    }
    // The other way round: a code that leaked opens nothing without its address and verifier.
    let page = alice.follows(&both, &[("organization", "depot")]).await;
    let code = alice.goes_through(page, None).await.redirect_parameters()["code"].clone();
    let leaked = Waiting { device_code: code.clone(), user_code: String::new(), link: String::new() };
    assert_eq!(error(&mut both, &leaked).await, "invalid_grant");
    assert_eq!(both.exchange(&code, &[]).await.status, 200, "and was kept for whom it is");
    // All of that cost nothing.
    let answer = polls(&mut both, &waiting).await;
    assert_eq!(both.tokens(&answer).await.text("org_slug"), "shop");
    for nonsense in ["x", "a.b", &format!("{}x", waiting.device_code), &format!("{}.AAAA", "0".repeat(32))] {
        let refused = both.post("/token", &[("grant_type", GRANT), ("device_code", nonsense)]).await;
        assert_eq!((refused.status.as_u16(), refused.json()["error"].as_str()), (400, Some("invalid_grant")), "{nonsense}");
    }
    assert_eq!(both.post("/token", &[("grant_type", GRANT)]).await.json()["error"], "invalid_request");
}

#[tokio::test]
async fn rfc8628_3_1_only_registered_clients_ask_for_what_they_may_have_and_only_so_often() {
    let world = World::with(|c| c.device_per_hour = 3).await;
    let mut web = world.client().await;
    assert_eq!(web.post("/device_authorization", &[]).await.json()["error"], "unauthorized_client");
    assert_eq!(web.post("/token", &[("grant_type", GRANT), ("device_code", "x")]).await.json()["error"], "unauthorized_client");
    let mut secret = world
        .client_with(|m| {
            *m = vestibule::protocol::ClientMetadata { token_endpoint_auth_method: ClientAuthMethod::ClientSecretBasic, ..ClientKind::Device.defaults() }
        })
        .await;
    for _ in 0..5 {
        asks(&mut secret, &[]).await;
    }
    secret.secret = Some("wrong".into());
    let refused = secret.post("/device_authorization", &[]).await;
    assert!(refused.status == 401 && refused.headers.contains_key("www-authenticate"), "{}", refused.body);
    let mut till = till(&world).await;
    for (field, error) in [
        (("resource", "https://nobody.example"), "invalid_target"),
        (("max_age", "soon"), "invalid_request"),
        (("claims", "{"), "invalid_request"),
        (("tenant", "depot"), "invalid_request"),
        (("claims", r#"{"id_token": {"acr": {"essential": true, "value": "unheard"}}}"#), "unmet_authentication_requirements"),
    ] {
        let answer = till.post("/device_authorization", &[("organization", "shop"), field]).await;
        assert_eq!((answer.status.as_u16(), answer.json()["error"].as_str()), (400, Some(error)), "{field:?}");
    }
    let mut alone = world
        .client_with(|m| {
            *m = ClientKind::Device.defaults();
            m.organization_usage = vestibule::protocol::OrganizationUsage::Deny;
        })
        .await;
    let refused = alone.post("/device_authorization", &[("organization", "shop")]).await.json();
    assert_eq!(refused["error_uri"], "http://localhost:8080/errors/organization-not-allowed");
    for _ in 0..3 {
        asks(&mut till, &[("redirect_uri", "https://evil.test/"), ("prompt", "none"), ("response_type", "token"), ("request", "x")]).await;
    }
    let refused = till.post("/device_authorization", &[]).await;
    assert_eq!((refused.status.as_u16(), refused.json()["error"].as_str()), (429, Some("temporarily_unavailable")));
    assert!(refused.headers.contains_key("retry-after"));
    world.advance(Seconds::hours(1));
    asks(&mut till, &[]).await;
}

#[tokio::test]
async fn t36_what_ends_between_the_answer_and_the_next_poll_gives_no_tokens() {
    let (world, mut alice, mut till) = tills().await;
    let waiting = asks(&mut till, &[]).await;
    lets_in(&mut alice, &waiting, "Shop").await;
    let tokens = {
        let mut desk = world.client().await;
        alice.enters(&mut desk, "shop").await
    };
    let account = tokens.text("account_id").parse().expect("an account");
    actions::end_account(&world.app, &account, &Origin::default(), world.now()).await.expect("no fault").expect("ended");
    let refused = polls(&mut till, &waiting).await.json();
    assert_eq!((refused["error"].as_str(), refused["error_uri"].as_str()), (Some("invalid_grant"), Some("http://localhost:8080/errors/account-ended")));
}

#[tokio::test]
async fn a_device_with_offline_access_stays_when_the_browser_that_let_it_in_signs_out() {
    let (_world, mut alice, mut till) = tills().await;
    let mut refresh_tokens = Vec::new();
    for scope in ["openid", "openid offline_access"] {
        let waiting = asks(&mut till, &[("scope", scope)]).await;
        lets_in(&mut alice, &waiting, "Shop").await;
        let answer = polls(&mut till, &waiting).await;
        refresh_tokens.push(till.tokens(&answer).await.refresh_token.expect("one"));
    }
    let home = alice.browser.open("/").await;
    alice.browser.submit(&home, "/sign-out", &[]).await;
    assert_eq!(till.refresh(&refresh_tokens[0], &[]).await.json()["error"], "invalid_grant");
    assert_eq!(till.refresh(&refresh_tokens[1], &[]).await.status, 200);
}

async fn registers(world: &World, token: Option<&str>, document: &Value) -> Answer {
    let mut request = axum::http::Request::post("/register").header("content-type", "application/json");
    if let Some(token) = token {
        request = request.header("authorization", format!("Bearer {token}"));
    }
    world.browser().send(request.body(document.to_string().into()).expect("a request")).await
}

#[tokio::test]
async fn a_stranger_registers_no_app_for_devices_and_who_has_a_token_does() {
    let document = json!({"client_name": "Till", "grant_types": [GRANT, "refresh_token"], "token_endpoint_auth_method": "none", "application_type": "native"});
    let mut open = World::with(|c| c.registration = Registration::Open).await;
    assert_eq!(registers(&open, None, &document).await.json()["error"], "invalid_client_metadata");
    // Nor later, when the operator asks for tokens: it came without one.
    let stranger = registers(&open, None, &json!({"redirect_uris": ["https://a.test/cb"]})).await.json();
    open.config.registration = Registration::Token;
    let later = open.second_node().await;
    let changes = |document: Value| {
        let path = stranger["registration_client_uri"].as_str().expect("a URI").trim_start_matches(later.app.issuer()).to_owned();
        let request = axum::http::Request::put(path)
            .header("authorization", format!("Bearer {}", stranger["registration_access_token"].as_str().expect("a token")))
            .header("content-type", "application/json");
        let (mut browser, request) = (later.browser(), request.body(document.to_string().into()).expect("a request"));
        async move { browser.send(request).await }
    };
    let wish = json!({"client_id": stranger["client_id"], "redirect_uris": ["https://a.test/cb"], "grant_types": [GRANT, "authorization_code"]});
    assert_eq!(changes(wish).await.json()["error"], "invalid_client_metadata");
    let same = json!({"client_id": stranger["client_id"], "redirect_uris": ["https://a.test/cb"]});
    assert_eq!(changes(same).await.status, 200);
    let world = World::with(|c| c.registration = Registration::Token).await;
    let name = vestibule::types::DisplayText::parse("Suite").expect("a name");
    let token = actions::add_registration_token(&world.app, name, 30, None, &Origin::default(), world.now()).await.expect("no fault").expect("made").1;
    let made = registers(&world, Some(token.expose()), &document).await;
    assert_eq!(made.status, 201, "{}", made.body);
    let made: Value = made.json();
    assert_eq!((&made["response_types"], &made["grant_types"]), (&json!([]), &json!([GRANT, "refresh_token"])));
    let mut till = RelyingApp {
        client_id: made["client_id"].as_str().expect("an id").parse().expect("an id"),
        secret: None,
        redirect_uri: String::new(),
        issuer: world.app.issuer().to_owned(),
        http: world.browser(),
    };
    asks(&mut till, &[]).await;
}
