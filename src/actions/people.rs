//! The people of a company (design.md S1, S3): adding, inviting, delegating, changing and removing, by who may.
//!
//! Everything here hangs on a [`Desk`], which only [`desk_of`] can make, for an account of the company whose holder may manage its people, and
//! [`desk_for`], for who reaches the whole company without one. Nobody gives more than they hold, nobody changes their own access
//! (threats.md T23).

use std::collections::BTreeSet;

use super::asking::{may_ask, meant, send};
use super::{App, Origin, Stop, mail_activation};
use crate::domain::{AccountKind, AccountView, AskRefused, CompanyView, Identity, InvitationKind, Profile, SignInName, seat_by_default};
use crate::store::accounts::{self, NewAccount};
use crate::store::identities::{self, NewIdentity};
use crate::store::links::Touching;
use crate::store::roles::RoleView;
use crate::store::{AuditEvent, audit, brands, companies, consolidations, grants, links, roles, sessions};
use crate::types::{AccountId, DisplayText, EmailAddress, IdentityId, InvitationId, Locale, RowId, Timestamp};

/// What lets an account without full access manage the people of its company.
pub const MANAGE_PEOPLE: &str = "company.people";

/// The permissions that mean something here, in every company.
pub const COMPANY_PERMISSIONS: [&str; 2] = [MANAGE_PEOPLE, super::READ_AUDIT];

/// The permission to manage a company's people: held through one account, or by who runs the provider or acts for the whole company.
#[derive(Clone, Debug)]
pub struct Desk {
    /// Whose people.
    pub company: CompanyView,
    /// The account that acts, if it is one.
    account: Option<AccountView>,
    kind: AccountKind,
    until: Option<Timestamp>,
    held: BTreeSet<String>,
    listed: BTreeSet<String>,
    roles: Vec<RoleView>,
    kinds: Vec<AccountKind>,
}

impl Desk {
    /// The permissions that can be given in this company by this desk: all listed ones with full access, else those held.
    pub fn permissions(&self) -> Vec<&str> {
        self.listed.iter().map(String::as_str).filter(|p| self.holds(p)).collect()
    }
    /// The roles that can be given and taken by this desk: all of them with full access, else those it has itself and those that
    /// bundle something, all of which it holds. A role's name alone may mean much to an app.
    pub fn roles(&self) -> Vec<&RoleView> {
        let own = |name: &String| self.account.as_ref().is_some_and(|a| a.roles.contains(name));
        let held = |r: &&RoleView| own(&r.name) || !r.permissions.is_empty() && r.permissions.iter().all(|p| self.holds(p));
        self.roles.iter().filter(|r| self.kind.has_full_access() || held(r)).collect()
    }
    /// Whether these roles, by name, may all be given.
    pub fn may_give_roles(&self, names: &[String]) -> bool {
        names.iter().all(|name| self.roles().iter().any(|r| r.name == *name))
    }
    fn holds(&self, permission: &str) -> bool {
        self.listed.contains(permission) && (self.kind.has_full_access() || self.held.contains(permission))
    }
    /// Whether this may be given: never more than is held, only what the company has, full access only by who has it, and by
    /// an outsider only an outsider's access.
    pub fn may_give(&self, kind: AccountKind, permissions: &[String]) -> bool {
        let kind_fits = match self.kind {
            AccountKind::Delegate => kind == AccountKind::Delegate,
            giver => giver.has_full_access() || !kind.has_full_access(),
        };
        kind_fits && permissions.iter().all(|p| self.holds(p))
    }
    /// The end of an access that is given: an outsider whose own access ends gives none that lasts longer (threats.md T23).
    pub(super) fn at_most(&self, until: Option<Timestamp>) -> Option<Timestamp> {
        match (self.until.filter(|_| self.kind == AccountKind::Delegate), until) {
            (Some(own), Some(until)) => Some(own.min(until)),
            (Some(own), None) => Some(own),
            (None, until) => until,
        }
    }
    /// Whether the company takes accounts of this kind.
    pub fn allows(&self, kind: AccountKind) -> bool {
        self.kinds.contains(&kind)
    }
    /// The person who sits here, if it is one.
    pub fn person(&self) -> Option<&IdentityId> {
        self.account.as_ref().map(|a| &a.identity_id)
    }
    /// An event, by whoever sits here; without an account, it is already theirs.
    pub(super) fn signed(&self, event: AuditEvent) -> AuditEvent {
        match self.person() {
            Some(person) => event.by(person),
            None => event,
        }
    }
    /// Counts an ask against the budget of the person who sits here; who acts for a whole company has none.
    pub(super) async fn may_ask(&self, app: &App, now: Timestamp) -> Result<bool, Stop> {
        match self.person() {
            Some(person) => may_ask(app, person, now).await,
            None => Ok(true),
        }
    }
    /// The kinds that can be given here.
    pub fn kinds(&self) -> Vec<AccountKind> {
        self.kinds.iter().copied().filter(|k| self.may_give(*k, &[])).collect()
    }
}

