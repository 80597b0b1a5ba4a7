//! A company reads what happened in it, and nothing of what its people do elsewhere (threats.md T24, T53).

use axum::http::Method;
use serde_json::Value;
use vestibule::domain::AccountKind;
use vestibule::protocol::ConsentPolicy;
use vestibule::types::{AccountId, ScopeSet, Seconds};

use crate::support::{Actor, PASSWORD, RelyingApp, World};

/// Olga owns Shop; Max works there and at Depot; Bob has an account at Shop, which Max may enter from Depot.
struct Log {
    world: World,
    olga: Actor,
    own: AccountId,
    max: Actor,
    bobs: AccountId,
    desk: RelyingApp,
}

async fn log() -> Log {
    let world = World::new().await;
    world.company("Shop").await;
    world.role("shop", "clerk", &["stock.read"]).await;
    let mut olga = world.person("olga@example.test").await;
    let own = world.account(&olga, "shop", AccountKind::Owner).await;
    olga.is_home().await;
    let (mut max, [depot]) = world.person_with_accounts("max@example.test", ["Depot"]).await;
    let bob = world.person("bob@example.test").await;
    let bobs = world.account(&bob, "shop", AccountKind::Member).await;
    let desk = world.client_with(|m| m.consent = ConsentPolicy::Implicit).await;
    max.is_home().await;
    let form = max.browser.open(&format!("/portal/a/{depot}/link")).await;
    max.browser.submit(&form, "/link/password", &[("identifier", "bob@example.test"), ("password", PASSWORD)]).await;
    Log { world, olga, own, max, bobs, desk }
}

impl Log {
    fn path(&self) -> String {
        format!("/portal/a/{}/audit", self.own)
    }
}

#[tokio::test]
async fn t24_a_company_reads_its_own_log_and_nobody_elses_name_or_company() {
    let mut l = log().await;
    let mut desk = l.desk.clone();
    l.max.enters(&mut desk, "shop").await;
    l.max.enters(&mut desk, "depot").await;
    let path = l.path();
    let page = l.olga.browser.open(&path).await;
    let said = page.text("main");
    assert!(said.contains("Link into an account made") && said.contains("Entered") && said.contains("Somebody from elsewhere"), "{said}");
    assert!(!said.contains("max@example.test") && !said.contains("Depot"), "neither who came nor from where: {said}");
    // Everything that is shown is of this company, in the page and in the files.
    let lines = l.olga.browser.open(&format!("{path}/export?format=jsonl")).await.body;
    let events: Vec<Value> = lines.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    assert!(
        events.len() >= 5 && events.iter().all(|e| e["account_id"].is_null() || e["account_id"] == l.own.as_str() || e["account_id"] == l.bobs.as_str()),
        "{lines}"
    );
    assert!(!lines.contains("idn_") && !lines.contains("max@"), "{lines}");
    assert!(events.windows(2).all(|two| two[0]["id"].as_str() > two[1]["id"].as_str()), "newest first");
    assert_eq!(l.world.audited("audit.exported").await, 1);
    let csv = l.olga.browser.open(&format!("{path}/export?format=csv&what=people")).await.body;
    assert!(csv.starts_with("id,at,kind,actor,account_id,") && csv.contains("account.added") && !csv.contains("authorization.granted"), "{csv}");
    assert_eq!(l.olga.browser.open(&format!("{path}/export?format=exe")).await.status, 404);
}

