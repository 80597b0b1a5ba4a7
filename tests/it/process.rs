//! The real binary: what only a process can show. Durability of what was answered, and commands beside a running server.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use serde_json::Value;
use tempfile::TempDir;

use crate::support::database;

struct Provider {
    environment: Vec<(String, String)>,
    port: u16,
    child: Option<Child>,
    folder: TempDir,
}

impl Provider {
    async fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let port = std::net::TcpListener::bind("127.0.0.1:0").expect("a port").local_addr().expect("an address").port();
        let path = |name: &str| folder.path().join(name).display().to_string();
        let url = match database::fresh(folder.path()).await {
            vestibule::config::DatabaseUrl::Sqlite(file) => format!("sqlite:{file}"),
            vestibule::config::DatabaseUrl::Postgres(url) => url.expose().clone(),
        };
        let environment = [
            ("ISSUER", format!("http://localhost:{port}")),
            ("LISTEN", format!("127.0.0.1:{port}")),
            ("DATABASE__URL", url),
            ("KEYS__DIRECTORY", path("keys")),
            ("KEYS__ENCRYPTION_SECRET", "the key encryption secret of the tests".into()),
            ("LOG", "warn".into()),
        ];
        Self { environment: environment.map(|(k, v)| (format!("VESTIBULE_{k}"), v)).to_vec(), port, child: None, folder }
    }
    fn binary(&self) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_vestibule"));
        // Only what this test says: the test run's own variables are no configuration.
        command.env_clear().env("PATH", std::env::var_os("PATH").unwrap_or_default()).envs(self.environment.iter().cloned());
        command
    }
    fn command(&self, arguments: &[&str]) -> Value {
        let out = self.binary().arg("--json").args(arguments).output().expect("it runs");
        assert!(out.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&out.stderr));
        serde_json::from_slice(&out.stdout).unwrap_or_default()
    }
    fn start(&mut self) {
        let mut child = self.binary().arg("serve").stdout(Stdio::piped()).spawn().expect("it starts");
        let mut line = String::new();
        BufReader::new(child.stdout.take().expect("piped")).read_line(&mut line).expect("text");
        assert!(line.contains("Vestibule serves"), "{line}");
        self.child = Some(child);
    }
    /// `kill -9`: nothing is flushed, nothing is finished.
    fn kill(&mut self) {
        if let Some(mut child) = self.child.take() {
            child.kill().expect("killed");
            child.wait().expect("gone");
        }
    }
    fn url(&self, path: &str) -> String {
        format!("http://localhost:{}{path}", self.port)
    }
}

impl Drop for Provider {
    fn drop(&mut self) {
        self.kill();
    }
}

/// The provider's database, for looking into it while no server runs.
fn database_url(provider: &Provider) -> vestibule::config::DatabaseUrl {
    let url = provider.environment.iter().find(|(name, _)| name == "VESTIBULE_DATABASE__URL").map(|(_, url)| url.clone()).expect("set");
    match url.strip_prefix("sqlite:") {
        Some(file) => vestibule::config::DatabaseUrl::Sqlite(file.to_owned()),
        None => vestibule::config::DatabaseUrl::Postgres(vestibule::types::Secret::new(url)),
    }
}

fn http() -> reqwest::Client {
    rustls::crypto::ring::default_provider().install_default().ok();
    // No connection outlives its request: one to a killed server must not be tried again on the next one.
    reqwest::Client::builder().pool_max_idle_per_host(0).redirect(reqwest::redirect::Policy::none()).build().expect("a client")
}

