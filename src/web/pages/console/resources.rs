//! Resource servers: the APIs that access tokens are for.

use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;
use serde_json::{Value, json};

use super::{answered, lines, page, said, status_of};
use crate::actions::{self, AddResource, App, Refused, Stop};
use crate::protocol::SigningAlgorithm;
use crate::store::resources::{self, Resource};
use crate::types::DisplayText;
use crate::web::form::Form;
use crate::web::pages::not_found;
use crate::web::visit::Visit;
use crate::web::{error, paths};

pub(in crate::web) async fn show(State(app): State<Arc<App>>, visit: Visit) -> Response {
    answered!(&app, &visit, list(&app, &visit, None, json!({})))
}

async fn list(app: &App, visit: &Visit, trouble: Option<&str>, typed: Value) -> Result<Response, Stop> {
    let algorithms = |chosen: SigningAlgorithm| SigningAlgorithm::ALL.map(|a| json!({"value": a.as_str(), "chosen": a == chosen}));
    let all = resources::all(&app.store.db).await?;
    let values = json!({
        "resources": all.iter().map(|r| json!({
            "identifier": r.identifier, "name": r.name, "algorithms": algorithms(r.algorithm), "rows": r.scopes.len().max(2),
            "scopes": listed(&r.scopes), "permissions": listed(&r.permissions), "permission_rows": r.permissions.len().max(2),
        })).collect::<Vec<_>>(),
        "algorithms": algorithms(SigningAlgorithm::ES256),
        "own": app.config.api_resource(),
        "here": paths::CONSOLE_RESOURCES,
        "trouble": trouble,
        "typed": typed,
    });
    Ok(page(app, visit, paths::CONSOLE_RESOURCES, "console/resources.html", status_of(trouble), values))
}

/// Names with their words, as they are typed: one on each line.
fn listed(words: &[(String, String)]) -> String {
    words.iter().map(|(name, words)| format!("{name} = {words}")).collect::<Vec<_>>().join("\n")
}

/// What was typed: a scope or permission on each line, as `name = words`.
fn wish(form: &Form) -> Result<Resource, Refused> {
    let read = |line: &str| {
        let (name, words) = line.split_once('=').unwrap_or((line, line));
        Ok((name.trim().to_owned(), DisplayText::parse(words).map_err(|e| Refused(format!("{name}: {e}")))?.as_str().to_owned()))
    };
    let words = |field: &str| lines(form, field).into_iter().map(read).collect::<Result<Vec<_>, Refused>>();
    Ok(Resource {
        identifier: form.field("identifier").trim().to_owned(),
        name: DisplayText::parse(form.field("name")).map_err(|e| Refused(e.to_string()))?.as_str().to_owned(),
        algorithm: SigningAlgorithm::named(form.field("algorithm")).unwrap_or(SigningAlgorithm::ES256),
        scopes: words("scopes")?,
        permissions: words("permissions")?,
    })
}

pub(in crate::web) async fn submit(State(app): State<Arc<App>>, form: Form) -> Response {
    answered!(&app, &form.visit, submitted(&app, &form))
}

async fn submitted(app: &App, form: &Form) -> Result<Response, Stop> {
    let (visit, now) = (&form.visit, form.visit.now);
    let (result, what) = match form.field("do") {
        "delete" => (actions::delete_resource(app, form.field("identifier"), &visit.origin, now).await?, "removed"),
        "add" => match wish(form) {
            Ok(wish) => (actions::add_resource(app, AddResource(wish), &visit.origin, now).await?, "added"),
            Err(refused) => (Err(refused), ""),
        },
        "change" => match wish(form) {
            Ok(wish) => (actions::change_resource(app, &wish, &visit.origin, now).await?, "saved"),
            Err(refused) => (Err(refused), ""),
        },
        _ => return Ok(not_found(app, visit)),
    };
    match result {
        Ok(()) => Ok(said(visit, paths::CONSOLE_RESOURCES, what)),
        Err(refused) => {
            let typed = json!({"identifier": form.field("identifier"), "name": form.field("name"), "scopes": form.field("scopes"), "permissions": form.field("permissions")});
            list(app, visit, Some(&refused.0), typed).await
        }
    }
}
