//! The JWK set (RFC 7517 section 5).

use std::sync::{Arc, Mutex, PoisonError};

use super::discovery::Document;
use crate::actions::App;
use crate::crypto::PublishedKeys;

/// The published keys, with their answer made once for each set.
pub(in crate::web) struct JwkSet {
    app: Arc<App>,
    made: Mutex<Option<(Arc<PublishedKeys>, Document)>>,
}

impl JwkSet {
    pub fn new(app: &Arc<App>) -> Self {
        Self { app: app.clone(), made: Mutex::new(None) }
    }
    /// The document as it stands now.
    pub fn document(&self) -> Document {
        let app = &self.app;
        let keys = app.keys().published_document(app.config.lifetimes.key_overlap(), app.clock.now());
        let mut made = self.made.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, document)) = made.as_ref().filter(|(of, _)| Arc::ptr_eq(of, &keys)) {
            return document.clone();
        }
        let document = Document::new(app, keys.body.clone().into(), &keys.tag, app.config.lifetimes.jwks_cache.get());
        *made = Some((keys, document.clone()));
        document
    }
}
