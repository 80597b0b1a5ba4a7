//! Consolidation (design.md section 7): one transaction moves all accounts of one identity to another, and for 72 hours
//! an undo gives them back.

use super::asking::meant_here;
use super::budget::{forgive, spend};
use super::mailing::{letter, post, tell};
use super::second_factor::{Shown, prove_factor};
use super::{App, Origin, Stop};
use crate::crypto::{Verdict, normalise};
use crate::domain::{Factor, Identity, Invitation, InvitationKind, InvitationRefused, Level};
use crate::store::consolidations::{self, Later, NewConsolidation, Undoable};
use crate::store::links::Touching;
use crate::store::mail_links::{self, MailToken, Purpose};
use crate::store::sessions::{self, BrowserSession};
use crate::store::{Tx, accounts, audit, authenticators, devices, grants, identities, roles};
use crate::store::{email_changes, invitations};
use crate::types::{AccountId, Digest, EmailAddress, IdentityId, InvitationId, OpaqueToken, RowId, Seconds, Timestamp};

/// How long a sign-in counts as fresh for accepting.
pub const FRESH: Seconds = Seconds::minutes(10);

/// How long a consolidation can be undone.
const UNDO: Seconds = Seconds::hours(72);

/// Whether the invited person, signed in here, has shown who they are just now (threats.md T10).
pub fn is_fresh(session: &BrowserSession, who: &IdentityId, now: Timestamp) -> bool {
    session.signed_in.iter().any(|s| s.identity_id == *who && now.since(s.began_at()) <= FRESH && now.since(s.proved_at()) <= FRESH)
}

/// Second factors that may come along: those that were used in this session, so that they are known to work (threats.md T11).
pub fn movable(session: &BrowserSession, who: &IdentityId) -> Vec<Factor> {
    let here = session.signed_in.iter().find(|s| s.identity_id == *who);
    // Codes by mail go to an address that signs nobody in any more.
    let along = |f: &Factor| *f != Factor::Mail;
    here.map(|s| s.enrolled.iter().filter(along).filter(|f| s.proofs.iter().any(|p| p.method == f.method())).collect()).unwrap_or_default()
}

/// Accepts: all accounts of the invited identity become the inviter's, and of its second factors those of these kinds.
/// Nothing is consumed by a refusal.
pub async fn accept_consolidation(
    app: &App,
    session: &BrowserSession,
    id: &InvitationId,
    along: &[Factor],
    origin: &Origin,
    now: Timestamp,
) -> Result<Result<Identity, InvitationRefused>, Stop> {
    let Some(invitation) = invitations::find(&app.store.db, id).await?.filter(|i| i.kind == InvitationKind::Consolidation) else {
        return Ok(Err(InvitationRefused::Revoked));
    };
    if let Err(refused) = invitation.check(now) {
        return Ok(Err(refused));
    }
    let Some(absorbed) = meant_here(app, &session.people(), &invitation).await? else { return Ok(Err(InvitationRefused::WrongIdentity)) };
    if !is_fresh(session, &absorbed, now) {
        return Ok(Err(InvitationRefused::WrongIdentity));
    }
    let primary = invitation.inviter.clone();
    let mut tx = app.store.begin().await?;
    consolidations::hold(&mut tx, &[&primary, &absorbed]).await?;
    let along: Vec<Factor> = movable(session, &absorbed).into_iter().filter(|f| along.contains(f)).collect();
    match merge(app, &mut tx, &invitation, &primary, &absorbed, &along, origin, now).await? {
        Ok(()) => tx.commit().await?,
        Err(refused) => return Ok(Err(refused)),
    }
    identities::find(&app.store.db, &primary).await?.map_or_else(|| Ok(Err(InvitationRefused::Revoked)), |p| Ok(Ok(p)))
}

