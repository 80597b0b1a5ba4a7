//! What the operator does from the command line: companies, people, accounts, roles, resource servers, clients.

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};

use super::{App, COMPANY_PERMISSIONS, ChangeRefused, Origin, Stop, mail_activation};
use crate::domain::{AccountKind, Profile, SignInName, parse_permission, seat_by_default};
use crate::protocol::{Client, ClientAuthMethod, ClientCompanies, ClientMetadata};
use crate::store::accounts::{self, NewAccount};
use crate::store::companies::{self, NewCompany};
use crate::store::identities::{self, NewIdentity};
use crate::store::resources::{self, Resource};
use crate::store::{Tx, audit, clients, roles};
use crate::types::{AccountId, ClientId, CompanyId, Digest, DisplayText, EmailAddress, IdentityId, Locale, RowId, ScopeSet, Secret, Slug, Timestamp, Username};

/// Why the operator's wish was refused, in words for a terminal.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct Refused(pub String);

impl Refused {
    pub(super) fn because(e: impl std::fmt::Display) -> Self {
        Self(e.to_string())
    }
}

pub(super) type Answer<T> = Result<Result<T, Refused>, Stop>;

macro_rules! accept {
    ($check:expr) => {
        match $check {
            Ok(value) => value,
            Err(refused) => return Ok(Err(Refused::because(refused))),
        }
    };
}
pub(super) use accept;

/// A company to add.
#[derive(Debug)]
pub struct AddCompany {
    /// Its name.
    pub name: DisplayText,
    /// Its short name.
    pub slug: Slug,
    /// Where it is served from.
    pub region: String,
    /// Whether its name may be shown before sign-in.
    pub publicly_named: bool,
    /// A PNG of at most 64 KB.
    pub logo: Option<Vec<u8>>,
    /// Somebody known who becomes its owner.
    pub owner: Option<String>,
}

/// Largest logo, in bytes.
const LOGO_MAX: usize = 64 * 1024;

fn check_logo(bytes: &[u8]) -> Result<(), Refused> {
    if bytes.len() > LOGO_MAX {
        return Err(Refused("a logo is at most 64 KB".into()));
    }
    let mut decoder = png::Decoder::new_with_limits(std::io::Cursor::new(bytes), png::Limits { bytes: 16 * 1024 * 1024 });
    let header = decoder.read_header_info().map_err(|_| Refused("a logo must be a PNG".into()))?;
    if header.width > 2048 || header.height > 2048 { Err(Refused("a logo is at most 2048 pixels wide and high".into())) } else { Ok(()) }
}

/// Checks a logo and keeps it; its digest.
pub(super) async fn keep_logo(tx: &mut Tx, logo: Option<&Vec<u8>>, now: Timestamp) -> Answer<Option<String>> {
    let Some(bytes) = logo else { return Ok(Ok(None)) };
    accept!(check_logo(bytes));
    let digest = Digest::of(bytes).as_str().to_owned();
    companies::keep_logo(tx, &digest, &STANDARD.encode(bytes), now).await?;
    Ok(Ok(Some(digest)))
}

/// Adds a company, with its owner if somebody is named.
pub async fn add_company(app: &App, wish: AddCompany, origin: &Origin, now: Timestamp) -> Answer<CompanyId> {
    let owner = match &wish.owner {
        None => None,
        Some(name) => Some(accept!(find_person(app, name).await?)),
    };
    let mut rng = app.rng();
    let id = CompanyId::mint(now, &mut rng);
    let mut tx = app.store.begin().await?;
    let logo = accept!(keep_logo(&mut tx, wish.logo.as_ref(), now).await?);
    let new = NewCompany { id: id.clone(), name: wish.name, slug: wish.slug, region: wish.region, publicly_named: wish.publicly_named, logo };
    accept!(companies::add(&mut tx, &new, now).await?);
    if let Some(identity_id) = owner {
        let account = NewAccount { id: AccountId::mint(now, &mut rng), identity_id, company_id: id.clone(), kind: AccountKind::Owner, seat: true };
        accept!(accounts::add(&mut tx, &account, now).await?);
    }
    audit::append(&mut tx, &app.event("company.added", origin, now).in_company(&id)).await?;
    tx.commit().await?;
    Ok(Ok(id))
}

/// Changes what a company is called, and where it is served from; a new logo replaces the old one.
pub async fn change_company(app: &App, id: &CompanyId, wish: AddCompany, origin: &Origin, now: Timestamp) -> Answer<()> {
    let mut tx = app.store.begin().await?;
    let logo = accept!(keep_logo(&mut tx, wish.logo.as_ref(), now).await?);
    let new = NewCompany { id: id.clone(), name: wish.name, slug: wish.slug, region: wish.region, publicly_named: wish.publicly_named, logo };
    accept!(companies::change(&mut tx, &new, now).await?);
    audit::append(&mut tx, &app.event("company.changed", origin, now).in_company(id)).await?;
    tx.commit().await?;
    Ok(Ok(()))
}

