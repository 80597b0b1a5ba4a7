//! The token endpoint: codes, refresh tokens and client credentials become tokens.

use serde_json::{Map, Value};

use super::{App, Origin, Stop};
use crate::crypto::{JwtKind, at_hash, open_successor, seal_successor};
use crate::flow::{AccessTokenFacts, Dead, IdTokenFacts, LiveGrant, access_token_claims, acr_of, id_token_claims, machine_token_claims};
use crate::protocol::{
    Client, CodeVerifier, ErrorCode, Grant, GrantType, OrganizationUsage, ProtocolFailure, Reason, RefreshPolicy, SCOPES_OF_API, SCOPES_OF_IDENTITY,
    SigningAlgorithm, TokenRequest,
};
use crate::store::codes::{self, Code, CodeToken};
use crate::store::refresh_families::{self, Family, RefreshToken};
use crate::store::{AuditEvent, ExchangeCode, RotateFamily, audit, companies, grants};
use crate::types::{GrantId, RowId, ScopeSet, Seconds, Secret, Timestamp};

/// A successful answer (RFC 6749 5.1, OpenID Connect Core 3.1.3.3).
#[derive(Debug)]
pub struct TokenResponse {
    /// A JWT (RFC 9068).
    pub access_token: Secret,
    /// Seconds.
    pub expires_in: i64,
    /// What the access token allows.
    pub scope: String,
    /// The refresh token, if one goes out.
    pub refresh_token: Option<Secret>,
    /// For how long that one counts when it is not used, and for how long what it stands for lasts whatever happens.
    pub refresh_lasts: Option<(Seconds, Seconds)>,
    /// The ID token, for OpenID Connect requests.
    pub id_token: Option<Secret>,
    /// Whether it answers a token exchange (RFC 8693 2.2.1).
    pub exchanged: bool,
}

impl TokenResponse {
    /// Says how long its refresh token lasts, if there is one; `ends` is when that ends in any case.
    fn lasting(mut self, app: &App, ends: Timestamp, now: Timestamp) -> Self {
        let rest = ends.since(now);
        self.refresh_lasts = self.refresh_token.as_ref().map(|_| (app.config.lifetimes.refresh_idle.min(rest), rest));
        self
    }
}

fn refused(description: &str) -> Stop {
    Stop::Failure(ProtocolFailure::invalid_grant(description))
}

/// Answers a token request of an authenticated client.
pub async fn token(app: &App, client: &Client, request: TokenRequest, origin: &Origin, now: Timestamp) -> Result<TokenResponse, Stop> {
    let needed = match &request.grant {
        Grant::AuthorizationCode { .. } => GrantType::AuthorizationCode,
        Grant::RefreshToken { .. } => GrantType::RefreshToken,
        Grant::ClientCredentials => GrantType::ClientCredentials,
        Grant::DeviceCode { .. } => GrantType::DeviceCode,
        Grant::TokenExchange { .. } => GrantType::TokenExchange,
    };
    if !client.metadata.allows(needed) {
        return Err(ProtocolFailure::new(ErrorCode::UnauthorizedClient, "this client is not registered for this grant").into());
    }
    match &request.grant {
        Grant::AuthorizationCode { code, redirect_uri, code_verifier } => {
            exchange_code(app, client, &request, code, redirect_uri.as_deref(), code_verifier.as_ref(), origin, now).await
        }
        Grant::RefreshToken { refresh_token } => refresh(app, client, &request, refresh_token, origin, now).await,
        Grant::ClientCredentials => machine_token(app, client, &request, origin, now).await,
        Grant::DeviceCode { device_code } => super::device_authorization::poll(app, client, &request, device_code, origin, now).await,
        Grant::TokenExchange { subject_token } => super::token_exchange::exchange(app, client, &request, subject_token, origin, now).await,
    }
}

