//! The people of a company, for who may manage them: list, add, invite, change, remove (design.md S1, S3).

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde_json::{Value, json};

use super::{behind, invitation};
use crate::actions::{self, App, ChangeRefused, Desk, InviteWish, NewPerson, SignInHelp, Stop};
use crate::domain::{AccountKind, AccountView, AskRefused};
use crate::store::sessions::BrowserSession;
use crate::store::{accounts, identities, invitations, roles};
use crate::types::{AccountId, EmailAddress, Locale, Timestamp};
use crate::web::form::Form;
use crate::web::page::{Page, render, see_other};
use crate::web::pages::not_found;
use crate::web::pages::office::{self, Room};
use crate::web::pages::{account_card, date, day};
use crate::web::visit::Visit;
use crate::web::{error, paths};

/// Rows on one page.
const ROWS: i64 = 50;

/// Who sits at a desk.
struct Seat {
    session: BrowserSession,
    own: AccountView,
    desk: Desk,
}

/// The desk behind an account of the path; others get the page for what is not there.
macro_rules! desk {
    ($app:expr, $visit:expr, $account:expr) => {{
        let (session, account) = behind!($app, $visit, $account);
        match actions::desk_of($app, account.clone()).await? {
            Some(desk) => Seat { session, own: account, desk },
            None => return Ok(not_found($app, $visit)),
        }
    }};
}

pub(in crate::web) async fn show(State(app): State<Arc<App>>, Path(account): Path<String>, visit: Visit) -> Response {
    list(&app, &visit, &account, None).await.unwrap_or_else(|stop| error::stopped(&app, &visit, stop))
}

/// A form that was not accepted, with what was typed.
struct Trouble {
    form: &'static str,
    reason: String,
    typed: Value,
}

async fn list(app: &App, visit: &Visit, account: &str, trouble: Option<Trouble>) -> Result<Response, Stop> {
    let seat = desk!(app, visit, account);
    page(app, visit, &seat, trouble).await
}

async fn page(app: &App, visit: &Visit, seat: &Seat, trouble: Option<Trouble>) -> Result<Response, Stop> {
    let Seat { session, own, desk } = seat;
    let company = &desk.company;
    let search = visit.query.get("q").map(str::trim).filter(|q| !q.is_empty());
    let after: Option<AccountId> = visit.query.get("after").and_then(|a| a.parse().ok());
    let here = paths::portal(paths::PORTAL_USERS, own.id.as_str());
    let mut people = accounts::people(&app.store.db, &company.id, None, search, after.as_ref(), ROWS + 1).await?;
    let more = people.len() as i64 > ROWS;
    people.truncate(ROWS as usize);
    let next = people.last().filter(|_| more).map(|p| paths::with_query(&here, &[("q", search.unwrap_or_default()), ("after", p.account_id.as_str())]));
    let mut pending = Vec::new();
    for sent in invitations::of_company(&app.store.db, &company.id, ROWS, visit.now).await? {
        let mut card = invitation::card(app, &sent).await?;
        card["resend"] = paths::portal(paths::INVITATION_RESEND, sent.id.as_str()).into();
        card["end"] = paths::portal(paths::INVITATION_END, sent.id.as_str()).into();
        card["mine"] = (sent.inviter == own.identity_id).into();
        pending.push(card);
    }
    let rows: Vec<Value> = people
        .iter()
        .map(|p| {
            json!({
                "href": paths::portal(paths::PORTAL_USER, own.id.as_str()).replace("{user}", p.account_id.as_str()),
                "name": p.name, "email": p.email, "kind": p.kind.as_str(), "roles": p.role_titles, "since": date(p.created_at.seconds()),
                "until": p.access_expires_at.map(|t| date(t.seconds())), "self": p.account_id == own.id,
            })
        })
        .collect();
    let brands = actions::brands_of(app, &company.id).await?;
    let status = if trouble.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let (form, reason, typed) = trouble.map_or((None, None, json!({})), |t| (Some(t.form), Some(t.reason), t.typed));
    let values = json!({
        "rooms": office::menu(app, visit, own, Room::Users).await?,
        "account": account_card(own),
        "people": rows,
        "next": next,
        "pending": pending,
        "roles": desk.roles().iter().map(|r| json!({"name": r.name, "title": r.title, "permissions": r.permissions.join(", ")})).collect::<Vec<_>>(),
        "permissions": desk.permissions(),
        "kinds": desk.kinds().iter().map(|k| k.as_str()).collect::<Vec<_>>(),
        "locales": Locale::ALL.iter().map(|l| json!({"tag": l.tag(), "name": l.own_name(), "here": *l == visit.locale})).collect::<Vec<_>>(),
        // The domain is asked for only where there are several.
        "brands": if brands.len() > 1 { brands.iter().map(|b| json!({"id": b.id.as_str(), "host": b.host, "name": b.product_name})).collect() } else { Vec::new() },
        "search": search,
        "here": here,
        "add": paths::portal(paths::PORTAL_USERS_ADD, own.id.as_str()),
        "invite": paths::portal(paths::PORTAL_USERS_INVITE, own.id.as_str()),
        "trouble_in": form,
        "trouble": reason,
        "typed": typed,
    });
    let accounts = actions::switchable(app, session).await?;
    Ok(render(app, visit, &Page { status, accounts: Some(accounts), ..Page::new("pages/users.html", values) }))
}

