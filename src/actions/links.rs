//! One-way links: making, confirming, entering and cutting them (design.md section 4, S0).

use super::mailing::tell;
use super::password_proof::prove_password;
use super::second_factor::{Shown, prove_factor};
use super::{App, Origin, Stop};
use crate::domain::{AccountView, LinkProof, LinkRefused, LinkView, SignInName, may_link};
use crate::store::accounts::{self, Filter};
use crate::store::links::{self, Linked, Narrow, NewLink, Proof};
use crate::store::sessions::{self, BrowserSession, SessionToken};
use crate::store::{Tx, audit, authenticators, grants, identities};
use crate::types::{AccountId, IdentityId, LinkId, OpaqueToken, RowId, Seconds, Timestamp};

/// How far linking has come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LinkStep {
    /// Done.
    Linked(LinkId),
    /// The password was right, and several accounts hang on it: which one?
    Pick(RowId),
    /// The password was right, and its owner has a second factor: that is asked next (threats.md T17).
    Factor(RowId),
}

/// How long a shown password waits for the account to be picked.
const PICK_WITHIN: Seconds = Seconds::minutes(10);

/// The account, if somebody signed in to this browser owns it and it can be entered.
pub async fn own_account(app: &App, session: &BrowserSession, id: &AccountId) -> Result<Option<AccountView>, Stop> {
    let found = accounts::find(&app.store.db, id).await?;
    Ok(found.filter(|a| a.is_active() && session.signed_in.iter().any(|s| s.identity_id == a.identity_id)))
}

/// Lets `from` enter an account of whoever this name and password are. Counts against their throttling (threats.md T18).
pub async fn link_by_password(
    app: &App,
    session: &BrowserSession,
    from: &AccountView,
    name: &str,
    password: &str,
    origin: &Origin,
    now: Timestamp,
) -> Result<Result<LinkStep, LinkRefused>, Stop> {
    let refusal = |reason: &str| app.event("link.refused", origin, now).by(&from.identity_id).in_account(&from.id, &from.company.id).reason(reason);
    let proved = match prove_password(app, session, &SignInName::typed(name), password, origin, now).await? {
        Ok(proved) => proved,
        Err(reason) => {
            app.store.hot.append(refusal(reason)).await?;
            return Ok(Err(LinkRefused::ProofFailed));
        }
    };
    let target = proved.candidate.identity.id.clone();
    let epoch = proved.candidate.credential_epoch;
    let needs_factor = !authenticators::enrolled(&app.store.db, &target).await?.is_empty();
    let theirs = accounts::page(&app.store.db, &target, &Filter::default(), 2).await?;
    let decided = match theirs.as_slice() {
        _ if target == from.identity_id => Err(LinkRefused::Same),
        _ if needs_factor => Ok(None),
        [] => Err(LinkRefused::TargetUnavailable),
        [only] => allowed(app, from, only).await?.map(|()| Some(only)),
        _ => Ok(None),
    };
    let mut tx = app.store.begin().await?;
    if !proved.settle(&mut tx, !needs_factor).await? {
        return Ok(Err(LinkRefused::ProofFailed));
    }
    let step = match decided {
        Err(refused) => {
            audit::append(&mut tx, &refusal(&refused.to_string())).await?;
            Err(refused)
        }
        Ok(Some(to)) => make(app, &mut tx, from, to, epoch, LinkProof::Password, origin, now).await?.map(LinkStep::Linked),
        Ok(None) => {
            let id = RowId::mint(now, &mut app.rng());
            links::keep_proof(&mut tx, &id, &session.id, &Proof { from: from.id.clone(), target, epoch, needs_factor }, now + PICK_WITHIN, now).await?;
            Ok(if needs_factor { LinkStep::Factor(id) } else { LinkStep::Pick(id) })
        }
    };
    tx.commit().await?;
    Ok(step)
}

/// The account that a link will lead from, and whose second factor the shown password still needs.
pub async fn link_needs_factor(app: &App, session: &BrowserSession, proof: &RowId, now: Timestamp) -> Result<Option<(AccountView, IdentityId)>, Stop> {
    match links::proof(&app.store.db, proof, &session.id, now).await? {
        Some(proof) if proof.needs_factor => Ok(own_account(app, session, &proof.from).await?.map(|from| (from, proof.target))),
        _ => Ok(None),
    }
}

