//! S0, S1, S3 and S4 through the management API: by a person's token, for what they may do in their own account.

use axum::http::{Method, Request};
use serde_json::{Value, json};
use vestibule::domain::AccountKind;
use vestibule::protocol::ConsentPolicy;
use vestibule::types::{AccountId, ScopeSet};

use crate::support::{Actor, Answer, PASSWORD, RelyingApp, World};

/// Olga owns Shop; Alice is a member there; Bob is at Depot. Each has a token for our API.
struct Api {
    world: World,
    app: RelyingApp,
    olga: Actor,
    alice: Actor,
    bob: Actor,
    shop: AccountId,
}

async fn api() -> Api {
    let world = World::new().await;
    let (alice, [shop]) = world.person_with_accounts("alice@example.test", ["Shop"]).await;
    let (bob, _) = world.person_with_accounts("bob@example.test", ["Depot"]).await;
    world.role("shop", "clerk", &["stock.read"]).await;
    let olga = world.person("olga@example.test").await;
    world.account(&olga, "shop", AccountKind::Owner).await;
    let app = world
        .client_with(|m| {
            m.consent = ConsentPolicy::Implicit;
            m.scope = ScopeSet::parse("openid audit companies links people webhooks");
        })
        .await;
    Api { world, app, olga, alice, bob, shop }
}

/// A token of whoever signs in, for our API in this company.
async fn token(app: &mut RelyingApp, who: &mut Actor, company: &str) -> String {
    let page = who
        .follows(app, &[("organization", company), ("scope", "openid audit companies links people webhooks"), ("resource", "http://localhost:8080/api")])
        .await;
    let answer = who.goes_through(page, None).await;
    app.complete(&answer).await.access_token
}

async fn call(world: &World, token: &str, method: Method, path: &str, body: Value) -> Answer {
    let request = Request::builder().method(method).uri(path).header("authorization", format!("Bearer {token}")).header("content-type", "application/json");
    let body = if body.is_null() { String::new() } else { body.to_string() };
    world.browser().send(request.body(body.into()).expect("a request")).await
}

fn reason(answer: &Answer) -> (u16, String) {
    (answer.status.as_u16(), answer.json()["type"].as_str().and_then(|t| t.rsplit('/').next()).unwrap_or_default().to_owned())
}

