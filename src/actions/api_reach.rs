//! How far a call of the management API reaches: everything, for who runs the provider; one company, for who runs that.

use super::{App, LiveToken, Origin, Stop};
use crate::domain::Via;
use crate::protocol::{ACR_1FA, ErrorCode, ProtocolFailure, Reason};
use crate::store::{companies, operators};
use crate::types::CompanyId;

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

/// Why a call does not reach that far. Foreign and unknown companies read the same.
fn too_far(text: &str) -> Stop {
    ProtocolFailure::because(ErrorCode::AccessDenied, Reason::OrganizationAccessDenied, text).into()
}

/// Judges a token. `scope` lets its holder change things; for looking alone its `.read` is enough.
///
/// A machine's token reaches everything, or the one company that it is bound to. A person's reaches everything while they are an operator
/// and showed a second factor, and otherwise the company that their own account has full access to. Never through a link.
pub async fn api_caller(app: &App, token: &LiveToken, scope: &str, writes: bool, origin: &Origin) -> Result<ApiCaller, Stop> {
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
            "" => ApiReach::All,
            company => ApiReach::Company(company.parse().map_err(|_| too_far("this organization is unknown"))?),
        },
        Some(grant) if grant.via == Via::Own => {
            origin.operator = Some(grant.identity.id.clone());
            let strong = grant.acr != ACR_1FA;
            let account = grant.account.as_ref().filter(|a| a.kind.has_full_access());
            match account {
                _ if strong && operators::is_one(&app.store.db, &grant.identity.id).await? => ApiReach::All,
                Some(account) => ApiReach::Company(account.company.id.clone()),
                None => return Err(too_far("this token runs neither the provider nor a company")),
            }
        }
        Some(_) => return Err(too_far("not through a link")),
    };
    // What is bound to a company ends with it.
    if let ApiReach::Company(company) = &reach {
        let open = companies::named(&app.store.db, company.as_str()).await?.is_some_and(|c| c.closed_at.is_none());
        if !open {
            return Err(too_far("this organization cannot be entered"));
        }
    }
    Ok(ApiCaller { reach, origin })
}

impl ApiCaller {
    /// For what only who runs the provider may do.
    pub fn everything(&self) -> Result<(), Stop> {
        match self.reach {
            ApiReach::All => Ok(()),
            ApiReach::Company(_) => Err(too_far("this token reaches one organization only")),
        }
    }
    /// For what concerns this company.
    pub fn in_company(&self, company: &CompanyId) -> Result<(), Stop> {
        match &self.reach {
            ApiReach::Company(own) if own != company => Err(too_far("this token is not of this organization")),
            _ => Ok(()),
        }
    }
}
