//! A second factor inside an interaction: showing one, and being led to register one.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde_json::json;

use super::interaction::{Open, client_card, leads_to, with_open};
use super::sign_in::{passkey_form, shown};
use crate::actions::{self, App, FactorRefused, Sendable, Shown, Stop};
use crate::domain::{Factor, Method};
use crate::flow::Step;
use crate::protocol::{AuthorizationRequest, ErrorCode, ProtocolFailure, Reason};
use crate::store::interactions::Purpose;
use crate::store::{identities, recovery_codes};
use crate::types::{IdentityId, Timestamp};
use crate::web::endpoints::authorize::respond;
use crate::web::form::Form;
use crate::web::page::{Page, render, see_other};
use crate::web::visit::Visit;
use crate::web::{cookie, paths};

pub(super) async fn show(app: &App, visit: &Visit, open: &Open, request: Option<&AuthorizationRequest>, asked: &Asked<'_>) -> Result<Response, Stop> {
    page(app, visit, open, request, asked, None).await
}

/// What the page asks.
pub(super) struct Asked<'a> {
    pub who: &'a IdentityId,
    pub factors: &'a [Factor],
    pub recovery: bool,
    pub may_skip: bool,
}

async fn page(
    app: &App,
    visit: &Visit,
    open: &Open,
    request: Option<&AuthorizationRequest>,
    asked: &Asked<'_>,
    trouble: Option<&str>,
) -> Result<Response, Stop> {
    let person = identities::find(&app.store.db, asked.who).await?;
    let has = |f: Factor| asked.factors.contains(&f);
    let action = paths::interaction_form(paths::INTERACTION_FACTOR, &open.interaction.id);
    let (left, _) = recovery_codes::left(&app.store.db, asked.who).await?;
    let values = json!({
        "client": client_card(app, request).await?,
        "label": person.as_ref().map(|p| p.sign_in_label()),
        "passkey": if has(Factor::Passkey) {
            passkey_form(actions::ask_for_passkey(app, &open.session, Some(asked.who), visit.now).await?, action.clone())
        } else {
            serde_json::Value::Null
        },
        "totp": has(Factor::Totp),
        "recovery": asked.recovery && left > 0,
        "sent": sent_values(&actions::sendable(app, &open.session, asked.who, asked.factors, visit.now).await?),
        "half": open.interaction.progress.pending.is_some(),
        "may_skip": asked.may_skip,
        "sign_out": if open.interaction.progress.pending.is_some() { None } else { way_out(request, asked.who) },
        "remember_days": if open.interaction.progress.pending.is_some() { app.config.factors_remembered_days } else { 0 },
        "action": action,
        "trouble": trouble,
    });
    let status = if trouble.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let leads_to = leads_to(request);
    Ok(render(app, visit, &Page { status, leads_to: leads_to.as_deref(), ..Page::new("pages/factor.html", values) }))
}

#[allow(clippy::too_many_arguments)]
pub(super) async fn show_enroll(
    app: &App,
    visit: &Visit,
    open: &Open,
    request: Option<&AuthorizationRequest>,
    who: &IdentityId,
    factors: &[Factor],
    until: Option<Timestamp>,
    may_skip: bool,
) -> Result<Response, Stop> {
    let id = &open.interaction.id;
    let go = |path: &str| paths::with_query(&paths::portal(path, who.as_str()), &[("go", id.as_str())]);
    let offered = |factor: Factor, path: &str| (factors.contains(&factor) && app.offers(factor)).then(|| go(path));
    let label = open.session.signed_in.iter().find(|s| s.identity_id == *who).map(|s| s.label.clone());
    let values = json!({
        "client": client_card(app, request).await?,
        "label": label,
        "passkey": offered(Factor::Passkey, paths::SECURITY_PASSKEY),
        "totp": offered(Factor::Totp, paths::SECURITY_TOTP),
        "text": offered(Factor::Text, paths::SECURITY_TEXT_CODES),
        "mail": offered(Factor::Mail, paths::SECURITY_MAIL_CODES),
        "until": until.map(|t| super::date(t.seconds())),
        "may_skip": may_skip || until.is_some(),
        "sign_out": way_out(request, who),
        "action": paths::interaction_form(paths::INTERACTION_FACTOR, id),
    });
    let leads_to = leads_to(request);
    Ok(render(app, visit, &Page { leads_to: leads_to.as_deref(), ..Page::new("pages/enroll.html", values) }))
}

/// Every kind of code that is sent.
pub(super) const SENT: [Factor; 2] = [Factor::Text, Factor::Mail];

/// The codes that can be sent, as pages show them.
pub(super) fn sent_values(all: &[Sendable]) -> serde_json::Value {
    let ways: Vec<_> = all.iter().map(|s| json!({"kind": s.factor.as_str(), "target": s.target, "sent": s.sent})).collect();
    json!(ways)
}

