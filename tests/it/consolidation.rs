//! Consolidation under one email (design.md section 4, S1, and section 7): two identities become one, and may become two again.

use vestibule::actions::AddPerson;
use vestibule::domain::AccountKind;
use vestibule::protocol::ConsentPolicy;
use vestibule::types::{AccountId, EmailAddress, Seconds, Secret};

use crate::support::{Actor, Answer, PASSWORD, RelyingApp, World};

/// Alice with an account at Shop; Bob, also she, with accounts at Depot and Pier.
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
    let (bob, [depot, _]) = world.person_with_accounts("bob@example.test", ["Depot", "Pier"]).await;
    let desk = world.client_with(|m| m.consent = ConsentPolicy::Implicit).await;
    Two { world, alice, bob, shop, depot, desk }
}

impl Actor {
    pub async fn is_home(&mut self) -> Answer {
        let page = self.browser.open("/sign-in").await;
        if page.has_form("/sign-in") {
            self.types_password(&page).await;
        }
        self.browser.open("/").await
    }
    /// Presses a button of "Link account" with a name typed.
    pub async fn asks(&mut self, from: &AccountId, button: &str, name: &str) -> Answer {
        let page = self.browser.open(&format!("/portal/a/{from}/link")).await;
        self.browser.submit(&page, button, &[("name", name)]).await
    }
    /// Opens a mailed invitation and signs in as its page asks.
    pub async fn opens(&mut self, link: &str) -> Answer {
        let page = self.browser.open(link).await;
        if !page.has_form("/accept") && page.body.contains("/sign-in\"") {
            let id = page.path.clone();
            let form = self.browser.open(&format!("{id}/sign-in")).await;
            return self.types_password(&form).await;
        }
        page
    }
}

/// Alice has asked, Bob has accepted; the link that undoes it.
async fn consolidated(t: &mut Two) -> String {
    t.alice.is_home().await;
    t.alice.asks(&t.shop, "/link/take", "bob@example.test").await;
    let link = t.world.mailed_link("bob@example.test", "/invitation/").await;
    let page = t.bob.opens(&link).await;
    let done = t.bob.browser.submit(&page, "/accept", &[]).await;
    assert_eq!(done.text("h1"), "Your accounts have moved", "{}", done.body);
    t.world.mailed_link("bob@example.test", "/undo/").await
}

#[tokio::test]
async fn s1_all_accounts_hang_on_one_email_and_apps_learn_the_former_subject() {
    let mut t = two().await;
    let before = t.bob.enters(&mut t.desk, "depot").await;
    consolidated(&mut t).await;
    // What Bob had open has ended, his name and password sign nobody in, and Alice's address opens everything.
    assert_eq!(t.desk.introspect(&before.access_token).await["active"], false);
    assert_eq!(t.desk.refresh(before.refresh_token.as_deref().expect("one"), &[]).await.json()["error"], "invalid_grant");
    let home = t.bob.is_home().await;
    assert!(home.has_form("/sign-in"), "{}", home.body);
    let after = t.alice.enters(&mut t.desk, "depot").await;
    assert_eq!((after.text("account_id"), after.text("sub")), (t.depot.as_str(), t.alice.id.as_str()), "the account keeps its id");
    assert_eq!(after.text("aud_sub"), before.text("sub"), "the app finds the person it knew");
    assert!(!t.alice.enters(&mut t.desk, "shop").await.claims.contains_key("aud_sub"));
    assert_eq!(t.alice.browser.open("/").await.count(".tile"), 3);
    assert_eq!((t.world.audited("identity.consolidated").await, t.world.audited("account.moved").await), (1, 2));
    t.world.mailed_link("alice@example.test", "/").await;
}

#[tokio::test]
async fn s1_the_username_goes_and_the_page_says_plainly_what_will_happen() {
    let world = World::new().await;
    let wish = AddPerson {
        email: EmailAddress::parse("nina@example.test").ok(),
        username: vestibule::types::Username::parse("nina").ok(),
        verified: true,
        password: Some(Secret::new(PASSWORD.into())),
        ..AddPerson::default()
    };
    let mut nina = world.actor(wish, "nina").await;
    world.company("Shop").await;
    let shop = world.account(&nina, "shop", AccountKind::Member).await;
    let (mut bob, _) = world.person_with_accounts("bob@example.test", ["Depot"]).await;
    nina.is_home().await;
    nina.asks(&shop, "/link/take", "bob@example.test").await;
    let page = bob.opens(&world.mailed_link("bob@example.test", "/invitation/").await).await;
    let text = page.text("main");
    for said in
        ["nina@example.test signs in from then on", "password and second factors of bob@example.test stop working", "Each company keeps", "72 hours", "Depot"]
    {
        assert!(text.contains(said), "{said}: {text}");
    }
    bob.browser.submit(&page, "/accept", &[]).await;
    let mut again = Actor { browser: world.browser(), ..nina.clone() };
    assert!(again.is_home().await.has_form("/sign-in"), "the username is gone");
    again.name = "nina@example.test".into();
    assert_eq!(again.is_home().await.count(".tile"), 2);
}

