//! Second factors: registering, signing in with them, what companies ask, and what tokens say of it.

use serde_json::json;
use vestibule::domain::{Level, Method};
use vestibule::protocol::{ACR_1FA, ACR_MFA, ConsentPolicy, GrantType};
use vestibule::types::{ScopeSet, Seconds};

use crate::support::{Actor, Answer, NEW_PASSWORD, PASSWORD, Phone, RelyingApp, World};

async fn desk(world: &World) -> RelyingApp {
    world
        .client_with(|m| {
            m.consent = ConsentPolicy::Implicit;
            m.grant_types.push(GrantType::RefreshToken);
            m.grant_types.push(GrantType::TokenExchange);
            m.scope = ScopeSet::parse("openid email offline_access organizations");
        })
        .await
}

/// Somebody with an app on a phone, signed in nowhere.
async fn with_a_phone(world: &World, email: &str, companies: [&str; 2]) -> (Actor, Phone, Vec<String>) {
    let (mut person, _) = world.person_with_accounts(email, companies).await;
    let (phone, codes) = person.sets_up_a_phone(world).await;
    person.browser = world.browser();
    (person, phone, codes)
}

fn is_asked(page: &Answer) -> bool {
    page.has_form("/factor") && page.count("#code") == 1
}

#[tokio::test]
async fn an_app_is_registered_by_its_code_and_asked_at_the_next_sign_in() {
    let world = World::new().await;
    let mut app = desk(&world).await;
    let (mut alice, _) = world.person_with_accounts("alice@example.test", ["Shop"]).await;
    let before = alice.enters(&mut app, "shop").await;
    assert_eq!((before.text("acr"), before.claims["amr"].clone()), (ACR_1FA, json!(["pwd"])));
    let page = alice.browser.open(&format!("/portal/security/{}/totp", alice.id)).await;
    assert_eq!((page.count(".qr svg"), page.count("code.secret")), (1, 1), "{}", page.body);
    // A wrong code keeps the page and its secret.
    let secret = page.text("code.secret");
    let wrong = alice.browser.submit(&page, "/totp", &[("code", "000000")]).await;
    assert_eq!((wrong.status.as_u16(), wrong.text("code.secret")), (422, secret.clone()));
    let (phone, codes, _) = alice.sets_up_a_phone_on(&world, &wrong).await;
    assert_eq!(codes.len(), 10);
    let security = alice.security().await;
    assert!(security.text("main").contains("Phone") && security.text("main").contains("10 are left"), "{}", security.text("main"));
    assert!(world.mails().await.iter().any(|m| m["subject"] == "A second factor was added"));
    // What she showed counts here at once.
    let now = alice.switches_to(&mut app, "shop").await;
    assert_eq!((now.text("acr"), now.claims["amr"].clone()), (ACR_MFA, json!(["mfa", "otp", "pwd"])));
    // Elsewhere the password is half a sign-in.
    let mut elsewhere = Actor { browser: world.browser(), ..alice.clone() };
    let page = elsewhere.follows(&app, &[("organization", "shop")]).await;
    let asked = elsewhere.types_password(&page).await;
    assert!(is_asked(&asked), "{}", asked.body);
    assert!(elsewhere.browser.open("/").await.has_form("/sign-in"), "she is signed in nowhere yet");
    world.advance(Seconds(30));
    let answer = elsewhere.types_code(&asked, &phone.code(&world)).await;
    let tokens = app.complete(&answer).await;
    assert_eq!(tokens.text("acr"), ACR_MFA);
    assert_eq!((world.audited("sign_in.factor_asked").await, world.audited("factor.added").await), (1, 1));
}

#[tokio::test]
async fn t02_a_password_replaced_between_the_two_halves_ends_the_sign_in() {
    let world = World::new().await;
    let (mut alice, phone, _) = with_a_phone(&world, "alice@example.test", ["Shop", "Depot"]).await;
    let page = alice.browser.open("/sign-in").await;
    let asked = alice.types_password(&page).await;
    assert!(is_asked(&asked));
    world.sets_a_new_password(&alice).await;
    let over = alice.types_code(&asked, &phone.code(&world)).await;
    assert!(over.has_form("/sign-in"), "{}", over.body);
    // The new one does not drop the second factor.
    let name = alice.name.clone();
    let asked = alice.browser.submit(&over, "/sign-in", &[("identifier", &name), ("password", NEW_PASSWORD)]).await;
    assert!(is_asked(&asked));
    world.advance(Seconds(30));
    assert!(alice.types_code(&asked, &phone.code(&world)).await.text("h1").contains("accounts"));
}