/// The desk of an account, if its holder may manage people.
pub async fn desk_of(app: &App, account: AccountView) -> Result<Option<Desk>, Stop> {
    if !account.is_active() {
        return Ok(None);
    }
    let held: BTreeSet<String> = roles::permissions_of(&app.store.db, &account.id).await?.into_iter().collect();
    if !account.kind.has_full_access() && !held.contains(MANAGE_PEOPLE) {
        return Ok(None);
    }
    let until = accounts::access_expiry(&app.store.db, &account.id).await?;
    let (company, kind) = (account.company.clone(), account.kind);
    let desk = Desk { company, kind, account: Some(account), until, held, listed: BTreeSet::new(), roles: Vec::new(), kinds: Vec::new() };
    furnished(app, desk).await.map(Some)
}

/// The desk of who reaches the whole of a company without an account in it.
pub(super) async fn desk_for(app: &App, company: CompanyView) -> Result<Desk, Stop> {
    let kind = AccountKind::Owner;
    let desk = Desk { company, kind, account: None, until: None, held: BTreeSet::new(), listed: BTreeSet::new(), roles: Vec::new(), kinds: Vec::new() };
    furnished(app, desk).await
}

/// The same desk in the name of an account, for an invitation has somebody who sends it: the account that is named, or the oldest that runs the
/// company. A person sends in their own name only.
pub async fn inviting_desk(app: &App, desk: Desk, inviter: Option<&AccountId>) -> Result<Option<Desk>, Stop> {
    if let Some(own) = &desk.account {
        return Ok(if inviter.is_none_or(|i| *i == own.id) { Some(desk) } else { None });
    }
    let id = match inviter {
        Some(id) => Some(id.clone()),
        None => accounts::oldest_with_full_access(&app.store.db, &desk.company.id).await?,
    };
    let account = match &id {
        Some(id) => accounts::find(&app.store.db, id).await?.filter(|a| a.company.id == desk.company.id),
        None => None,
    };
    match account {
        Some(account) => desk_of(app, account).await,
        None => Ok(None),
    }
}

/// A desk with what lies on it: the company's permissions, kinds and roles.
async fn furnished(app: &App, desk: Desk) -> Result<Desk, Stop> {
    let company = &desk.company.id;
    let listed = super::permissions_of_company(app, company).await?.into_iter().map(|l| l.permission).collect();
    let kinds = companies::allowed_kinds(&app.store.db, company).await?;
    let roles = roles::of_company(&app.store.db, company).await?;
    Ok(Desk { listed, kinds, roles, ..desk })
}

