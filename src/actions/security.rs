//! Where somebody is signed in, which apps act for them, and ending either.

use super::{App, Origin, Stop};
use crate::store::devices::{self, Remembered};
use crate::store::security::{self, Activity, Browser, ConnectedApp};
use crate::store::{audit, sessions};
use crate::types::{BrowserSessionId, ClientId, IdentityId, RowId, Timestamp};

/// The events that people read about themselves; each has its words on the page.
pub const ACTIVITY: &str = "sign_in.accepted sign_in.stepped_up sign_out password.set password.changed factor.added factor.removed recovery_codes.made factor.refused link.made link.cut link.entered identity.consolidated recovery.mailed app.disconnected identity.closing identity.restored email.changed email.change_undone username.changed";

/// What the security page shows.
pub async fn security_of(app: &App, who: &IdentityId, now: Timestamp) -> Result<(Vec<Browser>, Vec<ConnectedApp>, Vec<Activity>), Stop> {
    let db = &app.store.db;
    let browsers = security::browsers(db, who, app.config.lifetimes.session_idle, now).await?;
    Ok((browsers, security::connected_apps(db, who).await?, security::activity(db, who, ACTIVITY, 20).await?))
}

/// Signs somebody out of one of their browsers; any other one stays as it is.
pub async fn end_browser(app: &App, who: &IdentityId, browser: &BrowserSessionId, origin: &Origin, now: Timestamp) -> Result<(), Stop> {
    let mut tx = app.store.begin().await?;
    if sessions::of_identity(&mut tx, who).await?.contains(browser) {
        super::sign_out::out(app, &mut tx, browser, who, origin, now).await?;
    }
    Ok(tx.commit().await?)
}

/// Where somebody's second factor need not be shown.
pub async fn remembered_devices(app: &App, who: &IdentityId, now: Timestamp) -> Result<Vec<Remembered>, Stop> {
    Ok(devices::of_identity(&app.store.db, who, now).await?)
}

/// It is asked for there again.
pub async fn forget_device(app: &App, who: &IdentityId, device: &RowId, origin: &Origin, now: Timestamp) -> Result<(), Stop> {
    let mut tx = app.store.begin().await?;
    devices::forget(&mut tx, who, Some(device)).await?;
    audit::append(&mut tx, &app.event("device.forgotten", origin, now).by(who)).await?;
    Ok(tx.commit().await?)
}

/// Ends what an app was granted by somebody, and tells the app.
pub async fn disconnect_app(app: &App, who: &IdentityId, client: &ClientId, origin: &Origin, now: Timestamp) -> Result<(), Stop> {
    let mut tx = app.store.begin().await?;
    let ending = sessions::open_apps_of_identity(&mut tx, who).await?.into_iter().filter(|open| open.client_id == *client).collect();
    super::sign_out::write_notices(app, &mut tx, ending, true, now).await?;
    security::disconnect(&mut tx, who, client, now).await?;
    audit::append(&mut tx, &app.event("app.disconnected", origin, now).by(who).through(client)).await?;
    Ok(tx.commit().await?)
}
