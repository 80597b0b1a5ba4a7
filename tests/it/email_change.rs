//! Another address to sign in with, and the way back to the one before.

use vestibule::types::Seconds;

use crate::support::{Actor, Answer, NEW_PASSWORD, World};

fn path(person: &Actor) -> String {
    format!("/portal/security/{}/email", person.id)
}

/// Asks for another address; the page that waits for its code.
async fn asks_for(person: &mut Actor, address: &str) -> Answer {
    person.is_home().await;
    let page = person.browser.open(&path(person)).await;
    person.browser.submit(&page, "/email", &[("do", "send"), ("email", address)]).await
}

async fn changes_to(world: &World, person: &mut Actor, address: &str) -> Answer {
    let page = asks_for(person, address).await;
    let code = world.mailed_code(address).await.expect("a code");
    person.browser.submit(&page, "/email", &[("code", &code)]).await
}

#[tokio::test]
async fn t07_a_new_address_proves_itself_and_the_old_one_can_take_it_back_for_seven_days() {
    let world = World::new().await;
    let (mut alice, _) = world.person_with_accounts("alice@example.test", ["Shop"]).await;
    let mut elsewhere = Actor { browser: world.browser(), ..alice.clone() };
    elsewhere.is_home().await;
    let page = asks_for(&mut alice, "new@example.test").await;
    assert!(page.text("[role=status]").contains("new@example.test"), "{}", page.body);
    let wrong = alice.browser.submit(&page, "/email", &[("code", "000000")]).await;
    assert_eq!(wrong.status, 422);
    assert!(alice.security().await.text("main").contains("alice@example.test"), "nothing changed yet");
    let code = world.mailed_code("new@example.test").await.expect("a code");
    let done = alice.browser.submit(&wrong, "/email", &[("code", &code)]).await;
    assert!(done.text("[role=status]").contains("changed") && done.text("main").contains("new@example.test"), "{}", done.body);
    assert!(elsewhere.browser.open("/").await.has_form("/sign-in"), "signed out everywhere else");
    // The old address signs nobody in, and is nobody else's to prove.
    assert!(elsewhere.is_home().await.has_form("/sign-in"));
    let mut renamed = Actor { browser: world.browser(), name: "new@example.test".to_owned(), ..alice.clone() };
    assert!(renamed.is_home().await.text("h1").contains("accounts"));
    let mut bob = world.person("bob@example.test").await;
    asks_for(&mut bob, "alice@example.test").await;
    assert_eq!(world.mailed_code("alice@example.test").await, None);
    // Six days later its owner takes it back, on POST, and chooses another password.
    let link = world.mailed_link("alice@example.test", "/email/undo/").await;
    world.advance(Seconds::days(6));
    let mut owner = world.browser();
    let page = owner.open(&link).await;
    assert!(page.text("h1").contains("Take the old email back"), "{}", page.body);
    let choose = owner.submit(&page, "/undo", &[]).await;
    assert!(choose.has_form("/set-password"), "{}", choose.body);
    assert!(renamed.browser.open("/").await.has_form("/sign-in"), "everybody is out");
    owner.submit(&choose, "/set-password", &[("password", NEW_PASSWORD), ("again", NEW_PASSWORD)]).await;
    let mut again = world.browser();
    let page = again.open("/sign-in").await;
    let home = again.submit(&page, "/sign-in", &[("identifier", "alice@example.test"), ("password", NEW_PASSWORD)]).await;
    assert!(home.text("h1").contains("accounts"), "{}", home.body);
    assert_eq!(world.browser().open(&link).await.status, 410, "once");
}

#[tokio::test]
async fn t07_whoever_changes_it_again_cannot_close_the_first_way_back() {
    let world = World::new().await;
    let mut alice = world.person("alice@example.test").await;
    changes_to(&world, &mut alice, "thief@example.test").await;
    let first = world.mailed_link("alice@example.test", "/email/undo/").await;
    world.advance(Seconds::minutes(1));
    let mut thief = Actor { name: "thief@example.test".to_owned(), ..alice.clone() };
    changes_to(&world, &mut thief, "second@example.test").await;
    let second = world.mailed_link("thief@example.test", "/email/undo/").await;
    // Not even by another password, which voids every other mailed link.
    let page = thief.browser.open(&format!("/portal/security/{}/password", thief.id)).await;
    thief.browser.submit(&page, "/password", &[("password", NEW_PASSWORD), ("again", NEW_PASSWORD)]).await;
    let mut owner = world.browser();
    let page = owner.open(&first).await;
    assert!(owner.submit(&page, "/undo", &[]).await.has_form("/set-password"));
    assert_eq!(world.browser().open(&second).await.status, 410, "it went with the first");
    let left = vestibule::store::identities::find(&world.app.store.db, &alice.id).await.expect("a read").expect("one");
    assert_eq!(left.email.as_deref(), Some("alice@example.test"));
}

