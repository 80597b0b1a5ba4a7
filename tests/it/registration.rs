//! Dynamic registration (RFC 7591, RFC 7592, OpenID Connect Registration 1.0): clients that register themselves, and what becomes of them.

use axum::body::Body;
use axum::http::Request;
use serde_json::{Value, json};
use vestibule::actions::{self, Origin};
use vestibule::config::Registration;
use vestibule::types::{DisplayText, Seconds};

use crate::support::{Actor, Answer, RelyingApp, World};

const CALLBACK: &str = "https://desk.example.test/callback";

/// A provider where clients register themselves like this, with a company and a person in it.
async fn provider(mode: Registration) -> (World, Actor) {
    let world = World::with(|c| c.registration = mode).await;
    let (alice, _) = world.person_with_accounts("alice@example.test", ["Shop"]).await;
    (world, alice)
}

async fn call(world: &World, method: &str, path: &str, token: Option<&str>, body: Option<&Value>) -> Answer {
    let mut request = Request::builder().method(method).uri(path.strip_prefix(world.app.issuer()).unwrap_or(path));
    if let Some(token) = token {
        request = request.header("authorization", format!("Bearer {token}"));
    }
    let body = match body {
        Some(body) => {
            request = request.header("content-type", "application/json");
            Body::from(body.to_string())
        }
        None => Body::empty(),
    };
    world.browser().send(request.body(body).expect("a request")).await
}

async fn register(world: &World, token: Option<&str>, document: Value) -> Answer {
    call(world, "POST", "/register", token, Some(&document)).await
}

async fn initial_token(world: &World, uses: Option<i64>) -> String {
    let name = DisplayText::parse("Suite").expect("a name");
    let made = actions::add_registration_token(&world.app, name, 30, uses, &Origin::default(), world.now()).await.expect("no fault").expect("made");
    made.1.expose().clone()
}

fn text<'a>(answer: &'a Value, name: &str) -> &'a str {
    answer[name].as_str().unwrap_or_else(|| panic!("{name}: {answer}"))
}

/// The app behind a registration.
fn desk_of(world: &World, made: &Value) -> RelyingApp {
    RelyingApp {
        client_id: text(made, "client_id").parse().expect("an id"),
        secret: Some(text(made, "client_secret").to_owned()),
        redirect_uri: CALLBACK.to_owned(),
        issuer: world.app.issuer().to_owned(),
        http: world.browser(),
    }
}

#[tokio::test]
async fn rfc7591_a_client_registers_with_an_initial_token_and_people_sign_in_to_it_at_once() {
    let (world, mut alice) = provider(Registration::Token).await;
    assert_eq!(world.browser().get("/.well-known/openid-configuration").await.json()["registration_endpoint"], world.app.config.url("/register"));
    let document = json!({"redirect_uris": [CALLBACK], "client_name": "Desk", "grant_types": ["authorization_code", "refresh_token"], "unheard": 1});
    // Without a token, with a wrong one, with a used one.
    let refused = register(&world, None, document.clone()).await;
    assert!(refused.status == 401 && refused.headers["www-authenticate"].to_str().is_ok_and(|h| h.starts_with("Bearer") && !h.contains("error=")));
    assert_eq!(register(&world, Some("wrong"), document.clone()).await.json()["error"], "invalid_token");
    let token = initial_token(&world, Some(1)).await;
    // A mistake uses nothing up.
    assert_eq!(register(&world, Some(&token), json!({"redirect_uris": ["http://evil.test/"]})).await.json()["error"], "invalid_redirect_uri");
    let made = register(&world, Some(&token), document.clone()).await;
    assert_eq!((made.status.as_u16(), made.headers["cache-control"].to_str().ok()), (201, Some("no-store")), "{}", made.body);
    assert_eq!(register(&world, Some(&token), document).await.status, 401, "it was for one");
    let made = made.json();
    for (name, value) in [
        ("client_name", json!("Desk")),
        ("redirect_uris", json!([CALLBACK])),
        ("response_types", json!(["code"])),
        ("id_token_signed_response_alg", json!("RS256")),
        ("application_type", json!("web")),
        ("client_secret_expires_at", json!(0)),
        ("client_id_issued_at", json!(world.now().seconds())),
        ("require_pkce", json!(true)),
    ] {
        assert_eq!(made[name], value, "{name}: {made}");
    }
    assert!(made.get("unheard").is_none() && made.get("serves").is_none() && made.get("consent").is_none(), "{made}");
    let mut desk = desk_of(&world, &made);
    let page = alice.follows(&desk, &[("organization", "shop")]).await;
    let page = alice.types_password(&page).await;
    assert!(page.text("h1").contains("Desk asks for access") && !page.body.contains("Nobody has checked"), "{}", page.body);
    let answer = alice.goes_through(page, None).await;
    let tokens = desk.complete(&answer).await;
    assert_eq!(tokens.text("org_slug"), "shop");
    assert!(desk.refresh(tokens.refresh_token.as_deref().expect("one"), &[]).await.status == 200);
    assert_eq!(world.audited("client.registered").await, 1);
}