#[tokio::test]
async fn s1_refusals_of_a_consolidation_say_why() {
    let mut t = two().await;
    let says = |page: &Answer| page.text("[role=alert] strong");
    t.alice.is_home().await;
    assert_eq!(says(&t.alice.asks(&t.shop, "/link/take", "alice@example.test").await), "That account is yours already");
    assert_eq!(says(&t.alice.asks(&t.shop, "/link/take", "nobody@example.test").await), "That account cannot be linked now");
    t.world.actor(AddPerson { email: EmailAddress::parse("new@example.test").ok(), ..AddPerson::default() }, "new").await;
    assert_eq!(says(&t.alice.asks(&t.shop, "/link/take", "new@example.test").await), "Nobody has confirmed that address");
    t.world.person("twice@example.test").await;
    t.world.person("twice@example.test").await;
    assert_eq!(says(&t.alice.asks(&t.shop, "/link/take", "twice@example.test").await), "Several sign-ins have this address");
}

#[tokio::test]
async fn t12_two_accounts_in_one_company_are_never_merged_and_only_that_company_is_named() {
    let mut t = two().await;
    t.world.account(&t.alice, "pier", AccountKind::Member).await;
    t.alice.is_home().await;
    t.alice.asks(&t.shop, "/link/take", "bob@example.test").await;
    let page = t.bob.opens(&t.world.mailed_link("bob@example.test", "/invitation/").await).await;
    assert_eq!(page.status, 422);
    assert!(page.text("[role=alert]").contains("Pier") && !page.text("[role=alert]").contains("Depot"));
    assert!(!page.has_form("/accept"));
    assert_eq!(t.world.audited("identity.consolidated").await, 0);
}

#[tokio::test]
async fn t10_accepting_needs_a_fresh_sign_in_to_the_target_and_never_happens_on_get() {
    let mut t = two().await;
    t.bob.is_home().await;
    t.alice.is_home().await;
    t.alice.asks(&t.shop, "/link/take", "bob@example.test").await;
    let link = t.world.mailed_link("bob@example.test", "/invitation/").await;
    t.world.advance(Seconds::minutes(11));
    let page = t.bob.browser.open(&link).await;
    assert!(!page.has_form("/accept") && page.text("main").contains("sign in again"), "{}", page.body);
    // A form kept from when it was fresh does not help.
    let token = page.html();
    let token =
        token.select(&scraper::Selector::parse("input[name=csrf]").expect("a selector")).next().and_then(|i| i.attr("value")).expect("a token").to_owned();
    let forced = t.bob.browser.post(&format!("{}/accept", page.path), &[("csrf", &token)]).await;
    assert!(!forced.has_form("/accept") && forced.text("h1") != "Your accounts have moved");
    for _ in 0..5 {
        t.world.browser().get(&link).await;
    }
    assert_eq!(t.world.audited("identity.consolidated").await, 0);
}

#[tokio::test]
async fn t28_the_wrong_identity_sees_whom_it_is_for_and_can_switch_and_nothing_is_consumed() {
    let mut t = two().await;
    t.alice.is_home().await;
    t.alice.asks(&t.shop, "/link/take", "bob@example.test").await;
    let link = t.world.mailed_link("bob@example.test", "/invitation/").await;
    let wrong = t.alice.browser.open(&link).await;
    let text = wrong.text("main");
    assert!(text.contains("b…@example.test") && text.contains("alice@example.test") && !text.contains("Depot"), "{text}");
    assert!(!wrong.has_form("/accept"));
    // The same browser, the right identity.
    let form = t.alice.browser.open(&format!("{}/sign-in", wrong.path)).await;
    let mut bob = Actor { browser: t.alice.browser.clone(), ..t.bob.clone() };
    let page = bob.types_password(&form).await;
    assert!(page.has_form("/accept"), "{}", page.body);
    let done = bob.browser.submit(&page, "/accept", &[]).await;
    assert_eq!(done.text("h1"), "Your accounts have moved");
    // Used now, for everybody.
    assert_eq!(bob.browser.open(&link).await.status, 410);
}

#[tokio::test]
async fn t21_undo_within_72_hours_gives_back_exactly_what_was_there() {
    let mut t = two().await;
    let old_sub = t.bob.enters(&mut t.desk, "depot").await.text("sub").to_owned();
    let link = consolidated(&mut t).await;
    let hers = t.alice.enters(&mut t.desk, "depot").await;
    t.world.advance(Seconds::hours(71));
    let mut elsewhere = t.world.browser();
    let page = elsewhere.open(&link).await;
    assert_eq!(elsewhere.submit(&page, "/undo", &[("password", "a wrong one altogether")]).await.status, 422);
    let page = elsewhere.open("/undo").await;
    let done = elsewhere.submit(&page, "/undo", &[("password", PASSWORD)]).await;
    assert_eq!(done.text("h1"), "Everything is as it was", "{}", done.body);
    assert_eq!(t.desk.introspect(&hers.access_token).await["active"], false, "whatever was entered since ends");
    let back = t.bob.enters(&mut t.desk, "depot").await;
    assert_eq!((back.text("sub"), back.text("account_id")), (old_sub.as_str(), t.depot.as_str()));
    assert!(!back.claims.contains_key("aud_sub"), "never on undo");
    t.alice.is_home().await;
    assert_eq!(t.alice.follows(&t.desk, &[("organization", "depot")]).await.status, 403);
    assert_eq!(t.world.browser().open(&link).await.status, 410, "once");
}