#[tokio::test]
async fn t04_a_reset_cancels_a_change_that_waits() {
    let world = World::new().await;
    let mut alice = world.person("alice@example.test").await;
    let page = asks_for(&mut alice, "new@example.test").await;
    let code = world.mailed_code("new@example.test").await.expect("a code");
    world.sets_a_new_password(&alice).await;
    alice.browser.submit(&page, "/email", &[("code", &code)]).await;
    let page = alice.browser.open("/sign-in").await;
    alice.browser.submit(&page, "/sign-in", &[("identifier", "alice@example.test"), ("password", NEW_PASSWORD)]).await;
    let page = alice.browser.open(&path(&alice)).await;
    assert_eq!(page.count("#code"), 0, "nothing waits: {}", page.body);
    let forced = alice.browser.submit(&page, "/email", &[("code", &code)]).await;
    assert_eq!(forced.status, 422);
    let left = vestibule::store::identities::find(&world.app.store.db, &alice.id).await.expect("a read").expect("one");
    assert_eq!(left.email.as_deref(), Some("alice@example.test"));
}

#[tokio::test]
async fn nobody_learns_from_the_page_whether_an_address_is_somebody_elses() {
    let world = World::new().await;
    let mut alice = world.person("alice@example.test").await;
    let bob = world.person("bob@example.test").await;
    let free = asks_for(&mut alice, "free@example.test").await;
    let taken = asks_for(&mut alice, &bob.name).await;
    let plain = |a: &Answer| a.text("main").replace("free@example.test", "X").replace("bob@example.test", "X");
    assert_eq!((plain(&free), free.status), (plain(&taken), taken.status));
    assert!(world.mails().await.iter().any(|m| m["to"] == "bob@example.test" && m["subject"] == "This address signs in already"));
    assert_eq!(world.mailed_code("bob@example.test").await, None);
    for (typed, says) in [("not an address", "no email address"), ("alice@example.test", "the address you have")] {
        let refused = asks_for(&mut alice, typed).await;
        assert_eq!(refused.status, 422);
        assert!(refused.text("[role=alert]").contains(says), "{}", refused.body);
    }
}

#[tokio::test]
async fn t07_a_change_needs_the_second_factor_just_now() {
    let world = World::new().await;
    let mut alice = world.person("alice@example.test").await;
    let (phone, _) = alice.sets_up_a_phone(&world).await;
    world.advance(Seconds::hours(1));
    let asked = alice.browser.open(&path(&alice)).await;
    assert!(asked.has_form("/factor"), "{}", asked.body);
    assert!(alice.types_code(&asked, &phone.code(&world)).await.has_form("/email"));
}

#[tokio::test]
async fn t07_nothing_moves_to_others_while_the_old_address_can_take_it_back() {
    let world = World::new().await;
    let (mut alice, [shop]) = world.person_with_accounts("alice@example.test", ["Shop"]).await;
    let (mut bob, [depot, _]) = world.person_with_accounts("bob@example.test", ["Depot", "Yard"]).await;
    changes_to(&world, &mut bob, "thief@example.test").await;
    world.advance(Seconds::minutes(1));
    alice.is_home().await;
    alice.asks(&shop, "/link/take", "thief@example.test").await;
    let mut thief = Actor { name: "thief@example.test".to_owned(), ..bob.clone() };
    let page = thief.opens(&world.mailed_link("thief@example.test", "/invitation/").await).await;
    let refused = thief.browser.submit(&page, "/accept", &[]).await;
    assert!(refused.text("main").contains("changed lately"), "{}", refused.body);
    let split = thief.browser.open(&format!("/portal/a/{depot}/split")).await;
    let refused = thief.browser.submit(&split, "/split", &[("email", "another@example.test")]).await;
    assert!(refused.text("main").contains("changed lately"), "{}", refused.body);
    // Seven days later it is theirs to give.
    world.advance(Seconds::days(7));
    thief.browser = world.browser();
    alice.is_home().await;
    alice.asks(&shop, "/link/take", "thief@example.test").await;
    let page = thief.opens(&world.mailed_link("thief@example.test", "/invitation/").await).await;
    let done = thief.browser.submit(&page, "/accept", &[]).await;
    assert_eq!(done.text("h1"), "Your accounts have moved", "{}", done.body);
}
