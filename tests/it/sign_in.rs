//! Signing in: names, throttling, one hash for everybody, sessions, activation.

use std::collections::BTreeSet;

use vestibule::actions::{self, AddPerson, Origin};
use vestibule::config::Config;
use vestibule::types::{EmailAddress, Seconds, Secret, Username};

use crate::support::{Answer, NEW_PASSWORD, PASSWORD, World};

async fn try_sign_in(world: &World, name: &str, password: &str) -> (Answer, u64) {
    let mut browser = world.browser();
    let page = browser.open("/sign-in").await;
    let before = world.app.hasher.computed();
    let answer = browser.submit(&page, "/sign-in", &[("identifier", name), ("password", password)]).await;
    (answer, world.app.hasher.computed() - before)
}

/// The page without what differs between any two pages: the form's token and address.
fn normal(answer: &Answer, name: &str) -> String {
    let mut body = answer.body.replace(name, "NAME");
    for action in answer.form_actions() {
        body = body.replace(&action, "ACTION");
    }
    // Two tokens, and the challenge for a passkey with its sealed state.
    for before in ["name=\"csrf\" value=\"", "name=\"sealed\" value=\"", "challenge&quot;:&quot;"] {
        let mut from = 0;
        while let Some(found) = body[from..].find(before) {
            let at = from + found + before.len();
            let end = at + body[at..].find(['"', '&']).expect("its end");
            body.replace_range(at..end, "TOKEN");
            from = at;
        }
    }
    body
}

#[tokio::test]
async fn decision_39_unknown_ambiguous_throttled_and_passwordless_names_cost_one_hash_and_read_the_same() {
    let world = World::new().await;
    let alice = world.person("alice@example.test").await;
    // Two people who verified the same address before consolidation, and one without a password.
    world.person("shared@example.test").await;
    world.person("shared@example.test").await;
    let passwordless = AddPerson { email: EmailAddress::parse("nopass@example.test").ok(), verified: true, ..AddPerson::default() };
    world.actor(passwordless, "nopass@example.test").await;

    let mut careful = world.person("careful@example.test").await;
    careful.sets_up_a_phone(&world).await;

    let mut pages = BTreeSet::new();
    for (name, password) in [
        ("alice@example.test", "wrong password here"),
        ("careful@example.test", "wrong password here"),
        ("nobody@example.test", PASSWORD),
        ("shared@example.test", PASSWORD),
        ("nopass@example.test", PASSWORD),
    ] {
        let (answer, hashes) = try_sign_in(&world, name, password).await;
        assert_eq!((answer.status.as_u16(), hashes), (422, 1), "{name}");
        pages.insert(normal(&answer, name));
    }
    for _ in 0..8 {
        try_sign_in(&world, "alice@example.test", "wrong password here").await;
    }
    let (answer, hashes) = try_sign_in(&world, "alice@example.test", PASSWORD).await;
    assert_eq!((answer.status.as_u16(), hashes), (422, 1), "throttled, with the right password");
    pages.insert(normal(&answer, "alice@example.test"));
    assert_eq!(pages.len(), 1, "{pages:#?}");
    assert!(!alice.name.is_empty());
}

#[tokio::test]
async fn nist_3_2_2_waits_slow_a_guesser_and_never_lock_the_owner_out_for_good() {
    let world = World::new().await;
    world.person("alice@example.test").await;
    for _ in 0..30 {
        try_sign_in(&world, "alice@example.test", "wrong password here").await;
    }
    assert_eq!(try_sign_in(&world, "alice@example.test", PASSWORD).await.0.status, 422);
    world.advance(Seconds::minutes(15));
    let (answer, _) = try_sign_in(&world, "alice@example.test", PASSWORD).await;
    assert_eq!(answer.text("h1"), "Your accounts", "{}", answer.body);
    // A success forgets the failures.
    assert_eq!(try_sign_in(&world, "alice@example.test", "wrong password here").await.0.status, 422);
    assert_eq!(try_sign_in(&world, "alice@example.test", PASSWORD).await.0.status, 200);
}

