//! The management API for who runs the provider, and for who runs one company: what a token reaches, and that nothing is done twice.

use axum::http::{Method, Request};
use serde_json::{Value, json};
use vestibule::actions;
use vestibule::domain::AccountKind;
use vestibule::protocol::{ConsentPolicy, GrantType, OrganizationUsage};
use vestibule::types::{ScopeSet, Seconds};

use crate::support::{Actor, Answer, RelyingApp, World};

const SCOPES: &str = "audit clients companies identities keys outbox people resource_servers webhooks";

/// A service that runs the provider.
async fn service(world: &World, scope: &str, companies: Option<Vec<String>>) -> RelyingApp {
    world
        .client_for(
            |m| {
                m.grant_types = vec![GrantType::ClientCredentials];
                m.redirect_uris.clear();
                m.scope = ScopeSet::parse(scope);
            },
            companies,
        )
        .await
}

/// Its token for our API, in a company if one is named.
async fn machine_token(app: &mut RelyingApp, company: Option<&str>) -> String {
    let mut fields = vec![("grant_type", "client_credentials"), ("resource", "http://localhost:8080/api")];
    fields.extend(company.map(|c| ("organization", c)));
    let answer = app.post("/token", &fields).await;
    answer.json()["access_token"].as_str().unwrap_or_else(|| panic!("no token: {}", answer.body)).to_owned()
}

async fn send(world: &World, token: &str, method: Method, path: &str, headers: &[(&str, &str)], body: Value) -> Answer {
    let mut request = Request::builder().method(method).uri(path).header("authorization", format!("Bearer {token}")).header("content-type", "application/json");
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let body = if body.is_null() { String::new() } else { body.to_string() };
    world.browser().send(request.body(body.into()).expect("a request")).await
}

async fn call(world: &World, token: &str, method: Method, path: &str, body: Value) -> Answer {
    send(world, token, method, path, &[], body).await
}

fn reason(answer: &Answer) -> (u16, String) {
    (answer.status.as_u16(), answer.json()["type"].as_str().and_then(|t| t.rsplit('/').next()).unwrap_or_default().to_owned())
}

fn etag(answer: &Answer) -> String {
    answer.headers["etag"].to_str().expect("text").to_owned()
}