/// What is ticked on a form: one field each, so that each is one parameter.
fn ticked(form: &Form, prefix: &str) -> Vec<String> {
    form.params.pairs().filter_map(|(name, value)| name.strip_prefix(prefix).filter(|_| value == "on").map(str::to_owned)).collect()
}

/// A form with more ticks than can be read, or one that was tampered with: nothing of it is done, for what fell off would be taken away.
fn unreadable(app: &App, visit: &Visit) -> Response {
    error::page(app, visit, StatusCode::BAD_REQUEST, "error-form", None)
}

fn permissions(form: &Form) -> Vec<String> {
    ticked(form, "permission:")
}

fn roles_of(form: &Form) -> Vec<String> {
    ticked(form, "role:")
}

fn kind_of(form: &Form, or: AccountKind) -> AccountKind {
    form.field("kind").parse().unwrap_or(or)
}

/// The end of a day, as typed in a date field; `Err` when it is no day, or one that is over. An empty field means no end.
fn day_end(text: &str, now: Timestamp) -> Result<Option<Timestamp>, ()> {
    match day(text)? {
        Some((_, end)) if end <= now => Err(()),
        typed => Ok(typed.map(|(_, end)| end)),
    }
}

/// Adds somebody new.
pub(in crate::web) async fn add(State(app): State<Arc<App>>, Path(account): Path<String>, form: Form) -> Response {
    added(&app, &form, &account).await.unwrap_or_else(|stop| error::stopped(&app, &form.visit, stop))
}

async fn added(app: &App, form: &Form, account: &str) -> Result<Response, Stop> {
    let visit = &form.visit;
    let seat = desk!(app, visit, account);
    let Seat { desk, .. } = &seat;
    if form.params.fault().is_some() {
        return Ok(unreadable(app, visit));
    }
    let typed = json!({"email": form.field("email"), "given_name": form.field("given_name"), "family_name": form.field("family_name")});
    let result = match EmailAddress::parse(form.field("email")) {
        Err(_) => Err(AskRefused::BadAddress),
        Ok(email) => {
            let wish = NewPerson {
                email,
                given_name: form.field("given_name").parse().ok(),
                family_name: form.field("family_name").parse().ok(),
                locale: Locale::from_tag(form.field("locale")).unwrap_or(visit.locale),
                kind: kind_of(form, AccountKind::Member),
                brand: form.field("brand").parse().ok(),
                roles: roles_of(form),
                permissions: permissions(form),
            };
            let (address, kind, locale, roles, permissions) =
                (wish.email.as_str().to_owned(), wish.kind, wish.locale, wish.roles.clone(), wish.permissions.clone());
            let url = |token: &str| app.config.url(&paths::activate(token));
            match actions::add_user(app, desk, wish, url, &visit.origin, visit.now).await? {
                // S4: whoever signs in already gets no temporary password; they are asked to become account manager.
                Err(AskRefused::UseInvite) if kind == AccountKind::Manager => {
                    let wish = InviteWish { name: address, kind, roles, permissions, access_expires_at: None, locale };
                    actions::invite_user(app, desk, wish, url, &visit.origin, visit.now).await?.map(drop)
                }
                other => other.map(drop),
            }
        }
    };
    answer(app, visit, &seat, result, "add", typed).await
}

/// Invites somebody.
pub(in crate::web) async fn invite(State(app): State<Arc<App>>, Path(account): Path<String>, form: Form) -> Response {
    invited(&app, &form, &account).await.unwrap_or_else(|stop| error::stopped(&app, &form.visit, stop))
}

