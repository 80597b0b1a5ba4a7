//! What a company's own people find in the portal beyond users and log: roles, apps, look, webhooks, usage; and what operators find of it.

use vestibule::actions::{self, AddBrand, AddResource, Origin};
use vestibule::domain::AccountKind;
use vestibule::protocol::{ConsentPolicy, SigningAlgorithm};
use vestibule::store::resources::Resource;
use vestibule::types::{AccountId, DisplayText, EmailAddress, ScopeSet};

use crate::support::{Actor, World};

/// Rooms and who may enter them: full access, or one of the permissions that mean something here.
const ROOMS: [(&str, &str); 8] = [
    ("usage", "company.audit"),
    ("users", "company.people"),
    ("roles", ""),
    ("apps", ""),
    ("company", ""),
    ("branding", ""),
    ("webhooks", ""),
    ("audit", "company.audit"),
];

/// An image of one pixel.
pub const PNG: &[u8] = &[
    0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 0x0d, 0x49, 0x48, 0x44, 0x52, 0, 0, 0, 1, 0, 0, 0, 1, 8, 6, 0, 0, 0, 0x1f, 0x15, 0xc4, 0x89, 0, 0,
    0, 0x0d, 0x49, 0x44, 0x41, 0x54, 0x78, 0x9c, 0x63, 0xf8, 0xcf, 0xc0, 0xf0, 0x1f, 0, 5, 0, 1, 0xff, 0x89, 0x99, 0x3d, 0x1d, 0, 0, 0, 0, 0x49, 0x45, 0x4e,
    0x44, 0xae, 0x42, 0x60, 0x82,
];

/// Shop with its owner Olga, and an API that declares two permissions.
async fn shop() -> (World, Actor, AccountId) {
    let world = World::new().await;
    world.company("Shop").await;
    let api = Resource {
        identifier: "https://stock.example.test".into(),
        name: "Stock".into(),
        algorithm: SigningAlgorithm::ES256,
        scopes: vec![("stock".into(), "See the stock".into())],
        permissions: vec![("stock.read".into(), "Look at the stock".into()), ("stock.write".into(), "Change the stock".into())],
    };
    actions::add_resource(&world.app, AddResource(api), &Origin::default(), world.now()).await.expect("no fault").expect("added");
    let mut olga = world.person("olga@example.test").await;
    let own = world.account(&olga, "shop", AccountKind::Owner).await;
    olga.is_home().await;
    (world, olga, own)
}

#[tokio::test]
async fn t24_every_room_of_a_company_opens_with_its_permission_and_is_not_there_without_it() {
    let (world, mut olga, own) = shop().await;
    let there = |door: &str| format!("/portal/a/{own}/{door}");
    for (room, _) in ROOMS {
        let page = olga.browser.open(&there(room)).await;
        assert_eq!((page.status.as_u16(), page.count("nav.rooms a"), page.count("nav.rooms [aria-current]")), (200, 8, 1), "{room}: {}", page.body);
    }
    assert_eq!(olga.browser.open(&format!("/portal/a/{own}")).await.count("nav.acts a"), 8, "her account's page shows the same doors");
    for (at, held) in ["", "company.people", "company.audit"].into_iter().enumerate() {
        let mut member = world.person(&format!("m{at}@example.test")).await;
        let held_list: Vec<&str> = Some(held).filter(|h| !h.is_empty()).into_iter().collect();
        let place = world.account_with(&member, "shop", AccountKind::Member, &[], &held_list).await;
        member.is_home().await;
        let mut open = 0;
        for (room, needs) in ROOMS {
            let page = member.browser.open(&format!("/portal/a/{place}/{room}")).await;
            let may = !needs.is_empty() && needs == held;
            assert_eq!(page.status.as_u16(), if may { 200 } else { 404 }, "{held} at {room}");
            open += usize::from(may);
            // Nor by somebody else's account, with whatever right.
            assert_eq!(member.browser.open(&there(room)).await.status, 404, "{held} at Olga's {room}");
        }
        let page = member.browser.open(&format!("/portal/a/{place}")).await;
        assert_eq!(page.count("nav.acts a"), open, "{held}: {}", page.body);
        // What is not shown is refused when posted.
        for room in ["roles", "company", "branding", "webhooks"] {
            let page = member.browser.open(&format!("/portal/a/{place}")).await;
            let csrf = page.attribute("input[name=csrf]", "value");
            let answer =
                member.browser.post(&format!("/portal/a/{place}/{room}"), &[("csrf", csrf.as_str()), ("do", "add"), ("role", "boss"), ("title", "Boss")]).await;
            assert_eq!(answer.status, 404, "{held} posts to {room}");
        }
    }
}