async fn merge(
    app: &App,
    tx: &mut Tx,
    invitation: &Invitation,
    primary: &IdentityId,
    absorbed: &IdentityId,
    along: &[Factor],
    origin: &Origin,
    now: Timestamp,
) -> Result<Result<(), InvitationRefused>, Stop> {
    if !invitations::accept(tx, &invitation.id, now).await? {
        return Ok(Err(InvitationRefused::Used));
    }
    let (Some(theirs), Some(own)) = (consolidations::side(tx, primary).await?, consolidations::side(tx, absorbed).await?) else {
        return Ok(Err(InvitationRefused::Revoked));
    };
    if !theirs.open || !own.open {
        return Ok(Err(InvitationRefused::Revoked));
    }
    if theirs.email.is_none() || theirs.email_verified_at.is_none() {
        return Ok(Err(InvitationRefused::InitiatorEmail));
    }
    if email_changes::can_be_taken_back(tx, absorbed, now).await? {
        return Ok(Err(InvitationRefused::EmailChanged));
    }
    if consolidations::common_company(tx, primary, absorbed).await?.is_some() {
        return Ok(Err(InvitationRefused::BothSides));
    }
    // Everything that the absorbed identity had open ends before its accounts move (threats.md T02, T14).
    super::sign_out::out_of_everything(app, tx, absorbed, "consolidated", origin, now).await?;
    super::links::close_entered(app, tx, Touching::Into(absorbed), "consolidated", now).await?;
    mail_links::void_all(tx, absorbed, now).await?;
    devices::forget(tx, absorbed, None).await?;
    invitations::end_around(tx, absorbed, "consolidated", now).await?;

    let made = consolidations::make_primary(tx, primary, absorbed, now).await?;
    let Ok((username, username_key, made_login_email)) = made else { return Ok(Err(InvitationRefused::InitiatorEmail)) };
    let accounts = consolidations::move_accounts(tx, absorbed, primary).await?;
    let primary_floor = authenticators::floor(tx, primary).await?;
    keep_strength(tx, primary, absorbed, along).await?;
    let mut rng = app.rng();
    let new = NewConsolidation {
        id: RowId::mint(now, &mut rng),
        primary: primary.clone(),
        absorbed: absorbed.clone(),
        primary_username: (username, username_key),
        primary_floor,
        made_login_email,
        undo_until: now + UNDO,
    };
    consolidations::add(tx, &new, &accounts, now).await?;

    if let (Some(address), Ok(to)) = (&theirs.email, EmailAddress::parse(own.email.as_deref().unwrap_or_default())) {
        let token: MailToken = OpaqueToken::mint(RowId::mint(now, &mut rng), &mut rng);
        mail_links::add(tx, Purpose::Undo, &token, absorbed, to.key(), now + UNDO, now).await?;
        let link = app.config.url(&format!("/undo/{}", token.reveal().expose()));
        let args = [("address", address.clone()), ("hours", (UNDO.0 / 3600).to_string()), ("accounts", accounts.len().to_string()), ("link", link)];
        let locale = identities::find(&app.store.db, absorbed).await?.and_then(|i| i.profile.locale).unwrap_or_default();
        let mail = letter(app, &to, locale, "absorbed", &args);
        post(app, tx, &mail, now).await?;
    }
    if let Some(person) = identities::find(&app.store.db, primary).await? {
        let label = own.email.clone().or(own.username.clone()).unwrap_or_default();
        let args = [("address", label), ("accounts", accounts.len().to_string()), ("link", app.config.url("/"))];
        tell(app, tx, &person, "took-over", &args, now).await?;
    }
    for account in &accounts {
        let event = app.event("account.moved", origin, now).by(primary).reason(absorbed.as_str()).account(account);
        audit::append(tx, &event).await?;
    }
    audit::append(tx, &app.event("identity.consolidated", origin, now).by(absorbed).reason(primary.as_str())).await?;
    Ok(Ok(()))
}

