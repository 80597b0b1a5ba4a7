//! What the portal asks of who comes in: the same as an app's request would be asked.

use super::App;
use crate::domain::{Demand, Method, SignedIn, Wanted, judge};
use crate::flow::{self, Progress, Step};
use crate::store::interactions::Purpose;
use crate::store::sessions::BrowserSession;
use crate::types::Timestamp;

/// The next page of an interaction that leads into the portal; `None` when nothing is missing.
pub fn decide_portal(app: &App, purpose: &Purpose, session: &BrowserSession, progress: &Progress, now: Timestamp) -> Option<Step> {
    if let Some(pending) = &progress.pending {
        return Some(Step::SecondFactor { identity: pending.identity_id.clone(), factors: pending.factors.clone(), recovery: true, may_skip: false });
    }
    let find = |id: &crate::types::IdentityId| session.signed_in.iter().find(|s| s.identity_id == *id);
    let (who, wanted) = match purpose {
        Purpose::Again { identity_id, wanted, .. } => (find(identity_id), wanted.as_ref().clone()),
        _ => (progress.proved.last().and_then(find), Wanted::default()),
    };
    let Some(who) = who else {
        let expected = if let Purpose::Again { identity_id, .. } = purpose { Some(identity_id.clone()) } else { None };
        return Some(Step::SignIn { expected, adding: false });
    };
    missing(app, who, &wanted, now)
}

/// What is missing of what is asked, if it may not wait.
fn missing(app: &App, who: &SignedIn, wanted: &Wanted, now: Timestamp) -> Option<Step> {
    let identity = || who.identity_id.clone();
    let all = flow::wanted(None, &app.operator_wants(), who, None).and(wanted);
    match judge(&all, &who.proofs, &who.enrolled, now) {
        Demand::Nothing | Demand::Enroll(Some(_)) => None,
        Demand::SignIn => Some(Step::SignIn { expected: Some(identity()), adding: false }),
        Demand::Prove(factors) => Some(Step::SecondFactor { identity: identity(), factors, recovery: all.accepts(Method::RecoveryCode), may_skip: false }),
        Demand::Enroll(None) => Some(Step::Enroll { identity: identity(), level: all.level, until: None, may_skip: false }),
    }
}

/// Whether somebody who is signed in here may come in as they are.
pub fn may_come_in(app: &App, who: &SignedIn, wanted: &Wanted, now: Timestamp) -> bool {
    missing(app, who, wanted, now).is_none()
}
