//! Bad input, generated from the router's own map (decisions.md 37): every parameter of every endpoint, never a 500,
//! never a redirect to an address that is not proven, always our own headers.

use axum::body::Body;
use axum::http::{Request, header};
use vestibule::domain::AccountKind;
use vestibule::protocol::GrantType;
use vestibule::types::AccountId;
use vestibule::web::{ROUTES, Route};

use crate::support::relying_app::Tokens;
use crate::support::{Actor, Answer, Phone, RelyingApp, World};

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
        format!("{name}=x&{name}=y"),
        format!("{name}="),
        format!("{name}={long}"),
        format!("{name}=%"),
        format!("{name}=%FF%FE"),
        format!("{name}=%00"),
        format!("{name}=a%00b"),
        format!("{name}[]=x"),
        format!("{name}=%22%3E%3Cscript%3Ealert(1)%3C/script%3E"),
        format!("{name}=-1"),
        format!("{name}=%0d%0aSet-Cookie:%20x=y"),
        format!("{name}=%F0%9F%92%A9"),
        format!("{name}=99999999999999999999"),
        format!("{name}=' or 1=1 --"),
        format!("{name}=https://evil.test/"),
    ]
}

fn sane(what: &str, answer: &Answer) {
    assert!(answer.status.as_u16() < 500, "{what}: {} {}", answer.status, answer.body);
    if let Some(location) = answer.location() {
        let ours = location.starts_with('/') && !location.starts_with("//");
        assert!(ours || location.starts_with("https://app.example.test/"), "{what} redirects to {location}");
    }
    let page = answer.headers.get(header::CONTENT_TYPE).is_some_and(|t| t.as_bytes().starts_with(b"text/html"));
    assert!(!page || !answer.body.contains("<script>alert"), "{what} reflects");
    assert!(answer.headers.get("x-content-type-options").is_some(), "{what}");
    for cookie in answer.headers.get_all(header::SET_COOKIE) {
        assert!(cookie.to_str().expect("text").starts_with("vestibule"), "{what}");
    }
}

/// What a parameter is when another one is the fault in question.
fn plausible(name: &str) -> &'static str {
    match name {
        "limit" => "20",
        "format" => "csv",
        "sure" => "yes",
        "until" => "2027-01-31",
        "kind" => "member",
        "locale" => "fr",
        "password" | "again" => "nine boats asleep in the fog",
        "identifier" | "name" | "email" => "nobody@example.test",
        "given_name" | "family_name" => "Nina",
        "decision" => "allow",
        "scope" => "openid",
        "url" => "https://hooks.example.test/in",
        _ => "",
    }
}