#[tokio::test]
async fn t24_an_owner_makes_roles_of_what_the_companys_apps_declare_and_of_nothing_else() {
    let (world, mut olga, own) = shop().await;
    let there = format!("/portal/a/{own}/roles");
    // No app of the company uses the API yet: only what the provider itself asks for can be given.
    let page = olga.browser.open(&there).await;
    assert!(page.text("main").contains("There is no role yet") && page.text("main").contains("Manage the people"), "{}", page.body);
    assert!(!page.body.contains("stock.read"));
    let mut desk = world.client_with(|m| (m.consent, m.scope) = (ConsentPolicy::Implicit, ScopeSet::parse("openid stock"))).await;
    let page = olga.browser.open(&there).await;
    assert!(page.text("main").contains("Look at the stock"), "{}", page.body);
    let fields = [("do", "add"), ("role", "clerk"), ("title", "Clerk"), ("permission:stock.read", "on")];
    let page = olga.browser.submit(&page, "/roles", &fields).await;
    assert!(page.text("main").contains("Clerk") && page.text("[role=status]").contains("Added"), "{}", page.body);
    // It is there for people at once, and a change reaches who has it.
    let mut nina = world.person("nina@example.test").await;
    world.account_with(&nina, "shop", AccountKind::Member, &["clerk"], &[]).await;
    let tokens = nina.enters(&mut desk, "shop").await;
    assert_eq!(tokens.access_claims()["permissions"], serde_json::json!(["stock.read"]));
    let page = olga.browser.open(&there).await;
    assert!(page.text("main").contains("one person has it"));
    let fields = [("do", "change"), ("role", "clerk"), ("title", "Chief clerk"), ("permission:stock.read", "on"), ("permission:stock.write", "on")];
    olga.browser.submit(&page, "/roles", &fields).await;
    let answer = desk.refresh(tokens.refresh_token.as_deref().expect("one"), &[]).await;
    let tokens = desk.tokens(&answer).await;
    assert_eq!(tokens.access_claims()["permissions"], serde_json::json!(["stock.read", "stock.write"]));
    // What no app of the company declares is none of its words; bad names keep what was typed.
    for (role, title, permission, says) in [
        ("spy", "Spy", "permission:payroll.read", "no longer there"),
        ("clerk", "Clerk again", "permission:stock.read", "Another role has that name"),
        ("no spaces", "Spaces", "permission:stock.read", "A name in tokens"),
        ("long", &"x".repeat(201), "permission:stock.read", "A name for people"),
    ] {
        let page = olga.browser.open(&there).await;
        let page = olga.browser.submit(&page, "/roles", &[("do", "add"), ("role", role), ("title", title), (permission, "on")]).await;
        assert!(page.status == 422 && page.text("[role=alert]").contains(says), "{role}: {} {}", page.status, page.text("main"));
        assert_eq!(page.attribute("#role", "value"), role, "what was typed is there");
    }
    let page = olga.browser.open(&there).await;
    olga.browser.submit(&page, "/roles", &[("do", "delete"), ("role", "clerk")]).await;
    let page = olga.browser.submit(&page, "/roles", &[("do", "delete"), ("role", "clerk")]).await;
    assert!(page.status == 422 && page.text("[role=alert]").contains("no longer there"), "the second time it is gone");
    let answer = desk.refresh(tokens.refresh_token.as_deref().expect("one"), &[]).await;
    let tokens = desk.tokens(&answer).await;
    assert!(tokens.access_claims().get("permissions").is_none_or(|p| p == &serde_json::json!([])), "{:?}", tokens.access_claims());
    // All of it is in the company's log, as hers.
    let log = olga.browser.open(&format!("/portal/a/{own}/audit?what=settings")).await;
    assert!(log.text("main").contains("Role changedAlex Doe"), "{}", log.text("main"));
    for kind in ["role.added", "role.changed", "role.deleted"] {
        assert_eq!(world.audited(kind).await, 1, "{kind}");
    }
}

