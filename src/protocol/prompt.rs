//! `prompt` (OpenID Connect Core 3.1.2.1; Initiating User Registration 1.0).

use std::collections::BTreeSet;

/// One value of `prompt`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Prompt {
    /// Answer without any page.
    None,
    /// Authenticate again.
    Login,
    /// Ask for consent again.
    Consent,
    /// Show the account chooser.
    SelectAccount,
    /// Open sign-up.
    Create,
}

/// The values of one request.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(transparent)]
pub struct PromptSet(BTreeSet<Prompt>);

impl PromptSet {
    /// Reads the space-separated list; `none` stands alone.
    pub fn parse(text: &str) -> Result<Self, &'static str> {
        let mut set = BTreeSet::new();
        for value in text.split(' ').filter(|v| !v.is_empty()) {
            set.insert(match value {
                "none" => Prompt::None,
                "login" => Prompt::Login,
                "consent" => Prompt::Consent,
                "select_account" => Prompt::SelectAccount,
                "create" => Prompt::Create,
                _ => return Err("prompt has an unknown value"),
            });
        }
        if set.contains(&Prompt::None) && set.len() > 1 {
            return Err("prompt=none stands alone");
        }
        if set.contains(&Prompt::Create) {
            return Err("prompt=create is not supported; see prompt_values_supported");
        }
        Ok(Self(set))
    }
    /// Whether a value was asked for.
    pub fn has(&self, prompt: Prompt) -> bool {
        self.0.contains(&prompt)
    }
    /// Whether no page may be shown.
    pub fn is_silent(&self) -> bool {
        self.has(Prompt::None)
    }
}
