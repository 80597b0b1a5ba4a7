//! The whole audit log, for who runs this provider.

use super::{App, Stop};
use crate::store::audit;
use crate::types::{CompanyId, IdentityId, RowId, Timestamp};

/// An event of the log, as the operator reads it.
pub type LogLine = audit::OperatorEvent;

/// What an operator wants to see of the log.
#[derive(Clone, Debug, Default)]
pub struct LogWish {
    /// Only kinds that begin so, as `client.`.
    pub kind: String,
    /// Only of this company.
    pub company: Option<CompanyId>,
    /// Only by this person.
    pub person: Option<IdentityId>,
    /// From this second on.
    pub from: Option<Timestamp>,
    /// Before this second.
    pub until: Option<Timestamp>,
    /// Only before this event.
    pub before: Option<RowId>,
}

/// A page of the whole log, newest first, and where the next begins.
pub async fn whole_log(app: &App, wish: &LogWish, limit: i64) -> Result<(Vec<LogLine>, Option<RowId>), Stop> {
    let mut events = audit::for_operator(&app.store.db, wish.filter(), limit + 1).await?;
    let more = events.len() as i64 > limit;
    events.truncate(limit as usize);
    let next = events.last().filter(|_| more).and_then(|e| e.id.parse().ok());
    Ok((events, next))
}

impl LogWish {
    fn filter(&self) -> audit::OperatorFilter<'_> {
        audit::OperatorFilter {
            kind: &self.kind,
            company: self.company.as_ref(),
            person: self.person.as_ref(),
            from: self.from,
            until: self.until,
            before: self.before.as_ref(),
        }
    }
}