/// Says why a grant no longer stands, and closes it so that nothing else of it can be used.
async fn close_dead(app: &App, grant: &LiveGrant, dead: Dead, origin: &Origin, now: Timestamp) -> Result<Stop, Stop> {
    close(app, grant, "ended", "grant.closed", origin, now).await?;
    Ok(match dead {
        Dead::Account => ProtocolFailure::because(ErrorCode::InvalidGrant, Reason::AccountEnded, "the account has ended").into(),
        Dead::Grant => refused("the grant was closed"),
        Dead::Identity => refused("the person's identity is closed"),
    })
}

async fn close(app: &App, grant: &LiveGrant, reason: &str, kind: &'static str, origin: &Origin, now: Timestamp) -> Result<(), Stop> {
    let mut tx = app.store.begin().await?;
    if grants::close(&mut tx, &grant.id, reason, now).await? {
        audit::append(&mut tx, &about(app.event(kind, origin, now).reason(reason), grant)).await?;
    }
    // What a refresh switched to came from this grant too.
    grants::close_successors(&mut tx, &grant.id, reason, now).await?;
    Ok(tx.commit().await?)
}

pub(super) fn about(event: AuditEvent, grant: &LiveGrant) -> AuditEvent {
    let acr = acr_of(grant.proofs.level());
    let event = event.by(grant.acting()).through(&grant.client_id).sid(&grant.sid).acr_before(acr).acr(acr);
    let event = match &grant.origin {
        Some(origin) => event.from(&origin.account_id),
        None => event,
    };
    match &grant.account {
        Some(a) => event.in_account(&a.id, &a.company.id),
        None => event,
    }
}

#[allow(clippy::too_many_arguments)]
async fn exchange_code(
    app: &App,
    client: &Client,
    request: &TokenRequest,
    code: &Secret,
    redirect_uri: Option<&str>,
    verifier: Option<&CodeVerifier>,
    origin: &Origin,
    now: Timestamp,
) -> Result<TokenResponse, Stop> {
    let unknown = || refused("the code is unknown, expired or used");
    let token = CodeToken::parse(code.expose()).map_err(|_| unknown())?;
    let Some(stored) = codes::presented(&app.store.db, &token).await? else { return Err(unknown()) };
    let grant = &stored.grant;
    // Wrong client, address or verifier: refused, and the code kept for whom it is (decisions.md 12).
    if grant.client_id != client.id {
        return Err(refused("the code was issued to another client"));
    }
    // What a device redeems is no code of anybody's browser: here it would need no address and no verifier.
    let Some(sent_to) = stored.redirect_uri.as_deref() else { return Err(unknown()) };
    if redirect_uri != Some(sent_to) {
        return Err(refused("redirect_uri differs from the authorization request"));
    }
    match (&stored.code_challenge, verifier) {
        (Some(challenge), Some(verifier)) if verifier.challenge().as_str() == challenge => {}
        (Some(_), Some(_)) => return Err(refused("code_verifier does not match the code_challenge")),
        (Some(_), None) => return Err(refused("code_verifier is missing")),
        // RFC 9700 4.8.2: a verifier for a code without a challenge is a downgrade.
        (None, Some(_)) => return Err(refused("code_verifier was sent, but the request had no code_challenge")),
        (None, None) => {}
    }
    redeem(app, client, request, &token, &stored, origin, now).await
}