#[tokio::test]
async fn rfc7592_a_client_reads_replaces_and_ends_its_registration() {
    let (world, mut alice) = provider(Registration::Token).await;
    let token = initial_token(&world, None).await;
    let made = register(&world, Some(&token), json!({"redirect_uris": [CALLBACK], "client_name": "Desk"})).await.json();
    let (here, own) = (text(&made, "registration_client_uri"), text(&made, "registration_access_token"));
    let read = call(&world, "GET", here, Some(own), None).await.json();
    assert_eq!((&read["client_id"], &read["client_name"], &read["registration_access_token"]), (&made["client_id"], &json!("Desk"), &json!(own)));
    assert!(read.get("client_secret").is_none(), "it is kept as a digest alone");
    // Nobody else's token opens it, and whether there is such a client nobody learns.
    let other = register(&world, Some(&token), json!({"redirect_uris": [CALLBACK]})).await.json();
    let foreign = call(&world, "GET", here, Some(text(&other, "registration_access_token")), None).await;
    let unknown = call(&world, "GET", "/register/cli_01890000000000000000000000", Some(own), None).await;
    assert_eq!((foreign.status.as_u16(), &foreign.body, unknown.status.as_u16()), (401, &unknown.body, 401));
    assert_eq!(call(&world, "GET", here, None, None).await.status, 401);
    assert_eq!(call(&world, "DELETE", here, Some(&token), None).await.status, 401, "an initial token changes nothing");
    // Alice consents; then it becomes something else, and she is asked anew.
    let mut desk = desk_of(&world, &made);
    let page = alice.follows(&desk, &[("organization", "shop")]).await;
    let answer = alice.goes_through(page, None).await;
    let tokens = desk.complete(&answer).await;
    assert!(alice.follows(&desk, &[("organization", "shop"), ("prompt", "none")]).await.redirect_parameters().contains_key("code"));
    let id = &made["client_id"];
    for (wrong, why) in [
        (json!({"redirect_uris": [CALLBACK]}), "without its id"),
        (json!({"client_id": other["client_id"], "redirect_uris": [CALLBACK]}), "with another's id"),
        (json!({"client_id": id, "client_secret": "guessed", "redirect_uris": [CALLBACK]}), "with a wrong secret"),
        (json!({"client_id": id, "redirect_uris": [CALLBACK], "registration_access_token": own}), "with what is ours to say"),
        (json!({"client_id": id, "redirect_uris": []}), "without what it needs"),
    ] {
        assert_eq!(call(&world, "PUT", here, Some(own), Some(&wrong)).await.status, 400, "{why}");
    }
    let full = json!({"client_id": id, "client_secret": made["client_secret"], "client_name": "Other desk", "redirect_uris": [CALLBACK, "https://desk.example.test/two"]});
    let changed = call(&world, "PUT", here, Some(own), Some(&full)).await;
    assert_eq!((changed.status.as_u16(), &changed.json()["client_name"]), (200, &json!("Other desk")), "{}", changed.body);
    assert_eq!(alice.follows(&desk, &[("organization", "shop"), ("prompt", "none")]).await.redirect_parameters()["error"], "consent_required");
    // A public client needs no secret, and a confidential one gets one.
    let public = json!({"client_id": id, "redirect_uris": [CALLBACK], "token_endpoint_auth_method": "none"});
    assert!(call(&world, "PUT", here, Some(own), Some(&public)).await.json().get("client_secret").is_none());
    let confidential = json!({"client_id": id, "redirect_uris": [CALLBACK]});
    let again = call(&world, "PUT", here, Some(own), Some(&confidential)).await.json();
    assert_ne!(text(&again, "client_secret"), text(&made, "client_secret"));
    // Its end takes everything with it.
    assert_eq!(call(&world, "DELETE", here, Some(own), None).await.status, 204);
    assert_eq!(call(&world, "GET", here, Some(own), None).await.status, 401);
    assert_eq!(desk.userinfo(&tokens.access_token).await.status, 401);
    assert_eq!(desk.exchange("a-code", &[]).await.status, 401);
    assert_eq!((world.audited("client.changed").await, world.audited("client.deleted").await), (3, 1));
}

