//! `vestibule webhook`: who is told of what happens.

use anyhow::Context;
use clap::Subcommand;

use super::operator::{here, say};
use crate::actions::{self, ApiReach, App, WebhookWish};
use crate::store::companies;
use crate::types::RowId;

#[derive(Subcommand)]
pub(super) enum Webhook {
    /// Add a webhook; the secret that signs its messages is shown once.
    Add {
        /// Where messages go.
        #[arg(long)]
        url: String,
        /// A kind of event, as account.added; may be repeated. All that it can be told when left out.
        #[arg(long)]
        event: Vec<String>,
        /// Slug or id of the company whose events it is told; everything when left out.
        #[arg(long)]
        company: Option<String>,
    },
    /// List webhooks.
    List,
    /// Send one a message that tells of nothing.
    Test {
        /// Its id.
        webhook: String,
    },
    /// Delete one, with what it was told.
    Remove {
        /// Its id.
        webhook: String,
    },
}

async fn named(app: &App, id: &str) -> anyhow::Result<crate::store::webhooks::Webhook> {
    let id: RowId = id.parse()?;
    actions::webhook(app, &ApiReach::All, &id).await?.context("there is no such webhook")
}

pub(super) async fn webhook(app: &App, command: Webhook, json: bool) -> anyhow::Result<()> {
    let now = app.clock.now();
    match command {
        Webhook::Add { url, event, company } => {
            let company = match company {
                None => None,
                Some(name) => Some(companies::named(&app.store.db, &name).await?.with_context(|| format!("there is no company {name}"))?.id),
            };
            let wish = WebhookWish { company, url, events: event, disabled: false };
            let (id, secret) = actions::add_webhook(app, &wish, &here(), now).await??;
            say(json, &[("webhook_id", id.as_str()), ("secret", secret.expose())]);
        }
        Webhook::List => {
            for hook in actions::webhooks_of(app, &ApiReach::All).await? {
                say(
                    json,
                    &[("webhook_id", hook.id.as_str()), ("url", &hook.url), ("events", &hook.events), ("disabled", hook.disabled.as_deref().unwrap_or("no"))],
                );
            }
        }
        Webhook::Test { webhook } => {
            let hook = named(app, &webhook).await?;
            actions::test_webhook(app, &hook, now).await?;
            say(json, &[("webhook_id", hook.id.as_str())]);
        }
        Webhook::Remove { webhook } => {
            let hook = named(app, &webhook).await?;
            actions::delete_webhook(app, &hook, &here(), now).await?;
            say(json, &[("removed", hook.id.as_str())]);
        }
    }
    Ok(())
}
