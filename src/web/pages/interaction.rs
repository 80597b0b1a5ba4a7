//! The dispatcher: looks at what is stored, asks `flow::next_step`, and shows or does what it names.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;

use super::{consent, factor, refused, select_account, sign_in};
use crate::actions::{self, App, Stop};
use crate::flow::Step;
use crate::protocol::{AuthorizationRequest, Client, Display};
use crate::store::interactions::{self, Interaction, Purpose};
use crate::store::sessions::BrowserSession;
use crate::types::InteractionId;
use crate::web::endpoints::authorize::respond;
use crate::web::page::see_other;
use crate::web::visit::Visit;
use crate::web::{error, paths};

/// An interaction of this very browser that is still open.
pub(super) struct Open {
    pub interaction: Interaction,
    pub session: BrowserSession,
}

/// Why an interaction cannot go on here.
pub(super) enum Closed {
    /// Show this page.
    Page(Box<Response>),
    Stop(Stop),
}

impl From<Stop> for Closed {
    fn from(stop: Stop) -> Self {
        Closed::Stop(stop)
    }
}

fn closed(app: &App, visit: &Visit, status: StatusCode, key: &str, link: Option<(&str, &str)>) -> Closed {
    Closed::Page(Box::new(error::page(app, visit, status, key, link)))
}

/// Where a person can begin again: the app's own page, if it registered one.
async fn back_to_app(app: &App, purpose: &Purpose) -> Result<Option<(String, String)>, Stop> {
    let Purpose::Authorize(request) = purpose else { return Ok(Some((paths::SIGN_IN.to_owned(), String::new()))) };
    if request.is_for_device() {
        return Ok(Some((paths::DEVICE.to_owned(), String::new())));
    }
    let client = app.client(&request.client_id).await?;
    Ok(client.and_then(|c| c.client.metadata.client_uri.as_ref().map(|u| (u.as_str().to_owned(), c.client.name.as_str().to_owned()))))
}

/// Finds the interaction and checks that it is this browser's (threats.md T33); an unbound one is bound now.
pub(super) async fn open(app: &App, visit: &mut Visit, id: &str, may_bind: bool) -> Result<Open, Closed> {
    let unknown = |visit: &Visit| closed(app, visit, StatusCode::NOT_FOUND, "error-interaction-unknown", None);
    let Ok(id) = id.parse::<InteractionId>() else { return Err(unknown(visit)) };
    let Some(interaction) = interactions::find(&app.store.db, &id).await.map_err(Stop::from)? else { return Err(unknown(visit)) };
    if let Purpose::Authorize(request) = &interaction.purpose {
        visit.prefer(request.ui_locales.as_deref());
        visit.popup = request.display == Display::Popup;
    }
    let for_device = matches!(&interaction.purpose, Purpose::Authorize(request) if request.is_for_device());
    let back = back_to_app(app, &interaction.purpose).await?;
    let back = back.as_ref().map(|(href, name)| (href.as_str(), name.as_str()));
    let mine = match (&interaction.browser_session_id, &visit.session) {
        (Some(bound), Some(session)) => *bound == session.id,
        (Some(_), None) => false,
        // A device's is bound by its user code and nothing else (RFC 8628 section 3.3).
        (None, _) if may_bind && !for_device => {
            let session = visit.open_session(app).await?;
            let mut tx = app.store.begin().await.map_err(Stop::from)?;
            let bound = interactions::bind(&mut tx, &id, &session.id).await.map_err(Stop::from)?;
            tx.commit().await.map_err(Stop::from)?;
            bound
        }
        (None, _) => false,
    };
    if !mine {
        return Err(closed(app, visit, StatusCode::FORBIDDEN, "error-interaction-elsewhere", back));
    }
    if for_device && interaction.finished_at.is_some() {
        let granted = actions::granted_to_device(app, &interaction.id).await?;
        return Err(Closed::Page(Box::new(super::device::ended(app, visit, &interaction.purpose, granted.as_ref()).await?)));
    }
    if interaction.finished_at.is_some() {
        return Err(closed(app, visit, StatusCode::GONE, "error-interaction-finished", back));
    }
    if interaction.expires_at <= visit.now {
        return Err(closed(app, visit, StatusCode::GONE, "error-interaction-expired", back));
    }
    let session = visit.open_session(app).await?;
    Ok(Open { interaction, session })
}

/// GET of an interaction: whatever comes next.
pub(in crate::web) async fn show(State(app): State<Arc<App>>, Path(id): Path<String>, mut visit: Visit) -> Response {
    let opened = open(&app, &mut visit, &id, true).await;
    let result = match opened {
        Ok(open) => dispatch(&app, &visit, &open).await,
        Err(Closed::Page(page)) => return *page,
        Err(Closed::Stop(stop)) => Err(stop),
    };
    result.unwrap_or_else(|stop| error::stopped(&app, &visit, stop))
}

