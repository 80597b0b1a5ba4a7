//! Invitations: those of a token's person, and those of a company. They are accepted on our own pages, signed in as who is meant.

use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::call::{self, Call, answered, done, member, not_here, refused};
use super::me_accounts::Problem;
use crate::actions::{self, App, InviteWish, Origin, Stop};
use crate::domain::{Invitation, InvitationKind};
use crate::protocol::ProtocolFailure;
use crate::store::invitations;
use crate::types::{IdentityId, InvitationId, Locale, Timestamp};
use crate::web::paths;

/// An invitation that waits.
#[derive(Serialize, ToSchema)]
pub(in crate::web) struct InvitationItem {
    /// Its id, `inv_...`.
    invitation_id: String,
    /// consolidation, link or account.
    kind: String,
    /// `sent` or `received`.
    direction: String,
    /// What was typed to say who is meant; on those received, absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    to: Option<String>,
    /// The company that invites.
    #[serde(skip_serializing_if = "Option::is_none")]
    org_id: Option<String>,
    /// The kind of account that is offered.
    #[serde(skip_serializing_if = "Option::is_none")]
    account_kind: Option<String>,
    /// The names of roles that are offered.
    roles: Vec<String>,
    /// Single permissions that are offered.
    permissions: Vec<String>,
    /// Seconds since 1970.
    sent_at: i64,
    /// Seconds since 1970.
    expires_at: i64,
    /// Where it is accepted or declined.
    page: String,
}

/// Invitations that wait.
#[derive(Serialize, ToSchema)]
pub(in crate::web) struct InvitationList {
    /// The newest first, a hundred at most.
    invitations: Vec<InvitationItem>,
}

/// Whom to ask for what.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::web) struct AskBody {
    /// `consolidation`: their accounts become the asker's. `link`: the token's account may enter one of theirs.
    kind: String,
    /// A username or an address.
    name: String,
}

/// Whom to invite into the company.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::web) struct InviteBody {
    /// A username or an address.
    name: String,
    /// owner, member, manager or delegate.
    kind: String,
    /// Roles, by name.
    #[serde(default)]
    roles: Vec<String>,
    /// Single permissions.
    #[serde(default)]
    permissions: Vec<String>,
    /// When a delegate's access ends, in seconds since 1970.
    access_expires_at: Option<i64>,
    /// The language of the mail when nobody is known yet: en or fr.
    locale: Option<String>,
    /// In whose name the mail is sent: an account that manages the people of the company. A person sends in their own; for a service it is the
    /// oldest account with full access when left out.
    inviter: Option<String>,
}

/// What was made.
#[derive(Serialize, ToSchema)]
pub(in crate::web) struct InvitationMade {
    /// Its id. Asking the same again sends the same invitation again.
    invitation_id: String,
}

const ROWS: i64 = 100;

fn item(app: &App, v: &Invitation, sent: bool) -> InvitationItem {
    let (org_id, account_kind, roles, permissions) = match &v.kind {
        InvitationKind::Account { company, kind, roles, permissions, .. } => {
            (Some(company.to_string()), Some(kind.to_string()), roles.clone(), permissions.clone())
        }
        _ => (None, None, Vec::new(), Vec::new()),
    };
    InvitationItem {
        invitation_id: v.id.to_string(),
        kind: v.kind.as_str().to_owned(),
        direction: if sent { "sent" } else { "received" }.to_owned(),
        to: sent.then(|| v.named.clone()),
        org_id,
        account_kind,
        roles,
        permissions,
        sent_at: v.sent_at.seconds(),
        expires_at: v.expires_at.seconds(),
        page: app.config.url(&paths::portal(paths::INVITATION, v.id.as_str())),
    }
}

/// Whether it is between people. What companies offer stays on our pages: an app of one company learns nothing of another.
fn is_personal(v: &Invitation) -> bool {
    !matches!(v.kind, InvitationKind::Account { .. })
}