#[tokio::test]
async fn s3_people_are_added_invited_changed_and_removed_over_the_api_with_the_same_reasons_as_the_pages() {
    let mut a = api().await;
    let olga = token(&mut a.app, &mut a.olga, "shop").await;
    let w = &a.world;
    let people = "/api/v1/organizations/shop/people";
    let page = call(w, &olga, Method::GET, &format!("{people}?limit=1"), Value::Null).await.json();
    let rest = call(w, &olga, Method::GET, &format!("{people}?limit=5&cursor={}", page["next_cursor"].as_str().expect("more")), Value::Null).await.json();
    assert_eq!((page["people"].as_array().map(Vec::len), rest["people"].as_array().map(Vec::len), rest.get("next_cursor")), (Some(1), Some(1), None));
    assert_eq!(call(w, &olga, Method::GET, &format!("{people}?q=olga"), Value::Null).await.json()["people"].as_array().map(Vec::len), Some(1));
    // Add: S4's account manager and S1's refusals.
    let made =
        call(w, &olga, Method::POST, people, json!({"email": "max@example.test", "given_name": "Max", "kind": "manager", "locale": "fr", "roles": ["clerk"]}))
            .await;
    assert_eq!(made.status, 201, "{}", made.body);
    assert!(w.mails().await.iter().any(|m| m["to"] == "max@example.test" && m["language"] == "fr"));
    for (said, body) in [
        ((422, "add-user-exists-use-invite"), json!({"email": "bob@example.test", "kind": "member"})),
        ((422, "invalid-address"), json!({"email": "no address", "kind": "member"})),
        ((422, "more-than-you-hold"), json!({"email": "x@example.test", "kind": "member", "permissions": ["not.listed"]})),
        ((422, "more-than-you-hold"), json!({"email": "x@example.test", "kind": "member", "roles": ["no-such-role"]})),
        ((400, "invalid-parameter"), json!({"email": "x@example.test", "kind": "king"})),
        ((400, "invalid-parameter"), json!({"email": "x@example.test", "kind": "member", "more": 1})),
        ((400, "invalid-parameter"), json!([])),
    ] {
        let answer = call(w, &olga, Method::POST, people, body).await;
        assert_eq!(reason(&answer), (said.0, said.1.to_owned()), "{}", answer.body);
    }
    // Invite, see it wait, send it again, revoke it.
    let invitations = "/api/v1/organizations/shop/invitations";
    let sent = call(w, &olga, Method::POST, invitations, json!({"name": "bob@example.test", "kind": "delegate", "permissions": ["stock.read"]})).await.json();
    let id = sent["invitation_id"].as_str().expect("one").to_owned();
    assert_eq!(call(w, &olga, Method::GET, invitations, Value::Null).await.json()["invitations"][0]["to"], "bob@example.test");
    w.advance(vestibule::types::Seconds(1));
    assert_eq!(call(w, &olga, Method::POST, &format!("{invitations}/{id}/resend"), Value::Null).await.status, 204);
    let page = a.bob.opens(&w.mailed_link("bob@example.test", "/invitation/").await).await;
    a.bob.browser.submit(&page, "/accept", &[]).await;
    assert_eq!(reason(&call(w, &olga, Method::DELETE, &format!("{invitations}/{id}"), Value::Null).await), (404, "not-here".into()), "it was accepted");
    // Change and remove, at once on live tokens.
    let bobs = call(w, &olga, Method::GET, &format!("{people}?q=bob"), Value::Null).await.json()["people"][0]["account_id"].as_str().expect("Bob").to_owned();
    let theirs = token(&mut a.app, &mut a.bob, "shop").await;
    assert_eq!(a.app.introspect(&theirs).await["permissions"], json!(["stock.read"]));
    let set =
        call(w, &olga, Method::PUT, &format!("{people}/{bobs}"), json!({"roles": [], "permissions": [], "access_expires_at": w.now().seconds() + 60})).await;
    assert_eq!(set.status, 204, "{}", set.body);
    assert_eq!(a.app.introspect(&theirs).await["permissions"], json!([]));
    assert_eq!(
        reason(&call(w, &olga, Method::PUT, &format!("{people}/{bobs}"), json!({"roles": [], "permissions": [], "access_expires_at": 1})).await).1,
        "invalid-date"
    );
    assert_eq!(call(w, &olga, Method::DELETE, &format!("{people}/{bobs}"), Value::Null).await.status, 204);
    assert_eq!(a.app.introspect(&theirs).await["active"], false);
    let own = a.app.introspect(&olga).await["account_id"].as_str().expect("one").to_owned();
    assert_eq!(reason(&call(w, &olga, Method::DELETE, &format!("{people}/{own}"), Value::Null).await), (422, "not-yourself".into()));
}

