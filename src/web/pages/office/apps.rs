//! The apps that are open to a company, and what each of them may ask for.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde_json::{Value, json};

use super::{Entrance, Room, entered};
use crate::actions::{App, Stop};
use crate::protocol::{Client, ClientCompanies, ConsentPolicy, GrantType, SCOPES_OF_IDENTITY};
use crate::store::clients;
use crate::store::resources::Resource;
use crate::web::error;
use crate::web::pages::console::answered;
use crate::web::visit::Visit;

/// At most so many are shown.
const APPS: i64 = 200;

pub(in crate::web) async fn show<D: Entrance>(State(app): State<Arc<App>>, Path(id): Path<String>, visit: Visit) -> Response {
    answered!(&app, &visit, shown::<D>(&app, &visit, &id))
}

async fn shown<D: Entrance>(app: &App, visit: &Visit, id: &str) -> Result<Response, Stop> {
    let office = entered!(D, app, visit, id, Room::Apps);
    let registry = app.registry().await?;
    let apis = registry.all();
    let apps = clients::open_to(&app.store.db, &office.company.id, APPS).await?;
    let values = json!({"apps": apps.iter().map(|c| card(c, &apis)).collect::<Vec<_>>()});
    office.page(app, "pages/apps.html", StatusCode::OK, values).await
}

fn card(client: &Client, apis: &[&Resource]) -> Value {
    let m = &client.metadata;
    // What it may ask of people, in the words of the consent page; scopes of nobody are left out.
    let own = SCOPES_OF_IDENTITY.iter().filter(|s| **s != "openid" && m.scope.contains(s));
    let of_apis: Vec<Value> = apis
        .iter()
        .flat_map(|api| api.scopes.iter().filter(|(scope, _)| m.scope.contains(scope)).map(|(_, words)| json!({"words": words, "api": api.name})))
        .collect();
    json!({
        "id": client.id.as_str(),
        "name": client.name.as_str(),
        "uri": m.client_uri.as_ref().map(|u| u.as_str()),
        "people": m.is_for_people(),
        "machine": m.allows(GrantType::ClientCredentials),
        "chosen": matches!(client.companies, ClientCompanies::Listed(_)),
        "asks": m.consent == ConsentPolicy::Ask,
        "scopes": own.collect::<Vec<_>>(),
        "of_apis": of_apis,
    })
}
