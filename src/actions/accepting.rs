//! Accepting: a link by the target's own grant, and a place in a company. Everything is judged again at this moment
//! (threats.md T30), and a refusal consumes nothing.

use super::asking::meant_here;
use super::people::{Desk, desk_of};
use super::{App, Origin, Stop};
use crate::domain::{AccountKind, Invitation, InvitationKind, InvitationRefused, LinkProof, LinkRefused, may_link, seat_by_default};
use crate::store::accounts::{self, NewAccount};
use crate::store::links;
use crate::store::sessions::BrowserSession;
use crate::store::{audit, companies, identities, invitations, roles};
use crate::types::{AccountId, IdentityId, InvitationId, Timestamp};

async fn open(app: &App, session: &BrowserSession, id: &InvitationId, now: Timestamp) -> Result<Result<(Invitation, IdentityId), InvitationRefused>, Stop> {
    let Some(invitation) = invitations::find(&app.store.db, id).await? else { return Ok(Err(InvitationRefused::Revoked)) };
    if let Err(refused) = invitation.check(now) {
        return Ok(Err(refused));
    }
    Ok(match meant_here(app, &session.people(), &invitation).await? {
        Some(who) => Ok((invitation, who)),
        None => Err(InvitationRefused::WrongIdentity),
    })
}

/// Lets the inviter's account enter one of one's own.
pub async fn grant_link(
    app: &App,
    session: &BrowserSession,
    id: &InvitationId,
    account: &AccountId,
    origin: &Origin,
    now: Timestamp,
) -> Result<Result<(), InvitationRefused>, Stop> {
    let (invitation, who) = match open(app, session, id, now).await? {
        Ok(open) => open,
        Err(refused) => return Ok(Err(refused)),
    };
    let from = accounts::find(&app.store.db, &invitation.inviter_account).await?.filter(|a| a.identity_id == invitation.inviter);
    let to = accounts::find(&app.store.db, account).await?.filter(|a| a.identity_id == who);
    let (Some(from), Some(to)) = (from, to) else { return Ok(Err(InvitationRefused::Revoked)) };
    let (forbidden, exists) = links::obstacles(&app.store.db, &from.id, &to.id).await?;
    match may_link(&from, &to, forbidden, exists) {
        Ok(()) | Err(LinkRefused::Exists) => {}
        Err(refused) => return Ok(Err(refused.into())),
    }
    let Some(epoch) = identities::epoch(&app.store.db, &who).await? else { return Ok(Err(InvitationRefused::Revoked)) };
    let mut tx = app.store.begin().await?;
    if !invitations::accept(&mut tx, id, now).await? {
        return Ok(Err(InvitationRefused::Used));
    }
    if !exists && super::links::make(app, &mut tx, &from, &to, epoch, LinkProof::Grant, origin, now).await?.is_err() {
        return Ok(Err(InvitationRefused::Revoked));
    }
    tx.commit().await?;
    Ok(Ok(()))
}

/// Takes a place in a company.
pub async fn join_company(
    app: &App,
    session: &BrowserSession,
    id: &InvitationId,
    origin: &Origin,
    now: Timestamp,
) -> Result<Result<AccountId, InvitationRefused>, Stop> {
    let (invitation, who) = match open(app, session, id, now).await? {
        Ok(open) => open,
        Err(refused) => return Ok(Err(refused)),
    };
    let InvitationKind::Account { company, kind, roles: named, permissions, access_expires_at } = &invitation.kind else {
        return Ok(Err(InvitationRefused::Revoked));
    };
    let account = AccountId::mint(now, &mut app.rng());
    let new = NewAccount { id: account.clone(), identity_id: who.clone(), company_id: company.clone(), kind: *kind, seat: seat_by_default(*kind) };
    let mut tx = app.store.begin().await?;
    companies::hold(&mut tx, company).await?;
    // Whoever invited must still be entitled to give exactly this. Read while the company is held, so that nobody is removed
    // in between (threats.md T30).
    let inviting = accounts::find(&app.store.db, &invitation.inviter_account).await?.filter(|a| a.identity_id == invitation.inviter && a.is_active());
    let desk: Option<Desk> = match inviting {
        Some(account) if account.company.id == *company => desk_of(app, account).await?,
        _ => None,
    };
    let Some(desk) = desk.filter(|d| d.may_give(*kind, permissions) && d.may_give_roles(named)) else { return Ok(Err(InvitationRefused::Revoked)) };
    if !desk.allows(*kind) {
        return Ok(Err(InvitationRefused::KindNotAllowed));
    }
    if !invitations::accept(&mut tx, id, now).await? {
        return Ok(Err(InvitationRefused::Used));
    }
    if accounts::add(&mut tx, &new, now).await?.is_err() {
        return Ok(Err(InvitationRefused::AlreadyMember));
    }
    for name in named {
        let Some(role) = roles::named(&mut tx, company, name).await? else { return Ok(Err(InvitationRefused::Revoked)) };
        roles::give(&mut tx, &account, &role).await?;
    }
    for permission in permissions {
        roles::permit(&mut tx, &account, permission).await?;
    }
    if *kind == AccountKind::Delegate {
        // What the inviter lost since, they do not give.
        let until = desk.at_most(*access_expires_at);
        if until.is_some_and(|end| end <= now) {
            return Ok(Err(InvitationRefused::Revoked));
        }
        accounts::set_access_expiry(&mut tx, &account, until).await?;
    }
    // A second account makes them their own person.
    identities::unmanage(&mut tx, &who, company).await?;
    audit::append(&mut tx, &app.event("account.added", origin, now).by(&who).in_account(&account, company).reason("invitation")).await?;
    tx.commit().await?;
    Ok(Ok(account))
}
