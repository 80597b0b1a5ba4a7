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
    assert_eq!(window.text("#permissions").await, "licences.read");
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

/// Presses a key where the keyboard is.
async fn press(window: &Window, keys: impl Into<thirtyfour::TypingData>) {
    window.driver.active_element().await.expect("something has the focus").send_keys(keys).await.expect("pressed");
}

/// Presses Tab until the element has the focus; it must be reached, and be seen to have it.
async fn tab_to(window: &Window, css: &str) {
    window.find(css).await;
    let has_it = format!("return document.activeElement && document.activeElement.matches({css:?})");
    for _ in 0..40 {
        if window.driver.execute(&has_it, Vec::new()).await.expect("asked").convert().expect("true or false") {
            let seen = "const s = getComputedStyle(document.activeElement); return s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) > 0 || s.boxShadow !== 'none'";
            assert!(window.driver.execute(seen, Vec::new()).await.expect("asked").convert::<bool>().expect("true or false"), "{css} shows its focus");
            return;
        }
        press(window, thirtyfour::Key::Tab).await;
    }
    panic!("{css} is not reached by Tab");
}

#[tokio::test]
async fn somebody_signs_in_chooses_and_agrees_by_keyboard_alone() {
    let provider = Provider::start(None);
    let _app = provider.sample_app();
    let window = Window::open("en").await;
    window.goto(&provider.app_url).await;
    tab_to(&window, "#sign-in").await;
    press(&window, thirtyfour::Key::Enter).await;
    tab_to(&window, "#identifier").await;
    press(&window, "amelie@example.test").await;
    tab_to(&window, "#password").await;
    press(&window, crate::harness::PASSWORD).await;
    press(&window, thirtyfour::Key::Enter).await;
    tab_to(&window, "button.choice[title='northwind']").await;
    press(&window, thirtyfour::Key::Enter).await;
    tab_to(&window, "button[value=allow]").await;
    press(&window, thirtyfour::Key::Enter).await;
    window.find("#company").await;
    assert_eq!(window.text("#company").await, "Northwind Traders");
    window.close().await;
}

/// The whole journey with and without script, from nothing each time: consent that was given is not asked for again.
async fn the_main_job(languages: &str, title: &str) {
    for script in [true, false] {
        let provider = Provider::start(None);
        let _app = provider.sample_app();
        let window = Window::open(languages).await;
        window.script(script).await;
        window.goto(&provider.app_url).await;
        window.click("#sign-in").await;
        window.find("#identifier").await;
        assert_eq!(window.text("h1").await, title);
        if script {
            window.click(".reveal").await;
            assert!(window.has("#password[type=text]").await, "the password can be shown");
        }
        journey(&window, &provider).await;
        window.close().await;
    }
}

#[tokio::test]
async fn with_and_without_script_in_english() {
    the_main_job("en", "Sign in").await;
}