#[tokio::test]
async fn after_72_hours_nothing_can_be_undone_and_the_old_secrets_are_erased() {
    let mut t = two().await;
    let link = consolidated(&mut t).await;
    t.world.advance(Seconds::hours(73));
    assert_eq!(t.world.browser().open(&link).await.status, 410);
    vestibule::worker::clean_up(&t.world.app, t.world.now()).await.expect("no fault");
    let name = vestibule::domain::SignInName::typed("bob@example.test");
    assert!(vestibule::store::identities::meant_by(&t.world.app.store.db, &name).await.expect("a read").is_none());
    assert_eq!(t.alice.enters(&mut t.desk, "depot").await.text("account_id"), t.depot.as_str());
}

#[tokio::test]
async fn t13_two_opposite_consolidations_and_fifty_acceptances_at_once_end_in_one_consistent_state() {
    let mut t = two().await;
    t.alice.is_home().await;
    t.bob.is_home().await;
    t.alice.asks(&t.shop, "/link/take", "bob@example.test").await;
    t.bob.asks(&t.depot, "/link/take", "alice@example.test").await;
    let to_bob = t.bob.browser.open(&t.world.mailed_link("bob@example.test", "/invitation/").await).await;
    let to_alice = t.alice.browser.open(&t.world.mailed_link("alice@example.test", "/invitation/").await).await;
    assert!(to_bob.has_form("/accept") && to_alice.has_form("/accept"));
    let mut running = tokio::task::JoinSet::new();
    for n in 0..50 {
        let (mut actor, page) = if n % 2 == 0 { (t.bob.clone(), to_bob.clone()) } else { (t.alice.clone(), to_alice.clone()) };
        running.spawn(async move { actor.browser.submit(&page, "/accept", &[]).await });
    }
    let mut won = 0;
    while let Some(answer) = running.join_next().await {
        let answer = answer.expect("no panic");
        assert!(answer.status != 500, "{}", answer.body);
        won += usize::from(answer.text("h1") == "Your accounts have moved");
    }
    assert_eq!((won, t.world.audited("identity.consolidated").await), (1, 1));
    // Three accounts, all on one of the two.
    let mut counts = Vec::new();
    for id in [&t.alice.id, &t.bob.id] {
        counts.push(vestibule::store::accounts::count(&t.world.app.store.db, id, 9).await.expect("a read"));
    }
    counts.sort_unstable();
    assert_eq!(counts, [0, 3]);
}

#[tokio::test]
async fn s0_by_grant_the_owner_picks_the_account_and_may_decline() {
    let mut t = two().await;
    t.alice.is_home().await;
    t.alice.asks(&t.shop, "/link/ask", "bob@example.test").await;
    let link = t.world.mailed_link("bob@example.test", "/invitation/").await;
    let page = t.bob.opens(&link).await;
    t.bob.browser.submit(&page, "/end", &[]).await;
    assert_eq!(t.bob.browser.open(&link).await.status, 410);
    assert_eq!(t.alice.follows(&t.desk, &[("organization", "depot")]).await.status, 403);
    t.world.advance(Seconds(1));
    t.alice.asks(&t.shop, "/link/ask", "bob@example.test").await;
    let home = t.bob.browser.open("/").await;
    assert!(home.text("main").contains("Invitations for you"), "seen in the portal too");
    let page = t.bob.opens(&t.world.mailed_link("bob@example.test", "/invitation/").await).await;
    t.bob.browser.submit(&page, "/accept", &[("account", t.depot.as_str())]).await;
    assert_eq!(t.alice.enters(&mut t.desk, "depot").await.claims["act"]["account_id"], t.shop.as_str());
}

#[tokio::test]
async fn t27_a_scanner_that_opens_and_clicks_everything_in_the_mails_changes_nothing() {
    let mut t = two().await;
    t.alice.is_home().await;
    t.alice.asks(&t.shop, "/link/take", "bob@example.test").await;
    let link = t.world.mailed_link("bob@example.test", "/invitation/").await;
    let mut bot = t.world.browser();
    for _ in 0..3 {
        let page = bot.open(&link).await;
        // A bot has no session of Bob's: whatever it presses leads to signing in.
        for action in page.form_actions() {
            bot.post(&action, &[]).await;
        }
        bot.send(axum::http::Request::head(link.clone()).body(axum::body::Body::empty()).expect("a request")).await;
    }
    assert_eq!(t.world.audited("identity.consolidated").await, 0);
    let page = t.bob.opens(&link).await;
    assert!(page.has_form("/accept"), "still good");
}

