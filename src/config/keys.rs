//! Every configuration key, with its help: the one list that reading, checking and `--help` share.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::PathBuf;

use ipnet::IpNet;
use url::Url;

use super::{Config, DatabaseUrl, Lifetimes, Mail, Mistakes, Registration, Sms, Tls, is_loopback};
use crate::types::{ScopeSet, Seconds, Secret};

/// One key.
pub struct KeyHelp {
    /// Its path in the file; in the environment `VESTIBULE_` + upper case with `__` for the dot.
    pub path: &'static str,
    /// What it is when left out.
    pub default: &'static str,
    /// What it means.
    pub help: &'static str,
}

const fn key(path: &'static str, default: &'static str, help: &'static str) -> KeyHelp {
    KeyHelp { path, default, help }
}

/// Every key there is; any other is a mistake.
pub const KEYS: &[KeyHelp] = &[
    key("issuer", "http://localhost:8080", "the public base URL; https, or http on a loopback host"),
    key("listen", "127.0.0.1:8080", "address and port to listen on"),
    key("database.url", "sqlite:vestibule.sqlite", "sqlite:FILE or postgres://user:password@host/name"),
    key("database.url_file", "", "a file that holds database.url"),
    key("keys.directory", "keys", "where signing keys live (SQLite)"),
    key("keys.encryption_secret", "", "wraps keys at rest, 32 characters or more; compulsory on PostgreSQL"),
    key("keys.encryption_secret_file", "", "a file that holds keys.encryption_secret"),
    key("tls.certificate", "", "PEM chain, to serve TLS without a proxy"),
    key("tls.key", "", "PEM key for tls.certificate"),
    key("mail.smtp_url", "", "smtps://user:password@host, or smtp://host?tls=required"),
    key("mail.smtp_url_file", "", "a file that holds mail.smtp_url"),
    key("mail.from", "", "the sender of mails"),
    key("sms.url", "", "a gateway that takes text messages: POST with {\"to\": \"+...\", \"text\": \"...\"}"),
    key("sms.token", "", "what the gateway wants as a bearer token"),
    key("sms.token_file", "", "a file that holds sms.token"),
    key("development", "false", "show /dev/mailbox; refused unless the issuer is loopback"),
    key("outbound.allow_private", "on for a loopback issuer", "send logout tokens to private addresses too"),
    key("trusted_proxies", "", "networks whose X-Forwarded-For counts"),
    key("log.format", "text", "text or json"),
    key("requests.longest", "30", "seconds after which a request is answered 503"),
    key("passwords.slots", "number of cores", "threads that hash passwords"),
    key("passwords.queue", "64", "hashes that may wait before sign-in answers 503"),
    key(
        "passwords.pepper",
        "",
        "a secret that every password hash needs too, 32 characters or more; keep it apart from the database, and never change or lose it",
    ),
    key("passwords.pepper_file", "", "a file that holds passwords.pepper"),
    key(
        "passwords.breached_url",
        "",
        "a k-anonymity service of breached passwords, asked URL/{first 5 digits of the SHA-1} when a password is chosen, as https://api.pwnedpasswords.com/range",
    ),
    key("throttle.name_free", "5", "failures per sign-in name before waits begin"),
    key("throttle.address_free", "50", "failures per address range before waits begin"),
    key("throttle.longest", "900", "longest wait, in seconds"),
    key("api.calls_per_minute", "600", "calls of the management API that one caller has in a minute on each node; 0 for no bound"),
    key("device.per_hour", "100", "device codes in an hour for one public client's devices from one address range, on each node; 0 for no bound"),
    key("registration.mode", "token", "who may register clients at /register: off, token (who has an initial access token) or open"),
    key("registration.scope", "openid profile email phone offline_access organizations preferences", "scopes that such clients have at most"),
    key("registration.require_pkce", "true", "whether such clients with a secret must use PKCE; public ones always must"),
    key("registration.per_hour", "20", "registrations in an hour from one address range without a token, on each node; 0 for no bound"),
    key("registration.unused_days", "90", "days without use after which such clients go"),
    key("audit.keep_days", "", "days after which events of the audit log go, 30 or more; without it they stay"),
    key("factors.level", "1fa", "the least that every sign-in must reach: 1fa, mfa or phr (phishing-resistant)"),
    key(
        "factors.refused",
        "mail",
        "second factors that count nowhere here: totp, recovery, mail, sms; none to refuse none. Mail is also how a password is recovered",
    ),
    key("factors.reset_days", "3", "days in which a person can say no before `person reset-factors` gives their second factors up; 1 to 30"),
    key("factors.remembered_days", "30", "days that a browser may stand for a second factor shown in it; 0 for never"),
    key("passkeys.rp_id", "the host of the issuer", "the domain that passkeys are for: the host of the issuer or a domain above it; never change it"),
    key("lifetimes.code", "60", "authorization code, in seconds"),
    key("lifetimes.interaction", "1800", "interaction"),
    key("lifetimes.device_code", "600", "device code, and the time to answer it"),
    key("lifetimes.access_token", "300", "access token"),
    key("lifetimes.id_token", "600", "ID token"),
    key("lifetimes.session_idle", "43200", "browser session without use"),
    key("lifetimes.session", "2592000", "browser session whatever happens"),
    key("lifetimes.refresh_idle", "2592000", "refresh family without use"),
    key("lifetimes.refresh", "15552000", "refresh family whatever happens"),
    key("lifetimes.refresh_grace", "10", "how long a rotated refresh token may be repeated; 0 to never"),
    key("lifetimes.jwks_cache", "300", "how long apps may cache the JWKS"),
    key("lifetimes.key_next", "3600", "how long a key is published before it signs"),
    key("lifetimes.key_rotation", "7776000", "how long a key signs"),
    key("lifetimes.activation", "259200", "mailed activation link"),
    key("lifetimes.recovery", "3600", "mailed link after a forgotten password"),
];

