//! `/switch` (design.md 5.3): the one link an app needs. Shows the chooser if it must, and sends the browser to the app's
//! own `initiate_login_uri` (OpenID Connect Core section 4). It issues nothing and changes nothing.

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde_json::json;

use crate::actions::{self, App, Stop, SwitchTo};
use crate::store::accounts::Cursor;
use crate::types::IdentityId;
use crate::web::page::{Page, render, see_other};
use crate::web::pages::{account_card, linked_card};
use crate::web::visit::Visit;
use crate::web::{error, paths};

pub(in crate::web) async fn show(State(app): State<Arc<App>>, visit: Visit) -> Response {
    answer(&app, &visit).await.unwrap_or_else(|stop| error::stopped(&app, &visit, stop))
}

async fn answer(app: &App, visit: &Visit) -> Result<Response, Stop> {
    let wish = actions::SwitchWish::read(&visit.query)?;
    match actions::switch(app, visit.session.as_ref(), &wish).await? {
        SwitchTo::App(url) => Ok(see_other(visit, &url)),
        SwitchTo::Choose { client, gone } => choose(app, visit, &wish, &client, gone).await,
    }
}

/// Rows of one identity on one page.
const ROWS: i64 = 20;

async fn choose(app: &App, visit: &Visit, wish: &actions::SwitchWish, client: &crate::protocol::Client, gone: bool) -> Result<Response, Stop> {
    let search = visit.query.get("q").map(str::trim).filter(|q| !q.is_empty());
    let who: Option<IdentityId> = visit.query.get("who").and_then(|w| w.parse().ok());
    let after = visit.query.get("after").and_then(Cursor::parse);
    let here = |extra: &[(&str, &str)]| {
        let mut pairs: Vec<(&str, &str)> = vec![("client_id", client.id.as_str()), ("target_link_uri", wish.target_link_uri.as_deref().unwrap_or_default())];
        pairs.extend_from_slice(extra);
        paths::with_query(paths::SWITCH, &pairs)
    };
    let signed_in = visit.session.as_ref().map(|s| s.signed_in.as_slice()).unwrap_or_default();
    let mut groups = Vec::new();
    let mut many = false;
    for person in signed_in.iter().filter(|s| who.as_ref().is_none_or(|w| *w == s.identity_id)) {
        let (page, linked) = actions::switch_list(app, &person.identity_id, client, wish, search, after.as_ref(), ROWS).await?;
        many |= page.next.is_some() || linked.len() > 8;
        let more = page.next.as_ref().map(|next| {
            here(&[
                ("organization", wish.company().unwrap_or_default()),
                ("q", search.unwrap_or_default()),
                ("who", person.identity_id.as_str()),
                ("after", &next.text()),
            ])
        });
        let with_link = |mut card: serde_json::Value, id: &str| {
            card["href"] = here(&[("login_hint", id)]).into();
            card
        };
        groups.push(json!({
            "name": person.display_name(), "label": person.label, "more": more,
            "cut_at": (linked.len() as i64 >= actions::LINKED).then_some(actions::LINKED),
            "accounts": page.items.iter().map(|i| with_link(account_card(&i.account), i.account.id.as_str())).collect::<Vec<_>>(),
            "linked": linked.iter().map(|l| with_link(linked_card(l), l.account.id.as_str())).collect::<Vec<_>>(),
        }));
    }
    let values = json!({
        "client": client.name.as_str(), "client_id": client.id.as_str(), "target_link_uri": wish.target_link_uri, "organization": wish.company(),
        "groups": groups, "gone": gone, "search": search, "show_search": many || search.is_some(), "here": paths::SWITCH,
    });
    Ok(render(app, visit, &Page { status: StatusCode::OK, ..Page::new("pages/switch.html", values) }))
}