#[tokio::test]
async fn t10_an_undo_reaches_through_whatever_absorbed_the_accounts_since() {
    let mut t = two().await;
    let link = consolidated(&mut t).await;
    // Whoever took Bob's accounts lets a third identity take everything over, to get them out of his reach.
    let (mut carl, [quay]) = t.world.person_with_accounts("carl@example.test", ["Quay"]).await;
    carl.is_home().await;
    carl.asks(&quay, "/link/take", "alice@example.test").await;
    let page = Actor { browser: t.world.browser(), ..t.alice.clone() }.opens(&t.world.mailed_link("alice@example.test", "/invitation/").await).await;
    assert!(page.has_form("/accept"), "{}", page.body);
    let mut alice = Actor { browser: t.world.browser(), ..t.alice.clone() };
    let page = alice.opens(&t.world.mailed_link("alice@example.test", "/invitation/").await).await;
    assert_eq!(alice.browser.submit(&page, "/accept", &[]).await.text("h1"), "Your accounts have moved");
    let his = carl.enters(&mut t.desk, "depot").await;
    let mut elsewhere = t.world.browser();
    let page = elsewhere.open(&link).await;
    elsewhere.submit(&page, "/undo", &[("password", PASSWORD)]).await;
    assert_eq!(t.desk.introspect(&his.access_token).await["active"], false);
    assert_eq!(t.bob.enters(&mut t.desk, "depot").await.text("account_id"), t.depot.as_str());
    assert_eq!(carl.enters(&mut t.desk, "shop").await.text("account_id"), t.shop.as_str(), "the others stay");
}

#[tokio::test]
async fn t09_a_mail_that_somebody_else_reads_too_accepts_nothing_by_itself() {
    let mut t = two().await;
    t.alice.is_home().await;
    t.alice.asks(&t.shop, "/link/take", "bob@example.test").await;
    let link = t.world.mailed_link("bob@example.test", "/invitation/").await;
    // Whoever shares the mailbox has the link and no password of Bob's.
    let mut other = t.world.person("other@example.test").await;
    other.is_home().await;
    for browser in [&mut other.browser, &mut t.world.browser()] {
        let page = browser.open(&link).await;
        assert!(!page.has_form("/accept") && !page.text("main").contains("Depot"), "{}", page.body);
        let home = browser.open("/").await;
        let token = home.html();
        let token = token.select(&scraper::Selector::parse("input[name=csrf]").expect("a selector")).next().and_then(|i| i.attr("value")).unwrap_or_default();
        browser.post(&format!("{}/accept", page.path), &[("csrf", token)]).await;
    }
    assert_eq!(t.world.audited("identity.consolidated").await, 0);
}

#[tokio::test]
async fn t03_afterwards_only_the_initiators_credentials_sign_in() {
    let mut t = two().await;
    let mut planted = Actor { browser: t.world.browser(), ..t.bob.clone() };
    planted.is_home().await;
    consolidated(&mut t).await;
    assert!(planted.browser.open("/").await.has_form("/sign-in"), "a session from before is over");
    assert!(planted.is_home().await.has_form("/sign-in"), "and so is the password");
    assert_eq!(t.alice.is_home().await.count(".tile"), 3);
}

#[tokio::test]
async fn t14_apps_learn_the_former_subject_of_what_moved_and_of_nothing_else() {
    let mut t = two().await;
    // One app knows Bob's second account by a refresh that switched to it, and Alice's own by a sign-in.
    let depot = t.bob.enters(&mut t.desk, "depot").await;
    let switched = t.desk.refresh(depot.refresh_token.as_deref().expect("one"), &[("organization", "pier")]).await.json();
    let own = t.alice.enters(&mut t.desk, "shop").await;
    consolidated(&mut t).await;
    assert_eq!(t.desk.introspect(switched["access_token"].as_str().expect("one")).await["active"], false);
    let pier = t.alice.enters(&mut t.desk, "pier").await;
    assert_eq!(pier.text("aud_sub"), depot.text("sub"));
    let shop = t.alice.enters(&mut t.desk, "shop").await;
    assert!(!shop.claims.contains_key("aud_sub"));
    // Her own account gets a sign-in of its own: the app must not take it for her.
    let form = t.alice.browser.open(&format!("/portal/a/{}/split", t.shop)).await;
    t.alice.browser.submit(&form, "/split", &[("email", "alice.shop@example.test")]).await;
    let mut elsewhere = t.world.browser();
    let page = elsewhere.open(&t.world.mailed_link("alice.shop@example.test", "/split/").await).await;
    elsewhere.submit(&page, "/split", &[("password", PASSWORD), ("again", PASSWORD)]).await;
    let mut split = Actor { id: t.alice.id.clone(), name: "alice.shop@example.test".into(), browser: elsewhere };
    let tokens = split.enters(&mut t.desk, "shop").await;
    assert!(tokens.text("sub") != own.text("sub") && !tokens.claims.contains_key("aud_sub"), "never on unlink");
}

#[tokio::test]
async fn t04_a_reset_ends_what_was_pending() {
    let mut t = two().await;
    t.alice.is_home().await;
    t.alice.asks(&t.shop, "/link/take", "bob@example.test").await;
    t.bob.is_home().await;
    let form = t.bob.browser.open(&format!("/portal/a/{}/split", t.depot)).await;
    t.bob.browser.submit(&form, "/split", &[("email", "thief@example.test")]).await;
    let (split, invitation) = (t.world.mailed_link("thief@example.test", "/split/").await, t.world.mailed_link("bob@example.test", "/invitation/").await);
    t.world.sets_a_new_password(&t.bob).await;
    assert_eq!(t.world.browser().open(&split).await.status, 410);
    let page = t.world.browser().open(&invitation).await;
    assert_eq!(page.status, 410, "{}", page.body);
}

