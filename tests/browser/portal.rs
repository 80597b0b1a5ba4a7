//! The stories S0 to S4 in a real browser, in both languages, with axe-core looking at every page on the way.

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
    // Back to where they came from, and in once more (design.md S0: "Return to A").
    tom.click(".banner a.button").await;
    tom.gone(".banner").await;
    tom.click("form[action$='/link/enter'] button").await;
    tom.find(".banner").await;
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
    other.click("nav.acts a[href$='/users']").await;
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
    other.click("nav.acts a[href$='/users']").await;
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
    // Something comes later: from one of the accounts that moved, Tom asks somebody else.
    opens_account(&tom, &provider, "Amber Bakery").await;
    tom.click(".bar a.button").await;
    tom.write("#ask-name", "olga@example.test").await;
    tom.click("form[action$='/link/ask'] button").await;
    tom.find("form[action$='/end']").await;
    // And back; what came later is shown first.
    hugo.goto(&mailed(&hugo, &provider, "/undo/").await).await;
    hugo.find("#password").await;
    look_at(&hugo, "undo", language).await;
    hugo.write("#password", crate::harness::PASSWORD).await;
    hugo.click("main form button.primary").await;
    hugo.find("input[name=confirmed]").await;
    look_at(&hugo, "undo-confirm", language).await;
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
    let profile = tom.driver.current_url().await.expect("an address").to_string();
    tom.click("form[action$='/mobile'] button").await;
    tom.find("#code").await;
    look_at(&tom, "profile-code", language).await;
    tom.goto(&format!("{}/dev/mailbox", provider.issuer)).await;
    let code: String = tom.text("article.text").await.chars().take_while(char::is_ascii_digit).collect();
    tom.goto(&profile).await;
    tom.write("#code", &code).await;
    tom.click("form[action$='/mobile'] button.primary").await;
    tom.gone("#code").await;
    assert!(!tom.has("form[action$='/mobile']").await, "confirmed: {}", tom.text("main").await);

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

/// S4: an account manager gets a branded mail with a temporary password, chooses a real one on the brand's domain, and runs the
/// company from then on. What the company decides for its accounts is set on its page.
async fn account_managers(language: &str) {
    let provider = Provider::start(None);
    let olga = Window::open(language).await;
    let marc = olga.beside(language).await;
    for window in [&olga, &marc] {
        window.goto(&format!("{}/errors/account-ended?lang={language}", provider.issuer)).await;
    }
    let french = language == "fr";
    signs_in(&olga, &provider, "olga@example.test").await;
    opens_account(&olga, &provider, "Contoso").await;
    olga.click("details summary").await;
    look_at(&olga, "portal-account-owner", language).await;
    olga.click("nav.acts a[href$='/company']").await;
    olga.write("#manager_title", "Super Admin").await;
    olga.click("main form button.primary").await;
    olga.find("[role=status]").await;
    look_at(&olga, "company-settings", language).await;
    // From room to room by the company's own menu.
    for (room, name) in [("usage", "company-usage"), ("apps", "company-apps"), ("branding", "company-branding"), ("webhooks", "company-webhooks")] {
        olga.click(&format!("nav.rooms a[href$='/{room}']")).await;
        olga.find(&format!("nav.rooms a[href$='/{room}'][aria-current]")).await;
        for summary in ["main details.detail > summary", "main li.item details > summary"] {
            if olga.has(summary).await {
                olga.click(summary).await;
            }
        }
        look_at(&olga, name, language).await;
    }
    olga.click("nav.rooms a[href$='/roles']").await;
    olga.write("#title", "Night shift").await;
    olga.write("#role", "night-shift").await;
    olga.click("section.narrow input[name='permission:licences.read']").await;
    olga.click("button[value=add]").await;
    olga.find("details[id='role-night-shift']").await;
    olga.click("details[id='role-night-shift'] > summary").await;
    look_at(&olga, "company-roles", language).await;
    olga.click("nav.rooms a[href$='/audit']").await;
    olga.find("main li.item").await;
    look_at(&olga, "audit", language).await;
    olga.click("nav.rooms a[href$='/users']").await;
    olga.write("#email", "marc@example.test").await;
    olga.write("#given_name", "Marc").await;
    olga.click("#add-kind option[value=manager]").await;
    olga.click(&format!("#add-locale option[value={language}]")).await;
    olga.click("#brand option:nth-child(2)").await;
    look_at(&olga, "users-add-manager", language).await;
    olga.click("form[action$='/users/add'] button.primary").await;
    olga.find("a[href*='/users/acc_']").await;
    assert!(olga.text("main").await.contains("Super Admin"), "{}", olga.text("main").await);

    marc.goto(&format!("{}/dev/mailbox", provider.issuer)).await;
    let mail = marc.text("article").await;
    let after =
        |label: &str| mail.split_once(label).and_then(|(_, rest)| rest.split_whitespace().next()).unwrap_or_else(|| panic!("{label}: {mail}")).to_owned();
    let (username, temporary) = if french { (after("identifiant :"), after("provisoire :")) } else { (after("username:"), after("password:")) };
    let link = mailed(&marc, &provider, "/activate/").await;
    assert!(link.contains(".localhost:"), "on the brand's domain: {link}");
    // The temporary password leads to the same step, and nowhere else.
    marc.goto(&format!("{}/sign-in", provider.issuer)).await;
    marc.write("#identifier", &username).await;
    marc.write("#password", &temporary).await;
    marc.click("form[action$='/sign-in'] button.primary").await;
    marc.find("#again").await;
    marc.goto(&link).await;
    marc.find("#again").await;
    look_at(&marc, "branded-set-password", language).await;
    for field in ["#password", "#again"] {
        marc.write(field, "nine boats asleep in the fog").await;
    }
    marc.click("main form button.primary").await;
    marc.find("main a.primary").await;
    look_at(&marc, "branded-password-saved", language).await;
    marc.click("main a.primary").await;
    marc.write("#identifier", &username).await;
    marc.write("#password", "nine boats asleep in the fog").await;
    look_at(&marc, "branded-sign-in", language).await;
    marc.click("form[action$='/sign-in'] button.primary").await;
    marc.find(".tile").await;
    assert!(marc.text(".tile").await.contains("Super Admin") && marc.text("header").await.contains("Contoso"), "{}", marc.text("body").await);
    look_at(&marc, "branded-home", language).await;
    marc.click(".tile a").await;
    marc.click("nav.acts a[href$='/users']").await;
    marc.find("form[action$='/users/add']").await;
    // Olga looks at him: somebody who has not come yet could be sent the mail again.
    olga.write("#email", "late@example.test").await;
    olga.click("form[action$='/users/add'] button.primary").await;
    olga.find("main ul.rows li:nth-child(4) a").await;
    olga.click("main ul.rows li:last-child a").await;
    olga.find("form[action$='/resend']").await;
    look_at(&olga, "user-waiting", language).await;
    for window in [olga, marc] {
        window.close().await;
    }
}

