//! The hot operations: begin at the pages, consume a code and issue, rotate a refresh token, touch a session, append an event.
//!
//! One set of values for both engines: each operation is a list of JSON rows. On SQLite the writer task joins the lists
//! of all waiting callers (`writer.rs`); on PostgreSQL one combined statement takes the list of one caller.

use serde::Serialize;
use tokio::sync::{mpsc, oneshot};

use super::audit::{APPEND_POSTGRES, AuditEvent};
use super::interactions::NewInteraction;
use super::sessions::SessionToken;
use super::{Db, json_text, writer};
use crate::domain::Via;
use crate::types::{AccountId, AppSessionId, BrowserSessionId, ClientId, GrantId, IdentityId, InteractionId, RowId, Timestamp};

/// Everything written when a code is issued: app session, grant, code, use of the account, event.
#[derive(Clone, Debug, Serialize)]
pub struct IssueCode {
    /// The app session, if none is live for these four.
    pub app_session_id: AppSessionId,
    /// The browser.
    pub browser_session_id: BrowserSessionId,
    /// The client.
    pub client_id: ClientId,
    /// Who acts.
    pub identity_id: IdentityId,
    /// The account.
    pub account_id: Option<AccountId>,
    /// How it was reached.
    pub via: String,
    /// From where.
    pub origin_account_id: Option<AccountId>,
    /// The grant.
    pub grant_id: GrantId,
    /// What was granted.
    pub scope: String,
    /// Whether it outlives the browser session.
    pub offline: bool,
    /// Single claims asked for, as JSON.
    pub claims: String,
    /// APIs, as JSON.
    pub resources: String,
    /// When the identity authenticated.
    pub auth_time: i64,
    /// How well.
    pub acr: String,
    /// By what, space-separated.
    pub amr: String,
    /// What that was, as JSON.
    pub proofs: String,
    /// The code's row.
    pub code_id: RowId,
    /// The digest of its verifier.
    pub verifier_digest: String,
    /// Where it goes.
    pub redirect_uri: String,
    /// PKCE.
    pub code_challenge: Option<String>,
    /// For the ID token.
    pub nonce: Option<String>,
    /// When the code ends.
    pub expires_at: i64,
    /// The interaction that this answers, once.
    pub interaction_id: Option<InteractionId>,
    /// Now.
    pub now: i64,
}

impl IssueCode {
    /// `via` as stored.
    pub fn via(via: &Via) -> String {
        via.as_str().to_owned()
    }
}

/// Everything written when a code is exchanged.
#[derive(Clone, Debug, Serialize)]
pub struct ExchangeCode {
    /// The code's row.
    pub code_id: RowId,
    /// The digest of its verifier.
    pub verifier_digest: String,
    /// The grant.
    pub grant_id: GrantId,
    /// The client.
    pub client_id: ClientId,
    /// The account, when the ledger of issued subjects has no row for it yet.
    pub account_id: Option<AccountId>,
    /// The subject that goes out.
    pub subject: String,
    /// The new family, if a refresh token goes out.
    pub family_id: Option<RowId>,
    /// Its constant part.
    pub family_digest: Option<String>,
    /// Its first verifier.
    pub first_digest: Option<String>,
    /// When it ends whatever happens.
    pub family_expires_at: Option<i64>,
    /// Now.
    pub now: i64,
}

/// Everything written when a refresh token is used.
#[derive(Clone, Debug, Serialize)]
pub struct RotateFamily {
    /// The family.
    pub family_id: RowId,
    /// The generation presented.
    pub generation: i64,
    /// The digest presented.
    pub old_digest: String,
    /// The next generation; the same one for stable tokens.
    pub new_generation: i64,
    /// The next digest; the same one for stable tokens.
    pub new_digest: String,
    /// The successor, sealed for the grace.
    pub successor_sealed: Option<String>,
    /// Now.
    pub now: i64,
}

/// Everything written when a browser that may be nobody's yet begins: whoever floods a server with such requests costs it little.
#[derive(Clone, Debug, Serialize)]
pub struct Begin {
    /// The browser's session, where it has none: nobody is signed in there yet.
    pub session: Option<NewSession>,
    /// What is stored for the pages.
    pub interaction: Option<NewInteraction>,
    /// Now.
    pub now: i64,
}

