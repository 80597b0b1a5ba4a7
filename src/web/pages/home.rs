//! The person's own page: who is signed in, their accounts, and signing out here and everywhere.

use std::sync::Arc;

use axum::extract::State;
use axum::http::header;
use axum::response::Response;
use serde_json::{Value, json};

use super::account_card;
use super::portal::invitation::card as invitation_card;
use super::portal::link_card;
use crate::actions::{self, App, Stop};
use crate::domain::AccountView;
use crate::store::accounts::{self, Cursor, NameCursor};
use crate::store::interactions::Purpose;
use crate::store::invitations;
use crate::types::IdentityId;
use crate::web::form::Form;
use crate::web::page::{Page, render, see_other};
use crate::web::visit::Visit;
use crate::web::{cookie, error, paths};

const ROWS: i64 = 20;
const SEARCH_FROM: i64 = 8;

pub(in crate::web) async fn show(State(app): State<Arc<App>>, visit: Visit) -> Response {
    page(&app, &visit).await.unwrap_or_else(|stop| error::stopped(&app, &visit, stop))
}

async fn page(app: &App, visit: &Visit) -> Result<Response, Stop> {
    let Some(session) = visit.session.as_ref().filter(|s| !s.signed_in.is_empty()) else { return Ok(see_other(visit, paths::SIGN_IN)) };
    let search = visit.query.get("q").map(str::trim).filter(|q| !q.is_empty());
    let who: Option<IdentityId> = visit.query.get("who").and_then(|w| w.parse().ok());
    let by_name = visit.query.get("sort") == Some("name");
    let sort = if by_name { "name" } else { "" };
    let after = visit.query.get("after");
    let mut people = Vec::new();
    let mut many = false;
    for signed_in in &session.signed_in {
        let mine = who.as_ref().is_none_or(|w| *w == signed_in.identity_id);
        let after = after.filter(|_| mine);
        let (found, next) = if by_name {
            let after = after.and_then(NameCursor::parse);
            let (found, next) = actions::page_by_name(app, &signed_in.identity_id, search, after.as_ref(), ROWS).await?;
            (found, next.map(|n| n.text()))
        } else {
            let after = after.and_then(Cursor::parse);
            let page = actions::page_for_people(app, &signed_in.identity_id, None, None, search, after.as_ref(), ROWS).await?;
            (page.items.into_iter().map(|item| item.account).collect(), page.next.map(|n| n.text()))
        };
        many |= next.is_some() || accounts::more_than(&app.store.db, &signed_in.identity_id, SEARCH_FROM).await?;
        let more = next.as_ref().map(|next| {
            paths::with_query(
                paths::HOME,
                &[("q", search.unwrap_or_default()), ("sort", sort), ("who", signed_in.identity_id.as_str()), ("after", next.as_str())],
            )
        });
        let (out, into) = actions::links_of(app, &signed_in.identity_id, search).await?;
        let longest = out.len().max(into.len()) as i64;
        many |= longest > SEARCH_FROM;
        let mut received = Vec::new();
        for invitation in invitations::to_identity(&app.store.db, &signed_in.identity_id, ROWS, visit.now).await? {
            received.push(invitation_card(app, &invitation).await?);
        }
        let mut sent = Vec::new();
        for invitation in invitations::of_identity(&app.store.db, &signed_in.identity_id, ROWS, visit.now).await? {
            let mut card = invitation_card(app, &invitation).await?;
            card["end"] = paths::portal(paths::INVITATION_END, invitation.id.as_str()).into();
            card["resend"] = paths::portal(paths::INVITATION_RESEND, invitation.id.as_str()).into();
            sent.push(card);
        }
        people.push(json!({
            "received": received,
            "sent": sent,
            "out": out.iter().map(link_card).collect::<Vec<_>>(),
            "into": into.iter().map(link_card).collect::<Vec<_>>(),
            "id": signed_in.identity_id.as_str(),
            "security": paths::portal(paths::SECURITY, signed_in.identity_id.as_str()),
            "profile": paths::portal(paths::PORTAL_PROFILE, signed_in.identity_id.as_str()),
            "label": signed_in.label,
            "few_codes": actions::few_recovery_codes(app, &signed_in.identity_id).await?,
            "name": signed_in.display_name(),
            "accounts": found.iter().map(portal_card).collect::<Vec<_>>(),
            "more": more,
            // The rest of a list that is cut is found by searching.
            "cut_at": (longest >= actions::LISTED).then_some(actions::LISTED),
        }));
    }
    let unlinkable = people.iter().any(|p| ["accounts", "out"].iter().any(|list| p[list].as_array().is_some_and(|l| !l.is_empty())));
    let values = json!({"people": people, "search": search, "show_search": many || search.is_some(), "paged": after.is_some(), "here": paths::HOME, "sign_out": paths::SIGN_OUT, "another": paths::SIGN_IN, "enter": paths::LINK_ENTER, "cut": paths::LINK_CUT, "confirm": paths::LINK_CONFIRM, "by_name": by_name, "by_use_href": paths::with_query(paths::HOME, &[("q", search.unwrap_or_default())]), "by_name_href": paths::with_query(paths::HOME, &[("q", search.unwrap_or_default()), ("sort", "name")]), "unlink": paths::UNLINK, "unlinkable": unlinkable});
    let accounts = actions::switchable(app, session).await?;
    Ok(render(app, visit, &Page { accounts: Some(accounts), ..Page::new("pages/home.html", values) }))
}