/// Tokens for what a code stands for, once, whoever was found to bring it rightly.
pub(super) async fn redeem(
    app: &App,
    client: &Client,
    request: &TokenRequest,
    token: &CodeToken,
    stored: &Code,
    origin: &Origin,
    now: Timestamp,
) -> Result<TokenResponse, Stop> {
    let unknown = || refused("the code is unknown, expired or used");
    let grant = &stored.grant;
    if stored.used_at.is_some() {
        // RFC 6749 4.1.2: a second use revokes what the first one gave.
        close(app, grant, "code-replayed", "code.replayed", origin, now).await?;
        return Err(unknown());
    }
    if stored.expires_at <= now {
        return Err(unknown());
    }
    // Membership is judged again here: it may have ended between the code and its use (threats.md T36).
    if let Err(dead) = grant.check() {
        return Err(close_dead(app, grant, dead, origin, now).await?);
    }

    let mut rng = app.rng();
    let family = client.metadata.allows(GrantType::RefreshToken).then(|| RefreshToken::first(RowId::mint(now, &mut rng), &mut rng));
    let response = tokens(app, client, grant, request, stored.nonce.as_deref(), family.as_ref().map(RefreshToken::reveal), None, now).await?;
    let longest = now + app.config.lifetimes.refresh;
    let ends = match grant.session {
        Some(session) if !grant.is_offline() => longest.min(session.expires_at),
        _ => longest,
    };
    let subject = app.subject(client, &grant.identity.id, grant.account.as_ref().map(|a| &a.id), None);
    let op = ExchangeCode {
        code_id: token.selector().clone(),
        verifier_digest: token.verifier_digest().as_str().to_owned(),
        grant_id: grant.id.clone(),
        client_id: client.id.clone(),
        account_id: grant.account.as_ref().filter(|a| !a.subject_known).map(|a| a.id.clone()),
        subject: subject.sub,
        family_id: family.as_ref().map(|f| f.family.clone()),
        family_digest: family.as_ref().map(|f| f.family_digest().as_str().to_owned()),
        first_digest: family.as_ref().map(|f| f.verifier_digest().as_str().to_owned()),
        family_expires_at: family.as_ref().map(|_| ends.seconds()),
        now: now.seconds(),
    };
    let event = about(app.event("token.issued", origin, now), grant);
    if app.store.hot.exchange_code(op, event).await? {
        return Ok(response.lasting(app, ends, now));
    }
    // Zero rows: somebody was faster. If with this very code, that is a second use.
    if let Some(again) = codes::presented(&app.store.db, token).await?.filter(|c| c.used_at.is_some()) {
        close(app, &again.grant, "code-replayed", "code.replayed", origin, now).await?;
    }
    Err(unknown())
}

/// Signs what an exchange or a refresh gives; the access token counts `at_most` so long.
#[allow(clippy::too_many_arguments)]
pub(super) async fn tokens(
    app: &App,
    client: &Client,
    grant: &LiveGrant,
    request: &TokenRequest,
    nonce: Option<&str>,
    refresh_token: Option<Secret>,
    at_most: Option<Seconds>,
    now: Timestamp,
) -> Result<TokenResponse, Stop> {
    // What an operator took from the app since is gone from what it was granted before.
    if grant.account.as_ref().is_some_and(|a| !client.is_open_to(&a.company.id)) {
        return Err(ProtocolFailure::because(ErrorCode::InvalidGrant, Reason::OrganizationAccessDenied, "this client is not open to this organization").into());
    }
    let mut asked = grant.scope.intersection(&client.metadata.scope);
    if let Some(narrower) = &request.scope {
        // Unlike at the authorization endpoint, what was not granted cannot be asked for here (RFC 6749 section 6).
        if matches!(request.grant, Grant::RefreshToken { .. }) {
            if !grant.scope.covers(narrower) {
                return Err(ProtocolFailure::new(ErrorCode::InvalidScope, "scope goes beyond what was granted").into());
            }
            asked = narrower.intersection(&client.metadata.scope);
        }
    }
    let registry = app.registry().await?;
    let audience = audience(app, grant, request.resource.as_deref())?;
    let (scope, algorithm) = match registry.find(&audience) {
        Some(resource) => (asked.intersection(&resource.scope_set()), resource.algorithm),
        None if audience == app.config.api_resource() => (asked.intersection(&SCOPES_OF_API.into_iter().collect()), SigningAlgorithm::ES256),
        None => (asked.intersection(&SCOPES_OF_IDENTITY.into_iter().collect()), SigningAlgorithm::ES256),
    };
    let account = grant.account.as_ref();
    let subject = app.subject(client, &grant.identity.id, account.map(|a| &a.id), account.and_then(|a| a.former_subject.as_deref()));
    let act = app.act(client, grant);
    let keys = app.keys();
    let jti = RowId::mint(now, &mut app.rng());
    let lifetime = at_most.map_or(app.config.lifetimes.access_token, |most| most.min(app.config.lifetimes.access_token));
    let claims = access_token_claims(
        &AccessTokenFacts {
            issuer: app.issuer(),
            grant,
            subject: &subject,
            act: act.as_ref(),
            audience: &audience,
            scope: &scope,
            jti: jti.as_str(),
            lifetime,
        },
        now,
    );
    let access_token = keys.sign(JwtKind::AccessToken, algorithm, &claims)?;
    let id_token = if asked.contains("openid") {
        let algorithm = client.metadata.id_token_signed_response_alg;
        let facts = IdTokenFacts {
            issuer: app.issuer(),
            client,
            grant,
            subject: &subject,
            act: act.as_ref(),
            nonce,
            at_hash: Some(at_hash(algorithm, &access_token)),
            lifetime: app.config.lifetimes.id_token,
        };
        Some(Secret::new(keys.sign(JwtKind::IdToken, algorithm, &id_token_claims(&facts, now))?))
    } else {
        None
    };
    Ok(TokenResponse {
        access_token: Secret::new(access_token),
        expires_in: lifetime.get(),
        scope: scope.to_string(),
        refresh_token,
        refresh_lasts: None,
        id_token,
        exchanged: false,
    })
}

