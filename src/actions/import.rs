//! Taking over people, companies and accounts that exist elsewhere: one record at a time, so that a million need no more memory than a
//! thousand, and so that a file can be read again after a break: what is there stays as it is.

use serde::{Deserialize, Serialize};

use super::{App, Origin, Stop};
use crate::crypto::check_foreign_hash;
use crate::domain::{AccountKind, Profile, parse_permission, seat_by_default};
use crate::store::accounts::{self, NewAccount};
use crate::store::companies::{self, NewCompany};
use crate::store::identities::{self, NewIdentity};
use crate::store::{Tx, audit, imports, roles};
use crate::types::{AccountId, ClientId, CompanyId, DisplayText, EmailAddress, IdentityId, Locale, RowId, Slug, Timestamp, Username, canonical};

/// A record of a file, as JSON Lines have it.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
pub enum Record {
    /// A company; one with this slug stays as it is.
    Company {
        /// Its short name.
        slug: String,
        /// Its name.
        name: String,
        /// Where it is served from.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        region: String,
    },
    /// A role of a company; one of this name stays as it is.
    Role {
        /// The company's slug.
        company: String,
        /// Its name in tokens.
        name: String,
        /// Its name for people.
        title: String,
        /// What it bundles.
        #[serde(default)]
        permissions: Vec<String>,
    },
    /// A person with their accounts.
    Person(Box<PersonRecord>),
}

/// A person from elsewhere. Who came before with the same id stays as they are, and gets the accounts that they do not have yet.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct PersonRecord {
    /// Their id there; without one, their username or address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub external_id: Option<String>,
    /// What they sign in with.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub username: Option<String>,
    /// Their address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// Whether control of it was proved there.
    pub email_verified: bool,
    /// First name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub given_name: Option<String>,
    /// Last name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub family_name: Option<String>,
    /// Language: en or fr; others count as none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub locale: Option<String>,
    /// argon2, scrypt or PBKDF2 as a PHC string, or bcrypt.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub password_hash: Option<String>,
    /// Whether they could not sign in there.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub disabled: bool,
    /// Their places in companies.
    pub accounts: Vec<AccountRecord>,
}

/// A place of a person in a company.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct AccountRecord {
    /// The company's slug.
    pub company: String,
    /// owner, member, manager or delegate; member when left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// Roles, by name.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub roles: Vec<String>,
    /// Single permissions.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub permissions: Vec<String>,
    /// By client id, the subject that the app knew them by: its `aud_sub` from now on.
    #[serde(skip_serializing_if = "std::collections::BTreeMap::is_empty")]
    pub subjects: std::collections::BTreeMap<String, String>,
}

/// What an import came to.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct ImportReport {
    /// Records read, those of an earlier run included.
    pub records: i64,
    /// Companies made.
    pub companies: i64,
    /// Roles made.
    pub roles: i64,
    /// People made.
    pub people: i64,
    /// People who were there.
    pub people_there: i64,
    /// Accounts made.
    pub accounts: i64,
    /// Accounts that were there.
    pub accounts_there: i64,
    /// People made without a password that counts here: they choose one by mail.
    pub without_password: i64,
    /// People made with a username that nobody could choose here: it is kept.
    pub odd_usernames: i64,
    /// People whose address does not count as proved, for it signs somebody else in.
    pub addresses_unproved: i64,
    /// Records refused.
    pub refused: i64,
    /// Which, and why; the first hundred.
    pub refusals: Vec<Refusal>,
    /// Addresses that several sign-ins have proved.
    pub same_email_groups: i64,
    /// Some of them, with their number of sign-ins.
    pub same_email: Vec<(String, i64)>,
}

/// A record that was refused.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Refusal {
    /// Its place in the file, from 1.
    pub record: i64,
    /// Why.
    pub reason: String,
}

/// Refusals that are told one by one.
const TOLD: usize = 100;

/// Records of one transaction.
const AT_ONCE: usize = 1000;

/// A pause between transactions in which others get the write connection: longer than SQLite waits between two looks at a lock.
const PAUSE: std::time::Duration = std::time::Duration::from_millis(120);

