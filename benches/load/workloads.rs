//! The workloads, and the verification of their answers.

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use base64::Engine;
use serde_json::{Value, json};
use vestibule::actions::Clock;
use vestibule::crypto::{JwtKind, KeyRing};

use super::seed::{PASSWORD, REDIRECT, Seeded};
use super::server::Server;
use super::{CONNECTIONS, Row, measure};

const VERIFIER: &str = "a-code-verifier-of-the-load-driver-0123456789-ab";
/// BASE64URL(SHA256(VERIFIER)), computed once by the library's own PKCE.
fn challenge() -> String {
    vestibule::protocol::CodeVerifier::parse(VERIFIER).map(|v| v.challenge().as_str().to_owned()).unwrap_or_default()
}

/// A server with what the driver needs to speak to it.
pub struct Target {
    http: reqwest::Client,
    url: String,
    issuer: String,
    clients: Vec<(String, String)>,
    cookies: Vec<String>,
    people: Vec<String>,
    machine: Vec<(&'static str, String)>,
    scope: &'static str,
    companies: bool,
    /// What our tokens are signed with; the peer keeps its own to itself.
    keys: Option<Arc<KeyRing>>,
    checked: AtomicUsize,
    /// What names the browser of each of `people` that has signed in before.
    browsers: Mutex<HashMap<usize, String>>,
}

pub type Shared = Arc<Target>;

fn http() -> reqwest::Client {
    reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).pool_max_idle_per_host(CONNECTIONS * 2).build().expect("a client")
}

impl Target {
    pub fn of(seeded: &Seeded, server: &Server) -> Shared {
        Arc::new(Self {
            http: http(),
            url: server.url.clone(),
            issuer: seeded.issuer.clone(),
            clients: seeded.clients.to_vec(),
            cookies: seeded.cookies.clone(),
            people: seeded.people.clone(),
            machine: vec![],
            scope: "openid profile email",
            companies: true,
            keys: Some(seeded.app.keys()),
            checked: AtomicUsize::new(0),
            browsers: Mutex::default(),
        })
    }
    pub fn of_broken(server: &Server) -> Shared {
        let client = ("cli".to_owned(), "secret".to_owned());
        Arc::new(Self {
            http: http(),
            url: server.url.clone(),
            issuer: server.url.clone(),
            clients: vec![client.clone(), client],
            cookies: vec!["a=b".into()],
            people: vec!["a@b.test".into()],
            machine: vec![],
            scope: "openid",
            companies: true,
            keys: None,
            checked: AtomicUsize::new(0),
            browsers: Mutex::default(),
        })
    }
    pub async fn of_peer(server: &Server) -> anyhow::Result<Shared> {
        let http = http();
        let mut cookies = Vec::new();
        for n in 0..200 {
            let answer: Value = http.post(format!("{}/bench/session", server.url)).json(&json!({"sub": format!("user-{n}")})).send().await?.json().await?;
            cookies.push(answer["cookie"].as_str().context("a cookie")?.to_owned());
        }
        let port = server.url.rsplit(':').next().unwrap_or_default();
        let client = ("bench".to_owned(), "bench-secret-0123456789-0123456789-0123456789".to_owned());
        Ok(Arc::new(Self {
            http,
            url: server.url.clone(),
            issuer: format!("http://localhost:{port}"),
            clients: vec![client],
            cookies,
            people: vec![],
            machine: vec![("scope", "bench".into()), ("resource", "https://api.bench.test".into())],
            scope: "openid profile email offline_access",
            companies: false,
            keys: None,
            checked: AtomicUsize::new(0),
            browsers: Mutex::default(),
        }))
    }

    /// Against a server that answers 200 to everything: an error, as it must be, unless an operation takes an answer for good.
    pub async fn believes_nothing(self: Arc<Self>, server: &Server) -> anyhow::Result<()> {
        let tokens = Tokens { access_token: "x".into(), refresh_token: "x".into() };
        let chain = Mutex::new("x".to_owned());
        let tried = [
            ("discovery", self.discovery(0).await),
            ("JWKS", self.discovery(1).await),
            ("client_credentials", self.machine_token().await),
            ("introspection", self.introspect(&tokens).await),
            ("UserInfo", self.userinfo(&tokens).await),
            ("refresh", self.refresh(&chain).await),
            ("code", self.code(0, 0, Some("shop")).await.map(drop)),
            ("chooser", self.chooser("a=b").await),
            ("password", self.sign_in(0).await),
        ];
        for (name, result) in tried {
            if result.is_ok() {
                println!("{name} took a broken server's answer for good");
                return Ok(());
            }
        }
        // The measuring loop itself ends with the first wrong answer.
        let target = self.clone();
        let measured = super::measure("W2 of a broken server", server, 0.2, move |_, _| {
            let t = target.clone();
            async move { t.machine_token().await }
        });
        if measured.await.is_ok() {
            println!("a row was measured on wrong answers");
            return Ok(());
        }
        anyhow::bail!("every operation refused what a broken server said")
    }

