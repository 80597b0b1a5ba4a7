//! What a person sees of where they are signed in, which apps act for them, and what happened lately.

use super::db::on;
use super::{Db, Tx, parsed};
use crate::types::{BrowserSessionId, ClientId, IdentityId, Seconds, Timestamp};

/// A browser in which somebody is signed in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Browser {
    /// Its session.
    pub id: BrowserSessionId,
    /// What it is.
    pub device: String,
    /// From where.
    pub address: String,
    /// Since when.
    pub signed_in_at: Timestamp,
    /// When it was last used.
    pub last_seen_at: Timestamp,
    /// The apps that were entered in it.
    pub apps: Vec<String>,
}

/// At most so many rows of each list.
const LISTED: i64 = 50;

/// The live browsers of a person, the last used first.
pub async fn browsers(db: &Db, who: &IdentityId, idle: Seconds, now: Timestamp) -> sqlx::Result<Vec<Browser>> {
    type Row = (String, String, String, i64, i64, Option<String>);
    let rows: Vec<Row> = on!(read db, |ex| sqlx::query_as("select b.id, s.device, s.address, s.signed_in_at, b.last_seen_at,
           (select string_agg(k.name, '\n' order by k.name) from client k where k.id in (select a.client_id from app_session a where a.browser_session_id = b.id and a.identity_id = $1 and a.ended_at is null)) as apps
         from signed_in s join browser_session b on b.id = s.browser_session_id
         where s.identity_id = $1 and s.ended_at is null and b.ended_at is null and b.expires_at > $2 and b.last_seen_at > $3 order by b.last_seen_at desc, b.id limit $4")
        .bind(who.as_str()).bind(now.seconds()).bind((now - idle).seconds()).bind(LISTED).fetch_all(ex).await)?;
    rows.into_iter()
        .map(|(id, device, address, since, seen, apps)| {
            Ok(Browser {
                id: parsed(&id)?,
                device,
                address,
                signed_in_at: Timestamp::from_seconds(since),
                last_seen_at: Timestamp::from_seconds(seen),
                apps: apps.unwrap_or_default().lines().map(str::to_owned).collect(),
            })
        })
        .collect()
}

/// An app that acts for somebody.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConnectedApp {
    /// Which.
    pub client_id: ClientId,
    /// Its name.
    pub name: String,
    /// When it was last let in.
    pub granted_at: Timestamp,
    /// Whether it goes on without a browser.
    pub offline: bool,
    /// The companies it was let into.
    pub companies: Vec<String>,
}

/// The apps with a grant that counts, the latest first.
pub async fn connected_apps(db: &Db, who: &IdentityId) -> sqlx::Result<Vec<ConnectedApp>> {
    type Row = (String, String, i64, i64, Option<String>);
    let rows: Vec<Row> = on!(read db, |ex| sqlx::query_as("select k.id, k.name, max(g.created_at), sum(case when g.offline then 1 else 0 end),
           (select string_agg(c.name, '\n' order by c.name) from company c where c.id in (select a.company_id from app_session t join authorization_grant h on h.app_session_id = t.id join account a on a.id = h.account_id where t.identity_id = $1 and h.client_id = k.id and h.ended_at is null)) as companies
         from app_session s join authorization_grant g on g.app_session_id = s.id and g.ended_at is null join client k on k.id = g.client_id where s.identity_id = $1 group by k.id, k.name order by max(g.created_at) desc, k.id limit $2")
        .bind(who.as_str()).bind(LISTED).fetch_all(ex).await)?;
    rows.into_iter()
        .map(|(id, name, granted, offline, companies)| {
            Ok(ConnectedApp {
                client_id: parsed(&id)?,
                name,
                granted_at: Timestamp::from_seconds(granted),
                offline: offline > 0,
                companies: companies.unwrap_or_default().lines().map(str::to_owned).collect(),
            })
        })
        .collect()
}

/// Closes what an app was granted by somebody, and forgets that they consented.
pub async fn disconnect(tx: &mut Tx, who: &IdentityId, client: &ClientId, now: Timestamp) -> sqlx::Result<()> {
    on!(tx tx, |ex| sqlx::query("update authorization_grant set ended_at = $3, end_reason = 'disconnected' where app_session_id in (select s.id from app_session s where s.identity_id = $1) and client_id = $2 and ended_at is null").bind(who.as_str()).bind(client.as_str()).bind(now.seconds()).execute(ex).await.map(|r| r.rows_affected()))?;
    on!(tx tx, |ex| sqlx::query("update app_session set ended_at = $3 where identity_id = $1 and client_id = $2 and ended_at is null").bind(who.as_str()).bind(client.as_str()).bind(now.seconds()).execute(ex).await.map(|r| r.rows_affected()))?;
    on!(tx tx, |ex| sqlx::query("delete from consent where identity_id = $1 and client_id = $2").bind(who.as_str()).bind(client.as_str()).execute(ex).await.map(drop))
}

/// One line of what happened lately.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Activity {
    /// When, in seconds.
    pub at: i64,
    /// What.
    pub kind: String,
    /// From where.
    pub address: Option<String>,
}

/// What happened lately that a person knows how to read: the latest first.
pub async fn activity(db: &Db, who: &IdentityId, kinds: &str, limit: i64) -> sqlx::Result<Vec<Activity>> {
    on!(read db, |ex| sqlx::query_as("select at, kind, address from audit_event where identity_id = $1 and kind not in ('authorization.granted', 'token.issued', 'token.refreshed', 'token.refresh_repeated', 'token.exchanged') and ' ' || $2 || ' ' like '% ' || kind || ' %' order by id desc limit $3").bind(who.as_str()).bind(kinds).bind(limit).fetch_all(ex).await)
}
