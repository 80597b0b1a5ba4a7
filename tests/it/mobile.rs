//! A mobile number, proved by a code where a sender is configured (design.md section 4, S1), and what apps learn of it.

use std::sync::{Arc, Mutex};

use serde_json::{Value, json};
use vestibule::config::Sms;
use vestibule::protocol::ConsentPolicy;
use vestibule::types::{ScopeSet, Seconds, Secret};

use crate::support::{Actor, Answer, World};

/// A world with a gateway at this address.
async fn world(url: &str) -> World {
    let url = url.to_owned();
    World::with(|c| c.sms = Some(Sms { url, token: Some(Secret::new("gateway".into())) })).await
}

async fn profile(alice: &mut Actor) -> Answer {
    let path = format!("/portal/profile/{}", alice.id);
    alice.browser.open(&path).await
}

/// Saves a number and asks for a code.
async fn asks_for_code(alice: &mut Actor, number: &str) -> Answer {
    let page = profile(alice).await;
    let id = alice.id.to_string();
    let page = alice.browser.submit(&page, &id, &[("mobile", number)]).await;
    alice.browser.submit(&page, "/mobile", &[]).await
}

/// The code of the newest text message.
async fn texted(world: &World) -> String {
    let waiting = vestibule::store::outbox::waiting_texts(&world.app.store.db, 9).await.expect("a read");
    let message: Value = serde_json::from_str(&waiting.first().expect("a text message").payload).expect("JSON");
    message["text"].as_str().expect("text").chars().take_while(char::is_ascii_digit).collect()
}

async fn shows(alice: &mut Actor, page: &Answer, code: &str) -> Answer {
    // The form with the field comes first; the one without asks for another code.
    alice.browser.submit(page, "/mobile", &[("code", code)]).await
}

#[tokio::test]
async fn s1_a_mobile_number_is_proved_by_a_code_and_apps_learn_it_with_scope_phone() {
    let world = world("https://gateway.example.test/").await;
    let (mut alice, _) = world.person_with_accounts("alice@example.test", ["Shop"]).await;
    let mut desk = world
        .client_with(|m| {
            m.consent = ConsentPolicy::Implicit;
            m.scope = ScopeSet::parse("openid phone");
        })
        .await;
    alice.is_home().await;
    let page = asks_for_code(&mut alice, "+33 6 12 34 56 78").await;
    assert_eq!(page.count("#code"), 1, "{}", page.body);
    let claims = async |desk: &mut crate::support::RelyingApp, alice: &mut Actor| {
        let page = alice.follows(desk, &[("organization", "shop"), ("scope", "openid phone")]).await;
        let tokens = desk.complete(&page).await;
        let claims = desk.userinfo(&tokens.access_token).await.json();
        (claims["phone_number"].clone(), claims["phone_number_verified"].clone())
    };
    assert_eq!(claims(&mut desk, &mut alice).await, (json!("+33612345678"), json!(false)));
    let right = texted(&world).await;
    let wrong = if right == "000000" { "000001" } else { "000000" };
    let refused = shows(&mut alice, &page, wrong).await;
    assert!(refused.text("[role=alert]").contains("not the code"), "{}", refused.body);
    let done = shows(&mut alice, &refused, &right).await;
    assert!(done.text("main").contains("Confirmed on"), "{}", done.body);
    assert_eq!(claims(&mut desk, &mut alice).await, (json!("+33612345678"), json!(true)));
    assert_eq!((world.audited("mobile.code_sent").await, world.audited("mobile.proved").await), (1, 1));
    // The code is used up, the same number stays proved, and another one is not.
    let id = alice.id.to_string();
    let page = profile(&mut alice).await;
    let same = alice.browser.submit(&page, &id, &[("mobile", "+33612345678"), ("given_name", "Alix")]).await;
    assert!(same.text("main").contains("Confirmed on"));
    let other = alice.browser.submit(&same, &id, &[("mobile", "+33612345679")]).await;
    assert!(!other.text("main").contains("Confirmed on") && other.has_form("/mobile"));
    assert_eq!(claims(&mut desk, &mut alice).await, (json!("+33612345679"), json!(false)));
}

