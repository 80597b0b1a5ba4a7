//! Second factors in a real browser: an app that shows codes, passkeys by Chromium's virtual authenticator, and a company that
//! asks for more on the way into it.

use serde_json::json;
use vestibule::actions::Clock;
use vestibule::crypto::totp_code;
use vestibule::types::Secret;

use crate::harness::{Provider, Window};
use crate::pages::look_at;

/// The code of an app that was given this secret, at another time step than any code before.
pub async fn next_code(secret: &Secret, last: &mut String) -> String {
    loop {
        let code = totp_code(secret, Clock::system().now()).expect("a code");
        if code != *last {
            last.clone_from(&code);
            return code;
        }
        tokio::time::sleep(std::time::Duration::from_millis(500)).await;
    }
}

async fn second_factors(language: &str) {
    let provider = Provider::start(None);
    let _app = provider.sample_app();
    let amelie = Window::open(language).await;
    for path in ["/sign-in", "/errors/account-ended"] {
        amelie.goto(&format!("{}{path}?lang={language}", provider.issuer)).await;
    }
    let sign_in = format!("{}/sign-in", provider.issuer);
    amelie.goto(&sign_in).await;
    amelie.sign_in("amelie@example.test").await;
    amelie.click("a[href*='/portal/security/']").await;
    amelie.find("#factors").await;
    look_at(&amelie, "security-bare", language).await;

    // An app that shows codes; with the first factor come codes on paper.
    amelie.click("a[href$='/totp']").await;
    let text = amelie.text("code.secret").await;
    let secret = Secret::new(text.chars().filter(|c| !c.is_whitespace()).collect());
    look_at(&amelie, "security-totp", language).await;
    let mut last = String::new();
    let code = next_code(&secret, &mut last).await;
    amelie.write("#name", "Téléphone").await;
    amelie.write("#code", &code).await;
    amelie.click("button.primary").await;
    amelie.find("ol.codes").await;
    look_at(&amelie, "recovery-codes", language).await;
    let paper = amelie.text("ol.codes code").await;
    amelie.click("main a.primary").await;

    // A passkey, made by the browser.
    amelie.authenticator().await;
    amelie.click("a[href$='/passkey']").await;
    amelie.find("form[data-passkey]:not([hidden])").await;
    look_at(&amelie, "security-passkey", language).await;
    amelie.click("button[data-passkey-start]").await;
    amelie.find("#factors").await;
    look_at(&amelie, "security", language).await;

    amelie.click("a[href$='/text-codes']").await;
    amelie.find("h1").await;
    look_at(&amelie, "security-text-codes", language).await;
    amelie.driver.back().await.expect("back");
    amelie.find("#factors").await;

    // Another address: the page that waits for its code.
    amelie.click("a[href$='/email']").await;
    amelie.write("#email", "amelie.nouvelle@example.test").await;
    amelie.click("button[value=send]").await;
    amelie.find("#code").await;
    look_at(&amelie, "security-email", language).await;
    amelie.click("main p.aside a").await;
    amelie.find("#factors").await;
    assert!(amelie.text("main").await.contains("Téléphone"));

    // The whole sign-in: the browser offers it by itself.
    signs_out(&amelie, &provider).await;
    amelie.goto(&sign_in).await;
    amelie.find(".tile").await;

    // Elsewhere: password and code, without any script.
    let other = amelie.beside(language).await;
    other.script(false).await;
    other.goto(&format!("{sign_in}?lang={language}")).await;
    other.sign_in("amelie@example.test").await;
    other.find("#code").await;
    look_without_script(&other).await;
    other.write("#code", "000000").await;
    other.click("form[action$='/factor'] button.primary").await;
    other.find("[role=alert]:not([hidden])").await;
    let code = next_code(&secret, &mut last).await;
    other.write("#code", &code).await;
    other.click("form[action$='/factor'] button.primary").await;
    other.find(".tile").await;
    other.script(true).await;

    // A company that wants a passkey: the switch asks for that, and only for that.
    provider.command(&["company", "set", "--company", "fabrikam", "--factor-level", "phr"]);
    other.goto(&format!("{}/sign-in?organization=fabrikam&ui_locales={language}", provider.app_url)).await;
    other.find("form[data-passkey=get]:not([hidden])").await;
    assert!(!other.has("#password").await);
    look_at(&other, "factor-passkey", language).await;
    amelie.goto(&format!("{}/sign-in?organization=fabrikam&ui_locales={language}", provider.app_url)).await;
    if amelie.has("button[value=allow]").await {
        amelie.allow().await;
    }
    amelie.find("#company").await;
    other.close().await;

    // Without the phone: a code from paper, once.
    let third = amelie.beside(language).await;
    third.goto(&format!("{sign_in}?lang={language}")).await;
    third.sign_in("amelie@example.test").await;
    third.find("#code").await;
    look_at(&third, "factor", language).await;
    third.write("#code", &paper).await;
    third.click("form[action$='/factor'] button.primary").await;
    third.find(".tile").await;
    signs_out(&third, &provider).await;

    // RFC 9470: an app wants more than a password. A wish may be declined; then the app says so.
    let app_sign_in = |company: &str| format!("{}/sign-in?organization={company}&ui_locales={language}", provider.app_url);
    third.goto(&app_sign_in("northwind")).await;
    third.sign_in("tom@example.test").await;
    third.allow().await;
    third.click("#export").await;
    third.find("button[value=skip]").await;
    look_at(&third, "enroll", language).await;
    third.click("button[value=skip]").await;
    third.find("#error").await;
    third.click("a.button").await;
    third.click("a[href*='/totp']").await;
    let text = third.text("code.secret").await;
    let secret = Secret::new(text.chars().filter(|c| !c.is_whitespace()).collect());
    let code = totp_code(&secret, Clock::system().now()).expect("a code");
    third.write("#code", &code).await;
    third.click("button.primary").await;
    third.find("ol.codes").await;
    third.click("main a.primary").await;
    third.find("#exported").await;
    third.goto(&format!("{}/sign-out", provider.app_url)).await;
    third.find("#sign-in").await;

    // A company that wants a passkey leads through making one, and on to the app; there is no way around.
    provider.command(&["account", "add", "--person", "hugo@example.test", "--company", "fabrikam"]);
    third.authenticator().await;
    third.goto(&app_sign_in("fabrikam")).await;
    third.sign_in("hugo@example.test").await;
    third.find("a[href*='/passkey']").await;
    assert!(!third.has("button[value=skip]").await && !third.has("a[href*='/totp']").await);
    third.click("a[href*='/passkey']").await;
    third.find("form[data-passkey]:not([hidden])").await;
    third.click("button[data-passkey-start]").await;
    third.find("ol.codes").await;
    third.click("main a.primary").await;
    third.allow().await;
    third.find("#company").await;
    third.close().await;
    lost_factor(&provider, &amelie, language).await;
    amelie.close().await;
}