#[tokio::test]
async fn rfc_6238_5_2_a_code_counts_once_on_two_nodes_at_once() {
    let world = World::new().await;
    let other = world.second_node().await;
    let (alice, phone, _) = with_a_phone(&world, "alice@example.test", ["Shop", "Depot"]).await;
    let code = phone.code(&world);
    let mut halves = Vec::new();
    for node in [&world, &other, &world, &other] {
        let mut half = Actor { browser: node.browser(), ..alice.clone() };
        let page = half.browser.open("/sign-in").await;
        let asked = half.types_password(&page).await;
        assert!(is_asked(&asked));
        halves.push((half, asked));
    }
    let tries = halves.into_iter().map(|(mut half, asked)| {
        let code = code.clone();
        tokio::spawn(async move { half.types_code(&asked, &code).await.text("h1") })
    });
    let mut entered = 0;
    for one in tries.collect::<Vec<_>>() {
        entered += usize::from(one.await.expect("no panic").contains("accounts"));
    }
    assert_eq!(entered, 1);
}

#[tokio::test]
async fn a_recovery_code_signs_in_once_and_its_owner_is_told() {
    let world = World::new().await;
    let (mut alice, _, codes) = with_a_phone(&world, "alice@example.test", ["Shop", "Depot"]).await;
    let mut app = desk(&world).await;
    let page = alice.follows(&app, &[("organization", "shop")]).await;
    let asked = alice.types_password(&page).await;
    let answer = alice.types_code(&asked, &codes[3].to_uppercase()).await;
    let tokens = app.complete(&answer).await;
    assert_eq!((tokens.text("acr"), tokens.claims["amr"].clone()), (ACR_MFA, json!(["mfa", "pwd", "urn:vestibule:amr:recovery-code"])));
    assert!(world.mails().await.iter().any(|m| m["subject"] == "A recovery code was used" && m["body"].as_str().is_some_and(|b| b.contains("9 left"))));
    let mut again = Actor { browser: world.browser(), ..alice.clone() };
    let page = again.browser.open("/sign-in").await;
    let asked = again.types_password(&page).await;
    assert!(again.types_code(&asked, &codes[3]).await.text("[role=alert]").contains("not accepted"));
    // New ones kill the old ones.
    let security = alice.security().await;
    let made = alice.browser.submit(&security, "/recovery-codes", &[]).await;
    assert_eq!(made.count("ol.codes code"), 10);
    assert!(again.types_code(&asked, &codes[4]).await.text("[role=alert]").contains("not accepted"));
    let fresh = made.text("ol.codes code");
    assert!(again.types_code(&asked, &fresh).await.text("h1").contains("accounts"));
}

#[tokio::test]
async fn whoever_is_about_to_run_out_of_recovery_codes_sees_it_at_home() {
    let world = World::new().await;
    let (alice, _, codes) = with_a_phone(&world, "alice@example.test", ["Shop", "Depot"]).await;
    for (n, code) in codes.iter().enumerate() {
        let mut anew = Actor { browser: world.browser(), ..alice.clone() };
        let page = anew.browser.open("/sign-in").await;
        let asked = anew.types_password(&page).await;
        let home = anew.types_code(&asked, code).await;
        let said = home.text("main");
        assert_eq!(said.contains("recovery code"), n >= 7, "{} left: {said}", 9 - n);
        assert!(n != 7 || said.contains("2 recovery codes are left"), "{said}");
        assert!(n != 9 || said.contains("last recovery code is used"), "{said}");
    }
}

#[tokio::test]
async fn t40_a_company_may_refuse_recovery_codes_and_asks_then_for_the_app() {
    let world = World::new().await;
    let (mut alice, phone, codes) = with_a_phone(&world, "alice@example.test", ["Shop", "Depot"]).await;
    let mut app = desk(&world).await;
    world
        .asks("depot", |p| {
            p.level = Level::Several;
            p.refused = vec![Method::RecoveryCode];
        })
        .await;
    let page = alice.follows(&app, &[("organization", "depot")]).await;
    let asked = alice.types_password(&page).await;
    let still = alice.types_code(&asked, &codes[0]).await;
    assert!(is_asked(&still), "she is signed in, and Depot wants the app: {}", still.body);
    let refused = alice.types_code(&still, &codes[1]).await;
    assert!(refused.text("[role=alert]").contains("does not count here"), "{}", refused.body);
    let answer = alice.types_code(&refused, &phone.code(&world)).await;
    assert_eq!(app.complete(&answer).await.text("org_slug"), "depot");
    assert!(alice.security().await.text("main").contains("9 are left"), "the refused one was not used up");
}

