//! Passkeys by a software authenticator: registering, the whole sign-in, the second factor, and what must not count twice.

use serde_json::{Value, json};
use vestibule::domain::Level;
use vestibule::protocol::{ACR_PHR, ConsentPolicy};
use vestibule::types::Seconds;
use webauthn_authenticator_rs::AuthenticatorBackend;
use webauthn_authenticator_rs::softpasskey::SoftPasskey;

use crate::support::{Actor, Answer, RelyingApp, World};

/// An authenticator that knows which passkey it has for us.
struct Key {
    soft: SoftPasskey,
    id: Option<String>,
}

fn options(page: &Answer, kind: &str) -> Value {
    serde_json::from_str::<Value>(&page.attribute(&format!("form[data-passkey={kind}]"), "data-options")).expect("JSON")["publicKey"].clone()
}

impl Key {
    fn new() -> Self {
        Self { soft: SoftPasskey::new(true), id: None }
    }
    fn origin(world: &World) -> url::Url {
        url::Url::parse(&world.config.issuer).expect("a URL")
    }
    /// What the browser sends after it made one.
    fn made(&mut self, world: &World, page: &Answer) -> String {
        let mut wish = options(page, "create");
        assert_eq!(
            (&wish["authenticatorSelection"]["residentKey"], &wish["authenticatorSelection"]["userVerification"]),
            (&json!("required"), &json!("required"))
        );
        // This authenticator keeps no list of its own; the test does.
        wish["authenticatorSelection"]["residentKey"] = json!("discouraged");
        wish["authenticatorSelection"]["requireResidentKey"] = json!(false);
        let response = self.soft.perform_register(Self::origin(world), serde_json::from_value(wish).expect("options"), 1000).expect("made");
        self.id = Some(response.id.clone());
        serde_json::to_string(&response).expect("JSON")
    }
    /// What the browser sends after its owner chose it.
    fn shown(&mut self, world: &World, page: &Answer) -> String {
        let mut ask = options(page, "get");
        // A browser finds it by itself.
        ask["allowCredentials"] = json!([{"type": "public-key", "id": self.id}]);
        let response = self.soft.perform_auth(Self::origin(world), serde_json::from_value(ask).expect("options"), 1000).expect("shown");
        serde_json::to_string(&response).expect("JSON")
    }
}

/// Registers a passkey at home.
async fn registers(world: &World, person: &mut Actor, key: &mut Key) -> Answer {
    person.is_home().await;
    let page = person.browser.open(&format!("/portal/security/{}/passkey", person.id)).await;
    let response = key.made(world, &page);
    person.browser.submit(&page, "/passkey", &[("name", "Laptop"), ("passkey", &response)]).await
}

async fn desk(world: &World) -> RelyingApp {
    world.client_with(|m| m.consent = ConsentPolicy::Implicit).await
}

#[tokio::test]
async fn a_passkey_is_the_whole_sign_in_and_counts_once() {
    let world = World::new().await;
    let mut app = desk(&world).await;
    let (mut alice, _) = world.person_with_accounts("alice@example.test", ["Shop"]).await;
    let mut key = Key::new();
    let done = registers(&world, &mut alice, &mut key).await;
    assert_eq!(done.count("ol.codes code"), 10, "{}", done.body);
    assert!(alice.security().await.text("main").contains("Laptop"));
    let mut elsewhere = Actor { browser: world.browser(), ..alice.clone() };
    let page = elsewhere.follows(&app, &[("organization", "shop")]).await;
    let response = key.shown(&world, &page);
    let answer = elsewhere.browser.submit(&page, "/passkey", &[("passkey", &response)]).await;
    let tokens = app.complete(&answer).await;
    assert_eq!((tokens.text("acr"), tokens.claims["amr"].clone()), (ACR_PHR, json!(["mfa", "pop"])));
    // The same answer to the same page again, in the same browser, is nobody's.
    elsewhere.browser.open("/").await;
    let again = elsewhere.browser.open("/sign-in").await;
    let stale = page.attribute("form[data-passkey] input[name=sealed]", "value");
    let refused = elsewhere.browser.submit(&again, "/passkey", &[("sealed", &stale), ("passkey", &response)]).await;
    assert_eq!(refused.status, 422, "{}", refused.body);
    // Nor is it good in another browser, or with another page's challenge.
    let mut thief = world.browser();
    let page = thief.open("/sign-in").await;
    assert_eq!(thief.submit(&page, "/passkey", &[("passkey", &response)]).await.status, 422);
    assert_eq!(thief.submit(&page, "/passkey", &[("sealed", &stale), ("passkey", &response)]).await.status, 422);
    for bad in ["", "{}", "null", "[1]", "{\"id\":\"x\"}"] {
        assert_eq!(thief.submit(&page, "/passkey", &[("passkey", bad)]).await.status, 422, "{bad}");
    }
}

