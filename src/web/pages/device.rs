//! Letting a device in (RFC 8628 section 3.3): its code is typed here; what follows is an interaction like any other, and ends here.

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde_json::json;

use super::interaction::client_card;
use crate::actions::{self, App, Stop, UserCodeRefused};
use crate::flow::LiveGrant;
use crate::store::interactions::Purpose;
use crate::types::UserCode;
use crate::web::form::Form;
use crate::web::page::{Page, render, see_other};
use crate::web::visit::Visit;
use crate::web::{error, paths};

/// The form, with the code of a link or a QR code in it. Nothing is looked up before it is posted: a link that somebody else made tries
/// no code in this person's name.
pub(in crate::web) async fn show(State(app): State<Arc<App>>, mut visit: Visit) -> Response {
    let given = visit.query.get("user_code").and_then(|code| code.parse::<UserCode>().ok()).map(|code| code.to_string());
    // The form needs a session for its token.
    match visit.open_session(&app).await {
        Ok(_) => page(&app, &visit, given.as_deref().unwrap_or_default(), None),
        Err(stop) => error::stopped(&app, &visit, stop),
    }
}

fn page(app: &App, visit: &Visit, typed: &str, trouble: Option<UserCodeRefused>) -> Response {
    let values = json!({"action": paths::DEVICE, "typed": typed, "trouble": trouble.map(|t| t.to_string()), "sign_in": paths::SIGN_IN});
    let status = match trouble {
        None => StatusCode::OK,
        Some(UserCodeRefused::TooOften) => StatusCode::TOO_MANY_REQUESTS,
        Some(_) => StatusCode::UNPROCESSABLE_ENTITY,
    };
    render(app, visit, &Page { status, ..Page::new("pages/device.html", values) })
}

pub(in crate::web) async fn submit(State(app): State<Arc<App>>, form: Form) -> Response {
    entered(&app, &form).await.unwrap_or_else(|stop| error::stopped(&app, &form.visit, stop))
}

async fn entered(app: &App, form: &Form) -> Result<Response, Stop> {
    let visit = &form.visit;
    let typed: String = form.field("user_code").chars().take(40).collect();
    let Some(session) = &visit.session else { return Ok(see_other(visit, paths::DEVICE)) };
    Ok(match actions::enter_user_code(app, &typed, session, &visit.origin, visit.now).await? {
        Ok(interaction) => see_other(visit, &paths::interaction(&interaction)),
        Err(refused) => page(app, visit, &typed, Some(refused)),
    })
}

/// How it ended: who is signed in on the device now, or nobody. It can be looked at again.
pub(super) async fn ended(app: &App, visit: &Visit, purpose: &Purpose, granted: Option<&LiveGrant>) -> Result<Response, Stop> {
    let Purpose::Authorize(request) = purpose else { return Ok(see_other(visit, paths::HOME)) };
    let Some(client) = client_card(app, Some(request)).await? else {
        // The app is gone meanwhile, and whatever it had with it.
        return Ok(error::page(app, visit, StatusCode::GONE, "error-interaction-finished", None));
    };
    let values = json!({
        "client": client,
        "label": granted.map(|g| if g.origin.is_none() { g.identity.sign_in_label().to_owned() } else { g.identity.name_for_others() }),
        "company": granted.and_then(|g| g.account.as_ref()).map(|a| a.company.name.as_str()),
        "security": granted.map(|g| paths::portal(paths::SECURITY, g.acting().as_str())),
        "again": paths::DEVICE,
    });
    Ok(render(app, visit, &Page::new("pages/device_ended.html", values)))
}
