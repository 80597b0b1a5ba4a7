//! What an import reads and writes beyond the aggregates: ids from elsewhere, how far a file was read, subjects that apps knew.

use super::db::on;
use super::{Db, Tx, parsed};
use crate::types::{AccountId, ClientId, CompanyId, IdentityId, Timestamp, canonical};

/// Who came from there with that id.
pub async fn known(tx: &mut Tx, source: &str, external_id: &str) -> sqlx::Result<Option<IdentityId>> {
    let id: Option<String> = on!(tx tx, |ex| sqlx::query_scalar("select identity_id from imported where source = $1 and external_id = $2").bind(source).bind(external_id).fetch_optional(ex).await)?;
    id.as_deref().map(parsed).transpose()
}

/// Remembers it.
pub async fn remember(tx: &mut Tx, source: &str, external_id: &str, identity: &IdentityId) -> sqlx::Result<()> {
    on!(tx tx, |ex| sqlx::query("insert into imported (source, external_id, identity_id) values ($1, $2, $3) on conflict do nothing").bind(source).bind(external_id).bind(identity.as_str()).execute(ex).await.map(drop))
}

/// Whether a username is somebody else's, or kept for them: as a username, as a proved address, or to be given back by an undo.
pub async fn name_taken(tx: &mut Tx, username: &str) -> sqlx::Result<bool> {
    let n: i64 = on!(tx tx, |ex| sqlx::query_scalar("select (select count(*) from identity where username_key = $1 or login_email_key = $1 or (email_key = $1 and email_verified_at is not null))
           + (select count(*) from consolidation where primary_username_key = $1 and undone_at is null)").bind(canonical(username)).fetch_one(ex).await)?;
    Ok(n > 0)
}

/// Whether an address cannot be proved by one more sign-in: it is a login email, somebody's username, kept for one that was absorbed, or the
/// only name of somebody who would then have none.
pub async fn address_taken(tx: &mut Tx, email_key: &str) -> sqlx::Result<bool> {
    let n: i64 = on!(tx tx, |ex| sqlx::query_scalar("select count(*) from identity where login_email_key = $1 or username_key = $1 or (email_key = $1 and email_verified_at is not null and (username_key is null or absorbed_into is not null))").bind(email_key).fetch_one(ex).await)?;
    Ok(n > 0)
}

/// Whether an address is proved by a sign-in that is open: then it alone signs nobody new in.
pub async fn address_proved(tx: &mut Tx, email_key: &str) -> sqlx::Result<bool> {
    let n: i64 = on!(tx tx, |ex| sqlx::query_scalar("select count(*) from identity where email_key = $1 and email_verified_at is not null and ended_at is null").bind(email_key).fetch_one(ex).await)?;
    Ok(n > 0)
}

/// Whether an identity is open, and which one it was consolidated into.
pub async fn stands(tx: &mut Tx, id: &IdentityId) -> sqlx::Result<(bool, Option<IdentityId>)> {
    let row: Option<(bool, Option<String>)> =
        on!(tx tx, |ex| sqlx::query_as("select ended_at is null, absorbed_into from identity where id = $1").bind(id.as_str()).fetch_optional(ex).await)?;
    let Some((open, into)) = row else { return Ok((false, None)) };
    Ok((open, into.as_deref().map(parsed).transpose()?))
}

/// The open company that has a slug now: an old one could mean another company.
pub async fn company(tx: &mut Tx, slug: &str) -> sqlx::Result<Option<CompanyId>> {
    let id: Option<String> =
        on!(tx tx, |ex| sqlx::query_scalar("select id from company where slug = $1 and ended_at is null").bind(slug).fetch_optional(ex).await)?;
    id.as_deref().map(parsed).transpose()
}

/// Whether a slug was ever given to a company.
pub async fn slug_given(tx: &mut Tx, slug: &str) -> sqlx::Result<bool> {
    let n: i64 = on!(tx tx, |ex| sqlx::query_scalar("select count(*) from company_slug where slug = $1").bind(slug).fetch_one(ex).await)?;
    Ok(n > 0)
}

/// The live account of somebody in a company.
pub async fn account(tx: &mut Tx, identity: &IdentityId, company: &CompanyId) -> sqlx::Result<Option<AccountId>> {
    let id: Option<String> = on!(tx tx, |ex| sqlx::query_scalar("select id from account where identity_id = $1 and company_id = $2 and ended_at is null").bind(identity.as_str()).bind(company.as_str()).fetch_optional(ex).await)?;
    id.as_deref().map(parsed).transpose()
}

/// The subject that a client knew an account's person by: its `aud_sub`, unless it was given another here before.
pub async fn legacy_subject(tx: &mut Tx, client: &ClientId, account: &AccountId, subject: &str, now: Timestamp) -> sqlx::Result<()> {
    on!(tx tx, |ex| sqlx::query("insert into issued_subject (client_id, account_id, subject, former_subject, imported_subject, first_issued_at) values ($1, $2, $3, $3, $3, $4)
         on conflict (client_id, account_id) do update set former_subject = excluded.former_subject, imported_subject = excluded.imported_subject")
        .bind(client.as_str()).bind(account.as_str()).bind(subject).bind(now.seconds()).execute(ex).await.map(drop))
}

/// How many records of a file were read.
pub async fn checkpoint(db: &Db, file: &str) -> sqlx::Result<i64> {
    let records: Option<i64> =
        on!(read db, |ex| sqlx::query_scalar("select records from import_checkpoint where file = $1").bind(file).fetch_optional(ex).await)?;
    Ok(records.unwrap_or_default())
}

/// Remembers how many.
pub async fn set_checkpoint(tx: &mut Tx, file: &str, records: i64, now: Timestamp) -> sqlx::Result<()> {
    on!(tx tx, |ex| sqlx::query("insert into import_checkpoint (file, records, updated_at) values ($1, $2, $3) on conflict (file) do update set records = excluded.records, updated_at = excluded.updated_at")
        .bind(file).bind(records).bind(now.seconds()).execute(ex).await.map(drop))
}

/// Addresses that several live sign-ins have proved: how many, and some of them with their number of sign-ins.
pub async fn same_email_groups(tx: &mut Tx, limit: i64) -> sqlx::Result<(i64, Vec<(String, i64)>)> {
    let n: i64 = on!(tx tx, |ex| sqlx::query_scalar("select count(*) from (select email_key from identity where email_key is not null and email_verified_at is not null and ended_at is null group by email_key having count(*) > 1) g").fetch_one(ex).await)?;
    let some: Vec<(String, i64)> = on!(tx tx, |ex| sqlx::query_as("select email_key, count(*) from identity where email_key is not null and email_verified_at is not null and ended_at is null group by email_key having count(*) > 1 order by count(*) desc, email_key limit $1").bind(limit).fetch_all(ex).await)?;
    Ok((n, some))
}

/// Same-email groups that were not told yet, by address.
pub async fn untold_groups(db: &Db, after: &str, limit: i64) -> sqlx::Result<Vec<String>> {
    on!(read db, |ex| sqlx::query_scalar("select email_key from identity i where email_verified_at is not null and ended_at is null and disabled_at is null and email_key > $1
           and not exists (select 1 from campaign_mail m where m.email_key = i.email_key) group by email_key having count(*) > 1 order by email_key limit $2")
        .bind(after).bind(limit).fetch_all(ex).await)
}

/// Notes that a group was told; false when it was before.
pub async fn note_told(tx: &mut Tx, email_key: &str, now: Timestamp) -> sqlx::Result<bool> {
    on!(tx tx, |ex| sqlx::query("insert into campaign_mail (email_key, sent_at) values ($1, $2) on conflict do nothing").bind(email_key).bind(now.seconds()).execute(ex).await.map(|r| r.rows_affected() == 1))
}

/// A person as an export writes them.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Exported {
    /// The id.
    pub id: String,
    /// The sign-in name.
    pub username: Option<String>,
    /// The address.
    pub email: Option<String>,
    /// Whether control of it was proved.
    pub email_verified: bool,
    /// First name.
    pub given_name: Option<String>,
    /// Last name.
    pub family_name: Option<String>,
    /// Language.
    pub locale: Option<String>,
    /// The hash.
    pub password_hash: Option<String>,
    /// Whether it is switched off.
    pub disabled: bool,
}

/// People after one, by id; closed and absorbed ones are left out.
pub async fn people_after(db: &Db, after: &str, limit: i64) -> sqlx::Result<Vec<Exported>> {
    on!(read db, |ex| sqlx::query_as("select id, username, email, email_verified_at is not null as email_verified, given_name, family_name, locale, password_hash, disabled_at is not null as disabled
         from identity where id > $1 and ended_at is null order by id limit $2").bind(after).bind(limit).fetch_all(ex).await)
}

/// An account as an export writes it: whose, the company's slug, kind, roles, single permissions.
pub type ExportedAccount = (String, String, String, Option<String>, Option<String>);

/// The live accounts of people between two ids.
pub async fn accounts_between(db: &Db, after: &str, through: &str) -> sqlx::Result<Vec<ExportedAccount>> {
    on!(read db, |ex| sqlx::query_as("select a.identity_id, c.slug, a.kind,
           (select string_agg(r.name, ' ' order by r.name) from account_role ar join role r on r.id = ar.role_id where ar.account_id = a.id),
           (select string_agg(p.permission, ' ' order by p.permission) from account_permission p where p.account_id = a.id)
         from account a join company c on c.id = a.company_id where a.identity_id > $1 and a.identity_id <= $2 and a.ended_at is null and c.ended_at is null order by a.identity_id, a.id")
        .bind(after).bind(through).fetch_all(ex).await)
}

/// A company after one, by id, as an export writes it: id, slug, name, region.
pub async fn companies_after(db: &Db, after: &str, limit: i64) -> sqlx::Result<Vec<(String, String, String, String)>> {
    on!(read db, |ex| sqlx::query_as("select id, slug, name, region from company where id > $1 and ended_at is null order by id limit $2").bind(after).bind(limit).fetch_all(ex).await)
}
