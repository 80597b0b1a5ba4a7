//! Which second factors a request leads through (design.md section 3, 6; RFC 9470).

use super::Step;
use super::facts::{Facts, Reach};
use crate::domain::{Demand, Level, Method, SignedIn, Wanted, judge};
use crate::protocol::{ACR_1FA, ACR_MFA, ACR_PHR, AuthorizationRequest, ErrorCode, ProtocolFailure, Reason};
use crate::types::Timestamp;

/// The wire's name of a level.
pub const fn acr_of(level: Level) -> &'static str {
    match level {
        Level::One => ACR_1FA,
        Level::Several => ACR_MFA,
        Level::PhishingResistant => ACR_PHR,
    }
}

/// The lowest level among names of the wire, for any of them will do; unknown ones count for nothing.
pub fn lowest_of<'a>(values: impl Iterator<Item = &'a str>) -> Level {
    values.filter_map(|value| Level::ALL.into_iter().find(|l| acr_of(*l) == value)).min().unwrap_or_default()
}

/// Everything that is asked of who acts, the app's essential wish included.
pub fn wanted(request: Option<&AuthorizationRequest>, operator: &Wanted, acting: &SignedIn, reach: Option<&Reach>) -> Wanted {
    let mut all = operator.clone().and(&Wanted::level(acting.floor));
    if let Some(reach) = reach {
        all = all.and(&reach.wanted());
    }
    match request.and_then(|r| r.claims.essential_acr()) {
        Some(values) => all.and(&Wanted::level(lowest_of(values.into_iter()))),
        None => all,
    }
}

/// What a refused silent request or token request is told: what is missing.
pub fn step_up_failure(code: ErrorCode, demand: &Demand) -> ProtocolFailure {
    match demand {
        Demand::Enroll(_) => {
            ProtocolFailure::because(code, Reason::MfaEnrollmentRequired, "a second factor is asked for, and none that would do is registered")
        }
        _ => ProtocolFailure::because(code, Reason::StepUpRequired, "more or fresher factors are asked for"),
    }
}

/// The step for whoever acts, if something is missing.
pub(super) fn step(request: &AuthorizationRequest, facts: &Facts<'_>, acting: &SignedIn, reach: Option<&Reach>, now: Timestamp) -> Option<Step> {
    let must = wanted(Some(request), &facts.operator, acting, reach);
    let put_off = facts.progress.put_off.contains(&acting.identity_id);
    let silent = request.is_silent();
    let who = || acting.identity_id.clone();
    match judge(&must, &acting.proofs, &acting.enrolled, now) {
        Demand::Nothing => {}
        Demand::Enroll(Some(_)) if silent || put_off => {}
        missing if silent => return Some(Step::Fail(step_up_failure(ErrorCode::InteractionRequired, &missing))),
        Demand::SignIn => return Some(Step::SignIn { expected: Some(who()), adding: false }),
        Demand::Prove(factors) => return Some(Step::SecondFactor { identity: who(), factors, recovery: must.accepts(Method::RecoveryCode), may_skip: false }),
        Demand::Enroll(until) => return Some(Step::Enroll { identity: who(), factors: must.registrable(), until, may_skip: false }),
    }
    // `acr_values` is a wish (OpenID Connect Core 3.1.2.1): it is asked for, and may be declined.
    let wish = lowest_of(request.acr_values.iter().map(String::as_str));
    if silent || put_off || wish <= acting.proofs.level() {
        return None;
    }
    let wished = must.and(&Wanted::level(wish));
    match judge(&wished, &acting.proofs, &acting.enrolled, now) {
        Demand::Prove(factors) => Some(Step::SecondFactor { identity: who(), factors, recovery: wished.accepts(Method::RecoveryCode), may_skip: true }),
        Demand::Enroll(_) => Some(Step::Enroll { identity: who(), factors: wished.registrable(), until: None, may_skip: true }),
        Demand::Nothing | Demand::SignIn => None,
    }
}
