//! How far a call of the management API reaches: everything, for who runs the provider; one company, for who runs that.

use super::console_wants;
use super::{App, LiveToken, Origin, Stop};
use crate::domain::{Demand, Enrolled, Via, judge};
use crate::flow::acr_of;
use crate::protocol::{ClientCompanies, ErrorCode, ProtocolFailure, Reason};
use crate::store::{companies, operators};
use crate::types::{CompanyId, Timestamp};

/// How far.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ApiReach {
    /// Everything.
    All,
    /// This company alone.
    Company(CompanyId),
}

/// Who calls, for what they do to be logged as theirs, and how far they reach.
#[derive(Clone, Debug)]
pub struct ApiCaller {
    /// How far.
    pub reach: ApiReach,
    /// Who.
    pub origin: Origin,
}

/// A call does not reach that far. In the same words for every reason, so that nobody learns which companies there are.
fn too_far() -> Stop {
    ProtocolFailure::because(ErrorCode::AccessDenied, Reason::OrganizationAccessDenied, "this token does not reach that far").into()
}

/// Judges a token. `scope` lets its holder change things; for looking alone its `.read` is enough.
///
/// A token that names a company reaches that company at most, whoever holds it: a machine's that is bound to it, or a person's whose own account
/// has full access there. Without a company, a machine's token reaches everything if its client is open to every company, and a person's while
/// they are an operator and showed what the console asks for. Never through a link.
pub async fn api_caller(app: &App, token: &LiveToken, scope: &str, writes: bool, origin: &Origin, now: Timestamp) -> Result<ApiCaller, Stop> {
    if token.own_hand {
        return Ok(ApiCaller { reach: ApiReach::All, origin: origin.clone() });
    }
    if token.text("aud") != app.config.api_resource() {
        return Err(ProtocolFailure::new(ErrorCode::InvalidToken, "the access token is for another audience").into());
    }
    let scopes = token.scope();
    if !scopes.contains(scope) && (writes || !scopes.contains(&format!("{scope}.read"))) {
        return Err(ProtocolFailure::new(ErrorCode::InsufficientScope, format!("scope {scope} is needed")).into());
    }
    let mut origin = origin.clone();
    origin.client = token.text("client_id").parse().ok();
    let reach = match &token.grant {
        None => match token.text("org_id") {
            "" => {
                let client = match &origin.client {
                    Some(id) => app.client(id).await?,
                    None => None,
                };
                // Who may name some companies only does not get all of them by naming none.
                if !client.is_some_and(|c| c.client.companies == ClientCompanies::All) {
                    return Err(too_far());
                }
                ApiReach::All
            }
            company => ApiReach::Company(company.parse().map_err(|_| too_far())?),
        },
        Some(grant) if grant.via == Via::Own => {
            origin.person = Some(grant.identity.id.clone());
            origin.proved = vec![(grant.identity.id.clone(), acr_of(grant.proofs.level()))];
            let shown = || judge(&console_wants(), &grant.proofs, &Enrolled::default(), now) == Demand::Nothing;
            match &grant.account {
                Some(account) if account.kind.has_full_access() => ApiReach::Company(account.company.id.clone()),
                None if shown() && operators::is_one(&app.store.db, &grant.identity.id).await? => ApiReach::All,
                _ => return Err(too_far()),
            }
        }
        Some(_) => return Err(too_far()),
    };
    // What is bound to a company ends with it.
    if let ApiReach::Company(company) = &reach {
        let open = companies::named(&app.store.db, company.as_str()).await?.is_some_and(|c| c.closed_at.is_none());
        if !open {
            return Err(too_far());
        }
    }
    Ok(ApiCaller { reach, origin })
}

impl ApiCaller {
    /// For what only who runs the provider may do.
    pub fn everything(&self) -> Result<(), Stop> {
        match self.reach {
            ApiReach::All => Ok(()),
            ApiReach::Company(_) => Err(too_far()),
        }
    }
    /// For what concerns this company.
    pub fn in_company(&self, company: &CompanyId) -> Result<(), Stop> {
        match &self.reach {
            ApiReach::Company(own) if own != company => Err(too_far()),
            _ => Ok(()),
        }
    }
}
