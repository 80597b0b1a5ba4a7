//! A database to measure on: people, companies, a client, and browser sessions that are signed in.

use tempfile::TempDir;
use vestibule::actions::{self, AddAccount, AddClient, AddCompany, AddPerson, App, Clock, Origin};
use vestibule::config::Config;
use vestibule::crypto::HashCost;
use vestibule::domain::{AccountKind, Factor, Method, Profile, Proof, Proofs, SignInName};
use vestibule::protocol::{ClientMetadata, ConsentPolicy, GrantType, SigningAlgorithm};
use vestibule::store::accounts::{self, NewAccount};
use vestibule::store::authenticators::{self, NewAuthenticator};
use vestibule::store::companies::{self, NewCompany};
use vestibule::store::identities::{self, NewIdentity};
use vestibule::store::sessions::{self, SessionToken};
use vestibule::store::{Begin, Db, NewSession};
use vestibule::types::{
    AccountId, BrowserSessionId, CompanyId, DisplayText, EmailAddress, IdentityId, OpaqueToken, Random, RedirectUri, RowId, ScopeSet, Seconds, Secret, Slug,
};

use super::server::free_port;

pub const PASSWORD: &str = "a password for the load driver";
pub const REDIRECT: &str = "http://localhost:9/callback";

pub struct Seeded {
    pub app: std::sync::Arc<App>,
    pub environment: Vec<(String, String)>,
    pub port: u16,
    pub issuer: String,
    /// Client id and secret, ES256 and RS256 ID tokens.
    pub clients: [(String, String); 2],
    /// Cookie headers of signed-in browsers.
    pub cookies: Vec<String>,
    pub people: Vec<String>,
    /// People with a second factor.
    pub careful: Vec<String>,
    /// The same with ten and with ten thousand.
    pub growth: [Size; 2],
    folder: TempDir,
}

impl Seeded {
    /// What PostgreSQL does by itself a minute after tables have grown, so that no row is measured on plans made for empty ones.
    pub async fn analyze(&self) -> anyhow::Result<()> {
        if let Db::Postgres { write, .. } = &self.app.store.db {
            sqlx::query("vacuum analyze").execute(write).await?;
        }
        Ok(())
    }
    /// Makes the wait of a name that waits outlast the run: as after twenty failures more.
    pub async fn let_wait_longer(&self) -> anyhow::Result<()> {
        const MORE: &str = "update throttle set failures = failures + 20 where key like 'name%' and failures > 1";
        let changed = match &self.app.store.db {
            Db::Postgres { write, .. } => sqlx::query(MORE).execute(write).await?.rows_affected(),
            Db::Sqlite { write, .. } => sqlx::query(MORE).execute(write).await?.rows_affected(),
        };
        anyhow::ensure!(changed > 0, "nobody waits");
        Ok(())
    }
    /// What the database takes on the disk, in MiB.
    pub async fn disk(&self) -> anyhow::Result<f64> {
        let bytes = match &self.app.store.db {
            Db::Postgres { read, .. } => sqlx::query_scalar::<_, i64>("select pg_database_size(current_database())").fetch_one(read).await? as u64,
            Db::Sqlite { .. } => ["bench.sqlite", "bench.sqlite-wal"].iter().filter_map(|f| self.folder.path().join(f).metadata().ok()).map(|m| m.len()).sum(),
        };
        Ok(bytes as f64 / 1024.0 / 1024.0)
    }
}

/// How large a person or a company has grown.
#[derive(Clone)]
pub struct Size {
    /// The cookie of somebody with so many accounts, and the short name of one of their companies.
    pub cookie: String,
    pub company: String,
    /// The cookie of the owner of a company with so many people, and their account there.
    pub owner: String,
    pub owner_account: String,
}

/// Opens sessions, so many at once as share a commit.
async fn open(app: &App, tokens: &[SessionToken]) -> anyhow::Result<()> {
    let now = app.clock.now();
    for some in tokens.chunks(1000) {
        let opened = some
            .iter()
            .map(|t| app.store.hot.begin(Begin { session: Some(NewSession::of(t, now + Seconds::days(30))), interaction: None, now: now.seconds() }));
        futures_util::future::try_join_all(opened).await?;
    }
    Ok(())
}