#[tokio::test]
async fn t39_the_target_company_judges_what_was_proved_and_asks_only_the_difference() {
    let world = World::new().await;
    let mut app = desk(&world).await;
    let (mut alice, _) = world.person_with_accounts("alice@example.test", ["Shop", "Depot"]).await;
    let (phone, _) = alice.sets_up_a_phone(&world).await;
    world
        .asks("depot", |p| {
            p.level = Level::Several;
            p.max_age = Some(Seconds::hours(1));
        })
        .await;
    // Shop asks for nothing, and what she proved an hour and a half ago is not enough for Depot.
    world.advance(Seconds::minutes(90));
    let at_shop = alice.enters(&mut app, "shop").await;
    let silent = alice.follows(&app, &[("organization", "depot"), ("prompt", "none")]).await;
    let said = silent.redirect_parameters();
    assert_eq!((said["error"].as_str(), said["error_uri"].ends_with("/errors/step-up-required")), ("interaction_required", true));
    let page = alice.follows(&app, &[("organization", "depot")]).await;
    assert!(is_asked(&page) && !page.has_form("/sign-in"), "no password again: {}", page.body);
    let answer = alice.types_code(&page, &phone.code(&world)).await;
    let at_depot = app.complete(&answer).await;
    assert_eq!((at_depot.text("org_slug"), at_depot.text("acr")), ("depot", ACR_MFA));
    let silent = alice.follows(&app, &[("organization", "depot"), ("prompt", "none")]).await;
    assert!(silent.redirect_parameters().contains_key("code"));
    // The family of Shop keeps the proofs it was made with: its switch is judged by them.
    let refused = app.refresh(at_shop.refresh_token.as_deref().expect("one"), &[("organization", "depot")]).await;
    let refused = (refused.status.as_u16(), refused.json());
    assert_eq!(
        (refused.0, &refused.1["error"], &refused.1["acr_values"], &refused.1["max_age"]),
        (400, &json!("insufficient_user_authentication"), &json!(ACR_MFA), &json!(3600))
    );
    let kept = app.refresh(at_shop.refresh_token.as_deref().expect("one"), &[]).await;
    assert_eq!(kept.status, 200, "nothing was used up: {}", kept.body);
    assert_eq!(world.audited("sign_in.stepped_up").await, 1);
}

#[tokio::test]
async fn t37_a_raised_policy_stops_families_whose_proofs_are_too_weak() {
    let world = World::new().await;
    let mut app = desk(&world).await;
    let (mut alice, _) = world.person_with_accounts("alice@example.test", ["Shop"]).await;
    let tokens = alice.enters(&mut app, "shop").await;
    world.asks("shop", |p| p.level = Level::Several).await;
    let refresh = tokens.refresh_token.expect("one");
    let refused = app.refresh(&refresh, &[]).await.json();
    assert!(refused["error_uri"].as_str().is_some_and(|u| u.ends_with("/errors/mfa-enrollment-required")), "{refused}");
    let list = app.http.bearer("/api/v1/me/accounts", &tokens.access_token).await;
    assert_ne!(list.status, 200, "that token is for another audience");
    world.asks("shop", |p| p.grace = Seconds::days(7)).await;
    let refreshed = app.refresh(&refresh, &[]).await;
    assert_eq!(refreshed.status, 200, "within the grace: {}", refreshed.body);
    world.advance(Seconds::days(8));
    let page = alice.browser.open("/sign-in").await;
    alice.types_password(&page).await;
    let silent = alice.follows(&app, &[("organization", "shop"), ("prompt", "none")]).await;
    assert!(silent.redirect_parameters()["error_uri"].ends_with("/errors/mfa-enrollment-required"));
}

#[tokio::test]
async fn a_company_that_wants_a_second_factor_leads_through_setting_one_up_and_on_to_the_app() {
    let world = World::new().await;
    let mut app = desk(&world).await;
    let (mut alice, _) = world.person_with_accounts("alice@example.test", ["Shop"]).await;
    world.asks("shop", |p| p.level = Level::Several).await;
    let page = alice.follows(&app, &[("organization", "shop")]).await;
    let led = alice.types_password(&page).await;
    assert!(led.text("h1").contains("Set up") && led.count("button[value=skip]") == 0, "there is no way around: {}", led.body);
    let forced = alice.browser.submit(&led, "/factor", &[("do", "skip")]).await;
    assert!(forced.text("h1").contains("Set up"), "{}", forced.body);
    let link = led.attribute("main a.button[href*=totp]", "href");
    let page = alice.browser.open(&link).await;
    let (_, codes, done) = alice.sets_up_a_phone_on(&world, &page).await;
    assert_eq!(codes.len(), 10);
    let on = done.attribute("main a.primary", "href");
    let answer = alice.browser.open(&on).await;
    assert_eq!(app.complete(&answer).await.text("acr"), ACR_MFA);
}

