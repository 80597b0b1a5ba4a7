//! The security page against what a request read before and is over by the time it writes, and against time.

use vestibule::actions::{self, CloseRefused, Origin, SetPasswordRefused};
use vestibule::domain::{AccountKind, FactorPolicy, Level, Method};
use vestibule::store::authenticators;
use vestibule::store::sessions::{BrowserSession, SessionToken, named_by};
use vestibule::types::{DisplayText, Seconds};

use crate::support::{Actor, Answer, NEW_PASSWORD, World};

/// The session of somebody's browser as a request reads it.
async fn read(world: &World, person: &Actor) -> BrowserSession {
    let cookie = person.browser.cookies.iter().find(|(name, _)| name.ends_with("vestibule")).expect("a cookie").1;
    let token = SessionToken::parse(cookie).expect("ours");
    named_by(&world.app.store.db, &token, Seconds::days(1), world.now()).await.expect("a read").expect("a session")
}

/// Closes a sign-in on its page.
async fn closes(person: &mut Actor) -> Answer {
    let page = person.browser.open(&format!("/portal/security/{}/close", person.id)).await;
    person.browser.submit(&page, "/close", &[("sure", "on")]).await
}

#[tokio::test]
async fn t02_whoever_was_signed_out_meanwhile_changes_nothing_that_signs_in() {
    let world = World::new().await;
    let mut alice = world.person("alice@example.test").await;
    let (phone, codes) = alice.sets_up_a_phone(&world).await;
    let stale = read(&world, &alice).await;
    let (app, now, origin) = (&world.app, world.now(), Origin::default());
    let new = actions::begin_totp(app, &stale, &alice.id, "alice", now).expect("a secret");
    let removable = actions::authenticators_of(app, &alice.id).await.expect("a read").0[0].id.clone();
    // The same person ends that browser from another one, while a request of it is under way.
    actions::end_browser(app, &alice.id, &stale.id, &origin, now).await.expect("no fault");
    let changed = actions::change_password(app, &stale, &alice.id, "an intruder's own long words", &origin, now).await.expect("no fault");
    assert_eq!(changed, Err(SetPasswordRefused::Link));
    assert!(actions::new_recovery_codes(app, &stale, &alice.id, &origin, now).await.expect("no fault").is_none());
    assert!(!actions::remove_authenticator(app, &stale, &alice.id, &removable, &origin, now).await.expect("no fault"));
    assert_eq!(actions::close_identity(app, &stale, &alice.id, &origin, now).await.expect("no fault"), Err(CloseRefused::SignedOut));
    let code = vestibule::crypto::totp_code(&new.secret, now).expect("a code");
    let name = DisplayText::parse("Intruder").expect("a name");
    assert!(actions::add_totp(app, &stale, &alice.id, &name, &new.sealed, &code, &origin, now).await.expect("no fault").is_err());
    // Everything of hers is as it was.
    alice.browser = world.browser();
    let page = alice.browser.open("/sign-in").await;
    let asked = alice.types_password(&page).await;
    let home = alice.types_code(&asked, &phone.code(&world)).await;
    assert!(home.text("h1").contains("accounts"), "{}", home.body);
    let (kept, left, _) = actions::authenticators_of(app, &alice.id).await.expect("a read");
    assert_eq!((kept.len(), left), (1, codes.len() as i64));
}

#[tokio::test]
async fn t33_showing_a_factor_replaces_the_secret_of_the_cookie() {
    let world = World::new().await;
    let mut alice = world.person("alice@example.test").await;
    let (phone, _) = alice.sets_up_a_phone(&world).await;
    world.advance(Seconds::hours(1));
    let before = alice.browser.clone();
    let asked = alice.browser.open(&format!("/portal/security/{}/password", alice.id)).await;
    assert!(alice.types_code(&asked, &phone.code(&world)).await.has_form("/password"));
    assert_ne!(before.cookies, alice.browser.cookies);
    let mut thief = before;
    assert!(thief.open("/").await.has_form("/sign-in"), "the old secret is dead");
}

#[tokio::test]
async fn nobody_signs_in_to_a_sign_in_whose_grace_is_over() {
    let world = World::new().await;
    let mut alice = world.person("alice@example.test").await;
    alice.is_home().await;
    closes(&mut alice).await;
    // The worker has not come round yet.
    world.advance(Seconds::days(14));
    let page = alice.is_home().await;
    assert!(!page.text("h1").contains("accounts"), "{}", page.body);
    assert!(!world.mails().await.iter().any(|m| m["subject"] == "Your sign-in is back"));
    assert_eq!(actions::end_closings(&world.app, world.now()).await.expect("no fault"), 1);
}

