//! Taking a change of address back, from the mail to the old one: on POST.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde_json::json;

use super::date;
use crate::actions::{self, App, Stop};
use crate::store::mail_links::Purpose;
use crate::web::form::Form;
use crate::web::page::{Page, render, see_other};
use crate::web::visit::Visit;
use crate::web::{error, paths};

/// The mailed link: bound to this browser, then out of the URL.
pub(in crate::web) async fn open(State(app): State<Arc<App>>, Path(token): Path<String>, mut visit: Visit) -> Response {
    visit.path = paths::EMAIL_UNDO.to_owned();
    hold(&app, &mut visit, &token).await.unwrap_or_else(|stop| error::stopped(&app, &visit, stop))
}

async fn hold(app: &App, visit: &mut Visit, token: &str) -> Result<Response, Stop> {
    let session = visit.open_session(app).await?;
    if actions::hold_mail_link(app, &session, Purpose::EmailUndo, token, visit.now).await? {
        return Ok(see_other(visit, paths::EMAIL_UNDO));
    }
    Ok(gone(app, visit))
}

fn gone(app: &App, visit: &Visit) -> Response {
    error::page(app, visit, StatusCode::GONE, "error-link", Some((paths::HOME, "")))
}

pub(in crate::web) async fn show(State(app): State<Arc<App>>, visit: Visit) -> Response {
    page(&app, &visit).await.unwrap_or_else(|stop| error::stopped(&app, &visit, stop))
}

async fn page(app: &App, visit: &Visit) -> Result<Response, Stop> {
    let Some(session) = &visit.session else { return Ok(gone(app, visit)) };
    let Some(change) = actions::held_email_undo(app, session, visit.now).await? else { return Ok(gone(app, visit)) };
    let values = json!({"address": change.old_email, "until": date(change.until.seconds()), "action": paths::EMAIL_UNDO});
    Ok(render(app, visit, &Page::new("pages/email_undo.html", values)))
}

pub(in crate::web) async fn submit(State(app): State<Arc<App>>, form: Form) -> Response {
    let visit = &form.visit;
    let done = async {
        let Some(session) = &visit.session else { return Ok(gone(&app, visit)) };
        if !actions::undo_email_change(&app, session, &visit.origin, visit.now).await? {
            return Ok(gone(&app, visit));
        }
        Ok(see_other(visit, paths::SET_PASSWORD))
    };
    done.await.unwrap_or_else(|stop: Stop| error::stopped(&app, visit, stop))
}