#[tokio::test]
async fn a_code_has_five_tries_and_ten_minutes_and_one_person_gets_few_of_them() {
    let world = world("https://gateway.example.test/").await;
    let mut alice = world.person("alice@example.test").await;
    alice.is_home().await;
    let mut page = asks_for_code(&mut alice, "+33612345678").await;
    let right = texted(&world).await;
    let wrong = if right == "000000" { "000001" } else { "000000" };
    for _ in 0..5 {
        page = shows(&mut alice, &page, wrong).await;
    }
    let page = shows(&mut alice, &page, &right).await;
    assert!(page.text("[role=alert]").contains("not the code"), "the sixth try is none");
    world.advance(Seconds(1));
    let again = alice.browser.submit(&page, "/mobile", &[]).await;
    let second = texted(&world).await;
    world.advance(Seconds::minutes(11));
    let late = shows(&mut alice, &again, &second).await;
    assert!(!late.text("main").contains("Confirmed on"), "too old");
    let mut page = late;
    for _ in 0..8 {
        page = alice.browser.submit(&page, "/mobile", &[]).await;
    }
    assert!(page.text("[role=alert]").contains("Too many codes"), "{}", page.body);
    assert!(vestibule::store::outbox::waiting_texts(&world.app.store.db, 20).await.expect("a read").len() <= 6);
    // Nobody else proves it for her, and without a sender there is nothing to press.
    let mut bob = world.person("bob@example.test").await;
    bob.is_home().await;
    let own = profile(&mut bob).await;
    let token = own.csrf();
    let path = format!("/portal/profile/{}/mobile", alice.id);
    assert_eq!(bob.browser.post(&path, &[("csrf", &token), ("code", &second)]).await.status, 404);
    let plain = World::new().await;
    let mut carol = plain.person("carol@example.test").await;
    carol.is_home().await;
    let page = profile(&mut carol).await;
    let id = carol.id.to_string();
    assert!(!carol.browser.submit(&page, &id, &[("mobile", "+33612345678")]).await.has_form("/mobile"));
}

#[tokio::test]
async fn text_messages_leave_for_the_gateway_once_with_its_token_and_wait_when_it_fails() {
    use axum::extract::State;
    use axum::http::{HeaderMap, StatusCode};
    rustls::crypto::ring::default_provider().install_default().ok();
    type Got = Arc<Mutex<Vec<(String, Value)>>>;
    let got: Got = Arc::default();
    let gateway = axum::Router::new()
        .fallback(async |State(got): State<Got>, headers: HeaderMap, axum::Json(body): axum::Json<Value>| {
            let mut got = got.lock().expect("unpoisoned");
            got.push((headers["authorization"].to_str().expect("text").to_owned(), body));
            if got.len() == 1 { StatusCode::BAD_GATEWAY } else { StatusCode::ACCEPTED }
        })
        .with_state(got.clone());
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let url = format!("http://{}/texts", listener.local_addr().expect("an address"));
    tokio::spawn(async move { axum::serve(listener, gateway).await });
    let world = world(&url).await;
    let sms = world.app.config.sms.clone().expect("one");
    let http = vestibule::outbound::Outbound::new(true).expect("a client");
    let mut alice = world.person("alice@example.test").await;
    alice.is_home().await;
    asks_for_code(&mut alice, "+33612345678").await;
    assert_eq!(vestibule::worker::deliver_texts(&world.app, &http, &sms, world.now()).await.expect("no fault"), 0, "the gateway failed");
    assert_eq!(vestibule::worker::deliver_texts(&world.app, &http, &sms, world.now()).await.expect("no fault"), 0, "a pause");
    world.advance(Seconds(61));
    assert_eq!(vestibule::worker::deliver_texts(&world.app, &http, &sms, world.now()).await.expect("no fault"), 1);
    world.advance(Seconds::hours(1));
    assert_eq!(vestibule::worker::deliver_texts(&world.app, &http, &sms, world.now()).await.expect("no fault"), 0, "once");
    let got = got.lock().expect("unpoisoned");
    assert_eq!((got.len(), got[1].0.as_str(), got[1].1["to"].as_str()), (2, "Bearer gateway", Some("+33612345678")));
}