#[tokio::test]
async fn within_the_grace_a_second_factor_may_wait() {
    let world = World::new().await;
    let mut app = desk(&world).await;
    let (mut alice, _) = world.person_with_accounts("alice@example.test", ["Shop"]).await;
    world
        .asks("shop", |p| {
            p.level = Level::Several;
            p.grace = Seconds::days(3);
        })
        .await;
    let page = alice.follows(&app, &[("organization", "shop")]).await;
    let led = alice.types_password(&page).await;
    assert!(led.text("main").contains("until 2026-11-26"), "{}", led.body);
    let answer = alice.browser.submit(&led, "/factor", &[("do", "skip")]).await;
    assert_eq!(app.complete(&answer).await.text("acr"), ACR_1FA);
    world.advance(Seconds::days(4));
    let page = alice.follows(&app, &[("organization", "shop")]).await;
    let led = alice.types_password(&page).await;
    assert!(led.text("h1").contains("Set up"), "{}", led.body);
    let around = alice.browser.post(&led.path.clone(), &[]).await;
    assert_ne!(around.status, 303, "nor may it be posted away");
}

#[tokio::test]
async fn rfc_9470_an_app_asks_for_more_and_gets_it_or_is_told() {
    let world = World::new().await;
    let mut app = desk(&world).await;
    let (mut alice, _) = world.person_with_accounts("alice@example.test", ["Shop"]).await;
    // A wish may be declined.
    let page = alice.follows(&app, &[("organization", "shop"), ("acr_values", ACR_MFA)]).await;
    let led = alice.types_password(&page).await;
    let answer = alice.browser.submit(&led, "/factor", &[("do", "skip")]).await;
    assert_eq!(app.complete(&answer).await.text("acr"), ACR_1FA);
    // An essential claim may not.
    let essential = json!({"id_token": {"acr": {"essential": true, "values": [ACR_MFA, "phr"]}}}).to_string();
    let silent = alice.follows(&app, &[("organization", "shop"), ("claims", &essential), ("prompt", "none")]).await;
    assert_eq!(silent.redirect_parameters()["error"], "interaction_required");
    let led = alice.follows(&app, &[("organization", "shop"), ("claims", &essential)]).await;
    assert!(led.text("h1").contains("Set up") && led.count("button[value=skip]") == 0, "{}", led.body);
    let back = alice.browser.submit(&led, "/factor", &[("do", "cancel")]).await;
    assert_eq!(back.redirect_parameters()["error"], "unmet_authentication_requirements");
    let (phone, _) = alice.sets_up_a_phone(&world).await;
    world.advance(Seconds::hours(2));
    let mut elsewhere = Actor { browser: world.browser(), ..alice.clone() };
    let page = elsewhere.follows(&app, &[("organization", "shop"), ("acr_values", ACR_MFA)]).await;
    let asked = elsewhere.types_password(&page).await;
    let answer = elsewhere.types_code(&asked, &phone.code(&world)).await;
    assert_eq!(app.complete(&answer).await.text("acr"), ACR_MFA);
    let unknown = json!({"id_token": {"acr": {"essential": true, "values": ["urn:elsewhere:gold"]}}}).to_string();
    let told = alice.follows(&app, &[("organization", "shop"), ("claims", &unknown)]).await;
    assert_eq!(told.redirect_parameters()["error"], "unmet_authentication_requirements");
}