async fn invited(app: &App, form: &Form, account: &str) -> Result<Response, Stop> {
    let visit = &form.visit;
    let seat = desk!(app, visit, account);
    let Seat { desk, .. } = &seat;
    if form.params.fault().is_some() {
        return Ok(unreadable(app, visit));
    }
    let typed = json!({"name": form.field("name")});
    let Ok(until) = day_end(form.field("until"), visit.now) else {
        return answer(app, visit, &seat, Err(AskRefused::BadDate), "invite", typed).await;
    };
    let wish = InviteWish {
        name: form.field("name").to_owned(),
        kind: kind_of(form, AccountKind::Delegate),
        roles: roles_of(form),
        permissions: permissions(form),
        access_expires_at: until,
        locale: Locale::from_tag(form.field("locale")).unwrap_or(visit.locale),
    };
    let result = actions::invite_user(app, desk, wish, |token| app.config.url(&paths::activate(token)), &visit.origin, visit.now).await?.map(drop);
    answer(app, visit, &seat, result, "invite", typed).await
}

async fn answer(app: &App, visit: &Visit, seat: &Seat, result: Result<(), AskRefused>, form: &'static str, mut typed: Value) -> Result<Response, Stop> {
    match result {
        Ok(()) => Ok(see_other(visit, &paths::portal(paths::PORTAL_USERS, seat.own.id.as_str()))),
        // The remedy is offered with the address filled in.
        Err(AskRefused::UseInvite) => {
            typed["name"] = typed["email"].clone();
            page(app, visit, seat, Some(Trouble { form, reason: AskRefused::UseInvite.to_string(), typed })).await
        }
        Err(refused) => page(app, visit, seat, Some(Trouble { form, reason: refused.to_string(), typed })).await,
    }
}

/// One of them.
pub(in crate::web) async fn one(State(app): State<Arc<App>>, Path((account, user)): Path<(String, String)>, visit: Visit) -> Response {
    person(&app, &visit, &account, &user, None).await.unwrap_or_else(|stop| error::stopped(&app, &visit, stop))
}

async fn person(app: &App, visit: &Visit, account: &str, user: &str, refused: Option<ChangeRefused>) -> Result<Response, Stop> {
    let seat = desk!(app, visit, account);
    let Seat { own, desk, .. } = &seat;
    let Ok(id) = user.parse::<AccountId>() else { return Ok(not_found(app, visit)) };
    let found = accounts::find(&app.store.db, &id).await?.filter(|a| a.company.id == desk.company.id && a.ended_at.is_none());
    let Some(theirs) = found else { return Ok(not_found(app, visit)) };
    let owner = identities::find(&app.store.db, &theirs.identity_id).await?;
    let mut tx = app.store.begin().await?;
    let single = roles::single_permissions(&mut tx, &id).await?;
    let given = roles::names_of(&mut tx, &id).await?;
    drop(tx);
    let mine = theirs.identity_id == own.identity_id;
    let managed = match &owner {
        Some(owner) => theirs.is_active() && actions::is_managed(app, desk, owner).await?,
        None => false,
    };
    let path = |path: &str| paths::portal(path, own.id.as_str()).replace("{user}", id.as_str());
    let values = json!({
        "name": owner.as_ref().map(|o| o.display_name()).unwrap_or_default(),
        "email": owner.as_ref().and_then(|o| o.email.clone().filter(|_| o.email_verified_at.is_some())),
        "account": account_card(&theirs),
        "permissions": desk.permissions().iter().map(|p| json!({"name": p, "given": single.iter().any(|s| s == p)})).collect::<Vec<_>>(),
        "roles": desk.roles().iter().map(|r| json!({"name": r.name, "title": r.title, "permissions": r.permissions.join(", "), "given": given.contains(&r.name)})).collect::<Vec<_>>(),
        "until": accounts::access_expiry(&app.store.db, &id).await?.map(|t| date(t.seconds() - 1)),
        "delegate": theirs.kind == AccountKind::Delegate,
        "mine": mine,
        "resend": identities::waits_for(&app.store.db, &theirs.identity_id, &desk.company.id).await?.then(|| path(paths::PORTAL_USER_RESEND)),
        "help": managed.then(|| path(paths::PORTAL_USER_HELP)),
        "days": app.config.factors_reset_days,
        "sent": visit.query.get("sent").filter(|s| ["password", "factors"].contains(s)),
        "action": path(paths::PORTAL_USER),
        "remove": path(paths::PORTAL_USER_REMOVE),
        "back": paths::portal(paths::PORTAL_USERS, own.id.as_str()),
        "trouble": refused.map(|r| r.to_string()),
    });
    let status = if refused.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let accounts = actions::switchable(app, &seat.session).await?;
    Ok(render(app, visit, &Page { status, accounts: Some(accounts), ..Page::new("pages/user.html", values) }))
}

