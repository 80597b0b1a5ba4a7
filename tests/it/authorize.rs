//! Signing in through an app, choosing a company, switching.

use crate::support::World;

#[tokio::test]
async fn alice_signs_in_once_chooses_a_company_and_switches_without_signing_in_again() {
    let world = World::new().await;
    let (mut alice, [shop, depot]) = world.person_with_accounts("alice@example.test", ["Shop", "Depot"]).await;
    let mut desk = world.client().await;

    let page = alice.follows(&desk, &[]).await;
    assert_eq!(page.text("h1"), "Sign in");
    let page = alice.types_password(&page).await;
    assert_eq!(page.text("h1"), "Choose an account", "{}", page.body);
    let answer = alice.goes_through(page, Some(&shop)).await;
    let at_shop = desk.complete(&answer).await;
    assert_eq!(at_shop.text("account_id"), shop.as_str());
    assert_eq!(at_shop.text("org_slug"), "shop");
    assert_eq!(at_shop.text("nonce"), "a-nonce");
    assert_eq!(at_shop.text("sub"), alice.id.as_str());

    let at_depot = alice.switches_to(&mut desk, "depot").await;
    assert_eq!(at_depot.text("account_id"), depot.as_str());
    assert_eq!(at_depot.text("sub"), at_shop.text("sub"));
    assert_eq!(at_depot.claims["auth_time"], at_shop.claims["auth_time"], "a switch is no sign-in");
    assert_ne!(at_depot.text("sid"), at_shop.text("sid"));

    let back = alice.switches_to(&mut desk, "shop").await;
    assert_eq!(back.text("sid"), at_shop.text("sid"), "a switch back is the old app session");
    let info = desk.userinfo(&back.access_token).await.json();
    assert_eq!(info["org_id"], back.claims["org_id"]);
    assert_eq!(info["email"], "alice@example.test");
}
