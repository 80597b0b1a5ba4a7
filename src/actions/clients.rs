//! What an operator does with an app once it is there: change it, switch it off, its secrets, and its end.

use super::operator::{Answer, Refused, accept, new_secret};
use super::{App, Origin, Stop};
use crate::protocol::{Client, ClientAuthMethod};
use crate::store::clients::{self, ListedSecret, StoredClient};
use crate::store::{Tx, audit};
use crate::types::{ClientId, Digest, RowId, Seconds, Secret, Timestamp};

/// What a client is, in a word that changes whenever it does: for `ETag` and `If-Match` (RFC 9110 section 8.8.3).
pub fn client_version(client: &Client) -> String {
    let companies = format!("{:?}", client.companies);
    let text = serde_json::to_string(&(client.name.as_str(), &client.metadata, companies, client.disabled, client.untrusted)).unwrap_or_default();
    Digest::of(text.as_bytes()).as_str().to_owned()
}

/// The client, switched off or not, past every cache.
pub async fn registered_client(app: &App, id: &ClientId) -> Result<Option<StoredClient>, Stop> {
    Ok(clients::find(&app.store.db, id).await?)
}

/// One page of clients, newest first, and where the next begins.
pub async fn clients_page(app: &App, search: Option<&str>, before: Option<&ClientId>, limit: i64) -> Result<(Vec<Client>, Option<ClientId>), Stop> {
    let mut found = clients::page(&app.store.db, search, before, limit + 1).await?;
    let more = found.len() as i64 > limit;
    found.truncate(limit as usize);
    let next = found.last().filter(|_| more).map(|c| c.id.clone());
    Ok((found, next))
}

/// The secrets of a client that count, without themselves.
pub async fn client_secrets(app: &App, id: &ClientId, now: Timestamp) -> Result<Vec<ListedSecret>, Stop> {
    Ok(clients::secrets(&app.store.db, id, now).await?)
}

/// Why a change of a client was refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ClientRefused {
    /// There is none.
    #[error("there is no such client")]
    Unknown,
    /// It is not what the caller saw (RFC 9110 section 13.1.1).
    #[error("the client was changed meanwhile")]
    Changed,
    /// The rules between members; every mistake at once.
    #[error("{}", .0.join("; "))]
    Mistakes(Vec<&'static str>),
}

async fn held(app: &App, tx: &mut Tx, id: &ClientId) -> Result<Option<Client>, Stop> {
    if !clients::hold(tx, id).await? {
        return Ok(None);
    }
    Ok(clients::find(&app.store.db, id).await?.map(|found| found.client))
}

/// Makes a client what `to` says, if it still is what the caller saw; with `seen` none, whatever it is. What acts with it notices within a
/// second on every node; when it is switched off, its tokens stop to count with it.
pub async fn change_client(app: &App, to: &Client, seen: Option<&str>, origin: &Origin, now: Timestamp) -> Result<Result<(), ClientRefused>, Stop> {
    let mut tx = app.store.begin().await?;
    if let Err(refused) = change_within(app, &mut tx, to, seen, origin, now).await? {
        return Ok(Err(refused));
    }
    tx.commit().await?;
    app.refresh_caches().await?;
    Ok(Ok(()))
}

/// The same inside a transaction.
pub(super) async fn change_within(
    app: &App,
    tx: &mut Tx,
    to: &Client,
    seen: Option<&str>,
    origin: &Origin,
    now: Timestamp,
) -> Result<Result<(), ClientRefused>, Stop> {
    let mistakes = to.metadata.mistakes(app.config.is_loopback());
    if !mistakes.is_empty() {
        return Ok(Err(ClientRefused::Mistakes(mistakes)));
    }
    let Some(before) = held(app, tx, &to.id).await? else { return Ok(Err(ClientRefused::Unknown)) };
    if seen.is_some_and(|seen| seen != client_version(&before)) {
        return Ok(Err(ClientRefused::Changed));
    }
    if before == *to {
        return Ok(Ok(()));
    }
    clients::change(tx, to, now).await?;
    let kind = match (before.disabled, to.disabled) {
        (false, true) => "client.disabled",
        (true, false) => "client.enabled",
        _ => "client.changed",
    };
    audit::append(tx, &app.event(kind, origin, now).reason(to.id.as_str())).await?;
    Ok(Ok(()))
}

/// Switches a client off or on again.
pub async fn switch_client(app: &App, id: &ClientId, disabled: bool, origin: &Origin, now: Timestamp) -> Result<Result<(), ClientRefused>, Stop> {
    let Some(found) = clients::find(&app.store.db, id).await? else { return Ok(Err(ClientRefused::Unknown)) };
    let seen = client_version(&found.client);
    change_client(app, &Client { disabled, ..found.client }, Some(&seen), origin, now).await
}

/// Deletes a client, if it still is what the caller saw. Its id is never given again.
pub async fn delete_client(app: &App, id: &ClientId, seen: Option<&str>, origin: &Origin, now: Timestamp) -> Result<Result<(), ClientRefused>, Stop> {
    let mut tx = app.store.begin().await?;
    let Some(before) = held(app, &mut tx, id).await? else { return Ok(Err(ClientRefused::Unknown)) };
    if seen.is_some_and(|seen| seen != client_version(&before)) {
        return Ok(Err(ClientRefused::Changed));
    }
    clients::delete(&mut tx, id).await?;
    audit::append(&mut tx, &app.event("client.deleted", origin, now).reason(id.as_str())).await?;
    tx.commit().await?;
    app.refresh_caches().await?;
    Ok(Ok(()))
}

/// Gives a confidential client a new secret, shown once. The older ones count for `overlap` longer; `None` leaves them as they are.
pub async fn rotate_secret(app: &App, client: &ClientId, overlap: Option<Seconds>, origin: &Origin, now: Timestamp) -> Answer<Secret> {
    let mut tx = app.store.begin().await?;
    let found = accept!(held(app, &mut tx, client).await?.ok_or_else(|| Refused("there is no such client".into())));
    if found.metadata.token_endpoint_auth_method == ClientAuthMethod::None {
        return Ok(Err(Refused("a public client has no secret".into())));
    }
    let secret = new_secret(app);
    let id = RowId::mint(now, &mut app.rng());
    clients::add_secret(&mut tx, &id, client, &Digest::of(secret.expose().as_bytes()), now).await?;
    if let Some(overlap) = overlap {
        clients::expire_others(&mut tx, client, &id, now + overlap).await?;
    }
    audit::append(&mut tx, &app.event("client.secret_added", origin, now).reason(client.as_str())).await?;
    tx.commit().await?;
    app.refresh_caches().await?;
    Ok(Ok(secret))
}

/// Ends one secret of a client at once; false when it has gone.
pub async fn end_secret(app: &App, client: &ClientId, id: &RowId, origin: &Origin, now: Timestamp) -> Result<bool, Stop> {
    let mut tx = app.store.begin().await?;
    if !clients::end_secret(&mut tx, client, id).await? {
        return Ok(false);
    }
    audit::append(&mut tx, &app.event("client.secret_ended", origin, now).reason(client.as_str())).await?;
    tx.commit().await?;
    app.refresh_caches().await?;
    Ok(true)
}