#[tokio::test]
async fn t17_a_link_by_password_needs_the_second_factor_too() {
    let world = World::new().await;
    let (bob, phone, codes) = with_a_phone(&world, "bob@example.test", ["Depot", "Yard"]).await;
    let (mut alice, [shop]) = world.person_with_accounts("alice@example.test", ["Shop"]).await;
    alice.is_home().await;
    let ask = async |alice: &mut Actor| {
        let page = alice.browser.open(&format!("/portal/a/{shop}/link")).await;
        alice.browser.submit(&page, "/link/password", &[("identifier", &bob.name), ("password", PASSWORD)]).await
    };
    let asked = ask(&mut alice).await;
    assert!(asked.text("h1").contains("second factor"), "{}", asked.body);
    // The page that picks opens only after it, whatever is typed into the address.
    let pick = asked.path.replace("/factor/", "/pick/");
    assert_eq!(alice.browser.open(&pick).await.status, 410);
    let wrong = alice.browser.submit(&asked, &asked.path.clone(), &[("code", "000000")]).await;
    assert_eq!(wrong.status, 422);
    let picks = alice.browser.submit(&wrong, &asked.path.clone(), &[("code", &phone.code(&world))]).await;
    assert!(picks.text("main").contains("Yard"), "{}", picks.body);
    assert_eq!(world.audited("link.made").await, 0);
    // Tries count with those at the password: guessing here is no way around the pause there.
    let asked = ask(&mut alice).await;
    for _ in 0..8 {
        alice.browser.submit(&asked, &asked.path.clone(), &[("code", "000000")]).await;
    }
    let blocked = alice.browser.submit(&asked, &asked.path.clone(), &[("code", &codes[0])]).await;
    assert_eq!(blocked.status, 422, "{}", blocked.body);
}

#[tokio::test]
async fn guesses_at_a_code_are_slowed_down_and_the_owner_is_told_that_the_password_is_known() {
    let world = World::new().await;
    let (alice, phone, _) = with_a_phone(&world, "alice@example.test", ["Shop", "Depot"]).await;
    let mut thief = Actor { browser: world.browser(), ..alice.clone() };
    let page = thief.browser.open("/sign-in").await;
    let asked = thief.types_password(&page).await;
    for _ in 0..12 {
        let page = thief.types_code(&asked, "000000").await;
        assert_eq!(page.status, 422);
    }
    let blocked = thief.types_code(&asked, &phone.code(&world)).await;
    assert_eq!(blocked.status, 422, "even the right one waits now");
    assert!(world.mails().await.iter().any(|m| m["subject"] == "Somebody knows your password"));
    // The right password again does not forget the failures at the code.
    let page = thief.browser.open("/sign-in").await;
    let again = thief.types_password(&page).await;
    assert!(!is_asked(&again) || thief.types_code(&again, &phone.code(&world)).await.status == 422);
    world.advance(Seconds::minutes(16));
    let page = thief.browser.open("/sign-in").await;
    let asked = thief.types_password(&page).await;
    assert!(thief.types_code(&asked, &phone.code(&world)).await.text("h1").contains("accounts"));
}

#[tokio::test]
async fn removing_a_factor_asks_for_it_tells_its_owner_and_signs_out_elsewhere() {
    let world = World::new().await;
    let (mut alice, phone, _) = with_a_phone(&world, "alice@example.test", ["Shop", "Depot"]).await;
    let sign_in = async |alice: &mut Actor, phone: &Phone| {
        world.advance(Seconds(30));
        let page = alice.browser.open("/sign-in").await;
        let asked = alice.types_password(&page).await;
        alice.types_code(&asked, &phone.code(&world)).await
    };
    sign_in(&mut alice, &phone).await;
    let mut elsewhere = Actor { browser: world.browser(), ..alice.clone() };
    sign_in(&mut elsewhere, &phone).await;
    world.advance(Seconds::minutes(11));
    // Too long ago: the code again, and nothing was removed by asking.
    let security = alice.security().await;
    let which = security.attribute("button[name=authenticator]", "value");
    let asked = alice.browser.submit(&security, "/remove", &[("authenticator", &which)]).await;
    assert!(is_asked(&asked), "{}", asked.body);
    let security = alice.types_code(&asked, &phone.code(&world)).await;
    assert!(security.text("main").contains("Phone"));
    let done = alice.browser.submit(&security, "/remove", &[("authenticator", &which)]).await;
    assert!(done.text("main").contains("none yet"), "{}", done.text("main"));
    assert!(elsewhere.browser.open("/").await.has_form("/sign-in"));
    assert!(world.mails().await.iter().any(|m| m["subject"] == "A second factor was removed"));
    // Nobody removes another person's.
    let (mut bob, _) = world.person_with_accounts("bob@example.test", ["Shop"]).await;
    bob.is_home().await;
    assert_eq!(bob.browser.open(&format!("/portal/security/{}", alice.id)).await.status, 404);
}

