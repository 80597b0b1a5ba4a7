//! Configuration: one file, then the environment, into one validated value. All mistakes are listed at once.

mod keys;
mod lifetimes;

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use ipnet::IpNet;
use url::Url;

use crate::types::{ScopeSet, Seconds, Secret};
pub use keys::{KEYS, KeyHelp};
pub use lifetimes::Lifetimes;

/// Where the data lives.
#[derive(Clone, Debug)]
pub enum DatabaseUrl {
    /// A file.
    Sqlite(String),
    /// A server; the URL may carry a password.
    Postgres(Secret),
}

/// Certificate and key files for TLS served by the binary.
#[derive(Clone, Debug)]
pub struct Tls {
    /// PEM chain.
    pub certificate: PathBuf,
    /// PEM key.
    pub key: PathBuf,
}

/// How mail leaves.
#[derive(Clone, Debug)]
pub struct Mail {
    /// `smtp://` or `smtps://` with credentials.
    pub smtp_url: Secret,
    /// The sender.
    pub from: String,
}

/// How text messages leave: a gateway that takes a POST with `{"to", "text"}`.
#[derive(Clone, Debug)]
pub struct Sms {
    /// Where it is.
    pub url: String,
    /// What it wants as a bearer token.
    pub token: Option<Secret>,
}

/// Who may register clients (RFC 7591).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Registration {
    /// Nobody.
    Off,
    /// Who has an initial access token.
    Token,
    /// Everybody; such clients are not trusted until the operator vouches for them.
    Open,
}

/// The whole configuration. Its Debug output is safe to paste into an issue.
#[derive(Clone, Debug)]
pub struct Config {
    /// The public base URL, without a trailing slash.
    pub issuer: String,
    /// Where to listen.
    pub listen: SocketAddr,
    /// Where the data lives.
    pub database: DatabaseUrl,
    /// Where signing keys live (SQLite).
    pub keys_directory: PathBuf,
    /// Wraps keys at rest; compulsory on PostgreSQL.
    pub key_encryption: Option<Secret>,
    /// TLS served by the binary.
    pub tls: Option<Tls>,
    /// Outgoing mail; without it, mail waits in the outbox.
    pub mail: Option<Mail>,
    /// Outgoing text messages; without it, mobile numbers are not proved.
    pub sms: Option<Sms>,
    /// Where it is asked whether a password was breached.
    pub passwords_breached_url: Option<String>,
    /// Days after which events of the audit log go.
    pub audit_keep_days: Option<i64>,
    /// Calls of the management API that one caller has in a minute; 0 for no bound.
    pub api_calls_per_minute: i64,
    /// Whether clients register themselves.
    pub registration: Registration,
    /// What scopes they have at most.
    pub registration_scope: ScopeSet,
    /// Whether confidential ones must use PKCE.
    pub registration_pkce: bool,
    /// Registrations in an hour from one address range without a token; 0 for no bound.
    pub registration_per_hour: i64,
    /// Device codes an hour for a public client's devices in one address range; 0 for no bound.
    pub device_per_hour: i64,
    /// Days without use after which they go.
    pub registration_unused_days: i64,
    /// Shows the mailbox page; loopback issuers only.
    pub development: bool,
    /// How long everything lasts.
    pub lifetimes: Lifetimes,
    /// Free failures per sign-in name.
    pub throttle_name_free: i64,
    /// Free failures per address range.
    pub throttle_address_free: i64,
    /// The longest wait after failures.
    pub throttle_longest: Seconds,
    /// The least that every sign-in must reach: `1fa`, `mfa` or `phr`.
    pub factors_level: String,
    /// Second factors that count nowhere here: `totp`, `recovery`, `mail`, `sms`.
    pub factors_refused: Vec<String>,
    /// For how many days a browser may stand for a second factor that was shown in it; 0 for never.
    pub factors_remembered_days: i64,
    /// For how many days somebody can say no before second factors that the operator resets are given up.
    pub factors_reset_days: i64,
    /// The relying party of passkeys: the issuer's host, or a domain above it. It cannot change later.
    pub passkeys_rp_id: Option<String>,
    /// How long a request may take.
    pub longest_request: std::time::Duration,
    /// What password hashes need beside the database.
    pub password_pepper: Option<Secret>,
    /// Threads that hash passwords.
    pub password_slots: usize,
    /// How many hashes may wait for a slot.
    pub password_queue: usize,
    /// Whether requests of ours may go to private addresses.
    pub outbound_private: bool,
    /// Proxies whose forwarding headers count.
    pub trusted_proxies: Vec<IpNet>,
    /// Logs as JSON lines.
    pub log_json: bool,
    /// What was configured, by key; secrets are only said to be there.
    pub given: BTreeMap<String, String>,
}

