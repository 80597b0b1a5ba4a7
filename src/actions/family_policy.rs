//! What companies ask at the token endpoint: judged on the proofs that were frozen when the family's grant was made
//! (design.md 5.3), never on what the browser proved since.

use super::{App, Stop};
use crate::domain::{AccountView, Demand, Wanted, judge};
use crate::flow::{LiveGrant, acr_of, step_up_failure};
use crate::protocol::ErrorCode;
use crate::store::authenticators;
use crate::types::Timestamp;

/// Refuses a refresh whose company has raised its demands since. How old the proofs are was judged when the account was entered;
/// a refresh does not enter it anew.
pub(super) async fn still_enough(app: &App, grant: &LiveGrant, now: Timestamp) -> Result<(), Stop> {
    let wanted = app.operator_wants().and(&grant.wanted());
    enough(app, grant, &Wanted { max_age: None, ..wanted }, now).await
}

/// Refuses to enter another account whose company asks for more, or for something fresher.
pub(super) async fn enough_for(app: &App, grant: &LiveGrant, target: &AccountView, through_link: bool, now: Timestamp) -> Result<(), Stop> {
    let mut wanted = app.operator_wants().and(&Wanted::level(grant.floor)).and(&Wanted::by(&target.company.policy, target.created_at));
    if let (true, Some(from)) = (through_link, &grant.account) {
        wanted = wanted.and(&Wanted::by(&from.company.policy, from.since));
    }
    enough(app, grant, &wanted, now).await
}

async fn enough(app: &App, grant: &LiveGrant, wanted: &Wanted, now: Timestamp) -> Result<(), Stop> {
    // Whether something is missing does not depend on what is registered; only how that is said does.
    if judge(wanted, &grant.proofs, &Default::default(), now) == Demand::Nothing {
        return Ok(());
    }
    let enrolled = authenticators::enrolled(&app.store.db, grant.acting()).await?;
    match judge(wanted, &grant.proofs, &enrolled, now) {
        Demand::Nothing | Demand::Enroll(Some(_)) => Ok(()),
        missing => {
            let failure = step_up_failure(ErrorCode::InsufficientUserAuthentication, &missing);
            Err(failure.enough(acr_of(wanted.level), wanted.max_age.map(|s| s.0)).into())
        }
    }
}
