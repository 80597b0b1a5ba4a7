//! One-way links out of and into a token's account: seen and cut. They are made, and confirmed after a reset, on our own pages.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, RawQuery, State};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::ToSchema;

use super::call::{self, Call, answered, done, not_here};
use super::me_accounts::Problem;
use crate::actions::{self, App, Stop};
use crate::domain::{LinkEnd, LinkView};
use crate::protocol::ProtocolFailure;
use crate::store::links;
use crate::types::{LinkId, Timestamp};

/// One end of a link.
#[derive(Serialize, ToSchema)]
pub(in crate::web) struct LinkEndItem {
    /// The account's id.
    account_id: String,
    /// Its owner's name for display.
    owner: String,
    /// The company's name.
    org_name: String,
}

/// A link.
#[derive(Serialize, ToSchema)]
pub(in crate::web) struct LinkItem {
    /// Its id, `lnk_...`.
    link_id: String,
    /// `out` of the token's account, or `into` it.
    direction: String,
    /// From where.
    from: LinkEndItem,
    /// Into what.
    to: LinkEndItem,
    /// usable, resting (its owner has to confirm it) or unavailable.
    state: String,
    /// Seconds since 1970.
    created_at: i64,
    /// Seconds since 1970; absent when it was never entered.
    #[serde(skip_serializing_if = "Option::is_none")]
    last_used_at: Option<i64>,
}

/// A page of links.
#[derive(Serialize, ToSchema)]
pub(in crate::web) struct LinkList {
    /// The newest first.
    links: Vec<LinkItem>,
    /// Pass as `cursor` for the next page; absent on the last one.
    #[serde(skip_serializing_if = "Option::is_none")]
    next_cursor: Option<String>,
}

fn end(end: &LinkEnd) -> LinkEndItem {
    LinkEndItem { account_id: end.account_id.to_string(), owner: end.owner.clone(), org_name: end.company.clone() }
}

fn item(link: &LinkView, mine: bool) -> LinkItem {
    LinkItem {
        link_id: link.id.to_string(),
        direction: if mine { "out" } else { "into" }.to_owned(),
        from: end(&link.from),
        to: end(&link.to),
        state: link.state.as_str().to_owned(),
        created_at: link.created_at.seconds(),
        last_used_at: link.last_used_at.map(Timestamp::seconds),
    }
}

/// Lists the links out of and into the token's account.
#[utoipa::path(
    get,
    path = "/api/v1/me/links",
    operation_id = "listMyLinks",
    tag = "me",
    params(
        ("limit" = Option<i64>, Query, description = "Rows on one page, 1 to 100; 20 when left out", minimum = 1, maximum = 100),
        ("cursor" = Option<String>, Query, description = "`next_cursor` of the page before")
    ),
    responses(
        (status = 200, description = "One page of links", body = LinkList),
        (status = 400, description = "A parameter is wrong", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "No access token that counts", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "The token lacks scope `links`, or came through a link", body = Problem, content_type = "application/problem+json")
    ),
    security(("access_token" = ["links"]))
)]
pub(in crate::web) async fn list(State(app): State<Arc<App>>, Call { asked, token, .. }: Call, RawQuery(query): RawQuery) -> Response {
    let listed = async {
        let account = actions::acting_account(&app, &token, "links").await?;
        let (params, limit) = call::query(query)?;
        let after: Option<LinkId> =
            params.get("cursor").map(str::parse).transpose().map_err(|_| ProtocolFailure::invalid_request("cursor is not one of ours"))?;
        let mut found = links::of_account(&app.store.db, &account.id, after.as_ref(), limit + 1).await?;
        let more = found.len() as i64 > limit;
        found.truncate(limit as usize);
        let next_cursor = found.last().filter(|_| more).map(|l| l.id.to_string());
        let items = found.iter().map(|l| item(l, l.from.account_id == account.id)).collect();
        Ok::<_, Stop>(Json(LinkList { links: items, next_cursor }).into_response())
    };
    answered(&app, &asked, listed.await)
}

/// Cuts a link, from either side; everything that was entered through it closes at once.
#[utoipa::path(
    delete,
    path = "/api/v1/me/links/{link}",
    operation_id = "cutLink",
    tag = "me",
    params(("link" = String, Path, description = "The link's id")),
    responses(
        (status = 204, description = "It is cut"),
        (status = 401, description = "No access token that counts", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "The token lacks scope `links`, or came through a link", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "There is no such link of the token's account", body = Problem, content_type = "application/problem+json")
    ),
    security(("access_token" = ["links"]))
)]
pub(in crate::web) async fn cut(State(app): State<Arc<App>>, Path(link): Path<String>, Call { asked, token, .. }: Call) -> Response {
    let cut = async {
        let account = actions::acting_account(&app, &token, "links").await?;
        let Ok(id) = link.parse::<LinkId>() else { return Ok(not_here(&app)) };
        // The token is for one account: links of the person's others are none of its business.
        let here = links::find(&app.store.db, &id).await?.is_some_and(|l| [l.from.account_id, l.to.account_id].contains(&account.id));
        let done_so = here && actions::cut_link(&app, &[account.identity_id], &id, &asked.origin, asked.now).await?;
        Ok::<_, Stop>(if done_so { done() } else { not_here(&app) })
    };
    answered(&app, &asked, cut.await)
}
