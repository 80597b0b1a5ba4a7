//! Ids: a prefix and a UUIDv7 (RFC 9562 section 5.7), opaque to others, time-ordered for our tables.

use std::fmt;
use std::str::FromStr;

use rand::CryptoRng;
use uuid::Uuid;

use super::Timestamp;

/// What a text must look like to be an id of a given kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not an id of this kind")]
pub struct NotAnId;

/// Prefixes that usernames and slugs may never begin with.
pub const PREFIXES: [&str; 6] = ["idn_", "org_", "acc_", "lnk_", "inv_", "cli_"];

fn mint(now: Timestamp, rng: &mut impl CryptoRng) -> Uuid {
    let mut random = [0; 10];
    rng.fill_bytes(&mut random);
    uuid::Builder::from_unix_timestamp_millis(now.millis().max(0) as u64, &random).into_uuid()
}

macro_rules! id {
    ($(#[$doc:meta])* $name:ident, $prefix:literal) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            /// What every id of this kind begins with.
            pub const PREFIX: &'static str = $prefix;
            /// A new id; ids of one process sort by the time they were minted.
            pub fn mint(now: Timestamp, rng: &mut impl CryptoRng) -> Self {
                Self(format!(concat!($prefix, "{}"), mint(now, rng).simple()))
            }
            /// What sorts before every id minted at that moment or later, and after all earlier ones.
            pub fn first_of(at: Timestamp) -> Self {
                Self(format!(concat!($prefix, "{}"), uuid::Builder::from_unix_timestamp_millis(at.millis().max(0) as u64, &[0; 10]).into_uuid().simple()))
            }
            /// The id as it stands on the wire and in the tables.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }
        impl FromStr for $name {
            type Err = NotAnId;
            fn from_str(text: &str) -> Result<Self, NotAnId> {
                let rest = text.strip_prefix($prefix).ok_or(NotAnId)?;
                let hex = rest.len() == 32 && rest.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
                if hex { Ok(Self(text.to_owned())) } else { Err(NotAnId) }
            }
        }
        impl TryFrom<String> for $name {
            type Error = NotAnId;
            fn try_from(text: String) -> Result<Self, NotAnId> {
                text.parse()
            }
        }
        impl From<$name> for String {
            fn from(id: $name) -> String {
                id.0
            }
        }
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

id!(/// A person at this provider.
    IdentityId, "idn_");
id!(/// An organization that owns accounts.
    CompanyId, "org_");
id!(/// An identity's place in one company.
    AccountId, "acc_");
id!(/// A one-way link between two accounts.
    LinkId, "lnk_");
id!(/// An invitation.
    InvitationId, "inv_");
id!(/// A relying app.
    ClientId, "cli_");
id!(/// One stored authorization request on its way through the pages.
    InteractionId, "");
id!(/// A browser session: what the cookie names.
    BrowserSessionId, "");
id!(/// An app session: what `sid` names.
    AppSessionId, "");
id!(/// What was approved; carried in tokens as the opaque `gid`.
    GrantId, "");
id!(/// The row of anything else that needs a time-ordered key.
    RowId, "");

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_of_one_kind_is_never_an_id_of_another() {
        let mut rng = crate::types::Random::system();
        let account = AccountId::mint(Timestamp::from_seconds(1_700_000_000), &mut rng);
        assert!(account.as_str().starts_with("acc_"));
        assert_eq!(account.as_str().parse::<CompanyId>(), Err(NotAnId));
        assert_eq!(account.as_str().parse::<AccountId>(), Ok(account));
        assert_eq!("acc_".parse::<AccountId>(), Err(NotAnId));
        assert_eq!("acc_018BCFE568007000800000000000000Z".parse::<AccountId>(), Err(NotAnId));
    }

    #[test]
    fn ids_sort_by_the_time_they_were_minted() {
        let mut rng = crate::types::Random::system();
        let earlier = GrantId::mint(Timestamp::from_millis(1_700_000_000_001), &mut rng);
        let later = GrantId::mint(Timestamp::from_millis(1_700_000_000_002), &mut rng);
        assert!(earlier < later);
        let between = GrantId::first_of(Timestamp::from_millis(1_700_000_000_002));
        assert!(earlier < between && between <= later);
    }
}
