//! One-way links (design.md section 4, S0): who may enter whose account, in one direction only.

use vestibule::domain::AccountKind;
use vestibule::types::{AccountId, Seconds};

use crate::support::{Actor, Answer, PASSWORD, RelyingApp, World};

/// Alice has an account at Shop, Bob one at Depot; both sign in with [`PASSWORD`].
struct Two {
    world: World,
    alice: Actor,
    bob: Actor,
    shop: AccountId,
    depot: AccountId,
    desk: RelyingApp,
}

async fn two() -> Two {
    let world = World::new().await;
    let (alice, [shop]) = world.person_with_accounts("alice@example.test", ["Shop"]).await;
    let (bob, [depot]) = world.person_with_accounts("bob@example.test", ["Depot"]).await;
    let desk = world.client_with(|m| m.initiate_login_uri = vestibule::types::RedirectUri::parse("https://app.example.test/start").ok()).await;
    Two { world, alice, bob, shop, depot, desk }
}

impl Actor {
    /// Signs in to the portal.
    async fn comes_home(&mut self) -> Answer {
        let page = self.browser.open("/sign-in").await;
        if page.has_form("/sign-in") {
            self.types_password(&page).await
        } else {
            page
        };
        self.browser.open("/").await
    }

    /// Types name and password of another account on the page "Link account" of one of their own.
    async fn links(&mut self, from: &AccountId, name: &str, password: &str) -> Answer {
        let page = self.browser.open(&format!("/portal/a/{from}/link")).await;
        self.browser.submit(&page, "/link/password", &[("identifier", name), ("password", password)]).await
    }

    /// Enters a linked account from the list.
    async fn enters_linked(&mut self) -> Answer {
        let home = self.browser.open("/").await;
        self.browser.submit(&home, "/portal/link/enter", &[("link", &home.first_link())]).await
    }
}

#[tokio::test]
async fn s0_a_enters_b_by_bs_password_with_a_banner_and_returns_and_b_cannot_enter_a() {
    let Two { world, mut alice, mut bob, shop, .. } = two().await;
    alice.comes_home().await;
    let page = alice.links(&shop, "bob@example.test", PASSWORD).await;
    assert!(page.text("main").contains("Depot"), "{}", page.body);
    let inside = alice.enters_linked().await;
    assert!(inside.text(".banner").contains("You are Alex Doe at Depot. You came through Shop"), "{}", inside.body);
    assert!(inside.form_actions().iter().all(|a| a == "/portal/link/cut"), "nothing of Bob's can be changed there");
    let back = inside.html();
    let back = back.select(&scraper::Selector::parse(".banner a").expect("a selector")).next().and_then(|a| a.attr("href")).expect("a way back").to_owned();
    assert_eq!(back, format!("/portal/a/{shop}"));
    assert_eq!(alice.browser.open(&back).await.status, 200);
    assert_eq!((world.audited("link.made").await, world.audited("link.entered").await), (1, 1));
    // The other direction does not exist.
    let home = bob.comes_home().await;
    assert!(!home.has_form("/portal/link/enter"), "{}", home.body);
    assert!(home.text("main").contains("may enter Depot from Shop"));
}

#[tokio::test]
async fn s0_an_app_gets_tokens_of_the_entered_account_with_act_and_without_bobs_address() {
    let Two { world: _world, mut alice, bob, shop, depot, mut desk, .. } = two().await;
    alice.comes_home().await;
    alice.links(&shop, "bob@example.test", PASSWORD).await;
    let tokens = alice.enters(&mut desk, "depot").await;
    assert_eq!((tokens.text("account_id"), tokens.text("sub")), (depot.as_str(), bob.id.as_str()));
    assert_eq!(tokens.claims["act"]["account_id"], shop.as_str());
    assert_eq!(tokens.claims["act"]["sub"], alice.id.as_str());
    assert_eq!(tokens.access_claims()["act"]["account_id"], shop.as_str());
    let userinfo = desk.userinfo(&tokens.access_token).await.json();
    assert_eq!(
        (&userinfo["email"], &userinfo["given_name"], &userinfo["name"]),
        (&serde_json::Value::Null, &serde_json::Value::Null, &serde_json::json!("Alex Doe"))
    );
    assert_eq!(userinfo["act"]["account_id"], shop.as_str());
    assert_eq!(desk.introspect(&tokens.access_token).await["act"]["sub"], alice.id.as_str());
    // A refresh keeps it; the hint of the app stays good while the app session and the link live.
    let refreshed = desk.refresh(tokens.refresh_token.as_deref().expect("one"), &[]).await;
    assert_eq!(desk.tokens(&refreshed).await.claims["act"]["account_id"], shop.as_str());
    let silent = alice.follows(&desk, &[("prompt", "none"), ("id_token_hint", tokens.id_token.as_deref().expect("one"))]).await;
    assert_eq!(desk.complete(&silent).await.text("sid"), tokens.text("sid"));
}

