//! "Unlink selected": what each means, one confirmation, and the address for a sign-in of its own.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde_json::{Value, json};

use super::behind;
use crate::actions::{self, App, ChangeRefused, SetPasswordRefused, Stop};
use crate::domain::AccountKind;
use crate::store::links;
use crate::store::mail_links::Purpose;
use crate::store::sessions::BrowserSession;
use crate::types::{AccountId, LinkId};
use crate::web::form::Form;
use crate::web::page::{Page, render, see_other};
use crate::web::pages::account_card;
use crate::web::pages::set_password::trouble_of;
use crate::web::visit::Visit;
use crate::web::{error, paths};

/// At most so many at once.
const AT_ONCE: usize = 50;

/// What was ticked: `item:acc_..` and `item:lnk_..`, one field each.
fn ticked(form: &Form) -> Vec<String> {
    form.params.pairs().filter_map(|(name, value)| name.strip_prefix("item:").filter(|_| value == "on").map(str::to_owned)).take(AT_ONCE).collect()
}

/// The confirmation: what unlinking each of them means; with `sure`, it is done.
pub(in crate::web) async fn submit(State(app): State<Arc<App>>, form: Form) -> Response {
    act(&app, &form).await.unwrap_or_else(|stop| error::stopped(&app, &form.visit, stop))
}

async fn act(app: &App, form: &Form) -> Result<Response, Stop> {
    let visit = &form.visit;
    let Some(session) = visit.session.as_ref().filter(|s| !s.signed_in.is_empty()) else { return Ok(see_other(visit, paths::SIGN_IN)) };
    let sure = form.field("sure") == "yes";
    let mut items: Vec<Value> = Vec::new();
    for item in ticked(form) {
        if let Ok(id) = item.parse::<LinkId>() {
            let mine = |i: &crate::types::IdentityId| session.signed_in.iter().any(|s| s.identity_id == *i);
            let Some(link) = links::find(&app.store.db, &id).await?.filter(|l| mine(&l.from.identity_id)) else { continue };
            if sure {
                actions::cut_link(app, &session.people(), &id, &visit.origin, visit.now).await?;
            }
            items.push(json!({"item": item, "name": link.to.company, "means": "cut", "split": null}));
        } else if let Ok(id) = item.parse::<AccountId>() {
            let Some(account) = actions::own_account(app, session, &id).await? else { continue };
            if account.kind == AccountKind::Delegate {
                let left = if sure { actions::leave(app, &account, &visit.origin, visit.now).await? } else { Ok(()) };
                let means = match left {
                    Ok(()) => "leave",
                    Err(ChangeRefused::Frozen) => "frozen",
                    Err(_) => "stays",
                };
                items.push(json!({"item": item, "name": account.company.name, "means": means, "split": null}));
            } else {
                // One at a time, with an address of its own.
                items.push(json!({"item": item, "name": account.company.name, "means": "split", "split": paths::portal(paths::PORTAL_SPLIT, id.as_str())}));
            }
        }
    }
    let left: Vec<&Value> = items.iter().filter(|i| ["split", "stays", "frozen"].iter().any(|m| i["means"] == *m)).collect();
    if items.is_empty() || (sure && left.is_empty()) {
        return Ok(see_other(visit, paths::HOME));
    }
    let values = json!({"items": if sure { json!(left) } else { json!(items) }, "sure": sure, "any": !sure && items.iter().any(|i| i["means"] != "split"), "action": paths::UNLINK, "home": paths::HOME});
    Ok(render(app, visit, &Page::new("pages/unlink.html", values)))
}

/// Splitting one's own account off: asks for the address.
pub(in crate::web) async fn show(State(app): State<Arc<App>>, Path(account): Path<String>, visit: Visit) -> Response {
    ask(&app, &visit, &account, None, None).await.unwrap_or_else(|stop| error::stopped(&app, &visit, stop))
}

async fn ask(app: &App, visit: &Visit, account: &str, typed: Option<&str>, trouble: Option<String>) -> Result<Response, Stop> {
    let (session, account) = behind!(app, visit, account);
    if !actions::is_fresh(&session, &account.identity_id, visit.now) {
        return sign_in_again(app, visit, &session, &account).await;
    }
    let former = actions::former_address(app, &account.id).await?;
    let values = json!({
        "account": account_card(&account),
        "action": paths::portal(paths::PORTAL_SPLIT, account.id.as_str()),
        "back": paths::portal(paths::PORTAL_ACCOUNT, account.id.as_str()),
        "email": typed.map(str::to_owned).or(former),
        "trouble": trouble,
        "sent": false,
    });
    let status = if values["trouble"].is_string() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    Ok(render(app, visit, &Page { status, ..Page::new("pages/split.html", values) }))
}