#[tokio::test]
async fn the_log_is_filtered_by_group_and_day_and_read_page_by_page() {
    let mut l = log().await;
    let path = l.path();
    l.world.advance(Seconds::days(2));
    l.olga.browser = l.world.browser();
    l.olga.is_home().await;
    let users = format!("/portal/a/{}/users", l.own);
    for n in 0..60 {
        l.world.person(&format!("p{n}@example.test")).await;
        let person = Actor { name: format!("p{n}@example.test"), ..l.olga.clone() };
        let id = vestibule::store::identities::known_as(&l.world.app.store.db, &vestibule::domain::SignInName::typed(&person.name)).await.expect("a read")[0]
            .id
            .clone();
        l.world.account(&Actor { id, ..person }, "shop", AccountKind::Member).await;
    }
    assert_eq!(l.olga.browser.open(&users).await.status, 200);
    let first = l.olga.browser.open(&format!("{path}?what=people")).await;
    assert_eq!(first.count("li.item"), 50);
    let second = l.olga.browser.open(&first.attribute("p.more a[href*='before=']", "href")).await;
    assert!((10..50).contains(&second.count("li.item")) && second.count("p.more a[href*='before=']") == 0, "{}", second.body);
    assert!(!first.text("main").contains("Entered"));
    let day = |ago: i64| {
        let format = time::macros::format_description!("[year]-[month]-[day]");
        time::OffsetDateTime::from_unix_timestamp(l.world.now().seconds() - ago * 86_400).expect("a day").format(format).expect("text")
    };
    let earlier = l.olga.browser.open(&format!("{path}?until={}", day(1))).await;
    assert!(earlier.text("main").contains("Link into an account made") && earlier.count("li.item") < 50, "{}", earlier.body);
    let none = l.olga.browser.open(&format!("{path}?what=settings&from={}&until={}", day(1), day(1))).await;
    assert!(none.text("main").contains("Nothing happened"), "{}", none.body);
    let odd = l.olga.browser.open(&format!("{path}?from=yesterday&what=nonsense&before=%00")).await;
    assert!(odd.status == 200 && odd.text("[role=alert]").contains("2026-12-31"), "{}", odd.body);
}

#[tokio::test]
async fn only_who_runs_the_company_or_was_given_it_reads_the_log() {
    let mut l = log().await;
    let vera = l.world.person("vera@example.test").await;
    let reads = l.world.account_with(&vera, "shop", AccountKind::Member, &[], &["company.audit"]).await;
    let wim = l.world.person("wim@example.test").await;
    let works = l.world.account_with(&wim, "shop", AccountKind::Member, &["clerk"], &["company.people"]).await;
    for (mut who, account, may) in [(vera, reads, true), (wim, works, false)] {
        who.is_home().await;
        let own = who.browser.open(&format!("/portal/a/{account}")).await;
        assert_eq!(own.count("a[href$='/audit']"), usize::from(may));
        let expected = if may { 200 } else { 404 };
        assert_eq!(who.browser.open(&format!("/portal/a/{account}/audit")).await.status, expected);
        assert_eq!(who.browser.open(&format!("/portal/a/{account}/audit/export?format=csv")).await.status, expected);
    }
    // Nor through somebody else's account.
    assert_eq!(l.max.browser.open(&l.path()).await.status, 404);
}

#[tokio::test]
async fn the_api_tells_the_same_with_the_scope_for_it() {
    let mut l = log().await;
    l.desk = l
        .world
        .client_with(|m| {
            m.consent = ConsentPolicy::Implicit;
            m.scope = ScopeSet::parse("openid audit");
        })
        .await;
    let scope = [("organization", "shop"), ("scope", "openid audit"), ("resource", "http://localhost:8080/api")];
    let page = l.olga.follows(&l.desk, &scope).await;
    let answer = l.olga.goes_through(page, None).await;
    let token = l.desk.complete(&answer).await.access_token;
    let get = async |query: &str| {
        let request = axum::http::Request::builder()
            .method(Method::GET)
            .uri(format!("/api/v1/organizations/shop/audit-events{query}"))
            .header("authorization", format!("Bearer {token}"))
            .body(axum::body::Body::empty())
            .expect("a request");
        let answer = tower::ServiceExt::oneshot(l.world.router.clone(), request).await.expect("an answer");
        let status = answer.status().as_u16();
        let bytes = axum::body::to_bytes(answer.into_body(), 1 << 20).await.expect("a body");
        (status, serde_json::from_slice::<Value>(&bytes).expect("JSON"))
    };
    let (status, first) = get("?limit=2").await;
    assert_eq!((status, first["events"].as_array().map(Vec::len)), (200, Some(2)), "{first}");
    let (_, second) = get(&format!("?limit=100&cursor={}", first["next_cursor"].as_str().expect("more"))).await;
    assert!(second["next_cursor"].is_null() && second["events"].as_array().is_some_and(|e| e.iter().any(|e| e["kind"] == "company.added")), "{second}");
    let (_, people) = get("?what=people").await;
    assert!(people["events"].as_array().is_some_and(|e| !e.is_empty() && e.iter().all(|e| e["kind"] != "authorization.granted")), "{people}");
    for wrong in ["?what=all", "?from=-1", "?until=soon", "?cursor=x", "?limit=0"] {
        assert_eq!(get(wrong).await.0, 400, "{wrong}");
    }
    let (_, none) = get("?until=1").await;
    assert_eq!(none["events"], serde_json::json!([]));
}