/// Shows the second factor of the account to be linked; it counts with the tries at its password. Outer `None`: the proof is over.
pub async fn link_factor(
    app: &App,
    session: &BrowserSession,
    proof_id: &RowId,
    shown: Shown<'_>,
    origin: &Origin,
    now: Timestamp,
) -> Result<Option<Result<LinkStep, LinkRefused>>, Stop> {
    let Some(proof) = links::proof(&app.store.db, proof_id, &session.id, now).await?.filter(|p| p.needs_factor) else { return Ok(None) };
    let Some(from) = own_account(app, session, &proof.from).await? else { return Ok(None) };
    let mut tx = match prove_factor(app, session, &proof.target, shown, |_| true, origin, now).await? {
        Ok((_, tx)) => tx,
        Err(_) => {
            let event = app.event("link.refused", origin, now).by(&from.identity_id).in_account(&from.id, &from.company.id).reason("factor");
            app.store.hot.append(event).await?;
            return Ok(Some(Err(LinkRefused::ProofFailed)));
        }
    };
    if !links::prove_factor(&mut tx, proof_id, &session.id, now).await? {
        return Ok(None);
    }
    tx.commit().await?;
    let theirs = accounts::page(&app.store.db, &proof.target, &Filter::default(), 2).await?;
    match theirs.as_slice() {
        [] => Ok(Some(Err(LinkRefused::TargetUnavailable))),
        [only] => Ok(link_picked(app, session, proof_id, &only.id, origin, now).await?.map(|made| made.map(LinkStep::Linked))),
        _ => Ok(Some(Ok(LinkStep::Pick(proof_id.clone())))),
    }
}

/// A page of the accounts that a shown password opened, and the account that the link leads from; `None` when the proof is over.
pub async fn accounts_to_pick(
    app: &App,
    session: &BrowserSession,
    proof: &RowId,
    search: Option<&str>,
    limit: i64,
    now: Timestamp,
) -> Result<Option<(AccountView, Vec<AccountView>)>, Stop> {
    let Some(proof) = links::proof(&app.store.db, proof, &session.id, now).await?.filter(|p| !p.needs_factor) else { return Ok(None) };
    let Some(from) = own_account(app, session, &proof.from).await? else { return Ok(None) };
    let filter = Filter { search, ..Filter::default() };
    Ok(Some((from, accounts::page(&app.store.db, &proof.target, &filter, limit).await?)))
}

/// Links the picked account. Outer `None`: the proof is over, or the account is not behind it.
pub async fn link_picked(
    app: &App,
    session: &BrowserSession,
    proof_id: &RowId,
    picked: &AccountId,
    origin: &Origin,
    now: Timestamp,
) -> Result<Option<Result<LinkId, LinkRefused>>, Stop> {
    let Some(proof) = links::proof(&app.store.db, proof_id, &session.id, now).await?.filter(|p| !p.needs_factor) else { return Ok(None) };
    let Some(from) = own_account(app, session, &proof.from).await? else { return Ok(None) };
    let Some(to) = accounts::find(&app.store.db, picked).await?.filter(|a| a.identity_id == proof.target) else { return Ok(None) };
    if let Err(refused) = allowed(app, &from, &to).await? {
        return Ok(Some(Err(refused)));
    }
    let mut tx = app.store.begin().await?;
    if !links::consume_proof(&mut tx, proof_id, &session.id, now).await? {
        return Ok(None);
    }
    let made = make(app, &mut tx, &from, &to, proof.epoch, LinkProof::Password, origin, now).await?;
    tx.commit().await?;
    Ok(Some(made))
}

async fn allowed(app: &App, from: &AccountView, to: &AccountView) -> Result<Result<(), LinkRefused>, Stop> {
    let (forbidden, exists) = links::obstacles(&app.store.db, &from.id, &to.id).await?;
    Ok(may_link(from, to, forbidden, exists))
}

/// Writes the link, tells the target's owner, and leaves its event.
#[allow(clippy::too_many_arguments)]
pub(super) async fn make(
    app: &App,
    tx: &mut Tx,
    from: &AccountView,
    to: &AccountView,
    epoch: i64,
    proof: LinkProof,
    origin: &Origin,
    now: Timestamp,
) -> Result<Result<LinkId, LinkRefused>, Stop> {
    let id = LinkId::mint(now, &mut app.rng());
    let new =
        NewLink { id: id.clone(), from: (from.id.clone(), from.identity_id.clone()), to: (to.id.clone(), to.identity_id.clone()), target_epoch: epoch, proof };
    if links::add(tx, &new, now).await?.is_err() {
        return Ok(Err(LinkRefused::Exists));
    }
    identities::unmanage_linked(tx, &from.identity_id, &to.identity_id).await?;
    let acting = identities::find(&app.store.db, &from.identity_id).await?;
    if let (Some(owner), Some(acting)) = (identities::find(&app.store.db, &to.identity_id).await?, acting) {
        let args = [("who", acting.name_for_others()), ("from", from.company.name.clone()), ("to", to.company.name.clone()), ("link", app.config.url("/"))];
        tell(app, tx, &owner, "link-made", &args, now).await?;
    }
    let event = app.event("link.made", origin, now).by(&from.identity_id).in_account(&to.id, &to.company.id).from(&from.id).reason(proof.as_str());
    audit::append(tx, &event).await?;
    Ok(Ok(id))
}