fn made(id: &InvitationId) -> Response {
    (StatusCode::CREATED, Json(InvitationMade { invitation_id: id.to_string() })).into_response()
}

/// Lists what the token's person was asked by others, and what was asked from the token's account; not what companies offer.
#[utoipa::path(
    get,
    path = "/api/v1/me/invitations",
    operation_id = "listMyInvitations",
    tag = "me",
    responses(
        (status = 200, description = "Invitations that wait", body = InvitationList),
        (status = 401, description = "No access token that counts", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "The token lacks scope `links`, or came through a link", body = Problem, content_type = "application/problem+json")
    ),
    security(("access_token" = ["links"]))
)]
pub(in crate::web) async fn mine(State(app): State<Arc<App>>, Call { asked, token, .. }: Call) -> Response {
    let listed = async {
        let account = actions::acting_account(&app, &token, "links").await?;
        let received = invitations::to_identity(&app.store.db, &account.identity_id, ROWS, asked.now).await?;
        let sent = invitations::of_identity(&app.store.db, &account.identity_id, ROWS, asked.now).await?;
        let mut all: Vec<_> = received.iter().filter(|v| is_personal(v)).map(|v| item(&app, v, false)).collect();
        all.extend(sent.iter().filter(|v| v.inviter_account == account.id).map(|v| item(&app, v, true)));
        Ok::<_, Stop>(Json(InvitationList { invitations: all }).into_response())
    };
    answered(&app, &asked, listed.await)
}

/// Asks somebody, by mail, to let their accounts become the asker's or to let the token's account enter one of theirs.
#[utoipa::path(
    post,
    path = "/api/v1/me/invitations",
    operation_id = "askSomebody",
    tag = "me",
    request_body = AskBody,
    responses(
        (status = 201, description = "The mail is on its way", body = InvitationMade),
        (status = 400, description = "The body is wrong", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "No access token that counts", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "The token lacks scope `links`, or came through a link", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "Refused; `type` names the reason", body = Problem, content_type = "application/problem+json"),
        (status = 429, description = "Too many were asked lately", body = Problem, content_type = "application/problem+json")
    ),
    security(("access_token" = ["links"]))
)]
pub(in crate::web) async fn ask(State(app): State<Arc<App>>, Call { asked, headers, token }: Call, bytes: Bytes) -> Response {
    let sent = async {
        let account = actions::acting_account(&app, &token, "links").await?;
        let wish: AskBody = call::body(&headers, &bytes)?;
        let kind = match wish.kind.as_str() {
            "consolidation" => InvitationKind::Consolidation,
            "link" => InvitationKind::Link,
            _ => return Err(ProtocolFailure::invalid_request("kind is consolidation or link").into()),
        };
        let result = actions::ask(&app, &account, kind, &wish.name, &asked.origin, asked.now).await?;
        Ok::<_, Stop>(result.map_or_else(|r| refused(&app, &r.to_string()), |id| made(&id)))
    };
    answered(&app, &asked, sent.await)
}

/// Which call an act on one invitation came by.
enum Act {
    End,
    Resend,
}

async fn act(app: &App, origin: &Origin, now: Timestamp, people: &[IdentityId], id: &str, act: Act) -> Result<Response, Stop> {
    let Ok(id) = id.parse::<InvitationId>() else { return Ok(not_here(app)) };
    let url = |token: &str| app.config.url(&paths::activate(token));
    let acted = match act {
        Act::End => actions::end_invitation(app, people, &id, origin, now).await?,
        Act::Resend => actions::resend_invitation(app, people, &id, url, now).await?,
    };
    Ok(if acted { done() } else { not_here(app) })
}

async fn on_mine(app: &App, Call { asked, token, .. }: &Call, id: &str, which: Act) -> Response {
    let acted = async {
        let account = actions::acting_account(app, token, "links").await?;
        let found = match id.parse() {
            Ok(id) => invitations::find(&app.store.db, &id).await?,
            Err(_) => None,
        };
        // Sent from the token's account, or received: not what the person's other accounts sent, nor what companies offer.
        let here = found.is_some_and(|v| is_personal(&v) && (v.inviter != account.identity_id || v.inviter_account == account.id));
        if here { act(app, &asked.origin, asked.now, &[account.identity_id], id, which).await } else { Ok(not_here(app)) }
    };
    answered(app, asked, acted.await)
}

