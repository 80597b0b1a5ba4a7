//! Bad input, generated from the router's own map (decisions.md 37): every parameter of every endpoint, never a 500,
//! never a redirect to an address that is not proven, always our own headers.

use axum::body::Body;
use axum::http::{Request, header};
use vestibule::web::ROUTES;

use crate::support::{Answer, World};

/// Fills the one parameter of a path.
fn concrete(path: &str, value: &str) -> String {
    match path.split_once('{') {
        None => path.to_owned(),
        Some((before, rest)) => format!("{before}{value}{}", rest.split_once('}').map_or("", |(_, after)| after)),
    }
}

/// Raw form texts for one parameter: missing, repeated, empty, over-long, wrong type, not UTF-8, with NUL, and tricks.
fn bad(name: &str) -> Vec<String> {
    let long = "a".repeat(20_000);
    vec![
        String::new(),
        format!("{name}"),
        format!("{name}="),
        format!("{name}=x&{name}=y"),
        format!("{name}={long}"),
        format!("{name}=%FF%FE"),
        format!("{name}=%00"),
        format!("{name}=a%00b"),
        format!("{name}=%"),
        format!("{name}[]=x"),
        format!("{name}=%22%3E%3Cscript%3Ealert(1)%3C/script%3E"),
        format!("{name}=%0d%0aSet-Cookie:%20x=y"),
        format!("{name}=-1"),
        format!("{name}=99999999999999999999"),
        format!("{name}=%F0%9F%92%A9"),
        format!("{name}=https://evil.test/"),
        format!("{name}=' or 1=1 --"),
    ]
}

fn sane(what: &str, answer: &Answer) {
    assert!(answer.status.as_u16() < 500, "{what}: {} {}", answer.status, answer.body);
    if let Some(location) = answer.location() {
        let ours = location.starts_with('/') && !location.starts_with("//");
        assert!(ours || location.starts_with("https://app.example.test/"), "{what} redirects to {location}");
    }
    assert!(!answer.body.contains("<script>alert"), "{what} reflects");
    assert!(answer.headers.get("x-content-type-options").is_some(), "{what}");
    for cookie in answer.headers.get_all(header::SET_COOKIE) {
        assert!(cookie.to_str().expect("text").starts_with("vestibule"), "{what}");
    }
}

/// What a parameter is when another one is the fault in question.
fn plausible(name: &str) -> &'static str {
    match name {
        "grant_type" => "refresh_token",
        "limit" => "20",
        "sure" => "yes",
        "until" => "2027-01-31",
        "kind" => "member",
        "locale" => "fr",
        "password" | "again" => "nine boats asleep in the fog",
        "identifier" | "name" | "email" => "nobody@example.test",
        "given_name" | "family_name" => "Nina",
        "decision" => "deny",
        _ => "",
    }
}

/// An answer says in its own way that the request was wrong, or goes on: an app's error is a registered code, a person's is a
/// page of ours in their language.
fn speaks(what: &str, method: &str, form: bool, answer: &Answer) {
    let status = answer.status.as_u16();
    let kind = answer.headers.get(header::CONTENT_TYPE).and_then(|h| h.to_str().ok()).unwrap_or_default();
    if status < 400 {
        return;
    }
    if kind.starts_with("text/html") {
        assert!(answer.headers.contains_key(header::CONTENT_LANGUAGE) && !answer.text("h1").is_empty(), "{what}: {}", answer.body);
        // A form that is ours is never refused as somebody else's: its fields were looked at.
        assert!(!(form && method == "POST" && status == 403 && answer.text("h1").contains("out of date")), "{what} was not looked at");
    } else {
        let body: serde_json::Value = serde_json::from_str(&answer.body).unwrap_or_default();
        let registered = [
            "invalid_request",
            "invalid_grant",
            "invalid_client",
            "invalid_scope",
            "invalid_target",
            "invalid_token",
            "unsupported_grant_type",
            "unauthorized_client",
            "insufficient_scope",
            "access_denied",
            "invalid_client_metadata",
            "invalid_redirect_uri",
        ];
        let known = body["error"].as_str().is_some_and(|e| registered.contains(&e)) || body["type"].as_str().is_some_and(|t| t.contains("/errors/"));
        let bare = answer.body.is_empty() && [401, 404, 405].contains(&status);
        assert!(known || bare, "{what}: {status} {kind} {}", answer.body);
    }
}

