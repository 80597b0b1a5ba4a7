//! The operator's console: who comes in, and what they do there.

use vestibule::actions::{self, AddPerson};
use vestibule::domain::AccountKind;
use vestibule::protocol::ConsentPolicy;
use vestibule::types::{EmailAddress, Seconds};

use crate::support::{Actor, Phone, World};

/// Every room of the console.
const ROOMS: [&str; 11] = [
    "/console/webhooks",
    "/console",
    "/console/companies",
    "/console/people",
    "/console/clients",
    "/console/resource-servers",
    "/console/keys",
    "/console/outbox",
    "/console/audit",
    "/console/operators",
    "/console/settings",
];

async fn make_operator(world: &World, who: &Actor) {
    actions::make_operator(&world.app, &who.id, &Default::default(), world.now()).await.expect("no fault").expect("made");
}

/// A provider with an operator who is in the console.
async fn console() -> (World, Actor, Phone) {
    let world = World::new().await;
    let mut opal = world.person("opal@example.test").await;
    let (phone, _) = opal.sets_up_a_phone(&world).await;
    make_operator(&world, &opal).await;
    (world, opal, phone)
}

#[tokio::test]
async fn operators_come_in_with_a_second_factor_and_nobody_else_comes_in() {
    let world = World::new().await;
    // Nobody: the sign-in page, and after it the console asks for a second factor before anything is shown.
    let mut opal = world.person("opal@example.test").await;
    let page = opal.browser.open("/console").await;
    assert_eq!(page.text("h1"), "Sign in");
    make_operator(&world, &opal).await;
    let page = opal.types_password(&page).await;
    assert!(page.text("main").contains("second factor") || page.text("h1").contains("second"), "{}", page.text("main"));
    assert_eq!(page.count("nav.rooms"), 0);
    let form = opal.browser.open(&page.attribute("a[href*='/totp']", "href")).await;
    let (phone, _, codes) = opal.sets_up_a_phone_on(&world, &form).await;
    world.advance(Seconds(30));
    let page = opal.browser.open(&codes.attribute(".primary[href]", "href")).await;
    assert_eq!(page.text("h1"), "Overview", "{}", page.text("main"));
    for room in ROOMS {
        assert_eq!(opal.browser.get(room).await.status, 200, "{room}");
    }
    // Two hours later it is asked for again, and a form that came too late was not taken.
    let page = opal.browser.open("/console/companies").await;
    world.advance(Seconds(7201));
    let asked = opal.browser.submit(&page, "/console/companies", &[("name", "Shop"), ("slug", "shop")]).await;
    assert!(asked.has_form("/factor"), "{}", asked.text("main"));
    let page = opal.types_code(&asked, &phone.code(&world)).await;
    assert_eq!(page.text("h1"), "Overview");
    assert_eq!(opal.browser.open("/console/companies").await.text(".empty"), "No company here.");
    // A person who is none, however strongly they signed in, and one who was.
    let mut max = world.person("max@example.test").await;
    max.sets_up_a_phone(&world).await;
    for room in ROOMS {
        assert_eq!(max.browser.get(room).await.status, 403, "{room}");
    }
    make_operator(&world, &max).await;
    assert_eq!(max.browser.get("/console").await.status, 200);
    actions::remove_operator(&world.app, &max.id, &Default::default(), world.now()).await.expect("no fault").expect("removed");
    assert_eq!(max.browser.get("/console").await.status, 403, "at once");
}

#[tokio::test]
async fn the_first_operator_comes_from_the_command_line_and_the_last_one_stays() {
    let world = World::new().await;
    let wish = || AddPerson { email: Some(EmailAddress::parse("opal@example.test").expect("an address")), verified: true, ..AddPerson::default() };
    let link = |token: &str| format!("http://localhost:8080/activate/{token}");
    let id = actions::create_operator(&world.app, wish(), link, &Default::default(), world.now()).await.expect("no fault").expect("made");
    assert!(world.mailed_link("opal@example.test", "/activate/").await.contains("/activate/"));
    // Again is no second person and no second mail.
    let again = actions::create_operator(&world.app, wish(), link, &Default::default(), world.now()).await.expect("no fault").expect("made");
    assert_eq!((id.clone(), world.mails().await.len()), (again, 1));
    let refused = actions::remove_operator(&world.app, &id, &Default::default(), world.now()).await.expect("no fault").expect_err("the last one");
    assert!(refused.0.contains("nobody else"), "{refused}");
}

