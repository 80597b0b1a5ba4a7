//! Webhooks: signed messages about what happened, tried until they arrive, and a company's about itself alone (threats.md T24).

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use serde_json::Value;
use sha2::Sha256;
use vestibule::actions::{self, ApiReach, WebhookWish};
use vestibule::domain::AccountKind;
use vestibule::outbound::Outbound;
use vestibule::protocol::ConsentPolicy;
use vestibule::types::{CompanyId, RowId, Seconds};
use vestibule::worker::deliver_webhooks;

use crate::support::{PASSWORD, World};

/// Somebody's server that keeps what it is sent, and answers what it is told to.
#[derive(Clone, Default)]
struct Receiver {
    got: Arc<Mutex<Vec<(HeaderMap, String)>>>,
    answers: Arc<Mutex<VecDeque<u16>>>,
}

async fn receive(State(r): State<Receiver>, headers: HeaderMap, body: Bytes) -> StatusCode {
    r.got.lock().expect("kept").push((headers, String::from_utf8_lossy(&body).into_owned()));
    let status = r.answers.lock().expect("kept").pop_front().unwrap_or(204);
    StatusCode::from_u16(status).expect("a status")
}

/// Whether one of a message's signatures is by this secret, as the specification says (Standard Webhooks, "Verifying signatures"): computed
/// here by other code than what signs, for the library's own verifier wants the time of now.
fn signed_with(secret: &str, headers: &HeaderMap, body: &str) -> bool {
    let text = |name: &str| headers[name].to_str().expect("text").to_owned();
    let key = STANDARD.decode(secret.strip_prefix("whsec_").expect("a prefix")).expect("base64");
    let signed = format!("{}.{}.{body}", text("webhook-id"), text("webhook-timestamp"));
    text("webhook-signature").split(' ').filter_map(|s| s.strip_prefix("v1,")).any(|signature| {
        let mut mac = Hmac::<Sha256>::new_from_slice(&key).expect("a key");
        mac.update(signed.as_bytes());
        mac.verify_slice(&STANDARD.decode(signature).expect("base64")).is_ok()
    })
}