/// Cancels an invitation that the token's person sent, or declines one that they got.
#[utoipa::path(
    delete,
    path = "/api/v1/me/invitations/{invitation}",
    operation_id = "endMyInvitation",
    tag = "me",
    params(("invitation" = String, Path, description = "The invitation's id")),
    responses(
        (status = 204, description = "It is over"),
        (status = 401, description = "No access token that counts", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "The token lacks scope `links`, or came through a link", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "No such invitation of the token's person waits", body = Problem, content_type = "application/problem+json")
    ),
    security(("access_token" = ["links"]))
)]
pub(in crate::web) async fn end_mine(State(app): State<Arc<App>>, Path(id): Path<String>, call: Call) -> Response {
    on_mine(&app, &call, &id, Act::End).await
}

/// Sends an invitation again; the link mailed before opens nothing any more.
#[utoipa::path(
    post,
    path = "/api/v1/me/invitations/{invitation}/resend",
    operation_id = "resendMyInvitation",
    tag = "me",
    params(("invitation" = String, Path, description = "The invitation's id")),
    responses(
        (status = 204, description = "The mail is on its way"),
        (status = 401, description = "No access token that counts", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "The token lacks scope `links`, or came through a link", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "No such invitation of the token's person waits, or too many mails were sent lately", body = Problem, content_type = "application/problem+json")
    ),
    security(("access_token" = ["links"]))
)]
pub(in crate::web) async fn resend_mine(State(app): State<Arc<App>>, Path(id): Path<String>, call: Call) -> Response {
    on_mine(&app, &call, &id, Act::Resend).await
}

/// Lists the invitations into a company that wait.
#[utoipa::path(
    get,
    path = "/api/v1/organizations/{org}/invitations",
    operation_id = "listInvitations",
    tag = "people",
    params(("org" = String, Path, description = "The company's id or slug")),
    responses(
        (status = 200, description = "Invitations that wait", body = InvitationList),
        (status = 401, description = "No access token that counts", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "The token lacks scope `people`, or manages no people of this company", body = Problem, content_type = "application/problem+json")
    ),
    security(("access_token" = ["people"]))
)]
pub(in crate::web) async fn of_company(State(app): State<Arc<App>>, Path(org): Path<String>, Call { asked, token, .. }: Call) -> Response {
    let listed = async {
        let (desk, _) = actions::acting_desk(&app, &token, &org, &asked.origin, asked.now).await?;
        let found = invitations::of_company(&app.store.db, &desk.company.id, ROWS, asked.now).await?;
        Ok::<_, Stop>(Json(InvitationList { invitations: found.iter().map(|v| item(&app, v, true)).collect() }).into_response())
    };
    answered(&app, &asked, listed.await)
}