    /// Claims and times of a token of ours; its signature too on every eighth, which is what the driver's core can bear.
    fn check(&self, kind: JwtKind, token: &str, audience: &str) -> anyhow::Result<()> {
        let part = token.split('.').nth(1).filter(|_| token.split('.').count() == 3).context("a JWT")?;
        let claims: Value = serde_json::from_slice(&base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(part)?)?;
        let Some(keys) = &self.keys else { return Ok(()) };
        ensure!(claims["iss"] == self.issuer.as_str() && claims["aud"] == audience && claims["sub"].is_string(), "{claims}");
        let now = Clock::system().now().seconds();
        ensure!(claims["exp"].as_i64().is_some_and(|exp| exp > now) && claims["iat"].as_i64().is_some_and(|iat| iat <= now), "{claims}");
        if self.checked.fetch_add(1, Ordering::Relaxed).is_multiple_of(8) {
            ensure!(keys.signed_claims(kind, token).is_some(), "the signature of {claims}");
        }
        Ok(())
    }

    /// Everything in turn; the first wrong answer ends the run.
    pub async fn all(self: &Shared, server: &Server, seconds: f64) -> anyhow::Result<Vec<Row>> {
        let t = self;
        let mut rows = Vec::new();
        let s = t.clone();
        rows.push(
            measure("W1 discovery + JWKS", server, seconds, move |_, n| {
                let t = s.clone();
                async move { t.discovery(n).await }
            })
            .await?,
        );
        let s = t.clone();
        rows.push(
            measure("W2 client_credentials", server, seconds, move |_, _| {
                let t = s.clone();
                async move { t.machine_token().await }
            })
            .await?,
        );
        let token = Arc::new(t.code(0, 0, None).await?);
        let (s, k) = (t.clone(), token.clone());
        rows.push(
            measure("W3 introspection", server, seconds, move |_, _| {
                let (t, k) = (s.clone(), k.clone());
                async move { t.introspect(&k).await }
            })
            .await?,
        );
        let (s, k) = (t.clone(), token.clone());
        rows.push(
            measure("W4 UserInfo", server, seconds, move |_, _| {
                let (t, k) = (s.clone(), k.clone());
                async move { t.userinfo(&k).await }
            })
            .await?,
        );
        let mut chains = Vec::new();
        for n in 0..CONNECTIONS {
            chains.push(Mutex::new(t.code(0, n, None).await?.refresh_token));
        }
        let (s, chains) = (t.clone(), Arc::new(chains));
        rows.push(
            measure("W5 refresh with rotation", server, seconds, move |w, _| {
                let (t, c) = (s.clone(), chains.clone());
                async move { t.refresh(&c[w]).await }
            })
            .await?,
        );
        if t.companies {
            let (s, next) = (t.clone(), Arc::new(AtomicUsize::new(0)));
            rows.push(
                measure("W6 first entry of a browser", server, seconds, move |_, _| {
                    let (t, n) = (s.clone(), next.fetch_add(1, Ordering::Relaxed));
                    async move { t.code(0, n, Some("shop")).await.map(drop) }
                })
                .await?,
            );
            // The rows after it are of browsers that entered before, as the peer's are.
            t.every_session_once(0).await?;
        }
        let s = t.clone();
        rows.push(
            measure("W6 code + PKCE", server, seconds, move |w, n| {
                let t = s.clone();
                async move { t.code(0, w * 7919 + n, Some("shop")).await.map(drop) }
            })
            .await?,
        );
        if t.companies {
            t.every_session_once(1).await?;
            let s = t.clone();
            rows.push(
                measure("W6 code + PKCE, RS256", server, seconds, move |w, n| {
                    let t = s.clone();
                    async move { t.code(1, w * 7919 + n, Some("shop")).await.map(drop) }
                })
                .await?,
            );
            let s = t.clone();
            rows.push(
                measure("switch of company", server, seconds, move |w, n| {
                    let t = s.clone();
                    async move { t.code(0, w, Some(if n % 2 == 0 { "depot" } else { "shop" })).await.map(drop) }
                })
                .await?,
            );
            let s = t.clone();
            for n in 0..t.people.len() {
                t.sign_in(n).await?;
            }
            rows.push(
                measure("W7 password sign-in", server, seconds, move |w, n| {
                    let t = s.clone();
                    async move { t.sign_in(w * 31 + n).await }
                })
                .await?,
            );
            let s = t.clone();
            rows.push(
                measure("W7 in a new browser, with its mail", server, seconds, move |w, n| {
                    let t = s.clone();
                    async move { t.sign_in_anew(w * 31 + n).await }
                })
                .await?,
            );
            // What everybody else feels while every hash slot is busy.
            let (s, stop) = (t.clone(), Arc::new(std::sync::atomic::AtomicBool::new(false)));
            let flag = stop.clone();
            let busy: Vec<_> = (0..8)
                .map(|w| {
                    let (t, stop) = (s.clone(), flag.clone());
                    tokio::spawn(async move {
                        let mut n = 0;
                        while !stop.load(std::sync::atomic::Ordering::Relaxed) {
                            t.sign_in(w * 31 + n).await?;
                            n += 1;
                        }
                        anyhow::Ok(())
                    })
                })
                .collect();
            let (s, k) = (t.clone(), token.clone());
            let mut beside = measure("introspection beside sign-ins", server, seconds, move |_, _| {
                let (t, k) = (s.clone(), k.clone());
                async move { t.introspect(&k).await }
            })
            .await?;
            stop.store(true, std::sync::atomic::Ordering::Relaxed);
            for b in busy {
                b.await??;
            }
            beside.cpu = f64::NAN;
            rows.push(beside);
        }
        Ok(rows)
    }

