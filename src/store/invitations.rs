//! Invitations: found by the token in a mail, or by who sent or gets them.

use sqlx::FromRow;

use super::db::on;
use super::{Db, Tx, document, json_text, parsed};
use crate::domain::{Invitation, InvitationKind};
use crate::types::{AccountId, CompanyId, Digest, IdentityId, InvitationId, OpaqueToken, Timestamp};

/// The token inside an invitation's mail.
pub type InvitationToken = OpaqueToken<InvitationId>;

#[derive(FromRow)]
struct Row {
    id: String,
    kind: String,
    inviter_identity_id: String,
    inviter_account_id: String,
    company_id: Option<String>,
    account_kind: Option<String>,
    roles: String,
    permissions: String,
    access_expires_at: Option<i64>,
    target_identity_id: Option<String>,
    named: Option<String>,
    email: String,
    email_key: String,
    sent_at: i64,
    expires_at: i64,
    accepted_at: Option<i64>,
    ended_at: Option<i64>,
}

macro_rules! columns {
    () => {
        "select v.id, v.kind, v.inviter_identity_id, v.inviter_account_id, v.company_id, v.account_kind, v.roles, v.permissions, v.access_expires_at, v.target_identity_id, v.named, v.email, v.email_key, v.sent_at, v.expires_at, v.accepted_at, v.ended_at from invitation v "
    };
}

impl TryFrom<Row> for Invitation {
    type Error = sqlx::Error;
    fn try_from(row: Row) -> sqlx::Result<Invitation> {
        let kind = match (row.kind.as_str(), &row.company_id, &row.account_kind) {
            ("consolidation", _, _) => InvitationKind::Consolidation,
            ("link", _, _) => InvitationKind::Link,
            ("account", Some(company), Some(kind)) => InvitationKind::Account {
                company: parsed(company)?,
                kind: parsed(kind)?,
                roles: document(&row.roles)?,
                permissions: document(&row.permissions)?,
                access_expires_at: row.access_expires_at.map(Timestamp::from_seconds),
            },
            _ => return Err(sqlx::Error::Decode("unknown kind of invitation".into())),
        };
        Ok(Invitation {
            id: parsed(&row.id)?,
            kind,
            inviter: parsed(&row.inviter_identity_id)?,
            inviter_account: parsed(&row.inviter_account_id)?,
            target: row.target_identity_id.as_deref().map(parsed).transpose()?,
            named: row.named.unwrap_or_else(|| row.email.clone()),
            email: row.email,
            email_key: row.email_key,
            sent_at: Timestamp::from_seconds(row.sent_at),
            expires_at: Timestamp::from_seconds(row.expires_at),
            accepted_at: row.accepted_at.map(Timestamp::from_seconds),
            ended_at: row.ended_at.map(Timestamp::from_seconds),
        })
    }
}

/// Adds an invitation.
pub async fn add(tx: &mut Tx, invitation: &Invitation, digest: &Digest, now: Timestamp) -> sqlx::Result<()> {
    let (company, kind, roles, permissions, ends) = match &invitation.kind {
        InvitationKind::Account { company, kind, roles, permissions, access_expires_at } => {
            (Some(company.as_str()), Some(kind.as_str()), json_text(roles), json_text(permissions), access_expires_at.map(Timestamp::seconds))
        }
        _ => (None, None, "[]".to_owned(), "[]".to_owned(), None),
    };
    on!(tx tx, |ex| sqlx::query("insert into invitation (id, verifier_digest, kind, inviter_identity_id, inviter_account_id, company_id, account_kind, roles, permissions, access_expires_at, target_identity_id, email, email_key, created_at, sent_at, expires_at, named)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $14, $15, $16)")
        .bind(invitation.id.as_str()).bind(digest.as_str()).bind(invitation.kind.as_str()).bind(invitation.inviter.as_str()).bind(invitation.inviter_account.as_str())
        .bind(company).bind(kind).bind(&roles).bind(&permissions).bind(ends).bind(invitation.target.as_ref().map(|t| t.as_str())).bind(&invitation.email).bind(&invitation.email_key)
        .bind(now.seconds()).bind(invitation.expires_at.seconds()).bind(&invitation.named).execute(ex).await.map(drop))
}

/// The invitation a token opens, whatever became of it. Reading it uses nothing up.
pub async fn presented(db: &Db, token: &InvitationToken) -> sqlx::Result<Option<Invitation>> {
    let row: Option<Row> = on!(read db, |ex| sqlx::query_as(concat!(columns!(), "where v.id = $1 and v.verifier_digest = $2")).bind(token.selector().as_str()).bind(token.verifier_digest().as_str()).fetch_optional(ex).await)?;
    row.map(TryInto::try_into).transpose()
}

/// The invitation.
pub async fn find(db: &Db, id: &InvitationId) -> sqlx::Result<Option<Invitation>> {
    let row: Option<Row> = on!(read db, |ex| sqlx::query_as(concat!(columns!(), "where v.id = $1")).bind(id.as_str()).fetch_optional(ex).await)?;
    row.map(TryInto::try_into).transpose()
}