/// Somebody signed in, with an account in `companies`.
async fn somebody(app: &App, email: &str) -> anyhow::Result<(IdentityId, String)> {
    let (now, mut rng) = (app.clock.now(), app.rng());
    let wish = AddPerson { email: Some(EmailAddress::parse(email)?), verified: true, password: Some(Secret::new(PASSWORD.into())), ..AddPerson::default() };
    let id = actions::add_person(app, wish, |t| t.to_owned(), &Origin::default(), now).await??;
    let token: SessionToken = OpaqueToken::mint(BrowserSessionId::mint(now, &mut rng), &mut rng);
    let proofs = Proofs::default().with(Proof { method: Method::Password, at: now });
    open(app, std::slice::from_ref(&token)).await?;
    let mut tx = app.store.begin().await?;
    sessions::sign_in(&mut tx, token.selector(), &id, &proofs, None, now).await?;
    tx.commit().await?;
    Ok((id, format!("vestibule={}", token.reveal().expose())))
}

/// A person with `n` accounts, and a company with `people` beside its owner.
async fn grown(app: &App, n: usize, people: usize) -> anyhow::Result<Size> {
    let (now, mut rng) = (app.clock.now(), app.rng());
    let (hugo, cookie) = somebody(app, &format!("many-{n}@example.test")).await?;
    let (boss, owner) = somebody(app, &format!("boss-{n}@example.test")).await?;
    let company = |name: String, slug: String, rng: &mut Random| {
        anyhow::Ok(NewCompany {
            id: CompanyId::mint(now, rng),
            name: DisplayText::parse(&name)?,
            slug: Slug::parse(&slug)?,
            region: "eu".into(),
            publicly_named: false,
            logo: None,
        })
    };
    let mut tx = app.store.begin().await?;
    let crowd = company(format!("Crowd {n}"), format!("crowd-{n}"), &mut rng)?;
    companies::add(&mut tx, &crowd, now).await??;
    let place = |identity: &IdentityId, company: &CompanyId, kind, rng: &mut Random| NewAccount {
        id: AccountId::mint(now, rng),
        identity_id: identity.clone(),
        company_id: company.clone(),
        kind,
        seat: true,
    };
    let desk = place(&boss, &crowd.id, AccountKind::Owner, &mut rng);
    accounts::add(&mut tx, &desk, now).await??;
    for i in 0..n.max(people) {
        if i < n {
            let own = company(format!("Grown {n} {i}"), format!("grown-{n}-{i}"), &mut rng)?;
            companies::add(&mut tx, &own, now).await??;
            accounts::add(&mut tx, &place(&hugo, &own.id, AccountKind::Member, &mut rng), now).await??;
        }
        if i >= people {
            continue;
        }
        let id = IdentityId::mint(now, &mut rng);
        let email = EmailAddress::parse(&format!("crowd-{n}-{i}@example.test"))?;
        let profile = Profile { given_name: Some(format!("Person {i}")), ..Profile::default() };
        let new = NewIdentity { id: id.clone(), username: None, email: Some(email), email_verified: true, password_hash: None, profile };
        identities::add(&mut tx, &new, now).await??;
        accounts::add(&mut tx, &place(&id, &crowd.id, AccountKind::Member, &mut rng), now).await??;
    }
    tx.commit().await?;
    Ok(Size { cookie, company: format!("grown-{n}-{}", n / 3), owner, owner_account: desk.id.to_string() })
}

/// An empty database with what opens it.
struct Empty {
    app: std::sync::Arc<App>,
    environment: Vec<(String, String)>,
    port: u16,
    issuer: String,
    folder: TempDir,
}

/// The PostgreSQL server to measure on, where `ENGINE=postgres scripts/bench` started one.
pub fn postgres() -> Option<String> {
    std::env::var("VESTIBULE_TEST_DATABASE").ok().filter(|url| !url.is_empty())
}

/// A database of its own on that server.
async fn database_on(server: &str) -> anyhow::Result<String> {
    use std::sync::atomic::{AtomicU32, Ordering};
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let name = format!("bench_{}", NEXT.fetch_add(1, Ordering::SeqCst));
    let mut connection = <sqlx::PgConnection as sqlx::Connection>::connect(server).await?;
    #[expect(clippy::disallowed_methods, reason = "the name of a database is no value")]
    sqlx::query(sqlx::AssertSqlSafe(format!("create database {name}"))).execute(&mut connection).await?;
    let (base, _) = server.rsplit_once('/').ok_or_else(|| anyhow::anyhow!("a URL with a database"))?;
    Ok(format!("{base}/{name}"))
}

