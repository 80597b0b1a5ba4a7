//! Asking somebody: finding who is meant, and the mail with its link. Nothing happens until they accept, signed in as themselves.

use super::budget::spend;
use super::mailing::{letter, post};
use super::{App, Origin, Stop};
use crate::config::Config;
use crate::domain::{AccountView, AskRefused, Identity, Invitation, InvitationKind, SignInName};
use crate::store::invitations::{self, InvitationToken};
use crate::store::{Tx, accounts, audit, companies, identities};
use crate::types::{EmailAddress, IdentityId, InvitationId, Locale, OpaqueToken, Seconds, Timestamp};

/// How long an invitation can be accepted.
pub(super) const INVITATION: Seconds = Seconds::days(7);

/// Counts an ask against the asker's budget; false when it is used up for now (threats.md T29).
pub(super) async fn may_ask(app: &App, who: &IdentityId, now: Timestamp) -> Result<bool, Stop> {
    let mut tx = app.store.begin().await?;
    let may = spend(&mut tx, who.as_str(), ASKS, Seconds::hours(1), now).await?;
    tx.commit().await?;
    Ok(may)
}

/// So many asks a day cost no wait.
const ASKS: i64 = 30;

/// Whom a typed name means, for asking them: a username whose owner has proved an address, else the one identity that has
/// proved this one (design.md S1).
pub(super) async fn meant(app: &App, name: &str) -> Result<Result<Identity, AskRefused>, Stop> {
    let name = SignInName::typed(name);
    let found = identities::known_as(&app.store.db, &name).await?;
    let by_username: Vec<_> = found.iter().filter(|i| i.username.as_deref().is_some_and(|u| crate::types::canonical(u) == name.key())).collect();
    let verified = |i: &&Identity| i.email.is_some() && i.email_verified_at.is_some();
    let owners: Vec<_> = found.iter().filter(|i| i.email.as_deref().is_some_and(|e| crate::types::canonical(e) == name.key())).collect();
    Ok(match (by_username.as_slice(), owners.iter().copied().filter(|i| verified(i)).collect::<Vec<_>>().as_slice()) {
        ([one], _) if one.closed_at.is_some() => Err(AskRefused::Unavailable),
        // S1: somebody else's username shaped like an address does not say who is meant.
        ([one], _) if name.key().contains('@') && one.email.as_deref().is_none_or(|e| crate::types::canonical(e) != name.key()) => {
            Err(AskRefused::AnothersUsername)
        }
        ([one], _) if verified(one) => Ok((*one).clone()),
        ([_], _) => Err(AskRefused::Unverified),
        (_, [one]) if one.closed_at.is_none() => Ok((*one).clone()),
        (_, [_, _, ..]) => Err(AskRefused::Ambiguous),
        (_, []) if !owners.is_empty() => Err(AskRefused::Unverified),
        _ => Err(AskRefused::Unavailable),
    })
}

fn invitation_url(config: &Config, token: &InvitationToken) -> String {
    config.url(&format!("/invitation/{}", token.reveal().expose()))
}

/// Sends an invitation, or the same one again with a new token.
#[allow(clippy::too_many_arguments)]
pub(super) async fn send(
    app: &App,
    kind: InvitationKind,
    asker: &Identity,
    account: &AccountView,
    target: Option<&IdentityId>,
    named: &str,
    to: &EmailAddress,
    locale: Locale,
    origin: &Origin,
    now: Timestamp,
) -> Result<InvitationId, Stop> {
    let known = invitations::same(&app.store.db, kind.as_str(), &asker.id, &account.id, to.key(), target, now).await?;
    // Another wish for the same person replaces the first.
    let again = known.as_ref().filter(|k| k.kind == kind);
    let mut rng = app.rng();
    let id = again.map_or_else(|| InvitationId::mint(now, &mut rng), |k| k.id.clone());
    let token: InvitationToken = OpaqueToken::mint(id.clone(), &mut rng);
    let expires_at = now + INVITATION;
    let mut tx = app.store.begin().await?;
    if again.is_some() {
        invitations::renew(&mut tx, &token, expires_at, now).await?;
    } else {
        if let Some(known) = &known {
            invitations::end(&mut tx, &known.id, "replaced", now).await?;
        }
        let invitation = Invitation {
            id: id.clone(),
            kind: kind.clone(),
            inviter: asker.id.clone(),
            inviter_account: account.id.clone(),
            target: target.cloned(),
            named: named.trim().to_owned(),
            email: to.as_str().to_owned(),
            email_key: to.key().to_owned(),
            sent_at: now,
            expires_at,
            accepted_at: None,
            ended_at: None,
        };
        invitations::add(&mut tx, &invitation, &token.verifier_digest(), now).await?;
    }
    mail(app, &mut tx, &kind, asker, account, to, locale, &token, now).await?;
    let mut event = app.event("invitation.sent", origin, now);
    // What an app sends in somebody's name is the app's act.
    if origin.client.is_none() || origin.person.is_some() {
        event = event.by(&asker.id);
    }
    let event = event.in_account(&account.id, &account.company.id).reason(kind.as_str());
    audit::append(&mut tx, &event).await?;
    tx.commit().await?;
    Ok(id)
}