#[tokio::test]
async fn t53_every_link_switch_move_and_refusal_leaves_who_where_from_and_why() {
    let mut t = two().await;
    t.alice.is_home().await;
    let form = t.alice.browser.open(&format!("/portal/a/{}/link", t.shop)).await;
    t.alice.browser.submit(&form, "/link/password", &[("identifier", "bob@example.test"), ("password", "not his password")]).await;
    let page = t.alice.browser.submit(&form, "/link/password", &[("identifier", "bob@example.test"), ("password", PASSWORD)]).await;
    let page = t.alice.browser.submit(&page, &page.path.clone(), &[("account", t.depot.as_str())]).await;
    t.alice.browser.submit(&page, "/portal/link/enter", &[("link", &page.first_link())]).await;
    let through = t.alice.enters(&mut t.desk, "depot").await;
    assert!(through.claims.contains_key("act"));
    let home = t.alice.browser.open("/").await;
    t.alice.browser.submit(&home, "/portal/link/cut", &[("link", &home.first_link())]).await;
    t.alice.follows(&t.desk, &[("organization", "depot"), ("prompt", "none")]).await;
    consolidated(&mut t).await;
    let log = vestibule::store::audit::latest(&t.world.app.store.db, 500).await.expect("a read");
    let (alice, bob, shop, depot) = (t.alice.id.as_str(), t.bob.id.as_str(), t.shop.as_str(), t.depot.as_str());
    // Kind, actor, account, from which account, app, reason; an empty one may be anything.
    for (kind, actor, account, origin, app, reason) in [
        ("link.refused", alice, shop, "", false, "wrong"),
        ("link.made", alice, depot, shop, false, "password"),
        ("link.entered", alice, depot, shop, false, ""),
        ("authorization.granted", alice, depot, shop, true, ""),
        ("token.issued", alice, depot, shop, true, ""),
        ("link.cut", alice, depot, shop, false, "origin"),
        ("authorization.refused", alice, "", "", true, "organization-access-denied"),
        ("invitation.sent", alice, shop, "", false, "consolidation"),
        ("account.moved", alice, depot, "", false, bob),
        ("identity.consolidated", bob, "", "", false, alice),
    ] {
        let is = |found: &Option<String>, wanted: &str| wanted.is_empty() || found.as_deref() == Some(wanted);
        let found = log.iter().any(|e| {
            e.kind == kind
                && is(&e.identity_id, actor)
                && is(&e.account_id, account)
                && is(&e.origin_account_id, origin)
                && e.client_id.is_some() == app
                && is(&e.reason, reason)
                && e.request_id.is_some()
        });
        assert!(found, "{kind} {reason}: {:#?}", log.iter().filter(|e| e.kind == kind).collect::<Vec<_>>());
    }
    // What was proved stands before and after, everywhere where somebody acted who was signed in; a sign-in began with nothing.
    let acr = |kind: &str| log.iter().rfind(|e| e.kind == kind).map(|e| (e.acr_before.as_deref(), e.acr_after.as_deref()));
    let one = Some(vestibule::protocol::ACR_1FA);
    for kind in ["link.refused", "link.made", "link.entered", "link.cut", "authorization.refused", "token.issued", "identity.consolidated"] {
        assert_eq!(acr(kind), Some((one, one)), "{kind}");
    }
    assert_eq!(acr("sign_in.accepted"), Some((None, one)));
    let tokens = log.iter().filter(|e| e.kind == "token.issued" || e.kind == "authorization.granted");
    assert!(tokens.clone().all(|e| e.company_id.is_some()) && tokens.filter(|e| e.kind == "token.issued").all(|e| e.sid.is_some()));
}

#[tokio::test]
async fn t55_a_removal_on_one_node_counts_on_every_other_at_once() {
    let mut t = two().await;
    let tokens = t.bob.enters(&mut t.desk, "depot").await;
    let other = t.world.second_node().await;
    let mut there = RelyingApp { http: other.browser(), ..t.desk.clone() };
    assert_eq!(there.introspect(&tokens.access_token).await["active"], true);
    vestibule::actions::end_account(&t.world.app, &t.depot, &Default::default(), t.world.now()).await.expect("no fault").expect("ended");
    assert_eq!(there.introspect(&tokens.access_token).await["active"], false);
    let refused = there.refresh(tokens.refresh_token.as_deref().expect("one"), &[]).await.json();
    assert!(refused["error_uri"].as_str().is_some_and(|u| u.ends_with("/account-ended")), "{refused}");
}

