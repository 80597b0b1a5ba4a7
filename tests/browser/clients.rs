//! Unmodified client libraries, each in a small app of its own, carried by a real browser over https (decisions.md 31):
//! sign-in, company choice, refresh, UserInfo, switch, logout.

use std::process::Command;

use serde_json::Value;

use crate::harness::{Authority, Provider, Running, Window, example, free_port, start};
use crate::pages::look_at;

struct App {
    url: String,
    _running: Running,
}

fn app(provider: &Provider, authority: &Authority, host: &str, mut command: Command) -> App {
    let port = free_port();
    let url = format!("https://{host}.localhost:{port}");
    let client = provider.command(&[
        "client",
        "add",
        "--name",
        host,
        "--redirect-uri",
        &format!("{url}/callback"),
        "--post-logout-redirect-uri",
        &format!("{url}/me"),
        "--id-token-algorithm",
        "ES256",
    ]);
    let text = |name: &str| client[name].as_str().expect("given").to_owned();
    // One of the apps registers itself instead (RFC 7591).
    let token = provider.command(&["client", "registration-token", "--name", host, "--uses", "1"]);
    command
        .env("INITIAL_ACCESS_TOKEN", token["token"].as_str().expect("given"))
        .env("ISSUER", &provider.issuer)
        .env("CLIENT_ID", text("client_id"))
        .env("CLIENT_SECRET", text("client_secret"))
        .env("APP_URL", &url)
        .env("PORT", port.to_string())
        .env("TLS_CERT", &authority.certificate)
        .env("TLS_KEY", &authority.key)
        .env("CA_FILE", &authority.ca)
        .env("NODE_EXTRA_CA_CERTS", &authority.ca)
        .env("REQUESTS_CA_BUNDLE", &authority.ca)
        .env("SSL_CERT_FILE", &authority.ca)
        .env("PYTHONDONTWRITEBYTECODE", "1");
    App { url, _running: start(&mut command, "ready").0 }
}

async fn result(window: &Window) -> Value {
    let text = window.find("#result").await.text().await.expect("text");
    serde_json::from_str(&text).unwrap_or_else(|e| panic!("{e}: {text}"))
}

/// Form Post Response Mode 1.0: by itself with script, by its button without.
async fn answered_by_form(window: &Window, app: &str) {
    window.goto(&format!("{app}/start?response_mode=form_post&organization=contoso")).await;
    assert_eq!(result(window).await["org_name"], "Contoso Bâtiment");
    for language in ["en", "fr"] {
        window.script(false).await;
        window.goto(&format!("{app}/start?response_mode=form_post&organization=northwind&ui_locales={language}")).await;
        window.find("form#answer").await;
        // axe-core is script itself; what the page would have run at its start is over.
        window.script(true).await;
        look_at(window, "form-post", language).await;
        window.click("form#answer button").await;
        assert_eq!(result(window).await["org_name"], "Northwind Traders");
    }
}

async fn journey(host: &str, command: Command, form_post: bool) {
    let authority = Authority::new();
    let provider = Provider::start(Some(&authority));
    let app = app(&provider, &authority, host, command);
    let window = Window::open("en").await;
    let at = |path: &str| format!("{}{path}", app.url);

    // Sign-in, with the choice of a company.
    window.goto(&at("/start")).await;
    window.sign_in("amelie@example.test").await;
    window.choose("northwind").await;
    window.allow().await;
    let first = result(&window).await;
    assert_eq!(first["org_name"], "Northwind Traders", "{first}");
    assert_eq!(first["userinfo"]["email"], "amelie@example.test");
    assert_eq!(first["userinfo"]["sub"], first["sub"]);
    assert_eq!(first["userinfo"]["org_id"], first["org_id"]);
    assert_eq!(first["refresh_token"], true);

    window.goto(&at("/refresh")).await;
    let refreshed = result(&window).await;
    assert_eq!((&refreshed["refreshed"], &refreshed["org_id"], &refreshed["sid"]), (&Value::from(1), &first["org_id"], &first["sid"]));

    // Switching is one more authorization request: no password, only consent for the new company.
    window.goto(&at("/switch?organization=contoso")).await;
    window.allow().await;
    let switched = result(&window).await;
    assert_eq!(switched["org_name"], "Contoso Bâtiment");
    assert_eq!(switched["sub"], first["sub"]);
    assert_ne!(switched["account_id"], first["account_id"]);
    window.goto(&at("/switch?organization=northwind")).await;
    assert_eq!(result(&window).await["sid"], first["sid"], "back in the old app session, without any page");

    if form_post {
        answered_by_form(&window, &app.url).await;
    }
    window.goto(&at("/logout")).await;
    window.find("#signed-out").await;
    window.goto(&at("/start?prompt=none")).await;
    window.find("#error").await;
    assert!(window.text("#error").await.contains("login_required"));

    // The cookie of an https issuer.
    window.goto(&format!("{}/sign-in", provider.issuer)).await;
    let cookies = window.driver.get_all_cookies().await.expect("cookies");
    assert!(cookies.iter().any(|c| c.name == "__Host-vestibule" && c.secure == Some(true)), "{cookies:?}");
    window.close().await;
}