#[tokio::test]
async fn every_parameter_of_every_endpoint() {
    let world = World::new().await;
    let (mut alice, [shop]) = world.person_with_accounts("alice@example.test", ["Shop"]).await;
    let mut owner = world.person("olga@example.test").await;
    let desk_account = world.account(&owner, "shop", vestibule::domain::AccountKind::Owner).await;
    let mut desk = world.client_with(|m| m.initiate_login_uri = vestibule::types::RedirectUri::parse("https://app.example.test/start").ok()).await;
    alice.enters(&mut desk, "shop").await;
    let authorization = format!(
        "Basic {}",
        base64::Engine::encode(&base64::engine::general_purpose::STANDARD, format!("{}:{}", desk.client_id, desk.secret.as_ref().expect("one")))
    );
    let page = alice.follows(&desk, &[("organization", "shop"), ("scope", "openid organizations"), ("resource", "http://localhost:8080/api")]).await;
    let listing = alice.goes_through(page, None).await;
    let bearer = format!("Bearer {}", desk.complete(&listing).await.access_token);
    let good_request = desk.request(&[]);
    let good_query = good_request.split_once('?').expect("a query").1.to_owned();

    let (mut cases, mut pages) = (0, 0);
    for route in ROUTES {
        // Every route finds somebody signed in and an interaction that is open, whatever the one before it did.
        owner.is_home().await;
        let page = owner.follows(&desk, &[("prompt", "login")]).await;
        let interaction = page.path.rsplit('/').next().expect("an id").to_owned();
        let token = page.html();
        let token = token.select(&scraper::Selector::parse("input[name=csrf]").expect("a selector")).next();
        let csrf = token.and_then(|i| i.attr("value")).expect("a token").to_owned();
        let path = route.path.replace("{account}", desk_account.as_str()).replace("{user}", shop.as_str());
        let path = path.replace("{identity}", owner.id.as_str());
        let path = concrete(&path, if path.contains("/portal/invitation/") { "inv_01a2076c41e87ffcaa3b8e921e2fa8ac" } else { &interaction });
        // What ends the session is tried on a copy of the browser that may lose it.
        let ends = ["/sign-out", "/end_session/confirm"].contains(&route.path);
        for name in route.parameters.iter().copied().chain(["unknown"]) {
            for raw in bad(name) {
                for method in route.methods {
                    if ends {
                        owner.is_home().await;
                    }
                    // The rest of a request is good, so that the fault is the one in question.
                    let base: String = if route.path == "/authorize" {
                        good_query.split('&').filter(|p| !p.starts_with(&format!("{name}="))).collect::<Vec<_>>().join("&")
                    } else {
                        let mut form = url::form_urlencoded::Serializer::new(String::new());
                        form.extend_pairs(route.parameters.iter().filter(|p| **p != name && !plausible(p).is_empty()).map(|p| (*p, plausible(p))));
                        if route.path == "/switch" && name != "client_id" {
                            form.append_pair("client_id", desk.client_id.as_str());
                        }
                        if route.form && *method == "POST" {
                            let home = if ends { Some(owner.browser.open("/").await) } else { None };
                            let fresh = home.as_ref().map(|h| h.html());
                            let fresh = fresh.as_ref().and_then(|h| {
                                h.select(&scraper::Selector::parse("input[name=csrf]").expect("a selector"))
                                    .next()
                                    .and_then(|i| i.attr("value"))
                                    .map(str::to_owned)
                            });
                            form.append_pair("csrf", fresh.as_deref().unwrap_or(&csrf));
                        }
                        form.finish()
                    };
                    let text = format!("{base}&{raw}");
                    let query: String = text.chars().map(|c| if c == ' ' { '+' } else { c }).collect();
                    let request = if *method == "GET" {
                        let request = Request::get(format!("{path}?{query}"));
                        let request =
                            if ["/userinfo", "/api/v1/me/accounts"].contains(&route.path) { request.header("authorization", &bearer) } else { request };
                        request.body(Body::empty())
                    } else {
                        Request::post(&path)
                            .header("content-type", "application/x-www-form-urlencoded")
                            .header("sec-fetch-site", "same-origin")
                            .header("authorization", &authorization)
                            .body(Body::from(query))
                    };
                    let mut browser = owner.browser.clone();
                    let answer = browser.send(request.expect("a request")).await;
                    let what = format!("{method} {} {raw:.60}", route.path);
                    sane(&what, &answer);
                    speaks(&what, method, route.form, &answer);
                    pages += usize::from(answer.status.as_u16() >= 400);
                    cases += 1;
                }
            }
        }
    }
    assert!(cases > 1500 && pages > 500, "{cases} {pages}");
}