#[tokio::test]
async fn t10_a_helper_made_since_cannot_remove_what_an_undo_would_give_back() {
    let mut t = two().await;
    t.world.company("Mill").await;
    let mill = t.world.account(&t.bob, "mill", vestibule::domain::AccountKind::Owner).await;
    let older = t.world.person("older@example.test").await;
    let older_desk = t.world.account(&older, "mill", vestibule::domain::AccountKind::Owner).await;
    t.world.advance(Seconds(1));
    let link = consolidated(&mut t).await;
    let mut helper = t.world.person("helper@example.test").await;
    let desk = t.world.account(&helper, "mill", vestibule::domain::AccountKind::Owner).await;
    helper.is_home().await;
    let page = helper.browser.open(&format!("/portal/a/{desk}/users/{mill}")).await;
    let refused = helper.browser.submit(&page, "/remove", &[]).await;
    assert!(refused.text("[role=alert]").contains("can still be given back"), "{}", refused.body);
    let page = t.world.browser().open(&link).await;
    assert_eq!(page.status, 200);
    // Somebody who was there before may.
    let mut older = Actor { browser: t.world.browser(), ..older };
    older.is_home().await;
    let page = older.browser.open(&format!("/portal/a/{older_desk}/users/{mill}")).await;
    let done = older.browser.submit(&page, "/remove", &[]).await;
    assert_eq!(done.status, 200, "{}", done.text("main"));
}

#[tokio::test]
async fn core_3_1_2_2_a_subject_retired_by_consolidation_goes_on_with_the_new_one_but_never_silently() {
    let mut t = two().await;
    let before = t.bob.enters(&mut t.desk, "depot").await;
    consolidated(&mut t).await;
    let hint = before.id_token.clone().expect("one");
    t.alice.is_home().await;
    let silent = t.alice.follows(&t.desk, &[("prompt", "none"), ("id_token_hint", &hint)]).await;
    assert_eq!(silent.redirect_parameters()["error"], "login_required");
    let answer = t.alice.follows(&t.desk, &[("id_token_hint", &hint)]).await;
    let after = t.desk.complete(&answer).await;
    assert_eq!((after.text("sub"), after.text("aud_sub")), (t.alice.id.as_str(), before.text("sub")), "the app finds the person it knew");
    assert_eq!(after.text("account_id"), t.depot.as_str(), "the account of the hint");
    // Not signed in: Alice, who holds the accounts now, signs in; nobody else will do.
    let (carol, _) = t.world.person_with_accounts("carol@example.test", ["Mill"]).await;
    let mut elsewhere = Actor { browser: t.world.browser(), ..carol.clone() };
    let page = elsewhere.follows(&t.desk, &[("id_token_hint", &hint)]).await;
    assert_eq!(elsewhere.types_password(&page).await.redirect_parameters()["error"], "login_required");
    let mut elsewhere = Actor { browser: t.world.browser(), ..t.alice.clone() };
    let page = elsewhere.follows(&t.desk, &[("id_token_hint", &hint)]).await;
    let answer = elsewhere.types_password(&page).await;
    assert_eq!(t.desk.complete(&answer).await.text("account_id"), t.depot.as_str());
}

#[tokio::test]
async fn a_primary_with_the_same_address_takes_over_another_and_an_undo_gives_the_address_back() {
    let world = World::new().await;
    // Both sign-ins have proved one mailbox; the second has taken over a third and signs in by the address.
    let named = |username: &str| AddPerson {
        email: EmailAddress::parse("nina@example.test").ok(),
        username: vestibule::types::Username::parse(username).ok(),
        verified: true,
        password: Some(Secret::new(PASSWORD.into())),
        ..AddPerson::default()
    };
    let (mut first, mut second) = (world.actor(named("nina"), "nina").await, world.actor(named("nina2"), "nina2").await);
    let mut third = world.person("third@example.test").await;
    for company in ["Shop", "Depot", "Pier"] {
        world.company(company).await;
    }
    let shop = world.account(&first, "shop", AccountKind::Member).await;
    let depot = world.account(&second, "depot", AccountKind::Member).await;
    world.account(&third, "pier", AccountKind::Member).await;
    second.is_home().await;
    second.asks(&depot, "/link/take", "third@example.test").await;
    let page = third.opens(&world.mailed_link("third@example.test", "/invitation/").await).await;
    third.browser.submit(&page, "/accept", &[]).await;
    // The address means the second now; its username stays, for the first has proved the address too.
    first.is_home().await;
    first.asks(&shop, "/link/take", "nina2").await;
    let page = second.opens(&world.mailed_link("nina@example.test", "/invitation/").await).await;
    let done = second.browser.submit(&page, "/accept", &[]).await;
    assert_eq!(done.text("h1"), "Your accounts have moved", "{}", done.body);
    let mut by_address = Actor { browser: world.browser(), name: "nina@example.test".into(), ..first.clone() };
    assert_eq!(by_address.is_home().await.count(".tile"), 3);
    let mut elsewhere = world.browser();
    let page = elsewhere.open(&world.mailed_link("nina@example.test", "/undo/").await).await;
    assert_eq!(elsewhere.submit(&page, "/undo", &[("password", PASSWORD)]).await.text("h1"), "Everything is as it was");
    let mut by_address = Actor { browser: world.browser(), name: "nina@example.test".into(), ..second.clone() };
    assert_eq!(by_address.is_home().await.count(".tile"), 2, "the address is the second's again");
    let mut by_username = Actor { browser: world.browser(), ..first.clone() };
    assert_eq!(by_username.is_home().await.count(".tile"), 1, "and the first has its username back");
}

