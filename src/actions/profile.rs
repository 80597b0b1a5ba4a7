//! One profile for all of a person's companies: edited once, seen everywhere (design.md section 4, S1).

use super::{App, Origin, Stop};
use crate::domain::Profile;
use crate::store::{audit, identities};
use crate::types::{IdentityId, Timestamp};

/// Keeps what a person says of themselves.
pub async fn edit_profile(app: &App, who: &IdentityId, profile: &Profile, origin: &Origin, now: Timestamp) -> Result<(), Stop> {
    let mut tx = app.store.begin().await?;
    if identities::set_profile(&mut tx, who, profile, now).await? {
        audit::append(&mut tx, &app.event("profile.changed", origin, now).by(who)).await?;
    }
    Ok(tx.commit().await?)
}
