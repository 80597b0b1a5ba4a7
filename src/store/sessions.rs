//! Browser sessions, who is signed in to them, and the app sessions they opened.

use serde_json::json;
use sqlx::FromRow;

use super::authenticators::of_words;
use super::db::on;
use super::grouped::{Asked, ask, asked};
use super::identities::{IdentityRow, identity_columns};
use super::{Db, Tx, document, json_text, parsed};
use crate::domain::{Identity, Level, Proofs, SignedIn, Via};
use crate::types::{AccountId, AppSessionId, BrowserSessionId, ClientId, IdentityId, LinkId, OpaqueToken, RowId, Seconds, Timestamp};

/// What the cookie names.
pub type SessionToken = OpaqueToken<BrowserSessionId>;

/// A live browser session.
#[derive(Clone, Debug)]
pub struct BrowserSession {
    /// Its inner id, for life; only the cookie's secret rotates.
    pub id: BrowserSessionId,
    /// When it was last used.
    pub last_seen_at: Timestamp,
    /// When it ends at the latest.
    pub expires_at: Timestamp,
    /// The mail link that was opened in it.
    pub mail_link: Option<RowId>,
    /// Who is signed in, the longest first.
    pub signed_in: Vec<SignedIn>,
}

impl BrowserSession {
    /// Who is signed in, by id.
    pub fn people(&self) -> Vec<IdentityId> {
        self.signed_in.iter().map(|s| s.identity_id.clone()).collect()
    }
}

#[derive(FromRow)]
struct SessionRow {
    id: String,
    last_seen_at: i64,
    expires_at: i64,
    mail_link_id: Option<String>,
    proofs: Option<String>,
    signed_in_at: Option<i64>,
    who: Option<String>,
    username: Option<String>,
    email: Option<String>,
    email_verified_at: Option<i64>,
    given_name: Option<String>,
    family_name: Option<String>,
    locale: Option<String>,
    enrolled: Option<String>,
    factor_floor: Option<String>,
}

/// A stored level; without one, the lowest.
pub(super) fn level_of(text: Option<&str>) -> sqlx::Result<Level> {
    text.map_or(Ok(Level::One), parsed)
}

const NAMED_BY: Asked = asked!(
    "b.id, b.last_seen_at, b.expires_at, b.mail_link_id, s.proofs, s.signed_in_at, i.id as who, i.username, i.email, i.email_verified_at, i.given_name, i.family_name, i.locale, i.factor_floor,
       (select string_agg(f.kind, ' ') from authenticator f where f.identity_id = i.id) as enrolled",
    "join browser_session b on b.id = asked.a and b.verifier_digest = asked.b and b.ended_at is null and b.expires_at > cast(asked.c as bigint) and b.last_seen_at > cast(asked.d as bigint)
     left join signed_in s on s.browser_session_id = b.id and s.ended_at is null
     left join identity i on i.id = s.identity_id and i.ended_at is null and i.disabled_at is null"
);

/// The session a cookie names, while it lives. One read for the session and everybody in it.
pub async fn named_by(db: &Db, token: &SessionToken, idle: Seconds, now: Timestamp) -> sqlx::Result<Option<BrowserSession>> {
    let asked = json!([token.selector().as_str(), token.verifier_digest().as_str(), now.seconds(), (now - idle).seconds()]);
    let mut rows: Vec<SessionRow> = ask(db, &NAMED_BY, asked).await?;
    rows.sort_unstable_by(|a, b| (a.signed_in_at, &a.who).cmp(&(b.signed_in_at, &b.who)));
    let mut session: Option<BrowserSession> = None;
    for row in rows {
        let session = match &mut session {
            Some(session) => session,
            empty => empty.insert(BrowserSession {
                id: parsed(&row.id)?,
                last_seen_at: Timestamp::from_seconds(row.last_seen_at),
                expires_at: Timestamp::from_seconds(row.expires_at),
                mail_link: row.mail_link_id.as_deref().map(parsed).transpose()?,
                signed_in: Vec::new(),
            }),
        };
        let (Some(who), Some(proofs)) = (&row.who, &row.proofs) else { continue };
        let identity = Identity {
            id: parsed(who)?,
            username: row.username,
            email: row.email,
            email_verified_at: row.email_verified_at.map(Timestamp::from_seconds),
            profile: crate::domain::Profile {
                given_name: row.given_name,
                family_name: row.family_name,
                locale: row.locale.as_deref().and_then(crate::types::Locale::from_tag),
                ..crate::domain::Profile::default()
            },
            closed_at: None,
        };
        let label = identity.sign_in_label().to_owned();
        session.signed_in.push(SignedIn {
            identity_id: identity.id,
            label,
            profile: identity.profile,
            proofs: document::<Proofs>(proofs)?,
            enrolled: of_words(row.enrolled)?,
            floor: level_of(row.factor_floor.as_deref())?,
        });
    }
    Ok(session)
}

