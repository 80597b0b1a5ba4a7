//! The people of a company (design.md section 4, S1 and S3): adding, inviting, delegating, changing, removing.

use vestibule::actions::AddPerson;
use vestibule::domain::AccountKind;
use vestibule::protocol::ConsentPolicy;
use vestibule::types::{AccountId, Secret, Username};

use crate::support::{Actor, Answer, NEW_PASSWORD, PASSWORD, RelyingApp, World};

/// Olga owns Shop, whose role "clerk" bundles two permissions.
struct Shop {
    world: World,
    olga: Actor,
    own: AccountId,
    desk: RelyingApp,
}

async fn shop() -> Shop {
    let world = World::new().await;
    world.company("Shop").await;
    world.role("shop", "clerk", &["stock.read", "stock.write"]).await;
    let mut olga = world.person("olga@example.test").await;
    let own = world.account(&olga, "shop", AccountKind::Owner).await;
    olga.is_home().await;
    let desk = world.client_with(|m| m.consent = ConsentPolicy::Implicit).await;
    Shop { world, olga, own, desk }
}

impl Shop {
    async fn page(&mut self) -> Answer {
        self.olga.browser.open(&format!("/portal/a/{}/users", self.own)).await
    }
    async fn invites(&mut self, name: &str, fields: &[(&str, &str)]) -> Answer {
        let page = self.page().await;
        let mut all = vec![("name", name), ("kind", "delegate")];
        all.extend_from_slice(fields);
        self.olga.browser.submit(&page, "/users/invite", &all).await
    }
    async fn adds(&mut self, email: &str) -> Answer {
        let page = self.page().await;
        self.olga.browser.submit(&page, "/users/add", &[("email", email), ("given_name", "Nina"), ("kind", "member"), ("locale", "fr")]).await
    }
}

#[tokio::test]
async fn s3_an_outsider_is_invited_with_chosen_permissions_which_change_and_end_at_once() {
    let mut s = shop().await;
    let (mut dora, _) = s.world.person_with_accounts("dora@example.test", ["Elsewhere"]).await;
    s.invites("dora@example.test", &[("permission:stock.read", "on")]).await;
    let list = s.page().await;
    assert!(list.text("main").contains("dora@example.test") && list.has_form("/resend"), "pending, {}", list.body);
    // She sees it in her portal too, and accepts; nothing was hers before.
    let home = dora.is_home().await;
    assert!(home.text("main").contains("Invitations for you") && home.text("main").contains("Shop"));
    assert_eq!(dora.follows(&s.desk, &[("organization", "shop")]).await.status, 403);
    let page = dora.opens(&s.world.mailed_link("dora@example.test", "/invitation/").await).await;
    assert!(page.text("main").contains("stock.read"));
    dora.browser.submit(&page, "/accept", &[]).await;
    let tokens = dora.enters(&mut s.desk, "shop").await;
    assert_eq!(tokens.access_claims()["permissions"], serde_json::json!(["stock.read"]));
    // The owner sees nothing of her other company, edits, and removes: both act at once.
    let list = s.page().await;
    assert!(!list.body.contains("Elsewhere"));
    let one = user_page_of(&list, 1);
    let page = s.olga.browser.open(&one).await;
    assert!(page.text("main").contains("dora@example.test"), "{}", page.body);
    s.olga.browser.submit(&page, one.rsplit('/').next().expect("an id"), &[("permission:stock.read", "off"), ("permission:stock.write", "on")]).await;
    assert_eq!(s.desk.introspect(&tokens.access_token).await["permissions"], serde_json::json!(["stock.write"]));
    let page = s.olga.browser.open(&one).await;
    s.olga.browser.submit(&page, "/remove", &[]).await;
    assert_eq!(s.desk.introspect(&tokens.access_token).await["active"], false);
    assert_eq!(dora.follows(&s.desk, &[("organization", "shop")]).await.status, 403);
    assert_eq!(s.world.audited("account.ended").await, 1);
}

/// The page of the n-th person.
fn user_page_of(list: &Answer, n: usize) -> String {
    let html = list.html();
    let links = scraper::Selector::parse(".item a").expect("a selector");
    html.select(&links).nth(n).and_then(|a| a.attr("href")).expect("so many").to_owned()
}

