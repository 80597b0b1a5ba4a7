//! Grants, read together with everything their tokens depend on, in one indexed query.

use serde_json::json;
use sqlx::FromRow;

use super::companies::{CompanyRow, company_columns, policy_of};
use super::db::on;
use super::grouped::{Asked, ask, asked};
use super::identities::{IdentityRow, identity_columns};
use super::sessions::level_of;
use super::{Db, Tx, document, parsed, sorted_words, words};
use crate::domain::{Method, Proof, Proofs, Via};
use crate::flow::{GrantOrigin, LiveAccount, LiveGrant, SessionState};
use crate::types::{AccountId, AppSessionId, BrowserSessionId, ClientId, GrantId, LinkId, ScopeSet, Timestamp};

#[derive(FromRow)]
pub(super) struct GrantRow {
    grant_id: String,
    client_id: String,
    acting_id: String,
    via: String,
    app_session_id: String,
    browser_session_id: String,
    scope: String,
    claims: String,
    resources: String,
    auth_time: i64,
    acr: String,
    amr: String,
    grant_ended_at: Option<i64>,
    account_id: Option<String>,
    reachable: Option<bool>,
    origin_account_id: Option<String>,
    origin_company_id: Option<String>,
    kind: Option<String>,
    seat: Option<bool>,
    account_ended_at: Option<i64>,
    roles: Option<String>,
    permissions: Option<String>,
    former_subject: Option<String>,
    subject_known: bool,
    session_ended_at: Option<i64>,
    session_expires_at: Option<i64>,
    session_last_seen_at: Option<i64>,
    company_id: Option<String>,
    slug: Option<String>,
    company_name: Option<String>,
    region: Option<String>,
    service_status: Option<String>,
    logo_digest: Option<String>,
    publicly_named: Option<bool>,
    company_closed_at: Option<i64>,
    manager_title: Option<String>,
    company_policy: Option<String>,
    account_since: Option<i64>,
    origin_policy: Option<String>,
    origin_since: Option<i64>,
    proofs: String,
    factor_floor: Option<String>,
    #[sqlx(flatten)]
    identity: IdentityRow,
}

/// The columns of [`GrantRow`]; `authorization_grant g` must stand before the joins.
macro_rules! grant_columns {
    () => {
        concat!(
            "g.id as grant_id, g.client_id as client_id, g.identity_id as acting_id, g.via, g.app_session_id, g.browser_session_id, g.scope, g.claims, g.resources, g.auth_time, g.acr, g.amr, g.proofs, case when i.id = g.identity_id then i.factor_floor else (select f.factor_floor from identity f where f.id = g.identity_id) end as factor_floor,
             g.ended_at as grant_ended_at, g.account_id, g.origin_account_id, (select oa.company_id from account oa where oa.id = g.origin_account_id) as origin_company_id,
             (select oc.policy from account oa join company oc on oc.id = oa.company_id where oa.id = g.origin_account_id) as origin_policy, (select oa.created_at from account oa where oa.id = g.origin_account_id) as origin_since, a.created_at as account_since,
             case when g.via = 'own' then a.identity_id = g.identity_id else exists (select 1 from link l", $crate::store::links::link_joins!(), " where l.id = g.via and l.ended_at is null and l.to_account_id = g.account_id and l.from_account_id = g.origin_account_id and l.from_identity_id = g.identity_id and", $crate::store::links::link_ends_open!(), "and", $crate::store::links::link_proof_holds!(), ") end as reachable, a.kind, a.seat, a.ended_at as account_ended_at,
             (select string_agg(r.name, ' ') from account_role ar join role r on r.id = ar.role_id where ar.account_id = a.id) as roles,
             (select string_agg(p.permission, ' ') from
                (select rp.permission from account_role ar join role_permission rp on rp.role_id = ar.role_id where ar.account_id = a.id
                 union all select ap.permission from account_permission ap where ap.account_id = a.id) p) as permissions,
             ls.former_subject, ls.subject is not null as subject_known, b.ended_at as session_ended_at, b.expires_at as session_expires_at, b.last_seen_at as session_last_seen_at, ",
            company_columns!(),
            ", ",
            identity_columns!()
        )
    };
}
/// What [`GrantRow`] joins to `authorization_grant g`.
macro_rules! grant_joins {
    () => {
        " left join account a on a.id = g.account_id left join company c on c.id = a.company_id
          left join identity i on i.id = coalesce(a.identity_id, g.identity_id)
          left join issued_subject ls on ls.client_id = g.client_id and ls.account_id = g.account_id
          left join browser_session b on b.id = g.browser_session_id "
    };
}
pub(super) use {grant_columns, grant_joins};

