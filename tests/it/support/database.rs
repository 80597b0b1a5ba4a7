//! One database per test: a temporary file, or a database from a template on the server that the test script started.

use sqlx::Executor;
use tokio::sync::OnceCell;
use vestibule::config::DatabaseUrl;
use vestibule::store::Db;
use vestibule::types::Secret;

/// The server of this run, if it is one on PostgreSQL.
pub fn server() -> Option<String> {
    std::env::var("VESTIBULE_TEST_DATABASE").ok().filter(|url| !url.is_empty())
}

static TEMPLATE: OnceCell<String> = OnceCell::const_new();

async fn template(server: &str) -> String {
    let name = format!("template_{}", std::process::id());
    let pool = sqlx::PgPool::connect(server).await.expect("the test server answers");
    #[expect(clippy::disallowed_methods, reason = "the name of a database is no value")]
    pool.execute(sqlx::AssertSqlSafe(format!("create database {name}"))).await.expect("the template is new");
    let db = Db::connect(&DatabaseUrl::Postgres(Secret::new(with_database(server, &name)))).await.expect("the template opens");
    db.migrate().await.expect("the migrations run");
    db.close().await;
    pool.close().await;
    name
}

static SQLITE_TEMPLATE: OnceCell<tempfile::TempDir> = OnceCell::const_new();

/// A file with the schema in it, of which every test gets a copy.
async fn sqlite_template() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let file = folder.path().join("vestibule.sqlite");
    let db = Db::connect(&DatabaseUrl::Sqlite(file.to_string_lossy().into_owned())).await.expect("the template opens");
    db.migrate().await.expect("the migrations run");
    db.close().await;
    folder
}

fn with_database(server: &str, name: &str) -> String {
    let (base, query) = server.split_once('?').map_or((server, String::new()), |(b, q)| (b, format!("?{q}")));
    let (base, _) = base.rsplit_once('/').expect("a URL with a database");
    format!("{base}/{name}{query}")
}

/// A fresh database; on SQLite in `folder`.
pub async fn fresh(folder: &std::path::Path) -> DatabaseUrl {
    use std::sync::atomic::{AtomicU32, Ordering};
    static NEXT: AtomicU32 = AtomicU32::new(0);
    match server() {
        None => {
            let template = SQLITE_TEMPLATE.get_or_init(sqlite_template).await;
            let file = folder.join("vestibule.sqlite");
            std::fs::copy(template.path().join("vestibule.sqlite"), &file).expect("copied");
            DatabaseUrl::Sqlite(file.to_string_lossy().into_owned())
        }
        Some(server) => {
            let template = TEMPLATE.get_or_init(|| template(&server)).await;
            let name = format!("test_{}_{}", std::process::id(), NEXT.fetch_add(1, Ordering::SeqCst));
            let pool = sqlx::PgPool::connect(&server).await.expect("the test server answers");
            #[expect(clippy::disallowed_methods, reason = "the name of a database is no value")]
            pool.execute(sqlx::AssertSqlSafe(format!("create database {name} template {template}"))).await.expect("a fresh database");
            pool.close().await;
            DatabaseUrl::Postgres(Secret::new(with_database(&server, &name)))
        }
    }
}
