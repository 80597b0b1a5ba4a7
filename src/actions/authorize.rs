//! Gathering the facts of an authorization request, and writing down what the decision said.

use std::sync::Arc;

use super::{App, Origin, Stop};
use crate::crypto::verified_hint_claims;
use crate::domain::{AccountView, SignedIn, Via, Wanted};
use crate::flow::{self, Approved, Choice, Expected, Facts, NamedCompany, Progress, Reach, Step, acr_of};
use crate::protocol::{
    AccountSelection, AnswerTo, AuthorizationFailure, AuthorizationRequest, AuthorizationResponse, Client, ConsentPolicy, ErrorCode, GrantType, IdTokenHint,
    LoginHint, OrganizationUsage, Params, Prompt, ProtocolFailure, Reason,
};
use crate::store::accounts::{self, Order};
use crate::store::interactions::{self, Interaction, NewInteraction, Purpose};
use crate::store::links::{self, Linked, Narrow};
use crate::store::sessions::{self, AppSession, BrowserSession};
use crate::store::{Begin, IssueCode, NewSession, codes, companies, consents, consolidations, device_authorizations};
use crate::types::{AccountId, AppSessionId, BrowserSessionId, GrantId, IdentityId, InteractionId, LinkId, OpaqueToken, RowId, ScopeSet, Timestamp};

/// An `id_token_hint` whose signature was checked, and the app session it names.
#[derive(Clone, Debug)]
pub struct Hinted {
    /// What it says.
    pub hint: IdTokenHint,
    /// The app session of its `sid`, live or not.
    pub session: Option<AppSession>,
}

fn read_hint(app: &App, token: &str, now: Timestamp) -> Option<IdTokenHint> {
    let claims = verified_hint_claims(&app.keys(), token, app.issuer(), now)?;
    let text = |name: &str| claims.get(name).and_then(|v| v.as_str());
    Some(IdTokenHint {
        sub: text("sub")?.to_owned(),
        client_id: text("aud")?.parse().ok()?,
        sid: text("sid").and_then(|s| s.parse().ok()),
        account_id: text("account_id").and_then(|s| s.parse().ok()),
    })
}

impl App {
    /// The hint in a token, if we signed it.
    pub fn read_hint(&self, token: &str, now: Timestamp) -> Option<IdTokenHint> {
        read_hint(self, token, now)
    }
}

/// Proves the form of a request; the client must be known first, for its addresses are all that errors may go to.
pub async fn check_request(app: &App, params: &Params, now: Timestamp) -> Result<Result<AuthorizationRequest, AuthorizationFailure>, Stop> {
    let client_id = match AuthorizationRequest::client_id(params) {
        Ok(id) => id,
        Err(failure) => return Ok(Err(AuthorizationFailure::Page(failure))),
    };
    let Some(client) = app.client(&client_id).await? else {
        return Ok(Err(AuthorizationFailure::Page(ProtocolFailure::invalid_request("client_id is missing or unknown"))));
    };
    let registry = app.registry().await?;
    Ok(AuthorizationRequest::check(params, &client.client, app.issuer(), |r| app.scopes_of(&registry, r), |token| read_hint(app, token, now)))
}

/// Proves the form of an authenticated client's device authorization request (RFC 8628 section 3.1).
pub(super) async fn check_device_request(app: &App, client: &Client, params: &Params, interaction: InteractionId) -> Result<AuthorizationRequest, Stop> {
    let registry = app.registry().await?;
    Ok(AuthorizationRequest::check_for_device(params, client, interaction, |r| app.scopes_of(&registry, r))?)
}

/// Stores a request for the pages; unbound when the browser could not be recognised (decisions.md 4).
pub async fn begin_interaction(app: &App, session: Option<&BrowserSessionId>, purpose: Purpose, now: Timestamp) -> Result<InteractionId, Stop> {
    begin_interaction_with(app, session, None, purpose, now).await
}

/// The same together with the browser's session, where that is `opened` just now.
pub async fn begin_interaction_with(
    app: &App,
    session: Option<&BrowserSessionId>,
    opened: Option<NewSession>,
    purpose: Purpose,
    now: Timestamp,
) -> Result<InteractionId, Stop> {
    let id = InteractionId::mint(now, &mut app.rng());
    let new = NewInteraction::of(id.clone(), session, &purpose, now + app.config.lifetimes.interaction);
    app.store.hot.begin(Begin { session: opened, interaction: Some(new), now: now.seconds() }).await?;
    Ok(id)
}