#[tokio::test]
async fn nist_3_2_2_a_hundred_wrong_tries_in_a_row_close_a_name_elsewhere_and_never_to_its_owner() {
    let world = World::with(|c| c.throttle_longest = Seconds(1)).await;
    let (mut alice, _) = world.person_with_accounts("alice@example.test", ["Shop"]).await;
    let mut desk = world.client().await;
    alice.enters(&mut desk, "shop").await;
    // The hundredth may be the right one: then nothing is closed, and nobody told that it is.
    for n in 0..99 {
        try_sign_in(&world, "alice@example.test", &format!("wrong password {n}")).await;
        world.advance(Seconds(2));
    }
    assert_eq!(try_sign_in(&world, "alice@example.test", PASSWORD).await.0.text("h1"), "Your accounts");
    assert_eq!(world.audited("sign_in.closed_elsewhere").await, 0);
    assert!(world.mails().await.iter().all(|m| m["subject"] != "Somebody is guessing your password"));
    // Slowly, over weeks, so that no wait stands in the way: still in a row.
    for n in 0..100 {
        let (refused, hashes) = try_sign_in(&world, "alice@example.test", &format!("wrong password {n}")).await;
        assert_eq!((refused.status.as_u16(), hashes), (422, 1));
        world.advance(Seconds::hours(4));
    }
    assert_eq!(world.audited("sign_in.closed_elsewhere").await, 1);
    let told = world.mails().await;
    assert_eq!(told.iter().filter(|m| m["to"] == "alice@example.test" && m["subject"] == "Somebody is guessing your password").count(), 1);
    world.advance(Seconds::days(60));
    let (closed, hashes) = try_sign_in(&world, "alice@example.test", PASSWORD).await;
    assert_eq!((closed.status.as_u16(), hashes), (422, 1), "the hundred-and-first, though right, is not looked at");
    // Where she has been before, and by a new password, she comes in; and a success forgets.
    let page = alice.browser.open("/sign-in").await;
    assert_eq!(alice.types_password(&page).await.text("h1"), "Your accounts");
    assert_eq!(try_sign_in(&world, "alice@example.test", PASSWORD).await.0.text("h1"), "Your accounts");
    for n in 0..100 {
        try_sign_in(&world, "alice@example.test", &format!("wrong password {n}")).await;
        world.advance(Seconds::hours(4));
    }
    assert_eq!(try_sign_in(&world, "alice@example.test", PASSWORD).await.0.status, 422);
    world.sets_a_new_password(&alice).await;
    // That last try was counted like any other, so that it takes as long: elsewhere she waits a second.
    world.advance(Seconds(1));
    assert_eq!(try_sign_in(&world, "alice@example.test", NEW_PASSWORD).await.0.text("h1"), "Your accounts");
}

#[tokio::test]
async fn a_form_of_a_sign_in_is_refused_in_the_language_that_the_app_asked_for() {
    let world = World::new().await;
    let desk = world.client().await;
    let mut browser = world.browser();
    let page = browser.open(&desk.request(&[("ui_locales", "fr")])).await;
    let refused = browser.post(&format!("{}/sign-in", page.path), &[("csrf", "AAAA"), ("identifier", "x"), ("password", "y")]).await;
    assert_eq!((refused.status.as_u16(), refused.headers["content-language"].to_str().expect("text")), (403, "fr"));
}

#[tokio::test]
async fn nist_3_1_1_a_password_that_never_suffices_alone_may_be_shorter() {
    let world = World::with(|c| c.factors_level = "mfa".into()).await;
    let nina = world.actor(AddPerson { email: EmailAddress::parse("nina@example.test").ok(), ..AddPerson::default() }, "nina@example.test").await;
    let mut browser = nina.browser.clone();
    let page = browser.open(&world.mailed_link("nina@example.test", "/activate/").await).await;
    assert!(page.text("main").contains("At least 8 characters"), "{}", page.text("main"));
    let short = browser.submit(&page, "/set-password", &[("password", "vq7Lkw2"), ("again", "vq7Lkw2")]).await;
    assert_eq!(short.status, 422);
    let saved = browser.submit(&page, "/set-password", &[("password", "vq7Lkw2!zR"), ("again", "vq7Lkw2!zR")]).await;
    assert_eq!(saved.status, 200, "{}", saved.text("main"));
}