/// Somebody to add, new to everybody.
#[derive(Debug)]
pub struct NewPerson {
    /// Their address.
    pub email: EmailAddress,
    /// First name.
    pub given_name: Option<DisplayText>,
    /// Last name.
    pub family_name: Option<DisplayText>,
    /// The language of their mail.
    pub locale: Locale,
    /// The kind of their account.
    pub kind: AccountKind,
    /// Whose face the mails wear: one of the company's domains. Without one, the company's only one.
    pub brand: Option<RowId>,
    /// Roles, by name.
    pub roles: Vec<String>,
    /// Single permissions.
    pub permissions: Vec<String>,
}

/// Adds a person with a brand-new address: an account at once, and a mail to choose a password. An address that somebody
/// has proved is refused, and inviting is offered.
pub async fn add_user(
    app: &App,
    desk: &Desk,
    wish: NewPerson,
    url: impl Fn(&str) -> String,
    origin: &Origin,
    now: Timestamp,
) -> Result<Result<AccountId, AskRefused>, Stop> {
    if !desk.allows(wish.kind) {
        return Ok(Err(AskRefused::KindNotAllowed));
    }
    if !desk.may_give(wish.kind, &wish.permissions) || !desk.may_give_roles(&wish.roles) {
        return Ok(Err(AskRefused::MoreThanHeld));
    }
    if !desk.may_ask(app, now).await? {
        return Ok(Err(AskRefused::TooOften));
    }
    let found = identities::known_as(&app.store.db, &SignInName::typed(wish.email.as_str())).await?;
    if identities::is_reserved(&app.store.db, wish.email.key(), None).await? {
        return Ok(Err(AskRefused::UseInvite));
    }
    if let Err(refused) = free(&found, &wish.email) {
        return Ok(Err(refused));
    }
    let mut rng = app.rng();
    let text = |t: &Option<DisplayText>| t.as_ref().map(|t| t.as_str().to_owned());
    let profile = Profile { given_name: text(&wish.given_name), family_name: text(&wish.family_name), locale: Some(wish.locale), ..Profile::default() };
    let identity = IdentityId::mint(now, &mut rng);
    let account = AccountId::mint(now, &mut rng);
    let greeting = profile.given_name.clone().unwrap_or_default();
    // An account manager signs in by a name of their own from the first mail on.
    let username = if wish.kind == AccountKind::Manager { super::managers::free_username(app, &wish.email).await? } else { None };
    let shown = username.as_ref().map(|u| u.as_str().to_owned());
    let new = NewIdentity { id: identity.clone(), username, email: Some(wish.email.clone()), email_verified: false, password_hash: None, profile };
    let company = &desk.company;
    let mut tx = app.store.begin().await?;
    if identities::add(&mut tx, &new, now).await?.is_err() {
        return Ok(Err(AskRefused::UseInvite));
    }
    identities::set_managed_by(&mut tx, &identity, &company.id).await?;
    let faces = super::brands_of(app, &company.id).await?;
    let face = faces.iter().find(|b| wish.brand.as_ref() == Some(&b.id)).or(if faces.len() == 1 { faces.first() } else { None });
    if let Some(face) = face {
        brands::set_of_identity(&mut tx, &identity, &face.id).await?;
    }
    let place =
        NewAccount { id: account.clone(), identity_id: identity.clone(), company_id: company.id.clone(), kind: wish.kind, seat: seat_by_default(wish.kind) };
    if accounts::add(&mut tx, &place, now).await?.is_err() {
        return Ok(Err(AskRefused::AlreadyMember));
    }
    for name in &wish.roles {
        if let Some(role) = roles::named(&mut tx, &company.id, name).await? {
            roles::give(&mut tx, &account, &role).await?;
        }
    }
    for permission in &wish.permissions {
        roles::permit(&mut tx, &account, permission).await?;
    }
    if wish.kind == AccountKind::Delegate {
        accounts::set_access_expiry(&mut tx, &account, desk.at_most(None)).await?;
    }
    match &shown {
        Some(username) => {
            super::managers::mail_manager(app, &mut tx, &identity, (&company.name, &greeting, username), &wish.email, wish.locale, url, now).await?
        }
        None => mail_activation(app, &mut tx, &identity, &greeting, &wish.email, wish.locale, url, now).await?,
    }
    let event = desk.signed(app.event("account.added", origin, now)).in_account(&account, &company.id).reason("added");
    audit::append(&mut tx, &event).await?;
    tx.commit().await?;
    Ok(Ok(account))
}