#[tokio::test]
async fn a_person_sees_where_they_are_signed_in_and_ends_it() {
    let world = World::new().await;
    let mut app = desk(&world).await;
    let (mut alice, _) = world.person_with_accounts("alice@example.test", ["Shop"]).await;
    let mut elsewhere = Actor { browser: world.browser(), ..alice.clone() };
    let tokens = elsewhere.enters(&mut app, "shop").await;
    alice.is_home().await;
    let security = alice.security().await;
    assert!(security.text("main").contains("Desk") && security.text("main").contains("Shop"), "{}", security.text("main"));
    let ended = alice.browser.submit(&security, "/end", &[("others", "1")]).await;
    assert_eq!(ended.status, 200);
    assert!(elsewhere.browser.open("/").await.has_form("/sign-in"));
    assert_eq!(app.introspect(&tokens.access_token).await["active"], false);
    // An app that acts for her, ended on its own.
    let tokens = alice.enters(&mut app, "shop").await;
    let security = alice.security().await;
    let which = app.client_id.to_string();
    let done = alice.browser.submit(&security, "/end", &[("app", &which)]).await;
    assert!(done.text("main").contains("no longer acts for you"), "{}", done.text("main"));
    assert_eq!(app.introspect(&tokens.access_token).await["active"], false);
    assert!(alice.browser.open("/").await.text("h1").contains("accounts"), "she stays");
}

#[tokio::test]
async fn a_password_is_changed_with_a_fresh_proof_and_ends_everything_elsewhere() {
    let world = World::new().await;
    let (mut alice, _) = world.person_with_accounts("alice@example.test", ["Shop"]).await;
    let mut elsewhere = Actor { browser: world.browser(), ..alice.clone() };
    elsewhere.is_home().await;
    alice.is_home().await;
    world.advance(Seconds::minutes(11));
    let path = format!("/portal/security/{}/password", alice.id);
    let asked = alice.browser.open(&path).await;
    let page = alice.types_password(&asked).await;
    assert_eq!(page.path, path, "{}", page.body);
    let short = alice.browser.submit(&page, "/password", &[("password", "short"), ("again", "short")]).await;
    assert_eq!(short.status, 422);
    let done = alice.browser.submit(&short, "/password", &[("password", NEW_PASSWORD), ("again", NEW_PASSWORD)]).await;
    assert!(done.text("main").contains("password was changed"), "{}", done.text("main"));
    assert!(elsewhere.browser.open("/").await.has_form("/sign-in"));
    assert!(alice.browser.open("/").await.text("h1").contains("accounts"));
    assert!(world.mails().await.iter().any(|m| m["subject"] == "Your password was changed"));
}

#[tokio::test]
async fn the_portal_asks_what_the_company_asks() {
    let world = World::new().await;
    let (mut alice, [shop, _]) = world.person_with_accounts("alice@example.test", ["Shop", "Depot"]).await;
    let (phone, _) = alice.sets_up_a_phone(&world).await;
    world
        .asks("shop", |p| {
            p.level = Level::Several;
            p.max_age = Some(Seconds::hours(1));
        })
        .await;
    world.advance(Seconds::hours(2));
    let page = alice.browser.open(&format!("/portal/a/{shop}")).await;
    assert!(is_asked(&page), "{}", page.body);
    let there = alice.types_code(&page, &phone.code(&world)).await;
    assert_eq!(there.path, format!("/portal/a/{shop}"), "{}", there.body);
}

#[tokio::test]
async fn an_operator_may_ask_everybody_for_a_second_factor() {
    let world = World::with(|c| c.factors_level = "mfa".into()).await;
    let mut alice = world.person("alice@example.test").await;
    let page = alice.browser.open("/sign-in").await;
    let led = alice.types_password(&page).await;
    assert!(led.text("h1").contains("Set up"), "{}", led.body);
    let link = led.attribute("main a.button[href*=totp]", "href");
    let page = alice.browser.open(&link).await;
    let (.., done) = alice.sets_up_a_phone_on(&world, &page).await;
    let on = done.attribute("main a.primary", "href");
    assert!(alice.browser.open(&on).await.text("h1").contains("accounts"));
}

