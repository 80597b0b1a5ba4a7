//! One account of one's own: its company, its place there, and the links into and out of it.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::response::Response;
use serde_json::json;

use super::{behind, link_card};
use crate::actions::{self, App, Stop};
use crate::web::form::Form;
use crate::web::page::{Page, render, see_other};
use crate::web::pages::{account_card, office};
use crate::web::visit::Visit;
use crate::web::{error, paths};

pub(in crate::web) async fn show(State(app): State<Arc<App>>, Path(account): Path<String>, visit: Visit) -> Response {
    page(&app, &visit, &account).await.unwrap_or_else(|stop| error::stopped(&app, &visit, stop))
}

async fn page(app: &App, visit: &Visit, account: &str) -> Result<Response, Stop> {
    let (session, account) = behind!(app, visit, account);
    let (out, into) = actions::links_of(app, &account.identity_id, None).await?;
    let out: Vec<_> = out.iter().filter(|l| l.from.account_id == account.id).map(link_card).collect();
    let into: Vec<_> = into.iter().filter(|l| l.to.account_id == account.id).map(link_card).collect();
    let prefers = actions::preferences(app, &account.id).await?;
    let values = json!({
        "landing": prefers.landing.as_ref().map(|c| c.as_str()),
        "tell_of_entries": prefers.tell_of_entries,
        "prefer": paths::portal(paths::PORTAL_PREFERENCES, account.id.as_str()),
        "saved": visit.query.get("saved").is_some(),
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
        "doors": office::doors(app, &account).await?,
    });
    let accounts = actions::switchable(app, &session).await?;
    Ok(render(app, visit, &Page { accounts: Some(accounts), ..Page::new("pages/portal_account.html", values) }))
}

/// Opens the account where its owner wants to land: in an app of the company, while it is open there, else on its page.
pub(in crate::web) async fn open(State(app): State<Arc<App>>, Path(account): Path<String>, visit: Visit) -> Response {
    land(&app, &visit, &account).await.unwrap_or_else(|stop| error::stopped(&app, &visit, stop))
}

async fn land(app: &App, visit: &Visit, account: &str) -> Result<Response, Stop> {
    let (_, account) = behind!(app, visit, account);
    let landing = actions::preferences(app, &account.id).await?.landing;
    let open = match &landing {
        Some(_) => super::linked::apps(app, &account, visit).await?,
        None => Vec::new(),
    };
    let app_page = open.iter().find(|a| landing.as_ref().is_some_and(|l| a["id"] == l.as_str())).and_then(|a| a["href"].as_str());
    Ok(match app_page {
        Some(href) => see_other(visit, href),
        None => see_other(visit, &paths::portal(paths::PORTAL_ACCOUNT, account.id.as_str())),
    })
}

/// Keeps what the owner prefers.
pub(in crate::web) async fn prefer(State(app): State<Arc<App>>, Path(account): Path<String>, form: Form) -> Response {
    keep(&app, &form, &account).await.unwrap_or_else(|stop| error::stopped(&app, &form.visit, stop))
}

async fn keep(app: &App, form: &Form, account: &str) -> Result<Response, Stop> {
    let visit = &form.visit;
    let (_, account) = behind!(app, visit, account);
    // An app that was closed to this company meanwhile is none.
    let open = super::linked::apps(app, &account, visit).await?;
    let landing = form.field("landing").parse().ok().filter(|id: &crate::types::ClientId| open.iter().any(|a| a["id"] == id.as_str()));
    actions::choose_preferences(app, &account, landing, form.field("tell_of_entries") == "on", &visit.origin, visit.now).await?;
    Ok(see_other(visit, &paths::with_query(&paths::portal(paths::PORTAL_ACCOUNT, account.id.as_str()), &[("saved", "yes")])))
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
        actions::cut_link(app, &session.people(), &link, &visit.origin, visit.now).await?;
    } else {
        actions::confirm_link(app, &session.people(), &link, &visit.origin, visit.now).await?;
    }
    Ok(see_other(visit, if visit.path.starts_with("/portal/a/") { &visit.path } else { paths::HOME }))
}
