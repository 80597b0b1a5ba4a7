//! "I did not lose my second factor": saying no to a reset, from the mail, on POST.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde_json::json;

use crate::actions::{self, App, Stop};
use crate::store::mail_links::Purpose;
use crate::web::form::Form;
use crate::web::page::{Page, render, see_other};
use crate::web::visit::Visit;
use crate::web::{error, paths};

/// The mailed link: bound to this browser, then out of the URL.
pub(in crate::web) async fn open(State(app): State<Arc<App>>, Path(token): Path<String>, mut visit: Visit) -> Response {
    visit.path = paths::FACTOR_RESET.to_owned();
    let held = async {
        let session = visit.open_session(&app).await?;
        actions::hold_mail_link(&app, &session, Purpose::FactorReset, &token, visit.now).await
    };
    match held.await {
        Ok(true) => see_other(&visit, paths::FACTOR_RESET),
        Ok(false) => gone(&app, &visit),
        Err(stop) => error::stopped(&app, &visit, stop),
    }
}

fn gone(app: &App, visit: &Visit) -> Response {
    error::page(app, visit, StatusCode::GONE, "error-link", Some((paths::HOME, "")))
}

pub(in crate::web) async fn show(State(app): State<Arc<App>>, visit: Visit) -> Response {
    let shown = async {
        let Some(session) = &visit.session else { return Ok(gone(&app, &visit)) };
        let Some(person) = actions::held_factor_reset(&app, session, visit.now).await? else { return Ok(gone(&app, &visit)) };
        let values = json!({"label": person.sign_in_label(), "action": paths::FACTOR_RESET, "recover": paths::RECOVER, "done": false});
        Ok(render(&app, &visit, &Page::new("pages/factor_reset.html", values)))
    };
    shown.await.unwrap_or_else(|stop: Stop| error::stopped(&app, &visit, stop))
}

pub(in crate::web) async fn submit(State(app): State<Arc<App>>, form: Form) -> Response {
    let visit = &form.visit;
    let stopped = async {
        let Some(session) = &visit.session else { return Ok(gone(&app, visit)) };
        if !actions::stop_factor_reset(&app, session, &visit.origin, visit.now).await? {
            return Ok(gone(&app, visit));
        }
        let values = json!({"label": "", "action": paths::FACTOR_RESET, "recover": paths::RECOVER, "done": true});
        Ok(render(&app, visit, &Page::new("pages/factor_reset.html", values)))
    };
    stopped.await.unwrap_or_else(|stop: Stop| error::stopped(&app, visit, stop))
}
