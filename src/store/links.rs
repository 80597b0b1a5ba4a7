//! One-way links, and what they reach. A link is usable only while both accounts hang on the identities that proved it
//! and the target's credential epoch is the proved one; every read computes that anew, so nothing is to be kept in step.

use sqlx::FromRow;

use super::accounts::{AccountRow, account_columns, like};
use super::companies::{company_columns, policy_of};
use super::db::{count_rows, on};
use super::{Db, OnUnique, Tx, parsed};
use crate::domain::{AccountView, Identity, LinkEnd, LinkProof, LinkState, LinkView, Profile, Wanted};
use crate::types::{AccountId, BrowserSessionId, ClientId, CompanyId, IdentityId, LinkId, RowId, Timestamp};

/// A link to be.
#[derive(Clone, Debug)]
pub struct NewLink {
    /// Its id.
    pub id: LinkId,
    /// From where, and whose that is.
    pub from: (AccountId, IdentityId),
    /// Into what, and whose that is.
    pub to: (AccountId, IdentityId),
    /// The target's credential epoch when it was proved.
    pub target_epoch: i64,
    /// How.
    pub proof: LinkProof,
}

/// There is such a link, and it is usable.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("there is such a link")]
pub struct LinkExists;

/// Joins everything that decides over `link l`: origin `o`, its company `oc` and identity `oi`, target `a`, `c`, `ti`.
macro_rules! link_joins {
    () => {
        " join account o on o.id = l.from_account_id join company oc on oc.id = o.company_id join identity oi on oi.id = o.identity_id
          join account a on a.id = l.to_account_id join company c on c.id = a.company_id join identity ti on ti.id = a.identity_id "
    };
}

/// Whether both ends can be entered at all.
macro_rules! link_ends_open {
    () => {
        " (o.ended_at is null and a.ended_at is null and oc.ended_at is null and oc.suspended_at is null and c.ended_at is null and c.suspended_at is null
           and oi.ended_at is null and oi.disabled_at is null and ti.ended_at is null and ti.disabled_at is null and not oc.forbids_links and not c.forbids_links) "
    };
}

/// Whether what was proved still holds.
macro_rules! link_proof_holds {
    () => {
        " (o.identity_id = l.from_identity_id and a.identity_id = l.to_identity_id and a.identity_id <> o.identity_id and ti.credential_epoch = l.target_epoch) "
    };
}
pub(super) use {link_ends_open, link_joins, link_proof_holds};

/// An account that an identity enters through a link.
#[derive(Clone, Debug)]
pub struct Linked {
    /// The account.
    pub account: AccountView,
    /// Through what.
    pub link: LinkId,
    /// From which of its own.
    pub origin: AccountId,
    /// Whose that is: who acts.
    pub acting: IdentityId,
    /// The origin's company, by name.
    pub origin_company: String,
    /// What the origin's company asks.
    pub origin_wants: Wanted,
}

#[derive(FromRow)]
struct LinkedRow {
    link_id: String,
    origin_id: String,
    acting_id: String,
    origin_company: String,
    origin_policy: String,
    origin_since: i64,
    #[sqlx(flatten)]
    account: AccountRow,
}

impl TryFrom<LinkedRow> for Linked {
    type Error = sqlx::Error;
    fn try_from(row: LinkedRow) -> sqlx::Result<Linked> {
        Ok(Linked {
            link: parsed(&row.link_id)?,
            origin: parsed(&row.origin_id)?,
            acting: parsed(&row.acting_id)?,
            origin_company: row.origin_company,
            origin_wants: Wanted::by(&policy_of(&row.origin_policy)?, Timestamp::from_seconds(row.origin_since)),
            account: row.account.try_into()?,
        })
    }
}

/// What a list of linked accounts is narrowed to; empty texts narrow nothing.
#[derive(Clone, Copy, Debug, Default)]
pub struct Narrow<'a> {
    /// Only companies open to this client.
    pub client: Option<&'a ClientId>,
    /// Only this company, by id or slug.
    pub company: Option<&'a str>,
    /// Only this account.
    pub account: Option<&'a AccountId>,
    /// Only through this link.
    pub link: Option<&'a LinkId>,
    /// Only companies whose name or slug has this in it.
    pub search: Option<&'a str>,
}

