//! Accounts: reading at most a page of them, however many there are.

use serde_json::json;
use sqlx::FromRow;

use super::companies::{CompanyRow, company_columns};
use super::db::{count_rows, on};
use super::grouped::{Asked, ask, asked};
use super::{Db, OnUnique, Tx, document, json_text, parsed, words};
use crate::domain::{AccountKind, AccountView, Preferences};
use crate::types::{AccountId, ClientId, CompanyId, IdentityId, Timestamp, canonical};

/// The identity already has a live account there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("this person already has an account in this company")]
pub struct AlreadyThere;

/// An account to be.
#[derive(Clone, Debug)]
pub struct NewAccount {
    /// Its id.
    pub id: AccountId,
    /// Whose.
    pub identity_id: IdentityId,
    /// Where.
    pub company_id: CompanyId,
    /// Its kind.
    pub kind: AccountKind,
    /// Whether it takes a seat.
    pub seat: bool,
}

/// In which order candidates are read. An id sorts by the time it was minted: the lower, the older.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// Last used first, then the oldest.
    Use,
    /// The oldest first.
    Age,
}

/// Which accounts a list holds.
#[derive(Clone, Debug, Default)]
pub struct Filter<'a> {
    /// Only companies open to this client.
    pub client: Option<&'a ClientId>,
    /// Only this company.
    pub company: Option<&'a CompanyId>,
    /// Only companies whose name or slug has this in it.
    pub search: Option<&'a str>,
    /// Only what comes after this account.
    pub after: Option<&'a Cursor>,
}

/// The place of an account in a list ordered by use.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cursor {
    /// Its `last_used_at`, 0 for never.
    pub last_used_at: i64,
    /// Its id.
    pub id: AccountId,
}

impl Cursor {
    /// The place of an account.
    pub fn of(account: &AccountView) -> Self {
        Self { last_used_at: account.last_used_at.map_or(0, Timestamp::seconds), id: account.id.clone() }
    }
    /// As it stands in a link.
    pub fn text(&self) -> String {
        format!("{}-{}", self.last_used_at, self.id)
    }
    /// Read back from a link.
    pub fn parse(text: &str) -> Option<Self> {
        let (used, id) = text.split_once('-')?;
        Some(Self { last_used_at: used.parse().ok()?, id: id.parse().ok()? })
    }
}

#[derive(FromRow)]
pub(super) struct AccountRow {
    id: String,
    identity_id: String,
    kind: String,
    roles: Option<String>,
    role_titles: Option<String>,
    created_at: i64,
    last_used_at: i64,
    ended_at: Option<i64>,
    #[sqlx(flatten)]
    company: CompanyRow,
}

impl TryFrom<AccountRow> for AccountView {
    type Error = sqlx::Error;
    fn try_from(row: AccountRow) -> sqlx::Result<AccountView> {
        Ok(AccountView {
            id: parsed(&row.id)?,
            identity_id: parsed(&row.identity_id)?,
            kind: parsed(&row.kind)?,
            roles: words(row.roles),
            role_titles: row.role_titles.unwrap_or_default(),
            created_at: Timestamp::from_seconds(row.created_at),
            last_used_at: Some(row.last_used_at).filter(|t| *t > 0).map(Timestamp::from_seconds),
            ended_at: row.ended_at.map(Timestamp::from_seconds),
            company: row.company.try_into()?,
        })
    }
}

/// The columns of [`AccountRow`], from `account a` and `company c`.
macro_rules! account_columns {
    () => {
        concat!(
            "a.id, a.identity_id, a.kind, a.created_at, a.last_used_at, a.ended_at,
               (select string_agg(r.name, ' ' order by r.name) from account_role ar join role r on r.id = ar.role_id where ar.account_id = a.id) as roles,
               (select string_agg(r.title, ', ' order by r.title) from account_role ar join role r on r.id = ar.role_id where ar.account_id = a.id) as role_titles, ",
            company_columns!()
        )
    };
}

pub(super) use account_columns;

macro_rules! account_query {
    ($rest:literal) => {
        concat!("select ", account_columns!(), " from account a join company c on c.id = a.company_id ", $rest)
    };
}

