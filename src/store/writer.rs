//! SQLite's writer task: all waiting callers in one commit, one set-based statement per kind of operation.
//!
//! Answers go out only after the commit. The same code or refresh token twice in one batch: the first wins, the second
//! gets what a second statement would have said. If a batch fails, its operations run one by one, so that one bad row
//! cannot fail its neighbours.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::time::Duration;

use sqlx::{Sqlite, SqlitePool, Transaction};
use tokio::sync::mpsc;

use super::audit::{APPEND_SQLITE, AuditEvent};
use super::db::rows;
use super::hot::{IssueCode, Job, Op};
use super::together::gather;
use super::{json_text, parsed};
use crate::types::AppSessionId;

/// At most so many callers share a commit.
const BATCH: usize = 256;

/// Runs until the last sender is gone.
pub(super) async fn run(pool: SqlitePool, mut jobs: mpsc::Receiver<Job>) {
    let mut batch = Vec::with_capacity(BATCH);
    while gather(&mut jobs, &mut batch, BATCH).await {
        match commit(&pool, &batch).await {
            Ok(answers) => {
                for (job, won) in batch.drain(..).zip(answers) {
                    let _ = job.answer.send(Ok(won));
                }
            }
            Err(_) if batch.len() > 1 => {
                for job in batch.drain(..) {
                    let answer = commit_patiently(&pool, std::slice::from_ref(&job)).await;
                    let _ = job.answer.send(answer.map(|won| won[0]).map_err(|e| e.to_string()));
                }
            }
            Err(_) => {
                let answer = commit_patiently(&pool, &batch).await;
                for job in batch.drain(..) {
                    let _ = job.answer.send(answer.as_ref().map(|won| won[0]).map_err(ToString::to_string));
                }
            }
        }
    }
}

/// Another process (a command beside the running server) may hold the write lock for a moment.
async fn commit_patiently(pool: &SqlitePool, batch: &[Job]) -> sqlx::Result<Vec<bool>> {
    let mut tries = 0;
    loop {
        match commit(pool, batch).await {
            Err(sqlx::Error::Database(e)) if matches!(e.code().as_deref(), Some("5" | "517")) && tries < 3 => {
                tries += 1;
                tokio::time::sleep(Duration::from_millis(20 * tries)).await;
            }
            other => return other,
        }
    }
}

/// Whether each job's operation took place, in the order of the batch.
async fn commit(pool: &SqlitePool, batch: &[Job]) -> sqlx::Result<Vec<bool>> {
    let mut tx = pool.begin_with("begin immediate").await?;
    let mut won = vec![true; batch.len()];
    begin(&mut tx, batch).await?;
    let sids = issue(&mut tx, batch, &mut won).await?;
    exchange(&mut tx, batch, &mut won).await?;
    rotate(&mut tx, batch, &mut won).await?;
    touch(&mut tx, batch).await?;
    let named = |at: usize, event| match sids.get(&at) {
        Some(sid) => Cow::Owned(AuditEvent::clone(event).sid(sid)),
        None => Cow::Borrowed(event),
    };
    let events: Vec<Cow<AuditEvent>> =
        batch.iter().enumerate().filter(|(at, _)| won[*at]).filter_map(|(at, job)| job.event.as_ref().map(|e| named(at, e))).collect();
    if !events.is_empty() {
        sqlx::query(APPEND_SQLITE).bind(json_text(&events)).execute(&mut *tx).await?;
    }
    tx.commit().await?;
    Ok(won)
}

/// Marks as lost every job whose key did not come back, and every repetition of one that did.
fn decide(keys: &[(usize, String)], returned: Vec<String>, won: &mut [bool]) {
    let mut left: HashSet<String> = returned.into_iter().collect();
    for (at, key) in keys {
        won[*at] = left.remove(key);
    }
}

// Statements over the same rows go as one text: each call is a hop to the thread of the connection and back.
// `or fail`, because the whole batch rolls back anyway: with it, SQLite keeps no journal of its own for the statement.

