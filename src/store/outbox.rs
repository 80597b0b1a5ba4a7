//! The outbox: mails and logout notices, written in the transaction of their cause and delivered afterwards.

use sqlx::FromRow;

use super::db::on;
use super::{Db, Tx, parsed};
use crate::types::{RowId, Seconds, Timestamp};

/// What is to be delivered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A mail.
    Mail,
    /// A back-channel logout notice.
    Logout,
    /// A request for help with a forgotten password, to be answered by mail.
    Recovery,
    /// A text message.
    Text,
    /// A message for a webhook.
    Webhook,
}

impl Kind {
    const fn as_str(self) -> &'static str {
        match self {
            Kind::Mail => "mail",
            Kind::Logout => "logout",
            Kind::Recovery => "recovery",
            Kind::Text => "text",
            Kind::Webhook => "webhook",
        }
    }
}

/// A row of the outbox.
#[derive(Clone, Debug)]
pub struct Outgoing {
    /// Its id.
    pub id: RowId,
    /// The JSON document to deliver.
    pub payload: String,
    /// When it was written.
    pub created_at: Timestamp,
    /// How often delivery failed.
    pub attempts: i64,
}

#[derive(FromRow)]
struct Row {
    id: String,
    payload: String,
    created_at: i64,
    attempts: i64,
}

impl TryFrom<Row> for Outgoing {
    type Error = sqlx::Error;
    fn try_from(row: Row) -> sqlx::Result<Outgoing> {
        Ok(Outgoing { id: parsed(&row.id)?, payload: row.payload, created_at: Timestamp::from_seconds(row.created_at), attempts: row.attempts })
    }
}

/// Puts something into the outbox.
pub async fn put(tx: &mut Tx, id: &RowId, kind: Kind, payload: &str, now: Timestamp) -> sqlx::Result<()> {
    on!(tx tx, |ex| sqlx::query("insert into outbox (id, kind, payload, created_at, due_at, attempts) values ($1, $2, $3, $4, $4, 0)").bind(id.as_str()).bind(kind.as_str()).bind(payload).bind(now.seconds()).execute(ex).await.map(drop))
}

/// Takes what is due, so that no other node does: it is due again only after `lease`.
pub async fn take_due(tx: &mut Tx, kind: Kind, limit: i64, lease: Seconds, now: Timestamp) -> sqlx::Result<Vec<Outgoing>> {
    let rows: Vec<Row> = on!(tx tx, |ex| sqlx::query_as("update outbox set due_at = $3 where delivered_at is null and due_at <= $2 and id in
           (select id from outbox where kind = $1 and delivered_at is null and due_at <= $2 order by due_at, id limit $4)
         returning id, payload, created_at, attempts")
        .bind(kind.as_str()).bind(now.seconds()).bind((now + lease).seconds()).bind(limit).fetch_all(ex).await)?;
    rows.into_iter().map(TryInto::try_into).collect()
}

/// Marks as delivered; the payload is erased, for it may carry a link that opens something.
pub async fn delivered(tx: &mut Tx, id: &RowId, now: Timestamp) -> sqlx::Result<()> {
    on!(tx tx, |ex| sqlx::query("update outbox set delivered_at = $2, payload = '' where id = $1").bind(id.as_str()).bind(now.seconds()).execute(ex).await.map(drop))
}

/// Marks a failure; due again at `due_at`.
pub async fn failed(tx: &mut Tx, id: &RowId, error: &str, due_at: Timestamp) -> sqlx::Result<()> {
    on!(tx tx, |ex| sqlx::query("update outbox set attempts = attempts + 1, last_error = $2, due_at = $3 where id = $1").bind(id.as_str()).bind(error).bind(due_at.seconds()).execute(ex).await.map(drop))
}

/// The newest text messages that wait, likewise.
pub async fn waiting_texts(db: &Db, limit: i64) -> sqlx::Result<Vec<Outgoing>> {
    let rows: Vec<Row> = on!(read db, |ex| sqlx::query_as("select id, payload, created_at, attempts from outbox where kind = 'text' and delivered_at is null order by id desc limit $1").bind(limit).fetch_all(ex).await)?;
    rows.into_iter().map(TryInto::try_into).collect()
}

/// The newest mails that wait, for the mailbox page of the demo.
pub async fn waiting_mails(db: &Db, limit: i64) -> sqlx::Result<Vec<Outgoing>> {
    let rows: Vec<Row> = on!(read db, |ex| sqlx::query_as("select id, payload, created_at, attempts from outbox where kind = 'mail' and delivered_at is null order by id desc limit $1").bind(limit).fetch_all(ex).await)?;
    rows.into_iter().map(TryInto::try_into).collect()
}

/// Something whose delivery failed and that is tried again.
#[derive(Clone, Debug, FromRow)]
pub struct Failing {
    /// Its id.
    pub id: String,
    /// What it is.
    pub kind: String,
    /// When it was written, in seconds.
    pub created_at: i64,
    /// When it is tried next.
    pub due_at: i64,
    /// How often it failed.
    pub attempts: i64,
    /// Why, the last time.
    pub last_error: Option<String>,
}

/// What fails, the newest first; what it says stays inside, for it may open something.
pub async fn failing(db: &Db, limit: i64) -> sqlx::Result<Vec<Failing>> {
    on!(read db, |ex| sqlx::query_as("select id, kind, created_at, due_at, attempts, last_error from outbox where delivered_at is null and attempts > 0 order by id desc limit $1").bind(limit).fetch_all(ex).await)
}

/// Has something that failed tried again now; false when it was delivered meanwhile, or never failed.
pub async fn make_due(tx: &mut Tx, id: &RowId, now: Timestamp) -> sqlx::Result<bool> {
    on!(tx tx, |ex| sqlx::query("update outbox set due_at = $2 where id = $1 and delivered_at is null and attempts > 0").bind(id.as_str()).bind(now.seconds()).execute(ex).await.map(|r| r.rows_affected() == 1))
}