#[tokio::test]
async fn a_service_runs_the_provider_and_what_it_makes_works_at_once() {
    let world = World::new().await;
    let mut service = service(&world, SCOPES, None).await;
    let token = machine_token(&mut service, None).await;
    let w = &world;
    // A company with an owner and a role, a person, an API, an app.
    let made = call(
        w,
        &token,
        Method::POST,
        "/api/v1/identities",
        json!({"email": "nina@example.test", "email_verified": true, "given_name": "Nina", "locale": "fr"}),
    )
    .await;
    assert_eq!(made.status, 201, "{}", made.body);
    let nina = made.json()["identity_id"].as_str().expect("an id").to_owned();
    assert!(w.mails().await.iter().any(|m| m["to"] == "nina@example.test" && m["language"] == "fr"));
    let made = call(w, &token, Method::POST, "/api/v1/organizations", json!({"org_name": "Shop", "org_slug": "shop", "owner": "nina@example.test"})).await;
    assert_eq!(made.status, 201, "{}", made.body);
    assert_eq!(
        reason(&call(w, &token, Method::POST, "/api/v1/organizations", json!({"org_name": "Thief", "org_slug": "shop"})).await),
        (422, "refused".into())
    );
    let roles = "/api/v1/organizations/shop/roles";
    assert_eq!(call(w, &token, Method::POST, roles, json!({"name": "clerk", "title": "Clerk", "permissions": ["stock.read"]})).await.status, 204);
    assert_eq!(call(w, &token, Method::PUT, &format!("{roles}/clerk"), json!({"title": "Clerk", "permissions": ["stock.write"]})).await.status, 204);
    assert_eq!(call(w, &token, Method::GET, roles, Value::Null).await.json()["roles"][0]["permissions"], json!(["stock.write"]));
    assert_eq!(call(w, &token, Method::DELETE, &format!("{roles}/clerk"), Value::Null).await.status, 204);
    assert_eq!(call(w, &token, Method::DELETE, &format!("{roles}/clerk"), Value::Null).await.status, 404);
    let api = json!({"identifier": "https://api.example", "name": "Stock", "signing_algorithm": "ES256", "scopes": [{"scope": "stock.read", "description": "See the stock"}], "permissions": [{"permission": "stock.count", "description": "Count the stock"}]});
    assert_eq!(call(w, &token, Method::POST, "/api/v1/resource-servers", api.clone()).await.status, 201);
    let path = "/api/v1/resource-servers/https%3A%2F%2Fapi.example";
    assert_eq!(call(w, &token, Method::GET, path, Value::Null).await.json(), api);
    let body =
        json!({"client_name": "Desk", "metadata": {"redirect_uris": ["https://app.example.test/callback"], "consent": "implicit"}, "organizations": ["shop"]});
    let made = call(w, &token, Method::POST, "/api/v1/clients", body).await;
    assert_eq!(made.status, 201, "{}", made.body);
    let mut desk = w.client().await;
    desk.client_id = made.json()["client_id"].as_str().expect("an id").parse().expect("an id");
    desk.secret = made.json()["client_secret"].as_str().map(str::to_owned);
    let mut actor = w.person("alice@example.test").await;
    w.account(&actor, "shop", AccountKind::Member).await;
    assert_eq!(actor.enters(&mut desk, "shop").await.text("org_name"), "Shop");
    // How somebody stands, off, on, out, helped; and the whole log names the client that did it.
    let person = format!("/api/v1/identities/{}", actor.id);
    let view = call(w, &token, Method::GET, &person, Value::Null).await.json();
    assert_eq!(
        (view["accounts"][0]["kind"].as_str(), view["operator"].as_bool(), view["identity"]["has_password"].as_bool()),
        (Some("member"), Some(false), Some(true))
    );
    assert_eq!(call(w, &token, Method::PUT, &format!("{person}/state"), json!({"disabled": true})).await.status, 204);
    assert_eq!(actor.browser.open("/").await.text("h1"), "Sign in");
    assert_eq!(call(w, &token, Method::PUT, &format!("{person}/state"), json!({"disabled": false})).await.status, 204);
    assert_eq!(call(w, &token, Method::DELETE, &format!("{person}/sessions"), Value::Null).await.status, 204);
    assert_eq!(call(w, &token, Method::POST, &format!("{person}/sign-in-help"), json!({"help": "password"})).await.status, 204);
    assert_eq!(reason(&call(w, &token, Method::POST, &format!("{person}/sign-in-help"), json!({"help": "factors"})).await), (422, "refused".into()));
    assert_eq!(call(w, &token, Method::GET, "/api/v1/identities?q=nina", Value::Null).await.json()["identities"][0]["identity_id"], nina.as_str());
    let log = call(w, &token, Method::GET, &format!("/api/v1/audit-events?kind=identity.&identity_id={}", actor.id), Value::Null).await.json();
    let kinds: Vec<&str> = log["events"].as_array().expect("a list").iter().filter_map(|e| e["kind"].as_str()).collect();
    assert_eq!(kinds, ["identity.signed_out", "identity.enabled", "identity.disabled", "identity.added"]);
    assert_eq!(log["events"][0]["client_id"], service.client_id.as_str());
    // Keys and deliveries.
    let keys = call(w, &token, Method::GET, "/api/v1/keys", Value::Null).await.json();
    assert_eq!(keys["keys"].as_array().map(Vec::len), Some(8));
    assert_eq!(reason(&call(w, &token, Method::POST, "/api/v1/keys/rotations", json!({})).await), (422, "refused".into()));
    assert_eq!(call(w, &token, Method::POST, "/api/v1/keys/rotations", json!({"force": true})).await.status, 204);
    assert_eq!(call(w, &token, Method::GET, "/api/v1/outbox", Value::Null).await.json(), json!({"deliveries": []}));
    assert_eq!(call(w, &token, Method::POST, "/api/v1/outbox/nothing/retry", Value::Null).await.status, 404);
}

#[tokio::test]
async fn what_was_changed_meanwhile_is_not_overwritten() {
    let world = World::new().await;
    world.company("Shop").await;
    let mut service = service(&world, SCOPES, None).await;
    let token = machine_token(&mut service, None).await;
    let w = &world;
    let desk = w.client().await;
    let path = format!("/api/v1/clients/{}", desk.client_id);
    let seen = call(w, &token, Method::GET, &path, Value::Null).await;
    let mut body = seen.json();
    body.as_object_mut().expect("an object").remove("client_id");
    body["client_name"] = "First".into();
    let tag = etag(&seen);
    let first = send(w, &token, Method::PUT, &path, &[("if-match", &tag)], body.clone()).await;
    assert_eq!((first.status.as_u16(), first.json()["client_name"].as_str()), (200, Some("First")), "{}", first.body);
    body["client_name"] = "Second".into();
    let late = send(w, &token, Method::PUT, &path, &[("if-match", &tag)], body.clone()).await;
    assert_eq!(reason(&late), (412, "precondition-failed".into()));
    assert_eq!(reason(&send(w, &token, Method::DELETE, &path, &[("if-match", &tag)], Value::Null).await), (412, "precondition-failed".into()));
    assert_eq!(etag(&call(w, &token, Method::GET, &path, Value::Null).await), etag(&first), "what was refused changed nothing");
    assert_eq!(send(w, &token, Method::PUT, &path, &[("if-match", "*")], body).await.json()["client_name"], "Second");
    for path in ["/api/v1/organizations/shop", "/api/v1/organizations/shop/settings"] {
        let seen = call(w, &token, Method::GET, path, Value::Null).await;
        let stale = send(w, &token, Method::PUT, path, &[("if-match", "\"another\"")], seen.json()).await;
        assert_eq!(reason(&stale), (412, "precondition-failed".into()), "{path}");
    }
    let settings = "/api/v1/organizations/shop/settings";
    let mut body = call(w, &token, Method::GET, settings, Value::Null).await.json();
    body["level"] = "mfa".into();
    assert_eq!(call(w, &token, Method::PUT, settings, body).await.json()["level"], "mfa");
    // Rules between members, all at once.
    let wrong = json!({"client_name": "Desk", "metadata": {"token_endpoint_auth_method": "none", "require_pkce": false}});
    let refused = call(w, &token, Method::POST, "/api/v1/clients", wrong).await;
    assert!(
        refused.status == 422 && refused.json()["title"].as_str().is_some_and(|t| t.contains("require_pkce") && t.contains("redirect_uris")),
        "{}",
        refused.body
    );
    assert_eq!(
        reason(&call(w, &token, Method::POST, "/api/v1/clients", json!({"client_name": "x", "metadata": {"nonsense": 1}})).await),
        (400, "invalid-parameter".into())
    );
}