/// The one API a token is for (RFC 8707 2.2): what is named among what was granted, else the first granted, else us.
pub(super) fn audience(app: &App, grant: &LiveGrant, named: Option<&str>) -> Result<String, Stop> {
    match named {
        None => Ok(grant.resources.first().cloned().unwrap_or_else(|| app.issuer().to_owned())),
        Some(resource) if resource == app.issuer() || grant.resources.iter().any(|r| r == resource) => Ok(resource.to_owned()),
        Some(_) => Err(ProtocolFailure::new(ErrorCode::InvalidTarget, "resource was not granted").into()),
    }
}

async fn refresh(app: &App, client: &Client, request: &TokenRequest, presented: &Secret, origin: &Origin, now: Timestamp) -> Result<TokenResponse, Stop> {
    let unknown = || refused("the refresh token is unknown, expired or revoked");
    let token = RefreshToken::parse(presented.expose()).ok_or_else(unknown)?;
    // Each turn reads the family anew: of two uses at once, the slower finds the successor of the faster one.
    for _ in 0..3 {
        let Some(family) = refresh_families::presented(&app.store.db, &token).await? else { return Err(unknown()) };
        if family.client_id != client.id {
            return Err(refused("the refresh token was issued to another client"));
        }
        let current = family.generation == token.generation && family.verifier_digest.matches(&token.verifier_digest());
        if let Some(next) = &family.switched_to {
            return switched_before(app, client, request, &family, &token, current, next, origin, now).await;
        }
        if let (true, Err(dead @ Dead::Account)) = (current, family.grant.check()) {
            return Err(close_dead(app, &family.grant, dead, origin, now).await?);
        }
        if family.grant.ended_at.is_some() || family.expires_at <= now || family.rotated_at + app.config.lifetimes.refresh_idle <= now {
            return Err(unknown());
        }
        let repeated = if current { None } else { repeated(app, &family, &token, request, now) };
        if !current && repeated.is_none() {
            if token.generation >= family.generation {
                return Err(unknown());
            }
            // A genuine old token outside its grace: somebody has a copy (RFC 9700 4.14.2).
            close(app, &family.grant, "refresh-token-reused", "refresh_token.reused", origin, now).await?;
            return Err(unknown());
        }
        if !family.grant.session_lives(app.config.lifetimes.session_idle, now) {
            return Err(refused("the browser session has ended"));
        }
        if let Err(dead) = family.grant.check() {
            return Err(close_dead(app, &family.grant, dead, origin, now).await?);
        }
        let target = super::refresh_switch::target(app, client, &family.grant, request).await?;
        match &target {
            Some(target) => super::family_policy::enough_for(app, &family.grant, target, false, now).await?,
            None => super::family_policy::still_enough(app, &family.grant, now).await?,
        }
        if let (Some(target), true) = (&target, current) {
            match super::refresh_switch::switch(app, client, request, &family, &token, target, origin, now).await? {
                Some(response) => return Ok(response.lasting(app, family.expires_at, now)),
                None => continue,
            }
        }
        if let Some(successor) = repeated {
            app.store.hot.append(about(app.event("token.refresh_repeated", origin, now), &family.grant)).await?;
            return Ok(tokens(app, client, &family.grant, request, None, Some(successor), None, now).await?.lasting(app, family.expires_at, now));
        }

        let stable = client.metadata.refresh_tokens == RefreshPolicy::Stable;
        let next = if stable { token.clone() } else { token.successor(&mut app.rng()) };
        let response = tokens(app, client, &family.grant, request, None, Some(next.reveal()), None, now).await?;
        let op = RotateFamily {
            family_id: token.family.clone(),
            generation: token.generation,
            old_digest: token.verifier_digest().as_str().to_owned(),
            new_generation: next.generation,
            new_digest: next.verifier_digest().as_str().to_owned(),
            successor_sealed: if stable || app.config.lifetimes.refresh_grace.0 == 0 {
                None
            } else {
                Some(seal_successor(token.verifier(), &sealed_answer(&next.reveal(), request)?)?)
            },
            now: now.seconds(),
        };
        let event = about(app.event("token.refreshed", origin, now), &family.grant);
        if app.store.hot.rotate(op, event).await? {
            return Ok(response.lasting(app, family.expires_at, now));
        }
    }
    Err(Stop::Busy)
}

