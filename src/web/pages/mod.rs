//! Pages for people. Handlers are `show` and `submit`; every step of an interaction returns to its dispatcher.

pub(super) mod consent;
pub(super) mod console;
pub(super) mod device;
pub(super) mod email_undo;
pub(super) mod factor;
pub(super) mod factor_reset;
pub(super) mod files;
pub(super) mod home;
pub(super) mod interaction;
pub(super) mod mailbox;
pub(super) mod office;
mod plot;
pub(super) mod portal;
pub(super) mod reasons;
pub(super) mod recover;
pub(super) mod reference;
pub(super) mod refused;
pub(super) mod select_account;
pub(super) mod set_password;
pub(super) mod sign_in;
pub(super) mod undo;
pub(super) mod webhooks;

use axum::http::StatusCode;
use axum::response::Response;
use serde_json::{Value, json};

use super::visit::Visit;
use super::{error, paths};
use crate::actions::App;
use crate::domain::{AccountKind, AccountView, CompanyView};
use crate::store::links::Linked;
use crate::types::Timestamp;

/// The page for what is not there, or not theirs.
pub(super) fn not_found(app: &App, visit: &Visit) -> Response {
    error::page(app, visit, StatusCode::NOT_FOUND, "error-not-found", Some((paths::HOME, "")))
}

/// What pages print of a company: its logo, or a monogram.
pub(super) fn company_card(company: &CompanyView) -> Value {
    json!({
        "name": company.name,
        "slug": company.slug,
        "id": company.id.as_str(),
        "region": company.region,
        "manager_title": company.manager_title,
        "monogram": company.monogram(),
        // One of eight colours, always the same for one company.
        "tint": company.id.as_str().bytes().map(usize::from).sum::<usize>() % 8,
        "logo": company.logo.as_deref().map(paths::logo),
    })
}

/// What pages print of an account.
pub(super) fn account_card(account: &AccountView) -> Value {
    json!({
        "id": account.id.as_str(),
        "kind": account.kind.as_str(),
        // Without roles, the company's own word for who runs it.
        "roles": if account.role_titles.is_empty() && account.kind == AccountKind::Manager { account.company.manager_title.as_deref().unwrap_or_default() } else { &account.role_titles },
        "last_used": account.last_used_at.map(|t| date(t.seconds())),
        "company": company_card(&account.company),
    })
}

/// What the chooser prints of an account that is entered through a link.
pub(super) fn linked_card(linked: &Linked) -> Value {
    let mut card = account_card(&linked.account);
    card["link"] = linked.link.as_str().into();
    card["origin"] = linked.origin_company.as_str().into();
    card["last_used"] = Value::Null;
    card
}

/// A moment in ISO 8601, in UTC, to the minute.
pub(super) fn moment(seconds: i64) -> String {
    let format = time::macros::format_description!("[year]-[month]-[day] [hour]:[minute] UTC");
    time::OffsetDateTime::from_unix_timestamp(seconds).ok().and_then(|t| t.format(format).ok()).unwrap_or_default()
}

/// The first second of a day as typed in a date field, and of the day after; `Err` when it is no day. An empty field means none.
pub(super) fn day(text: &str) -> Result<Option<(Timestamp, Timestamp)>, ()> {
    if text.trim().is_empty() {
        return Ok(None);
    }
    let format = time::macros::format_description!("[year]-[month]-[day]");
    let day = time::Date::parse(text.trim(), format).map_err(drop)?;
    let second = |day: time::Date| Timestamp::from_seconds(day.midnight().assume_utc().unix_timestamp());
    Ok(Some((second(day), second(day.next_day().ok_or(())?))))
}

/// A day in ISO 8601, the same in every language.
pub(super) fn date(seconds: i64) -> String {
    let format = time::macros::format_description!("[year]-[month]-[day]");
    time::OffsetDateTime::from_unix_timestamp(seconds).ok().and_then(|t| t.format(format).ok()).unwrap_or_default()
}
