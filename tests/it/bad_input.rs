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

#[tokio::test]
async fn every_parameter_of_every_endpoint() {
    let world = World::new().await;
    let (mut alice, _) = world.person_with_accounts("alice@example.test", ["Shop"]).await;
    let mut desk = world.client().await;
    alice.enters(&mut desk, "shop").await;
    let page = alice.follows(&desk, &[("prompt", "login")]).await;
    let interaction = page.path.rsplit('/').next().expect("an id").to_owned();
    let csrf = page
        .html()
        .select(&scraper::Selector::parse("input[name=csrf]").expect("a selector"))
        .next()
        .and_then(|i| i.attr("value"))
        .expect("a token")
        .to_owned();
    let authorization = format!(
        "Basic {}",
        base64::Engine::encode(&base64::engine::general_purpose::STANDARD, format!("{}:{}", desk.client_id, desk.secret.as_ref().expect("one")))
    );
    let good_request = desk.request(&[]);
    let good_query = good_request.split_once('?').expect("a query").1.to_owned();

    let mut cases = 0;
    for route in ROUTES {
        let path = concrete(route.path, &interaction);
        for name in route.parameters.iter().copied().chain(["unknown"]) {
            for raw in bad(name) {
                for method in route.methods {
                    // The rest of an authorization request is good, so that the fault is the one in question.
                    let base: String = if route.path == "/authorize" {
                        good_query.split('&').filter(|p| !p.starts_with(&format!("{name}="))).collect::<Vec<_>>().join("&")
                    } else {
                        format!("csrf={csrf}")
                    };
                    let text = format!("{base}&{raw}");
                    let query: String = text.chars().map(|c| if c == ' ' { '+' } else { c }).collect();
                    let request = if *method == "GET" {
                        Request::get(format!("{path}?{query}")).body(Body::empty())
                    } else {
                        Request::post(&path)
                            .header("content-type", "application/x-www-form-urlencoded")
                            .header("sec-fetch-site", "same-origin")
                            .header("authorization", &authorization)
                            .body(Body::from(query))
                    };
                    let mut browser = alice.browser.clone();
                    let answer = browser.send(request.expect("a request")).await;
                    sane(&format!("{method} {} {raw:.60}", route.path), &answer);
                    cases += 1;
                }
            }
        }
    }
    assert!(cases > 1500, "{cases}");
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
