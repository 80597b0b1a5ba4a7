//! What a person prefers in one of their accounts (design.md section 4, S1): it differs per company.

use serde_json::{Map, Value};

use crate::types::ClientId;

/// The preferences of one account.
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(default)]
pub struct Preferences {
    /// The app that opens with the account; its page of the portal without one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub landing: Option<ClientId>,
    /// Whether a mail is wanted each time somebody enters the account through a link.
    pub tell_of_entries: bool,
    /// What apps keep here, behind scope `preferences`.
    #[serde(skip_serializing_if = "Map::is_empty")]
    pub apps: Map<String, Value>,
}

/// The document of the apps is too large.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("preferences have at most {APP_PREFERENCES_MAX} bytes")]
pub struct TooLarge;

/// Most bytes of what apps keep.
pub const APP_PREFERENCES_MAX: usize = 8192;

impl Preferences {
    /// Replaces what apps keep.
    pub fn keep(&mut self, apps: Map<String, Value>) -> Result<(), TooLarge> {
        if Value::Object(apps.clone()).to_string().len() > APP_PREFERENCES_MAX {
            return Err(TooLarge);
        }
        self.apps = apps;
        Ok(())
    }
}