struct Reader {
    given: BTreeMap<String, String>,
    mistakes: Vec<String>,
}

impl Reader {
    fn text(&mut self, path: &str) -> Option<String> {
        self.given.remove(path).filter(|t| !t.is_empty())
    }
    fn parse<T: std::str::FromStr>(&mut self, path: &str, default: T, must_be: &str) -> T {
        match self.text(path).map(|t| t.parse()) {
            None => default,
            Some(Ok(value)) => value,
            Some(Err(_)) => {
                self.mistakes.push(format!("{path}: must be {must_be}"));
                default
            }
        }
    }
    fn seconds(&mut self, path: &str, default: Seconds, least: i64) -> Seconds {
        let value: i64 = self.parse(path, default.0, "a number of seconds");
        if value < least {
            self.mistakes.push(format!("{path}: must be at least {least}"));
        }
        Seconds(value)
    }
    fn secret(&mut self, path: &str) -> Option<Secret> {
        let direct = self.text(path);
        let file = self.text(&format!("{path}_file"));
        match (direct, file) {
            (Some(_), Some(_)) => {
                self.mistakes.push(format!("{path}: given twice, directly and as {path}_file"));
                None
            }
            (Some(text), None) => Some(Secret::new(text)),
            (None, Some(file)) => match std::fs::read_to_string(&file) {
                Ok(text) => Some(Secret::new(text.trim().to_owned())),
                Err(e) => {
                    self.mistakes.push(format!("{path}_file: {file} cannot be read: {e}"));
                    None
                }
            },
            (None, None) => None,
        }
    }
}