#[tokio::test]
async fn an_owner_sees_which_apps_are_open_to_the_company_and_what_they_may_ask_for() {
    let (world, mut olga, own) = shop().await;
    world.company("Depot").await;
    world.client_with(|m| m.scope = ScopeSet::parse("openid profile stock")).await;
    world.client_for(|m| m.scope = ScopeSet::parse("openid email"), Some(vec!["depot".into()])).await;
    let page = olga.browser.open(&format!("/portal/a/{own}/apps")).await;
    assert_eq!(page.count(".rows .item"), 1, "the other is open to Depot alone: {}", page.text("main"));
    let text = page.text("main");
    assert!(
        text.contains("open to every company") && text.contains("asks each person") && text.contains("See the stock") && text.contains("see your name"),
        "{text}"
    );
}

#[tokio::test]
async fn a_company_at_a_glance_counts_its_people_and_what_they_did() {
    let (world, mut olga, own) = shop().await;
    let mut desk = world.client_with(|m| m.consent = ConsentPolicy::Implicit).await;
    let (mut nina, _) = world.person_with_accounts("nina@example.test", ["Other"]).await;
    world.account(&nina, "shop", AccountKind::Member).await;
    nina.enters(&mut desk, "shop").await;
    let page = olga.browser.open(&format!("/portal/a/{own}/usage")).await;
    let numbers = page.text("main");
    assert!(numbers.contains("2 seats taken") && numbers.contains("1 entered in the last 30 days") && numbers.contains("1 never entered"), "{numbers}");
    assert!(numbers.contains("0 invitations waiting"), "{numbers}");
    assert!(page.count(".plot") == 4 && numbers.contains("Entries 1"), "what Nina did at Other does not count: {numbers}");
}

#[tokio::test]
async fn an_owner_changes_the_look_of_the_company_and_of_its_domains() {
    let (world, mut olga, own) = shop().await;
    let brand = AddBrand {
        company: "shop".into(),
        host: "login.acme.test:8080".into(),
        product_name: DisplayText::parse("Acme").expect("a name"),
        logo: None,
        accent: None,
        accent_dark: None,
        support_url: None,
        sender: EmailAddress::parse("welcome@acme.test").ok(),
    };
    let id = actions::add_brand(&world.app, brand, &Origin::default(), world.now()).await.expect("no fault").expect("added").to_string();
    let there = format!("/portal/a/{own}/branding");
    let page = olga.browser.open(&there).await;
    assert!(page.text("main").contains("login.acme.test:8080") && page.text("main").contains("welcome@acme.test"), "{}", page.body);
    let page = olga.browser.upload(&page, "/branding", &[("do", "company"), ("publicly_named", "on")], PNG).await;
    assert_eq!((page.status.as_u16(), page.count(".asker .face img")), (200, 1), "{}", page.body);
    let logo = page.attribute(".asker .face img", "src");
    assert_eq!(olga.browser.get(&logo).await.status, 200);
    // Saving without a new file keeps the logo, and a tick removes it.
    let page = olga.browser.submit(&page, "/branding", &[("do", "company")]).await;
    assert_eq!(page.count(".asker .face img"), 1, "{}", page.body);
    let page = olga.browser.submit(&page, "/branding", &[("do", "company"), ("no_logo", "on")]).await;
    assert_eq!(page.count(".asker .face img"), 0, "{}", page.body);
    let page = olga.browser.upload(&page, "/branding", &[("do", "company")], b"GIF89a").await;
    assert!(page.status == 422 && page.text("[role=alert]").contains("no PNG"), "{}", page.text("main"));
    let too_large = vec![0; 140_000];
    assert_eq!(olga.browser.upload(&page, "/branding", &[("do", "company")], &too_large).await.status, 413);
    // A domain: colours that can be read, help at an address of the web or of mail.
    for (fields, says) in [
        ([("product_name", "Acme"), ("accent", "#ffee00"), ("accent_dark", ""), ("support_url", "")], "light pages"),
        ([("product_name", "Acme"), ("accent", ""), ("accent_dark", "red"), ("support_url", "")], "dark pages"),
        ([("product_name", "Acme"), ("accent", ""), ("accent_dark", ""), ("support_url", "javascript:alert(1)")], "https address"),
        ([("product_name", ""), ("accent", "#123456"), ("accent_dark", ""), ("support_url", "")], "1 to 200"),
    ] {
        let page = olga.browser.open(&there).await;
        let mut all = vec![("do", "domain"), ("domain", id.as_str())];
        all.extend_from_slice(&fields);
        let page = olga.browser.upload(&page, "/branding", &all, b"").await;
        assert!(page.status == 422 && page.text("[role=alert]").contains(says), "{says}: {}", page.text("main"));
        assert_eq!(page.attribute("input[name=accent]", "value"), fields[1].1, "what was typed is there");
    }
    let page = olga.browser.open(&there).await;
    let fields = [
        ("do", "domain"),
        ("domain", id.as_str()),
        ("product_name", "Acme Phones"),
        ("accent", "#7a1f5c"),
        ("accent_dark", "#f0b6dc"),
        ("support_url", "mailto:help@acme.test"),
    ];
    olga.browser.upload(&page, "/branding", &fields, PNG).await;
    let brands = world.app.brands().await.expect("a read");
    assert_eq!((brands[0].product_name.as_str(), brands[0].logo.is_some(), brands[0].sender.as_deref()), ("Acme Phones", true, Some("welcome@acme.test")));
    // The domain of another company is none of hers.
    let mut eve = world.person("eve@example.test").await;
    world.company("Depot").await;
    let evil = world.account(&eve, "depot", AccountKind::Owner).await;
    eve.is_home().await;
    let page = eve.browser.open(&format!("/portal/a/{evil}/branding")).await;
    let page = eve.browser.submit(&page, "/branding", &fields).await;
    assert!(page.status == 422, "{}", page.text("main"));
    assert_eq!(world.audited("brand.changed").await, 1);
}