#[tokio::test]
async fn t08_a_name_that_is_ones_address_and_anothers_username_means_the_username() {
    let world = World::new().await;
    let by_mail = world.person("carol@example.test").await;
    // Imported before the rule existed: Carla's username is Carol's address.
    let imported = AddPerson {
        email: EmailAddress::parse("carol@example.test").ok(),
        username: Username::parse("carol@example.test").ok(),
        verified: true,
        password: Some(Secret::new("another password of somebody".into())),
        ..AddPerson::default()
    };
    let by_name = world.actor(imported, "carol@example.test").await;
    assert_ne!(by_mail.id, by_name.id);
    assert_eq!(try_sign_in(&world, "CAROL@example.TEST", PASSWORD).await.0.status, 422, "the address no longer decides");
    assert_eq!(try_sign_in(&world, "Carol@Example.test", "another password of somebody").await.0.status, 200);
    let other = AddPerson {
        email: EmailAddress::parse("dave@example.test").ok(),
        username: Username::parse("carol2@example.test").ok(),
        verified: true,
        ..AddPerson::default()
    };
    let refused = actions::add_person(&world.app, other, |t| t.to_owned(), &Origin::default(), world.now()).await.expect("no fault");
    assert!(refused.is_err(), "a new username shaped like an address must be one's own");
}

#[tokio::test]
async fn t33_signing_in_replaces_the_cookies_secret_and_the_old_one_is_dead() {
    let world = World::new().await;
    let mut alice = world.person("alice@example.test").await;
    let page = alice.browser.open("/sign-in").await;
    let before = alice.browser.cookies["vestibule"].clone();
    let home = alice.types_password(&page).await;
    assert_eq!(home.text("h1"), "Your accounts");
    let after = alice.browser.cookies["vestibule"].clone();
    assert_eq!(before.split('.').next(), after.split('.').next(), "the inner session id stays");
    assert_ne!(before, after);
    let mut thief = world.browser();
    thief.cookies.insert("vestibule".into(), before);
    assert_eq!(thief.get("/").await.location(), Some("/sign-in"), "the planted secret opens nothing");
}

#[tokio::test]
async fn t33_an_interaction_goes_on_only_in_the_browser_that_began_it() {
    let world = World::new().await;
    let (mut alice, _) = world.person_with_accounts("alice@example.test", ["Shop"]).await;
    let desk = world.client().await;
    let page = alice.follows(&desk, &[]).await;
    let mut mallory = world.browser();
    let elsewhere = mallory.open(&page.path).await;
    assert_eq!(elsewhere.status, 403);
    assert_eq!(elsewhere.text("h1"), "This sign-in began in another browser");
    assert_eq!(elsewhere.count("a[href='https://app.example.test/']"), 1, "it offers to start again");
    assert_eq!(alice.types_password(&page).await.text("h1"), "Desk asks for access", "nothing was consumed");
}

#[tokio::test]
async fn t33_the_cookies_secret_is_replaced_too_when_somebody_else_is_added_in_the_same_browser() {
    let world = World::new().await;
    let (mut alice, _) = world.person_with_accounts("alice@example.test", ["Shop"]).await;
    let (bob, _) = world.person_with_accounts("bob@example.test", ["Mill"]).await;
    let mut desk = world.client().await;
    alice.enters(&mut desk, "shop").await;
    let before = alice.browser.cookies["vestibule"].clone();
    let page = alice.follows(&desk, &[("prompt", "select_account")]).await;
    let page = alice.browser.submit(&page, "/identity", &[]).await;
    let mut both = bob.clone();
    both.browser = alice.browser.clone();
    assert_eq!(both.types_password(&page).await.text("h1"), "Choose an account");
    assert_ne!(before, both.browser.cookies["vestibule"]);
    let mut thief = world.browser();
    thief.cookies.insert("vestibule".into(), before);
    assert_eq!(thief.get("/").await.location(), Some("/sign-in"));
}

