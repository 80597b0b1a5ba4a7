//! The files that an import reads: our own JSON Lines and CSV, a realm export of Keycloak, a user export of Auth0.

use std::collections::{BTreeMap, VecDeque};
use std::io::BufRead;

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD};
use serde::Deserialize;

use super::import::{AccountRecord, PersonRecord, Record};

type Records = Box<dyn Iterator<Item = Result<Record, String>>>;

/// The longest line that is read, in bytes.
const LONGEST: usize = 1 << 20;

/// The forms that there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ImportFormat {
    /// One record on each line.
    JsonLines,
    /// One person and one account in each row.
    Csv,
    /// A realm export.
    Keycloak,
    /// A user export, or an export of password hashes, one object on each line.
    Auth0,
}

impl std::str::FromStr for ImportFormat {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "jsonl" => Ok(Self::JsonLines),
            "csv" => Ok(Self::Csv),
            "keycloak" => Ok(Self::Keycloak),
            "auth0" => Ok(Self::Auth0),
            _ => Err("the format is jsonl, csv, keycloak or auth0".into()),
        }
    }
}

/// The records of a file. Keycloak's is one document and is read whole; the others are read as they come.
pub fn import_records(format: ImportFormat, reader: impl BufRead + 'static) -> anyhow::Result<Records> {
    Ok(match format {
        ImportFormat::JsonLines => Box::new(lines(reader).map(|line| line.and_then(|l| serde_json::from_str(&l).map_err(|e| e.to_string())))),
        ImportFormat::Auth0 => Box::new(lines(reader).map(|line| line.and_then(|l| auth0(&l)))),
        ImportFormat::Csv => Box::new(csv::ReaderBuilder::new().flexible(false).trim(csv::Trim::All).from_reader(reader).into_deserialize().map(|row| {
            let row: CsvRow = row.map_err(|e: csv::Error| e.to_string())?;
            Ok(Record::Person(Box::new(row.into())))
        })),
        ImportFormat::Keycloak => Box::new(keycloak(serde_json::from_reader(reader)?).into_iter().map(Ok)),
    })
}

/// Lines without empty ones; one that is too long is refused and skipped.
fn lines(mut reader: impl BufRead + 'static) -> impl Iterator<Item = Result<String, String>> {
    let mut broken = false;
    std::iter::from_fn(move || {
        if broken {
            return None;
        }
        loop {
            let mut line = Vec::new();
            match std::io::Read::take(&mut reader, LONGEST as u64).read_until(b'\n', &mut line) {
                Ok(0) => return None,
                // What cannot be read is over: the next reading would fail alike.
                Err(e) => {
                    broken = true;
                    return Some(Err(format!("the file cannot be read any further: {e}")));
                }
                Ok(_) => {}
            }
            if line.len() == LONGEST && line.last() != Some(&b'\n') {
                let mut rest = Vec::new();
                while line.last() != Some(&b'\n') {
                    rest.clear();
                    match std::io::Read::take(&mut reader, LONGEST as u64).read_until(b'\n', &mut rest) {
                        Ok(0) | Err(_) => break,
                        Ok(_) if rest.last() == Some(&b'\n') => break,
                        Ok(_) => {}
                    }
                }
                return Some(Err("the line is longer than a mebibyte".into()));
            }
            let Ok(text) = String::from_utf8(line) else { return Some(Err("the line is not UTF-8".into())) };
            if !text.trim().is_empty() {
                return Some(Ok(text));
            }
        }
    })
}

/// A row: empty cells are absent; lists have spaces between.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct CsvRow {
    external_id: Option<String>,
    username: Option<String>,
    email: Option<String>,
    email_verified: Option<bool>,
    given_name: Option<String>,
    family_name: Option<String>,
    locale: Option<String>,
    password_hash: Option<String>,
    disabled: Option<bool>,
    company: Option<String>,
    kind: Option<String>,
    roles: Option<String>,
    permissions: Option<String>,
}

impl From<CsvRow> for PersonRecord {
    fn from(r: CsvRow) -> Self {
        let words = |text: Option<String>| text.map(|t| t.split_whitespace().map(str::to_owned).collect()).unwrap_or_default();
        let account = r.company.map(|company| AccountRecord {
            company,
            kind: r.kind,
            roles: words(r.roles),
            permissions: words(r.permissions),
            subjects: BTreeMap::new(),
        });
        PersonRecord {
            external_id: r.external_id,
            username: r.username,
            email: r.email,
            email_verified: r.email_verified.unwrap_or_default(),
            given_name: r.given_name,
            family_name: r.family_name,
            locale: r.locale,
            password_hash: r.password_hash,
            disabled: r.disabled.unwrap_or_default(),
            accounts: account.into_iter().collect(),
        }
    }
}

/// What Auth0 writes of a user: the export of its extension and the one of password hashes differ in their spelling.
#[derive(Deserialize)]
struct Auth0User {
    #[serde(alias = "Id")]
    user_id: Option<String>,
    #[serde(rename = "_id")]
    oid: Option<serde_json::Value>,
    #[serde(alias = "Email")]
    email: Option<String>,
    #[serde(default, alias = "Email Verified")]
    email_verified: bool,
    username: Option<String>,
    #[serde(alias = "Given Name")]
    given_name: Option<String>,
    #[serde(alias = "Family Name")]
    family_name: Option<String>,
    locale: Option<String>,
    #[serde(default)]
    blocked: bool,
    #[serde(rename = "passwordHash")]
    password_hash: Option<String>,
}