/// A person to add.
#[derive(Debug, Default)]
pub struct AddPerson {
    /// An address.
    pub email: Option<EmailAddress>,
    /// A name to sign in with.
    pub username: Option<Username>,
    /// Whether the operator vouches for the address.
    pub verified: bool,
    /// First name.
    pub given_name: Option<DisplayText>,
    /// Last name.
    pub family_name: Option<DisplayText>,
    /// Language.
    pub locale: Option<Locale>,
    /// A first password; without one an activation link is mailed.
    pub password: Option<Secret>,
}

/// Adds a person; without a password, mails an activation link. `url` finishes the link of a token.
pub async fn add_person(app: &App, wish: AddPerson, url: impl Fn(&str) -> String, origin: &Origin, now: Timestamp) -> Answer<IdentityId> {
    if wish.email.is_none() && (wish.username.is_none() || wish.password.is_none()) {
        return Ok(Err(Refused("a person needs an address, or a username and a password".into())));
    }
    // A username shaped like an address must be the owner's verified one (design.md section 7).
    if let Some(username) = wish.username.as_ref().filter(|u| u.key().contains('@'))
        && (!wish.verified || wish.email.as_ref().is_none_or(|e| e.key() != username.key()))
    {
        return Ok(Err(Refused("a username shaped like an address must equal the person's verified address".into())));
    }
    let password_hash = match &wish.password {
        None => None,
        Some(password) => {
            let own: Vec<&str> = wish.email.iter().map(EmailAddress::as_str).chain(wish.username.iter().map(Username::as_str)).collect();
            Some(accept!(super::set_password::checked_password(app, password.expose(), &own).await?))
        }
    };
    let id = IdentityId::mint(now, &mut app.rng());
    let text = |t: &Option<DisplayText>| t.as_ref().map(|t| t.as_str().to_owned());
    let profile = Profile { given_name: text(&wish.given_name), family_name: text(&wish.family_name), locale: wish.locale, ..Profile::default() };
    let greeting = profile.given_name.clone().unwrap_or_default();
    let mails = password_hash.is_none();
    let new = NewIdentity { id: id.clone(), username: wish.username, email: wish.email.clone(), email_verified: wish.verified, password_hash, profile };
    let mut tx = app.store.begin().await?;
    accept!(identities::add(&mut tx, &new, now).await?);
    if let (true, Some(email)) = (mails, &wish.email) {
        mail_activation(app, &mut tx, &id, &greeting, email, wish.locale.unwrap_or_default(), url, now).await?;
    }
    audit::append(&mut tx, &app.event("identity.added", origin, now).reason(id.as_str())).await?;
    tx.commit().await?;
    Ok(Ok(id))
}

pub(super) async fn find_person(app: &App, name: &str) -> Result<Result<IdentityId, Refused>, Stop> {
    let found = identities::known_as(&app.store.db, &SignInName::typed(name)).await?;
    Ok(match found.as_slice() {
        [one] => Ok(one.id.clone()),
        [] => Err(Refused(format!("nobody is known as {name}"))),
        _ => Err(Refused(format!("several people are known as {name}; use the idn_ id"))),
    })
}

pub(super) async fn find_company(app: &App, name: &str) -> Result<Result<CompanyId, Refused>, Stop> {
    Ok(companies::named(&app.store.db, name).await?.map(|c| c.id).ok_or_else(|| Refused(format!("there is no company {name}"))))
}

/// Companies by slugs or ids; the first that there is not is named.
pub async fn companies_named(app: &App, names: &[String]) -> Answer<Vec<CompanyId>> {
    let mut found = Vec::new();
    for name in names {
        found.push(accept!(find_company(app, name).await?));
    }
    found.sort();
    found.dedup();
    Ok(Ok(found))
}

/// An account to add.
#[derive(Debug)]
pub struct AddAccount {
    /// Whose: username, address or id.
    pub person: String,
    /// Where: slug or id.
    pub company: String,
    /// Its kind.
    pub kind: AccountKind,
    /// Roles of the company, by name.
    pub roles: Vec<String>,
    /// Single permissions.
    pub permissions: Vec<String>,
}