/// An account with the link to its page.
fn portal_card(account: &AccountView) -> Value {
    let mut card = account_card(account);
    card["href"] = paths::portal(paths::PORTAL_OPEN, account.id.as_str()).into();
    card["manage"] = paths::portal(paths::PORTAL_ACCOUNT, account.id.as_str()).into();
    card["status"] = account.company.service_status.as_str().into();
    card
}

/// Signing in without an app: an interaction that leads here.
pub(in crate::web) async fn sign_in(State(app): State<Arc<App>>, mut visit: Visit) -> Response {
    begin(&app, &mut visit).await.unwrap_or_else(|stop| error::stopped(&app, &visit, stop))
}

async fn begin(app: &App, visit: &mut Visit) -> Result<Response, Stop> {
    let id = visit.begin_interaction(app, Purpose::Home).await?;
    Ok(see_other(visit, &paths::interaction(&id)))
}

/// Signs one identity out, or everybody.
pub(in crate::web) async fn sign_out(State(app): State<Arc<App>>, form: Form) -> Response {
    out(&app, &form).await.unwrap_or_else(|stop| error::stopped(&app, &form.visit, stop))
}

async fn out(app: &App, form: &Form) -> Result<Response, Stop> {
    let visit = &form.visit;
    let Some(session) = &visit.session else { return Ok(see_other(visit, paths::HOME)) };
    if !form.field("identity").is_empty() {
        let named = form.field("identity").parse::<IdentityId>().ok().filter(|id| session.signed_in.iter().any(|s| s.identity_id == *id));
        // Somebody who was signed out in another tab meanwhile: the others stay.
        let Some(identity) = named else { return Ok(see_other(visit, paths::HOME)) };
        if session.signed_in.len() > 1 {
            actions::sign_out_identity(app, &session.id, &identity, &visit.origin, visit.now).await?;
            return Ok(see_other(visit, paths::HOME));
        }
    }
    if form.field("browsers") == "all" {
        actions::sign_out_all_browsers(app, session, &visit.origin, visit.now).await?;
    }
    actions::sign_out_everywhere(app, session, form.field("identity").is_empty(), &visit.origin, visit.now).await?;
    let mut gone = visit.clone();
    gone.session = None;
    gone.set_cookies.push(cookie::clear_session(&app.config));
    let response = render(app, &gone, &Page::new("pages/signed_out.html", json!({"sign_in": paths::SIGN_IN, "stay": [], "action": paths::SIGN_OUT})));
    debug_assert!(response.headers().contains_key(header::SET_COOKIE));
    Ok(response)
}
