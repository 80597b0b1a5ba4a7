//! Webhooks, what they are told, and how far the audit log was read for them.

use sqlx::FromRow;

use super::audit::OperatorEvent;
use super::db::on;
use super::{Db, Tx, parsed};
use crate::types::{CompanyId, RowId, Timestamp};

/// A webhook.
#[derive(Clone, Debug)]
pub struct Webhook {
    /// Its id.
    pub id: RowId,
    /// The company whose events it is told; none for everything.
    pub company: Option<CompanyId>,
    /// Where messages go.
    pub url: String,
    /// Kinds of events that it is told, with spaces between.
    pub events: String,
    /// What signs, sealed.
    pub secret_sealed: String,
    /// What signed before, and until when it does beside.
    pub previous: Option<(String, Timestamp)>,
    /// Since when.
    pub created_at: Timestamp,
    /// Since when it is told.
    pub told_from: Timestamp,
    /// Why it is told nothing any more.
    pub disabled: Option<String>,
}

#[derive(FromRow)]
struct Row {
    id: String,
    company_id: Option<String>,
    url: String,
    events: String,
    secret_sealed: String,
    previous_sealed: Option<String>,
    previous_until: Option<i64>,
    created_at: i64,
    told_from: i64,
    disabled_reason: Option<String>,
}

impl TryFrom<Row> for Webhook {
    type Error = sqlx::Error;
    fn try_from(row: Row) -> sqlx::Result<Webhook> {
        Ok(Webhook {
            id: parsed(&row.id)?,
            company: row.company_id.as_deref().map(parsed).transpose()?,
            url: row.url,
            events: row.events,
            secret_sealed: row.secret_sealed,
            previous: row.previous_sealed.zip(row.previous_until.map(Timestamp::from_seconds)),
            created_at: Timestamp::from_seconds(row.created_at),
            told_from: Timestamp::from_seconds(row.told_from),
            disabled: row.disabled_reason,
        })
    }
}

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "select id, company_id, url, events, secret_sealed, previous_sealed, previous_until, created_at, told_from, disabled_reason from webhook ",
            $rest
        )
    };
}

/// Adds one. The first one begins to read the log now.
pub async fn add(tx: &mut Tx, hook: &Webhook) -> sqlx::Result<()> {
    let start = RowId::first_of(hook.created_at);
    on!(tx tx, |ex| sqlx::query("insert into webhook_cursor (id, after_id) values (1, $1) on conflict (id) do update set after_id = case when exists (select 1 from webhook w where w.disabled_at is null) then webhook_cursor.after_id else excluded.after_id end")
        .bind(start.as_str()).execute(ex).await.map(drop))?;
    on!(tx tx, |ex| sqlx::query("insert into webhook (id, company_id, url, events, secret_sealed, created_at, told_from) values ($1, $2, $3, $4, $5, $6, $6)")
        .bind(hook.id.as_str()).bind(hook.company.as_ref().map(CompanyId::as_str)).bind(&hook.url).bind(&hook.events).bind(&hook.secret_sealed).bind(hook.created_at.seconds()).execute(ex).await.map(drop))
}

/// One of them.
pub async fn find(db: &Db, id: &RowId) -> sqlx::Result<Option<Webhook>> {
    let row: Option<Row> = on!(read db, |ex| sqlx::query_as(select!("where id = $1")).bind(id.as_str()).fetch_optional(ex).await)?;
    row.map(TryInto::try_into).transpose()
}

/// All of them, or a company's, the oldest first; a thousand at most.
pub async fn all(db: &Db, company: Option<&CompanyId>) -> sqlx::Result<Vec<Webhook>> {
    let rows: Vec<Row> = on!(read db, |ex| sqlx::query_as(select!("where $1 = '' or company_id = $1 order by id limit 1000")).bind(company.map_or("", CompanyId::as_str)).fetch_all(ex).await)?;
    rows.into_iter().map(TryInto::try_into).collect()
}

/// Writes where it is, what it is told, and whether; a reason switches it off.
pub async fn change(tx: &mut Tx, id: &RowId, url: &str, events: &str, disabled: Option<&str>, now: Timestamp) -> sqlx::Result<()> {
    on!(tx tx, |ex| sqlx::query("update webhook set url = $2, events = $3, told_from = case when disabled_at is not null and $4 is null then $5 else told_from end, disabled_reason = $4, disabled_at = case when $4 is null then null else coalesce(disabled_at, $5) end where id = $1")
        .bind(id.as_str()).bind(url).bind(events).bind(disabled).bind(now.seconds()).execute(ex).await.map(drop))
}

/// Switches one off because of how its address answered, unless it has another one by now.
pub async fn answered_gone(tx: &mut Tx, id: &RowId, url: &str, now: Timestamp) -> sqlx::Result<()> {
    on!(tx tx, |ex| sqlx::query("update webhook set disabled_reason = 'it answered 410', disabled_at = $3 where id = $1 and url = $2 and disabled_at is null").bind(id.as_str()).bind(url).bind(now.seconds()).execute(ex).await.map(drop))
}

/// How many a company has, or with none the provider.
pub async fn count(db: &Db, company: Option<&CompanyId>) -> sqlx::Result<i64> {
    on!(read db, |ex| sqlx::query_scalar("select count(*) from webhook where coalesce(company_id, '') = $1").bind(company.map_or("", CompanyId::as_str)).fetch_one(ex).await)
}

/// Every one that is told something.
pub async fn active(db: &Db) -> sqlx::Result<Vec<Webhook>> {
    let rows: Vec<Row> = on!(read db, |ex| sqlx::query_as(select!("where disabled_at is null order by id")).fetch_all(ex).await)?;
    rows.into_iter().map(TryInto::try_into).collect()
}