#[allow(clippy::too_many_arguments)]
async fn mail(
    app: &App,
    tx: &mut Tx,
    kind: &InvitationKind,
    asker: &Identity,
    account: &AccountView,
    to: &EmailAddress,
    locale: Locale,
    token: &InvitationToken,
    now: Timestamp,
) -> Result<(), Stop> {
    let args = [
        ("who", asker.display_name()),
        ("address", asker.email.clone().unwrap_or_default()),
        ("company", account.company.name.clone()),
        ("days", (INVITATION.0 / 86_400).to_string()),
        ("link", invitation_url(&app.config, token)),
    ];
    post(app, tx, &letter(app, to, locale, &format!("invite-{}", kind.as_str()), &args), now).await
}

/// Asks somebody to let their accounts become the asker's, or to let the asker's account enter one of theirs.
pub async fn ask(
    app: &App,
    account: &AccountView,
    kind: InvitationKind,
    name: &str,
    origin: &Origin,
    now: Timestamp,
) -> Result<Result<InvitationId, AskRefused>, Stop> {
    let Some(asker) = identities::find(&app.store.db, &account.identity_id).await? else { return Ok(Err(AskRefused::Unavailable)) };
    if asker.email.is_none() || asker.email_verified_at.is_none() {
        return Ok(Err(AskRefused::InitiatorEmail));
    }
    if !may_ask(app, &asker.id, now).await? {
        return Ok(Err(AskRefused::TooOften));
    }
    let target = match meant(app, name).await? {
        Ok(target) if target.id == asker.id => Err(AskRefused::Same),
        other => other,
    };
    let target = match target {
        Ok(target) => target,
        Err(refused) => {
            let event = app.event("invitation.refused", origin, now).by(&asker.id).in_account(&account.id, &account.company.id).reason(&refused.to_string());
            app.store.hot.append(event).await?;
            return Ok(Err(refused));
        }
    };
    let Some(to) = target.email.as_deref().and_then(|e| EmailAddress::parse(e).ok()) else { return Ok(Err(AskRefused::Unverified)) };
    let locale = target.profile.locale.unwrap_or_default();
    send(app, kind, &asker, account, Some(&target.id), name, &to, locale, origin, now).await.map(Ok)
}

/// The invitation of a mailed link. Reading it uses nothing up (threats.md T27).
pub async fn invitation_of(app: &App, token: &str) -> Result<Option<Invitation>, Stop> {
    let Ok(token) = InvitationToken::parse(token) else { return Ok(None) };
    Ok(invitations::presented(&app.store.db, &token).await?)
}

/// Cancels an invitation, by who sent it; declines it, by who got it. False when it is neither's.
pub async fn end_invitation(app: &App, people: &[IdentityId], id: &InvitationId, origin: &Origin, now: Timestamp) -> Result<bool, Stop> {
    let Some(invitation) = invitations::find(&app.store.db, id).await? else { return Ok(false) };
    let (who, reason) = if people.contains(&invitation.inviter) {
        (invitation.inviter.clone(), "cancelled")
    } else if let Some(who) = meant_here(app, people, &invitation).await? {
        (who, "declined")
    } else if let Some(who) = manages(app, people, &invitation).await? {
        (who, "cancelled")
    } else {
        return Ok(false);
    };
    let mut tx = app.store.begin().await?;
    let ended = invitations::end(&mut tx, id, reason, now).await?;
    if ended {
        audit::append(&mut tx, &app.event("invitation.ended", origin, now).by(&who).reason(reason)).await?;
    }
    tx.commit().await?;
    Ok(ended)
}

