//! SQLite's reading connections.
//!
//! The library's own pool asks a connection whether it lives each time it comes back. That is a trip to the connection's thread, as long as
//! a read itself, and a file beside us needs no such question. So the few readers wait here for whoever reads next, the last used first.

use std::ops::{Deref, DerefMut};
use std::sync::{Arc, Mutex, PoisonError};

use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{ConnectOptions, Connection};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// The readers; each is opened when all the others are busy, and stays.
#[derive(Clone)]
pub struct Readers(Arc<Shared>);

struct Shared {
    options: SqliteConnectOptions,
    idle: Mutex<Vec<SqliteConnection>>,
    free: Arc<Semaphore>,
}

impl Shared {
    fn idle(&self) -> std::sync::MutexGuard<'_, Vec<SqliteConnection>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Readers {
    /// At most `most` of them; the first is opened now, so that a file that cannot be read is known at once.
    pub(super) async fn open(options: SqliteConnectOptions, most: usize) -> sqlx::Result<Self> {
        let readers = Self(Arc::new(Shared { options, idle: Mutex::default(), free: Arc::new(Semaphore::new(most)) }));
        readers.acquire().await?;
        Ok(readers)
    }
    /// One of them, in the order of asking; `PoolClosed` once they are closed.
    pub async fn acquire(&self) -> sqlx::Result<Reader> {
        let permit = self.0.free.clone().acquire_owned().await.map_err(|_| sqlx::Error::PoolClosed)?;
        let idle = self.0.idle().pop();
        let connection = match idle {
            Some(connection) => connection,
            None => self.0.options.connect().await?,
        };
        Ok(Reader { connection: Some(connection), finished: false, shared: self.0.clone(), _permit: permit })
    }
    /// Lets nobody read any more; who reads just now still does, and their connection ends with them.
    pub(super) async fn close(&self) {
        self.0.free.close();
        let idle = std::mem::take(&mut *self.0.idle());
        for connection in idle {
            drop(connection.close().await);
        }
    }
}

/// A reader, for as long as it is held. A read that is given up half-way leaves nothing behind: its thread ends it before the next one, and so
/// that nobody waits for that, the connection is the last to be taken again.
pub struct Reader {
    connection: Option<SqliteConnection>,
    finished: bool,
    shared: Arc<Shared>,
    _permit: OwnedSemaphorePermit,
}

impl Reader {
    /// What a read said; a connection whose thread is gone is not used again.
    pub fn done<T>(mut self, said: sqlx::Result<T>) -> sqlx::Result<T> {
        self.finished = true;
        if matches!(said, Err(sqlx::Error::WorkerCrashed)) {
            self.connection = None;
        }
        said
    }
}

impl Drop for Reader {
    fn drop(&mut self) {
        if let Some(connection) = self.connection.take().filter(|_| !self.shared.free.is_closed()) {
            let mut idle = self.shared.idle();
            let place = if self.finished { idle.len() } else { 0 };
            idle.insert(place, connection);
        }
    }
}

impl Deref for Reader {
    type Target = SqliteConnection;
    fn deref(&self) -> &SqliteConnection {
        self.connection.as_ref().expect("there until it is dropped")
    }
}

impl DerefMut for Reader {
    fn deref_mut(&mut self) -> &mut SqliteConnection {
        self.connection.as_mut().expect("there until it is dropped")
    }
}
