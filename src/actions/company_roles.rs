//! A company's permissions and the roles that bundle them, in the hands of its own people.
//!
//! What can be bundled is what the APIs of its apps declare, what the provider itself asks for, and what the operator bundled before: a
//! company gives words of others, and invents none.

use std::collections::BTreeMap;

use super::operator::{AddRole, add_role, change_role_itself, delete_role};
use super::{App, COMPANY_PERMISSIONS, Origin, Stop};
use crate::domain::parse_permission;
use crate::store::{clients, roles};
use crate::types::{CompanyId, DisplayText, Timestamp};

/// A permission that can be given in a company.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListedPermission {
    /// Its name.
    pub permission: String,
    /// In words, where whoever declares it gave some.
    pub description: Option<String>,
    /// Which API declares it; none for the provider's own and for those that only roles know.
    pub declared_by: Option<String>,
}

/// At most so many apps are looked at.
const APPS: i64 = 1000;

/// The permissions that can be given in a company, by name: the provider's own, those that the APIs of its apps declare, and those that its
/// roles bundle already. An API belongs to a company's apps when one of them may ask for its scopes, or is that API.
pub async fn permissions_of_company(app: &App, company: &CompanyId) -> Result<Vec<ListedPermission>, Stop> {
    let bare = |permission: String| ListedPermission { permission, description: None, declared_by: None };
    let mut all: BTreeMap<String, ListedPermission> = BTreeMap::new();
    for permission in roles::listed_permissions(&app.store.db, company).await? {
        all.insert(permission.clone(), bare(permission));
    }
    let registry = app.registry().await?;
    let declaring: Vec<_> = registry.all().into_iter().filter(|r| !r.permissions.is_empty()).collect();
    let apps = if declaring.is_empty() { Vec::new() } else { clients::open_to(&app.store.db, company, APPS).await? };
    for api in declaring {
        let scopes = api.scope_set();
        let used = apps.iter().any(|c| c.metadata.serves.contains(&api.identifier) || scopes.iter().any(|s| c.metadata.scope.contains(s)));
        for (permission, description) in api.permissions.iter().filter(|_| used) {
            let listed = ListedPermission { permission: permission.clone(), description: Some(description.clone()), declared_by: Some(api.name.clone()) };
            all.insert(permission.clone(), listed);
        }
    }
    for own in COMPANY_PERMISSIONS {
        all.insert(own.to_owned(), bare(own.to_owned()));
    }
    Ok(all.into_values().collect())
}

/// What is done with a role.
#[derive(Clone, Debug)]
pub enum RoleAct {
    /// A new one: its name in tokens, its name for people, what it bundles.
    Add(String, DisplayText, Vec<String>),
    /// Another name for people, another bundle.
    Change(String, DisplayText, Vec<String>),
    /// No more.
    Delete(String),
}

/// Why nothing was done with a role.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RoleRefused {
    /// The name cannot stand in a token.
    #[error("role-name")]
    Name,
    /// Another role has that name.
    #[error("role-taken")]
    Taken,
    /// The company does not have one of the permissions.
    #[error("role-permission")]
    Permission,
    /// It is not there.
    #[error("role-gone")]
    Gone,
}

/// Does it, at once for everybody who has the role.
pub async fn act_on_role(app: &App, company: &CompanyId, act: RoleAct, origin: &Origin, now: Timestamp) -> Result<Result<(), RoleRefused>, Stop> {
    if let RoleAct::Add(_, _, permissions) | RoleAct::Change(_, _, permissions) = &act {
        let listed = permissions_of_company(app, company).await?;
        if !permissions.iter().all(|p| listed.iter().any(|l| l.permission == *p)) {
            return Ok(Err(RoleRefused::Permission));
        }
    }
    let wish = |name, title, permissions| AddRole { company: company.to_string(), name, title, permissions };
    Ok(match act {
        RoleAct::Add(name, _, _) if parse_permission(&name).is_err() => Err(RoleRefused::Name),
        RoleAct::Add(name, title, permissions) => add_role(app, &wish(name, title, permissions), origin, now).await?.map(drop).map_err(|_| RoleRefused::Taken),
        RoleAct::Change(name, title, permissions) => {
            change_role_itself(app, &wish(name, title, permissions), origin, now).await?.map_err(|_| RoleRefused::Gone)
        }
        RoleAct::Delete(name) => delete_role(app, company, &name, origin, now).await?.map_err(|_| RoleRefused::Gone),
    })
}