/// Everything is lost: the operator begins, the mail can stop it, and after the days a new app is set up before anything else.
async fn lost_factor(provider: &Provider, window: &Window, language: &str) {
    let reset = ["person", "reset-factors", "tom@example.test"];
    provider.command(&reset);
    window.goto(&format!("{}/dev/mailbox", provider.issuer)).await;
    window.click("a[href*='/factor-reset/']").await;
    window.find("form[action='/factor-reset']").await;
    look_at(window, "factor-reset", language).await;
    window.click("form[action='/factor-reset'] button.primary").await;
    window.find("main a.primary").await;
    look_at(window, "factor-reset-stopped", language).await;

    provider.command(&reset);
    let sign_in = format!("{}/sign-in", provider.issuer);
    let tom = window.beside(language).await;
    tom.goto(&sign_in).await;
    tom.sign_in("tom@example.test").await;
    tom.find("#code").await;
    provider.days_pass_for_resets().await;
    tom.goto(&sign_in).await;
    tom.sign_in("tom@example.test").await;
    tom.find("a[href*='/totp']").await;
    assert!(!tom.has("button[value=skip]").await);
    look_at(&tom, "factor-lost", language).await;
    tom.goto(&format!("{}/", provider.issuer)).await;
    tom.click("a[href*='/totp']").await;
    let text = tom.text("code.secret").await;
    let secret = Secret::new(text.chars().filter(|c| !c.is_whitespace()).collect());
    let mut last = String::new();
    let code = next_code(&secret, &mut last).await;
    tom.write("#code", &code).await;
    tom.click("button.primary").await;
    tom.find("ol.codes").await;
    tom.click("main a.primary").await;
    tom.find(".tile").await;

    // This browser is remembered: next time it does not ask.
    signs_out(&tom, provider).await;
    tom.goto(&sign_in).await;
    tom.sign_in("tom@example.test").await;
    let code = next_code(&secret, &mut last).await;
    tom.write("#code", &code).await;
    tom.click("input[name=remember]").await;
    tom.click("form[action$='/factor'] button.primary").await;
    tom.find(".tile").await;
    signs_out(&tom, provider).await;
    tom.goto(&sign_in).await;
    tom.sign_in("tom@example.test").await;
    tom.find(".tile").await;
    tom.close().await;
}

async fn signs_out(window: &Window, provider: &Provider) {
    window.goto(&format!("{}/", provider.issuer)).await;
    window.click("form[action='/sign-out'] button[name=identity]").await;
    window.find("main a.primary").await;
}

/// Nothing that needs a script is shown.
async fn look_without_script(window: &Window) {
    assert!(!window.has("form[data-passkey]:not([hidden])").await);
}

impl Window {
    /// A platform authenticator with user verification, whose owner agrees to everything.
    async fn authenticator(&self) {
        self.cdp("WebAuthn.enable", json!({"enableUI": false})).await;
        let options = json!({
            "protocol": "ctap2", "transport": "internal", "hasResidentKey": true, "hasUserVerification": true,
            "isUserVerified": true, "automaticPresenceSimulation": true,
        });
        self.cdp("WebAuthn.addVirtualAuthenticator", json!({"options": options})).await;
    }
}

#[tokio::test]
async fn second_factors_in_english() {
    second_factors("en").await;
}

#[tokio::test]
async fn second_factors_in_french() {
    second_factors("fr").await;
}
