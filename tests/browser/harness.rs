//! Starting what a journey needs, and stopping it again: driver, provider, apps, certificates.

use std::collections::HashMap;
use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use serde_json::json;
use tempfile::TempDir;
use thirtyfour::prelude::*;
use tokio::sync::{Semaphore, SemaphorePermit};

pub const PASSWORD: &str = "open the demo door";

/// A child process that ends with its owner.
pub struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Starts a program and waits until a line of its output has `ready` in it; gives that line.
pub fn start(command: &mut Command, ready: &str) -> (Running, String) {
    let mut child = command.stdout(Stdio::piped()).spawn().unwrap_or_else(|e| panic!("{command:?}: {e}"));
    let mut lines = BufReader::new(child.stdout.take().expect("piped")).lines();
    let running = Running(child);
    for line in &mut lines {
        let line = line.expect("text");
        if line.contains(ready) {
            // Somebody must go on reading, or the program stops at a full pipe.
            std::thread::spawn(move || lines.for_each(drop));
            return (running, line);
        }
    }
    panic!("{command:?} stopped before it was ready");
}

pub fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").expect("a port").local_addr().expect("an address").port()
}

pub fn example(name: &str) -> PathBuf {
    Path::new(env!("CARGO_BIN_EXE_vestibule")).parent().expect("a folder").join("examples").join(name)
}

/// One driver for all tests; at most two browsers at once.
fn driver() -> &'static (Running, String) {
    static DRIVER: OnceLock<(Running, String)> = OnceLock::new();
    // The WebDriver client speaks TLS only in name, but its library wants a provider.
    rustls::crypto::ring::default_provider().install_default().ok();
    DRIVER.get_or_init(|| {
        let (running, line) = start(Command::new("chromedriver").arg("--port=0").stderr(Stdio::null()), "started successfully on port");
        let port: String = line.rsplit("port ").next().expect("a port").chars().take_while(char::is_ascii_digit).collect();
        (running, format!("http://localhost:{port}"))
    })
}

static SLOTS: Semaphore = Semaphore::const_new(2);

/// A browser window.
pub struct Window {
    pub driver: WebDriver,
    _slot: Option<SemaphorePermit<'static>>,
    _profile: TempDir,
}

impl Window {
    /// The first window of a test; at most two tests at once have one.
    pub async fn open(language: &str) -> Self {
        let slot = SLOTS.acquire().await.expect("a slot");
        Self::start(language, Some(slot)).await
    }
    /// Another one for the same test. It waits for nobody: two tests that each wait for a second window would wait for ever.
    pub async fn beside(&self, language: &str) -> Self {
        Self::start(language, None).await
    }
    async fn start(language: &str, slot: Option<SemaphorePermit<'static>>) -> Self {
        let profile = tempfile::tempdir().expect("a folder");
        let mut capabilities = DesiredCapabilities::chrome();
        for argument in [
            "--headless=new",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-quic",
            "--disable-dev-shm-usage",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE *.localhost, EXCLUDE 127.0.0.1",
        ] {
            capabilities.add_arg(argument).expect("an argument");
        }
        capabilities.add_arg(&format!("--user-data-dir={}", profile.path().display())).expect("an argument");
        capabilities.add_arg(&format!("--accept-lang={language}")).expect("an argument");
        capabilities.accept_insecure_certs(true).expect("a capability");
        let driver = WebDriver::new(&driver().1, capabilities).await.expect("a session; is Chromium installed?");
        Self { driver, _slot: slot, _profile: profile }
    }
    pub async fn close(self) {
        self.driver.quit().await.expect("closed");
    }
    pub async fn goto(&self, url: &str) {
        self.driver.goto(url).await.unwrap_or_else(|e| panic!("{url}: {e}"));
    }
    /// The first element that matches, once it is there.
    pub async fn find(&self, css: &str) -> WebElement {
        let until = Instant::now() + Duration::from_secs(20);
        loop {
            match self.driver.find(By::Css(css)).await {
                Ok(found) => return found,
                Err(_) if Instant::now() < until => tokio::time::sleep(Duration::from_millis(50)).await,
                Err(_) => panic!("no {css} at {:?}: {}", self.driver.current_url().await, self.text("body").await),
            }
        }
    }
    pub async fn has(&self, css: &str) -> bool {
        self.driver.find(By::Css(css)).await.is_ok()
    }
    /// Waits until nothing matches.
    pub async fn gone(&self, css: &str) {
        let until = Instant::now() + Duration::from_secs(20);
        while self.has(css).await {
            assert!(Instant::now() < until, "{css} stays: {}", self.text("body").await);
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }
    pub async fn text(&self, css: &str) -> String {
        match self.driver.find(By::Css(css)).await {
            Ok(found) => found.text().await.unwrap_or_default(),
            Err(_) => String::new(),
        }
    }
    pub async fn click(&self, css: &str) {
        self.find(css).await.click().await.unwrap_or_else(|e| panic!("{css}: {e}"));
    }
    pub async fn write(&self, css: &str, text: &str) {
        let field = self.find(css).await;
        field.clear().await.expect("cleared");
        field.send_keys(text).await.expect("written");
    }
    pub async fn sign_in(&self, name: &str) {
        self.write("#identifier", name).await;
        self.write("#password", PASSWORD).await;
        self.click("form[action$='/sign-in'] button.primary").await;
    }
    pub async fn allow(&self) {
        self.click("button[value=allow]").await;
    }
    /// Clicks the account of the company with this slug.
    pub async fn choose(&self, slug: &str) {
        self.click(&format!("button.choice[title='{slug}']")).await;
    }
    /// Switches the page's own script off, or on.
    pub async fn script(&self, on: bool) {
        self.cdp("Emulation.setScriptExecutionDisabled", json!({"value": !on})).await;
    }
    pub async fn look(&self, width: u32, dark: bool) {
        self.cdp("Emulation.setDeviceMetricsOverride", json!({"width": width, "height": 800, "deviceScaleFactor": 1, "mobile": false})).await;
        // Without motion: a transition half-way between the two schemes has colours of neither.
        let features = json!([
            {"name": "prefers-color-scheme", "value": if dark { "dark" } else { "light" }},
            {"name": "prefers-reduced-motion", "value": "reduce"},
        ]);
        self.cdp("Emulation.setEmulatedMedia", json!({"features": features})).await;
    }
    pub async fn cdp(&self, command: &str, parameters: serde_json::Value) {
        self.driver.cdp().send_raw(command, parameters).await.unwrap_or_else(|e| panic!("{command}: {e}"));
    }
}

/// The provider with demo data.
pub struct Provider {
    pub issuer: String,
    pub app_url: String,
    pub app_environment: HashMap<String, String>,
    pub environment: Vec<(String, String)>,
    pub folder: TempDir,
    _running: Running,
}

impl Provider {
    /// Over http, or over https with a throw-away certificate.
    pub fn start(https: Option<&Authority>) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let (port, app_port) = (free_port(), free_port());
        let issuer = format!("{}://localhost:{port}", if https.is_some() { "https" } else { "http" });
        let app_url = format!("http://licence-desk.localhost:{app_port}");
        let path = |name: &str| folder.path().join(name).display().to_string();
        let mut environment = vec![
            ("VESTIBULE_ISSUER".to_owned(), issuer.clone()),
            ("VESTIBULE_LISTEN".to_owned(), format!("127.0.0.1:{port}")),
            ("VESTIBULE_DATABASE__URL".to_owned(), format!("sqlite:{}", path("vestibule.sqlite"))),
            ("VESTIBULE_KEYS__DIRECTORY".to_owned(), path("keys")),
            ("VESTIBULE_LOG".to_owned(), "warn".to_owned()),
        ];
        if let Some(authority) = https {
            environment.push(("VESTIBULE_TLS__CERTIFICATE".to_owned(), authority.certificate.display().to_string()));
            environment.push(("VESTIBULE_TLS__KEY".to_owned(), authority.key.display().to_string()));
        }
        let mut command = Command::new(env!("CARGO_BIN_EXE_vestibule"));
        command.args(["demo", "--app-url", &app_url, "--app-env", &path("app.env")]).envs(environment.iter().cloned());
        let (running, _) = start(&mut command, "Vestibule demo");
        let text = std::fs::read_to_string(path("app.env")).expect("the app's environment");
        let app_environment = text.lines().filter_map(|l| l.split_once('=')).map(|(k, v)| (k.to_owned(), v.to_owned())).collect();
        Self { issuer, app_url, app_environment, environment, folder, _running: running }
    }

