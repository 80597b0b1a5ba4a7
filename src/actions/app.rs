//! The running application: configuration, store, keys, texts, clock and randomness in one place.

use std::sync::{Arc, PoisonError, RwLock};

use super::caches::Caches;
use super::keys;
use crate::config::Config;
use crate::crypto::{HashCost, Hasher, KeyRing, Passkeys, Sealer};
use crate::domain::{Factor, Level, Method, PASSWORD_MIN, PASSWORD_MIN_WITH_FACTOR, Wanted};
use crate::outbound::Outbound;
use crate::store::{AuditEvent, Store};
use crate::text::Texts;
use crate::types::{Random, RowId, Timestamp};

/// Where the time comes from: the system's clock, or a test's.
#[derive(Clone)]
pub struct Clock(Arc<dyn Fn() -> Timestamp + Send + Sync>);

impl Clock {
    /// The system's.
    #[expect(clippy::disallowed_methods, reason = "the one place that reads a clock")]
    pub fn system() -> Self {
        Self(Arc::new(|| {
            let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
            Timestamp::from_millis(since.as_millis() as i64)
        }))
    }
    /// One that the caller moves.
    pub fn given(read: impl Fn() -> Timestamp + Send + Sync + 'static) -> Self {
        Self(Arc::new(read))
    }
    /// Now; read once per request.
    pub fn now(&self) -> Timestamp {
        (self.0)()
    }
}

/// Everything an action needs.
pub struct App {
    /// The validated configuration.
    pub config: Config,
    /// The database.
    pub store: Store,
    /// Templates and messages.
    pub texts: Texts,
    /// Password slots.
    pub hasher: Hasher,
    /// Asks services of the operator's choice, where there are any.
    pub(super) outbound: Option<Outbound>,
    /// Passkeys, where there can be any.
    pub passkeys: Option<Passkeys>,
    /// The clock.
    pub clock: Clock,
    /// Opens and seals keys.
    pub sealer: Sealer,
    /// What is remembered between requests.
    pub(super) caches: Caches,
    /// How often the callers of the API called.
    pub(super) calls: super::quota::Calls,
    random: Random,
    keys: RwLock<Arc<KeyRing>>,
}

impl App {
    /// Opens the database, loads or makes the keys, and starts the password slots.
    pub async fn start(config: Config, clock: Clock, random: Random, cost: HashCost) -> anyhow::Result<Arc<Self>> {
        let store = Store::open(&config.database).await?;
        Self::with_store(config, store, clock, random, cost).await
    }

    /// The same on a store that is open.
    pub async fn with_store(config: Config, store: Store, clock: Clock, mut random: Random, cost: HashCost) -> anyhow::Result<Arc<Self>> {
        let sealer = Sealer::new(config.key_encryption.as_ref());
        let records = keys::load_or_make(&config, &store, &sealer, clock.now(), &mut random).await?;
        let ring = KeyRing::open(&records, &sealer)?;
        let hasher = Hasher::start(config.password_slots, config.password_queue, cost, config.password_pepper.clone(), &random);
        Ok(Arc::new(Self {
            outbound: config.passwords_breached_url.is_some().then(|| Outbound::new(true)).transpose()?,
            texts: Texts::load()?,
            passkeys: Passkeys::of(&config.issuer, config.passkeys_rp_id.as_deref()),
            hasher,
            clock,
            sealer,
            caches: Caches::new(),
            calls: super::quota::Calls::new(),
            random,
            keys: RwLock::new(Arc::new(ring)),
            store,
            config,
        }))
    }

    /// The generator, to hand down.
    pub fn rng(&self) -> Random {
        self.random.clone()
    }
    /// The keys as they stand.
    pub fn keys(&self) -> Arc<KeyRing> {
        self.keys.read().unwrap_or_else(PoisonError::into_inner).clone()
    }
    pub(super) fn replace_keys(&self, ring: KeyRing) {
        *self.keys.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(ring);
    }
    /// What the operator asks of everybody who signs in.
    pub fn operator_wants(&self) -> Wanted {
        let named = |name: &String| Method::REFUSABLE.into_iter().find(|m| m.as_str() == name);
        let level = self.config.factors_level.parse().unwrap_or_default();
        Wanted { remembered_devices: true, refused: self.config.factors_refused.iter().filter_map(named).collect(), ..Wanted::level(level) }
    }
    /// Fewest characters of a password here: fewer where nobody is signed in by it alone (NIST SP 800-63B-4 section 3.1.1.2).
    pub fn least_password(&self) -> usize {
        if self.operator_wants().level > Level::One { PASSWORD_MIN_WITH_FACTOR } else { PASSWORD_MIN }
    }
    /// Whether people may register this kind of factor: it works here, and the operator does not refuse it.
    pub fn offers(&self, factor: Factor) -> bool {
        let works = match factor {
            Factor::Passkey => self.passkeys.is_some(),
            Factor::Text => super::mobile::sends_texts(self),
            Factor::Totp | Factor::Mail => true,
        };
        works && !self.operator_wants().refused.contains(&factor.method())
    }
    /// The issuer.
    pub fn issuer(&self) -> &str {
        &self.config.issuer
    }
    /// A new audit event.
    pub fn event(&self, kind: &'static str, origin: &super::Origin, now: Timestamp) -> AuditEvent {
        let mut event =
            AuditEvent::new(RowId::mint(now, &mut self.rng()), kind, now).request(&origin.request_id, origin.address_text().as_deref()).proved(&origin.proved);
        if let Some(person) = &origin.person {
            event = event.by(person);
        }
        if let Some(client) = &origin.client {
            event = event.through(client);
        }
        event
    }
}