impl TryFrom<GrantRow> for LiveGrant {
    type Error = sqlx::Error;
    fn try_from(row: GrantRow) -> sqlx::Result<LiveGrant> {
        let via = Via::stored(&row.via).ok_or_else(|| sqlx::Error::Decode("unknown via".into()))?;
        let account = match (row.account_id, row.company_id, row.slug, row.company_name, row.region, row.service_status, row.publicly_named) {
            (Some(id), Some(company_id), Some(slug), Some(company_name), Some(region), Some(service_status), Some(publicly_named)) => Some(LiveAccount {
                id: parsed::<AccountId>(&id)?,
                company: CompanyRow {
                    company_id,
                    slug,
                    company_name,
                    region,
                    service_status,
                    logo_digest: row.logo_digest,
                    publicly_named,
                    company_closed_at: row.company_closed_at,
                    manager_title: row.manager_title,
                    company_policy: row.company_policy.unwrap_or_else(|| "{}".to_owned()),
                }
                .try_into()?,
                kind: parsed(row.kind.as_deref().unwrap_or_default())?,
                seat: row.seat.unwrap_or_default(),
                roles: sorted_words(row.roles),
                permissions: sorted_words(row.permissions),
                since: Timestamp::from_seconds(row.account_since.unwrap_or_default()),
                ended_at: row.account_ended_at.map(Timestamp::from_seconds),
                reachable: row.reachable.unwrap_or_default(),
                former_subject: row.former_subject,
                subject_known: row.subject_known,
            }),
            _ => None,
        };
        let session = match (row.session_expires_at, row.session_last_seen_at) {
            (Some(expires), Some(seen)) => Some(SessionState {
                ended_at: row.session_ended_at.map(Timestamp::from_seconds),
                expires_at: Timestamp::from_seconds(expires),
                last_seen_at: Timestamp::from_seconds(seen),
            }),
            _ => None,
        };
        Ok(LiveGrant {
            id: parsed::<GrantId>(&row.grant_id)?,
            client_id: parsed(&row.client_id)?,
            identity: row.identity.try_into()?,
            account,
            origin: match (row.origin_account_id, row.origin_company_id) {
                (Some(account), Some(company)) => Some(GrantOrigin {
                    identity_id: parsed(&row.acting_id)?,
                    account_id: parsed(&account)?,
                    company_id: parsed(&company)?,
                    policy: policy_of(row.origin_policy.as_deref().unwrap_or("{}"))?,
                    since: Timestamp::from_seconds(row.origin_since.unwrap_or_default()),
                }),
                _ => None,
            },
            via,
            sid: parsed::<AppSessionId>(&row.app_session_id)?,
            browser_session_id: parsed::<BrowserSessionId>(&row.browser_session_id)?,
            scope: ScopeSet::parse(&row.scope),
            claims: document(&row.claims)?,
            resources: document(&row.resources)?,
            auth_time: Timestamp::from_seconds(row.auth_time),
            acr: row.acr,
            amr: words(Some(row.amr)),
            proofs: match row.proofs.as_str() {
                // From before proofs were kept: there was nothing but passwords.
                "[]" => Proofs::default().with(Proof { method: Method::Password, at: Timestamp::from_seconds(row.auth_time) }),
                text => document(text)?,
            },
            floor: level_of(row.factor_floor.as_deref())?,
            ended_at: row.grant_ended_at.map(Timestamp::from_seconds),
            session,
        })
    }
}

const BEHIND_TOKEN: Asked = asked!(
    grant_columns!(),
    concat!("join authorization_grant g on g.id = asked.a and not exists (select 1 from revoked_token t where t.jti = asked.b) ", grant_joins!())
);

/// The grant behind an access token, unless the token itself was revoked.
pub async fn behind_token(db: &Db, id: &GrantId, jti: &str) -> sqlx::Result<Option<LiveGrant>> {
    let rows: Vec<GrantRow> = ask(db, &BEHIND_TOKEN, json!([id.as_str(), jti])).await?;
    rows.into_iter().next().map(TryInto::try_into).transpose()
}

/// The grant, whatever became of it.
pub async fn find(db: &Db, id: &GrantId) -> sqlx::Result<Option<LiveGrant>> {
    let row: Option<GrantRow> = on!(read db, |ex| sqlx::query_as(concat!("select ", grant_columns!(), " from authorization_grant g ", grant_joins!(), " where g.id = $1")).bind(id.as_str()).fetch_optional(ex).await)?;
    row.map(TryInto::try_into).transpose()
}

