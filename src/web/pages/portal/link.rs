//! "Link account": the two meanings of it, clearly labelled (design.md section 7), and the pick among several accounts.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde_json::json;

use super::behind;
use crate::actions::{self, App, LinkStep, Stop};
use crate::domain::{AccountView, InvitationKind, LinkRefused};
use crate::types::{LinkId, RowId};
use crate::web::form::Form;
use crate::web::page::{Page, render, see_other};
use crate::web::pages::account_card;
use crate::web::pages::factor::{SENT, sent_values, to_send};
use crate::web::pages::not_found;
use crate::web::pages::sign_in::{passkey_of, shown};
use crate::web::visit::Visit;
use crate::web::{error, paths};

pub(in crate::web) async fn show(State(app): State<Arc<App>>, Path(account): Path<String>, visit: Visit) -> Response {
    begin(&app, &visit, &account).await.unwrap_or_else(|stop| error::stopped(&app, &visit, stop))
}

async fn begin(app: &App, visit: &Visit, account: &str) -> Result<Response, Stop> {
    let (_, account) = behind!(app, visit, account);
    Ok(form_page(app, visit, &account, None))
}

/// Which of the three forms was refused, why, and what was typed.
type Trouble<'a> = Option<(&'static str, String, &'a str)>;

fn form_page(app: &App, visit: &Visit, account: &AccountView, trouble: Trouble<'_>) -> Response {
    let values = json!({
        "account": account_card(account),
        "by_password": paths::portal(paths::PORTAL_LINK_PASSWORD, account.id.as_str()),
        "back": paths::portal(paths::PORTAL_ACCOUNT, account.id.as_str()),
        "take": paths::portal(paths::PORTAL_LINK_TAKE, account.id.as_str()),
        "ask": paths::portal(paths::PORTAL_LINK_ASK, account.id.as_str()),
        "typed": trouble.as_ref().map_or("", |t| t.2),
        "trouble_in": trouble.as_ref().map(|t| t.0),
        "trouble": trouble.as_ref().map(|t| t.1.as_str()),
    });
    let status = if trouble.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    render(app, visit, &Page { status, ..Page::new("pages/portal_link.html", values) })
}

/// Name and password of the account to be entered.
pub(in crate::web) async fn by_password(State(app): State<Arc<App>>, Path(account): Path<String>, form: Form) -> Response {
    prove(&app, &form, &account).await.unwrap_or_else(|stop| error::stopped(&app, &form.visit, stop))
}

async fn prove(app: &App, form: &Form, account: &str) -> Result<Response, Stop> {
    let visit = &form.visit;
    let (session, account) = behind!(app, visit, account);
    let identifier = form.field("identifier");
    match actions::link_by_password(app, &session, &account, identifier, form.field("password"), &visit.origin, visit.now).await? {
        Ok(LinkStep::Linked(link)) => Ok(done(visit, &account, &link)),
        Ok(LinkStep::Pick(proof)) => Ok(see_other(visit, &paths::portal(paths::PORTAL_LINK_PICK, proof.as_str()))),
        Ok(LinkStep::Factor(proof)) => Ok(see_other(visit, &paths::portal(paths::PORTAL_LINK_FACTOR, proof.as_str()))),
        Err(refused) => Ok(form_page(app, visit, &account, Some(("password", refused.to_string(), identifier)))),
    }
}

/// "Make it mine": asks the owner of another identity to let its accounts become one's own (S1).
pub(in crate::web) async fn take_over(State(app): State<Arc<App>>, Path(account): Path<String>, form: Form) -> Response {
    asked(&app, &form, &account, InvitationKind::Consolidation, "take").await.unwrap_or_else(|stop| error::stopped(&app, &form.visit, stop))
}

/// Asks the owner of another account to let this one enter it (S0, by the target's own grant).
pub(in crate::web) async fn ask(State(app): State<Arc<App>>, Path(account): Path<String>, form: Form) -> Response {
    asked(&app, &form, &account, InvitationKind::Link, "ask").await.unwrap_or_else(|stop| error::stopped(&app, &form.visit, stop))
}

async fn asked(app: &App, form: &Form, account: &str, kind: InvitationKind, which: &'static str) -> Result<Response, Stop> {
    let visit = &form.visit;
    let (_, account) = behind!(app, visit, account);
    let name = form.field("name");
    match actions::ask(app, &account, kind, name, &visit.origin, visit.now).await? {
        Ok(_) => Ok(see_other(visit, paths::HOME)),
        Err(refused) => Ok(form_page(app, visit, &account, Some((which, refused.to_string(), name)))),
    }
}

fn done(visit: &Visit, account: &AccountView, link: &LinkId) -> Response {
    see_other(visit, &format!("{}#{link}", paths::portal(paths::PORTAL_ACCOUNT, account.id.as_str())))
}

/// The second factor of the account to be entered.
pub(in crate::web) async fn factor(State(app): State<Arc<App>>, Path(proof): Path<String>, visit: Visit) -> Response {
    factor_page(&app, &visit, &proof, None).await.unwrap_or_else(|stop| error::stopped(&app, &visit, stop))
}

fn proof_over(app: &App, visit: &Visit) -> Response {
    error::page(app, visit, StatusCode::GONE, "error-link-proof", Some((paths::HOME, "")))
}