/// Sends the activation mail again.
pub(in crate::web) async fn resend(State(app): State<Arc<App>>, Path((account, user)): Path<(String, String)>, form: Form) -> Response {
    sent_again(&app, &form, &account, &user).await.unwrap_or_else(|stop| error::stopped(&app, &form.visit, stop))
}

async fn sent_again(app: &App, form: &Form, account: &str, user: &str) -> Result<Response, Stop> {
    let visit = &form.visit;
    let seat = desk!(app, visit, account);
    let Seat { desk, .. } = &seat;
    let Ok(id) = user.parse::<AccountId>() else { return Ok(not_found(app, visit)) };
    let url = |token: &str| app.config.url(&paths::activate(token));
    let result = actions::resend_activation(app, desk, &id, url, &visit.origin, visit.now).await?;
    answer(app, visit, &seat, result, "add", json!({})).await
}

/// Has a mail sent to one of them, to get back in.
pub(in crate::web) async fn help(State(app): State<Arc<App>>, Path((account, user)): Path<(String, String)>, form: Form) -> Response {
    helped(&app, &form, &account, &user).await.unwrap_or_else(|stop| error::stopped(&app, &form.visit, stop))
}

async fn helped(app: &App, form: &Form, account: &str, user: &str) -> Result<Response, Stop> {
    let visit = &form.visit;
    let Seat { desk, .. } = &desk!(app, visit, account);
    let Ok(id) = user.parse::<AccountId>() else { return Ok(not_found(app, visit)) };
    let (what, help) = match form.field("help") {
        "password" => ("password", SignInHelp::Password),
        "factors" => ("factors", SignInHelp::Factors),
        _ => return Ok(unreadable(app, visit)),
    };
    match actions::help_sign_in(app, desk, &id, help, &visit.origin, visit.now).await? {
        Ok(()) => Ok(see_other(visit, &paths::with_query(&paths::portal(paths::PORTAL_USER, account).replace("{user}", user), &[("sent", what)]))),
        Err(ChangeRefused::NotHere) => Ok(not_found(app, visit)),
        Err(refused) => person(app, visit, account, user, Some(refused)).await,
    }
}

/// Changes permissions and, for an outsider, the end of the access.
pub(in crate::web) async fn change(State(app): State<Arc<App>>, Path((account, user)): Path<(String, String)>, form: Form) -> Response {
    act(&app, &form, &account, &user, false).await.unwrap_or_else(|stop| error::stopped(&app, &form.visit, stop))
}

/// Removes.
pub(in crate::web) async fn remove(State(app): State<Arc<App>>, Path((account, user)): Path<(String, String)>, form: Form) -> Response {
    act(&app, &form, &account, &user, true).await.unwrap_or_else(|stop| error::stopped(&app, &form.visit, stop))
}

async fn act(app: &App, form: &Form, account: &str, user: &str, remove: bool) -> Result<Response, Stop> {
    let visit = &form.visit;
    let Seat { own, desk, .. } = &desk!(app, visit, account);
    let Ok(id) = user.parse::<AccountId>() else { return Ok(not_found(app, visit)) };
    if form.params.fault().is_some() {
        return Ok(unreadable(app, visit));
    }
    let done = if remove {
        actions::remove_user(app, desk, &id, &visit.origin, visit.now).await?
    } else {
        match day_end(form.field("until"), visit.now) {
            Ok(until) => actions::change_user(app, desk, &id, &roles_of(form), &permissions(form), until, &visit.origin, visit.now).await?,
            Err(()) => Err(ChangeRefused::BadDate),
        }
    };
    match done {
        Ok(()) => Ok(see_other(visit, &paths::portal(paths::PORTAL_USERS, own.id.as_str()))),
        Err(ChangeRefused::NotHere) => Ok(not_found(app, visit)),
        Err(refused) => person(app, visit, account, user, Some(refused)).await,
    }
}