/// At most `limit` accounts that an identity may enter through usable links from its own accounts, last entered first.
/// Reach starts at own accounts only: what is entered never leads further (threats.md T15).
pub async fn reachable(db: &Db, identity: &IdentityId, narrow: Narrow<'_>, limit: i64) -> sqlx::Result<Vec<Linked>> {
    let rows: Vec<LinkedRow> = on!(read db, |ex| sqlx::query_as(concat!("select l.id as link_id, o.id as origin_id, o.identity_id as acting_id, oc.name as origin_company, oc.policy as origin_policy, o.created_at as origin_since, ", account_columns!(), " from link l", link_joins!(), "
         where l.from_identity_id = $1 and l.ended_at is null and", link_ends_open!(), "and", link_proof_holds!(), "
           and ($2 = '' or exists (select 1 from client k where k.id = $2 and (k.companies = 'all' or exists (select 1 from client_company kc where kc.client_id = k.id and kc.company_id = a.company_id))))
           and ($3 = '' or a.company_id = $3 or a.company_id in (select s.company_id from company_slug s where s.slug = $3))
           and ($4 = '' or a.id = $4) and ($5 = '' or l.id = $5) and (c.name_key like $6 escape '\\' or c.slug like $6 escape '\\')
         order by l.last_used_at desc, l.id limit $7"))
        .bind(identity.as_str()).bind(narrow.client.map_or("", |c| c.as_str())).bind(narrow.company.unwrap_or("")).bind(narrow.account.map_or("", |a| a.as_str()))
        .bind(narrow.link.map_or("", |l| l.as_str())).bind(like(narrow.search)).bind(limit).fetch_all(ex).await)?;
    count_rows(rows.len());
    rows.into_iter().map(TryInto::try_into).collect()
}

/// How many accounts an identity may enter through links, counted up to `most`.
pub async fn count(db: &Db, identity: &IdentityId, most: i64) -> sqlx::Result<i64> {
    on!(read db, |ex| sqlx::query_scalar(concat!("select count(*) from (select 1 from link l", link_joins!(), " where l.from_identity_id = $1 and l.ended_at is null and", link_ends_open!(), "and", link_proof_holds!(), " limit $2) few")).bind(identity.as_str()).bind(most).fetch_one(ex).await)
}

#[derive(FromRow)]
struct ViewRow {
    id: String,
    from_account_id: String,
    to_account_id: String,
    created_at: i64,
    last_used_at: i64,
    open: bool,
    proved: bool,
    from_identity: String,
    from_company: String,
    from_given: Option<String>,
    from_family: Option<String>,
    from_username: Option<String>,
    from_email: Option<String>,
    from_verified: Option<i64>,
    to_identity: String,
    to_company: String,
    to_given: Option<String>,
    to_family: Option<String>,
    to_username: Option<String>,
    to_email: Option<String>,
    to_verified: Option<i64>,
}

macro_rules! link_view {
    () => {
        concat!(
            "select l.id, l.from_account_id, l.to_account_id, l.created_at, l.last_used_at, ",
            link_ends_open!(),
            " as open, ",
            link_proof_holds!(),
            " as proved, oi.id as from_identity, oc.name as from_company, oi.given_name as from_given, oi.family_name as from_family, oi.username as from_username, oi.email as from_email, oi.email_verified_at as from_verified,
               ti.id as to_identity, c.name as to_company, ti.given_name as to_given, ti.family_name as to_family, ti.username as to_username, ti.email as to_email, ti.email_verified_at as to_verified from link l",
            link_joins!()
        )
    };
}

fn end(
    account: &str,
    identity: &str,
    company: String,
    names: (Option<String>, Option<String>),
    username: Option<String>,
    email: Option<String>,
    verified: Option<i64>,
) -> sqlx::Result<LinkEnd> {
    let person = Identity {
        id: parsed(identity)?,
        username,
        email,
        email_verified_at: verified.map(Timestamp::from_seconds),
        profile: Profile { given_name: names.0, family_name: names.1, ..Profile::default() },
        closed_at: None,
    };
    Ok(LinkEnd { account_id: parsed(account)?, owner: person.name_for_others(), identity_id: person.id, company })
}

impl TryFrom<ViewRow> for LinkView {
    type Error = sqlx::Error;
    fn try_from(r: ViewRow) -> sqlx::Result<LinkView> {
        Ok(LinkView {
            id: parsed(&r.id)?,
            from: end(&r.from_account_id, &r.from_identity, r.from_company, (r.from_given, r.from_family), r.from_username, r.from_email, r.from_verified)?,
            to: end(&r.to_account_id, &r.to_identity, r.to_company, (r.to_given, r.to_family), r.to_username, r.to_email, r.to_verified)?,
            state: match (r.open, r.proved) {
                (true, true) => LinkState::Usable,
                (true, false) => LinkState::Resting,
                (false, _) => LinkState::Unavailable,
            },
            created_at: Timestamp::from_seconds(r.created_at),
            last_used_at: Some(r.last_used_at).filter(|t| *t > 0).map(Timestamp::from_seconds),
        })
    }
}

/// A live link.
pub async fn find(db: &Db, id: &LinkId) -> sqlx::Result<Option<LinkView>> {
    let row: Option<ViewRow> =
        on!(read db, |ex| sqlx::query_as(concat!(link_view!(), " where l.id = $1 and l.ended_at is null")).bind(id.as_str()).fetch_optional(ex).await)?;
    row.map(TryInto::try_into).transpose()
}

/// A page of the links that lead out of an identity's accounts, whatever their state.
pub async fn out_of(db: &Db, identity: &IdentityId, search: Option<&str>, limit: i64) -> sqlx::Result<Vec<LinkView>> {
    let rows: Vec<ViewRow> = on!(read db, |ex| sqlx::query_as(concat!(link_view!(), " where o.identity_id = $1 and o.ended_at is null and l.ended_at is null and a.identity_id <> o.identity_id and (c.name_key like $2 escape '\\' or oc.name_key like $2 escape '\\') order by l.last_used_at desc, l.id limit $3"))
        .bind(identity.as_str()).bind(like(search)).bind(limit).fetch_all(ex).await)?;
    count_rows(rows.len());
    rows.into_iter().map(TryInto::try_into).collect()
}

/// A page of the links that lead into an identity's accounts: who can enter them, and when they last did.
pub async fn into(db: &Db, identity: &IdentityId, search: Option<&str>, limit: i64) -> sqlx::Result<Vec<LinkView>> {
    let rows: Vec<ViewRow> = on!(read db, |ex| sqlx::query_as(concat!(link_view!(), " where a.identity_id = $1 and a.ended_at is null and l.ended_at is null and a.identity_id <> o.identity_id and (c.name_key like $2 escape '\\' or oc.name_key like $2 escape '\\') order by l.created_at desc, l.id limit $3"))
        .bind(identity.as_str()).bind(like(search)).bind(limit).fetch_all(ex).await)?;
    count_rows(rows.len());
    rows.into_iter().map(TryInto::try_into).collect()
}

/// A page of all links of an account, out and in, the newest first.
pub async fn of_account(db: &Db, account: &AccountId, after: Option<&LinkId>, limit: i64) -> sqlx::Result<Vec<LinkView>> {
    let rows: Vec<ViewRow> = on!(read db, |ex| sqlx::query_as(concat!(link_view!(), " where (o.id = $1 or a.id = $1) and o.ended_at is null and a.ended_at is null and l.ended_at is null and a.identity_id <> o.identity_id and ($2 = '' or l.id < $2) order by l.id desc limit $3"))
        .bind(account.as_str()).bind(after.map_or("", |a| a.as_str())).bind(limit).fetch_all(ex).await)?;
    count_rows(rows.len());
    rows.into_iter().map(TryInto::try_into).collect()
}

/// Whether one of two companies keeps its accounts out of links, and whether there is a usable link already.
pub async fn obstacles(db: &Db, from: &AccountId, to: &AccountId) -> sqlx::Result<(bool, bool)> {
    let forbidden: i64 = on!(read db, |ex| sqlx::query_scalar("select count(*) from account x join company k on k.id = x.company_id where x.id in ($1, $2) and k.forbids_links").bind(from.as_str()).bind(to.as_str()).fetch_one(ex).await)?;
    let exists: i64 = on!(read db, |ex| sqlx::query_scalar(concat!("select count(*) from link l", link_joins!(), " where l.from_account_id = $1 and l.to_account_id = $2 and l.ended_at is null and", link_proof_holds!())).bind(from.as_str()).bind(to.as_str()).fetch_one(ex).await)?;
    Ok((forbidden > 0, exists > 0))
}

/// Adds a link; one between the same accounts that rests is replaced. Refused when a usable one is there.
pub async fn add(tx: &mut Tx, new: &NewLink, now: Timestamp) -> sqlx::Result<Result<(), LinkExists>> {
    on!(tx tx, |ex| sqlx::query("update link set ended_at = $3, ended_by = 'proved-again' where from_account_id = $1 and to_account_id = $2 and ended_at is null
           and (from_identity_id <> $4 or to_identity_id <> $5 or target_epoch <> $6)")
        .bind(new.from.0.as_str()).bind(new.to.0.as_str()).bind(now.seconds()).bind(new.from.1.as_str()).bind(new.to.1.as_str()).bind(new.target_epoch)
        .execute(ex).await.map(|r| r.rows_affected()))?;
    on!(tx tx, |ex| sqlx::query("insert into link (id, from_account_id, to_account_id, from_identity_id, to_identity_id, target_epoch, proved_by, created_at, proved_at, last_used_at) values ($1, $2, $3, $4, $5, $6, $7, $8, $8, 0)")
        .bind(new.id.as_str()).bind(new.from.0.as_str()).bind(new.to.0.as_str()).bind(new.from.1.as_str()).bind(new.to.1.as_str()).bind(new.target_epoch).bind(new.proof.as_str()).bind(now.seconds())
        .execute(ex).await.map(|r| r.rows_affected()))
    .map(drop)
    .on_unique(|| LinkExists)
}

/// Ends a link; false when it had ended.
pub async fn end_one(tx: &mut Tx, id: &LinkId, by: &str, now: Timestamp) -> sqlx::Result<bool> {
    on!(tx tx, |ex| sqlx::query("update link set ended_at = $2, ended_by = $3 where id = $1 and ended_at is null").bind(id.as_str()).bind(now.seconds()).bind(by).execute(ex).await.map(|r| r.rows_affected() == 1))
}

/// The target's owner confirms a resting link: it holds for the identities and the credentials as they are now.
pub async fn confirm(tx: &mut Tx, id: &LinkId, owner: &IdentityId, now: Timestamp) -> sqlx::Result<bool> {
    on!(tx tx, |ex| sqlx::query("update link set proved_at = $3, proved_by = 'grant', to_identity_id = $2,
           from_identity_id = (select o.identity_id from account o where o.id = link.from_account_id),
           target_epoch = (select i.credential_epoch from identity i where i.id = $2)
         where id = $1 and ended_at is null and exists (select 1 from account a where a.id = link.to_account_id and a.identity_id = $2 and a.ended_at is null)")
        .bind(id.as_str()).bind(owner.as_str()).bind(now.seconds()).execute(ex).await.map(|r| r.rows_affected() == 1))
}

/// Notes that a link was entered.
pub async fn touch(tx: &mut Tx, id: &LinkId, now: Timestamp) -> sqlx::Result<()> {
    on!(tx tx, |ex| sqlx::query("update link set last_used_at = $2 where id = $1 and last_used_at < $2").bind(id.as_str()).bind(now.seconds()).execute(ex).await.map(drop))
}

/// A proof that waits for the account to be picked.
#[derive(Clone, Debug)]
pub struct Proof {
    /// From where the link will lead.
    pub from: AccountId,
    /// Whose password was shown.
    pub target: IdentityId,
    /// Their credential epoch then.
    pub epoch: i64,
    /// Whether their second factor is still to be shown (threats.md T17).
    pub needs_factor: bool,
}

/// Keeps a proof for the browser in which it was given.
pub async fn keep_proof(tx: &mut Tx, id: &RowId, browser: &BrowserSessionId, proof: &Proof, expires_at: Timestamp, now: Timestamp) -> sqlx::Result<()> {
    on!(tx tx, |ex| sqlx::query("insert into link_proof (id, browser_session_id, from_account_id, to_identity_id, target_epoch, created_at, expires_at, needs_factor) values ($1, $2, $3, $4, $5, $6, $7, $8)")
        .bind(id.as_str()).bind(browser.as_str()).bind(proof.from.as_str()).bind(proof.target.as_str()).bind(proof.epoch).bind(now.seconds()).bind(expires_at.seconds()).bind(proof.needs_factor).execute(ex).await.map(drop))
}

/// A proof given in this browser that still counts.
pub async fn proof(db: &Db, id: &RowId, browser: &BrowserSessionId, now: Timestamp) -> sqlx::Result<Option<Proof>> {
    let row: Option<(String, String, i64, bool)> = on!(read db, |ex| sqlx::query_as("select p.from_account_id, p.to_identity_id, p.target_epoch, p.needs_factor from link_proof p join identity i on i.id = p.to_identity_id
         where p.id = $1 and p.browser_session_id = $2 and p.used_at is null and p.expires_at > $3 and i.credential_epoch = p.target_epoch and i.ended_at is null and i.disabled_at is null")
        .bind(id.as_str()).bind(browser.as_str()).bind(now.seconds()).fetch_optional(ex).await)?;
    row.map(|(from, target, epoch, needs_factor)| Ok(Proof { from: parsed(&from)?, target: parsed(&target)?, epoch, needs_factor })).transpose()
}

/// Uses a proof up, once.
pub async fn consume_proof(tx: &mut Tx, id: &RowId, browser: &BrowserSessionId, now: Timestamp) -> sqlx::Result<bool> {
    on!(tx tx, |ex| sqlx::query("update link_proof set used_at = $3 where id = $1 and browser_session_id = $2 and used_at is null and not needs_factor and expires_at > $3").bind(id.as_str()).bind(browser.as_str()).bind(now.seconds()).execute(ex).await.map(|r| r.rows_affected() == 1))
}

/// Notes that the second factor was shown too; false when the proof is over.
pub async fn prove_factor(tx: &mut Tx, id: &RowId, browser: &BrowserSessionId, now: Timestamp) -> sqlx::Result<bool> {
    on!(tx tx, |ex| sqlx::query("update link_proof set needs_factor = false where id = $1 and browser_session_id = $2 and used_at is null and needs_factor and expires_at > $3").bind(id.as_str()).bind(browser.as_str()).bind(now.seconds()).execute(ex).await.map(|r| r.rows_affected() == 1))
}

/// Which live links.
#[derive(Clone, Copy, Debug)]
pub enum Touching<'a> {
    /// Those into the accounts of an identity.
    Into(&'a IdentityId),
    /// Those out of or into one account.
    Account(&'a AccountId),
    /// Those out of or into any account of a company.
    Company(&'a CompanyId),
}

/// Their ids.
pub async fn touching(tx: &mut Tx, which: Touching<'_>) -> sqlx::Result<Vec<LinkId>> {
    let ids: Vec<String> = match which {
        Touching::Into(identity) => {
            on!(tx tx, |ex| sqlx::query_scalar("select l.id from link l join account a on a.id = l.to_account_id where a.identity_id = $1 and l.ended_at is null order by l.id").bind(identity.as_str()).fetch_all(ex).await)?
        }
        Touching::Company(company) => {
            on!(tx tx, |ex| sqlx::query_scalar("select l.id from link l where l.ended_at is null and exists (select 1 from account a where a.company_id = $1 and a.id in (l.from_account_id, l.to_account_id)) order by l.id").bind(company.as_str()).fetch_all(ex).await)?
        }
        Touching::Account(account) => {
            on!(tx tx, |ex| sqlx::query_scalar("select id from link where (from_account_id = $1 or to_account_id = $1) and ended_at is null order by id").bind(account.as_str()).fetch_all(ex).await)?
        }
    };
    ids.iter().map(|id| parsed(id)).collect()
}

/// Ends every link out of or into an account.
pub async fn end_of_account(tx: &mut Tx, account: &AccountId, by: &str, now: Timestamp) -> sqlx::Result<()> {
    on!(tx tx, |ex| sqlx::query("update link set ended_at = $2, ended_by = $3 where (from_account_id = $1 or to_account_id = $1) and ended_at is null").bind(account.as_str()).bind(now.seconds()).bind(by).execute(ex).await.map(drop))
}
