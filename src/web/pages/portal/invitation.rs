//! Invitations: the mailed link, the page that says plainly what accepting means, and the answer. GET never acts.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde_json::{Value, json};

use crate::actions::{self, App, Stop};
use crate::domain::{Factor, Identity, Invitation, InvitationKind, InvitationRefused, masked};
use crate::store::interactions::Purpose;
use crate::store::sessions::BrowserSession;
use crate::store::{accounts, consolidations, identities, invitations};
use crate::types::IdentityId;
use crate::web::form::Form;
use crate::web::page::{Page, render, see_other};
use crate::web::pages::not_found;
use crate::web::pages::{account_card, company_card, date};
use crate::web::visit::Visit;
use crate::web::{error, paths};

/// The mailed link: its token leaves the URL, and nothing else happens (threats.md T27).
pub(in crate::web) async fn open(State(app): State<Arc<App>>, Path(token): Path<String>, mut visit: Visit) -> Response {
    visit.path = paths::HOME.to_owned();
    match actions::invitation_of(&app, &token).await {
        Ok(Some(invitation)) => see_other(&visit, &paths::portal(paths::INVITATION, invitation.id.as_str())),
        Ok(None) => error::page(&app, &visit, StatusCode::GONE, "error-link", Some((paths::HOME, ""))),
        Err(stop) => error::stopped(&app, &visit, stop),
    }
}

/// What pages print of an invitation.
pub(in crate::web::pages) async fn card(app: &App, invitation: &Invitation) -> Result<Value, Stop> {
    let inviter = identities::find(&app.store.db, &invitation.inviter).await?;
    let account = accounts::find(&app.store.db, &invitation.inviter_account).await?;
    let company = actions::invitation_company(app, invitation).await?;
    let (kind, permissions) = match &invitation.kind {
        InvitationKind::Account { kind, permissions, .. } => (Some(kind.as_str()), permissions.clone()),
        _ => (None, Vec::new()),
    };
    Ok(json!({
        "id": invitation.id.as_str(),
        "href": paths::portal(paths::INVITATION, invitation.id.as_str()),
        "kind": invitation.kind.as_str(),
        "account_kind": kind,
        "permissions": permissions.join(", "),
        "who": inviter.as_ref().map(Identity::display_name).unwrap_or_default(),
        "address": inviter.as_ref().and_then(|i| i.email.clone()),
        "from": account.map(|a| a.company.name),
        "company": company.as_ref().map(company_card),
        "to": invitation.named,
        "sent": date(invitation.sent_at.seconds()),
        "expires": date(invitation.expires_at.seconds()),
    }))
}

pub(in crate::web) async fn show(State(app): State<Arc<App>>, Path(id): Path<String>, visit: Visit) -> Response {
    page(&app, &visit, &id, None).await.unwrap_or_else(|stop| error::stopped(&app, &visit, stop))
}

/// What stands between a visitor and the answer.
enum Standing {
    /// Nobody who is meant is signed in.
    Elsewhere,
    /// The person who is meant, signed in too long ago.
    Stale(IdentityId),
    /// The person who is meant.
    Here(IdentityId),
}

async fn standing(app: &App, session: Option<&BrowserSession>, invitation: &Invitation, now: crate::types::Timestamp) -> Result<Standing, Stop> {
    let Some(session) = session else { return Ok(Standing::Elsewhere) };
    Ok(match actions::meant_here(app, &session.people(), invitation).await? {
        None => Standing::Elsewhere,
        Some(who) if actions::is_fresh(session, &who, now) => Standing::Here(who),
        Some(who) => Standing::Stale(who),
    })
}

