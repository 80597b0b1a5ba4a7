//! One-way links: account A may enter account B; B may not enter A (design.md section 2 and 7).

use super::AccountView;
use crate::types::{AccountId, IdentityId, LinkId, Timestamp};

/// How the target's side agreed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LinkProof {
    /// By the target's own name and password.
    Password,
    /// By the target's owner, signed in.
    Grant,
}

impl LinkProof {
    /// As stored.
    pub const fn as_str(self) -> &'static str {
        match self {
            LinkProof::Password => "password",
            LinkProof::Grant => "grant",
        }
    }
}

/// Whether a link opens anything now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LinkState {
    /// It does.
    Usable,
    /// An account has moved, or the target's credentials were reset: it rests until its owner confirms it.
    Resting,
    /// One of the accounts cannot be entered at all just now.
    Unavailable,
}

impl LinkState {
    /// The key of its text.
    pub const fn as_str(self) -> &'static str {
        match self {
            LinkState::Usable => "usable",
            LinkState::Resting => "resting",
            LinkState::Unavailable => "unavailable",
        }
    }
}

/// A live link as its two owners see it.
#[derive(Clone, Debug)]
pub struct LinkView {
    /// Its id.
    pub id: LinkId,
    /// From where.
    pub from: LinkEnd,
    /// Into what.
    pub to: LinkEnd,
    /// Whether it opens anything now.
    pub state: LinkState,
    /// When it began.
    pub created_at: Timestamp,
    /// When it was last entered.
    pub last_used_at: Option<Timestamp>,
}

/// One end of a link.
#[derive(Clone, Debug)]
pub struct LinkEnd {
    /// The account.
    pub account_id: AccountId,
    /// Whose it is now.
    pub identity_id: IdentityId,
    /// The owner's name for display.
    pub owner: String,
    /// The company's name.
    pub company: String,
}

/// Why two accounts are not linked. Shown only to people who are signed in and rate-limited (design.md section 6).
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LinkRefused {
    /// Name or password is wrong, or there were too many tries; nobody is told which.
    #[error("link-proof-failed")]
    ProofFailed,
    /// Both accounts are the same person's already.
    #[error("link-self")]
    Same,
    /// There is such a link.
    #[error("link-exists")]
    Exists,
    /// The target has no account that can be entered, or is gone.
    #[error("link-target-unavailable")]
    TargetUnavailable,
    /// One of the companies allows no links.
    #[error("policy-forbids-link")]
    Forbidden,
}

/// Decides whether a proved target may be linked. Who is signed in as both may link them too: the accounts differ.
pub fn may_link(from: &AccountView, to: &AccountView, forbidden: bool, exists: bool) -> Result<(), LinkRefused> {
    if from.identity_id == to.identity_id {
        return Err(LinkRefused::Same);
    }
    if !to.is_active() || !from.is_active() {
        return Err(LinkRefused::TargetUnavailable);
    }
    if forbidden {
        return Err(LinkRefused::Forbidden);
    }
    if exists { Err(LinkRefused::Exists) } else { Ok(()) }
}
