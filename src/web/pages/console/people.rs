//! People: found by name, address or id, and what an operator may do for one of them.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::response::Response;
use serde_json::{Value, json};

use super::{ROWS, answered, next_page, page, said, status_of};
use crate::actions::{self, AddPerson, App, Refused, Stop};
use crate::store::identities::Found;
use crate::types::{DisplayText, EmailAddress, IdentityId, Locale};
use crate::web::form::Form;
use crate::web::pages::not_found;
use crate::web::pages::{account_card, date};
use crate::web::visit::Visit;
use crate::web::{error, paths};

pub(in crate::web) async fn show(State(app): State<Arc<App>>, visit: Visit) -> Response {
    answered!(&app, &visit, list(&app, &visit, None, json!({})))
}

async fn list(app: &App, visit: &Visit, trouble: Option<&str>, typed: Value) -> Result<Response, Stop> {
    let search = visit.query.get("q").map(str::trim).unwrap_or_default();
    let before: Option<IdentityId> = visit.query.get("before").and_then(|b| b.parse().ok());
    let (found, next) = actions::find_people(app, search, before.as_ref(), ROWS).await?;
    let values = json!({
        "people": found.iter().map(card).collect::<Vec<_>>(),
        "next": next_page(paths::CONSOLE_PEOPLE, search, next.as_ref().map(IdentityId::as_str)),
        "search": search,
        "here": paths::CONSOLE_PEOPLE,
        "locales": Locale::ALL.iter().map(|l| json!({"tag": l.tag(), "name": l.own_name(), "here": *l == visit.locale})).collect::<Vec<_>>(),
        "trouble": trouble,
        "typed": typed,
    });
    Ok(page(app, visit, paths::CONSOLE_PEOPLE, "console/people.html", status_of(trouble), values))
}

/// What the console shows of a person: no secret, and nothing that would become one.
fn card(person: &Found) -> Value {
    let name: Vec<&str> = [&person.given_name, &person.family_name].into_iter().filter_map(|n| n.as_deref()).collect();
    let state = match person {
        Found { absorbed_into: Some(_), .. } => "absorbed",
        Found { ended_at: Some(_), .. } => "closed",
        Found { disabled_at: Some(_), .. } => "disabled",
        Found { closes_at: Some(_), .. } => "closing",
        Found { has_password: false, .. } => "waiting",
        _ => "open",
    };
    json!({
        "href": paths::portal(paths::CONSOLE_PERSON, &person.id), "id": person.id, "name": name.join(" "), "username": person.username, "email": person.email,
        "verified": person.email_verified_at.is_some(), "since": date(person.created_at), "state": state,
        "absorbed_into": person.absorbed_into.as_ref().map(|id| paths::portal(paths::CONSOLE_PERSON, id)),
    })
}

pub(in crate::web) async fn add(State(app): State<Arc<App>>, form: Form) -> Response {
    answered!(&app, &form.visit, added(&app, &form))
}

async fn added(app: &App, form: &Form) -> Result<Response, Stop> {
    let visit = &form.visit;
    let text = |name: &str| Some(form.field(name).trim()).filter(|t| !t.is_empty()).map(DisplayText::parse).transpose();
    let wish = || -> Result<AddPerson, Refused> {
        let why = |e: &dyn std::fmt::Display| Refused(e.to_string());
        Ok(AddPerson {
            email: Some(EmailAddress::parse(form.field("email").trim()).map_err(|e| why(&e))?),
            given_name: text("given_name").map_err(|e| why(&e))?,
            family_name: text("family_name").map_err(|e| why(&e))?,
            locale: Locale::from_tag(form.field("locale")),
            ..AddPerson::default()
        })
    };
    let result = match wish() {
        Ok(wish) => actions::add_person(app, wish, |token| app.config.url(&paths::activate(token)), &visit.origin, visit.now).await?,
        Err(refused) => Err(refused),
    };
    match result {
        Ok(id) => Ok(said(visit, &paths::portal(paths::CONSOLE_PERSON, id.as_str()), "mailed")),
        Err(refused) => {
            let typed = json!({"email": form.field("email"), "given_name": form.field("given_name"), "family_name": form.field("family_name")});
            list(app, visit, Some(&refused.0), typed).await
        }
    }
}

pub(in crate::web) async fn one(State(app): State<Arc<App>>, Path(id): Path<String>, visit: Visit) -> Response {
    answered!(&app, &visit, person(&app, &visit, &id, None))
}

async fn person(app: &App, visit: &Visit, id: &str, trouble: Option<&str>) -> Result<Response, Stop> {
    let Ok(id) = id.parse::<IdentityId>() else { return Ok(not_found(app, visit)) };
    let Some(view) = actions::support_view(app, &id).await? else { return Ok(not_found(app, visit)) };
    let (browsers, apps, activity) = actions::security_of(app, &id, visit.now).await?;
    let values = json!({
        "person": card(&view.person),
        "operator": view.is_operator,
        "self": visit.origin.person.as_ref() == Some(&id),
        "accounts": view.accounts.iter().map(|a| {
            let mut card = account_card(a);
            card["href"] = paths::portal(paths::CONSOLE_COMPANY, a.company.id.as_str()).into();
            card
        }).collect::<Vec<_>>(),
        "factors": view.factors.iter().map(|(kind, name)| json!({"kind": kind, "name": name})).collect::<Vec<_>>(),
        "browsers": browsers.iter().map(|b| json!({"device": b.device, "address": b.address, "seen": date(b.last_seen_at.seconds())})).collect::<Vec<_>>(),
        "apps": apps.iter().map(|a| a.name.as_str()).collect::<Vec<_>>().join(", "),
        "activity": activity.iter().map(|a| json!({"kind": a.kind.replace(['.', '_'], "-"), "at": date(a.at), "address": a.address})).collect::<Vec<_>>(),
        "log": paths::with_query(paths::CONSOLE_LOG, &[("person", id.as_str())]),
        "act": paths::portal(paths::CONSOLE_PERSON_ACT, id.as_str()),
        "back": paths::CONSOLE_PEOPLE,
        "reset_days": app.config.factors_reset_days,
        "trouble": trouble,
    });
    Ok(page(app, visit, paths::CONSOLE_PEOPLE, "console/person.html", status_of(trouble), values))
}

pub(in crate::web) async fn act(State(app): State<Arc<App>>, Path(id): Path<String>, form: Form) -> Response {
    answered!(&app, &form.visit, acted(&app, &form, &id))
}

async fn acted(app: &App, form: &Form, id: &str) -> Result<Response, Stop> {
    let visit = &form.visit;
    let Ok(who) = id.parse::<IdentityId>() else { return Ok(not_found(app, visit)) };
    let (origin, now) = (&visit.origin, visit.now);
    let (result, what) = match form.field("do") {
        "disable" => (actions::switch_person(app, &who, true, origin, now).await?, "disabled"),
        "enable" => (actions::switch_person(app, &who, false, origin, now).await?, "enabled"),
        "sign-out" => (actions::end_sessions(app, &who, origin, now).await?, "signed-out"),
        "password" => (actions::mail_way_back(app, &who, origin, now).await?, "mailed"),
        "factors" => (actions::begin_factor_reset(app, who.as_str(), origin, now).await?.map(drop), "mailed"),
        "operator" => (actions::make_operator(app, &who, origin, now).await?.map(drop), "added"),
        _ => return Ok(not_found(app, visit)),
    };
    match result {
        Ok(()) => Ok(said(visit, &paths::portal(paths::CONSOLE_PERSON, who.as_str()), what)),
        Err(refused) => person(app, visit, id, Some(&refused.0)).await,
    }
}
