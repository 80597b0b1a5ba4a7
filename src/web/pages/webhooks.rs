//! Webhooks: who is told of what happens, and what they were told. For operators, all of them; for a company's own people, theirs.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::response::Response;
use serde_json::{Value, json};

use super::console::{self, ROWS, answered, status_of};
use super::not_found;
use super::office::{Entrance, Inside, Office, Room};
use crate::actions::{self, ApiReach, App, Refused, Stop, WEBHOOK_EVENTS, WebhookWish};
use crate::store::companies;
use crate::store::webhooks::Webhook;
use crate::types::{CompanyId, RowId, Secret};
use crate::web::form::Form;
use crate::web::pages::moment;
use crate::web::visit::Visit;
use crate::web::{error, paths};

/// Whose webhooks are looked at.
enum Side<'a> {
    /// Everybody's, by an operator.
    Console(&'a Visit),
    /// A company's, by its own people.
    Company(Box<Office>),
}

impl Side<'_> {
    fn visit(&self) -> &Visit {
        match self {
            Side::Console(visit) => visit,
            Side::Company(office) => &office.visit,
        }
    }
    fn reach(&self) -> ApiReach {
        match self {
            Side::Console(_) => ApiReach::All,
            Side::Company(office) => ApiReach::Company(office.company.id.clone()),
        }
    }
    fn list_path(&self) -> String {
        match self {
            Side::Console(_) => paths::CONSOLE_WEBHOOKS.to_owned(),
            Side::Company(office) => office.here.clone(),
        }
    }
    fn one_path(&self, id: &str) -> String {
        match self {
            Side::Console(_) => paths::portal(paths::CONSOLE_WEBHOOK, id),
            Side::Company(office) => office.below(paths::PORTAL_WEBHOOK, id),
        }
    }
    async fn page(&self, app: &App, template: &'static str, trouble: Option<&str>, values: Value) -> Result<Response, Stop> {
        match self {
            Side::Console(visit) => Ok(console::page(app, visit, paths::CONSOLE_WEBHOOKS, template, status_of(trouble), values)),
            Side::Company(office) => office.page_at(app, template, status_of(trouble), values).await,
        }
    }
}

pub(in crate::web) async fn show(State(app): State<Arc<App>>, visit: Visit) -> Response {
    answered!(&app, &visit, list(&app, &Side::Console(&visit), None, json!({})))
}

/// Opens a company's webhooks for its own people, and goes on.
macro_rules! inside {
    ($app:expr, $visit:expr, $account:expr, |$side:ident| $then:expr) => {
        answered!($app, $visit, async {
            match Inside::enter($app, $visit, $account, Room::Webhooks).await? {
                Ok(office) => {
                    let $side = Side::Company(office);
                    $then.await
                }
                Err(response) => Ok(*response),
            }
        })
    };
}

pub(in crate::web) async fn show_inside(State(app): State<Arc<App>>, Path(account): Path<String>, visit: Visit) -> Response {
    inside!(&app, &visit, &account, |side| list(&app, &side, None, json!({})))
}

pub(in crate::web) async fn add_inside(State(app): State<Arc<App>>, Path(account): Path<String>, form: Form) -> Response {
    inside!(&app, &form.visit, &account, |side| added(&app, &side, &form))
}

pub(in crate::web) async fn one_inside(State(app): State<Arc<App>>, Path((account, id)): Path<(String, String)>, visit: Visit) -> Response {
    inside!(&app, &visit, &account, |side| one_page(&app, &side, &id, None, None))
}

