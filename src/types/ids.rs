//! Ids: a prefix and a UUIDv7 (RFC 9562 section 5.7), opaque to others, time-ordered for our tables.
//!
//! With a prefix it is a TypeID, whose UUID is 26 characters of base 32: they stand in every table and index. Until they did, it was 32
//! hexadecimal digits, and such ids stay as they are: all of them sort before every TypeID, so that both together still sort by time.
//! What has no prefix is ours alone and stays hexadecimal: it is cut off by its time (`first_of`), which one form of it makes easy.

use std::fmt;
use std::str::FromStr;
use std::sync::LazyLock;

use data_encoding::{Encoding, Specification};
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

/// TypeID's digits: Crockford's, in small letters.
const DIGITS: &str = "0123456789abcdefghjkmnpqrstvwxyz";

static BASE_32: LazyLock<Encoding> = LazyLock::new(|| {
    let mut specification = Specification::new();
    specification.symbols.push_str(DIGITS);
    specification.encoding().expect("thirty-two digits")
});

/// 130 bits, of which the first two are zero (TypeID 0.3, "UUID suffix"): here the end of 160 bits.
fn base_32(uuid: Uuid) -> String {
    let mut bits = [0; 20];
    bits[4..].copy_from_slice(uuid.as_bytes());
    BASE_32.encode(&bits).split_off(6)
}

fn hexadecimal(uuid: Uuid) -> String {
    uuid.simple().to_string()
}

fn is_hexadecimal(text: &str) -> bool {
    text.len() == 32 && text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))
}

fn is_base_32(text: &str) -> bool {
    text.len() == 26 && matches!(text.as_bytes()[0], b'0'..=b'7') && text.bytes().all(|b| DIGITS.as_bytes().contains(&b))
}

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        id!($(#[$doc])* $name, "", hexadecimal, is_hexadecimal);
        impl $name {
            /// What sorts before every id minted at that moment or later, and after all earlier ones.
            pub fn first_of(at: Timestamp) -> Self {
                Self(hexadecimal(uuid::Builder::from_unix_timestamp_millis(at.millis().max(0) as u64, &[0; 10]).into_uuid()))
            }
        }
    };
    ($(#[$doc:meta])* $name:ident, $prefix:literal) => {
        id!($(#[$doc])* $name, $prefix, base_32, |rest| is_base_32(rest) || is_hexadecimal(rest));
    };
    ($(#[$doc:meta])* $name:ident, $prefix:literal, $write:expr, $reads:expr) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
        #[serde(try_from = "String")]
        pub struct $name(String);

        impl $name {
            /// What every id of this kind begins with.
            pub const PREFIX: &'static str = $prefix;
            /// A new id; ids of one process sort by the time they were minted.
            pub fn mint(now: Timestamp, rng: &mut impl CryptoRng) -> Self {
                Self(format!("{}{}", $prefix, $write(mint(now, rng))))
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
                if $reads(rest) { Ok(Self(text.to_owned())) } else { Err(NotAnId) }
            }
        }
        impl TryFrom<String> for $name {
            type Error = NotAnId;
            fn try_from(text: String) -> Result<Self, NotAnId> {
                text.parse()
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
    InteractionId);
id!(/// A browser session: what the cookie names.
    BrowserSessionId);
id!(/// An app session: what `sid` names.
    AppSessionId);
id!(/// What was approved; carried in tokens as the opaque `gid`.
    GrantId);
id!(/// The row of anything else that needs a time-ordered key.
    RowId);

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
        for odd in [
            "018BCFE5680070008000000000000000",
            "018bcfe568007000800000000000000",
            "01HEYYAT007000800000000000",
            "81heyyat007000800000000000",
            "01heyyat00700080000000000u",
        ] {
            assert_eq!(format!("acc_{odd}").parse::<AccountId>(), Err(NotAnId), "{odd}");
        }
    }

    #[test]
    fn an_id_with_a_prefix_is_a_typeid_and_older_ones_are_read_and_sort_before_it() {
        // The specification's own examples.
        for (typeid, uuid) in [
            ("01h455vb4pex5vsknk084sn02q", "01890a5d-ac96-774b-bcce-b302099a8057"),
            ("0123456789abcdefghjkmnpqrs", "0110c853-1d09-52d8-d73e-1194e95b5f19"),
            ("7zzzzzzzzzzzzzzzzzzzzzzzzz", "ffffffff-ffff-ffff-ffff-ffffffffffff"),
        ] {
            assert_eq!(base_32(uuid.parse().expect("a UUID")), typeid);
        }
        let late = "acc_01fffffffffff0008000000000000000".parse::<AccountId>().expect("from before");
        let early = AccountId::mint(Timestamp::from_seconds(1_764_000_000), &mut crate::types::Random::system());
        assert!(late < early && early.as_str().len() == 30, "{early}");
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