/// A session to be.
#[derive(Clone, Debug, Serialize)]
pub struct NewSession {
    id: BrowserSessionId,
    verifier_digest: String,
    expires_at: i64,
}

impl NewSession {
    /// The session that a cookie will name.
    pub fn of(token: &SessionToken, expires_at: Timestamp) -> Self {
        Self { id: token.selector().clone(), verifier_digest: token.verifier_digest().as_str().to_owned(), expires_at: expires_at.seconds() }
    }
}

/// A session was used.
#[derive(Clone, Debug, Serialize)]
pub struct TouchSession {
    /// Which.
    pub browser_session_id: BrowserSessionId,
    /// Now.
    pub now: i64,
}

/// Why a hot write did not happen.
#[derive(Debug, thiserror::Error)]
pub enum WriteRefused {
    /// Too many callers wait: answer 503.
    #[error("the writer's queue is full")]
    Busy,
    /// The database failed.
    #[error("the database failed: {0}")]
    Fault(String),
}

/// One operation with the event that goes with it, and where its answer goes.
#[derive(Debug)]
pub(super) struct Job {
    pub op: Op,
    pub event: Option<AuditEvent>,
    pub answer: oneshot::Sender<Result<bool, String>>,
}

#[derive(Clone, Debug)]
pub(super) enum Op {
    Begin(Box<Begin>),
    Issue(Box<IssueCode>),
    Exchange(Box<ExchangeCode>),
    Rotate(Box<RotateFamily>),
    Touch(TouchSession),
    Append,
}

/// The hot write path.
#[derive(Clone)]
pub struct Hot(Path);

#[derive(Clone)]
enum Path {
    Sqlite(mpsc::Sender<Job>),
    Postgres(sqlx::PgPool),
}

/// More callers than this wait for nobody.
const QUEUE: usize = 4096;

impl Hot {
    /// Starts the writer task on SQLite; nothing to start on PostgreSQL.
    pub fn start(db: &Db) -> Self {
        match db {
            Db::Sqlite { write, .. } => {
                let (sender, receiver) = mpsc::channel(QUEUE);
                tokio::spawn(writer::run(write.clone(), receiver));
                Hot(Path::Sqlite(sender))
            }
            Db::Postgres { write: pool, .. } => Hot(Path::Postgres(pool.clone())),
        }
    }

    /// Opens a session, stores a request for the pages, or both.
    pub async fn begin(&self, op: Begin) -> Result<(), WriteRefused> {
        self.run(Op::Begin(Box::new(op)), None).await.map(drop)
    }
    /// Issues a code and finishes its interaction; false when that was finished, or the person was signed out meanwhile.
    pub async fn issue_code(&self, op: IssueCode, event: AuditEvent) -> Result<bool, WriteRefused> {
        self.run(Op::Issue(Box::new(op)), Some(event)).await
    }
    /// Consumes a code and begins its family; false when the code was used, expired, or its grant was closed meanwhile.
    pub async fn exchange_code(&self, op: ExchangeCode, event: AuditEvent) -> Result<bool, WriteRefused> {
        self.run(Op::Exchange(Box::new(op)), Some(event)).await
    }
    /// Uses a refresh token; false when somebody else did so first, or the grant was closed meanwhile.
    pub async fn rotate(&self, op: RotateFamily, event: AuditEvent) -> Result<bool, WriteRefused> {
        self.run(Op::Rotate(Box::new(op)), Some(event)).await
    }
    /// Notes that a session was used.
    pub async fn touch(&self, op: TouchSession) -> Result<(), WriteRefused> {
        self.run(Op::Touch(op), None).await.map(drop)
    }
    /// Appends an event.
    pub async fn append(&self, event: AuditEvent) -> Result<(), WriteRefused> {
        self.run(Op::Append, Some(event)).await.map(drop)
    }

    /// Returns when everything that was asked for before is written.
    pub async fn settle(&self) {
        if let Path::Sqlite(_) = &self.0 {
            // An operation that writes nothing: the writer answers in order.
            drop(self.run(Op::Append, None).await);
        }
    }

