//! The audit log: append-only. Every sign-in, choice, grant, refusal and admin act leaves a row.

use serde::Serialize;

use super::db::{on, rows};
use super::{Tx, json_text};
use crate::types::{AccountId, AppSessionId, ClientId, CompanyId, IdentityId, RowId, Timestamp};

/// One event. Absent parts are absent in the row.
#[derive(Clone, Debug, Serialize)]
pub struct AuditEvent {
    id: RowId,
    at: i64,
    kind: &'static str,
    identity_id: Option<IdentityId>,
    account_id: Option<AccountId>,
    origin_account_id: Option<AccountId>,
    company_id: Option<CompanyId>,
    client_id: Option<ClientId>,
    sid: Option<AppSessionId>,
    acr_before: Option<String>,
    acr_after: Option<String>,
    reason: Option<String>,
    request_id: Option<String>,
    address: Option<String>,
    #[serde(skip)]
    proved: Vec<(IdentityId, &'static str)>,
}

impl AuditEvent {
    /// Something of this kind happened.
    pub fn new(id: RowId, kind: &'static str, now: Timestamp) -> Self {
        Self {
            id,
            at: now.seconds(),
            kind,
            identity_id: None,
            account_id: None,
            origin_account_id: None,
            company_id: None,
            client_id: None,
            sid: None,
            acr_before: None,
            acr_after: None,
            reason: None,
            request_id: None,
            address: None,
            proved: Vec::new(),
        }
    }
    /// What the people who may turn out to have acted had proved when this request began.
    pub fn proved(mut self, proved: &[(IdentityId, &'static str)]) -> Self {
        self.proved = proved.to_vec();
        self
    }
    /// Who acted. What they had proved stands before and after, unless more is said of it.
    pub fn by(mut self, identity: &IdentityId) -> Self {
        self.identity_id = Some(identity.clone());
        if let Some((_, acr)) = self.proved.iter().find(|(who, _)| who == identity) {
            self.acr_before.get_or_insert_with(|| (*acr).to_owned());
            self.acr_after.get_or_insert_with(|| (*acr).to_owned());
        }
        self
    }
    /// In which account of which company.
    pub fn in_account(mut self, account: &AccountId, company: &CompanyId) -> Self {
        self.account_id = Some(account.clone());
        self.company_id = Some(company.clone());
        self
    }
    /// From which account, through a link.
    pub fn from(mut self, origin: &AccountId) -> Self {
        self.origin_account_id = Some(origin.clone());
        self
    }
    /// About which account, in whatever company.
    pub fn account(mut self, account: &AccountId) -> Self {
        self.account_id = Some(account.clone());
        self
    }
    /// In which company.
    pub fn in_company(mut self, company: &CompanyId) -> Self {
        self.company_id = Some(company.clone());
        self
    }
    /// Through which app.
    pub fn through(mut self, client: &ClientId) -> Self {
        self.client_id = Some(client.clone());
        self
    }
    /// In which app session.
    pub fn sid(mut self, sid: &AppSessionId) -> Self {
        self.sid = Some(sid.clone());
        self
    }
    /// What was proved.
    pub fn acr(mut self, after: &str) -> Self {
        self.acr_after = Some(after.to_owned());
        self
    }
    /// What had been proved before; nothing, for somebody who was not signed in.
    pub fn acr_before(mut self, before: &str) -> Self {
        self.acr_before = Some(before.to_owned()).filter(|b| !b.is_empty());
        self
    }
    /// Why, or why not.
    pub fn reason(mut self, reason: &str) -> Self {
        self.reason = Some(reason.to_owned());
        self
    }
    /// From where, in which request.
    pub fn request(mut self, request_id: &str, address: Option<&str>) -> Self {
        self.request_id = Some(request_id.to_owned());
        self.address = address.map(str::to_owned);
        self
    }
}

/// Appends inside the transaction of the cause.
pub async fn append(tx: &mut Tx, event: &AuditEvent) -> sqlx::Result<()> {
    let rows = json_text(&[event]);
    match tx {
        Tx::Sqlite(inner) => sqlx::query(APPEND_SQLITE).bind(rows).execute(&mut **inner).await.map(drop),
        Tx::Postgres(inner) => sqlx::query(APPEND_POSTGRES).bind(rows).execute(&mut **inner).await.map(drop),
    }
}

/// An event as it stands in the log.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Recorded {
    /// What happened.
    pub kind: String,
    /// Who acted.
    pub identity_id: Option<String>,
    /// In which account.
    pub account_id: Option<String>,
    /// From which account, through a link.
    pub origin_account_id: Option<String>,
    /// In which company.
    pub company_id: Option<String>,
    /// By which app.
    pub client_id: Option<String>,
    /// In which app session.
    pub sid: Option<String>,
    /// What had been proved before.
    pub acr_before: Option<String>,
    /// How the person had signed in.
    pub acr_after: Option<String>,
    /// Why, or how.
    pub reason: Option<String>,
    /// The request.
    pub request_id: Option<String>,
}

/// The latest events, newest first.
pub async fn latest(db: &super::Db, limit: i64) -> sqlx::Result<Vec<Recorded>> {
    on!(read db, |ex| sqlx::query_as("select kind, identity_id, account_id, origin_account_id, company_id, client_id, sid, acr_before, acr_after, reason, request_id from audit_event order by id desc limit $1").bind(limit).fetch_all(ex).await)
}

/// What a company reads of its own log.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct CompanyEvent {
    /// Its id; later events have greater ones.
    pub id: String,
    /// When, in seconds.
    pub at: i64,
    /// What.
    pub kind: String,
    /// Who acted, by name; absent unless they have or had an account here.
    pub actor: Option<String>,
    /// Whether a person acted, named or not.
    pub by_somebody: bool,
    /// In which account of the company.
    pub account_id: Option<String>,
    /// Whose account that is, by name.
    pub holder: Option<String>,
    /// Whether it was entered through a link.
    pub through_link: bool,
    /// By which app.
    pub client_id: Option<String>,
    /// The app's name.
    pub client: Option<String>,
    /// In which app session.
    pub sid: Option<String>,
    /// What had been proved.
    pub acr: Option<String>,
    /// Why, or how.
    pub reason: Option<String>,
    /// In which request.
    pub request_id: Option<String>,
    /// From where.
    pub address: Option<String>,
}

/// Which events of a company are read.
#[derive(Clone, Debug)]
pub struct CompanyFilter {
    /// Kinds, with spaces between.
    pub kinds: String,
    /// The first second that counts.
    pub from: Timestamp,
    /// The first second that counts no more.
    pub until: Timestamp,
    /// Only events before this one.
    pub before: Option<RowId>,
}

/// Events of a company, newest first. Whoever has nothing to do with the company beyond this event stays unnamed, and where somebody came
/// from through a link is not told (threats.md T24).
pub async fn of_company(db: &super::Db, company: &CompanyId, filter: &CompanyFilter, limit: i64) -> sqlx::Result<Vec<CompanyEvent>> {
    // Greater than every id, whatever collation PostgreSQL has: many sort signs before digits.
    let before = filter.before.as_ref().map_or("z", |id| id.as_str());
    on!(read db, |ex| sqlx::query_as("select e.id, e.at, e.kind, e.account_id, e.client_id, k.name as client, e.sid, e.acr_after as acr, e.request_id, e.address,
           case when e.reason like 'idn\\_%' escape '\\' then null else e.reason end as reason,
           e.origin_account_id is not null as through_link,
           e.identity_id is not null and not exists (select 1 from operator o where o.identity_id = e.identity_id) as by_somebody,
           case when exists (select 1 from account m where m.company_id = $1 and m.identity_id = e.identity_id) then coalesce(nullif(trim(coalesce(i.given_name, '') || ' ' || coalesce(i.family_name, '')), ''), i.username, case when exists (select 1 from account m where m.company_id = $1 and m.identity_id = i.id and m.ended_at is null) then i.email end) end as actor,
           coalesce(nullif(trim(coalesce(h.given_name, '') || ' ' || coalesce(h.family_name, '')), ''), h.username, case when a.ended_at is null then h.email end) as holder
         from audit_event e
         left join identity i on i.id = e.identity_id
         left join account a on a.id = e.account_id and a.company_id = $1
         left join identity h on h.id = a.identity_id
         left join client k on k.id = e.client_id
         where e.company_id = $1 and e.id < $2 and e.at >= $3 and e.at < $4 and ' ' || $5 || ' ' like '% ' || e.kind || ' %'
           and (e.kind <> 'invitation.sent' or e.reason = 'account')
         order by e.id desc limit $6")
        .bind(company.as_str()).bind(before).bind(filter.from.seconds()).bind(filter.until.seconds()).bind(&filter.kinds).bind(limit).fetch_all(ex).await)
}

/// An event as the operator reads it: ids, and the names that go with them now.
#[derive(Clone, Debug, Serialize, sqlx::FromRow)]
pub struct OperatorEvent {
    /// Its id; later events have greater ones.
    pub id: String,
    /// When, in seconds.
    pub at: i64,
    /// What.
    pub kind: String,
    /// Who acted.
    pub identity_id: Option<String>,
    /// What they sign in with.
    pub actor: Option<String>,
    /// In which account.
    pub account_id: Option<String>,
    /// From which account, through a link.
    pub origin_account_id: Option<String>,
    /// In which company.
    pub company_id: Option<String>,
    /// The company's name.
    pub company: Option<String>,
    /// By which app.
    pub client_id: Option<String>,
    /// The app's name.
    pub client: Option<String>,
    /// In which app session.
    pub sid: Option<String>,
    /// What had been proved before.
    pub acr_before: Option<String>,
    /// What was proved.
    pub acr_after: Option<String>,
    /// Why, how, or about what.
    pub reason: Option<String>,
    /// In which request.
    pub request_id: Option<String>,
    /// From where.
    pub address: Option<String>,
}

/// Which events the operator reads.
#[derive(Clone, Debug, Default)]
pub struct OperatorFilter<'a> {
    /// Only kinds that begin so.
    pub kind: &'a str,
    /// Only of this company.
    pub company: Option<&'a CompanyId>,
    /// Only by this person, or about them.
    pub person: Option<&'a IdentityId>,
    /// The first second that counts.
    pub from: Option<Timestamp>,
    /// The first second that counts no more.
    pub until: Option<Timestamp>,
    /// Only events before this one.
    pub before: Option<&'a RowId>,
}

/// Events for the operator, newest first. Ids sort by time, so a span of time is a span of the log.
pub async fn for_operator(db: &super::Db, filter: OperatorFilter<'_>, limit: i64) -> sqlx::Result<Vec<OperatorEvent>> {
    let least = filter.from.map(RowId::first_of);
    let most = filter.until.map(RowId::first_of);
    let bound = |id: Option<&RowId>, otherwise: &'static str| id.map_or_else(|| otherwise.to_owned(), |id| id.as_str().to_owned());
    on!(read db, |ex| sqlx::query_as("select e.id, e.at, e.kind, e.identity_id, coalesce(i.email, i.username) as actor, e.account_id, e.origin_account_id, e.company_id, c.name as company,
           e.client_id, k.name as client, e.sid, e.acr_before, e.acr_after, e.reason, e.request_id, e.address
         from audit_event e left join identity i on i.id = e.identity_id left join company c on c.id = e.company_id left join client k on k.id = e.client_id
         where e.id < $1 and e.id < $2 and e.id >= $3 and ($4 = '' or e.company_id = $4) and ($5 = '' or e.identity_id = $5 or e.reason = $5) and substr(e.kind, 1, length($6)) = $6
         order by e.id desc limit $7")
        .bind(bound(filter.before, "z")).bind(bound(most.as_ref(), "z")).bind(bound(least.as_ref(), "")).bind(filter.company.map_or("", CompanyId::as_str))
        .bind(filter.person.map_or("", IdentityId::as_str)).bind(filter.kind).bind(limit).fetch_all(ex).await)
}

/// How many events of a kind there are, for tests.
pub async fn count(db: &super::Db, kind: &str) -> sqlx::Result<i64> {
    on!(read db, |ex| sqlx::query_scalar("select count(*) from audit_event where kind = $1").bind(kind).fetch_one(ex).await)
}

/// How many events have an address of somebody's, for tests.
pub async fn addresses_of(db: &super::Db, who: &IdentityId) -> sqlx::Result<i64> {
    on!(read db, |ex| sqlx::query_scalar("select count(*) from audit_event where identity_id = $1 and address is not null").bind(who.as_str()).fetch_one(ex).await)
}

pub(super) const APPEND_SQLITE: &str = rows!("insert or fail into audit_event (id, at, kind, identity_id, account_id, origin_account_id, company_id, client_id, sid, acr_before, acr_after, reason, request_id, address)
 select v->>'id', v->>'at', v->>'kind', v->>'identity_id', v->>'account_id', v->>'origin_account_id', v->>'company_id', v->>'client_id', v->>'sid', v->>'acr_before', v->>'acr_after', v->>'reason', v->>'request_id', v->>'address'
 from j");

pub(super) const APPEND_POSTGRES: &str = "insert into audit_event (id, at, kind, identity_id, account_id, origin_account_id, company_id, client_id, sid, acr_before, acr_after, reason, request_id, address)
 select id, at, kind, identity_id, account_id, origin_account_id, company_id, client_id, sid, acr_before, acr_after, reason, request_id, address
 from json_to_recordset($1::json) as e(id text, at bigint, kind text, identity_id text, account_id text, origin_account_id text, company_id text, client_id text, sid text, acr_before text, acr_after text, reason text, request_id text, address text)";
