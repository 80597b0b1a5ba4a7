//! The hot reads. On SQLite, whoever waits for the same statement is answered by one run of it.
//!
//! A run is a trip to the thread of a connection and back, and begins by reading anew what the last commit threw out of that connection's
//! cache: for what each sign-in, entry and token reads, both cost more than the rows do. A run begins after it was asked for, so it sees every
//! commit that was answered before.

use serde_json::Value;
use sqlx::postgres::PgRow;
use sqlx::sqlite::SqliteRow;
use sqlx::{FromRow, Row};
use tokio::sync::{mpsc, oneshot};

use super::readers::Readers;
use super::together::gather;
use super::{Db, json_text};

/// A statement that many ask at once, one text for both engines: `asked!(columns, rest)`, where `rest` joins to `asked`. A row of that is one
/// caller's values, by name `a`, `b`, `c` and `d`: texts on PostgreSQL, so numbers want a cast.
pub(super) struct Asked {
    pub sqlite: &'static str,
    pub postgres: &'static str,
}

macro_rules! asked {
    ($columns:expr, $rest:expr) => {
        $crate::store::grouped::Asked {
            sqlite: concat!(
                "with asked as materialized (select key as n, value->>0 as a, value->>1 as b, value->>2 as c, value->>3 as d from json_each($1)) select asked.n, ",
                $columns,
                " from asked ",
                $rest
            ),
            postgres: concat!(
                "with asked as (select v->>0 as a, v->>1 as b, v->>2 as c, v->>3 as d from (select $1::json as v) one) select ",
                $columns,
                " from asked ",
                $rest
            ),
        }
    };
}
pub(super) use asked;

/// At most so many callers share a run.
const TOGETHER: usize = 64;
/// More callers than this wait for nobody.
const QUEUE: usize = 4096;

struct Ask {
    statement: &'static str,
    values: Value,
    answer: oneshot::Sender<sqlx::Result<Vec<SqliteRow>>>,
}

/// Where callers wait.
#[derive(Clone)]
pub struct Grouped(mpsc::Sender<Ask>);

impl Grouped {
    /// Starts the task that asks; it ends with the last of these.
    pub(super) fn start(readers: Readers) -> Self {
        let (sender, asks) = mpsc::channel(QUEUE);
        tokio::spawn(run(readers, asks));
        Self(sender)
    }
    async fn ask(&self, statement: &'static str, values: Value) -> sqlx::Result<Vec<SqliteRow>> {
        let (answer, told) = oneshot::channel();
        self.0.try_send(Ask { statement, values, answer }).map_err(|_| sqlx::Error::PoolTimedOut)?;
        told.await.map_err(|_| sqlx::Error::WorkerCrashed)?
    }
}

/// The rows that a statement has for these values, of which there are at most four.
pub(super) async fn ask<R>(db: &Db, asked: &'static Asked, values: Value) -> sqlx::Result<Vec<R>>
where
    R: for<'r> FromRow<'r, SqliteRow> + for<'r> FromRow<'r, PgRow> + Send + Unpin,
{
    match db {
        Db::Sqlite { grouped, .. } => grouped.ask(asked.sqlite, values).await?.iter().map(R::from_row).collect(),
        Db::Postgres { read, .. } => sqlx::query_as(asked.postgres).bind(json_text(&values)).fetch_all(read).await,
    }
}

async fn run(readers: Readers, mut asks: mpsc::Receiver<Ask>) {
    let mut waiting = Vec::with_capacity(TOGETHER);
    while gather(&mut asks, &mut waiting, TOGETHER).await {
        while let Some(statement) = waiting.first().map(|ask| ask.statement) {
            let same: Vec<Ask> = waiting.extract_if(.., |ask| std::ptr::eq(ask.statement, statement)).collect();
            answer(&readers, statement, same).await;
        }
    }
}

async fn answer(readers: &Readers, statement: &'static str, asks: Vec<Ask>) {
    match rows(readers, statement, &asks).await {
        Ok(rows) => {
            for (ask, rows) in asks.into_iter().zip(rows) {
                drop(ask.answer.send(Ok(rows)));
            }
        }
        // One who asks for nonsense fails alone.
        Err(_) if asks.len() > 1 => {
            for ask in asks {
                let said = rows(readers, statement, std::slice::from_ref(&ask)).await;
                drop(ask.answer.send(said.map(|mut rows| rows.remove(0))));
            }
        }
        Err(e) => {
            if let Some(ask) = asks.into_iter().next() {
                drop(ask.answer.send(Err(e)));
            }
        }
    }
}

/// Each caller's rows, in the order of the callers.
async fn rows(readers: &Readers, statement: &'static str, asks: &[Ask]) -> sqlx::Result<Vec<Vec<SqliteRow>>> {
    let list = json_text(&asks.iter().map(|ask| &ask.values).collect::<Vec<_>>());
    let mut reader = readers.acquire().await?;
    let said = sqlx::query(statement).bind(&list).fetch_all(&mut *reader).await;
    let mut rows: Vec<Vec<SqliteRow>> = asks.iter().map(|_| Vec::new()).collect();
    for row in reader.done(said)? {
        let n: i64 = row.try_get("n")?;
        rows[usize::try_from(n).map_err(|e| sqlx::Error::Decode(e.into()))?].push(row);
    }
    Ok(rows)
}
