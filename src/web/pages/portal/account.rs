//! One account of one's own: its company, its place there, and the links into and out of it.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::response::Response;
use serde_json::json;

use super::{behind, link_card};
use crate::actions::{self, App, Stop};
use crate::web::form::Form;
use crate::web::page::{Page, render, see_other};
use crate::web::pages::account_card;
use crate::web::visit::Visit;
use crate::web::{error, paths};

pub(in crate::web) async fn show(State(app): State<Arc<App>>, Path(account): Path<String>, visit: Visit) -> Response {
    page(&app, &visit, &account).await.unwrap_or_else(|stop| error::stopped(&app, &visit, stop))
}

async fn page(app: &App, visit: &Visit, account: &str) -> Result<Response, Stop> {
    let (session, account) = behind!(app, visit, account);
    let (out, into) = actions::links_of(app, &account.identity_id).await?;
    let out: Vec<_> = out.iter().filter(|l| l.from.account_id == account.id).map(link_card).collect();
    let into: Vec<_> = into.iter().filter(|l| l.to.account_id == account.id).map(link_card).collect();
    let values = json!({
        "account": account_card(&account),
        "report": super::report_card(app, &account.company.id).await?,
        "since": crate::web::pages::date(account.created_at.seconds()),
        "apps": super::linked::apps(app, &account, visit).await?,
        "out": out,
        "into": into,
        "link": paths::portal(paths::PORTAL_LINK, account.id.as_str()),
        "enter": paths::LINK_ENTER,
        "cut": paths::LINK_CUT,
        "confirm": paths::LINK_CONFIRM,
        "home": paths::HOME,
        "settings": actions::may_change_settings(&account).then(|| paths::portal(paths::PORTAL_COMPANY, account.id.as_str())),
        "users": actions::desk_of(app, account.clone()).await?.map(|d| paths::portal(paths::PORTAL_USERS, d.account.id.as_str())),
    });
    let accounts = actions::switchable(app, &session).await?;
    Ok(render(app, visit, &Page { accounts: Some(accounts), ..Page::new("pages/portal_account.html", values) }))
}

/// Cuts a link, from either side.
pub(in crate::web) async fn cut(State(app): State<Arc<App>>, form: Form) -> Response {
    act(&app, &form, true).await.unwrap_or_else(|stop| error::stopped(&app, &form.visit, stop))
}

/// The owner confirms a link that rests.
pub(in crate::web) async fn confirm(State(app): State<Arc<App>>, form: Form) -> Response {
    act(&app, &form, false).await.unwrap_or_else(|stop| error::stopped(&app, &form.visit, stop))
}

async fn act(app: &App, form: &Form, cut: bool) -> Result<Response, Stop> {
    let visit = &form.visit;
    let Some(session) = &visit.session else { return Ok(see_other(visit, paths::SIGN_IN)) };
    let Ok(link) = form.field("link").parse() else { return Ok(see_other(visit, paths::HOME)) };
    // One that was cut meanwhile is not there any more: the page that follows shows it.
    if cut {
        actions::cut_link(app, session, &link, &visit.origin, visit.now).await?;
    } else {
        actions::confirm_link(app, session, &link, &visit.origin, visit.now).await?;
    }
    Ok(see_other(visit, if visit.path.starts_with("/portal/a/") { &visit.path } else { paths::HOME }))
}
