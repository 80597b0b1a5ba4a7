//! Where keys live and how they rotate: files beside SQLite, sealed rows on PostgreSQL (decisions.md 23).

use super::{App, Origin, Stop};
use crate::config::{Config, DatabaseUrl};
use crate::crypto::{KeyFolder, KeyRecord, KeyRing, RotationRefused, Sealer};
use crate::store::key_material::{self, KeyRow};
use crate::store::{Store, config_version};
use crate::types::{Random, Timestamp};

fn record(row: KeyRow) -> KeyRecord {
    KeyRecord {
        name: row.name,
        sealed: row.sealed,
        created_at: Timestamp::from_seconds(row.created_at),
        activated_at: row.activated_at.map(Timestamp::from_seconds),
    }
}

fn row(record: &KeyRecord) -> KeyRow {
    KeyRow {
        name: record.name.clone(),
        sealed: record.sealed.clone(),
        created_at: record.created_at.seconds(),
        activated_at: record.activated_at.map(Timestamp::seconds),
        retired_at: None,
    }
}

fn folder(config: &Config) -> Option<KeyFolder> {
    matches!(config.database, DatabaseUrl::Sqlite(_)).then(|| KeyFolder::at(&config.keys_directory))
}

async fn load(config: &Config, store: &Store) -> anyhow::Result<Vec<KeyRecord>> {
    match folder(config) {
        Some(folder) => folder.load(),
        None => Ok(key_material::all(&store.db).await?.into_iter().map(record).collect()),
    }
}

/// Loads the keys; a first start makes them, and of several nodes that start at once one does.
pub(super) async fn load_or_make(config: &Config, store: &Store, sealer: &Sealer, now: Timestamp, rng: &mut Random) -> anyhow::Result<Vec<KeyRecord>> {
    if let Some(folder) = folder(config) {
        // Two processes that start at once: one makes the keys while it holds the database, the other finds them.
        let held = store.begin().await?;
        let records = folder.load_or_make(sealer, now, rng);
        drop(held);
        return records;
    }
    let records = load(config, store).await?;
    if !records.is_empty() {
        return Ok(records);
    }
    let mut tx = store.begin().await?;
    key_material::lock(&mut tx).await?;
    if load(config, store).await?.is_empty() {
        for record in KeyRecord::first_set(sealer, now, rng)? {
            key_material::add(&mut tx, &row(&record)).await?;
        }
    }
    tx.commit().await?;
    load(config, store).await
}

/// Reads the keys again, after another process rotated them.
pub async fn reload_keys(app: &App) -> Result<(), Stop> {
    let records = load(&app.config, &app.store).await?;
    app.replace_keys(KeyRing::open(&records, &app.sealer)?);
    Ok(())
}

/// Rotates every algorithm: next becomes current, a new next is published. Refused while apps may not know the next one.
pub async fn rotate_keys(app: &App, force: bool, now: Timestamp) -> Result<Result<(), RotationRefused>, Stop> {
    rotate_keys_by(app, force, &Origin::default(), now).await
}

/// The same, asked for by somebody.
pub async fn rotate_keys_by(app: &App, force: bool, origin: &Origin, now: Timestamp) -> Result<Result<(), RotationRefused>, Stop> {
    let mut tx = app.store.begin().await?;
    key_material::lock(&mut tx).await?;
    // Judged on what is stored, under the lock: another node may have rotated a moment ago.
    let records = load(&app.config, &app.store).await?;
    let ring = KeyRing::open(&records, &app.sealer)?;
    let plan = match ring.plan_rotation(app.config.lifetimes.jwks_cache, force, now) {
        Ok(plan) => plan,
        Err(refused) => return Ok(Err(refused)),
    };
    let folder = folder(&app.config);
    for (algorithm, next) in plan {
        let made = KeyRecord::generate(algorithm, &app.sealer, now, next.is_none().then_some(now)).map_err(Stop::Fault)?;
        match (&folder, next) {
            (Some(folder), next) => {
                // The new next first: a crash in between leaves one key more, never one too few.
                folder.save(&made)?;
                if let Some(mut record) = next.and_then(|name| records.iter().find(|r| r.name == name).cloned()) {
                    record.activated_at = Some(now);
                    folder.save(&record)?;
                }
            }
            (None, next) => {
                key_material::add(&mut tx, &row(&made)).await?;
                if let Some(name) = next {
                    key_material::activate(&mut tx, &name, now).await?;
                }
            }
        }
    }
    for name in ring.forgettable(now) {
        match &folder {
            Some(folder) => folder.forget(&name)?,
            None => key_material::forget(&mut tx, &name).await?,
        }
    }
    config_version::bump(&mut tx).await?;
    let event = app.event("keys.rotated", origin, now);
    crate::store::audit::append(&mut tx, &event).await?;
    tx.commit().await?;
    reload_keys(app).await?;
    Ok(Ok(()))
}

/// Rotates when the schedule says so. True when it did.
pub async fn rotate_keys_if_due(app: &App, now: Timestamp) -> Result<bool, Stop> {
    let l = &app.config.lifetimes;
    if !app.keys().is_due(l.key_rotation, l.key_next, now) {
        return Ok(false);
    }
    Ok(rotate_keys(app, false, now).await?.is_ok())
}
