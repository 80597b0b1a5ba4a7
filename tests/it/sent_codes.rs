//! Codes by mail and by text message as a second factor: weaker ones, that a company or the operator can refuse.

use serde_json::Value;
use vestibule::config::Sms;
use vestibule::domain::{Level, Method};
use vestibule::protocol::{ACR_MFA, ConsentPolicy};
use vestibule::types::Seconds;

use crate::support::{Actor, Answer, World};

/// A world where both are on: by default the operator refuses those by mail, and there is no gateway.
async fn both() -> World {
    World::with(|c| {
        c.sms = Some(Sms { url: "https://gateway.example.test/".into(), token: None });
        c.factors_refused.clear();
    })
    .await
}

async fn texted(world: &World) -> String {
    let waiting = vestibule::store::outbox::waiting_texts(&world.app.store.db, 9).await.expect("a read");
    let message: Value = serde_json::from_str(&waiting.first().expect("a text message").payload).expect("JSON");
    message["text"].as_str().expect("text").chars().take_while(char::is_ascii_digit).collect()
}

/// Registers codes by mail at home; the recovery codes come along.
async fn registers_mail(world: &World, person: &mut Actor) -> Answer {
    person.is_home().await;
    let page = person.browser.open(&format!("/portal/security/{}/mail-codes", person.id)).await;
    assert_eq!(page.count("#code"), 0, "nothing was sent yet");
    let asked = person.browser.submit(&page, "/mail-codes", &[("do", "send")]).await;
    let page = person.browser.follow(asked).await;
    let wrong = person.browser.submit(&page, "/mail-codes", &[("code", "000000")]).await;
    assert_eq!(wrong.status, 422);
    person.browser.submit(&wrong, "/mail-codes", &[("code", &world.mailed_code(&person.name).await.expect("a code"))]).await
}

#[tokio::test]
async fn a_code_by_mail_is_a_second_factor_once_in_the_browser_that_asked() {
    let world = both().await;
    let mut app = world.client_with(|m| m.consent = ConsentPolicy::Implicit).await;
    let (mut alice, _) = world.person_with_accounts("alice@example.test", ["Shop"]).await;
    let done = registers_mail(&world, &mut alice).await;
    assert_eq!(done.count("ol.codes code"), 10, "{}", done.body);
    world.advance(Seconds::minutes(1));
    let mut elsewhere = Actor { browser: world.browser(), ..alice.clone() };
    let page = elsewhere.follows(&app, &[("organization", "shop")]).await;
    let asked = elsewhere.types_password(&page).await;
    assert!(asked.text("main").contains("a…@example.test") && !asked.text("main").contains("to alice@example.test"), "{}", asked.text("main"));
    let sent = elsewhere.browser.submit(&asked, "/factor", &[("do", "send-mail")]).await;
    let asked = elsewhere.browser.follow(sent).await;
    assert!(asked.text("[role=status]").contains("on its way"), "{}", asked.body);
    let code = world.mailed_code("alice@example.test").await.expect("a code");
    // Somebody else who has the password too and sees the code, elsewhere.
    let mut thief = Actor { browser: world.browser(), ..alice.clone() };
    let page = thief.browser.open("/sign-in").await;
    let theirs = thief.types_password(&page).await;
    assert_eq!(thief.types_code(&theirs, &code).await.status, 422, "it is another browser's");
    let answer = elsewhere.types_code(&asked, &code).await;
    let tokens = app.complete(&answer).await;
    assert_eq!((tokens.text("acr"), tokens.claims["amr"].as_array().is_some_and(|a| a.iter().any(|v| v == "urn:vestibule:amr:mail-code"))), (ACR_MFA, true));
    // It works once.
    let id = alice.id.to_string();
    let home = elsewhere.browser.open("/").await;
    elsewhere.browser.submit(&home, "/sign-out", &[("identity", &id)]).await;
    let page = elsewhere.browser.open("/sign-in").await;
    let asked = elsewhere.types_password(&page).await;
    assert_eq!(elsewhere.types_code(&asked, &code).await.status, 422);
}

