//! Companies and their slugs and logos.

use sqlx::FromRow;

use super::db::on;
use super::{Db, LOOKED_AT, OnUnique, Tx, document, json_text, parsed};
use crate::domain::{AccountKind, CompanyView, FactorPolicy};
use crate::types::{CompanyId, DisplayText, Slug, Timestamp, canonical};

/// A company to be.
#[derive(Clone, Debug)]
pub struct NewCompany {
    /// Its id.
    pub id: CompanyId,
    /// Its name.
    pub name: DisplayText,
    /// Its short name.
    pub slug: Slug,
    /// Where it is served from.
    pub region: String,
    /// Whether its name may be shown before sign-in.
    pub publicly_named: bool,
    /// The digest of its logo.
    pub logo: Option<String>,
}

/// The slug was given before, to this or another company.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("this slug is taken; a freed one is never given again")]
pub struct SlugTaken;

#[derive(FromRow)]
pub(super) struct CompanyRow {
    pub(super) company_id: String,
    pub(super) slug: String,
    pub(super) company_name: String,
    pub(super) region: String,
    pub(super) service_status: String,
    pub(super) logo_digest: Option<String>,
    pub(super) publicly_named: bool,
    pub(super) company_closed_at: Option<i64>,
    pub(super) manager_title: Option<String>,
    pub(super) company_policy: String,
}

impl TryFrom<CompanyRow> for CompanyView {
    type Error = sqlx::Error;
    fn try_from(row: CompanyRow) -> sqlx::Result<CompanyView> {
        Ok(CompanyView {
            id: parsed(&row.company_id)?,
            slug: row.slug,
            name: row.company_name,
            region: row.region,
            service_status: row.service_status,
            logo: row.logo_digest,
            publicly_named: row.publicly_named,
            manager_title: row.manager_title,
            policy: policy_of(&row.company_policy)?,
            closed_at: row.company_closed_at.map(Timestamp::from_seconds),
        })
    }
}

/// A stored policy; most companies ask for nothing.
pub(super) fn policy_of(text: &str) -> sqlx::Result<FactorPolicy> {
    if text == "{}" { Ok(FactorPolicy::default()) } else { document(text) }
}

/// Sets what a company asks of whoever enters it.
pub async fn set_policy(tx: &mut Tx, id: &CompanyId, policy: &FactorPolicy) -> sqlx::Result<()> {
    on!(tx tx, |ex| sqlx::query("update company set policy = $2 where id = $1").bind(id.as_str()).bind(json_text(policy)).execute(ex).await.map(drop))
}

/// The columns of [`CompanyRow`], from `company c`.
macro_rules! company_columns {
    () => {
        "c.id as company_id, c.slug, c.name as company_name, c.region, c.service_status, c.logo_digest, c.publicly_named, c.manager_title, c.policy as company_policy, coalesce(c.ended_at, c.suspended_at) as company_closed_at"
    };
}
pub(super) use company_columns;

/// The company with this id or slug, open or not. Old slugs still lead to it.
pub async fn named(db: &Db, id_or_slug: &str) -> sqlx::Result<Option<CompanyView>> {
    if id_or_slug.contains('\0') {
        // No text of PostgreSQL's has one.
        return Ok(None);
    }
    let row: Option<CompanyRow> = on!(read db, |ex| sqlx::query_as(concat!("select ", company_columns!(), " from company c where c.id = $1 or c.id = (select s.company_id from company_slug s where s.slug = $1)"))
        .bind(id_or_slug).fetch_optional(ex).await)?;
    row.map(TryInto::try_into).transpose()
}

