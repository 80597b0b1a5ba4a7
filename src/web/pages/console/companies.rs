//! Companies: the list, a new one, and one of them with its roles.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::response::Response;
use serde_json::{Value, json};

use super::{ROWS, answered, lines, next_page, page, said, status_of};
use crate::actions::{self, AddCompany, AddRole, App, Refused, Stop};
use crate::domain::CompanyView;
use crate::store::{companies, figures, roles};
use crate::types::{CompanyId, DisplayText, Seconds, Slug};
use crate::web::form::Form;
use crate::web::pages::not_found;
use crate::web::pages::{company_card, plot};
use crate::web::visit::Visit;
use crate::web::{error, paths};

pub(in crate::web) async fn show(State(app): State<Arc<App>>, visit: Visit) -> Response {
    answered!(&app, &visit, list(&app, &visit, None, json!({})))
}

async fn list(app: &App, visit: &Visit, trouble: Option<&str>, typed: Value) -> Result<Response, Stop> {
    let search = visit.query.get("q").map(str::trim).unwrap_or_default();
    let before: Option<CompanyId> = visit.query.get("before").and_then(|b| b.parse().ok());
    let mut found = companies::page(&app.store.db, Some(search), before.as_ref(), ROWS + 1).await?;
    let more = found.len() as i64 > ROWS;
    found.truncate(ROWS as usize);
    let next = found.last().filter(|_| more).map(|c| c.id.as_str());
    let values = json!({
        "companies": found.iter().map(card).collect::<Vec<_>>(),
        "next": next_page(paths::CONSOLE_COMPANIES, search, next),
        "search": search,
        "here": paths::CONSOLE_COMPANIES,
        "trouble": trouble,
        "typed": typed,
    });
    Ok(page(app, visit, paths::CONSOLE_COMPANIES, "console/companies.html", status_of(trouble), values))
}

fn card(company: &CompanyView) -> Value {
    let mut card = company_card(company);
    card["href"] = paths::portal(paths::CONSOLE_COMPANY, company.id.as_str()).into();
    card["closed"] = company.closed_at.is_some().into();
    card
}

/// What was typed of a company.
fn wish(form: &Form) -> Result<AddCompany, Refused> {
    let why = |e: &dyn std::fmt::Display| Refused(e.to_string());
    let region = form.field("region").trim();
    Ok(AddCompany {
        name: DisplayText::parse(form.field("name")).map_err(|e| why(&e))?,
        slug: Slug::parse(form.field("slug").trim()).map_err(|e| why(&e))?,
        region: if region.is_empty() { String::new() } else { DisplayText::parse(region).map_err(|e| why(&e))?.as_str().to_owned() },
        publicly_named: form.field("publicly_named") == "on",
        logo: None,
        owner: Some(form.field("owner").trim().to_owned()).filter(|o| !o.is_empty()),
    })
}

pub(in crate::web) async fn add(State(app): State<Arc<App>>, form: Form) -> Response {
    answered!(&app, &form.visit, added(&app, &form))
}

async fn added(app: &App, form: &Form) -> Result<Response, Stop> {
    let visit = &form.visit;
    let result = match wish(form) {
        Ok(wish) => actions::add_company(app, wish, &visit.origin, visit.now).await?,
        Err(refused) => Err(refused),
    };
    match result {
        Ok(id) => Ok(said(visit, &paths::portal(paths::CONSOLE_COMPANY, id.as_str()), "added")),
        Err(refused) => {
            let typed = json!({"name": form.field("name"), "slug": form.field("slug"), "region": form.field("region"), "owner": form.field("owner"), "publicly_named": form.field("publicly_named") == "on"});
            list(app, visit, Some(&refused.0), typed).await
        }
    }
}

pub(in crate::web) async fn one(State(app): State<Arc<App>>, Path(id): Path<String>, visit: Visit) -> Response {
    answered!(&app, &visit, company(&app, &visit, &id, None))
}

