//! Doing a call of the API once however often it is sent (draft-ietf-httpapi-idempotency-key-header-07).

use super::{App, Stop};
use crate::store::idempotency;
use crate::types::{Digest, Seconds, Timestamp};

/// For how long a repetition gets the answer of the first call.
pub const REMEMBERED: Seconds = Seconds::days(1);

/// What becomes of a call with a key.
#[derive(Debug)]
pub enum Once {
    /// It is the first: do it, and keep its answer under this key.
    First(String),
    /// It was done: this was the answer.
    Done {
        /// Its status.
        status: u16,
        /// Its body.
        body: String,
    },
    /// The first one is under way.
    UnderWay,
    /// The key was used for something else.
    Another,
}

/// Judges a call: whose it is, which it is, and what it says.
pub async fn once(app: &App, caller: &str, call: &str, key: &str, body: &[u8], now: Timestamp) -> Result<Once, Stop> {
    let key = Digest::of(format!("{caller}\n{call}\n{key}").as_bytes()).as_str().to_owned();
    let request = Digest::of(body).as_str().to_owned();
    let mut tx = app.store.begin().await?;
    if idempotency::begin(&mut tx, &key, &request, now).await? {
        tx.commit().await?;
        return Ok(Once::First(key));
    }
    drop(tx);
    let Some(seen) = idempotency::seen(&app.store.db, &key).await? else { return Ok(Once::UnderWay) };
    if seen.request_digest != request {
        return Ok(Once::Another);
    }
    match (seen.status, seen.answer_sealed) {
        (Some(status), Some(sealed)) => {
            // The answer may have a secret in it.
            let body = app.keys().people_sealer().open_sealed(&sealed)?;
            Ok(Once::Done { status: status as u16, body: body.expose().clone() })
        }
        _ => Ok(Once::UnderWay),
    }
}

/// Keeps the answer of a call. What failed on our side, and what the caller was not let do, is forgotten instead: next time it may go well.
pub async fn keep_answer(app: &App, key: &str, status: u16, body: &str) -> Result<(), Stop> {
    let mut tx = app.store.begin().await?;
    if status >= 500 || matches!(status, 401 | 403 | 429) {
        idempotency::forget(&mut tx, key).await?;
    } else {
        idempotency::finish(&mut tx, key, i64::from(status), &app.keys().people_sealer().seal(body)?).await?;
    }
    Ok(tx.commit().await?)
}