#[tokio::test]
async fn t32_every_form_is_refused_without_its_token_or_from_another_site() {
    let world = World::new().await;
    let mut alice = world.person("alice@example.test").await;
    let page = alice.browser.open("/sign-in").await;
    alice.types_password(&page).await;
    let mut forms = 0;
    let own = alice.browser.open("/").await.csrf();
    let mut mallory = world.person("mallory@example.test").await;
    mallory.is_home().await;
    let theirs = mallory.browser.open("/").await.csrf();
    assert_ne!(own, theirs);
    // An operator, so that what refuses is the form and not the room it belongs to.
    let (phone, _) = alice.sets_up_a_phone(&world).await;
    actions::make_operator(&world.app, &alice.id, &Origin::default(), world.now()).await.expect("no fault").expect("made");
    assert_eq!(alice.browser.open("/console").await.text("h1"), "Overview", "{}", phone.code(&world));
    for route in vestibule::web::ROUTES.iter().filter(|r| r.form) {
        let path = route.path.replace("{id}", page.path.rsplit('/').next().expect("an id"));
        for (site, token) in [
            ("same-origin", ""),
            ("same-origin", "AAAA"),
            ("same-origin", theirs.as_str()),
            ("cross-site", own.as_str()),
            ("none", own.as_str()),
            ("same-site", own.as_str()),
        ] {
            let request = axum::http::Request::post(&path)
                .header("content-type", "application/x-www-form-urlencoded")
                .header("sec-fetch-site", site)
                .body(format!("csrf={token}").into())
                .expect("a request");
            let answer = alice.browser.send(request).await;
            let why = if site == "same-origin" { "This page was out of date" } else { "This form came from somewhere else" };
            assert_eq!((answer.status.as_u16(), answer.text("h1").as_str()), (403, why), "{path} from {site}");
        }
        forms += 1;
    }
    assert!(forms >= 8);
    assert_eq!(alice.browser.get("/").await.status, 200, "still signed in");
}

#[tokio::test]
async fn sessions_end_when_idle_and_at_their_absolute_limit() {
    let world = World::new().await;
    let mut alice = world.person("alice@example.test").await;
    let page = alice.browser.open("/sign-in").await;
    alice.types_password(&page).await;
    world.advance(Seconds::hours(11));
    assert_eq!(alice.browser.get("/").await.status, 200);
    world.advance(Seconds::hours(13));
    assert_eq!(alice.browser.get("/").await.location(), Some("/sign-in"));
}

#[tokio::test]
async fn an_activation_mail_sets_a_password_once_and_proves_the_address() {
    let world = World::with(|config: &mut Config| config.development = true).await;
    let wish = AddPerson { email: EmailAddress::parse("nina@example.test").ok(), ..AddPerson::default() };
    let mut nina = world.actor(wish, "nina@example.test").await;
    let mailbox = nina.browser.open("/dev/mailbox").await;
    let link = mailbox.text("article a");
    assert!(link.contains("/activate/"), "{}", mailbox.body);
    // A scanner that opens the link uses nothing up (threats.md T27).
    world.browser().open(&link).await;
    let page = nina.browser.open(&link).await;
    assert_eq!((page.text("h1").as_str(), page.path.as_str()), ("Choose a password", "/set-password"));
    for (password, again, says) in [
        ("short", "short", "too short"),
        ("correct horse battery", "other", "not the same"),
        ("password12345678", "password12345678", "easy to guess"),
        ("nina@example.test", "nina@example.test", "easy to guess"),
    ] {
        let refused = nina.browser.submit(&page, "/set-password", &[("password", password), ("again", again)]).await;
        assert_eq!(refused.status, 422, "{password}");
        assert!(refused.text("[role=alert]").contains(says), "{password}: {}", refused.text("[role=alert]"));
    }
    let saved = nina.browser.submit(&page, "/set-password", &[("password", PASSWORD), ("again", PASSWORD)]).await;
    assert_eq!(saved.text("h1"), "Password saved");
    assert_eq!(world.browser().open(&link).await.status, 410, "the link is used up");
    assert_eq!(try_sign_in(&world, "nina@example.test", PASSWORD).await.0.text("h1"), "Your accounts");
    assert_eq!(nina.browser.submit(&page, "/set-password", &[("password", PASSWORD), ("again", PASSWORD)]).await.status, 410);
}

