//! What people registered beside a password. A row is written when its owner has shown that it works.

use sqlx::FromRow;

use super::db::on;
use super::{Db, OnUnique, Tx, parsed, words};
use crate::domain::{Authenticator, Enrolled, Factor, Level};
use crate::types::{IdentityId, RowId, Timestamp};

/// At most so many of one person.
pub const MOST: i64 = 20;

/// Something to register.
#[derive(Clone, Debug)]
pub struct NewAuthenticator<'a> {
    /// Its id.
    pub id: &'a RowId,
    /// Whose.
    pub identity_id: &'a IdentityId,
    /// Its kind.
    pub factor: Factor,
    /// What its owner calls it.
    pub name: &'a str,
    /// A sealed secret, or a document of public keys.
    pub secret: Option<&'a str>,
    /// A passkey's id, unique among all.
    pub credential_id: Option<&'a str>,
    /// Whether a passkey is copied to other devices.
    pub backed_up: bool,
    /// The time step that confirmed an app.
    pub last_step: i64,
}

/// The passkey is registered already.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("this passkey is registered already")]
pub struct Registered;

/// Keeps one.
pub async fn add(tx: &mut Tx, new: &NewAuthenticator<'_>, now: Timestamp) -> sqlx::Result<Result<(), Registered>> {
    on!(tx tx, |ex| sqlx::query("insert into authenticator (id, identity_id, kind, name, secret, credential_id, last_step, backed_up, created_at, last_used_at) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9)")
        .bind(new.id.as_str()).bind(new.identity_id.as_str()).bind(new.factor.as_str()).bind(new.name).bind(new.secret).bind(new.credential_id).bind(new.last_step).bind(new.backed_up)
        .bind(now.seconds()).execute(ex).await.map(|r| r.rows_affected()))
    .map(drop)
    .on_unique(|| Registered)
}

#[derive(FromRow)]
struct Row {
    id: String,
    kind: String,
    name: String,
    created_at: i64,
    last_used_at: Option<i64>,
    backed_up: bool,
    flagged_at: Option<i64>,
    moved_from: Option<String>,
}

impl TryFrom<Row> for Authenticator {
    type Error = sqlx::Error;
    fn try_from(row: Row) -> sqlx::Result<Authenticator> {
        Ok(Authenticator {
            id: parsed(&row.id)?,
            factor: parsed(&row.kind)?,
            name: row.name,
            created_at: Timestamp::from_seconds(row.created_at),
            last_used_at: row.last_used_at.map(Timestamp::from_seconds),
            backed_up: row.backed_up,
            flagged_at: row.flagged_at.map(Timestamp::from_seconds),
            may_go_back: row.moved_from.is_some(),
        })
    }
}

/// Those of a person, the oldest first.
pub async fn of_identity(db: &Db, identity: &IdentityId) -> sqlx::Result<Vec<Authenticator>> {
    let rows: Vec<Row> = on!(read db, |ex| sqlx::query_as("select id, kind, name, created_at, last_used_at, backed_up, flagged_at, moved_from from authenticator where identity_id = $1 order by created_at, id limit $2").bind(identity.as_str()).bind(MOST).fetch_all(ex).await)?;
    rows.into_iter().map(TryInto::try_into).collect()
}

/// Kinds as `string_agg` joined them. One that is not known here is an error: it must not read as if there were none.
pub(super) fn of_words(kinds: Option<String>) -> sqlx::Result<Enrolled> {
    words(kinds).iter().map(|kind| parsed::<Factor>(kind)).collect()
}

/// The kinds that a person has.
pub async fn enrolled(db: &Db, identity: &IdentityId) -> sqlx::Result<Enrolled> {
    let kinds: Vec<String> =
        on!(read db, |ex| sqlx::query_scalar("select distinct kind from authenticator where identity_id = $1").bind(identity.as_str()).fetch_all(ex).await)?;
    kinds.iter().map(|kind| parsed::<Factor>(kind)).collect()
}

/// The same in the transaction that acts on it.
pub async fn enrolled_now(tx: &mut Tx, identity: &IdentityId) -> sqlx::Result<Enrolled> {
    let kinds: Vec<String> =
        on!(tx tx, |ex| sqlx::query_scalar("select distinct kind from authenticator where identity_id = $1").bind(identity.as_str()).fetch_all(ex).await)?;
    kinds.iter().map(|kind| parsed::<Factor>(kind)).collect()
}

/// Whether an identity that was absorbed had second factors: those frozen with it, and those its owner took along.
pub async fn had_any(db: &Db, absorbed: &IdentityId) -> sqlx::Result<bool> {
    let n: i64 = on!(read db, |ex| sqlx::query_scalar("select count(*) from authenticator where identity_id = $1 or moved_from = $1").bind(absorbed.as_str()).fetch_one(ex).await)?;
    Ok(n > 0)
}