#[tokio::test]
async fn s0_two_people_of_one_company_are_told_apart_by_the_selector_and_the_chooser() {
    let Two { world, mut alice, mut desk, shop, .. } = two().await;
    let carol = world.person("carol@example.test").await;
    let theirs = world.account(&carol, "shop", AccountKind::Member).await;
    alice.comes_home().await;
    alice.links(&shop, "carol@example.test", PASSWORD).await;
    // The company alone means her own account; the selector means Carol's.
    assert_eq!(alice.enters(&mut desk, "shop").await.text("account_id"), shop.as_str());
    let page = alice.follows(&desk, &[("login_hint", theirs.as_str()), ("organization", "shop")]).await;
    let answer = alice.goes_through(page, None).await;
    let tokens = desk.complete(&answer).await;
    assert_eq!((tokens.text("account_id"), tokens.text("sub")), (theirs.as_str(), carol.id.as_str()));
    // The chooser shows both.
    let page = alice.follows(&desk, &[("prompt", "select_account"), ("organization", "shop")]).await;
    assert_eq!((page.count("button[name=account]"), page.count("button[name=link]")), (1, 1));
    let answer = alice.browser.submit(&page, "/account", &[("link", &page.first_link())]).await;
    let answer = alice.goes_through(answer, None).await;
    assert_eq!(desk.complete(&answer).await.text("account_id"), theirs.as_str());
}

#[tokio::test]
async fn t15_what_is_entered_through_a_link_leads_no_further() {
    let Two { world, mut alice, mut bob, shop, depot, mut desk } = two().await;
    let (_, [pier]) = world.person_with_accounts("carol@example.test", ["Pier"]).await;
    bob.comes_home().await;
    bob.links(&depot, "carol@example.test", PASSWORD).await;
    alice.comes_home().await;
    alice.links(&shop, "bob@example.test", PASSWORD).await;
    // Bob reaches Pier, Alice does not: neither by the company, nor by the selector, nor from a token of Depot.
    assert_eq!(bob.enters(&mut desk, "pier").await.text("account_id"), pier.as_str());
    for extra in [[("organization", "pier")], [("login_hint", pier.as_str())]] {
        let page = alice.follows(&desk, &extra).await;
        assert_eq!(page.status, 403, "{extra:?}");
    }
    let tokens = alice.enters(&mut desk, "depot").await;
    let refused = desk.refresh(tokens.refresh_token.as_deref().expect("one"), &[("organization", "pier")]).await;
    assert_eq!(refused.json()["error"], "interaction_required");
    let inside = alice.enters_linked().await;
    assert!(!inside.has_form("/portal/link/enter") && !inside.body.contains("Pier"));
    // No page of Bob's own account opens for her.
    for path in [format!("/portal/a/{depot}"), format!("/portal/a/{depot}/link")] {
        assert_eq!(alice.browser.open(&path).await.status, 404);
    }
}

#[tokio::test]
async fn t16_a_new_password_at_the_target_rests_the_link_until_its_owner_confirms_it() {
    let Two { world, mut alice, mut bob, shop, mut desk, .. } = two().await;
    alice.comes_home().await;
    alice.links(&shop, "bob@example.test", PASSWORD).await;
    let tokens = alice.enters(&mut desk, "depot").await;
    world.sets_a_new_password(&bob).await;
    assert_eq!(desk.introspect(&tokens.access_token).await["active"], false);
    let refused = desk.refresh(tokens.refresh_token.as_deref().expect("one"), &[]).await;
    assert_eq!(refused.json()["error"], "invalid_grant");
    assert_eq!(alice.follows(&desk, &[("organization", "depot")]).await.status, 403);
    assert!(alice.browser.open("/").await.text("main").contains("Resting"));
    // Bob signs in with the new password, sees it resting, and lets it go on.
    let page = bob.browser.open("/sign-in").await;
    bob.browser.submit(&page, "/sign-in", &[("identifier", "bob@example.test"), ("password", crate::support::NEW_PASSWORD)]).await;
    let home = bob.browser.open("/").await;
    bob.browser.submit(&home, "/portal/link/confirm", &[("link", &home.first_link())]).await;
    assert_eq!(alice.enters(&mut desk, "depot").await.claims["act"]["account_id"], shop.as_str());
}

