//! Every page, looked at by axe-core: 360 and 1280 pixels wide, light and dark, in both languages (decisions.md 9).

use std::path::Path;

use vestibule::text::Texts;
use vestibule::types::Locale;

use crate::harness::{Provider, Window};
use crate::samples::samples;

const AXE: &str = "tests/browser/node_modules/axe-core/axe.min.js";

/// Violations of the page that is shown, as lines.
async fn violations(window: &Window) -> Vec<String> {
    let source = std::fs::read_to_string(AXE).expect("axe-core is installed by scripts/test");
    window.driver.execute(&source, Vec::new()).await.expect("axe loads");
    let found = window
        .driver
        .execute_async("const done = arguments[0]; axe.run(document, {resultTypes: ['violations']}).then(r => done(r.violations.map(v => v.id + ': ' + v.help + ' at ' + v.nodes.map(n => n.target.join(' ')).join(', '))))", Vec::new())
        .await
        .expect("axe runs");
    found.convert().expect("a list of texts")
}

/// Whether anything is wider than the window.
async fn overflows(window: &Window) -> bool {
    let wide = window.driver.execute("return document.documentElement.scrollWidth > document.documentElement.clientWidth", Vec::new()).await;
    wide.expect("measured").convert().expect("true or false")
}

pub async fn look_at(window: &Window, name: &str, language: &str) {
    // Longer words need room at every width, but no scheme looks otherwise in another language: each is seen once there.
    let brief = language != "en" && std::env::var_os("SCREENSHOTS").is_none();
    for (width, dark) in [(360, false), (360, true), (1280, false), (1280, true)].into_iter().filter(|(width, dark)| !brief || (*width == 1280) == *dark) {
        window.look(width, dark).await;
        let what = format!("{name}-{language}-{width}-{}", if dark { "dark" } else { "light" });
        assert_eq!(violations(window).await, Vec::<String>::new(), "{what}");
        assert!(!overflows(window).await, "{what} is wider than the window");
        if let Some(folder) = std::env::var_os("SCREENSHOTS") {
            let png = window.driver.screenshot_as_png().await.expect("a picture");
            std::fs::create_dir_all(&folder).expect("a folder");
            std::fs::write(Path::new(&folder).join(format!("{what}.png")), png).expect("kept");
        }
    }
}