/// What a repetition must match: the successor, and the scope and API it was asked for with (standards.md 3.24).
#[derive(serde::Serialize, serde::Deserialize)]
struct Answered {
    successor: String,
    scope: Option<ScopeSet>,
    resource: Option<String>,
    #[serde(default)]
    organization: Option<String>,
    #[serde(default)]
    account: Option<String>,
}

pub(super) fn sealed_answer(successor: &Secret, request: &TokenRequest) -> Result<Secret, Stop> {
    let answered = Answered {
        successor: successor.expose().clone(),
        scope: request.scope.clone(),
        resource: request.resource.clone(),
        organization: request.organization.clone(),
        account: request.account.clone(),
    };
    Ok(Secret::new(serde_json::to_string(&answered).map_err(anyhow::Error::from)?))
}

/// The successor, when the presented token is the one before it, asks for the same, and the grace is not over.
fn repeated(app: &App, family: &Family, token: &RefreshToken, request: &TokenRequest, now: Timestamp) -> Option<Secret> {
    let in_grace = token.generation + 1 == family.generation && now.since(family.rotated_at) < app.config.lifetimes.refresh_grace;
    let sealed = family.successor_sealed.as_deref().filter(|_| in_grace)?;
    opened(token, sealed, request)
}

/// What was sealed for a repetition, when it asks for the same.
fn opened(token: &RefreshToken, sealed: &str, request: &TokenRequest) -> Option<Secret> {
    let answered: Answered = serde_json::from_str(open_successor(token.verifier(), sealed)?.expose()).ok()?;
    let same = answered.scope == request.scope
        && answered.resource == request.resource
        && answered.organization == request.organization
        && answered.account == request.account;
    same.then(|| Secret::new(answered.successor))
}