#[tokio::test]
async fn t02_a_new_password_ends_every_session_and_grant_from_before() {
    let world = World::with(|config: &mut Config| config.development = true).await;
    let (mut alice, _) = world.person_with_accounts("alice@example.test", ["Shop"]).await;
    let mut desk = world.client_with(|m| m.scope = vestibule::types::ScopeSet::parse("openid offline_access")).await;
    // A grant that outlives the browser session must end too.
    let page = alice.follows(&desk, &[("organization", "shop"), ("scope", "openid offline_access"), ("prompt", "consent")]).await;
    let answer = alice.goes_through(page, None).await;
    let tokens = desk.complete(&answer).await;
    let mut tx = world.app.store.begin().await.expect("a transaction");
    let address = EmailAddress::parse("alice@example.test").expect("an address");
    actions::mail_activation(
        &world.app,
        &mut tx,
        &alice.id,
        "Alice",
        &address,
        Default::default(),
        |t| format!("http://localhost:8080/activate/{t}"),
        world.now(),
    )
    .await
    .expect("written");
    tx.commit().await.expect("committed");
    let mut elsewhere = world.browser();
    let link = elsewhere.open("/dev/mailbox").await.text("article a");
    let page = elsewhere.open(&link).await;
    let new = "nine boats asleep in the fog";
    assert_eq!(elsewhere.submit(&page, "/set-password", &[("password", new), ("again", new)]).await.status, 200);
    assert_eq!(alice.browser.get("/").await.location(), Some("/sign-in"));
    assert_eq!(desk.userinfo(&tokens.access_token).await.status, 401);
    assert_eq!(desk.refresh(&tokens.refresh_token.expect("one"), &[]).await.json()["error"], "invalid_grant");
}

#[tokio::test]
async fn t49_the_home_page_lists_accounts_only_after_sign_in_and_signing_out_everywhere_forgets_the_browser() {
    let world = World::new().await;
    let (mut alice, _) = world.person_with_accounts("alice@example.test", ["Shop", "Depot"]).await;
    assert_eq!(alice.browser.get("/").await.location(), Some("/sign-in"));
    let page = alice.browser.open("/sign-in").await;
    let home = alice.types_password(&page).await;
    assert_eq!(home.count(".tile"), 2);
    let id = alice.id.to_string();
    let out = alice.browser.submit(&home, "/sign-out", &[("identity", &id)]).await;
    assert_eq!(out.text("h1"), "You are signed out");
    assert!(!alice.browser.cookies.contains_key("vestibule"));
}

#[tokio::test]
async fn a_burst_of_sign_ins_is_told_to_come_back_and_keeps_what_was_typed() {
    let world = World::with(|config| config.password_queue = 1).await;
    // Forty people: tries for one name would wait for each other. All are there before the first one signs in.
    let names: Vec<String> = (0..40).map(|n| format!("person{n}@example.test")).collect();
    for name in &names {
        world.person(name).await;
    }
    let mut tasks = Vec::new();
    for name in names {
        let mut browser = world.browser();
        let page = browser.open("/sign-in").await;
        tasks.push(tokio::spawn(async move { browser.submit(&page, "/sign-in", &[("identifier", &name), ("password", PASSWORD)]).await }));
    }
    let (mut busy, mut done) = (0, 0);
    for task in tasks {
        let answer = task.await.expect("no panic");
        match answer.status.as_u16() {
            503 => {
                busy += 1;
                assert!(answer.headers.contains_key("retry-after"));
                assert!(answer.body.contains("@example.test\""), "what was typed stays");
                assert!(!answer.body.contains(PASSWORD));
            }
            200 => done += 1,
            other => panic!("{other}: {}", answer.body),
        }
    }
    assert!(done > 0 && busy + done == 40, "{busy} told to come back, {done} signed in");
    // Whoever was told to come back has used up no try.
    let mut tx = world.app.store.begin().await.expect("a transaction");
    for n in 0..40 {
        let key = vestibule::domain::ThrottleKey::name(&format!("person{n}@example.test"));
        assert_eq!(vestibule::store::throttles::state(&mut tx, &key).await.expect("a read").failures, 0);
    }
}

#[tokio::test]
async fn nist_3_2_2_many_guesses_at_once_are_counted_before_they_are_looked_at() {
    let world = World::new().await;
    let alice = world.person("alice@example.test").await;
    let mut tasks = Vec::new();
    for _ in 0..30 {
        let mut browser = world.browser();
        let page = browser.open("/sign-in").await;
        tasks.push(tokio::spawn(async move {
            browser.submit(&page, "/sign-in", &[("identifier", "alice@example.test"), ("password", "a wrong password")]).await.status
        }));
    }
    for task in tasks {
        assert_eq!(task.await.expect("no panic"), 422);
    }
    let mut tx = world.app.store.begin().await.expect("a transaction");
    let key = vestibule::domain::ThrottleKey::name(alice.id.as_str());
    let counted = vestibule::store::throttles::state(&mut tx, &key).await.expect("a read").failures;
    assert_eq!(counted, 5, "the sixth and all later ones were refused unseen");
}