    /// One entry to a client's app from every session there is.
    pub async fn every_session_once(self: &Shared, client: usize) -> anyhow::Result<()> {
        let mut workers = Vec::new();
        for w in 0..CONNECTIONS {
            let t = self.clone();
            workers.push(tokio::spawn(async move {
                for n in (w..t.cookies.len()).step_by(CONNECTIONS) {
                    t.code(client, n, Some("shop")).await?;
                }
                anyhow::Ok(())
            }));
        }
        for worker in workers {
            worker.await??;
        }
        Ok(())
    }

    async fn discovery(&self, n: usize) -> anyhow::Result<()> {
        let path = if n.is_multiple_of(2) { "/.well-known/openid-configuration" } else { "/jwks" };
        let answer = self.http.get(format!("{}{path}", self.url)).header("host", self.issuer.trim_start_matches("http://")).send().await?;
        ensure!(answer.status() == 200, "{path}: {}", answer.status());
        let body: Value = answer.json().await?;
        ensure!(
            if n.is_multiple_of(2) { body["issuer"] == self.issuer.as_str() } else { body["keys"].as_array().is_some_and(|k| !k.is_empty()) },
            "{path}: {body}"
        );
        Ok(())
    }

    async fn post(&self, client: usize, path: &str, form: &[(&str, &str)]) -> anyhow::Result<Value> {
        let (id, secret) = &self.clients[client];
        let answer = self.http.post(format!("{}{path}", self.url)).basic_auth(id, Some(secret)).form(form).send().await?;
        let status = answer.status();
        let text = answer.text().await?;
        ensure!(status == 200, "{path}: {status} {text}");
        serde_json::from_str(&text).context("JSON")
    }

    async fn machine_token(&self) -> anyhow::Result<()> {
        let mut form = vec![("grant_type", "client_credentials")];
        form.extend(self.machine.iter().map(|(k, v)| (*k, v.as_str())));
        let answer = self.post(0, "/token", &form).await?;
        self.check(JwtKind::AccessToken, answer["access_token"].as_str().context("a token")?, &self.issuer)
    }

    async fn introspect(&self, tokens: &Tokens) -> anyhow::Result<()> {
        let answer = self.post(0, "/introspect", &[("token", &tokens.access_token)]).await?;
        ensure!(answer["active"] == true && answer["sub"].is_string(), "{answer}");
        Ok(())
    }

    async fn userinfo(&self, tokens: &Tokens) -> anyhow::Result<()> {
        let answer = self.http.get(format!("{}/userinfo", self.url)).bearer_auth(&tokens.access_token).send().await?;
        ensure!(answer.status() == 200, "userinfo: {}", answer.status());
        let body: Value = answer.json().await?;
        ensure!(body["sub"].is_string() && body["email"].is_string(), "{body}");
        Ok(())
    }

