//! Unlinking by kind (design.md section 7): a link is cut, delegate access is left, an own account gets a sign-in of its own.

use vestibule::domain::AccountKind;
use vestibule::protocol::ConsentPolicy;
use vestibule::types::{AccountId, Seconds};

use crate::support::{Actor, Answer, NEW_PASSWORD, PASSWORD, World};

impl Actor {
    /// Ticks these on the page of all accounts and presses "Unlink selected".
    pub async fn ticks(&mut self, items: &[&str]) -> Answer {
        let home = self.is_home().await;
        let fields: Vec<String> = items.iter().map(|i| format!("item:{i}")).collect();
        let fields: Vec<(&str, &str)> = fields.iter().map(|f| (f.as_str(), "on")).collect();
        self.browser.submit(&home, "/portal/unlink", &fields).await
    }
    async fn asks_to_split(&mut self, account: &AccountId, address: &str) -> Answer {
        let page = self.browser.open(&format!("/portal/a/{account}/split")).await;
        self.browser.submit(&page, "/split", &[("email", address)]).await
    }
}

#[tokio::test]
async fn t20_an_own_account_moves_only_when_its_new_mailbox_has_answered_and_a_password_is_set() {
    let world = World::new().await;
    let (mut alice, [shop, depot]) = world.person_with_accounts("alice@example.test", ["Shop", "Depot"]).await;
    let mut desk = world.client_with(|m| m.consent = ConsentPolicy::Implicit).await;
    let (before, kept) = (alice.enters(&mut desk, "depot").await, alice.enters(&mut desk, "shop").await);
    let sure = alice.ticks(&[depot.as_str()]).await;
    assert!(sure.text("main").contains("gets a sign-in of its own"), "{}", sure.body);
    let sent = alice.asks_to_split(&depot, "alice.depot@example.test").await;
    assert!(sent.text("[role=status]").contains("alice.depot@example.test"), "{}", sent.body);
    // A scanner that opens and presses everything moves nothing.
    let link = world.mailed_link("alice.depot@example.test", "/split/").await;
    let mut bot = world.browser();
    for _ in 0..2 {
        let page = bot.open(&link).await;
        for action in page.form_actions() {
            bot.post(&action, &[]).await;
        }
    }
    assert_eq!(desk.introspect(&before.access_token).await["active"], true, "nothing has moved");
    // A bad password uses nothing up; a good one moves the account.
    let mut elsewhere = world.browser();
    let page = elsewhere.open(&link).await;
    let page = elsewhere.submit(&page, "/split", &[("password", "short"), ("again", "short")]).await;
    assert_eq!(page.status, 422);
    let done = elsewhere.submit(&page, "/split", &[("password", NEW_PASSWORD), ("again", NEW_PASSWORD)]).await;
    assert_eq!(done.text("h1"), "It has a sign-in of its own", "{}", done.body);
    assert_eq!(world.browser().open(&link).await.status, 410, "once");
    assert_eq!(desk.introspect(&before.access_token).await["active"], false);
    assert_eq!(desk.introspect(&kept.access_token).await["active"], true, "the other account stays as it was");
    assert_eq!(alice.follows(&desk, &[("organization", "depot")]).await.status, 403);
    assert_eq!(alice.browser.open(&format!("/portal/a/{shop}")).await.status, 200);
    let form = elsewhere.open(&desk.request(&[("organization", "depot")])).await;
    let answer = elsewhere.submit(&form, "/sign-in", &[("identifier", "alice.depot@example.test"), ("password", NEW_PASSWORD)]).await;
    let hers = desk.complete(&answer).await;
    assert_eq!(hers.text("account_id"), depot.as_str(), "the account keeps its id");
    assert!(hers.text("sub") != before.text("sub") && !hers.claims.contains_key("aud_sub"), "never on unlink");
    assert!(world.mails().await.iter().any(|m| m["to"] == "alice@example.test" && m["subject"] == "Your account at Depot has its own sign-in now"));
}