/// The account, live or not.
pub async fn find(db: &Db, id: &AccountId) -> sqlx::Result<Option<AccountView>> {
    let row: Option<AccountRow> = on!(read db, |ex| sqlx::query_as(account_query!("where a.id = $1")).bind(id.as_str()).fetch_optional(ex).await)?;
    row.map(TryInto::try_into).transpose()
}

/// Columns of [`AccountRow`] without roles: whoever enters gets them from the grant, and this is read at every sign-in.
macro_rules! candidate_columns {
    () => {
        concat!("a.id, a.identity_id, a.kind, a.created_at, a.last_used_at, a.ended_at, null as roles, null as role_titles, ", company_columns!())
    };
}

/// Whether the company of account `a` is open to a client.
macro_rules! open_to_client {
    ($client:literal) => {
        concat!(
            "exists (select 1 from client k where k.id = ",
            $client,
            " and (k.companies = 'all' or exists (select 1 from client_company kc where kc.client_id = k.id and kc.company_id = a.company_id))) "
        )
    };
}

macro_rules! candidate_query {
    ($rest:expr) => {
        concat!(
            "select ",
            candidate_columns!(),
            " from account a join company c on c.id = a.company_id where a.identity_id = $1 and a.ended_at is null and c.ended_at is null and c.suspended_at is null",
            " and ",
            open_to_client!("$2"),
            $rest
        )
    };
}

const CANDIDATES_IN: Asked = asked!(
    candidate_columns!(),
    concat!(
        "join account a on a.identity_id = asked.a and a.company_id = coalesce((select s.company_id from company_slug s where s.slug = asked.c), asked.c) and a.ended_at is null
     join company c on c.id = a.company_id and c.ended_at is null and c.suspended_at is null
     where ",
        open_to_client!("asked.b")
    )
);

/// At most two live accounts of one identity that a client may enter, in the order asked for; `company` is an id or a slug.
/// The limit is a literal: SQLite prepares a statement anew for every other value of a bound one.
pub async fn candidates(db: &Db, identity: &IdentityId, client: &ClientId, company: Option<&str>, order: Order) -> sqlx::Result<Vec<AccountView>> {
    let rows: Vec<AccountRow> = match (company, order) {
        // Nobody has two live ones in a company.
        (Some(company), _) => ask(db, &CANDIDATES_IN, json!([identity.as_str(), client.as_str(), company])).await,
        (None, Order::Use) => {
            on!(read db, |ex| sqlx::query_as(candidate_query!("order by a.last_used_at desc, a.id limit 2"))
                .bind(identity.as_str()).bind(client.as_str()).fetch_all(ex).await)
        }
        (None, Order::Age) => {
            on!(read db, |ex| sqlx::query_as(candidate_query!("order by a.id limit 2"))
                .bind(identity.as_str()).bind(client.as_str()).fetch_all(ex).await)
        }
    }?;
    count_rows(rows.len());
    rows.into_iter().map(TryInto::try_into).collect()
}