#[tokio::test]
async fn a_call_with_a_key_is_done_once_however_often_it_is_sent() {
    let world = World::new().await;
    let mut service = service(&world, SCOPES, None).await;
    let token = machine_token(&mut service, None).await;
    let w = &world;
    let body = json!({"client_name": "Desk", "metadata": {"redirect_uris": ["https://a.example/cb"]}});
    let key = [("idempotency-key", "order-1")];
    let first = send(w, &token, Method::POST, "/api/v1/clients", &key, body.clone()).await;
    let again = send(w, &token, Method::POST, "/api/v1/clients", &key, body.clone()).await;
    assert_eq!((first.status.as_u16(), again.status.as_u16(), first.json()), (201, 201, again.json()), "the same id and the same secret");
    assert_eq!(again.headers["idempotency-replayed"], "true");
    let stored = vestibule::store::idempotency::seen(&w.app.store.db, "nothing").await.expect("a read");
    assert!(stored.is_none());
    let another = send(w, &token, Method::POST, "/api/v1/clients", &key, json!({"client_name": "Else"})).await;
    assert_eq!(reason(&another), (422, "idempotency-key-reused".into()));
    // A refusal is repeated too; another caller's key is their own; a day later it is forgotten.
    let bad = [("idempotency-key", "order-2")];
    let refused = send(w, &token, Method::POST, "/api/v1/clients", &bad, json!({"client_name": "Else"})).await;
    let same = send(w, &token, Method::POST, "/api/v1/clients", &bad, json!({"client_name": "Else"})).await;
    assert_eq!((reason(&refused), reason(&same)), ((422, "refused".into()), (422, "refused".into())));
    let mut other = self::service(w, SCOPES, None).await;
    let others = machine_token(&mut other, None).await;
    let theirs = send(w, &others, Method::POST, "/api/v1/clients", &key, body.clone()).await;
    assert_ne!(theirs.json()["client_id"], first.json()["client_id"]);
    w.advance(Seconds::days(1));
    vestibule::worker::clean_up(&w.app, w.now()).await.expect("no fault");
    w.advance(Seconds(1));
    vestibule::worker::clean_up(&w.app, w.now()).await.expect("no fault");
    let token = machine_token(&mut service, None).await;
    let later = send(w, &token, Method::POST, "/api/v1/clients", &key, body.clone()).await;
    assert_ne!(later.json()["client_id"], first.json()["client_id"]);
    for wrong in ["", &"x".repeat(300)] {
        assert_eq!(
            reason(&send(w, &token, Method::POST, "/api/v1/clients", &[("idempotency-key", wrong)], body.clone()).await),
            (400, "invalid-parameter".into())
        );
    }
    // Many at once: one is done, the others are told so or get its answer.
    let sent: Vec<_> = (0..8).map(|_| send(w, &token, Method::POST, "/api/v1/clients", &[("idempotency-key", "order-3")], body.clone())).collect();
    let mut ids = std::collections::BTreeSet::new();
    for answer in futures_util::future::join_all(sent).await {
        match answer.status.as_u16() {
            201 => _ = ids.insert(answer.json()["client_id"].to_string()),
            409 => assert_eq!(reason(&answer).1, "call-under-way"),
            other => panic!("{other}: {}", answer.body),
        }
    }
    assert_eq!(ids.len(), 1);
}

