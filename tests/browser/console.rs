//! The operator's console in a real browser: coming in for the first time, a company, an app, and help for a person.

use vestibule::types::Secret;

use crate::factors::next_code;
use crate::harness::{Provider, Window};
use crate::pages::look_at;

async fn console(language: &str) {
    let provider = Provider::start(None);
    let made = provider.command(&["operator", "create", "--email", "amelie@example.test"]);
    let opal = Window::open(language).await;
    opal.goto(&format!("{}/sign-in?lang={language}", provider.issuer)).await;
    opal.goto(made["console"].as_str().expect("an address")).await;
    // What is the same in both languages is looked at in one of them.
    let look = async |name: &str| {
        if language == "en" || matches!(name, "console" | "console-client" | "console-person") || std::env::var_os("SCREENSHOTS").is_some() {
            look_at(&opal, name, language).await;
        }
    };
    opal.sign_in("amelie@example.test").await;
    opal.click("a[href*='/totp']").await;
    let text = opal.text("code.secret").await;
    let secret = Secret::new(text.chars().filter(|c| !c.is_whitespace()).collect());
    let code = next_code(&secret, &mut String::new()).await;
    opal.write("#name", "Phone").await;
    opal.write("#code", &code).await;
    opal.click("button.primary").await;
    opal.find("ol.codes").await;
    opal.click("main a.primary").await;
    opal.find("nav.rooms").await;
    look("console").await;

    opal.click("nav.rooms a[href='/console/companies']").await;
    opal.find("#slug").await;
    look("console-companies").await;
    opal.write("#name", "Zephyr Works").await;
    opal.write("#slug", "Not a slug").await;
    opal.click("form.stack button.primary").await;
    opal.find("#trouble").await;
    look("console-companies-refused").await;
    opal.write("#slug", "zephyr-works").await;
    opal.write("#owner", "tom@example.test").await;
    opal.click("form.stack button.primary").await;
    opal.find("#role").await;
    opal.write("#role", "clerk").await;
    opal.write("#permissions", "stock.read").await;
    opal.click("button[value=role-add]").await;
    opal.find("[role=status]").await;
    look("console-company").await;
    opal.click("p.acts a[href$='/branding']").await;
    opal.find("#logo").await;
    look("console-branding").await;
    opal.click("p.more a").await;
    opal.click("p.acts a[href$='/settings']").await;
    opal.write("#manager_title", "Chief").await;
    opal.click("section.narrow button.primary").await;
    opal.find("[role=status]").await;

    opal.click("nav.rooms a[href='/console/people']").await;
    opal.write("#q", "tom@example.test").await;
    opal.click(".search button").await;
    opal.gone(".rows li:nth-child(2)").await;
    look("console-people").await;
    opal.click("ul.rows a").await;
    opal.find("button[value=disable]").await;
    look("console-person").await;
    opal.click("button[value=disable]").await;
    opal.find("button[value=enable]").await;
    opal.click("button[value=enable]").await;
    opal.find("button[value=disable]").await;

    opal.click("nav.rooms a[href='/console/clients']").await;
    opal.find("#redirect_uris").await;
    look("console-clients").await;
    opal.write("#name", "Warehouse").await;
    opal.write("#redirect_uris", "https://warehouse.example/callback").await;
    opal.click("form.stack button.primary").await;
    opal.find("code.secret").await;
    look("console-client-secret").await;
    opal.click("nav.rooms a[href='/console/clients']").await;
    opal.click("ul.rows a").await;
    opal.find("button[value=rotate]").await;
    assert!(!opal.has("code.secret").await);
    look("console-client").await;
    // A sign-in to the demo's app, tried by the operator.
    opal.click("nav.rooms a[href='/console/clients']").await;
    opal.write("#q", "Licence desk").await;
    opal.click(".search button").await;
    opal.gone(".rows li:nth-child(2)").await;
    opal.click("ul.rows a").await;
    opal.click("button[value=try]").await;
    opal.choose("northwind").await;
    opal.allow().await;
    opal.find("main pre").await;
    assert!(opal.text("main").await.contains("northwind"));
    look("console-tried").await;
    opal.click("nav.rooms a[href='/console/clients']").await;
    opal.click("a[href='/console/registration']").await;
    opal.write("#name", "Test suite").await;
    opal.click("section.narrow button.primary").await;
    opal.find("code.secret").await;
    look("console-registration").await;
    opal.goto(&format!("{}/api/reference?lang={language}", provider.issuer)).await;
    opal.click("#addClient > summary").await;
    look("api-reference").await;
    opal.goto(&format!("{}/console?lang={language}", provider.issuer)).await;
    opal.click("nav.rooms a[href='/console/webhooks']").await;
    opal.find("#url").await;
    look("console-webhooks").await;
    opal.write("#url", "http://127.0.0.1:9/hooks").await;
    opal.click("form.stack button.primary").await;
    opal.find("code.secret").await;
    opal.click("button[value=test]").await;
    opal.find("button[value=replay]").await;
    look("console-webhook").await;
    for room in ["resource-servers", "keys", "outbox", "audit", "operators", "settings"] {
        opal.click(&format!("nav.rooms a[href='/console/{room}']")).await;
        opal.find(&format!("nav.rooms a[href='/console/{room}'][aria-current]")).await;
        look(&format!("console-{room}")).await;
    }
    opal.close().await;
}

#[tokio::test]
async fn an_operator_runs_the_provider_in_english() {
    console("en").await;
}

#[tokio::test]
async fn an_operator_runs_the_provider_in_french() {
    console("fr").await;
}
