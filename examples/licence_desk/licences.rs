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
    /// What the person may do in this company.
    pub permissions: Vec<String>,
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

#[cfg(test)]
mod tests {
    use josekit::jwk::alg::ec::EcCurve;
    use serde_json::json;

    use super::*;

    const API: &str = "https://licences.example.test/api";

    /// The API with a key of its provider, and a way to sign with it.
    fn api() -> (Api, impl Fn(Value, Value) -> String) {
        rustls::crypto::ring::default_provider().install_default().ok();
        let key = Jwk::generate_ec_key(EcCurve::P256).expect("a key");
        let mut public = Value::Object(key.to_public_key().expect("its public part").into());
        (public["kid"], public["alg"]) = ("k1".into(), "ES256".into());
        let api = Api { jwks: Mutex::new(json!({"keys": [public]})), ..Api::new(reqwest::Client::new(), "https://id.example.test".into(), API.into()) };
        let sign = move |over: Value, typ: Value| {
            let mut header = jws::JwsHeader::new();
            header.set_claim("kid", Some("k1".into())).expect("a header");
            header.set_claim("typ", Some(typ)).expect("a header");
            let mut claims = json!({"iss": "https://id.example.test", "aud": API, "exp": 4_102_444_800_u64, "sub": "idn_1", "account_id": "acc_1", "org_id": "org_1",
                "permissions": ["licences.manage", "licences.read"], "scope": "licences.read licences.manage"});
            for (name, value) in over.as_object().into_iter().flatten() {
                claims[name] = value.clone();
            }
            jws::serialize_compact(claims.to_string().as_bytes(), &header, &ES256.signer_from_jwk(&key).expect("a signer")).expect("signed")
        };
        (api, sign)
    }

    #[tokio::test]
    async fn the_api_takes_tokens_that_are_for_it_and_for_a_company_and_no_others() {
        let (api, sign) = api();
        let good = api.check(&sign(json!({}), "at+jwt".into())).await.expect("a token of ours");
        assert_eq!((good.account_id.as_str(), good.org_id.as_str(), good.act.as_deref()), ("acc_1", "org_1", None));
        for (what, over, typ) in [
            ("another API", json!({"aud": "https://else.example.test/api"}), "at+jwt"),
            ("another provider", json!({"iss": "https://else.example.test"}), "at+jwt"),
            ("no company", json!({"org_id": null}), "at+jwt"),
            ("no account", json!({"account_id": ""}), "at+jwt"),
            ("expired", json!({"exp": 1_700_000_000}), "at+jwt"),
            ("an ID token", json!({}), "JWT"),
        ] {
            assert!(api.check(&sign(over, typ.into())).await.is_err(), "{what}");
        }
        let mut bent = sign(json!({}), "at+jwt".into());
        let dot = bent.rfind('.').expect("a signature");
        bent.replace_range(dot + 1..dot + 3, if bent[dot + 1..].starts_with("AA") { "BB" } else { "AA" });
        assert!(api.check(&bent).await.is_err(), "a bent signature");
    }

    #[tokio::test]
    async fn what_may_be_done_needs_the_permission_of_the_company_and_the_scope_of_the_person() {
        let (api, sign) = api();
        for (over, may) in [
            (json!({}), true),
            (json!({"permissions": []}), false),
            (json!({"permissions": null}), false),
            (json!({"scope": "licences.read"}), false),
            (json!({"permissions": ["licences.read"]}), false),
        ] {
            assert_eq!(api.check(&sign(over.clone(), "at+jwt".into())).await.expect("for us").may("licences.manage"), may, "{over}");
        }
    }

    #[tokio::test]
    async fn licences_change_hands_only_where_the_token_says_that_this_account_acts_for_that_one() {
        let (api, sign) = api();
        let folder = tempfile::tempdir().expect("a folder");
        let licences = Licences::open(&folder.path().join("l.sqlite").display().to_string()).await.expect("opened");
        let caller = async |over: Value| api.check(&sign(over, "at+jwt".into())).await.expect("for us");
        let (here, there) = (caller(json!({"account_id": "acc_2"})).await, caller(json!({})).await);
        licences.add(&there, "Plan").await.expect("added");
        for act in [json!(null), json!({"sub": "idn_2"}), json!({"account_id": "acc_3"})] {
            let other = caller(json!({"act": act})).await;
            assert!(licences.take(&other, &here).await.is_err(), "{act}");
        }
        let may_not = caller(json!({"act": {"account_id": "acc_2"}, "permissions": ["licences.read"]})).await;
        assert!(licences.take(&may_not, &here).await.is_err());
        assert_eq!(licences.of("acc_1").await.expect("read").len(), 1);
        let acted = caller(json!({"act": {"account_id": "acc_2"}})).await;
        assert_eq!(licences.take(&acted, &here).await.expect("moved"), 1);
        assert!(licences.of("acc_1").await.expect("read").is_empty());
    }
}
