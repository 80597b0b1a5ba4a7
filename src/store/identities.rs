//! Identities, found by what people type.

use sqlx::FromRow;

use super::authenticators::of_words;
use super::db::on;
use super::{Db, LOOKED_AT, OnUnique, Tx, parsed};
use crate::domain::{Enrolled, Identity, Level, Profile, SignInName};
use crate::types::{CompanyId, EmailAddress, IdentityId, Locale, Timestamp, Username};

/// The username belongs to somebody.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("this username is taken")]
pub struct UsernameTaken;

/// An identity to be.
#[derive(Clone, Debug)]
pub struct NewIdentity {
    /// Its id.
    pub id: IdentityId,
    /// A name to sign in with.
    pub username: Option<Username>,
    /// An address.
    pub email: Option<EmailAddress>,
    /// Whether the operator vouches for the address.
    pub email_verified: bool,
    /// A PHC string.
    pub password_hash: Option<String>,
    /// What they say of themselves.
    pub profile: Profile,
}

#[derive(FromRow)]
pub(super) struct IdentityRow {
    identity_id: String,
    username: Option<String>,
    email: Option<String>,
    email_verified_at: Option<i64>,
    given_name: Option<String>,
    family_name: Option<String>,
    locale: Option<String>,
    mobile: Option<String>,
    time_zone: Option<String>,
    mobile_verified_at: Option<i64>,
    profile_updated_at: Option<i64>,
    identity_closed_at: Option<i64>,
}

/// The columns of [`IdentityRow`], from `identity i`.
macro_rules! identity_columns {
    () => {
        "i.id as identity_id, i.username, i.email, i.email_verified_at, i.given_name, i.family_name, i.locale, i.mobile, i.time_zone, i.mobile_verified_at, i.profile_updated_at, coalesce(i.ended_at, i.disabled_at) as identity_closed_at"
    };
}
pub(super) use identity_columns;

impl TryFrom<IdentityRow> for Identity {
    type Error = sqlx::Error;
    fn try_from(row: IdentityRow) -> sqlx::Result<Identity> {
        Ok(Identity {
            id: parsed(&row.identity_id)?,
            username: row.username,
            email: row.email,
            email_verified_at: row.email_verified_at.map(Timestamp::from_seconds),
            profile: Profile {
                given_name: row.given_name,
                family_name: row.family_name,
                locale: row.locale.as_deref().and_then(Locale::from_tag),
                mobile: row.mobile,
                time_zone: row.time_zone,
                mobile_verified_at: row.mobile_verified_at.map(Timestamp::from_seconds),
                updated_at: row.profile_updated_at.map(Timestamp::from_seconds),
            },
            closed_at: row.identity_closed_at.map(Timestamp::from_seconds),
        })
    }
}

/// Somebody who may be about to sign in.
#[derive(Clone, Debug)]
pub struct Candidate {
    /// Who.
    pub identity: Identity,
    /// Their PHC string, if they have a password.
    pub password_hash: Option<String>,
    /// Counts every reset of their credentials.
    pub credential_epoch: i64,
    /// What they registered beside it.
    pub enrolled: Enrolled,
}

#[derive(FromRow)]
struct CandidateRow {
    credential_epoch: i64,
    #[sqlx(flatten)]
    identity: IdentityRow,
    password_hash: Option<String>,
    enrolled: Option<String>,
}

/// The columns of [`CandidateRow`], from `identity i`.
macro_rules! candidate_columns {
    () => {
        concat!(
            identity_columns!(),
            ", i.password_hash, i.credential_epoch, (select string_agg(f.kind, ' ') from authenticator f where f.identity_id = i.id) as enrolled"
        )
    };
}

