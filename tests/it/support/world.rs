//! A provider in process with a frozen clock and a seeded generator, and the people in it.

use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, OnceLock};

use axum::Router;
use rand::SeedableRng;
use rand::rngs::StdRng;
use tempfile::TempDir;
use vestibule::actions::{self, AddAccount, AddClient, AddCompany, AddPerson, AddRole, App, Clock, Origin};
use vestibule::config::{Config, DatabaseUrl};
use vestibule::crypto::{HashCost, KeyFolder, KeyRecord, Sealer};
use vestibule::domain::AccountKind;
use vestibule::protocol::{ClientAuthMethod, ClientMetadata};
use vestibule::store::Store;
use vestibule::store::key_material::{self, KeyRow};
use vestibule::types::{AccountId, CompanyId, DisplayText, EmailAddress, IdentityId, Random, RedirectUri, Seconds, Secret, Slug, Timestamp};
use vestibule::web;

use super::browser::{Answer, Browser};
use super::database;
use super::relying_app::{RelyingApp, Tokens};

/// Everybody's password.
pub const PASSWORD: &str = "seven lanterns over the canal";

/// What they choose when they choose a new one.
pub const NEW_PASSWORD: &str = "nine boats asleep in the fog";

pub struct World {
    pub app: Arc<App>,
    pub router: Router,
    pub config: Config,
    clock: Arc<AtomicI64>,
    _folder: Option<Arc<TempDir>>,
}

/// 2026-11-23T08:00:00Z.
const START: i64 = 1_795_420_800_000;

/// Key pairs are slow to make and the same ones do for every test.
fn keys() -> &'static [KeyRecord] {
    static KEYS: OnceLock<Vec<KeyRecord>> = OnceLock::new();
    KEYS.get_or_init(|| KeyRecord::first_set(&sealer(), Timestamp::from_millis(START), &mut Random::system()).expect("keys"))
}

const KEY_ENCRYPTION: &str = "the key encryption secret of the tests";

fn sealer() -> Sealer {
    Sealer::new(Some(&Secret::new(KEY_ENCRYPTION.to_owned())))
}

impl World {
    pub async fn new() -> Self {
        Self::with(|_| {}).await
    }

    /// With a configuration of its own.
    pub async fn with(change: impl FnOnce(&mut Config)) -> Self {
        let folder = Arc::new(tempfile::tempdir().expect("a temporary folder"));
        let mut config = Config::from_sources(None, Default::default()).expect("the defaults are valid");
        config.database = database::fresh(folder.path()).await;
        config.keys_directory = folder.path().join("keys");
        config.key_encryption = Some(Secret::new(KEY_ENCRYPTION.to_owned()));
        config.password_slots = 1;
        change(&mut config);
        let store = Store::open(&config.database).await.expect("the database opens");
        match &config.database {
            DatabaseUrl::Sqlite(_) => {
                std::fs::create_dir_all(&config.keys_directory).expect("a folder");
                keys().iter().for_each(|k| KeyFolder::at(&config.keys_directory).save(k).expect("saved"));
            }
            DatabaseUrl::Postgres(_) => {
                let mut tx = store.begin().await.expect("a transaction");
                for key in keys() {
                    let row = KeyRow {
                        name: key.name.clone(),
                        sealed: key.sealed.clone(),
                        created_at: key.created_at.seconds(),
                        activated_at: key.activated_at.map(Timestamp::seconds),
                        retired_at: None,
                    };
                    key_material::add(&mut tx, &row).await.expect("added");
                }
                tx.commit().await.expect("committed");
            }
        }
        let clock = Arc::new(AtomicI64::new(START));
        Self::node(config, store, clock, Some(folder), 1).await
    }

    async fn node(config: Config, store: Store, clock: Arc<AtomicI64>, folder: Option<Arc<TempDir>>, seed: u64) -> Self {
        let read = clock.clone();
        let cost = HashCost { memory: 64, passes: 1 };
        let app = App::with_store(
            config.clone(),
            store,
            Clock::given(move || Timestamp::from_millis(read.load(Ordering::SeqCst))),
            Random::given(StdRng::seed_from_u64(seed)),
            cost,
        )
        .await
        .expect("the app starts");
        Self { router: web::router(app.clone()), app, config, clock, _folder: folder }
    }