impl Receiver {
    async fn start() -> (Self, String) {
        let receiver = Self::default();
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let url = format!("http://{}/hook", listener.local_addr().expect("an address"));
        let router = Router::new().route("/hook", post(receive)).with_state(receiver.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        (receiver, url)
    }
    /// What came since the last look, verified with a secret.
    fn verified(&self, secret: &str) -> Vec<Value> {
        let got = std::mem::take(&mut *self.got.lock().expect("kept"));
        got.into_iter()
            .map(|(headers, body)| {
                assert!(signed_with(secret, &headers, &body), "signed");
                serde_json::from_str(&body).expect("JSON")
            })
            .collect()
    }
}

async fn add(world: &World, url: &str, company: Option<&CompanyId>, events: &[&str]) -> (RowId, String) {
    let wish = WebhookWish { company: company.cloned(), url: url.to_owned(), events: events.iter().map(|e| (*e).to_owned()).collect(), disabled: false };
    let (id, secret) = actions::add_webhook(&world.app, &wish, &Default::default(), world.now()).await.expect("no fault").expect("added");
    (id, secret.expose().clone())
}

fn outbound(private: bool) -> Outbound {
    rustls::crypto::ring::default_provider().install_default().ok();
    Outbound::new(private).expect("a client")
}

/// What was written since is told and delivered.
async fn deliver(world: &World) -> usize {
    actions::announce(&world.app, false, world.now()).await.expect("no fault");
    deliver_webhooks(&world.app, &outbound(true), world.now()).await.expect("no fault")
}

fn kinds(messages: &[Value]) -> Vec<&str> {
    messages.iter().filter_map(|m| m["type"].as_str()).collect()
}

#[tokio::test]
async fn what_happens_is_told_once_signed_and_only_what_was_asked_for() {
    let world = World::new().await;
    let (receiver, url) = Receiver::start().await;
    world.company("Before").await;
    world.advance(Seconds(1));
    let (_, secret) = add(&world, &url, None, &["company.added", "account.added", "sign_in.accepted"]).await;
    let (mut alice, [shop]) = world.person_with_accounts("alice@example.test", ["Shop"]).await;
    alice.is_home().await;
    assert_eq!(deliver(&world).await, 3);
    let got = receiver.verified(&secret);
    let mut seen = kinds(&got);
    seen.sort_unstable();
    assert_eq!(seen, ["account.added", "company.added", "sign_in.accepted"], "nothing from before, and nothing else");
    let account = got.iter().find(|m| m["type"] == "account.added").expect("one");
    assert_eq!((account["data"]["account_id"].as_str(), account["timestamp"].as_str().map(|t| t.ends_with('Z'))), (Some(shop.as_str()), Some(true)));
    let sign_in = got.iter().find(|m| m["type"] == "sign_in.accepted").expect("one");
    assert_eq!(sign_in["data"]["identity_id"], alice.id.as_str());
    // Reading the log again a little way back tells nothing twice.
    assert_eq!(actions::announce(&world.app, true, world.now()).await.expect("no fault"), 0);
    assert_eq!(deliver(&world).await, 0);
    // A quiet hour, and then something.
    world.advance(Seconds::hours(1));
    assert_eq!(deliver(&world).await, 0);
    world.advance(Seconds(30));
    world.company("After").await;
    assert_eq!((deliver(&world).await, kinds(&receiver.verified(&secret))), (1, vec!["company.added"]));
}

#[tokio::test]
async fn a_message_is_tried_until_it_arrives_with_the_same_id_and_can_be_sent_again() {
    let world = World::new().await;
    let (receiver, url) = Receiver::start().await;
    let (id, secret) = add(&world, &url, None, &["company.added"]).await;
    world.company("Shop").await;
    receiver.answers.lock().expect("kept").extend([500, 302]);
    assert_eq!(deliver(&world).await, 0);
    assert_eq!(deliver(&world).await, 0, "not at once again");
    world.advance(Seconds::minutes(1));
    assert_eq!(deliver(&world).await, 0, "a redirect is not followed");
    world.advance(Seconds::minutes(2));
    assert_eq!(deliver(&world).await, 1);
    let ids: Vec<String> = receiver.got.lock().expect("kept").iter().map(|(h, _)| h["webhook-id"].to_str().expect("text").to_owned()).collect();
    assert!(ids.len() == 3 && ids.iter().all(|i| *i == ids[0]), "{ids:?}");
    receiver.verified(&secret);
    let hook = actions::webhook(&world.app, &ApiReach::All, &id).await.expect("a read").expect("there");
    let (log, _) = actions::webhook_deliveries(&world.app, &hook, None, 10).await.expect("a read");
    assert_eq!((log.len(), log[0].attempts, log[0].last_status, log[0].delivered_at.is_some()), (1, 3, Some(204), true));
    // Again, by hand; and a new secret signs beside the old one for a day.
    assert!(actions::replay(&world.app, &hook, &log[0].id, world.now()).await.expect("no fault"));
    assert_eq!(deliver(&world).await, 1);
    let new = actions::rotate_webhook_secret(&world.app, &hook, &Default::default(), world.now()).await.expect("no fault");
    actions::test_webhook(&world.app, &hook, world.now()).await.expect("no fault");
    assert_eq!(deliver(&world).await, 1);
    let both = receiver.got.lock().expect("kept").clone();
    assert_eq!(both.len(), 2);
    for key in [secret.as_str(), new.expose()] {
        let (headers, body) = &both[1];
        assert!(signed_with(key, headers, body), "both sign");
    }
    world.advance(Seconds::days(1));
    actions::test_webhook(&world.app, &hook, world.now()).await.expect("no fault");
    assert_eq!(deliver(&world).await, 1);
    let (headers, body) = receiver.got.lock().expect("kept").last().cloned().expect("one");
    assert!(!signed_with(&secret, &headers, &body) && signed_with(new.expose(), &headers, &body), "the old one is over");
    // Who has gone for good is told nothing any more.
    receiver.answers.lock().expect("kept").push_back(410);
    actions::test_webhook(&world.app, &hook, world.now()).await.expect("no fault");
    assert_eq!(deliver(&world).await, 0);
    let hook = actions::webhook(&world.app, &ApiReach::All, &id).await.expect("a read").expect("there");
    assert_eq!(hook.disabled.as_deref(), Some("it answered 410"));
    world.company("Depot").await;
    world.advance(Seconds::days(1));
    assert_eq!(deliver(&world).await, 0);
    // Switched on again it is told what happens from then on, not what happened meanwhile.
    receiver.got.lock().expect("kept").clear();
    let on = WebhookWish { company: None, url, events: vec!["company.added".into()], disabled: false };
    actions::change_webhook(&world.app, &hook, &on, &Default::default(), world.now()).await.expect("no fault").expect("changed");
    world.company("Pier").await;
    assert_eq!(deliver(&world).await, 1);
    assert_eq!(receiver.verified(new.expose()).len(), 1);
}

#[tokio::test]
async fn t24_a_company_is_told_of_itself_alone_and_not_who_came_from_where() {
    let world = World::new().await;
    let (receiver, url) = Receiver::start().await;
    let shop = world.company("Shop").await;
    let bob = world.person("bob@example.test").await;
    let bobs = world.account(&bob, "shop", AccountKind::Member).await;
    let (_, secret) = add(&world, &url, Some(&shop), &[]).await;
    let (mut max, [depot]) = world.person_with_accounts("max@example.test", ["Depot"]).await;
    max.is_home().await;
    let form = max.browser.open(&format!("/portal/a/{depot}/link")).await;
    max.browser.submit(&form, "/link/password", &[("identifier", "bob@example.test"), ("password", PASSWORD)]).await;
    let mut desk = world.client_with(|m| m.consent = ConsentPolicy::Implicit).await;
    max.enters(&mut desk, "shop").await;
    deliver(&world).await;
    let got = receiver.verified(&secret);
    assert!(kinds(&got).contains(&"link.made"), "{got:?}");
    for message in &got {
        let text = message.to_string();
        assert_eq!(message["data"]["org_id"], shop.as_str(), "{text}");
        assert!(!text.contains(max.id.as_str()) && !text.contains(depot.as_str()) && !text.contains("address"), "{text}");
        assert!(message["data"]["account_id"].is_null() || message["data"]["account_id"] == bobs.as_str(), "{text}");
    }
    // What is the provider's cannot be asked for.
    let wish = WebhookWish { company: Some(shop), url, events: vec!["sign_in.accepted".into()], disabled: false };
    assert!(actions::add_webhook(&world.app, &wish, &Default::default(), world.now()).await.expect("no fault").is_err());
}

#[tokio::test]
async fn no_message_goes_to_a_private_address_unless_the_configuration_allows_it() {
    let world = World::with(|c| c.outbound_private = false).await;
    for url in [
        "http://hooks.example/",
        "https://127.0.0.1/x",
        "https://[::1]/x",
        "https://10.1.2.3/",
        "https://localhost/x",
        "https://u:p@hooks.example/",
        "ftp://x/",
        "nonsense",
        "https://hooks.example/#x",
    ] {
        let wish = WebhookWish { company: None, url: url.into(), events: vec![], disabled: false };
        assert!(actions::add_webhook(&world.app, &wish, &Default::default(), world.now()).await.expect("no fault").is_err(), "{url}");
    }
    // A name that leads to one is met when it is resolved.
    let strict = outbound(false);
    assert!(strict.post_message("https://localhost:1/", "{}", &[]).await.is_err());
    assert!(strict.post_message("http://169.254.169.254/", "{}", &[]).await.is_err());
}
