//! Webhooks: who is told of what happens, and what they were told.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::response::Response;
use serde_json::{Value, json};

use super::{ROWS, answered, not_here, page, said, status_of, taken};
use crate::actions::{self, ApiReach, App, Refused, Stop, WEBHOOK_EVENTS, WebhookWish};
use crate::store::companies;
use crate::store::webhooks::Webhook;
use crate::types::{CompanyId, RowId, Secret};
use crate::web::form::Form;
use crate::web::pages::moment;
use crate::web::visit::Visit;
use crate::web::{error, paths};

pub(in crate::web) async fn show(State(app): State<Arc<App>>, visit: Visit) -> Response {
    answered!(&app, &visit, list(&app, &visit, None, json!({})))
}

/// Groups of events, and which of them are chosen.
fn groups(chosen: &str, of_company: bool) -> Vec<Value> {
    let all = |kinds: &str| kinds.split(' ').all(|kind| chosen.split(' ').any(|c| c == kind));
    WEBHOOK_EVENTS
        .iter()
        .filter(|(_, companies, _)| *companies || !of_company)
        .map(|(name, companies, kinds)| json!({"name": name, "kinds": kinds, "chosen": all(kinds), "provider": !companies}))
        .collect()
}

async fn company_name(app: &App, company: Option<&CompanyId>) -> Result<Option<String>, Stop> {
    Ok(match company {
        Some(id) => companies::named(&app.store.db, id.as_str()).await?.map(|c| c.name),
        None => None,
    })
}

async fn list(app: &App, visit: &Visit, trouble: Option<&str>, typed: Value) -> Result<Response, Stop> {
    let mut hooks = Vec::new();
    for hook in actions::webhooks_of(app, &ApiReach::All).await? {
        hooks.push(json!({"href": paths::portal(paths::CONSOLE_WEBHOOK, hook.id.as_str()), "url": hook.url, "company": company_name(app, hook.company.as_ref()).await?, "disabled": hook.disabled}));
    }
    let values = json!({"webhooks": hooks, "groups": groups("", false), "here": paths::CONSOLE_WEBHOOKS, "trouble": trouble, "typed": typed});
    Ok(page(app, visit, paths::CONSOLE_WEBHOOKS, "console/webhooks.html", status_of(trouble), values))
}

/// The kinds of the groups that are ticked.
fn ticked(form: &Form) -> Vec<String> {
    let chosen = WEBHOOK_EVENTS.iter().filter(|(name, _, _)| form.field(&format!("group:{name}")) == "on");
    chosen.flat_map(|(_, _, kinds)| kinds.split(' ')).map(str::to_owned).collect()
}

pub(in crate::web) async fn add(State(app): State<Arc<App>>, form: Form) -> Response {
    taken!(&app, &form, added(&app, &form))
}

async fn added(app: &App, form: &Form) -> Result<Response, Stop> {
    let visit = &form.visit;
    let typed = json!({"url": form.field("url"), "company": form.field("company")});
    let company = match form.field("company").trim() {
        "" => None,
        name => match companies::named(&app.store.db, name).await? {
            Some(company) => Some(company.id),
            None => return list(app, visit, Some("company: there is none of that name"), typed).await,
        },
    };
    let mut events = ticked(form);
    if company.is_some() {
        let known = actions::webhook_kinds(true);
        events.retain(|e| known.contains(&e.as_str()));
    }
    let wish = WebhookWish { company, url: form.field("url").trim().to_owned(), events, disabled: false };
    match actions::add_webhook(app, &wish, &visit.origin, visit.now).await? {
        Ok((id, secret)) => one_page(app, visit, id.as_str(), None, Some(&secret)).await,
        Err(refused) => list(app, visit, Some(&refused.0), typed).await,
    }
}

pub(in crate::web) async fn one(State(app): State<Arc<App>>, Path(id): Path<String>, visit: Visit) -> Response {
    answered!(&app, &visit, one_page(&app, &visit, &id, None, None))
}

async fn found(app: &App, id: &str) -> Result<Option<Webhook>, Stop> {
    match id.parse::<RowId>() {
        Ok(id) => actions::webhook(app, &ApiReach::All, &id).await,
        Err(_) => Ok(None),
    }
}

