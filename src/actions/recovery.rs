//! A forgotten password or username (NIST SP 800-63B-4 section 4.2): one mail to the proved address, and one answer for everybody.
//!
//! The request only leaves a note in the outbox, the same for a name that nobody has; who is meant is looked up by the worker. So
//! neither the answer nor its delay tells whether somebody exists (threats.md T29).

use super::budget::spend;
use super::mailing::{letter, post};
use super::{App, Origin, Stop};
use crate::domain::{Identity, SignInName};
use crate::mail::Mail;
use crate::store::mail_links::{self, MailToken, Purpose};
use crate::store::outbox::{self, Kind};
use crate::store::{Tx, audit, identities};
use crate::types::{EmailAddress, Locale, OpaqueToken, RowId, Seconds, Timestamp};

/// A request, as it waits.
#[derive(serde::Serialize, serde::Deserialize)]
struct Note {
    name: String,
    locale: String,
    request_id: String,
    address: Option<std::net::IpAddr>,
}

/// So many requests from one address range, and mails to one person, cost no wait.
const FROM_ONE_PLACE: i64 = 10;
const TO_ONE_PERSON: i64 = 3;

/// The longest wait once a budget is used up.
fn longest(app: &App) -> Seconds {
    app.config.throttle_longest.max(Seconds::hours(1))
}

/// Notes that somebody asked for help with a name. Answered the same whatever comes of it.
pub async fn ask_recovery(app: &App, name: &str, locale: Locale, origin: &Origin, now: Timestamp) -> Result<(), Stop> {
    let mut tx = app.store.begin().await?;
    let place = origin.address_range().unwrap_or_else(|| "anywhere".to_owned());
    if spend(&mut tx, &format!("recovery from {place}"), FROM_ONE_PLACE, longest(app), now).await? {
        let note = Note { name: name.to_owned(), locale: locale.tag().to_owned(), request_id: origin.request_id.clone(), address: origin.address };
        let text = serde_json::to_string(&note).map_err(anyhow::Error::from)?;
        outbox::put(&mut tx, &RowId::mint(now, &mut app.rng()), Kind::Recovery, &text, now).await?;
    }
    audit::append(&mut tx, &app.event("recovery.asked", origin, now)).await?;
    Ok(tx.commit().await?)
}

/// Answers what waits, by mail; how many notes were taken.
pub async fn answer_recoveries(app: &App, now: Timestamp) -> Result<usize, Stop> {
    let mut taken = 0;
    // A step at a time: whoever asks very often keeps the worker from nothing else.
    while taken < 50 {
        let mut tx = app.store.begin().await?;
        let Some(row) = outbox::take_due(&mut tx, Kind::Recovery, 1, Seconds::minutes(2), now).await?.pop() else { return Ok(taken) };
        tx.commit().await?;
        let note: Note = serde_json::from_str(&row.payload).map_err(anyhow::Error::from)?;
        let mut tx = app.store.begin().await?;
        answer(app, &mut tx, &note, now).await?;
        outbox::delivered(&mut tx, &row.id, now).await?;
        tx.commit().await?;
        taken += 1;
    }
    Ok(taken)
}

/// Whom a name may mean: the owner of a username, and everybody who has proved an address.
fn meant<'a>(found: &'a [Identity], name: &SignInName) -> Vec<&'a Identity> {
    let same = |text: &Option<String>| text.as_deref().is_some_and(|t| crate::types::canonical(t) == name.key());
    let reachable = |i: &&Identity| i.closed_at.is_none() && i.email.is_some() && i.email_verified_at.is_some();
    let by_username: Vec<_> = found.iter().filter(|i| same(&i.username)).collect();
    if by_username.is_empty() {
        found.iter().filter(|i| same(&i.email)).filter(reachable).collect()
    } else {
        by_username.into_iter().filter(reachable).collect()
    }
}

async fn answer(app: &App, tx: &mut Tx, note: &Note, now: Timestamp) -> Result<(), Stop> {
    let name = SignInName::typed(&note.name);
    let found = identities::known_as(&app.store.db, &name).await?;
    let people = meant(&found, &name);
    let Some(to) = people.first().and_then(|p| p.email.as_deref()).and_then(|e| EmailAddress::parse(e).ok()) else { return Ok(()) };
    let locale = people.iter().find_map(|p| p.profile.locale).or_else(|| Locale::from_tag(&note.locale)).unwrap_or_default();
    let origin = Origin { request_id: note.request_id.clone(), address: note.address, ..Origin::default() };
    mail_ways_back(app, tx, &people, &to, locale, &origin, now).await
}

/// Mails a link to choose a new password for each of these sign-ins, which share an address.
pub(super) async fn mail_ways_back(
    app: &App,
    tx: &mut Tx,
    people: &[&Identity],
    to: &EmailAddress,
    locale: Locale,
    origin: &Origin,
    now: Timestamp,
) -> Result<(), Stop> {
    let lifetime = app.config.lifetimes.recovery;
    let mut list = String::new();
    let mut face = None;
    for person in people {
        if !spend(tx, &format!("recovery of {}", person.id), TO_ONE_PERSON, longest(app), now).await? {
            continue;
        }
        let mut rng = app.rng();
        let token: MailToken = OpaqueToken::mint(RowId::mint(now, &mut rng), &mut rng);
        mail_links::add(tx, Purpose::SetPassword, &token, &person.id, to.key(), now + lifetime, now).await?;
        let brand = super::brands::brand_of(app, tx, &person.id).await?;
        let link = super::brands::on_domain(app, brand.as_ref(), app.config.url(&format!("/activate/{}", token.reveal().expose())));
        let label = person.username.as_deref().unwrap_or(to.as_str());
        list.push_str(&format!("{label}\n{link}\n\n"));
        face = face.or(brand);
        audit::append(tx, &app.event("recovery.mailed", origin, now).by(&person.id)).await?;
    }
    if list.is_empty() {
        return Ok(());
    }
    let args = [("list", list.trim_end().to_owned()), ("minutes", (lifetime.0 / 60).to_string())];
    let mail = Mail { from: super::brands::sender(face.as_ref()), ..letter(app, to, locale, "recovery", &args) };
    post(app, tx, &mail, now).await
}