#[tokio::test]
async fn s1_add_user_makes_an_account_for_a_new_address_and_names_invite_for_a_known_one() {
    let mut s = shop().await;
    s.adds("nina@example.test").await;
    // The mail is in the language chosen; the password proves the address.
    let mails = s.world.mails().await;
    assert!(mails.iter().any(|m| m["to"] == "nina@example.test" && m["language"] == "fr"));
    let mut nina = Actor { id: s.olga.id.clone(), name: "nina@example.test".into(), browser: s.world.browser() };
    let page = nina.browser.open(&s.world.mailed_link("nina@example.test", "/activate/").await).await;
    nina.browser.submit(&page, "/set-password", &[("password", NEW_PASSWORD), ("again", NEW_PASSWORD)]).await;
    let page = nina.follows(&s.desk, &[("organization", "shop")]).await;
    let answer = nina.browser.submit(&page, "/sign-in", &[("identifier", "nina@example.test"), ("password", NEW_PASSWORD)]).await;
    assert_eq!(s.desk.complete(&answer).await.text("org_slug"), "shop");
    // Somebody who is known is refused, and inviting is offered with the address filled in.
    s.world.person("known@example.test").await;
    let refused = s.adds("known@example.test").await;
    assert_eq!(refused.status, 422);
    assert!(refused.text("[role=alert]").contains("Invite them instead"));
    assert_eq!(refused.html().select(&scraper::Selector::parse("#name").expect("a selector")).next().and_then(|i| i.attr("value")), Some("known@example.test"));
}

#[tokio::test]
async fn s1_an_address_that_is_another_users_username_is_refused_with_both_remedies() {
    let mut s = shop().await;
    // Imported: Ugo's username is the address on Tina's account, which nobody has proved.
    let wish = AddPerson { username: Username::parse("ugo").ok(), password: Some(Secret::new(PASSWORD.into())), ..AddPerson::default() };
    let ugo = s.world.actor(wish, "ugo").await;
    let mut tx = s.world.app.store.begin().await.expect("a transaction");
    vestibule::store::identities::import_username(&mut tx, &ugo.id, "tina@example.test").await.expect("written");
    tx.commit().await.expect("committed");
    for refused in [s.invites("tina@example.test", &[]).await, s.adds("tina@example.test").await] {
        let text = refused.text("[role=alert]");
        assert!(text.contains("link the two accounts first") && text.contains("username changed"), "{text}");
    }
}

#[tokio::test]
async fn an_unknown_address_is_invited_like_a_known_one_and_its_mail_leads_to_a_sign_in() {
    let mut s = shop().await;
    let known = {
        s.world.person("known@example.test").await;
        s.invites("known@example.test", &[]).await
    };
    let unknown = s.invites("unknown@example.test", &[]).await;
    assert_eq!((known.status, known.path.clone()), (unknown.status, unknown.path.clone()), "the inviter sees the same screen");
    let mut newcomer = Actor { id: s.olga.id.clone(), name: "unknown@example.test".into(), browser: s.world.browser() };
    let page = newcomer.browser.open(&s.world.mailed_link("unknown@example.test", "/activate/").await).await;
    newcomer.browser.submit(&page, "/set-password", &[("password", NEW_PASSWORD), ("again", NEW_PASSWORD)]).await;
    let link = s.world.mailed_link("unknown@example.test", "/invitation/").await;
    let page = newcomer.browser.open(&link).await;
    let form = newcomer.browser.open(&format!("{}/sign-in", page.path)).await;
    let page = newcomer.browser.submit(&form, "/sign-in", &[("identifier", "unknown@example.test"), ("password", NEW_PASSWORD)]).await;
    let inside = newcomer.browser.submit(&page, "/accept", &[]).await;
    assert_eq!(inside.text("h1"), "Shop", "{}", inside.body);
}

#[tokio::test]
async fn t30_everything_is_judged_again_when_an_invitation_is_accepted() {
    for what in ["the inviter was removed", "the inviter lost the right", "the company is closed", "revoked"] {
        let mut s = shop().await;
        // Max may manage people; he invites Dora, with a permission that he holds.
        let mut max = s.world.person("max@example.test").await;
        let own = s.world.account_with(&max, "shop", AccountKind::Member, &["clerk"], &["company.people"]).await;
        let mut dora = s.world.person("dora@example.test").await;
        max.is_home().await;
        let page = max.browser.open(&format!("/portal/a/{own}/users")).await;
        max.browser.submit(&page, "/users/invite", &[("name", "dora@example.test"), ("kind", "delegate"), ("permission:stock.read", "on")]).await;
        let page = dora.opens(&s.world.mailed_link("dora@example.test", "/invitation/").await).await;
        assert!(page.has_form("/accept"), "{what}");
        let company = vestibule::store::companies::named(&s.world.app.store.db, "shop").await.expect("a read").expect("there").id;
        match what {
            "the inviter was removed" => drop(vestibule::actions::end_account(&s.world.app, &own, &Default::default(), s.world.now()).await),
            "the inviter lost the right" => drop(vestibule::actions::change_role(&s.world.app, &own, "clerk", false, &Default::default(), s.world.now()).await),
            "revoked" => {
                let list = max.browser.open(&format!("/portal/a/{own}/users")).await;
                max.browser.submit(&list, "/end", &[]).await;
            }
            _ => {
                let mut tx = s.world.app.store.begin().await.expect("a transaction");
                vestibule::store::companies::set_suspended(&mut tx, &company, Some(s.world.now())).await.expect("written");
                tx.commit().await.expect("committed");
            }
        }
        let refused = dora.browser.submit(&page, "/accept", &[]).await;
        assert_eq!(refused.text("[role=alert] strong"), "This invitation no longer stands", "{what}: {}", refused.body);
        assert!(vestibule::store::accounts::of_identity_in(&s.world.app.store.db, &dora.id, &company).await.expect("a read").is_none(), "{what}");
        let _ = &mut s.olga;
    }
}