/// Whom the hint of a request expects: by the app session it names.
pub async fn expected(app: &App, request: &AuthorizationRequest) -> Result<Expected, Stop> {
    let Some(hint) = &request.hint else { return Ok(Expected::Anyone) };
    let Some(client) = app.client(&hint.client_id).await? else { return Ok(Expected::Gone) };
    let session = match &hint.sid {
        Some(sid) => sessions::app_session(&app.store.db, sid).await?,
        None => None,
    };
    let Some(session) = session else { return Ok(Expected::Gone) };
    let sub = app.subject_in(&client.client, &session).await?;
    if sub.as_ref() != Some(&hint.sub) {
        return Ok(Expected::Gone);
    }
    // Through a link the subject is the entered account's person; who must be here is who acts.
    let holder = consolidations::holder(&app.store.db, &session.identity.id).await?;
    // A subject retired by a consolidation: silently that is nobody, otherwise it goes on with the new one (design.md 5.1).
    Ok(if holder != session.identity.id && request.is_silent() { Expected::Gone } else { Expected::Identity(holder) })
}

fn own(account: AccountView) -> Reach {
    Reach { acting: account.identity_id.clone(), via: Via::Own, origin: None, origin_wants: Wanted::default(), account }
}

fn through(acting: &IdentityId, linked: Linked) -> Reach {
    Reach { acting: acting.clone(), via: Via::Link(linked.link), origin: Some(linked.origin), origin_wants: linked.origin_wants, account: linked.account }
}

/// The ways into an account for who is signed in here, if this client may enter it: as its owner, else through links
/// from their own accounts. At most two: whether there are several is all that matters.
async fn ways(app: &App, client: &Client, id: &AccountId, link: Option<&LinkId>, signed_in: &[SignedIn]) -> Result<Vec<Reach>, Stop> {
    let Some(account) = accounts::find(&app.store.db, id).await? else { return Ok(Vec::new()) };
    if !account.is_active() || !client.is_open_to(&account.company.id) {
        return Ok(Vec::new());
    }
    if link.is_none() && signed_in.iter().any(|s| s.identity_id == account.identity_id) {
        return Ok(vec![own(account)]);
    }
    let narrow = Narrow { client: Some(&client.id), account: Some(id), link, ..Narrow::default() };
    let mut found = Vec::new();
    for s in signed_in {
        found.extend(links::reachable(&app.store.db, &s.identity_id, narrow, 2).await?.into_iter().map(|l| through(&s.identity_id, l)));
    }
    found.truncate(2);
    Ok(found)
}

/// The account of an `id_token_hint`: its owner's, or through the link of its app session while both live.
async fn hinted(app: &App, client: &Client, hint: &IdTokenHint, id: &AccountId, signed_in: &[SignedIn]) -> Result<Option<Reach>, Stop> {
    let session = match &hint.sid {
        Some(sid) => sessions::app_session(&app.store.db, sid).await?,
        None => None,
    };
    let link = match session.as_ref().map(|s| (&s.via, s.ended_at)) {
        Some((Via::Link(link), None)) => Some(link),
        Some((Via::Link(_), Some(_))) => return Ok(None),
        _ => None,
    };
    let found = ways(app, client, id, link, signed_in).await?;
    Ok(found.into_iter().find(|r| link.is_some() || r.via == Via::Own))
}

