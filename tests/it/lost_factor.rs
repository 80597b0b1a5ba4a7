//! Somebody lost every second factor: the operator begins, time passes in which they can say no, and nothing is dropped in silence.

use vestibule::actions::{self, Origin};
use vestibule::domain::AccountKind;
use vestibule::protocol::ConsentPolicy;
use vestibule::types::Seconds;

use crate::support::{Actor, Answer, NEW_PASSWORD, Phone, World};

async fn begins(world: &World, person: &Actor) {
    actions::begin_factor_reset(&world.app, &person.name, &Origin::default(), world.now()).await.expect("no fault").expect("begun");
}

/// Name and password in a new browser; the page that follows.
async fn tries(world: &World, person: &Actor) -> (Actor, Answer) {
    let mut anew = Actor { browser: world.browser(), ..person.clone() };
    let page = anew.browser.open("/sign-in").await;
    let next = anew.types_password(&page).await;
    (anew, next)
}

async fn lost(world: &World) -> (Actor, Phone) {
    let (mut alice, _) = world.person_with_accounts("alice@example.test", ["Shop"]).await;
    let (phone, _) = alice.sets_up_a_phone(world).await;
    (alice, phone)
}

#[tokio::test]
async fn t02_factors_are_given_up_after_three_days_and_new_ones_are_set_up_before_anything_else() {
    let world = World::new().await;
    let mut app = world.client_with(|m| m.consent = ConsentPolicy::Implicit).await;
    let (mut alice, phone) = lost(&world).await;
    let tokens = alice.enters(&mut app, "shop").await;
    begins(&world, &alice).await;
    assert!(world.mails().await.iter().any(|m| m["subject"] == "Your second factors are about to be given up"));
    world.advance(Seconds::days(2));
    assert!(tries(&world, &alice).await.1.has_form("/factor"), "not yet");
    world.advance(Seconds::days(1));
    let (mut anew, led) = tries(&world, &alice).await;
    assert!(led.text("h1").contains("Set up") && led.count("button[value=skip]") == 0, "{}", led.body);
    assert_eq!(app.introspect(&tokens.access_token).await["active"], false, "everything that was open has ended");
    assert!(alice.browser.open("/").await.has_form("/sign-in"));
    // Neither the portal nor an app opens before that.
    assert!(anew.browser.open("/").await.text("h1").contains("Set up"));
    let page = anew.follows(&app, &[("organization", "shop")]).await;
    assert!(page.text("h1").contains("Set up"), "{}", page.body);
    let (new, _) = anew.sets_up_a_phone(&world).await;
    assert!(anew.browser.open("/").await.text("h1").contains("accounts"));
    // The lost one opens nothing, should it be found by somebody.
    let (mut finder, asked) = tries(&world, &alice).await;
    assert_eq!(finder.types_code(&asked, &phone.code(&world)).await.status, 422);
    assert!(finder.types_code(&asked, &new.code(&world)).await.text("h1").contains("accounts"));
    assert!(world.mails().await.iter().any(|m| m["subject"] == "Your second factors were given up"));
}

#[tokio::test]
async fn t02_saying_no_another_password_or_a_factor_that_is_still_there_ends_it() {
    for end in ["mail", "password", "changed", "address", "factor", "late"] {
        let world = World::new().await;
        let (mut alice, phone) = lost(&world).await;
        begins(&world, &alice).await;
        if end == "changed" {
            // The mailed links die with the old password, so what they could stop must not go on.
            let page = alice.browser.open(&format!("/portal/security/{}/password", alice.id)).await;
            alice.browser.submit(&page, "/password", &[("password", NEW_PASSWORD), ("again", NEW_PASSWORD)]).await;
        }
        if end == "address" {
            // Nor could the old address be told any more.
            let path = format!("/portal/security/{}/email", alice.id);
            let page = alice.browser.open(&path).await;
            let page = alice.browser.submit(&page, "/email", &[("do", "send"), ("email", "new@example.test")]).await;
            let code = world.mailed_code("new@example.test").await.expect("a code");
            assert!(alice.browser.submit(&page, "/email", &[("code", &code)]).await.text("[role=status]").contains("changed"));
            alice.name = "new@example.test".to_owned();
        }
        world.advance(Seconds::days(1));
        match end {
            "mail" => {
                let mut anywhere = world.browser();
                let link = world.mailed_link(&alice.name, "/factor-reset/").await;
                let page = anywhere.open(&link).await;
                assert!(page.has_form("/factor-reset"), "looking at it changes nothing: {}", page.body);
                assert!(anywhere.submit(&page, "/factor-reset", &[]).await.text("h1").contains("stay"));
                assert_eq!(anywhere.open(&link).await.status, 410);
            }
            "changed" | "address" => {}
            "password" => world.sets_a_new_password(&alice).await,
            "factor" => {
                let (mut here, asked) = tries(&world, &alice).await;
                assert!(here.types_code(&asked, &phone.code(&world)).await.text("h1").contains("accounts"));
            }
            _ => world.advance(Seconds::days(9)),
        }
        world.advance(Seconds::days(3));
        let mut later = world.browser();
        let page = later.open("/sign-in").await;
        let password = if ["password", "changed"].contains(&end) { NEW_PASSWORD } else { crate::support::PASSWORD };
        let asked = later.submit(&page, "/sign-in", &[("identifier", &alice.name), ("password", password)]).await;
        assert!(asked.has_form("/factor"), "{end}: {}", asked.body);
    }
}