/// The longest text of a record that is looked up, in bytes.
const LONGEST: usize = 1000;

/// How an import is done.
#[derive(Clone, Debug)]
pub struct ImportWish {
    /// Where the people come from: their ids are theirs in there.
    pub source: String,
    /// What names the file, for a run that goes on; none begins anew.
    pub file: Option<String>,
    /// Only say what would happen. Everything is written in one transaction that is taken back.
    pub dry_run: bool,
}

/// Takes records over. `progress` hears how many were read.
pub async fn import(
    app: &App,
    wish: &ImportWish,
    records: impl Iterator<Item = Result<Record, String>>,
    mut progress: impl FnMut(i64),
    origin: &Origin,
    now: Timestamp,
) -> Result<ImportReport, Stop> {
    let mut report = ImportReport::default();
    let done = match &wish.file {
        Some(file) if !wish.dry_run => imports::checkpoint(&app.store.db, file).await?,
        _ => 0,
    };
    let mut tx = app.store.begin().await?;
    let mut open = 0;
    for record in records {
        report.records += 1;
        if report.records <= done {
            continue;
        }
        let refused = match record {
            Ok(record) => apply(app, &mut tx, &wish.source, record, &mut report, now).await?,
            Err(reason) => Some(reason),
        };
        if let Some(reason) = refused {
            report.refused += 1;
            if report.refusals.len() < TOLD {
                report.refusals.push(Refusal { record: report.records, reason });
            }
        }
        open += 1;
        if open == AT_ONCE && !wish.dry_run {
            keep(wish, &mut tx, report.records, now).await?;
            tx.commit().await?;
            progress(report.records);
            if app.store.db.engine() == "sqlite" {
                tokio::time::sleep(PAUSE).await;
            }
            tx = app.store.begin().await?;
            open = 0;
        }
    }
    progress(report.records);
    (report.same_email_groups, report.same_email) = imports::same_email_groups(&mut tx, 20).await?;
    if wish.dry_run {
        return Ok(report);
    }
    keep(wish, &mut tx, report.records, now).await?;
    let told = format!("{}: {} people, {} accounts", wish.source, report.people, report.accounts);
    audit::append(&mut tx, &app.event("people.imported", origin, now).reason(&told)).await?;
    tx.commit().await?;
    Ok(report)
}

async fn keep(wish: &ImportWish, tx: &mut Tx, records: i64, now: Timestamp) -> Result<(), Stop> {
    if let Some(file) = &wish.file {
        imports::set_checkpoint(tx, file, records, now).await?;
    }
    Ok(())
}

macro_rules! check {
    ($what:literal, $result:expr) => {
        match $result {
            Ok(value) => value,
            Err(e) => return Ok(Some(format!("{}: {e}", $what))),
        }
    };
}

/// Takes one record over, or says why not. Whatever is checked is checked before anything of it is written.
async fn apply(app: &App, tx: &mut Tx, source: &str, record: Record, report: &mut ImportReport, now: Timestamp) -> Result<Option<String>, Stop> {
    match record {
        Record::Company { slug, name, region } => {
            let slug = check!("slug", Slug::parse(&slug));
            let name = check!("name", DisplayText::parse(&name));
            if !storable([name.as_str(), &region]) {
                return Ok(Some("a text is too long, or has a NUL in it".into()));
            }
            if imports::company(tx, slug.as_str()).await?.is_none() {
                if imports::slug_given(tx, slug.as_str()).await? {
                    return Ok(Some("slug: it was another company's, or that of one that has ended".into()));
                }
                let new = NewCompany { id: CompanyId::mint(now, &mut app.rng()), name, slug, region, publicly_named: false, logo: None };
                check!("slug", companies::add(tx, &new, now).await?);
                report.companies += 1;
            }
            Ok(None)
        }
        Record::Role { company, name, title, permissions } => {
            if !storable([company.as_str(), &name]) {
                return Ok(Some("a text is too long, or has a NUL in it".into()));
            }
            let Some(company) = imports::company(tx, &company).await? else { return Ok(Some(format!("company: there is no {company:.80}"))) };
            for word in permissions.iter().chain([&name]) {
                check!("permissions", parse_permission(word));
            }
            let title = check!("title", DisplayText::parse(&title));
            if roles::named(tx, &company, &name).await?.is_none() {
                check!("name", roles::add(tx, &RowId::mint(now, &mut app.rng()), &company, &name, &title, &permissions, now).await?);
                report.roles += 1;
            }
            Ok(None)
        }
        Record::Person(person) => take_person(app, tx, source, &person, report, now).await,
    }
}