async fn factor_page(app: &App, visit: &Visit, proof: &str, trouble: Option<&str>) -> Result<Response, Stop> {
    let Some(session) = &visit.session else { return Ok(see_other(visit, paths::SIGN_IN)) };
    let Ok(id) = proof.parse::<RowId>() else { return Ok(not_found(app, visit)) };
    let Some((from, target)) = actions::link_needs_factor(app, session, &id, visit.now).await? else { return Ok(proof_over(app, visit)) };
    let action = paths::portal(paths::PORTAL_LINK_FACTOR, id.as_str());
    let values = json!({
        "account": account_card(&from),
        "passkey": passkey_of(app, session, &target, &action, visit.now).await?,
        "sent": sent_values(&actions::sendable(app, session, &target, &SENT, visit.now).await?),
        "action": action,
        "back": paths::portal(paths::PORTAL_LINK, from.id.as_str()),
        "trouble": trouble,
    });
    let status = if trouble.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    Ok(render(app, visit, &Page { status, ..Page::new("pages/portal_link_factor.html", values) }))
}

/// It was shown.
pub(in crate::web) async fn factor_shown(State(app): State<Arc<App>>, Path(proof): Path<String>, form: Form) -> Response {
    prove_second(&app, &form, &proof).await.unwrap_or_else(|stop| error::stopped(&app, &form.visit, stop))
}

async fn prove_second(app: &App, form: &Form, proof: &str) -> Result<Response, Stop> {
    let visit = &form.visit;
    let Some(session) = &visit.session else { return Ok(see_other(visit, paths::SIGN_IN)) };
    let Ok(id) = proof.parse::<RowId>() else { return Ok(not_found(app, visit)) };
    let Some((from, target)) = actions::link_needs_factor(app, session, &id, visit.now).await? else { return Ok(proof_over(app, visit)) };
    if let Some(factor) = to_send(form) {
        return match actions::send_factor_code(app, session, &target, factor, &visit.origin, visit.now).await? {
            Ok(()) => Ok(see_other(visit, &paths::portal(paths::PORTAL_LINK_FACTOR, id.as_str()))),
            Err(refused) => factor_page(app, visit, proof, Some(&format!("mobile-{refused}"))).await,
        };
    }
    match actions::link_factor(app, session, &id, shown(form), &visit.origin, visit.now).await? {
        None => Ok(proof_over(app, visit)),
        Some(Ok(LinkStep::Linked(link))) => Ok(done(visit, &from, &link)),
        Some(Ok(LinkStep::Pick(proof) | LinkStep::Factor(proof))) => Ok(see_other(visit, &paths::portal(paths::PORTAL_LINK_PICK, proof.as_str()))),
        Some(Err(LinkRefused::ProofFailed)) => factor_page(app, visit, proof, Some("factor-wrong")).await,
        Some(Err(refused)) => Ok(form_page(app, visit, &from, Some(("password", refused.to_string(), "")))),
    }
}

/// Rows on the page that picks.
const ROWS: i64 = 50;

/// Which of several accounts.
pub(in crate::web) async fn pick(State(app): State<Arc<App>>, Path(proof): Path<String>, visit: Visit) -> Response {
    pick_page(&app, &visit, &proof, None).await.unwrap_or_else(|stop| error::stopped(&app, &visit, stop))
}

async fn pick_page(app: &App, visit: &Visit, proof: &str, refused: Option<LinkRefused>) -> Result<Response, Stop> {
    let Some(session) = &visit.session else { return Ok(see_other(visit, paths::SIGN_IN)) };
    let Ok(id) = proof.parse::<RowId>() else { return Ok(not_found(app, visit)) };
    let search = visit.query.get("q").map(str::trim).filter(|q| !q.is_empty());
    let Some((from, found)) = actions::accounts_to_pick(app, session, &id, search, ROWS, visit.now).await? else {
        return Ok(error::page(app, visit, StatusCode::GONE, "error-link-proof", Some((paths::HOME, ""))));
    };
    let here = paths::portal(paths::PORTAL_LINK_PICK, id.as_str());
    let values = json!({
        "account": account_card(&from),
        "accounts": found.iter().map(account_card).collect::<Vec<_>>(),
        "show_search": search.is_some() || found.len() as i64 == ROWS,
        "search": search,
        "here": here,
        "trouble": refused.map(|r| r.to_string()),
    });
    let status = if refused.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    Ok(render(app, visit, &Page { status, ..Page::new("pages/portal_pick.html", values) }))
}

/// This one.
pub(in crate::web) async fn picked(State(app): State<Arc<App>>, Path(proof): Path<String>, form: Form) -> Response {
    take(&app, &form, &proof).await.unwrap_or_else(|stop| error::stopped(&app, &form.visit, stop))
}

async fn take(app: &App, form: &Form, proof: &str) -> Result<Response, Stop> {
    let visit = &form.visit;
    let Some(session) = &visit.session else { return Ok(see_other(visit, paths::SIGN_IN)) };
    let (Ok(id), Ok(account)) = (proof.parse::<RowId>(), form.field("account").parse()) else { return pick_page(app, visit, proof, None).await };
    let from = actions::accounts_to_pick(app, session, &id, None, 1, visit.now).await?.map(|(from, _)| from);
    match (actions::link_picked(app, session, &id, &account, &visit.origin, visit.now).await?, from) {
        (Some(Ok(link)), Some(from)) => Ok(done(visit, &from, &link)),
        (Some(Err(refused)), _) => pick_page(app, visit, proof, Some(refused)).await,
        _ => pick_page(app, visit, proof, None).await,
    }
}