#[tokio::test]
async fn a_caller_that_asks_too_often_is_told_when_to_come_back() {
    let world = World::with(|c| c.api_calls_per_minute = 3).await;
    let mut service = service(&world, SCOPES, None).await;
    let token = machine_token(&mut service, None).await;
    for left in ["2", "1", "0"] {
        let answer = call(&world, &token, Method::GET, "/api/v1/keys", Value::Null).await;
        assert!(answer.status == 200 && answer.headers["ratelimit"].to_str().is_ok_and(|r| r.contains(&format!("r={left};"))), "{:?}", answer.headers);
    }
    let refused = call(&world, &token, Method::GET, "/api/v1/keys", Value::Null).await;
    assert_eq!(reason(&refused), (429, "asked-too-often".into()));
    let wait: i64 = refused.headers["retry-after"].to_str().expect("text").parse().expect("seconds");
    let mut other = self::service(&world, SCOPES, None).await;
    let others = machine_token(&mut other, None).await;
    assert_eq!(call(&world, &others, Method::GET, "/api/v1/keys", Value::Null).await.status, 200, "others have their own");
    world.advance(Seconds(wait));
    assert_eq!(call(&world, &token, Method::GET, "/api/v1/keys", Value::Null).await.status, 200);
}

#[tokio::test]
async fn webhooks_over_the_api_are_ones_own_and_show_their_secret_once() {
    let world = World::new().await;
    world.company("Shop").await;
    world.company("Depot").await;
    let mut provider = service(&world, SCOPES, None).await;
    let all = machine_token(&mut provider, None).await;
    let mut shops = service(&world, SCOPES, Some(vec!["shop".into()])).await;
    let own = machine_token(&mut shops, Some("shop")).await;
    let mut depots = service(&world, SCOPES, Some(vec!["depot".into()])).await;
    let foreign = machine_token(&mut depots, Some("depot")).await;
    let w = &world;
    let hooks = "/api/v1/webhooks";
    let made = call(w, &own, Method::POST, hooks, json!({"url": "http://127.0.0.1:9/x", "events": ["role.added"]})).await;
    assert_eq!(made.status, 201, "{}", made.body);
    assert!(made.json()["secret"].as_str().is_some_and(|s| s.starts_with("whsec_")));
    let path = format!("{hooks}/{}", made.json()["webhook_id"].as_str().expect("an id"));
    let seen = call(w, &own, Method::GET, &path, Value::Null).await;
    assert!(seen.json()["events"] == json!(["role.added"]) && !seen.body.contains("whsec_"), "{}", seen.body);
    assert_eq!(
        reason(&call(w, &own, Method::POST, hooks, json!({"url": "http://127.0.0.1:9/", "organization": "depot"})).await),
        (403, "organization-access-denied".into())
    );
    assert_eq!(
        reason(&call(w, &own, Method::POST, hooks, json!({"url": "http://127.0.0.1:9/", "organization": "nowhere"})).await),
        (403, "organization-access-denied".into())
    );
    assert_eq!(reason(&call(w, &own, Method::POST, hooks, json!({"url": "http://127.0.0.1:9/", "events": ["keys.rotated"]})).await), (422, "refused".into()));
    // What a caller was not let do is not remembered: when they may, the same key does it.
    let shop = vestibule::store::companies::named(&w.app.store.db, "shop").await.expect("a read").expect("there").id;
    let once = async || send(w, &own, Method::POST, hooks, &[("idempotency-key", "k")], json!({"url": "http://127.0.0.1:9/once"})).await;
    actions::suspend_company(&w.app, &shop, true, &Default::default(), w.now()).await.expect("no fault");
    assert_eq!(reason(&once().await), (403, "organization-access-denied".into()));
    actions::suspend_company(&w.app, &shop, false, &Default::default(), w.now()).await.expect("no fault");
    let made = once().await;
    assert_eq!(made.status, 201, "{}", made.body);
    let extra = format!("{hooks}/{}", made.json()["webhook_id"].as_str().expect("an id"));
    assert_eq!(call(w, &own, Method::DELETE, &extra, Value::Null).await.status, 204);
    // Others' are not there; who runs the provider reaches every one.
    for (method, path) in [
        (Method::GET, path.clone()),
        (Method::PUT, path.clone()),
        (Method::DELETE, path.clone()),
        (Method::POST, format!("{path}/secret")),
        (Method::POST, format!("{path}/test")),
        (Method::GET, format!("{path}/messages")),
        (Method::POST, format!("{path}/messages/x/replay")),
    ] {
        assert_eq!(reason(&call(w, &foreign, method.clone(), &path, json!({})).await), (404, "not-here".into()), "{method} {path}");
    }
    assert_eq!(call(w, &foreign, Method::GET, hooks, Value::Null).await.json(), json!({"webhooks": []}));
    assert_eq!(call(w, &all, Method::GET, hooks, Value::Null).await.json()["webhooks"].as_array().map(Vec::len), Some(1));
    assert_eq!(call(w, &own, Method::POST, &format!("{path}/test"), Value::Null).await.status, 204);
    let messages = call(w, &own, Method::GET, &format!("{path}/messages"), Value::Null).await.json();
    assert_eq!(messages["messages"][0]["type"], "webhook.test");
    let message = messages["messages"][0]["message_id"].as_str().expect("an id");
    assert_eq!(call(w, &own, Method::POST, &format!("{path}/messages/{message}/replay"), Value::Null).await.status, 204);
    assert_eq!(call(w, &own, Method::POST, &format!("{path}/secret"), Value::Null).await.status, 201);
    let tag = etag(&call(w, &own, Method::GET, &path, Value::Null).await);
    let off = json!({"url": "http://127.0.0.1:9/y", "disabled": true});
    assert_eq!(send(w, &own, Method::PUT, &path, &[("if-match", &tag)], off.clone()).await.status, 204);
    assert_eq!(reason(&send(w, &own, Method::PUT, &path, &[("if-match", &tag)], off).await), (412, "precondition-failed".into()));
    assert_eq!(call(w, &own, Method::DELETE, &path, Value::Null).await.status, 204);
    assert_eq!(call(w, &own, Method::GET, &path, Value::Null).await.status, 404);
}