#[tokio::test]
async fn an_operator_makes_a_company_an_app_and_an_api_and_a_person_signs_in_with_them() {
    let (world, mut opal, _) = console().await;
    let alice = world.person("alice@example.test").await;
    let page = opal.browser.open("/console/companies").await;
    let refused = opal.browser.submit(&page, "/console/companies", &[("name", "Shop"), ("slug", "Not a slug")]).await;
    assert_eq!((refused.status.as_u16(), refused.attribute("#name", "value").as_str()), (422, "Shop"), "what was typed stays");
    let page = opal.browser.submit(&page, "/console/companies", &[("name", "Shop"), ("slug", "shop"), ("owner", "alice@example.test")]).await;
    assert_eq!(page.text("h1"), "Shop");
    let page =
        opal.browser.submit(&page, "/act", &[("do", "role-add"), ("role", "clerk"), ("title", "Clerk"), ("permissions", "stock.read\nstock.write")]).await;
    assert!(page.text("main").contains("Clerk"), "{}", page.text("main"));
    let page = opal.browser.submit(&page, "/act", &[("do", "role-change"), ("role", "clerk"), ("title", "Store clerk"), ("permissions", "stock.read")]).await;
    assert!(page.text("main").contains("Store clerk") && !page.text("main").contains("stock.write"));
    // A taken slug, and an old one that still leads here.
    let path = page.path.clone();
    let renamed = opal.browser.submit(&page, path.split('?').next().expect("a path"), &[("name", "Shop & Co"), ("slug", "shop-and-co")]).await;
    assert_eq!(renamed.text("h1"), "Shop & Co");
    let list = opal.browser.open("/console/companies").await;
    let taken = opal.browser.submit(&list, "/console/companies", &[("name", "Thief"), ("slug", "shop")]).await;
    assert_eq!(taken.status, 422);
    // The API, then the app: its secret is shown once.
    let page = opal.browser.open("/console/resource-servers").await;
    let page = opal
        .browser
        .submit(
            &page,
            "/resource-servers",
            &[("do", "add"), ("identifier", "https://api.example"), ("name", "Stock"), ("algorithm", "ES256"), ("scopes", "stock.read = See the stock")],
        )
        .await;
    assert!(page.text("main").contains("https://api.example"), "{}", page.text("main"));
    let page = opal.browser.open("/console/clients").await;
    let made = opal.browser.submit(&page, "/console/clients", &[("kind", "web"), ("name", "Desk"), ("redirect_uris", "https://desk.example/cb")]).await;
    let (id, secret) = (made.text(".lead code"), made.text("code.secret"));
    assert!(id.starts_with("cli_") && secret.len() > 40, "{}", made.text("main"));
    let page = opal.browser.open(&format!("/console/clients/{id}")).await;
    assert!(page.count("code.secret") == 0 && !page.body.contains(&secret), "never again");
    assert!(page.text("pre").contains(&id) && page.text("pre").contains("https://desk.example/cb"));
    let mut desk = world.client().await;
    desk.client_id = id.parse().expect("an id");
    desk.secret = Some(secret.clone());
    desk.redirect_uri = "https://desk.example/cb".into();
    let mut alice = alice;
    let tokens = alice.enters(&mut desk, "shop-and-co").await;
    assert_eq!(tokens.text("org_name"), "Shop & Co");
    assert_eq!(alice.enters(&mut desk, "shop").await.text("org_name"), "Shop & Co", "by its old slug too");
    // A new secret, with the old one for an hour more.
    let made = opal.browser.submit(&page, "/act", &[("do", "rotate"), ("hours", "1")]).await;
    let new = made.text("code.secret");
    let works = async |desk: &mut crate::support::RelyingApp, secret: &str| {
        desk.secret = Some(secret.to_owned());
        desk.refresh("nonsense", &[]).await.status.as_u16() == 400
    };
    assert!(works(&mut desk, &secret).await && works(&mut desk, &new).await);
    world.advance(Seconds(3601));
    assert!(!works(&mut desk, &secret).await && works(&mut desk, &new).await);
    // An app on a device needs no address, and what it is for can be changed; it stays signed in either way.
    let page = opal.browser.open("/console/clients").await;
    let till = opal.browser.submit(&page, "/console/clients", &[("kind", "device"), ("name", "Till"), ("redirect_uris", "")]).await;
    assert!(till.text(".lead").contains("Device") && till.text("pre").contains("initiateDeviceAuthorization"), "{}", till.text("main"));
    let version = till.attribute("[name=version]", "value");
    let path = till.path.clone();
    let changed = opal
        .browser
        .submit(
            &till,
            &path,
            &[
                ("people", "on"),
                ("device", "on"),
                ("name", "Till"),
                ("scope", "openid"),
                ("require_pkce", "on"),
                ("redirect_uris", "https://till.example/cb"),
                ("version", &version),
            ],
        )
        .await;
    let shown = changed.text("main");
    assert!(["device_code", "authorization_code", "refresh_token"].into_iter().all(|grant| shown.matches(&format!("{grant}\"")).count() == 1), "{shown}");
    // Every act is the operator's in the log.
    let log = opal.browser.open("/console/audit?person=opal%40example.test").await;
    for kind in ["company.added", "role.added", "role.changed", "company.changed", "resource.added", "client.added", "client.secret_added"] {
        assert!(log.text("main").contains(kind), "{kind} in {}", log.text("main"));
    }
    assert!(opal.browser.open("/console/audit?company=shop").await.text("main").contains("authorization.granted"));
    assert!(opal.browser.open("/console/audit?company=nowhere").await.count("#trouble") == 1);
}