/// Giving an account away asks for the password again: an unattended browser is not enough.
async fn sign_in_again(app: &App, visit: &Visit, session: &BrowserSession, account: &crate::domain::AccountView) -> Result<Response, Stop> {
    let there = actions::fresh_sign_in_for(session, &account.identity_id, paths::portal(paths::PORTAL_SPLIT, account.id.as_str()), visit.now);
    let id = actions::begin_interaction(app, Some(&session.id), there, visit.now).await?;
    Ok(see_other(visit, &paths::interaction(&id)))
}

/// Sends the mail.
pub(in crate::web) async fn begin(State(app): State<Arc<App>>, Path(account): Path<String>, form: Form) -> Response {
    begun(&app, &form, &account).await.unwrap_or_else(|stop| error::stopped(&app, &form.visit, stop))
}

async fn begun(app: &App, form: &Form, id: &str) -> Result<Response, Stop> {
    let visit = &form.visit;
    let (session, account) = behind!(app, visit, id);
    if !actions::is_fresh(&session, &account.identity_id, visit.now) {
        return sign_in_again(app, visit, &session, &account).await;
    }
    match actions::begin_split(app, &account, form.field("email"), &visit.origin, visit.now).await? {
        Ok(()) => {
            let values =
                json!({"account": account_card(&account), "action": "", "back": paths::HOME, "email": form.field("email"), "trouble": null, "sent": true});
            Ok(render(app, visit, &Page::new("pages/split.html", values)))
        }
        Err(refused) => ask(app, visit, id, Some(form.field("email")), Some(refused.to_string())).await,
    }
}

/// The mailed link: bound to this browser, then out of the URL.
pub(in crate::web) async fn open(State(app): State<Arc<App>>, Path(token): Path<String>, mut visit: Visit) -> Response {
    visit.path = paths::SPLIT.to_owned();
    hold(&app, &mut visit, &token).await.unwrap_or_else(|stop| error::stopped(&app, &visit, stop))
}

async fn hold(app: &App, visit: &mut Visit, token: &str) -> Result<Response, Stop> {
    let session = visit.open_session(app).await?;
    if actions::hold_mail_link(app, &session, Purpose::Split, token, visit.now).await? {
        return Ok(see_other(visit, paths::SPLIT));
    }
    Ok(error::page(app, visit, StatusCode::GONE, "error-link", Some((paths::HOME, ""))))
}

/// The password of the new sign-in.
pub(in crate::web) async fn password(State(app): State<Arc<App>>, visit: Visit) -> Response {
    password_page(&app, &visit, None).await.unwrap_or_else(|stop| error::stopped(&app, &visit, stop))
}

async fn password_page(app: &App, visit: &Visit, trouble: Option<&'static str>) -> Result<Response, Stop> {
    let held = match &visit.session {
        Some(session) => actions::held_split(app, session, visit.now).await?,
        None => None,
    };
    let Some((_, email, _)) = held else { return Ok(error::page(app, visit, StatusCode::GONE, "error-link", Some((paths::HOME, "")))) };
    let values = json!({"action": paths::SPLIT, "label": email, "name": null, "least": app.least_password(), "trouble": trouble});
    let status = if trouble.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    Ok(render(app, visit, &Page { status, ..Page::new("pages/set_password.html", values) }))
}

/// Splits.
pub(in crate::web) async fn finish(State(app): State<Arc<App>>, form: Form) -> Response {
    finished(&app, &form).await.unwrap_or_else(|stop| error::stopped(&app, &form.visit, stop))
}

async fn finished(app: &App, form: &Form) -> Result<Response, Stop> {
    let visit = &form.visit;
    let Some(session) = &visit.session else { return Ok(error::page(app, visit, StatusCode::GONE, "error-link", Some((paths::HOME, "")))) };
    if form.field("password") != form.field("again") {
        return password_page(app, visit, Some("password-differs")).await;
    }
    match actions::split(app, session, form.field("password"), &visit.origin, visit.now).await? {
        Ok(_) => Ok(render(app, visit, &Page::new("pages/done.html", json!({"label": "", "sign_in": paths::SIGN_IN, "text": "split-done"})))),
        Err(SetPasswordRefused::Link) => Ok(error::page(app, visit, StatusCode::GONE, "error-link", Some((paths::HOME, "")))),
        Err(SetPasswordRefused::Password(refused)) => password_page(app, visit, Some(trouble_of(refused))).await,
    }
}