async fn page(app: &App, visit: &Visit, id: &str, refused: Option<InvitationRefused>) -> Result<Response, Stop> {
    let Ok(id) = id.parse() else { return Ok(not_found(app, visit)) };
    let Some(invitation) = invitations::find(&app.store.db, &id).await? else { return Ok(not_found(app, visit)) };
    let standing = match (standing(app, visit.session.as_ref(), &invitation, visit.now).await?, &invitation.kind) {
        (Standing::Stale(who), InvitationKind::Account { .. }) => Standing::Here(who),
        (other, _) => other,
    };
    let mut refused = refused.or_else(|| invitation.check(visit.now).err());
    let who = match &standing {
        Standing::Here(who) | Standing::Stale(who) => identities::find(&app.store.db, who).await?,
        Standing::Elsewhere => None,
    };
    let mut both = None;
    let mut moves = Vec::new();
    let mut count = 0;
    if let (Some(who), InvitationKind::Consolidation, None) = (&who, &invitation.kind, refused) {
        both = consolidations::common_company_now(&app.store.db, &invitation.inviter, &who.id).await?;
        count = accounts::count(&app.store.db, &who.id, 1000).await?;
        moves = accounts::page(&app.store.db, &who.id, &accounts::Filter::default(), SHOWN).await?;
        if both.is_some() {
            refused = Some(InvitationRefused::BothSides);
        }
    }
    let mut own = Vec::new();
    if let (Some(who), InvitationKind::Link) = (&who, &invitation.kind) {
        own = accounts::page(&app.store.db, &who.id, &accounts::Filter::default(), 50).await?;
    }
    // Whoever is not meant sees neither who asks nor what for.
    let card = if who.is_some() { Some(card(app, &invitation).await?) } else { None };
    let values = json!({
        "invitation": card,
        "kind": invitation.kind.as_str(),
        "refused": refused.map(|r| r.to_string()),
        "both": both,
        "standing": match &standing { Standing::Elsewhere => "elsewhere", Standing::Stale(_) => "stale", Standing::Here(_) => "here" },
        "meant": if who.is_some() { invitation.email.clone() } else { masked(&invitation.email) },
        "who": who.as_ref().map(|w| w.sign_in_label().to_owned()),
        "people": visit.session.iter().flat_map(|s| &s.signed_in).map(|s| s.label.as_str()).collect::<Vec<_>>(),
        "moves": moves.iter().map(account_card).collect::<Vec<_>>(),
        "count": count,
        "more": count - moves.len() as i64,
        "own": own.iter().map(account_card).collect::<Vec<_>>(),
        "along": match (&who, &invitation.kind, &visit.session) {
            (Some(who), InvitationKind::Consolidation, Some(session)) => actions::movable(session, &who.id).iter().map(|f| f.as_str()).collect(),
            _ => Vec::new(),
        },
        "accept": paths::portal(paths::INVITATION_ACCEPT, id.as_str()),
        "decline": paths::portal(paths::INVITATION_END, id.as_str()),
        "sign_in": paths::portal(paths::INVITATION_SIGN_IN, id.as_str()),
    });
    let status = match refused {
        Some(InvitationRefused::Used | InvitationRefused::Expired | InvitationRefused::Revoked) => StatusCode::GONE,
        Some(_) => StatusCode::UNPROCESSABLE_ENTITY,
        None => StatusCode::OK,
    };
    Ok(render(app, visit, &Page { status, ..Page::new("pages/invitation.html", values) }))
}

/// Accounts that the acceptance page lists before "and more".
const SHOWN: i64 = 12;

/// Signing in as whom the invitation means: an interaction that comes back here. Nothing is consumed (threats.md T28).
pub(in crate::web) async fn sign_in(State(app): State<Arc<App>>, Path(id): Path<String>, visit: Visit) -> Response {
    begin(&app, visit, &id).await
}

async fn begin(app: &App, mut visit: Visit, id: &str) -> Response {
    let Ok(id) = id.parse::<crate::types::InvitationId>() else { return not_found(app, &visit) };
    let there = paths::portal(paths::INVITATION, id.as_str());
    let started = async {
        let session = visit.open_session(app).await?;
        let meant = match invitations::find(&app.store.db, &id).await? {
            Some(invitation) => actions::meant_here(app, &session.people(), &invitation).await?,
            None => None,
        };
        let purpose = match &meant {
            Some(who) => actions::fresh_sign_in_for(&session, who, there, visit.now),
            None => Purpose::Portal(there),
        };
        actions::begin_interaction(app, Some(&session.id), purpose, visit.now).await
    };
    match started.await {
        Ok(interaction) => see_other(&visit, &paths::interaction(&interaction)),
        Err(stop) => error::stopped(app, &visit, stop),
    }
}

