//! Unlinking an own account (design.md section 7): it becomes a sign-in of its own. Nothing moves until the new mailbox has
//! proved control and a password has been set in the same flow (threats.md T20, T21).

use super::mailing::{letter, post, tell};
use super::set_password::checked_password;
use super::{App, Origin, SetPasswordRefused, Stop};
use crate::domain::{AccountKind, AccountView, Profile};
use crate::store::identities::{self, NewIdentity};
use crate::store::links::Touching;
use crate::store::mail_links::{self, MailToken, Purpose};
use crate::store::sessions::{self, BrowserSession};
use crate::store::{accounts, audit, consolidations, email_changes, grants, splits};
use crate::types::{AccountId, EmailAddress, IdentityId, OpaqueToken, RowId, Seconds, Timestamp};

/// Why a split did not begin.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SplitRefused {
    /// What was typed is no address.
    #[error("invalid-address")]
    BadAddress,
    /// The address signs somebody in already.
    #[error("address-taken")]
    Taken,
    /// The account came by a consolidation that can still be undone: only that proof moves it.
    #[error("account-frozen")]
    Frozen,
    /// The address was changed, and the one before can still take that back.
    #[error("email-changed-lately")]
    EmailChanged,
    /// It is access that a company gave to an outsider: it is left, never handed on.
    #[error("account-kind-not-allowed")]
    Delegated,
    /// It is the only account: there is nothing to split it from.
    #[error("last-sign-in-method")]
    Only,
    /// Too many mails lately.
    #[error("asked-too-often")]
    TooOften,
}

/// How long the mail works.
const SPLIT: Seconds = Seconds::days(1);

/// Mails the new address; the account stays where it is.
pub async fn begin_split(app: &App, account: &AccountView, email: &str, origin: &Origin, now: Timestamp) -> Result<Result<(), SplitRefused>, Stop> {
    let Ok(to) = EmailAddress::parse(email) else { return Ok(Err(SplitRefused::BadAddress)) };
    if account.kind == AccountKind::Delegate {
        return Ok(Err(SplitRefused::Delegated));
    }
    if consolidations::is_frozen(&app.store.db, &account.id, now).await? {
        return Ok(Err(SplitRefused::Frozen));
    }
    if accounts::count(&app.store.db, &account.identity_id, 2).await? < 2 {
        return Ok(Err(SplitRefused::Only));
    }
    if !super::asking::may_ask(app, &account.identity_id, now).await? {
        return Ok(Err(SplitRefused::TooOften));
    }
    let Some(owner) = identities::find(&app.store.db, &account.identity_id).await? else { return Ok(Err(SplitRefused::BadAddress)) };
    if identities::is_reserved(&app.store.db, to.key(), Some(&account.id)).await? {
        return Ok(Err(SplitRefused::Taken));
    }
    let token: MailToken = OpaqueToken::mint(RowId::mint(now, &mut app.rng()), &mut app.rng());
    let args = [
        ("company", account.company.name.clone()),
        ("hours", (SPLIT.0 / 3600).to_string()),
        ("link", app.config.url(&format!("/split/{}", token.reveal().expose()))),
    ];
    let mail = letter(app, &to, owner.profile.locale.unwrap_or_default(), "split", &args);
    let mut tx = app.store.begin().await?;
    if identities::signs_in(&mut tx, to.key()).await? {
        return Ok(Err(SplitRefused::Taken));
    }
    if email_changes::can_be_taken_back(&mut tx, &account.identity_id, now).await? {
        return Ok(Err(SplitRefused::EmailChanged));
    }
    mail_links::add(&mut tx, Purpose::Split, &token, &account.identity_id, to.key(), now + SPLIT, now).await?;
    splits::add(&mut tx, token.selector(), &account.id, to.as_str(), now).await?;
    post(app, &mut tx, &mail, now).await?;
    // The owner learns of it while it can still be stopped.
    let told = [("company", account.company.name.clone()), ("address", to.as_str().to_owned()), ("hours", (SPLIT.0 / 3600).to_string())];
    tell(app, &mut tx, &owner, "split-asked", &told, now).await?;
    audit::append(&mut tx, &app.event("account.split_asked", origin, now).by(&account.identity_id).in_account(&account.id, &account.company.id)).await?;
    tx.commit().await?;
    Ok(Ok(()))
}