#[tokio::test]
async fn t23_nobody_gives_more_than_they_hold_or_changes_their_own_access() {
    let s = shop().await;
    let mut max = s.world.person("max@example.test").await;
    let own = s.world.account_with(&max, "shop", AccountKind::Delegate, &[], &["company.people", "stock.read"]).await;
    max.is_home().await;
    let list = max.browser.open(&format!("/portal/a/{own}/users")).await;
    assert!(list.body.contains("permission:stock.read") && !list.body.contains("permission:stock.write"), "only what he holds is offered");
    assert!(!list.body.contains("value=\"owner\"") && !list.body.contains("value=\"manager\""));
    let says = |page: &Answer| page.text("[role=alert] strong");
    for fields in
        [[("name", "x@example.test"), ("permission:stock.write", "on"), ("kind", "delegate")], [("name", "x@example.test"), ("a", "b"), ("kind", "owner")]]
    {
        assert_eq!(says(&max.browser.submit(&list, "/users/invite", &fields).await), "That is more than you hold", "{fields:?}");
    }
    // Himself, and somebody above him.
    let himself = format!("/portal/a/{own}/users/{own}");
    let token = list.csrf();
    assert_eq!(says(&max.browser.post(&himself, &[("csrf", &token), ("permission:stock.write", "on")]).await), "Nobody changes their own access");
    let olga = format!("/portal/a/{own}/users/{}/remove", s.own);
    assert_eq!(says(&max.browser.post(&olga, &[("csrf", &token)]).await), "That is more than you hold");
    // Without the permission there is no such page, for anybody.
    let mut plain = s.world.person("plain@example.test").await;
    let theirs = s.world.account(&plain, "shop", AccountKind::Member).await;
    plain.is_home().await;
    assert_eq!(plain.browser.open(&format!("/portal/a/{theirs}/users")).await.status, 404);
    assert_eq!(plain.browser.open(&format!("/portal/a/{}/users", s.own)).await.status, 404);
}

#[tokio::test]
async fn the_last_owner_stays_and_an_outsiders_access_ends_by_itself() {
    let mut s = shop().await;
    let mut second = s.world.person("second@example.test").await;
    let theirs = s.world.account(&second, "shop", AccountKind::Owner).await;
    second.is_home().await;
    let page = second.browser.open(&format!("/portal/a/{theirs}/users/{}", s.own)).await;
    second.browser.submit(&page, "/remove", &[]).await;
    assert_eq!(s.page().await.status, 404, "her account has ended");
    // Dora's access has an end.
    let mut dora = s.world.person("dora@example.test").await;
    let list = second.browser.open(&format!("/portal/a/{theirs}/users")).await;
    second.browser.submit(&list, "/users/invite", &[("name", "dora@example.test"), ("kind", "delegate"), ("until", "2026-11-24")]).await;
    let page = dora.opens(&s.world.mailed_link("dora@example.test", "/invitation/").await).await;
    dora.browser.submit(&page, "/accept", &[]).await;
    let tokens = dora.enters(&mut s.desk, "shop").await;
    s.world.advance(vestibule::types::Seconds::hours(39));
    assert_eq!(vestibule::actions::end_expired_access(&s.world.app, s.world.now()).await.expect("no fault"), 0, "the day is not over");
    s.world.advance(vestibule::types::Seconds::hours(2));
    assert_eq!(vestibule::actions::end_expired_access(&s.world.app, s.world.now()).await.expect("no fault"), 1);
    assert_eq!(s.desk.refresh(tokens.refresh_token.as_deref().expect("one"), &[]).await.json()["error"], "invalid_grant");
}