/// Accepts.
pub(in crate::web) async fn accept(State(app): State<Arc<App>>, Path(id): Path<String>, form: Form) -> Response {
    accepted(&app, &form, &id).await.unwrap_or_else(|stop| error::stopped(&app, &form.visit, stop))
}

async fn accepted(app: &App, form: &Form, id: &str) -> Result<Response, Stop> {
    let visit = &form.visit;
    let (Some(session), Ok(parsed)) = (&visit.session, id.parse()) else { return page(app, visit, id, None).await };
    let Some(invitation) = invitations::find(&app.store.db, &parsed).await? else { return Ok(not_found(app, visit)) };
    let standing = standing(app, Some(session), &invitation, visit.now).await?;
    // A place in a company takes nothing away from anybody: being signed in is enough.
    let enough = matches!((&standing, &invitation.kind), (Standing::Here(_), _) | (Standing::Stale(_), InvitationKind::Account { .. }));
    if !enough {
        return page(app, visit, id, None).await;
    }
    let along: Vec<Factor> = Factor::ALL.into_iter().filter(|f| form.field(&format!("along:{}", f.as_str())) == "on").collect();
    match &invitation.kind {
        InvitationKind::Consolidation => match actions::accept_consolidation(app, session, &parsed, &along, &visit.origin, visit.now).await? {
            Ok(primary) => {
                let values = json!({"label": primary.sign_in_label(), "sign_in": paths::SIGN_IN, "text": "consolidated"});
                Ok(render(app, visit, &Page::new("pages/done.html", values)))
            }
            Err(refused) => page(app, visit, id, Some(refused)).await,
        },
        InvitationKind::Link => {
            let Ok(account) = form.field("account").parse() else { return page(app, visit, id, None).await };
            match actions::grant_link(app, session, &parsed, &account, &visit.origin, visit.now).await? {
                Ok(()) => Ok(see_other(visit, paths::HOME)),
                Err(refused) => page(app, visit, id, Some(refused)).await,
            }
        }
        InvitationKind::Account { .. } => match actions::join_company(app, session, &parsed, &visit.origin, visit.now).await? {
            Ok(account) => Ok(see_other(visit, &paths::portal(paths::PORTAL_ACCOUNT, account.as_str()))),
            Err(refused) => page(app, visit, id, Some(refused)).await,
        },
    }
}

/// Declines, or cancels one's own.
pub(in crate::web) async fn end(State(app): State<Arc<App>>, Path(id): Path<String>, form: Form) -> Response {
    let visit = &form.visit;
    let ended = async {
        if let (Some(session), Ok(id)) = (&visit.session, id.parse()) {
            actions::end_invitation(&app, &session.people(), &id, &visit.origin, visit.now).await?;
        }
        Ok::<_, Stop>(())
    };
    match ended.await {
        Ok(()) => see_other(visit, paths::HOME),
        Err(stop) => error::stopped(&app, visit, stop),
    }
}

/// Sends one's own again.
pub(in crate::web) async fn resend(State(app): State<Arc<App>>, Path(id): Path<String>, form: Form) -> Response {
    let visit = &form.visit;
    let sent = async {
        if let (Some(session), Ok(id)) = (&visit.session, id.parse()) {
            let url = |token: &str| app.config.url(&paths::activate(token));
            actions::resend_invitation(&app, &session.people(), &id, url, visit.now).await?;
        }
        Ok::<_, Stop>(())
    };
    match sent.await {
        Ok(()) => see_other(visit, paths::HOME),
        Err(stop) => error::stopped(&app, visit, stop),
    }
}