async fn empty() -> anyhow::Result<Empty> {
    let folder = tempfile::tempdir()?;
    let port = free_port()?;
    let issuer = format!("http://localhost:{port}");
    let path = |name: &str| folder.path().join(name).display().to_string();
    let database = match postgres() {
        Some(server) => database_on(&server).await?,
        None => format!("sqlite:{}", path("bench.sqlite")),
    };
    let environment: Vec<(String, String)> = [
        ("ISSUER", issuer.clone()),
        ("LISTEN", format!("127.0.0.1:{port}")),
        ("DATABASE__URL", database),
        ("KEYS__ENCRYPTION_SECRET", "a secret of the bench, long enough to be taken".to_owned()),
        ("KEYS__DIRECTORY", path("keys")),
        ("LOG", "warn".to_owned()),
        ("THROTTLE__ADDRESS_FREE", "1000000".to_owned()),
        ("API__CALLS_PER_MINUTE", "0".to_owned()),
    ]
    .map(|(k, v)| (format!("VESTIBULE_{k}"), v))
    .to_vec();
    let config = Config::from_sources(None, environment.iter().filter(|(k, _)| k != "VESTIBULE_LOG").cloned().collect())?;
    let app = App::start(config, Clock::system(), Random::system(), HashCost::default()).await?;
    Ok(Empty { app, environment, port, issuer, folder })
}

/// The two clients of the driver.
async fn clients(app: &App) -> anyhow::Result<[(String, String); 2]> {
    let (now, origin) = (app.clock.now(), Origin::default());
    let mut clients = Vec::new();
    for algorithm in [SigningAlgorithm::ES256, SigningAlgorithm::RS256] {
        let metadata = ClientMetadata {
            redirect_uris: vec![RedirectUri::parse(REDIRECT)?],
            grant_types: vec![GrantType::AuthorizationCode, GrantType::RefreshToken, GrantType::ClientCredentials],
            scope: ScopeSet::parse("openid profile email bench companies identities people"),
            consent: ConsentPolicy::Implicit,
            id_token_signed_response_alg: algorithm,
            ..ClientMetadata::default()
        };
        let (id, secret) = actions::add_client(app, AddClient { name: DisplayText::parse("Bench")?, metadata, companies: None }, &origin, now).await??;
        clients.push((id.to_string(), secret.map(|s| s.expose().clone()).unwrap_or_default()));
    }
    clients.try_into().map_err(|_| anyhow::anyhow!("two clients"))
}

/// A database with the driver's clients and nobody in it.
pub async fn bare() -> anyhow::Result<Seeded> {
    let Empty { app, environment, port, issuer, folder } = empty().await?;
    let clients = clients(&app).await?;
    let none = Size { cookie: String::new(), company: String::new(), owner: String::new(), owner_account: String::new() };
    let growth = [none.clone(), none];
    Ok(Seeded { app, environment, port, issuer, clients, cookies: vec![], people: vec![], careful: vec![], growth, folder })
}

/// Browsers of these people, signed in: their cookies.
pub async fn signed_in(app: &App, people: &[String]) -> anyhow::Result<Vec<String>> {
    let (now, mut rng) = (app.clock.now(), app.rng());
    let proofs = Proofs::default().with(Proof { method: Method::Password, at: now });
    let mut cookies = Vec::new();
    for name in people {
        let found = identities::known_as(&app.store.db, &SignInName::typed(name)).await?;
        let person = found.first().ok_or_else(|| anyhow::anyhow!("{name} is not there"))?;
        let token: SessionToken = OpaqueToken::mint(BrowserSessionId::mint(now, &mut rng), &mut rng);
        open(app, std::slice::from_ref(&token)).await?;
        let mut tx = app.store.begin().await?;
        sessions::sign_in(&mut tx, token.selector(), &person.id, &proofs, None, now).await?;
        tx.commit().await?;
        cookies.push(format!("vestibule={}", token.reveal().expose()));
    }
    Ok(cookies)
}

