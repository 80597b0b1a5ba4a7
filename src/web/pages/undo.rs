//! Undoing a consolidation from the mail: with the old password, on POST.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde_json::json;

use super::date;
use super::factor::{SENT, sent_values, to_send};
use super::sign_in::{passkey_of, shown};
use crate::actions::{self, App, Stop, UndoRefused, UndoShown, Undone, kept_name};
use crate::store::consolidations::Later;
use crate::store::mail_links::Purpose;
use crate::web::form::Form;
use crate::web::page::{Page, render, see_other};
use crate::web::visit::Visit;
use crate::web::{error, paths};

/// The mailed link: bound to this browser, then out of the URL.
pub(in crate::web) async fn open(State(app): State<Arc<App>>, Path(token): Path<String>, mut visit: Visit) -> Response {
    visit.path = paths::UNDO.to_owned();
    hold(&app, &mut visit, &token).await.unwrap_or_else(|stop| error::stopped(&app, &visit, stop))
}

async fn hold(app: &App, visit: &mut Visit, token: &str) -> Result<Response, Stop> {
    let session = visit.open_session(app).await?;
    if actions::hold_mail_link(app, &session, Purpose::Undo, token, visit.now).await? {
        return Ok(see_other(visit, paths::UNDO));
    }
    Ok(gone(app, visit))
}

fn gone(app: &App, visit: &Visit) -> Response {
    error::page(app, visit, StatusCode::GONE, "error-link", Some((paths::HOME, "")))
}

pub(in crate::web) async fn show(State(app): State<Arc<App>>, visit: Visit) -> Response {
    page(&app, &visit, None).await.unwrap_or_else(|stop| error::stopped(&app, &visit, stop))
}

async fn page(app: &App, visit: &Visit, trouble: Option<&str>) -> Result<Response, Stop> {
    let Some(session) = &visit.session else { return Ok(gone(app, visit)) };
    let Some(undo) = actions::held_undo(app, session, visit.now).await? else { return Ok(gone(app, visit)) };
    let factor = crate::store::authenticators::had_any(&app.store.db, &undo.absorbed).await?;
    let passkey = passkey_of(app, session, &undo.absorbed, paths::UNDO, visit.now).await?;
    let values = json!({"action": paths::UNDO, "factor": factor, "passkey": passkey, "sent": sent_values(&actions::sendable(app, session, &undo.absorbed, &SENT, visit.now).await?), "label": undo.email, "until": date(undo.until.seconds()), "trouble": trouble});
    let status = if trouble.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    Ok(render(app, visit, &Page { status, ..Page::new("pages/undo.html", values) }))
}

/// Accounts on the page, and ticks over all of them.
const SHOWN: usize = 100;
const TICKS: usize = 90;

/// What came later, with a tick for what stays.
fn confirm(app: &App, visit: &Visit, later: &[Later]) -> Response {
    // As many ticks as a form can carry; what is not shown does not stay.
    let mut left = TICKS;
    let accounts: Vec<_> = later
        .iter()
        .take(SHOWN)
        .map(|l| {
            let ticks = l.roles.iter().map(|(name, title)| json!({"name": kept_name(&l.account_id, "role", name), "title": title, "role": true}));
            let ticks = ticks.chain(l.permissions.iter().map(|p| json!({"name": kept_name(&l.account_id, "permission", p), "title": p, "role": false})));
            let ticks: Vec<_> = ticks.take(left).collect();
            left -= ticks.len();
            json!({"company": l.company, "ticks": ticks, "links": l.links, "invitations": l.invitations})
        })
        .collect();
    render(app, visit, &Page::new("pages/undo_confirm.html", json!({"action": paths::UNDO, "accounts": accounts, "cut": left == 0 || later.len() > SHOWN})))
}

pub(in crate::web) async fn submit(State(app): State<Arc<App>>, form: Form) -> Response {
    act(&app, &form).await.unwrap_or_else(|stop| error::stopped(&app, &form.visit, stop))
}

async fn act(app: &App, form: &Form) -> Result<Response, Stop> {
    let visit = &form.visit;
    let Some(session) = &visit.session else { return Ok(gone(app, visit)) };
    if let (Some(factor), Some(undo)) = (to_send(form), actions::held_undo(app, session, visit.now).await?) {
        return match actions::send_factor_code(app, session, &undo.absorbed, factor, &visit.origin, visit.now).await? {
            Ok(()) => Ok(see_other(visit, paths::UNDO)),
            Err(refused) => page(app, visit, Some(&format!("mobile-{refused}"))).await,
        };
    }
    let keep: Vec<String> = form.params.pairs().filter_map(|(name, value)| name.strip_prefix("keep:").filter(|_| value == "on").map(str::to_owned)).collect();
    let shown = if form.field("confirmed").is_empty() { UndoShown::Password(form.field("password"), shown(form)) } else { UndoShown::Keep(&keep) };
    match actions::undo_consolidation(app, session, shown, &visit.origin, visit.now).await? {
        Ok(Undone::Confirm(later)) => Ok(confirm(app, visit, &later)),
        Ok(Undone::Done(_)) => Ok(render(app, visit, &Page::new("pages/done.html", json!({"label": "", "sign_in": paths::SIGN_IN, "text": "undone"})))),
        Err(UndoRefused::Password) => page(app, visit, Some("undo-wrong")).await,
        Err(UndoRefused::Link) => Ok(gone(app, visit)),
    }
}