#[tokio::test]
async fn decision_24_a_crash_loses_nothing_that_was_answered() {
    let mut provider = Provider::new().await;
    let metadata = provider.folder.path().join("client.json");
    std::fs::write(&metadata, r#"{"grant_types":["client_credentials"],"scope":"jobs.run"}"#).expect("written");
    let client = provider.command(&["client", "add", "--name", "Worker", "--metadata", &metadata.display().to_string()]);
    let (id, secret) = (client["client_id"].as_str().expect("an id").to_owned(), client["client_secret"].as_str().expect("a secret").to_owned());
    let http = http();
    let url = database_url(&provider);
    let mut issued = 0;
    for _ in 0..2 {
        provider.start();
        let issued_now = Arc::new(AtomicUsize::new(0));
        let answered = Arc::new(AtomicUsize::new(0));
        let mut revoked = Vec::new();
        // Many at once, so that the crash falls into running batches.
        let tasks: Vec<_> = (0..200)
            .map(|_| {
                let (http, token_url, revoke_url, id, secret, answered, issued_now) =
                    (http.clone(), provider.url("/token"), provider.url("/revoke"), id.clone(), secret.clone(), answered.clone(), issued_now.clone());
                tokio::spawn(async move {
                    let answer = http.post(token_url).basic_auth(&id, Some(&secret)).form(&[("grant_type", "client_credentials")]).send().await.ok()?;
                    let token = answer.json::<Value>().await.ok()?["access_token"].as_str()?.to_owned();
                    issued_now.fetch_add(1, Ordering::SeqCst);
                    let done = http.post(revoke_url).basic_auth(&id, Some(&secret)).form(&[("token", token.as_str())]).send().await.ok()?;
                    (done.status() == 200).then(|| {
                        answered.fetch_add(1, Ordering::SeqCst);
                        token
                    })
                })
            })
            .collect();
        let until = Instant::now() + Duration::from_secs(60);
        while answered.load(Ordering::SeqCst) < 20 {
            assert!(Instant::now() < until, "the server answers");
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        provider.kill();
        for task in tasks {
            revoked.extend(task.await.expect("no panic"));
        }
        // What the grouped writer had answered is there too: an event for every token that went out.
        issued += issued_now.load(Ordering::SeqCst) as i64;
        let db = vestibule::store::Db::connect(&url).await.expect("the database opens after the crash");
        let kept = vestibule::store::audit::count(&db, "token.issued").await.expect("a read");
        assert!(kept >= issued, "{kept} of {issued} answered events are there");
        db.close().await;
        provider.start();
        assert!(revoked.len() >= 20);
        for token in &revoked {
            let answer =
                http.post(provider.url("/introspect")).basic_auth(&id, Some(&secret)).form(&[("token", token.as_str())]).send().await.expect("an answer");
            assert_eq!(answer.json::<Value>().await.expect("JSON")["active"], false, "an answered revocation was lost");
        }
        provider.kill();
    }
}

#[tokio::test]
async fn decision_22_commands_beside_a_running_server() {
    let mut provider = Provider::new().await;
    provider.start();
    let http = http();
    let metadata = provider.folder.path().join("client.json");
    std::fs::write(&metadata, r#"{"grant_types":["client_credentials"],"scope":"jobs.run"}"#).expect("written");
    let client = provider.command(&["client", "add", "--name", "Worker", "--metadata", &metadata.display().to_string()]);
    let id = client["client_id"].as_str().expect("an id").to_owned();
    let ask = async |secret: &str| {
        let answer =
            http.post(provider.url("/token")).basic_auth(&id, Some(secret)).form(&[("grant_type", "client_credentials")]).send().await.expect("an answer");
        answer.status().as_u16()
    };
    assert_eq!(ask(client["client_secret"].as_str().expect("a secret")).await, 200, "a new client is found at once");
    let second = provider.command(&["client", "secret", &id])["client_secret"].as_str().expect("a secret").to_owned();
    let until = Instant::now() + Duration::from_secs(30);
    while ask(&second).await != 200 {
        assert!(Instant::now() < until, "the server reads changed clients again");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    provider.command(&["company", "add", "--name", "Shop", "--slug", "shop"]);
    let again = provider.binary().args(["company", "add", "--name", "Shop", "--slug", "shop"]).output().expect("it runs");
    assert!(!again.status.success() && String::from_utf8_lossy(&again.stderr).contains("taken"));
}

#[tokio::test]
async fn decision_22_every_command_of_the_readme_works_beside_a_running_server() {
    let mut provider = Provider::new().await;
    let run = |provider: &Provider, arguments: &[&str]| {
        let out = provider.binary().args(arguments).output().expect("it runs");
        assert!(out.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&out.stderr));
        String::from_utf8(out.stdout).expect("text")
    };
    run(&provider, &["migrate"]);
    assert!(run(&provider, &["check-config"]).contains(&provider.url("")), "it shows what is in force");
    provider.start();
    let password = provider.folder.path().join("pw.txt");
    std::fs::write(&password, "seven lanterns over the canal\n").expect("written");
    let password = password.display().to_string();
    for line in [
        "company add --name Shop --slug shop",
        "company add --name Depot --slug depot",
        "role add --company shop --name clerk --permission stock.read",
        "role add --company depot --name chief --permission stock.read --permission stock.write",
        "person add --email alice@example.test --verified --given-name Alice --password-file PASSWORD",
        "person add --email nina@example.test",
        "account add --person alice@example.test --company shop --role clerk",
        "account add --person alice@example.test --company depot --kind owner --role chief",
        "resource add --identifier https://stock.example.test/api --name Stock --scope stock.read=See",
        "client add --name App --redirect-uri http://localhost:3000/callback",
        "company set --company shop --factor-level mfa --factor-grace-days 14",
        "migrate",
        "check-config",
    ] {
        let words: Vec<&str> = line.split(' ').map(|word| if word == "PASSWORD" { password.as_str() } else { word }).collect();
        run(&provider, &words);
    }
    let http = http();
    let kids = async || {
        let jwks: Value = http.get(provider.url("/jwks")).send().await.expect("an answer").json().await.expect("JSON");
        jwks["keys"].as_array().expect("keys").iter().map(|k| k["kid"].as_str().expect("a kid").to_owned()).collect::<std::collections::BTreeSet<_>>()
    };
    let before = kids().await;
    let refused = provider.binary().args(["keys", "rotate"]).output().expect("it runs");
    assert!(!refused.status.success() && String::from_utf8_lossy(&refused.stderr).contains("--force"), "the next key is too young");
    run(&provider, &["keys", "rotate", "--force"]);
    let until = Instant::now() + Duration::from_secs(30);
    while kids().await == before {
        assert!(Instant::now() < until, "the server reads changed keys again");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    assert!(before.is_subset(&kids().await), "no key that tokens were signed with is gone");
    // Asked to stop, it does so by itself and says that all went well.
    let mut child = provider.child.take().expect("running");
    assert!(Command::new("kill").args(["-TERM", &child.id().to_string()]).status().expect("kill runs").success());
    assert!(child.wait().expect("it ends").success());
}

#[tokio::test]
async fn a_first_start_without_any_configuration_works() {
    let folder = tempfile::tempdir().expect("a folder");
    let port = std::net::TcpListener::bind("127.0.0.1:0").expect("a port").local_addr().expect("an address").port();
    // Nothing but another port, for tests run beside each other.
    let mut child = Command::new(env!("CARGO_BIN_EXE_vestibule"))
        .env_clear()
        .env("VESTIBULE_LISTEN", format!("127.0.0.1:{port}"))
        .current_dir(folder.path())
        .arg("serve")
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("it starts");
    let mut line = String::new();
    BufReader::new(child.stdout.take().expect("piped")).read_line(&mut line).expect("text");
    assert!(line.contains("Vestibule serves http://localhost:8080"), "{line}");
    let found: Value =
        http().get(format!("http://localhost:{port}/.well-known/openid-configuration")).send().await.expect("an answer").json().await.expect("JSON");
    child.kill().expect("killed");
    child.wait().expect("gone");
    assert_eq!(found["issuer"], "http://localhost:8080");
    use std::os::unix::fs::PermissionsExt;
    let mode = |name: &str| std::fs::metadata(folder.path().join(name)).expect("it is there").permissions().mode() & 0o777;
    assert_eq!((mode("vestibule.sqlite"), mode("keys")), (0o600, 0o700));
    assert!(std::fs::read_dir(folder.path().join("keys")).expect("readable").count() >= 10, "keys and secrets");
}

#[tokio::test]
async fn a_mail_leaves_a_running_server_by_smtp_and_what_the_mail_library_refuses_stops_the_start() {
    let mut provider = Provider::new().await;
    let got = Arc::new(std::sync::Mutex::new(String::new()));
    let port = crate::outbox::sink(got.clone()).await;
    let set = |provider: &mut Provider, name: &str, value: String| provider.environment.push((format!("VESTIBULE_MAIL__{name}"), value));
    set(&mut provider, "SMTP_URL", format!("smtp://127.0.0.1:{port}"));
    set(&mut provider, "FROM", "Vestibule <noreply@example.test>".into());
    provider.start();
    provider.command(&["person", "add", "--email", "nina@example.test", "--given-name", "Nina"]);
    let until = Instant::now() + Duration::from_secs(30);
    while !got.lock().expect("unpoisoned").contains("/activate/") {
        assert!(Instant::now() < until, "the worker sends what waits");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    provider.kill();
    for (name, wrong) in [("SMTP_URL", "smtp://mail.example.test?tls=perhaps"), ("SMTP_URL", "smtp://"), ("FROM", "Vestibule, Inc. <noreply@example.test>")] {
        set(&mut provider, name, wrong.into());
        let out = provider.binary().arg("check-config").output().expect("it runs");
        assert_eq!(out.status.code(), Some(2), "{wrong}");
        assert!(String::from_utf8_lossy(&out.stderr).contains(&format!("mail.{}", name.to_lowercase())), "{wrong}");
        provider.environment.pop();
    }
}

#[test]
fn the_demo_shows_everybodys_mail_and_so_runs_on_loopback_alone() {
    let folder = tempfile::tempdir().expect("a folder");
    let out = Command::new(env!("CARGO_BIN_EXE_vestibule"))
        .env_clear()
        .env("VESTIBULE_ISSUER", "https://id.example.test")
        .current_dir(folder.path())
        .arg("demo")
        .output()
        .expect("it runs");
    assert!(out.status.code() == Some(1) && String::from_utf8_lossy(&out.stderr).contains("loopback"), "{}", String::from_utf8_lossy(&out.stderr));
}

#[test]
fn other_programs_variables_may_hold_anything_and_ours_are_text() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;
    let bytes = OsStr::from_bytes(b"\xff\xfe");
    let run = |name: &str| Command::new(env!("CARGO_BIN_EXE_vestibule")).env_clear().env(name, bytes).arg("check-config").output().expect("it runs");
    assert_eq!(run("SOMETHING_ELSE").status.code(), Some(0));
    let wrong = run("VESTIBULE_ISSUER");
    assert!(wrong.status.code() == Some(2) && String::from_utf8_lossy(&wrong.stderr).contains("VESTIBULE_ISSUER: is not UTF-8"));
}

#[test]
fn the_command_line_teaches_and_tells_every_mistake_at_once() {
    let run = |arguments: &[&str], environment: &[(&str, &str)]| {
        Command::new(env!("CARGO_BIN_EXE_vestibule")).env_clear().envs(environment.iter().copied()).args(arguments).output().expect("it runs")
    };
    let help = String::from_utf8(run(&["--help"], &[]).stdout).expect("text");
    for word in ["serve", "check-config", "client add", "lifetimes.code", "VESTIBULE_"] {
        assert!(help.contains(word), "{word}");
    }
    let wrong = run(&["check-config"], &[("VESTIBULE_ISSUER", "http://a.test"), ("VESTIBULE_TYPO", "1"), ("VESTIBULE_LISTEN", "x")]);
    assert_eq!(wrong.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&wrong.stderr).contains("3 mistake"));
}

#[tokio::test]
async fn every_call_of_the_api_works_from_the_command_line_on_the_database_and_at_a_running_server() {
    let mut provider = Provider::new().await;
    let folder = provider.folder.path().to_owned();
    let write = |name: &str, text: &str| {
        std::fs::write(folder.join(name), text).expect("written");
        folder.join(name).display().to_string()
    };
    // On the database: flags are members of the body, @FILE is a body.
    provider.command(&["api", "add-organization", "--org-name", "Shop", "--org-slug", "shop"]);
    provider.command(&[
        "api",
        "add-role",
        "--org",
        "shop",
        "--name",
        "clerk",
        "--title",
        "Clerk",
        "--permissions",
        "stock.read",
        "--permissions",
        "stock.write",
    ]);
    let roles = provider.command(&["api", "list-roles", "--org", "shop"]);
    assert_eq!(roles["roles"][0]["permissions"], serde_json::json!(["stock.read", "stock.write"]), "{roles}");
    let body = write("client.json", r#"{"metadata": {"grant_types": ["client_credentials"], "scope": "companies audit"}}"#);
    let client = provider.command(&["api", "add-client", "--client-name", "Service", "--body", &format!("@{body}")]);
    let (id, secret) = (client["client_id"].as_str().expect("an id").to_owned(), write("secret", client["client_secret"].as_str().expect("a secret")));
    let out = provider.binary().args(["api", "list-organizations"]).output().expect("it runs");
    let text = String::from_utf8(out.stdout).expect("text");
    assert!(text.contains("org_slug=shop") && text.lines().count() == 1, "{text}");
    // Refused in the words of the API, and not done; a person's own calls need the person's token.
    for (arguments, says) in [
        (vec!["api", "get-client", "--client", "cli_x"], "404 not-here"),
        (vec!["api", "add-role", "--org", "shop", "--name", "clerk", "--title", "Clerk", "--body", r#"{"permissions": []}"#], "422 refused"),
        (vec!["api", "list-my-links"], "403"),
        (vec!["api", "list-clients", "--server", "http://127.0.0.1:1"], "--token-file"),
    ] {
        let out = provider.binary().args(&arguments).output().expect("it runs");
        let error = String::from_utf8_lossy(&out.stderr).into_owned();
        assert!(!out.status.success() && error.contains(says), "{arguments:?}: {error}");
    }
    // At a running server, by a client of it.
    provider.start();
    let server = provider.url("");
    let at = |rest: &[&str]| {
        let mut all = vec!["api", "--server", server.as_str(), "--as-client", id.as_str(), "--client-secret-file", secret.as_str()];
        all.extend_from_slice(rest);
        all.into_iter().map(str::to_owned).collect::<Vec<_>>()
    };
    let run = |rest: &[&str]| {
        let arguments = at(rest);
        provider.command(&arguments.iter().map(String::as_str).collect::<Vec<_>>())
    };
    run(&["set-role", "--org", "shop", "--role", "clerk", "--title", "Chief clerk", "--body", r#"{"permissions": []}"#]);
    assert_eq!(run(&["list-roles", "--org", "shop"])["roles"][0]["title"], "Chief clerk");
    let log = run(&["list-all-audit-events", "--kind", "role.changed"]);
    assert_eq!(log["events"][0]["client_id"], id.as_str(), "{log}");
    let refused = provider.binary().args(at(&["list-clients"])).output().expect("it runs");
    assert!(String::from_utf8_lossy(&refused.stderr).contains("403 insufficient-scope"), "{}", String::from_utf8_lossy(&refused.stderr));
}