/// Two companies and sixty-four people with an account in both: their addresses and ids.
async fn everyday(app: &App) -> anyhow::Result<(Vec<String>, Vec<IdentityId>)> {
    let (now, origin) = (app.clock.now(), Origin::default());
    for (name, slug) in [("Shop", "shop"), ("Depot", "depot")] {
        let wish = AddCompany { name: DisplayText::parse(name)?, slug: Slug::parse(slug)?, region: "eu".into(), publicly_named: true, logo: None, owner: None };
        actions::add_company(app, wish, &origin, now).await??;
    }
    let mut people = Vec::new();
    let mut ids = Vec::new();
    for n in 0..64 {
        let email = format!("person{n}@example.test");
        let wish =
            AddPerson { email: Some(EmailAddress::parse(&email)?), verified: true, password: Some(Secret::new(PASSWORD.into())), ..AddPerson::default() };
        let id = actions::add_person(app, wish, |t| t.to_owned(), &origin, now).await??;
        for company in ["shop", "depot"] {
            actions::add_account(
                app,
                &AddAccount { person: id.to_string(), company: company.into(), kind: AccountKind::Member, roles: vec![], permissions: vec![] },
                &origin,
                now,
            )
            .await??;
        }
        people.push(email);
        ids.push(id);
    }
    Ok((people, ids))
}

/// So many browsers, signed in as these people in turn; the cookies of every `kept`th.
async fn browsers(app: &App, ids: &[IdentityId], n: usize, kept: usize) -> anyhow::Result<Vec<String>> {
    let now = app.clock.now();
    let proofs = Proofs::default().with(Proof { method: Method::Password, at: now });
    let (mut rng, mut cookies) = (app.rng(), Vec::new());
    for batch in (0..n).collect::<Vec<_>>().chunks(10_000) {
        let tokens: Vec<SessionToken> = batch.iter().map(|_| OpaqueToken::mint(BrowserSessionId::mint(now, &mut rng), &mut rng)).collect();
        open(app, &tokens).await?;
        let mut tx = app.store.begin().await?;
        for (at, token) in batch.iter().zip(&tokens) {
            sessions::sign_in(&mut tx, token.selector(), &ids[at % ids.len()], &proofs, None, now).await?;
            if at % kept == 0 {
                cookies.push(format!("vestibule={}", token.reveal().expose()));
            }
        }
        tx.commit().await?;
    }
    Ok(cookies)
}

/// Nothing but these people and so many browser sessions of theirs, of which a thousand are used.
pub async fn with_sessions(n: usize) -> anyhow::Result<Seeded> {
    let Empty { app, environment, port, issuer, folder } = empty().await?;
    let (people, ids) = everyday(&app).await?;
    let clients = clients(&app).await?;
    let cookies = browsers(&app, &ids, n, (n / 1000).max(1)).await?;
    let none = Size { cookie: String::new(), company: String::new(), owner: String::new(), owner_account: String::new() };
    Ok(Seeded { app, environment, port, issuer, clients, cookies, people, careful: vec![], growth: [none.clone(), none], folder })
}

pub async fn seed(sessions: usize) -> anyhow::Result<Seeded> {
    let Empty { app, environment, port, issuer, folder } = empty().await?;
    let now = app.clock.now();
    let (people, ids) = everyday(&app).await?;
    let careful: Vec<String> = (0..64).map(|n| format!("careful{n}@example.test")).collect();
    for email in &careful {
        let (id, _) = somebody(&app, email).await?;
        let row = RowId::mint(now, &mut app.rng());
        let new = NewAuthenticator {
            id: &row,
            identity_id: &id,
            factor: Factor::Totp,
            name: "Phone",
            secret: Some("never opened"),
            credential_id: None,
            backed_up: false,
            last_step: 0,
        };
        let mut tx = app.store.begin().await?;
        authenticators::add(&mut tx, &new, now).await??;
        tx.commit().await?;
    }
    let clients = clients(&app).await?;
    let cookies = browsers(&app, &ids, sessions, 1).await?;
    let growth = [grown(&app, 1, 50).await?, grown(&app, 10_000, 100_000).await?];
    Ok(Seeded { app, environment, port, issuer, clients, cookies, people, careful, growth, folder })
}