/// Nothing gets weaker: whoever takes over a sign-in that asked for more owes as much from now on, until they have shown it once
/// (threats.md T11). What comes along may pay that, once it is shown.
async fn keep_strength(tx: &mut Tx, primary: &IdentityId, absorbed: &IdentityId, along: &[Factor]) -> Result<(), Stop> {
    let asked = authenticators::enrolled_now(tx, absorbed).await?.level().max(authenticators::floor(tx, absorbed).await?);
    for factor in along {
        authenticators::move_kind(tx, absorbed, primary, *factor).await?;
    }
    if asked > Level::One {
        let owed = authenticators::floor(tx, primary).await?;
        authenticators::set_floor(tx, primary, asked.max(owed)).await?;
    }
    Ok(())
}

/// The consolidation that a browser holds an undo link for.
pub async fn held_undo(app: &App, session: &BrowserSession, now: Timestamp) -> Result<Option<Undoable>, Stop> {
    let Some(held) = &session.mail_link else { return Ok(None) };
    let Some(link) = mail_links::held(&app.store.db, Purpose::Undo, held, now).await? else { return Ok(None) };
    Ok(consolidations::undoable(&app.store.db, &link.identity_id, now).await?)
}

/// Why an undo did not happen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UndoRefused {
    /// The link is used, or the time is over.
    #[error("the link is no longer good")]
    Link,
    /// The old password is wrong, or there were too many tries.
    #[error("the old password is wrong")]
    Password,
}

/// What is shown for an undo.
#[derive(Clone, Copy, Debug)]
pub enum UndoShown<'a> {
    /// The old password, and the second factor where there was one.
    Password(&'a str, Shown<'a>),
    /// That it was shown just now in this browser, and what of the things that came later stays ([`kept_name`]).
    Keep(&'a [String]),
}

/// How far an undo has come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Undone {
    /// So many accounts went back.
    Done(usize),
    /// The password was right, and these came later: what of them stays?
    Confirm(Vec<Later>),
}

/// How a role or permission that came later is named when it stays: short enough for a field of a form.
pub fn kept_name(account: &AccountId, kind: &str, name: &str) -> String {
    Digest::of(format!("{account} {kind} {name}").as_bytes()).as_str().chars().take(24).collect()
}

/// How long a shown password waits for the answer to what stays.
const CONFIRM_WITHIN: Seconds = Seconds::minutes(10);

/// Undoes a consolidation with the old password: the old identity lives again, its accounts go back, and whatever was
/// entered in them since ends. Roles and permissions that came later stay only where that is confirmed.
pub async fn undo_consolidation(
    app: &App,
    session: &BrowserSession,
    shown: UndoShown<'_>,
    origin: &Origin,
    now: Timestamp,
) -> Result<Result<Undone, UndoRefused>, Stop> {
    let Some(undo) = held_undo(app, session, now).await? else { return Ok(Err(UndoRefused::Link)) };
    let Some(held) = &session.mail_link else { return Ok(Err(UndoRefused::Link)) };
    let keep: &[String] = match shown {
        UndoShown::Keep(keep) if mail_links::is_proved(&app.store.db, held, &session.id, now - CONFIRM_WITHIN).await? => keep,
        UndoShown::Keep(_) => return Ok(Err(UndoRefused::Password)),
        UndoShown::Password(password, factor) => {
            if !old_password_is(app, &undo, password, now).await? {
                return Ok(Err(UndoRefused::Password));
            }
            if authenticators::had_any(&app.store.db, &undo.absorbed).await? {
                match prove_factor(app, session, &undo.absorbed, factor, |_| true, origin, now).await? {
                    Ok((_, tx)) => tx.commit().await?,
                    Err(_) => return Ok(Err(UndoRefused::Password)),
                }
            }
            let mut tx = app.store.begin().await?;
            let holder = consolidations::holder(&app.store.db, &undo.primary).await?;
            let going = consolidations::to_give_back(&mut tx, &undo, &holder).await?;
            let later = consolidations::later(&mut tx, &undo, &going).await?;
            if !later.is_empty() {
                mail_links::prove(&mut tx, held, &session.id, now).await?;
                tx.commit().await?;
                return Ok(Ok(Undone::Confirm(later)));
            }
            &[]
        }
    };
    give_back(app, session, &undo, keep, origin, now).await
}

