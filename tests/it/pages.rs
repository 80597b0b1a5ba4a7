//! Every page, mail and error in both languages, and the words behind them.

use std::collections::BTreeSet;

use vestibule::protocol::Reason;
use vestibule::text::{Texts, message_keys};
use vestibule::types::Locale;

use crate::samples::samples;
use crate::support::World;

#[test]
fn every_page_renders_in_both_languages_with_its_samples() {
    let texts = Texts::load().expect("texts load");
    let samples = samples();
    for name in texts.names() {
        if matches!(name.as_str(), "layout.html" | "pages/parts.html" | "rooms.html" | "console/parts.html") {
            continue;
        }
        assert!(samples.contains_key(name.as_str()), "{name} has no sample");
    }
    // What English says without arguments must not stand on a French page, in none of its components.
    let words = message_keys(Locale::En).expect("keys");
    let english: Vec<String> =
        words.iter().map(|k| texts.say(Locale::En, k, &[])).filter(|t| t.contains(' ') || t.len() > 4).filter(|t| !words.contains(t)).collect();
    for (template, values) in &samples {
        for locale in Locale::ALL {
            for value in values {
                let page = texts.render(template, locale, value).unwrap_or_else(|e| panic!("{template} {locale:?}: {e:#}\n{value}"));
                assert!(page.contains(&format!("<html lang=\"{}\"", locale.tag())), "{template}");
                assert!(!page.contains("<b>"), "{template} escapes what it prints");
                for key in message_keys(Locale::En).expect("keys").iter().filter(|k| k.contains('-')) {
                    assert!(!page.contains(&format!(">{key}<")), "{template}: the message {key} is missing");
                }
                if locale == Locale::Fr {
                    let left = english.iter().find(|text| page.contains(&format!(">{text}<")));
                    assert!(left.is_none(), "{template}: {left:?} was left in English");
                }
                assert!(!page.contains("style=\"") && !page.contains("onclick"), "{template} keeps to the content security policy");
            }
        }
    }
}

#[test]
fn both_languages_have_the_same_messages_and_none_is_left_in_english() {
    let texts = Texts::load().expect("texts load");
    let [en, fr] = Locale::ALL.map(|l| message_keys(l).expect("keys"));
    assert_eq!(en, fr);
    // Equal in both, and meant to be.
    let intended: BTreeSet<&str> = BTreeSet::from([]);
    let equal: BTreeSet<&str> = en
        .iter()
        .map(String::as_str)
        .filter(|k| texts.say(Locale::En, k, &[]) == texts.say(Locale::Fr, k, &[]))
        .filter(|k| !texts.say(Locale::En, k, &[]).eq(k))
        .collect();
    assert_eq!(equal, intended);
}

#[tokio::test]
async fn every_reason_has_a_page_and_unknown_ones_are_not_found() {
    let world = World::new().await;
    let mut browser = world.browser();
    for reason in Reason::ALL {
        for language in ["en", "fr"] {
            browser.language = Some(language.to_owned());
            let page = browser.get(&format!("/errors/{}", reason.as_str())).await;
            assert_eq!(page.status, 200);
            assert_eq!(page.headers["content-language"], language);
            assert!(!page.text("h1").contains("reason-"), "{}", reason.as_str());
        }
    }
    assert_eq!(browser.get("/errors/no-such-reason").await.status, 404);
}

#[tokio::test]
async fn decision_7_the_language_switch_is_on_every_page_and_kept_in_a_cookie() {
    let world = World::new().await;
    let mut browser = world.browser();
    let page = browser.open("/sign-in").await;
    assert_eq!(page.text("header nav a"), "Français");
    let french = browser.open(&format!("{}?lang=fr", page.path)).await;
    assert_eq!(french.text("h1"), "Connexion");
    assert_eq!(browser.open("/errors/account-ended").await.text("h1"), "Le compte a pris fin");
    assert_eq!(browser.open("/nowhere").await.text("h1"), "Il n’y a rien ici");
}

#[tokio::test]
async fn t47_no_page_may_be_framed_and_the_policy_is_strict() {
    let world = World::new().await;
    let mut alice = world.person("alice@example.test").await;
    let desk = world.client().await;
    let page = alice.follows(&desk, &[]).await;
    for answer in [
        page,
        alice.browser.open("/").await,
        alice.browser.get("/nowhere").await,
        alice.browser.get("/authorize").await,
        alice.browser.get("/end_session").await,
    ] {
        let csp = answer.headers["content-security-policy"].to_str().expect("text").to_owned();
        assert!(csp.contains("frame-ancestors 'none'") && csp.contains("default-src 'none'") && !csp.contains("unsafe"), "{csp}");
        assert_eq!(answer.headers["x-frame-options"], "DENY");
        assert_eq!(answer.headers["referrer-policy"], "same-origin");
        assert_eq!(answer.headers["x-content-type-options"], "nosniff");
    }
}

#[test]
fn the_openapi_document_in_the_repository_is_the_one_in_the_code() {
    let made = vestibule::web::openapi_document();
    let kept = std::fs::read_to_string("docs/openapi.json").unwrap_or_default();
    if std::env::var_os("VESTIBULE_WRITE_OPENAPI").is_some() {
        std::fs::write("docs/openapi.json", format!("{made}\n")).expect("written");
        return;
    }
    assert!(kept.trim_end() == made.trim_end(), "run VESTIBULE_WRITE_OPENAPI=1 cargo test --test it openapi");
}
