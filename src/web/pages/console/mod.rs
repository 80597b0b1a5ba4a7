//! The operator's console: who comes in is judged once, at its door, and every act of theirs is logged as theirs.

pub(in crate::web) mod clients;
pub(in crate::web) mod companies;
pub(in crate::web) mod log;
pub(in crate::web) mod overview;
pub(in crate::web) mod people;
pub(in crate::web) mod registration;
pub(in crate::web) mod resources;
mod snippets;
pub(in crate::web) mod system;
pub(in crate::web) mod trial;

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::{Method, StatusCode};
use axum::middleware::Next;
use axum::response::Response;
use serde_json::{Value, json};

use super::portal::ask_for_more;
use crate::actions::{self, App, Stop};
use crate::store::interactions::Purpose;
use crate::web::form::Form;
use crate::web::page::{Page, render, see_other};
use crate::web::visit::Visit;
use crate::web::{error, headers, paths};

/// Rows on one page.
pub(super) const ROWS: i64 = 50;

/// The console's rooms, in the order of its menu: where each is, and the name of its words.
const ROOMS: [(&str, &str); 11] = [
    (paths::CONSOLE, "overview"),
    (paths::CONSOLE_COMPANIES, "companies"),
    (paths::CONSOLE_PEOPLE, "people"),
    (paths::CONSOLE_CLIENTS, "clients"),
    (paths::CONSOLE_RESOURCES, "resources"),
    (paths::CONSOLE_KEYS, "keys"),
    (paths::CONSOLE_WEBHOOKS, "webhooks"),
    (paths::CONSOLE_OUTBOX, "outbox"),
    (paths::CONSOLE_LOG, "log"),
    (paths::CONSOLE_OPERATORS, "operators"),
    (paths::CONSOLE_SETTINGS, "settings"),
];

/// Lets operators in who have shown a second factor lately; leads others through what is missing. A form that came too late was not taken,
/// and its page is shown anew.
pub(in crate::web) async fn guard(State(app): State<Arc<App>>, visit: Visit, mut request: Request, next: Next) -> Response {
    let looks = matches!(*request.method(), Method::GET | Method::HEAD);
    if !looks && visit.session.as_ref().is_none_or(|s| s.signed_in.is_empty()) {
        return error::page(&app, &visit, StatusCode::FORBIDDEN, "error-stale-form", None);
    }
    let path = match looks {
        true => visit.path.clone(),
        false => headers::referring_path(request.headers(), &visit.base).filter(|p| p.starts_with(paths::CONSOLE)).unwrap_or_else(|| paths::CONSOLE.to_owned()),
    };
    match admit(&app, visit.clone(), path).await {
        Ok(Ok(visit)) => {
            request.extensions_mut().insert(visit);
            next.run(request).await
        }
        Ok(Err(answer)) => *answer,
        Err(stop) => error::stopped(&app, &visit, stop),
    }
}

async fn admit(app: &App, mut visit: Visit, path: String) -> Result<Result<Visit, Box<Response>>, Stop> {
    let session = visit.open_session(app).await?;
    if session.signed_in.is_empty() {
        let interaction = actions::begin_interaction(app, Some(&session.id), Purpose::Portal(path), visit.now).await?;
        return Ok(Err(Box::new(see_other(&visit, &paths::interaction(&interaction)))));
    }
    let Some(operator) = actions::operator_here(app, &session).await? else {
        let link = (paths::SIGN_IN, "");
        return Ok(Err(Box::new(error::page(app, &visit, StatusCode::FORBIDDEN, "error-not-operator", Some(link)))));
    };
    visit.path = path;
    if let Some(answer) = ask_for_more(app, &visit, &session, &operator.identity_id, actions::console_wants()).await? {
        return Ok(Err(Box::new(answer)));
    }
    visit.origin.person = Some(operator.identity_id.clone());
    Ok(Ok(visit))
}

/// A page of the console, with its menu.
pub(super) fn page(app: &App, visit: &Visit, room: &str, template: &'static str, status: StatusCode, mut values: Value) -> Response {
    let label = visit.session.iter().flat_map(|s| &s.signed_in).find(|s| visit.origin.person.as_ref() == Some(&s.identity_id)).map(|s| s.label.clone());
    values["rooms"] = json!({
        "list": ROOMS.map(|(href, name)| json!({"href": href, "words": format!("console-{name}"), "here": href == room})),
        "label": label,
        "said": said_here(visit),
    });
    render(app, visit, &Page { status, ..Page::new(template, values) })
}

/// Notes that a page shows after something was done.
const SAID: [&str; 13] =
    ["vouched", "saved", "added", "removed", "suspended", "resumed", "disabled", "enabled", "signed-out", "mailed", "rotated", "retried", "sent"];

/// The note that this page shows.
pub(super) fn said_here(visit: &Visit) -> Option<&str> {
    visit.query.get("said").filter(|s| SAID.contains(s))
}

/// Back to a page, with a note.
pub(super) fn said(visit: &Visit, path: &str, what: &str) -> Response {
    see_other(visit, &paths::with_query(path, &[("said", what)]))
}

/// The lines of a text area, without the empty ones.
pub(super) fn lines<'a>(form: &'a Form, name: &str) -> Vec<&'a str> {
    form.field(name).lines().map(str::trim).filter(|l| !l.is_empty()).collect()
}

/// The status of a page with or without trouble on it.
pub(super) fn status_of(trouble: Option<&str>) -> StatusCode {
    if trouble.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK }
}

/// The next page of a list.
fn next_page(here: &str, search: &str, next: Option<&str>) -> Option<String> {
    next.map(|next| paths::with_query(here, &[("q", search), ("before", next)]))
}

/// Answers, or says why not.
macro_rules! answered {
    ($app:expr, $visit:expr, $answer:expr) => {
        match $answer.await {
            Ok(response) => response,
            Err(stop) => error::stopped($app, $visit, stop),
        }
    };
}
pub(super) use answered;