#[tokio::test]
async fn t24_an_owner_keeps_the_webhooks_of_the_company_and_sees_no_others() {
    let (world, mut olga, own) = shop().await;
    let elsewhere = actions::WebhookWish { company: None, url: "https://everything.test/".into(), events: vec!["link.made".into()], disabled: false };
    let (foreign, _) = actions::add_webhook(&world.app, &elsewhere, &Origin::default(), world.now()).await.expect("no fault").expect("added");
    let there = format!("/portal/a/{own}/webhooks");
    let page = olga.browser.open(&there).await;
    assert!(page.count(".rows .item") == 0 && page.count("[name=company]") == 0, "{}", page.body);
    let page = olga.browser.submit(&page, "/webhooks", &[("url", "https://shop.test/told"), ("group:links", "on")]).await;
    assert!(page.count("code.secret") == 1, "the secret is shown once: {}", page.body);
    let list = olga.browser.open(&there).await;
    let one = list.attribute(".rows .item a", "href");
    assert!(one.starts_with(&there));
    let page = olga.browser.open(&one).await;
    assert_eq!((page.status.as_u16(), page.count("code.secret")), (200, 0));
    let id = one.rsplit('/').next().expect("an id").to_owned();
    let page = olga.browser.submit(&page, &format!("/{id}"), &[("do", "disable")]).await;
    assert!(page.text("main").contains("Switched off") || page.text("main").contains("off"), "{}", page.text("main"));
    for (method, path) in [("get", format!("{there}/{foreign}")), ("post", format!("{there}/{foreign}"))] {
        let page = olga.browser.open(&there).await;
        let csrf = page.attribute("input[name=csrf]", "value");
        let answer = if method == "get" { olga.browser.get(&path).await } else { olga.browser.post(&path, &[("csrf", csrf.as_str()), ("do", "delete")]).await };
        assert_eq!(answer.status, 404, "{method} of the provider's own");
    }
    let page = olga.browser.open(&one).await;
    let page = olga.browser.submit(&page, &format!("/{id}"), &[("do", "delete")]).await;
    assert!(page.status == 200 && page.count(".rows .item") == 0, "{}", page.body);
}
