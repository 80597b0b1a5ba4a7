//! The stories S0, S1 and S3 in a real browser, in both languages, with axe-core looking at every page on the way.

use crate::harness::{Provider, Window};
use crate::pages::look_at;

/// The newest mailed link with this path.
async fn mailed(window: &Window, provider: &Provider, path: &str) -> String {
    window.goto(&format!("{}/dev/mailbox", provider.issuer)).await;
    let found = window.find(&format!("article a[href*='{path}']")).await;
    found.attr("href").await.expect("an attribute").expect("a link")
}

async fn signs_in(window: &Window, provider: &Provider, name: &str) {
    window.goto(&format!("{}/sign-in", provider.issuer)).await;
    window.sign_in(name).await;
    window.find(".tile").await;
}

/// The page of somebody's account at a company, from the list.
async fn opens_account(window: &Window, provider: &Provider, company: &str) {
    window.goto(&format!("{}/?q={company}", provider.issuer)).await;
    window.click(".tile a").await;
    window.find(".asker h1").await;
}

async fn the_portal(language: &str) {
    let provider = Provider::start(None);
    let _app = provider.sample_app();
    let tom = Window::open(language).await;
    let other = tom.beside(language).await;
    let french = language == "fr";
    // The demo's people have a language of their own; the browser of the test says which one it wants.
    for window in [&tom, &other] {
        window.goto(&format!("{}/sign-in?lang={language}", provider.issuer)).await;
        window.goto(&format!("{}/errors/account-ended?lang={language}", provider.issuer)).await;
    }

    // S0: Tom's account at Northwind may enter one of Olga's.
    signs_in(&tom, &provider, "tom@example.test").await;
    opens_account(&tom, &provider, "Northwind").await;
    look_at(&tom, "portal-account-bare", language).await;
    tom.click(".bar a.button").await;
    look_at(&tom, "portal-link", language).await;
    tom.write("#identifier", "olga@example.test").await;
    tom.write("#password", "not her password").await;
    tom.click("form[action$='/link/password'] button.primary").await;
    tom.find("[role=alert]").await;
    look_at(&tom, "portal-link-refused", language).await;
    tom.write("#identifier", "olga@example.test").await;
    tom.write("#password", crate::harness::PASSWORD).await;
    tom.click("form[action$='/link/password'] button.primary").await;
    tom.find("button.choice").await;
    look_at(&tom, "portal-pick", language).await;
    tom.choose("fabrikam").await;
    tom.find("form[action$='/link/enter']").await;
    look_at(&tom, "portal-account", language).await;
    tom.click("form[action$='/link/enter'] button").await;
    tom.find(".banner").await;
    assert!(tom.text(".banner").await.contains("Olga Winter"), "{}", tom.text("body").await);
    look_at(&tom, "portal-linked", language).await;
    // Into the app, as Olga through Northwind; nothing about it is written in the app but one line that shows `act`.
    tom.click(".tile a").await;
    tom.allow().await;
    tom.find("#company").await;
    assert_eq!(tom.text("#company").await, "Fabrikam Health");
    tom.goto(&format!("{}/switch?client_id={}", provider.issuer, provider.app_environment["CLIENT_ID"])).await;
    look_at(&tom, "switch", language).await;
    // Olga sees who can enter, and when they last did.
    signs_in(&other, &provider, "olga@example.test").await;
    assert!(other.text("main").await.contains("Tom Baker"));
    look_at(&other, "home-links", language).await;

    // S3: Olga invites Tom to Contoso with one permission; he accepts; she looks at him.
    opens_account(&other, &provider, "Contoso").await;
    other.click("p > a.button").await;
    other.find("#name").await;
    look_at(&other, "users", language).await;
    other.write("#email", "tom@example.test").await;
    other.click("form[action$='/users/add'] button.primary").await;
    other.find("[role=alert]").await;
    look_at(&other, "users-refused", language).await;
    assert_eq!(other.find("#name").await.attr("value").await.expect("an attribute").as_deref(), Some("tom@example.test"));
    other.click("#invite-1").await;
    other.click("form[action$='/users/invite'] button.primary").await;
    other.find("form[action$='/resend']").await;
    look_at(&other, "users-pending", language).await;
    tom.goto(&mailed(&tom, &provider, "/invitation/").await).await;
    tom.find("form[action$='/accept']").await;
    look_at(&tom, "invitation-account", language).await;
    tom.click("form[action$='/accept'] button").await;
    tom.find(".asker h1").await;
    assert_eq!(tom.text(".asker h1").await, "Contoso Bâtiment");
    opens_account(&other, &provider, "Contoso").await;
    other.click("p > a.button").await;
    other.click(".item:last-child a").await;
    other.find("form[action$='/remove']").await;
    look_at(&other, "user", language).await;
    // Olga cuts Tom's link; it is gone for him at once.
    other.goto(&provider.issuer).await;
    other.click("form[action$='/link/cut'] button").await;
    // The browser may still be on its way: the list without the link says that it is cut.
    other.gone("form[action$='/link/cut']").await;
    tom.goto(&provider.issuer).await;
    assert!(!tom.has("form[action$='/link/enter']").await);

    // S1: Tom takes over Hugo's two hundred accounts; Hugo has to agree, signed in as Hugo.
    opens_account(&tom, &provider, "Northwind").await;
    tom.click(".bar a.button").await;
    tom.write("#take-name", "hugo@example.test").await;
    tom.click("form[action$='/link/take'] button").await;
    tom.find("form[action$='/end']").await;
    look_at(&tom, "home-invitations", language).await;
    let invitation = mailed(&tom, &provider, "/invitation/").await;
    tom.goto(&invitation).await;
    look_at(&tom, "invitation-elsewhere", language).await;
    other.close().await;
    let hugo = tom.beside(language).await;
    hugo.goto(&format!("{}/errors/account-ended?lang={language}", provider.issuer)).await;
    hugo.goto(&invitation).await;
    hugo.click("main a.primary").await;
    hugo.sign_in("hugo@example.test").await;
    hugo.find("form[action$='/accept']").await;
    look_at(&hugo, "invitation-consolidation", language).await;
    hugo.click("form[action$='/accept'] button").await;
    hugo.find("main a.primary").await;
    assert_eq!(hugo.text("h1").await, if french { "Vos comptes ont été réunis" } else { "Your accounts have moved" });
    look_at(&hugo, "consolidated", language).await;
    tom.goto(&format!("{}/?q=Amber", provider.issuer)).await;
    assert!(tom.text("main").await.contains("Amber Bakery"), "Hugo's accounts are Tom's now");
    // And back.
    hugo.goto(&mailed(&hugo, &provider, "/undo/").await).await;
    hugo.find("#password").await;
    look_at(&hugo, "undo", language).await;
    hugo.write("#password", crate::harness::PASSWORD).await;
    hugo.click("main form button.primary").await;
    hugo.find("main a.primary").await;
    tom.goto(&format!("{}/?q=Amber", provider.issuer)).await;
    assert!(!tom.text("main").await.contains("Amber Bakery"));
    // One profile for all of them.
    tom.goto(&provider.issuer).await;
    tom.click("h2 + .acts a").await;
    tom.write("#mobile", "+44 20 7946 0958").await;
    tom.click("main form button.primary").await;
    tom.find("[role=status]").await;
    look_at(&tom, "profile", language).await;

    // S2: ticked accounts are unlinked by kind; an own one gets a sign-in of its own, by a mail to its new address.
    tom.goto(&format!("{}/?q=Northwind", provider.issuer)).await;
    tom.click(".tile input[type=checkbox]").await;
    tom.click("#unlink button").await;
    tom.find("li.item a.button").await;
    look_at(&tom, "unlink", language).await;
    tom.click("li.item a.button").await;
    tom.write("#email", "tom.northwind@example.test").await;
    look_at(&tom, "split", language).await;
    tom.click("form[action$='/split'] button").await;
    tom.find("[role=status]").await;
    look_at(&tom, "split-sent", language).await;
    tom.goto(&mailed(&tom, &provider, "/split/").await).await;
    for field in ["#password", "#again"] {
        tom.write(field, "nine boats asleep in the fog").await;
    }
    tom.click("main form button.primary").await;
    tom.find("main a.primary").await;
    look_at(&tom, "split-done", language).await;
    tom.goto(&format!("{}/?q=Northwind", provider.issuer)).await;
    assert!(!tom.has(".tile").await, "it has left");
    for window in [tom, hugo] {
        window.close().await;
    }
}

#[tokio::test]
async fn s0_s1_and_s3_in_english() {
    the_portal("en").await;
}

#[tokio::test]
async fn s0_s1_and_s3_in_french() {
    the_portal("fr").await;
}