/// Whom a typed name means: a username, else the identity whose login address this is, else the one identity that has
/// verified it. At most one.
pub async fn meant_by(db: &Db, name: &SignInName) -> sqlx::Result<Option<Candidate>> {
    let rows: Vec<CandidateRow> = on!(read db, |ex| sqlx::query_as(concat!("select ", candidate_columns!(), " from identity i where i.username_key = $1 and i.ended_at is null and i.disabled_at is null
         union all select ", candidate_columns!(), " from identity i where i.email_key = $1 and i.email_verified_at is not null and i.ended_at is null and i.disabled_at is null
           and not exists (select 1 from identity u where u.username_key = $1 and u.ended_at is null)
           and not exists (select 1 from identity l where l.login_email_key = $1 and l.id <> i.id and l.ended_at is null) limit 2"))
        .bind(name.key()).fetch_all(ex).await)?;
    let mut rows = rows.into_iter();
    match (rows.next(), rows.next()) {
        (Some(row), None) => Ok(Some(Candidate {
            identity: row.identity.try_into()?,
            password_hash: row.password_hash,
            credential_epoch: row.credential_epoch,
            enrolled: of_words(row.enrolled)?,
        })),
        _ => Ok(None),
    }
}

/// The identity, closed or not.
pub async fn find(db: &Db, id: &IdentityId) -> sqlx::Result<Option<Identity>> {
    let row: Option<IdentityRow> = on!(read db, |ex| sqlx::query_as(concat!("select ", identity_columns!(), " from identity i where i.id = $1")).bind(id.as_str()).fetch_optional(ex).await)?;
    row.map(TryInto::try_into).transpose()
}

/// Adds an identity.
pub async fn add(tx: &mut Tx, new: &NewIdentity, now: Timestamp) -> sqlx::Result<Result<(), UsernameTaken>> {
    let verified_at = new.email.as_ref().filter(|_| new.email_verified).map(|_| now.seconds());
    let password_at = new.password_hash.as_ref().map(|_| now.seconds());
    let keys = name_keys(&new.profile);
    on!(tx tx, |ex| sqlx::query("insert into identity (id, username, username_key, email, email_key, email_verified_at, password_hash, password_set_at, credential_epoch, given_name, family_name, locale, profile_updated_at, created_at, name_key, family_key)
         values ($1, $2, $3, $4, $5, $6, $7, $8, 1, $9, $10, $11, $12, $12, $13, $14)")
        .bind(new.id.as_str())
        .bind(new.username.as_ref().map(Username::as_str)).bind(new.username.as_ref().map(Username::key))
        .bind(new.email.as_ref().map(EmailAddress::as_str)).bind(new.email.as_ref().map(EmailAddress::key)).bind(verified_at)
        .bind(new.password_hash.as_deref()).bind(password_at)
        .bind(new.profile.given_name.as_deref()).bind(new.profile.family_name.as_deref()).bind(new.profile.locale.map(Locale::tag)).bind(now.seconds())
        .bind(keys.0.as_deref()).bind(keys.1.as_deref())
        .execute(ex).await.map(|r| r.rows_affected()))
    .map(drop)
    .on_unique(|| UsernameTaken)
}

/// Whether an address belongs to a sign-in that was absorbed and keeps its names: while it can be undone, and 90 days beyond
/// (design.md section 7). The sign-in that `except` came from does not count: it may have its own address back.
pub async fn is_reserved(db: &Db, email_key: &str, except: Option<&crate::types::AccountId>) -> sqlx::Result<bool> {
    let n: i64 = on!(read db, |ex| sqlx::query_scalar("select count(*) from identity i where i.email_key = $1 and i.email_verified_at is not null and i.absorbed_into is not null
           and not exists (select 1 from consolidation c join consolidation_account k on k.consolidation_id = c.id where c.absorbed_identity_id = i.id and k.account_id = $2)")
        .bind(email_key).bind(except.map_or("", |a| a.as_str())).fetch_one(ex).await)?;
    Ok(n > 0)
}

/// Whether an address signs somebody in: an identity has proved it, or has it for a username. Read where it is decided.
pub async fn signs_in(tx: &mut Tx, email_key: &str) -> sqlx::Result<bool> {
    let n: i64 = on!(tx tx, |ex| sqlx::query_scalar("select count(*) from identity where (email_key = $1 and email_verified_at is not null or username_key = $1 or login_email_key = $1) and ended_at is null").bind(email_key).fetch_one(ex).await)?;
    Ok(n > 0)
}

/// The identity that an earlier invitation made for this address, if its owner has not answered yet.
pub async fn waiting_for(db: &Db, email_key: &str) -> sqlx::Result<Option<Identity>> {
    let row: Option<IdentityRow> = on!(read db, |ex| sqlx::query_as(concat!("select ", identity_columns!(), " from identity i where i.email_key = $1 and i.email_verified_at is null and i.password_hash is null and i.username_key is null and i.managed_by is null and i.ended_at is null and i.disabled_at is null
           and not exists (select 1 from account a where a.identity_id = i.id) order by i.id limit 1")).bind(email_key).fetch_optional(ex).await)?;
    row.map(TryInto::try_into).transpose()
}

/// Sets a password chosen through a mail that proved the address, which is verified by the same act.
pub async fn set_password(tx: &mut Tx, id: &IdentityId, email_key: &str, password_hash: &str, now: Timestamp) -> sqlx::Result<()> {
    on!(tx tx, |ex| sqlx::query("update identity set password_hash = $3, password_set_at = $4, credential_epoch = credential_epoch + 1, temporary_digest = null, temporary_expires_at = null, guesses_in_a_row = 0,
           email_verified_at = case when email_key = $2 and not exists (select 1 from identity o where o.login_email_key = $2 and o.id <> $1) then coalesce(email_verified_at, $4) else email_verified_at end
         where id = $1 and ended_at is null")
        .bind(id.as_str()).bind(email_key).bind(password_hash).bind(now.seconds()).execute(ex).await.map(drop))
}

/// Counts one more try at somebody's secrets; how many in a row that makes, and `None` when there were `most` of them or there is nobody.
pub async fn count_guess(tx: &mut Tx, id: &IdentityId, most: i64) -> sqlx::Result<Option<i64>> {
    on!(tx tx, |ex| sqlx::query_scalar("update identity set guesses_in_a_row = guesses_in_a_row + 1 where id = $1 and guesses_in_a_row < $2 returning guesses_in_a_row").bind(id.as_str()).bind(most).fetch_optional(ex).await)
}

/// Takes a counted try back.
pub async fn uncount_guess(tx: &mut Tx, id: &IdentityId) -> sqlx::Result<()> {
    on!(tx tx, |ex| sqlx::query("update identity set guesses_in_a_row = guesses_in_a_row - 1 where id = $1 and guesses_in_a_row > 0").bind(id.as_str()).execute(ex).await.map(drop))
}

/// Forgets the tries at somebody's secrets: they showed who they are.
pub async fn forget_guesses(tx: &mut Tx, id: &IdentityId) -> sqlx::Result<()> {
    on!(tx tx, |ex| sqlx::query("update identity set guesses_in_a_row = 0 where id = $1 and guesses_in_a_row > 0").bind(id.as_str()).execute(ex).await.map(drop))
}

/// Whether an identity has a password.
pub async fn has_password(db: &Db, id: &IdentityId) -> sqlx::Result<bool> {
    let n: i64 = on!(read db, |ex| sqlx::query_scalar("select count(*) from identity where id = $1 and password_hash is not null").bind(id.as_str()).fetch_one(ex).await)?;
    Ok(n > 0)
}

/// Holds the identity for the rest of the transaction, if it is open and this is still its password; with `is_all` the tries in a row are forgotten.
pub async fn hold_password(tx: &mut Tx, id: &IdentityId, hash: &str, is_all: bool) -> sqlx::Result<bool> {
    on!(tx tx, |ex| sqlx::query("update identity set guesses_in_a_row = case when $3 then 0 else guesses_in_a_row end where id = $1 and password_hash = $2 and ended_at is null and disabled_at is null").bind(id.as_str()).bind(hash).bind(is_all).execute(ex).await.map(|r| r.rows_affected() == 1))
}

/// Holds the identity for the rest of the transaction, if it is open and its credentials were not reset since.
pub async fn hold_epoch(tx: &mut Tx, id: &IdentityId, epoch: i64) -> sqlx::Result<bool> {
    on!(tx tx, |ex| sqlx::query("update identity set credential_epoch = credential_epoch where id = $1 and credential_epoch = $2 and ended_at is null and disabled_at is null").bind(id.as_str()).bind(epoch).execute(ex).await.map(|r| r.rows_affected() == 1))
}

/// Its credentials were given up: what was proved by them counts no more.
pub async fn raise_epoch(tx: &mut Tx, id: &IdentityId) -> sqlx::Result<()> {
    on!(tx tx, |ex| sqlx::query("update identity set credential_epoch = credential_epoch + 1 where id = $1").bind(id.as_str()).execute(ex).await.map(drop))
}

/// Replaces the username of whoever has one; false when there is none.
pub async fn rename(tx: &mut Tx, id: &IdentityId, new: &Username, now: Timestamp) -> sqlx::Result<Result<bool, UsernameTaken>> {
    on!(tx tx, |ex| sqlx::query("update identity set username = $2, username_key = $3, profile_updated_at = $4 where id = $1 and username_key is not null and ended_at is null").bind(id.as_str()).bind(new.as_str()).bind(new.key()).bind(now.seconds()).execute(ex).await.map(|r| r.rows_affected() == 1))
    .on_unique(|| UsernameTaken)
}

/// Sets when an identity that its owner closed is gone for good.
pub async fn set_closes_at(tx: &mut Tx, id: &IdentityId, at: Option<Timestamp>) -> sqlx::Result<()> {
    on!(tx tx, |ex| sqlx::query("update identity set closes_at = $2 where id = $1 and ended_at is null").bind(id.as_str()).bind(at.map(Timestamp::seconds)).execute(ex).await.map(drop))
}

/// What a sign-in must know of whoever signs in, in the transaction that signs them in.
#[derive(Clone, Debug)]
pub struct Standing {
    /// When an identity that its owner closed is gone for good.
    pub closes_at: Option<Timestamp>,
    /// What they owe whoever they took over.
    pub floor: Level,
    /// What they registered beside a password.
    pub enrolled: Enrolled,
}

/// Reads it.
pub async fn standing(tx: &mut Tx, id: &IdentityId) -> sqlx::Result<Standing> {
    let (closes_at, floor, enrolled): (Option<i64>, Option<String>, Option<String>) = on!(tx tx, |ex| sqlx::query_as("select i.closes_at, i.factor_floor, (select string_agg(f.kind, ' ') from authenticator f where f.identity_id = i.id) from identity i where i.id = $1")
        .bind(id.as_str()).fetch_one(ex).await)?;
    Ok(Standing { closes_at: closes_at.map(Timestamp::from_seconds), floor: super::sessions::level_of(floor.as_deref())?, enrolled: of_words(enrolled)? })
}

/// Identities whose grace is over.
pub async fn due_closings(db: &Db, now: Timestamp, limit: i64) -> sqlx::Result<Vec<IdentityId>> {
    let ids: Vec<String> = on!(read db, |ex| sqlx::query_scalar("select id from identity where closes_at <= $1 and ended_at is null order by closes_at limit $2").bind(now.seconds()).bind(limit).fetch_all(ex).await)?;
    ids.iter().map(|id| parsed(id)).collect()
}

/// Ends an identity: what is left of it is its id, which companies' audit rows name. False when it was brought back.
pub async fn erase(tx: &mut Tx, id: &IdentityId, now: Timestamp) -> sqlx::Result<bool> {
    // What it was called elsewhere goes with it, once it goes.
    for statement in [
        "delete from imported where identity_id in (select i.id from identity i where i.id = $1 and i.ended_at is null and i.closes_at <= $2)",
        "delete from campaign_mail where email_key in (select i.email_key from identity i where i.id = $1 and i.ended_at is null and i.closes_at <= $2)",
    ] {
        on!(tx tx, |ex| sqlx::query(statement).bind(id.as_str()).bind(now.seconds()).execute(ex).await.map(drop))?;
    }
    on!(tx tx, |ex| sqlx::query("update identity set ended_at = $2, closes_at = null, username = null, username_key = null, email = null, email_key = null, email_verified_at = null, login_email_key = null,
           password_hash = null, temporary_digest = null, given_name = null, family_name = null, name_key = null, family_key = null, locale = null, mobile = null, mobile_verified_at = null, time_zone = null
         where id = $1 and ended_at is null and closes_at <= $2").bind(id.as_str()).bind(now.seconds()).execute(ex).await.map(|r| r.rows_affected() == 1))
}

/// Whether somebody has this username, live or reserved.
pub async fn has_username(db: &Db, key: &str) -> sqlx::Result<bool> {
    let n: i64 = on!(read db, |ex| sqlx::query_scalar("select (select count(*) from identity where username_key = $1 or email_key = $1) + (select count(*) from consolidation where primary_username_key = $1 and undone_at is null)").bind(key).fetch_one(ex).await)?;
    Ok(n > 0)
}

/// Gives an identity without a password a temporary one; the one before is dead.
pub async fn set_temporary(tx: &mut Tx, id: &IdentityId, digest: &crate::types::Digest, expires_at: Timestamp) -> sqlx::Result<()> {
    on!(tx tx, |ex| sqlx::query("update identity set temporary_digest = $2, temporary_expires_at = $3, guesses_in_a_row = 0 where id = $1 and password_hash is null").bind(id.as_str()).bind(digest.as_str()).bind(expires_at.seconds()).execute(ex).await.map(drop))
}

/// Whose username and temporary password these are, with the key of the address it was mailed to.
pub async fn by_temporary(db: &Db, username_key: &str, digest: &crate::types::Digest, now: Timestamp) -> sqlx::Result<Option<(IdentityId, String)>> {
    let row: Option<(String, String)> = on!(read db, |ex| sqlx::query_as("select id, email_key from identity where username_key = $1 and temporary_digest = $2 and temporary_expires_at > $3 and password_hash is null and email_key is not null and ended_at is null and disabled_at is null")
        .bind(username_key).bind(digest.as_str()).bind(now.seconds()).fetch_optional(ex).await)?;
    row.map(|(id, email_key)| Ok((parsed(&id)?, email_key))).transpose()
}

/// Holds an identity for the rest of the transaction, if this is its temporary password still.
pub async fn hold_temporary(tx: &mut Tx, id: &IdentityId, digest: &crate::types::Digest) -> sqlx::Result<bool> {
    on!(tx tx, |ex| sqlx::query("update identity set credential_epoch = credential_epoch where id = $1 and temporary_digest = $2 and password_hash is null and ended_at is null").bind(id.as_str()).bind(digest.as_str()).execute(ex).await.map(|r| r.rows_affected() == 1))
}

/// Whether an identity was made by this company and has not chosen a password yet.
pub async fn waits_for(db: &Db, id: &IdentityId, company: &CompanyId) -> sqlx::Result<bool> {
    let n: i64 = on!(read db, |ex| sqlx::query_scalar("select count(*) from identity where id = $1 and managed_by = $2 and password_hash is null and ended_at is null").bind(id.as_str()).bind(company.as_str()).fetch_one(ex).await)?;
    Ok(n > 0)
}

/// Sets what a person says of themselves; false when nothing changed.
pub async fn set_profile(tx: &mut Tx, id: &IdentityId, profile: &Profile, now: Timestamp) -> sqlx::Result<bool> {
    let keys = name_keys(profile);
    on!(tx tx, |ex| sqlx::query("update identity set given_name = $2, family_name = $3, locale = $4, mobile_verified_at = case when coalesce(mobile, '') = coalesce($5, '') then mobile_verified_at else null end, mobile = $5, time_zone = $6, profile_updated_at = $7, name_key = $8, family_key = $9
         where id = $1 and ended_at is null and (coalesce(given_name, '') <> coalesce($2, '') or coalesce(family_name, '') <> coalesce($3, '') or coalesce(locale, '') <> coalesce($4, '') or coalesce(mobile, '') <> coalesce($5, '') or coalesce(time_zone, '') <> coalesce($6, ''))")
        .bind(id.as_str()).bind(profile.given_name.as_deref()).bind(profile.family_name.as_deref()).bind(profile.locale.map(Locale::tag)).bind(profile.mobile.as_deref()).bind(profile.time_zone.as_deref()).bind(now.seconds())
        .bind(keys.0.as_deref()).bind(keys.1.as_deref())
        .execute(ex).await.map(|r| r.rows_affected() == 1))
}

/// Replaces a hash by a stronger one of the same password; a no-op when it was changed meanwhile.
pub async fn upgrade_hash(tx: &mut Tx, id: &IdentityId, old_hash: &str, new_hash: &str) -> sqlx::Result<()> {
    on!(tx tx, |ex| sqlx::query("update identity set password_hash = $3 where id = $1 and password_hash = $2").bind(id.as_str()).bind(old_hash).bind(new_hash).execute(ex).await.map(drop))
}

/// Disables an identity, or lets it act again.
pub async fn set_disabled(tx: &mut Tx, id: &IdentityId, disabled_at: Option<Timestamp>) -> sqlx::Result<()> {
    on!(tx tx, |ex| sqlx::query("update identity set disabled_at = $2 where id = $1").bind(id.as_str()).bind(disabled_at.map(Timestamp::seconds)).execute(ex).await.map(drop))
}

/// The identity whose username or address this is, for the operator's commands: verified or not, when exactly one fits.
pub async fn known_as(db: &Db, name: &SignInName) -> sqlx::Result<Vec<Identity>> {
    let rows: Vec<IdentityRow> = on!(read db, |ex| sqlx::query_as(concat!("select ", identity_columns!(), " from identity i where (i.id = $1 or i.username_key = $1 or i.email_key = $1) and i.ended_at is null
         order by case when i.username_key = $1 then 0 when i.email_verified_at is not null then 1 else 2 end, i.id limit 20")).bind(name.key()).fetch_all(ex).await)?;
    rows.into_iter().map(TryInto::try_into).collect()
}

/// Counts every reset of an identity's credentials.
pub async fn epoch(db: &Db, id: &IdentityId) -> sqlx::Result<Option<i64>> {
    on!(read db, |ex| sqlx::query_scalar("select credential_epoch from identity where id = $1 and ended_at is null and disabled_at is null").bind(id.as_str()).fetch_optional(ex).await)
}

/// Says that a company created this identity and its owner has nothing else yet.
pub async fn set_managed_by(tx: &mut Tx, id: &IdentityId, company: &CompanyId) -> sqlx::Result<()> {
    on!(tx tx, |ex| sqlx::query("update identity set managed_by = $2 where id = $1").bind(id.as_str()).bind(company.as_str()).execute(ex).await.map(drop))
}

/// An account elsewhere makes an identity its owner's alone.
pub async fn unmanage(tx: &mut Tx, id: &IdentityId, elsewhere: &CompanyId) -> sqlx::Result<()> {
    on!(tx tx, |ex| sqlx::query("update identity set managed_by = null where id = $1 and managed_by <> $2").bind(id.as_str()).bind(elsewhere.as_str()).execute(ex).await.map(drop))
}

/// An identity is its owner's alone: who runs the provider is managed by no company.
pub async fn unmanage_wholly(tx: &mut Tx, id: &IdentityId) -> sqlx::Result<()> {
    on!(tx tx, |ex| sqlx::query("update identity set managed_by = null where id = $1").bind(id.as_str()).execute(ex).await.map(drop))
}

/// A link makes both its ends their owners' alone.
pub async fn unmanage_linked(tx: &mut Tx, from: &IdentityId, to: &IdentityId) -> sqlx::Result<()> {
    on!(tx tx, |ex| sqlx::query("update identity set managed_by = null where id in ($1, $2)").bind(from.as_str()).bind(to.as_str()).execute(ex).await.map(drop))
}

/// Whether an identity was made by this company, and its owner has nothing else yet.
pub async fn is_managed_by(db: &Db, id: &IdentityId, company: &CompanyId) -> sqlx::Result<bool> {
    let n: i64 = on!(read db, |ex| sqlx::query_scalar("select count(*) from identity where id = $1 and managed_by = $2 and ended_at is null and disabled_at is null").bind(id.as_str()).bind(company.as_str()).fetch_one(ex).await)?;
    Ok(n > 0)
}

/// Gives an identity a username as it was elsewhere, shaped as it may be (design.md section 7, imported ones are kept).
pub async fn import_username(tx: &mut Tx, id: &IdentityId, username: &str) -> sqlx::Result<()> {
    on!(tx tx, |ex| sqlx::query("update identity set username = $2, username_key = $3 where id = $1").bind(id.as_str()).bind(username).bind(crate::types::canonical(username)).execute(ex).await.map(drop))
}

/// A person as the operator finds them.
#[derive(Clone, Debug, FromRow)]
pub struct Found {
    /// The id.
    pub id: String,
    /// What they sign in with before consolidation.
    pub username: Option<String>,
    /// The address.
    pub email: Option<String>,
    /// When control of it was proved.
    pub email_verified_at: Option<i64>,
    /// First name.
    pub given_name: Option<String>,
    /// Last name.
    pub family_name: Option<String>,
    /// Since when.
    pub created_at: i64,
    /// When it was switched off.
    pub disabled_at: Option<i64>,
    /// When it was closed, or absorbed by another.
    pub ended_at: Option<i64>,
    /// When its owner's closing is carried out.
    pub closes_at: Option<i64>,
    /// The company that made it, while it has a say.
    pub managed_by: Option<String>,
    /// Whom it was consolidated into.
    pub absorbed_into: Option<String>,
    /// Whether it has a password.
    pub has_password: bool,
}

macro_rules! found_columns {
    () => {
        "i.id, i.username, i.email, i.email_verified_at, i.given_name, i.family_name, i.created_at, i.disabled_at, i.ended_at, i.closes_at, i.managed_by, i.absorbed_into, i.password_hash is not null as has_password"
    };
}

macro_rules! beginning_with {
    ($column:literal) => {
        concat!(
            " union select f.id from (select id, ",
            $column,
            " as k from identity where ",
            $column,
            " >= $2 order by ",
            $column,
            " limit $5) f where substr(f.k, 1, cast($4 as integer)) = $2"
        )
    };
}

/// One page of the people whose id this is, or whose username, address, name or last name begins with it, newest first; without a text,
/// everybody. Each way is by its index, so that a search costs the same among a million.
pub async fn search(db: &Db, text: &str, before: Option<&IdentityId>, limit: i64) -> sqlx::Result<Vec<Found>> {
    let (before, key) = (before.map_or("z", IdentityId::as_str), crate::types::canonical(text));
    if key.is_empty() {
        return on!(read db, |ex| sqlx::query_as(concat!("select ", found_columns!(), " from identity i where i.id < $1 order by i.id desc limit $2")).bind(before).bind(limit).fetch_all(ex).await);
    }
    on!(read db, |ex| sqlx::query_as(concat!("with found as (select id from identity where id = $2",
            beginning_with!("username_key"), beginning_with!("email_key"), beginning_with!("name_key"), beginning_with!("family_key"),
            ") select ", found_columns!(), " from identity i where i.id in (select id from found) and i.id < $1 order by i.id desc limit $3"))
        .bind(before).bind(&key).bind(limit).bind(key.chars().count() as i64).bind(LOOKED_AT).fetch_all(ex).await)
}

/// What a person is found by: the whole name, and the last one.
fn name_keys(profile: &Profile) -> (Option<String>, Option<String>) {
    (profile.full_name().map(|n| crate::types::canonical(&n)), profile.family_name.as_deref().map(crate::types::canonical))
}

/// One person as the operator finds them.
pub async fn found(db: &Db, id: &IdentityId) -> sqlx::Result<Option<Found>> {
    on!(read db, |ex| sqlx::query_as(concat!("select ", found_columns!(), " from identity i where i.id = $1")).bind(id.as_str()).fetch_optional(ex).await)
}
