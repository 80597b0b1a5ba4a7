//! How often one caller of the management API may call in a minute, on this node.

use std::sync::Mutex;

use moka::sync::Cache;

use super::App;
use crate::types::{Seconds, Timestamp};

/// What a caller has left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quota {
    /// Calls in a minute.
    pub most: i64,
    /// Calls left in this one; nothing when there was none left for this.
    pub left: Option<i64>,
    /// Seconds until the next minute begins.
    pub seconds: i64,
}

/// Calls of the minute that runs, by caller.
pub(super) struct Calls(Cache<String, std::sync::Arc<Mutex<(i64, i64)>>>);

const MINUTE: i64 = Seconds::minutes(1).0;

impl Calls {
    pub(super) fn new() -> Self {
        Self(Cache::builder().max_capacity(10_000).time_to_idle(std::time::Duration::from_secs(120)).build())
    }
}

impl App {
    /// Counts a call; nothing when there is no bound.
    pub fn spend_call(&self, caller: &str, now: Timestamp) -> Option<Quota> {
        let most = self.config.api_calls_per_minute;
        if most == 0 {
            return None;
        }
        let minute = now.seconds().div_euclid(MINUTE);
        let counted = self.calls.0.get_with_by_ref(caller, Default::default);
        let mut counted = counted.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if counted.0 != minute {
            *counted = (minute, 0);
        }
        counted.1 += 1;
        Some(Quota { most, left: Some(most - counted.1).filter(|left| *left >= 0), seconds: MINUTE - now.seconds().rem_euclid(MINUTE) })
    }
}