#[tokio::test]
async fn a_passkey_is_a_second_factor_and_a_strict_company_asks_for_nothing_less() {
    let world = World::new().await;
    let mut app = desk(&world).await;
    let (mut alice, _) = world.person_with_accounts("alice@example.test", ["Shop", "Depot"]).await;
    let (phone, _) = alice.sets_up_a_phone(&world).await;
    world.asks("depot", |p| p.level = Level::PhishingResistant).await;
    let led = alice.follows(&app, &[("organization", "depot")]).await;
    assert!(led.text("h1").contains("Set up") && !led.body.contains("/totp?"), "an app is not enough: {}", led.body);
    let mut key = Key::new();
    let link = led.attribute("main a.button", "href");
    let page = alice.browser.open(&link).await;
    let response = key.made(&world, &page);
    let answer = alice.browser.submit(&page, "/passkey", &[("passkey", &response)]).await;
    assert_eq!(app.complete(&answer).await.text("acr"), ACR_PHR, "and on to the app");
    // Elsewhere: password and code enter Shop; Depot asks for the passkey, and only for that.
    let mut elsewhere = Actor { browser: world.browser(), ..alice.clone() };
    world.advance(Seconds(60));
    let page = elsewhere.follows(&app, &[("organization", "shop")]).await;
    let asked = elsewhere.types_password(&page).await;
    let answer = elsewhere.types_code(&asked, &phone.code(&world)).await;
    app.complete(&answer).await;
    let asked = elsewhere.follows(&app, &[("organization", "depot")]).await;
    assert_eq!((asked.count("form[data-passkey=get]"), asked.has_form("/sign-in")), (1, false), "{}", asked.body);
    world.advance(Seconds(60));
    let refused = elsewhere.browser.post(&format!("{}/factor", asked.path), &[("csrf", &asked.csrf()), ("code", &phone.code(&world))]).await;
    assert_eq!(refused.status, 422, "a code does not count there");
    let response = key.shown(&world, &asked);
    let answer = elsewhere.browser.submit(&asked, "/factor", &[("passkey", &response)]).await;
    assert_eq!(app.complete(&answer).await.text("org_slug"), "depot");
}

#[tokio::test]
async fn nobody_signs_in_as_another_person_by_their_own_passkey() {
    let world = World::new().await;
    let (mut alice, _) = world.person_with_accounts("alice@example.test", ["Shop"]).await;
    let (mut bob, _) = world.person_with_accounts("bob@example.test", ["Shop"]).await;
    let (mut hers, mut his) = (Key::new(), Key::new());
    registers(&world, &mut alice, &mut hers).await;
    registers(&world, &mut bob, &mut his).await;
    let mut thief = Actor { browser: world.browser(), ..alice.clone() };
    let page = thief.browser.open("/sign-in").await;
    let asked = thief.types_password(&page).await;
    assert_eq!(asked.count("form[data-passkey=get]"), 1);
    let response = his.shown(&world, &asked);
    assert_eq!(thief.browser.submit(&asked, "/factor", &[("passkey", &response)]).await.status, 422);
    let response = hers.shown(&world, &asked);
    assert!(thief.browser.submit(&asked, "/factor", &[("passkey", &response)]).await.text("h1").contains("accounts"));
    // The same passkey twice is one passkey.
    let page = alice.browser.open(&format!("/portal/security/{}/passkey", alice.id)).await;
    assert_eq!(options(&page, "create")["excludeCredentials"].as_array().map(Vec::len), Some(1));
}

