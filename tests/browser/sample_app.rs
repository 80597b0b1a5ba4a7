//! The main job in a real browser, with script and without, in both languages: sign-in, consent, chooser, switch, logout.
//! The app is on another origin than the provider, so the content security policy of forms is shown too.

use crate::harness::{Provider, Window};

async fn journey(window: &Window, provider: &Provider) {
    window.goto(&provider.app_url).await;
    window.click("#sign-in").await;
    window.sign_in("amelie@example.test").await;
    window.choose("northwind").await;
    window.allow().await;
    window.find("#company").await;
    assert_eq!(window.text("#company").await, "Northwind Traders");
    assert_eq!(window.text("#who").await, "Amélie Durand");
    assert_eq!(window.text("#roles").await, "licence-viewer");
    assert!(!window.has("#product").await, "a viewer hands out nothing");

    window.click("#switch").await;
    window.find("button.choice").await;
    assert!(!window.has("#password").await, "a switch asks for no password");
    window.choose("contoso").await;
    window.allow().await;
    window.find("#product").await;
    assert_eq!(window.text("#company").await, "Contoso Bâtiment");
    window.write("#product", "Plan & Draw").await;
    window.click(".add button").await;
    window.find("#licences").await;
    assert!(window.text("#licences").await.contains("Plan & Draw"));

    window.click("#switch").await;
    window.choose("northwind").await;
    window.find("#no-licences").await;
    assert_eq!(window.text("#company").await, "Northwind Traders", "each company has its own licences");

    window.click("#sign-out").await;
    window.find("#sign-in").await;
    window.click("#sign-in").await;
    window.find("#identifier").await;
}

#[tokio::test]
async fn with_script_in_english() {
    let provider = Provider::start(None);
    let _app = provider.sample_app();
    let window = Window::open("en").await;
    window.goto(&provider.app_url).await;
    window.click("#sign-in").await;
    window.find("#identifier").await;
    assert_eq!(window.text("h1").await, "Sign in");
    window.click(".reveal").await;
    assert!(window.has("#password[type=text]").await, "the password can be shown");
    journey(&window, &provider).await;
    window.close().await;
}

#[tokio::test]
async fn without_script_in_french() {
    let provider = Provider::start(None);
    let _app = provider.sample_app();
    let window = Window::open("fr-FR,fr").await;
    window.script(false).await;
    window.goto(&provider.app_url).await;
    window.click("#sign-in").await;
    window.find("#identifier").await;
    assert_eq!(window.text("h1").await, "Connexion");
    journey(&window, &provider).await;
    window.close().await;
}

#[tokio::test]
async fn two_hundred_accounts_are_searched_and_found() {
    let provider = Provider::start(None);
    let _app = provider.sample_app();
    let window = Window::open("en").await;
    window.goto(&provider.app_url).await;
    window.click("#sign-in").await;
    window.sign_in("hugo@example.test").await;
    window.write("#q", "quartz gard").await;
    window.click(".search button").await;
    window.choose("quartz-garden").await;
    window.allow().await;
    window.find("#company").await;
    assert_eq!(window.text("#company").await, "Quartz Garden");
    window.close().await;
}

#[tokio::test]
async fn an_activation_mail_leads_to_a_password_and_a_first_sign_in() {
    let provider = Provider::start(None);
    let window = Window::open("en").await;
    window.goto(&format!("{}/dev/mailbox", provider.issuer)).await;
    window.click("article a").await;
    window.write("#password", "many quiet winters by the lake").await;
    window.write("#again", "many quiet winters by the lake").await;
    window.click("button.primary").await;
    window.click("a.primary").await;
    window.write("#identifier", "nina@example.test").await;
    window.write("#password", "many quiet winters by the lake").await;
    window.click("button.primary").await;
    window.find(".empty").await;
    assert_eq!(window.text("h1").await, "Your accounts");
    window.close().await;
}