async fn dispatch(app: &App, visit: &Visit, open: &Open) -> Result<Response, Stop> {
    let request = match &open.interaction.purpose {
        purpose @ (Purpose::Home | Purpose::Portal(_) | Purpose::Again { .. }) => {
            if let Some(step) = actions::decide_portal(app, purpose, &open.session, &open.interaction.progress, visit.now) {
                return factor_step(app, visit, open, None, step).await;
            }
            let mut tx = app.store.begin().await?;
            interactions::finish(&mut tx, &open.interaction.id, visit.now).await?;
            tx.commit().await?;
            let there = match purpose {
                Purpose::Portal(path) | Purpose::Again { path, .. } => path,
                _ => paths::HOME,
            };
            return Ok(see_other(visit, there));
        }
        Purpose::Authorize(request) => request,
    };
    match actions::decide(app, request, Some(&open.session), &open.interaction.progress, visit.now).await? {
        Step::Answer(approved) => {
            let answer = actions::answer(app, &open.interaction, request, &approved, &open.session, &visit.origin, visit.now).await?;
            Ok(answer.map_or_else(|| over(app, visit), |a| respond(app, visit, &a)))
        }
        Step::Fail(failure) => {
            let answer = actions::abandon(app, &open.interaction, request, &failure, Some(&open.session), &visit.origin, visit.now).await?;
            Ok(answer.map_or_else(|| over(app, visit), |a| respond(app, visit, &a)))
        }
        step @ (Step::SignIn { .. } | Step::SecondFactor { .. } | Step::Enroll { .. }) => factor_step(app, visit, open, Some(request), step).await,
        Step::SelectAccount => select_account::show(app, visit, open, request).await,
        Step::Refused { reason, may_choose } => refused::show(app, visit, open, request, reason, may_choose).await,
        Step::Consent(approved) => consent::show(app, visit, open, request, &approved).await,
    }
}

/// The pages on which somebody shows who they are.
async fn factor_step(app: &App, visit: &Visit, open: &Open, request: Option<&AuthorizationRequest>, step: Step) -> Result<Response, Stop> {
    match step {
        Step::SignIn { expected, adding } => sign_in::show(app, visit, open, request, expected.as_ref(), adding).await,
        Step::SecondFactor { identity, factors, recovery, may_skip } => {
            factor::show(app, visit, open, request, &factor::Asked { who: &identity, factors: &factors, recovery, may_skip }).await
        }
        Step::Enroll { identity, factors, until, may_skip } => factor::show_enroll(app, visit, open, request, &identity, &factors, until, may_skip).await,
        other => Err(anyhow::anyhow!("{other:?} is no page of a sign-in").into()),
    }
}

fn over(app: &App, visit: &Visit) -> Response {
    error::page(app, visit, StatusCode::GONE, "error-interaction-finished", None)
}

/// What pages print of the asking app.
pub(super) async fn client_card(app: &App, request: Option<&AuthorizationRequest>) -> Result<Option<serde_json::Value>, Stop> {
    let Some(request) = request else { return Ok(None) };
    let Some(client) = app.client(&request.client_id).await? else { return Ok(None) };
    let Client { name, metadata, .. } = &client.client;
    let uri = |u: &Option<crate::types::RedirectUri>| u.as_ref().map(|u| u.as_str().to_owned());
    let answered_at = request.answer_to.redirect_uri().map(|u| u.uri().host().unwrap_or(u.uri().as_str()));
    Ok(Some(
        serde_json::json!({"name": name.as_str(), "uri": uri(&metadata.client_uri), "policy_uri": uri(&metadata.policy_uri), "tos_uri": uri(&metadata.tos_uri), "untrusted": client.client.untrusted, "host": answered_at}),
    ))
}

/// The source that forms of an interaction may lead to (decisions.md 2).
pub(super) fn leads_to(request: Option<&AuthorizationRequest>) -> Option<String> {
    Some(request?.answer_to.redirect_uri()?.uri().csp_source())
}

/// Saves what a page learned and goes back to the dispatcher; an interaction that was answered meanwhile says so there.
pub(super) async fn save_and_return(app: &App, visit: &Visit, open: &Open, progress: &crate::flow::Progress) -> Result<Response, Stop> {
    let mut tx = app.store.begin().await?;
    interactions::save(&mut tx, &open.interaction.id, progress).await?;
    tx.commit().await?;
    Ok(see_other(visit, &paths::interaction(&open.interaction.id)))
}

/// Runs a form's handler on its open interaction.
macro_rules! with_open {
    ($app:expr, $form:expr, $id:expr, |$open:ident| $body:expr) => {{
        let result = match super::interaction::open($app, &mut $form.visit, $id, false).await {
            Ok($open) => $body.await,
            Err(super::interaction::Closed::Page(page)) => return *page,
            Err(super::interaction::Closed::Stop(stop)) => Err(stop),
        };
        result.unwrap_or_else(|stop| crate::web::error::stopped($app, &$form.visit, stop))
    }};
}
pub(super) use with_open;