#[tokio::test]
async fn t01_the_first_to_prove_an_address_has_it_and_the_other_gets_nothing() {
    let mut s = shop().await;
    s.world.company("Pier").await;
    let boss = s.world.account(&s.olga, "pier", AccountKind::Owner).await;
    // Two companies add the same new address: two identities, neither proved.
    s.adds("nina@example.test").await;
    let first = s.world.mailed_link("nina@example.test", "/activate/").await;
    let page = s.olga.browser.open(&format!("/portal/a/{boss}/users")).await;
    s.world.advance(vestibule::types::Seconds(1));
    s.olga.browser.submit(&page, "/users/add", &[("email", "nina@example.test"), ("kind", "member")]).await;
    let second = s.world.mailed_link("nina@example.test", "/activate/").await;
    assert_ne!(first, second);
    let set = async |link: &str| {
        let mut browser = s.world.browser();
        let page = browser.open(link).await;
        browser.submit(&page, "/set-password", &[("password", NEW_PASSWORD), ("again", NEW_PASSWORD)]).await.status
    };
    assert_eq!((set(&first).await, set(&second).await), (axum::http::StatusCode::OK, axum::http::StatusCode::GONE));
    let mut nina = s.world.browser();
    let form = nina.open("/sign-in").await;
    let home = nina.submit(&form, "/sign-in", &[("identifier", "nina@example.test"), ("password", NEW_PASSWORD)]).await;
    assert!(home.text("main").contains("Shop") && !home.text("main").contains("Pier"), "{}", home.body);
}

#[tokio::test]
async fn s1_a_verified_username_shaped_like_anothers_address_is_nobodys_to_invite() {
    let mut s = shop().await;
    // Ugo proved an address of his own; his imported username is Tina's address, which she has proved.
    let ugo = s.world.person("ugo@example.test").await;
    s.world.person("tina@example.test").await;
    let mut tx = s.world.app.store.begin().await.expect("a transaction");
    vestibule::store::identities::import_username(&mut tx, &ugo.id, "tina@example.test").await.expect("written");
    tx.commit().await.expect("committed");
    let refused = s.invites("tina@example.test", &[]).await;
    assert!(refused.text("[role=alert]").contains("somebody else’s username"), "{}", refused.body);
    assert!(!s.world.mails().await.iter().any(|m| m["to"] == "ugo@example.test"));
}

#[tokio::test]
async fn t23_a_delegate_gives_no_more_and_no_longer_than_it_has_and_only_what_the_company_lists() {
    let mut s = shop().await;
    let (mut dora, _) = s.world.person_with_accounts("dora@example.test", ["Elsewhere"]).await;
    let refused = s.invites("dora@example.test", &[("permission:platform.admin", "on")]).await;
    assert!(refused.text("[role=alert]").contains("more than you hold"), "not a permission of this company: {}", refused.body);
    for until in ["tomorrow", "2026-02-30", "2020-01-01"] {
        assert!(s.invites("dora@example.test", &[("until", until)]).await.text("[role=alert]").contains("That day cannot be used"));
    }
    s.invites("dora@example.test", &[("permission:company.people", "on"), ("permission:stock.read", "on"), ("until", "2026-12-01")]).await;
    let page = dora.opens(&s.world.mailed_link("dora@example.test", "/invitation/").await).await;
    let joined = dora.browser.submit(&page, "/accept", &[]).await;
    let desk = dora.browser.open(&format!("{}/users", joined.path)).await;
    let mut ally = s.world.person("ally@example.test").await;
    let refused = dora.browser.submit(&desk, "/users/invite", &[("name", "ally@example.test"), ("kind", "member")]).await;
    assert!(refused.text("[role=alert]").contains("more than you hold"), "{}", refused.body);
    dora.browser.submit(&desk, "/users/invite", &[("name", "ally@example.test"), ("kind", "delegate"), ("permission:stock.read", "on")]).await;
    let page = ally.opens(&s.world.mailed_link("ally@example.test", "/invitation/").await).await;
    ally.browser.submit(&page, "/accept", &[]).await;
    s.world.advance(vestibule::types::Seconds::days(9));
    vestibule::actions::end_expired_access(&s.world.app, s.world.now()).await.expect("no fault");
    for who in [&mut dora, &mut ally] {
        assert_eq!(who.is_home().await.text("main").matches("Shop").count(), 0, "it ends for both on the same day");
    }
}

#[tokio::test]
async fn t24_a_company_learns_nothing_of_its_peoples_other_companies_or_of_the_address_behind_a_username() {
    let mut s = shop().await;
    let wish = AddPerson {
        email: vestibule::types::EmailAddress::parse("hidden@example.test").ok(),
        username: Username::parse("umberto").ok(),
        verified: true,
        password: Some(Secret::new(PASSWORD.into())),
        ..AddPerson::default()
    };
    let mut umberto = s.world.actor(wish, "umberto").await;
    s.world.company("Faraway").await;
    s.world.account(&umberto, "faraway", AccountKind::Member).await;
    s.invites("umberto", &[]).await;
    let list = s.page().await;
    assert!(list.text("main").contains("umberto") && !list.body.contains("hidden@example.test"), "{}", list.body);
    let page = umberto.opens(&s.world.mailed_link("hidden@example.test", "/invitation/").await).await;
    umberto.browser.submit(&page, "/accept", &[]).await;
    let list = s.page().await;
    let one = s.olga.browser.open(&user_page_of(&list, 1)).await;
    for page in [list, one] {
        assert!(!page.body.contains("Faraway") && !page.body.contains("faraway"), "{}", page.body);
    }
}