#[tokio::test]
async fn a_guesser_elsewhere_never_keeps_the_owner_out_of_a_browser_they_use() {
    let world = World::new().await;
    let (mut alice, _) = world.person_with_accounts("alice@example.test", ["Shop"]).await;
    let mut desk = world.client().await;
    alice.enters(&mut desk, "shop").await;
    for _ in 0..30 {
        try_sign_in(&world, "alice@example.test", "a wrong password").await;
    }
    assert_eq!(try_sign_in(&world, "alice@example.test", PASSWORD).await.0.status, 422, "elsewhere the wait holds");
    let page = alice.follows(&desk, &[("prompt", "login")]).await;
    let answer = alice.goes_through(page, None).await;
    desk.complete(&answer).await;
}

#[tokio::test]
async fn t08_a_full_width_at_sign_makes_no_username_out_of_somebodys_address() {
    let world = World::new().await;
    world.person("carol@example.test").await;
    let wish = AddPerson {
        email: EmailAddress::parse("x@example.test").ok(),
        username: Username::parse("carol\u{ff20}example.test").ok(),
        verified: true,
        ..AddPerson::default()
    };
    assert!(wish.username.is_some(), "it parses, and folds to the address");
    let refused = actions::add_person(&world.app, wish, |t| t.to_owned(), &Origin::default(), world.now()).await.expect("no fault");
    assert!(refused.is_err());
    assert_eq!(try_sign_in(&world, "carol@example.test", PASSWORD).await.0.status, 200);
}

#[tokio::test]
async fn rfc9700_4_13_what_a_stranger_says_of_where_it_comes_from_counts_for_nothing() {
    let world = World::with(|c| c.throttle_address_free = 4).await;
    world.person("alice@example.test").await;
    for n in 0..8 {
        assert_eq!(from_address(&world, &format!("203.0.113.{n}"), &format!("n{n}@example.test"), "a wrong password").await, 422);
    }
    assert_eq!(from_address(&world, "198.51.100.1", "alice@example.test", PASSWORD).await, 422, "it is one address, whatever it claims");
}

/// A sign-in as it comes through a proxy that says where it is from.
async fn from_address(world: &World, forwarded: &str, name: &str, password: &str) -> u16 {
    use axum::extract::ConnectInfo;
    let mut browser = world.browser();
    let page = browser.open("/sign-in").await;
    let token = page.html();
    let token = token.select(&scraper::Selector::parse("input[name=csrf]").expect("a selector")).next().and_then(|i| i.attr("value")).expect("a token");
    let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs([("csrf", token), ("identifier", name), ("password", password)]).finish();
    let mut request = axum::http::Request::post(format!("{}/sign-in", page.path))
        .header("content-type", "application/x-www-form-urlencoded")
        .header("sec-fetch-site", "same-origin")
        .header("x-forwarded-for", forwarded)
        .body(axum::body::Body::from(body))
        .expect("a request");
    request.extensions_mut().insert(ConnectInfo(std::net::SocketAddr::from(([10, 0, 0, 9], 4711))));
    browser.send(request).await.status.as_u16()
}

#[tokio::test]
async fn decision_29_an_address_waits_after_its_failures_whatever_the_name_and_successes_never_count() {
    let world = World::with(|c| {
        c.trusted_proxies = vec!["10.0.0.0/8".parse().expect("a network")];
        c.throttle_address_free = 4;
    })
    .await;
    world.person("alice@example.test").await;
    // An office: many sign-ins from one address, none of them counts.
    for _ in 0..12 {
        assert_eq!(from_address(&world, "198.51.100.1", "alice@example.test", PASSWORD).await, 303);
    }
    // Somebody who sprays many names from one address, and from one IPv6 range.
    for (spray, same, other) in [("203.0.113.7", "203.0.113.7", "203.0.113.8"), ("2001:db8:1:2::a", "2001:db8:1:2:ffff::b", "2001:db8:1:3::a")] {
        for n in 0..8 {
            assert_eq!(from_address(&world, spray, &format!("n{n}@example.test"), "a wrong password").await, 422);
        }
        assert_eq!(from_address(&world, same, "alice@example.test", PASSWORD).await, 422, "{same} waits");
        assert_eq!(from_address(&world, other, "alice@example.test", PASSWORD).await, 303, "{other} does not");
        assert_eq!(from_address(&world, &format!("{spray}, {other}"), "alice@example.test", PASSWORD).await, 303, "what the proxy added counts");
    }
}

