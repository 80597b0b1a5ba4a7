//! What may be done so often and then has to wait: asks, texts, mails, tries at things that are not a sign-in.

use super::Stop;
use crate::domain::{ThrottleKey, ThrottleRule};
use crate::store::{Tx, throttles};
use crate::types::{Seconds, Timestamp};

/// Counts one more of `what` in this transaction; false when it has to wait. Of many at once, only who counted itself may go on.
pub(super) async fn spend(tx: &mut Tx, what: &str, free: i64, longest: Seconds, now: Timestamp) -> Result<bool, Stop> {
    let key = ThrottleKey::asking(what);
    let seen = throttles::state(tx, &key).await?;
    let waits = seen.blocked_until(ThrottleRule { free, longest }, now).is_some();
    Ok(!waits && throttles::count(tx, &key, &seen, now).await?)
}

/// Forgets what was spent.
pub(super) async fn forgive(tx: &mut Tx, what: &str) -> Result<(), Stop> {
    Ok(throttles::reset(tx, &ThrottleKey::asking(what)).await?)
}