#[tokio::test]
async fn t26_a_forwarded_link_opens_nothing_for_others_and_an_older_or_cancelled_one_nothing_at_all() {
    let mut s = shop().await;
    let mut dora = s.world.person("dora@example.test").await;
    let mut thief = s.world.person("thief@example.test").await;
    s.invites("dora@example.test", &[]).await;
    let first = s.world.mailed_link("dora@example.test", "/invitation/").await;
    thief.is_home().await;
    let page = thief.browser.open(&first).await;
    assert!(!page.has_form("/accept") && !page.text("main").contains("Shop"), "{}", page.body);
    s.world.advance(vestibule::types::Seconds(1));
    let list = s.page().await;
    s.olga.browser.submit(&list, "/resend", &[]).await;
    assert_eq!(s.world.browser().open(&first).await.status, 410, "replaced by the newer one");
    let second = s.world.mailed_link("dora@example.test", "/invitation/").await;
    let page = dora.opens(&second).await;
    assert!(page.has_form("/accept"));
    let list = s.page().await;
    s.olga.browser.submit(&list, "/end", &[]).await;
    let late = dora.browser.submit(&page, "/accept", &[]).await;
    assert_eq!((late.status.as_u16(), s.world.audited("account.added").await), (410, 1), "{}", late.body);
}

#[tokio::test]
async fn t29_known_and_unknown_addresses_read_the_same_and_invitations_are_limited() {
    let mut s = shop().await;
    s.world.person("known@example.test").await;
    let strip = |page: &Answer, name: &str| page.text("main").replace(name, "X");
    let known = s.invites("known@example.test", &[]).await;
    let list = s.page().await;
    s.olga.browser.submit(&list, "/end", &[]).await;
    let unknown = s.invites("nobody@example.test", &[]).await;
    assert_eq!((known.status, strip(&known, "known@example.test")), (unknown.status, strip(&unknown, "nobody@example.test")));
    let mut last = String::new();
    for n in 0..40 {
        last = s.invites(&format!("n{n}@example.test"), &[]).await.text("[role=alert]");
    }
    assert!(last.contains("Too many invitations lately"), "{last}");
}

/// Adds somebody as account manager and reads the name and the temporary password out of the mail.
async fn manager(s: &mut Shop, email: &str) -> (String, String) {
    s.world.advance(vestibule::types::Seconds(1));
    let page = s.page().await;
    s.olga.browser.submit(&page, "/users/add", &[("email", email), ("given_name", "Marc"), ("kind", "manager"), ("locale", "fr")]).await;
    read_manager_mail(s, email).await
}

async fn read_manager_mail(s: &Shop, email: &str) -> (String, String) {
    let mails = s.world.mails().await;
    let mail = mails.iter().find(|m| m["to"] == email).expect("a mail");
    assert_eq!((mail["language"].as_str(), mail["subject"].as_str()), (Some("fr"), Some("Vous gérez le compte de Shop")));
    let body = mail["body"].as_str().expect("a body");
    let after = |label: &str| body.split(label).nth(1).and_then(|rest| rest.lines().next()).map(|l| l.trim().to_owned()).expect("a line");
    (after("identifiant :"), after("provisoire :"))
}

/// Types a name and a password on the sign-in page.
async fn types(browser: &mut crate::support::browser::Browser, name: &str, password: &str) -> Answer {
    let form = browser.open("/sign-in").await;
    browser.submit(&form, "/sign-in", &[("identifier", name), ("password", password)]).await
}