#[tokio::test]
async fn a_closed_sign_in_comes_back_by_signing_in_and_is_gone_after_the_grace() {
    let world = World::new().await;
    let mut app = desk(&world).await;
    let (mut alice, [shop]) = world.person_with_accounts("alice@example.test", ["Shop"]).await;
    let tokens = alice.enters(&mut app, "shop").await;
    let closes = async |alice: &mut Actor| {
        let page = alice.browser.open(&format!("/portal/security/{}/close", alice.id)).await;
        alice.browser.submit(&page, "/close", &[("sure", "on")]).await
    };
    assert!(closes(&mut alice).await.text("h1").contains("is closed"));
    assert_eq!(app.introspect(&tokens.access_token).await["active"], false);
    world.advance(Seconds::days(13));
    vestibule::actions::end_closings(&world.app, world.now()).await.expect("no fault");
    alice.is_home().await;
    assert!(world.mails().await.iter().any(|m| m["subject"] == "Your sign-in is back"));
    world.advance(Seconds::days(2));
    assert_eq!(vestibule::actions::end_closings(&world.app, world.now()).await.expect("no fault"), 0, "it was brought back");
    alice.browser = world.browser();
    alice.is_home().await;
    closes(&mut alice).await;
    world.advance(Seconds::days(15));
    assert_eq!(vestibule::actions::end_closings(&world.app, world.now()).await.expect("no fault"), 1);
    assert!(alice.is_home().await.has_form("/sign-in"));
    let account = vestibule::store::accounts::find(&world.app.store.db, &shop).await.expect("a read").expect("kept for the company's audit");
    assert!(account.ended_at.is_some());
    let left = vestibule::store::identities::find(&world.app.store.db, &alice.id).await.expect("a read").expect("its id");
    assert_eq!((left.email, left.profile.given_name), (None, None));
    // The address is free for somebody else.
    world.person("alice@example.test").await;
}

#[tokio::test]
async fn t22_a_primary_is_not_closed_while_others_depend_on_it_nor_is_the_last_owner() {
    let world = World::new().await;
    let (mut alice, [shop]) = world.person_with_accounts("alice@example.test", ["Shop"]).await;
    let (mut bob, _) = world.person_with_accounts("bob@example.test", ["Depot"]).await;
    alice.is_home().await;
    alice.asks(&shop, "/link/take", "bob@example.test").await;
    let page = bob.opens(&world.mailed_link("bob@example.test", "/invitation/").await).await;
    bob.browser.submit(&page, "/accept", &[]).await;
    let page = alice.browser.open(&format!("/portal/security/{}/close", alice.id)).await;
    assert!(page.text("[role=alert]").contains("Unlink them first") && !page.has_form("/close"), "{}", page.body);
    let token = alice.browser.open("/").await.csrf();
    let forced = alice.browser.post(&page.path, &[("csrf", &token), ("sure", "on")]).await;
    assert_eq!(forced.status, 422);
    assert!(alice.browser.open("/").await.text("h1").contains("accounts"), "she is still there");
    world.company("Pier").await;
    let mut carol = world.person("carol@example.test").await;
    world.account(&carol, "pier", vestibule::domain::AccountKind::Owner).await;
    carol.is_home().await;
    let page = carol.browser.open(&format!("/portal/security/{}/close", carol.id)).await;
    assert!(page.text("[role=alert]").contains("Pier"), "{}", page.body);
}

#[tokio::test]
async fn t40_a_remembered_browser_counts_as_what_it_is_and_a_company_may_refuse_it() {
    let world = World::new().await;
    let mut app = desk(&world).await;
    let (mut alice, phone, _) = with_a_phone(&world, "alice@example.test", ["Shop", "Depot"]).await;
    let page = alice.browser.open("/sign-in").await;
    let asked = alice.types_password(&page).await;
    let code = phone.code(&world);
    alice.browser.submit(&asked, "/factor", &[("code", &code), ("remember", "on")]).await;
    let signs_out = async |alice: &mut Actor| {
        let home = alice.browser.open("/").await;
        let id = alice.id.to_string();
        alice.browser.submit(&home, "/sign-out", &[("identity", &id)]).await;
    };
    signs_out(&mut alice).await;
    // The password is enough here now, and the token says what it was.
    let tokens = alice.enters(&mut app, "shop").await;
    assert_eq!((tokens.text("acr"), tokens.claims["amr"].clone()), (ACR_1FA, json!(["pwd", "urn:vestibule:amr:remembered-device"])));
    // A company that asks for a second factor takes it only when it says so, and as old as it is.
    world.asks("depot", |p| p.level = Level::Several).await;
    assert!(is_asked(&alice.follows(&app, &[("organization", "depot")]).await));
    world.asks("depot", |p| p.remembered_devices = true).await;
    let tokens = alice.switches_to(&mut app, "depot").await;
    assert_eq!(tokens.text("acr"), ACR_1FA);
    world.asks("depot", |p| p.max_age = Some(Seconds::hours(1))).await;
    world.advance(Seconds::hours(2));
    signs_out(&mut alice).await;
    let page = alice.follows(&app, &[("organization", "depot")]).await;
    assert!(is_asked(&alice.types_password(&page).await), "the code was typed two hours ago");
    // It ends after its days, when she says so, and with the password.
    let elsewhere = Actor { browser: world.browser(), ..alice.clone() };
    for end in ["days", "revoked", "password"] {
        world.advance(Seconds(60));
        let mut here = elsewhere.clone();
        let page = here.browser.open("/sign-in").await;
        let asked = here.types_password(&page).await;
        assert!(is_asked(&asked), "{end}");
        let code = phone.code(&world);
        let home = here.browser.submit(&asked, "/factor", &[("code", &code), ("remember", "on")]).await;
        assert!(home.text("h1").contains("accounts"));
        match end {
            "days" => world.advance(Seconds::days(31)),
            "revoked" => {
                let security = here.security().await;
                let which = security.attribute("button[name=device]", "value");
                let done = here.browser.submit(&security, "/end", &[("device", &which)]).await;
                assert!(done.text("main").contains("asked again"), "{}", done.text("main"));
                signs_out(&mut here).await;
            }
            _ => {
                world.sets_a_new_password(&alice).await;
                let page = here.browser.open("/sign-in").await;
                let name = here.name.clone();
                let asked = here.browser.submit(&page, "/sign-in", &[("identifier", &name), ("password", NEW_PASSWORD)]).await;
                assert!(is_asked(&asked), "a new password forgets the browsers (T02)");
                break;
            }
        }
        let page = here.browser.open("/sign-in").await;
        assert!(is_asked(&here.types_password(&page).await), "{end}");
    }
}