    async fn refresh(&self, chain: &Mutex<String>) -> anyhow::Result<()> {
        let token = chain.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let answer = self.post(0, "/token", &[("grant_type", "refresh_token"), ("refresh_token", &token)]).await?;
        let next = answer["refresh_token"].as_str().context("a refresh token")?;
        ensure!(next != token, "{answer}");
        let text = |name: &str| answer[name].as_str().with_context(|| format!("{name}: {answer}"));
        self.check(JwtKind::IdToken, text("id_token")?, &self.clients[0].0)?;
        // The peer's access tokens are opaque where no API is named.
        if self.keys.is_some() {
            self.check(JwtKind::AccessToken, text("access_token")?, &self.issuer)?;
        }
        *chain.lock().unwrap_or_else(PoisonError::into_inner) = next.to_owned();
        Ok(())
    }

    /// An authorization with an existing session, and the exchange of its code.
    async fn code(&self, client: usize, session: usize, company: Option<&str>) -> anyhow::Result<Tokens> {
        self.code_of(client, &self.cookies[session % self.cookies.len()], company).await
    }

    /// A page of ours for whoever this cookie names.
    pub async fn page(&self, path: &str, cookie: &str) -> anyhow::Result<String> {
        let answer = self.http.get(format!("{}{path}", self.url)).header("cookie", cookie).send().await?;
        ensure!(answer.status() == 200, "{path}: {}", answer.status());
        Ok(answer.text().await?)
    }

    /// An authorization request that shows the chooser.
    pub async fn chooser(&self, cookie: &str) -> anyhow::Result<()> {
        let challenge = challenge();
        let query = [
            ("client_id", self.clients[0].0.as_str()),
            ("redirect_uri", REDIRECT),
            ("response_type", "code"),
            ("scope", self.scope),
            ("code_challenge", &challenge),
            ("code_challenge_method", "S256"),
            ("prompt", "select_account"),
        ];
        let query = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(query).finish();
        let answer = self.http.get(format!("{}/authorize?{query}", self.url)).header("cookie", cookie).send().await?;
        let location = answer.headers().get("location").and_then(|l| l.to_str().ok()).unwrap_or_default().to_owned();
        ensure!(answer.status() == 303 && location.starts_with("/interaction/"), "authorize: {} {location}", answer.status());
        let page = self.page(&location, cookie).await?;
        ensure!(page.contains("name=\"account\""), "the chooser lists accounts");
        Ok(())
    }

    /// The same for whoever a cookie names.
    pub async fn code_of(&self, client: usize, cookie: &str, company: Option<&str>) -> anyhow::Result<Tokens> {
        let challenge = challenge();
        let mut query = vec![
            ("client_id", self.clients[client].0.as_str()),
            ("redirect_uri", REDIRECT),
            ("response_type", "code"),
            ("scope", self.scope),
            ("state", "st"),
            ("nonce", "no"),
            ("code_challenge", &challenge),
            ("code_challenge_method", "S256"),
        ];
        if self.companies {
            query.push(("organization", company.unwrap_or("shop")));
        }
        let answer = self
            .http
            .get(format!("{}/authorize?{}", self.url, url::form_urlencoded::Serializer::new(String::new()).extend_pairs(query).finish()))
            .header("cookie", cookie)
            .send()
            .await?;
        let location = answer.headers().get("location").and_then(|l| l.to_str().ok()).unwrap_or_default().to_owned();
        ensure!(answer.status() == 303 && location.starts_with(REDIRECT), "authorize: {} {location}", answer.status());
        let parameters: std::collections::HashMap<_, _> = url::Url::parse(&location)?.query_pairs().into_owned().collect();
        ensure!(parameters.get("iss") == Some(&self.issuer) && parameters.get("state").is_some_and(|s| s == "st"), "{parameters:?}");
        let code = parameters.get("code").with_context(|| format!("{parameters:?}"))?;
        let answer = self
            .post(client, "/token", &[("grant_type", "authorization_code"), ("code", code), ("redirect_uri", REDIRECT), ("code_verifier", VERIFIER)])
            .await?;
        let text = |name: &str| answer[name].as_str().map(str::to_owned).with_context(|| format!("{name}: {answer}"));
        self.check(JwtKind::IdToken, &text("id_token")?, &self.clients[client].0)?;
        if self.keys.is_some() {
            self.check(JwtKind::AccessToken, &text("access_token")?, &self.issuer)?;
        }
        Ok(Tokens { access_token: text("access_token")?, refresh_token: text("refresh_token")? })
    }