#[tokio::test]
async fn s4_a_temporary_password_opens_only_the_step_that_sets_a_real_one() {
    let mut s = shop().await;
    let (username, temporary) = manager(&mut s, "marc.blanc@example.test").await;
    assert_eq!(username, "marc.blanc");
    // It opens the page that sets a password, and nothing else: nobody is signed in, and no link can be made with it.
    let mut marc = s.world.browser();
    let page = types(&mut marc, &username, &temporary).await;
    assert!(page.has_form("/set-password"), "{}", page.body);
    assert!(marc.open("/").await.has_form("/sign-in"));
    assert!(
        !types(&mut s.world.browser(), "marc.blanc@example.test", &temporary).await.has_form("/set-password"),
        "not with the address, which nobody has proved"
    );
    let page = marc.open("/set-password").await;
    let saved = marc.submit(&page, "/set-password", &[("password", NEW_PASSWORD), ("again", NEW_PASSWORD)]).await;
    assert_eq!(saved.status, 200, "{}", saved.body);
    // Spent with it; name, address and the real password sign in, with full access and no seat.
    assert!(types(&mut s.world.browser(), &username, &temporary).await.text("[role=alert]").contains("do not match"));
    let mut actor = Actor { id: s.olga.id.clone(), name: username, browser: s.world.browser() };
    let page = actor.follows(&s.desk, &[("organization", "shop")]).await;
    let answer = actor.browser.submit(&page, "/sign-in", &[("identifier", &actor.name), ("password", NEW_PASSWORD)]).await;
    let tokens = s.desk.complete(&answer).await;
    assert_eq!(tokens.claims["seat"], false);
    let account = tokens.text("account_id").to_owned();
    assert_eq!(actor.browser.open(&format!("/portal/a/{account}/users")).await.status, 200, "the highest access");
    assert!(types(&mut s.world.browser(), "marc.blanc@example.test", NEW_PASSWORD).await.text("main").contains("Shop"));
}

#[tokio::test]
async fn s4_a_resend_replaces_the_temporary_password_and_its_time_runs_out() {
    let mut s = shop().await;
    let (username, first) = manager(&mut s, "marc@example.test").await;
    s.world.advance(vestibule::types::Seconds(1));
    let list = s.page().await;
    let one = s.olga.browser.open(&user_page_of(&list, 1)).await;
    s.olga.browser.submit(&one, "/resend", &[]).await;
    let (again, second) = read_manager_mail(&s, "marc@example.test").await;
    assert!(again == username && first != second);
    assert!(!types(&mut s.world.browser(), &username, &first).await.has_form("/set-password"));
    assert!(types(&mut s.world.browser(), &username, &second).await.has_form("/set-password"));
    s.world.advance(vestibule::types::Seconds::days(4));
    assert!(!types(&mut s.world.browser(), &username, &second).await.has_form("/set-password"), "too old");
}

#[tokio::test]
async fn s4_who_signs_in_already_is_asked_and_a_member_of_the_company_is_refused() {
    let mut s = shop().await;
    let (mut dora, _) = s.world.person_with_accounts("dora@example.test", ["Faraway"]).await;
    let page = s.page().await;
    let sent = s.olga.browser.submit(&page, "/users/add", &[("email", "dora@example.test"), ("kind", "manager")]).await;
    assert_eq!(sent.status, 200, "{}", sent.text("main"));
    assert!(!s.world.mails().await.iter().any(|m| m["body"].as_str().is_some_and(|b| b.contains("temporary password"))));
    let page = dora.opens(&s.world.mailed_link("dora@example.test", "/invitation/").await).await;
    assert!(page.text("main").contains("Account manager"));
    dora.browser.submit(&page, "/accept", &[]).await;
    assert_eq!(dora.enters(&mut s.desk, "shop").await.claims["seat"], false);
    let page = s.page().await;
    let refused = s.olga.browser.submit(&page, "/users/add", &[("email", "dora@example.test"), ("kind", "manager")]).await;
    assert!(refused.text("[role=alert]").contains("They are there already"), "{}", refused.body);
}

#[tokio::test]
async fn s3_an_invitation_to_an_address_nobody_has_proved_is_for_whoever_proves_it_first_and_a_resend_lets_them() {
    let mut s = shop().await;
    s.invites("nina@example.test", &[]).await;
    // Another company adds her meanwhile, and she answers that mail first.
    s.world.company("Depot").await;
    let mut omar = s.world.person("omar@example.test").await;
    let depot = s.world.account(&omar, "depot", AccountKind::Owner).await;
    omar.is_home().await;
    s.world.advance(vestibule::types::Seconds(1));
    let page = omar.browser.open(&format!("/portal/a/{depot}/users")).await;
    omar.browser.submit(&page, "/users/add", &[("email", "nina@example.test"), ("given_name", "Nina"), ("kind", "member"), ("locale", "en")]).await;
    let mut nina = Actor { id: s.olga.id.clone(), name: "nina@example.test".into(), browser: s.world.browser() };
    let page = nina.browser.open(&s.world.mailed_link("nina@example.test", "/activate/").await).await;
    nina.browser.submit(&page, "/set-password", &[("password", PASSWORD), ("again", PASSWORD)]).await;
    let home = nina.is_home().await;
    assert!(home.text("main").contains("Invitations for you"), "{}", home.body);
    let page = nina.opens(&s.world.mailed_link("nina@example.test", "/invitation/").await).await;
    assert_eq!(nina.browser.submit(&page, "/accept", &[]).await.text("h1"), "Shop");
    // The mail that lets a newcomer choose a password ends before the invitation does; a resend brings another.
    s.invites("late@example.test", &[]).await;
    s.world.advance(vestibule::types::Seconds::days(4));
    let gone = s.world.mailed_link("late@example.test", "/activate/").await;
    assert_eq!(s.world.browser().open(&gone).await.status, 410);
    s.olga.is_home().await;
    let list = s.page().await;
    s.olga.browser.submit(&list, "/resend", &[]).await;
    let fresh = s.world.mailed_link("late@example.test", "/activate/").await;
    assert_eq!(s.world.browser().open(&fresh).await.status, 200);
}

