//! Two identities become one, and for a while two again.

use std::collections::{HashMap, HashSet};

use sqlx::FromRow;

use super::db::on;
use super::{Db, OnUnique, Tx, parsed};
use crate::domain::Level;
use crate::types::{AccountId, IdentityId, RowId, Timestamp};

/// Holds identities for the rest of the transaction, always in the order of their ids (threats.md T13).
pub async fn hold(tx: &mut Tx, ids: &[&IdentityId]) -> sqlx::Result<()> {
    let mut sorted: Vec<&str> = ids.iter().map(|id| id.as_str()).collect();
    sorted.sort_unstable();
    for id in sorted {
        on!(tx tx, |ex| sqlx::query("update identity set credential_epoch = credential_epoch where id = $1").bind(id).execute(ex).await.map(|r| r.rows_affected()))?;
    }
    Ok(())
}

/// What a consolidation looks at, read where it is decided.
#[derive(Clone, Debug, FromRow)]
pub struct Side {
    /// The address, in its owner's spelling.
    pub email: Option<String>,
    /// When it was proved.
    pub email_verified_at: Option<i64>,
    /// The username.
    pub username: Option<String>,
    /// Whether the identity can act.
    pub open: bool,
}

/// One side.
pub async fn side(tx: &mut Tx, id: &IdentityId) -> sqlx::Result<Option<Side>> {
    on!(tx tx, |ex| sqlx::query_as("select email, email_verified_at, username, (ended_at is null and disabled_at is null) as open from identity where id = $1").bind(id.as_str()).fetch_optional(ex).await)
}

/// A company in which both have a live account, by name.
pub async fn common_company(tx: &mut Tx, a: &IdentityId, b: &IdentityId) -> sqlx::Result<Option<String>> {
    on!(tx tx, |ex| sqlx::query_scalar("select c.name from account x join account y on y.company_id = x.company_id and y.identity_id = $2 and y.ended_at is null join company c on c.id = x.company_id where x.identity_id = $1 and x.ended_at is null order by c.id limit 1")
        .bind(a.as_str()).bind(b.as_str()).fetch_optional(ex).await)
}

/// The same for a page that only looks.
pub async fn common_company_now(db: &Db, a: &IdentityId, b: &IdentityId) -> sqlx::Result<Option<String>> {
    on!(read db, |ex| sqlx::query_scalar("select c.name from account x join account y on y.company_id = x.company_id and y.identity_id = $2 and y.ended_at is null join company c on c.id = x.company_id where x.identity_id = $1 and x.ended_at is null order by c.id limit 1")
        .bind(a.as_str()).bind(b.as_str()).fetch_optional(ex).await)
}

/// Others have proved the same address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the address is another identity's login address")]
pub struct NotUnique;

