//! A relying app that does by hand what a library does, and checks what it gets on its own.

use std::collections::BTreeMap;

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use josekit::jwk::Jwk;
use josekit::jws::{self, ES256, EdDSA, PS256, RS256};
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};
use vestibule::types::ClientId;

use super::browser::{Answer, Browser};

/// A registered app.
#[derive(Clone)]
pub struct RelyingApp {
    pub client_id: ClientId,
    pub secret: Option<String>,
    pub redirect_uri: String,
    pub issuer: String,
    pub http: Browser,
}

pub const VERIFIER: &str = "a-code-verifier-of-the-tests-0123456789-abcdefg";

/// What the token endpoint gave, ID token verified.
#[derive(Clone, Debug)]
pub struct Tokens {
    pub access_token: String,
    pub refresh_token: Option<String>,
    pub id_token: Option<String>,
    /// The verified claims of the ID token.
    pub claims: Map<String, Value>,
    pub raw: Value,
}

impl Tokens {
    pub fn text(&self, claim: &str) -> &str {
        self.claims.get(claim).and_then(Value::as_str).unwrap_or_default()
    }
    /// The claims of the access token, not verified: apps do not look into them.
    pub fn access_claims(&self) -> Map<String, Value> {
        let part = self.access_token.split('.').nth(1).expect("a JWT");
        serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).expect("base64url")).expect("claims")
    }
}

/// Verifies a JWT against a JWK set, as an independent relying party.
pub fn verify(token: &str, jwks: &Value) -> Result<(Map<String, Value>, Value), String> {
    let header: Value =
        serde_json::from_slice(&URL_SAFE_NO_PAD.decode(token.split('.').next().unwrap_or_default()).map_err(|e| e.to_string())?).map_err(|e| e.to_string())?;
    let jwk = jwks["keys"].as_array().into_iter().flatten().find(|k| k["kid"] == header["kid"]).ok_or_else(|| format!("unknown kid {}", header["kid"]))?;
    let jwk = Jwk::from_map(jwk.as_object().cloned().unwrap_or_default()).map_err(|e| e.to_string())?;
    let verifier: Box<dyn jws::JwsVerifier> = match header["alg"].as_str() {
        Some("RS256") => Box::new(RS256.verifier_from_jwk(&jwk).map_err(|e| e.to_string())?),
        Some("PS256") => Box::new(PS256.verifier_from_jwk(&jwk).map_err(|e| e.to_string())?),
        Some("ES256") => Box::new(ES256.verifier_from_jwk(&jwk).map_err(|e| e.to_string())?),
        Some("EdDSA") => Box::new(EdDSA.verifier_from_jwk(&jwk).map_err(|e| e.to_string())?),
        other => return Err(format!("alg {other:?}")),
    };
    let (payload, _) = jws::deserialize_compact(token, verifier.as_ref()).map_err(|e| e.to_string())?;
    Ok((serde_json::from_slice(&payload).map_err(|e| e.to_string())?, header))
}

impl RelyingApp {
    /// The URL of an authorization request; `extra` goes over the usual parameters, an empty value removes one.
    pub fn request(&self, extra: &[(&str, &str)]) -> String {
        let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(VERIFIER.as_bytes()));
        let mut parameters: BTreeMap<&str, &str> = BTreeMap::from([
            ("client_id", self.client_id.as_str()),
            ("redirect_uri", self.redirect_uri.as_str()),
            ("response_type", "code"),
            ("scope", "openid profile email"),
            ("state", "a state & more"),
            ("nonce", "a-nonce"),
            ("code_challenge", challenge.as_str()),
            ("code_challenge_method", "S256"),
        ]);
        for (name, value) in extra {
            if value.is_empty() {
                parameters.remove(name);
            } else {
                parameters.insert(name, value);
            }
        }
        format!("/authorize?{}", url::form_urlencoded::Serializer::new(String::new()).extend_pairs(parameters).finish())
    }

    /// Posts to an endpoint with this client's authentication.
    pub async fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let mut all: Vec<(&str, &str)> = fields.to_vec();
        let body_id;
        let mut request = axum::http::Request::post(path).header("content-type", "application/x-www-form-urlencoded");
        match &self.secret {
            Some(secret) => request = request.header("authorization", format!("Basic {}", STANDARD.encode(format!("{}:{secret}", self.client_id)))),
            None => {
                body_id = self.client_id.to_string();
                all.push(("client_id", &body_id));
            }
        }
        let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(all).finish();
        self.http.send(request.body(body.into()).expect("a request")).await
    }

    /// Exchanges a code; `extra` goes over the usual parameters, an empty value removes one.
    pub async fn exchange(&mut self, code: &str, extra: &[(&str, &str)]) -> Answer {
        let redirect_uri = self.redirect_uri.clone();
        let mut fields: BTreeMap<&str, &str> =
            BTreeMap::from([("grant_type", "authorization_code"), ("code", code), ("redirect_uri", &redirect_uri), ("code_verifier", VERIFIER)]);
        for (name, value) in extra {
            if value.is_empty() {
                fields.remove(name);
            } else {
                fields.insert(name, value);
            }
        }
        self.post("/token", &fields.into_iter().collect::<Vec<_>>()).await
    }

    /// Completes an authorization response: checks `state` and `iss`, exchanges the code, verifies the ID token.
    pub async fn complete(&mut self, answer: &Answer) -> Tokens {
        let parameters = answer.redirect_parameters();
        assert!(answer.location().is_some_and(|l| l.starts_with(&self.redirect_uri)), "{:?}", answer.location());
        assert_eq!(parameters.get("iss"), Some(&self.issuer), "{parameters:?}");
        assert_eq!(parameters.get("state").map(String::as_str), Some("a state & more"), "{parameters:?}");
        let code = parameters.get("code").unwrap_or_else(|| panic!("no code: {parameters:?}"));
        let answer = self.exchange(code, &[]).await;
        self.tokens(&answer).await
    }

    /// Reads a token response and verifies its ID token.
    pub async fn tokens(&mut self, answer: &Answer) -> Tokens {
        assert_eq!(answer.status, 200, "{}", answer.body);
        assert_eq!(answer.headers["cache-control"], "no-store");
        let raw = answer.json();
        let text = |name: &str| raw[name].as_str().map(str::to_owned);
        let id_token = text("id_token");
        let mut claims = Map::new();
        if let Some(token) = &id_token {
            let jwks = self.http.get("/jwks").await.json();
            claims = verify(token, &jwks).expect("the ID token verifies").0;
            assert_eq!(claims["iss"], self.issuer.as_str());
            assert_eq!(claims["aud"], self.client_id.as_str());
        }
        Tokens { access_token: text("access_token").expect("an access token"), refresh_token: text("refresh_token"), id_token, claims, raw }
    }

    pub async fn refresh(&mut self, token: &str, extra: &[(&str, &str)]) -> Answer {
        let mut fields = vec![("grant_type", "refresh_token"), ("refresh_token", token)];
        fields.extend_from_slice(extra);
        self.post("/token", &fields).await
    }

    pub async fn userinfo(&mut self, access_token: &str) -> Answer {
        self.http
            .send(
                axum::http::Request::get("/userinfo")
                    .header("authorization", format!("Bearer {access_token}"))
                    .body(axum::body::Body::empty())
                    .expect("a request"),
            )
            .await
    }

    pub async fn introspect(&mut self, token: &str) -> Value {
        self.post("/introspect", &[("token", token)]).await.json()
    }
}
