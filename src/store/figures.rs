//! Figures for the console and for companies: how often what happened, how many of what there are, and how deliveries do.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::audit_seals::Sealed;
use super::db::on;
use super::{Db, Tx, json_text};
use crate::types::{CompanyId, Seconds, Timestamp};

/// How often one kind of event happened on one day.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow, Deserialize)]
pub struct DayCount {
    /// Days since 1970.
    pub day: i64,
    /// What.
    pub kind: String,
    /// How often.
    pub events: i64,
}

const DAY: i64 = Seconds::days(1).0;

/// Counts events that are being sealed, altogether and per company.
pub async fn count(tx: &mut Tx, events: &[Sealed]) -> sqlx::Result<()> {
    let mut counts: BTreeMap<(&str, i64, &str), i64> = BTreeMap::new();
    for event in events {
        for company in [Some(""), event.company_id.as_deref()].into_iter().flatten() {
            *counts.entry((company, event.at.div_euclid(DAY), &event.kind)).or_default() += 1;
        }
    }
    let rows: Vec<serde_json::Value> =
        counts.into_iter().map(|((company, day, kind), n)| serde_json::json!({"c": company, "d": day, "k": kind, "n": n})).collect();
    let rows = json_text(&rows);
    match tx {
        Tx::Sqlite(inner) => sqlx::query(COUNT_SQLITE).bind(rows).execute(&mut **inner).await.map(drop),
        Tx::Postgres(inner) => sqlx::query(COUNT_POSTGRES).bind(rows).execute(&mut **inner).await.map(drop),
    }
}

const COUNT_SQLITE: &str = "insert into audit_count (company_id, day, kind, events) select value->>'c', value->>'d', value->>'k', value->>'n' from json_each($1) where true on conflict (company_id, day, kind) do update set events = audit_count.events + excluded.events";
const COUNT_POSTGRES: &str = "insert into audit_count (company_id, day, kind, events) select c, d, k, n from json_to_recordset($1::json) as e(c text, d bigint, k text, n bigint) on conflict (company_id, day, kind) do update set events = audit_count.events + excluded.events";

/// Kinds of events by day from one day on, altogether or in one company: what was counted, and what waits for its seal.
pub async fn by_day(db: &Db, company: Option<&CompanyId>, kinds: &str, from_day: i64) -> sqlx::Result<Vec<DayCount>> {
    let company = company.map_or("", CompanyId::as_str);
    on!(read db, |ex| sqlx::query_as("select day, kind, cast(sum(events) as bigint) as events from (
           select day, kind, events from audit_count where company_id = $1 and day >= $2 and ' ' || $3 || ' ' like '% ' || kind || ' %'
           union all
           select at / 86400 as day, kind, count(*) as events from audit_event where id > coalesce((select max(through_id) from audit_seal), '') and ($1 = '' or company_id = $1)
             and at >= $2 * 86400 and ' ' || $3 || ' ' like '% ' || kind || ' %' group by at / 86400, kind) f
         group by day, kind order by day, kind")
        .bind(company).bind(from_day).bind(kinds).fetch_all(ex).await)
}

/// Erases counts of days before one; how many rows.
pub async fn erase_before(tx: &mut Tx, day: i64) -> sqlx::Result<u64> {
    on!(tx tx, |ex| sqlx::query("delete from audit_count where day < $1").bind(day).execute(ex).await.map(|r| r.rows_affected()))
}

/// How many of what there are.
#[derive(Clone, Debug, Default, PartialEq, Eq, sqlx::FromRow)]
pub struct Totals {
    /// People who can sign in.
    pub identities: i64,
    /// Companies that are open.
    pub companies: i64,
    /// Accounts that have not ended.
    pub accounts: i64,
    /// Apps that are switched on.
    pub clients: i64,
    /// Browsers with somebody signed in.
    pub sessions: i64,
}

/// Counts everything; reads whole indexes, so it is for a page that is looked at and not for every request.
pub async fn totals(db: &Db, now: Timestamp) -> sqlx::Result<Totals> {
    on!(read db, |ex| sqlx::query_as("select (select count(*) from identity where ended_at is null and disabled_at is null) as identities,
           (select count(*) from company where ended_at is null and suspended_at is null) as companies,
           (select count(*) from account where ended_at is null) as accounts,
           (select count(*) from client where disabled_at is null) as clients,
           (select count(distinct s.browser_session_id) from signed_in s join browser_session b on b.id = s.browser_session_id where s.ended_at is null and b.ended_at is null and b.expires_at > $1) as sessions")
        .bind(now.seconds()).fetch_one(ex).await)
}

/// What one kind of delivery waits for.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Waiting {
    /// What is delivered.
    pub kind: String,
    /// How many wait.
    pub waiting: i64,
    /// How many of these failed at least once.
    pub failing: i64,
    /// When the oldest was written, in seconds.
    pub oldest: i64,
}

/// What waits in the outbox, by kind.
pub async fn outbox(db: &Db) -> sqlx::Result<Vec<Waiting>> {
    on!(read db, |ex| sqlx::query_as("select kind, count(*) as waiting, cast(sum(case when attempts > 0 then 1 else 0 end) as bigint) as failing, min(created_at) as oldest from outbox where delivered_at is null group by kind order by kind").fetch_all(ex).await)
}

/// How a company's accounts are used.
#[derive(Clone, Debug, Default, PartialEq, Eq, sqlx::FromRow)]
pub struct Usage {
    /// Accounts that take a product seat.
    pub seats: i64,
    /// Accounts that were entered since the moment asked about.
    pub active: i64,
    /// Accounts that nobody ever entered.
    pub never: i64,
    /// Invitations that wait for an answer.
    pub pending: i64,
}

/// Counts the use of a company's accounts since a moment; ended accounts do not count.
pub async fn usage_of(db: &Db, company: &CompanyId, since: Timestamp, now: Timestamp) -> sqlx::Result<Usage> {
    on!(read db, |ex| sqlx::query_as("select count(case when seat then 1 end) as seats, count(case when last_used_at >= $2 then 1 end) as active, count(case when last_used_at = 0 then 1 end) as never,
           (select count(*) from invitation v where v.company_id = $1 and v.accepted_at is null and v.ended_at is null and v.expires_at > $3) as pending
         from account where company_id = $1 and ended_at is null")
        .bind(company.as_str()).bind(since.seconds()).bind(now.seconds()).fetch_one(ex).await)
}
