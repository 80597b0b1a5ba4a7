//! What waits to be delivered, for who runs this provider.

use super::{App, Origin, Stop};
use crate::store::{audit, outbox};
use crate::types::{RowId, Timestamp};

/// Has something that waits tried again at once; nothing happens when it was delivered meanwhile.
pub async fn retry_delivery(app: &App, id: &RowId, origin: &Origin, now: Timestamp) -> Result<bool, Stop> {
    let mut tx = app.store.begin().await?;
    let due = outbox::make_due(&mut tx, id, now).await?;
    if due {
        audit::append(&mut tx, &app.event("outbox.retried", origin, now).reason(id.as_str())).await?;
    }
    tx.commit().await?;
    Ok(due)
}