/// Whether this is the frozen password; counted, and the count forgotten when it is.
async fn old_password_is(app: &App, undo: &Undoable, password: &str, now: Timestamp) -> Result<bool, Stop> {
    let what = format!("undo {}", undo.absorbed);
    let mut tx = app.store.begin().await?;
    let blocked = !spend(&mut tx, &what, app.config.throttle_name_free, app.config.throttle_longest, now).await?;
    tx.commit().await?;
    let verdict = app.hasher.verify(normalise(password), undo.password_hash.clone().filter(|_| !blocked)).await?;
    if blocked || verdict == Verdict::Wrong {
        return Ok(false);
    }
    let mut tx = app.store.begin().await?;
    forgive(&mut tx, &what).await?;
    tx.commit().await?;
    Ok(true)
}

async fn give_back(
    app: &App,
    session: &BrowserSession,
    undo: &Undoable,
    keep: &[String],
    origin: &Origin,
    now: Timestamp,
) -> Result<Result<Undone, UndoRefused>, Stop> {
    let mut tx = app.store.begin().await?;
    let holder = consolidations::holder(&app.store.db, &undo.primary).await?;
    consolidations::hold(&mut tx, &[&holder, &undo.primary, &undo.absorbed]).await?;
    if holder != consolidations::holder(&app.store.db, &undo.primary).await? {
        return Ok(Err(UndoRefused::Link));
    }
    let Some(held) = &session.mail_link else { return Ok(Err(UndoRefused::Link)) };
    if mail_links::consume(&mut tx, Purpose::Undo, held, now).await?.is_none() {
        return Ok(Err(UndoRefused::Link));
    }
    let accounts = consolidations::to_give_back(&mut tx, undo, &holder).await?;
    for given in consolidations::later(&mut tx, undo, &accounts).await? {
        forget_later(&mut tx, &given, keep).await?;
    }
    for account in &accounts {
        let ending = sessions::open_apps_of_account(&mut tx, account).await?;
        super::sign_out::write_notices(app, &mut tx, ending, false, now).await?;
        grants::close_account(&mut tx, account, "consolidation-undone", now).await?;
        super::links::close_entered(app, &mut tx, Touching::Account(account), "consolidation-undone", now).await?;
        audit::append(&mut tx, &app.event("account.moved", origin, now).by(&undo.absorbed).reason(undo.primary.as_str()).account(account)).await?;
    }
    if !consolidations::undo(&mut tx, undo, &holder, &accounts, now).await? {
        return Ok(Err(UndoRefused::Link));
    }
    sessions::hold_mail_link(&mut tx, &session.id, None).await?;
    if let Some(person) = identities::find(&app.store.db, &holder).await? {
        let args = [("address", undo.email.clone().unwrap_or_default()), ("link", app.config.url("/"))];
        tell(app, &mut tx, &person, "undone", &args, now).await?;
    }
    audit::append(&mut tx, &app.event("identity.consolidation_undone", origin, now).by(&undo.absorbed).reason(undo.primary.as_str())).await?;
    tx.commit().await?;
    Ok(Ok(Undone::Done(accounts.len())))
}

/// Takes back what came later and was not confirmed.
async fn forget_later(tx: &mut Tx, given: &Later, keep: &[String]) -> Result<(), Stop> {
    let stays = |kind: &str, name: &str| keep.contains(&kept_name(&given.account_id, kind, name));
    let Some(company) = accounts::company_of(tx, &given.account_id).await? else { return Ok(()) };
    for (name, _) in given.roles.iter().filter(|(name, _)| !stays("role", name)) {
        if let Some(role) = roles::named(tx, &company, name).await? {
            roles::take(tx, &given.account_id, &role).await?;
        }
    }
    for permission in given.permissions.iter().filter(|p| !stays("permission", p)) {
        roles::forbid(tx, &given.account_id, permission).await?;
    }
    Ok(())
}