/// A token of a person for our API.
async fn person_token(app: &mut RelyingApp, who: &mut Actor, company: &str) -> String {
    let named = [("organization", company)];
    let mut asked: Vec<(&str, &str)> = named.into_iter().filter(|(_, c)| !c.is_empty()).collect();
    let scope = format!("openid {SCOPES}");
    asked.extend([("scope", scope.as_str()), ("resource", "http://localhost:8080/api")]);
    let page = who.follows(app, &asked).await;
    let answer = who.goes_through(page, None).await;
    app.complete(&answer).await.access_token
}

#[tokio::test]
async fn t24_every_route_of_the_api_refuses_a_token_from_elsewhere() {
    let world = World::new().await;
    let (alice, [shops]) = world.person_with_accounts("alice@example.test", ["Shop"]).await;
    world.company("Depot").await;
    let mut omar = world.person("omar@example.test").await;
    world.account(&omar, "depot", AccountKind::Owner).await;
    let mut app = world
        .client_with(|m| {
            m.consent = ConsentPolicy::Implicit;
            m.scope = ScopeSet::parse(&format!("openid {SCOPES}"));
        })
        .await;
    let owner_elsewhere = person_token(&mut app, &mut omar, "depot").await;
    let mut bound = service(&world, &format!("{SCOPES} service_status links"), Some(vec!["depot".into()])).await;
    let machine_elsewhere = machine_token(&mut bound, Some("depot")).await;
    let mut powerless = service(&world, "service_status", None).await;
    let without_scopes = machine_token(&mut powerless, None).await;
    let mut calls = 0;
    for route in vestibule::web::ROUTES.iter().filter(|r| r.path.starts_with("/api/v1/") && !r.path.starts_with("/api/v1/me/")) {
        let path = route
            .path
            .replace("{org}", "shop")
            .replace("{account}", shops.as_str())
            .replace("{client}", app.client_id.as_str())
            .replace("{identity}", alice.id.as_str())
            .replace("{identifier}", "https%3A%2F%2Fapi.example")
            .replace(['{', '}'], "");
        for method in route.methods {
            let method: Method = method.parse().expect("a method");
            for (whose, token) in [("an owner elsewhere", &owner_elsewhere), ("a machine elsewhere", &machine_elsewhere), ("without scopes", &without_scopes)] {
                // Webhooks belong to whom they tell: there are none here of anybody else's.
                if route.path.starts_with("/api/v1/webhooks") && whose != "without scopes" {
                    let answer = call(&world, token, method.clone(), &path, json!({})).await;
                    let expected = if route.path.ends_with("/webhooks") { if method == Method::GET { 200 } else { 400 } } else { 404 };
                    assert_eq!(answer.status.as_u16(), expected, "{whose}: {method} {path}: {}", answer.body);
                    continue;
                }
                // What lists companies lists one's own.
                if route.path == "/api/v1/organizations" && method == Method::GET && whose != "without scopes" {
                    let listed = call(&world, token, method.clone(), &path, Value::Null).await;
                    assert_eq!(
                        (listed.json()["organizations"].as_array().map(Vec::len), listed.json()["organizations"][0]["org_slug"].as_str()),
                        (Some(1), Some("depot"))
                    );
                    continue;
                }
                let answer = call(&world, token, method.clone(), &path, json!({})).await;
                assert_eq!(answer.status, 403, "{whose}: {method} {path}: {}", answer.body);
                assert!(!answer.body.contains("alice"), "{}", answer.body);
            }
            assert_eq!(call(&world, "nonsense", method.clone(), &path, json!({})).await.status, 401, "{method} {path}");
            calls += 1;
        }
    }
    assert!(calls >= 45, "{calls} calls");
    // In their own company both reach what concerns it, and nothing that is the provider's.
    for token in [&owner_elsewhere, &machine_elsewhere] {
        assert_eq!(call(&world, token, Method::GET, "/api/v1/organizations/depot/settings", Value::Null).await.status, 200);
        assert_eq!(
            call(
                &world,
                token,
                Method::POST,
                "/api/v1/organizations/depot/roles",
                json!({"name": format!("r{}", token.len()), "title": "R", "permissions": []})
            )
            .await
            .status,
            204
        );
        let seen = call(&world, token, Method::GET, "/api/v1/organizations/depot", Value::Null).await.json();
        let mut body = json!({"org_name": "Mine", "org_slug": "depot"});
        body["region"] = seen["region"].clone();
        assert_eq!(call(&world, token, Method::PUT, "/api/v1/organizations/depot", body).await.status, 403, "suspending is the provider's");
    }
}