/// Decides the next step of a request in a browser.
pub async fn decide(app: &App, request: &AuthorizationRequest, session: Option<&BrowserSession>, progress: &Progress, now: Timestamp) -> Result<Step, Stop> {
    let stored = app.client(&request.client_id).await?.ok_or_else(|| ProtocolFailure::new(ErrorCode::UnauthorizedClient, "this client was switched off"))?;
    let client = &stored.client;
    let needed = if request.is_for_device() { GrantType::DeviceCode } else { GrantType::AuthorizationCode };
    if !client.metadata.allows(needed) {
        return Err(ProtocolFailure::new(ErrorCode::UnauthorizedClient, "this client may not do this any more").into());
    }
    let nobody = Vec::new();
    let signed_in = session.map_or(&nobody, |s| &s.signed_in);
    let uses_companies = client.metadata.organization_usage != OrganizationUsage::Deny;

    let expected = expected(app, request).await?;
    let able: Vec<_> = flow::eligible(request, &expected, signed_in, &progress.proved, now).into_iter().map(|s| s.identity_id.clone()).collect();
    let mut facts = Facts {
        client,
        signed_in,
        expected,
        company: NamedCompany::NotNamed,
        selected: None,
        selected_from_several: false,
        hinted: None,
        chosen: None,
        candidates: Vec::new(),
        linked: Vec::new(),
        stale_owner: None,
        operator: app.operator_wants(),
        progress,
        remembered: Vec::new(),
        scope: request.scope.clone(),
    };
    if !client.metadata.allows(GrantType::RefreshToken) {
        facts.scope = facts.scope.without("offline_access");
    }

    if uses_companies && !signed_in.is_empty() {
        if let Some(named) = &request.organization {
            // Whoever has an account there finds the company with it, in one read.
            facts.candidates = candidates(app, client, Some(named), &able).await?;
            facts.company = match facts.candidates.first() {
                Some(reach) => NamedCompany::Open(reach.account.company.id.clone()),
                None => {
                    let open = companies::named(&app.store.db, named).await?.filter(|c| c.closed_at.is_none() && client.is_open_to(&c.id));
                    open.map_or(NamedCompany::Unavailable, |c| NamedCompany::Open(c.id))
                }
            };
        }
        if let Some(LoginHint::Account(Some(id))) = &request.login_hint {
            let mut found = ways(app, client, id, None, signed_in).await?.into_iter();
            facts.selected = found.next();
            facts.selected_from_several = found.next().is_some();
        }
        if let Some((hint, id)) = request.hint.as_ref().and_then(|h| Some((h, h.account_id.as_ref()?))) {
            facts.hinted = hinted(app, client, hint, id, signed_in).await?;
        }
        if let Some((choice, id)) = progress.choice.as_ref().and_then(|c| Some((c, c.account_id.as_ref()?))) {
            // A choice outside the company that the app named is none (threats.md T34).
            let inside = |r: &Reach| !matches!(&facts.company, NamedCompany::Open(company) if r.account.company.id != *company);
            facts.chosen = ways(app, client, id, choice.link_id.as_ref(), signed_in)
                .await?
                .into_iter()
                .find(|r| choice.link_id.is_some() || r.via == Via::Own)
                .filter(inside);
        }
        if facts.chosen.is_none() && facts.company != NamedCompany::Unavailable {
            let company = request.organization.as_deref();
            if company.is_none() {
                facts.candidates = candidates(app, client, None, &able).await?;
            }
            // Links come in when no account of their own would do, or the chooser shows them anyway.
            if facts.candidates.is_empty() || request.prompt.has(Prompt::SelectAccount) || progress.choosing_again {
                facts.linked = linked(app, client, company, &able).await?;
            }
            if facts.candidates.is_empty() && facts.linked.is_empty() && facts.expected == Expected::Anyone {
                let stale: Vec<_> = signed_in.iter().map(|s| s.identity_id.clone()).filter(|id| !able.contains(id)).collect();
                facts.stale_owner = candidates(app, client, company, &stale).await?.first().map(|r| r.acting.clone());
            }
        }
    }

    if client.metadata.consent == ConsentPolicy::Ask || request.prompt.has(Prompt::Consent) {
        let reaches = [&facts.chosen, &facts.selected, &facts.hinted].into_iter().flatten().chain(facts.candidates.first()).chain(facts.linked.first());
        let mut keys: Vec<_> = reaches.map(|r| (r.acting.clone(), Some(r.account.id.clone()))).collect();
        // Whoever may go without a company may have chosen to.
        let alone = progress.choice.as_ref().filter(|c| c.account_id.is_none()).map(|c| &c.identity_id);
        keys.extend(alone.map(|id| (id.clone(), None)));
        if keys.is_empty() {
            keys.extend(able.iter().map(|id| (id.clone(), None)));
        }
        keys.dedup();
        for (identity, account) in keys {
            facts.remembered.extend(consents::find(&app.store.db, &identity, &client.id, account.as_ref()).await?);
        }
    }
    Ok(flow::next_step(request, &facts, now))
}

/// At most two accounts that would do, in the order of preselection, over all identities that may act.
async fn candidates(app: &App, client: &Client, company: Option<&str>, able: &[IdentityId]) -> Result<Vec<Reach>, Stop> {
    let order = if client.metadata.account_selection == AccountSelection::Oldest { Order::Age } else { Order::Use };
    let mut found = Vec::new();
    for identity in able {
        found.extend(accounts::candidates(&app.store.db, identity, &client.id, company, order).await?);
    }
    found.sort_by_key(|a| {
        let used = if order == Order::Use { a.last_used_at.map_or(0, Timestamp::seconds) } else { 0 };
        (std::cmp::Reverse(used), a.id.clone())
    });
    found.truncate(2);
    Ok(found.into_iter().map(own).collect())
}