    /// A second node on the same database, with the same clock.
    pub async fn second_node(&self) -> Self {
        let store = Store::open(&self.config.database).await.expect("the database opens");
        Self::node(self.config.clone(), store, self.clock.clone(), self._folder.clone(), 2).await
    }

    pub fn now(&self) -> Timestamp {
        self.app.clock.now()
    }
    /// The clock stands still but for this.
    pub fn advance(&self, by: Seconds) {
        self.clock.fetch_add(by.0 * 1000, Ordering::SeqCst);
    }

    pub fn browser(&self) -> Browser {
        Browser::new(self.router.clone(), &self.config.issuer)
    }

    /// A company; its slug is its name in lower case.
    pub async fn company(&self, name: &str) -> CompanyId {
        let wish = AddCompany {
            name: DisplayText::parse(name).expect("a name"),
            slug: Slug::parse(&name.to_lowercase()).expect("a slug"),
            region: "eu".into(),
            publicly_named: false,
            logo: None,
            owner: None,
        };
        actions::add_company(&self.app, wish, &Origin::default(), self.now()).await.expect("no fault").expect("added")
    }

    pub async fn role(&self, company: &str, name: &str, permissions: &[&str]) {
        let wish = AddRole {
            company: company.into(),
            name: name.into(),
            title: DisplayText::parse(name).expect("a title"),
            permissions: permissions.iter().map(|p| (*p).to_owned()).collect(),
        };
        actions::add_role(&self.app, &wish, &Origin::default(), self.now()).await.expect("no fault").expect("added");
    }

    /// A person with a verified address and [`PASSWORD`], in a browser of their own.
    pub async fn person(&self, email: &str) -> Actor {
        let wish = AddPerson {
            email: Some(EmailAddress::parse(email).expect("an address")),
            verified: true,
            given_name: DisplayText::parse("Alex").ok(),
            family_name: DisplayText::parse("Doe").ok(),
            password: Some(Secret::new(PASSWORD.into())),
            ..AddPerson::default()
        };
        self.actor(wish, email).await
    }

    pub async fn actor(&self, wish: AddPerson, name: &str) -> Actor {
        let id = actions::add_person(&self.app, wish, |token| self.config.url(&web::paths::activate(token)), &Origin::default(), self.now())
            .await
            .expect("no fault")
            .expect("added");
        Actor { id, name: name.to_owned(), browser: self.browser() }
    }

    /// An account; a second passes, so that the oldest is the first one made.
    pub async fn account(&self, person: &Actor, company: &str, kind: AccountKind) -> AccountId {
        self.account_with(person, company, kind, &[], &[]).await
    }

    pub async fn account_with(&self, person: &Actor, company: &str, kind: AccountKind, roles: &[&str], permissions: &[&str]) -> AccountId {
        self.advance(Seconds(1));
        let owned = |texts: &[&str]| texts.iter().map(|t| (*t).to_owned()).collect();
        let wish = AddAccount { person: person.id.to_string(), company: company.to_owned(), kind, roles: owned(roles), permissions: owned(permissions) };
        actions::add_account(&self.app, &wish, &Origin::default(), self.now()).await.expect("no fault").expect("added")
    }

    /// A person with a member account in each of these new companies.
    pub async fn person_with_accounts<const N: usize>(&self, email: &str, companies: [&str; N]) -> (Actor, [AccountId; N]) {
        let person = self.person(email).await;
        let mut accounts = Vec::new();
        for name in companies {
            if vestibule::store::companies::named(&self.app.store.db, &name.to_lowercase()).await.expect("a read").is_none() {
                self.company(name).await;
            }
            accounts.push(self.account(&person, &name.to_lowercase(), AccountKind::Member).await);
        }
        (person, accounts.try_into().expect("one each"))
    }

    /// An ordinary confidential web app.
    pub async fn client(&self) -> RelyingApp {
        self.client_with(|_| {}).await
    }

    pub async fn client_with(&self, change: impl FnOnce(&mut ClientMetadata)) -> RelyingApp {
        self.client_for(change, None).await
    }