/// Every mistake in a configuration, one line each.
#[derive(Debug, thiserror::Error)]
#[error("the configuration has {} mistake(s):\n{}", .0.len(), .0.iter().map(|m| format!("  - {m}")).collect::<Vec<_>>().join("\n"))]
pub struct Mistakes(pub Vec<String>);

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(url::Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(url::Host::Ipv4(ip)) => ip.is_loopback(),
        Some(url::Host::Ipv6(ip)) => ip.is_loopback(),
        None => false,
    }
}

impl Config {
    /// Reads `file` (if any), then `VESTIBULE_...` variables over it.
    pub fn read(file: Option<&Path>) -> Result<Self, Mistakes> {
        let mut environment = std::collections::HashMap::new();
        // Other programs' variables may hold anything.
        for (name, value) in std::env::vars_os() {
            let Ok(name) = name.into_string() else { continue };
            if !name.starts_with("VESTIBULE_") || matches!(name.as_str(), "VESTIBULE_CONFIG" | "VESTIBULE_LOG") {
                continue;
            }
            let value = value.into_string().map_err(|_| Mistakes(vec![format!("{name}: is not UTF-8")]))?;
            environment.insert(name, value);
        }
        Self::from_sources(file, environment)
    }

    /// The same with the environment as an argument.
    pub fn from_sources(file: Option<&Path>, environment: std::collections::HashMap<String, String>) -> Result<Self, Mistakes> {
        let mut builder = config::Config::builder();
        if let Some(file) = file {
            builder = builder.add_source(config::File::from(file).format(config::FileFormat::Toml).required(true));
        }
        let environment = config::Environment::with_prefix("VESTIBULE").prefix_separator("_").separator("__").source(Some(environment.into_iter().collect()));
        let tree: serde_json::Value =
            builder.add_source(environment).build().and_then(config::Config::try_deserialize).map_err(|e| Mistakes(vec![e.to_string()]))?;
        let mut given = BTreeMap::new();
        flatten(String::new(), &tree, &mut given);
        let shown = given.iter().map(|(path, value)| (path.clone(), if SECRETS.contains(&path.as_str()) { "•••".to_owned() } else { value.clone() })).collect();
        keys::assemble(given).map(|config| Config { given: shown, ..config })
    }

    /// Whether the issuer is on this machine.
    pub fn is_loopback(&self) -> bool {
        Url::parse(&self.issuer).is_ok_and(|u| is_loopback(&u))
    }
    /// Whether the issuer is https, so cookies are `__Host-` and Secure.
    pub fn is_https(&self) -> bool {
        self.issuer.starts_with("https://")
    }
    /// A URL of ours.
    pub fn url(&self, path: &str) -> String {
        format!("{}{path}", self.issuer)
    }
    /// The identifier of our own API.
    pub fn api_resource(&self) -> String {
        self.url("/api")
    }
}

/// Keys whose values are secrets, or have some in them.
const SECRETS: [&str; 5] = ["database.url", "keys.encryption_secret", "mail.smtp_url", "passwords.pepper", "sms.token"];

fn flatten(prefix: String, value: &serde_json::Value, out: &mut BTreeMap<String, String>) {
    match value {
        serde_json::Value::Object(object) => {
            for (name, inner) in object {
                let path = if prefix.is_empty() { name.clone() } else { format!("{prefix}.{name}") };
                flatten(path, inner, out);
            }
        }
        serde_json::Value::Array(items) => {
            let joined = items.iter().map(|i| i.as_str().map_or_else(|| i.to_string(), str::to_owned)).collect::<Vec<_>>().join(" ");
            out.insert(prefix, joined);
        }
        serde_json::Value::String(text) => {
            out.insert(prefix, text.clone());
        }
        other => {
            out.insert(prefix, other.to_string());
        }
    }
}