#[tokio::test]
async fn every_endpoint_with_the_wrong_method_type_size_and_path() {
    let world = World::new().await;
    let mut browser = world.browser();
    for route in ROUTES {
        for value in ["x", "%00", "%ff", "..%2f..%2fetc%2fpasswd", "a%2fb", "%F0%9F%92%A9", &"a".repeat(3000)] {
            let path = concrete(route.path, value);
            for method in ["GET", "POST", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS", "TRACE"] {
                let request = Request::builder().method(method).uri(&path).body(Body::empty()).expect("a request");
                sane(&format!("{method} {path:.60}"), &browser.send(request).await);
            }
        }
        let path = concrete(route.path, "x");
        if route.methods.contains(&"POST") {
            for (media_type, body) in [
                ("application/json", "{}".to_owned()),
                ("multipart/form-data", "x".into()),
                ("", "a=b".into()),
                ("application/x-www-form-urlencoded", "a".repeat(100_000)),
            ] {
                let request =
                    Request::post(&path).header("content-type", media_type).header("sec-fetch-site", "same-origin").body(Body::from(body)).expect("a request");
                let answer = browser.send(request).await;
                sane(&format!("POST {path} as {media_type}"), &answer);
                assert!(answer.status.is_client_error(), "POST {path} as {media_type}: {}", answer.status);
            }
        }
        if !route.methods.contains(&"GET") {
            let answer = browser.get(&path).await;
            assert_eq!(answer.status, 405, "{path}");
        }
    }
}

#[tokio::test]
async fn cookies_that_are_nonsense_or_off() {
    let world = World::new().await;
    let mut alice = world.person("alice@example.test").await;
    let desk = world.client().await;
    for cookie in ["vestibule=", "vestibule=x", "vestibule=a.b", "vestibule=%00", "vestibule=a; vestibule=b", "=", ";;;", "vestibule"] {
        let request = Request::get(desk.request(&[])).header("cookie", cookie).body(Body::empty()).expect("a request");
        sane(cookie, &world.browser().send(request).await);
    }
    // Cookies off: the interaction cannot be recognised, and the page says so.
    let begun = alice.browser.get(&desk.request(&[])).await;
    let mut without = world.browser();
    let page = without.open(begun.location().expect("an interaction")).await;
    assert_eq!(page.status, 403);
    assert!(page.text("main").contains("cookies"));
}

#[tokio::test]
async fn a_session_that_ended_meanwhile_leads_back_to_signing_in() {
    let world = World::new().await;
    let (mut alice, _) = world.person_with_accounts("alice@example.test", ["Shop", "Depot"]).await;
    let mut desk = world.client().await;
    alice.enters(&mut desk, "shop").await;
    let chooser = alice.follows(&desk, &[("prompt", "select_account")]).await;
    let home = alice.browser.open("/").await;
    let mut other_tab = alice.browser.clone();
    other_tab.submit(&home, "/sign-out", &[]).await;
    let answer = alice.browser.submit(&chooser, "/account", &[]).await;
    assert_eq!((answer.status.as_u16(), answer.text("h1").as_str()), (403, "This page was out of date"));
    let again = alice.follows(&desk, &[]).await;
    assert_eq!(again.text("h1"), "Sign in");
}