/// Checks everything and tells every mistake.
pub(super) fn assemble(given: BTreeMap<String, String>) -> Result<Config, Mistakes> {
    let mut r = Reader { given, mistakes: Vec::new() };

    let issuer = r.text("issuer").unwrap_or_else(|| "http://localhost:8080".to_owned());
    let issuer = issuer.strip_suffix('/').unwrap_or(&issuer).to_owned();
    let parsed = Url::parse(&issuer).ok().filter(|u| {
        u.host().is_some()
            && u.path() == "/"
            && u.query().is_none()
            && u.fragment().is_none()
            && u.username().is_empty()
            && u.origin().ascii_serialization() == issuer
    });
    let loopback = parsed.as_ref().is_some_and(is_loopback);
    match parsed.as_ref().map(Url::scheme) {
        None => r.mistakes.push("issuer: must be https://host[:port] in lower case, without path, query or fragment".into()),
        Some("https") => {}
        Some("http") if loopback => {}
        Some(_) => r.mistakes.push("issuer: plain http is only for loopback hosts; use https".into()),
    }

    let listen: SocketAddr = r.parse("listen", SocketAddr::from(([127, 0, 0, 1], 8080)), "address:port");
    let url = r.secret("database.url");
    let database = match url.as_ref().map_or("sqlite:vestibule.sqlite", |u| u.expose().as_str()) {
        u if u.starts_with("sqlite:") => {
            let path = u["sqlite:".len()..].trim_start_matches("//");
            if path.is_empty() || path.contains(":memory:") {
                r.mistakes.push("database.url: SQLite needs a file".into());
            }
            DatabaseUrl::Sqlite(path.to_owned())
        }
        u if u.starts_with("postgres://") || u.starts_with("postgresql://") => DatabaseUrl::Postgres(Secret::new(u.to_owned())),
        _ => {
            r.mistakes.push("database.url: must begin with sqlite: or postgres://".into());
            DatabaseUrl::Sqlite("vestibule.sqlite".into())
        }
    };
    let keys_directory = PathBuf::from(r.text("keys.directory").unwrap_or_else(|| "keys".into()));
    let key_encryption = r.secret("keys.encryption_secret");
    if key_encryption.as_ref().is_some_and(|s| s.expose().chars().count() < 32) {
        r.mistakes.push("keys.encryption_secret: must have 32 characters or more".into());
    }
    if matches!(database, DatabaseUrl::Postgres(_)) && key_encryption.is_none() {
        r.mistakes.push("keys.encryption_secret: compulsory on PostgreSQL, where keys live in the database".into());
    }
    let tls = match (r.text("tls.certificate"), r.text("tls.key")) {
        (Some(certificate), Some(key)) => Some(Tls { certificate: certificate.into(), key: key.into() }),
        (None, None) => None,
        _ => {
            r.mistakes.push("tls: certificate and key go together".into());
            None
        }
    };
    if tls.is_some() && parsed.as_ref().is_some_and(|u| u.scheme() == "http") {
        r.mistakes.push("tls: the issuer says http".into());
    }
    let mail = match (r.secret("mail.smtp_url"), r.text("mail.from")) {
        (Some(smtp_url), Some(from)) => {
            // By what reads them when a mail goes out: nothing that it refuses may come as far as the worker.
            if from.parse::<lettre::message::Mailbox>().is_err() {
                r.mistakes.push("mail.from: must be an address, or Name <address>; a name with a comma stands in double quotes".into());
            }
            if lettre::AsyncSmtpTransport::<lettre::Tokio1Executor>::from_url(smtp_url.expose()).is_err() {
                r.mistakes.push("mail.smtp_url: must be smtp://host or smtps://host, with ?tls=required or ?tls=opportunistic if wanted".into());
            }
            Some(Mail { smtp_url, from })
        }
        (None, None) => None,
        _ => {
            r.mistakes.push("mail: smtp_url and from go together".into());
            None
        }
    };
    let sms = match (r.text("sms.url"), r.secret("sms.token")) {
        (Some(url), token) => {
            if !is_ours(&url) {
                r.mistakes.push("sms.url: must be https, or http on a loopback host".into());
            }
            Some(Sms { url, token })
        }
        (None, Some(_)) => {
            r.mistakes.push("sms: a token without url".into());
            None
        }
        (None, None) => None,
    };
    let passwords_breached_url = r.text("passwords.breached_url").map(|url| url.trim_end_matches('/').to_owned());
    if passwords_breached_url.as_deref().is_some_and(|url| !is_ours(url)) {
        r.mistakes.push("passwords.breached_url: must be https, or http on a loopback host".into());
    }
    let audit_keep_days = r.text("audit.keep_days").and_then(|text| match text.parse::<i64>() {
        Ok(days) if (30..=36_500).contains(&days) => Some(days),
        _ => {
            r.mistakes.push("audit.keep_days: must be 30 to 36500 days".into());
            None
        }
    });
    let development = r.parse("development", false, "true or false");
    if development && !loopback {
        r.mistakes.push("development: shows everybody's mail, so the issuer must be loopback".into());
    }
    let mut trusted_proxies = Vec::new();
    for net in r.text("trusted_proxies").unwrap_or_default().split([' ', ',']).filter(|n| !n.is_empty()) {
        match net.parse::<IpNet>().or_else(|_| net.parse::<std::net::IpAddr>().map(IpNet::from)) {
            Ok(net) => trusted_proxies.push(net),
            Err(_) => r.mistakes.push(format!("trusted_proxies: {net} is not a network")),
        }
    }
    let outbound_private = r.parse("outbound.allow_private", loopback, "true or false");
    let log_json = match r.text("log.format").as_deref() {
        None | Some("text") => false,
        Some("json") => true,
        Some(_) => {
            r.mistakes.push("log.format: must be text or json".into());
            false
        }
    };
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let longest_request = r.seconds("requests.longest", Seconds(30), 1);
    let password_pepper = r.secret("passwords.pepper");
    if password_pepper.as_ref().is_some_and(|s| s.expose().chars().count() < 32) {
        r.mistakes.push("passwords.pepper: must have 32 characters or more".into());
    }
    let password_slots = r.parse("passwords.slots", cores, "a number");
    let password_queue = r.parse("passwords.queue", 64, "a number");
    if password_slots == 0 || password_queue == 0 {
        r.mistakes.push("passwords: slots and queue must be at least 1".into());
    }
    let api_calls_per_minute = r.parse("api.calls_per_minute", 600, "a number");
    if api_calls_per_minute < 0 {
        r.mistakes.push("api.calls_per_minute: not negative".into());
    }
    let registration = match r.text("registration.mode").as_deref() {
        None | Some("token") => Registration::Token,
        Some("off") => Registration::Off,
        Some("open") => Registration::Open,
        Some(_) => {
            r.mistakes.push("registration.mode: must be off, token or open".into());
            Registration::Off
        }
    };
    let registration_scope = r.text("registration.scope");
    let registration_scope = ScopeSet::parse(registration_scope.as_deref().unwrap_or("openid profile email phone offline_access organizations preferences"));
    let registration_pkce = r.parse("registration.require_pkce", true, "true or false");
    let device_per_hour = r.parse("device.per_hour", 100, "a number");
    if device_per_hour < 0 {
        r.mistakes.push("device.per_hour: not negative".into());
    }
    let registration_per_hour = r.parse("registration.per_hour", 20, "a number");
    let registration_unused_days = r.parse("registration.unused_days", 90, "a number of days");
    if registration_per_hour < 0 || registration_unused_days < 1 {
        r.mistakes.push("registration: per_hour is not negative, unused_days at least 1".into());
    }
    let throttle_name_free = r.parse("throttle.name_free", 5, "a number");
    let throttle_address_free = r.parse("throttle.address_free", 50, "a number");
    if throttle_name_free < 1 || throttle_address_free < 1 {
        r.mistakes.push("throttle: the free failures must be at least 1".into());
    }
    let throttle_longest = r.seconds("throttle.longest", Seconds::minutes(15), 1);

    let factors_level = r.text("factors.level").unwrap_or_else(|| "1fa".to_owned());
    if !["1fa", "mfa", "phr"].contains(&factors_level.as_str()) {
        r.mistakes.push("factors.level: must be 1fa, mfa or phr".into());
    }
    let factors_refused: Vec<String> =
        r.text("factors.refused").unwrap_or_else(|| "mail".into()).split([' ', ',']).filter(|f| !f.is_empty() && *f != "none").map(str::to_owned).collect();
    for unknown in factors_refused.iter().filter(|f| !["totp", "recovery", "mail", "sms"].contains(&f.as_str())) {
        r.mistakes.push(format!("factors.refused: {unknown} is not one of totp, recovery, mail, sms"));
    }

    let factors_remembered_days = r.parse("factors.remembered_days", 30, "a number of days");
    if !(0..=365).contains(&factors_remembered_days) {
        r.mistakes.push("factors.remembered_days: must be 0 to 365".into());
    }
    let factors_reset_days = r.parse("factors.reset_days", 3, "a number of days");
    if !(1..=30).contains(&factors_reset_days) {
        r.mistakes.push("factors.reset_days: must be 1 to 30".into());
    }
    let passkeys_rp_id = r.text("passkeys.rp_id");
    let refused = |name: &str| factors_refused.iter().any(|f| f == name);
    let wants_passkeys = factors_level == "phr" || factors_level == "mfa" && refused("totp") && refused("mail") && (refused("sms") || sms.is_none());
    if wants_passkeys && parsed.as_ref().is_some_and(|issuer| issuer.domain().is_none()) {
        r.mistakes.push("factors.level: nobody could reach it: passkeys need an issuer with a domain name".into());
    }
    if let Some(domain) = &passkeys_rp_id {
        let host = parsed.as_ref().and_then(Url::domain).unwrap_or_default();
        if host != domain && !host.ends_with(&format!(".{domain}")) {
            r.mistakes.push("passkeys.rp_id: must be the host of the issuer or a domain above it".into());
        }
    }

    let d = Lifetimes::default();
    let lifetimes = Lifetimes {
        code: r.seconds("lifetimes.code", d.code, 1),
        interaction: r.seconds("lifetimes.interaction", d.interaction, 60),
        device_code: r.seconds("lifetimes.device_code", d.device_code, 60),
        access_token: r.seconds("lifetimes.access_token", d.access_token, 1),
        id_token: r.seconds("lifetimes.id_token", d.id_token, 1),
        session_idle: r.seconds("lifetimes.session_idle", d.session_idle, 60),
        session: r.seconds("lifetimes.session", d.session, 60),
        refresh_idle: r.seconds("lifetimes.refresh_idle", d.refresh_idle, 60),
        refresh: r.seconds("lifetimes.refresh", d.refresh, 60),
        refresh_grace: r.seconds("lifetimes.refresh_grace", d.refresh_grace, 0),
        jwks_cache: r.seconds("lifetimes.jwks_cache", d.jwks_cache, 0),
        key_next: r.seconds("lifetimes.key_next", d.key_next, 0),
        key_rotation: r.seconds("lifetimes.key_rotation", d.key_rotation, 60),
        activation: r.seconds("lifetimes.activation", d.activation, 60),
        recovery: r.seconds("lifetimes.recovery", d.recovery, 60),
    };
    if lifetimes.device_code > Seconds::minutes(30) {
        r.mistakes.push("lifetimes.device_code: at most 1800".into());
    }
    if lifetimes.code > Seconds::minutes(10) {
        r.mistakes.push("lifetimes.code: at most 600 (RFC 6749 4.1.2)".into());
    }
    if lifetimes.key_next < lifetimes.jwks_cache {
        r.mistakes.push("lifetimes.key_next: must not be shorter than lifetimes.jwks_cache, or apps meet unknown keys".into());
    }

    for unknown in r.given.keys() {
        r.mistakes.push(format!("{unknown}: there is no such key"));
    }
    if !r.mistakes.is_empty() {
        return Err(Mistakes(r.mistakes));
    }
    Ok(Config {
        issuer,
        listen,
        database,
        keys_directory,
        key_encryption,
        tls,
        mail,
        sms,
        passwords_breached_url,
        audit_keep_days,
        api_calls_per_minute,
        registration,
        registration_scope,
        registration_pkce,
        device_per_hour,
        registration_per_hour,
        registration_unused_days,
        development,
        lifetimes,
        throttle_name_free,
        throttle_address_free,
        throttle_longest,
        factors_level,
        factors_remembered_days,
        factors_reset_days,
        passkeys_rp_id,
        factors_refused,
        longest_request: std::time::Duration::from_secs(longest_request.0.unsigned_abs()),
        password_pepper,
        password_slots,
        password_queue,
        trusted_proxies,
        outbound_private,
        log_json,
        given: BTreeMap::new(),
    })
}