#[tokio::test]
async fn what_cannot_be_closed_any_more_is_given_back_and_keeps_nobody_waiting() {
    let world = World::new().await;
    world.company("Shop").await;
    let mut alice = world.person("alice@example.test").await;
    let bob = world.person("bob@example.test").await;
    world.account(&alice, "shop", AccountKind::Owner).await;
    let other = world.account(&bob, "shop", AccountKind::Owner).await;
    alice.is_home().await;
    assert!(closes(&mut alice).await.text("h1").contains("is closed"));
    // Meanwhile the other owner goes.
    let app = &world.app;
    actions::end_account(app, &other, &Origin::default(), world.now()).await.expect("no fault").expect("ended");
    world.advance(Seconds::days(15));
    assert_eq!(actions::end_closings(app, world.now()).await.expect("no fault"), 0);
    assert!(world.mails().await.iter().any(|m| m["subject"] == "Your sign-in is back" && m["to"] == "alice@example.test"));
    assert!(alice.is_home().await.text("h1").contains("accounts"));
}

#[tokio::test]
async fn t11_whoever_owes_a_second_factor_gets_no_further_in_the_portal_and_may_leave() {
    let world = World::new().await;
    let (mut alice, [shop, _]) = world.person_with_accounts("alice@example.test", ["Shop", "Depot"]).await;
    let home = alice.is_home().await;
    let mut tx = world.app.store.begin().await.expect("a transaction");
    authenticators::set_floor(&mut tx, &alice.id, Level::Several).await.expect("a write");
    tx.commit().await.expect("committed");
    for path in ["/".to_owned(), format!("/portal/a/{shop}"), format!("/portal/a/{shop}/link"), format!("/portal/profile/{}", alice.id)] {
        assert!(alice.browser.open(&path).await.text("h1").contains("Set up"), "{path}");
    }
    // What was on the screen before does nothing now either.
    let forced = alice.browser.submit(&home, "/unlink", &[(&format!("item:{shop}"), "on")]).await;
    let led = alice.browser.follow(forced).await;
    assert!(led.text("h1").contains("Set up"), "{}", led.body);
    assert!(alice.security().await.text("h1").contains("Security"), "there it is set up");
    let gone = alice.browser.submit(&led, "/sign-out", &[("identity", alice.id.as_str())]).await;
    assert!(!gone.text("h1").contains("Set up"), "{}", gone.body);
    assert!(alice.browser.open("/").await.has_form("/sign-in"));
    alice.sets_up_a_phone(&world).await;
    assert!(alice.browser.open("/").await.text("h1").contains("accounts"));
}

#[tokio::test]
async fn nobody_is_told_of_an_entry_before_the_company_lets_the_visitor_in() {
    let world = World::new().await;
    let (mut alice, [shop]) = world.person_with_accounts("alice@example.test", ["Shop"]).await;
    let (bob, _) = world.person_with_accounts("bob@example.test", ["Depot"]).await;
    alice.is_home().await;
    let page = alice.browser.open(&format!("/portal/a/{shop}/link")).await;
    alice.browser.submit(&page, "/link/password", &[("identifier", &bob.name), ("password", crate::support::PASSWORD)]).await;
    world.asks("depot", |p| p.level = Level::Several).await;
    let home = alice.browser.open("/").await;
    let link = home.attribute("button[name=link]", "value");
    let told = alice.browser.submit(&home, "/link/enter", &[("link", &link)]).await;
    let led = alice.browser.follow(told).await;
    assert!(led.text("h1").contains("Set up"), "{}", led.body);
    assert_eq!(world.audited("link.entered").await, 0);
    alice.sets_up_a_phone(&world).await;
    let home = alice.browser.open("/").await;
    let entered = alice.browser.submit(&home, "/link/enter", &[("link", &link)]).await;
    assert!(alice.browser.follow(entered).await.text("main").contains("Depot"));
    assert_eq!(world.audited("link.entered").await, 1);
}

#[tokio::test]
async fn the_page_of_a_new_app_counts_once() {
    let world = World::new().await;
    let mut alice = world.person("alice@example.test").await;
    alice.is_home().await;
    let page = alice.browser.open(&format!("/portal/security/{}/totp", alice.id)).await;
    alice.sets_up_a_phone_on(&world, &page).await;
    world.advance(Seconds(30));
    let secret = page.text("code.secret").replace(' ', "");
    let code = vestibule::crypto::totp_code(&vestibule::types::Secret::new(secret), world.now()).expect("a code");
    let again = alice.browser.submit(&page, "/totp", &[("name", "Phone"), ("code", &code)]).await;
    let again = alice.browser.follow(again).await;
    assert_ne!(again.count("ol.codes code"), 10, "{}", again.body);
    assert_eq!(world.audited("factor.added").await, 1);
}

