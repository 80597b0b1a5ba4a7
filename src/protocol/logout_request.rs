//! Requests at `end_session_endpoint` (OpenID Connect RP-Initiated Logout 1.0 section 2).

use super::{Params, ProtocolFailure};
use crate::types::ClientId;

/// What the app, or the person, asked for. Nothing of it is proven yet.
#[derive(Clone, Debug, Default)]
pub struct LogoutRequest {
    /// An ID token of ours.
    pub id_token_hint: Option<String>,
    /// Where to go afterwards.
    pub post_logout_redirect_uri: Option<String>,
    /// Echoed there.
    pub state: Option<String>,
    /// The client, if it says so.
    pub client_id: Option<ClientId>,
    /// The languages asked for.
    pub ui_locales: Option<String>,
}

impl LogoutRequest {
    /// Reads the parameters; unknown ones and `logout_hint` are ignored.
    pub fn read(params: &Params) -> Result<Self, ProtocolFailure> {
        if let Some((name, fault)) = params.fault() {
            return Err(ProtocolFailure::invalid_request(format!("{name} {fault}")));
        }
        let text = |name| params.get(name).map(str::to_owned);
        let client_id = params.get("client_id").map(str::parse).transpose().map_err(|_| ProtocolFailure::invalid_request("client_id is unknown"))?;
        Ok(Self {
            id_token_hint: text("id_token_hint"),
            post_logout_redirect_uri: text("post_logout_redirect_uri"),
            state: text("state"),
            client_id,
            ui_locales: text("ui_locales"),
        })
    }
}