/// Replaces the cookie's secret: the old one is dead at once. The inner id stays. False when the session ended meanwhile.
pub async fn rotate(tx: &mut Tx, token: &SessionToken, now: Timestamp) -> sqlx::Result<bool> {
    on!(tx tx, |ex| sqlx::query("update browser_session set verifier_digest = $2, last_seen_at = $3 where id = $1 and ended_at is null").bind(token.selector().as_str()).bind(token.verifier_digest().as_str()).bind(now.seconds()).execute(ex).await.map(|r| r.rows_affected() == 1))
}

/// In what browser, and from where, somebody signs in.
#[derive(Clone, Copy, Debug)]
pub struct Place<'a> {
    /// The browser, as its own words are read.
    pub device: &'a str,
    /// The network address.
    pub address: &'a str,
}

/// Signs an identity in, or records a newer proof of one that is; without a place, that of the sign-in stays.
pub async fn sign_in(
    tx: &mut Tx,
    session: &BrowserSessionId,
    identity: &IdentityId,
    proofs: &Proofs,
    place: Option<Place<'_>>,
    now: Timestamp,
) -> sqlx::Result<()> {
    on!(tx tx, |ex| sqlx::query("insert into signed_in (browser_session_id, identity_id, proofs, signed_in_at, device, address) values ($1, $2, $3, $4, $5, $6)
         on conflict (browser_session_id, identity_id) do update set proofs = excluded.proofs, ended_at = null,
           device = case when $7 then excluded.device else signed_in.device end, address = case when $7 then excluded.address else signed_in.address end,
           signed_in_at = case when signed_in.ended_at is null then signed_in.signed_in_at else excluded.signed_in_at end")
        .bind(session.as_str()).bind(identity.as_str()).bind(json_text(proofs)).bind(now.seconds()).bind(place.map_or("", |p| p.device)).bind(place.map_or("", |p| p.address)).bind(place.is_some()).execute(ex).await.map(drop))
}

/// What somebody proved here, held for the rest of the transaction; `None` when they are signed out. What a request read before may be
/// over by the time it writes (threats.md T02).
pub async fn hold_proofs(tx: &mut Tx, session: &BrowserSessionId, identity: &IdentityId) -> sqlx::Result<Option<Proofs>> {
    let proofs: Option<String> = on!(tx tx, |ex| sqlx::query_scalar("update signed_in set proofs = proofs where browser_session_id = $1 and identity_id = $2 and ended_at is null returning proofs").bind(session.as_str()).bind(identity.as_str()).fetch_optional(ex).await)?;
    proofs.as_deref().map(document).transpose()
}

/// Whether an identity has ever signed in to a browser session.
pub async fn has_signed_in(db: &Db, session: &BrowserSessionId, identity: &IdentityId) -> sqlx::Result<bool> {
    let n: i64 = on!(read db, |ex| sqlx::query_scalar("select count(*) from signed_in where browser_session_id = $1 and identity_id = $2").bind(session.as_str()).bind(identity.as_str()).fetch_one(ex).await)?;
    Ok(n > 0)
}

/// Notes that whoever uses this browser session has proved to be this person, though they are not signed in: the next sign-in here
/// counts like one in a browser they used before.
pub async fn make_known(tx: &mut Tx, session: &BrowserSessionId, identity: &IdentityId, now: Timestamp) -> sqlx::Result<()> {
    on!(tx tx, |ex| sqlx::query("insert into signed_in (browser_session_id, identity_id, proofs, signed_in_at, ended_at) values ($1, $2, $3, $4, $4) on conflict (browser_session_id, identity_id) do nothing")
        .bind(session.as_str()).bind(identity.as_str()).bind(json_text(&Proofs::default())).bind(now.seconds()).execute(ex).await.map(drop))
}

/// Remembers which mail link was opened in this browser, or forgets it.
pub async fn hold_mail_link(tx: &mut Tx, session: &BrowserSessionId, link: Option<&RowId>) -> sqlx::Result<()> {
    on!(tx tx, |ex| sqlx::query("update browser_session set mail_link_id = $2 where id = $1").bind(session.as_str()).bind(link.map(|l| l.as_str())).execute(ex).await.map(drop))
}

/// Signs one identity out of one browser: its app sessions there end, and every grant of theirs that is not offline.
pub async fn sign_out(tx: &mut Tx, session: &BrowserSessionId, identity: &IdentityId, now: Timestamp) -> sqlx::Result<()> {
    on!(tx tx, |ex| sqlx::query("update signed_in set ended_at = $3 where browser_session_id = $1 and identity_id = $2 and ended_at is null").bind(session.as_str()).bind(identity.as_str()).bind(now.seconds()).execute(ex).await.map(|r| r.rows_affected()))?;
    on!(tx tx, |ex| sqlx::query("update authorization_grant set ended_at = $3, end_reason = 'signed-out' where ended_at is null and not offline
           and app_session_id in (select id from app_session where browser_session_id = $1 and identity_id = $2 and ended_at is null)")
        .bind(session.as_str()).bind(identity.as_str()).bind(now.seconds()).execute(ex).await.map(|r| r.rows_affected()))?;
    on!(tx tx, |ex| sqlx::query("update app_session set ended_at = $3 where browser_session_id = $1 and identity_id = $2 and ended_at is null").bind(session.as_str()).bind(identity.as_str()).bind(now.seconds()).execute(ex).await.map(drop))
}

/// Ends a browser session whole.
pub async fn end(tx: &mut Tx, session: &BrowserSessionId, now: Timestamp) -> sqlx::Result<()> {
    let identities: Vec<String> = on!(tx tx, |ex| sqlx::query_scalar("select identity_id from signed_in where browser_session_id = $1 and ended_at is null").bind(session.as_str()).fetch_all(ex).await)?;
    for identity in identities {
        sign_out(tx, session, &parsed(&identity)?, now).await?;
    }
    on!(tx tx, |ex| sqlx::query("update browser_session set ended_at = $2 where id = $1 and ended_at is null").bind(session.as_str()).bind(now.seconds()).execute(ex).await.map(drop))
}

/// The browsers an identity is signed in to.
pub async fn of_identity(tx: &mut Tx, identity: &IdentityId) -> sqlx::Result<Vec<BrowserSessionId>> {
    let ids: Vec<String> = on!(tx tx, |ex| sqlx::query_scalar("select browser_session_id from signed_in where identity_id = $1 and ended_at is null").bind(identity.as_str()).fetch_all(ex).await)?;
    ids.iter().map(|id| parsed(id)).collect()
}

/// An app session, live or not: its row outlives the browser session.
#[derive(Clone, Debug)]
pub struct AppSession {
    /// `sid`.
    pub id: AppSessionId,
    /// The browser.
    pub browser_session_id: BrowserSessionId,
    /// The app.
    pub client_id: ClientId,
    /// Who acted.
    pub identity: Identity,
    /// Which account was entered.
    pub account_id: Option<AccountId>,
    /// How.
    pub via: Via,
    /// When it ended.
    pub ended_at: Option<Timestamp>,
}

#[derive(FromRow)]
struct AppSessionRow {
    id: String,
    browser_session_id: String,
    client_id: String,
    account_id: Option<String>,
    via: String,
    ended_at: Option<i64>,
    #[sqlx(flatten)]
    identity: IdentityRow,
}

/// What `sid` names.
pub async fn app_session(db: &Db, sid: &AppSessionId) -> sqlx::Result<Option<AppSession>> {
    let row: Option<AppSessionRow> = on!(read db, |ex| sqlx::query_as(concat!("select s.id, s.browser_session_id, s.client_id, s.account_id, s.via, s.ended_at, ", identity_columns!(), " from app_session s join identity i on i.id = s.identity_id where s.id = $1"))
        .bind(sid.as_str()).fetch_optional(ex).await)?;
    row.map(|row| {
        Ok(AppSession {
            id: parsed(&row.id)?,
            browser_session_id: parsed(&row.browser_session_id)?,
            client_id: parsed(&row.client_id)?,
            account_id: row.account_id.as_deref().map(parsed).transpose()?,
            via: Via::stored(&row.via).ok_or_else(|| sqlx::Error::Decode("unknown via".into()))?,
            ended_at: row.ended_at.map(Timestamp::from_seconds),
            identity: row.identity.try_into()?,
        })
    })
    .transpose()
}

/// A live app session whose app must be told when it ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenApp {
    /// `sid`.
    pub sid: AppSessionId,
    /// The app.
    pub client_id: ClientId,
    /// Who acts in it.
    pub identity_id: IdentityId,
}

fn open_app((sid, client, identity): &(String, String, String)) -> sqlx::Result<OpenApp> {
    Ok(OpenApp { sid: parsed(sid)?, client_id: parsed(client)?, identity_id: parsed(identity)? })
}

/// The live app sessions of one account, in every browser.
pub async fn open_apps_of_account(tx: &mut Tx, account: &AccountId) -> sqlx::Result<Vec<OpenApp>> {
    let rows: Vec<(String, String, String)> = on!(tx tx, |ex| sqlx::query_as("select id, client_id, identity_id from app_session where account_id = $1 and ended_at is null order by id").bind(account.as_str()).fetch_all(ex).await)?;
    rows.iter().map(open_app).collect()
}

/// The live app sessions that were entered through a link.
pub async fn open_apps_via(tx: &mut Tx, link: &LinkId) -> sqlx::Result<Vec<OpenApp>> {
    let rows: Vec<(String, String, String)> = on!(tx tx, |ex| sqlx::query_as("select id, client_id, identity_id from app_session where via = $1 and via <> 'own' and ended_at is null order by id").bind(link.as_str()).fetch_all(ex).await)?;
    rows.iter().map(open_app).collect()
}

/// The account from which one was entered through a link by an app of this browser, the latest way if there are several.
pub async fn origin_of_entered(db: &Db, session: &BrowserSessionId, client: &ClientId, entered: &AccountId) -> sqlx::Result<Option<AccountId>> {
    let id: Option<String> = on!(read db, |ex| sqlx::query_scalar("select origin_account_id from app_session where browser_session_id = $1 and client_id = $2 and account_id = $3 and via <> 'own' and origin_account_id is not null order by last_used_at desc, id desc limit 1")
        .bind(session.as_str()).bind(client.as_str()).bind(entered.as_str()).fetch_optional(ex).await)?;
    id.as_deref().map(parsed).transpose()
}

/// The live app sessions in which an identity acts, wherever.
pub async fn open_apps_of_identity(tx: &mut Tx, identity: &IdentityId) -> sqlx::Result<Vec<OpenApp>> {
    let rows: Vec<(String, String, String)> = on!(tx tx, |ex| sqlx::query_as("select id, client_id, identity_id from app_session where identity_id = $1 and ended_at is null and exists (select 1 from authorization_grant g where g.app_session_id = app_session.id and g.ended_at is null) order by id").bind(identity.as_str()).fetch_all(ex).await)?;
    rows.iter().map(open_app).collect()
}

/// The same but for one browser.
pub async fn open_apps_elsewhere(tx: &mut Tx, here: &BrowserSessionId, identity: &IdentityId) -> sqlx::Result<Vec<OpenApp>> {
    let rows: Vec<(String, String, String)> = on!(tx tx, |ex| sqlx::query_as("select id, client_id, identity_id from app_session where identity_id = $1 and browser_session_id <> $2 and ended_at is null and exists (select 1 from authorization_grant g where g.app_session_id = app_session.id and g.ended_at is null) order by id").bind(identity.as_str()).bind(here.as_str()).fetch_all(ex).await)?;
    rows.iter().map(open_app).collect()
}

/// The live app sessions of one identity in one browser: who must be told when it signs out.
pub async fn open_apps(tx: &mut Tx, session: &BrowserSessionId, identity: &IdentityId) -> sqlx::Result<Vec<OpenApp>> {
    let rows: Vec<(String, String, String)> = on!(tx tx, |ex| sqlx::query_as("select id, client_id, identity_id from app_session where browser_session_id = $1 and identity_id = $2 and ended_at is null order by id").bind(session.as_str()).bind(identity.as_str()).fetch_all(ex).await)?;
    rows.iter().map(open_app).collect()
}
