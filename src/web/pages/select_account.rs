//! The account chooser: accounts of all signed-in identities that may act, grouped by identity; a page of rows at a time.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::response::Response;
use serde_json::{Value, json};

use super::interaction::{Open, client_card, leads_to, save_and_return, with_open};
use super::{account_card, linked_card};
use crate::actions::{self, App, Stop};
use crate::domain::SignedIn;
use crate::flow::{self, Choice};
use crate::protocol::{AuthorizationRequest, OrganizationUsage};
use crate::store::accounts::{self, Cursor};
use crate::store::companies;
use crate::store::links::{self, Narrow};
use crate::types::{AccountId, IdentityId, LinkId};
use crate::web::form::Form;
use crate::web::page::{Page, render};
use crate::web::paths;
use crate::web::visit::Visit;

/// Rows of one identity on one page.
const ROWS: i64 = 20;
/// From this many on, the search field is worth its place.
const SEARCH_FROM: i64 = 8;

pub(super) async fn show(app: &App, visit: &Visit, open: &Open, request: &AuthorizationRequest) -> Result<Response, Stop> {
    let client = app.client(&request.client_id).await?;
    let may_be_without = client.as_ref().is_some_and(|c| c.client.metadata.organization_usage == OrganizationUsage::Allow) && request.organization.is_none();
    let with_companies = client.as_ref().is_some_and(|c| c.client.metadata.organization_usage != OrganizationUsage::Deny);
    let company = match &request.organization {
        Some(named) => companies::named(&app.store.db, named).await?,
        None => None,
    };
    let expected = actions::expected(app, request).await?;
    let able = flow::eligible(request, &expected, &open.session.signed_in, &open.interaction.progress.proved, visit.now);
    let search = visit.query.get("q").map(str::trim).filter(|q| !q.is_empty());
    let who: Option<IdentityId> = visit.query.get("who").and_then(|w| w.parse().ok());
    let after = visit.query.get("after").and_then(Cursor::parse);
    let here = paths::interaction(&open.interaction.id);
    let mut groups = Vec::new();
    let mut many = false;
    for signed_in in &able {
        if who.as_ref().is_some_and(|w| *w != signed_in.identity_id) {
            continue;
        }
        let mut group = person(signed_in);
        if with_companies {
            let page =
                actions::page_for_people(app, &signed_in.identity_id, Some(&request.client_id), company.as_ref().map(|c| &c.id), search, after.as_ref(), ROWS)
                    .await?;
            many |= page.next.is_some() || accounts::more_than(&app.store.db, &signed_in.identity_id, SEARCH_FROM).await?;
            let more = page
                .next
                .as_ref()
                .map(|next| paths::with_query(&here, &[("q", search.unwrap_or_default()), ("who", signed_in.identity_id.as_str()), ("after", &next.text())]));
            group["accounts"] = page.items.iter().map(|item| account_card(&item.account)).collect();
            group["more"] = more.into();
            if after.is_none() {
                let narrow = Narrow { client: Some(&request.client_id), company: request.organization.as_deref(), search, ..Narrow::default() };
                let linked = links::reachable(&app.store.db, &signed_in.identity_id, narrow, actions::LINKED).await?;
                many |= linked.len() as i64 > SEARCH_FROM;
                group["cut_at"] = (linked.len() as i64 >= actions::LINKED).then_some(actions::LINKED).into();
                group["linked"] = linked.iter().map(linked_card).collect();
            }
        }
        groups.push(group);
    }
    let id = &open.interaction.id;
    let values = json!({
        "client": client_card(app, Some(request)).await?,
        "company": company.as_ref().map(|c| c.name.clone()).filter(|_| groups.iter().any(|g| ["accounts", "linked"].iter().any(|list| g[list].as_array().is_some_and(|a| !a.is_empty())))),
        "groups": groups,
        "with_companies": with_companies,
        "may_be_without": may_be_without,
        "search": search,
        "show_search": many || search.is_some(),
        "paged": after.is_some() || who.is_some(),
        "here": here,
        "action": paths::interaction_form(paths::INTERACTION_ACCOUNT, id),
        "another": paths::interaction_form(paths::INTERACTION_IDENTITY, id),
    });
    let leads_to = leads_to(Some(request));
    Ok(render(app, visit, &Page { leads_to: leads_to.as_deref(), ..Page::new("pages/select_account.html", values) }))
}

fn person(signed_in: &SignedIn) -> Value {
    json!({"id": signed_in.identity_id.as_str(), "label": signed_in.label, "name": signed_in.display_name(), "accounts": [], "linked": [], "more": null, "cut_at": null})
}

/// A choice was made. Whether it can be entered is decided by the dispatcher, on what is true then.
pub(in crate::web) async fn submit(State(app): State<Arc<App>>, Path(id): Path<String>, mut form: Form) -> Response {
    with_open!(&app, form, &id, |open| chosen(&app, &form, open))
}

async fn chosen(app: &App, form: &Form, open: Open) -> Result<Response, Stop> {
    let mut progress = open.interaction.progress.clone();
    let account_id: Option<AccountId> = form.field("account").parse().ok();
    let link_id: Option<LinkId> = form.field("link").parse().ok();
    let choice = match (link_id, account_id) {
        (Some(link), _) => {
            links::find(&app.store.db, &link).await?.map(|l| Choice { identity_id: l.from.identity_id, account_id: Some(l.to.account_id), link_id: Some(link) })
        }
        (None, Some(id)) => accounts::find(&app.store.db, &id).await?.map(|a| Choice { identity_id: a.identity_id, account_id: Some(id), link_id: None }),
        (None, None) => form.field("identity").parse().ok().map(|identity_id| Choice { identity_id, account_id: None, link_id: None }),
    };
    if let Some(choice) = choice {
        progress.choice = Some(choice);
        progress.choosing_again = false;
    }
    save_and_return(app, &form.visit, &open, &progress).await
}

/// "Use another identity", and back from there.
pub(in crate::web) async fn another(State(app): State<Arc<App>>, Path(id): Path<String>, mut form: Form) -> Response {
    with_open!(&app, form, &id, |open| another_identity(&app, &form, open))
}

async fn another_identity(app: &App, form: &Form, open: Open) -> Result<Response, Stop> {
    let mut progress = open.interaction.progress.clone();
    progress.adding_identity = form.field("back").is_empty();
    // The newcomer's accounts belong on the list too.
    progress.choosing_again = true;
    progress.choice = None;
    save_and_return(app, &form.visit, &open, &progress).await
}