async fn every_page(language: &str) {
    let provider = Provider::start(None);
    let _app = provider.sample_app();
    let window = Window::open(language).await;
    let at = |path: &str| format!("{}{path}", provider.issuer);
    let sign_in = |extra: &str| format!("{}/sign-in?{extra}&ui_locales={language}", provider.app_url);

    window.goto(&at("/dev/mailbox")).await;
    look_at(&window, "mailbox", language).await;
    let link = window.text("article a").await;
    window.goto(&link).await;
    look_at(&window, "set-password", language).await;
    window.write("#password", "password1234567").await;
    window.write("#again", "password1234567").await;
    window.click("button.primary").await;
    window.find("[role=alert]").await;
    look_at(&window, "set-password-refused", language).await;
    for field in ["#password", "#again"] {
        window.write(field, "many quiet winters by the lake").await;
    }
    window.click("button.primary").await;
    window.find("a.primary").await;
    look_at(&window, "password-saved", language).await;
    window.goto(&at("/activate/nonsense")).await;
    look_at(&window, "link-error", language).await;
    window.goto(&at("/nowhere")).await;
    look_at(&window, "not-found", language).await;
    window.goto(&at("/authorize")).await;
    look_at(&window, "request-error", language).await;
    window.goto(&at("/errors/account-ambiguous")).await;
    look_at(&window, "reason", language).await;

    window.goto(&sign_in("organization=contoso")).await;
    look_at(&window, "sign-in", language).await;
    window.write("#identifier", "somebody").await;
    window.write("#password", "something").await;
    window.click("button.primary").await;
    window.find("[role=alert]").await;
    look_at(&window, "sign-in-refused", language).await;

    window.click(".aside a[href='/recover']").await;
    window.find("form[action='/recover']").await;
    look_at(&window, "recover", language).await;
    window.write("#identifier", "tom@example.test").await;
    window.click("form[action='/recover'] button").await;
    window.find("[role=status]").await;
    look_at(&window, "recover-sent", language).await;
    window.goto(&sign_in("organization=contoso")).await;

    // Tom has no account at Contoso.
    window.sign_in("tom@example.test").await;
    window.find("form[action$='/refused']").await;
    look_at(&window, "refused", language).await;
    window.click("form[action$='/identity'] button").await;
    window.find("#identifier").await;
    look_at(&window, "sign-in-another", language).await;
    window.sign_in("hugo@example.test").await;
    window.find("form[action$='/refused']").await;

    window.goto(&sign_in("prompt=select_account")).await;
    window.find("button.choice").await;
    look_at(&window, "chooser", language).await;
    window.write("#q", "no such company").await;
    window.click(".search button").await;
    window.find(".empty").await;
    look_at(&window, "chooser-nothing", language).await;
    window.click(".more a").await;
    window.choose("northwind").await;
    window.find("button[value=allow]").await;
    look_at(&window, "consent", language).await;
    let finished = window.driver.current_url().await.expect("an address").to_string();
    window.allow().await;
    window.find("#company").await;
    look_at(&window, "licence-desk", language).await;

    // Back to an interaction that was answered.
    window.goto(&finished).await;
    window.find("main a").await;
    look_at(&window, "finished", language).await;
    window.goto(&at("/")).await;
    look_at(&window, "home", language).await;
    window.goto(&at("/end_session")).await;
    look_at(&window, "sign-out", language).await;
    window.click("button.primary").await;
    window.find("a.primary").await;
    look_at(&window, "signed-out", language).await;
    window.close().await;
}

#[tokio::test]
async fn axe_finds_nothing_on_any_page_in_english() {
    every_page("en").await;
}

#[tokio::test]
async fn axe_finds_nothing_on_any_page_in_french() {
    every_page("fr").await;
}

/// Every template with everything that it may print, whatever path leads there: the journeys above see them in their places, and this one that
/// none is left out. Each is seen whole in both languages, in either scheme and at both widths; its other samples once.
#[tokio::test]
async fn no_template_has_a_violation_in_any_of_its_samples() {
    let provider = Provider::start(None);
    let window = Window::open("en").await;
    window.goto(&format!("{}/nowhere", provider.issuer)).await;
    let texts = Texts::load().expect("texts load");
    let mut seen = 0;
    for (template, values) in samples() {
        for (n, value) in values.iter().enumerate() {
            for locale in Locale::ALL {
                let looks: &[(u32, bool)] = match (n, locale) {
                    (0, Locale::En) => &[(360, true), (1280, false)],
                    (0, Locale::Fr) => &[(360, false)],
                    (_, Locale::En) => &[(360, n % 2 == 0)],
                    (_, Locale::Fr) => &[],
                };
                if looks.is_empty() {
                    continue;
                }
                let html = texts.render(template, locale, value).expect("rendered");
                let write = "document.open(); document.write(arguments[0]); document.close();";
                window.driver.execute(write, vec![html.into()]).await.expect("written");
                let styled =
                    "const done = arguments[0]; const wait = () => [...document.styleSheets].some(s => s.href) ? done(true) : setTimeout(wait, 10); wait();";
                window.driver.execute_async(styled, Vec::new()).await.expect("styled");
                for (width, dark) in looks {
                    window.look(*width, *dark).await;
                    let what = format!("{template}, sample {n}, {}, {width}, {}", locale.tag(), if *dark { "dark" } else { "light" });
                    assert_eq!(violations(&window).await, Vec::<String>::new(), "{what}");
                    assert!(!overflows(&window).await, "{what} is wider than the window");
                    seen += 1;
                }
            }
        }
    }
    assert!(seen > 200, "{seen}");
    window.close().await;
}