#[tokio::test]
async fn an_operator_in_person_needs_a_second_factor_for_the_api_too() {
    let world = World::new().await;
    let (mut opal, _) = world.person_with_accounts("opal@example.test", ["Shop"]).await;
    let mut app = world
        .client_with(|m| {
            m.consent = ConsentPolicy::Implicit;
            m.organization_usage = OrganizationUsage::Deny;
            m.scope = ScopeSet::parse(&format!("openid offline_access {SCOPES}"));
        })
        .await;
    actions::make_operator(&world.app, &opal.id, &Default::default(), world.now()).await.expect("no fault").expect("made");
    let weak = person_token(&mut app, &mut opal, "").await;
    assert_eq!(reason(&call(&world, &weak, Method::GET, "/api/v1/clients", Value::Null).await), (403, "organization-access-denied".into()));
    opal.sets_up_a_phone(&world).await;
    let strong = person_token(&mut app, &mut opal, "").await;
    assert_eq!(call(&world, &strong, Method::GET, "/api/v1/clients", Value::Null).await.status, 200);
    let made = call(&world, &strong, Method::POST, "/api/v1/organizations", json!({"org_name": "Depot", "org_slug": "depot"})).await;
    assert_eq!(made.status, 201);
    let log = call(&world, &strong, Method::GET, "/api/v1/audit-events?kind=company.added&limit=1", Value::Null).await.json();
    assert_eq!((log["events"][0]["identity_id"].as_str(), log["events"][0]["client_id"].as_str()), (Some(opal.id.as_str()), Some(app.client_id.as_str())));
    // In a company the same person's token reaches that company alone, and only with full access there.
    let mut company_app = world
        .client_with(|m| {
            m.consent = ConsentPolicy::Implicit;
            m.scope = ScopeSet::parse(&format!("openid {SCOPES}"));
        })
        .await;
    let inside = person_token(&mut company_app, &mut opal, "shop").await;
    assert_eq!(reason(&call(&world, &inside, Method::GET, "/api/v1/clients", Value::Null).await), (403, "organization-access-denied".into()));
    assert_eq!(
        reason(&call(&world, &inside, Method::GET, "/api/v1/organizations/shop/settings", Value::Null).await),
        (403, "organization-access-denied".into())
    );
    // What was shown is too old after two hours, for the API as for the console.
    let page =
        opal.follows(&app, &[("scope", &format!("openid offline_access {SCOPES}")), ("resource", "http://localhost:8080/api"), ("prompt", "consent")]).await;
    let page = opal.goes_through(page, None).await;
    let kept = app.complete(&page).await;
    world.advance(Seconds::hours(2));
    world.advance(Seconds::minutes(1));
    let later = app.refresh(kept.refresh_token.as_deref().expect("one"), &[("resource", "http://localhost:8080/api")]).await.json();
    let later = later["access_token"].as_str().expect("a token");
    assert_eq!(reason(&call(&world, later, Method::GET, "/api/v1/clients", Value::Null).await), (403, "organization-access-denied".into()));
}