/// Whether an address can be given to a new person: nobody has proved it, and it is nobody's username.
fn free(found: &[Identity], email: &EmailAddress) -> Result<(), AskRefused> {
    let same = |text: &Option<String>| text.as_deref().is_some_and(|t| crate::types::canonical(t) == email.key());
    if found.iter().any(|i| same(&i.email) && i.email_verified_at.is_some()) {
        return Err(AskRefused::UseInvite);
    }
    if found.iter().any(|i| same(&i.username)) {
        return Err(AskRefused::AnothersUsername);
    }
    Ok(())
}

/// What an invitation gives.
#[derive(Debug)]
pub struct InviteWish {
    /// A username or an address.
    pub name: String,
    /// The kind of the account.
    pub kind: AccountKind,
    /// Roles, by name.
    pub roles: Vec<String>,
    /// Single permissions.
    pub permissions: Vec<String>,
    /// When an outsider's access ends.
    pub access_expires_at: Option<Timestamp>,
    /// The language of the mail when nobody is known yet.
    pub locale: Locale,
}

/// Invites somebody by username or address. The inviter sees the same whether the address is known or not.
pub async fn invite_user(
    app: &App,
    desk: &Desk,
    wish: InviteWish,
    url: impl Fn(&str) -> String,
    origin: &Origin,
    now: Timestamp,
) -> Result<Result<InvitationId, AskRefused>, Stop> {
    if !desk.allows(wish.kind) {
        return Ok(Err(AskRefused::KindNotAllowed));
    }
    if !desk.may_give(wish.kind, &wish.permissions) || !desk.may_give_roles(&wish.roles) {
        return Ok(Err(AskRefused::MoreThanHeld));
    }
    if !desk.may_ask(app, now).await? {
        return Ok(Err(AskRefused::TooOften));
    }
    let Some(account) = &desk.account else { return Ok(Err(AskRefused::Unavailable)) };
    let Some(inviter) = identities::find(&app.store.db, &account.identity_id).await? else { return Ok(Err(AskRefused::Unavailable)) };
    let mut known = true;
    let target = match meant(app, &wish.name).await? {
        Ok(target) => target,
        Err(AskRefused::Unavailable | AskRefused::Unverified) => match EmailAddress::parse(&wish.name) {
            Ok(email) if identities::is_reserved(&app.store.db, email.key(), None).await? => return Ok(Err(AskRefused::Unavailable)),
            Ok(email) => {
                known = false;
                newcomer(app, &email, wish.locale, url, now).await?
            }
            Err(_) => return Ok(Err(AskRefused::Unavailable)),
        },
        Err(refused) => return Ok(Err(refused)),
    };
    let Some(to) = target.email.as_deref().and_then(|e| EmailAddress::parse(e).ok()) else { return Ok(Err(AskRefused::Unverified)) };
    let company = &desk.company.id;
    if accounts::of_identity_in(&app.store.db, &target.id, company).await?.is_some() {
        return Ok(Err(AskRefused::AlreadyMember));
    }
    let kind = InvitationKind::Account {
        company: company.clone(),
        kind: wish.kind,
        roles: wish.roles,
        permissions: wish.permissions,
        access_expires_at: desk.at_most(wish.access_expires_at),
    };
    let locale = target.profile.locale.unwrap_or(wish.locale);
    // To an address that nobody has proved, it is for whoever proves it first (design.md section 7).
    let named = Some(&target.id).filter(|_| known);
    send(app, kind, &inviter, account, named, &wish.name, &to, locale, origin, now).await.map(Ok)
}