/// The address that signed in to an account before it was united with others.
pub async fn former_address(app: &App, account: &AccountId) -> Result<Option<String>, Stop> {
    Ok(consolidations::former_address(&app.store.db, account).await?)
}

/// What a browser holds a link for: the account, its address to be, and its owner.
pub async fn held_split(app: &App, session: &BrowserSession, now: Timestamp) -> Result<Option<(AccountView, String, IdentityId)>, Stop> {
    let Some(held) = &session.mail_link else { return Ok(None) };
    let Some(link) = mail_links::held(&app.store.db, Purpose::Split, held, now).await? else { return Ok(None) };
    let Some((account, email)) = splits::of_link(&app.store.db, held).await? else { return Ok(None) };
    let account = accounts::find(&app.store.db, &account).await?.filter(|a| a.ended_at.is_none() && a.identity_id == link.identity_id);
    Ok(account.map(|a| (a, email, link.identity_id)))
}

/// Splits the account off: a new identity with the proved address and the password just chosen.
pub async fn split(
    app: &App,
    session: &BrowserSession,
    password: &str,
    origin: &Origin,
    now: Timestamp,
) -> Result<Result<AccountId, SetPasswordRefused>, Stop> {
    let Some((account, email, owner)) = held_split(app, session, now).await? else { return Ok(Err(SetPasswordRefused::Link)) };
    let (Some(held), Ok(address)) = (&session.mail_link, EmailAddress::parse(&email)) else { return Ok(Err(SetPasswordRefused::Link)) };
    let hash = match checked_password(app, password, &[&email]).await? {
        Ok(hash) => hash,
        Err(refused) => return Ok(Err(refused.into())),
    };
    let profile = identities::find(&app.store.db, &owner).await?.map(|o| o.profile).unwrap_or_default();
    let id = IdentityId::mint(now, &mut app.rng());
    let email_key = address.key().to_owned();
    let new = NewIdentity {
        id: id.clone(),
        username: None,
        email: Some(address),
        email_verified: true,
        password_hash: Some(hash),
        profile: Profile { updated_at: None, ..profile },
    };
    let mut tx = app.store.begin().await?;
    consolidations::hold(&mut tx, &[&owner]).await?;
    if mail_links::consume(&mut tx, Purpose::Split, held, now).await?.is_none() {
        return Ok(Err(SetPasswordRefused::Link));
    }
    // All of it again, now that the owner is held: somebody may have taken the address, or another split the last but one.
    let free = !identities::signs_in(&mut tx, &email_key).await? && !identities::is_reserved(&app.store.db, &email_key, Some(&account.id)).await?;
    if !free || splits::count(&mut tx, &owner).await? < 2 || consolidations::is_frozen(&app.store.db, &account.id, now).await? {
        return Ok(Err(SetPasswordRefused::Link));
    }
    identities::add(&mut tx, &new, now).await?.map_err(|e| Stop::Fault(e.into()))?;
    if !splits::move_account(&mut tx, &account.id, &owner, &id).await? {
        return Ok(Err(SetPasswordRefused::Link));
    }
    let ending = sessions::open_apps_of_account(&mut tx, &account.id).await?;
    super::sign_out::write_notices(app, &mut tx, ending, false, now).await?;
    grants::close_account(&mut tx, &account.id, "account-split", now).await?;
    super::links::close_entered(app, &mut tx, Touching::Account(&account.id), "account-split", now).await?;
    sessions::hold_mail_link(&mut tx, &session.id, None).await?;
    if let Some(person) = identities::find(&app.store.db, &owner).await? {
        let args = [("company", account.company.name.clone()), ("address", email)];
        tell(app, &mut tx, &person, "split-done", &args, now).await?;
    }
    audit::append(&mut tx, &app.event("account.moved", origin, now).by(&owner).reason(id.as_str()).in_account(&account.id, &account.company.id)).await?;
    tx.commit().await?;
    Ok(Ok(account.id))
}

/// Leaves a company where one is a delegate; an owner's own account is split off instead. Not while an undo could still
/// give the account back.
pub async fn leave(app: &App, account: &AccountView, origin: &Origin, now: Timestamp) -> Result<Result<(), super::ChangeRefused>, Stop> {
    if consolidations::is_frozen(&app.store.db, &account.id, now).await? {
        return Ok(Err(super::ChangeRefused::Frozen));
    }
    super::people::end(app, account, Some(&account.identity_id), origin, now).await
}