#[tokio::test]
async fn a_code_is_dead_after_ten_minutes_and_when_its_factor_is_removed() {
    let world = both().await;
    let mut alice = world.person("alice@example.test").await;
    registers_mail(&world, &mut alice).await;
    for end in ["time", "removal"] {
        world.advance(Seconds::minutes(1));
        let mut here = Actor { browser: world.browser(), ..alice.clone() };
        let page = here.browser.open("/sign-in").await;
        let asked = here.types_password(&page).await;
        here.browser.submit(&asked, "/factor", &[("do", "send-mail")]).await;
        let code = world.mailed_code("alice@example.test").await.expect("a code");
        if end == "time" {
            world.advance(Seconds::minutes(11));
        } else {
            let mut tx = world.app.store.begin().await.expect("a transaction");
            vestibule::store::authenticators::remove_all(&mut tx, &alice.id).await.expect("a write");
            tx.commit().await.expect("committed");
        }
        assert_eq!(here.types_code(&asked, &code).await.status, 422, "{end}");
    }
}

#[tokio::test]
async fn codes_by_text_go_to_the_number_that_was_registered_whatever_the_profile_says_later() {
    let world = both().await;
    let mut alice = world.person("alice@example.test").await;
    alice.is_home().await;
    let path = format!("/portal/security/{}/text-codes", alice.id);
    let none = alice.browser.open(&path).await;
    assert!(none.text("main").contains("prove it by a code") && !none.has_form("/text-codes"), "{}", none.body);
    let profile = format!("/portal/profile/{}", alice.id);
    let page = alice.browser.open(&profile).await;
    let page = alice.browser.submit(&page, alice.id.clone().as_str(), &[("mobile", "+33612345678")]).await;
    let page = alice.browser.submit(&page, "/mobile", &[]).await;
    alice.browser.submit(&page, "/mobile", &[("code", &texted(&world).await)]).await;
    world.advance(Seconds(1));
    let page = alice.browser.open(&path).await;
    let asked = alice.browser.submit(&page, "/text-codes", &[("do", "send")]).await;
    let page = alice.browser.follow(asked).await;
    let done = alice.browser.submit(&page, "/text-codes", &[("code", &texted(&world).await)]).await;
    assert_eq!(done.count("ol.codes code"), 10, "{}", done.body);
    let page = alice.browser.open(&profile).await;
    alice.browser.submit(&page, alice.id.clone().as_str(), &[("mobile", "+33687654321")]).await;
    world.advance(Seconds(1));
    let mut elsewhere = Actor { browser: world.browser(), ..alice.clone() };
    let page = elsewhere.browser.open("/sign-in").await;
    let asked = elsewhere.types_password(&page).await;
    assert!(asked.text("main").contains("…78"), "{}", asked.text("main"));
    elsewhere.browser.submit(&asked, "/factor", &[("do", "send-sms")]).await;
    assert!(elsewhere.types_code(&asked, &texted(&world).await).await.text("h1").contains("accounts"));
}

#[tokio::test]
async fn a_company_or_the_operator_refuses_codes_by_mail() {
    let world = both().await;
    let app = world.client_with(|m| m.consent = ConsentPolicy::Implicit).await;
    let (mut alice, _) = world.person_with_accounts("alice@example.test", ["Shop"]).await;
    registers_mail(&world, &mut alice).await;
    world
        .asks("shop", |p| {
            p.level = Level::Several;
            p.refused = vec![Method::MailCode];
        })
        .await;
    let led = alice.follows(&app, &[("organization", "shop")]).await;
    assert!(led.text("h1").contains("Set up") && led.body.contains("/text-codes?") && !led.body.contains("/mail-codes?"), "{}", led.body);
    // The operator refuses them unless told otherwise.
    let strict = World::new().await;
    let mut bob = strict.person("bob@example.test").await;
    bob.is_home().await;
    assert!(!bob.security().await.body.contains("/mail-codes"));
    assert_eq!(bob.browser.open(&format!("/portal/security/{}/mail-codes", bob.id)).await.status, 404);
}

#[tokio::test]
async fn codes_are_not_sent_without_end() {
    let world = both().await;
    let mut alice = world.person("alice@example.test").await;
    alice.is_home().await;
    let page = alice.browser.open(&format!("/portal/security/{}/mail-codes", alice.id)).await;
    for _ in 0..5 {
        assert_eq!(alice.browser.submit(&page, "/mail-codes", &[("do", "send")]).await.status, 200);
    }
    let mut last = alice.browser.submit(&page, "/mail-codes", &[("do", "send")]).await;
    for _ in 0..3 {
        last = alice.browser.submit(&page, "/mail-codes", &[("do", "send")]).await;
    }
    assert_eq!(last.status, 422, "{}", last.body);
}
