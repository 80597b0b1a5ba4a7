//! The whole audit log.

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde_json::json;

use super::{ROWS, answered, page};
use crate::actions::{self, App, LogWish, Stop};
use crate::store::companies;
use crate::web::pages::{day, moment};
use crate::web::visit::Visit;
use crate::web::{error, paths};

pub(in crate::web) async fn show(State(app): State<Arc<App>>, visit: Visit) -> Response {
    answered!(&app, &visit, list(&app, &visit))
}

async fn list(app: &App, visit: &Visit) -> Result<Response, Stop> {
    let field = |name: &str| visit.query.get(name).map(str::trim).unwrap_or_default();
    let (from, until) = (day(field("from")), day(field("until")));
    let company = match field("company") {
        "" => None,
        name => Some(companies::named(&app.store.db, name).await?),
    };
    let person = match field("person") {
        "" => None,
        name => Some(actions::person_named(app, name).await?.ok()),
    };
    // What cannot be read is said, and finds nothing.
    let trouble = from.is_err() || until.is_err() || company == Some(None) || person == Some(None);
    let wish = LogWish {
        kind: field("kind").to_owned(),
        company: company.flatten().map(|c| c.id),
        person: person.flatten(),
        from: from.ok().flatten().map(|(first, _)| first),
        until: until.ok().flatten().map(|(_, after)| after),
        before: field("before").parse().ok(),
    };
    let (events, next) = if trouble { (Vec::new(), None) } else { actions::whole_log(app, &wish, ROWS).await? };
    let asked = ["kind", "company", "person", "from", "until"].map(|name| (name, field(name)));
    let more = next.map(|next| {
        let mut all = asked.to_vec();
        all.push(("before", next.as_str()));
        paths::with_query(paths::CONSOLE_LOG, &all)
    });
    let values = json!({
        "events": events.iter().map(|e| json!({
            "at": moment(e.at), "kind": e.kind, "actor": e.actor.as_ref().or(e.identity_id.as_ref()), "company": e.company, "client": e.client,
            "account": e.account_id, "origin": e.origin_account_id, "reason": e.reason, "address": e.address, "request": e.request_id,
            "acr": e.acr_after,
        })).collect::<Vec<_>>(),
        "asked": asked.iter().map(|(name, value)| ((*name).to_owned(), json!(value))).collect::<serde_json::Map<_, _>>(),
        "filtered": asked.iter().any(|(_, value)| !value.is_empty()) || wish.before.is_some(),
        "trouble": trouble,
        "more": more,
        "here": paths::CONSOLE_LOG,
    });
    Ok(page(app, visit, paths::CONSOLE_LOG, "console/log.html", StatusCode::OK, values))
}