/// Adds a company together with its slug.
pub async fn add(tx: &mut Tx, company: &NewCompany, now: Timestamp) -> sqlx::Result<Result<(), SlugTaken>> {
    on!(tx tx, |ex| sqlx::query("insert into company (id, name, name_key, slug, region, publicly_named, allowed_account_kinds, service_status, logo_digest, had_owner, created_at)
         values ($1, $2, $3, $4, $5, $6, 'owner member manager delegate', 'operational', $7, false, $8)")
        .bind(company.id.as_str()).bind(company.name.as_str()).bind(canonical(company.name.as_str())).bind(company.slug.as_str())
        .bind(&company.region).bind(company.publicly_named).bind(company.logo.as_deref()).bind(now.seconds())
        .execute(ex).await.map(|r| r.rows_affected()))?;
    let added = on!(tx tx, |ex| sqlx::query("insert into company_slug (slug, company_id, created_at) values ($1, $2, $3)")
        .bind(company.slug.as_str()).bind(company.id.as_str()).bind(now.seconds()).execute(ex).await.map(drop))
    .on_unique(|| SlugTaken)?;
    if let Err(taken) = added {
        return Ok(Err(taken));
    }
    keep_words(tx, &company.id).await?;
    Ok(Ok(()))
}

/// Keeps what a company is found by, instead of what it was found by: its name and its slug, each from the beginning of every word on, as
/// migration 0029 did it for those before.
async fn keep_words(tx: &mut Tx, id: &CompanyId) -> sqlx::Result<()> {
    on!(tx tx, |ex| sqlx::query("delete from company_word where company_id = $1").bind(id.as_str()).execute(ex).await.map(drop))?;
    on!(tx tx, |ex| sqlx::query("insert into company_word (word, company_id)
         with recursive place (company_id, text, n) as (
           select id, name_key, 1 from company where id = $1 union all select id, slug, 1 from company where id = $1
           union all select company_id, text, n + 1 from place where n < length(text))
         select distinct substr(text, n), company_id from place
         where substr(text, n, 1) not in (' ', '-', '.', ',', '/', '&', '+', '_', '(', ')', '\"', '''')
           and (n = 1 or substr(text, n - 1, 1) in (' ', '-', '.', ',', '/', '&', '+', '_', '(', ')', '\"', ''''))")
        .bind(id.as_str()).execute(ex).await.map(drop))
}

/// Suspends a company, or lets it act again.
pub async fn set_suspended(tx: &mut Tx, id: &CompanyId, suspended_at: Option<Timestamp>) -> sqlx::Result<()> {
    on!(tx tx, |ex| sqlx::query("update company set suspended_at = $2 where id = $1").bind(id.as_str()).bind(suspended_at.map(Timestamp::seconds)).execute(ex).await.map(drop))
}

/// Keeps a company's accounts out of one-way links, or lets them in again.
pub async fn set_forbids_links(tx: &mut Tx, id: &CompanyId, forbids: bool) -> sqlx::Result<()> {
    on!(tx tx, |ex| sqlx::query("update company set forbids_links = $2 where id = $1").bind(id.as_str()).bind(forbids).execute(ex).await.map(drop))
}

/// Whether a company keeps its accounts out of one-way links, and what it calls its managers.
pub async fn link_policy_and_title(db: &Db, id: &CompanyId) -> sqlx::Result<(bool, Option<String>)> {
    let row: Option<(bool, Option<String>)> =
        on!(read db, |ex| sqlx::query_as("select forbids_links, manager_title from company where id = $1").bind(id.as_str()).fetch_optional(ex).await)?;
    Ok(row.unwrap_or_default())
}

/// Sets what a company calls its managers.
pub async fn set_manager_title(tx: &mut Tx, id: &CompanyId, title: Option<&str>) -> sqlx::Result<()> {
    on!(tx tx, |ex| sqlx::query("update company set manager_title = $2 where id = $1").bind(id.as_str()).bind(title).execute(ex).await.map(drop))
}

/// Sets a company's logo, and whether its name may be shown before sign-in.
pub async fn set_face(tx: &mut Tx, id: &CompanyId, logo: Option<&str>, publicly_named: bool) -> sqlx::Result<()> {
    on!(tx tx, |ex| sqlx::query("update company set logo_digest = $2, publicly_named = $3 where id = $1").bind(id.as_str()).bind(logo).bind(publicly_named).execute(ex).await.map(drop))
}

/// Keeps a logo under its digest.
pub async fn keep_logo(tx: &mut Tx, digest: &str, png_base64: &str, now: Timestamp) -> sqlx::Result<()> {
    on!(tx tx, |ex| sqlx::query("insert into logo (digest, png_base64, created_at) values ($1, $2, $3) on conflict (digest) do nothing")
        .bind(digest).bind(png_base64).bind(now.seconds()).execute(ex).await.map(drop))
}

/// A logo's bytes, as base64.
pub async fn logo(db: &Db, digest: &str) -> sqlx::Result<Option<String>> {
    on!(read db, |ex| sqlx::query_scalar("select png_base64 from logo where digest = $1").bind(digest).fetch_optional(ex).await)
}

/// How a company's service does, with words for people.
#[derive(Clone, Debug)]
pub struct ServiceReport {
    /// One of [`crate::domain::ServiceStatus`].
    pub status: String,
    /// For people.
    pub message: Option<String>,
    /// Since when.
    pub since: Option<Timestamp>,
}

/// The report of a company; operational when there is none.
pub async fn service_report(db: &Db, id: &CompanyId) -> sqlx::Result<ServiceReport> {
    let row: Option<(String, Option<String>, Option<i64>)> = on!(read db, |ex| sqlx::query_as("select service_status, service_message, service_status_at from company where id = $1").bind(id.as_str()).fetch_optional(ex).await)?;
    let (status, message, since) = row.unwrap_or_else(|| ("operational".to_owned(), None, None));
    Ok(ServiceReport { status, message, since: since.map(Timestamp::from_seconds) })
}

/// Keeps a report; "since" moves only when the status does.
pub async fn set_service_report(tx: &mut Tx, id: &CompanyId, status: &str, message: Option<&str>, now: Timestamp) -> sqlx::Result<()> {
    on!(tx tx, |ex| sqlx::query("update company set service_status_at = case when service_status = $2 and service_status_at is not null then service_status_at else $4 end, service_status = $2, service_message = $3 where id = $1")
        .bind(id.as_str()).bind(status).bind(message).bind(now.seconds()).execute(ex).await.map(drop))
}

/// Holds a company for the rest of the transaction: others that change who runs it wait.
pub async fn hold(tx: &mut Tx, id: &CompanyId) -> sqlx::Result<()> {
    on!(tx tx, |ex| sqlx::query("update company set had_owner = had_owner where id = $1").bind(id.as_str()).execute(ex).await.map(drop))
}

/// The kinds of accounts that a company takes.
pub async fn allowed_kinds(db: &Db, id: &CompanyId) -> sqlx::Result<Vec<AccountKind>> {
    let text: Option<String> =
        on!(read db, |ex| sqlx::query_scalar("select allowed_account_kinds from company where id = $1").bind(id.as_str()).fetch_optional(ex).await)?;
    Ok(text.unwrap_or_default().split(' ').filter_map(|k| k.parse().ok()).collect())
}

/// Sets the kinds of accounts that a company takes.
pub async fn set_allowed_kinds(tx: &mut Tx, id: &CompanyId, kinds: &[AccountKind]) -> sqlx::Result<()> {
    let text = kinds.iter().map(|k| k.as_str()).collect::<Vec<_>>().join(" ");
    on!(tx tx, |ex| sqlx::query("update company set allowed_account_kinds = $2 where id = $1").bind(id.as_str()).bind(&text).execute(ex).await.map(drop))
}

/// One page of the companies, open or not, newest first: all of them, or those whose id a text is, or of whose name or slug a word begins with
/// it. A search costs the same among a hundred thousand.
pub async fn page(db: &Db, search: Option<&str>, before: Option<&CompanyId>, limit: i64) -> sqlx::Result<Vec<CompanyView>> {
    let (before, key) = (before.map_or("z", CompanyId::as_str), canonical(search.unwrap_or_default()));
    let rows: Vec<CompanyRow> = if key.is_empty() {
        on!(read db, |ex| sqlx::query_as(concat!("select ", company_columns!(), " from company c where c.id < $1 order by c.id desc limit $2"))
            .bind(before).bind(limit).fetch_all(ex).await)?
    } else {
        on!(read db, |ex| sqlx::query_as(concat!("with found as (select id from company where id = $2
               union select f.company_id from (select company_id, word from company_word where word >= $2 order by word limit $5) f where substr(f.word, 1, cast($4 as integer)) = $2)
             select ", company_columns!(), " from company c where c.id in (select id from found) and c.id < $1 order by c.id desc limit $3"))
            .bind(before).bind(&key).bind(limit).bind(key.chars().count() as i64).bind(LOOKED_AT).fetch_all(ex).await)?
    };
    rows.into_iter().map(TryInto::try_into).collect()
}

/// Changes what a company is called and where it is served from. A slug that it had stays its own, and leads to it.
pub async fn change(tx: &mut Tx, company: &NewCompany, now: Timestamp) -> sqlx::Result<Result<(), SlugTaken>> {
    let owner: Option<String> =
        on!(tx tx, |ex| sqlx::query_scalar("select company_id from company_slug where slug = $1").bind(company.slug.as_str()).fetch_optional(ex).await)?;
    match owner {
        Some(owner) if owner != company.id.as_str() => return Ok(Err(SlugTaken)),
        Some(_) => {}
        None => {
            let added = on!(tx tx, |ex| sqlx::query("insert into company_slug (slug, company_id, created_at) values ($1, $2, $3)")
                .bind(company.slug.as_str()).bind(company.id.as_str()).bind(now.seconds()).execute(ex).await.map(drop))
            .on_unique(|| SlugTaken)?;
            if let Err(taken) = added {
                return Ok(Err(taken));
            }
        }
    }
    on!(tx tx, |ex| sqlx::query("update company set name = $2, name_key = $3, slug = $4, region = $5, publicly_named = $6, logo_digest = coalesce($7, logo_digest) where id = $1")
        .bind(company.id.as_str()).bind(company.name.as_str()).bind(canonical(company.name.as_str())).bind(company.slug.as_str())
        .bind(&company.region).bind(company.publicly_named).bind(company.logo.as_deref()).execute(ex).await.map(drop))?;
    keep_words(tx, &company.id).await?;
    Ok(Ok(()))
}

/// How many accounts of a company have not ended, by kind.
pub async fn accounts_by_kind(db: &Db, id: &CompanyId) -> sqlx::Result<Vec<(String, i64)>> {
    on!(read db, |ex| sqlx::query_as("select kind, count(*) from account where company_id = $1 and ended_at is null group by kind order by kind").bind(id.as_str()).fetch_all(ex).await)
}
