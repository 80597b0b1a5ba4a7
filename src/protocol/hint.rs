//! `id_token_hint` after its signature was checked (OpenID Connect Core 3.1.2.1, RP-Initiated Logout 2).

use crate::types::{AccountId, AppSessionId, ClientId};

/// What an ID token of ours says of the person it was issued for. Expired ones count; foreign ones never become this.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct IdTokenHint {
    /// The subject as that client knew it.
    pub sub: String,
    /// The client it was issued to.
    pub client_id: ClientId,
    /// The app session it named.
    pub sid: Option<AppSessionId>,
    /// The account it named.
    pub account_id: Option<AccountId>,
}