/// The kind of code that a form asks for.
pub(super) fn to_send(form: &Form) -> Option<Factor> {
    form.field("do").strip_prefix("send-")?.parse().ok()
}

/// In the portal, where no app waits: whoever cannot show it may leave.
fn way_out(request: Option<&AuthorizationRequest>, who: &IdentityId) -> Option<serde_json::Value> {
    request.is_none().then(|| json!({"action": paths::SIGN_OUT, "identity": who.as_str()}))
}

/// Back to the app, which is told that the person did not show what was asked for.
async fn cancel(app: &App, visit: &Visit, open: &Open, request: Option<&AuthorizationRequest>) -> Result<Response, Stop> {
    let Some(request) = request else { return Ok(see_other(visit, paths::HOME)) };
    // OpenID Connect Core 5.5.1.1: without an essential acr the authentication has failed.
    let code = if request.claims.essential_acr().is_some() { ErrorCode::UnmetAuthenticationRequirements } else { ErrorCode::AccessDenied };
    let failure = ProtocolFailure::because(code, Reason::StepUpRequired, "the person did not show the factors that are asked for");
    let answer = actions::abandon(app, &open.interaction, request, &failure, Some(&open.session), &visit.origin, visit.now).await?;
    Ok(answer.map_or_else(|| see_other(visit, &paths::interaction(&open.interaction.id)), |a| respond(app, visit, &a)))
}

/// The form.
pub(in crate::web) async fn submit(State(app): State<Arc<App>>, Path(id): Path<String>, mut form: Form) -> Response {
    with_open!(&app, form, &id, |open| answer(&app, &form, open))
}

async fn answer(app: &App, form: &Form, open: Open) -> Result<Response, Stop> {
    let visit = &form.visit;
    let back = || see_other(visit, &paths::interaction(&open.interaction.id));
    let (progress, session) = (&open.interaction.progress, &open.session);
    // What is asked is decided anew: a form says nothing about it.
    let (request, step) = match &open.interaction.purpose {
        Purpose::Authorize(request) => (Some(request.as_ref()), Some(actions::decide(app, request, Some(session), progress, visit.now).await?)),
        purpose => (None, actions::decide_portal(app, purpose, session, progress, visit.now)),
    };
    match (step, form.field("do")) {
        (Some(Step::SecondFactor { .. }), "somebody-else") if progress.pending.is_some() => {
            actions::forget_pending(app, &open.interaction).await?;
            Ok(back())
        }
        (Some(Step::SecondFactor { .. } | Step::Enroll { .. }), "cancel") if request.is_some() && progress.pending.is_none() => {
            cancel(app, visit, &open, request).await
        }
        (Some(Step::SecondFactor { identity, may_skip: true, .. }), "skip") => {
            actions::put_off_factor(app, &open.interaction, &identity).await?;
            Ok(back())
        }
        (Some(Step::Enroll { identity, until, may_skip, .. }), "skip") if may_skip || until.is_some() => {
            actions::put_off_factor(app, &open.interaction, &identity).await?;
            Ok(back())
        }
        (Some(Step::SecondFactor { identity, factors, recovery, may_skip }), _) => {
            let asked = Asked { who: &identity, factors: &factors, recovery, may_skip };
            if let Some(factor) = to_send(form).filter(|f| factors.contains(f)) {
                return Ok(match actions::send_factor_code(app, session, &identity, factor, &visit.origin, visit.now).await? {
                    Ok(()) => back(),
                    Err(refused) => page(app, visit, &open, request, &asked, Some(&format!("mobile-{refused}"))).await?,
                });
            }
            let shown = shown(form);
            if matches!(shown, Shown::Code("")) {
                return page(app, visit, &open, request, &asked, Some("factor-wrong")).await;
            }
            match actions::show_factor(
                app,
                &open.interaction,
                session,
                &identity,
                |m| recovery && m == Method::RecoveryCode || factors.iter().any(|f| f.method() == m),
                shown,
                form.field("remember") == "on",
                &visit.origin,
                visit.now,
            )
            .await?
            {
                Ok(token) => {
                    let mut visit = visit.clone();
                    visit.set_cookies.extend(cookie::signed_in(&app.config, &token));
                    Ok(see_other(&visit, &paths::interaction(&open.interaction.id)))
                }
                Err(FactorRefused::Over) => {
                    actions::forget_pending(app, &open.interaction).await?;
                    Ok(back())
                }
                Err(refused) => page(app, visit, &open, request, &asked, Some(&refused.to_string())).await,
            }
        }
        _ => Ok(back()),
    }
}