async fn company(app: &App, visit: &Visit, id: &str, trouble: Option<&str>) -> Result<Response, Stop> {
    let db = &app.store.db;
    let Some(company) = companies::named(db, id).await? else { return Ok(not_found(app, visit)) };
    let today = visit.now.seconds().div_euclid(Seconds::days(1).0);
    let counts = figures::by_day(db, Some(&company.id), "authorization.granted authorization.refused account.added", today - plot::DAYS + 1).await?;
    let here = paths::portal(paths::CONSOLE_COMPANY, company.id.as_str());
    let mut card = card(&company);
    card["publicly_named"] = company.publicly_named.into();
    let values = json!({
        "company": card,
        "kinds": companies::accounts_by_kind(db, &company.id).await?.iter().map(|(kind, n)| json!({"kind": kind, "n": n})).collect::<Vec<_>>(),
        "roles": roles::of_company(db, &company.id).await?.iter().map(|r| json!({"name": r.name, "title": r.title, "permissions": r.permissions.join("\n"), "rows": r.permissions.len().max(2)})).collect::<Vec<_>>(),
        "plots": [plot::bars("entries", &["authorization.granted"], &counts, today), plot::bars("refusals", &["authorization.refused"], &counts, today), plot::bars("accounts", &["account.added"], &counts, today)],
        "settings": paths::portal(paths::CONSOLE_COMPANY_SETTINGS, company.id.as_str()),
        "branding": paths::portal(paths::CONSOLE_COMPANY_BRANDING, company.id.as_str()),
        "log": paths::with_query(paths::CONSOLE_LOG, &[("company", company.id.as_str())]),
        "back": paths::CONSOLE_COMPANIES,
        "here": here,
        "act": paths::portal(paths::CONSOLE_COMPANY_ACT, company.id.as_str()),
        "trouble": trouble,
    });
    Ok(page(app, visit, paths::CONSOLE_COMPANIES, "console/company.html", status_of(trouble), values))
}

pub(in crate::web) async fn change(State(app): State<Arc<App>>, Path(id): Path<String>, form: Form) -> Response {
    answered!(&app, &form.visit, changed(&app, &form, &id))
}

async fn changed(app: &App, form: &Form, id: &str) -> Result<Response, Stop> {
    let visit = &form.visit;
    let Some(found) = companies::named(&app.store.db, id).await? else { return Ok(not_found(app, visit)) };
    let result = match wish(form) {
        Ok(wish) => actions::change_company(app, &found.id, wish, &visit.origin, visit.now).await?,
        Err(refused) => Err(refused),
    };
    match result {
        Ok(()) => Ok(said(visit, &paths::portal(paths::CONSOLE_COMPANY, found.id.as_str()), "saved")),
        Err(refused) => company(app, visit, id, Some(&refused.0)).await,
    }
}

pub(in crate::web) async fn act(State(app): State<Arc<App>>, Path(id): Path<String>, form: Form) -> Response {
    answered!(&app, &form.visit, acted(&app, &form, &id))
}

async fn acted(app: &App, form: &Form, id: &str) -> Result<Response, Stop> {
    let (visit, now) = (&form.visit, form.visit.now);
    let Some(found) = companies::named(&app.store.db, id).await? else { return Ok(not_found(app, visit)) };
    let origin = &visit.origin;
    let role = |name: String| -> Result<AddRole, Refused> {
        let title = Some(form.field("title").trim()).filter(|t| !t.is_empty()).unwrap_or(&name);
        let title = DisplayText::parse(title).map_err(|e| Refused(e.to_string()))?;
        Ok(AddRole { company: found.id.to_string(), title, permissions: lines(form, "permissions").into_iter().map(str::to_owned).collect(), name })
    };
    let name = form.field("role").trim().to_owned();
    let (result, what) = match form.field("do") {
        "suspend" => (Ok(actions::suspend_company(app, &found.id, true, origin, now).await?), "suspended"),
        "resume" => (Ok(actions::suspend_company(app, &found.id, false, origin, now).await?), "resumed"),
        "role-add" => match role(name) {
            Ok(wish) => (actions::add_role(app, &wish, origin, now).await?.map(drop), "added"),
            Err(refused) => (Err(refused), ""),
        },
        "role-change" => match role(name) {
            Ok(wish) => (actions::change_role_itself(app, &wish, origin, now).await?, "saved"),
            Err(refused) => (Err(refused), ""),
        },
        "role-delete" => (actions::delete_role(app, &found.id, &name, origin, now).await?, "removed"),
        _ => return Ok(not_found(app, visit)),
    };
    match result {
        Ok(()) => Ok(said(visit, &paths::portal(paths::CONSOLE_COMPANY, found.id.as_str()), what)),
        Err(refused) => company(app, visit, id, Some(&refused.0)).await,
    }
}
