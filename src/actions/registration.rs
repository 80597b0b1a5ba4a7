//! Clients that register themselves (RFC 7591), and change or end their registration (RFC 7592).

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Map, Value};

use super::clients::{change_within, client_version};
use super::operator::{Answer, new_secret};
use super::{App, Origin, Refused, Stop};
use crate::config::Registration;
use crate::protocol::{Client, ClientAuthMethod, ClientCompanies, RegistrationBounds, RegistrationError, RegistrationRequest};
use crate::store::registrations::{self, ListedToken};
use crate::store::{audit, clients, consents};
use crate::types::{ClientId, Digest, DisplayText, RowId, Seconds, Secret, Timestamp};

/// A registration, with what is shown only once.
#[derive(Debug)]
pub struct Registered {
    /// The client.
    pub client: Client,
    /// When it registered.
    pub issued_at: Timestamp,
    /// Whether it came without an initial access token.
    pub open: bool,
    /// Its secret, when it got one just now.
    pub secret: Option<Secret>,
    /// The registration access token, when it got one just now.
    pub token: Option<Secret>,
}

/// Why nothing was registered, changed or told.
#[derive(Debug, thiserror::Error)]
pub enum RegistrationRefused {
    /// Nobody registers here.
    #[error("clients do not register themselves here")]
    Off,
    /// The token does not count: the initial one, or the one of this registration.
    #[error("the token does not count")]
    Token,
    /// Too many from one place; seconds until the next.
    #[error("too many registrations from here")]
    TooOften(i64),
    /// What it asks to be.
    #[error(transparent)]
    Document(#[from] RegistrationError),
}

fn fault(text: impl Into<String>) -> RegistrationRefused {
    RegistrationError::Metadata(text.into()).into()
}

/// What clients get that register here; `open` ones did without a token, whatever is asked for by now.
fn bounds(app: &App, open: bool) -> RegistrationBounds {
    let config = &app.config;
    let machines = config.registration == Registration::Token && !open;
    RegistrationBounds { scope: config.registration_scope.clone(), require_pkce: config.registration_pkce, machines, on_loopback: config.is_loopback() }
}

/// Whether anybody may register here, with an initial access token or without one; the token itself is looked at when it is used.
pub fn may_register(app: &App, with_token: bool) -> Result<(), RegistrationRefused> {
    match app.config.registration {
        Registration::Off => Err(RegistrationRefused::Off),
        Registration::Token if !with_token => Err(RegistrationRefused::Token),
        _ => Ok(()),
    }
}

/// Registers a client, with an initial access token where one is needed. Who comes without one is not trusted until the operator vouches.
pub async fn register(
    app: &App,
    token: Option<&str>,
    document: &Map<String, Value>,
    origin: &Origin,
    now: Timestamp,
) -> Result<Result<Registered, RegistrationRefused>, Stop> {
    if let Err(refused) = may_register(app, token.is_some()) {
        return Ok(Err(refused));
    }
    // Nothing is fetched for a stranger: a document may name an address of its own.
    if let Some(token) = token
        && !registrations::token_counts(&app.store.db, &Digest::of(token.as_bytes()), now).await?
    {
        return Ok(Err(RegistrationRefused::Token));
    }
    if token.is_none() {
        let from = format!("registration {}", origin.address_range().unwrap_or_default());
        let quota = app.spend(&from, app.config.registration_per_hour, Seconds::minutes(60), now);
        if let Some(quota) = quota.filter(|q| q.left.is_none()) {
            return Ok(Err(RegistrationRefused::TooOften(quota.seconds)));
        }
    }
    let wish = match wish(app, document, token.is_none()).await {
        Ok(wish) => wish,
        Err(refused) => return Ok(Err(refused)),
    };
    let id = ClientId::mint(now, &mut app.rng());
    let untrusted = token.is_none();
    let client = Client { id, name: wish.name, metadata: wish.metadata, companies: ClientCompanies::All, disabled: false, untrusted };
    let (secret, own_token) = (secret_for(app, &client), new_token(app));
    let mut tx = app.store.begin().await?;
    if let Some(token) = token
        && !registrations::use_token(&mut tx, &Digest::of(token.as_bytes()), now).await?
    {
        return Ok(Err(RegistrationRefused::Token));
    }
    clients::add(&mut tx, &client, now).await?;
    if let Some(secret) = &secret {
        clients::add_secret(&mut tx, &RowId::mint(now, &mut app.rng()), &client.id, &Digest::of(secret.expose().as_bytes()), now).await?;
    }
    registrations::add(&mut tx, &client.id, &Digest::of(own_token.expose().as_bytes()), untrusted, now).await?;
    audit::append(&mut tx, &app.event("client.registered", origin, now).through(&client.id).reason(if untrusted { "open" } else { "token" })).await?;
    tx.commit().await?;
    Ok(Ok(Registered { client, issued_at: now, open: untrusted, secret, token: Some(own_token) }))
}

fn new_token(app: &App) -> Secret {
    Secret::new(URL_SAFE_NO_PAD.encode(app.rng().bytes::<32>()))
}

fn secret_for(app: &App, client: &Client) -> Option<Secret> {
    (client.metadata.token_endpoint_auth_method != ClientAuthMethod::None).then(|| new_secret(app))
}

/// What a document asks for, its sector looked up.
async fn wish(app: &App, document: &Map<String, Value>, open: bool) -> Result<RegistrationRequest, RegistrationRefused> {
    let wish = RegistrationRequest::parse(document, &bounds(app, open))?;
    if let Some(uri) = &wish.metadata.sector_identifier_uri {
        // OpenID Connect Registration 1.0 section 5: a JSON array with every redirect URI in it.
        let outbound = crate::outbound::Outbound::new(app.config.outbound_private).map_err(|_| fault("sector_identifier_uri: cannot be read now"))?;
        let text = outbound.get_registered(uri.as_str()).await.map_err(|_| fault("sector_identifier_uri: cannot be read"))?;
        let listed: Vec<String> = serde_json::from_str(&text).map_err(|_| fault("sector_identifier_uri: is no JSON array of texts"))?;
        if let Some(missing) = wish.metadata.redirect_uris.iter().find(|u| !listed.iter().any(|l| l == u.as_str())) {
            return Err(fault(format!("sector_identifier_uri: {missing:.200} is not listed there")));
        }
    }
    Ok(wish)
}

/// The client of a registration access token; a token of another client's counts as none.
pub async fn registration(app: &App, id: &str, token: &str) -> Result<Option<Registered>, Stop> {
    let Ok(id) = id.parse::<ClientId>() else { return Ok(None) };
    let Some((issued_at, open)) = registrations::by_token(&app.store.db, &id, &Digest::of(token.as_bytes())).await? else { return Ok(None) };
    // A client that the operator switched off has no say.
    let found = clients::find(&app.store.db, &id).await?.filter(|f| !f.client.disabled);
    Ok(found.map(|f| Registered { client: f.client, issued_at, open, secret: None, token: None }))
}

/// Members that say what the server decided; a client that sends one of them has mistaken this for something else (RFC 7592 section 2.2).
const OURS: [&str; 4] = ["registration_access_token", "registration_client_uri", "client_secret_expires_at", "client_id_issued_at"];

/// Replaces what a client is (RFC 7592 section 2.2). What people consented to was another app: they are asked anew. The operator's own
/// decisions about the client stay.
pub async fn change_registration(
    app: &App,
    before: Registered,
    document: &Map<String, Value>,
    origin: &Origin,
    now: Timestamp,
) -> Result<Result<Registered, RegistrationRefused>, Stop> {
    if let Some(ours) = OURS.iter().find(|name| document.contains_key(**name)) {
        return Ok(Err(fault(format!("{ours}: is not the client's to say"))));
    }
    let id = before.client.id.clone();
    if document.get("client_id").and_then(Value::as_str) != Some(id.as_str()) {
        return Ok(Err(fault("client_id: must be this client's")));
    }
    if let Some(secret) = document.get("client_secret").filter(|s| !s.is_null()) {
        let digest = secret.as_str().map(|s| Digest::of(s.as_bytes()));
        let known = clients::find(&app.store.db, &id)
            .await?
            .is_some_and(|c| c.secrets.iter().any(|(d, until)| Some(d) == digest.as_ref() && until.is_none_or(|u| u > now)));
        if !known {
            return Ok(Err(fault("client_secret: is not this client's")));
        }
    }
    let wish = match wish(app, document, before.open).await {
        Ok(wish) => wish,
        Err(refused) => return Ok(Err(refused)),
    };
    let mut metadata = wish.metadata;
    let old = &before.client.metadata;
    (metadata.consent, metadata.serves, metadata.claims_in_id_token) = (old.consent, old.serves.clone(), old.claims_in_id_token);
    // Vouched for was what it was.
    let to = Client { name: wish.name, metadata, untrusted: before.client.untrusted || before.open, ..before.client.clone() };
    let had_secret = old.token_endpoint_auth_method != ClientAuthMethod::None;
    let needs_secret = to.metadata.token_endpoint_auth_method != ClientAuthMethod::None;
    let mut by_itself = origin.clone();
    by_itself.client = Some(id.clone());
    let version = client_version(&before.client);
    let mut tx = app.store.begin().await?;
    if let Err(refused) = change_within(app, &mut tx, &to, Some(&version), &by_itself, now).await? {
        return Ok(Err(fault(refused.to_string())));
    }
    registrations::set_trusted(&mut tx, &id, !to.untrusted).await?;
    consents::forget_client(&mut tx, &id).await?;
    let secret = (needs_secret && !had_secret).then(|| new_secret(app));
    if let Some(secret) = &secret {
        clients::add_secret(&mut tx, &RowId::mint(now, &mut app.rng()), &id, &Digest::of(secret.expose().as_bytes()), now).await?;
    }
    if had_secret && !needs_secret {
        clients::end_secrets(&mut tx, &id).await?;
    }
    tx.commit().await?;
    app.refresh_caches().await?;
    Ok(Ok(Registered { client: to, issued_at: before.issued_at, open: before.open, secret, token: None }))
}

/// Ends a registration (RFC 7592 section 2.3): the client is gone, and what it was granted with it.
pub async fn end_registration(app: &App, registered: &Registered, origin: &Origin, now: Timestamp) -> Result<(), Stop> {
    let mut by_itself = origin.clone();
    by_itself.client = Some(registered.client.id.clone());
    let _ = super::delete_client(app, &registered.client.id, None, &by_itself, now).await?;
    Ok(())
}

/// Says whether the operator vouches for a client that registered itself.
pub async fn vouch(app: &App, id: &ClientId, trusted: bool, origin: &Origin, now: Timestamp) -> Result<(), Stop> {
    let mut tx = app.store.begin().await?;
    registrations::set_trusted(&mut tx, id, trusted).await?;
    crate::store::config_version::bump(&mut tx).await?;
    let kind = if trusted { "client.vouched" } else { "client.unvouched" };
    audit::append(&mut tx, &app.event(kind, origin, now).reason(id.as_str())).await?;
    tx.commit().await?;
    app.refresh_caches().await?;
    Ok(())
}

/// Ends clients that registered themselves and were not used for the days that the configuration gives (ASVS 10.4.7).
pub async fn end_unused_clients(app: &App, now: Timestamp) -> Result<usize, Stop> {
    let since = now - Seconds::days(app.config.registration_unused_days);
    let unused = registrations::unused_since(&app.store.db, since, 100).await?;
    let mut ended = 0;
    for id in &unused {
        let mut tx = app.store.begin().await?;
        if !registrations::still_unused(&mut tx, id, since).await? {
            continue;
        }
        clients::delete(&mut tx, id).await?;
        audit::append(&mut tx, &app.event("client.expired", &Origin::default(), now).reason(id.as_str())).await?;
        tx.commit().await?;
        ended += 1;
    }
    if ended > 0 {
        app.refresh_caches().await?;
    }
    Ok(ended)
}

/// Notes that a client that registered itself is used: once a day, so that it does not expire.
pub async fn note_client_use(app: &App, id: &ClientId, now: Timestamp) -> Result<(), Stop> {
    if app.used_today(id, now) {
        return Ok(());
    }
    let mut tx = app.store.begin().await?;
    registrations::note_use(&mut tx, id, now, now - Seconds::days(1)).await?;
    Ok(tx.commit().await?)
}

/// The longest that an initial access token counts.
pub const REGISTRATION_TOKEN_DAYS: i64 = 365;

/// Makes an initial access token, shown once: whoever has it may register so many clients until then.
pub async fn add_registration_token(app: &App, name: DisplayText, days: i64, uses: Option<i64>, origin: &Origin, now: Timestamp) -> Answer<(RowId, Secret)> {
    if !(1..=REGISTRATION_TOKEN_DAYS).contains(&days) || uses.is_some_and(|n| !(1..=100_000).contains(&n)) {
        return Ok(Err(Refused("days: 1 to 365; uses: 1 to 100000".into())));
    }
    let token = new_token(app);
    let id = RowId::mint(now, &mut app.rng());
    let listed = ListedToken { id: id.clone(), name: name.as_str().to_owned(), created_at: now, expires_at: now + Seconds::days(days), uses_left: uses };
    let mut tx = app.store.begin().await?;
    registrations::add_token(&mut tx, &listed, &Digest::of(token.expose().as_bytes())).await?;
    audit::append(&mut tx, &app.event("registration_token.added", origin, now).reason(name.as_str())).await?;
    tx.commit().await?;
    Ok(Ok((id, token)))
}

/// The initial access tokens that count.
pub async fn registration_tokens(app: &App, now: Timestamp) -> Result<Vec<ListedToken>, Stop> {
    Ok(registrations::tokens(&app.store.db, now).await?)
}

/// Ends an initial access token now; false when there is none.
pub async fn end_registration_token(app: &App, id: &RowId, origin: &Origin, now: Timestamp) -> Result<bool, Stop> {
    let mut tx = app.store.begin().await?;
    if !registrations::end_token(&mut tx, id).await? {
        return Ok(false);
    }
    audit::append(&mut tx, &app.event("registration_token.ended", origin, now)).await?;
    tx.commit().await?;
    Ok(true)
}