#[tokio::test]
async fn t21_what_came_later_is_shown_at_an_undo_and_stays_only_where_it_is_confirmed() {
    let mut t = two().await;
    t.world.role("depot", "clerk", &["stock.read"]).await;
    t.world.role("depot", "guard", &["door.open"]).await;
    let link = consolidated(&mut t).await;
    t.world.advance(Seconds(5));
    let origin = vestibule::actions::Origin::default();
    for role in ["clerk", "guard"] {
        vestibule::actions::change_role(&t.world.app, &t.depot, role, true, &origin, t.world.now()).await.expect("no fault").expect("given");
    }
    t.alice.is_home().await;
    t.alice.asks(&t.depot, "/link/ask", "nobody@example.test").await;
    let (carol, _) = t.world.person_with_accounts("carol@example.test", ["Mill"]).await;
    t.alice.asks(&t.depot, "/link/ask", &carol.name).await;
    let mut elsewhere = t.world.browser();
    let page = elsewhere.open(&link).await;
    assert!(!page.text("main").contains("clerk"), "nothing of it before the password");
    // Nobody confirms without the password, in this browser or another.
    let early = elsewhere.submit(&page, "/undo", &[("confirmed", "yes")]).await;
    assert_eq!(early.status, 422, "{}", early.body);
    let list = elsewhere.submit(&page, "/undo", &[("password", PASSWORD)]).await;
    assert_eq!(list.text("h1"), "What stays?", "{}", list.body);
    assert!(list.text("main").contains("clerk") && list.text("main").contains("One invitation sent since"), "{}", list.text("main"));
    assert_eq!(t.world.audited("identity.consolidation_undone").await, 0, "nothing has happened yet");
    let mut other = t.world.browser();
    let theirs = other.open(&link).await;
    assert_eq!(other.submit(&theirs, "/undo", &[("confirmed", "yes")]).await.status, 422, "somebody else with the mail has not shown the password");
    let labels = scraper::Selector::parse("label.tick").expect("a selector");
    let ticks = list.html();
    let clerk = ticks.select(&labels).find(|l| l.text().collect::<String>().contains("clerk")).expect("a tick");
    let keep = clerk.select(&scraper::Selector::parse("input").expect("a selector")).next().and_then(|i| i.attr("name")).expect("a name").to_owned();
    t.world.advance(Seconds::minutes(11));
    assert_eq!(elsewhere.submit(&list, "/undo", &[(keep.as_str(), "on")]).await.status, 422, "too late: the password again");
    let page = elsewhere.open("/undo").await;
    let list = elsewhere.submit(&page, "/undo", &[("password", PASSWORD)]).await;
    let done = elsewhere.submit(&list, "/undo", &[(keep.as_str(), "on")]).await;
    assert_eq!(done.text("h1"), "Everything is as it was", "{}", done.body);
    let back = t.bob.enters(&mut t.desk, "depot").await;
    assert_eq!(back.claims["roles"], serde_json::json!(["clerk"]), "the one that was confirmed");
}

#[tokio::test]
async fn t11_taking_over_a_stronger_sign_in_weakens_nothing() {
    let mut t = two().await;
    let (phone, _) = t.bob.sets_up_a_phone(&t.world).await;
    t.alice.is_home().await;
    t.alice.asks(&t.shop, "/link/take", "bob@example.test").await;
    let link = t.world.mailed_link("bob@example.test", "/invitation/").await;
    // Accepting needs the second factor just now, not only a password some time ago (T10).
    t.world.advance(Seconds::minutes(11));
    let page = t.bob.browser.open(&link).await;
    assert!(!page.has_form("/accept"), "{}", page.body);
    let form = t.bob.browser.open(&format!("{}/sign-in", page.path)).await;
    let asked = t.bob.types_password(&form).await;
    let page = t.bob.types_code(&asked, &phone.code(&t.world)).await;
    assert_eq!(page.count("input[name='along:totp']"), 1, "{}", page.body);
    // By default only the initiator's credentials stay (T03): she then owes a second factor before she enters anything.
    t.bob.browser.submit(&page, "/accept", &[]).await;
    let led = t.alice.follows(&t.desk, &[("organization", "depot")]).await;
    assert!(led.text("h1").contains("Set up"), "{}", led.body);
    let led = t.alice.follows(&t.desk, &[("organization", "shop")]).await;
    assert!(led.text("h1").contains("Set up"), "everywhere: {}", led.body);
    let page = t.alice.browser.open(&format!("/portal/security/{}/totp", t.alice.id)).await;
    let page = if page.has_form("/sign-in") { t.alice.types_password(&page).await } else { page };
    t.alice.sets_up_a_phone_on(&t.world, &page).await;
    let tokens = t.alice.enters(&mut t.desk, "depot").await;
    assert_eq!(tokens.text("acr"), vestibule::protocol::ACR_MFA);
}