/// Who of these people manages the people of the company that invites.
async fn manages(app: &App, people: &[IdentityId], invitation: &Invitation) -> Result<Option<IdentityId>, Stop> {
    let InvitationKind::Account { company, kind, roles, permissions, .. } = &invitation.kind else { return Ok(None) };
    for person in people {
        let Some(id) = accounts::of_identity_in(&app.store.db, person, company).await? else { continue };
        let Some(account) = accounts::find(&app.store.db, &id).await? else { continue };
        // Nobody cancels what they could not have offered.
        if super::people::desk_of(app, account).await?.is_some_and(|d| d.may_give(*kind, permissions) && d.may_give_roles(roles)) {
            return Ok(Some(person.clone()));
        }
    }
    Ok(None)
}

/// Whom of these people an invitation means.
pub async fn meant_here(app: &App, people: &[IdentityId], invitation: &Invitation) -> Result<Option<IdentityId>, Stop> {
    if let Some(target) = &invitation.target {
        return Ok(people.iter().find(|p| *p == target).cloned());
    }
    for person in people {
        let identity = identities::find(&app.store.db, person).await?;
        let proved =
            identity.is_some_and(|i| i.email_verified_at.is_some() && i.email.as_deref().is_some_and(|e| crate::types::canonical(e) == invitation.email_key));
        if proved {
            return Ok(Some(person.clone()));
        }
    }
    Ok(None)
}

/// Sends an invitation again, by who sent it; the link mailed before opens nothing any more. Whoever has not proved the address
/// yet gets the mail that lets them, too; `url` finishes its link.
pub async fn resend_invitation(app: &App, people: &[IdentityId], id: &InvitationId, url: impl Fn(&str) -> String, now: Timestamp) -> Result<bool, Stop> {
    let Some(invitation) = invitations::find(&app.store.db, id).await?.filter(|i| i.check(now).is_ok()) else { return Ok(false) };
    // Whoever may no longer invite for a company sends nothing again for it.
    let entitled = match &invitation.kind {
        InvitationKind::Account { .. } => manages(app, people, &invitation).await?.is_some(),
        _ => true,
    };
    if !entitled || !people.contains(&invitation.inviter) || !may_ask(app, &invitation.inviter, now).await? {
        return Ok(false);
    }
    let asker = identities::find(&app.store.db, &invitation.inviter).await?;
    let account = accounts::find(&app.store.db, &invitation.inviter_account).await?;
    let (Some(asker), Some(account), Ok(to)) = (asker, account, EmailAddress::parse(&invitation.email)) else { return Ok(false) };
    let target = match &invitation.target {
        Some(id) => identities::find(&app.store.db, id).await?,
        None => None,
    };
    let locale = target.and_then(|t| t.profile.locale).unwrap_or_default();
    if invitation.target.is_none() && identities::waiting_for(&app.store.db, to.key()).await?.is_some() {
        super::people::newcomer(app, &to, locale, url, now).await?;
    }
    let token: InvitationToken = OpaqueToken::mint(id.clone(), &mut app.rng());
    let mut tx = app.store.begin().await?;
    if !invitations::renew(&mut tx, &token, now + INVITATION, now).await? {
        return Ok(false);
    }
    mail(app, &mut tx, &invitation.kind, &asker, &account, &to, locale, &token, now).await?;
    tx.commit().await?;
    Ok(true)
}

/// The company that an invitation leads into, by name.
pub async fn invitation_company(app: &App, invitation: &Invitation) -> Result<Option<crate::domain::CompanyView>, Stop> {
    match &invitation.kind {
        InvitationKind::Account { company, .. } => Ok(companies::named(&app.store.db, company.as_str()).await?),
        _ => Ok(None),
    }
}