/// Whether something of the operator's may be reached there: nobody in between reads along.
fn is_ours(url: &str) -> bool {
    Url::parse(url).is_ok_and(|u| u.scheme() == "https" || u.scheme() == "http" && is_loopback(&u))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(pairs: &[(&str, &str)]) -> Result<Config, Mistakes> {
        let environment = pairs.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
        Config::from_sources(None, environment)
    }

    #[test]
    fn nothing_at_all_is_a_working_configuration() {
        let config = with(&[]).expect("the defaults work");
        assert_eq!(config.issuer, "http://localhost:8080");
        assert!(matches!(config.database, DatabaseUrl::Sqlite(ref f) if f == "vestibule.sqlite"));
    }

    #[test]
    fn all_mistakes_are_told_at_once() {
        let mistakes = with(&[
            ("VESTIBULE_ISSUER", "http://id.example.test"),
            ("VESTIBULE_LISTEN", "x"),
            ("VESTIBULE_DATABASE__URL", "mysql://x"),
            ("VESTIBULE_NO_SUCH_KEY", "1"),
            ("VESTIBULE_LIFETIMES__CODE", "9999"),
            ("VESTIBULE_DEVELOPMENT", "true"),
        ])
        .expect_err("six mistakes");
        assert_eq!(mistakes.0.len(), 6, "{mistakes}");
    }

    #[test]
    fn a_file_then_the_environment_over_it_and_secrets_from_files_of_their_own() {
        let folder = tempfile::tempdir().expect("a folder");
        let write = |name: &str, text: &str| {
            std::fs::write(folder.path().join(name), text).expect("written");
            folder.path().join(name)
        };
        let secret = write("kek", "0123456789abcdef0123456789abcdef\n");
        let pepper = write("pepper", "fedcba9876543210fedcba9876543210\n");
        let file = write(
            "vestibule.toml",
            &format!(
                "issuer = \"https://id.example.test\"\ntrusted_proxies = [\"10.0.0.0/8\", \"192.0.2.1\"]\n[keys]\nencryption_secret_file = \"{}\"\n[lifetimes]\ncode = 30\naccess_token = 120\n",
                secret.display()
            ),
        );
        let environment =
            [("VESTIBULE_LIFETIMES__CODE".to_owned(), "45".to_owned()), ("VESTIBULE_PASSWORDS__PEPPER_FILE".to_owned(), pepper.display().to_string())];
        let config = Config::from_sources(Some(&file), environment.into_iter().collect()).expect("valid");
        assert_eq!((config.issuer.as_str(), config.trusted_proxies.len()), ("https://id.example.test", 2));
        assert_eq!((config.lifetimes.code, config.lifetimes.access_token), (Seconds(45), Seconds(120)), "the environment goes over the file");
        assert_eq!(config.key_encryption.expect("read").expose(), "0123456789abcdef0123456789abcdef", "without the line's end");
        assert_eq!(config.password_pepper.expect("read").expose(), "fedcba9876543210fedcba9876543210");
        let twice = [("VESTIBULE_KEYS__ENCRYPTION_SECRET".to_owned(), "0123456789abcdef0123456789abcdef".to_owned())];
        let mistakes = Config::from_sources(Some(&file), twice.into_iter().collect()).expect_err("given twice");
        assert!(mistakes.0.len() == 1 && mistakes.0[0].contains("given twice"), "{mistakes}");
        assert!(Config::from_sources(Some(&folder.path().join("none.toml")), Default::default()).is_err());
        assert!(with(&[("VESTIBULE_PASSWORDS__PEPPER", "short")]).is_err());
    }

    #[test]
    fn secrets_do_not_show() {
        let config =
            with(&[("VESTIBULE_DATABASE__URL", "postgres://u:hunter2@h/d"), ("VESTIBULE_KEYS__ENCRYPTION_SECRET", "0123456789abcdef0123456789abcdef")])
                .expect("valid");
        let shown = format!("{config:?}");
        assert!(!shown.contains("hunter2") && !shown.contains("0123456789abcdef"));
    }

    #[test]
    fn postgresql_needs_the_key_encryption_secret() {
        assert!(with(&[("VESTIBULE_DATABASE__URL", "postgres://h/d")]).is_err());
    }
}
