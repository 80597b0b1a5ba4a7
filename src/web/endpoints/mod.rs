//! Protocol endpoints.

pub(super) mod authorize;
pub(super) mod device_authorization;
pub(super) mod discovery;
pub(super) mod end_session;
pub(super) mod introspect;
pub(super) mod jwks;
pub(super) mod register;
pub(super) mod revoke;
pub(super) mod switch;
pub(super) mod token;
pub(super) mod userinfo;

use axum::http::{HeaderMap, header};

use super::form::FormBody;
use crate::actions::{self, App, Stop};
use crate::protocol::PresentedClient;
use crate::store::clients::StoredClient;

/// Whether Basic was tried, so that a refusal answers with its challenge.
fn basic_tried(headers: &HeaderMap) -> bool {
    headers.contains_key(header::AUTHORIZATION)
}

/// The authenticated client of a request: the same for token, device authorization, introspection and revocation.
async fn client_of(app: &App, body: &FormBody) -> Result<std::sync::Arc<StoredClient>, Stop> {
    let presented = PresentedClient::read(body.headers.get(header::AUTHORIZATION).map(|h| h.as_bytes()), &body.params)?;
    actions::authenticate(app, &presented, body.asked.now).await
}