    async fn run(&self, op: Op, event: Option<AuditEvent>) -> Result<bool, WriteRefused> {
        match &self.0 {
            Path::Sqlite(sender) => {
                let (answer, told) = oneshot::channel();
                sender.try_send(Job { op, event, answer }).map_err(|_| WriteRefused::Busy)?;
                told.await.map_err(|_| WriteRefused::Fault("the writer stopped".into()))?.map_err(WriteRefused::Fault)
            }
            Path::Postgres(pool) => postgres(pool, op, event).await.map_err(|e| WriteRefused::Fault(e.to_string())),
        }
    }
}

const BEGIN_POSTGRES: &str = "with j as (select $1::json as v),
 s as (insert into browser_session (id, verifier_digest, created_at, last_seen_at, expires_at)
   select v->'session'->>'id', v->'session'->>'verifier_digest', (v->>'now')::bigint, (v->>'now')::bigint, (v->'session'->>'expires_at')::bigint from j where v->>'session' is not null)
 insert into interaction (id, browser_session_id, client_id, request, progress, created_at, expires_at)
 select v->'interaction'->>'id', v->'interaction'->>'browser_session_id', v->'interaction'->>'client_id', v->'interaction'->>'request', v->'interaction'->>'progress', (v->>'now')::bigint, (v->'interaction'->>'expires_at')::bigint
 from j where v->>'interaction' is not null";

const ISSUE_POSTGRES: &str = "with asked as (select * from json_to_record($1::json) as x(interaction_id text, app_session_id text, browser_session_id text, client_id text, identity_id text, account_id text, via text, origin_account_id text, grant_id text, scope text, offline boolean, claims text, resources text, auth_time bigint, acr text, amr text, proofs text, code_id text, verifier_digest text, redirect_uri text, code_challenge text, nonce text, expires_at bigint, now bigint)),
 here as (select asked.* from asked join signed_in p on p.browser_session_id = asked.browser_session_id and p.identity_id = asked.identity_id and p.ended_at is null
   join browser_session b on b.id = asked.browser_session_id and b.ended_at is null for share of p, b),
 i as (update interaction set finished_at = here.now from here where interaction.id = here.interaction_id and interaction.finished_at is null and interaction.expires_at > here.now returning interaction.id),
 j as (select * from here where interaction_id is null or exists (select 1 from i)),
 s as (insert into app_session (id, browser_session_id, client_id, identity_id, account_id, via, origin_account_id, created_at, last_used_at)
   select app_session_id, browser_session_id, client_id, identity_id, account_id, via, origin_account_id, now, now from j
   on conflict (browser_session_id, client_id, identity_id, coalesce(account_id, ''), via) where ended_at is null do update set last_used_at = excluded.last_used_at returning id),
 g as (insert into authorization_grant (id, client_id, identity_id, account_id, via, origin_account_id, app_session_id, browser_session_id, scope, offline, claims, resources, auth_time, acr, amr, proofs, created_at)
   select grant_id, client_id, identity_id, account_id, via, origin_account_id, s.id, browser_session_id, scope, offline, claims, resources, auth_time, acr, amr, proofs, now from j, s),
 k as (insert into authorization_code (id, verifier_digest, grant_id, client_id, redirect_uri, code_challenge, nonce, created_at, expires_at)
   select code_id, verifier_digest, grant_id, client_id, redirect_uri, code_challenge, nonce, now, expires_at from j),
 u as (update account set last_used_at = j.now from j where j.via = 'own' and account.id = j.account_id and account.last_used_at < j.now),
 v as (update link set last_used_at = j.now from j where link.id = j.via and link.last_used_at < j.now)
 insert into audit_event (id, at, kind, identity_id, account_id, origin_account_id, company_id, client_id, sid, acr_before, acr_after, reason, request_id, address)
 select e.id, e.at, e.kind, e.identity_id, e.account_id, e.origin_account_id, e.company_id, e.client_id, s.id, e.acr_before, e.acr_after, e.reason, e.request_id, e.address
 from s, json_to_record($2::json) as e(id text, at bigint, kind text, identity_id text, account_id text, origin_account_id text, company_id text, client_id text, sid text, acr_before text, acr_after text, reason text, request_id text, address text)";