#[tokio::test]
async fn decision_6_a_company_is_named_before_sign_in_only_when_it_is_publicly_named() {
    let world = World::new().await;
    world.company("Shop").await;
    let wish = vestibule::actions::AddCompany {
        name: vestibule::types::DisplayText::parse("Harbour Lights").expect("a name"),
        slug: vestibule::types::Slug::parse("harbour").expect("a slug"),
        region: "eu".into(),
        publicly_named: true,
        logo: None,
        owner: None,
    };
    actions::add_company(&world.app, wish, &Origin::default(), world.now()).await.expect("no fault").expect("added");
    let desk = world.client().await;
    let page = async |company: &str| {
        let page = world.browser().open(&desk.request(&[("organization", company)])).await;
        (page.status, page.text("main").replace(company, "X"))
    };
    assert!(page("harbour").await.1.contains("Harbour Lights"));
    assert_eq!(page("shop").await, page("nowhere").await, "an unlisted company reads like an unknown one");
}

#[tokio::test]
async fn sessions_and_families_end_at_their_absolute_limits_however_much_they_are_used() {
    let world = World::new().await;
    let (mut alice, _) = world.person_with_accounts("alice@example.test", ["Shop"]).await;
    let mut desk = world.client_with(|m| m.consent = vestibule::protocol::ConsentPolicy::Implicit).await;
    let page = alice.follows(&desk, &[("organization", "shop"), ("scope", "openid offline_access")]).await;
    let answer = alice.goes_through(page, None).await;
    let mut token = desk.complete(&answer).await.refresh_token.expect("one");
    let mut days = 0;
    while let Some(next) = desk.refresh(&token, &[]).await.json()["refresh_token"].as_str() {
        token = next.to_owned();
        world.advance(Seconds::days(29));
        days += 29;
    }
    assert!((180..210).contains(&days), "it ended on day {days}");
    alice.is_home().await;
    let mut hours = 0;
    while !alice.browser.open("/").await.has_form("/sign-in") {
        world.advance(Seconds::hours(11));
        hours += 11;
    }
    assert!((720..732).contains(&hours), "the session ended after {hours} hours");
}

#[tokio::test]
async fn discovery_4_the_documents_name_what_works_and_nothing_else() {
    let world = World::new().await;
    let mut browser = world.browser();
    let document = browser.get("/.well-known/openid-configuration").await;
    assert_eq!(document.json(), browser.get("/.well-known/oauth-authorization-server").await.json());
    let json = document.json();
    assert_eq!(json["issuer"], "http://localhost:8080");
    for (name, value) in json.as_object().expect("an object") {
        // Every endpoint that is named answers.
        if let Some(path) = value.as_str().and_then(|v| v.strip_prefix("http://localhost:8080")).filter(|p| p.starts_with('/')) {
            assert_ne!(browser.get(path).await.status, 404, "{name}");
        }
    }
    let list = |name: &str| json[name].as_array().map(|a| a.iter().filter_map(|v| v.as_str()).collect::<BTreeSet<_>>()).unwrap_or_default();
    assert_eq!(list("response_types_supported"), BTreeSet::from(["code"]));
    assert_eq!(list("id_token_signing_alg_values_supported"), BTreeSet::from(["EdDSA", "ES256", "PS256", "RS256"]));
    assert_eq!(list("code_challenge_methods_supported"), BTreeSet::from(["S256"]));
    assert_eq!(list("token_endpoint_auth_methods_supported"), BTreeSet::from(["client_secret_basic", "client_secret_post", "none"]));
    let urn = |name: &str| format!("urn:ietf:params:oauth:grant-type:{name}");
    let (device, exchange) = (urn("device_code"), urn("token-exchange"));
    let grants = ["authorization_code", "refresh_token", "client_credentials", &device, &exchange];
    assert_eq!(list("grant_types_supported"), BTreeSet::from(grants));
    assert!(json["authorization_response_iss_parameter_supported"] == true && json["registration_endpoint"] == "http://localhost:8080/register");
    assert_eq!(document.headers["access-control-allow-origin"], "*");
    let tag = document.headers["etag"].clone();
    let again = axum::http::Request::get("/.well-known/openid-configuration").header("if-none-match", tag).body(axum::body::Body::empty()).expect("a request");
    assert_eq!(browser.send(again).await.status, 304);
}