/// Adds an account.
pub async fn add_account(app: &App, wish: &AddAccount, origin: &Origin, now: Timestamp) -> Answer<AccountId> {
    let identity_id = accept!(find_person(app, &wish.person).await?);
    let company_id = accept!(find_company(app, &wish.company).await?);
    let id = AccountId::mint(now, &mut app.rng());
    let new =
        NewAccount { id: id.clone(), identity_id: identity_id.clone(), company_id: company_id.clone(), kind: wish.kind, seat: seat_by_default(wish.kind) };
    let mut tx = app.store.begin().await?;
    accept!(accounts::add(&mut tx, &new, now).await?);
    for name in &wish.roles {
        let role = accept!(roles::named(&mut tx, &company_id, name).await?.ok_or_else(|| Refused(format!("the company has no role {name}"))));
        roles::give(&mut tx, &id, &role).await?;
    }
    for permission in &wish.permissions {
        roles::permit(&mut tx, &id, accept!(parse_permission(permission))).await?;
    }
    audit::append(&mut tx, &app.event("account.added", origin, now).in_account(&id, &company_id)).await?;
    tx.commit().await?;
    Ok(Ok(id))
}

/// Ends an account: its grants and app sessions close with it. Refused for the last one with full access.
pub async fn end_account(app: &App, id: &AccountId, origin: &Origin, now: Timestamp) -> Answer<()> {
    let account = accept!(accounts::find(&app.store.db, id).await?.ok_or_else(|| Refused("there is no such account".into())));
    Ok(match super::people::end(app, &account, Some(&account.identity_id), origin, now).await? {
        Ok(()) => Ok(()),
        Err(ChangeRefused::LastOwner) => Err(Refused("last-owner: this is the last account with full access in its company".into())),
        Err(refused) => Err(Refused::because(refused)),
    })
}

/// Gives an account a role of its company, or takes it.
pub async fn change_role(app: &App, id: &AccountId, role: &str, give: bool, origin: &Origin, now: Timestamp) -> Answer<()> {
    let account = accept!(accounts::find(&app.store.db, id).await?.ok_or_else(|| Refused("there is no such account".into())));
    let mut tx = app.store.begin().await?;
    let role = accept!(roles::named(&mut tx, &account.company.id, role).await?.ok_or_else(|| Refused(format!("the company has no role {role}"))));
    if give {
        roles::give(&mut tx, id, &role).await?;
    } else {
        roles::take(&mut tx, id, &role).await?;
    }
    audit::append(&mut tx, &app.event("account.role_changed", origin, now).in_account(id, &account.company.id)).await?;
    tx.commit().await?;
    Ok(Ok(()))
}

/// A role to add.
#[derive(Debug)]
pub struct AddRole {
    /// Of which company: slug or id.
    pub company: String,
    /// Its name in tokens.
    pub name: String,
    /// Its name for people.
    pub title: DisplayText,
    /// What it bundles.
    pub permissions: Vec<String>,
}

/// Adds a role.
pub async fn add_role(app: &App, wish: &AddRole, origin: &Origin, now: Timestamp) -> Answer<RowId> {
    let company = accept!(find_company(app, &wish.company).await?);
    for word in wish.permissions.iter().chain([&wish.name]) {
        accept!(parse_permission(word));
    }
    let id = RowId::mint(now, &mut app.rng());
    let mut tx = app.store.begin().await?;
    accept!(roles::add(&mut tx, &id, &company, &wish.name, &wish.title, &wish.permissions, now).await?);
    audit::append(&mut tx, &app.event("role.added", origin, now).in_company(&company)).await?;
    tx.commit().await?;
    Ok(Ok(id))
}

/// Changes what a role is called and bundles, at once for everybody who has it.
pub async fn change_role_itself(app: &App, wish: &AddRole, origin: &Origin, now: Timestamp) -> Answer<()> {
    let company = accept!(find_company(app, &wish.company).await?);
    for word in &wish.permissions {
        accept!(parse_permission(word));
    }
    let mut tx = app.store.begin().await?;
    if !roles::change(&mut tx, &company, &wish.name, &wish.title, &wish.permissions).await? {
        return Ok(Err(Refused(format!("the company has no role {}", wish.name))));
    }
    audit::append(&mut tx, &app.event("role.changed", origin, now).in_company(&company).reason(&wish.name)).await?;
    tx.commit().await?;
    Ok(Ok(()))
}

/// Deletes a role; whoever had it has it no more.
pub async fn delete_role(app: &App, company: &CompanyId, name: &str, origin: &Origin, now: Timestamp) -> Answer<()> {
    let mut tx = app.store.begin().await?;
    if !roles::delete(&mut tx, company, name).await? {
        return Ok(Err(Refused(format!("the company has no role {name}"))));
    }
    audit::append(&mut tx, &app.event("role.deleted", origin, now).in_company(company).reason(name)).await?;
    tx.commit().await?;
    Ok(Ok(()))
}

/// A resource server to add.
#[derive(Debug)]
pub struct AddResource(pub Resource);

