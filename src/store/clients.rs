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
    untrusted: bool,
}

/// The columns of a row, from `client k`.
macro_rules! columns {
    () => {
        "k.id, k.name, k.metadata, k.companies, k.disabled_at, exists (select 1 from client_registration r where r.client_id = k.id and not r.trusted) as untrusted"
    };
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
    let row: Option<ClientRow> =
        on!(read db, |ex| sqlx::query_as(concat!("select ", columns!(), " from client k where k.id = $1")).bind(id.as_str()).fetch_optional(ex).await)?;
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
        untrusted: row.untrusted,
    };
    let secrets = secrets.into_iter().map(|s| (Digest::stored(s.digest), s.expires_at.map(Timestamp::from_seconds))).collect();
    Ok(Some(StoredClient { client, secrets }))
}

/// At most `limit` clients that are open to a company, by name; the companies they list are not told. Whoever registered itself and has
/// nobody's word is not among them: it may be called anything, and there may be any number.
pub async fn open_to(db: &Db, company: &CompanyId, limit: i64) -> sqlx::Result<Vec<Client>> {
    let rows: Vec<ClientRow> = on!(read db, |ex| sqlx::query_as(concat!("select ", columns!(), " from client k where disabled_at is null and not exists (select 1 from client_registration r where r.client_id = k.id and not r.trusted)
           and (companies = 'all' or exists (select 1 from client_company kc where kc.client_id = k.id and kc.company_id = $1)) order by name, id limit $2"))
        .bind(company.as_str()).bind(limit).fetch_all(ex).await)?;
    let client = |row: ClientRow| {
        let companies = if row.companies == "all" { ClientCompanies::All } else { ClientCompanies::Listed(vec![company.clone()]) };
        Ok(Client {
            id: parsed(&row.id)?,
            name: parsed::<DisplayText>(&row.name)?,
            metadata: document(&row.metadata)?,
            companies,
            disabled: false,
            untrusted: row.untrusted,
        })
    };
    rows.into_iter().map(client).collect()
}

/// One page of the clients whose name or id has a text in it, by id, newest first.
pub async fn page(db: &Db, search: Option<&str>, before: Option<&ClientId>, limit: i64) -> sqlx::Result<Vec<Client>> {
    let rows: Vec<ClientRow> = on!(read db, |ex| sqlx::query_as(concat!("select ", columns!(), " from client k where id < $1 and ($2 = '' or id = $2 or lower(name) like '%' || lower($2) || '%') order by id desc limit $3"))
        .bind(before.map_or("z", ClientId::as_str)).bind(search.unwrap_or_default()).bind(limit).fetch_all(ex).await)?;
    // Which companies are listed is told by the client's own page.
    let companies = |row: &ClientRow| if row.companies == "all" { ClientCompanies::All } else { ClientCompanies::Listed(Vec::new()) };
    rows.into_iter()
        .map(|row| {
            let companies = companies(&row);
            Ok(Client {
                id: parsed(&row.id)?,
                name: parsed(&row.name)?,
                metadata: document(&row.metadata)?,
                companies,
                disabled: row.disabled_at.is_some(),
                untrusted: row.untrusted,
            })
        })
        .collect()
}

/// Holds a client for the rest of the transaction: others that change it wait. False when there is none.
pub async fn hold(tx: &mut Tx, id: &ClientId) -> sqlx::Result<bool> {
    on!(tx tx, |ex| sqlx::query("update client set name = name where id = $1").bind(id.as_str()).execute(ex).await.map(|r| r.rows_affected() == 1))
}

/// Writes what a client is now.
pub async fn change(tx: &mut Tx, client: &Client, now: Timestamp) -> sqlx::Result<()> {
    let companies = match &client.companies {
        ClientCompanies::All => "all",
        ClientCompanies::Listed(_) => "listed",
    };
    on!(tx tx, |ex| sqlx::query("update client set name = $2, metadata = $3, companies = $4, disabled_at = case when $5 then coalesce(disabled_at, $6) end where id = $1")
        .bind(client.id.as_str()).bind(client.name.as_str()).bind(json_text(&client.metadata)).bind(companies).bind(client.disabled).bind(now.seconds()).execute(ex).await.map(drop))?;
    on!(tx tx, |ex| sqlx::query("delete from client_company where client_id = $1").bind(client.id.as_str()).execute(ex).await.map(drop))?;
    if let ClientCompanies::Listed(list) = &client.companies {
        for company in list {
            list_company(tx, &client.id, company).await?;
        }
    }
    config_version::bump(tx).await
}

/// Deletes a client with its secrets. What it was granted stays as history and leads nowhere.
pub async fn delete(tx: &mut Tx, id: &ClientId) -> sqlx::Result<bool> {
    on!(tx tx, |ex| sqlx::query("delete from client_secret where client_id = $1").bind(id.as_str()).execute(ex).await.map(drop))?;
    on!(tx tx, |ex| sqlx::query("delete from client_company where client_id = $1").bind(id.as_str()).execute(ex).await.map(drop))?;
    on!(tx tx, |ex| sqlx::query("delete from client_registration where client_id = $1").bind(id.as_str()).execute(ex).await.map(drop))?;
    let gone = on!(tx tx, |ex| sqlx::query("delete from client where id = $1").bind(id.as_str()).execute(ex).await.map(|r| r.rows_affected() == 1))?;
    config_version::bump(tx).await?;
    Ok(gone)
}

/// A secret as it is listed: never the secret itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListedSecret {
    /// Its id.
    pub id: RowId,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it stops to count.
    pub expires_at: Option<Timestamp>,
}

/// The secrets of a client that count, newest first.
pub async fn secrets(db: &Db, client: &ClientId, now: Timestamp) -> sqlx::Result<Vec<ListedSecret>> {
    let rows: Vec<(String, i64, Option<i64>)> = on!(read db, |ex| sqlx::query_as("select id, created_at, expires_at from client_secret where client_id = $1 and (expires_at is null or expires_at > $2) order by id desc limit 10").bind(client.as_str()).bind(now.seconds()).fetch_all(ex).await)?;
    rows.into_iter()
        .map(|(id, made, expires)| {
            Ok(ListedSecret { id: parsed(&id)?, created_at: Timestamp::from_seconds(made), expires_at: expires.map(Timestamp::from_seconds) })
        })
        .collect()
}

/// Lets every secret of a client but one end at a moment, unless it ends before.
pub async fn expire_others(tx: &mut Tx, client: &ClientId, but: &RowId, at: Timestamp) -> sqlx::Result<()> {
    on!(tx tx, |ex| sqlx::query("update client_secret set expires_at = $3 where client_id = $1 and id <> $2 and (expires_at is null or expires_at > $3)").bind(client.as_str()).bind(but.as_str()).bind(at.seconds()).execute(ex).await.map(drop))
}

/// Ends every secret of a client.
pub async fn end_secrets(tx: &mut Tx, client: &ClientId) -> sqlx::Result<()> {
    on!(tx tx, |ex| sqlx::query("delete from client_secret where client_id = $1").bind(client.as_str()).execute(ex).await.map(drop))?;
    config_version::bump(tx).await
}

/// Ends one secret now.
pub async fn end_secret(tx: &mut Tx, client: &ClientId, id: &RowId) -> sqlx::Result<bool> {
    let gone = on!(tx tx, |ex| sqlx::query("delete from client_secret where client_id = $1 and id = $2").bind(client.as_str()).bind(id.as_str()).execute(ex).await.map(|r| r.rows_affected() == 1))?;
    config_version::bump(tx).await?;
    Ok(gone)
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