#[tokio::test]
async fn a_split_that_cannot_be_says_why() {
    let world = World::new().await;
    let (mut alice, [shop, _]) = world.person_with_accounts("alice@example.test", ["Shop", "Depot"]).await;
    let (mut bob, [pier]) = world.person_with_accounts("bob@example.test", ["Pier"]).await;
    let says = |page: &Answer| page.text("[role=alert] strong");
    bob.is_home().await;
    assert_eq!(says(&bob.asks_to_split(&pier, "b@example.test").await), "This is your only account");
    alice.is_home().await;
    assert_eq!(says(&alice.asks_to_split(&shop, "no address").await), "That is not an email address");
    alice.asks(&shop, "/link/take", "bob@example.test").await;
    let page = bob.opens(&world.mailed_link("bob@example.test", "/invitation/").await).await;
    bob.browser.submit(&page, "/accept", &[]).await;
    assert_eq!(says(&alice.asks_to_split(&pier, "bob@example.test").await), "This account can still be given back");
    assert_eq!(says(&alice.asks_to_split(&shop, "alice@example.test").await), "That address signs somebody in already");
    // When it can no longer be undone, the former address is filled in.
    world.advance(Seconds::hours(73));
    alice.is_home().await;
    let form = alice.browser.open(&format!("/portal/a/{pier}/split")).await;
    assert!(form.body.contains("value=\"bob@example.test\""), "{}", form.body);
}

#[tokio::test]
async fn unlink_selected_asks_first_then_cuts_links_and_leaves_delegations() {
    let world = World::new().await;
    let (mut alice, [shop]) = world.person_with_accounts("alice@example.test", ["Shop"]).await;
    world.person_with_accounts("bob@example.test", ["Depot"]).await;
    world.company("Pier").await;
    let owner = world.person("olga@example.test").await;
    world.account(&owner, "pier", AccountKind::Owner).await;
    let pier = world.account(&alice, "pier", AccountKind::Delegate).await;
    let mut desk = world.client_with(|m| m.consent = ConsentPolicy::Implicit).await;
    alice.is_home().await;
    let form = alice.browser.open(&format!("/portal/a/{shop}/link")).await;
    alice.browser.submit(&form, "/link/password", &[("identifier", "bob@example.test"), ("password", crate::support::PASSWORD)]).await;
    let (through, there) = (alice.enters(&mut desk, "depot").await, alice.enters(&mut desk, "pier").await);
    let home = alice.browser.open("/").await;
    let link = home.attribute("li.item", "id");
    let sure = alice.ticks(&[&link, pier.as_str(), "acc_nonsense", "x"]).await;
    assert!(sure.text("main").contains("The link is cut") && sure.text("main").contains("You leave this company"), "{}", sure.body);
    assert_eq!(desk.introspect(&through.access_token).await["active"], true, "asked first");
    alice.browser.submit(&sure, "/portal/unlink", &[]).await;
    for tokens in [through, there] {
        assert_eq!(desk.introspect(&tokens.access_token).await["active"], false);
    }
    assert_eq!(alice.browser.open("/").await.count(".tile"), 1);
}

#[tokio::test]
async fn s1_one_profile_is_edited_once_and_seen_everywhere_and_never_through_a_link() {
    let world = World::new().await;
    let (mut alice, [shop, _]) = world.person_with_accounts("alice@example.test", ["Shop", "Depot"]).await;
    let (mut bob, _) = world.person_with_accounts("bob@example.test", ["Pier"]).await;
    let mut desk = world.client_with(|m| m.consent = ConsentPolicy::Implicit).await;
    alice.is_home().await;
    let address = format!("/portal/profile/{}", alice.id);
    let page = alice.browser.open(&address).await;
    let wrong = alice.browser.submit(&page, &address, &[("given_name", "Alicia"), ("mobile", "12 34"), ("locale", "fr"), ("time_zone", "Europe/Paris")]).await;
    assert_eq!((wrong.status.as_u16(), wrong.text("[role=alert]").contains("begin with +")), (422, true), "{}", wrong.body);
    assert!(wrong.body.contains("value=\"Alicia\"") && wrong.body.contains("value=\"12 34\""), "what was typed stays");
    let saved = alice
        .browser
        .submit(&wrong, &address, &[("mobile", "+33 6 12 34 56 78"), ("family_name", "Doe"), ("locale", "fr"), ("time_zone", "Europe/Paris")])
        .await;
    assert_eq!(saved.text("[role=status]"), "Enregistré. Ce profil vaut partout désormais.", "{}", saved.body);
    for company in ["shop", "depot"] {
        let tokens = alice.enters(&mut desk, company).await;
        let claims = desk.userinfo(&tokens.access_token).await.json();
        assert_eq!((claims["given_name"].as_str(), claims["locale"].as_str(), claims["zoneinfo"].as_str()), (Some("Alicia"), Some("fr"), Some("Europe/Paris")));
    }
    // Bob, who may enter her account, sees her name and nothing more, and cannot open her profile.
    bob.is_home().await;
    assert_eq!(bob.browser.open(&address).await.status, 404);
    assert_eq!((world.audited("profile.changed").await, shop.as_str().is_empty()), (1, false));
}