/// Cuts a link: by the owner of the account it leads from, or of the one it leads into. Everything entered through it
/// closes at once. False when it is not theirs or was cut.
pub async fn cut_link(app: &App, people: &[IdentityId], id: &LinkId, origin: &Origin, now: Timestamp) -> Result<bool, Stop> {
    let Some(link) = links::find(&app.store.db, id).await? else { return Ok(false) };
    let by = |identity: &IdentityId| people.contains(identity);
    let (who, side) = if by(&link.from.identity_id) {
        (&link.from.identity_id, "origin")
    } else if by(&link.to.identity_id) {
        (&link.to.identity_id, "target")
    } else {
        return Ok(false);
    };
    let mut tx = app.store.begin().await?;
    if !links::end_one(&mut tx, id, side, now).await? {
        return Ok(false);
    }
    close_link(app, &mut tx, id, "link-cut", now).await?;
    let event = app.event("link.cut", origin, now).by(who).from(&link.from.account_id).reason(side);
    let event = match accounts::find(&app.store.db, &link.to.account_id).await? {
        Some(to) => event.in_account(&to.id, &to.company.id),
        None => event,
    };
    audit::append(&mut tx, &event).await?;
    tx.commit().await?;
    Ok(true)
}

/// Closes what was entered through a link, and writes the notices.
async fn close_link(app: &App, tx: &mut Tx, id: &LinkId, reason: &str, now: Timestamp) -> Result<(), Stop> {
    let ending = sessions::open_apps_via(tx, id).await?;
    super::sign_out::write_notices(app, tx, ending, false, now).await?;
    Ok(grants::close_via(tx, id, reason, now).await?)
}

/// Closes what was entered through links into the accounts of an identity whose credentials were reset (threats.md T16),
/// or through links out of or into one account.
pub(super) async fn close_entered(app: &App, tx: &mut Tx, which: links::Touching<'_>, reason: &str, now: Timestamp) -> Result<(), Stop> {
    for id in links::touching(tx, which).await? {
        close_link(app, tx, &id, reason, now).await?;
    }
    Ok(())
}

/// The target's owner says that a resting link may go on. False when it is not theirs.
pub async fn confirm_link(app: &App, people: &[IdentityId], id: &LinkId, origin: &Origin, now: Timestamp) -> Result<bool, Stop> {
    let Some(link) = links::find(&app.store.db, id).await? else { return Ok(false) };
    let owner = &link.to.identity_id;
    if !people.contains(owner) {
        return Ok(false);
    }
    let mut tx = app.store.begin().await?;
    let confirmed = links::confirm(&mut tx, id, owner, now).await?;
    if confirmed {
        audit::append(&mut tx, &app.event("link.confirmed", origin, now).by(owner).from(&link.from.account_id)).await?;
    }
    tx.commit().await?;
    Ok(confirmed)
}

/// What a usable link of somebody signed in here leads into.
pub async fn linked_account(app: &App, session: &BrowserSession, id: &LinkId) -> Result<Option<Linked>, Stop> {
    for signed_in in &session.signed_in {
        let narrow = Narrow { link: Some(id), ..Narrow::default() };
        if let Some(found) = links::reachable(&app.store.db, &signed_in.identity_id, narrow, 1).await?.pop() {
            return Ok(Some(found));
        }
    }
    Ok(None)
}

/// Enters an account through a link in the portal: noted for its owner to see; the cookie's secret is replaced (threats.md T33).
pub async fn enter_link(app: &App, session: &BrowserSession, id: &LinkId, origin: &Origin, now: Timestamp) -> Result<Option<SessionToken>, Stop> {
    let Some(linked) = linked_account(app, session, id).await? else { return Ok(None) };
    let cookie = OpaqueToken::mint(session.id.clone(), &mut app.rng());
    let mut tx = app.store.begin().await?;
    if !sessions::rotate(&mut tx, &cookie, now).await? {
        return Ok(None);
    }
    links::touch(&mut tx, id, now).await?;
    let acting = accounts::find(&app.store.db, &linked.origin).await?.map(|a| a.identity_id);
    let mut event = app.event("link.entered", origin, now).in_account(&linked.account.id, &linked.account.company.id).from(&linked.origin);
    if let Some(acting) = &acting {
        event = event.by(acting);
        super::preferences::tell_of_entry(app, &mut tx, &linked.account, &linked.origin, acting, now).await?;
    }
    audit::append(&mut tx, &event).await?;
    tx.commit().await?;
    Ok(Some(cookie))
}

/// The links of one identity: out of its accounts, and into them; with a search, those of companies whose name has it. A hundred of
/// each at most: the search leads to the others.
pub async fn links_of(app: &App, identity: &IdentityId, search: Option<&str>) -> Result<(Vec<LinkView>, Vec<LinkView>), Stop> {
    Ok((links::out_of(&app.store.db, identity, search, LISTED).await?, links::into(&app.store.db, identity, search, LISTED).await?))
}

/// At most so many links of one direction on a page.
pub const LISTED: i64 = 100;

/// How many accounts the people signed in here can switch to: their own and linked ones, 99 at most.
pub async fn switchable(app: &App, session: &BrowserSession) -> Result<i64, Stop> {
    let mut n = 0;
    for signed_in in &session.signed_in {
        n += accounts::count(&app.store.db, &signed_in.identity_id, 99).await? + links::count(&app.store.db, &signed_in.identity_id, 99).await?;
    }
    Ok(n.min(99))
}