/// Makes the primary's address its login address. The username goes, unless others had proved the same address before.
/// What it was comes back: the username and its key, and whether the address was made the login address now.
pub async fn make_primary(
    tx: &mut Tx,
    primary: &IdentityId,
    absorbed: &IdentityId,
    now: Timestamp,
) -> sqlx::Result<Result<(Option<String>, Option<String>, bool), NotUnique>> {
    let before: (Option<String>, Option<String>, Option<String>, Option<String>) = on!(tx tx, |ex| sqlx::query_as("select username, username_key, email_key, login_email_key from identity where id = $1").bind(primary.as_str()).fetch_one(ex).await)?;
    let (username, username_key, email_key, login_key) = before;
    let others: i64 = on!(tx tx, |ex| sqlx::query_scalar("select count(*) from identity where (email_key = $1 and email_verified_at is not null or username_key = $1) and id not in ($2, $3) and ended_at is null").bind(email_key.as_deref()).bind(primary.as_str()).bind(absorbed.as_str()).fetch_one(ex).await)?;
    let drops = others == 0;
    // The same address may have been the login address of the absorbed one, whose names are frozen now.
    on!(tx tx, |ex| sqlx::query("update identity set login_email_key = null where id = $1 and login_email_key = $2").bind(absorbed.as_str()).bind(email_key.as_deref()).execute(ex).await.map(|r| r.rows_affected()))?;
    let set = on!(tx tx, |ex| sqlx::query("update identity set login_email_key = email_key, managed_by = null, profile_updated_at = $2,
           username = case when $3 then null else username end, username_key = case when $3 then null else username_key end
         where id = $1").bind(primary.as_str()).bind(now.seconds()).bind(drops).execute(ex).await.map(|r| r.rows_affected()))
    .map(drop)
    .on_unique(|| NotUnique)?;
    let kept = if drops { (username, username_key) } else { (None, None) };
    Ok(set.map(|()| (kept.0, kept.1, login_key.is_none())))
}

/// Moves all live accounts; their ids come back.
pub async fn move_accounts(tx: &mut Tx, from: &IdentityId, to: &IdentityId) -> sqlx::Result<Vec<AccountId>> {
    let ids: Vec<String> = on!(tx tx, |ex| sqlx::query_scalar("update account set identity_id = $2 where identity_id = $1 and ended_at is null returning id").bind(from.as_str()).bind(to.as_str()).fetch_all(ex).await)?;
    ids.iter().map(|id| parsed(id)).collect()
}

/// A consolidation that was made.
#[derive(Clone, Debug)]
pub struct NewConsolidation {
    /// Its id.
    pub id: RowId,
    /// Who took over.
    pub primary: IdentityId,
    /// Who was taken over.
    pub absorbed: IdentityId,
    /// The primary's username, if it went.
    pub primary_username: (Option<String>, Option<String>),
    /// What the primary owed already (threats.md T11).
    pub primary_floor: Level,
    /// Whether the primary's address became its login address now.
    pub made_login_email: bool,
    /// Until when it can be undone.
    pub undo_until: Timestamp,
}

/// Writes down what was done, and freezes the absorbed identity as it was. For the accounts that moved, and no others, the
/// ledger remembers the subjects that apps knew (threats.md T14).
pub async fn add(tx: &mut Tx, new: &NewConsolidation, accounts: &[AccountId], now: Timestamp) -> sqlx::Result<()> {
    on!(tx tx, |ex| sqlx::query("insert into consolidation (id, primary_identity_id, absorbed_identity_id, primary_username, primary_username_key, made_login_email, created_at, undo_until, primary_floor) values ($1, $2, $3, $4, $5, $6, $7, $8, $9)")
        .bind(new.id.as_str()).bind(new.primary.as_str()).bind(new.absorbed.as_str()).bind(new.primary_username.0.as_deref()).bind(new.primary_username.1.as_deref()).bind(new.made_login_email).bind(now.seconds()).bind(new.undo_until.seconds()).bind(new.primary_floor.as_str())
        .execute(ex).await.map(|r| r.rows_affected()))?;
    for account in accounts {
        on!(tx tx, |ex| sqlx::query("insert into consolidation_account (consolidation_id, account_id, roles, permissions) values ($1, $2,
           (select coalesce(string_agg(r.name, ' ' order by r.name), '') from account_role ar join role r on r.id = ar.role_id where ar.account_id = $2),
           (select coalesce(string_agg(p.permission, ' ' order by p.permission), '') from account_permission p where p.account_id = $2))").bind(new.id.as_str()).bind(account.as_str()).execute(ex).await.map(|r| r.rows_affected()))?;
    }
    on!(tx tx, |ex| sqlx::query("update issued_subject set former_subject = coalesce(former_subject, subject) where account_id in (select k.account_id from consolidation_account k where k.consolidation_id = $1)").bind(new.id.as_str()).execute(ex).await.map(|r| r.rows_affected()))?;
    on!(tx tx, |ex| sqlx::query("update identity set ended_at = $2, absorbed_into = $3, managed_by = null where id = $1").bind(new.absorbed.as_str()).bind(now.seconds()).bind(new.primary.as_str()).execute(ex).await.map(drop))
}

/// A consolidation that can still be undone.
#[derive(Clone, Debug)]
pub struct Undoable {
    /// Its id.
    pub id: RowId,
    /// Who took over.
    pub primary: IdentityId,
    /// Who was taken over.
    pub absorbed: IdentityId,
    /// The frozen password.
    pub password_hash: Option<String>,
    /// The frozen address.
    pub email: Option<String>,
    /// Until when.
    pub until: Timestamp,
}

/// The consolidation that absorbed this identity, while it can be undone.
pub async fn undoable(db: &Db, absorbed: &IdentityId, now: Timestamp) -> sqlx::Result<Option<Undoable>> {
    type Row = (String, String, Option<String>, Option<String>, i64);
    let row: Option<Row> = on!(read db, |ex| sqlx::query_as("select c.id, c.primary_identity_id, i.password_hash, i.email, c.undo_until from consolidation c join identity i on i.id = c.absorbed_identity_id
         where c.absorbed_identity_id = $1 and c.undone_at is null and c.erased_at is null and c.undo_until > $2 order by c.id desc limit 1").bind(absorbed.as_str()).bind(now.seconds()).fetch_optional(ex).await)?;
    row.map(|(id, primary, password_hash, email, until)| {
        Ok(Undoable { id: parsed(&id)?, primary: parsed(&primary)?, absorbed: absorbed.clone(), password_hash, email, until: Timestamp::from_seconds(until) })
    })
    .transpose()
}

/// Who holds now what a primary took over: it may have been absorbed itself since.
pub async fn holder(db: &Db, primary: &IdentityId) -> sqlx::Result<IdentityId> {
    let mut at = primary.clone();
    // As long as any chain can be within 72 hours; a circle is impossible, for an absorbed identity cannot accept.
    for _ in 0..100 {
        let next: Option<Option<String>> =
            on!(read db, |ex| sqlx::query_scalar("select absorbed_into from identity where id = $1").bind(at.as_str()).fetch_optional(ex).await)?;
        match next.flatten() {
            Some(next) => at = parsed(&next)?,
            None => break,
        }
    }
    Ok(at)
}

/// What an account that would go back was given after it moved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Later {
    /// The account.
    pub account_id: AccountId,
    /// Its company, by name.
    pub company: String,
    /// Roles given since, by name and name for people.
    pub roles: Vec<(String, String)>,
    /// Single permissions given since.
    pub permissions: Vec<String>,
    /// How many links out of it or into it were made since: they rest until confirmed.
    pub links: i64,
    /// How many invitations were sent from it since and wait: they count for nothing.
    pub invitations: i64,
}

impl Later {
    /// Whether there is anything to tell.
    pub fn is_nothing(&self) -> bool {
        self.roles.is_empty() && self.permissions.is_empty() && self.links == 0 && self.invitations == 0
    }
}

/// What came later to these accounts of an undo; those moved before this was written down have nothing to compare with. Read in the
/// transaction that acts on it, so that nothing slips in between.
pub async fn later(tx: &mut Tx, undo: &Undoable, accounts: &[AccountId]) -> sqlx::Result<Vec<Later>> {
    type Row = (String, String, Option<String>, Option<String>, i64, i64);
    let rows: Vec<Row> = on!(tx tx, |ex| sqlx::query_as("select a.id, co.name, k.roles, k.permissions,
           (select count(*) from link l where (l.from_account_id = a.id or l.to_account_id = a.id) and l.ended_at is null and l.created_at >= c.created_at),
           (select count(*) from invitation v where v.inviter_account_id = a.id and v.accepted_at is null and v.ended_at is null and v.created_at >= c.created_at)
         from consolidation_account k join consolidation c on c.id = k.consolidation_id join account a on a.id = k.account_id join company co on co.id = a.company_id
         where k.consolidation_id = $1 and a.ended_at is null order by a.id").bind(undo.id.as_str()).fetch_all(ex).await)?;
    let now_roles: Vec<(String, String, String)> = on!(tx tx, |ex| sqlx::query_as("select ar.account_id, r.name, r.title from account_role ar join role r on r.id = ar.role_id join consolidation_account k on k.account_id = ar.account_id where k.consolidation_id = $1 order by r.title, r.name").bind(undo.id.as_str()).fetch_all(ex).await)?;
    let now_permissions: Vec<(String, String)> = on!(tx tx, |ex| sqlx::query_as("select p.account_id, p.permission from account_permission p join consolidation_account k on k.account_id = p.account_id where k.consolidation_id = $1 order by p.permission").bind(undo.id.as_str()).fetch_all(ex).await)?;
    let going: HashSet<&str> = accounts.iter().map(|a| a.as_str()).collect();
    let mut roles_of: HashMap<String, Vec<(String, String)>> = HashMap::new();
    for (account, name, title) in now_roles {
        roles_of.entry(account).or_default().push((name, title));
    }
    let mut permissions_of: HashMap<String, Vec<String>> = HashMap::new();
    for (account, permission) in now_permissions {
        permissions_of.entry(account).or_default().push(permission);
    }
    let known = |before: &Option<String>, name: &str| before.as_deref().is_none_or(|text| text.split(' ').any(|n| n == name));
    let mut found = Vec::new();
    for (id, company, roles, permissions, links, invitations) in rows.into_iter().filter(|row| going.contains(row.0.as_str())) {
        let later = Later {
            account_id: parsed(&id)?,
            company,
            roles: roles_of.remove(&id).unwrap_or_default().into_iter().filter(|(name, _)| !known(&roles, name)).collect(),
            permissions: permissions_of.remove(&id).unwrap_or_default().into_iter().filter(|p| !known(&permissions, p)).collect(),
            links,
            invitations,
        };
        if !later.is_nothing() {
            found.push(later);
        }
    }
    Ok(found)
}

/// The accounts that an undo gives back: the listed ones that are still there and hang on who holds them now.
pub async fn to_give_back(tx: &mut Tx, undo: &Undoable, holder: &IdentityId) -> sqlx::Result<Vec<AccountId>> {
    let ids: Vec<String> = on!(tx tx, |ex| sqlx::query_scalar("select a.id from consolidation_account k join account a on a.id = k.account_id where k.consolidation_id = $1 and a.identity_id = $2 and a.ended_at is null order by a.id").bind(undo.id.as_str()).bind(holder.as_str()).fetch_all(ex).await)?;
    ids.iter().map(|id| parsed(id)).collect()
}

/// Undoes, once: the old identity lives again with everything it had, and its accounts go back.
pub async fn undo(tx: &mut Tx, undo: &Undoable, holder: &IdentityId, accounts: &[AccountId], now: Timestamp) -> sqlx::Result<bool> {
    let first = on!(tx tx, |ex| sqlx::query("update consolidation set undone_at = $2 where id = $1 and undone_at is null and erased_at is null and undo_until > $2").bind(undo.id.as_str()).bind(now.seconds()).execute(ex).await.map(|r| r.rows_affected()))?;
    if first != 1 {
        return Ok(false);
    }
    on!(tx tx, |ex| sqlx::query("update identity set ended_at = null, absorbed_into = null, credential_epoch = credential_epoch + 1 where id = $1").bind(undo.absorbed.as_str()).execute(ex).await.map(|r| r.rows_affected()))?;
    for account in accounts {
        // What took it further is no longer about it: an undo of that gives it to nobody else.
        on!(tx tx, |ex| sqlx::query("delete from consolidation_account where account_id = $1 and consolidation_id in (select c.id from consolidation c where c.id > $2 and c.undone_at is null)").bind(account.as_str()).bind(undo.id.as_str()).execute(ex).await.map(|r| r.rows_affected()))?;
        on!(tx tx, |ex| sqlx::query("update account set identity_id = $2 where id = $1").bind(account.as_str()).bind(undo.absorbed.as_str()).execute(ex).await.map(|r| r.rows_affected()))?;
    }
    // The primary owes no more than before, once no other consolidation stands; those before this was written down leave it as it is.
    let former: Option<Option<String>> = on!(tx tx, |ex| sqlx::query_scalar("select c.primary_floor from consolidation c where c.id = $1 and not exists (select 1 from consolidation o where o.primary_identity_id = c.primary_identity_id and o.undone_at is null)").bind(undo.id.as_str()).fetch_optional(ex).await)?;
    if let Some(Some(former)) = former {
        let owed = super::authenticators::floor(tx, &undo.primary).await?;
        super::authenticators::set_floor(tx, &undo.primary, owed.min(parsed(&former)?)).await?;
    }
    // Second factors that its owner took along come back.
    super::authenticators::move_back(tx, &undo.absorbed).await?;
    // What the ledger remembered for this consolidation alone is forgotten: apps know the person by the old subject again.
    on!(tx tx, |ex| sqlx::query("update issued_subject set former_subject = imported_subject where account_id in (select k.account_id from consolidation_account k where k.consolidation_id = $1)
           and not exists (select 1 from consolidation_account o join consolidation c on c.id = o.consolidation_id where o.account_id = issued_subject.account_id and c.id <> $1 and c.undone_at is null)").bind(undo.id.as_str()).execute(ex).await.map(|r| r.rows_affected()))?;
    // The login address stays while another consolidation stands on it, and goes with the last one.
    on!(tx tx, |ex| sqlx::query("update consolidation set made_login_email = true where primary_identity_id = $1 and id <> $2 and undone_at is null and exists (select 1 from consolidation c where c.id = $2 and c.made_login_email)").bind(undo.primary.as_str()).bind(undo.id.as_str()).execute(ex).await.map(|r| r.rows_affected()))?;
    // An absorbed one that was a primary itself has its login address back, from whoever took over the same address.
    let had: Option<Option<String>> = on!(tx tx, |ex| sqlx::query_scalar("select i.email_key from identity i where i.id = $1 and i.login_email_key is null and i.email_verified_at is not null and exists (select 1 from consolidation c where c.primary_identity_id = $1 and c.undone_at is null)").bind(undo.absorbed.as_str()).fetch_optional(ex).await)?;
    if let Some(key) = had.flatten() {
        on!(tx tx, |ex| sqlx::query("update identity set login_email_key = null where login_email_key = $1 and id in ($2, $3)").bind(&key).bind(undo.primary.as_str()).bind(holder.as_str()).execute(ex).await.map(|r| r.rows_affected()))?;
        on!(tx tx, |ex| sqlx::query("update identity set login_email_key = $2 where id = $1 and not exists (select 1 from identity o where o.login_email_key = $2)").bind(undo.absorbed.as_str()).bind(&key).execute(ex).await.map(|r| r.rows_affected()))?;
    }
    // The primary's address stays its login address while another consolidation stands on it; its username comes back if it is free.
    on!(tx tx, |ex| sqlx::query("update identity set login_email_key = null where id = $1 and exists (select 1 from consolidation c where c.id = $2 and c.made_login_email)
           and not exists (select 1 from consolidation o where o.primary_identity_id = $1 and o.undone_at is null)").bind(undo.primary.as_str()).bind(undo.id.as_str()).execute(ex).await.map(|r| r.rows_affected()))?;
    on!(tx tx, |ex| sqlx::query("update identity set username = (select c.primary_username from consolidation c where c.id = $2), username_key = (select c.primary_username_key from consolidation c where c.id = $2)
         where id = $1 and username is null and (select c.primary_username_key from consolidation c where c.id = $2) is not null
           and not exists (select 1 from identity u where u.username_key = (select c.primary_username_key from consolidation c where c.id = $2))").bind(undo.primary.as_str()).bind(undo.id.as_str()).execute(ex).await.map(|r| r.rows_affected()))?;
    Ok(true)
}

/// Whether an account came by a consolidation that can still be undone: it cannot be split off or closed meanwhile.
pub async fn is_frozen(db: &Db, account: &AccountId, now: Timestamp) -> sqlx::Result<bool> {
    let n: i64 = on!(read db, |ex| sqlx::query_scalar("select count(*) from consolidation_account k join consolidation c on c.id = k.consolidation_id where k.account_id = $1 and c.undone_at is null and c.undo_until > $2").bind(account.as_str()).bind(now.seconds()).fetch_one(ex).await)?;
    Ok(n > 0)
}

/// When an account was moved by a consolidation that can still be undone.
pub async fn frozen_since(db: &Db, account: &AccountId, now: Timestamp) -> sqlx::Result<Option<Timestamp>> {
    let at: Option<i64> = on!(read db, |ex| sqlx::query_scalar("select min(c.created_at) from consolidation_account k join consolidation c on c.id = k.consolidation_id where k.account_id = $1 and c.undone_at is null and c.undo_until > $2").bind(account.as_str()).bind(now.seconds()).fetch_one(ex).await)?;
    Ok(at.map(Timestamp::from_seconds))
}

/// The address that signed in to an account before the last consolidation that moved it.
pub async fn former_address(db: &Db, account: &AccountId) -> sqlx::Result<Option<String>> {
    let address: Option<Option<String>> = on!(read db, |ex| sqlx::query_scalar("select i.email from consolidation_account k join consolidation c on c.id = k.consolidation_id join identity i on i.id = c.absorbed_identity_id where k.account_id = $1 and c.undone_at is null order by c.id desc limit 1").bind(account.as_str()).fetch_optional(ex).await)?;
    Ok(address.flatten())
}

/// Whether accounts of sign-ins that this one took over hang on it still (threats.md T22).
pub async fn carries_others(db: &Db, primary: &IdentityId) -> sqlx::Result<bool> {
    let n: i64 = on!(read db, |ex| sqlx::query_scalar("select count(*) from consolidation c join consolidation_account k on k.consolidation_id = c.id join account a on a.id = k.account_id where a.identity_id = $1 and a.ended_at is null and c.undone_at is null").bind(primary.as_str()).fetch_one(ex).await)?;
    Ok(n > 0)
}

/// Erases the secrets of absorbed identities whose undo is over, and frees their names 90 days later.
pub async fn erase(tx: &mut Tx, names_freed_before: Timestamp, now: Timestamp) -> sqlx::Result<()> {
    on!(tx tx, |ex| sqlx::query("update identity set password_hash = null, given_name = null, family_name = null, name_key = null, family_key = null, mobile = null, mobile_verified_at = null, time_zone = null where absorbed_into is not null and password_hash is not null
           and id in (select absorbed_identity_id from consolidation where undone_at is null and erased_at is null and undo_until <= $1)").bind(now.seconds()).execute(ex).await.map(|r| r.rows_affected()))?;
    on!(tx tx, |ex| sqlx::query("delete from authenticator where identity_id in (select absorbed_identity_id from consolidation where undone_at is null and erased_at is null and undo_until <= $1)").bind(now.seconds()).execute(ex).await.map(|r| r.rows_affected()))?;
    on!(tx tx, |ex| sqlx::query("delete from recovery_code where identity_id in (select absorbed_identity_id from consolidation where undone_at is null and erased_at is null and undo_until <= $1)").bind(now.seconds()).execute(ex).await.map(|r| r.rows_affected()))?;
    on!(tx tx, |ex| sqlx::query("update authenticator set moved_from = null where moved_from in (select absorbed_identity_id from consolidation where undone_at is null and erased_at is null and undo_until <= $1)").bind(now.seconds()).execute(ex).await.map(|r| r.rows_affected()))?;
    on!(tx tx, |ex| sqlx::query("update consolidation set erased_at = $1 where undone_at is null and erased_at is null and undo_until <= $1").bind(now.seconds()).execute(ex).await.map(|r| r.rows_affected()))?;
    on!(tx tx, |ex| sqlx::query("update identity set username = null, username_key = null, email = null, email_key = null, email_verified_at = null, login_email_key = null where absorbed_into is not null and (username_key is not null or email_key is not null)
           and id in (select absorbed_identity_id from consolidation where undone_at is null and erased_at is not null and undo_until <= $1)").bind(names_freed_before.seconds()).execute(ex).await.map(drop))
}