#[tokio::test]
async fn an_owner_who_never_chose_a_password_does_not_count_as_somebody_with_full_access() {
    let mut s = shop().await;
    let page = s.page().await;
    s.olga.browser.submit(&page, "/users/add", &[("email", "second@example.test"), ("given_name", "Sam"), ("kind", "owner"), ("locale", "en")]).await;
    // Olga's own end is refused while only Sam, who never came, would be left.
    let ended = vestibule::actions::end_account(&s.world.app, &s.own, &vestibule::actions::Origin::default(), s.world.now()).await;
    assert!(ended.is_ok_and(|r| r.is_err()), "the last who can act");
    let mut sam = s.world.browser();
    let page = sam.open(&s.world.mailed_link("second@example.test", "/activate/").await).await;
    sam.submit(&page, "/set-password", &[("password", NEW_PASSWORD), ("again", NEW_PASSWORD)]).await;
    let ended = vestibule::actions::end_account(&s.world.app, &s.own, &vestibule::actions::Origin::default(), s.world.now()).await;
    assert!(ended.is_ok_and(|r| r.is_ok()), "now Sam is there");
}

#[tokio::test]
async fn s4_a_company_says_which_kinds_it_takes_and_what_it_calls_who_runs_it() {
    let mut s = shop().await;
    let path = format!("/portal/a/{}/company", s.own);
    let page = s.olga.browser.open(&path).await;
    let refused = s.olga.browser.submit(&page, "/company", &[("kind:member", "on"), ("manager_title", "Super Admin")]).await;
    assert!(refused.status == 422 && refused.text("[role=alert]").contains("leave owners or account managers"), "{}", refused.body);
    assert_eq!(refused.count("input[value='Super Admin']"), 1, "what was typed is kept");
    let saved = s.olga.browser.submit(&refused, "/company", &[("kind:manager", "on"), ("manager_title", "Super Admin")]).await;
    assert!(saved.text("[role=status]").contains("Saved"), "{}", saved.body);
    assert_eq!(s.page().await.count("#add-kind option"), 1, "this kind only");
    assert!(s.page().await.text("#add-kind option").contains("Super Admin"));
    assert_eq!(s.adds("nina@example.test").await.status, 422, "a member is not taken");
    let (name, _) = manager(&mut s, "max@example.test").await;
    assert!(!name.is_empty());
    let list = s.page().await;
    assert!(list.text("main").contains("Super Admin"), "{}", list.body);
    // Whoever does not run the company finds no such page.
    let mut dora = s.world.person("dora@example.test").await;
    let theirs = s.world.account(&dora, "shop", AccountKind::Delegate).await;
    dora.is_home().await;
    assert_eq!(dora.browser.open(&format!("/portal/a/{theirs}/company")).await.status, 404);
    let home = dora.browser.open("/").await;
    let token = home.csrf();
    let foreign = dora.browser.post(&path, &[("csrf", &token), ("kind:owner", "on")]).await;
    assert_eq!((foreign.status.as_u16(), s.world.audited("company.settings_changed").await), (404, 2), "two settings, one event each");
}

#[tokio::test]
async fn s3_roles_are_given_with_an_invitation_and_changed_later_and_never_beyond_what_the_giver_holds() {
    let mut s = shop().await;
    s.world.role("shop", "guard", &["door.open"]).await;
    let (mut dora, _) = s.world.person_with_accounts("dora@example.test", ["Elsewhere"]).await;
    s.invites("dora@example.test", &[("kind", "member"), ("role:clerk", "on")]).await;
    let page = dora.opens(&s.world.mailed_link("dora@example.test", "/invitation/").await).await;
    dora.browser.submit(&page, "/accept", &[]).await;
    let tokens = dora.enters(&mut s.desk, "shop").await;
    assert_eq!(tokens.claims["roles"], serde_json::json!(["clerk"]));
    let list = s.page().await;
    let href = list.html().select(&scraper::Selector::parse("li.item a").expect("css")).filter_map(|a| a.attr("href")).next_back().expect("Dora").to_owned();
    let theirs = s.olga.browser.open(&href).await;
    assert_eq!(theirs.count("input[name='role:clerk'][checked]"), 1, "{}", theirs.body);
    s.olga.browser.submit(&theirs, &href, &[("role:guard", "on"), ("permission:company.people", "on")]).await;
    let now = s.desk.introspect(&tokens.access_token).await;
    assert_eq!(now["permissions"], serde_json::json!(["company.people", "door.open"]), "at once, on the live token");
    // Dora may manage people now, but gives no role that bundles more than she holds.
    let own = tokens.text("account_id").to_owned();
    let hers = dora.browser.open(&format!("/portal/a/{own}/users")).await;
    assert_eq!((hers.count("input[name='role:guard']") > 0, hers.count("input[name='role:clerk']")), (true, 0));
    s.world.person("nick@example.test").await;
    let refused = dora.browser.submit(&hers, "/users/invite", &[("name", "nick@example.test"), ("kind", "member"), ("role:clerk", "on")]).await;
    assert!(refused.status == 422 && refused.body.contains("more than you hold") || refused.text("[role=alert]").contains("more"), "{}", refused.body);
}