/// S2: Hugo's two hundred accounts on one page, whence he enters one, links another and unlinks it again.
async fn many_accounts(language: &str) {
    let provider = Provider::start(None);
    let _app = provider.sample_app();
    let hugo = Window::open(language).await;
    for path in ["/sign-in", "/errors/account-ended"] {
        hugo.goto(&format!("{}{path}?lang={language}", provider.issuer)).await;
    }
    signs_in(&hugo, &provider, "hugo@example.test").await;
    let first = hugo.text(".tile").await;
    assert!(first.contains("us-east"), "the region: {first}");
    look_at(&hugo, "home-many", language).await;
    // By name, page by page.
    hugo.click(".sort a").await;
    hugo.find("p.more a[href*='sort=name']").await;
    let first = hugo.text(".tile strong").await;
    hugo.click("p.more a[href*='after=']").await;
    hugo.find("p.more a[href='/']").await;
    assert_ne!(hugo.text(".tile strong").await, first);
    // Searched, and entered: the app gets tokens for that company.
    hugo.goto(&provider.issuer).await;
    hugo.write("#q", "no such company").await;
    hugo.click(".search button").await;
    hugo.find("p.empty").await;
    look_at(&hugo, "home-nothing-found", language).await;
    opens_account(&hugo, &provider, "quartz gard").await;
    hugo.click(".tile a").await;
    hugo.allow().await;
    hugo.find("#company").await;
    assert_eq!(hugo.text("#company").await, "Quartz Garden");
    // Link account adds; ticking and Unlink selected removes.
    opens_account(&hugo, &provider, "quartz gard").await;
    hugo.click(".bar a.button").await;
    hugo.write("#identifier", "tom@example.test").await;
    hugo.write("#password", crate::harness::PASSWORD).await;
    hugo.click("form[action$='/link/password'] button.primary").await;
    hugo.find("form[action$='/link/enter']").await;
    hugo.goto(&provider.issuer).await;
    hugo.click("input[name^='item:lnk_']").await;
    hugo.click("#unlink button").await;
    hugo.find("button.danger").await;
    look_at(&hugo, "unlink-many", language).await;
    hugo.click("button.danger").await;
    hugo.gone("button.danger").await;
    hugo.goto(&provider.issuer).await;
    hugo.find("#unlink").await;
    assert!(!hugo.has("input[name^='item:lnk_']").await);
    hugo.close().await;
}

#[tokio::test]
async fn s2_in_english() {
    many_accounts("en").await;
}

#[tokio::test]
async fn s2_in_french() {
    many_accounts("fr").await;
}

#[tokio::test]
async fn s4_in_english() {
    account_managers("en").await;
}

#[tokio::test]
async fn s4_in_french() {
    account_managers("fr").await;
}

#[tokio::test]
async fn s0_s1_and_s3_in_english() {
    the_portal("en").await;
}

#[tokio::test]
async fn s0_s1_and_s3_in_french() {
    the_portal("fr").await;
}
