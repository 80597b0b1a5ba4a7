//! "Forgotten your password or username?": a name is typed, and everybody gets the same answer.

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde_json::json;

use crate::actions::{self, App, Stop};
use crate::web::form::Form;
use crate::web::page::{Page, render};
use crate::web::visit::Visit;
use crate::web::{error, paths};

pub(in crate::web) async fn show(State(app): State<Arc<App>>, mut visit: Visit) -> Response {
    // The form needs a session for its token.
    match visit.open_session(&app).await {
        Ok(_) => page(&app, &visit, false, false),
        Err(stop) => error::stopped(&app, &visit, stop),
    }
}

fn page(app: &App, visit: &Visit, sent: bool, empty: bool) -> Response {
    let values = json!({"action": paths::RECOVER, "sign_in": paths::SIGN_IN, "sent": sent, "empty": empty, "minutes": app.config.lifetimes.recovery.0 / 60});
    let status = if empty { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    render(app, visit, &Page { status, ..Page::new("pages/recover.html", values) })
}

pub(in crate::web) async fn submit(State(app): State<Arc<App>>, form: Form) -> Response {
    ask(&app, &form).await.unwrap_or_else(|stop| error::stopped(&app, &form.visit, stop))
}

async fn ask(app: &App, form: &Form) -> Result<Response, Stop> {
    let visit = &form.visit;
    let name = form.field("identifier").trim();
    if name.is_empty() || name.chars().count() > 320 {
        return Ok(page(app, visit, false, true));
    }
    actions::ask_recovery(app, name, visit.locale, &visit.origin, visit.now).await?;
    Ok(page(app, visit, true, false))
}