    pub async fn client_for(&self, change: impl FnOnce(&mut ClientMetadata), companies: Option<Vec<String>>) -> RelyingApp {
        let uri = |text: &str| RedirectUri::parse(text).expect("a URI");
        let mut metadata = ClientMetadata {
            redirect_uris: vec![uri("https://app.example.test/callback")],
            post_logout_redirect_uris: vec![uri("https://app.example.test/bye")],
            client_uri: Some(uri("https://app.example.test/")),
            ..ClientMetadata::default()
        };
        change(&mut metadata);
        let public = metadata.token_endpoint_auth_method == ClientAuthMethod::None;
        let redirect_uri = metadata.redirect_uris.first().map(|u| u.as_str().to_owned()).unwrap_or_default();
        let wish = AddClient { name: DisplayText::parse("Desk").expect("a name"), metadata, companies };
        let (client_id, secret) = actions::add_client(&self.app, wish, &Origin::default(), self.now()).await.expect("no fault").expect("added");
        assert_eq!(secret.is_none(), public);
        RelyingApp { client_id, secret: secret.map(|s| s.expose().clone()), redirect_uri, issuer: self.config.issuer.clone(), http: self.browser() }
    }

    /// The mails that wait, newest first.
    pub async fn mails(&self) -> Vec<serde_json::Value> {
        let rows = vestibule::store::outbox::waiting_mails(&self.app.store.db, 100).await.expect("a read");
        rows.iter().map(|r| serde_json::from_str(&r.payload).expect("JSON")).collect()
    }

    /// The link with this path in the newest mail to somebody.
    pub async fn mailed_link(&self, to: &str, path: &str) -> String {
        let start = format!("{}{path}", self.config.issuer);
        let mails = self.mails().await;
        let bodies = mails.iter().filter(|m| m["to"] == to).filter_map(|m| m["body"].as_str());
        let line = bodies.flat_map(str::lines).find(|l| l.starts_with(&start)).unwrap_or_else(|| panic!("no {path} was mailed to {to}"));
        line[self.config.issuer.len()..].to_owned()
    }

    /// The code of the newest mail with one to an address.
    pub async fn mailed_code(&self, to: &str) -> Option<String> {
        let mails = self.mails().await;
        let mut subjects = mails.iter().filter(|m| m["to"] == to).filter_map(|m| m["subject"].as_str());
        subjects.find_map(|s| s.strip_suffix(" is your code")).map(str::to_owned)
    }

    /// A person chooses [`NEW_PASSWORD`] through a mail, in another browser.
    pub async fn sets_a_new_password(&self, person: &Actor) {
        let mut tx = self.app.store.begin().await.expect("a transaction");
        let address = EmailAddress::parse(&person.name).expect("an address");
        let url = |token: &str| self.config.url(&web::paths::activate(token));
        actions::mail_activation(&self.app, &mut tx, &person.id, "", &address, Default::default(), url, self.now()).await.expect("written");
        tx.commit().await.expect("committed");
        let mut elsewhere = self.browser();
        let page = elsewhere.open(&self.mailed_link(&person.name, "/activate/").await).await;
        let saved = elsewhere.submit(&page, "/set-password", &[("password", NEW_PASSWORD), ("again", NEW_PASSWORD)]).await;
        assert_eq!(saved.status, 200, "{}", saved.body);
    }

    /// How many audit events of a kind there are.
    pub async fn audited(&self, kind: &str) -> i64 {
        vestibule::store::audit::count(&self.app.store.db, kind).await.expect("a read")
    }
}

/// A person in front of a browser.
#[derive(Clone)]
pub struct Actor {
    pub id: IdentityId,
    pub name: String,
    pub browser: Browser,
}

impl Actor {
    /// Follows a link of an app to the provider.
    pub async fn follows(&mut self, app: &RelyingApp, extra: &[(&str, &str)]) -> Answer {
        self.browser.open(&app.request(extra)).await
    }

    /// Types name and password on the sign-in page.
    pub async fn types_password(&mut self, page: &Answer) -> Answer {
        let name = self.name.clone();
        self.browser.submit(page, "/sign-in", &[("identifier", &name), ("password", PASSWORD)]).await
    }

