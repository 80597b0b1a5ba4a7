//! The first page: what happened in the last two weeks, how many there are of what, and how mail, keys and database do.

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde_json::{Value, json};

use super::{answered, page};
use crate::actions::{App, Stop};
use crate::protocol::SigningAlgorithm;
use crate::store::figures;
use crate::types::Seconds;
use crate::web::pages::{date, moment, plot};
use crate::web::visit::Visit;
use crate::web::{error, paths};

/// The plots: the name of their words, and the kinds of events.
const PLOTS: [(&str, &str); 4] = [
    ("sign-ins", "sign_in.accepted"),
    ("refusals", "sign_in.refused factor.refused authorization.refused"),
    ("accounts", "account.added"),
    ("tokens", "token.issued token.refreshed token.exchanged"),
];

pub(in crate::web) async fn show(State(app): State<Arc<App>>, visit: Visit) -> Response {
    answered!(&app, &visit, overview(&app, &visit))
}

async fn overview(app: &App, visit: &Visit) -> Result<Response, Stop> {
    let db = &app.store.db;
    let today = visit.now.seconds().div_euclid(Seconds::days(1).0);
    let kinds = PLOTS.map(|(_, kinds)| kinds).join(" ");
    let counts = figures::by_day(db, None, &kinds, today - plot::DAYS + 1).await?;
    let totals = figures::totals(db, visit.now).await?;
    let waiting = figures::outbox(db).await?;
    let plots: Vec<Value> = PLOTS.iter().map(|(name, kinds)| plot::bars(name, &kinds.split(' ').collect::<Vec<_>>(), &counts, today)).collect();
    let numbers = [
        ("people", totals.identities),
        ("companies", totals.companies),
        ("accounts", totals.accounts),
        ("clients", totals.clients),
        ("sessions", totals.sessions),
    ]
    .map(|(name, n)| json!({"name": name, "n": n}));
    let keys = app.keys();
    let rotates = SigningAlgorithm::ALL.into_iter().filter_map(|a| keys.current(a).activated_at).min().map(|at| at + app.config.lifetimes.key_rotation);
    let values = json!({
        "plots": plots,
        "totals": numbers,
        "mail": app.config.mail.is_some(),
        "waiting": waiting.iter().map(|w| json!({"kind": w.kind, "waiting": w.waiting, "failing": w.failing, "oldest": moment(w.oldest)})).collect::<Vec<_>>(),
        "outbox": paths::CONSOLE_OUTBOX,
        "keys": paths::CONSOLE_KEYS,
        "rotates": rotates.map(|at| date(at.seconds())),
        "engine": db.engine(),
        "version": env!("CARGO_PKG_VERSION"),
        "issuer": app.issuer(),
        "empty": totals.clients == 0,
        "clients": paths::CONSOLE_CLIENTS,
    });
    Ok(page(app, visit, paths::CONSOLE, "console/overview.html", StatusCode::OK, values))
}