#[tokio::test]
async fn somebody_added_without_a_name_is_shown_by_the_address_that_was_typed() {
    let mut s = shop().await;
    let page = s.page().await;
    let list = s.olga.browser.submit(&page, "/users/add", &[("email", "late@example.test"), ("kind", "member"), ("locale", "en")]).await;
    assert!(list.text("main").contains("late@example.test"), "{}", list.body);
}

/// Dora, an outsider who may manage people and holds one more permission, with her page of them.
async fn delegate_with(s: &mut Shop, permissions: &[&str]) -> (Actor, AccountId, String) {
    let mut dora = s.world.person("dora@example.test").await;
    let own = s.world.account_with(&dora, "shop", AccountKind::Delegate, &[], permissions).await;
    dora.is_home().await;
    let page = format!("/portal/a/{own}/users");
    (dora, own, page)
}

#[tokio::test]
async fn t23_a_role_that_bundles_nothing_is_given_and_taken_only_by_who_has_it_or_runs_the_company() {
    let mut s = shop().await;
    s.world.role("shop", "admin", &[]).await;
    let (mut dora, _, users) = delegate_with(&mut s, &["company.people"]).await;
    let nick = s.world.person("nick@example.test").await;
    let nicks = s.world.account_with(&nick, "shop", AccountKind::Delegate, &["admin"], &[]).await;
    let page = dora.browser.open(&users).await;
    assert_eq!(page.count("input[name='role:admin']"), 0);
    s.world.person("pat@example.test").await;
    let refused = dora.browser.submit(&page, "/users/invite", &[("name", "pat@example.test"), ("kind", "delegate"), ("role:admin", "on")]).await;
    assert_eq!(refused.status, 422, "not hers to give");
    let theirs = dora.browser.open(&format!("{users}/{nicks}")).await;
    let kept = dora.browser.submit(&theirs, &format!("{users}/{nicks}"), &[]).await;
    assert_eq!(kept.status, 422, "nor does she change whoever has it: {}", kept.body);
    // Olga runs the company; what she gives, she may give.
    assert!(s.page().await.count("input[name='role:admin']") > 0);
}

#[tokio::test]
async fn t23_nobody_cancels_an_invitation_that_they_could_not_have_sent() {
    let mut s = shop().await;
    s.world.person("boss@example.test").await;
    s.invites("boss@example.test", &[("kind", "owner")]).await;
    let (mut dora, _, users) = delegate_with(&mut s, &["company.people"]).await;
    let link = s.world.mailed_link("boss@example.test", "/invitation/").await;
    let list = s.page().await;
    let end = list.form_actions().into_iter().find(|a| a.ends_with("/end")).expect("hers to cancel");
    let page = dora.browser.open(&users).await;
    let token = page.csrf();
    dora.browser.post(&end, &[("csrf", &token)]).await;
    assert_eq!(s.world.browser().open(&link).await.status, 200, "it waits still");
    s.olga.browser.submit(&list, "/end", &[]).await;
    assert_eq!(s.world.browser().open(&link).await.status, 410);
}

#[tokio::test]
async fn a_form_with_more_ticks_than_can_be_read_changes_nothing() {
    let mut s = shop().await;
    let nick = s.world.person("nick@example.test").await;
    let nicks = s.world.account_with(&nick, "shop", AccountKind::Member, &["clerk"], &[]).await;
    let href = format!("/portal/a/{}/users/{nicks}", s.own);
    let page = s.olga.browser.open(&href).await;
    let names: Vec<String> = (0..120).map(|n| format!("permission:p{n}")).collect();
    let ticks: Vec<(&str, &str)> = names.iter().map(|n| (n.as_str(), "on")).collect();
    assert_eq!(s.olga.browser.submit(&page, &href, &ticks).await.status, 400);
    assert_eq!(s.olga.browser.open(&href).await.count("input[name='role:clerk'][checked]"), 1, "it is there still");
}