/// Whether texts can be kept and looked up: no index takes very long ones, and PostgreSQL no NUL.
fn storable<'a>(texts: impl IntoIterator<Item = &'a str>) -> bool {
    texts.into_iter().all(|text| text.len() <= LONGEST && !text.contains('\0'))
}

/// A place that was checked and can be written.
struct Place<'a> {
    company: CompanyId,
    kind: AccountKind,
    roles: Vec<RowId>,
    permissions: &'a [String],
    subjects: Vec<(ClientId, &'a str)>,
}

async fn take_person(app: &App, tx: &mut Tx, source: &str, p: &PersonRecord, report: &mut ImportReport, now: Timestamp) -> Result<Option<String>, Stop> {
    let texts = [&p.external_id, &p.username, &p.email, &p.given_name, &p.family_name, &p.locale, &p.password_hash];
    let inner = p.accounts.iter().flat_map(|a| std::iter::once(&a.company).chain(&a.roles).chain(a.subjects.values()));
    if !storable(texts.into_iter().flatten().chain(inner).map(String::as_str)) {
        return Ok(Some("a text is too long, or has a NUL in it".into()));
    }
    // Without an id there, their name is it; marked, so that it is nobody's id.
    let named = |kind: &str, text: &Option<String>| text.as_deref().filter(|t| !t.is_empty()).map(|t| format!("{kind}{}", canonical(t)));
    let given = p.external_id.clone().filter(|t| !t.is_empty());
    let Some(external) = given.or_else(|| named("username:", &p.username)).or_else(|| named("email:", &p.email)) else {
        return Ok(Some("a person needs an external_id, a username or an email".into()));
    };
    let mut places = Vec::new();
    for a in &p.accounts {
        let Some(company) = imports::company(tx, &a.company).await? else { return Ok(Some(format!("company: there is no {:.80}", a.company))) };
        let kind = check!("kind", a.kind.as_deref().unwrap_or("member").parse::<AccountKind>());
        let mut given = Vec::new();
        for name in &a.roles {
            match roles::named(tx, &company, name).await? {
                Some(role) => given.push(role),
                None => return Ok(Some(format!("roles: {} has none called {name:.80}", a.company))),
            }
        }
        for word in &a.permissions {
            check!("permissions", parse_permission(word));
        }
        let mut subjects = Vec::new();
        for (client, subject) in &a.subjects {
            subjects.push((check!("subjects", client.parse::<ClientId>()), subject.as_str()));
        }
        places.push(Place { company, kind, roles: given, permissions: &a.permissions, subjects });
    }
    let id = match imports::known(tx, source, &external).await? {
        Some(known) => {
            let id = match imports::stands(tx, &known).await? {
                (true, _) => known.clone(),
                // Who made two sign-ins one gets what comes later in the one that is left.
                (false, Some(into)) if imports::stands(tx, &into).await?.0 => into,
                _ => return Ok(Some("their sign-in was closed here".into())),
            };
            // Another file of the same source may say what the first one did not; nobody is switched on by a file.
            // Whoever took them over is somebody elsewhere too: a file about the one sign-in does not switch the other off.
            if p.disabled && id == known {
                identities::set_disabled(tx, &id, Some(now)).await?;
            }
            report.people_there += 1;
            id
        }
        None => match make_person(app, tx, p, report, now).await? {
            Ok(id) => {
                imports::remember(tx, source, &external, &id).await?;
                report.people += 1;
                id
            }
            Err(reason) => return Ok(Some(reason)),
        },
    };
    for place in places {
        if imports::account(tx, &id, &place.company).await?.is_some() {
            report.accounts_there += 1;
            continue;
        }
        let account = AccountId::mint(now, &mut app.rng());
        let new = NewAccount { id: account.clone(), identity_id: id.clone(), company_id: place.company, kind: place.kind, seat: seat_by_default(place.kind) };
        check!("account", accounts::add(tx, &new, now).await?);
        for role in &place.roles {
            roles::give(tx, &account, role).await?;
        }
        for permission in place.permissions {
            roles::permit(tx, &account, permission).await?;
        }
        for (client, subject) in &place.subjects {
            imports::legacy_subject(tx, client, &account, subject, now).await?;
        }
        report.accounts += 1;
    }
    Ok(None)
}

