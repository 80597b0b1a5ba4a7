//! The app's own data and its API's own checks: neither asks the provider for anything but its public keys.

use std::sync::Mutex;

use anyhow::{Context, ensure};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use josekit::jwk::Jwk;
use josekit::jws::{self, ES256};
use serde_json::{Map, Value};
use sqlx::sqlite::{SqliteConnectOptions, SqlitePool};

/// A licence that was handed out.
#[derive(serde::Serialize, sqlx::FromRow)]
pub struct Licence {
    pub id: i64,
    pub product: String,
}

/// The licences of all companies; rows belong to an account and stay with it whatever happens to the person's sign-in.
pub struct Licences(SqlitePool);

impl Licences {
    pub async fn open(file: &str) -> anyhow::Result<Self> {
        let pool = SqlitePool::connect_with(SqliteConnectOptions::new().filename(file).create_if_missing(true)).await?;
        sqlx::query("create table if not exists licence (id integer primary key, account_id text not null, org_id text not null, product text not null)")
            .execute(&pool)
            .await?;
        Ok(Self(pool))
    }
    pub async fn of(&self, account_id: &str) -> anyhow::Result<Vec<Licence>> {
        Ok(sqlx::query_as("select id, product from licence where account_id = $1 order by id").bind(account_id).fetch_all(&self.0).await?)
    }
    pub async fn add(&self, caller: &Caller, product: &str) -> anyhow::Result<()> {
        sqlx::query("insert into licence (account_id, org_id, product) values ($1, $2, $3)")
            .bind(&caller.account_id)
            .bind(&caller.org_id)
            .bind(product)
            .execute(&self.0)
            .await?;
        Ok(())
    }
    /// The rows of `there` change hands: only when its token says that the account `here` acts for it. How many.
    pub async fn take(&self, there: &Caller, here: &Caller) -> anyhow::Result<u64> {
        ensure!(there.act.as_deref() == Some(here.account_id.as_str()), "the token does not say that this account acts for the other one");
        ensure!(there.may("licences.manage"), "licences.manage is not among the permissions of the other account");
        let moved = sqlx::query("update licence set account_id = $2, org_id = $3 where account_id = $1")
            .bind(&there.account_id)
            .bind(&here.account_id)
            .bind(&here.org_id)
            .execute(&self.0)
            .await?;
        Ok(moved.rows_affected())
    }
    pub async fn withdraw(&self, caller: &Caller, id: i64) -> anyhow::Result<()> {
        sqlx::query("delete from licence where id = $1 and account_id = $2").bind(id).bind(&caller.account_id).execute(&self.0).await?;
        Ok(())
    }
}

/// What an export wants: several factors, shown this many seconds ago at most.
pub const STRONG: &str = "urn:vestibule:acr:mfa";
pub const RECENT: u64 = 900;

/// Who calls the API, for which company.
pub struct Caller {
    pub account_id: String,
    pub org_id: String,
    /// The account that acts, when this one was entered or exchanged for through a link.
    pub act: Option<String>,
    acr: String,
    auth_time: u64,
    permissions: Vec<String>,
    scope: Vec<String>,
}

impl Caller {
    /// What the person may do in this company, as far as they let this app do it for them.
    pub fn may(&self, permission: &str) -> bool {
        self.permissions.iter().any(|p| p == permission) && self.scope.iter().any(|s| s == permission)
    }
    /// What is missing for something that wants a second factor, shown just now: the challenge of RFC 9470 section 3. The app puts
    /// its two values into a new authorization request.
    pub fn wants_more(&self) -> Option<String> {
        #[expect(clippy::disallowed_methods, reason = "an app reads its own clock")]
        let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).map_or(0, |d| d.as_secs());
        let strong = self.acr == STRONG || self.acr == "phr";
        let fresh = now.saturating_sub(self.auth_time) <= RECENT;
        (!strong || !fresh).then(|| format!("Bearer error=\"insufficient_user_authentication\", acr_values=\"{STRONG}\", max_age=\"{RECENT}\""))
    }
}

/// The resource server's check of access tokens (RFC 9068 section 4).
pub struct Api {
    http: reqwest::Client,
    issuer: String,
    audience: String,
    jwks: Mutex<Value>,
}

impl Api {
    pub fn new(http: reqwest::Client, issuer: String, audience: String) -> Self {
        Self { http, issuer, audience, jwks: Mutex::default() }
    }

    fn key(&self, kid: &str) -> Option<Jwk> {
        let jwks = self.jwks.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let key = jwks["keys"].as_array()?.iter().find(|k| k["kid"] == kid && k["alg"] == "ES256")?;
        Jwk::from_map(key.as_object()?.clone()).ok()
    }

    /// Signature, kind, issuer, audience, time; then the company and what may be done in it.
    pub async fn check(&self, token: &str) -> anyhow::Result<Caller> {
        let header: Map<String, Value> =
            serde_json::from_slice(&URL_SAFE_NO_PAD.decode(token.split('.').next().unwrap_or_default())?).context("not a token")?;
        let text = |map: &Map<String, Value>, name: &str| map.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
        ensure!(text(&header, "typ") == "at+jwt" && text(&header, "alg") == "ES256", "not an access token for this API");
        let kid = text(&header, "kid");
        let key = match self.key(&kid) {
            Some(key) => key,
            None => {
                let jwks: Value = self.http.get(format!("{}/jwks", self.issuer)).send().await?.json().await?;
                *self.jwks.lock().unwrap_or_else(std::sync::PoisonError::into_inner) = jwks;
                self.key(&kid).context("the token's key is unknown")?
            }
        };
        let (payload, _) = jws::deserialize_compact(token, &ES256.verifier_from_jwk(&key)?).context("the signature is wrong")?;
        let claims: Map<String, Value> = serde_json::from_slice(&payload)?;
        ensure!(text(&claims, "iss") == self.issuer, "the token is another provider's");
        ensure!(text(&claims, "aud") == self.audience, "the token is for another API");
        #[expect(clippy::disallowed_methods, reason = "an app reads its own clock")]
        let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH)?.as_secs();
        ensure!(claims.get("exp").and_then(Value::as_u64).is_some_and(|exp| exp > now), "the token has expired");
        let list = |name: &str| claims.get(name).and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect();
        let caller = Caller {
            account_id: text(&claims, "account_id"),
            org_id: text(&claims, "org_id"),
            act: claims.get("act").and_then(|act| act["account_id"].as_str()).map(str::to_owned),
            acr: text(&claims, "acr"),
            auth_time: claims.get("auth_time").and_then(Value::as_u64).unwrap_or_default(),
            permissions: list("permissions"),
            scope: text(&claims, "scope").split(' ').map(str::to_owned).collect(),
        };
        ensure!(!caller.account_id.is_empty() && !caller.org_id.is_empty(), "the token names no company");
        Ok(caller)
    }
}