/// An identity for an address that nobody has proved: its mail leads to proving it, and the invitation waits in the portal.
pub(super) async fn newcomer(app: &App, email: &EmailAddress, locale: Locale, url: impl Fn(&str) -> String, now: Timestamp) -> Result<Identity, Stop> {
    if let Some(waiting) = identities::waiting_for(&app.store.db, email.key()).await? {
        // Invited before: the same identity gets another mail, not a second one beside it.
        let mut tx = app.store.begin().await?;
        mail_activation(app, &mut tx, &waiting.id, "", email, locale, url, now).await?;
        tx.commit().await?;
        return Ok(waiting);
    }
    let id = IdentityId::mint(now, &mut app.rng());
    let profile = Profile { locale: Some(locale), ..Profile::default() };
    let new = NewIdentity { id: id.clone(), username: None, email: Some(email.clone()), email_verified: false, password_hash: None, profile };
    let mut tx = app.store.begin().await?;
    identities::add(&mut tx, &new, now).await?.map_err(|e| Stop::Fault(e.into()))?;
    mail_activation(app, &mut tx, &id, "", email, locale, url, now).await?;
    tx.commit().await?;
    identities::find(&app.store.db, &id).await?.ok_or_else(|| Stop::Fault(anyhow::anyhow!("the identity that was just written is not there")))
}

/// Why an account of the company was not changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ChangeRefused {
    /// There is no such account here.
    #[error("not-here")]
    NotHere,
    /// One's own.
    #[error("not-yourself")]
    Yourself,
    /// The last one with full access.
    #[error("last-owner")]
    LastOwner,
    /// It came by a consolidation that can still be undone.
    #[error("account-frozen")]
    Frozen,
    /// What was typed is no day, or one that is over.
    #[error("invalid-date")]
    BadDate,
    /// More than the changer holds, or somebody above them.
    #[error("more-than-you-hold")]
    MoreThanHeld,
    /// The sign-in is not the company's to help with.
    #[error("not-managed")]
    NotManaged,
    /// There is no second factor to give up.
    #[error("no-second-factor")]
    NoSecondFactor,
    /// Too many mails were asked for lately.
    #[error("asked-too-often")]
    TooOften,
}

/// An account of the company that a desk may change.
pub(super) async fn under(app: &App, desk: &Desk, id: &AccountId) -> Result<Result<AccountView, ChangeRefused>, Stop> {
    let found = accounts::find(&app.store.db, id).await?.filter(|a| a.company.id == desk.company.id && a.ended_at.is_none());
    let Some(account) = found else { return Ok(Err(ChangeRefused::NotHere)) };
    if desk.person() == Some(&account.identity_id) {
        return Ok(Err(ChangeRefused::Yourself));
    }
    // An outsider changes outsiders only, and of those none who may do more.
    let beyond = desk.kind == AccountKind::Delegate
        && (account.kind != AccountKind::Delegate
            || !desk.may_give_roles(&account.roles)
            || roles::permissions_of(&app.store.db, id).await?.iter().any(|p| !desk.held.contains(p)));
    let above = beyond || account.kind.has_full_access() && !desk.kind.has_full_access();
    Ok(if above { Err(ChangeRefused::MoreThanHeld) } else { Ok(account) })
}