/// At most two accounts that these identities enter through links, over all of them.
async fn linked(app: &App, client: &Client, company: Option<&str>, able: &[IdentityId]) -> Result<Vec<Reach>, Stop> {
    let mut found = Vec::new();
    for identity in able {
        let narrow = Narrow { client: Some(&client.id), company, ..Narrow::default() };
        found.extend(links::reachable(&app.store.db, identity, narrow, 2).await?.into_iter().map(|l| through(identity, l)));
    }
    found.truncate(2);
    Ok(found)
}

/// Issues a code for what was approved, answering an interaction if there is one. `None` when that was answered meanwhile.
pub async fn issue(
    app: &App,
    interaction: Option<&Interaction>,
    request: &AuthorizationRequest,
    approved: &Approved,
    session: &BrowserSession,
    origin: &Origin,
    now: Timestamp,
) -> Result<Option<AuthorizationResponse>, Stop> {
    let stored = app.client(&request.client_id).await?.ok_or_else(|| ProtocolFailure::new(ErrorCode::UnauthorizedClient, "this client was switched off"))?;
    let client = &stored.client;
    let account = approved.reach.as_ref().map(|r| &r.account);
    let wanted = request.claims.subjects();
    // OpenID Connect Core 5.5.1: a requested sub that is not this person is a failed authentication.
    if !wanted.is_empty()
        && !wanted.contains(&app.subject(client, account.map_or(&approved.acting.identity_id, |a| &a.identity_id), account.map(|a| &a.id), None).sub.as_str())
    {
        let failure = ProtocolFailure::new(ErrorCode::LoginRequired, "another subject was requested");
        return match interaction {
            Some(open) => abandon(app, open, request, &failure, Some(session), origin, now).await,
            None => Ok(Some(AuthorizationResponse::failure(request, &failure, app.issuer()))),
        };
    }
    let mut rng = app.rng();
    let code = OpaqueToken::mint(RowId::mint(now, &mut rng), &mut rng);
    let device = match &request.answer_to {
        AnswerTo::App { .. } => None,
        AnswerTo::Device { interaction } => match device_authorizations::answered_in(&app.store.db, interaction).await? {
            Some(device) => Some(device),
            None => return Ok(None),
        },
    };
    let soon = now + app.config.lifetimes.code;
    let (code_id, verifier_digest, expires_at) = match &device {
        None => (code.selector().clone(), code.verifier_digest().as_str().to_owned(), soon),
        // What the device was given redeems what was granted; whoever answers in the last moment leaves it time to ask.
        Some(device) => (device.id.clone(), device.verifier_digest.clone(), device.expires_at.max(soon)),
    };
    let acting = &approved.acting;
    let via = approved.reach.as_ref().map_or(&Via::Own, |r| &r.via);
    let op = IssueCode {
        app_session_id: AppSessionId::mint(now, &mut rng),
        browser_session_id: session.id.clone(),
        client_id: client.id.clone(),
        identity_id: acting.identity_id.clone(),
        account_id: account.map(|a| a.id.clone()),
        via: IssueCode::via(via),
        origin_account_id: approved.reach.as_ref().and_then(|r| r.origin.clone()),
        grant_id: GrantId::mint(now, &mut rng),
        scope: approved.scope.to_string(),
        offline: approved.scope.contains("offline_access"),
        claims: serde_json::to_string(&request.claims).map_err(anyhow::Error::from)?,
        resources: serde_json::to_string(&request.resources).map_err(anyhow::Error::from)?,
        auth_time: acting.auth_time().seconds(),
        acr: acr_of(acting.proofs.level()).to_owned(),
        amr: acting.proofs.amr().join(" "),
        proofs: serde_json::to_string(&acting.proofs).map_err(anyhow::Error::from)?,
        code_id,
        verifier_digest,
        redirect_uri: request.answer_to.redirect_uri().map_or(codes::FOR_DEVICE, |uri| uri.as_str()).to_owned(),
        code_challenge: request.code_challenge.as_ref().map(|c| c.as_str().to_owned()),
        nonce: request.nonce.clone(),
        expires_at: expires_at.seconds(),
        interaction_id: interaction.map(|i| i.id.clone()),
        now: now.seconds(),
    };
    // Before the pages of this request were gone through, if there were any.
    let begun = interaction.map_or(now, |i| i.created_at);
    let before = acting.proofs.iter().filter(|p| p.at < begun || interaction.is_none()).map(|p| p.method.level()).max();
    let event = app.event("authorization.granted", origin, now).by(&acting.identity_id).through(&client.id);
    let mut event = event.acr_before(before.map_or("", acr_of)).acr(acr_of(acting.proofs.level()));
    if let Some(account) = account {
        event = event.in_account(&account.id, &account.company.id);
    }
    if let Some(from) = approved.reach.as_ref().and_then(|r| r.origin.as_ref()) {
        event = event.from(from);
    }
    if request.is_for_device() {
        event = event.reason("device");
    }
    if app.store.hot.issue_code(op, event).await? {
        if let Some((reach, from)) = approved.reach.as_ref().and_then(|r| Some((r, r.origin.as_ref()?))) {
            // The code is out: a mail that cannot be written is logged, and keeps nobody from their app.
            let told = async {
                let mut tx = app.store.begin().await?;
                super::preferences::tell_of_entry(app, &mut tx, &reach.account, from, &acting.identity_id, now).await?;
                Ok::<_, Stop>(tx.commit().await?)
            };
            if let Err(e) = told.await {
                tracing::warn!(request_id = %origin.request_id, error = %e, "the owner of an entered account was not told");
            }
        }
        if let Some(device) = &device {
            super::device_authorization::tell(app, client, approved, device, origin, now).await;
        }
        return Ok(Some(AuthorizationResponse::code(request, &code.reveal(), app.issuer())));
    }
    if let Some(open) = interaction {
        let now_finished = interactions::find(&app.store.db, &open.id).await?.is_none_or(|i| i.finished_at.is_some());
        if now_finished {
            return Ok(None);
        }
    }
    let failure = ProtocolFailure::new(ErrorCode::LoginRequired, "the person was signed out meanwhile");
    Ok(Some(AuthorizationResponse::failure(request, &failure, app.issuer())))
}