#[tokio::test]
async fn a_passkey_whose_counter_goes_back_is_refused_flagged_and_told() {
    let world = World::new().await;
    let (mut alice, _) = world.person_with_accounts("alice@example.test", ["Shop"]).await;
    let mut key = Key::new();
    registers(&world, &mut alice, &mut key).await;
    for _ in 0..2 {
        let mut here = Actor { browser: world.browser(), ..alice.clone() };
        let page = here.browser.open("/sign-in").await;
        let response = key.shown(&world, &page);
        assert!(here.browser.submit(&page, "/passkey", &[("passkey", &response)]).await.text("h1").contains("accounts"));
    }
    // What a copy would show that was made before: the stored counter is ahead of it.
    let mut tx = world.app.store.begin().await.expect("a transaction");
    let known = vestibule::store::authenticators::passkey(&world.app.store.db, key.id.as_deref().expect("one")).await.expect("a read").expect("known");
    let mut document: Value = serde_json::from_str(&known.document).expect("JSON");
    document["cred"]["counter"] = json!(1000);
    vestibule::store::authenticators::use_passkey(&mut tx, &known.id, Some(&document.to_string()), false, world.now()).await.expect("written");
    tx.commit().await.expect("committed");
    let mut copy = world.browser();
    let page = copy.open("/sign-in").await;
    let response = key.shown(&world, &page);
    assert_eq!(copy.submit(&page, "/passkey", &[("passkey", &response)]).await.status, 422);
    assert!(world.mails().await.iter().any(|m| m["subject"] == "A passkey may have been copied"));
    assert!(alice.security().await.text("main").contains("counter went back"));
}

#[tokio::test]
async fn where_there_can_be_no_passkeys_nobody_is_offered_one() {
    let world = World::with(|c| c.issuer = "http://127.0.0.1:8080".into()).await;
    let mut alice = world.person("alice@example.test").await;
    let page = alice.browser.open("/sign-in").await;
    assert_eq!(page.count("form[data-passkey]"), 0);
    alice.types_password(&page).await;
    assert_eq!(alice.browser.open(&format!("/portal/security/{}/passkey", alice.id)).await.status, 404);
}

#[tokio::test]
async fn t17_a_passkey_does_where_somebody_elses_factor_is_asked_in_a_link_and_in_an_undo() {
    let world = World::new().await;
    let (mut alice, [shop]) = world.person_with_accounts("alice@example.test", ["Shop"]).await;
    let (mut bob, _) = world.person_with_accounts("bob@example.test", ["Depot"]).await;
    let mut key = Key::new();
    registers(&world, &mut bob, &mut key).await;
    alice.is_home().await;
    let page = alice.browser.open(&format!("/portal/a/{shop}/link")).await;
    let asked = alice.browser.submit(&page, "/link/password", &[("identifier", &bob.name), ("password", crate::support::PASSWORD)]).await;
    let answer = key.shown(&world, &asked);
    let linked = alice.browser.submit(&asked, &asked.path.clone(), &[("passkey", &answer)]).await;
    assert_eq!(world.audited("link.made").await, 1, "{}", linked.body);
    world.advance(Seconds(60));
    // Bob's accounts and his passkey go to Alice; it is enough to have them back.
    alice.asks(&shop, "/link/take", "bob@example.test").await;
    let asked = bob.browser.open(&world.mailed_link("bob@example.test", "/invitation/").await).await;
    bob.browser.submit(&asked, "/accept", &[("along:passkey", "on")]).await;
    let mut elsewhere = world.browser();
    let page = elsewhere.open(&world.mailed_link("bob@example.test", "/undo/").await).await;
    let refused = elsewhere.submit(&page, "/undo", &[("password", crate::support::PASSWORD)]).await;
    assert_eq!(refused.status, 422);
    let answer = key.shown(&world, &refused);
    let done = elsewhere.submit(&refused, "/undo", &[("password", crate::support::PASSWORD), ("passkey", &answer)]).await;
    assert_eq!(done.status, 200, "{}", done.body);
    assert_eq!(world.audited("identity.consolidation_undone").await, 1);
}
