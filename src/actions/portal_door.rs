//! What the portal asks of who comes in: the same as an app's request would be asked.

use super::App;
use super::second_factor::FRESH_PROOF;
use crate::domain::{Demand, Method, SignedIn, Wanted, judge};
use crate::flow::{self, Progress, Step};
use crate::store::interactions::Purpose;
use crate::store::sessions::BrowserSession;
use crate::types::{IdentityId, Timestamp};

/// The next page of an interaction that leads into the portal; `None` when nothing is missing.
pub fn decide_portal(app: &App, purpose: &Purpose, session: &BrowserSession, progress: &Progress, now: Timestamp) -> Option<Step> {
    if let Some(pending) = &progress.pending {
        return Some(Step::SecondFactor { identity: pending.identity_id.clone(), factors: pending.factors.clone(), recovery: true, may_skip: false });
    }
    let find = |id: &IdentityId| session.signed_in.iter().find(|s| s.identity_id == *id);
    let sign_in = |expected: Option<IdentityId>| Some(Step::SignIn { expected, adding: false });
    match purpose {
        Purpose::Again { identity_id, wanted, .. } => match find(identity_id) {
            Some(who) => missing(who, wanted, now),
            None => sign_in(Some(identity_id.clone())),
        },
        _ => match progress.proved.last().and_then(find) {
            Some(who) => missing(who, &everywhere(app, who), now),
            None => sign_in(None),
        },
    }
}

/// What is asked of somebody wherever they go.
fn everywhere(app: &App, who: &SignedIn) -> Wanted {
    flow::wanted(None, &app.operator_wants(), who, None)
}

/// What is missing of what is asked, if it may not wait.
fn missing(who: &SignedIn, wanted: &Wanted, now: Timestamp) -> Option<Step> {
    let identity = || who.identity_id.clone();
    match judge(wanted, &who.proofs, &who.enrolled, now) {
        Demand::Nothing | Demand::Enroll(Some(_)) => None,
        Demand::SignIn => Some(Step::SignIn { expected: Some(identity()), adding: false }),
        Demand::Prove(factors) => Some(Step::SecondFactor { identity: identity(), factors, recovery: wanted.accepts(Method::RecoveryCode), may_skip: false }),
        Demand::Enroll(None) => Some(Step::Enroll { identity: identity(), factors: wanted.registrable(), until: None, may_skip: false }),
    }
}

/// An interaction that leads to a page which wants a fresh proof: of the second factor, for whoever has one, and no browser stands for it.
pub fn fresh_proof_for(session: &BrowserSession, who: &IdentityId, path: String) -> Purpose {
    match session.signed_in.iter().find(|s| s.identity_id == *who) {
        Some(here) => Purpose::Again { path, identity_id: who.clone(), wanted: Box::new(Wanted::fresh(&here.enrolled, FRESH_PROOF)) },
        None => Purpose::Portal(path),
    }
}

/// The same for a page that wants a whole fresh sign-in: only when that was begun just now is its second factor all that is missing.
pub fn fresh_sign_in_for(session: &BrowserSession, who: &IdentityId, path: String, now: Timestamp) -> Purpose {
    match session.signed_in.iter().find(|s| s.identity_id == *who) {
        Some(here) if now.since(here.began_at()) <= FRESH_PROOF => fresh_proof_for(session, who, path),
        _ => Purpose::Portal(path),
    }
}

/// What somebody who is signed in here must show before they come in, if they have not: the company's demands and everybody's.
pub fn asked_at_the_door(app: &App, who: &SignedIn, company: &Wanted, now: Timestamp) -> Option<Wanted> {
    let wanted = everywhere(app, who).and(company);
    missing(who, &wanted, now).map(|_| wanted)
}
