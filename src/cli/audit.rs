//! The operator looks whether the audit log is as it was written.

use clap::Subcommand;
use serde_json::json;

use crate::actions::{self, App};

#[derive(Subcommand)]
pub(super) enum Audit {
    /// Go through the chain of the audit log, and fail where it is not as it was written.
    Verify {
        /// The head that an earlier look printed, kept elsewhere: shows that the whole chain was not made anew.
        #[arg(long, value_name = "DIGEST")]
        head: Option<String>,
    },
}

pub(super) async fn audit(app: &App, command: Audit, as_json: bool) -> anyhow::Result<()> {
    let Audit::Verify { head } = command;
    let found = actions::verify_audit(app, head.as_deref()).await?;
    if as_json {
        let document = json!({"seals": found.seals, "events": found.events, "erased_seals": found.erased, "unsealed_events": found.waiting, "head": found.head, "head_known": found.known, "broken_at": found.broken});
        println!("{document}");
    } else {
        println!(
            "{} events under {} seals are as they were written; {} seals have outlived their events; {} events wait for a seal",
            found.events, found.seals, found.erased, found.waiting
        );
        if let Some(head) = &found.head {
            println!("head: {head}");
        }
    }
    if let Some(seal) = found.broken {
        anyhow::bail!("the log is not as it was written: look at the events under seal {seal}");
    }
    anyhow::ensure!(found.known, "the head that was given is not in the chain: it was made anew, or is another database's");
    Ok(())
}