/// A grant that comes from another one: by a refresh that switches, or by token exchange.
#[derive(Clone, Debug)]
pub struct NewGrant<'a> {
    /// Its id.
    pub id: GrantId,
    /// The app session, if none is live for it.
    pub app_session_id: AppSessionId,
    /// Whose browser, proofs, claims and APIs it takes over.
    pub of: &'a LiveGrant,
    /// Which account it is for.
    pub account_id: AccountId,
    /// How that is reached.
    pub via: Via,
    /// From where, when through a link.
    pub origin: Option<AccountId>,
    /// What it allows.
    pub scope: &'a ScopeSet,
}

/// Writes a grant and the app session it hangs on.
pub async fn open(tx: &mut Tx, new: &NewGrant<'_>, now: Timestamp) -> sqlx::Result<()> {
    let (of, via, origin) = (new.of, new.via.as_str(), new.origin.as_ref().map(|o| o.as_str()));
    let sid: String = on!(tx tx, |ex| sqlx::query_scalar("insert into app_session (id, browser_session_id, client_id, identity_id, account_id, via, origin_account_id, created_at, last_used_at) values ($1, $2, $3, $4, $5, $6, $7, $8, $8)
         on conflict (browser_session_id, client_id, identity_id, coalesce(account_id, ''), via) where ended_at is null do update set last_used_at = excluded.last_used_at returning id")
        .bind(new.app_session_id.as_str()).bind(of.browser_session_id.as_str()).bind(of.client_id.as_str()).bind(of.acting().as_str()).bind(new.account_id.as_str()).bind(via).bind(origin).bind(now.seconds()).fetch_one(ex).await)?;
    on!(tx tx, |ex| sqlx::query("insert into authorization_grant (id, client_id, identity_id, account_id, via, origin_account_id, app_session_id, browser_session_id, scope, offline, claims, resources, auth_time, acr, amr, proofs, created_at)
         select $1, client_id, identity_id, $2, $3, $4, $5, browser_session_id, $6, $7, claims, resources, auth_time, acr, amr, proofs, $8 from authorization_grant where id = $9")
        .bind(new.id.as_str()).bind(new.account_id.as_str()).bind(via).bind(origin).bind(&sid).bind(new.scope.to_string()).bind(new.scope.contains("offline_access")).bind(now.seconds()).bind(of.id.as_str())
        .execute(ex).await.map(drop))?;
    if via != "own" {
        on!(tx tx, |ex| sqlx::query("update link set last_used_at = $2 where id = $1 and last_used_at < $2").bind(via).bind(now.seconds()).execute(ex).await.map(drop))?;
    }
    Ok(())
}

/// Writes into the ledger by which subject a client got to know an account, the first time.
pub async fn note_subject(tx: &mut Tx, client: &ClientId, account: &AccountId, subject: &str, now: Timestamp) -> sqlx::Result<()> {
    on!(tx tx, |ex| sqlx::query("insert into issued_subject (client_id, account_id, subject, first_issued_at) values ($1, $2, $3, $4) on conflict (client_id, account_id) do nothing").bind(client.as_str()).bind(account.as_str()).bind(subject).bind(now.seconds()).execute(ex).await.map(drop))
}

/// Closes a grant because its refresh token switched to another account. False when it was closed.
pub async fn switch(tx: &mut Tx, id: &GrantId, to: &GrantId, now: Timestamp) -> sqlx::Result<bool> {
    on!(tx tx, |ex| sqlx::query("update authorization_grant set ended_at = $2, end_reason = 'switched', switched_to = $3 where id = $1 and ended_at is null").bind(id.as_str()).bind(now.seconds()).bind(to.as_str()).execute(ex).await.map(|r| r.rows_affected() == 1))
}

/// Closes what a switched grant led to, however often it switched on.
pub async fn close_successors(tx: &mut Tx, id: &GrantId, reason: &str, now: Timestamp) -> sqlx::Result<()> {
    let mut at = id.as_str().to_owned();
    loop {
        let next: Option<String> = on!(tx tx, |ex| sqlx::query_scalar("select switched_to from authorization_grant where id = $1 and switched_to is not null").bind(&at).fetch_optional(ex).await)?;
        let Some(next) = next else { return Ok(()) };
        close(tx, &parsed(&next)?, reason, now).await?;
        at = next;
    }
}

/// Whether a machine's token was revoked.
pub async fn is_revoked(db: &Db, jti: &str) -> sqlx::Result<bool> {
    let n: i64 = on!(read db, |ex| sqlx::query_scalar("select count(*) from revoked_token where jti = $1").bind(jti).fetch_one(ex).await)?;
    Ok(n > 0)
}

/// Closes a grant: its codes, refresh tokens and access tokens stop counting at once. False when it was closed.
pub async fn close(tx: &mut Tx, id: &GrantId, reason: &str, now: Timestamp) -> sqlx::Result<bool> {
    on!(tx tx, |ex| sqlx::query("update authorization_grant set ended_at = $2, end_reason = $3 where id = $1 and ended_at is null").bind(id.as_str()).bind(now.seconds()).bind(reason).execute(ex).await.map(|r| r.rows_affected() == 1))
}

/// Closes everything that was entered as an account: grants and app sessions (design.md section 3, 5).
pub async fn close_account(tx: &mut Tx, account: &AccountId, reason: &str, now: Timestamp) -> sqlx::Result<()> {
    on!(tx tx, |ex| sqlx::query("update authorization_grant set ended_at = $2, end_reason = $3 where app_session_id in (select s.id from app_session s where s.account_id = $1) and ended_at is null").bind(account.as_str()).bind(now.seconds()).bind(reason).execute(ex).await.map(|r| r.rows_affected()))?;
    on!(tx tx, |ex| sqlx::query("update app_session set ended_at = $2 where account_id = $1 and ended_at is null").bind(account.as_str()).bind(now.seconds()).execute(ex).await.map(drop))
}

/// Closes everything that was entered through a link: grants and app sessions.
pub async fn close_via(tx: &mut Tx, link: &LinkId, reason: &str, now: Timestamp) -> sqlx::Result<()> {
    on!(tx tx, |ex| sqlx::query("update authorization_grant set ended_at = $2, end_reason = $3 where via = $1 and via <> 'own' and ended_at is null").bind(link.as_str()).bind(now.seconds()).bind(reason).execute(ex).await.map(|r| r.rows_affected()))?;
    on!(tx tx, |ex| sqlx::query("update app_session set ended_at = $2 where via = $1 and via <> 'own' and ended_at is null").bind(link.as_str()).bind(now.seconds()).execute(ex).await.map(drop))
}

/// Closes every grant of an identity, offline ones too.
pub async fn close_identity(tx: &mut Tx, identity: &crate::types::IdentityId, reason: &str, now: Timestamp) -> sqlx::Result<()> {
    on!(tx tx, |ex| sqlx::query("update app_session set ended_at = $2 where identity_id = $1 and ended_at is null and exists (select 1 from authorization_grant g where g.app_session_id = app_session.id and g.ended_at is null)").bind(identity.as_str()).bind(now.seconds()).execute(ex).await.map(|r| r.rows_affected()))?;
    on!(tx tx, |ex| sqlx::query("update authorization_grant set ended_at = $2, end_reason = $3 where app_session_id in (select s.id from app_session s where s.identity_id = $1) and ended_at is null").bind(identity.as_str()).bind(now.seconds()).bind(reason).execute(ex).await.map(drop))
}

/// Closes every grant of an identity that did not come from this browser, offline ones too.
pub async fn close_elsewhere(tx: &mut Tx, here: &BrowserSessionId, identity: &crate::types::IdentityId, reason: &str, now: Timestamp) -> sqlx::Result<()> {
    on!(tx tx, |ex| sqlx::query("update app_session set ended_at = $2 where identity_id = $1 and browser_session_id <> $3 and ended_at is null and exists (select 1 from authorization_grant g where g.app_session_id = app_session.id and g.ended_at is null)").bind(identity.as_str()).bind(now.seconds()).bind(here.as_str()).execute(ex).await.map(|r| r.rows_affected()))?;
    on!(tx tx, |ex| sqlx::query("update authorization_grant set ended_at = $2, end_reason = $3 where app_session_id in (select s.id from app_session s where s.identity_id = $1) and browser_session_id <> $4 and ended_at is null").bind(identity.as_str()).bind(now.seconds()).bind(reason).bind(here.as_str()).execute(ex).await.map(drop))
}

/// Remembers that one access token was revoked, until it would have expired.
pub async fn revoke_token(tx: &mut Tx, jti: &str, expires_at: Timestamp) -> sqlx::Result<()> {
    on!(tx tx, |ex| sqlx::query("insert into revoked_token (jti, expires_at) values ($1, $2) on conflict (jti) do nothing").bind(jti).bind(expires_at.seconds()).execute(ex).await.map(drop))
}