#[tokio::test]
async fn s0_and_s1_links_and_questions_are_seen_asked_and_cut_over_the_api() {
    let mut a = api().await;
    let alice = token(&mut a.app, &mut a.alice, "shop").await;
    let bob = token(&mut a.app, &mut a.bob, "depot").await;
    let w = &a.world;
    // Alice asks to enter Bob's account; he accepts on our page, where he is signed in.
    let mine = "/api/v1/me/invitations";
    let asked = call(w, &alice, Method::POST, mine, json!({"kind": "link", "name": "bob@example.test"})).await;
    assert_eq!(asked.status, 201, "{}", asked.body);
    let seen = call(w, &bob, Method::GET, mine, Value::Null).await.json();
    assert_eq!((&seen["invitations"][0]["kind"], &seen["invitations"][0]["direction"]), (&json!("link"), &json!("received")));
    assert!(!seen.to_string().contains("alice@example.test"), "{seen}");
    let depot = a.app.introspect(&bob).await["account_id"].as_str().expect("one").to_owned();
    let page = a.bob.opens(&w.mailed_link("bob@example.test", "/invitation/").await).await;
    a.bob.browser.submit(&page, "/accept", &[("account", &depot)]).await;
    // Both see it, from their sides.
    let links = "/api/v1/me/links";
    let (out, into) = (call(w, &alice, Method::GET, links, Value::Null).await.json(), call(w, &bob, Method::GET, links, Value::Null).await.json());
    let id = out["links"][0]["link_id"].as_str().expect("a link").to_owned();
    assert_eq!((&out["links"][0]["direction"], &into["links"][0]["direction"]), (&json!("out"), &json!("into")));
    // What is entered through it reaches none of this (T15).
    let through = token(&mut a.app, &mut a.alice, "depot").await;
    for (method, path) in [(Method::GET, links.to_owned()), (Method::DELETE, format!("{links}/{id}")), (Method::GET, mine.to_owned())] {
        assert_eq!(reason(&call(w, &through, method, &path, Value::Null).await), (403, "not-through-a-link".into()));
    }
    assert_eq!(call(w, &bob, Method::DELETE, &format!("{links}/{id}"), Value::Null).await.status, 204);
    assert_eq!(a.app.introspect(&through).await["active"], false, "everything entered through it ended");
    assert_eq!(call(w, &alice, Method::DELETE, &format!("{links}/{id}"), Value::Null).await.status, 404);
    assert_eq!(call(w, &alice, Method::GET, links, Value::Null).await.json()["links"], json!([]));
    // Questions are refused with the reasons of the pages, sent again, declined and cancelled.
    for (body, said) in [
        (json!({"kind": "consolidation", "name": "alice@example.test"}), "link-self"),
        (json!({"kind": "consolidation", "name": "nobody@example.test"}), "link-target-unavailable"),
        (json!({"kind": "account", "name": "bob@example.test"}), "invalid-parameter"),
    ] {
        assert_eq!(reason(&call(w, &alice, Method::POST, mine, body).await).1, said);
    }
    let id = call(w, &alice, Method::POST, mine, json!({"kind": "consolidation", "name": "bob@example.test"})).await.json()["invitation_id"]
        .as_str()
        .expect("one")
        .to_owned();
    assert_eq!(call(w, &bob, Method::POST, &format!("{mine}/{id}/resend"), Value::Null).await.status, 404, "not his to send");
    assert_eq!(call(w, &alice, Method::POST, &format!("{mine}/{id}/resend"), Value::Null).await.status, 204);
    assert_eq!(call(w, &bob, Method::DELETE, &format!("{mine}/{id}"), Value::Null).await.status, 204);
    assert_eq!(call(w, &alice, Method::DELETE, &format!("{mine}/{id}"), Value::Null).await.status, 404, "it was declined");
    assert!(!PASSWORD.is_empty() && !a.shop.as_str().is_empty());
}

#[tokio::test]
async fn t24_no_token_reaches_beyond_its_company_its_scopes_or_its_persons_rights() {
    let mut a = api().await;
    let omar = a.world.person("omar@example.test").await;
    a.world.account(&omar, "depot", AccountKind::Owner).await;
    let mut omar = omar;
    let foreign = token(&mut a.app, &mut omar, "depot").await;
    let member = token(&mut a.app, &mut a.alice, "shop").await;
    let page = a.olga.follows(&a.app, &[("organization", "shop"), ("scope", "openid"), ("resource", "http://localhost:8080/api")]).await;
    let answer = a.olga.goes_through(page, None).await;
    let without = a.app.complete(&answer).await.access_token;
    let elsewhere = {
        let page = a.olga.follows(&a.app, &[("organization", "shop"), ("scope", "openid links people")]).await;
        a.app.complete(&page).await.access_token
    };
    let mut calls = 0;
    for route in vestibule::web::ROUTES.iter().filter(|r| r.path.starts_with("/api/v1/organizations/{org}/") && !r.path.ends_with("service-status")) {
        let path = route.path.replace("{org}", "shop").replace("{account}", a.shop.as_str()).replace("{invitation}", "inv_01a2076c41e87ffcaa3b8e921e2fa8ac");
        for method in route.methods {
            let method: Method = method.parse().expect("a method");
            for token in [&foreign, &member] {
                let answer = call(&a.world, token, method.clone(), &path, json!({})).await;
                assert_eq!(reason(&answer), (403, "organization-access-denied".into()), "{method} {path}");
            }
            assert_eq!(reason(&call(&a.world, &without, method.clone(), &path, json!({})).await), (403, "insufficient-scope".into()), "{method} {path}");
            assert_eq!(call(&a.world, &elsewhere, method.clone(), &path, json!({})).await.status, 401, "for another audience: {method} {path}");
            assert_eq!(call(&a.world, "nonsense", method.clone(), &path, json!({})).await.status, 401, "{method} {path}");
            calls += 1;
        }
    }
    assert_eq!(calls, 22, "every call of a company's people, roles, settings, look and invitations");
}