/// A new secret; the one before signs beside it until a moment.
pub async fn rotate(tx: &mut Tx, id: &RowId, secret_sealed: &str, until: Timestamp) -> sqlx::Result<()> {
    on!(tx tx, |ex| sqlx::query("update webhook set previous_sealed = secret_sealed, previous_until = $3, secret_sealed = $2 where id = $1").bind(id.as_str()).bind(secret_sealed).bind(until.seconds()).execute(ex).await.map(drop))
}

/// Deletes one, with what it was told.
pub async fn delete(tx: &mut Tx, id: &RowId) -> sqlx::Result<bool> {
    on!(tx tx, |ex| sqlx::query("delete from webhook_delivery where webhook_id = $1").bind(id.as_str()).execute(ex).await.map(drop))?;
    on!(tx tx, |ex| sqlx::query("delete from webhook where id = $1").bind(id.as_str()).execute(ex).await.map(|r| r.rows_affected() == 1))
}

/// How far the log was read.
pub async fn cursor(db: &Db) -> sqlx::Result<Option<String>> {
    on!(read db, |ex| sqlx::query_scalar("select after_id from webhook_cursor where id = 1").fetch_optional(ex).await)
}

/// The log was read up to an event; another node may have read further.
pub async fn move_cursor(tx: &mut Tx, to: &str) -> sqlx::Result<()> {
    on!(tx tx, |ex| sqlx::query("update webhook_cursor set after_id = $1 where id = 1 and after_id < $1").bind(to).execute(ex).await.map(drop))
}

/// Events after one, of these kinds, the oldest first.
pub async fn events(db: &Db, after: &str, kinds: &str, limit: i64) -> sqlx::Result<Vec<OperatorEvent>> {
    on!(read db, |ex| sqlx::query_as("select id, at, kind, identity_id, null as actor, account_id, origin_account_id, company_id, null as company, client_id, null as client, sid, acr_before, acr_after, reason, request_id, address
         from audit_event where id > $1 and ' ' || $2 || ' ' like '% ' || kind || ' %' order by id limit $3")
        .bind(after).bind(kinds).bind(limit).fetch_all(ex).await)
}

/// Something to tell a webhook.
#[derive(Clone, Debug, FromRow)]
pub struct Delivery {
    /// Its id: `webhook-id` of the message, the same at every attempt.
    pub id: String,
    /// The webhook.
    pub webhook_id: String,
    /// What it tells of.
    pub kind: String,
    /// The message.
    pub body: String,
    /// When it was written, in seconds.
    pub created_at: i64,
    /// How often it was tried.
    pub attempts: i64,
    /// How the last try was answered.
    pub last_status: Option<i64>,
    /// Why it failed.
    pub last_error: Option<String>,
    /// When it was last tried.
    pub last_tried_at: Option<i64>,
    /// When it arrived.
    pub delivered_at: Option<i64>,
    /// When it was given up.
    pub given_up_at: Option<i64>,
}

/// Writes something to tell; false when it was written before.
pub async fn tell(tx: &mut Tx, id: &RowId, hook: &RowId, event_id: &str, kind: &str, body: &str, now: Timestamp) -> sqlx::Result<bool> {
    on!(tx tx, |ex| sqlx::query("insert into webhook_delivery (id, webhook_id, event_id, kind, body, created_at, attempts) values ($1, $2, $3, $4, $5, $6, 0) on conflict do nothing")
        .bind(id.as_str()).bind(hook.as_str()).bind(event_id).bind(kind).bind(body).bind(now.seconds()).execute(ex).await.map(|r| r.rows_affected() == 1))
}

/// One of them.
pub async fn delivery(db: &Db, id: &str) -> sqlx::Result<Option<Delivery>> {
    on!(read db, |ex| sqlx::query_as("select id, webhook_id, kind, body, created_at, attempts, last_status, last_error, last_tried_at, delivered_at, given_up_at from webhook_delivery where id = $1").bind(id).fetch_optional(ex).await)
}

/// What a webhook was told, newest first.
pub async fn deliveries(db: &Db, hook: &RowId, before: Option<&RowId>, limit: i64) -> sqlx::Result<Vec<Delivery>> {
    on!(read db, |ex| sqlx::query_as("select id, webhook_id, kind, body, created_at, attempts, last_status, last_error, last_tried_at, delivered_at, given_up_at from webhook_delivery where webhook_id = $1 and id < $2 order by id desc limit $3")
        .bind(hook.as_str()).bind(before.map_or("z", RowId::as_str)).bind(limit).fetch_all(ex).await)
}

/// Notes a try.
pub async fn tried(tx: &mut Tx, id: &str, status: Option<i64>, error: Option<&str>, given_up: bool, now: Timestamp) -> sqlx::Result<()> {
    on!(tx tx, |ex| sqlx::query("update webhook_delivery set attempts = attempts + 1, last_status = $2, last_error = $3, last_tried_at = $5, delivered_at = case when $3 is null then $5 else delivered_at end, given_up_at = case when $4 then $5 end where id = $1")
        .bind(id).bind(status).bind(error).bind(given_up).bind(now.seconds()).execute(ex).await.map(drop))
}

/// Forgets what was written before.
pub async fn forget_before(tx: &mut Tx, at: &RowId) -> sqlx::Result<u64> {
    on!(tx tx, |ex| sqlx::query("delete from webhook_delivery where id < $1").bind(at.as_str()).execute(ex).await.map(|r| r.rows_affected()))
}