/// Adds a resource server.
pub async fn add_resource(app: &App, wish: AddResource, origin: &Origin, now: Timestamp) -> Answer<()> {
    let resource = wish.0;
    accept!(check_resource(app, &resource));
    let mut tx = app.store.begin().await?;
    accept!(resources::add(&mut tx, &resource, now).await?);
    audit::append(&mut tx, &app.event("resource.added", origin, now).reason(&resource.identifier)).await?;
    tx.commit().await?;
    app.refresh_caches().await?;
    Ok(Ok(()))
}

/// Makes a resource server what this says; its identifier stays.
pub async fn change_resource(app: &App, resource: &Resource, origin: &Origin, now: Timestamp) -> Answer<()> {
    accept!(check_resource(app, resource));
    let mut tx = app.store.begin().await?;
    if !resources::change(&mut tx, resource).await? {
        return Ok(Err(Refused("there is no such resource server".into())));
    }
    audit::append(&mut tx, &app.event("resource.changed", origin, now).reason(&resource.identifier)).await?;
    tx.commit().await?;
    app.refresh_caches().await?;
    Ok(Ok(()))
}

/// Deletes a resource server: no more tokens are issued for it.
pub async fn delete_resource(app: &App, identifier: &str, origin: &Origin, now: Timestamp) -> Answer<()> {
    let mut tx = app.store.begin().await?;
    if !resources::delete(&mut tx, identifier).await? {
        return Ok(Err(Refused("there is no such resource server".into())));
    }
    audit::append(&mut tx, &app.event("resource.deleted", origin, now).reason(identifier)).await?;
    tx.commit().await?;
    app.refresh_caches().await?;
    Ok(Ok(()))
}

/// The rules of a resource server.
fn check_resource(app: &App, resource: &Resource) -> Result<(), Refused> {
    let absolute = url::Url::parse(&resource.identifier).is_ok_and(|u| u.fragment().is_none() && !u.cannot_be_a_base());
    if !absolute {
        return Err(Refused("a resource identifier is an absolute URI without fragment (RFC 8707)".into()));
    }
    if resource.identifier == app.issuer() || resource.identifier == app.config.api_resource() {
        return Err(Refused("this identifier is the provider's own".into()));
    }
    let named: ScopeSet = resource.scopes.iter().map(|(s, _)| s.as_str()).collect();
    let parsed = ScopeSet::parse(&named.to_string());
    if parsed != named || named.iter().any(|s| crate::protocol::SCOPES_OF_IDENTITY.contains(&s)) {
        return Err(Refused("a scope has no spaces or quotes, and is not one of the provider's own".into()));
    }
    for (permission, _) in &resource.permissions {
        parse_permission(permission).map_err(Refused::because)?;
        if COMPANY_PERMISSIONS.contains(&permission.as_str()) {
            return Err(Refused(format!("{permission} is the provider's own")));
        }
    }
    Ok(())
}

/// A client to add.
#[derive(Debug)]
pub struct AddClient {
    /// Its name.
    pub name: DisplayText,
    /// Its metadata.
    pub metadata: ClientMetadata,
    /// The companies it is open to (slugs or ids); `None` for all.
    pub companies: Option<Vec<String>>,
}

pub(super) fn new_secret(app: &App) -> Secret {
    Secret::new(URL_SAFE_NO_PAD.encode(app.rng().bytes::<32>()))
}

/// Adds a client; a confidential one gets a secret, shown once.
pub async fn add_client(app: &App, wish: AddClient, origin: &Origin, now: Timestamp) -> Answer<(ClientId, Option<Secret>)> {
    let mistakes = wish.metadata.mistakes(app.config.is_loopback());
    if !mistakes.is_empty() {
        return Ok(Err(Refused(format!("invalid_client_metadata:\n  {}", mistakes.join("\n  ")))));
    }
    let companies = match &wish.companies {
        None => ClientCompanies::All,
        Some(names) => ClientCompanies::Listed(accept!(companies_named(app, names).await?)),
    };
    let mut rng = app.rng();
    let client = Client { id: ClientId::mint(now, &mut rng), name: wish.name, metadata: wish.metadata, companies, disabled: false, untrusted: false };
    let secret = (client.metadata.token_endpoint_auth_method != ClientAuthMethod::None).then(|| new_secret(app));
    let mut tx = app.store.begin().await?;
    clients::add(&mut tx, &client, now).await?;
    if let Some(secret) = &secret {
        clients::add_secret(&mut tx, &RowId::mint(now, &mut rng), &client.id, &Digest::of(secret.expose().as_bytes()), now).await?;
    }
    audit::append(&mut tx, &app.event("client.added", origin, now).reason(client.id.as_str())).await?;
    tx.commit().await?;
    Ok(Ok((client.id, secret)))
}