/// The sealed secrets of a person's apps; those that an absorbed identity's owner took along are its own still.
pub async fn totp_secrets(tx: &mut Tx, identity: &IdentityId) -> sqlx::Result<Vec<(RowId, String)>> {
    let rows: Vec<(String, String)> = on!(tx tx, |ex| sqlx::query_as("select id, secret from authenticator where (identity_id = $1 or moved_from = $1) and kind = 'totp' and secret is not null order by id").bind(identity.as_str()).fetch_all(ex).await)?;
    rows.into_iter().map(|(id, secret)| Ok((parsed(&id)?, secret))).collect()
}

/// Uses a time step of an app, once: steps up to the last one used count no more, wherever they are shown.
pub async fn use_step(tx: &mut Tx, id: &RowId, step: i64, now: Timestamp) -> sqlx::Result<bool> {
    on!(tx tx, |ex| sqlx::query("update authenticator set last_step = $2, last_used_at = $3 where id = $1 and last_step < $2").bind(id.as_str()).bind(step).bind(now.seconds()).execute(ex).await.map(|r| r.rows_affected() == 1))
}

/// Where codes of a kind go; those that an absorbed identity's owner took along are its own still.
pub async fn destination(db: &Db, identity: &IdentityId, factor: Factor) -> sqlx::Result<Option<String>> {
    on!(read db, |ex| sqlx::query_scalar("select secret from authenticator where (identity_id = $1 or moved_from = $1) and kind = $2 and secret is not null order by id limit 1").bind(identity.as_str()).bind(factor.as_str()).fetch_optional(ex).await)
}

/// Notes a use of a destination; false when it is registered no more.
pub async fn use_destination(tx: &mut Tx, identity: &IdentityId, factor: Factor, target: &str, now: Timestamp) -> sqlx::Result<bool> {
    on!(tx tx, |ex| sqlx::query("update authenticator set last_used_at = $4 where (identity_id = $1 or moved_from = $1) and kind = $2 and secret = $3").bind(identity.as_str()).bind(factor.as_str()).bind(target).bind(now.seconds()).execute(ex).await.map(|r| r.rows_affected() > 0))
}

/// The ids of a person's passkeys, in base64url; those that an absorbed identity's owner took along are its own still.
pub async fn credential_ids(db: &Db, identity: &IdentityId) -> sqlx::Result<Vec<String>> {
    on!(read db, |ex| sqlx::query_scalar("select credential_id from authenticator where (identity_id = $1 or moved_from = $1) and credential_id is not null order by id").bind(identity.as_str()).fetch_all(ex).await)
}

/// A registered passkey.
#[derive(Clone, Debug)]
pub struct KnownPasskey {
    /// Its row.
    pub id: RowId,
    /// Whose.
    pub identity_id: IdentityId,
    /// Whose it was, while that can be undone.
    pub moved_from: Option<IdentityId>,
    /// What its owner calls it.
    pub name: String,
    /// Its public key and flags.
    pub document: String,
}

/// The passkey with this id.
pub async fn passkey(db: &Db, credential_id: &str) -> sqlx::Result<Option<KnownPasskey>> {
    let row: Option<(String, String, Option<String>, String, String)> = on!(read db, |ex| sqlx::query_as("select id, identity_id, moved_from, name, secret from authenticator where credential_id = $1 and kind = 'passkey' and secret is not null").bind(credential_id).fetch_optional(ex).await)?;
    row.map(|(id, identity, from, name, document)| {
        Ok(KnownPasskey { id: parsed(&id)?, identity_id: parsed(&identity)?, moved_from: from.as_deref().map(parsed).transpose()?, name, document })
    })
    .transpose()
}

/// Notes a use of a passkey, with what changed of it; false when it was removed meanwhile.
pub async fn use_passkey(tx: &mut Tx, id: &RowId, document: Option<&str>, backed_up: bool, now: Timestamp) -> sqlx::Result<bool> {
    on!(tx tx, |ex| sqlx::query("update authenticator set last_used_at = $4, backed_up = $3, secret = coalesce($2, secret) where id = $1").bind(id.as_str()).bind(document).bind(backed_up).bind(now.seconds()).execute(ex).await.map(|r| r.rows_affected() == 1))
}

/// Notes that a passkey's counter went back.
pub async fn flag(tx: &mut Tx, id: &RowId, now: Timestamp) -> sqlx::Result<()> {
    on!(tx tx, |ex| sqlx::query("update authenticator set flagged_at = $2 where id = $1").bind(id.as_str()).bind(now.seconds()).execute(ex).await.map(drop))
}

