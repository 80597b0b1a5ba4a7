//! A company at a glance: how many people it has, and what happened in the last two weeks.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde_json::json;

use super::{Entrance, Room, entered};
use crate::actions::{App, Stop};
use crate::store::{companies, figures};
use crate::types::Seconds;
use crate::web::error;
use crate::web::pages::console::answered;
use crate::web::pages::plot;
use crate::web::visit::Visit;

pub(in crate::web) async fn show<D: Entrance>(State(app): State<Arc<App>>, Path(id): Path<String>, visit: Visit) -> Response {
    answered!(&app, &visit, shown::<D>(&app, &visit, &id))
}

async fn shown<D: Entrance>(app: &App, visit: &Visit, id: &str) -> Result<Response, Stop> {
    let office = entered!(D, app, visit, id, Room::Usage);
    let (db, company) = (&app.store.db, &office.company.id);
    let now = office.visit.now;
    let today = now.seconds().div_euclid(Seconds::days(1).0);
    let entries = ["authorization.granted", "account.switched", "link.entered"];
    let changes = ["account.added", "account.ended"];
    let kinds = [&entries[..], &["authorization.refused"], &changes[..]].concat().join(" ");
    let counts = figures::by_day(db, Some(company), &kinds, today - plot::DAYS + 1).await?;
    let usage = figures::usage_of(db, company, now + Seconds(-Seconds::days(30).0), now).await?;
    let values = json!({
        "kinds": companies::accounts_by_kind(db, company).await?.iter().map(|(kind, n)| json!({"kind": kind, "n": n})).collect::<Vec<_>>(),
        "usage": {"seats": usage.seats, "active": usage.active, "never": usage.never, "pending": usage.pending},
        "plots": [plot::bars("entries", &entries, &counts, today), plot::bars("refusals", &["authorization.refused"], &counts, today), plot::bars("accounts", &["account.added"], &counts, today), plot::bars("ended", &["account.ended"], &counts, today)],
    });
    office.page(app, "pages/usage.html", StatusCode::OK, values).await
}
