//! Whether a client is who it says it is (standards.md 3.20): exactly by the method it registered.

use std::sync::Arc;

use super::{App, Stop};
use crate::protocol::{ClientAuthMethod, ErrorCode, PresentedClient, ProtocolFailure};
use crate::store::clients::StoredClient;
use crate::types::{Digest, Timestamp};

/// The client, if its credentials are right. Unknown, disabled and wrong read the same.
pub async fn authenticate(app: &App, presented: &PresentedClient, now: Timestamp) -> Result<Arc<StoredClient>, Stop> {
    let refused = || Stop::Failure(ProtocolFailure::new(ErrorCode::InvalidClient, "client authentication failed"));
    let client = app.client(&presented.client_id).await?.ok_or_else(refused)?;
    if client.client.metadata.token_endpoint_auth_method != presented.method {
        return Err(refused());
    }
    if presented.method == ClientAuthMethod::None {
        return Ok(client);
    }
    let digest = Digest::of(presented.secret.as_ref().ok_or_else(refused)?.expose().as_bytes());
    let good = client.secrets.iter().filter(|(_, expires)| expires.is_none_or(|at| at > now)).fold(false, |found, (secret, _)| found | secret.matches(&digest));
    if good { Ok(client) } else { Err(refused()) }
}