    /// A token for our API, reaching everything.
    pub async fn api_token(&self) -> anyhow::Result<String> {
        let resource = format!("{}/api", self.issuer);
        let answer = self.post(0, "/token", &[("grant_type", "client_credentials"), ("resource", &resource)]).await?;
        Ok(answer["access_token"].as_str().context("a token")?.to_owned())
    }

    /// A call of our API whose answer must have a text in it.
    pub async fn api(&self, path: &str, token: &str, has: &str) -> anyhow::Result<()> {
        let answer = self.http.get(format!("{}{path}", self.url)).bearer_auth(token).send().await?;
        let status = answer.status();
        let text = answer.text().await?;
        ensure!(status == 200 && text.contains(has), "{path}: {status} {text:.300}");
        Ok(())
    }

    /// A code for one of the signed-in browsers in a company, and its tokens.
    pub async fn code_in(&self, session: usize, company: &str) -> anyhow::Result<()> {
        self.code_of(0, &self.cookies[session], Some(company)).await.map(drop)
    }

    /// The whole sign-in: the page, the form, the password; after the first time in a browser that was used before.
    pub async fn sign_in(&self, n: usize) -> anyhow::Result<()> {
        let n = n % self.people.len();
        let browser = self.browsers.lock().unwrap_or_else(PoisonError::into_inner).get(&n).cloned();
        let device = self.signed_in(n, browser.as_deref()).await?;
        ensure!(device.is_some() != browser.is_some(), "a browser is named once");
        if let Some(device) = device {
            self.browsers.lock().unwrap_or_else(PoisonError::into_inner).insert(n, device);
        }
        Ok(())
    }

    /// The same in a browser that nobody used.
    pub async fn sign_in_anew(&self, n: usize) -> anyhow::Result<()> {
        let device = self.signed_in(n % self.people.len(), None).await?;
        ensure!(device.is_some(), "a new browser gets its name");
        Ok(())
    }

    /// Signs in, in the browser with this cookie; the cookie that a browser without one is named by.
    async fn signed_in(&self, n: usize, browser: Option<&str>) -> anyhow::Result<Option<String>> {
        let (done, _) = self.try_sign_in(&self.people[n], PASSWORD, browser).await?;
        let cookies: Vec<_> = done.headers().get_all("set-cookie").iter().filter_map(|c| c.to_str().ok()?.split(';').next()).collect();
        ensure!(done.status() == 303 && cookies.iter().any(|c| c.starts_with("vestibule=")), "sign-in: {}", done.status());
        Ok(cookies.into_iter().find(|c| c.starts_with("vestibule_device=")).map(str::to_owned))
    }

    /// A sign-in that must be refused; how long the answer to the form took.
    pub async fn refused_sign_in(&self, name: &str, password: &str) -> anyhow::Result<Duration> {
        let (answer, took) = self.try_sign_in(name, password, None).await?;
        ensure!(answer.status() == 422, "{name} was not refused: {}", answer.status());
        Ok(took)
    }

    async fn try_sign_in(&self, name: &str, password: &str, browser: Option<&str>) -> anyhow::Result<(reqwest::Response, Duration)> {
        let begun = self.http.get(format!("{}/sign-in", self.url)).header("cookie", browser.unwrap_or_default()).send().await?;
        let header = |name: &str| begun.headers().get(name).and_then(|h| h.to_str().ok()).unwrap_or_default().to_owned();
        let (location, cookie) = (header("location"), header("set-cookie").split(';').next().unwrap_or_default().to_owned());
        let cookie = browser.map_or(cookie.clone(), |browser| format!("{cookie}; {browser}"));
        ensure!(begun.status() == 303 && location.starts_with("/interaction/"), "sign-in: {}", begun.status());
        let page = self.http.get(format!("{}{location}", self.url)).header("cookie", &cookie).send().await?.text().await?;
        let csrf = page.split("name=\"csrf\" value=\"").nth(1).and_then(|r| r.split('"').next()).context("a form")?.to_owned();
        let form = [("csrf", csrf.as_str()), ("identifier", name), ("password", password)];
        let at = Instant::now();
        let done = self
            .http
            .post(format!("{}{location}/sign-in", self.url))
            .header("cookie", &cookie)
            .header("sec-fetch-site", "same-origin")
            .form(&form)
            .send()
            .await?;
        Ok((done, at.elapsed()))
    }
}

pub struct Tokens {
    access_token: String,
    refresh_token: String,
}