#[tokio::test]
async fn a_policy_that_nobody_could_meet_is_refused() {
    let world = World::with(|c| c.issuer = "http://127.0.0.1:8080".to_owned()).await;
    let shop = world.company("Shop").await;
    let asks = async |level, refused| {
        let mut settings = actions::company_settings(&world.app, &shop).await.expect("a read");
        settings.policy = FactorPolicy { level, refused, ..FactorPolicy::default() };
        actions::change_company_settings(&world.app, &shop, &settings, &Origin::default(), world.now()).await.expect("no fault")
    };
    assert_eq!(asks(Level::PhishingResistant, vec![]).await, Err(actions::SettingsRefused::Unmeetable));
    assert_eq!(asks(Level::Several, vec![Method::Totp]).await, Err(actions::SettingsRefused::Unmeetable));
    assert_eq!(asks(Level::Several, vec![Method::RecoveryCode]).await, Ok(()));
    assert_eq!(asks(Level::One, vec![Method::Totp]).await, Ok(()));
}

#[tokio::test]
async fn the_settings_page_keeps_what_was_set_elsewhere_and_takes_no_level_it_does_not_know() {
    let world = World::new().await;
    world.company("Shop").await;
    let mut olga = world.person("olga@example.test").await;
    let own = world.account(&olga, "shop", AccountKind::Owner).await;
    world
        .asks("shop", |p| {
            p.max_age = Some(Seconds(1260));
            p.refused = vec![Method::TextCode];
        })
        .await;
    olga.is_home().await;
    let page = olga.browser.open(&format!("/portal/a/{own}/company")).await;
    assert_eq!(page.text("#max_age option[selected]"), "21 minutes");
    let bad = olga.browser.submit(&page, "/company", &[("kind:owner", "on"), ("level", "gold"), ("max_age", "1260")]).await;
    assert_eq!(bad.status, 422);
    olga.browser.submit(&page, "/company", &[("kind:owner", "on"), ("level", "1fa"), ("max_age", "1260"), ("refuse:totp", "on")]).await;
    let id = vestibule::store::companies::named(&world.app.store.db, "shop").await.expect("a read").expect("one").id;
    let kept = actions::company_settings(&world.app, &id).await.expect("a read").policy;
    assert_eq!((kept.max_age, kept.refused), (Some(Seconds(1260)), vec![Method::Totp, Method::TextCode]));
}

#[tokio::test]
async fn a_username_is_changed_by_its_owner_and_is_nobody_elses() {
    let world = World::new().await;
    let named = |name: &str, email: &str| actions::AddPerson {
        email: vestibule::types::EmailAddress::parse(email).ok(),
        username: vestibule::types::Username::parse(name).ok(),
        verified: true,
        given_name: None,
        family_name: None,
        locale: None,
        password: Some(vestibule::types::Secret::new(crate::support::PASSWORD.to_owned())),
    };
    let mut alice = world.actor(named("alix", "alice@example.test"), "alix").await;
    world.actor(named("bobby", "bob@example.test"), "bobby").await;
    alice.is_home().await;
    let path = format!("/portal/security/{}/username", alice.id);
    let page = alice.browser.open(&path).await;
    for (typed, says) in [("bobby", "Somebody has"), ("BOBBY", "Somebody has"), ("two words", "no spaces"), ("bob@example.test", "your own proved one")] {
        let refused = alice.browser.submit(&page, "/username", &[("username", typed)]).await;
        assert_eq!(refused.status, 422);
        assert!(refused.text("[role=alert]").contains(says), "{typed}: {}", refused.body);
    }
    let done = alice.browser.submit(&page, "/username", &[("username", "alice")]).await;
    assert!(done.text("[role=status]").contains("changed"), "{}", done.body);
    assert!(world.mails().await.iter().any(|m| m["subject"] == "Your username was changed"));
    let mut old = Actor { browser: world.browser(), ..alice.clone() };
    assert!(old.is_home().await.has_form("/sign-in"));
    let mut new = Actor { browser: world.browser(), name: "alice".to_owned(), ..alice.clone() };
    assert!(new.is_home().await.text("h1").contains("accounts"));
    // Names are not found out by trying many.
    let mut last = page.clone();
    for n in 0..6 {
        last = alice.browser.submit(&page, "/username", &[("username", &format!("bobby{n}"))]).await;
    }
    assert!(last.text("[role=alert]").contains("too many"), "{}", last.body);
}