    /// Starts the sample app beside it.
    pub fn sample_app(&self) -> Running {
        let mut command = Command::new(example("licence_desk"));
        command.envs(&self.app_environment).env("LICENCES", self.folder.path().join("licences.sqlite"));
        start(&mut command, "ready").0
    }

    /// The days in which somebody can say no to giving their second factors up are over: a real browser has no clock to move.
    pub async fn days_pass_for_resets(&self) {
        use sqlx::Connection;
        let url = format!("sqlite:{}", self.folder.path().join("vestibule.sqlite").display());
        let mut connection = sqlx::SqliteConnection::connect(&url).await.expect("the database opens");
        sqlx::query("update factor_reset set ready_at = 0 where ended_at is null").execute(&mut connection).await.expect("a write");
    }

    /// Runs one of the operator's commands beside the running server; gives its JSON.
    pub fn command(&self, arguments: &[&str]) -> serde_json::Value {
        let out = Command::new(env!("CARGO_BIN_EXE_vestibule")).arg("--json").args(arguments).envs(self.environment.iter().cloned()).output().expect("it runs");
        assert!(out.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&out.stderr));
        serde_json::from_slice(&out.stdout).expect("JSON")
    }
}

/// A throw-away certificate authority, and one certificate for every host of the tests.
pub struct Authority {
    pub ca: PathBuf,
    pub certificate: PathBuf,
    pub key: PathBuf,
    _folder: TempDir,
}

impl Authority {
    pub fn new() -> Self {
        use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair, KeyUsagePurpose};
        let folder = tempfile::tempdir().expect("a folder");
        let ca_key = KeyPair::generate().expect("a key");
        let mut ca = CertificateParams::new(Vec::new()).expect("parameters");
        ca.distinguished_name.push(rcgen::DnType::CommonName, "a throw-away authority");
        ca.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        ca.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign, KeyUsagePurpose::DigitalSignature];
        let ca_pem = ca.self_signed(&ca_key).expect("signed").pem();
        let issuer = Issuer::new(ca, ca_key);
        let key = KeyPair::generate().expect("a key");
        let hosts = ["localhost", "rust-app.localhost", "node-app.localhost", "python-app.localhost"].map(str::to_owned);
        let mut params = CertificateParams::new(hosts.to_vec()).expect("parameters");
        params.use_authority_key_identifier_extension = true;
        let leaf = params.signed_by(&key, &issuer).expect("signed").pem();
        let keep = |name: &str, text: String| {
            let path = folder.path().join(name);
            std::fs::write(&path, text).expect("written");
            path
        };
        Self { ca: keep("ca.pem", ca_pem), certificate: keep("leaf.pem", leaf), key: keep("leaf.key", key.serialize_pem()), _folder: folder }
    }
}