fn auth0(line: &str) -> Result<Record, String> {
    let user: Auth0User = serde_json::from_str(line).map_err(|e| e.to_string())?;
    let oid = user.oid.as_ref().and_then(|o| o.get("$oid").unwrap_or(o).as_str()).map(|o| format!("auth0|{o}"));
    Ok(Record::Person(Box::new(PersonRecord {
        external_id: user.user_id.or(oid),
        username: user.username,
        email: user.email,
        email_verified: user.email_verified,
        given_name: user.given_name,
        family_name: user.family_name,
        locale: user.locale,
        password_hash: user.password_hash,
        disabled: user.blocked,
        accounts: Vec::new(),
    })))
}

#[derive(Deserialize)]
struct Realm {
    #[serde(default)]
    users: VecDeque<KeycloakUser>,
    #[serde(default)]
    organizations: Vec<KeycloakOrganization>,
}

#[derive(Deserialize)]
struct KeycloakOrganization {
    name: String,
    alias: Option<String>,
    #[serde(default)]
    members: Vec<KeycloakMember>,
}

#[derive(Deserialize)]
struct KeycloakMember {
    username: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct KeycloakUser {
    id: Option<String>,
    username: Option<String>,
    email: Option<String>,
    #[serde(default)]
    email_verified: bool,
    first_name: Option<String>,
    last_name: Option<String>,
    enabled: Option<bool>,
    service_account_client_id: Option<String>,
    #[serde(default)]
    attributes: BTreeMap<String, Vec<String>>,
    #[serde(default)]
    credentials: Vec<KeycloakCredential>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct KeycloakCredential {
    r#type: Option<String>,
    secret_data: Option<String>,
    credential_data: Option<String>,
}

#[derive(Deserialize)]
struct SecretData {
    value: String,
    salt: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct CredentialData {
    hash_iterations: Option<u32>,
    algorithm: String,
    #[serde(default)]
    additional_parameters: BTreeMap<String, Vec<String>>,
}

/// The hash of a password credential as a PHC string; nothing when it is written in another way.
fn keycloak_hash(credential: &KeycloakCredential) -> Option<String> {
    let secret: SecretData = serde_json::from_str(credential.secret_data.as_deref()?).ok()?;
    let data: CredentialData = serde_json::from_str(credential.credential_data.as_deref()?).ok()?;
    let plain = |text: &str| STANDARD.decode(text).ok();
    let (hash, salt) = (plain(&secret.value)?, plain(secret.salt.as_deref()?)?);
    let (encoded, salt) = (STANDARD_NO_PAD.encode(&hash), STANDARD_NO_PAD.encode(&salt));
    let parameter = |name: &str| data.additional_parameters.get(name).and_then(|v| v.first()).cloned();
    let rounds = data.hash_iterations?;
    match data.algorithm.as_str() {
        "argon2" => {
            let version = if parameter("version").as_deref() == Some("1.0") { 16 } else { 19 };
            let (kind, memory, lanes) = (parameter("type").unwrap_or_else(|| "id".into()), parameter("memory")?, parameter("parallelism")?);
            Some(format!("$argon2{kind}$v={version}$m={memory},t={rounds},p={lanes}${salt}${encoded}"))
        }
        name @ ("pbkdf2-sha256" | "pbkdf2-sha512") => Some(format!("${name}$i={rounds},l={}${salt}${encoded}", hash.len())),
        _ => None,
    }
}

/// A realm's organizations become companies, its users people, and memberships accounts.
fn keycloak(realm: Realm) -> Vec<Record> {
    let mut places: BTreeMap<String, Vec<AccountRecord>> = BTreeMap::new();
    let mut records = Vec::new();
    for organization in realm.organizations {
        let slug = organization.alias.unwrap_or_else(|| organization.name.clone()).to_lowercase();
        for member in organization.members {
            places.entry(member.username).or_default().push(AccountRecord { company: slug.clone(), ..AccountRecord::default() });
        }
        records.push(Record::Company { slug, name: organization.name, region: String::new() });
    }
    for user in realm.users {
        // A service account is no person.
        if user.service_account_client_id.is_some() {
            continue;
        }
        let password = user.credentials.iter().find(|c| c.r#type.as_deref() == Some("password")).and_then(keycloak_hash);
        records.push(Record::Person(Box::new(PersonRecord {
            external_id: user.id,
            accounts: user.username.as_ref().and_then(|u| places.remove(u)).unwrap_or_default(),
            // A username that is the proved address says nothing more.
            username: user.username.filter(|u| !user.email_verified || Some(u) != user.email.as_ref()),
            email: user.email,
            email_verified: user.email_verified,
            given_name: user.first_name,
            family_name: user.last_name,
            locale: user.attributes.get("locale").and_then(|l| l.first()).cloned(),
            password_hash: password,
            disabled: user.enabled == Some(false),
        })));
    }
    records
}