#[tokio::test]
async fn nothing_is_begun_for_who_has_nothing_to_lose_or_could_not_say_no() {
    let world = World::new().await;
    let bob = world.person("bob@example.test").await;
    let begun = actions::begin_factor_reset(&world.app, &bob.name, &Origin::default(), world.now()).await.expect("no fault");
    assert!(begun.is_err_and(|refused| refused.to_string().contains("no second factor")));
    let nobody = actions::begin_factor_reset(&world.app, "nobody@example.test", &Origin::default(), world.now()).await.expect("no fault");
    assert!(nobody.is_err());
}

#[tokio::test]
async fn t11_a_factor_that_came_along_is_not_given_up_but_goes_back_to_be_asked_by_the_undo() {
    let world = World::new().await;
    let (mut alice, [shop]) = world.person_with_accounts("alice@example.test", ["Shop"]).await;
    let (mut bob, _) = world.person_with_accounts("bob@example.test", ["Depot"]).await;
    let (phone, _) = bob.sets_up_a_phone(&world).await;
    alice.is_home().await;
    alice.asks(&shop, "/link/take", "bob@example.test").await;
    let page = bob.browser.open(&world.mailed_link("bob@example.test", "/invitation/").await).await;
    bob.browser.submit(&page, "/accept", &[("along:totp", "on")]).await;
    let mut tx = world.app.store.begin().await.expect("a transaction");
    vestibule::store::authenticators::send_back(&mut tx, &alice.id).await.expect("a write");
    vestibule::store::authenticators::remove_all(&mut tx, &alice.id).await.expect("a write");
    tx.commit().await.expect("committed");
    world.advance(Seconds(60));
    let mut elsewhere = world.browser();
    let page = elsewhere.open(&world.mailed_link("bob@example.test", "/undo/").await).await;
    let refused = elsewhere.submit(&page, "/undo", &[("password", crate::support::PASSWORD), ("code", "000000")]).await;
    assert_eq!(refused.status, 422, "the old factor is asked still");
    let done = elsewhere.submit(&refused, "/undo", &[("password", crate::support::PASSWORD), ("code", &phone.code(&world))]).await;
    assert_eq!(done.status, 200, "{}", done.body);
}

/// Olga owns Shop and has added Nina, who set a password and a phone.
async fn managed(world: &World) -> (Actor, Actor, Phone, String) {
    world.company("Shop").await;
    let mut olga = world.person("olga@example.test").await;
    let own = world.account(&olga, "shop", AccountKind::Owner).await;
    olga.is_home().await;
    let users = format!("/portal/a/{own}/users");
    let page = olga.browser.open(&users).await;
    olga.browser.submit(&page, "/users/add", &[("email", "nina@example.test"), ("given_name", "Nina"), ("kind", "member"), ("locale", "en")]).await;
    let mut nina = Actor { browser: world.browser(), name: "nina@example.test".into(), ..olga.clone() };
    let page = nina.browser.open(&world.mailed_link(&nina.name, "/activate/").await).await;
    nina.browser.submit(&page, "/set-password", &[("password", crate::support::PASSWORD), ("again", crate::support::PASSWORD)]).await;
    nina.id =
        vestibule::store::identities::known_as(&world.app.store.db, &vestibule::domain::SignInName::typed(&nina.name)).await.expect("a read")[0].id.clone();
    let (phone, _) = nina.sets_up_a_phone(world).await;
    let list = olga.browser.open(&users).await;
    let one = nina_of(&list).expect("she is in the list");
    (olga, nina, phone, one)
}

fn nina_of(list: &Answer) -> Option<String> {
    let html = list.html();
    let rows = scraper::Selector::parse("a[href*='/users/acc_']").expect("css");
    html.select(&rows).find(|a| a.text().collect::<String>().contains("Nina")).and_then(|a| a.attr("href")).map(str::to_owned)
}