/// Sets the roles and single permissions of an account and, for an outsider, the end of the access; all act at once.
#[allow(clippy::too_many_arguments)]
pub async fn change_user(
    app: &App,
    desk: &Desk,
    id: &AccountId,
    named: &[String],
    permissions: &[String],
    access_expires_at: Option<Timestamp>,
    origin: &Origin,
    now: Timestamp,
) -> Result<Result<(), ChangeRefused>, Stop> {
    let account = match under(app, desk, id).await? {
        Ok(account) => account,
        Err(refused) => return Ok(Err(refused)),
    };
    if !desk.may_give(account.kind, permissions) || !desk.may_give_roles(named) {
        return Ok(Err(ChangeRefused::MoreThanHeld));
    }
    let mut until = desk.at_most(access_expires_at);
    if desk.kind == AccountKind::Delegate
        && let Some(limit) = accounts::access_expiry(&app.store.db, id).await?
    {
        // What others have limited, an outsider only shortens.
        until = Some(until.map_or(limit, |u| u.min(limit)));
    }
    let mut tx = app.store.begin().await?;
    for role in desk.roles() {
        if let Some(row) = roles::named(&mut tx, &account.company.id, &role.name).await? {
            if named.contains(&role.name) {
                roles::give(&mut tx, id, &row).await?;
            } else {
                roles::take(&mut tx, id, &row).await?;
            }
        }
    }
    // What the changer does not hold stays as it is.
    for before in roles::single_permissions(&mut tx, id).await? {
        if desk.holds(&before) && !permissions.contains(&before) {
            roles::forbid(&mut tx, id, &before).await?;
        }
    }
    for permission in permissions {
        roles::permit(&mut tx, id, permission).await?;
    }
    if account.kind == AccountKind::Delegate {
        accounts::set_access_expiry(&mut tx, id, until).await?;
    }
    let event = desk.signed(app.event("account.permissions_changed", origin, now)).in_account(id, &account.company.id);
    audit::append(&mut tx, &event).await?;
    tx.commit().await?;
    Ok(Ok(()))
}

/// Ends an account of the company.
pub async fn remove_user(app: &App, desk: &Desk, id: &AccountId, origin: &Origin, now: Timestamp) -> Result<Result<(), ChangeRefused>, Stop> {
    let account = match under(app, desk, id).await? {
        Ok(account) => account,
        Err(refused) => return Ok(Err(refused)),
    };
    // Whoever took an account over could let a helper, made since, remove it, so that an undo finds nothing to give back.
    if consolidations::frozen_since(&app.store.db, id, now).await?.is_some_and(|since| desk.account.as_ref().is_none_or(|own| own.created_at >= since)) {
        return Ok(Err(ChangeRefused::Frozen));
    }
    end(app, &account, desk.person(), origin, now).await
}

/// Ends an account whatever the reason, unless it is the last with full access (design.md section 3, 12).
pub(super) async fn end(app: &App, account: &AccountView, by: Option<&IdentityId>, origin: &Origin, now: Timestamp) -> Result<Result<(), ChangeRefused>, Stop> {
    let mut tx = app.store.begin().await?;
    // Two owners who are ended at once wait for each other here, so one of them stays.
    companies::hold(&mut tx, &account.company.id).await?;
    if accounts::is_last_with_full_access(&mut tx, &account.id).await? {
        return Ok(Err(ChangeRefused::LastOwner));
    }
    if accounts::end(&mut tx, &account.id, now).await? {
        let ending = sessions::open_apps_of_account(&mut tx, &account.id).await?;
        super::sign_out::write_notices(app, &mut tx, ending, false, now).await?;
        grants::close_account(&mut tx, &account.id, "account-ended", now).await?;
        // What was entered from it ends too, and with it every link that it had.
        super::links::close_entered(app, &mut tx, Touching::Account(&account.id), "account-ended", now).await?;
        links::end_of_account(&mut tx, &account.id, "account-ended", now).await?;
        let mut event = app.event("account.ended", origin, now).in_account(&account.id, &account.company.id);
        if let Some(by) = by {
            event = event.by(by);
        }
        audit::append(&mut tx, &event).await?;
    }
    tx.commit().await?;
    Ok(Ok(()))
}

/// Ends the access of outsiders whose time is over; how many.
pub async fn end_expired_access(app: &App, now: Timestamp) -> Result<usize, Stop> {
    let due = accounts::access_expired(&app.store.db, now, 100).await?;
    for id in &due {
        if let Some(account) = accounts::find(&app.store.db, id).await? {
            let by = account.identity_id.clone();
            let _ = end(app, &account, Some(&by), &Origin::default(), now).await?;
        }
    }
    Ok(due.len())
}
