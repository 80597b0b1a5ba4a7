//! The portal: a person's own accounts, one at a time.
//!
//! Which account a page is about stands in its path and nowhere else (docs/decisions/0005): every request asks anew whether
//! somebody signed in to this browser owns it, or reaches it through a usable link.

pub(in crate::web) mod account;
pub(in crate::web) mod audit;
pub(in crate::web) mod door;
pub(in crate::web) mod invitation;
pub(in crate::web) mod link;
pub(in crate::web) mod linked;
pub(in crate::web) mod profile;
pub(in crate::web) mod security;
pub(in crate::web) mod unlink;
pub(in crate::web) mod users;

use axum::response::Response;
use serde_json::{Value, json};

use crate::actions::{self, App, Stop};
use crate::domain::{AccountView, LinkView, Wanted};
use crate::store::interactions::Purpose;
use crate::store::sessions::BrowserSession;
use crate::types::IdentityId;
use crate::web::page::see_other;
use crate::web::pages::not_found;
use crate::web::paths;
use crate::web::visit::Visit;

/// What a portal page needs before it begins.
pub(super) enum Door {
    /// Somebody signed in here owns the account.
    Open(Box<(BrowserSession, AccountView)>),
    /// This is the answer instead.
    Shut(Box<Response>),
}

/// Opens the account of a path for its owner; nobody learns whether an account of others exists.
pub(super) async fn own(app: &App, visit: &Visit, account: &str) -> Result<Door, Stop> {
    let Some(session) = visit.session.clone().filter(|s| !s.signed_in.is_empty()) else {
        return Ok(Door::Shut(Box::new(see_other(visit, paths::SIGN_IN))));
    };
    let found = match account.parse() {
        Ok(id) => actions::own_account(app, &session, &id).await?,
        Err(_) => None,
    };
    Ok(match found {
        Some(account) => {
            // The portal is a first-party client: the company's own demands hold here too (design.md section 7).
            let wanted = Wanted::by(&account.company.policy, account.created_at);
            match ask_for_more(app, visit, &session, &account.identity_id, wanted).await? {
                Some(answer) => Door::Shut(Box::new(answer)),
                None => Door::Open(Box::new((session, account))),
            }
        }
        None => Door::Shut(Box::new(not_found(app, visit))),
    })
}

/// Leads through whatever is missing for a page, and back to it; `None` when nothing is.
pub(in crate::web::pages) async fn ask_for_more(
    app: &App,
    visit: &Visit,
    session: &BrowserSession,
    who: &IdentityId,
    wanted: Wanted,
) -> Result<Option<Response>, Stop> {
    let Some(person) = session.signed_in.iter().find(|s| s.identity_id == *who) else { return Ok(Some(see_other(visit, paths::SIGN_IN))) };
    let Some(wanted) = actions::asked_at_the_door(app, person, &wanted, visit.now) else { return Ok(None) };
    let purpose = Purpose::Again { path: visit.path.clone(), identity_id: who.clone(), wanted: Box::new(wanted) };
    let interaction = actions::begin_interaction(app, Some(&session.id), purpose, visit.now).await?;
    Ok(Some(see_other(visit, &paths::interaction(&interaction))))
}

/// What pages print of how a company's service does.
pub(super) async fn report_card(app: &App, company: &crate::types::CompanyId) -> Result<Value, Stop> {
    let report = actions::service_report(app, company).await?;
    Ok(json!({"status": report.status, "message": report.message, "since": report.since.map(|t| super::date(t.seconds()))}))
}

/// What pages print of a link.
pub(in crate::web::pages) fn link_card(link: &LinkView) -> Value {
    json!({
        "id": link.id.as_str(),
        "from": {"account": link.from.account_id.as_str(), "owner": link.from.owner, "company": link.from.company},
        "to": {"account": link.to.account_id.as_str(), "owner": link.to.owner, "company": link.to.company},
        "state": link.state.as_str(),
        "since": super::date(link.created_at.seconds()),
        "last_used": link.last_used_at.map(|t| super::date(t.seconds())),
    })
}

/// Opens the door or answers.
macro_rules! behind {
    ($app:expr, $visit:expr, $account:expr) => {
        match super::own($app, $visit, $account).await? {
            super::Door::Open(open) => *open,
            super::Door::Shut(response) => return Ok(*response),
        }
    };
}
pub(super) use behind;