/// A token whose family switched to another account: the same request within the grace gets the same successor, anything
/// else is a second use of it.
#[allow(clippy::too_many_arguments)]
async fn switched_before(
    app: &App,
    client: &Client,
    request: &TokenRequest,
    family: &Family,
    token: &RefreshToken,
    current: bool,
    next: &GrantId,
    origin: &Origin,
    now: Timestamp,
) -> Result<TokenResponse, Stop> {
    let unknown = || refused("the refresh token is unknown, expired or revoked");
    let in_grace = current && now.since(family.rotated_at) < app.config.lifetimes.refresh_grace;
    let successor = family.successor_sealed.as_deref().filter(|_| in_grace).and_then(|sealed| opened(token, sealed, request));
    if let (Some(successor), Some(grant)) = (successor, grants::find(&app.store.db, next).await?) {
        if grant.check().is_err() {
            return Err(unknown());
        }
        app.store.hot.append(about(app.event("token.refresh_repeated", origin, now), &grant)).await?;
        return Ok(tokens(app, client, &grant, request, None, Some(successor), None, now).await?.lasting(app, family.expires_at, now));
    }
    let mut tx = app.store.begin().await?;
    grants::close_successors(&mut tx, &family.grant.id, "refresh-token-reused", now).await?;
    audit::append(&mut tx, &about(app.event("refresh_token.reused", origin, now), &family.grant)).await?;
    tx.commit().await?;
    Err(unknown())
}

async fn machine_token(app: &App, client: &Client, request: &TokenRequest, origin: &Origin, now: Timestamp) -> Result<TokenResponse, Stop> {
    let registry = app.registry().await?;
    let audience = request.resource.clone().unwrap_or_else(|| app.issuer().to_owned());
    let offered = app.scopes_of(&registry, &audience).ok_or_else(|| ProtocolFailure::new(ErrorCode::InvalidTarget, "resource is unknown"))?;
    let allowed: ScopeSet =
        client.metadata.scope.iter().filter(|s| !SCOPES_OF_IDENTITY.contains(s) && (offered.contains(s) || audience == app.issuer())).collect();
    let scope = match &request.scope {
        None => allowed,
        Some(asked) if allowed.covers(asked) => asked.clone(),
        Some(_) => return Err(ProtocolFailure::new(ErrorCode::InvalidScope, "scope is not allowed for this client and resource").into()),
    };
    let mut event = app.event("token.issued", origin, now).through(&client.id);
    let company = match &request.organization {
        None => None,
        Some(_) if client.metadata.organization_usage == OrganizationUsage::Deny => {
            return Err(ProtocolFailure::because(ErrorCode::InvalidRequest, Reason::OrganizationNotAllowed, "this client does not use organizations").into());
        }
        Some(named) => {
            let found = companies::named(&app.store.db, named).await?.filter(|c| c.closed_at.is_none() && client.may_name(&c.id));
            let company = found
                .ok_or_else(|| ProtocolFailure::because(ErrorCode::AccessDenied, Reason::OrganizationAccessDenied, "this organization cannot be entered"))?;
            event = event.in_company(&company.id);
            Some(company.id)
        }
    };
    let algorithm = registry.find(&audience).map_or(SigningAlgorithm::ES256, |r| r.algorithm);
    let jti = RowId::mint(now, &mut app.rng());
    let lifetime = app.config.lifetimes.access_token;
    let claims: Map<String, Value> = machine_token_claims(app.issuer(), client, company.as_ref(), &audience, &scope, jti.as_str(), lifetime, now);
    let access_token = app.keys().sign(JwtKind::AccessToken, algorithm, &claims)?;
    app.store.hot.append(event).await?;
    Ok(TokenResponse {
        access_token: Secret::new(access_token),
        expires_in: lifetime.get(),
        scope: scope.to_string(),
        refresh_token: None,
        refresh_lasts: None,
        id_token: None,
        exchanged: false,
    })
}