#[tokio::test]
async fn s0_either_side_cuts_and_everything_entered_through_it_ends_at_once() {
    for by_the_owner in [true, false] {
        let Two { world: _world, mut alice, mut bob, shop, mut desk, .. } = two().await;
        alice.comes_home().await;
        alice.links(&shop, "bob@example.test", PASSWORD).await;
        let through = alice.enters(&mut desk, "depot").await;
        let own = alice.enters(&mut desk, "shop").await;
        let bobs = bob.enters(&mut desk, "depot").await;
        let who = if by_the_owner { &mut bob } else { &mut alice };
        let home = who.browser.open("/").await;
        let done = who.browser.submit(&home, "/portal/link/cut", &[("link", &home.first_link())]).await;
        assert_eq!(done.status, 200);
        // Exactly what was entered through the link is closed.
        assert_eq!(desk.introspect(&through.access_token).await["active"], false);
        assert_eq!(desk.introspect(&own.access_token).await["active"], true);
        assert_eq!(desk.introspect(&bobs.access_token).await["active"], true);
        assert_eq!(alice.follows(&desk, &[("organization", "depot")]).await.status, 403);
        assert!(!alice.browser.open("/").await.has_form("/portal/link/enter"));
    }
}

#[tokio::test]
async fn t18_the_form_is_no_oracle_and_counts_against_the_targets_throttling() {
    let Two { world, mut alice, mut bob, shop, .. } = two().await;
    alice.comes_home().await;
    let wrong = alice.links(&shop, "bob@example.test", "not the password at all").await;
    let unknown = alice.links(&shop, "nobody@example.test", "not the password at all").await;
    assert_eq!(wrong.status, 422);
    assert_eq!(wrong.body.replace("bob@", "X@"), unknown.body.replace("nobody@", "X@"));
    assert!(wrong.text("[role=alert]").contains("do not match"));
    // Guesses made here and on the sign-in page draw on one budget.
    for _ in 0..6 {
        alice.links(&shop, "bob@example.test", "not the password at all").await;
    }
    assert_eq!(alice.links(&shop, "bob@example.test", PASSWORD).await.status, 422, "throttled, though right");
    world.advance(Seconds::hours(1));
    assert!(alice.links(&shop, "bob@example.test", PASSWORD).await.text("main").contains("Depot"));
    assert_eq!(bob.comes_home().await.status, 200);
}

#[tokio::test]
async fn t17_the_owner_is_told_by_mail_who_can_enter_now() {
    let Two { world, mut alice, shop, .. } = two().await;
    alice.comes_home().await;
    alice.links(&shop, "bob@example.test", PASSWORD).await;
    let mails = world.mails().await;
    let mail = mails.iter().find(|m| m["to"] == "bob@example.test").expect("a mail to Bob");
    assert!(mail["body"].as_str().is_some_and(|b| b.contains("Alex Doe (Shop)") && b.contains("Depot")), "{mail}");
}

#[tokio::test]
async fn t19_a_circle_of_links_stays_two_one_way_links_and_return_follows_the_origin() {
    let Two { world: _world, mut alice, mut bob, shop, depot, mut desk, .. } = two().await;
    alice.comes_home().await;
    alice.links(&shop, "bob@example.test", PASSWORD).await;
    bob.comes_home().await;
    bob.links(&depot, "alice@example.test", PASSWORD).await;
    let hers = alice.enters(&mut desk, "depot").await;
    let his = bob.enters(&mut desk, "shop").await;
    assert_eq!((hers.claims["act"]["account_id"].as_str(), his.claims["act"]["account_id"].as_str()), (Some(shop.as_str()), Some(depot.as_str())));
    let switch = |from: &AccountId| format!("/switch?client_id={}&organization=origin&from={from}", desk.client_id);
    let back = alice.browser.get(&switch(&depot)).await;
    assert_eq!(back.redirect_parameters().get("login_hint").map(String::as_str), Some(shop.as_str()));
}