#[tokio::test]
async fn with_and_without_script_in_french() {
    the_main_job("fr-FR,fr", "Connexion").await;
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

/// Runs script in the page and reads the text that it returns.
async fn script(window: &Window, text: &str) -> String {
    window.driver.execute(text, Vec::new()).await.expect("it runs").convert::<Option<String>>().expect("text").unwrap_or_default()
}

/// Waits until script in the page returns a text.
async fn wait_for(window: &Window, text: &str) -> String {
    let until = std::time::Instant::now() + std::time::Duration::from_secs(20);
    loop {
        let found = script(window, text).await;
        if !found.is_empty() {
            return found;
        }
        assert!(std::time::Instant::now() < until, "never: {text}: {}", window.text("body").await);
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
}

async fn account_id(window: &Window) -> String {
    window.find("#access-token").await;
    let claims = script(window, "return document.querySelector('#access-token').textContent").await;
    serde_json::from_str::<serde_json::Value>(&claims).expect("claims")["account_id"].as_str().expect("an account").to_owned()
}

const PANEL: &str = "document.querySelector('account-switcher').shadowRoot";

/// S0 for a relying app: the switcher enters a linked account, licences change hands along the link, and not against it.
#[tokio::test]
async fn s0_the_switcher_and_licences_that_move_along_a_link() {
    use thirtyfour::Key;
    let provider = Provider::start(None);
    let _app = provider.sample_app();
    let amelie = Window::open("en").await;
    let at = |path: &str| format!("{}{path}", provider.issuer);
    amelie.goto(&at("/errors/account-ended?lang=en")).await;
    amelie.goto(&at("/sign-in")).await;
    amelie.sign_in("amelie@example.test").await;
    amelie.find(".tile").await;
    amelie.goto(&at("/?q=Contoso")).await;
    amelie.click(".tile a").await;
    amelie.click(".bar a.button").await;
    amelie.write("#identifier", "olga@example.test").await;
    amelie.write("#password", crate::harness::PASSWORD).await;
    amelie.click("form[action$='/link/password'] button.primary").await;
    amelie.choose("fabrikam").await;
    amelie.find("form[action$='/link/enter']").await;

    amelie.goto(&format!("{}/sign-in?organization=contoso", provider.app_url)).await;
    amelie.allow().await;
    let contoso = account_id(&amelie).await;
    // By keyboard: open, the arrow keys, Escape, open again, and Enter on the linked account.
    wait_for(&amelie, &format!("return {PANEL}.querySelector('.count')?.textContent")).await;
    script(&amelie, &format!("{PANEL}.querySelector('.toggle').focus(); return ''")).await;
    assert_eq!(script(&amelie, &format!("return {PANEL}.querySelector('.count').textContent")).await, "4", "three of her own and a linked one");
    let expanded = format!("return {PANEL}.querySelector('.toggle').getAttribute('aria-expanded')");
    let body = async |key: Key| amelie.driver.action_chain().send_keys(key).perform().await.expect("pressed");
    body(Key::Enter).await;
    assert_eq!(script(&amelie, &expanded).await, "true");
    crate::pages::look_at(&amelie, "app-switcher", "en").await;
    body(Key::Escape).await;
    assert_eq!(script(&amelie, &expanded).await, "false");
    body(Key::Enter).await;
    for _ in 0..3 {
        body(Key::Down).await;
    }
    assert_eq!(script(&amelie, &format!("return {PANEL}.activeElement.querySelector('strong').textContent")).await, "Fabrikam Health");
    body(Key::Enter).await;
    amelie.allow().await;
    amelie.find("#company").await;
    assert_eq!(amelie.text("#company").await, "Fabrikam Health");
    let fabrikam = account_id(&amelie).await;
    amelie.write("#product", "Scanner").await;
    amelie.click("form[action='/licences'].add button").await;
    amelie.find("#licences").await;
    assert!(!amelie.has("#move").await, "what was entered leads no further");

    amelie.goto(&format!("{}/sign-in?organization=contoso", provider.app_url)).await;
    amelie.find("#no-licences").await;
    amelie.write("#from", &fabrikam).await;
    amelie.click("#move button").await;
    amelie.find("#moved").await;
    amelie.goto(&provider.app_url).await;
    assert!(amelie.text("#licences").await.contains("Scanner"));

    // Against the link: Olga at Fabrikam may take nothing from Amélie at Contoso.
    let olga = amelie.beside("en").await;
    olga.goto(&format!("{}/sign-in?organization=fabrikam", provider.app_url)).await;
    olga.sign_in("olga@example.test").await;
    olga.allow().await;
    olga.find("#no-licences").await;
    olga.write("#from", &contoso).await;
    olga.click("#move button").await;
    olga.find("#error").await;
    assert!(olga.text("#error").await.contains("invalid_target"), "{}", olga.text("body").await);
    for window in [amelie, olga] {
        window.close().await;
    }
}
