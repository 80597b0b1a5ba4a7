//! Device authorizations (RFC 8628): what a device waits for. Whether it was answered is read off its interaction, and what was granted off
//! the authorization code with its id, so nothing has to be kept in step. A user code opens nothing by itself and is stored as it is.

use sqlx::FromRow;

use super::codes::CodeToken;
use super::companies::company_columns;
use super::db::on;
use super::grants::{GrantRow, grant_columns, grant_joins};
use super::identities::identity_columns;
use super::{Db, Tx, parsed};
use crate::flow::LiveGrant;
use crate::types::{ClientId, InteractionId, RowId, Seconds, Timestamp, UserCode};

/// What a device receives, and shows at the token endpoint.
pub type DeviceCode = CodeToken;

/// A device that waits, or waited.
#[derive(Clone, Debug)]
pub struct DeviceAuthorization {
    /// Its id; the one of the authorization code, once there is one.
    pub id: RowId,
    /// What is stored of the device code.
    pub verifier_digest: String,
    /// Who asked.
    pub client_id: ClientId,
    /// What the person types.
    pub user_code: UserCode,
    /// Where the person answers.
    pub interaction_id: InteractionId,
    /// From where the device asked.
    pub address: Option<String>,
    /// When it asked.
    pub created_at: Timestamp,
    /// When it is over.
    pub expires_at: Timestamp,
    /// How long it must wait between two polls.
    pub interval: Seconds,
    /// When it polled last.
    pub polled_at: Option<Timestamp>,
    /// Our stable reason for an end without a grant, where there is one.
    pub refused_reason: Option<String>,
    /// When the interaction was answered.
    pub finished_at: Option<Timestamp>,
}

#[derive(FromRow)]
struct Row {
    id: String,
    verifier_digest: String,
    client_id: String,
    user_code: String,
    interaction_id: String,
    address: Option<String>,
    created_at: i64,
    expires_at: i64,
    poll_interval: i64,
    polled_at: Option<i64>,
    refused_reason: Option<String>,
    finished_at: Option<i64>,
}

impl TryFrom<Row> for DeviceAuthorization {
    type Error = sqlx::Error;
    fn try_from(row: Row) -> sqlx::Result<Self> {
        Ok(Self {
            id: parsed(&row.id)?,
            verifier_digest: row.verifier_digest,
            client_id: parsed(&row.client_id)?,
            user_code: parsed(&row.user_code)?,
            interaction_id: parsed(&row.interaction_id)?,
            address: row.address,
            created_at: Timestamp::from_seconds(row.created_at),
            expires_at: Timestamp::from_seconds(row.expires_at),
            interval: Seconds(row.poll_interval),
            polled_at: row.polled_at.map(Timestamp::from_seconds),
            refused_reason: row.refused_reason,
            finished_at: row.finished_at.map(Timestamp::from_seconds),
        })
    }
}

macro_rules! select {
    ($which:literal) => {
        concat!("select d.id, d.verifier_digest, d.client_id, d.user_code, d.interaction_id, d.address, d.created_at, d.expires_at, d.poll_interval, d.polled_at, d.refused_reason, i.finished_at
         from device_authorization d join interaction i on i.id = d.interaction_id where ", $which)
    };
}

/// Stores one; false when another one has this user code, and a new one must be drawn.
pub async fn begin(tx: &mut Tx, new: &DeviceAuthorization) -> sqlx::Result<bool> {
    on!(tx tx, |ex| sqlx::query("insert into device_authorization (id, verifier_digest, client_id, user_code, interaction_id, address, created_at, expires_at, poll_interval) values ($1, $2, $3, $4, $5, $6, $7, $8, $9) on conflict (user_code) do nothing")
        .bind(new.id.as_str()).bind(&new.verifier_digest).bind(new.client_id.as_str()).bind(new.user_code.as_str()).bind(new.interaction_id.as_str()).bind(&new.address).bind(new.created_at.seconds()).bind(new.expires_at.seconds()).bind(new.interval.0)
        .execute(ex).await.map(|r| r.rows_affected() == 1))
}

/// The one that a device code opens, whatever became of it.
pub async fn presented(db: &Db, code: &DeviceCode) -> sqlx::Result<Option<DeviceAuthorization>> {
    let row: Option<Row> = on!(read db, |ex| sqlx::query_as(select!("d.id = $1 and d.verifier_digest = $2")).bind(code.selector().as_str()).bind(code.verifier_digest().as_str()).fetch_optional(ex).await)?;
    row.map(TryInto::try_into).transpose()
}

/// The one with this user code, whatever became of it.
pub async fn typed(db: &Db, code: &UserCode) -> sqlx::Result<Option<DeviceAuthorization>> {
    let row: Option<Row> = on!(read db, |ex| sqlx::query_as(select!("d.user_code = $1")).bind(code.as_str()).fetch_optional(ex).await)?;
    row.map(TryInto::try_into).transpose()
}

/// The one that is answered in this interaction.
pub async fn answered_in(db: &Db, interaction: &InteractionId) -> sqlx::Result<Option<DeviceAuthorization>> {
    let row: Option<Row> = on!(read db, |ex| sqlx::query_as(select!("d.interaction_id = $1")).bind(interaction.as_str()).fetch_optional(ex).await)?;
    row.map(TryInto::try_into).transpose()
}

/// What was granted in this interaction.
pub async fn granted_in(db: &Db, interaction: &InteractionId) -> sqlx::Result<Option<LiveGrant>> {
    let row: Option<GrantRow> = on!(read db, |ex| sqlx::query_as(concat!("select ", grant_columns!(), " from device_authorization d join authorization_code k on k.id = d.id join authorization_grant g on g.id = k.grant_id ", grant_joins!(), " where d.interaction_id = $1")).bind(interaction.as_str()).fetch_optional(ex).await)?;
    row.map(TryInto::try_into).transpose()
}

/// Notes a poll, and how long the next one must wait.
pub async fn polled(tx: &mut Tx, id: &RowId, interval: Seconds, now: Timestamp) -> sqlx::Result<()> {
    on!(tx tx, |ex| sqlx::query("update device_authorization set polled_at = $2, poll_interval = $3 where id = $1").bind(id.as_str()).bind(now.seconds()).bind(interval.0).execute(ex).await.map(drop))
}

/// Keeps why the person's side ended without a grant.
pub async fn refuse(tx: &mut Tx, interaction: &InteractionId, reason: &str) -> sqlx::Result<()> {
    on!(tx tx, |ex| sqlx::query("update device_authorization set refused_reason = $2 where interaction_id = $1").bind(interaction.as_str()).bind(reason).execute(ex).await.map(drop))
}