async fn make_person(app: &App, tx: &mut Tx, p: &PersonRecord, report: &mut ImportReport, now: Timestamp) -> Result<Result<IdentityId, String>, Stop> {
    let given = |text: &Option<String>| text.as_deref().map(str::trim).filter(|t| !t.is_empty()).map(str::to_owned);
    let email = match given(&p.email).map(|e| EmailAddress::parse(&e)).transpose() {
        Ok(email) => email,
        Err(e) => return Ok(Err(format!("email: {e}"))),
    };
    let names = [given(&p.given_name), given(&p.family_name)].map(|n| n.map(|n| DisplayText::parse(&n)).transpose());
    let [Ok(given_name), Ok(family_name)] = names else { return Ok(Err("given_name, family_name: a name has between 1 and 120 characters".into())) };
    let username = given(&p.username);
    if let Some(username) = &username {
        // Imported names are kept, shaped as they may be (design.md section 7); but one name is one person's.
        if username.chars().count() > 320 || canonical(username).starts_with("idn_") {
            return Ok(Err("username: it cannot be kept".into()));
        }
        // An address that somebody has proved is theirs to sign in with (threats.md T08).
        if imports::name_taken(tx, username).await? {
            return Ok(Err(format!("username: {username:.80} is somebody else's here")));
        }
    }
    let mut verified = p.email_verified;
    if let (Some(email), true) = (&email, verified)
        && imports::address_taken(tx, email.key()).await?
    {
        verified = false;
        report.addresses_unproved += 1;
    }
    if username.is_none() {
        match &email {
            Some(email) if verified && !imports::address_proved(tx, email.key()).await? => {}
            _ => return Ok(Err("they would have nothing to sign in with: no username, and no address that is proved and theirs alone".into())),
        }
    }
    let hash = given(&p.password_hash);
    let password_hash = match hash.as_deref().map(check_foreign_hash) {
        Some(Ok(())) => hash,
        Some(Err(_)) | None => None,
    };
    report.without_password += i64::from(password_hash.is_none());
    let id = IdentityId::mint(now, &mut app.rng());
    let text = |t: Option<DisplayText>| t.map(|t| t.as_str().to_owned());
    let locale = given(&p.locale).and_then(|l| Locale::first_of(&l));
    let profile = Profile { given_name: text(given_name), family_name: text(family_name), locale, ..Profile::default() };
    let typed = username.as_deref().and_then(|u| Username::parse(u).ok());
    // In the form of an address that is not, or not provably, their own: nobody could choose it here either (threats.md T08).
    let own = email.as_ref().filter(|_| verified).map(|e| e.key().to_owned());
    let elsewhere = typed.as_ref().is_some_and(|u| u.key().contains('@') && own.as_deref() != Some(u.key()));
    report.odd_usernames += i64::from(elsewhere);
    let odd = username.filter(|_| typed.is_none());
    let new = NewIdentity { id: id.clone(), username: typed, email, email_verified: verified, password_hash, profile };
    if let Err(taken) = identities::add(tx, &new, now).await? {
        return Ok(Err(format!("username: {taken}")));
    }
    if let Some(odd) = odd {
        report.odd_usernames += 1;
        identities::import_username(tx, &id, &odd).await?;
    }
    if p.disabled {
        identities::set_disabled(tx, &id, Some(now)).await?;
    }
    Ok(Ok(id))
}