#[tokio::test]
async fn t51_returning_to_an_origin_that_has_ended_shows_the_chooser_with_a_clear_message() {
    let Two { world, mut alice, shop, depot, mut desk, .. } = two().await;
    world.company("Annex").await;
    let annex = world.account(&alice, "annex", AccountKind::Member).await;
    alice.comes_home().await;
    alice.links(&shop, "bob@example.test", PASSWORD).await;
    let tokens = alice.enters(&mut desk, "depot").await;
    vestibule::actions::end_account(&world.app, &shop, &Default::default(), world.now()).await.expect("no fault").expect("ended");
    // What was entered from it ended with it.
    assert_eq!(desk.introspect(&tokens.access_token).await["active"], false);
    let page = alice.browser.get(&format!("/switch?client_id={}&organization=origin&from={depot}", desk.client_id)).await;
    assert_eq!(page.status, 200);
    assert!(page.text("[role=status]").contains("can no longer be entered"));
    assert!(page.body.contains(annex.as_str()) && !page.text("main").contains("Depot"));
}

#[tokio::test]
async fn a_password_with_several_accounts_behind_it_asks_which_one() {
    let Two { world, mut alice, bob, shop, mut desk, .. } = two().await;
    world.company("Pier").await;
    let pier = world.account(&bob, "pier", AccountKind::Member).await;
    alice.comes_home().await;
    let page = alice.links(&shop, "bob@example.test", PASSWORD).await;
    assert_eq!(page.count("button[name=account]"), 2, "{}", page.body);
    let done = alice.browser.submit(&page, &page.path.clone(), &[("account", pier.as_str())]).await;
    assert_eq!(done.path, format!("/portal/a/{shop}"));
    assert_eq!(alice.enters(&mut desk, "pier").await.text("account_id"), pier.as_str());
    assert_eq!(alice.follows(&desk, &[("organization", "depot")]).await.status, 403, "the other one is not linked");
    // The proof was for one link, in this browser, for a while.
    assert_eq!(alice.browser.open(&page.path).await.status, 410);
}

#[tokio::test]
async fn refusals_of_a_link_say_why_and_what_to_do() {
    let Two { world, mut alice, shop, .. } = two().await;
    alice.comes_home().await;
    let says = |page: &Answer| page.text("[role=alert] strong");
    assert_eq!(says(&alice.links(&shop, "alice@example.test", PASSWORD).await), "That account is yours already");
    world.person("nina@example.test").await;
    assert_eq!(says(&alice.links(&shop, "nina@example.test", PASSWORD).await), "That account cannot be linked now");
    alice.links(&shop, "bob@example.test", PASSWORD).await;
    assert_eq!(says(&alice.links(&shop, "bob@example.test", PASSWORD).await), "These accounts are linked already");
    let company = vestibule::store::companies::named(&world.app.store.db, "depot").await.expect("a read").expect("there").id;
    let mut tx = world.app.store.begin().await.expect("a transaction");
    vestibule::store::companies::set_forbids_links(&mut tx, &company, true).await.expect("written");
    tx.commit().await.expect("committed");
    assert_eq!(says(&alice.links(&shop, "bob@example.test", PASSWORD).await), "A company allows no links");
    assert!(alice.browser.open("/").await.text("main").contains("Not available"));
}

#[tokio::test]
async fn the_listing_shows_linked_accounts_and_never_what_the_entered_owner_has() {
    let Two { world, mut alice, bob, shop, depot, mut desk } = two().await;
    world.company("Secret").await;
    world.account(&bob, "secret", AccountKind::Member).await;
    alice.comes_home().await;
    let page = alice.links(&shop, "bob@example.test", PASSWORD).await;
    alice.browser.submit(&page, &page.path.clone(), &[("account", depot.as_str())]).await;
    let api = format!("{}/api", desk.issuer);
    let page = alice.follows(&desk, &[("organization", "depot"), ("resource", &api), ("scope", "openid organizations")]).await;
    let answer = alice.goes_through(page, None).await;
    let tokens = desk.complete(&answer).await;
    let list = desk.http.bearer("/api/v1/me/accounts", &tokens.access_token).await.json();
    let seen: Vec<_> =
        list["accounts"].as_array().expect("a list").iter().map(|a| (a["account_id"].as_str().unwrap_or_default(), a["current"] == true)).collect();
    assert_eq!(seen, [(shop.as_str(), false), (depot.as_str(), true)], "{list}");
    let uri = list["accounts"][1]["switch_uri"].as_str().expect("a link").to_owned();
    let switched = alice.browser.get(uri.strip_prefix(&desk.issuer).expect("ours")).await;
    let parameters = switched.redirect_parameters();
    assert!(switched.location().is_some_and(|l| l.starts_with("https://app.example.test/start?")), "{:?}", switched.location());
    assert_eq!((parameters["iss"].as_str(), parameters["login_hint"].as_str()), (desk.issuer.as_str(), depot.as_str()));
}

