//! What is remembered between requests: clients, resource servers, brands, checked signatures. Never accounts, grants or sessions.

use std::collections::HashMap;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};

use moka::sync::Cache;
use serde_json::{Map, Value};

use super::{App, Stop};
use crate::domain::Brand;
use crate::protocol::SCOPES_OF_API;
use crate::store::brands;
use crate::store::clients::{self, StoredClient};
use crate::store::config_version;
use crate::store::resources::{self, Resource};
use crate::types::{ClientId, ScopeSet, Seconds, Timestamp};

/// All resource servers by identifier.
#[derive(Debug, Default)]
pub struct Registry(HashMap<String, Resource>);

impl Registry {
    /// A resource server of the operator's.
    pub fn find(&self, identifier: &str) -> Option<&Resource> {
        self.0.get(identifier)
    }
    /// All of them, by identifier.
    pub fn all(&self) -> Vec<&Resource> {
        let mut all: Vec<&Resource> = self.0.values().collect();
        all.sort_by(|a, b| a.identifier.cmp(&b.identifier));
        all
    }
}

pub(super) struct Caches {
    version: AtomicI64,
    clients: Cache<ClientId, Arc<StoredClient>>,
    registry: RwLock<Option<Arc<Registry>>>,
    brands: RwLock<Option<Arc<Vec<Brand>>>>,
    /// The day on which a client's use was noted last.
    uses: Cache<ClientId, i64>,
    /// Claims of access tokens whose signature was checked, by the token's digest. Liveness is never remembered.
    pub(super) signatures: Cache<String, Arc<Map<String, Value>>>,
}

impl Caches {
    pub(super) fn new() -> Self {
        Self {
            version: AtomicI64::new(0),
            // The bound on age covers a client that was read just before it changed and kept just after.
            clients: Cache::builder().max_capacity(10_000).time_to_live(std::time::Duration::from_secs(60)).build(),
            registry: RwLock::new(None),
            brands: RwLock::new(None),
            uses: Cache::builder().max_capacity(100_000).build(),
            signatures: Cache::builder().max_capacity(10_000).time_to_live(std::time::Duration::from_secs(300)).build(),
        }
    }
}

impl App {
    /// The client, unless it is unknown or switched off.
    pub async fn client(&self, id: &ClientId) -> Result<Option<Arc<StoredClient>>, Stop> {
        if let Some(client) = self.caches.clients.get(id) {
            return Ok(Some(client));
        }
        let version = self.caches.version.load(Ordering::SeqCst);
        let found = clients::find(&self.store.db, id).await?.filter(|c| !c.client.disabled).map(Arc::new);
        // What was read before a change is not kept after it.
        if let (Some(client), true) = (&found, version == self.caches.version.load(Ordering::SeqCst)) {
            self.caches.clients.insert(id.clone(), client.clone());
        }
        Ok(found)
    }

    /// Whether a client's use was noted today already; from now on it is.
    pub(super) fn used_today(&self, id: &ClientId, now: Timestamp) -> bool {
        let day = now.seconds().div_euclid(Seconds::days(1).0);
        let noted = self.caches.uses.get(id) == Some(day);
        if !noted {
            self.caches.uses.insert(id.clone(), day);
        }
        noted
    }

    /// The resource servers.
    pub async fn registry(&self) -> Result<Arc<Registry>, Stop> {
        let known = self.caches.registry.read().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some(registry) = known {
            return Ok(registry);
        }
        let all = resources::all(&self.store.db).await?;
        let registry = Arc::new(Registry(all.into_iter().map(|r| (r.identifier.clone(), r)).collect()));
        *self.caches.registry.write().unwrap_or_else(PoisonError::into_inner) = Some(registry.clone());
        Ok(registry)
    }

    /// The brands.
    pub async fn brands(&self) -> Result<Arc<Vec<Brand>>, Stop> {
        let known = self.caches.brands.read().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some(brands) = known {
            return Ok(brands);
        }
        let all = Arc::new(brands::all(&self.store.db).await?);
        *self.caches.brands.write().unwrap_or_else(PoisonError::into_inner) = Some(all.clone());
        Ok(all)
    }

    /// The scopes of an API: the operator's, or our own.
    pub fn scopes_of(&self, registry: &Registry, resource: &str) -> Option<ScopeSet> {
        if resource == self.issuer() {
            return Some(ScopeSet::default());
        }
        if resource == self.config.api_resource() {
            return Some(SCOPES_OF_API.into_iter().collect());
        }
        registry.find(resource).map(Resource::scope_set)
    }

    /// Reads everything again when another process changed it (decisions.md 22). True when it did.
    pub async fn refresh_caches(&self) -> Result<bool, Stop> {
        let version = config_version::current(&self.store.db).await?;
        if self.caches.version.load(Ordering::SeqCst) == version {
            return Ok(false);
        }
        self.caches.clients.invalidate_all();
        *self.caches.registry.write().unwrap_or_else(PoisonError::into_inner) = None;
        *self.caches.brands.write().unwrap_or_else(PoisonError::into_inner) = None;
        super::reload_keys(self).await?;
        // Last: a reload that failed is tried again at the next turn.
        self.caches.version.store(version, Ordering::SeqCst);
        Ok(true)
    }
}
