//! Interactions: stored authorization requests on their way through the pages.

use sqlx::FromRow;

use super::db::on;
use super::{Db, Tx, document, json_text, parsed};
use crate::domain::Wanted;
use crate::flow::Progress;
use crate::protocol::AuthorizationRequest;
use crate::types::{BrowserSessionId, ClientId, IdentityId, InteractionId, Timestamp};

/// What the pages lead to.
#[derive(Clone, Debug, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Purpose {
    /// An app's request.
    Authorize(Box<AuthorizationRequest>),
    /// The person's own page.
    Home,
    /// A page of the portal, by its path; the person signs in anew.
    Portal(String),
    /// The same for one person: a page that asks for a fresh proof, or for more than was shown.
    Again {
        /// Where it leads.
        path: String,
        /// Who must show it.
        identity_id: IdentityId,
        /// What they must have shown.
        wanted: Box<Wanted>,
    },
}

/// A stored interaction.
#[derive(Clone, Debug)]
pub struct Interaction {
    /// Its id, in the URL.
    pub id: InteractionId,
    /// The browser that began it; `None` until the first GET binds it (decisions.md 4).
    pub browser_session_id: Option<BrowserSessionId>,
    /// What it leads to.
    pub purpose: Purpose,
    /// What the pages have saved.
    pub progress: Progress,
    /// When it began.
    pub created_at: Timestamp,
    /// When it ends.
    pub expires_at: Timestamp,
    /// When it was answered.
    pub finished_at: Option<Timestamp>,
}

#[derive(FromRow)]
struct Row {
    id: String,
    browser_session_id: Option<String>,
    request: String,
    progress: String,
    created_at: i64,
    expires_at: i64,
    finished_at: Option<i64>,
}

/// The interaction, expired and finished ones too: their pages say so.
pub async fn find(db: &Db, id: &InteractionId) -> sqlx::Result<Option<Interaction>> {
    let row: Option<Row> = on!(read db, |ex| sqlx::query_as("select id, browser_session_id, request, progress, created_at, expires_at, finished_at from interaction where id = $1").bind(id.as_str()).fetch_optional(ex).await)?;
    row.map(|row| {
        Ok(Interaction {
            id: parsed(&row.id)?,
            browser_session_id: row.browser_session_id.as_deref().map(parsed).transpose()?,
            purpose: document(&row.request)?,
            progress: document(&row.progress)?,
            created_at: Timestamp::from_seconds(row.created_at),
            expires_at: Timestamp::from_seconds(row.expires_at),
            finished_at: row.finished_at.map(Timestamp::from_seconds),
        })
    })
    .transpose()
}

/// An interaction to be.
#[derive(Clone, Debug, serde::Serialize)]
pub struct NewInteraction {
    id: InteractionId,
    browser_session_id: Option<BrowserSessionId>,
    client_id: Option<ClientId>,
    request: String,
    progress: String,
    expires_at: i64,
}

impl NewInteraction {
    /// A request, of the browser that began it or of nobody yet.
    pub fn of(id: InteractionId, session: Option<&BrowserSessionId>, purpose: &Purpose, expires_at: Timestamp) -> Self {
        let client_id = match purpose {
            Purpose::Authorize(request) => Some(request.client_id.clone()),
            Purpose::Home | Purpose::Portal(_) | Purpose::Again { .. } => None,
        };
        let (request, progress) = (json_text(purpose), json_text(&Progress::default()));
        Self { id, browser_session_id: session.cloned(), client_id, request, progress, expires_at: expires_at.seconds() }
    }
}

/// Stores a request together with what else is written; alone it is [`crate::store::Hot::begin`].
pub async fn add(tx: &mut Tx, new: &NewInteraction, now: Timestamp) -> sqlx::Result<()> {
    on!(tx tx, |ex| sqlx::query("insert into interaction (id, browser_session_id, client_id, request, progress, created_at, expires_at) values ($1, $2, $3, $4, $5, $6, $7)")
        .bind(new.id.as_str()).bind(new.browser_session_id.as_ref().map(|s| s.as_str())).bind(new.client_id.as_ref().map(|c| c.as_str())).bind(&new.request).bind(&new.progress).bind(now.seconds()).bind(new.expires_at).execute(ex).await.map(drop))
}

/// Binds an unbound interaction to the browser that comes first; false when another was faster.
pub async fn bind(tx: &mut Tx, id: &InteractionId, session: &BrowserSessionId) -> sqlx::Result<bool> {
    on!(tx tx, |ex| sqlx::query("update interaction set browser_session_id = $2 where id = $1 and browser_session_id is null").bind(id.as_str()).bind(session.as_str()).execute(ex).await.map(|r| r.rows_affected() == 1))
}

/// Saves what a page learned; false when the interaction was answered meanwhile.
pub async fn save(tx: &mut Tx, id: &InteractionId, progress: &Progress) -> sqlx::Result<bool> {
    on!(tx tx, |ex| sqlx::query("update interaction set progress = $2 where id = $1 and finished_at is null").bind(id.as_str()).bind(json_text(progress)).execute(ex).await.map(|r| r.rows_affected() == 1))
}

/// Answers an interaction, once; false when it was answered or has expired.
pub async fn finish(tx: &mut Tx, id: &InteractionId, now: Timestamp) -> sqlx::Result<bool> {
    on!(tx tx, |ex| sqlx::query("update interaction set finished_at = $2 where id = $1 and finished_at is null and expires_at > $2").bind(id.as_str()).bind(now.seconds()).execute(ex).await.map(|r| r.rows_affected() == 1))
}