#[tokio::test]
async fn t11_a_second_factor_that_was_just_used_may_come_along_and_goes_back_with_the_undo() {
    let mut t = two().await;
    let (phone, _) = t.bob.sets_up_a_phone(&t.world).await;
    t.alice.is_home().await;
    t.alice.asks(&t.shop, "/link/take", "bob@example.test").await;
    let page = t.bob.browser.open(&t.world.mailed_link("bob@example.test", "/invitation/").await).await;
    let done = t.bob.browser.submit(&page, "/accept", &[("along:totp", "on")]).await;
    assert_eq!(done.text("h1"), "Your accounts have moved", "{}", done.body);
    let undo = t.world.mailed_link("bob@example.test", "/undo/").await;
    t.world.advance(Seconds(60));
    // What came along counts for her once she has shown it herself.
    let asked = t.alice.follows(&t.desk, &[("organization", "depot")]).await;
    assert!(asked.has_form("/factor"), "{}", asked.body);
    // It is not hers to remove while it may go back.
    t.alice.types_code(&asked, &phone.code(&t.world)).await;
    t.world.advance(Seconds(60));
    let page = t.alice.security().await;
    assert!(page.text("main").contains("goes back if that is taken apart") && !page.has_form("/remove"), "{}", page.body);
    let phones = vestibule::actions::authenticators_of(&t.world.app, &t.alice.id).await.expect("a read").0;
    let forced = format!("/portal/security/{}/remove", t.alice.id);
    t.alice.browser.post(&forced, &[("csrf", &page.csrf()), ("authenticator", phones[0].id.as_str())]).await;
    assert_eq!(t.world.audited("factor.removed").await, 0);
    let mut again = Actor { browser: t.world.browser(), ..t.alice.clone() };
    let page = again.browser.open("/sign-in").await;
    let asked = again.types_password(&page).await;
    assert!(again.types_code(&asked, &phone.code(&t.world)).await.text("h1").contains("accounts"));
    // The undo needs the old password and the old factor, wherever that is now.
    t.world.advance(Seconds(60));
    let mut elsewhere = t.world.browser();
    let page = elsewhere.open(&undo).await;
    assert_eq!(page.count("#code"), 1);
    let refused = elsewhere.submit(&page, "/undo", &[("password", PASSWORD), ("code", "000000")]).await;
    assert_eq!(refused.status, 422);
    let done = elsewhere.submit(&refused, "/undo", &[("password", PASSWORD), ("code", &phone.code(&t.world))]).await;
    assert_eq!(done.status, 200, "{}", done.body);
    t.world.advance(Seconds(60));
    let mut bob = Actor { browser: t.world.browser(), ..t.bob.clone() };
    let page = bob.browser.open("/sign-in").await;
    let asked = bob.types_password(&page).await;
    assert!(bob.types_code(&asked, &phone.code(&t.world)).await.text("h1").contains("accounts"));
    let mut alice = Actor { browser: t.world.browser(), ..t.alice.clone() };
    let page = alice.browser.open("/sign-in").await;
    assert!(alice.types_password(&page).await.text("h1").contains("accounts"), "her own sign-in is as it was");
    assert_eq!(alice.enters(&mut t.desk, "shop").await.text("acr"), vestibule::protocol::ACR_1FA, "and she owes nothing");
}

#[tokio::test]
async fn t11_accepting_needs_the_second_factor_itself_and_no_browser_stands_for_it() {
    let mut t = two().await;
    let (phone, _) = t.bob.sets_up_a_phone(&t.world).await;
    let mut bob = Actor { browser: t.world.browser(), ..t.bob.clone() };
    let page = bob.browser.open("/sign-in").await;
    let asked = bob.types_password(&page).await;
    let home = bob.browser.submit(&asked, "/factor", &[("code", &phone.code(&t.world)), ("remember", "on")]).await;
    let id = bob.id.to_string();
    bob.browser.submit(&home, "/sign-out", &[("identity", &id)]).await;
    t.world.advance(Seconds::minutes(20));
    assert!(bob.is_home().await.text("h1").contains("accounts"), "the password is enough there");
    t.alice.is_home().await;
    t.alice.asks(&t.shop, "/link/take", "bob@example.test").await;
    let page = bob.browser.open(&t.world.mailed_link("bob@example.test", "/invitation/").await).await;
    assert!(!page.has_form("/accept"), "{}", page.body);
    let id = page.path.rsplit('/').next().unwrap_or_default().to_owned();
    let token = page.html().select(&scraper::Selector::parse("input[name=csrf]").expect("css")).next().and_then(|i| i.attr("value").map(str::to_owned));
    let forced = bob.browser.post(&format!("/portal/invitation/{id}/accept"), &[("csrf", token.as_deref().unwrap_or_default())]).await;
    assert!(!forced.text("h1").contains("moved"), "{}", forced.body);
    assert_eq!(t.world.audited("identity.consolidated").await, 0);
    // Signing in again asks for the code, and that is enough.
    let asked = bob.browser.open(&format!("/portal/invitation/{id}/sign-in")).await;
    let page = bob.types_code(&asked, &phone.code(&t.world)).await;
    assert!(page.has_form("/accept"), "{}", page.body);
}
