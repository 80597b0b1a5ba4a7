//! What somebody sees where they choose, and in which language.

use vestibule::actions::{self, AddCompany};
use vestibule::domain::AccountKind;
use vestibule::types::{DisplayText, Locale, Slug};

use crate::company_rooms::PNG;
use crate::support::World;

#[tokio::test]
async fn the_chooser_shows_each_company_by_its_face_the_role_there_and_when_it_was_entered_last() {
    let world = World::new().await;
    let wish = AddCompany {
        name: DisplayText::parse("Depot Nord").expect("a name"),
        slug: Slug::parse("depot").expect("a slug"),
        region: "eu".into(),
        publicly_named: false,
        logo: Some(PNG.to_vec()),
        owner: None,
    };
    actions::add_company(&world.app, wish, &Default::default(), world.now()).await.expect("no fault").expect("added");
    world.company("Shop").await;
    world.role("shop", "clerk", &["stock.read"]).await;
    let mut alice = world.person("alice@example.test").await;
    world.account_with(&alice, "shop", AccountKind::Member, &["clerk"], &[]).await;
    world.account(&alice, "depot", AccountKind::Owner).await;
    let mut desk = world.client().await;
    alice.enters(&mut desk, "depot").await;
    let page = alice.follows(&desk, &[]).await;
    let texts: Vec<String> = page.html().select(&scraper::Selector::parse(".choices .text").expect("css")).map(|e| e.text().collect()).collect();
    // The last used one first, by the day; whoever was never entered says nothing of it.
    assert!(texts[0].contains("Depot Nord") && texts[0].contains("Owner") && texts[0].contains("2026-11-23"), "{texts:?}");
    assert!(texts[1].contains("Shop") && texts[1].contains("clerk") && !texts[1].contains("2026"), "{texts:?}");
    assert_eq!(page.count(".choices li:first-child .face img[alt='']"), 1, "a logo says nothing that the name does not");
    assert_eq!(page.text(".choices li:last-child .face"), "S");
    let logo = page.attribute(".choices .face img", "src");
    assert_eq!(alice.browser.get(&logo).await.headers["content-type"], "image/png");
}

#[tokio::test]
async fn a_search_field_is_there_from_nine_accounts_on_and_an_icon_says_how_many_there_are() {
    let world = World::new().await;
    let (mut alice, _) = world.person_with_accounts("alice@example.test", ["C1", "C2", "C3", "C4", "C5", "C6", "C7", "C8"]).await;
    let mut desk = world.client().await;
    alice.enters(&mut desk, "c1").await;
    let page = alice.follows(&desk, &[]).await;
    assert_eq!((page.count("button[name=account]"), page.count("input[type=search]")), (8, 0), "eight are seen at a glance");
    assert_eq!(alice.browser.open("/").await.text("a.switch .count"), "8");
    world.company("C9").await;
    world.account(&alice, "c9", AccountKind::Member).await;
    let page = alice.follows(&desk, &[]).await;
    assert_eq!((page.count("button[name=account]"), page.count("input[type=search]")), (9, 1));
    let home = alice.browser.open("/").await;
    assert_eq!(
        (home.text("a.switch .count"), home.attribute("a.switch", "href")),
        ("9".to_owned(), "/".to_owned()),
        "design.md S1: the icon opens the same list"
    );
}

#[tokio::test]
async fn the_language_is_the_apps_wish_then_the_persons_then_the_browsers_and_a_choice_goes_over_all() {
    let world = World::new().await;
    let (mut alice, _) = world.person_with_accounts("alice@example.test", ["Shop", "Depot"]).await;
    let desk = world.client().await;
    alice.browser.language = Some("fr-CH, en;q=0.5".into());
    let spoken = |page: &crate::support::Answer| page.headers["content-language"].to_str().expect("text").to_owned();
    let page = alice.follows(&desk, &[]).await;
    assert_eq!(spoken(&page), "fr", "nobody is signed in: the browser's");
    let profile = vestibule::domain::Profile {
        given_name: Some("Alice".into()),
        family_name: Some("Doe".into()),
        locale: Some(Locale::En),
        ..vestibule::domain::Profile::default()
    };
    actions::edit_profile(&world.app, &alice.id, &profile, &Default::default(), world.now()).await.expect("saved");
    let page = alice.types_password(&page).await;
    assert_eq!(spoken(&page), "en", "signed in: the person's");
    let page = alice.follows(&desk, &[("ui_locales", "fr")]).await;
    assert_eq!(spoken(&page), "fr", "the app's wish");
    let page = alice.browser.open(&format!("{}?lang=en", page.path)).await;
    assert_eq!(spoken(&page), "en", "what somebody picks");
    assert_eq!(spoken(&alice.follows(&desk, &[("ui_locales", "fr")]).await), "en", "and it stays");
}

#[tokio::test]
async fn signing_out_of_all_browsers_ends_every_session_and_what_was_entered_from_it() {
    let world = World::new().await;
    let (mut alice, _) = world.person_with_accounts("alice@example.test", ["Shop"]).await;
    let mut desk = world.client().await;
    let tokens = alice.enters(&mut desk, "shop").await;
    let mut elsewhere = alice.clone();
    elsewhere.browser = world.browser();
    let others = elsewhere.enters(&mut desk, "shop").await;
    let home = alice.browser.open("/").await;
    let out = alice.browser.submit(&home, "/sign-out", &[("browsers", "all")]).await;
    assert_eq!(out.text("h1"), "You are signed out");
    for mut person in [alice, elsewhere] {
        assert!(person.browser.open("/").await.has_form("/sign-in"));
    }
    for tokens in [tokens, others] {
        assert_eq!(desk.userinfo(&tokens.access_token).await.status, 401);
        assert_eq!(desk.refresh(tokens.refresh_token.as_ref().expect("one"), &[]).await.json()["error"], "invalid_grant");
    }
}
