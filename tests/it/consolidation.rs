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
