//! Two native pools behind one enum, and the macro that runs one SQL text on either.

use std::cell::Cell;
use std::time::Duration;

use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{Connection, PgPool, Postgres, SqlSafeStr, Sqlite, SqliteConnection, SqlitePool};

use super::grouped::Grouped;
use super::readers::Readers;
use crate::config::DatabaseUrl;

/// The connections.
#[derive(Clone)]
pub enum Db {
    /// One file: many readers, one writer.
    Sqlite {
        /// Opened read-only.
        read: Readers,
        /// The same, for what many read at once.
        grouped: Grouped,
        /// One connection, shared by transactions and the writer task.
        write: SqlitePool,
    },
    /// A server. Reads have connections of their own here too: whoever holds a transaction may read beside it, and with one
    /// pool for both, enough transactions at once would wait for each other's reads for ever.
    Postgres {
        /// For reads outside transactions.
        read: PgPool,
        /// For transactions and the hot operations.
        write: PgPool,
    },
}

/// An open write. Dropped without `commit`, it rolls back.
pub enum Tx {
    /// On SQLite's one write connection.
    Sqlite(sqlx::Transaction<'static, Sqlite>),
    /// On one of the server's.
    Postgres(sqlx::Transaction<'static, Postgres>),
}

/// Runs one body on whichever engine is there: `on!(read db, |ex| ..)` outside a transaction, `on!(tx tx, |ex| ..)` inside.
macro_rules! on {
    (read $db:expr, |$ex:ident| $body:expr) => {
        match $db {
            $crate::store::Db::Sqlite { read, .. } => match read.acquire().await {
                Ok(mut reader) => {
                    let $ex = &mut *reader;
                    let said = $body;
                    reader.done(said)
                }
                Err(e) => Err(e),
            },
            $crate::store::Db::Postgres { read: $ex, .. } => $body,
        }
    };
    (tx $tx:expr, |$ex:ident| $body:expr) => {
        match $tx {
            $crate::store::Tx::Sqlite(inner) => {
                let $ex = &mut **inner;
                $body
            }
            $crate::store::Tx::Postgres(inner) => {
                let $ex = &mut **inner;
                $body
            }
        }
    };
}
pub(crate) use on;

/// A statement of SQLite's over the rows of a JSON list, `$1`: each is a `v` of `j`. Materialised, or SQLite would write a row out as text
/// again for every value that is taken from it.
macro_rules! rows {
    ($statement:literal) => {
        concat!("with j as materialized (select value as v from json_each($1)) ", $statement)
    };
}
pub(super) use rows;

thread_local! {
    static ROWS_READ: Cell<u64> = const { Cell::new(0) };
}

/// Counts rows that lists of accounts have read, for the tests that bound them (decisions.md 34).
pub(super) fn count_rows(n: usize) {
    ROWS_READ.set(ROWS_READ.get() + n as u64);
}

/// How many rows lists of accounts have read on this thread.
pub fn rows_read() -> u64 {
    ROWS_READ.get()
}

/// The file holds password hashes: a new one is its owner's alone, and SQLite gives its side files the same mode.
fn make_private(path: &str) -> std::io::Result<()> {
    use std::os::unix::fs::OpenOptionsExt;
    match std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(path) {
        Err(e) if e.kind() != std::io::ErrorKind::AlreadyExists => Err(e),
        _ => Ok(()),
    }
}

/// What one of SQLite's readers keeps, in KiB (negative, as the pragma wants it). Whatever another connection writes empties it.
const READER_CACHE: &str = "-4000";

fn sqlite(path: &str) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        // A power cut under NORMAL could un-consume a code (stack.md 4f, 5); grouped commits make FULL affordable.
        .synchronous(SqliteSynchronous::Full)
        .busy_timeout(Duration::from_secs(5))
        .foreign_keys(true)
        .statement_cache_capacity(512)
        .pragma("cache_size", "-16000")
        // No `pragma optimize`: with gathered statistics SQLite looks at bound values and prepares statements anew for others.
        // Every statement of ours finds its index without them.
        .pragma("wal_autocheckpoint", "4000")
}

impl Db {
    /// Opens the pools.
    pub async fn connect(url: &DatabaseUrl) -> sqlx::Result<Self> {
        match url {
            DatabaseUrl::Sqlite(path) => {
                let pool = |n| SqlitePoolOptions::new().max_connections(n).min_connections(1).test_before_acquire(false).idle_timeout(None).max_lifetime(None);
                make_private(path).map_err(sqlx::Error::Io)?;
                let write = pool(1).connect_with(sqlite(path)).await?;
                let read = Readers::open(sqlite(path).pragma("cache_size", READER_CACHE).read_only(true).create_if_missing(false), 4).await?;
                Ok(Db::Sqlite { grouped: Grouped::start(read.clone()), read, write })
            }
            DatabaseUrl::Postgres(url) => {
                // The first is named here, so that no URL or server default can make an acknowledged write volatile (decisions.md 24).
                // The others: every statement has its index, which the defaults, made for slow disks and large reports, price too high
                // as long as a table is young; and no statement reads enough to be worth compiling.
                let options: PgConnectOptions = url
                    .expose()
                    .parse::<PgConnectOptions>()?
                    .application_name("vestibule")
                    .statement_cache_capacity(512)
                    .options([("synchronous_commit", "on"), ("random_page_cost", "1.1"), ("jit", "off")]);
                let pool = |n| PgPoolOptions::new().max_connections(n).min_connections(1).test_before_acquire(false);
                Ok(Db::Postgres { read: pool(8).connect_with(options.clone()).await?, write: pool(12).connect_with(options).await? })
            }
        }
    }
    /// Brings the schema up to date.
    ///
    /// One set of migrations for both engines. One whose text begins with `-- SQLite only` says how SQLite keeps its tables and does
    /// nothing elsewhere. SQLite's run on a connection of their own, without foreign keys: a table is rebuilt beside the old one,
    /// which others still name.
    pub async fn migrate(&self) -> Result<(), sqlx::migrate::MigrateError> {
        let mut migrator = sqlx::migrate!("./migrations");
        match self {
            Db::Sqlite { write, .. } => {
                let mut alone = SqliteConnection::connect_with(&write.connect_options().as_ref().clone().foreign_keys(false)).await?;
                migrator.run(&mut alone).await?;
                alone.close().await?;
                Ok(())
            }
            Db::Postgres { write, .. } => {
                for migration in migrator.migrations.to_mut() {
                    if migration.sql.as_str().starts_with("-- SQLite only") {
                        migration.sql = "select 1".into_sql_str();
                    }
                }
                migrator.run(write).await
            }
        }
    }
    /// Begins a write; on SQLite at once, since an upgrade from a read could not wait.
    pub async fn begin(&self) -> sqlx::Result<Tx> {
        Ok(match self {
            Db::Sqlite { write, .. } => Tx::Sqlite(write.begin_with("begin immediate").await?),
            Db::Postgres { write: pool, .. } => Tx::Postgres(pool.begin().await?),
        })
    }
    /// The name of the engine, for logs and tests.
    pub fn engine(&self) -> &'static str {
        match self {
            Db::Sqlite { .. } => "sqlite",
            Db::Postgres { .. } => "postgresql",
        }
    }
    /// Closes the pools.
    pub async fn close(&self) {
        match self {
            Db::Sqlite { read, write, .. } => {
                read.close().await;
                write.close().await;
            }
            Db::Postgres { read, write } => {
                read.close().await;
                write.close().await;
            }
        }
    }
    /// Whether acknowledged writes survive a power cut, as the engine itself says (decisions.md 24).
    pub async fn durability(&self) -> sqlx::Result<String> {
        match self {
            Db::Sqlite { write, .. } => {
                let level: i64 = sqlx::query_scalar("pragma synchronous").fetch_one(write).await?;
                let journal: String = sqlx::query_scalar("pragma journal_mode").fetch_one(write).await?;
                Ok(format!("synchronous={level}, journal_mode={journal}"))
            }
            Db::Postgres { write: pool, .. } => {
                let level: String = sqlx::query_scalar("show synchronous_commit").fetch_one(pool).await?;
                Ok(format!("synchronous_commit={level}"))
            }
        }
    }
}

impl Tx {
    /// Makes it durable.
    pub async fn commit(self) -> sqlx::Result<()> {
        match self {
            Tx::Sqlite(tx) => tx.commit().await,
            Tx::Postgres(tx) => tx.commit().await,
        }
    }
}

/// A unique violation becomes a refusal right where it arises.
pub trait OnUnique<T> {
    /// `Ok(Err(refusal))` for a unique violation, `Err` for any other fault.
    fn on_unique<R>(self, refusal: impl FnOnce() -> R) -> sqlx::Result<Result<T, R>>;
}

impl<T> OnUnique<T> for sqlx::Result<T> {
    fn on_unique<R>(self, refusal: impl FnOnce() -> R) -> sqlx::Result<Result<T, R>> {
        match self {
            Ok(value) => Ok(Ok(value)),
            Err(sqlx::Error::Database(e)) if e.is_unique_violation() => Ok(Err(refusal())),
            Err(e) => Err(e),
        }
    }
}
