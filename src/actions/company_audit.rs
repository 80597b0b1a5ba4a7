//! A company's own audit log: what happened in it, for who may read it (threats.md T24, T53).

use super::{App, Origin, Stop};
use crate::domain::AccountView;
use crate::store::audit::{self, CompanyEvent, CompanyFilter};
use crate::store::roles;
use crate::types::{RowId, Timestamp};

/// What lets an account without full access read the log of its company.
pub const READ_AUDIT: &str = "company.audit";

/// Kinds of events that a company reads, in groups that a reader may choose; each has its words on the page. What people do with their own
/// sign-in is not among them.
pub const AUDIT_GROUPS: [(&str, &str); 3] = [
    ("entries", "authorization.granted authorization.refused account.switched link.entered token.exchanged token.issued"),
    (
        "people",
        "account.added account.ended account.moved account.permissions_changed account.role_changed activation.sent factor_reset.begun invitation.sent link.made recovery.asked",
    ),
    (
        "settings",
        "audit.exported brand.added brand.changed company.added company.changed company.resumed company.service_status company.settings_changed company.suspended role.added role.changed role.deleted",
    ),
];

/// Whether an account may read the log of its company.
pub async fn may_read_audit(app: &App, account: &AccountView) -> Result<bool, Stop> {
    let listed = account.kind.has_full_access() || roles::permissions_of(&app.store.db, &account.id).await?.iter().any(|p| p == READ_AUDIT);
    Ok(account.is_active() && listed)
}

/// What a reader wants to see.
#[derive(Clone, Debug, Default)]
pub struct AuditWish {
    /// The name of a group; all of them without one.
    pub group: Option<&'static str>,
    /// From this second on.
    pub from: Option<Timestamp>,
    /// Before this second.
    pub until: Option<Timestamp>,
    /// Only events before this one.
    pub before: Option<RowId>,
}

impl AuditWish {
    /// The group of this name.
    pub fn group_named(name: &str) -> Option<&'static str> {
        AUDIT_GROUPS.iter().find(|(group, _)| *group == name).map(|(group, _)| *group)
    }
    fn filter(&self) -> CompanyFilter {
        let kinds: Vec<&str> = AUDIT_GROUPS.iter().filter(|(name, _)| self.group.is_none_or(|g| g == *name)).map(|(_, kinds)| *kinds).collect();
        CompanyFilter {
            kinds: kinds.join(" "),
            from: self.from.unwrap_or(Timestamp::from_seconds(0)),
            until: self.until.unwrap_or(Timestamp::from_seconds(i64::MAX / 1000)),
            before: self.before.clone(),
        }
    }
}

/// A page of the log, newest first, and where the next one begins.
pub async fn audit_page(app: &App, account: &AccountView, wish: &AuditWish, limit: i64) -> Result<(Vec<CompanyEvent>, Option<RowId>), Stop> {
    let mut events = audit::of_company(&app.store.db, &account.company.id, &wish.filter(), limit + 1).await?;
    let more = events.len() as i64 > limit;
    events.truncate(limit as usize);
    let next = events.last().filter(|_| more).and_then(|e| e.id.parse().ok());
    Ok((events, next))
}

/// Notes that somebody takes the log away.
pub async fn note_audit_export(app: &App, account: &AccountView, origin: &Origin, now: Timestamp) -> Result<(), Stop> {
    let mut tx = app.store.begin().await?;
    let event = app.event("audit.exported", origin, now).by(&account.identity_id).in_account(&account.id, &account.company.id);
    audit::append(&mut tx, &event).await?;
    Ok(tx.commit().await?)
}