/// The sessions and requests that a batch begins.
const BEGIN: &str = concat!(rows!("insert or fail into browser_session (id, verifier_digest, created_at, last_seen_at, expires_at)
   select v->'session'->>'id', v->'session'->>'verifier_digest', v->>'now', v->>'now', v->'session'->>'expires_at' from j where v->>'session' is not null"), ";\n ", rows!("insert or fail into interaction (id, browser_session_id, client_id, request, progress, created_at, expires_at)
   select v->'interaction'->>'id', v->'interaction'->>'browser_session_id', v->'interaction'->>'client_id', v->'interaction'->>'request', v->'interaction'->>'progress', v->>'now', v->'interaction'->>'expires_at' from j where v->>'interaction' is not null"));

/// The grants and codes of a batch, and when its accounts were last used.
const ISSUE: &str = concat!(rows!("insert or fail into authorization_grant (id, client_id, identity_id, account_id, via, origin_account_id, app_session_id, browser_session_id, scope, offline, claims, resources, auth_time, acr, amr, proofs, created_at)
   select v->>'grant_id', v->>'client_id', v->>'identity_id', v->>'account_id', v->>'via', v->>'origin_account_id', v->>'app_session_id',
     v->>'browser_session_id', v->>'scope', v->>'offline', v->>'claims', v->>'resources', v->>'auth_time', v->>'acr', v->>'amr', v->>'proofs', v->>'now' from j"), ";\n ", rows!("insert or fail into authorization_code (id, verifier_digest, grant_id, client_id, redirect_uri, code_challenge, nonce, created_at, expires_at)
   select v->>'code_id', v->>'verifier_digest', v->>'grant_id', v->>'client_id', v->>'redirect_uri', v->>'code_challenge', v->>'nonce', v->>'now', v->>'expires_at' from j"), ";\n ", rows!("update or fail account set last_used_at = v->>'now' from j
   where v->>'via' = 'own' and account.id = v->>'account_id' and account.last_used_at < v->>'now'"));

/// The families of a batch, and the subjects that its clients now know.
const EXCHANGE: &str = concat!(rows!("insert or fail into refresh_family (id, grant_id, client_id, family_digest, verifier_digest, generation, created_at, rotated_at, expires_at)
   select v->>'family_id', v->>'grant_id', v->>'client_id', v->>'family_digest', v->>'first_digest', 1, v->>'now', v->>'now', v->>'family_expires_at' from j where v->>'family_id' is not null"), ";\n ", rows!("insert or fail into issued_subject (client_id, account_id, subject, first_issued_at)
   select v->>'client_id', v->>'account_id', v->>'subject', v->>'now' from j where v->>'account_id' is not null on conflict (client_id, account_id) do nothing"));

async fn begin(tx: &mut Transaction<'static, Sqlite>, batch: &[Job]) -> sqlx::Result<()> {
    let rows: Vec<_> = batch.iter().filter_map(|job| if let Op::Begin(row) = &job.op { Some(row) } else { None }).collect();
    if rows.is_empty() {
        return Ok(());
    }
    sqlx::query(BEGIN).bind(json_text(&rows)).execute(&mut **tx).await.map(drop)
}

/// Writes the codes; answers with the app session that each of them got, which may be one that was open.
async fn issue(tx: &mut Transaction<'static, Sqlite>, batch: &[Job], won: &mut [bool]) -> sqlx::Result<HashMap<usize, AppSessionId>> {
    let asked: Vec<(usize, &IssueCode)> =
        batch.iter().enumerate().filter_map(|(at, job)| if let Op::Issue(row) = &job.op { Some((at, row.as_ref())) } else { None }).collect();
    if asked.is_empty() {
        return Ok(HashMap::new());
    }
    let mut rows: Vec<(usize, IssueCode)> = Vec::new();
    let mut finished = finish_interactions(tx, &asked).await?;
    for (at, row) in asked {
        // Two answers to one interaction in one batch: the first wins.
        won[at] = row.interaction_id.as_ref().is_none_or(|id| finished.remove(id.as_str()));
        if won[at] {
            rows.push((at, row.clone()));
        }
    }
    // Whoever was signed out between the decision and now gets no app session, and so no code. When one of an account of one's own was used
    // counts for nothing but how long it is kept, so an hour is near enough: SQLite writes no page for a row that stays as it is.
    let open: Vec<(String, String, String, String, Option<String>, String)> = sqlx::query_as(rows!("insert or fail into app_session (id, browser_session_id, client_id, identity_id, account_id, via, origin_account_id, created_at, last_used_at)
         select v->>'app_session_id', v->>'browser_session_id', v->>'client_id', v->>'identity_id', v->>'account_id', v->>'via', v->>'origin_account_id', v->>'now', v->>'now' from j
           join signed_in p on p.browser_session_id = v->>'browser_session_id' and p.identity_id = v->>'identity_id' and p.ended_at is null
           join browser_session b on b.id = p.browser_session_id and b.ended_at is null where true
         on conflict (browser_session_id, client_id, identity_id, coalesce(account_id, ''), via) where ended_at is null do update set last_used_at = case when app_session.via = 'own' and app_session.last_used_at > excluded.last_used_at - 3600 then app_session.last_used_at else excluded.last_used_at end
         returning id, browser_session_id, client_id, identity_id, account_id, via"))
        .bind(json_text(&rows.iter().map(|(_, row)| row).collect::<Vec<_>>())).fetch_all(&mut **tx).await?;
    for (at, row) in &mut rows {
        let same = |o: &&(String, String, String, String, Option<String>, String)| {
            o.1 == row.browser_session_id.as_str()
                && o.2 == row.client_id.as_str()
                && o.3 == row.identity_id.as_str()
                && o.4.as_deref() == row.account_id.as_ref().map(|a| a.as_str())
                && o.5 == row.via
        };
        match open.iter().find(same) {
            Some(session) => row.app_session_id = parsed(&session.0)?,
            None => won[*at] = false,
        }
    }
    rows.retain(|(at, _)| won[*at]);
    if rows.is_empty() {
        return Ok(HashMap::new());
    }
    let sids = rows.iter().map(|(at, row)| (*at, row.app_session_id.clone())).collect();
    let rows_text = json_text(&rows.iter().map(|(_, row)| row).collect::<Vec<_>>());
    sqlx::query(ISSUE).bind(&rows_text).execute(&mut **tx).await?;
    // Who enters through a link leaves no trace in what the owner used last, and one in the link.
    if rows.iter().any(|(_, row)| row.via != "own") {
        sqlx::query(rows!("update link set last_used_at = v->>'now' from j where link.id = v->>'via' and link.last_used_at < v->>'now'"))
            .bind(&rows_text)
            .execute(&mut **tx)
            .await?;
    }
    Ok(sids)
}

/// The interactions that these codes answer: each is finished once, and only for who is still signed in.
async fn finish_interactions(tx: &mut Transaction<'static, Sqlite>, asked: &[(usize, &IssueCode)]) -> sqlx::Result<HashSet<String>> {
    let rows: Vec<_> = asked.iter().filter(|(_, row)| row.interaction_id.is_some()).map(|(_, row)| row).collect();
    if rows.is_empty() {
        return Ok(HashSet::new());
    }
    let finished: Vec<String> = sqlx::query_scalar(rows!(
        "update or fail interaction set finished_at = v->>'now' from j
         where interaction.id = v->>'interaction_id' and interaction.finished_at is null and interaction.expires_at > v->>'now'
           and exists (select 1 from signed_in p join browser_session b on b.id = p.browser_session_id and b.ended_at is null
             where p.browser_session_id = v->>'browser_session_id' and p.identity_id = v->>'identity_id' and p.ended_at is null)
         returning interaction.id"
    ))
    .bind(json_text(&rows))
    .fetch_all(&mut **tx)
    .await?;
    Ok(finished.into_iter().collect())
}

async fn exchange(tx: &mut Transaction<'static, Sqlite>, batch: &[Job], won: &mut [bool]) -> sqlx::Result<()> {
    let rows: Vec<_> = batch.iter().enumerate().filter_map(|(at, job)| if let Op::Exchange(row) = &job.op { Some((at, row)) } else { None }).collect();
    if rows.is_empty() {
        return Ok(());
    }
    let all = json_text(&rows.iter().map(|(_, row)| row).collect::<Vec<_>>());
    let returned: Vec<String> = sqlx::query_scalar(rows!("update or fail authorization_code set used_at = v->>'now' from j
         where authorization_code.id = v->>'code_id' and authorization_code.verifier_digest = v->>'verifier_digest' and authorization_code.used_at is null and authorization_code.expires_at > v->>'now'
           and exists (select 1 from authorization_grant g where g.id = v->>'grant_id' and g.ended_at is null)
         returning authorization_code.id || ' ' || authorization_code.verifier_digest"))
        .bind(&all).fetch_all(&mut **tx).await?;
    let keys: Vec<_> = rows.iter().map(|(at, row)| (*at, format!("{} {}", row.code_id, row.verifier_digest))).collect();
    decide(&keys, returned, won);
    let winners: Vec<_> = rows.iter().filter(|(at, _)| won[*at]).map(|(_, row)| row).collect();
    if winners.is_empty() {
        return Ok(());
    }
    sqlx::query(EXCHANGE).bind(json_text(&winners)).execute(&mut **tx).await?;
    Ok(())
}

async fn rotate(tx: &mut Transaction<'static, Sqlite>, batch: &[Job], won: &mut [bool]) -> sqlx::Result<()> {
    // The first in the batch wins: with two rows for one family, which of them `update .. from` takes is not defined.
    let mut seen = HashSet::new();
    let mut rows = Vec::new();
    for (at, job) in batch.iter().enumerate() {
        if let Op::Rotate(row) = &job.op {
            if seen.insert(row.family_id.clone()) {
                rows.push((at, row));
            } else {
                won[at] = false;
            }
        }
    }
    if rows.is_empty() {
        return Ok(());
    }
    let all = json_text(&rows.iter().map(|(_, row)| row).collect::<Vec<_>>());
    let returned: Vec<String> = sqlx::query_scalar(rows!("update or fail refresh_family set generation = v->>'new_generation', verifier_digest = v->>'new_digest', successor_sealed = v->>'successor_sealed', rotated_at = v->>'now' from j
         where refresh_family.id = v->>'family_id' and refresh_family.generation = v->>'generation' and refresh_family.verifier_digest = v->>'old_digest' and refresh_family.expires_at > v->>'now'
           and exists (select 1 from authorization_grant g where g.id = refresh_family.grant_id and g.ended_at is null)
         returning refresh_family.id"))
        .bind(&all).fetch_all(&mut **tx).await?;
    let keys: Vec<_> = rows.iter().map(|(at, row)| (*at, row.family_id.to_string())).collect();
    decide(&keys, returned, won);
    Ok(())
}

async fn touch(tx: &mut Transaction<'static, Sqlite>, batch: &[Job]) -> sqlx::Result<()> {
    let rows: Vec<_> = batch.iter().filter_map(|job| if let Op::Touch(row) = &job.op { Some(row) } else { None }).collect();
    if rows.is_empty() {
        return Ok(());
    }
    sqlx::query(rows!("update or fail browser_session set last_seen_at = v->>'now' from j where browser_session.id = v->>'browser_session_id' and browser_session.last_seen_at < v->>'now'"))
        .bind(json_text(&rows)).execute(&mut **tx).await.map(drop)
}
