//! Clients that register themselves: who may, and the initial access tokens that let them.

use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;
use serde_json::{Value, json};

use super::{answered, page, said, status_of};
use crate::actions::{self, App, Refused, Stop};
use crate::config::Registration;
use crate::types::{DisplayText, Secret};
use crate::web::form::Form;
use crate::web::pages::{date, not_found};
use crate::web::visit::Visit;
use crate::web::{error, paths};

pub(in crate::web) async fn show(State(app): State<Arc<App>>, visit: Visit) -> Response {
    answered!(&app, &visit, list(&app, &visit, None, None, json!({})))
}

async fn list(app: &App, visit: &Visit, trouble: Option<&str>, token: Option<&Secret>, typed: Value) -> Result<Response, Stop> {
    let mode = match app.config.registration {
        Registration::Off => "off",
        Registration::Token => "token",
        Registration::Open => "open",
    };
    let tokens = actions::registration_tokens(app, visit.now).await?;
    let values = json!({
        "mode": mode,
        "endpoint": app.config.url(paths::REGISTER),
        "scope": app.config.registration_scope.to_string(),
        "unused_days": app.config.registration_unused_days,
        "tokens": tokens.iter().map(|t| json!({"id": t.id.as_str(), "name": t.name, "until": date(t.expires_at.seconds()), "uses": t.uses_left})).collect::<Vec<_>>(),
        "token": token.map(|t| t.expose()),
        "here": paths::CONSOLE_REGISTRATION,
        "back": paths::CONSOLE_CLIENTS,
        "trouble": trouble,
        "typed": typed,
    });
    Ok(page(app, visit, paths::CONSOLE_CLIENTS, "console/registration.html", status_of(trouble), values))
}

pub(in crate::web) async fn submit(State(app): State<Arc<App>>, form: Form) -> Response {
    answered!(&app, &form.visit, submitted(&app, &form))
}

async fn submitted(app: &App, form: &Form) -> Result<Response, Stop> {
    let (visit, now) = (&form.visit, form.visit.now);
    match form.field("do") {
        "end" => {
            let Ok(id) = form.field("token").parse() else { return Ok(not_found(app, visit)) };
            actions::end_registration_token(app, &id, &visit.origin, now).await?;
            Ok(said(visit, paths::CONSOLE_REGISTRATION, "removed"))
        }
        "add" => {
            let number = |name: &str| form.field(name).trim().parse::<i64>().map_err(|_| Refused(format!("{name}: must be a number")));
            let wish = || {
                let uses = if form.field("uses").trim().is_empty() { None } else { Some(number("uses")?) };
                let name = DisplayText::parse(form.field("name")).map_err(|e| Refused(format!("name: {e}")))?;
                Ok((name, number("days")?, uses))
            };
            let made = match wish() {
                Ok((name, days, uses)) => actions::add_registration_token(app, name, days, uses, &visit.origin, now).await?,
                Err(refused) => Err(refused),
            };
            match made {
                Ok((_, token)) => list(app, visit, None, Some(&token), json!({})).await,
                Err(refused) => {
                    let typed = json!({"name": form.field("name"), "days": form.field("days"), "uses": form.field("uses")});
                    list(app, visit, Some(&refused.0), None, typed).await
                }
            }
        }
        _ => Ok(not_found(app, visit)),
    }
}
