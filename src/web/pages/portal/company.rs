//! A company's settings, for who has full access there.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde_json::json;

use super::{behind, not_here};
use crate::actions::{self, App, CompanySettings, Stop};
use crate::domain::{AccountKind, Factor, FactorPolicy, Level, Method};
use crate::types::{DisplayText, Seconds};
use crate::web::form::Form;
use crate::web::page::{Page, render, see_other};
use crate::web::pages::account_card;
use crate::web::visit::Visit;
use crate::web::{error, paths};

pub(in crate::web) async fn show(State(app): State<Arc<App>>, Path(account): Path<String>, visit: Visit) -> Response {
    page(&app, &visit, &account, None).await.unwrap_or_else(|stop| error::stopped(&app, &visit, stop))
}

/// Ages that a company may choose, in seconds; nothing means as long as the session.
const AGES: [i64; 6] = [0, 900, 3600, 28_800, 86_400, 604_800];

/// Second factors that it may refuse: those that somebody could have.
fn refusable(app: &App) -> Vec<Method> {
    let factor = |m: Method| Factor::ALL.into_iter().find(|f| f.method() == m);
    Method::REFUSABLE.into_iter().filter(|m| factor(*m).is_none_or(|f| app.offers(f))).collect()
}

/// What was typed and cannot be kept.
struct Trouble {
    reason: &'static str,
    wish: CompanySettings,
}

async fn page(app: &App, visit: &Visit, account: &str, trouble: Option<Trouble>) -> Result<Response, Stop> {
    let (session, account) = behind!(app, visit, account);
    if !actions::may_change_settings(&account) {
        return Ok(not_here(app, visit));
    }
    let (reason, settings) = match trouble {
        Some(t) => (Some(t.reason), t.wish),
        None => (None, actions::company_settings(app, &account.company.id).await?),
    };
    // An age that was set elsewhere stays choosable.
    let own_age = settings.policy.max_age.as_ref().map(|m| &m.0).filter(|s| !AGES.contains(s));
    let values = json!({
        "account": account_card(&account),
        "kinds": AccountKind::ALL.iter().map(|k| json!({"name": k.as_str(), "allowed": settings.kinds.contains(k)})).collect::<Vec<_>>(),
        "forbids_links": settings.forbids_links,
        "manager_title": settings.manager_title.as_ref().map(DisplayText::as_str),
        "levels": Level::ALL.iter().map(|l| json!({"name": l.as_str(), "chosen": *l == settings.policy.level})).collect::<Vec<_>>(),
        "refusable": refusable(app).iter().map(|m| json!({"name": m.as_str(), "refused": settings.policy.refused.contains(m)})).collect::<Vec<_>>(),
        "ages": AGES.iter().chain(own_age).map(|s| json!({"seconds": s, "minutes": s / 60, "listed": AGES.contains(s), "chosen": settings.policy.max_age.map_or(0, |m| m.0) == *s})).collect::<Vec<_>>(),
        "remembered_devices": settings.policy.remembered_devices,
        "grace_days": settings.policy.grace.0 / 86400,
        "action": paths::portal(paths::PORTAL_COMPANY, account.id.as_str()),
        "back": paths::portal(paths::PORTAL_ACCOUNT, account.id.as_str()),
        "saved": visit.query.get("saved").is_some(),
        "trouble": reason,
    });
    let status = if reason.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let accounts = actions::switchable(app, &session).await?;
    Ok(render(app, visit, &Page { status, accounts: Some(accounts), ..Page::new("pages/company.html", values) }))
}

pub(in crate::web) async fn submit(State(app): State<Arc<App>>, Path(account): Path<String>, form: Form) -> Response {
    save(&app, &form, &account).await.unwrap_or_else(|stop| error::stopped(&app, &form.visit, stop))
}

async fn save(app: &App, form: &Form, path: &str) -> Result<Response, Stop> {
    let visit = &form.visit;
    let (_, account) = behind!(app, visit, path);
    if !actions::may_change_settings(&account) {
        return Ok(not_here(app, visit));
    }
    let kinds = AccountKind::ALL.into_iter().filter(|k| form.field(&format!("kind:{k}")) == "on").collect();
    let typed = form.field("manager_title").trim();
    let title = DisplayText::parse(typed).ok();
    // What the page does not offer, or does not send, stays as it was set elsewhere.
    let before = actions::company_settings(app, &account.company.id).await?.policy;
    let level = Some(form.field("level")).filter(|l| !l.is_empty()).map_or(Ok(before.level), str::parse);
    let offered = refusable(app);
    let ticked = offered.iter().copied().filter(|m| form.field(&format!("refuse:{}", m.as_str())) == "on");
    let policy = FactorPolicy {
        level: level.unwrap_or(before.level),
        refused: ticked.chain(before.refused.into_iter().filter(|m| !offered.contains(m))).collect(),
        remembered_devices: form.field("remembered_devices") == "on",
        max_age: form.field("max_age").parse().ok().filter(|s| *s > 0).map(Seconds),
        grace: Seconds(form.field("grace_days").trim().parse::<i64>().unwrap_or(0).clamp(-1, 1000) * 86400),
        ..FactorPolicy::default()
    };
    let wish = CompanySettings { policy, kinds, forbids_links: form.field("forbids_links") == "on", manager_title: title.clone() };
    if title.is_none() && !typed.is_empty() {
        return page(app, visit, path, Some(Trouble { reason: "manager_title", wish })).await;
    }
    if level.is_err() {
        return page(app, visit, path, Some(Trouble { reason: "policy", wish })).await;
    }
    match actions::change_company_settings(app, &account.company.id, Some(&account.identity_id), &wish, &visit.origin, visit.now).await? {
        Ok(()) => Ok(see_other(visit, &paths::with_query(&paths::portal(paths::PORTAL_COMPANY, account.id.as_str()), &[("saved", "yes")]))),
        Err(actions::SettingsRefused::NoKinds) => page(app, visit, path, Some(Trouble { reason: "kinds", wish })).await,
        Err(actions::SettingsRefused::Unmeetable) => page(app, visit, path, Some(Trouble { reason: "policy-unmeetable", wish })).await,
        Err(actions::SettingsRefused::Policy) => page(app, visit, path, Some(Trouble { reason: "policy", wish })).await,
    }
}