#[tokio::test]
async fn t45_the_switch_leads_to_registered_addresses_only() {
    let Two { world: _world, mut alice, desk, .. } = two().await;
    alice.comes_home().await;
    let ask = |target: &str| format!("/switch?client_id={}&organization=shop&target_link_uri={target}", desk.client_id);
    assert_eq!(alice.browser.get(&ask("https://evil.test/")).await.status, 400);
    assert_eq!(alice.browser.get(&ask("https://app.example.test/elsewhere")).await.status, 400);
    let both = format!("/switch?client_id={}&organization=shop&tenant=depot", desk.client_id);
    assert_eq!(alice.browser.get(&both).await.status, 400, "two names for one thing must agree");
    let good = alice.browser.get(&ask("https://app.example.test/")).await;
    assert_eq!(good.redirect_parameters()["target_link_uri"], "https://app.example.test/");
}

#[tokio::test]
async fn t33_entering_through_a_link_replaces_the_cookies_secret_and_the_old_one_is_dead() {
    let Two { world: _world, mut alice, shop, .. } = two().await;
    alice.comes_home().await;
    alice.links(&shop, "bob@example.test", PASSWORD).await;
    let mut copy = alice.browser.clone();
    assert!(!copy.open("/").await.has_form("/sign-in"));
    alice.enters_linked().await;
    assert!(copy.open("/").await.has_form("/sign-in"), "a cookie that was copied before opens nothing");
    assert!(!alice.browser.open("/").await.has_form("/sign-in"));
}

#[tokio::test]
async fn t17_who_can_enter_is_named_without_giving_their_address_away() {
    let Two { world, mut bob, .. } = two().await;
    let wish = vestibule::actions::AddPerson {
        email: vestibule::types::EmailAddress::parse("quiet@example.test").ok(),
        verified: true,
        password: Some(vestibule::types::Secret::new(PASSWORD.into())),
        ..vestibule::actions::AddPerson::default()
    };
    let mut quiet = world.actor(wish, "quiet@example.test").await;
    let shop = world.account(&quiet, "shop", AccountKind::Member).await;
    quiet.comes_home().await;
    quiet.links(&shop, "bob@example.test", PASSWORD).await;
    let mail = world.mails().await.into_iter().find(|m| m["to"] == "bob@example.test").expect("a mail");
    assert!(!mail.to_string().contains("quiet@example.test") && mail.to_string().contains("q…@example.test"), "{mail}");
    let home = bob.comes_home().await;
    assert!(!home.body.contains("quiet@example.test") && home.body.contains("q…@example.test"), "{}", home.body);
}

#[tokio::test]
async fn a_company_that_forbids_links_closes_what_was_entered_through_one_and_may_allow_them_again() {
    let Two { world, mut alice, mut bob, shop, depot, mut desk } = two().await;
    alice.comes_home().await;
    alice.links(&shop, "bob@example.test", PASSWORD).await;
    let tokens = alice.enters(&mut desk, "depot").await;
    let owner = world.person("omar@example.test").await;
    let own = world.account(&owner, "depot", AccountKind::Owner).await;
    let mut omar = owner.clone();
    omar.comes_home().await;
    let path = format!("/portal/a/{own}/company");
    let page = omar.browser.open(&path).await;
    omar.browser.submit(&page, "/company", &[("kind:owner", "on"), ("kind:member", "on"), ("forbids_links", "on")]).await;
    assert_eq!(desk.introspect(&tokens.access_token).await["active"], false);
    assert_eq!(desk.refresh(tokens.refresh_token.as_deref().expect("one"), &[]).await.json()["error"], "invalid_grant");
    assert_eq!(alice.follows(&desk, &[("organization", "depot")]).await.status, 403);
    // A grant that is asked for now names the reason.
    bob.comes_home().await;
    assert!(bob.browser.open(&format!("/portal/a/{depot}")).await.text("main").contains("Shop"), "the link is there still");
    let page = omar.browser.open(&path).await;
    omar.browser.submit(&page, "/company", &[("kind:owner", "on"), ("kind:member", "on")]).await;
    assert_eq!(alice.enters(&mut desk, "depot").await.claims["act"]["account_id"], shop.as_str());
}