#[tokio::test]
async fn t24_a_client_of_some_companies_gets_all_of_them_by_naming_none_no_more_than_one_that_lost_a_scope() {
    let world = World::new().await;
    let (mut alice, _) = world.person_with_accounts("alice@example.test", ["Shop"]).await;
    let mut bound = service(&world, SCOPES, Some(vec!["shop".into()])).await;
    let unnamed = machine_token(&mut bound, None).await;
    for path in ["/api/v1/clients", "/api/v1/organizations", "/api/v1/audit-events", "/api/v1/webhooks"] {
        assert_eq!(reason(&call(&world, &unnamed, Method::GET, path, Value::Null).await), (403, "organization-access-denied".into()), "{path}");
    }
    // Foreign and unknown companies read the same to whoever reaches one.
    world.company("Depot").await;
    let own = machine_token(&mut bound, Some("shop")).await;
    let titles = ["depot", "nowhere"].map(|slug| format!("/api/v1/organizations/{slug}"));
    let mut said = Vec::new();
    for path in &titles {
        said.push(call(&world, &own, Method::GET, path, Value::Null).await.json()["title"].clone());
    }
    assert_eq!(said[0], said[1]);
    // What an operator takes from an app is gone from what it has: a scope, and a company.
    let mut desk = world.client_with(|m| m.consent = ConsentPolicy::Implicit).await;
    let page = alice.follows(&desk, &[("organization", "shop"), ("scope", "openid profile offline_access"), ("prompt", "consent")]).await;
    let page = alice.goes_through(page, None).await;
    let tokens = desk.complete(&page).await;
    let registered = actions::registered_client(&world.app, &desk.client_id).await.expect("a read").expect("there").client;
    let mut narrower = registered.clone();
    narrower.metadata.scope = ScopeSet::parse("openid offline_access");
    actions::change_client(&world.app, &narrower, None, &Default::default(), world.now()).await.expect("no fault").expect("changed");
    let refreshed = desk.refresh(tokens.refresh_token.as_deref().expect("one"), &[]).await.json();
    assert_eq!(
        refreshed["scope"],
        "openid offline_access".split(' ').collect::<std::collections::BTreeSet<_>>().into_iter().collect::<Vec<_>>().join(" "),
        "{refreshed}"
    );
    let depot = vestibule::store::companies::named(&world.app.store.db, "depot").await.expect("a read").expect("there").id;
    narrower.companies = vestibule::protocol::ClientCompanies::Listed(vec![depot]);
    actions::change_client(&world.app, &narrower, None, &Default::default(), world.now()).await.expect("no fault").expect("changed");
    let refused = desk.refresh(refreshed["refresh_token"].as_str().expect("one"), &[]).await.json();
    assert_eq!(refused["error"], "invalid_grant", "{refused}");
}

#[tokio::test]
async fn t24_a_service_adds_invites_changes_and_removes_the_people_of_a_company_and_the_log_says_that_it_was_the_service() {
    let world = World::new().await;
    world.company("Shop").await;
    world.company("Depot").await;
    world.role("shop", "clerk", &["stock.read"]).await;
    let mut bound = service(&world, SCOPES, Some(vec!["shop".into()])).await;
    let own = machine_token(&mut bound, Some("shop")).await;
    let w = &world;
    let (people, invitations) = ("/api/v1/organizations/shop/people", "/api/v1/organizations/shop/invitations");
    // The first owner of a company that has nobody yet; nobody could send an invitation before.
    let early = call(w, &own, Method::POST, invitations, json!({"name": "dora@example.test", "kind": "delegate"})).await;
    assert_eq!(reason(&early), (422, "refused".into()), "{}", early.body);
    let made = call(w, &own, Method::POST, people, json!({"email": "olga@example.test", "given_name": "Olga", "kind": "owner"})).await;
    assert_eq!(made.status, 201, "{}", made.body);
    let olga = made.json()["account_id"].as_str().expect("an id").to_owned();
    let link = world.mailed_link("olga@example.test", "/activate/").await;
    let mut person = world.browser();
    let page = person.open(&link).await;
    person.submit(&page, "/set-password", &[("password", "nine boats asleep in the fog"), ("again", "nine boats asleep in the fog")]).await;
    let nina = call(w, &own, Method::POST, people, json!({"email": "nina@example.test", "kind": "member", "roles": ["clerk"]})).await.json();
    let nina = format!("{people}/{}", nina["account_id"].as_str().expect("an id"));
    assert_eq!(call(w, &own, Method::PUT, &nina, json!({"roles": [], "permissions": ["stock.read"]})).await.status, 204);
    assert_eq!(reason(&call(w, &own, Method::PUT, &nina, json!({"roles": [], "permissions": ["payroll.read"]})).await), (422, "more-than-you-hold".into()));
    // Invited in the name of who runs the company.
    let sent =
        call(w, &own, Method::POST, invitations, json!({"name": "dora@example.test", "kind": "delegate", "permissions": ["stock.read"], "inviter": olga}))
            .await;
    assert_eq!(sent.status, 201, "{}", sent.body);
    assert!(world.mails().await.iter().any(|m| m["to"] == "dora@example.test"));
    let id = sent.json()["invitation_id"].as_str().expect("an id").to_owned();
    assert_eq!(call(w, &own, Method::POST, &format!("{invitations}/{id}/resend"), Value::Null).await.status, 204);
    assert_eq!(call(w, &own, Method::DELETE, &format!("{invitations}/{id}"), Value::Null).await.status, 204);
    // Listed by kind; the last owner stays, also for a service.
    let owners = call(w, &own, Method::GET, &format!("{people}?kind=owner"), Value::Null).await.json();
    assert_eq!(owners["people"].as_array().map(Vec::len), Some(1), "{owners}");
    assert_eq!(reason(&call(w, &own, Method::GET, &format!("{people}?kind=boss"), Value::Null).await), (400, "invalid-parameter".into()));
    assert_eq!(reason(&call(w, &own, Method::DELETE, &format!("{people}/{olga}"), Value::Null).await), (422, "last-owner".into()));
    assert_eq!(call(w, &own, Method::DELETE, &nina, Value::Null).await.status, 204);
    // Not elsewhere, and not without the scope.
    for path in ["/api/v1/organizations/depot/people", "/api/v1/organizations/nowhere/people"] {
        assert_eq!(reason(&call(w, &own, Method::GET, path, Value::Null).await), (403, "organization-access-denied".into()), "{path}");
    }
    let mut narrow = service(&world, "companies", Some(vec!["shop".into()])).await;
    let narrow = machine_token(&mut narrow, Some("shop")).await;
    assert_eq!(reason(&call(w, &narrow, Method::GET, people, Value::Null).await), (403, "insufficient-scope".into()));
    let mut provider = service(&world, SCOPES, None).await;
    let all = machine_token(&mut provider, None).await;
    assert_eq!(call(w, &all, Method::GET, "/api/v1/organizations/depot/people", Value::Null).await.status, 200);
    let log = call(w, &all, Method::GET, "/api/v1/audit-events?kind=account.added", Value::Null).await.json();
    let first = &log["events"][0];
    assert!(first["identity_id"].is_null() && first["client_id"] == bound.client_id.as_str(), "{first}");
}