/// Uses a ceremony up, once; it is remembered as long as its page could come back.
pub async fn finish_ceremony(tx: &mut Tx, nonce: &RowId, until: Timestamp) -> sqlx::Result<bool> {
    on!(tx tx, |ex| sqlx::query("insert into used_ceremony (nonce, expires_at) values ($1, $2) on conflict (nonce) do nothing").bind(nonce.as_str()).bind(until.seconds()).execute(ex).await.map(|r| r.rows_affected() == 1))
}

/// Notes a use of whatever of this kind the person has.
pub async fn touch_kind(tx: &mut Tx, identity: &IdentityId, factor: Factor, now: Timestamp) -> sqlx::Result<()> {
    on!(tx tx, |ex| sqlx::query("update authenticator set last_used_at = $3 where identity_id = $1 and kind = $2").bind(identity.as_str()).bind(factor.as_str()).bind(now.seconds()).execute(ex).await.map(drop))
}

/// Renames one of a person's own.
pub async fn rename(tx: &mut Tx, identity: &IdentityId, id: &RowId, name: &str) -> sqlx::Result<bool> {
    on!(tx tx, |ex| sqlx::query("update authenticator set name = $3 where id = $1 and identity_id = $2").bind(id.as_str()).bind(identity.as_str()).bind(name).execute(ex).await.map(|r| r.rows_affected() == 1))
}

/// Removes one of a person's own, unless an undo may give it back; its kind and name come back.
pub async fn remove(tx: &mut Tx, identity: &IdentityId, id: &RowId) -> sqlx::Result<Option<(Factor, String)>> {
    let row: Option<(String, String)> = on!(tx tx, |ex| sqlx::query_as("delete from authenticator where id = $1 and identity_id = $2 and moved_from is null returning kind, name").bind(id.as_str()).bind(identity.as_str()).fetch_optional(ex).await)?;
    row.map(|(kind, name)| Ok((parsed(&kind)?, name))).transpose()
}

/// Removes everything of a person, recovery codes too.
pub async fn remove_all(tx: &mut Tx, identity: &IdentityId) -> sqlx::Result<()> {
    on!(tx tx, |ex| sqlx::query("delete from authenticator where identity_id = $1").bind(identity.as_str()).execute(ex).await.map(|r| r.rows_affected()))?;
    on!(tx tx, |ex| sqlx::query("delete from recovery_code where identity_id = $1").bind(identity.as_str()).execute(ex).await.map(drop))
}

/// Moves what the owner chose from an absorbed identity to the one that took it over; what came to it itself in that way stays, for
/// the undo of that.
pub async fn move_kind(tx: &mut Tx, from: &IdentityId, to: &IdentityId, factor: Factor) -> sqlx::Result<()> {
    on!(tx tx, |ex| sqlx::query("update authenticator set identity_id = $2, moved_from = $1 where identity_id = $1 and kind = $3 and moved_from is null").bind(from.as_str()).bind(to.as_str()).bind(factor.as_str()).execute(ex).await.map(drop))
}

/// Gives back what came along from others, to be frozen with them: an undo asks for it still.
pub async fn send_back(tx: &mut Tx, from: &IdentityId) -> sqlx::Result<()> {
    on!(tx tx, |ex| sqlx::query("update authenticator set identity_id = moved_from, moved_from = null where identity_id = $1 and moved_from is not null").bind(from.as_str()).execute(ex).await.map(drop))
}

/// Gives back what was moved, wherever it went since.
pub async fn move_back(tx: &mut Tx, to: &IdentityId) -> sqlx::Result<()> {
    on!(tx tx, |ex| sqlx::query("update authenticator set identity_id = $1, moved_from = null where moved_from = $1").bind(to.as_str()).execute(ex).await.map(drop))
}

/// What a person owes whoever they took over, until they have shown it once.
pub async fn set_floor(tx: &mut Tx, identity: &IdentityId, level: Level) -> sqlx::Result<()> {
    let stored = (level > Level::One).then(|| level.as_str());
    on!(tx tx, |ex| sqlx::query("update identity set factor_floor = $2 where id = $1").bind(identity.as_str()).bind(stored).execute(ex).await.map(drop))
}

/// It was shown: this floor is lifted, and not one that was set meanwhile.
pub async fn lift_floor(tx: &mut Tx, identity: &IdentityId, shown: Level) -> sqlx::Result<()> {
    on!(tx tx, |ex| sqlx::query("update identity set factor_floor = null where id = $1 and factor_floor = $2").bind(identity.as_str()).bind(shown.as_str()).execute(ex).await.map(drop))
}

/// Reads it.
pub async fn floor(tx: &mut Tx, identity: &IdentityId) -> sqlx::Result<Level> {
    let stored: Option<Option<String>> =
        on!(tx tx, |ex| sqlx::query_scalar("select factor_floor from identity where id = $1").bind(identity.as_str()).fetch_optional(ex).await)?;
    super::sessions::level_of(stored.flatten().as_deref())
}
