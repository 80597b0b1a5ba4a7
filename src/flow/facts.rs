//! What the dispatcher knows when it decides. Gathered by `actions`, never by the decision itself.

use crate::domain::{AccountView, Factor, Proofs, SignedIn, Via, Wanted};
use crate::protocol::Client;
use crate::types::{AccountId, CompanyId, IdentityId, LinkId, ScopeSet};

/// An account that the acting identity may enter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reach {
    /// Who acts.
    pub acting: IdentityId,
    /// What is entered.
    pub account: AccountView,
    /// How.
    pub via: Via,
    /// From where, when through a link.
    pub origin: Option<AccountId>,
    /// What the origin's company asks.
    pub origin_wants: Wanted,
}

impl Reach {
    /// What the companies on the way ask: the one that is entered, and the one it is entered from.
    pub fn wanted(&self) -> Wanted {
        Wanted::by(&self.account.company.policy, self.account.created_at).and(&self.origin_wants)
    }
}

/// The company a request named.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NamedCompany {
    /// None.
    NotNamed,
    /// One that is unknown, suspended, or closed to this client: told apart by nobody.
    Unavailable,
    /// One that this client may enter.
    Open(CompanyId),
}

/// Whom an `id_token_hint` expects.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Expected {
    /// No hint.
    Anyone,
    /// This identity.
    Identity(IdentityId),
    /// Somebody who is no longer here under that subject.
    Gone,
}

/// What a person chose on the chooser of one interaction.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Choice {
    /// Who acts.
    pub identity_id: IdentityId,
    /// Which account; `None` for clients without companies.
    pub account_id: Option<AccountId>,
    /// Through which link; `None` for their own.
    #[serde(default)]
    pub link_id: Option<LinkId>,
}

impl Choice {
    /// The choice that leads to what was reached; without an account, the identity alone.
    pub fn of(identity: &IdentityId, reach: Option<&Reach>) -> Self {
        let link_id = reach.and_then(|r| match &r.via {
            Via::Own => None,
            Via::Link(id) => Some(id.clone()),
        });
        Self { identity_id: identity.clone(), account_id: reach.map(|r| r.account.id.clone()), link_id }
    }
}

/// The facts that pages have saved in the interaction.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(default)]
pub struct Progress {
    /// Identities that signed in inside this interaction.
    pub proved: Vec<IdentityId>,
    /// What was chosen.
    pub choice: Option<Choice>,
    /// For whom, and for which account, consent was given inside this interaction.
    pub consented: Option<Choice>,
    /// Whether "use another identity" was pressed.
    pub adding_identity: bool,
    /// Whether "choose another" was pressed on the refusal page.
    pub choosing_again: bool,
    /// Who showed a right password here and still has to show a second factor.
    pub pending: Option<Pending>,
    /// Who put off a second factor that may wait.
    pub put_off: Vec<IdentityId>,
}

/// Somebody between the two halves of a sign-in. They are signed in nowhere yet.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Pending {
    /// Who.
    pub identity_id: IdentityId,
    /// What they showed.
    pub proofs: Proofs,
    /// The state of their credentials then: a reset in between ends it.
    pub epoch: i64,
    /// Second factors they have.
    pub factors: Vec<Factor>,
}

/// A remembered consent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Remembered {
    /// Who consented.
    pub identity_id: IdentityId,
    /// For which account, if any.
    pub account_id: Option<AccountId>,
    /// To what.
    pub scope: ScopeSet,
}

/// Everything `next_step` looks at.
#[derive(Clone, Debug)]
pub struct Facts<'a> {
    /// Who asks.
    pub client: &'a Client,
    /// Who is signed in to this browser.
    pub signed_in: &'a [SignedIn],
    /// Whom the hint expects.
    pub expected: Expected,
    /// The company that was named.
    pub company: NamedCompany,
    /// The account that the selector names, when a signed-in identity reaches it and this client may enter it.
    pub selected: Option<Reach>,
    /// Whether several of their own accounts lead to the selected one, so that the origin is to be chosen.
    pub selected_from_several: bool,
    /// The account of the hint, likewise.
    pub hinted: Option<Reach>,
    /// What the person chose, likewise.
    pub chosen: Option<Reach>,
    /// At most two accounts of eligible identities that would do, in the order of preselection.
    pub candidates: Vec<Reach>,
    /// At most two accounts that eligible identities enter through links, when they have none of their own that would do.
    pub linked: Vec<Reach>,
    /// A signed-in identity that may not act yet, but has an account that would do.
    pub stale_owner: Option<IdentityId>,
    /// What the operator asks of everybody.
    pub operator: Wanted,
    /// What the pages have saved.
    pub progress: &'a Progress,
    /// Consents that may matter.
    pub remembered: Vec<Remembered>,
    /// Scopes that need the person's consent, of those asked for.
    pub scope: ScopeSet,
}
