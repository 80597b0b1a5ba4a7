//! Pure decisions over protocol and domain: what happens next, and what tokens say.

mod claims;
mod factors;
mod facts;
mod live;
mod next_step;

pub use claims::{
    AccessTokenFacts, IdTokenFacts, Subject, access_token_claims, act_claim, id_token_claims, identity_claims, introspection_claims, machine_token_claims,
};
pub use factors::{acr_of, lowest_of, step_up_failure, wanted};
pub use facts::{Choice, Expected, Facts, NamedCompany, Pending, Progress, Reach, Remembered};
pub use live::{Dead, GrantOrigin, LiveAccount, LiveGrant, SessionState};
pub use next_step::{Approved, Step, eligible, next_step};