async fn one_page(app: &App, visit: &Visit, id: &str, trouble: Option<&str>, secret: Option<&Secret>) -> Result<Response, Stop> {
    let Some(hook) = found(app, id).await? else { return Ok(not_here(app, visit)) };
    let before: Option<RowId> = visit.query.get("before").and_then(|b| b.parse().ok());
    let (messages, next) = actions::webhook_deliveries(app, &hook, before.as_ref(), ROWS).await?;
    let here = paths::portal(paths::CONSOLE_WEBHOOK, hook.id.as_str());
    let state = |d: &crate::store::webhooks::Delivery| match d {
        d if d.delivered_at.is_some() => "arrived",
        d if d.given_up_at.is_some() => "given-up",
        d if d.attempts > 0 => "failing",
        _ => "waiting",
    };
    let values = json!({
        "url": hook.url,
        "company": company_name(app, hook.company.as_ref()).await?,
        "disabled": hook.disabled,
        "groups": groups(&hook.events, hook.company.is_some()),
        "events": hook.events,
        "messages": messages.iter().map(|d| json!({
            "id": d.id, "kind": d.kind, "at": moment(d.created_at), "state": state(d), "attempts": d.attempts, "status": d.last_status, "error": d.last_error,
            "body": serde_json::from_str::<Value>(&d.body).ok().and_then(|b| serde_json::to_string_pretty(&b).ok()),
        })).collect::<Vec<_>>(),
        "next": next.map(|n| paths::with_query(&here, &[("before", n.as_str())])),
        "secret": secret.map(|s| s.expose()),
        "here": here,
        "back": paths::CONSOLE_WEBHOOKS,
        "trouble": trouble,
    });
    Ok(page(app, visit, paths::CONSOLE_WEBHOOKS, "console/webhook.html", status_of(trouble), values))
}

pub(in crate::web) async fn act(State(app): State<Arc<App>>, Path(id): Path<String>, form: Form) -> Response {
    taken!(&app, &form, acted(&app, &form, &id))
}

async fn acted(app: &App, form: &Form, id: &str) -> Result<Response, Stop> {
    let (visit, now) = (&form.visit, form.visit.now);
    let Some(hook) = found(app, id).await? else { return Ok(not_here(app, visit)) };
    let origin = &visit.origin;
    let here = paths::portal(paths::CONSOLE_WEBHOOK, id);
    let wish = |url: &str, events: Vec<String>, disabled| WebhookWish { company: hook.company.clone(), url: url.to_owned(), events, disabled };
    let as_it_is = || hook.events.split(' ').map(str::to_owned).collect::<Vec<_>>();
    let (result, what): (Result<(), Refused>, &str) = match form.field("do") {
        "change" => {
            let chosen = ticked(form);
            let wish = wish(form.field("url").trim(), if chosen.is_empty() { as_it_is() } else { chosen }, hook.disabled.is_some());
            (actions::change_webhook(app, &hook, &wish, origin, now).await?, "saved")
        }
        "disable" => (actions::change_webhook(app, &hook, &wish(&hook.url, as_it_is(), true), origin, now).await?, "disabled"),
        "enable" => (actions::change_webhook(app, &hook, &wish(&hook.url, as_it_is(), false), origin, now).await?, "enabled"),
        "rotate" => {
            let secret = actions::rotate_webhook_secret(app, &hook, origin, now).await?;
            return one_page(app, visit, id, None, Some(&secret)).await;
        }
        "test" => (Ok(actions::test_webhook(app, &hook, now).await?), "sent"),
        "replay" => match actions::replay(app, &hook, form.field("message"), now).await? {
            true => (Ok(()), "sent"),
            false => return Ok(not_here(app, visit)),
        },
        "delete" => {
            actions::delete_webhook(app, &hook, origin, now).await?;
            return Ok(said(visit, paths::CONSOLE_WEBHOOKS, "removed"));
        }
        _ => return Ok(not_here(app, visit)),
    };
    match result {
        Ok(()) => Ok(said(visit, &here, what)),
        Err(refused) => one_page(app, visit, id, Some(&refused.0), None).await,
    }
}