const EXCHANGE_POSTGRES: &str = "with j as (select * from json_to_record($1::json) as x(code_id text, verifier_digest text, grant_id text, client_id text, account_id text, subject text, family_id text, family_digest text, first_digest text, family_expires_at bigint, now bigint)),
 k as (update authorization_code set used_at = j.now from j where authorization_code.id = j.code_id and authorization_code.verifier_digest = j.verifier_digest and authorization_code.used_at is null and authorization_code.expires_at > j.now
   and exists (select 1 from authorization_grant g where g.id = j.grant_id and g.ended_at is null) returning authorization_code.id),
 f as (insert into refresh_family (id, grant_id, client_id, family_digest, verifier_digest, generation, created_at, rotated_at, expires_at)
   select family_id, grant_id, client_id, family_digest, first_digest, 1, now, now, family_expires_at from j, k where family_id is not null),
 l as (insert into issued_subject (client_id, account_id, subject, first_issued_at) select client_id, account_id, subject, now from j, k where account_id is not null on conflict (client_id, account_id) do nothing)
 insert into audit_event (id, at, kind, identity_id, account_id, origin_account_id, company_id, client_id, sid, acr_before, acr_after, reason, request_id, address)
 select e.id, e.at, e.kind, e.identity_id, e.account_id, e.origin_account_id, e.company_id, e.client_id, e.sid, e.acr_before, e.acr_after, e.reason, e.request_id, e.address
 from k, json_to_record($2::json) as e(id text, at bigint, kind text, identity_id text, account_id text, origin_account_id text, company_id text, client_id text, sid text, acr_before text, acr_after text, reason text, request_id text, address text)";

const ROTATE_POSTGRES: &str = "with j as (select * from json_to_record($1::json) as x(family_id text, generation bigint, old_digest text, new_generation bigint, new_digest text, successor_sealed text, now bigint)),
 f as (update refresh_family set generation = j.new_generation, verifier_digest = j.new_digest, successor_sealed = j.successor_sealed, rotated_at = j.now from j
   where refresh_family.id = j.family_id and refresh_family.generation = j.generation and refresh_family.verifier_digest = j.old_digest and refresh_family.expires_at > j.now
     and exists (select 1 from authorization_grant g where g.id = refresh_family.grant_id and g.ended_at is null) returning refresh_family.id)
 insert into audit_event (id, at, kind, identity_id, account_id, origin_account_id, company_id, client_id, sid, acr_before, acr_after, reason, request_id, address)
 select e.id, e.at, e.kind, e.identity_id, e.account_id, e.origin_account_id, e.company_id, e.client_id, e.sid, e.acr_before, e.acr_after, e.reason, e.request_id, e.address
 from f, json_to_record($2::json) as e(id text, at bigint, kind text, identity_id text, account_id text, origin_account_id text, company_id text, client_id text, sid text, acr_before text, acr_after text, reason text, request_id text, address text)";

const TOUCH_POSTGRES: &str = "update browser_session set last_seen_at = $2 where id = $1 and last_seen_at < $2";

/// One combined statement; the event is written only when the operation took place, and its row says so.
async fn postgres(pool: &sqlx::PgPool, op: Op, event: Option<AuditEvent>) -> sqlx::Result<bool> {
    let event = event.map(|e| json_text(&e)).unwrap_or_default();
    let done = match op {
        Op::Begin(row) => sqlx::query(BEGIN_POSTGRES).bind(json_text(&row)).execute(pool).await?,
        Op::Issue(row) => sqlx::query(ISSUE_POSTGRES).bind(json_text(&row)).bind(event).execute(pool).await?,
        Op::Exchange(row) => sqlx::query(EXCHANGE_POSTGRES).bind(json_text(&row)).bind(event).execute(pool).await?,
        Op::Rotate(row) => sqlx::query(ROTATE_POSTGRES).bind(json_text(&row)).bind(event).execute(pool).await?,
        Op::Touch(row) => sqlx::query(TOUCH_POSTGRES).bind(row.browser_session_id.as_str()).bind(row.now).execute(pool).await?,
        Op::Append => sqlx::query(APPEND_POSTGRES).bind(format!("[{event}]")).execute(pool).await?,
    };
    Ok(done.rows_affected() > 0)
}
