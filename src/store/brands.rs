//! Brands, few and read whole.

use sqlx::FromRow;

use super::db::on;
use super::{Db, OnUnique, Tx, parsed};
use crate::domain::{Brand, Colour};
use crate::types::{IdentityId, RowId, Timestamp};

/// The domain has a brand.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("this domain has a brand")]
pub struct HostTaken;

#[derive(FromRow)]
struct Row {
    id: String,
    company_id: String,
    host: String,
    product_name: String,
    logo_digest: Option<String>,
    accent: Option<String>,
    accent_dark: Option<String>,
    support_url: Option<String>,
    sender: Option<String>,
}

impl TryFrom<Row> for Brand {
    type Error = sqlx::Error;
    fn try_from(row: Row) -> sqlx::Result<Brand> {
        let colour = |text: Option<String>| text.and_then(|t| Colour::parse(&t).ok());
        Ok(Brand {
            id: parsed(&row.id)?,
            company_id: parsed(&row.company_id)?,
            host: row.host,
            product_name: row.product_name,
            logo: row.logo_digest,
            accent: colour(row.accent),
            accent_dark: colour(row.accent_dark),
            support_url: row.support_url,
            sender: row.sender,
        })
    }
}

/// Every brand, by domain.
pub async fn all(db: &Db) -> sqlx::Result<Vec<Brand>> {
    let rows: Vec<Row> = on!(read db, |ex| sqlx::query_as("select id, company_id, host, product_name, logo_digest, accent, accent_dark, support_url, sender from brand order by host").fetch_all(ex).await)?;
    rows.into_iter().map(TryInto::try_into).collect()
}

/// Adds one.
pub async fn add(tx: &mut Tx, brand: &Brand, now: Timestamp) -> sqlx::Result<Result<(), HostTaken>> {
    on!(tx tx, |ex| sqlx::query("insert into brand (id, company_id, host, product_name, logo_digest, accent, accent_dark, support_url, sender, created_at) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)")
        .bind(brand.id.as_str()).bind(brand.company_id.as_str()).bind(&brand.host).bind(&brand.product_name).bind(brand.logo.as_deref())
        .bind(brand.accent.map(Colour::css)).bind(brand.accent_dark.map(Colour::css)).bind(brand.support_url.as_deref()).bind(brand.sender.as_deref()).bind(now.seconds())
        .execute(ex).await.map(|r| r.rows_affected()))
    .map(drop)
    .on_unique(|| HostTaken)
}

/// Writes how one looks now.
pub async fn change(tx: &mut Tx, brand: &Brand) -> sqlx::Result<()> {
    on!(tx tx, |ex| sqlx::query("update brand set product_name = $2, logo_digest = $3, accent = $4, accent_dark = $5, support_url = $6 where id = $1")
        .bind(brand.id.as_str()).bind(&brand.product_name).bind(brand.logo.as_deref()).bind(brand.accent.map(Colour::css)).bind(brand.accent_dark.map(Colour::css))
        .bind(brand.support_url.as_deref()).execute(ex).await.map(drop))
}

/// Says whose face mails to a person wear.
pub async fn set_of_identity(tx: &mut Tx, identity: &IdentityId, brand: &RowId) -> sqlx::Result<()> {
    on!(tx tx, |ex| sqlx::query("update identity set brand_id = $2 where id = $1").bind(identity.as_str()).bind(brand.as_str()).execute(ex).await.map(drop))
}

/// Whose face mails to a person wear: a company's only while it manages the person. Afterwards a link that sets a password must not
/// lead to a domain whose owner could read it there (threats.md T25).
pub async fn of_identity(tx: &mut Tx, identity: &IdentityId) -> sqlx::Result<Option<RowId>> {
    let id: Option<String> = on!(tx tx, |ex| sqlx::query_scalar("select b.id from identity i join brand b on b.id = i.brand_id and b.company_id = i.managed_by where i.id = $1").bind(identity.as_str()).fetch_optional(ex).await)?;
    id.as_deref().map(parsed).transpose()
}
