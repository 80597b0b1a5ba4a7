//! What keeps the provider going: keys, deliveries, who runs it, and the configuration in force.

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde_json::json;

use super::{ROWS, answered, page, said, status_of};
use crate::actions::{self, App, Stop};
use crate::config::KEYS;
use crate::store::{figures, outbox};
use crate::types::{IdentityId, RowId};
use crate::web::form::Form;
use crate::web::pages::not_found;
use crate::web::pages::{date, moment};
use crate::web::visit::Visit;
use crate::web::{error, paths};

pub(in crate::web) async fn keys(State(app): State<Arc<App>>, visit: Visit) -> Response {
    keys_page(&app, &visit, None)
}

fn keys_page(app: &App, visit: &Visit, trouble: Option<&str>) -> Response {
    let ring = app.keys();
    let overlap = app.config.lifetimes.key_overlap();
    let values = json!({
        "keys": ring.listed(overlap, visit.now).iter().map(|k| json!({"kid": k.kid, "algorithm": k.algorithm.as_str(), "state": k.state, "since": date(k.since.seconds())})).collect::<Vec<_>>(),
        "days": app.config.lifetimes.key_rotation.0 / 86_400,
        "sealed": app.config.key_encryption.is_some(),
        "jwks": app.config.url(paths::JWKS),
        "here": paths::CONSOLE_KEYS,
        "trouble": trouble,
    });
    page(app, visit, paths::CONSOLE_KEYS, "console/keys.html", status_of(trouble), values)
}

pub(in crate::web) async fn rotate(State(app): State<Arc<App>>, form: Form) -> Response {
    answered!(&app, &form.visit, rotated(&app, &form))
}

async fn rotated(app: &App, form: &Form) -> Result<Response, Stop> {
    let visit = &form.visit;
    match actions::rotate_keys_by(app, form.field("force") == "on", &visit.origin, visit.now).await? {
        Ok(()) => Ok(said(visit, paths::CONSOLE_KEYS, "rotated")),
        Err(_) => Ok(keys_page(app, visit, Some("young"))),
    }
}

pub(in crate::web) async fn settings(State(app): State<Arc<App>>, visit: Visit) -> Response {
    let given = &app.config.given;
    let rows: Vec<_> = KEYS.iter().map(|k| json!({"path": k.path, "help": k.help, "value": given.get(k.path), "default": k.default})).collect();
    page(&app, &visit, paths::CONSOLE_SETTINGS, "console/settings.html", StatusCode::OK, json!({"rows": rows}))
}

pub(in crate::web) async fn operators(State(app): State<Arc<App>>, visit: Visit) -> Response {
    answered!(&app, &visit, operators_page(&app, &visit, None, ""))
}

async fn operators_page(app: &App, visit: &Visit, trouble: Option<&str>, typed: &str) -> Result<Response, Stop> {
    let all = actions::operators(app).await?;
    let values = json!({
        "operators": all.iter().map(|o| json!({"id": o.identity_id.as_str(), "href": paths::portal(paths::CONSOLE_PERSON, o.identity_id.as_str()), "name": o.name, "since": date(o.since.seconds()), "open": o.is_open, "self": visit.origin.person.as_ref() == Some(&o.identity_id)})).collect::<Vec<_>>(),
        "alone": all.iter().filter(|o| o.is_open).count() < 2,
        "here": paths::CONSOLE_OPERATORS,
        "trouble": trouble,
        "typed": typed,
    });
    Ok(page(app, visit, paths::CONSOLE_OPERATORS, "console/operators.html", status_of(trouble), values))
}

pub(in crate::web) async fn change_operators(State(app): State<Arc<App>>, form: Form) -> Response {
    answered!(&app, &form.visit, operators_changed(&app, &form))
}

async fn operators_changed(app: &App, form: &Form) -> Result<Response, Stop> {
    let (visit, now) = (&form.visit, form.visit.now);
    let name = form.field("name").trim();
    let result = match form.field("do") {
        "add" => match actions::operator_to_be(app, name).await? {
            Ok(id) => actions::make_operator(app, &id, &visit.origin, now).await?.map(|_| "added"),
            Err(refused) => Err(refused),
        },
        "remove" => match form.field("operator").parse::<IdentityId>() {
            Ok(id) => actions::remove_operator(app, &id, &visit.origin, now).await?.map(|()| "removed"),
            Err(_) => return Ok(not_found(app, visit)),
        },
        _ => return Ok(not_found(app, visit)),
    };
    match result {
        Ok(what) => Ok(said(visit, paths::CONSOLE_OPERATORS, what)),
        Err(refused) => operators_page(app, visit, Some(&refused.0), name).await,
    }
}

pub(in crate::web) async fn outbox(State(app): State<Arc<App>>, visit: Visit) -> Response {
    answered!(&app, &visit, outbox_page(&app, &visit))
}

async fn outbox_page(app: &App, visit: &Visit) -> Result<Response, Stop> {
    let waiting = figures::outbox(&app.store.db).await?;
    let failing = outbox::failing(&app.store.db, ROWS).await?;
    let values = json!({
        "mail": app.config.mail.is_some(),
        "waiting": waiting.iter().map(|w| json!({"kind": w.kind, "waiting": w.waiting, "failing": w.failing, "oldest": moment(w.oldest)})).collect::<Vec<_>>(),
        "failing": failing.iter().map(|f| json!({"id": f.id, "kind": f.kind, "since": moment(f.created_at), "due": moment(f.due_at), "attempts": f.attempts, "error": f.last_error})).collect::<Vec<_>>(),
        "here": paths::CONSOLE_OUTBOX,
    });
    Ok(page(app, visit, paths::CONSOLE_OUTBOX, "console/outbox.html", StatusCode::OK, values))
}

pub(in crate::web) async fn retry(State(app): State<Arc<App>>, form: Form) -> Response {
    answered!(&app, &form.visit, retried(&app, &form))
}

async fn retried(app: &App, form: &Form) -> Result<Response, Stop> {
    let visit = &form.visit;
    let Ok(id) = form.field("id").parse::<RowId>() else { return Ok(not_found(app, visit)) };
    actions::retry_delivery(app, &id, &visit.origin, visit.now).await?;
    Ok(said(visit, paths::CONSOLE_OUTBOX, "retried"))
}