pub(in crate::web) async fn act_inside(State(app): State<Arc<App>>, Path((account, id)): Path<(String, String)>, form: Form) -> Response {
    inside!(&app, &form.visit, &account, |side| acted(&app, &side, &form, &id))
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

async fn list(app: &App, side: &Side<'_>, trouble: Option<&str>, typed: Value) -> Result<Response, Stop> {
    let inside = matches!(side, Side::Company(_));
    let mut hooks = Vec::new();
    for hook in actions::webhooks_of(app, &side.reach()).await? {
        hooks.push(json!({"href": side.one_path(hook.id.as_str()), "url": hook.url, "company": company_name(app, hook.company.as_ref()).await?, "disabled": hook.disabled}));
    }
    let values = json!({"webhooks": hooks, "groups": groups("", inside), "here": side.list_path(), "inside": inside, "trouble": trouble, "typed": typed});
    side.page(app, "console/webhooks.html", trouble, values).await
}

/// The kinds of the groups that are ticked.
fn ticked(form: &Form) -> Vec<String> {
    let chosen = WEBHOOK_EVENTS.iter().filter(|(name, _, _)| form.field(&format!("group:{name}")) == "on");
    chosen.flat_map(|(_, _, kinds)| kinds.split(' ')).map(str::to_owned).collect()
}

pub(in crate::web) async fn add(State(app): State<Arc<App>>, form: Form) -> Response {
    answered!(&app, &form.visit, added(&app, &Side::Console(&form.visit), &form))
}

async fn added(app: &App, side: &Side<'_>, form: &Form) -> Result<Response, Stop> {
    let visit = side.visit();
    let typed = json!({"url": form.field("url"), "company": form.field("company")});
    let company = match (side, form.field("company").trim()) {
        (Side::Company(office), _) => Some(office.company.id.clone()),
        (Side::Console(_), "") => None,
        (Side::Console(_), name) => match companies::named(&app.store.db, name).await? {
            Some(company) => Some(company.id),
            None => return list(app, side, Some("company: there is none of that name"), typed).await,
        },
    };
    let mut events = ticked(form);
    if company.is_some() {
        let known = actions::webhook_kinds(true);
        events.retain(|e| known.contains(&e.as_str()));
    }
    let wish = WebhookWish { company, url: form.field("url").trim().to_owned(), events, disabled: false };
    match actions::add_webhook(app, &wish, &visit.origin, visit.now).await? {
        Ok((id, secret)) => one_page(app, side, id.as_str(), None, Some(&secret)).await,
        Err(refused) => list(app, side, Some(&refused.0), typed).await,
    }
}

pub(in crate::web) async fn one(State(app): State<Arc<App>>, Path(id): Path<String>, visit: Visit) -> Response {
    answered!(&app, &visit, one_page(&app, &Side::Console(&visit), &id, None, None))
}

async fn found(app: &App, side: &Side<'_>, id: &str) -> Result<Option<Webhook>, Stop> {
    match id.parse::<RowId>() {
        Ok(id) => actions::webhook(app, &side.reach(), &id).await,
        Err(_) => Ok(None),
    }
}

async fn one_page(app: &App, side: &Side<'_>, id: &str, trouble: Option<&str>, secret: Option<&Secret>) -> Result<Response, Stop> {
    let visit = side.visit();
    let Some(hook) = found(app, side, id).await? else { return Ok(not_found(app, visit)) };
    let before: Option<RowId> = visit.query.get("before").and_then(|b| b.parse().ok());
    let (messages, next) = actions::webhook_deliveries(app, &hook, before.as_ref(), ROWS).await?;
    let here = side.one_path(hook.id.as_str());
    let state = |d: &crate::store::webhooks::Delivery| match d {
        d if d.delivered_at.is_some() => "arrived",
        d if d.given_up_at.is_some() => "given-up",
        d if d.attempts > 0 => "failing",
        _ => "waiting",
    };
    let values = json!({
        "url": hook.url,
        "whose": company_name(app, hook.company.as_ref()).await?,
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
        "back": side.list_path(),
        "trouble": trouble,
    });
    side.page(app, "console/webhook.html", trouble, values).await
}

pub(in crate::web) async fn act(State(app): State<Arc<App>>, Path(id): Path<String>, form: Form) -> Response {
    answered!(&app, &form.visit, acted(&app, &Side::Console(&form.visit), &form, &id))
}

async fn acted(app: &App, side: &Side<'_>, form: &Form, id: &str) -> Result<Response, Stop> {
    let (visit, now) = (side.visit(), form.visit.now);
    let Some(hook) = found(app, side, id).await? else { return Ok(not_found(app, visit)) };
    let origin = &visit.origin;
    let here = side.one_path(id);
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
            return one_page(app, side, id, None, Some(&secret)).await;
        }
        "test" => (Ok(actions::test_webhook(app, &hook, now).await?), "sent"),
        "replay" => match actions::replay(app, &hook, form.field("message"), now).await? {
            true => (Ok(()), "sent"),
            false => return Ok(not_found(app, visit)),
        },
        "delete" => {
            actions::delete_webhook(app, &hook, origin, now).await?;
            return Ok(console::said(visit, &side.list_path(), "removed"));
        }
        _ => return Ok(not_found(app, visit)),
    };
    match result {
        Ok(()) => Ok(console::said(visit, &here, what)),
        Err(refused) => one_page(app, side, id, Some(&refused.0), None).await,
    }
}
