//! What a page carries of something begun: a secret on its way to an app, a ceremony of a passkey. It travels sealed, so that looking
//! at a page writes nothing, fits the browser that looked, and counts once: that is a row written when it is used.

use serde::{Deserialize, Serialize};

use super::{App, Stop};
use crate::store::sessions::BrowserSession;
use crate::store::{Tx, authenticators};
use crate::types::{BrowserSessionId, IdentityId, RowId, Seconds, Secret, Timestamp};

/// What was begun.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Begun {
    /// An app's secret, until a code shows that it arrived.
    Totp,
    /// A passkey is made.
    Registration,
    /// A passkey is asked for.
    Assertion,
    /// A trial of an app is on its way.
    Trial,
}

#[derive(Serialize, Deserialize)]
struct Carried {
    nonce: RowId,
    begun: Begun,
    browser_session_id: BrowserSessionId,
    whose: Option<IdentityId>,
    secret: String,
    at: Timestamp,
}

/// How long a page may stay open.
const WITHIN: Seconds = Seconds::minutes(30);

/// What the page carries; nobody else can read it.
pub(super) fn sealed(app: &App, session: &BrowserSession, begun: Begun, whose: Option<&IdentityId>, secret: &str, now: Timestamp) -> Result<String, Stop> {
    let nonce = RowId::mint(now, &mut app.rng());
    let carried = Carried { nonce, begun, browser_session_id: session.id.clone(), whose: whose.cloned(), secret: secret.to_owned(), at: now };
    Ok(app.keys().people_sealer().seal(&serde_json::to_string(&carried).map_err(anyhow::Error::from)?)?)
}

/// What came back.
pub(super) struct Opened {
    nonce: RowId,
    /// What was begun with.
    pub secret: Secret,
}

/// Opens it, unless it is another browser's, another person's, of another kind, or too old.
pub(super) fn opened(app: &App, session: &BrowserSession, begun: Begun, whose: Option<&IdentityId>, sealed: &str, now: Timestamp) -> Option<Opened> {
    let text = app.keys().people_sealer().open_sealed(sealed).ok()?;
    let carried: Carried = serde_json::from_str(text.expose()).ok()?;
    let fits = carried.begun == begun && carried.browser_session_id == session.id && carried.whose.as_ref() == whose && now.since(carried.at) <= WITHIN;
    fits.then(|| Opened { nonce: carried.nonce, secret: Secret::new(carried.secret) })
}

impl Opened {
    /// Uses it up in the transaction of what it opens; false when that was done before.
    pub(super) async fn use_up(&self, tx: &mut Tx, now: Timestamp) -> Result<bool, Stop> {
        Ok(authenticators::finish_ceremony(tx, &self.nonce, now + WITHIN).await?)
    }
}
