//! The security page against what a request read before and is over by the time it writes, and against time.

use vestibule::actions::{self, CloseRefused, Origin, SetPasswordRefused};
use vestibule::store::sessions::{BrowserSession, SessionToken, named_by};
use vestibule::types::{DisplayText, Seconds};

use crate::support::{Actor, Answer, World};

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
    world.account(&alice, "shop", vestibule::domain::AccountKind::Owner).await;
    let other = world.account(&bob, "shop", vestibule::domain::AccountKind::Owner).await;
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
