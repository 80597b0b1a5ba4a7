//! Roles of companies, and the permissions that they bundle (decisions.md 27).

use super::db::on;
use super::{Db, OnUnique, Tx, parsed};
use crate::types::{AccountId, CompanyId, DisplayText, RowId, Timestamp};

/// The company has a role of that name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the company has a role of that name")]
pub struct RoleExists;

/// Adds a role with its permissions.
pub async fn add(
    tx: &mut Tx,
    id: &RowId,
    company: &CompanyId,
    name: &str,
    title: &DisplayText,
    permissions: &[String],
    now: Timestamp,
) -> sqlx::Result<Result<(), RoleExists>> {
    let added = on!(tx tx, |ex| sqlx::query("insert into role (id, company_id, name, title, created_at) values ($1, $2, $3, $4, $5)")
        .bind(id.as_str()).bind(company.as_str()).bind(name).bind(title.as_str()).bind(now.seconds()).execute(ex).await.map(|r| r.rows_affected()))
    .on_unique(|| RoleExists)?;
    if let Err(refused) = added {
        return Ok(Err(refused));
    }
    for permission in permissions {
        on!(tx tx, |ex| sqlx::query("insert into role_permission (role_id, permission) values ($1, $2) on conflict do nothing").bind(id.as_str()).bind(permission).execute(ex).await.map(|r| r.rows_affected()))?;
    }
    Ok(Ok(()))
}

/// A role of a company.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RoleView {
    /// Its name in tokens.
    pub name: String,
    /// Its name for people.
    pub title: String,
    /// What it bundles.
    pub permissions: Vec<String>,
}

/// The roles of a company, by title; two hundred at most.
pub async fn of_company(db: &Db, company: &CompanyId) -> sqlx::Result<Vec<RoleView>> {
    let rows: Vec<(String, String, Option<String>)> = on!(read db, |ex| sqlx::query_as("select r.name, r.title, (select string_agg(p.permission, ' ' order by p.permission) from role_permission p where p.role_id = r.id) from role r where r.company_id = $1 order by r.title, r.name limit 200").bind(company.as_str()).fetch_all(ex).await)?;
    Ok(rows.into_iter().map(|(name, title, permissions)| RoleView { name, title, permissions: super::words(permissions) }).collect())
}

/// How many accounts that have not ended have each role of a company, by the role's name; roles that nobody has are left out.
pub async fn holders(db: &Db, company: &CompanyId) -> sqlx::Result<Vec<(String, i64)>> {
    on!(read db, |ex| sqlx::query_as("select r.name, count(*) from role r join account_role ar on ar.role_id = r.id join account a on a.id = ar.account_id and a.ended_at is null where r.company_id = $1 group by r.name").bind(company.as_str()).fetch_all(ex).await)
}

/// The names of an account's roles.
pub async fn names_of(tx: &mut Tx, account: &AccountId) -> sqlx::Result<Vec<String>> {
    on!(tx tx, |ex| sqlx::query_scalar("select r.name from account_role ar join role r on r.id = ar.role_id where ar.account_id = $1 order by r.name").bind(account.as_str()).fetch_all(ex).await)
}

/// The role of that name in that company.
pub async fn named(tx: &mut Tx, company: &CompanyId, name: &str) -> sqlx::Result<Option<RowId>> {
    let id: Option<String> = on!(tx tx, |ex| sqlx::query_scalar("select id from role where company_id = $1 and name = $2").bind(company.as_str()).bind(name).fetch_optional(ex).await)?;
    id.as_deref().map(parsed).transpose()
}

/// Gives an account a role.
pub async fn give(tx: &mut Tx, account: &AccountId, role: &RowId) -> sqlx::Result<()> {
    on!(tx tx, |ex| sqlx::query("insert into account_role (account_id, role_id) values ($1, $2) on conflict do nothing").bind(account.as_str()).bind(role.as_str()).execute(ex).await.map(drop))
}

/// Takes a role from an account.
pub async fn take(tx: &mut Tx, account: &AccountId, role: &RowId) -> sqlx::Result<()> {
    on!(tx tx, |ex| sqlx::query("delete from account_role where account_id = $1 and role_id = $2").bind(account.as_str()).bind(role.as_str()).execute(ex).await.map(drop))
}

/// Gives an account a single permission.
pub async fn permit(tx: &mut Tx, account: &AccountId, permission: &str) -> sqlx::Result<()> {
    on!(tx tx, |ex| sqlx::query("insert into account_permission (account_id, permission) values ($1, $2) on conflict do nothing").bind(account.as_str()).bind(permission).execute(ex).await.map(drop))
}

/// Takes a single permission from an account.
pub async fn forbid(tx: &mut Tx, account: &AccountId, permission: &str) -> sqlx::Result<()> {
    on!(tx tx, |ex| sqlx::query("delete from account_permission where account_id = $1 and permission = $2").bind(account.as_str()).bind(permission).execute(ex).await.map(drop))
}

/// The single permissions of an account.
pub async fn single_permissions(tx: &mut Tx, account: &AccountId) -> sqlx::Result<Vec<String>> {
    on!(tx tx, |ex| sqlx::query_scalar("select permission from account_permission where account_id = $1 order by permission").bind(account.as_str()).fetch_all(ex).await)
}

/// Everything an account may do, by itself and by its roles.
pub async fn permissions_of(db: &Db, account: &AccountId) -> sqlx::Result<Vec<String>> {
    on!(read db, |ex| sqlx::query_scalar("select rp.permission from account_role ar join role_permission rp on rp.role_id = ar.role_id where ar.account_id = $1 union select ap.permission from account_permission ap where ap.account_id = $1").bind(account.as_str()).fetch_all(ex).await)
}

/// The permissions that a company has: those that its roles bundle.
pub async fn listed_permissions(db: &Db, company: &CompanyId) -> sqlx::Result<Vec<String>> {
    on!(read db, |ex| sqlx::query_scalar("select distinct rp.permission from role r join role_permission rp on rp.role_id = r.id where r.company_id = $1").bind(company.as_str()).fetch_all(ex).await)
}

/// Writes what a role is called and bundles now; false when there is none of that name.
pub async fn change(tx: &mut Tx, company: &CompanyId, name: &str, title: &DisplayText, permissions: &[String]) -> sqlx::Result<bool> {
    let Some(id) = named(tx, company, name).await? else { return Ok(false) };
    on!(tx tx, |ex| sqlx::query("update role set title = $2 where id = $1").bind(id.as_str()).bind(title.as_str()).execute(ex).await.map(drop))?;
    on!(tx tx, |ex| sqlx::query("delete from role_permission where role_id = $1").bind(id.as_str()).execute(ex).await.map(drop))?;
    for permission in permissions {
        on!(tx tx, |ex| sqlx::query("insert into role_permission (role_id, permission) values ($1, $2) on conflict do nothing").bind(id.as_str()).bind(permission).execute(ex).await.map(drop))?;
    }
    Ok(true)
}

/// Deletes a role; whoever had it has it no more. False when there is none of that name.
pub async fn delete(tx: &mut Tx, company: &CompanyId, name: &str) -> sqlx::Result<bool> {
    let Some(id) = named(tx, company, name).await? else { return Ok(false) };
    for statement in ["delete from account_role where role_id = $1", "delete from role_permission where role_id = $1", "delete from role where id = $1"] {
        on!(tx tx, |ex| sqlx::query(statement).bind(id.as_str()).execute(ex).await.map(drop))?;
    }
    Ok(true)
}