#[tokio::test]
async fn a_person_downloads_what_is_kept_of_them_and_no_secret_is_in_it() {
    let world = World::new().await;
    let (mut alice, [shop, _]) = world.person_with_accounts("alice@example.test", ["Shop", "Depot"]).await;
    alice.sets_up_a_phone(&world).await;
    let file = alice.browser.get(&format!("/portal/security/{}/data", alice.id)).await;
    assert!(file.headers["content-disposition"].to_str().is_ok_and(|h| h.starts_with("attachment")), "{:?}", file.headers);
    let data = file.json();
    assert_eq!(data["identity"]["email"], "alice@example.test");
    assert!(data["accounts"].as_array().is_some_and(|a| a.len() == 2 && a.iter().any(|a| a["account_id"] == shop.as_str())), "{data}");
    assert_eq!((&data["authenticators"][0]["kind"], &data["recovery_codes_left"]), (&"totp".into(), &10.into()));
    assert!(data["activity"].as_array().is_some_and(|a| a.iter().any(|e| e["what"] == "factor.added")));
    for secret in ["argon2", "secret", "digest", "eyJ"] {
        assert!(!file.body.contains(secret), "{secret}");
    }
    // Somebody else's is not there, and an old proof opens nothing.
    let (mut bob, _) = world.person_with_accounts("bob@example.test", ["Shop"]).await;
    bob.is_home().await;
    assert_eq!(bob.browser.get(&format!("/portal/security/{}/data", alice.id)).await.status, 404);
    world.advance(Seconds::hours(1));
    assert_eq!(alice.browser.get(&format!("/portal/security/{}/data", alice.id)).await.status, 303);
}

#[tokio::test]
async fn a_breached_password_is_refused_with_the_reason_and_a_service_that_fails_keeps_nobody_out() {
    use sha1::Digest;
    rustls::crypto::ring::default_provider().install_default().ok();
    let stolen = "umbrella seventeen piano window";
    let digest: String = sha1::Sha1::digest(stolen).iter().map(|b| format!("{b:02X}")).collect();
    let padded: String = sha1::Sha1::digest(NEW_PASSWORD).iter().map(|b| format!("{b:02X}")).collect();
    let asked: std::sync::Arc<std::sync::Mutex<Vec<String>>> = std::sync::Arc::default();
    let (log, range) = (asked.clone(), format!("0018A45C4D1DEF81644B54AB7F969B88D65:1\r\n{}:3861493\r\n{}:0\r\n", &digest[5..], &padded[5..]));
    let service = axum::Router::new().fallback(async move |uri: axum::http::Uri| {
        let mut log = log.lock().expect("unpoisoned");
        log.push(uri.path().to_owned());
        if log.len() == 4 { (axum::http::StatusCode::BAD_GATEWAY, String::new()) } else { (axum::http::StatusCode::OK, range.clone()) }
    });
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let url = format!("http://{}/range", listener.local_addr().expect("an address"));
    tokio::spawn(async move { axum::serve(listener, service).await });
    let world = World::with(|c| c.passwords_breached_url = Some(url)).await;
    let mut alice = world.person("alice@example.test").await;
    alice.is_home().await;
    let path = format!("/portal/security/{}/password", alice.id);
    let page = alice.browser.open(&path).await;
    let refused = alice.browser.submit(&page, "/password", &[("password", stolen), ("again", stolen)]).await;
    assert!(refused.status == 422 && refused.text("main").contains("stolen"), "{}", refused.body);
    assert_eq!(alice.browser.submit(&refused, "/password", &[("password", NEW_PASSWORD), ("again", NEW_PASSWORD)]).await.status, 200, "padding counts nothing");
    let page = alice.browser.open(&path).await;
    let taken = alice.browser.submit(&page, "/password", &[("password", stolen), ("again", stolen)]).await;
    assert_eq!(taken.status, 200, "the service failed: {}", taken.body);
    let asked = asked.lock().expect("unpoisoned");
    // The first was asked for the person herself, when she was made.
    assert!(asked.iter().all(|path| path.len() == "/range/".len() + 5), "five digits and no more: {asked:?}");
    assert!(asked.contains(&format!("/range/{}", &digest[..5])), "{asked:?}");
}
