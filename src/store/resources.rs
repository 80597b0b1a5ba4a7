//! Resource servers (RFC 8707): the APIs that access tokens are for, and their scopes.

use sqlx::FromRow;

use super::db::on;
use super::{Db, OnUnique, Tx, config_version};
use crate::protocol::SigningAlgorithm;
use crate::types::{ScopeSet, Timestamp};

/// A resource server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Resource {
    /// The absolute URI that is its audience.
    pub identifier: String,
    /// Its name on the consent page.
    pub name: String,
    /// What its access tokens are signed with.
    pub algorithm: SigningAlgorithm,
    /// Its scopes with their plain words.
    pub scopes: Vec<(String, String)>,
    /// The permissions that it asks of accounts, with their plain words: companies bundle them into roles.
    pub permissions: Vec<(String, String)>,
}

impl Resource {
    /// Its scopes as a set.
    pub fn scope_set(&self) -> ScopeSet {
        self.scopes.iter().map(|(name, _)| name.as_str()).collect()
    }
}

/// The identifier is taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("this resource identifier is taken")]
pub struct ResourceExists;

#[derive(FromRow)]
struct ResourceRow {
    identifier: String,
    name: String,
    signing_algorithm: String,
}

/// All resource servers; an operator has tens of them.
pub async fn all(db: &Db) -> sqlx::Result<Vec<Resource>> {
    let rows: Vec<ResourceRow> =
        on!(read db, |ex| sqlx::query_as("select identifier, name, signing_algorithm from resource order by identifier limit 10000").fetch_all(ex).await)?;
    let scopes: Vec<(String, String, String)> = on!(read db, |ex| sqlx::query_as("select identifier, scope, description from resource_scope order by identifier, scope limit 100000").fetch_all(ex).await)?;
    let permissions: Vec<(String, String, String)> = on!(read db, |ex| sqlx::query_as("select identifier, permission, description from resource_permission order by identifier, permission limit 100000").fetch_all(ex).await)?;
    let algorithm = |text: &str| SigningAlgorithm::named(text).ok_or_else(|| sqlx::Error::Decode("unknown signing algorithm".into()));
    rows.into_iter()
        .map(|r| {
            let mine = |all: &[(String, String, String)]| all.iter().filter(|s| s.0 == r.identifier).map(|s| (s.1.clone(), s.2.clone())).collect();
            let (scopes, permissions) = (mine(&scopes), mine(&permissions));
            Ok(Resource { algorithm: algorithm(&r.signing_algorithm)?, scopes, permissions, identifier: r.identifier, name: r.name })
        })
        .collect()
}

/// Adds a resource server.
pub async fn add(tx: &mut Tx, resource: &Resource, now: Timestamp) -> sqlx::Result<Result<(), ResourceExists>> {
    let added = on!(tx tx, |ex| sqlx::query("insert into resource (identifier, name, signing_algorithm, created_at) values ($1, $2, $3, $4)")
        .bind(&resource.identifier).bind(&resource.name).bind(resource.algorithm.as_str()).bind(now.seconds()).execute(ex).await.map(|r| r.rows_affected()))
    .on_unique(|| ResourceExists)?;
    if let Err(refused) = added {
        return Ok(Err(refused));
    }
    list(tx, resource).await?;
    config_version::bump(tx).await?;
    Ok(Ok(()))
}

/// Writes the scopes and permissions of a resource server that has none yet.
async fn list(tx: &mut Tx, resource: &Resource) -> sqlx::Result<()> {
    const SCOPE: &str = "insert into resource_scope (identifier, scope, description) values ($1, $2, $3) on conflict do nothing";
    const PERMISSION: &str = "insert into resource_permission (identifier, permission, description) values ($1, $2, $3) on conflict do nothing";
    for (statement, words) in [(SCOPE, &resource.scopes), (PERMISSION, &resource.permissions)] {
        for (name, description) in words {
            on!(tx tx, |ex| sqlx::query(statement).bind(&resource.identifier).bind(name).bind(description).execute(ex).await.map(drop))?;
        }
    }
    Ok(())
}

/// Takes the scopes and permissions of a resource server away.
async fn unlist(tx: &mut Tx, identifier: &str) -> sqlx::Result<()> {
    for statement in ["delete from resource_scope where identifier = $1", "delete from resource_permission where identifier = $1"] {
        on!(tx tx, |ex| sqlx::query(statement).bind(identifier).execute(ex).await.map(drop))?;
    }
    Ok(())
}

/// Writes what a resource server is now; false when there is none.
pub async fn change(tx: &mut Tx, resource: &Resource) -> sqlx::Result<bool> {
    let there = on!(tx tx, |ex| sqlx::query("update resource set name = $2, signing_algorithm = $3 where identifier = $1")
        .bind(&resource.identifier).bind(&resource.name).bind(resource.algorithm.as_str()).execute(ex).await.map(|r| r.rows_affected() == 1))?;
    if !there {
        return Ok(false);
    }
    unlist(tx, &resource.identifier).await?;
    list(tx, resource).await?;
    config_version::bump(tx).await?;
    Ok(true)
}

/// Deletes a resource server; false when there is none.
pub async fn delete(tx: &mut Tx, identifier: &str) -> sqlx::Result<bool> {
    unlist(tx, identifier).await?;
    let gone = on!(tx tx, |ex| sqlx::query("delete from resource where identifier = $1").bind(identifier).execute(ex).await.map(|r| r.rows_affected() == 1))?;
    config_version::bump(tx).await?;
    Ok(gone)
}