/// Answers an interaction with a code, once: of two tabs, the second learns that it is over (`None`).
pub async fn answer(
    app: &App,
    interaction: &Interaction,
    request: &AuthorizationRequest,
    approved: &Approved,
    session: &BrowserSession,
    origin: &Origin,
    now: Timestamp,
) -> Result<Option<AuthorizationResponse>, Stop> {
    // What was just agreed to on the consent page is remembered, whatever becomes of the answer.
    let here = Choice::of(&approved.acting.identity_id, approved.reach.as_ref());
    if interaction.progress.consented.as_ref() == Some(&here) {
        let mut tx = app.store.begin().await?;
        consents::remember(&mut tx, &here.identity_id, &request.client_id, here.account_id.as_ref(), &approved.scope, now).await?;
        tx.commit().await?;
    }
    issue(app, Some(interaction), request, approved, session, origin, now).await
}

/// Answers an interaction with an error, once.
pub async fn abandon(
    app: &App,
    interaction: &Interaction,
    request: &AuthorizationRequest,
    failure: &ProtocolFailure,
    session: Option<&BrowserSession>,
    origin: &Origin,
    now: Timestamp,
) -> Result<Option<AuthorizationResponse>, Stop> {
    let mut event =
        app.event("authorization.refused", origin, now).through(&request.client_id).reason(failure.reason.map_or(failure.code.as_str(), Reason::as_str));
    if let Some(only) = session.and_then(|s| s.signed_in.first()) {
        event = event.by(&only.identity_id);
    }
    let mut tx = app.store.begin().await?;
    if !interactions::finish(&mut tx, &interaction.id, now).await? {
        return Ok(None);
    }
    if let (AnswerTo::Device { interaction }, Some(reason)) = (&request.answer_to, failure.reason) {
        device_authorizations::refuse(&mut tx, interaction, reason.as_str()).await?;
    }
    crate::store::audit::append(&mut tx, &event).await?;
    tx.commit().await?;
    Ok(Some(AuthorizationResponse::failure(request, failure, app.issuer())))
}

/// What a consent page says of scopes beyond the ones every message knows: the operator's own words.
pub async fn consent_texts(app: &App, request: &AuthorizationRequest, scope: &ScopeSet) -> Result<Vec<(String, Option<String>)>, Stop> {
    let registry: Arc<super::Registry> = app.registry().await?;
    let described =
        |name: &str| request.resources.iter().filter_map(|r| registry.find(r)).flat_map(|r| &r.scopes).find(|(s, _)| s == name).map(|(_, text)| text.clone());
    Ok(scope.iter().map(|name| (name.to_owned(), described(name))).collect())
}