#[tokio::test]
async fn two_operators_who_change_one_app_do_not_overwrite_each_other_and_one_that_is_off_acts_no_more() {
    let (world, mut opal, _) = console().await;
    let (mut alice, _) = world.person_with_accounts("alice@example.test", ["Shop"]).await;
    let mut desk = world.client_with(|m| m.consent = ConsentPolicy::Implicit).await;
    let tokens = alice.enters(&mut desk, "shop").await;
    let path = format!("/console/clients/{}", desk.client_id);
    let (one, two) = (opal.browser.open(&path).await, opal.browser.open(&path).await);
    let fields = |name: &'static str, page: &crate::support::Answer| -> Vec<(&'static str, String)> {
        vec![
            ("name", name.into()),
            ("redirect_uris", desk.redirect_uri.clone()),
            ("scope", "openid profile".into()),
            ("people", "on".into()),
            ("require_pkce", "on".into()),
            ("version", page.attribute("[name=version]", "value")),
        ]
    };
    let sent = |all: &[(&'static str, String)]| all.iter().map(|(n, v)| (*n, v.clone())).collect::<Vec<_>>();
    let first = sent(&fields("First", &one));
    let first: Vec<(&str, &str)> = first.iter().map(|(n, v)| (*n, v.as_str())).collect();
    assert_eq!(opal.browser.submit(&one, &path, &first).await.text("h1"), "First");
    let second = sent(&fields("Second", &two));
    let second: Vec<(&str, &str)> = second.iter().map(|(n, v)| (*n, v.as_str())).collect();
    let late = opal.browser.submit(&two, &path, &second).await;
    assert!(late.status == 422 && late.text(".alert").contains("changed meanwhile") && late.text("h1") == "First", "{}", late.text("main"));
    let bad = opal.browser.open(&path).await;
    let mistaken =
        opal.browser.submit(&bad, &path, &[("name", "First"), ("redirect_uris", "ftp//x"), ("version", &bad.attribute("[name=version]", "value"))]).await;
    assert_eq!(mistaken.status, 422);
    // Off: no new sign-in, no refresh, and the token that is out counts no more. On again: it does.
    let page = opal.browser.open(&path).await;
    assert_eq!(desk.userinfo(&tokens.access_token).await.status, 200);
    let off = opal.browser.submit(&page, "/act", &[("do", "disable")]).await;
    assert!(off.text("main").contains("switched off"));
    assert_eq!(desk.userinfo(&tokens.access_token).await.status, 401);
    assert_eq!(alice.browser.get(&desk.request(&[])).await.status, 400);
    let on = opal.browser.submit(&off, "/act", &[("do", "enable")]).await;
    assert_eq!(desk.userinfo(&tokens.access_token).await.status, 200);
    let gone = opal.browser.submit(&on, "/act", &[("do", "delete")]).await;
    assert_eq!(gone.text("h1"), "Apps");
    assert_eq!(opal.browser.get(&path).await.status, 404);
    assert_eq!(desk.userinfo(&tokens.access_token).await.status, 401);
}

#[tokio::test]
async fn an_operator_helps_a_person_without_ever_seeing_or_setting_a_secret() {
    let (world, mut opal, _) = console().await;
    let (mut alice, _) = world.person_with_accounts("alice@example.test", ["Shop"]).await;
    let mut desk = world.client_with(|m| m.consent = ConsentPolicy::Implicit).await;
    let tokens = alice.enters(&mut desk, "shop").await;
    alice.sets_up_a_phone(&world).await;
    let found = opal.browser.open("/console/people?q=ALICE").await;
    let path = found.attribute("ul.rows a", "href");
    let page = opal.browser.open(&path).await;
    assert!(page.text("main").contains("Authenticator app") && page.text("main").contains("Shop"), "{}", page.text("main"));
    assert!(!page.body.contains("$argon2") && !page.body.contains("type=\"password\""));
    // A way back, by mail; a reset of factors, which they can stop.
    opal.browser.submit(&page, "/act", &[("do", "password")]).await;
    assert!(world.mailed_link("alice@example.test", "/activate/").await.contains("/activate/"));
    opal.browser.submit(&page, "/act", &[("do", "factors")]).await;
    assert!(world.mailed_link("alice@example.test", "/factor-reset/").await.contains("/factor-reset/"));
    // Out everywhere; then off, which also ends what an app holds; then on.
    opal.browser.submit(&page, "/act", &[("do", "sign-out")]).await;
    assert_eq!(desk.userinfo(&tokens.access_token).await.status, 401);
    assert_eq!(alice.browser.open("/").await.text("h1"), "Sign in");
    let off = opal.browser.submit(&page, "/act", &[("do", "disable")]).await;
    assert!(off.text("main").contains("switched off"));
    let form = alice.browser.open("/sign-in").await;
    assert_eq!(alice.types_password(&form).await.count(".alert"), 1, "refused like a wrong password");
    let on = opal.browser.submit(&off, "/act", &[("do", "enable")]).await;
    assert!(!on.text(".lead").contains("switched off"));
    let form = alice.browser.open("/sign-in").await;
    assert!(alice.types_password(&form).await.has_form("/factor"));
    for kind in ["identity.disabled", "identity.enabled", "identity.signed_out", "recovery.mailed", "factor_reset.begun"] {
        assert_eq!(world.audited(kind).await, 1, "{kind}");
    }
    // Nobody switches off their own, and nobody unknown is found.
    let own = opal.browser.open(&format!("/console/people/{}", opal.id)).await;
    let refused = opal.browser.submit(&page, "/act", &[("do", "nothing")]).await;
    assert_eq!((refused.status.as_u16(), own.count("[value=disable]")), (404, 0));
    let forced = opal.browser.post(&format!("/console/people/{}/act", opal.id), &[("do", "disable"), ("csrf", &own.csrf())]).await;
    assert_eq!(forced.status, 422);
    assert_eq!(opal.browser.open("/console/people?q=nobody-like-that").await.text(".empty"), "Nobody here.");
}

#[tokio::test]
async fn suspending_keys_settings_and_deliveries_from_the_console() {
    let (world, mut opal, _) = console().await;
    let (mut alice, _) = world.person_with_accounts("alice@example.test", ["Shop"]).await;
    let mut desk = world.client_with(|m| m.consent = ConsentPolicy::Implicit).await;
    let tokens = alice.enters(&mut desk, "shop").await;
    let page = opal.browser.open("/console/companies/shop").await;
    let closed = opal.browser.submit(&page, "/act", &[("do", "suspend")]).await;
    assert!(closed.text("main").contains("suspended"));
    assert_eq!(desk.userinfo(&tokens.access_token).await.status, 401);
    opal.browser.submit(&closed, "/act", &[("do", "resume")]).await;
    assert_eq!(desk.userinfo(&tokens.access_token).await.status, 200);
    // Keys: too young without a second word, and the log says who.
    let page = opal.browser.open("/console/keys").await;
    let young = opal.browser.submit(&page, "/console/keys", &[]).await;
    assert_eq!((young.status.as_u16(), young.count("[name=force]")), (422, 1));
    let rotated = opal.browser.submit(&young, "/console/keys", &[("force", "on")]).await;
    assert!(rotated.text("main").contains("only verifies"), "{}", rotated.text("main"));
    assert!(opal.browser.open("/console/audit?kind=keys.").await.text("main").contains("opal@example.test"));
    assert_eq!(desk.userinfo(&tokens.access_token).await.status, 200, "what the old key signed still counts");
    // Settings without a secret; deliveries that wait.
    assert!(opal.browser.open("/console/settings").await.text("main").contains("lifetimes.code"));
    let waiting = opal.browser.open("/console/outbox").await;
    assert!(waiting.text("main").contains("Mails"), "{}", waiting.text("main"));
    assert!(!waiting.body.contains("alice@example.test"), "what waits stays inside");
}

#[tokio::test]
async fn an_operator_adds_a_webhook_tests_it_and_sees_what_it_was_told() {
    let (world, mut opal, _) = console().await;
    world.company("Shop").await;
    let page = opal.browser.open("/console/webhooks").await;
    let refused = opal.browser.submit(&page, "/console/webhooks", &[("url", "ftp://x")]).await;
    assert_eq!((refused.status.as_u16(), refused.attribute("#url", "value").as_str()), (422, "ftp://x"));
    let nowhere = opal.browser.submit(&page, "/console/webhooks", &[("url", "http://127.0.0.1:9/"), ("company", "nowhere")]).await;
    assert_eq!(nowhere.status, 422);
    let made = opal
        .browser
        .submit(&page, "/console/webhooks", &[("url", "http://127.0.0.1:9/"), ("company", "shop"), ("group:account", "on"), ("group:session", "on")])
        .await;
    assert!(made.text("code.secret").starts_with("whsec_"), "{}", made.text("main"));
    assert!(made.text("main").contains("account.added") && !made.text("main").contains("sign_in.accepted"), "a company's is told of its own");
    let list = opal.browser.open("/console/webhooks").await;
    let path = list.attribute("ul.rows a", "href");
    let page = opal.browser.open(&path).await;
    assert_eq!((page.count("code.secret"), page.text("main .empty").as_str()), (0, "It was told nothing yet."));
    let tested = opal.browser.submit(&page, &path, &[("do", "test")]).await;
    assert!(tested.text("main").contains("webhook.test") && tested.text("main").contains("on its way"), "{}", tested.text("main"));
    assert!(opal.browser.submit(&page, &path, &[("do", "disable")]).await.text(".lead").contains("switched off"));
    assert!(!opal.browser.submit(&page, &path, &[("do", "enable")]).await.text(".lead").contains("switched off"));
    assert!(opal.browser.submit(&page, &path, &[("do", "rotate")]).await.text("code.secret").starts_with("whsec_"));
    assert_eq!(opal.browser.submit(&page, &path, &[("do", "delete")]).await.text(".empty"), "Nobody is told yet.");
    assert_eq!(opal.browser.get(&path).await.status, 404);
}

#[tokio::test]
async fn figures_are_counted_as_the_log_is_sealed_and_stay_right_before_and_after() {
    let (world, mut opal, _) = console().await;
    let (mut alice, _) = world.person_with_accounts("alice@example.test", ["Shop"]).await;
    world.company("Depot").await;
    world.account(&alice, "depot", AccountKind::Member).await;
    let mut desk = world.client_with(|m| m.consent = ConsentPolicy::Implicit).await;
    alice.enters(&mut desk, "shop").await;
    alice.enters(&mut desk, "shop").await;
    alice.enters(&mut desk, "depot").await;
    let entries = async |opal: &mut Actor, company: &str| opal.browser.open(&format!("/console/companies/{company}")).await.text(".plot strong");
    assert_eq!((entries(&mut opal, "shop").await.as_str(), entries(&mut opal, "depot").await.as_str()), ("2", "1"));
    let before = opal.browser.open("/console").await;
    let plots = |page: &crate::support::Answer| page.text(".plots");
    world.advance(Seconds::minutes(6));
    assert!(actions::seal_audit(&world.app, world.now()).await.expect("sealed") > 5);
    assert_eq!((entries(&mut opal, "shop").await.as_str(), entries(&mut opal, "depot").await.as_str()), ("2", "1"));
    assert_eq!(plots(&opal.browser.open("/console").await), plots(&before), "counted once, not twice");
    alice.enters(&mut desk, "shop").await;
    assert_eq!(entries(&mut opal, "shop").await, "3");
}

#[tokio::test]
async fn an_operator_tries_a_sign_in_and_sees_what_the_app_would_get_and_nothing_of_it_counts() {
    let (world, mut opal, _) = console().await;
    world.company("Shop").await;
    let own = world.account(&opal, "shop", AccountKind::Member).await;
    let desk = world.client().await;
    let page = opal.browser.open(&format!("/console/clients/{}", desk.client_id)).await;
    let page = opal.browser.submit(&page, "/act", &[("do", "try")]).await;
    let page = opal.goes_through(page, Some(&own)).await;
    assert!(page.text("h1").contains("A sign-in to Desk") && page.body.contains("org_slug") && page.body.contains("shop"), "{}", page.body);
    assert!(page.text("main").contains("It would have got a refresh token"), "{}", page.text("main"));
    assert_eq!(page.count("pre"), 3, "ID token, access token, UserInfo");
    // Once, and only in this browser; an answer that nobody began is none.
    let again = opal.browser.open(&page.path).await;
    assert!(again.text("main").contains("This trial is over"), "{}", again.text("main"));
    let made_up = opal.browser.open(&format!("/console/clients/{}/tried?code=x&state=y", desk.client_id)).await;
    assert!(made_up.text("main").contains("This trial is over"), "{}", made_up.text("main"));
    assert_eq!(world.audited("token.issued").await, 1);
    // The app itself was told nothing, and its redirect URIs are what they were.
    let page = opal.browser.open(&format!("/console/clients/{}", desk.client_id)).await;
    let page = opal.browser.submit(&page, "/act", &[("do", "try")]).await;
    assert!(page.text("main").contains("A sign-in to Desk") || page.count("pre") == 3, "consent is remembered: {}", page.text("main"));
    let stolen = desk.request(&[("redirect_uri", &format!("{}/console/clients/{}/tried", world.app.issuer(), desk.client_id)), ("organization", "shop")]);
    assert_eq!(opal.browser.open(&stolen).await.status, 400, "an app's own request goes to its own address only");
    // Refused is shown as the app would read it.
    world.company("Depot").await;
    let closed = world.client_for(|_| (), Some(vec!["depot".into()])).await;
    let page = opal.browser.open(&format!("/console/clients/{}", closed.client_id)).await;
    let page = opal.browser.submit(&page, "/act", &[("do", "try")]).await;
    assert_ne!(page.status, 500, "{}", page.text("main"));
}
