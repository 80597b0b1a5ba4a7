//! Asking people: to make an account one's own, to let an account enter theirs, to join a company.

use super::AccountKind;
use crate::types::{AccountId, CompanyId, IdentityId, InvitationId, Timestamp};

/// What is asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum InvitationKind {
    /// The inviter takes over all accounts of the invited identity (design.md section 7, consolidation).
    Consolidation,
    /// An account of the inviter's may enter one of the invited person's.
    Link,
    /// A place in a company.
    Account {
        /// Where.
        company: CompanyId,
        /// Its kind.
        kind: AccountKind,
        /// Roles, by name.
        roles: Vec<String>,
        /// Single permissions.
        permissions: Vec<String>,
        /// When the access ends.
        access_expires_at: Option<Timestamp>,
    },
}

impl InvitationKind {
    /// As stored.
    pub const fn as_str(&self) -> &'static str {
        match self {
            InvitationKind::Consolidation => "consolidation",
            InvitationKind::Link => "link",
            InvitationKind::Account { .. } => "account",
        }
    }
}

/// An invitation as stored.
#[derive(Clone, Debug)]
pub struct Invitation {
    /// Its id.
    pub id: InvitationId,
    /// What is asked.
    pub kind: InvitationKind,
    /// Who asks.
    pub inviter: IdentityId,
    /// The account that acts.
    pub inviter_account: AccountId,
    /// Who is meant; `None` for whoever proves the address.
    pub target: Option<IdentityId>,
    /// What the inviter typed to say whom they mean. They are shown this, never the address behind a username.
    pub named: String,
    /// The address that was written to.
    pub email: String,
    /// The same, folded.
    pub email_key: String,
    /// When the mail was last sent.
    pub sent_at: Timestamp,
    /// When it stops counting.
    pub expires_at: Timestamp,
    /// When it was accepted.
    pub accepted_at: Option<Timestamp>,
    /// When it was declined, cancelled or overtaken.
    pub ended_at: Option<Timestamp>,
}

/// Why an invitation does not lead on (design.md section 6).
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvitationRefused {
    /// For somebody else.
    #[error("invitation-wrong-identity")]
    WrongIdentity,
    /// Accepted before.
    #[error("invitation-used")]
    Used,
    /// Too old.
    #[error("invitation-expired")]
    Expired,
    /// Cancelled, declined, or its ground is gone.
    #[error("invitation-revoked")]
    Revoked,
    /// Both sides have an account in one company.
    #[error("already-member-on-both-sides")]
    BothSides,
    /// The inviter's address is not verified any more, or belongs to others too.
    #[error("initiator-email-unverified")]
    InitiatorEmail,
    /// The person is there already.
    #[error("already-member")]
    AlreadyMember,
    /// The company takes no accounts of this kind.
    #[error("account-kind-not-allowed")]
    KindNotAllowed,
    /// The address of the sign-in that would move was changed, and the one before can still take that back.
    #[error("email-changed-lately")]
    EmailChanged,
    /// The two accounts cannot be linked.
    #[error(transparent)]
    Link(#[from] super::LinkRefused),
}

impl Invitation {
    /// Whether it can still be accepted.
    pub fn check(&self, now: Timestamp) -> Result<(), InvitationRefused> {
        if self.accepted_at.is_some() {
            return Err(InvitationRefused::Used);
        }
        if self.ended_at.is_some() {
            return Err(InvitationRefused::Revoked);
        }
        if self.expires_at <= now { Err(InvitationRefused::Expired) } else { Ok(()) }
    }
}

/// Why nobody is asked. Shown only to people who are signed in and rate-limited.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AskRefused {
    /// The inviter has no verified address.
    #[error("initiator-email-unverified")]
    InitiatorEmail,
    /// Several identities carry the address: use the username.
    #[error("link-target-ambiguous")]
    Ambiguous,
    /// Nobody has proved the address.
    #[error("link-target-unverified")]
    Unverified,
    /// There is nobody of that name.
    #[error("link-target-unavailable")]
    Unavailable,
    /// It is the inviter.
    #[error("link-self")]
    Same,
    /// Too many were asked lately.
    #[error("asked-too-often")]
    TooOften,
    /// The address is somebody else's username (design.md S1).
    #[error("invite-email-is-another-username")]
    AnothersUsername,
    /// The person is in the company already.
    #[error("already-member")]
    AlreadyMember,
    /// The company takes no accounts of this kind.
    #[error("account-kind-not-allowed")]
    KindNotAllowed,
    /// The address belongs to a verified identity: invite instead.
    #[error("add-user-exists-use-invite")]
    UseInvite,
    /// More is given than the giver holds.
    #[error("more-than-you-hold")]
    MoreThanHeld,
    /// What was typed is no address.
    #[error("invalid-address")]
    BadAddress,
    /// What was typed is no day, or one that is over.
    #[error("invalid-date")]
    BadDate,
}