#[tokio::test]
async fn asvs10_4_7_who_registers_openly_is_marked_bounded_and_goes_when_nobody_uses_it() {
    let (world, mut alice) = provider(Registration::Open).await;
    let document = json!({"redirect_uris": [CALLBACK], "client_name": "Shop bank", "scope": "openid email companies clients", "consent": "implicit", "initiate_login_uri": "https://desk.example.test/start"});
    let made = register(&world, None, document.clone()).await.json();
    assert_eq!(made["scope"], "email openid", "no scope beyond the bounds: {made}");
    let machine = json!({"redirect_uris": [CALLBACK], "grant_types": ["client_credentials"], "response_types": []});
    assert_eq!(register(&world, None, machine).await.json()["error"], "invalid_client_metadata");
    let mut desk = desk_of(&world, &made);
    let page = alice.follows(&desk, &[("organization", "shop"), ("scope", "openid")]).await;
    let page = alice.types_password(&page).await;
    assert!(page.text("[class=alert]").contains("Nobody has checked this app") && page.text("[class=alert]").contains("desk.example.test"), "{}", page.body);
    let answer = alice.goes_through(page, None).await;
    desk.complete(&answer).await;
    // Nobody is led to it from the portal, whatever it calls itself, until somebody vouches.
    let shop = vestibule::store::companies::named(&world.app.store.db, "shop").await.expect("a read").expect("there").id;
    let led_to = async || actions::apps_of(&world.app, &shop).await.expect("no fault").len();
    assert_eq!(led_to().await, 0);
    // The operator vouches, and the mark goes; what it makes of itself later is marked again.
    let id = text(&made, "client_id").parse().expect("an id");
    actions::vouch(&world.app, &id, true, &Origin::default(), world.now()).await.expect("no fault");
    assert_eq!(led_to().await, 1);
    let page = alice.follows(&desk, &[("organization", "shop"), ("prompt", "consent")]).await;
    assert!(!page.body.contains("Nobody has checked"), "{}", page.body);
    let full = json!({"client_id": made["client_id"], "client_name": "Your bank", "redirect_uris": [CALLBACK]});
    call(&world, "PUT", text(&made, "registration_client_uri"), Some(text(&made, "registration_access_token")), Some(&full)).await;
    let page = alice.follows(&desk, &[("organization", "shop"), ("prompt", "consent")]).await;
    assert!(page.body.contains("Nobody has checked"), "{}", page.body);
    // Used or not: after ninety days without use it is gone, one that is used stays.
    let idle = register(&world, None, document).await.json();
    world.advance(Seconds::days(60));
    let page = alice.follows(&desk, &[("organization", "shop")]).await;
    let answer = alice.goes_through(page, None).await;
    desk.complete(&answer).await;
    world.advance(Seconds::days(31));
    assert_eq!(actions::end_unused_clients(&world.app, world.now()).await.expect("no fault"), 1);
    assert_eq!(call(&world, "GET", text(&idle, "registration_client_uri"), Some(text(&idle, "registration_access_token")), None).await.status, 401);
    assert_eq!(call(&world, "GET", text(&made, "registration_client_uri"), Some(text(&made, "registration_access_token")), None).await.status, 200);
    assert_eq!(world.audited("client.expired").await, 1);
}

