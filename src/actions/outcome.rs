//! How an action stops short, and where it was asked from.

use crate::crypto;
use crate::protocol::ProtocolFailure;
use crate::store::WriteRefused;
use crate::store::devices::DeviceToken;
use crate::types::{ClientId, IdentityId};

/// Why an action did not finish.
#[derive(Debug, thiserror::Error)]
pub enum Stop {
    /// The request cannot be answered as asked.
    #[error(transparent)]
    Failure(#[from] ProtocolFailure),
    /// Too much at once: come back.
    #[error("too busy")]
    Busy,
    /// Something of ours broke; logged once with the request id.
    #[error(transparent)]
    Fault(anyhow::Error),
}

impl From<anyhow::Error> for Stop {
    fn from(e: anyhow::Error) -> Self {
        Stop::Fault(e)
    }
}
impl From<sqlx::Error> for Stop {
    fn from(e: sqlx::Error) -> Self {
        match e {
            sqlx::Error::PoolTimedOut => Stop::Busy,
            // PostgreSQL gave up one of two transactions that waited for each other (40P01, 40001): nothing of it was written.
            sqlx::Error::Database(e) if matches!(e.code().as_deref(), Some("40P01" | "40001")) => Stop::Busy,
            e => Stop::Fault(e.into()),
        }
    }
}
impl From<crypto::Busy> for Stop {
    fn from(_: crypto::Busy) -> Self {
        Stop::Busy
    }
}
impl From<WriteRefused> for Stop {
    fn from(e: WriteRefused) -> Self {
        match e {
            WriteRefused::Busy => Stop::Busy,
            WriteRefused::Fault(e) => Stop::Fault(anyhow::anyhow!(e)),
        }
    }
}

/// The request an action serves, for audit events.
#[derive(Clone, Debug, Default)]
pub struct Origin {
    /// The request's id, also shown on fault pages.
    pub request_id: String,
    /// In what browser, in words for its owner.
    pub device: String,
    /// What names that browser beyond its session, as presented: nothing is proved by it yet.
    pub device_token: Option<DeviceToken>,
    /// The peer's address, behind trusted proxies the forwarded one.
    pub address: Option<std::net::IpAddr>,
    /// Who acts, where the event does not say it itself: at the console, on the pages of a company, or with a token at the API.
    pub person: Option<IdentityId>,
    /// The client that asks, over the API.
    pub client: Option<ClientId>,
    /// What the people who are signed in there had proved when the request began, as `acr` values.
    pub proved: Vec<(IdentityId, &'static str)>,
}

impl Origin {
    /// The address as text.
    pub fn address_text(&self) -> Option<String> {
        self.address.map(|a| a.to_string())
    }
    /// The range that failures are counted for: the whole IPv4 address, the /64 of IPv6.
    pub fn address_range(&self) -> Option<String> {
        self.address.map(|a| match a.to_canonical() {
            std::net::IpAddr::V4(v4) => v4.to_string(),
            std::net::IpAddr::V6(v6) => {
                let s = v6.segments();
                format!("{:x}:{:x}:{:x}:{:x}::/64", s[0], s[1], s[2], s[3])
            }
        })
    }
}
