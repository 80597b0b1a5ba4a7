//! A company's settings: the kinds of accounts it takes, links, and what it asks of whoever enters.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde_json::json;

use super::{Entrance, Office, Room, entered};
use crate::actions::{self, App, CompanySettings, Stop};
use crate::domain::{AccountKind, Factor, FactorPolicy, Level, Method};
use crate::types::{DisplayText, Seconds};
use crate::web::error;
use crate::web::form::Form;
use crate::web::pages::console::answered;
use crate::web::visit::Visit;

pub(in crate::web) async fn show<D: Entrance>(State(app): State<Arc<App>>, Path(id): Path<String>, visit: Visit) -> Response {
    answered!(&app, &visit, shown::<D>(&app, &visit, &id))
}

async fn shown<D: Entrance>(app: &App, visit: &Visit, id: &str) -> Result<Response, Stop> {
    let office = entered!(D, app, visit, id, Room::Settings);
    page(app, &office, None).await
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

async fn page(app: &App, office: &Office, trouble: Option<Trouble>) -> Result<Response, Stop> {
    let (reason, settings) = match trouble {
        Some(t) => (Some(t.reason), t.wish),
        None => (None, actions::company_settings(app, &office.company.id).await?),
    };
    // An age that was set elsewhere stays choosable.
    let own_age = settings.policy.max_age.as_ref().map(|m| &m.0).filter(|s| !AGES.contains(s));
    let values = json!({
        "kinds": AccountKind::ALL.iter().map(|k| json!({"name": k.as_str(), "allowed": settings.kinds.contains(k)})).collect::<Vec<_>>(),
        "forbids_links": settings.forbids_links,
        "manager_title": settings.manager_title.as_ref().map(DisplayText::as_str),
        "levels": Level::ALL.iter().map(|l| json!({"name": l.as_str(), "chosen": *l == settings.policy.level})).collect::<Vec<_>>(),
        "refusable": refusable(app).iter().map(|m| json!({"name": m.as_str(), "refused": settings.policy.refused.contains(m)})).collect::<Vec<_>>(),
        "ages": AGES.iter().chain(own_age).map(|s| json!({"seconds": s, "minutes": s / 60, "listed": AGES.contains(s), "chosen": settings.policy.max_age.map_or(0, |m| m.0) == *s})).collect::<Vec<_>>(),
        "remembered_devices": settings.policy.remembered_devices,
        "grace_days": settings.policy.grace.0 / 86400,
        "trouble": reason,
    });
    let status = if reason.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    office.page(app, "pages/company.html", status, values).await
}

pub(in crate::web) async fn submit<D: Entrance>(State(app): State<Arc<App>>, Path(id): Path<String>, form: Form) -> Response {
    answered!(&app, &form.visit, save::<D>(&app, &form, &id))
}

async fn save<D: Entrance>(app: &App, form: &Form, id: &str) -> Result<Response, Stop> {
    let office = entered!(D, app, &form.visit, id, Room::Settings);
    let company = office.company.id.clone();
    let kinds = AccountKind::ALL.into_iter().filter(|k| form.field(&format!("kind:{k}")) == "on").collect();
    let typed = form.field("manager_title").trim();
    let title = DisplayText::parse(typed).ok();
    // What the page does not offer, or does not send, stays as it was set elsewhere.
    let before = actions::company_settings(app, &company).await?.policy;
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
        return page(app, &office, Some(Trouble { reason: "manager_title", wish })).await;
    }
    if level.is_err() {
        return page(app, &office, Some(Trouble { reason: "policy", wish })).await;
    }
    match actions::change_company_settings(app, &company, &wish, &office.visit.origin, office.visit.now).await? {
        Ok(()) => Ok(office.said("saved")),
        Err(actions::SettingsRefused::NoKinds) => page(app, &office, Some(Trouble { reason: "kinds", wish })).await,
        Err(actions::SettingsRefused::Unmeetable) => page(app, &office, Some(Trouble { reason: "policy-unmeetable", wish })).await,
        Err(actions::SettingsRefused::Policy) => page(app, &office, Some(Trouble { reason: "policy", wish })).await,
    }
}
