//! Clients, their secrets and the companies they are open to. Cached by `actions`; read again when the version moves.

use sqlx::FromRow;

use super::db::on;
use super::{Db, Tx, config_version, document, json_text, parsed};
use crate::protocol::{Client, ClientCompanies};
use crate::types::{ClientId, CompanyId, Digest, DisplayText, RowId, Timestamp};

#[derive(FromRow)]
struct ClientRow {
    id: String,
    name: String,
    metadata: String,
    companies: String,
    disabled_at: Option<i64>,
}

/// A client together with the digests of its secrets.
#[derive(Clone, Debug)]
pub struct StoredClient {
    /// The client.
    pub client: Client,
    /// Secrets that count, with the moment they stop to.
    pub secrets: Vec<(Digest, Option<Timestamp>)>,
}

#[derive(FromRow)]
struct SecretRow {
    digest: String,
    expires_at: Option<i64>,
}

/// The client.
pub async fn find(db: &Db, id: &ClientId) -> sqlx::Result<Option<StoredClient>> {
    let row: Option<ClientRow> = on!(read db, |ex| sqlx::query_as("select id, name, metadata, companies, disabled_at from client where id = $1").bind(id.as_str()).fetch_optional(ex).await)?;
    let Some(row) = row else { return Ok(None) };
    let secrets: Vec<SecretRow> = on!(read db, |ex| sqlx::query_as("select digest, expires_at from client_secret where client_id = $1 order by id desc limit 10").bind(id.as_str()).fetch_all(ex).await)?;
    let companies = if row.companies == "all" {
        ClientCompanies::All
    } else {
        let listed: Vec<String> = on!(read db, |ex| sqlx::query_scalar("select company_id from client_company where client_id = $1 order by company_id").bind(id.as_str()).fetch_all(ex).await)?;
        ClientCompanies::Listed(listed.iter().map(|id| parsed(id)).collect::<sqlx::Result<_>>()?)
    };
    let client = Client {
        id: parsed(&row.id)?,
        name: parsed::<DisplayText>(&row.name)?,
        metadata: document(&row.metadata)?,
        companies,
        disabled: row.disabled_at.is_some(),
    };
    let secrets = secrets.into_iter().map(|s| (Digest::stored(s.digest), s.expires_at.map(Timestamp::from_seconds))).collect();
    Ok(Some(StoredClient { client, secrets }))
}

/// At most `limit` clients that are open to a company, by name; the companies they list are not told.
pub async fn open_to(db: &Db, company: &CompanyId, limit: i64) -> sqlx::Result<Vec<Client>> {
    let rows: Vec<ClientRow> = on!(read db, |ex| sqlx::query_as("select id, name, metadata, companies, disabled_at from client k where disabled_at is null
           and (companies = 'all' or exists (select 1 from client_company kc where kc.client_id = k.id and kc.company_id = $1)) order by name, id limit $2")
        .bind(company.as_str()).bind(limit).fetch_all(ex).await)?;
    let client = |row: ClientRow| {
        let companies = if row.companies == "all" { ClientCompanies::All } else { ClientCompanies::Listed(vec![company.clone()]) };
        Ok(Client { id: parsed(&row.id)?, name: parsed::<DisplayText>(&row.name)?, metadata: document(&row.metadata)?, companies, disabled: false })
    };
    rows.into_iter().map(client).collect()
}

/// Adds a client.
pub async fn add(tx: &mut Tx, client: &Client, now: Timestamp) -> sqlx::Result<()> {
    let companies = match &client.companies {
        ClientCompanies::All => "all",
        ClientCompanies::Listed(_) => "listed",
    };
    on!(tx tx, |ex| sqlx::query("insert into client (id, name, metadata, companies, created_at) values ($1, $2, $3, $4, $5)")
        .bind(client.id.as_str()).bind(client.name.as_str()).bind(json_text(&client.metadata)).bind(companies).bind(now.seconds()).execute(ex).await.map(|r| r.rows_affected()))?;
    if let ClientCompanies::Listed(list) = &client.companies {
        for company in list {
            list_company(tx, &client.id, company).await?;
        }
    }
    config_version::bump(tx).await
}

/// Opens a client to one more company.
pub async fn list_company(tx: &mut Tx, client: &ClientId, company: &CompanyId) -> sqlx::Result<()> {
    on!(tx tx, |ex| sqlx::query("insert into client_company (client_id, company_id) values ($1, $2) on conflict do nothing").bind(client.as_str()).bind(company.as_str()).execute(ex).await.map(drop))
}

/// Adds a secret; the older ones keep counting until they expire.
pub async fn add_secret(tx: &mut Tx, id: &RowId, client: &ClientId, digest: &Digest, now: Timestamp) -> sqlx::Result<()> {
    on!(tx tx, |ex| sqlx::query("insert into client_secret (id, client_id, digest, created_at) values ($1, $2, $3, $4)").bind(id.as_str()).bind(client.as_str()).bind(digest.as_str()).bind(now.seconds()).execute(ex).await.map(|r| r.rows_affected()))?;
    config_version::bump(tx).await
}

/// The oldest client of that name; names are for people, so this is only for the demo to find its own again.
pub async fn named(db: &Db, name: &str) -> sqlx::Result<Option<ClientId>> {
    let id: Option<String> =
        on!(read db, |ex| sqlx::query_scalar("select id from client where name = $1 order by id limit 1").bind(name).fetch_optional(ex).await)?;
    id.as_deref().map(parsed).transpose()
}