#[tokio::test]
async fn t24_a_token_for_one_account_neither_sees_nor_changes_what_hangs_on_the_persons_others() {
    let mut a = api().await;
    // Olga owns Pier too; from there she invites Bob and links an account of Alice's.
    a.world.company("Pier").await;
    let pier = a.world.account(&a.olga, "pier", AccountKind::Owner).await;
    let at_pier = token(&mut a.app, &mut a.olga, "pier").await;
    let at_shop = token(&mut a.app, &mut a.olga, "shop").await;
    let w = &a.world;
    let invited = call(w, &at_pier, Method::POST, "/api/v1/organizations/pier/invitations", json!({"name": "bob@example.test", "kind": "member"})).await.json();
    let asked = call(w, &at_pier, Method::POST, "/api/v1/me/invitations", json!({"kind": "link", "name": "alice@example.test"})).await.json();
    a.olga.is_home().await;
    let page = a.olga.browser.open(&format!("/portal/a/{pier}/link")).await;
    a.olga.browser.submit(&page, "/link/password", &[("identifier", "bob@example.test"), ("password", PASSWORD)]).await;
    let link = call(w, &at_pier, Method::GET, "/api/v1/me/links", Value::Null).await.json()["links"][0]["link_id"].as_str().expect("one").to_owned();
    for listed in ["/api/v1/me/links", "/api/v1/me/invitations"] {
        let seen = call(w, &at_shop, Method::GET, listed, Value::Null).await;
        assert!(seen.status == 200 && !seen.body.contains("Pier") && !seen.body.contains(pier.as_str()), "{}", seen.body);
    }
    let (invitation, question) = (invited["invitation_id"].as_str().expect("one"), asked["invitation_id"].as_str().expect("one"));
    for (method, path) in [
        (Method::DELETE, format!("/api/v1/me/links/{link}")),
        (Method::DELETE, format!("/api/v1/me/invitations/{invitation}")),
        (Method::POST, format!("/api/v1/me/invitations/{invitation}/resend")),
        (Method::DELETE, format!("/api/v1/me/invitations/{question}")),
        (Method::POST, format!("/api/v1/me/invitations/{question}/resend")),
        (Method::DELETE, format!("/api/v1/organizations/shop/invitations/{invitation}")),
    ] {
        assert_eq!(reason(&call(w, &at_shop, method.clone(), &path, Value::Null).await), (404, "not-here".into()), "{method} {path}");
    }
    // What a company offers Bob waits on our pages; his apps learn nothing of it.
    let bob = token(&mut a.app, &mut a.bob, "depot").await;
    assert_eq!(call(&a.world, &bob, Method::GET, "/api/v1/me/invitations", Value::Null).await.json()["invitations"], json!([]));
    assert_eq!(call(&a.world, &at_pier, Method::DELETE, &format!("/api/v1/me/links/{link}"), Value::Null).await.status, 204);
}

#[tokio::test]
async fn bodies_that_no_database_can_keep_are_refused_and_none_is_a_fault() {
    let mut a = api().await;
    let olga = token(&mut a.app, &mut a.olga, "shop").await;
    for name in ["a\0b".to_owned(), "x".repeat(600)] {
        for (path, body) in [
            ("/api/v1/organizations/shop/invitations", json!({"name": name, "kind": "member"})),
            ("/api/v1/me/invitations", json!({"name": name, "kind": "link"})),
            ("/api/v1/organizations/shop/people", json!({"email": "a@b.test", "given_name": name, "kind": "member"})),
        ] {
            assert_eq!(reason(&call(&a.world, &olga, Method::POST, path, body).await), (400, "invalid-parameter".into()), "{path}");
        }
    }
    let answer = call(&a.world, &olga, Method::GET, "/api/v1/organizations/%00/people", Value::Null).await;
    assert_eq!(reason(&answer), (403, "organization-access-denied".into()));
}
