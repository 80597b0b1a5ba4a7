//! Remembered consents, keyed by (acting identity, client, account).

use super::db::on;
use super::{Db, Tx};
use crate::flow::Remembered;
use crate::types::{AccountId, ClientId, IdentityId, ScopeSet, Timestamp};

/// What an identity consented to for a client and one account (or none).
pub async fn find(db: &Db, identity: &IdentityId, client: &ClientId, account: Option<&AccountId>) -> sqlx::Result<Option<Remembered>> {
    let scope: Option<String> = on!(read db, |ex| sqlx::query_scalar("select scope from consent where identity_id = $1 and client_id = $2 and account_key = $3")
        .bind(identity.as_str()).bind(client.as_str()).bind(account.map_or("", |a| a.as_str())).fetch_optional(ex).await)?;
    Ok(scope.map(|scope| Remembered { identity_id: identity.clone(), account_id: account.cloned(), scope: ScopeSet::parse(&scope) }))
}

/// Remembers a consent; scopes consented to before stay.
pub async fn remember(
    tx: &mut Tx,
    identity: &IdentityId,
    client: &ClientId,
    account: Option<&AccountId>,
    scope: &ScopeSet,
    now: Timestamp,
) -> sqlx::Result<()> {
    let key = account.map_or("", |a| a.as_str());
    let before: Option<String> = on!(tx tx, |ex| sqlx::query_scalar("select scope from consent where identity_id = $1 and client_id = $2 and account_key = $3").bind(identity.as_str()).bind(client.as_str()).bind(key).fetch_optional(ex).await)?;
    let scope = before.map_or_else(|| scope.clone(), |b| ScopeSet::parse(&b).union(scope));
    on!(tx tx, |ex| sqlx::query("insert into consent (identity_id, client_id, account_key, scope, granted_at) values ($1, $2, $3, $4, $5)
         on conflict (identity_id, client_id, account_key) do update set scope = excluded.scope, granted_at = excluded.granted_at")
        .bind(identity.as_str()).bind(client.as_str()).bind(key).bind(scope.to_string()).bind(now.seconds()).execute(ex).await.map(drop))
}

/// Forgets what everybody consented to for a client that is another one now.
pub async fn forget_client(tx: &mut Tx, client: &ClientId) -> sqlx::Result<()> {
    on!(tx tx, |ex| sqlx::query("delete from consent where client_id = $1").bind(client.as_str()).execute(ex).await.map(drop))
}
