//! Identities, companies, accounts, sessions and their rules, as values.

mod account;
mod brand;
mod company;
mod factor;
mod factor_policy;
mod identity;
mod invitation;
mod link;
mod password_rules;
mod preferences;
mod session;
mod sign_in_name;
mod throttle;

pub use account::{AccountKind, AccountView, NotAnAccountKind, Via, seat_by_default};
pub use brand::{BadColour, Brand, Colour};
pub use company::{CompanyView, NotAPermission, NotAStatus, ServiceStatus, parse_permission};
pub use factor::{Authenticator, Enrolled, Factor, NotAFactor};
pub use factor_policy::{Demand, FactorPolicy, Level, NotALevel, Wanted, judge};
pub use identity::{Identity, Profile, masked};
pub use invitation::{AskRefused, Invitation, InvitationKind, InvitationRefused};
pub use link::{LinkEnd, LinkProof, LinkRefused, LinkState, LinkView, may_link};
pub use password_rules::{PASSWORD_MAX, PASSWORD_MIN, PASSWORD_MIN_WITH_FACTOR, PasswordRefused, check_password};
pub use preferences::{APP_PREFERENCES_MAX, Preferences, TooLarge};
pub use session::{Method, Proof, Proofs, SignedIn};
pub use sign_in_name::SignInName;
pub use throttle::{Throttle, ThrottleKey, ThrottleRule};
