//! The ground floor: values that every other floor speaks in.
//!
//! Each type proves something once (`parse`) and carries the proof from there on.
//! Nothing here reads a clock, draws randomness by itself, or does I/O.

mod canonical;
mod contact;
mod email;
mod ids;
mod locale;
mod names;
mod opaque;
mod random;
mod redirect_uri;
mod scope;
mod secret;
mod time;
mod user_code;

pub use canonical::canonical;
pub use contact::{MobileNumber, NotAMobileNumber, NotATimeZone, TimeZoneName};
pub use email::{EmailAddress, NotAnEmailAddress};
pub use ids::*;
pub use locale::Locale;
pub use names::{DisplayText, NotAName, Slug, Username, printable};
pub use opaque::{NotAToken, OpaqueToken};
pub use random::Random;
pub use redirect_uri::{NotARedirectUri, RedirectUri, RegisteredRedirectUri};
pub use scope::ScopeSet;
pub use secret::{Digest, Secret};
pub use time::{Seconds, Timestamp};
pub use user_code::{NotAUserCode, UserCode};
