//! An account that was entered through a link: a banner says so, and nothing about its owner can be changed here.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::response::Response;
use serde_json::{Value, json};

use crate::actions::{self, App, Stop};
use crate::domain::{AccountView, Wanted};
use crate::store::links::Linked;
use crate::store::sessions::BrowserSession;
use crate::web::form::Form;
use crate::web::page::{Page, render, see_other};
use crate::web::pages::account_card;
use crate::web::pages::not_found;
use crate::web::visit::Visit;
use crate::web::{cookie, error, paths};

/// Enters: noted for the owner to see.
pub(in crate::web) async fn enter(State(app): State<Arc<App>>, form: Form) -> Response {
    go_in(&app, &form).await.unwrap_or_else(|stop| error::stopped(&app, &form.visit, stop))
}

async fn go_in(app: &App, form: &Form) -> Result<Response, Stop> {
    let visit = &form.visit;
    let Some(session) = &visit.session else { return Ok(see_other(visit, paths::SIGN_IN)) };
    let Ok(link) = form.field("link").parse() else { return Ok(see_other(visit, paths::HOME)) };
    // What the companies ask comes first: whoever does not get in has not entered, and nobody is told so. They enter from the list again.
    if let Some(linked) = actions::linked_account(app, session, &link).await? {
        let list = Visit { path: paths::HOME.to_owned(), ..visit.clone() };
        if let Some(answer) = asked(app, &list, session, &linked).await? {
            return Ok(answer);
        }
    }
    match actions::enter_link(app, session, &link, &visit.origin, visit.now).await? {
        Some(token) => {
            let mut visit = visit.clone();
            visit.set_cookies.push(cookie::set_session(&app.config, &token));
            Ok(see_other(&visit, &paths::portal(paths::PORTAL_LINKED, link.as_str())))
        }
        // It was cut, or rests: the list says so.
        None => Ok(see_other(visit, paths::HOME)),
    }
}

async fn asked(app: &App, visit: &Visit, session: &BrowserSession, linked: &Linked) -> Result<Option<Response>, Stop> {
    let wanted = Wanted::by(&linked.account.company.policy, linked.account.created_at).and(&linked.origin_wants);
    super::ask_for_more(app, visit, session, &linked.acting, wanted).await
}

pub(in crate::web) async fn show(State(app): State<Arc<App>>, Path(link): Path<String>, visit: Visit) -> Response {
    page(&app, &visit, &link).await.unwrap_or_else(|stop| error::stopped(&app, &visit, stop))
}

async fn page(app: &App, visit: &Visit, link: &str) -> Result<Response, Stop> {
    let Some(session) = visit.session.as_ref().filter(|s| !s.signed_in.is_empty()) else { return Ok(see_other(visit, paths::SIGN_IN)) };
    let linked = match link.parse() {
        Ok(id) => actions::linked_account(app, session, &id).await?,
        Err(_) => None,
    };
    let Some(linked) = linked else { return Ok(not_found(app, visit)) };
    if let Some(answer) = asked(app, visit, session, &linked).await? {
        return Ok(answer);
    }
    let owner = crate::store::identities::find(&app.store.db, &linked.account.identity_id).await?;
    let values = json!({
        "account": account_card(&linked.account),
        "owner": owner.map(|o| o.name_for_others()).unwrap_or_default(),
        "origin": linked.origin_company,
        "back": paths::portal(paths::PORTAL_ACCOUNT, linked.origin.as_str()),
        "apps": apps(app, &linked.account, visit).await?,
        "report": super::report_card(app, &linked.account.company.id).await?,
        "cut": paths::LINK_CUT,
        "link": linked.link.as_str(),
    });
    let accounts = actions::switchable(app, session).await?;
    Ok(render(app, visit, &Page { accounts: Some(accounts), ..Page::new("pages/portal_linked.html", values) }))
}

/// The apps of a company that can be entered from here (third-party initiated login).
pub(super) async fn apps(app: &App, account: &AccountView, _visit: &Visit) -> Result<Vec<Value>, Stop> {
    let open = actions::apps_of(app, &account.company.id).await?;
    Ok(open
        .iter()
        .map(|c| {
            let href = paths::with_query(paths::SWITCH, &[("client_id", c.id.as_str()), ("login_hint", account.id.as_str())]);
            json!({"id": c.id.as_str(), "name": c.name.as_str(), "href": href})
        })
        .collect())
}