#[tokio::test]
async fn the_openidconnect_crate() {
    journey("rust-app", Command::new(example("client_rust")), false).await;
}

#[tokio::test]
async fn openid_client_for_node() {
    let mut command = Command::new("node");
    command.arg("tests/clients/node/app.mjs");
    journey("node-app", command, true).await;
}

#[tokio::test]
async fn authlib_for_python() {
    let mut command = Command::new("tests/clients/python/.venv/bin/python");
    command.arg("tests/clients/python/app.py");
    journey("python-app", command, false).await;
}

/// RFC 8628 with a library that knows nothing of us: the till shows a code, somebody types it in a browser, the till goes on by itself.
#[tokio::test]
async fn openid_client_on_a_till() {
    let authority = Authority::new();
    let provider = Provider::start(Some(&authority));
    let till = provider.command(&["client", "add", "--name", "Till", "--kind", "device"]);
    let out = provider.folder.path().join("till.json");
    let starts = || {
        let mut command = Command::new("node");
        command
            .arg("tests/clients/node/till.mjs")
            .env("ISSUER", &provider.issuer)
            .env("CLIENT_ID", till["client_id"].as_str().expect("given"))
            .env("OUT", &out)
            .env("NODE_EXTRA_CA_CERTS", &authority.ca);
        let (running, line) = start(&mut command, "ready");
        (running, serde_json::from_str::<Value>(line.trim_start_matches("ready ")).expect("JSON"))
    };
    let text = |told: &Value, name: &str| told[name].as_str().unwrap_or_else(|| panic!("{name}: {told}")).to_owned();
    let window = Window::open("en").await;
    for language in ["en", "fr"] {
        let (_running, told) = starts();
        window.goto(&format!("{}?lang={language}", text(&told, "verification_uri"))).await;
        window.write("#user_code", "bbbb bbbb").await;
        window.click("button.primary").await;
        window.find("#trouble").await;
        look_at(&window, "device-trouble", language).await;
        window.goto(&text(&told, "verification_uri_complete")).await;
        look_at(&window, "device", language).await;
        window.click("button.primary").await;
        if language == "en" {
            window.sign_in("amelie@example.test").await;
        }
        window.choose("northwind").await;
        window.find("p.usercode").await;
        look_at(&window, "device-consent", language).await;
        if language == "fr" {
            window.click("button[value=deny]").await;
            window.find("a[href='/device']").await;
            look_at(&window, "device-refused", language).await;
            continue;
        }
        window.allow().await;
        window.find("a[href*='/portal/security/']").await;
        look_at(&window, "device-ended", language).await;
        let until = std::time::Instant::now() + std::time::Duration::from_secs(60);
        let result: Value = loop {
            match std::fs::read(&out).ok().and_then(|bytes| serde_json::from_slice(&bytes).ok()) {
                Some(result) => break result,
                None if std::time::Instant::now() < until => tokio::time::sleep(std::time::Duration::from_millis(100)).await,
                None => panic!("the till waits for ever"),
            }
        };
        assert_eq!((&result["org_name"], &result["refreshed"]), (&Value::from("Northwind Traders"), &Value::from("Northwind Traders")), "{result}");
        assert_eq!(result["userinfo"]["sub"], result["sub"]);
    }
    window.close().await;
}