#[tokio::test]
async fn a_company_reads_and_sets_how_it_looks_and_only_the_operator_adds_a_domain() {
    let world = World::new().await;
    world.company("Shop").await;
    let mut provider = service(&world, SCOPES, None).await;
    let all = machine_token(&mut provider, None).await;
    let mut bound = service(&world, SCOPES, Some(vec!["shop".into()])).await;
    let own = machine_token(&mut bound, Some("shop")).await;
    let w = &world;
    let at = |rest: &str| format!("/api/v1/organizations/shop/{rest}");
    let domain = json!({"host": "login.shop.test:8080", "product_name": "Shop", "sender": "hello@shop.test"});
    assert_eq!(reason(&call(w, &own, Method::POST, &at("domains"), domain.clone()).await), (403, "organization-access-denied".into()));
    let made = call(w, &all, Method::POST, &at("domains"), domain).await;
    assert_eq!(made.status, 201, "{}", made.body);
    let one = at(&format!("domains/{}", made.json()["brand_id"].as_str().expect("an id")));
    assert_eq!(call(w, &own, Method::PUT, &one, json!({"product_name": "Shop & Co", "accent": "#7a1f5c"})).await.status, 204);
    assert_eq!(reason(&call(w, &own, Method::PUT, &one, json!({"product_name": "Shop", "accent": "#ffee00"})).await), (422, "refused".into()));
    assert_eq!(reason(&call(w, &own, Method::PUT, &at("domains/x"), json!({"product_name": "Shop"})).await), (404, "not-here".into()));
    let look = call(w, &own, Method::GET, &at("branding"), Value::Null).await.json();
    assert_eq!(
        (&look["domains"][0]["product_name"], &look["domains"][0]["sender"], &look["logo_uri"]),
        (&json!("Shop & Co"), &json!("hello@shop.test"), &Value::Null)
    );
    let png = |body: &'static [u8], media_type: &'static str| {
        Request::put(at("logo")).header("authorization", format!("Bearer {own}")).header("content-type", media_type).body(body.into()).expect("a request")
    };
    assert_eq!(w.browser().send(png(b"x", "text/plain")).await.status, 400);
    assert_eq!(w.browser().send(png(b"GIF89a", "image/png")).await.status, 422);
    assert_eq!(w.browser().send(png(crate::company_rooms::PNG, "image/png")).await.status, 204);
    let logo = call(w, &own, Method::GET, &at("branding"), Value::Null).await.json()["logo_uri"].as_str().expect("one").to_owned();
    assert_eq!(w.browser().get(&logo).await.status, 200);
    assert_eq!(call(w, &own, Method::DELETE, &at("logo"), Value::Null).await.status, 204);
    let listed = call(w, &own, Method::GET, &at("permissions"), Value::Null).await.json();
    assert_eq!(listed["permissions"][0]["permission"], "company.audit", "{listed}");
}

#[tokio::test]
async fn the_browsers_of_a_person_are_listed_for_who_runs_the_provider() {
    let world = World::new().await;
    let mut alice = world.person("alice@example.test").await;
    alice.is_home().await;
    let mut provider = service(&world, SCOPES, None).await;
    let all = machine_token(&mut provider, None).await;
    let path = format!("/api/v1/identities/{}/sessions", alice.id);
    let listed = call(&world, &all, Method::GET, &path, Value::Null).await.json();
    assert_eq!(listed["sessions"].as_array().map(Vec::len), Some(1), "{listed}");
    assert_eq!(call(&world, &all, Method::DELETE, &path, Value::Null).await.status, 204);
    assert_eq!(call(&world, &all, Method::GET, &path, Value::Null).await.json(), json!({"sessions": []}));
}
