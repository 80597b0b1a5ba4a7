//! Refresh-token families: one row each, whatever the number of rotations.
//!
//! A token is `selector.generation.family part + verifier`. The family part stays the same for the life of the family,
//! so a genuine old token is told from an invented one without a row per token; the verifier is new each time.
//! Rotating is [`super::Hot::rotate`].

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rand::CryptoRng;
use serde_json::json;
use sqlx::FromRow;

use super::companies::company_columns;
use super::db::on;
use super::grants::{GrantRow, grant_columns, grant_joins};
use super::grouped::{Asked, ask, asked};
use super::identities::identity_columns;
use super::{Db, Tx};
use crate::flow::LiveGrant;
use crate::types::{ClientId, Digest, GrantId, RowId, Secret, Timestamp};

/// A refresh token.
#[derive(Clone, Debug)]
pub struct RefreshToken {
    /// The key of its family's row.
    pub family: RowId,
    /// Which rotation it belongs to.
    pub generation: i64,
    family_part: Secret<Vec<u8>>,
    verifier: Secret<Vec<u8>>,
}

impl RefreshToken {
    /// The first token of a new family.
    pub fn first(family: RowId, rng: &mut impl CryptoRng) -> Self {
        let mut family_part = vec![0; 16];
        rng.fill_bytes(&mut family_part);
        Self { family, generation: 1, family_part: Secret::new(family_part), verifier: Secret::new(Vec::new()) }.successor_of_generation(1, rng)
    }
    /// The token after this one.
    pub fn successor(&self, rng: &mut impl CryptoRng) -> Self {
        self.successor_of_generation(self.generation + 1, rng)
    }
    fn successor_of_generation(&self, generation: i64, rng: &mut impl CryptoRng) -> Self {
        let mut verifier = vec![0; 32];
        rng.fill_bytes(&mut verifier);
        Self { family: self.family.clone(), generation, family_part: self.family_part.clone(), verifier: Secret::new(verifier) }
    }
    /// What is stored of the family part.
    pub fn family_digest(&self) -> Digest {
        Digest::of(self.family_part.expose())
    }
    /// What is stored of the verifier.
    pub fn verifier_digest(&self) -> Digest {
        Digest::of(self.verifier.expose())
    }
    /// The raw verifier, for deriving the key that seals its successor.
    pub fn verifier(&self) -> &[u8] {
        self.verifier.expose()
    }
    /// The text handed out, once.
    pub fn reveal(&self) -> Secret {
        let both: Vec<u8> = self.family_part.expose().iter().chain(self.verifier.expose()).copied().collect();
        Secret::new(format!("{}.{}.{}", self.family, self.generation, URL_SAFE_NO_PAD.encode(both)))
    }
    /// Reads a presented token.
    pub fn parse(text: &str) -> Option<Self> {
        let mut parts = text.splitn(3, '.');
        let family = parts.next()?.parse().ok()?;
        let generation = parts.next()?.parse().ok().filter(|g| *g >= 1)?;
        let both = URL_SAFE_NO_PAD.decode(parts.next()?).ok().filter(|b| b.len() == 48)?;
        let (family_part, verifier) = both.split_at(16);
        Some(Self { family, generation, family_part: Secret::new(family_part.to_vec()), verifier: Secret::new(verifier.to_vec()) })
    }
}

/// A family with its grant.
#[derive(Clone, Debug)]
pub struct Family {
    /// The client it belongs to.
    pub client_id: ClientId,
    /// Digest of the current verifier.
    pub verifier_digest: Digest,
    /// The current generation.
    pub generation: i64,
    /// The current token, sealed under a key from the previous one, for the time of the grace.
    pub successor_sealed: Option<String>,
    /// When it was last rotated or used.
    pub rotated_at: Timestamp,
    /// When it ends whatever happens.
    pub expires_at: Timestamp,
    /// The grant that a refresh switched to.
    pub switched_to: Option<GrantId>,
    /// What it stands for.
    pub grant: LiveGrant,
}

#[derive(FromRow)]
struct FamilyRow {
    switched_to: Option<String>,
    family_client_id: String,
    verifier_digest: String,
    generation: i64,
    successor_sealed: Option<String>,
    rotated_at: i64,
    expires_at: i64,
    #[sqlx(flatten)]
    grant: GrantRow,
}

const PRESENTED: Asked = asked!(
    concat!(
        "f.client_id as family_client_id, f.verifier_digest, f.generation, f.successor_sealed, f.rotated_at, f.expires_at, g.switched_to, ",
        grant_columns!()
    ),
    concat!("join refresh_family f on f.id = asked.a and f.family_digest = asked.b join authorization_grant g on g.id = f.grant_id ", grant_joins!())
);

/// The family that a token genuinely belongs to, whatever its generation.
pub async fn presented(db: &Db, token: &RefreshToken) -> sqlx::Result<Option<Family>> {
    let rows: Vec<FamilyRow> = ask(db, &PRESENTED, json!([token.family.as_str(), token.family_digest().as_str()])).await?;
    let row = rows.into_iter().next();
    row.map(|row| {
        Ok(Family {
            client_id: super::parsed(&row.family_client_id)?,
            verifier_digest: Digest::stored(row.verifier_digest),
            generation: row.generation,
            successor_sealed: row.successor_sealed,
            rotated_at: Timestamp::from_seconds(row.rotated_at),
            expires_at: Timestamp::from_seconds(row.expires_at),
            switched_to: row.switched_to.as_deref().map(super::parsed).transpose()?,
            grant: row.grant.try_into()?,
        })
    })
    .transpose()
}

/// Begins a family.
pub async fn add(tx: &mut Tx, first: &RefreshToken, grant: &GrantId, client: &ClientId, expires_at: Timestamp, now: Timestamp) -> sqlx::Result<()> {
    on!(tx tx, |ex| sqlx::query("insert into refresh_family (id, grant_id, client_id, family_digest, verifier_digest, generation, created_at, rotated_at, expires_at) values ($1, $2, $3, $4, $5, 1, $6, $6, $7)")
        .bind(first.family.as_str()).bind(grant.as_str()).bind(client.as_str()).bind(first.family_digest().as_str()).bind(first.verifier_digest().as_str()).bind(now.seconds()).bind(expires_at.seconds()).execute(ex).await.map(drop))
}

/// Uses a family's current token for the last time; its successor is kept sealed for the grace. False when it is not current.
pub async fn retire(tx: &mut Tx, token: &RefreshToken, successor_sealed: Option<&str>, now: Timestamp) -> sqlx::Result<bool> {
    on!(tx tx, |ex| sqlx::query("update refresh_family set successor_sealed = $4, rotated_at = $5 where id = $1 and generation = $2 and verifier_digest = $3 and expires_at > $5")
        .bind(token.family.as_str()).bind(token.generation).bind(token.verifier_digest().as_str()).bind(successor_sealed).bind(now.seconds()).execute(ex).await.map(|r| r.rows_affected() == 1))
}

/// Erases sealed successors whose grace is over.
pub async fn erase_successors(tx: &mut Tx, rotated_before: Timestamp) -> sqlx::Result<u64> {
    on!(tx tx, |ex| sqlx::query("update refresh_family set successor_sealed = null where successor_sealed is not null and rotated_at < $1").bind(rotated_before.seconds()).execute(ex).await.map(|r| r.rows_affected()))
}
