//! What the app asks the provider beside signing people in: the list of accounts, and a token of a linked account.

use anyhow::{Context, bail};
use serde_json::Value;

pub struct Accounts {
    http: reqwest::Client,
    issuer: String,
    client_id: String,
    client_secret: String,
    turn: tokio::sync::Mutex<()>,
}

impl Accounts {
    pub fn new(http: reqwest::Client, issuer: &str, client_id: &str, client_secret: &str) -> Self {
        Self { http, issuer: issuer.to_owned(), client_id: client_id.to_owned(), client_secret: client_secret.to_owned(), turn: tokio::sync::Mutex::default() }
    }
    pub fn client_id(&self) -> &str {
        &self.client_id
    }
    /// Where the provider serves its switcher element.
    pub fn switcher(&self) -> String {
        format!("{}/account-switcher.js", self.issuer)
    }
    /// The provider's own API (RFC 8707).
    pub fn resource(&self) -> String {
        format!("{}/api", self.issuer)
    }
    /// Waits until nobody else refreshes.
    pub async fn turn(&self) -> tokio::sync::MutexGuard<'_, ()> {
        self.turn.lock().await
    }
    /// A page of accounts, as the provider says it.
    pub async fn list(&self, token: &str, search: Option<&str>) -> anyhow::Result<Value> {
        let query = url::form_urlencoded::Serializer::new(String::new()).append_pair("limit", "20").append_pair("q", search.unwrap_or_default()).finish();
        let answer = self.http.get(format!("{}/api/v1/me/accounts?{query}", self.issuer)).bearer_auth(token).send().await?;
        Ok(answer.error_for_status()?.json().await?)
    }
    /// A token of another account that the account of `token` may act for (RFC 8693 section 2.1).
    pub async fn exchange(&self, token: &str, account: &str) -> anyhow::Result<String> {
        let fields = [
            ("grant_type", "urn:ietf:params:oauth:grant-type:token-exchange"),
            ("subject_token", token),
            ("subject_token_type", "urn:ietf:params:oauth:token-type:access_token"),
            ("account", account),
        ];
        let answer = self.http.post(format!("{}/token", self.issuer)).basic_auth(&self.client_id, Some(&self.client_secret)).form(&fields).send().await?;
        let ok = answer.status().is_success();
        let body: Value = answer.json().await?;
        if !ok {
            bail!("{}: {}", body["error"].as_str().unwrap_or("error"), body["error_description"].as_str().unwrap_or_default());
        }
        Ok(body["access_token"].as_str().context("no access token")?.to_owned())
    }
}
