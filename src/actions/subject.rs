//! `sub` for one client (OpenID Connect Core section 8, design.md 5.2).

use serde_json::Value;

use super::{App, Stop};
use crate::crypto::pairwise_subject;
use crate::domain::Via;
use crate::flow::{LiveGrant, Subject, act_claim};
use crate::protocol::{Client, SubjectOf, SubjectType};
use crate::store::accounts;
use crate::store::sessions::AppSession;
use crate::types::{AccountId, IdentityId};

impl App {
    /// The subject by which a client knows a person, or their account.
    pub fn subject(&self, client: &Client, identity: &IdentityId, account: Option<&AccountId>, former: Option<&str>) -> Subject {
        let local = match (client.metadata.subject_of, account) {
            (SubjectOf::Account, Some(account)) => account.as_str(),
            _ => identity.as_str(),
        };
        let sub = match client.metadata.subject_type {
            SubjectType::Public => local.to_owned(),
            SubjectType::Pairwise => pairwise_subject(self.keys().pairwise_salt(), client.metadata.sector().unwrap_or_default(), local),
        };
        // An app that keeps a row per account never learns of consolidations: its subject does not change.
        let aud_sub = former.filter(|f| *f != sub && client.metadata.subject_of == SubjectOf::Identity).map(str::to_owned);
        Subject { sub, aud_sub }
    }
    /// The subject of an app session: of who acts, or through a link of the entered account's person. `None` when that is gone.
    pub async fn subject_in(&self, client: &Client, session: &AppSession) -> Result<Option<String>, Stop> {
        let person = match (&session.via, &session.account_id) {
            (Via::Link(_), Some(id)) => accounts::find(&self.store.db, id).await?.map(|a| a.identity_id),
            _ => Some(session.identity.id.clone()),
        };
        Ok(person.map(|person| self.subject(client, &person, session.account_id.as_ref(), None).sub))
    }
    /// `act` of what was entered through a link.
    pub fn act(&self, client: &Client, grant: &LiveGrant) -> Option<Value> {
        let origin = grant.origin.as_ref()?;
        Some(act_claim(origin, &self.subject(client, &origin.identity_id, Some(&origin.account_id), None).sub))
    }
}
