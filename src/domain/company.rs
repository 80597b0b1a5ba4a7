//! Companies: the organizations that own accounts.

use super::FactorPolicy;
use crate::types::{CompanyId, Timestamp};

/// What tokens, pages and decisions need of a company.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CompanyView {
    /// Its id, `org_id` on the wire.
    pub id: CompanyId,
    /// Its short name, `org_slug`.
    pub slug: String,
    /// Its name for display, `org_name`.
    pub name: String,
    /// Where it is served from, as the operator wrote it.
    pub region: String,
    /// How its service does, as the operator says.
    pub service_status: String,
    /// The digest of its logo, if it has one.
    pub logo: Option<String>,
    /// Whether its name may be shown before sign-in (decisions.md 6).
    pub publicly_named: bool,
    /// What it calls the access of its account managers.
    pub manager_title: Option<String>,
    /// What it asks of whoever enters it.
    pub policy: FactorPolicy,
    /// When it was suspended or ended.
    pub closed_at: Option<Timestamp>,
}

impl CompanyView {
    /// One or two letters that stand for the logo.
    pub fn monogram(&self) -> String {
        let initials = |c: &str| c.chars().find(|c| c.is_alphanumeric());
        let mut words = self.name.split_whitespace().filter_map(initials);
        let letters: String = words.by_ref().take(2).collect();
        letters.to_uppercase()
    }
}

/// How a company's service does, as the company or its operator says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ServiceStatus {
    /// All is well.
    Operational,
    /// It works, but not as usual.
    Degraded,
    /// Planned work.
    Maintenance,
    /// It does not work.
    Outage,
}

impl ServiceStatus {
    /// As stored, and on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            ServiceStatus::Operational => "operational",
            ServiceStatus::Degraded => "degraded",
            ServiceStatus::Maintenance => "maintenance",
            ServiceStatus::Outage => "outage",
        }
    }
}

/// There is no such status.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a status is operational, degraded, maintenance or outage")]
pub struct NotAStatus;

impl std::str::FromStr for ServiceStatus {
    type Err = NotAStatus;
    fn from_str(text: &str) -> Result<Self, NotAStatus> {
        [ServiceStatus::Operational, ServiceStatus::Degraded, ServiceStatus::Maintenance, ServiceStatus::Outage]
            .into_iter()
            .find(|s| s.as_str() == text)
            .ok_or(NotAStatus)
    }
}

/// The text cannot name a permission.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a permission or role has 1 to 100 letters, digits and . : _ - /")]
pub struct NotAPermission;

/// Permissions and role names travel space-separated, so they have no white space.
pub fn parse_permission(text: &str) -> Result<&str, NotAPermission> {
    let fits = (1..=100).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_alphanumeric() || b".:_-/".contains(&b));
    if fits { Ok(text) } else { Err(NotAPermission) }
}