/// An answer says in its own way that the request was wrong, or goes on: an app's error is a registered code, a person's is a
/// page of ours in their language.
fn speaks(what: &str, language: Option<&str>, answer: &Answer) {
    let status = answer.status.as_u16();
    let kind = answer.headers.get(header::CONTENT_TYPE).and_then(|h| h.to_str().ok()).unwrap_or_default();
    if status < 400 {
        return;
    }
    if kind.starts_with("text/html") {
        let spoken = answer.headers.get(header::CONTENT_LANGUAGE).and_then(|l| l.to_str().ok()).unwrap_or_default();
        assert!(!spoken.is_empty() && !answer.text("h1").is_empty(), "{what}: {}", answer.body);
        assert!(language.is_none_or(|l| l == spoken), "{what} is answered in {spoken}");
        // A form that is ours is never refused as somebody else's: its fields were looked at.
        let unread = ["This page was out of date", "Cette page n’était plus à jour", "Voici la console de l’opérateur"];
        assert!(!unread.contains(&answer.text("h1").as_str()), "{what} was not looked at");
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

/// Everybody that requests come from, and what they hold.
struct Everybody {
    world: World,
    /// Owns Shop, and runs the provider.
    olga: Actor,
    phone: Phone,
    account: AccountId,
    member: AccountId,
    desk: RelyingApp,
    tokens: Tokens,
    /// Of a person, for what the API says of themselves; and of a service that may do everything.
    person: String,
    service: String,
    /// The token of forms outside sign-ins, and the page of the sign-in under way; until a case may have changed them.
    csrf: Option<String>,
    page: Option<(&'static str, Answer)>,
}

const PERSONS_SCOPES: &str = "openid profile email offline_access organizations preferences links people audit service_status";
const SERVICE_SCOPES: &str = "audit clients companies identities keys outbox people resource_servers service_status webhooks";

impl Everybody {
    async fn new() -> Self {
        let world = World::with(|c| {
            c.api_calls_per_minute = 0;
            // The clock goes on whenever somebody signs in anew.
            c.lifetimes.access_token = vestibule::types::Seconds::days(1);
            c.factors_refused.clear();
            c.sms = Some(vestibule::config::Sms { url: "http://127.0.0.1:9/".into(), token: None });
        })
        .await;
        let (mut alice, [member]) = world.person_with_accounts("alice@example.test", ["Shop"]).await;
        world.role("shop", "clerk", &["stock.read"]).await;
        let mut olga = world.person("olga@example.test").await;
        let account = world.account(&olga, "shop", AccountKind::Owner).await;
        let (phone, _) = olga.sets_up_a_phone(&world).await;
        vestibule::actions::make_operator(&world.app, &olga.id, &Default::default(), world.now()).await.expect("no fault").expect("made");
        let mut desk = world
            .client_with(|m| {
                m.initiate_login_uri = vestibule::types::RedirectUri::parse("https://app.example.test/start").ok();
                m.grant_types = vec![GrantType::AuthorizationCode, GrantType::RefreshToken, GrantType::DeviceCode, GrantType::TokenExchange];
                m.scope = vestibule::types::ScopeSet::parse(PERSONS_SCOPES);
                // Every use of one refresh token finds it as it was.
                m.refresh_tokens = vestibule::protocol::RefreshPolicy::Stable;
            })
            .await;
        let tokens = alice.enters(&mut desk, "shop").await;
        olga.enters(&mut desk, "shop").await;
        let page = olga.follows(&desk, &[("organization", "shop"), ("scope", PERSONS_SCOPES), ("resource", "http://localhost:8080/api")]).await;
        let listing = olga.goes_through(page, None).await;
        let person = desk.complete(&listing).await.access_token;
        let mut machine = world
            .client_with(|m| {
                m.grant_types = vec![GrantType::ClientCredentials];
                m.redirect_uris.clear();
                m.scope = vestibule::types::ScopeSet::parse(SERVICE_SCOPES);
            })
            .await;
        let answer = machine.post("/token", &[("grant_type", "client_credentials"), ("resource", "http://localhost:8080/api")]).await;
        let service = answer.json()["access_token"].as_str().expect("a token").to_owned();
        Self { world, olga, phone, account, member, desk, tokens, person, service, csrf: None, page: None }
    }

    /// The path of a route, with things in it that are there.
    fn path(&self, route: &str, id: &str) -> String {
        let named = [
            ("{account}", self.account.as_str()),
            ("{user}", self.member.as_str()),
            ("{identity}", self.olga.id.as_str()),
            ("{org}", "shop"),
            ("{company}", "shop"),
            ("{client}", self.desk.client_id.as_str()),
            ("{role}", "clerk"),
            ("{person}", self.olga.id.as_str()),
        ];
        let filled = named.iter().fold(route.to_owned(), |path, (name, value)| path.replace(name, value));
        let filled =
            if route == "/console/people/{id}" || route == "/console/people/{id}/act" { filled.replace("{id}", self.olga.id.as_str()) } else { filled };
        concrete(&filled, if filled.contains("/portal/invitation/") { "inv_01a2076c41e87ffcaa3b8e921e2fa8ac" } else { id })
    }

    /// The page of a sign-in under way that has the form of this route.
    async fn page_with(&mut self, route: &'static str) -> Answer {
        if let Some((_, page)) = self.page.as_ref().filter(|(of, _)| *of == route) {
            return page.clone();
        }
        let page = Box::pin(self.fresh_page(route)).await;
        self.page = Some((route, page.clone()));
        page
    }

    async fn fresh_page(&mut self, route: &str) -> Answer {
        let extra: &[(&str, &str)] = match route.rsplit('/').next().unwrap_or_default() {
            "account" | "identity" => &[("prompt", "select_account")],
            "consent" => &[("prompt", "consent"), ("organization", "shop")],
            "refused" => &[("organization", "nowhere")],
            _ => &[("prompt", "login")],
        };
        let page = self.olga.follows(&self.desk, extra).await;
        if route.ends_with("/factor") { self.olga.types_password(&page).await } else { page }
    }

    /// The rest of a request to the token endpoint, so that this parameter is read.
    async fn token_request(&mut self, name: &str) -> Vec<(&'static str, String)> {
        match name {
            "code" | "redirect_uri" | "code_verifier" => {
                let answer = self.olga.browser.get(&self.desk.request(&[("organization", "shop")])).await;
                let code = answer.redirect_parameters()["code"].clone();
                vec![
                    ("grant_type", "authorization_code".into()),
                    ("code", code),
                    ("redirect_uri", self.desk.redirect_uri.clone()),
                    ("code_verifier", crate::support::relying_app::VERIFIER.into()),
                ]
            }
            "device_code" => {
                let answer = self.desk.post("/device_authorization", &[("scope", "openid")]).await;
                vec![
                    ("grant_type", "urn:ietf:params:oauth:grant-type:device_code".into()),
                    ("device_code", answer.json()["device_code"].as_str().expect("a code").to_owned()),
                ]
            }
            "account" | "subject_token" | "subject_token_type" | "requested_token_type" | "actor_token" | "actor_token_type" | "audience" => vec![
                ("grant_type", "urn:ietf:params:oauth:grant-type:token-exchange".into()),
                ("subject_token", self.tokens.access_token.clone()),
                ("subject_token_type", "urn:ietf:params:oauth:token-type:access_token".into()),
                ("account", self.account.to_string()),
            ],
            _ => vec![("grant_type", "refresh_token".into()), ("refresh_token", self.tokens.refresh_token.clone().expect("one"))],
        }
    }

    /// The request around one parameter: all of it good but for that one, which comes as `raw`.
    async fn request(&mut self, route: &Route, method: &str, name: &str, raw: &str) -> Request<Body> {
        let mut path = self.path(route.path, "018f0000000070008000000000000000");
        let mut fields: Vec<(String, String)> =
            route.parameters.iter().filter(|p| !plausible(p).is_empty()).map(|p| ((*p).to_owned(), plausible(p).to_owned())).collect();
        if route.path == "/authorize" {
            let url = self.desk.request(&[]);
            fields = url::form_urlencoded::parse(url.split_once('?').expect("a query").1.as_bytes()).into_owned().collect();
        } else if route.path == "/token" {
            fields = self.token_request(name).await.into_iter().map(|(n, v)| (n.to_owned(), v)).collect();
        } else if route.path == "/switch" {
            fields.push(("client_id".into(), self.desk.client_id.to_string()));
        } else if ["/introspect", "/revoke"].contains(&route.path) && name != "token" {
            let token = if route.path == "/revoke" { "spent".to_owned() } else { self.tokens.access_token.clone() };
            fields.push(("token".into(), token));
        } else if route.path.starts_with("/interaction/") {
            let page = self.page_with(route.path).await;
            path = self.path(route.path, page.path.rsplit('/').next().expect("an id"));
            if route.form {
                let last = route.path.rsplit('/').next().unwrap_or_default();
                let hidden = if page.has_form(&format!("/{last}")) { page.form(&format!("/{last}")).1 } else { vec![("csrf".into(), page.csrf())] };
                fields.retain(|(n, _)| hidden.iter().all(|(h, _)| h != n));
                fields.extend(hidden);
            }
        } else if route.form && method == "POST" {
            if self.csrf.is_none() {
                self.csrf = Some(self.olga.is_home().await.csrf());
            }
            fields.extend(self.csrf.iter().map(|token| ("csrf".into(), token.clone())));
        }
        fields.retain(|(n, _)| n != name);
        let base = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        let text: String = format!("{base}&{raw}").chars().map(|c| if c == ' ' { '+' } else { c }).collect();
        let request = Request::builder().method(method).header("accept-language", "fr").header("sec-fetch-site", "same-origin");
        let request = if route.path.starts_with("/api/") {
            let token = if is_of_a_person(route) { &self.person } else { &self.service };
            request.header("authorization", format!("Bearer {token}"))
        } else if route.path == "/userinfo" && name != "access_token" {
            request.header("authorization", format!("Bearer {}", self.tokens.access_token))
        } else if !route.form && !["client_id", "client_secret", "access_token"].contains(&name) && method != "GET" {
            let pair = format!("{}:{}", self.desk.client_id, self.desk.secret.as_ref().expect("one"));
            request.header("authorization", format!("Basic {}", base64::Engine::encode(&base64::engine::general_purpose::STANDARD, pair)))
        } else {
            request
        };
        if ["GET", "DELETE"].contains(&method) || route.path.starts_with("/api/") {
            let body = if ["POST", "PUT"].contains(&method) { Body::from("{}") } else { Body::empty() };
            request.uri(format!("{path}?{text}")).header("content-type", "application/json").body(body).expect("a request")
        } else {
            request.uri(path).header("content-type", "application/x-www-form-urlencoded").body(Body::from(text)).expect("a request")
        }
    }
}

/// Calls that somebody makes of what is their own or their company's.
fn is_of_a_person(route: &Route) -> bool {
    route.path.starts_with("/api/v1/me/") || ["/audit-events", "/service-status"].iter().any(|end| route.path.ends_with(&format!("{{org}}{end}")))
}

/// Routes that lead nowhere here: nobody holds such a link, or there is no such thing.
const NOTHING_THERE: [&str; 26] = [
    "/activate/{token}",
    "/set-password",
    "/portal/link/factor/{proof}",
    "/portal/link/pick/{proof}",
    "/portal/l/{link}",
    "/invitation/{token}",
    "/portal/invitation/{id}",
    "/email/undo/{token}",
    "/email/undo",
    "/factor-reset/{token}",
    "/factor-reset",
    "/undo/{token}",
    "/undo",
    "/split/{token}",
    "/split",
    "/register",
    "/register/{client}",
    "/errors/{reason}",
    "/logo/{digest}",
    "/portal/security/{identity}/username",
    "/portal/a/{account}/webhooks/{webhook}",
    "/console/webhooks/{webhook}",
    "/portal/invitation/{id}/accept",
    "/static/{file}",
    "/brand/{id}",
    "/console/outbox",
];

/// A group of routes, for tests that run beside each other.
fn group(route: &Route) -> &'static str {
    match route.path.split('/').nth(1).unwrap_or_default() {
        "portal" => "portal",
        "console" => "console",
        "api" => "api",
        "interaction" => "interaction",
        _ => "others",
    }
}

/// Every parameter of every endpoint of a group; how many cases, and how many of them were refused.
async fn every_parameter(of: &str) -> (usize, usize) {
    let mut all = Everybody::new().await;
    let (mut cases, mut pages) = (0, 0);
    let mut unreached = Vec::new();
    for route in ROUTES.iter().filter(|r| group(r) == of) {
        // What ends the session, or would end more than one case needs, is tried on a copy of the browser that may lose it.
        let ends = ["/sign-out", "/end_session/confirm"].contains(&route.path);
        for name in route.parameters.iter().copied().chain(["unknown"]) {
            // What reads a form is one for all pages of a room; the protocol's endpoints meet everything.
            let some = if ["portal", "console"].contains(&of) { 2 } else { 1 };
            for raw in bad(name).into_iter().step_by(some) {
                for method in route.methods {
                    let request = all.request(route, method, name, &raw).await;
                    let mut browser = all.olga.browser.clone();
                    let answer = browser.send(request).await;
                    let what = format!("{method} {} {raw:.60}", route.path);
                    sane(&what, &answer);
                    let other_language = ["lang", "ui_locales", "locale"].contains(&name) || route.parameters.contains(&"locale");
                    speaks(&what, if other_language { None } else { Some("fr") }, &answer);
                    // With nothing wrong it is looked at: the door is open, and the thing is there.
                    // (A form that says nothing of what to do is for nothing that is there.)
                    let says = *method == "GET" || !route.parameters.contains(&"do");
                    let closed: &[u16] = if of == "api" { &[401, 403] } else { &[401, 403, 404, 410] };
                    if says && name == "unknown" && raw.is_empty() && closed.contains(&answer.status.as_u16()) {
                        unreached.push(format!("{method} {}: {}", route.path, answer.status));
                    }
                    pages += usize::from(answer.status.as_u16() >= 400);
                    cases += 1;
                    if ends || browser.cookies != all.olga.browser.cookies {
                        all.olga.comes_back(&all.world, &all.phone).await;
                        all.csrf = None;
                    }
                    // A step that was taken is not there to be tried again.
                    if answer.status.is_redirection() {
                        all.page = None;
                    }
                }
            }
        }
    }
    unreached.retain(|what| !NOTHING_THERE.iter().any(|path| what.contains(&format!(" {path}:"))));
    assert_eq!(unreached, Vec::<String>::new());
    (cases, pages)
}

#[tokio::test]
async fn every_parameter_of_the_protocols_endpoints_and_of_pages_that_anybody_opens() {
    let (cases, refused) = every_parameter("others").await;
    assert!(cases > 1500 && refused > 900, "{cases} {refused}");
}

#[tokio::test]
async fn every_parameter_of_a_sign_in_under_way() {
    let (cases, refused) = every_parameter("interaction").await;
    assert!(cases > 400 && refused > 100, "{cases} {refused}");
}

#[tokio::test]
async fn every_parameter_of_the_portal() {
    let (cases, refused) = every_parameter("portal").await;
    assert!(cases > 800 && refused > 250, "{cases} {refused}");
}

#[tokio::test]
async fn every_parameter_of_the_console() {
    let (cases, refused) = every_parameter("console").await;
    assert!(cases > 800 && refused > 250, "{cases} {refused}");
}

#[tokio::test]
async fn every_parameter_of_the_api() {
    let (cases, refused) = every_parameter("api").await;
    assert!(cases > 1000 && refused > 300, "{cases} {refused}");
}

#[test]
fn what_is_said_to_lead_nowhere_is_a_route() {
    for path in NOTHING_THERE {
        assert!(ROUTES.iter().any(|r| r.path == path), "{path}");
    }
}

#[test]
fn decision_37_every_field_that_a_page_reads_is_among_its_routes_parameters() {
    let router = std::fs::read_to_string("src/web/router.rs").expect("the router");
    let table = router.split("pub const ROUTES").nth(1).and_then(|t| t.split("\n];").next()).expect("the table").to_owned();
    let mut read = std::collections::BTreeSet::new();
    let mut folders = vec![std::path::PathBuf::from("src/web")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let text = std::fs::read_to_string(path).expect("a file");
            for before in [".field(\"", ".file(\"", "query.get(\"", "params.get(\"", "params.get_all(\""] {
                read.extend(text.split(before).skip(1).filter_map(|rest| rest.split('"').next()).map(str::to_owned));
            }
        }
    }
    assert!(read.len() > 40, "{}", read.len());
    // The token of every form has cases of its own (t32).
    let missing: Vec<_> = read.into_iter().filter(|name| name != "csrf" && !table.contains(&format!("\"{name}\""))).collect();
    assert_eq!(missing, Vec::<String>::new());
}

#[tokio::test]
async fn every_call_of_the_api_with_bodies_that_are_wrong() {
    let all = Everybody::new().await;
    let deep = format!("{}1{}", "[".repeat(5000), "]".repeat(5000));
    let wide = format!("{{\"name\": \"{}\"}}", "a".repeat(300_000));
    let bodies: [(&str, &[u8]); 14] = [
        ("nothing", b""),
        ("half an object", b"{\"name\": "),
        ("a list", b"[]"),
        ("null", b"null"),
        ("a number", b"1e400"),
        ("an empty object", b"{}"),
        ("members nobody knows", b"{\"no_such\": 1}"),
        ("a member twice", b"{\"name\": \"a\", \"name\": \"b\"}"),
        ("wrong types", b"{\"name\": 1, \"title\": [], \"url\": {}, \"email\": false, \"permissions\": \"x\", \"enabled\": \"yes\"}"),
        ("not UTF-8", b"{\"name\": \"\xff\xfe\"}"),
        ("NUL", b"{\"name\": \"a\\u0000b\", \"title\": \"\\u0000\", \"org_name\": \"\\u0000\"}"),
        ("a lone surrogate", b"{\"name\": \"\\ud800\"}"),
        ("too deep", deep.as_bytes()),
        ("too large", wide.as_bytes()),
    ];
    let mut cases = 0;
    for route in ROUTES.iter().filter(|r| r.path.starts_with("/api/v1/")) {
        for method in route.methods.iter().filter(|m| ["POST", "PUT"].contains(m)) {
            for (what, body) in bodies {
                let path = all.path(route.path, "018f0000000070008000000000000000");
                let token = if is_of_a_person(route) { &all.person } else { &all.service };
                let request = Request::builder()
                    .method(*method)
                    .uri(&path)
                    .header("authorization", format!("Bearer {token}"))
                    .header("content-type", "application/json")
                    .body(Body::from(body.to_vec()))
                    .expect("a request");
                let answer = all.world.browser().send(request).await;
                let what = format!("{method} {path} with {what}");
                sane(&what, &answer);
                speaks(&what, None, &answer);
                if body.len() > 200_000 {
                    assert!([403, 413].contains(&answer.status.as_u16()), "{what}: {}", answer.status);
                }
                cases += 1;
            }
        }
    }
    assert!(cases > 300, "{cases}");
}

#[tokio::test]
async fn a_form_that_cannot_be_read_changes_nothing() {
    let world = World::new().await;
    let mut alice = world.person("alice@example.test").await;
    alice.is_home().await;
    let profile = format!("/portal/profile/{}", alice.id);
    let page = alice.browser.open(&profile).await;
    let saved = alice.browser.submit(&page, &profile, &[("given_name", "Alice"), ("family_name", "Doe"), ("mobile", "+41 79 000 00 00")]).await;
    assert_eq!(saved.status, 200);
    let before = alice.browser.open(&profile).await.form(&profile).1;
    let csrf = alice.browser.open(&profile).await.csrf();
    for raw in ["given_name=Eve&mobile=%2B1&mobile=%2B2", "given_name=%FF", "family_name=a%00b", &format!("given_name={}", "a".repeat(5000))] {
        let body = format!("csrf={csrf}&{raw}");
        let request = Request::post(&profile)
            .header("content-type", "application/x-www-form-urlencoded")
            .header("sec-fetch-site", "same-origin")
            .body(Body::from(body))
            .expect("a request");
        let refused = alice.browser.send(request).await;
        assert_eq!((refused.status.as_u16(), refused.text("h1").as_str()), (400, "This form could not be read"), "{raw:.40}");
    }
    let without_token = |fields: Vec<(String, String)>| fields.into_iter().filter(|(n, _)| n != "csrf").collect::<Vec<_>>();
    assert_eq!(without_token(alice.browser.open(&profile).await.form(&profile).1), without_token(before), "nothing was erased");
    // Nobody is signed out because it could not be read who should be.
    let csrf = alice.browser.open("/").await.csrf();
    let request = Request::post("/sign-out")
        .header("content-type", "application/x-www-form-urlencoded")
        .header("sec-fetch-site", "same-origin")
        .body(Body::from(format!("csrf={csrf}&identity=a&identity=b")))
        .expect("a request");
    assert_eq!(alice.browser.send(request).await.status, 400);
    assert_eq!(alice.browser.open("/").await.text("h1"), "Your accounts");
}

#[tokio::test]
async fn an_interaction_that_has_expired_takes_no_answer_any_more() {
    let world = World::new().await;
    let (mut alice, _) = world.person_with_accounts("alice@example.test", ["Shop"]).await;
    let desk = world.client().await;
    let page = alice.follows(&desk, &[]).await;
    world.advance(vestibule::types::Seconds::minutes(31));
    let late = alice.types_password(&page).await;
    assert_eq!((late.status.as_u16(), late.text("h1").as_str()), (410, "This sign-in took too long"));
    assert_eq!(late.count("a[href='https://app.example.test/']"), 1);
    assert!(alice.browser.open("/").await.has_form("/sign-in"), "nobody was signed in by it");
}

#[tokio::test]
async fn t34_another_account_cannot_be_forced_where_the_app_named_a_company() {
    let world = World::new().await;
    let (mut alice, [_, _]) = world.person_with_accounts("alice@example.test", ["Shop", "Depot"]).await;
    let mut desk = world.client().await;
    alice.enters(&mut desk, "shop").await;
    let page = alice.follows(&desk, &[("organization", "nowhere")]).await;
    let csrf = page.csrf();
    let bent = alice.browser.post(&format!("{}/refused", page.path), &[("csrf", &csrf), ("action", "choose")]).await;
    let after = alice.browser.follow(bent).await;
    assert_eq!((after.status.as_u16(), after.text("h1").as_str()), (403, "This company cannot be entered"), "no other one is offered");
    assert_eq!(after.count("button[name=account]"), 0);
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
                let answer = browser.send(request).await;
                let what = format!("{method} {path:.60}");
                sane(&what, &answer);
                // A path that is no text leads nowhere, in the words of whoever asks.
                if value == "%ff" && path.contains("%ff") && method == "GET" {
                    assert_eq!(answer.status, 404, "{what}");
                    speaks(&what, Some("en"), &answer);
                }
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
