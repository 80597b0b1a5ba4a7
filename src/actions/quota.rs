//! How often one caller may do something in a span of time, on this node: calls of the management API, registrations.

use std::sync::Mutex;

use moka::sync::Cache;

use super::App;
use crate::types::{Seconds, Timestamp};

/// What a caller has left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quota {
    /// Calls in a span.
    pub most: i64,
    /// Calls left in this one; nothing when there was none left for this.
    pub left: Option<i64>,
    /// Seconds until the next span begins.
    pub seconds: i64,
}

/// Calls of the span that runs, by caller.
pub(super) struct Calls(Cache<String, std::sync::Arc<Mutex<(i64, i64)>>>);

impl Calls {
    pub(super) fn new() -> Self {
        Self(Cache::builder().max_capacity(10_000).time_to_idle(std::time::Duration::from_secs(3600)).build())
    }
}

impl App {
    /// Counts a call of the management API; nothing when there is no bound.
    pub fn spend_call(&self, caller: &str, now: Timestamp) -> Option<Quota> {
        self.spend(caller, self.config.api_calls_per_minute, Seconds::minutes(1), now)
    }
    /// Counts one of what a caller has `most` of in each span of time; nothing when there is no bound.
    pub(super) fn spend(&self, caller: &str, most: i64, span: Seconds, now: Timestamp) -> Option<Quota> {
        if most == 0 {
            return None;
        }
        let current = now.seconds().div_euclid(span.0);
        let counted = self.calls.0.get_with_by_ref(caller, Default::default);
        let mut counted = counted.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if counted.0 != current {
            *counted = (current, 0);
        }
        counted.1 += 1;
        Some(Quota { most, left: Some(most - counted.1).filter(|left| *left >= 0), seconds: span.0 - now.seconds().rem_euclid(span.0) })
    }
}
