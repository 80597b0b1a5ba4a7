//! Whether what was granted still stands (design.md section 3, 5): decided anew at every use.

use crate::domain::{AccountKind, CompanyView, FactorPolicy, Identity, Level, Proofs, Via, Wanted};
use crate::protocol::ClaimsRequest;
use crate::types::{AccountId, AppSessionId, BrowserSessionId, ClientId, CompanyId, GrantId, IdentityId, ScopeSet, Seconds, Timestamp};

/// The account a grant names, as it stands now.
#[derive(Clone, Debug)]
pub struct LiveAccount {
    /// Its id.
    pub id: AccountId,
    /// Its company.
    pub company: CompanyView,
    /// Its kind.
    pub kind: AccountKind,
    /// Whether it takes a product seat.
    pub seat: bool,
    /// The names of its roles.
    pub roles: Vec<String>,
    /// What it may do: its own permissions and its roles'.
    pub permissions: Vec<String>,
    /// When it began.
    pub since: Timestamp,
    /// When it ended.
    pub ended_at: Option<Timestamp>,
    /// Whether it still hangs on the identity that was granted (or, through a link, still may be entered).
    pub reachable: bool,
    /// The subject this client knew before a consolidation or an import.
    pub former_subject: Option<String>,
    /// Whether a subject was issued to this client before.
    pub subject_known: bool,
}

/// From where an account was entered through a one-way link.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GrantOrigin {
    /// Who acts.
    pub identity_id: IdentityId,
    /// The account they came from.
    pub account_id: AccountId,
    /// Its company.
    pub company_id: CompanyId,
    /// What that company asks.
    pub policy: FactorPolicy,
    /// When the account began.
    pub since: Timestamp,
}

/// The browser session a grant came from, as it stands now.
#[derive(Clone, Copy, Debug)]
pub struct SessionState {
    /// When it was ended.
    pub ended_at: Option<Timestamp>,
    /// When it ends at the latest.
    pub expires_at: Timestamp,
    /// When it was last used.
    pub last_seen_at: Timestamp,
}

/// A grant with everything that its tokens depend on.
#[derive(Clone, Debug)]
pub struct LiveGrant {
    /// Its id, `gid` in tokens.
    pub id: GrantId,
    /// The client.
    pub client_id: ClientId,
    /// Whose account is entered: the subject's identity.
    pub identity: Identity,
    /// The account, if the client uses companies.
    pub account: Option<LiveAccount>,
    /// From where, when through a link.
    pub origin: Option<GrantOrigin>,
    /// How the account was reached.
    pub via: Via,
    /// The app session.
    pub sid: AppSessionId,
    /// The browser session it came from.
    pub browser_session_id: BrowserSessionId,
    /// What was granted.
    pub scope: ScopeSet,
    /// Single claims that were asked for.
    pub claims: ClaimsRequest,
    /// The APIs that were granted.
    pub resources: Vec<String>,
    /// When the acting identity authenticated.
    pub auth_time: Timestamp,
    /// How well.
    pub acr: String,
    /// By what.
    pub amr: Vec<String>,
    /// What that was, with its age, as it stood when the grant was made.
    pub proofs: Proofs,
    /// What the acting identity owes whoever it took over.
    pub floor: Level,
    /// When it was closed.
    pub ended_at: Option<Timestamp>,
    /// The browser session, as it stands now.
    pub session: Option<SessionState>,
}

/// Why a grant no longer stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dead {
    /// It was closed.
    Grant,
    /// The identity is disabled or closed.
    Identity,
    /// The account ended, moved out of reach, or its company is closed.
    Account,
}

impl LiveGrant {
    /// Who acts: the account's own identity, or whoever came through a link.
    pub fn acting(&self) -> &IdentityId {
        self.origin.as_ref().map_or(&self.identity.id, |o| &o.identity_id)
    }
    /// What the companies of this grant ask of who acts in it, and what that identity owes.
    pub fn wanted(&self) -> Wanted {
        let mut wanted = Wanted::level(self.floor);
        if let Some(account) = &self.account {
            wanted = wanted.and(&Wanted::by(&account.company.policy, account.since));
        }
        match &self.origin {
            Some(origin) => wanted.and(&Wanted::by(&origin.policy, origin.since)),
            None => wanted,
        }
    }
    /// Whether tokens of this grant count now.
    pub fn check(&self) -> Result<(), Dead> {
        // The most precise reason first: an account that ended has closed its grants too.
        match &self.account {
            Some(a) if a.ended_at.is_some() || !a.reachable || a.company.closed_at.is_some() => Err(Dead::Account),
            _ if self.identity.closed_at.is_some() => Err(Dead::Identity),
            _ if self.ended_at.is_some() => Err(Dead::Grant),
            _ => Ok(()),
        }
    }
    /// Whether the grant may be used without its browser session (OpenID Connect Core section 11).
    pub fn is_offline(&self) -> bool {
        self.scope.contains("offline_access")
    }
    /// Whether the browser session it hangs on still lives, for grants that end with it (decisions.md 15).
    pub fn session_lives(&self, idle: Seconds, now: Timestamp) -> bool {
        self.is_offline() || self.session.is_some_and(|s| s.ended_at.is_none() && s.expires_at > now && s.last_seen_at + idle > now)
    }
}