/// Invites somebody into a company. The answer is the same whether the address is known or not.
#[utoipa::path(
    post,
    path = "/api/v1/organizations/{org}/invitations",
    operation_id = "inviteSomebody",
    tag = "people",
    params(("org" = String, Path, description = "The company's id or slug")),
    request_body = InviteBody,
    responses(
        (status = 201, description = "The mail is on its way", body = InvitationMade),
        (status = 400, description = "The body is wrong", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "No access token that counts", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "The token lacks scope `people`, or manages no people of this company", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "Refused; `type` names the reason", body = Problem, content_type = "application/problem+json"),
        (status = 429, description = "Too many were asked lately", body = Problem, content_type = "application/problem+json")
    ),
    security(("access_token" = ["people"]))
)]
pub(in crate::web) async fn invite(State(app): State<Arc<App>>, Path(org): Path<String>, Call { asked, headers, token }: Call, bytes: Bytes) -> Response {
    let sent = async {
        let (desk, origin) = actions::acting_desk(&app, &token, &org, &asked.origin, asked.now).await?;
        let b: InviteBody = call::body(&headers, &bytes)?;
        let inviter = b.inviter.map(|id| member("inviter", id.parse())).transpose()?;
        let Some(desk) = actions::inviting_desk(&app, desk, inviter.as_ref()).await? else {
            return Ok(call::because(&app, "refused", "inviter: an account that manages the people of this company is needed"));
        };
        let until = b.access_expires_at.map(Timestamp::from_seconds);
        if until.is_some_and(|t| t <= asked.now) {
            return Ok(refused(&app, "invalid-date"));
        }
        let locale = match b.locale.as_deref() {
            None => Locale::default(),
            Some(tag) => Locale::from_tag(tag).ok_or_else(|| ProtocolFailure::invalid_request("locale is en or fr"))?,
        };
        let wish =
            InviteWish { name: b.name, kind: member("kind", b.kind.parse())?, roles: b.roles, permissions: b.permissions, access_expires_at: until, locale };
        let url = |token: &str| app.config.url(&paths::activate(token));
        let result = actions::invite_user(&app, &desk, wish, url, &origin, asked.now).await?;
        Ok::<_, Stop>(result.map_or_else(|r| refused(&app, &r.to_string()), |id| made(&id)))
    };
    answered(&app, &asked, sent.await)
}

async fn on_companys(app: &App, Call { asked, token, .. }: &Call, org: &str, id: &str, which: Act) -> Response {
    let acted = async {
        let (desk, origin) = actions::acting_desk(app, token, org, &asked.origin, asked.now).await?;
        // One of this company, whoever of it sent it.
        let found = match id.parse() {
            Ok(id) => invitations::find(&app.store.db, &id).await?,
            Err(_) => None,
        };
        let ours = found.filter(|v| matches!(&v.kind, InvitationKind::Account { company, .. } if *company == desk.company.id));
        let Some(invitation) = ours else { return Ok(not_here(app)) };
        // A person acts in their own name; who reaches the whole company, in the name of whoever sent it.
        let people = [desk.person().cloned().unwrap_or(invitation.inviter)];
        act(app, &origin, asked.now, &people, id, which).await
    };
    answered(app, asked, acted.await)
}

/// Revokes an invitation into a company.
#[utoipa::path(
    delete,
    path = "/api/v1/organizations/{org}/invitations/{invitation}",
    operation_id = "revokeInvitation",
    tag = "people",
    params(("org" = String, Path, description = "The company's id or slug"), ("invitation" = String, Path, description = "The invitation's id")),
    responses(
        (status = 204, description = "It is over"),
        (status = 401, description = "No access token that counts", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "The token lacks scope `people`, or manages no people of this company", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "No such invitation of this company waits", body = Problem, content_type = "application/problem+json")
    ),
    security(("access_token" = ["people"]))
)]
pub(in crate::web) async fn revoke(State(app): State<Arc<App>>, Path((org, id)): Path<(String, String)>, call: Call) -> Response {
    on_companys(&app, &call, &org, &id, Act::End).await
}

/// Sends an invitation into a company again, by who sent it.
#[utoipa::path(
    post,
    path = "/api/v1/organizations/{org}/invitations/{invitation}/resend",
    operation_id = "resendInvitation",
    tag = "people",
    params(("org" = String, Path, description = "The company's id or slug"), ("invitation" = String, Path, description = "The invitation's id")),
    responses(
        (status = 204, description = "The mail is on its way"),
        (status = 401, description = "No access token that counts", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "The token lacks scope `people`, or manages no people of this company", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "No such invitation waits that the token's person sent, or too many mails were sent lately", body = Problem, content_type = "application/problem+json")
    ),
    security(("access_token" = ["people"]))
)]
pub(in crate::web) async fn resend(State(app): State<Arc<App>>, Path((org, id)): Path<(String, String)>, call: Call) -> Response {
    on_companys(&app, &call, &org, &id, Act::Resend).await
}