/// Asks for help with a name; what the worker does of it is done too.
async fn asks_for_help(world: &World, name: &str) -> Answer {
    let mut browser = world.browser();
    let page = browser.open("/recover").await;
    let answer = browser.submit(&page, "/recover", &[("identifier", name)]).await;
    vestibule::actions::answer_recoveries(&world.app, world.now()).await.expect("no fault");
    answer
}

#[tokio::test]
async fn t29_a_forgotten_password_reads_the_same_for_everybody_and_only_the_proved_address_gets_a_mail() {
    let world = World::new().await;
    let wish = |username: &str, email: &str, verified: bool| vestibule::actions::AddPerson {
        username: vestibule::types::Username::parse(username).ok(),
        email: vestibule::types::EmailAddress::parse(email).ok(),
        verified,
        password: Some(vestibule::types::Secret::new(PASSWORD.into())),
        ..vestibule::actions::AddPerson::default()
    };
    for (username, email, verified) in [("nina", "nina@example.test", true), ("nina2", "nina@example.test", true), ("unproved", "x@example.test", false)] {
        world.actor(wish(username, email, verified), username).await;
    }
    let mut bodies = std::collections::BTreeSet::new();
    for name in ["nina@example.test", "nina2", "unproved", "x@example.test", "nobody", "nobody@example.test"] {
        let answer = asks_for_help(&world, name).await;
        assert_eq!(answer.status, 200);
        bodies.insert(answer.body.clone());
    }
    assert_eq!(bodies.len(), 1, "one page for all of them");
    let mails: Vec<_> = world.mails().await.into_iter().filter(|m| m["subject"] == "Your sign-in").collect();
    assert_eq!(mails.len(), 2, "{mails:?}");
    let list = mails.iter().filter_map(|m| m["body"].as_str()).find(|b| b.contains("nina\n")).expect("the mail for the address");
    assert!(list.contains("nina2\n") && list.matches("/activate/").count() == 2, "both names, each with its link: {list}");
    assert_eq!(asks_for_help(&world, "  ").await.status, 422);
    // One person is not flooded, and one place does not ask for everybody.
    for _ in 0..20 {
        asks_for_help(&world, "nina2").await;
    }
    assert!(world.mails().await.iter().filter(|m| m["subject"] == "Your sign-in").count() <= 4);
    assert_eq!((world.audited("recovery.asked").await, world.audited("recovery.mailed").await <= 6), (26, true));
}

#[tokio::test]
async fn a_slow_guesser_from_everywhere_never_keeps_the_owner_out_of_a_browser_they_never_used() {
    let world = World::with(|c| c.trusted_proxies = vec!["10.0.0.0/8".parse().expect("a network")]).await;
    let (alice, _) = world.person_with_accounts("alice@example.test", ["Shop"]).await;
    for n in 0..40 {
        from_address(&world, &format!("198.51.100.{n}"), "alice@example.test", "a wrong password").await;
    }
    assert_eq!(try_sign_in(&world, "alice@example.test", PASSWORD).await.0.status, 422, "the name has to wait");
    asks_for_help(&world, "alice@example.test").await;
    let mut fresh = world.browser();
    let page = fresh.open(&world.mailed_link("alice@example.test", "/activate/").await).await;
    fresh.submit(&page, "/set-password", &[("password", NEW_PASSWORD), ("again", NEW_PASSWORD)]).await;
    assert!(world.mails().await.iter().any(|m| m["to"] == "alice@example.test" && m["subject"] == "Your password was changed"));
    from_address(&world, "198.51.100.99", "alice@example.test", "a wrong password").await;
    let form = fresh.open("/sign-in").await;
    let inside = fresh.submit(&form, "/sign-in", &[("identifier", alice.name.as_str()), ("password", NEW_PASSWORD)]).await;
    assert_eq!(inside.count(".tile"), 1, "{}", inside.body);
    // The link is used up, and another one ends in an hour.
    asks_for_help(&world, "alice@example.test").await;
    let link = world.mailed_link("alice@example.test", "/activate/").await;
    world.advance(Seconds::minutes(61));
    assert_eq!(world.browser().open(&link).await.status, 410);
}
