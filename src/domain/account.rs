//! Accounts: an identity's place in one company.

use std::fmt;
use std::str::FromStr;

use super::CompanyView;
use crate::types::{AccountId, IdentityId, LinkId, Timestamp};

/// The kind of a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum AccountKind {
    /// Runs the company.
    Owner,
    /// Works there.
    Member,
    /// Highest access, no product seat.
    Manager,
    /// An outsider with hand-picked permissions.
    Delegate,
}

/// The text names no kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the kind must be owner, member, manager or delegate")]
pub struct NotAnAccountKind;

impl AccountKind {
    /// Every kind.
    pub const ALL: [AccountKind; 4] = [Self::Owner, Self::Member, Self::Manager, Self::Delegate];
    /// As stored and shown in the API.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Owner => "owner",
            Self::Member => "member",
            Self::Manager => "manager",
            Self::Delegate => "delegate",
        }
    }
    /// Whether the kind alone gives full access (design.md section 3, 12).
    pub const fn has_full_access(self) -> bool {
        matches!(self, Self::Owner | Self::Manager)
    }
}
impl FromStr for AccountKind {
    type Err = NotAnAccountKind;
    fn from_str(text: &str) -> Result<Self, NotAnAccountKind> {
        Self::ALL.into_iter().find(|k| k.as_str() == text).ok_or(NotAnAccountKind)
    }
}
impl fmt::Display for AccountKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Whether a new account of this kind takes a product seat.
pub fn seat_by_default(kind: AccountKind) -> bool {
    !matches!(kind, AccountKind::Manager)
}

/// How an account is reached.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Via {
    /// It hangs on the acting identity.
    Own,
    /// Through a one-way link.
    Link(LinkId),
}

impl Via {
    /// `own`, or the link's id.
    pub fn as_str(&self) -> &str {
        match self {
            Via::Own => "own",
            Via::Link(id) => id.as_str(),
        }
    }
    /// Read back from a table.
    pub fn stored(text: &str) -> Option<Via> {
        if text == "own" { Some(Via::Own) } else { text.parse().ok().map(Via::Link) }
    }
}

/// What decisions and pages need of an account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccountView {
    /// Its id, for life.
    pub id: AccountId,
    /// Whose it is.
    pub identity_id: IdentityId,
    /// Where it is.
    pub company: CompanyView,
    /// Its kind.
    pub kind: AccountKind,
    /// The roles' names, space-separated in a fixed order.
    pub roles: Vec<String>,
    /// The roles' names for people, comma-separated; empty without any.
    pub role_titles: String,
    /// When it began.
    pub created_at: Timestamp,
    /// When it was last entered; a preference for preselection only (design.md section 3, 2).
    pub last_used_at: Option<Timestamp>,
    /// When it ended.
    pub ended_at: Option<Timestamp>,
}

impl AccountView {
    /// Whether it can be entered.
    pub fn is_active(&self) -> bool {
        self.ended_at.is_none() && self.company.closed_at.is_none()
    }
}