#[tokio::test]
async fn s1_preferences_differ_per_account_and_apps_keep_theirs_behind_a_scope_and_never_through_a_link() {
    let Two { world, mut alice, mut bob, shop, depot, .. } = two().await;
    let start = vestibule::types::RedirectUri::parse("https://app.example.test/start").expect("a URI");
    let mut desk = world
        .client_with(|m| {
            m.consent = vestibule::protocol::ConsentPolicy::Implicit;
            m.scope = vestibule::types::ScopeSet::parse("openid preferences");
            m.initiate_login_uri = Some(start);
        })
        .await;
    // Bob lands in the app when he opens his account, and wants to know of every entry.
    bob.comes_home().await;
    let page = bob.browser.open(&format!("/portal/a/{depot}")).await;
    let saved = bob.browser.submit(&page, "/preferences", &[("landing", desk.client_id.as_str()), ("tell_of_entries", "on")]).await;
    assert!(saved.text("[role=status]").contains("Saved"), "{}", saved.body);
    let landed = bob.browser.get(&format!("/portal/a/{depot}/open")).await;
    assert!(landed.location().is_some_and(|l| l.starts_with("/switch?")), "{:?}", landed.location());
    alice.comes_home().await;
    assert_eq!(alice.browser.get(&format!("/portal/a/{shop}/open")).await.location(), Some(format!("/portal/a/{shop}").as_str()));
    assert_eq!(alice.browser.get(&format!("/portal/a/{depot}/open")).await.status, 404, "nobody else's");

    // An app keeps a document in the account; another account has its own.
    let api = [("resource", "http://localhost:8080/api"), ("scope", "openid preferences")];
    let put = async |token: &str, kind: &str, body: String| {
        let request = axum::http::Request::put("/api/v1/me/preferences").header("authorization", format!("Bearer {token}")).header("content-type", kind);
        world.browser().send(request.body(body.into()).expect("a request")).await
    };
    let page = bob.follows(&desk, &[api[0], api[1], ("organization", "depot")]).await;
    let tokens = desk.complete(&page).await;
    assert_eq!(desk.http.bearer("/api/v1/me/preferences", &tokens.access_token).await.json(), serde_json::json!({}));
    let theme = serde_json::json!({"theme": "dark", "columns": [1, 2]});
    assert_eq!(put(&tokens.access_token, "application/json", theme.to_string()).await.json(), theme);
    assert_eq!(desk.http.bearer("/api/v1/me/preferences", &tokens.access_token).await.json(), theme);
    for (kind, body) in
        [("application/json", "[]".to_owned()), ("text/plain", "{}".into()), ("application/json", format!("{{\"a\": \"{}\"}}", "x".repeat(9000)))]
    {
        let answer = put(&tokens.access_token, kind, body).await;
        assert!(answer.status == 400 && answer.json()["type"].as_str().is_some_and(|t| t.ends_with("/invalid-parameter")), "{}", answer.body);
    }
    let page = bob.follows(&desk, &[api[1], ("organization", "depot")]).await;
    let plain = desk.complete(&page).await;
    assert_eq!(desk.userinfo(&plain.access_token).await.json()["preferences"], theme, "with the scope");
    let page = bob.follows(&desk, &[("scope", "openid"), ("organization", "depot")]).await;
    let without = desk.complete(&page).await;
    assert!(desk.userinfo(&without.access_token).await.json().get("preferences").is_none());
    assert_eq!(desk.http.bearer("/api/v1/me/preferences", &without.access_token).await.status, 401, "for another audience");

    // Through a link they are read, not changed; and Bob hears of it.
    alice.links(&shop, "bob@example.test", PASSWORD).await;
    let page = alice.follows(&desk, &[api[0], api[1], ("organization", "depot")]).await;
    let through = desk.complete(&page).await;
    assert_eq!(desk.http.bearer("/api/v1/me/preferences", &through.access_token).await.json(), theme);
    let refused = put(&through.access_token, "application/json", "{}".into()).await;
    assert!(refused.status == 403 && refused.json()["type"].as_str().is_some_and(|t| t.ends_with("/not-through-a-link")), "{}", refused.body);
    let mails = world.mails().await;
    assert!(mails.iter().any(|m| m["to"] == "bob@example.test" && m["subject"].as_str().is_some_and(|s| s.contains("has entered your account at Depot"))));
    // Alice's account has none of this.
    let page = alice.follows(&desk, &[api[0], api[1], ("organization", "shop")]).await;
    let own = desk.complete(&page).await;
    assert_eq!(desk.http.bearer("/api/v1/me/preferences", &own.access_token).await.json(), serde_json::json!({}));
}