/// The pattern of a search; everything without one.
pub(super) fn like(search: Option<&str>) -> String {
    search.map_or_else(|| "%".to_owned(), |q| format!("%{}%", canonical(q).replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_")))
}

/// One page of an identity's live accounts in open companies, last used first, then the oldest.
pub async fn page(db: &Db, identity: &IdentityId, filter: &Filter<'_>, limit: i64) -> sqlx::Result<Vec<AccountView>> {
    // A bound on every side keeps one statement for all filters: '' is before every text, and these values are beyond every row.
    // The place is a range first, which an index walks in order: PostgreSQL answers two ranges joined by `or` by reading and sorting all.
    let after = filter.after.cloned();
    let (used, id) = after.map_or((i64::MAX, String::new()), |c| (c.last_used_at, c.id.to_string()));
    let pattern = like(filter.search);
    let rows: Vec<AccountRow> = on!(read db, |ex| sqlx::query_as(account_query!(
        "where a.identity_id = $1 and a.ended_at is null and c.ended_at is null and c.suspended_at is null
           and ($2 = '' or exists (select 1 from client k where k.id = $2 and (k.companies = 'all' or exists (select 1 from client_company kc where kc.client_id = k.id and kc.company_id = a.company_id))))
           and ($3 = '' or a.company_id = $3)
           and (c.name_key like $4 escape '\\' or c.slug like $4 escape '\\')
           and a.last_used_at <= $5 and (a.last_used_at < $5 or a.id > $6)
         order by a.last_used_at desc, a.id limit $7"))
        .bind(identity.as_str()).bind(filter.client.map_or("", |c| c.as_str())).bind(filter.company.map_or("", |c| c.as_str()))
        .bind(&pattern).bind(used).bind(&id).bind(limit).fetch_all(ex).await)?;
    count_rows(rows.len());
    rows.into_iter().map(TryInto::try_into).collect()
}

/// The place of an account in a list ordered by company name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NameCursor {
    /// The company's name, folded.
    pub name_key: String,
    /// The account's id.
    pub id: AccountId,
}

impl NameCursor {
    /// The place of an account.
    pub fn of(account: &AccountView) -> Self {
        Self { name_key: canonical(&account.company.name), id: account.id.clone() }
    }
    /// As it stands in a link.
    pub fn text(&self) -> String {
        format!("{}-{}", self.id, self.name_key)
    }
    /// Read back from a link.
    pub fn parse(text: &str) -> Option<Self> {
        let (id, name_key) = text.split_once('-')?;
        Some(Self { name_key: name_key.to_owned(), id: id.parse().ok()? })
    }
}

/// One page of an identity's live accounts in open companies, by company name.
pub async fn page_by_name(db: &Db, identity: &IdentityId, search: Option<&str>, after: Option<&NameCursor>, limit: i64) -> sqlx::Result<Vec<AccountView>> {
    let rows: Vec<AccountRow> = on!(read db, |ex| sqlx::query_as(account_query!(
        "where a.identity_id = $1 and a.ended_at is null and c.ended_at is null and c.suspended_at is null
           and (c.name_key like $2 escape '\\' or c.slug like $2 escape '\\')
           and (c.name_key > $3 or (c.name_key = $3 and a.id > $4))
         order by c.name_key, a.id limit $5"))
        .bind(identity.as_str()).bind(like(search)).bind(after.map_or("", |a| a.name_key.as_str())).bind(after.map_or("", |a| a.id.as_str())).bind(limit).fetch_all(ex).await)?;
    count_rows(rows.len());
    rows.into_iter().map(TryInto::try_into).collect()
}

/// Whether an identity has more live accounts than `bound`; reads no more than that.
pub async fn more_than(db: &Db, identity: &IdentityId, bound: i64) -> sqlx::Result<bool> {
    Ok(count(db, identity, bound + 1).await? > bound)
}

/// How many live accounts an identity has, counted up to `most`.
pub async fn count(db: &Db, identity: &IdentityId, most: i64) -> sqlx::Result<i64> {
    on!(read db, |ex| sqlx::query_scalar("select count(*) from (select 1 from account where identity_id = $1 and ended_at is null limit $2) few").bind(identity.as_str()).bind(most).fetch_one(ex).await)
}

/// Adds an account; remembers that its company has had an owner.
pub async fn add(tx: &mut Tx, account: &NewAccount, now: Timestamp) -> sqlx::Result<Result<(), AlreadyThere>> {
    let added = on!(tx tx, |ex| sqlx::query("insert into account (id, identity_id, company_id, kind, seat, preferences, created_at, last_used_at) values ($1, $2, $3, $4, $5, '{}', $6, 0)")
        .bind(account.id.as_str()).bind(account.identity_id.as_str()).bind(account.company_id.as_str()).bind(account.kind.as_str()).bind(account.seat).bind(now.seconds()).execute(ex).await.map(|r| r.rows_affected()))
    .map(drop)
    .on_unique(|| AlreadyThere)?;
    if added.is_ok() && account.kind.has_full_access() {
        on!(tx tx, |ex| sqlx::query("update company set had_owner = true where id = $1").bind(account.company_id.as_str()).execute(ex).await.map(|r| r.rows_affected()))?;
    }
    Ok(added)
}

/// The oldest account with full access in a company whose holder can sign in.
pub async fn oldest_with_full_access(db: &Db, company: &CompanyId) -> sqlx::Result<Option<AccountId>> {
    let id: Option<String> = on!(read db, |ex| sqlx::query_scalar("select a.id from account a join identity i on i.id = a.identity_id
         where a.company_id = $1 and a.ended_at is null and a.kind in ('owner', 'manager') and i.ended_at is null and i.disabled_at is null order by a.id limit 1")
        .bind(company.as_str()).fetch_optional(ex).await)?;
    id.as_deref().map(parsed).transpose()
}

/// Whether the account is the last live one with full access in a company that has had an owner (design.md section 3, 12).
pub async fn is_last_with_full_access(tx: &mut Tx, id: &AccountId) -> sqlx::Result<bool> {
    let n: i64 = on!(tx tx, |ex| sqlx::query_scalar("select count(*) from account a join company c on c.id = a.company_id
         where a.id = $1 and c.had_owner and a.kind in ('owner', 'manager') and a.ended_at is null
           and not exists (select 1 from account b where b.company_id = a.company_id and b.id <> a.id and b.ended_at is null and b.kind in ('owner', 'manager')
             and exists (select 1 from identity i where i.id = b.identity_id and i.password_hash is not null and i.ended_at is null and i.disabled_at is null))")
        .bind(id.as_str()).fetch_one(ex).await)?;
    Ok(n > 0)
}

/// A company, by name, in which nobody but this identity has full access.
pub async fn sole_keeper_of(db: &Db, identity: &IdentityId) -> sqlx::Result<Option<String>> {
    on!(read db, |ex| sqlx::query_scalar("select c.name from account a join company c on c.id = a.company_id where a.identity_id = $1 and a.ended_at is null and a.kind in ('owner', 'manager') and c.ended_at is null
           and not exists (select 1 from account o join identity i on i.id = o.identity_id where o.company_id = a.company_id and o.identity_id <> $1 and o.ended_at is null and o.kind in ('owner', 'manager') and i.ended_at is null and i.disabled_at is null and i.closes_at is null and i.password_hash is not null)
         order by c.name limit 1").bind(identity.as_str()).fetch_optional(ex).await)
}

/// Ends an account; false when it had ended.
pub async fn end(tx: &mut Tx, id: &AccountId, now: Timestamp) -> sqlx::Result<bool> {
    on!(tx tx, |ex| sqlx::query("update account set ended_at = $2 where id = $1 and ended_at is null").bind(id.as_str()).bind(now.seconds()).execute(ex).await.map(|r| r.rows_affected() == 1))
}

/// Sets or clears the end of an outsider's access.
pub async fn set_access_expiry(tx: &mut Tx, id: &AccountId, at: Option<Timestamp>) -> sqlx::Result<()> {
    on!(tx tx, |ex| sqlx::query("update account set access_expires_at = $2 where id = $1").bind(id.as_str()).bind(at.map(Timestamp::seconds)).execute(ex).await.map(drop))
}

/// When an outsider's access ends.
pub async fn access_expiry(db: &Db, id: &AccountId) -> sqlx::Result<Option<Timestamp>> {
    let at: Option<Option<i64>> =
        on!(read db, |ex| sqlx::query_scalar("select access_expires_at from account where id = $1").bind(id.as_str()).fetch_optional(ex).await)?;
    Ok(at.flatten().map(Timestamp::from_seconds))
}

/// Live accounts whose access is over.
pub async fn access_expired(db: &Db, now: Timestamp, limit: i64) -> sqlx::Result<Vec<AccountId>> {
    let ids: Vec<String> = on!(read db, |ex| sqlx::query_scalar("select id from account where access_expires_at <= $1 and ended_at is null limit $2").bind(now.seconds()).bind(limit).fetch_all(ex).await)?;
    ids.iter().map(|id| parsed(id)).collect()
}

/// What its owner prefers in an account.
pub async fn preferences(db: &Db, id: &AccountId) -> sqlx::Result<Preferences> {
    let text: Option<String> =
        on!(read db, |ex| sqlx::query_scalar("select preferences from account where id = $1").bind(id.as_str()).fetch_optional(ex).await)?;
    document(text.as_deref().unwrap_or("{}"))
}

/// The same, with the account held for the rest of the transaction: of two that change it at once, one waits.
pub async fn hold_preferences(tx: &mut Tx, id: &AccountId) -> sqlx::Result<Preferences> {
    let text: Option<String> = on!(tx tx, |ex| sqlx::query_scalar("update account set preferences = preferences where id = $1 returning preferences").bind(id.as_str()).fetch_optional(ex).await)?;
    document(text.as_deref().unwrap_or("{}"))
}

/// Keeps them.
pub async fn set_preferences(tx: &mut Tx, id: &AccountId, preferences: &Preferences) -> sqlx::Result<()> {
    on!(tx tx, |ex| sqlx::query("update account set preferences = $2 where id = $1").bind(id.as_str()).bind(json_text(preferences)).execute(ex).await.map(drop))
}

/// The company of an account, read where it is changed.
pub async fn company_of(tx: &mut Tx, id: &AccountId) -> sqlx::Result<Option<CompanyId>> {
    let company: Option<String> =
        on!(tx tx, |ex| sqlx::query_scalar("select company_id from account where id = $1").bind(id.as_str()).fetch_optional(ex).await)?;
    company.as_deref().map(parsed).transpose()
}

/// The live account of an identity in a company.
pub async fn of_identity_in(db: &Db, identity: &IdentityId, company: &CompanyId) -> sqlx::Result<Option<AccountId>> {
    let id: Option<String> = on!(read db, |ex| sqlx::query_scalar("select id from account where identity_id = $1 and company_id = $2 and ended_at is null").bind(identity.as_str()).bind(company.as_str()).fetch_optional(ex).await)?;
    id.as_deref().map(parsed).transpose()
}

/// Somebody of a company, as its administrators see them: never their other companies (threats.md T24).
#[derive(Clone, Debug)]
pub struct Person {
    /// Their account.
    pub account_id: AccountId,
    /// Its kind.
    pub kind: AccountKind,
    /// Their name for display.
    pub name: String,
    /// Their address, if it is proved.
    pub email: Option<String>,
    /// The names of roles for people.
    pub role_titles: String,
    /// When the account began.
    pub created_at: Timestamp,
    /// When an outsider's access ends.
    pub access_expires_at: Option<Timestamp>,
}

#[derive(FromRow)]
struct PersonRow {
    id: String,
    kind: String,
    created_at: i64,
    access_expires_at: Option<i64>,
    given_name: Option<String>,
    family_name: Option<String>,
    username: Option<String>,
    email: Option<String>,
    email_verified_at: Option<i64>,
    role_titles: Option<String>,
}

/// A page of a company's people in the order of their accounts, after one of them; with a search, those whose name or address has it.
pub async fn people(
    db: &Db,
    company: &CompanyId,
    kind: Option<AccountKind>,
    search: Option<&str>,
    after: Option<&AccountId>,
    limit: i64,
) -> sqlx::Result<Vec<Person>> {
    let rows: Vec<PersonRow> = on!(read db, |ex| sqlx::query_as("select a.id, a.kind, a.created_at, a.access_expires_at, i.given_name, i.family_name, i.username, i.email, i.email_verified_at,
           (select string_agg(r.title, ', ' order by r.title) from account_role ar join role r on r.id = ar.role_id where ar.account_id = a.id) as role_titles
         from account a join identity i on i.id = a.identity_id
         where a.company_id = $1 and a.ended_at is null and a.id > $2 and ($5 = '' or a.kind = $5)
           and (lower(coalesce(i.given_name, '') || ' ' || coalesce(i.family_name, '')) like $3 escape '\\' or coalesce(i.email_key, '') like $3 escape '\\' or coalesce(i.username_key, '') like $3 escape '\\')
         order by a.id limit $4")
        .bind(company.as_str()).bind(after.map_or("", |a| a.as_str())).bind(like(search)).bind(limit).bind(kind.map_or("", AccountKind::as_str)).fetch_all(ex).await)?;
    count_rows(rows.len());
    rows.into_iter()
        .map(|r| {
            let full: Vec<&str> = [r.given_name.as_deref(), r.family_name.as_deref()].into_iter().flatten().collect();
            let typed = r.email.clone();
            let email = r.email.filter(|_| r.email_verified_at.is_some());
            // Somebody who was added and has not answered yet has nothing but the address that was typed.
            let name = if full.is_empty() { email.clone().or(r.username).or(typed).unwrap_or_default() } else { full.join(" ") };
            Ok(Person {
                account_id: parsed(&r.id)?,
                kind: parsed(&r.kind)?,
                name,
                email,
                role_titles: r.role_titles.unwrap_or_default(),
                created_at: Timestamp::from_seconds(r.created_at),
                access_expires_at: r.access_expires_at.map(Timestamp::from_seconds),
            })
        })
        .collect()
}
