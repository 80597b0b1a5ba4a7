//! One's own profile: names, mobile number, language, time zone. Never reached through a link.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde_json::json;

use crate::actions::{self, App, Stop};
use crate::domain::{Identity, Profile};
use crate::store::{identities, mobile_codes};
use crate::types::{DisplayText, IdentityId, Locale, MobileNumber, TimeZoneName};
use crate::web::form::Form;
use crate::web::page::{Page, render, see_other};
use crate::web::pages::not_found;
use crate::web::visit::Visit;
use crate::web::{error, paths};

/// The profile, if its owner is signed in here.
async fn own(app: &App, visit: &Visit, id: &str) -> Result<Option<Identity>, Stop> {
    let Ok(id) = id.parse::<IdentityId>() else { return Ok(None) };
    if !visit.session.iter().flat_map(|s| &s.signed_in).any(|s| s.identity_id == id) {
        return Ok(None);
    }
    Ok(identities::find(&app.store.db, &id).await?)
}

/// What was typed, and the field that is wrong.
struct Trouble<'a> {
    field: &'static str,
    form: &'a Form,
}

pub(in crate::web) async fn show(State(app): State<Arc<App>>, Path(id): Path<String>, visit: Visit) -> Response {
    page(&app, &visit, &id, None).await.unwrap_or_else(|stop| error::stopped(&app, &visit, stop))
}

async fn page(app: &App, visit: &Visit, id: &str, trouble: Option<Trouble<'_>>) -> Result<Response, Stop> {
    let Some(session) = visit.session.as_ref().filter(|s| !s.signed_in.is_empty()) else { return Ok(see_other(visit, paths::SIGN_IN)) };
    let Some(person) = own(app, visit, id).await? else { return Ok(not_found(app, visit)) };
    let kept = |name: &'static str, stored: Option<&str>| match &trouble {
        Some(t) => t.form.field(name).to_owned(),
        None => stored.unwrap_or_default().to_owned(),
    };
    let profile = &person.profile;
    let values = json!({
        "label": person.sign_in_label(),
        "given_name": kept("given_name", profile.given_name.as_deref()),
        "family_name": kept("family_name", profile.family_name.as_deref()),
        "mobile": kept("mobile", profile.mobile.as_deref()),
        "language": kept("locale", profile.locale.map(Locale::tag)),
        "locales": Locale::ALL.iter().map(|l| json!({"tag": l.tag(), "name": l.own_name()})).collect::<Vec<_>>(),
        "time_zone": kept("time_zone", profile.time_zone.as_deref()),
        "zones": TimeZoneName::all(),
        "action": paths::portal(paths::PORTAL_PROFILE, person.id.as_str()),
        "home": paths::HOME,
        "texts": actions::sends_texts(app) && profile.mobile.is_some() && trouble.is_none(),
        "mobile_proved": profile.mobile_verified_at.map(|t| crate::web::pages::date(t.seconds())),
        "code_waits": mobile_codes::waiting(&app.store.db, &person.id, visit.now).await?.is_some_and(|m| Some(m.as_str()) == profile.mobile.as_deref()),
        "code_action": paths::portal(paths::PORTAL_PROFILE_MOBILE, person.id.as_str()),
        "code_trouble": visit.query.get("mobile").filter(|m| ["wrong-code", "asked-too-often"].contains(m)),
        "saved": visit.query.get("saved").is_some(),
        "trouble": trouble.as_ref().map(|t| t.field),
    });
    let status = if trouble.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let accounts = actions::switchable(app, session).await?;
    Ok(render(app, visit, &Page { status, accounts: Some(accounts), ..Page::new("pages/profile.html", values) }))
}

pub(in crate::web) async fn submit(State(app): State<Arc<App>>, Path(id): Path<String>, form: Form) -> Response {
    save(&app, &form, &id).await.unwrap_or_else(|stop| error::stopped(&app, &form.visit, stop))
}

/// Reads the fields; `Err` names the one that is wrong. An empty field means "not said".
fn typed(form: &Form) -> Result<Profile, &'static str> {
    fn field<T>(form: &Form, name: &'static str, read: impl Fn(&str) -> Option<T>) -> Result<Option<T>, &'static str> {
        match form.field(name).trim() {
            "" => Ok(None),
            text => read(text).map(Some).ok_or(name),
        }
    }
    let name = |text: &str| DisplayText::parse(text).ok().map(|t| t.as_str().to_owned());
    Ok(Profile {
        given_name: field(form, "given_name", name)?,
        family_name: field(form, "family_name", name)?,
        mobile: field(form, "mobile", |t| MobileNumber::parse(t).ok().map(|n| n.to_string()))?,
        locale: field(form, "locale", Locale::from_tag)?,
        time_zone: field(form, "time_zone", |t| TimeZoneName::parse(t).ok().map(|z| z.as_str().to_owned()))?,
        ..Profile::default()
    })
}

/// Sends a code to the number, or looks at one.
pub(in crate::web) async fn mobile(State(app): State<Arc<App>>, Path(id): Path<String>, form: Form) -> Response {
    prove(&app, &form, &id).await.unwrap_or_else(|stop| error::stopped(&app, &form.visit, stop))
}

async fn prove(app: &App, form: &Form, id: &str) -> Result<Response, Stop> {
    let visit = &form.visit;
    let Some(person) = own(app, visit, id).await? else { return Ok(not_found(app, visit)) };
    let result = match form.field("code") {
        "" => actions::send_mobile_code(app, &person, &visit.origin, visit.now).await?,
        code => actions::prove_mobile(app, &person.id, code, &visit.origin, visit.now).await?,
    };
    let said = result.err().map(|refused| refused.to_string()).unwrap_or_default();
    Ok(see_other(visit, &paths::with_query(&paths::portal(paths::PORTAL_PROFILE, person.id.as_str()), &[("mobile", &said)])))
}

async fn save(app: &App, form: &Form, id: &str) -> Result<Response, Stop> {
    let visit = &form.visit;
    let Some(person) = own(app, visit, id).await? else { return Ok(not_found(app, visit)) };
    match typed(form) {
        Ok(profile) => {
            actions::edit_profile(app, &person.id, &profile, &visit.origin, visit.now).await?;
            Ok(see_other(visit, &paths::with_query(&paths::portal(paths::PORTAL_PROFILE, person.id.as_str()), &[("saved", "yes")])))
        }
        Err(field) => page(app, visit, id, Some(Trouble { field, form })).await,
    }
}
