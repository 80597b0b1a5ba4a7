//! The roles of a company, and the permissions that they bundle.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::response::Response;
use serde_json::{Value, json};

use super::{Entrance, Office, Room, entered};
use crate::actions::{self, App, ListedPermission, RoleAct, Stop};
use crate::store::roles;
use crate::types::DisplayText;
use crate::web::error;
use crate::web::form::Form;
use crate::web::pages::console::{answered, status_of};
use crate::web::pages::not_found;
use crate::web::visit::Visit;

pub(in crate::web) async fn show<D: Entrance>(State(app): State<Arc<App>>, Path(id): Path<String>, visit: Visit) -> Response {
    answered!(&app, &visit, shown::<D>(&app, &visit, &id))
}

async fn shown<D: Entrance>(app: &App, visit: &Visit, id: &str) -> Result<Response, Stop> {
    let office = entered!(D, app, visit, id, Room::Roles);
    page(app, &office, None, json!({})).await
}

/// The permissions to tick, each with whether it is.
fn ticks(listed: &[ListedPermission], ticked: &[String]) -> Vec<Value> {
    listed
        .iter()
        .map(|l| json!({"name": l.permission, "description": l.description, "of": l.declared_by, "own": actions::COMPANY_PERMISSIONS.contains(&l.permission.as_str()), "given": ticked.contains(&l.permission)}))
        .collect()
}

async fn page(app: &App, office: &Office, trouble: Option<String>, typed: Value) -> Result<Response, Stop> {
    let db = &app.store.db;
    let listed = actions::permissions_of_company(app, &office.company.id).await?;
    let holders = roles::holders(db, &office.company.id).await?;
    let typed_ticks: Vec<String> = typed["permissions"].as_array().into_iter().flatten().filter_map(|p| p.as_str().map(str::to_owned)).collect();
    let all: Vec<Value> = roles::of_company(db, &office.company.id)
        .await?
        .iter()
        .map(|r| {
            let held = holders.iter().find(|(name, _)| *name == r.name).map_or(0, |(_, n)| *n);
            json!({"name": r.name, "title": r.title, "holders": held, "permissions": ticks(&listed, &r.permissions), "bundles": r.permissions.len()})
        })
        .collect();
    let status = status_of(trouble.as_deref());
    let values = json!({"roles": all, "permissions": ticks(&listed, &typed_ticks), "trouble": trouble, "typed": typed});
    office.page(app, "pages/roles.html", status, values).await
}

pub(in crate::web) async fn submit<D: Entrance>(State(app): State<Arc<App>>, Path(id): Path<String>, form: Form) -> Response {
    answered!(&app, &form.visit, submitted::<D>(&app, &form, &id))
}

async fn submitted<D: Entrance>(app: &App, form: &Form, id: &str) -> Result<Response, Stop> {
    let office = entered!(D, app, &form.visit, id, Room::Roles);
    let ticked: Vec<String> =
        form.params.pairs().filter_map(|(name, value)| name.strip_prefix("permission:").filter(|_| value == "on").map(str::to_owned)).collect();
    let name = form.field("role").trim().to_owned();
    let typed = json!({"role": name, "title": form.field("title"), "permissions": ticked});
    let title = DisplayText::parse(Some(form.field("title")).filter(|t| !t.trim().is_empty()).unwrap_or(&name));
    let (act, what) = match (form.field("do"), title) {
        ("delete", _) => (RoleAct::Delete(name), "removed"),
        ("add" | "change", Err(_)) => return page(app, &office, Some("role-title".into()), typed).await,
        ("add", Ok(title)) => (RoleAct::Add(name, title, ticked), "added"),
        ("change", Ok(title)) => (RoleAct::Change(name, title, ticked), "saved"),
        _ => return Ok(not_found(app, &office.visit)),
    };
    match actions::act_on_role(app, &office.company.id, act, &office.visit.origin, office.visit.now).await? {
        Ok(()) => Ok(office.said(what)),
        Err(refused) => page(app, &office, Some(refused.to_string()), typed).await,
    }
}