#[tokio::test]
async fn s2_the_list_is_sorted_by_name_page_by_page_however_many_there_are() {
    let world = World::new().await;
    let mut hugo = world.person("hugo@example.test").await;
    for n in 0..47_usize {
        // In an order that is neither that of names nor that of making.
        let name = format!("C{:02}", n * 29 % 47);
        world.company(&name).await;
        world.account(&hugo, &name.to_lowercase(), AccountKind::Member).await;
    }
    hugo.is_home().await;
    let mut seen = Vec::new();
    let mut next = Some("/?sort=name".to_owned());
    while let Some(address) = next.take() {
        let page = hugo.browser.open(&address).await;
        let html = page.html();
        let names = scraper::Selector::parse(".tile strong").expect("a selector");
        let found: Vec<String> = html.select(&names).map(|e| e.text().collect()).collect();
        assert!(found.len() <= 20);
        seen.extend(found);
        next = html.select(&scraper::Selector::parse(".more a[href*=after]").expect("a selector")).next().and_then(|a| a.attr("href")).map(str::to_owned);
    }
    let wanted: Vec<String> = (0..47).map(|n| format!("C{n:02}")).collect();
    assert_eq!(seen, wanted);
    assert_eq!(hugo.browser.open("/?sort=name&q=C1").await.count(".tile"), 10);
}

#[tokio::test]
async fn giving_an_account_away_needs_a_fresh_sign_in_and_the_owner_is_told_at_once() {
    let world = World::new().await;
    let (mut alice, [shop, _]) = world.person_with_accounts("alice@example.test", ["Shop", "Depot"]).await;
    alice.is_home().await;
    let form = alice.browser.open(&format!("/portal/a/{shop}/split")).await;
    world.advance(Seconds::minutes(11));
    let page = alice.browser.submit(&form, "/split", &[("email", "thief@example.test")]).await;
    assert!(page.has_form("/sign-in"), "an unattended browser is not enough: {}", page.body);
    let form = alice.types_password(&page).await;
    alice.browser.submit(&form, "/split", &[("email", "alice.shop@example.test")]).await;
    let mails = world.mails().await;
    assert!(mails.iter().any(|m| m["to"] == "alice@example.test" && m["body"].as_str().is_some_and(|b| b.contains("alice.shop@example.test"))));
    assert!(!mails.iter().any(|m| m["to"] == "thief@example.test"));
}

#[tokio::test]
async fn fifty_splits_and_fifty_cuts_at_once_move_one_account_and_cut_one_link() {
    let world = World::new().await;
    let (mut alice, [_, depot]) = world.person_with_accounts("alice@example.test", ["Shop", "Depot"]).await;
    alice.is_home().await;
    let sent = alice.asks_to_split(&depot, "alice.depot@example.test").await;
    assert_eq!(sent.status, 200, "{}", sent.body);
    let mut elsewhere = world.browser();
    let page = elsewhere.open(&world.mailed_link("alice.depot@example.test", "/split/").await).await;
    let mut running = tokio::task::JoinSet::new();
    for _ in 0..50 {
        let (mut browser, page) = (elsewhere.clone(), page.clone());
        running.spawn(async move { browser.submit(&page, "/split", &[("password", NEW_PASSWORD), ("again", NEW_PASSWORD)]).await });
    }
    let mut moved = 0;
    while let Some(answer) = running.join_next().await {
        let answer = answer.expect("no panic");
        assert!([200, 410, 503].contains(&answer.status.as_u16()), "{}", answer.body);
        moved += usize::from(answer.text("h1") == "It has a sign-in of its own");
    }
    assert_eq!((moved, world.audited("account.moved").await), (1, 1));

    world.person_with_accounts("bob@example.test", ["Office"]).await;
    let (mut carol, [own]) = world.person_with_accounts("carol@example.test", ["Lab"]).await;
    carol.is_home().await;
    let form = carol.browser.open(&format!("/portal/a/{own}/link")).await;
    carol.browser.submit(&form, "/link/password", &[("identifier", "bob@example.test"), ("password", PASSWORD)]).await;
    let home = carol.browser.open("/").await;
    let link = home.attribute("form[action$='/link/cut'] button", "value");
    for _ in 0..50 {
        let (mut carol, home, link) = (carol.clone(), home.clone(), link.clone());
        running.spawn(async move { carol.browser.submit(&home, "/link/cut", &[("link", &link)]).await });
    }
    while let Some(answer) = running.join_next().await {
        assert!(answer.expect("no panic").status.as_u16() < 500);
    }
    assert_eq!(world.audited("link.cut").await, 1);
    assert!(!carol.browser.open("/").await.has_form("/link/cut"));
}
