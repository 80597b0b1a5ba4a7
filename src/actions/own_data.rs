//! Everything that is kept of a person, as a document for themselves. No secret is in it, and nothing of other people beyond the names
//! that they see in the portal.

use serde_json::{Value, json};

use super::{App, Stop};
use crate::domain::Identity;
use crate::store::accounts::{self, Cursor, Filter};
use crate::store::security;
use crate::types::Timestamp;

/// So many events at most, the latest.
const EVENTS: i64 = 10_000;

fn at(time: Option<Timestamp>) -> Value {
    time.map_or(Value::Null, |t| json!(t.seconds()))
}

/// The document. Times are seconds since 1970 (UTC).
pub async fn own_data(app: &App, person: &Identity, now: Timestamp) -> Result<Value, Stop> {
    let who = &person.id;
    let db = &app.store.db;
    let mut places = Vec::new();
    let mut after: Option<Cursor> = None;
    loop {
        let page = accounts::page(db, who, &Filter { after: after.as_ref(), ..Filter::default() }, 200).await?;
        let Some(last) = page.last() else { break };
        after = Some(Cursor::of(last));
        places.extend(page.iter().map(|a| {
            json!({
                "account_id": a.id.as_str(), "company": a.company.name, "kind": a.kind.as_str(), "roles": a.roles,
                "created_at": a.created_at.seconds(), "last_used_at": at(a.last_used_at),
            })
        }));
    }
    let (authenticators, recovery_codes, _) = super::authenticators_of(app, who).await?;
    let (browsers, apps, _) = super::security_of(app, who, now).await?;
    let events = security::activity(db, who, super::ACTIVITY, EVENTS).await?;
    let (out, into) = super::links_of(app, who, None).await?;
    let remembered = super::remembered_devices(app, who, now).await?;
    Ok(json!({
        "made_at": now.seconds(),
        "identity": {
            "id": who.as_str(), "username": person.username, "email": person.email, "email_verified_at": at(person.email_verified_at),
            "given_name": person.profile.given_name, "family_name": person.profile.family_name, "mobile": person.profile.mobile,
            "mobile_verified_at": at(person.profile.mobile_verified_at), "language": person.profile.locale.map(|l| l.tag()),
            "time_zone": person.profile.time_zone,
        },
        "accounts": places,
        "authenticators": authenticators.iter().map(|a| json!({
            "kind": a.factor.as_str(), "name": a.name, "created_at": a.created_at.seconds(), "last_used_at": at(a.last_used_at), "backed_up": a.backed_up,
        })).collect::<Vec<_>>(),
        "recovery_codes_left": recovery_codes,
        "browsers": browsers.iter().map(|b| json!({
            "device": b.device, "address": b.address, "signed_in_at": b.signed_in_at.seconds(), "last_seen_at": b.last_seen_at.seconds(), "apps": b.apps,
        })).collect::<Vec<_>>(),
        "remembered_browsers": remembered.iter().map(|d| json!({"name": d.name, "since": d.remembered_at, "until": d.remembered_until})).collect::<Vec<_>>(),
        "apps": apps.iter().map(|a| json!({
            "name": a.name, "granted_at": a.granted_at.seconds(), "offline": a.offline, "companies": a.companies,
        })).collect::<Vec<_>>(),
        "links": out.iter().chain(&into).map(|l| json!({
            "from": {"owner": l.from.owner, "company": l.from.company}, "to": {"owner": l.to.owner, "company": l.to.company},
            "state": l.state.as_str(), "since": l.created_at.seconds(), "last_used_at": at(l.last_used_at),
        })).collect::<Vec<_>>(),
        "activity": events.iter().map(|e| json!({"what": e.kind, "at": e.at, "address": e.address})).collect::<Vec<_>>(),
    }))
}
