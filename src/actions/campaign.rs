//! Telling those who have several sign-ins under one proved address that they can make them one. They do it themselves, on our pages, with
//! the proofs that a consolidation asks of everybody: the mail only says where.

use super::mailing::{letter, post};
use super::{App, Origin, Stop};
use crate::domain::SignInName;
use crate::store::{audit, identities, imports};
use crate::types::{EmailAddress, Timestamp};

/// Groups of one reading.
const AT_ONCE: i64 = 100;

/// Mails the owners of same-email groups that were not told before, at most `limit` of them; how many mails. With `dry_run`, how many
/// there would be.
pub async fn consolidation_campaign(app: &App, limit: i64, dry_run: bool, origin: &Origin, now: Timestamp) -> Result<i64, Stop> {
    let mut told = 0;
    let mut after = String::new();
    while told < limit {
        let groups = imports::untold_groups(&app.store.db, &after, AT_ONCE.min(limit - told)).await?;
        let Some(last) = groups.last().cloned() else { break };
        for address in &groups {
            let people = identities::known_as(&app.store.db, &SignInName::typed(address)).await?;
            let people: Vec<_> = people.into_iter().filter(|p| p.email_verified_at.is_some() && p.closed_at.is_none()).collect();
            let Some(to) = people.iter().find_map(|p| EmailAddress::parse(p.email.as_deref()?).ok()).filter(|to| to.key() == address) else { continue };
            if people.len() < 2 {
                continue;
            }
            told += 1;
            if dry_run {
                continue;
            }
            let list: Vec<String> = people.iter().map(|p| format!("- {}", p.username.as_deref().unwrap_or_else(|| p.sign_in_label()))).collect();
            let locale = people.iter().find_map(|p| p.profile.locale).unwrap_or_default();
            let args = [("count", people.len().to_string()), ("list", list.join("\n")), ("link", app.config.url("/"))];
            let mut tx = app.store.begin().await?;
            if imports::note_told(&mut tx, address, now).await? {
                post(app, &mut tx, &letter(app, &to, locale, "campaign", &args), now).await?;
            }
            tx.commit().await?;
        }
        after = last;
    }
    if !dry_run && told > 0 {
        let mut tx = app.store.begin().await?;
        audit::append(&mut tx, &app.event("campaign.sent", origin, now).reason(&format!("consolidation: {told} mails"))).await?;
        tx.commit().await?;
    }
    Ok(told)
}