#[tokio::test]
async fn a_sign_in_from_a_new_browser_is_mailed_once() {
    let world = World::new().await;
    let mut alice = world.person("alice@example.test").await;
    let told = async || world.mails().await.iter().filter(|m| m["subject"] == "Signed in from a new browser").count();
    alice.is_home().await;
    assert_eq!(told().await, 0, "the first browser is no news");
    let mut elsewhere = Actor { browser: world.browser(), ..alice.clone() };
    elsewhere.is_home().await;
    assert_eq!(told().await, 1);
    // The same browser days later, its session over, is the same browser.
    world.advance(Seconds::days(20));
    elsewhere.browser.cookies.remove("vestibule");
    elsewhere.is_home().await;
    assert_eq!(told().await, 1);
    // A cookie that somebody made up names no browser.
    let mut forged = Actor { browser: world.browser(), ..alice.clone() };
    let real = elsewhere.browser.cookies["vestibule_device"].clone();
    let (id, _) = real.split_once('.').expect("two halves");
    forged.browser.cookies.insert("vestibule_device".into(), format!("{id}.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"));
    forged.is_home().await;
    assert_eq!(told().await, 2);
    // "Forget this browser" forgets that too (T49).
    let home = elsewhere.browser.open("/").await;
    elsewhere.browser.submit(&home, "/sign-out", &[]).await;
    elsewhere.is_home().await;
    assert_eq!(told().await, 3);
}

#[tokio::test]
async fn whoever_must_register_something_is_offered_only_what_counts() {
    let world = World::new().await;
    let app = desk(&world).await;
    let (mut alice, _) = world.person_with_accounts("alice@example.test", ["Shop"]).await;
    world
        .asks("shop", |p| {
            p.level = Level::Several;
            p.refused = vec![Method::Totp];
        })
        .await;
    let page = alice.follows(&app, &[("organization", "shop")]).await;
    let led = alice.types_password(&page).await;
    assert!(led.body.contains("/passkey?") && !led.body.contains("/totp?"), "{}", led.body);
}

#[tokio::test]
async fn t40_a_factor_registered_while_the_password_was_looked_at_is_asked_for() {
    let world = World::new().await;
    let (mut alice, _) = world.person_with_accounts("alice@example.test", ["Shop"]).await;
    alice.is_home().await;
    let setting_up = alice.browser.open(&format!("/portal/security/{}/totp", alice.id)).await;
    let mut thief = world.browser();
    let page = thief.open("/sign-in").await;
    let held = world.app.hasher.hold();
    let before = world.app.hasher.asked();
    let fields = [("identifier", "alice@example.test"), ("password", PASSWORD)];
    let behind_its_hash = async {
        while world.app.hasher.asked() == before {
            tokio::task::yield_now().await;
        }
        alice.sets_up_a_phone_on(&world, &setting_up).await;
        drop(held);
    };
    let (answer, ()) = futures_util::future::join(thief.submit(&page, "/sign-in", &fields), behind_its_hash).await;
    assert!(answer.status == 422 && answer.has_form("/sign-in"), "{}", answer.body);
    assert_eq!(world.audited("sign_in.accepted").await, 1, "hers alone");
    alice.browser = world.browser();
    let page = alice.browser.open("/sign-in").await;
    assert!(is_asked(&alice.types_password(&page).await));
}
