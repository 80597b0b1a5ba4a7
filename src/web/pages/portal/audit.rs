//! What happened in a company, for who may read it: filtered, page by page, or as a file.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use super::behind;
use crate::actions::{self, AUDIT_GROUPS, App, AuditWish, Stop};
use crate::domain::AccountView;
use crate::store::audit::CompanyEvent;
use crate::web::api::AuditItem;
use crate::web::page::{Page, render};
use crate::web::pages::not_found;
use crate::web::pages::office::{self, Room};
use crate::web::pages::{account_card, date, day, moment};
use crate::web::visit::Visit;
use crate::web::{error, paths};

/// Rows on one page, and in one reading of a file.
const ROWS: i64 = 50;
const FILE_ROWS: i64 = 1000;

/// What the query asks for; the second part says which days could not be read.
fn wish(visit: &Visit) -> (AuditWish, bool) {
    let field = |name: &str| visit.query.get(name).unwrap_or_default();
    let (from, until) = (day(field("from")), day(field("until")));
    let bad = from.is_err() || until.is_err();
    let wish = AuditWish {
        group: AuditWish::group_named(field("what")),
        from: from.ok().flatten().map(|(first, _)| first),
        until: until.ok().flatten().map(|(_, after)| after),
        before: field("before").parse().ok(),
    };
    (wish, bad)
}

pub(in crate::web) async fn show(State(app): State<Arc<App>>, Path(account): Path<String>, visit: Visit) -> Response {
    page(&app, &visit, &account).await.unwrap_or_else(|stop| error::stopped(&app, &visit, stop))
}

async fn page(app: &App, visit: &Visit, account: &str) -> Result<Response, Stop> {
    let (session, account) = behind!(app, visit, account);
    if !actions::may_read_audit(app, &account).await? {
        return Ok(not_found(app, visit));
    }
    let (wish, bad_day) = wish(visit);
    let (events, next) = actions::audit_page(app, &account, &wish, ROWS).await?;
    let field = |name: &str| visit.query.get(name).unwrap_or_default();
    let asked = [("what", field("what")), ("from", field("from")), ("until", field("until"))];
    let here = paths::portal(paths::PORTAL_AUDIT, account.id.as_str());
    let file = |format: &str| {
        let mut all = asked.to_vec();
        all.push(("format", format));
        paths::with_query(&paths::portal(paths::PORTAL_AUDIT_EXPORT, account.id.as_str()), &all)
    };
    let more = next.map(|n| {
        let mut all = asked.to_vec();
        all.push(("before", n.as_str()));
        paths::with_query(&here, &all)
    });
    let values = json!({
        "rooms": office::menu(app, visit, &account, Room::Log).await?,
        "account": account_card(&account),
        "events": events.iter().map(line).collect::<Vec<_>>(),
        "groups": AUDIT_GROUPS.map(|(name, _)| name),
        "what": field("what"),
        "from": field("from"),
        "until": field("until"),
        "filtered": asked.iter().any(|(_, v)| !v.is_empty()) || wish.before.is_some(),
        "bad_day": bad_day,
        "more": more,
        "here": here,
        "csv": file("csv"),
        "jsonl": file("jsonl"),
    });
    let accounts = actions::switchable(app, &session).await?;
    Ok(render(app, visit, &Page { accounts: Some(accounts), ..Page::new("pages/audit.html", values) }))
}

/// What the page prints of an event.
fn line(event: &CompanyEvent) -> Value {
    json!({
        "kind": event.kind.replace(['.', '_'], "-"),
        "at": moment(event.at),
        "actor": event.actor,
        "holder": event.holder.as_ref().filter(|h| event.actor.as_ref() != Some(h)),
        "by_somebody": event.by_somebody,
        "through_link": event.through_link,
        "client": event.client,
        "reason": event.reason,
        "address": event.address,
    })
}

pub(in crate::web) async fn export(State(app): State<Arc<App>>, Path(account): Path<String>, visit: Visit) -> Response {
    match exported(&app, &visit, &account).await {
        Ok(response) => response,
        Err(stop) => error::stopped(&app, &visit, stop),
    }
}

async fn exported(app: &Arc<App>, visit: &Visit, account: &str) -> Result<Response, Stop> {
    let (_, account) = behind!(app, visit, account);
    let csv = match visit.query.get("format") {
        Some("csv") => true,
        Some("jsonl") => false,
        _ => return Ok(not_found(app, visit)),
    };
    let (wish, bad_day) = wish(visit);
    if bad_day || !actions::may_read_audit(app, &account).await? {
        return Ok(not_found(app, visit));
    }
    actions::note_audit_export(app, &account, &visit.origin, visit.now).await?;
    let ending = if csv { "csv" } else { "jsonl" };
    let named = format!("attachment; filename=\"{}-{}.{ending}\"", account.company.slug, date(visit.now.seconds()));
    let media_type = if csv { "text/csv; charset=utf-8" } else { "application/jsonl" };
    let headers = [(header::CONTENT_TYPE, media_type.to_owned()), (header::CONTENT_DISPOSITION, named), (header::CACHE_CONTROL, "no-store".to_owned())];
    Ok((headers, Body::from_stream(file(app.clone(), account, wish, csv))).into_response())
}

/// The file in pieces, so that a long log needs no more memory than a short one. A read that fails breaks it off, which a browser shows.
fn file(app: Arc<App>, account: AccountView, wish: AuditWish, csv: bool) -> impl futures_util::Stream<Item = anyhow::Result<String>> {
    let first = Some((wish, true));
    futures_util::stream::try_unfold(first, move |state| {
        let (app, account) = (app.clone(), account.clone());
        async move {
            let Some((wish, heading)) = state else { return Ok(None) };
            let (events, next) = actions::audit_page(&app, &account, &wish, FILE_ROWS).await.map_err(anyhow::Error::from)?;
            let items: Vec<AuditItem> = events.into_iter().map(AuditItem::from).collect();
            let text = if csv { as_csv(&items, heading)? } else { as_lines(&items)? };
            Ok(Some((text, next.map(|n| (AuditWish { before: Some(n), ..wish }, false)))))
        }
    })
}

fn as_lines(items: &[AuditItem]) -> anyhow::Result<String> {
    let mut text = String::new();
    for item in items {
        text.push_str(&serde_json::to_string(item)?);
        text.push('\n');
    }
    Ok(text)
}

fn as_csv(items: &[AuditItem], heading: bool) -> anyhow::Result<String> {
    let mut out = csv::Writer::from_writer(Vec::new());
    for (n, item) in items.iter().enumerate() {
        let Value::Object(members) = serde_json::to_value(item)? else { continue };
        if heading && n == 0 {
            out.write_record(members.keys())?;
        }
        out.write_record(members.values().map(cell))?;
    }
    Ok(String::from_utf8(out.into_inner()?)?)
}

/// A cell that no spreadsheet takes for a formula: names are what people call themselves.
fn cell(value: &Value) -> String {
    let text = match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    if text.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{text}") } else { text }
}
