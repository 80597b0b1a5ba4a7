//! Who runs this provider, and how they come in: through Vestibule itself, always with a second factor.

use super::operator::{Answer, Refused, accept, find_person};
use super::{AddPerson, App, Origin, Stop, add_person};
use crate::domain::{Level, SignedIn, Wanted};
use crate::store::operators::{self, Operator};
use crate::store::sessions::BrowserSession;
use crate::store::{audit, identities};
use crate::types::{IdentityId, Seconds, Timestamp};

/// How long a second factor that was shown opens the console.
const CONSOLE: Seconds = Seconds::hours(2);

/// What the console asks of whoever comes in, whatever the configuration asks of others: several factors, shown lately, and no browser
/// that stands for one.
pub fn console_wants() -> Wanted {
    Wanted { max_age: Some(CONSOLE), ..Wanted::level(Level::Several) }
}

/// The operator among those who are signed in here; the first one who came, if several are.
pub async fn operator_here<'a>(app: &App, session: &'a BrowserSession) -> Result<Option<&'a SignedIn>, Stop> {
    for person in &session.signed_in {
        if operators::is_one(&app.store.db, &person.identity_id).await? {
            return Ok(Some(person));
        }
    }
    Ok(None)
}

/// Makes somebody an operator: who is known already by name, address or id, or else a new person, who is mailed an activation.
pub async fn create_operator(app: &App, wish: AddPerson, url: impl Fn(&str) -> String, origin: &Origin, now: Timestamp) -> Answer<IdentityId> {
    let name = wish.username.as_ref().map(|u| u.as_str()).or(wish.email.as_ref().map(|e| e.as_str())).unwrap_or_default().to_owned();
    let known = identities::known_as(&app.store.db, &crate::domain::SignInName::typed(&name)).await?;
    let id = if known.is_empty() { accept!(add_person(app, wish, url, origin, now).await?) } else { accept!(operator_to_be(app, &name).await?) };
    make_operator(app, &id, origin, now).await
}

/// Makes a known person an operator.
pub async fn make_operator(app: &App, id: &IdentityId, origin: &Origin, now: Timestamp) -> Answer<IdentityId> {
    let person = identities::find(&app.store.db, id).await?.filter(|p| p.closed_at.is_none());
    accept!(person.ok_or_else(|| Refused("they cannot sign in".into())));
    let mut tx = app.store.begin().await?;
    if operators::add(&mut tx, id, now).await? {
        identities::unmanage_wholly(&mut tx, id).await?;
        audit::append(&mut tx, &app.event("operator.added", origin, now).reason(id.as_str())).await?;
    }
    tx.commit().await?;
    Ok(Ok(id.clone()))
}

/// Somebody is an operator no more. The last one who can sign in stays: another comes first.
pub async fn remove_operator(app: &App, id: &IdentityId, origin: &Origin, now: Timestamp) -> Answer<()> {
    if !operators::is_one(&app.store.db, id).await? {
        return Ok(Err(Refused("they are no operator".into())));
    }
    let mut tx = app.store.begin().await?;
    if !operators::remove(&mut tx, id).await? {
        return Ok(Err(Refused("nobody else who can sign in is an operator".into())));
    }
    audit::append(&mut tx, &app.event("operator.removed", origin, now).reason(id.as_str())).await?;
    tx.commit().await?;
    Ok(Ok(()))
}

/// All operators.
pub async fn operators(app: &App) -> Result<Vec<Operator>, Stop> {
    Ok(operators::all(&app.store.db).await?)
}

/// Somebody who may become an operator: by username or id, or by an address that they have proved.
pub async fn operator_to_be(app: &App, name: &str) -> Answer<IdentityId> {
    let id = accept!(find_person(app, name).await?);
    let person = identities::find(&app.store.db, &id).await?;
    let key = crate::types::canonical(name.trim());
    let proved = person.is_some_and(|p| {
        let is = |text: Option<&str>| text.is_some_and(|t| crate::types::canonical(t) == key);
        id.as_str() == name.trim() || is(p.username.as_deref()) || (is(p.email.as_deref()) && p.email_verified_at.is_some())
    });
    Ok(if proved { Ok(id) } else { Err(Refused("nobody has proved this address; name them by username or id".into())) })
}

/// Somebody by username, address or id.
pub async fn person_named(app: &App, name: &str) -> Answer<IdentityId> {
    find_person(app, name).await
}