/// Open invitations to an identity, newest first: those that name it, and those to an address it has proved.
pub async fn to_identity(db: &Db, identity: &IdentityId, limit: i64, now: Timestamp) -> sqlx::Result<Vec<Invitation>> {
    let rows: Vec<Row> = on!(read db, |ex| sqlx::query_as(concat!(columns!(), "where v.accepted_at is null and v.ended_at is null and v.expires_at > $2
           and (v.target_identity_id = $1 or (v.target_identity_id is null and v.email_key = (select i.email_key from identity i where i.id = $1 and i.email_verified_at is not null)))
         order by v.id desc limit $3")).bind(identity.as_str()).bind(now.seconds()).bind(limit).fetch_all(ex).await)?;
    rows.into_iter().map(TryInto::try_into).collect()
}

/// Open invitations that an identity sent for itself (not for a company), newest first.
pub async fn of_identity(db: &Db, identity: &IdentityId, limit: i64, now: Timestamp) -> sqlx::Result<Vec<Invitation>> {
    let rows: Vec<Row> = on!(read db, |ex| sqlx::query_as(concat!(columns!(), "where v.inviter_identity_id = $1 and v.company_id is null and v.accepted_at is null and v.ended_at is null and v.expires_at > $2 order by v.id desc limit $3"))
        .bind(identity.as_str()).bind(now.seconds()).bind(limit).fetch_all(ex).await)?;
    rows.into_iter().map(TryInto::try_into).collect()
}

/// Open invitations into a company, newest first.
pub async fn of_company(db: &Db, company: &CompanyId, limit: i64, now: Timestamp) -> sqlx::Result<Vec<Invitation>> {
    let rows: Vec<Row> = on!(read db, |ex| sqlx::query_as(concat!(columns!(), "where v.company_id = $1 and v.accepted_at is null and v.ended_at is null and v.expires_at > $2 order by v.id desc limit $3"))
        .bind(company.as_str()).bind(now.seconds()).bind(limit).fetch_all(ex).await)?;
    rows.into_iter().map(TryInto::try_into).collect()
}

/// The newest open invitation of the same kind from the same person and account to the same address: asking again sends it again.
pub async fn same(
    db: &Db,
    kind: &str,
    inviter: &IdentityId,
    inviter_account: &AccountId,
    email_key: &str,
    target: Option<&IdentityId>,
    now: Timestamp,
) -> sqlx::Result<Option<Invitation>> {
    let row: Option<Row> = on!(read db, |ex| sqlx::query_as(concat!(columns!(), "where v.kind = $1 and v.inviter_account_id = $2 and v.email_key = $3 and coalesce(v.target_identity_id, '') = $4 and v.accepted_at is null and v.ended_at is null and v.expires_at > $5 and v.inviter_identity_id = $6 order by v.id desc limit 1"))
        .bind(kind).bind(inviter_account.as_str()).bind(email_key).bind(target.map_or("", |t| t.as_str())).bind(now.seconds()).bind(inviter.as_str()).fetch_optional(ex).await)?;
    row.map(TryInto::try_into).transpose()
}

/// Gives an open invitation a new token; the one mailed before opens nothing any more.
pub async fn renew(tx: &mut Tx, token: &InvitationToken, expires_at: Timestamp, now: Timestamp) -> sqlx::Result<bool> {
    on!(tx tx, |ex| sqlx::query("update invitation set verifier_digest = $2, sent_at = $3, expires_at = $4 where id = $1 and accepted_at is null and ended_at is null").bind(token.selector().as_str()).bind(token.verifier_digest().as_str()).bind(now.seconds()).bind(expires_at.seconds()).execute(ex).await.map(|r| r.rows_affected() == 1))
}

/// Accepts an invitation, once.
pub async fn accept(tx: &mut Tx, id: &InvitationId, now: Timestamp) -> sqlx::Result<bool> {
    on!(tx tx, |ex| sqlx::query("update invitation set accepted_at = $2 where id = $1 and accepted_at is null and ended_at is null and expires_at > $2").bind(id.as_str()).bind(now.seconds()).execute(ex).await.map(|r| r.rows_affected() == 1))
}

/// Ends an open invitation.
pub async fn end(tx: &mut Tx, id: &InvitationId, reason: &str, now: Timestamp) -> sqlx::Result<bool> {
    on!(tx tx, |ex| sqlx::query("update invitation set ended_at = $2, end_reason = $3 where id = $1 and accepted_at is null and ended_at is null").bind(id.as_str()).bind(now.seconds()).bind(reason).execute(ex).await.map(|r| r.rows_affected() == 1))
}

/// Ends what an identity was asked, or asked for itself: to unite accounts, or to enter one (threats.md T02).
pub async fn end_personal(tx: &mut Tx, identity: &IdentityId, reason: &str, now: Timestamp) -> sqlx::Result<()> {
    on!(tx tx, |ex| sqlx::query("update invitation set ended_at = $2, end_reason = $3 where (inviter_identity_id = $1 or target_identity_id = $1) and kind in ('consolidation', 'link') and accepted_at is null and ended_at is null").bind(identity.as_str()).bind(now.seconds()).bind(reason).execute(ex).await.map(drop))
}

/// Ends every open invitation that an identity sent or that names it.
pub async fn end_around(tx: &mut Tx, identity: &IdentityId, reason: &str, now: Timestamp) -> sqlx::Result<()> {
    on!(tx tx, |ex| sqlx::query("update invitation set ended_at = $2, end_reason = $3 where (inviter_identity_id = $1 or target_identity_id = $1) and accepted_at is null and ended_at is null").bind(identity.as_str()).bind(now.seconds()).bind(reason).execute(ex).await.map(drop))
}