#[tokio::test]
async fn open_registrations_from_one_place_have_a_bound_and_a_token_has_none() {
    let world = World::with(|c| (c.registration, c.registration_per_hour) = (Registration::Open, 2)).await;
    let document = json!({"redirect_uris": [CALLBACK]});
    for _ in 0..2 {
        assert_eq!(register(&world, None, document.clone()).await.status, 201);
    }
    let refused = register(&world, None, document.clone()).await;
    assert!(refused.status == 429 && refused.headers.contains_key("retry-after"), "{}", refused.body);
    let token = initial_token(&world, None).await;
    assert_eq!(register(&world, Some(&token), document.clone()).await.status, 201);
    world.advance(Seconds(3600));
    assert_eq!(register(&world, None, document).await.status, 201);
}

#[tokio::test]
async fn nobody_registers_where_it_is_off_and_nothing_says_that_they_could() {
    let (world, _) = provider(Registration::Off).await;
    let token = initial_token(&world, None).await;
    assert_eq!(register(&world, Some(&token), json!({"redirect_uris": [CALLBACK]})).await.status, 404);
    assert!(world.browser().get("/.well-known/openid-configuration").await.json().get("registration_endpoint").is_none());
}

#[tokio::test]
async fn bodies_that_are_none_and_a_sector_that_is_private_are_refused() {
    let (world, _) = provider(Registration::Token).await;
    let token = initial_token(&world, None).await;
    for body in [
        "",
        "[]",
        "{",
        "null",
        "{\"redirect_uris\": [\"https://a.test/\\u0000\"]}",
        "{\"client_name\": \"a\\u0000b\", \"redirect_uris\": [\"https://a.test/\"]}",
    ] {
        let request = Request::post("/register").header("authorization", format!("Bearer {token}")).header("content-type", "application/json");
        let answer = world.browser().send(request.body(Body::from(body)).expect("a request")).await;
        assert_eq!(answer.status, 400, "{body}: {}", answer.body);
    }
    let request = Request::post("/register").header("authorization", format!("Bearer {token}")).body(Body::from("{}")).expect("a request");
    assert_eq!(world.browser().send(request).await.status, 400, "without a content type");
    rustls::crypto::ring::default_provider().install_default().ok();
    // What a client names is not fetched from private addresses.
    let sector = json!({"redirect_uris": [CALLBACK, "https://two.example.test/"], "subject_type": "pairwise", "sector_identifier_uri": "https://169.254.169.254/sector"});
    assert_eq!(register(&world, Some("wrong"), sector.clone()).await.json()["error"], "invalid_token", "nothing is fetched for a stranger");
    let refused = register(&world, Some(&token), sector).await.json();
    assert!(refused["error"] == "invalid_client_metadata" && text(&refused, "error_description").contains("sector_identifier_uri"), "{refused}");
    let without = json!({"redirect_uris": [CALLBACK, "https://two.example.test/"], "subject_type": "pairwise"});
    assert_eq!(register(&world, Some(&token), without).await.json()["error"], "invalid_client_metadata");
}