    /// Goes through whatever pages come, choosing `account` on the chooser and allowing on the consent page.
    pub async fn goes_through(&mut self, mut page: Answer, account: Option<&AccountId>) -> Answer {
        for _ in 0..8 {
            if page.location().is_some() {
                return page;
            }
            page = if page.has_form("/sign-in") && page.status == 200 {
                self.types_password(&page).await
            } else if page.has_form("/consent") {
                self.browser.submit(&page, "/consent", &[("decision", "allow")]).await
            } else if let (true, Some(account)) = (page.has_form("/account"), account) {
                self.browser.submit(&page, "/account", &[("account", account.as_str())]).await
            } else {
                return page;
            };
        }
        panic!("no end of pages, last: {}", page.body);
    }

    /// Signs in to an app for a company, whatever it takes, and the app gets its tokens.
    pub async fn enters(&mut self, app: &mut RelyingApp, company: &str) -> Tokens {
        let page = self.follows(app, &[("organization", company)]).await;
        let answer = self.goes_through(page, None).await;
        app.complete(&answer).await
    }

    /// The same without being asked for a password.
    pub async fn switches_to(&mut self, app: &mut RelyingApp, company: &str) -> Tokens {
        let page = self.follows(app, &[("organization", company)]).await;
        assert!(!page.has_form("/sign-in"), "a switch asks for no password");
        let answer = self.goes_through(page, None).await;
        app.complete(&answer).await
    }
}

/// An app on somebody's phone that shows codes.
#[derive(Clone)]
pub struct Phone {
    secret: Secret,
}

impl Phone {
    /// The code of now.
    pub fn code(&self, world: &World) -> String {
        vestibule::crypto::totp_code(&self.secret, world.now()).expect("a code")
    }
}

impl World {
    /// Sets what a company asks of whoever enters it.
    pub async fn asks(&self, company: &str, change: impl FnOnce(&mut vestibule::domain::FactorPolicy)) {
        let id = vestibule::store::companies::named(&self.app.store.db, company).await.expect("a read").expect("a company").id;
        let mut settings = actions::company_settings(&self.app, &id).await.expect("a read");
        change(&mut settings.policy);
        actions::change_company_settings(&self.app, &id, &settings, &Origin::default(), self.now()).await.expect("no fault").expect("changed");
    }
}

impl Actor {
    /// Sets up an app on the page for it; the recovery codes come along when they are the first.
    pub async fn sets_up_a_phone_on(&mut self, world: &World, page: &Answer) -> (Phone, Vec<String>, Answer) {
        let secret: String = page.text("code.secret").chars().filter(|c| !c.is_whitespace()).collect();
        let phone = Phone { secret: Secret::new(secret) };
        let code = phone.code(world);
        let done = self.browser.submit(page, "/totp", &[("name", "Phone"), ("code", &code)]).await;
        assert_eq!(done.status, 200, "{}", done.body);
        let codes = done.html().select(&scraper::Selector::parse("ol.codes code").expect("css")).map(|c| c.text().collect()).collect();
        (phone, codes, done)
    }
    /// The same at home.
    pub async fn sets_up_a_phone(&mut self, world: &World) -> (Phone, Vec<String>) {
        self.is_home().await;
        let page = self.browser.open(&format!("/portal/security/{}/totp", self.id)).await;
        let (phone, codes, _) = self.sets_up_a_phone_on(world, &page).await;
        // The code that confirmed it is used up.
        world.advance(Seconds(30));
        (phone, codes)
    }
    /// Signs in anew, wherever that was lost, with a second factor.
    pub async fn comes_back(&mut self, world: &World, phone: &Phone) {
        let page = self.browser.open("/sign-in").await;
        if !page.has_form("/sign-in") {
            return;
        }
        let asked = self.types_password(&page).await;
        if asked.has_form("/factor") {
            world.advance(Seconds(30));
            let code = phone.code(world);
            self.types_code(&asked, &code).await;
        }
    }
    /// Types a code where a second factor is asked for.
    pub async fn types_code(&mut self, page: &Answer, code: &str) -> Answer {
        self.browser.submit(page, "/factor", &[("code", code)]).await
    }
    /// The security page.
    pub async fn security(&mut self) -> Answer {
        self.browser.open(&format!("/portal/security/{}", self.id)).await
    }
}