#[tokio::test]
async fn t25_the_company_that_made_a_sign_in_may_have_mails_sent_and_nothing_faster() {
    let world = World::new().await;
    let (mut olga, nina, _, one) = managed(&world).await;
    let page = olga.browser.open(&one).await;
    let sent = olga.browser.submit(&page, "/help", &[("help", "factors")]).await;
    assert!(sent.text("[role=status]").contains("3 days"), "{}", sent.body);
    let mail = world.mails().await.into_iter().find(|m| m["subject"] == "Your second factors are about to be given up").expect("a mail");
    assert!(mail["to"] == nina.name && mail["body"].as_str().is_some_and(|b| b.contains("Shop was asked")), "{mail}");
    assert!(tries(&world, &nina).await.1.has_form("/factor"), "not yet");
    world.advance(Seconds::days(3));
    assert!(tries(&world, &nina).await.1.text("h1").contains("Set up"));
    // A forgotten password: its mail is the person's, and the company sees no secret.
    olga.browser = world.browser();
    olga.is_home().await;
    let page = olga.browser.open(&one).await;
    let sent = olga.browser.submit(&page, "/help", &[("help", "password")]).await;
    assert!(sent.status == 200 && !sent.body.contains("/activate/"), "{}", sent.body);
    assert!(world.mails().await.iter().any(|m| m["subject"] == "Your sign-in" && m["to"] == nina.name));
    assert_eq!(world.audited("factor_reset.begun").await, 1);
}

#[tokio::test]
async fn t25_once_somebody_has_anything_elsewhere_no_company_has_a_say_in_their_sign_in() {
    for end in ["account", "link"] {
        let world = World::new().await;
        let (mut olga, mut nina, _, one) = managed(&world).await;
        let page = olga.browser.open(&one).await;
        if end == "account" {
            world.company("Depot").await;
            let mut omar = world.person("omar@example.test").await;
            let depot = world.account(&omar, "depot", AccountKind::Owner).await;
            omar.is_home().await;
            let theirs = omar.browser.open(&format!("/portal/a/{depot}/users")).await;
            omar.browser.submit(&theirs, "/users/invite", &[("name", &nina.name), ("kind", "member")]).await;
            let form = nina.opens(&world.mailed_link(&nina.name, "/invitation/").await).await;
            assert_eq!(nina.browser.submit(&form, "/accept", &[]).await.status, 200);
        } else {
            world.person_with_accounts("omar@example.test", ["Depot"]).await;
            let own = one.rsplit('/').next().expect("an account");
            let form = nina.browser.open(&format!("/portal/a/{own}/link")).await;
            let fields = [("identifier", "omar@example.test"), ("password", crate::support::PASSWORD)];
            let made = nina.browser.submit(&form, "/link/password", &fields).await;
            assert_eq!(made.status, 200, "{}", made.body);
        }
        let mails = world.mails().await.len();
        for help in ["factors", "password"] {
            let refused = olga.browser.submit(&page, "/help", &[("help", help)]).await;
            assert!(refused.status == 422 && refused.text("main").contains("alone"), "{end}: {}", refused.body);
        }
        assert_eq!(world.mails().await.len(), mails, "nobody is written to");
        assert_eq!(olga.browser.open(&one).await.count("button[name=help]"), 0);
    }
}

#[tokio::test]
async fn a_company_is_told_when_there_is_nothing_to_give_up_and_odd_forms_do_nothing() {
    let world = World::new().await;
    let (mut olga, nina, _, one) = managed(&world).await;
    let page = olga.browser.open(&one).await;
    assert_eq!(olga.browser.submit(&page, "/help", &[("help", "everything")]).await.status, 400);
    // Somebody else's company, or one's own account.
    let (mut omar, [depot]) = world.person_with_accounts("omar@example.test", ["Depot"]).await;
    omar.is_home().await;
    let foreign = one.rsplit('/').next().expect("an account").to_owned();
    assert_eq!(omar.browser.open(&format!("/portal/a/{depot}/users/{foreign}")).await.status, 404);
    world.advance(Seconds(60));
    let mut tx = world.app.store.begin().await.expect("a transaction");
    vestibule::store::authenticators::remove_all(&mut tx, &nina.id).await.expect("a write");
    tx.commit().await.expect("committed");
    let refused = olga.browser.submit(&page, "/help", &[("help", "factors")]).await;
    assert!(refused.status == 422 && refused.text("main").contains("no second factor"), "{}", refused.body);
}
