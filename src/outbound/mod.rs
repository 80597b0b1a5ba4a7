//! Requests that we send to addresses others registered: no redirects, a bound on time, and nothing private unless the
//! configuration allows it (`outbound.allow_private`).

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use ipnet::IpNet;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};

use crate::types::Secret;

/// Networks that nobody outside has a business in: RFC 6890 and its successors.
const PRIVATE: &[&str] = &[
    "0.0.0.0/8",
    "10.0.0.0/8",
    "100.64.0.0/10",
    "127.0.0.0/8",
    "169.254.0.0/16",
    "172.16.0.0/12",
    "192.0.0.0/24",
    "192.0.2.0/24",
    "192.88.99.0/24",
    "192.168.0.0/16",
    "198.18.0.0/15",
    "198.51.100.0/24",
    "203.0.113.0/24",
    "224.0.0.0/4",
    "240.0.0.0/4",
    "::/128",
    "::1/128",
    "64:ff9b::/96",
    "64:ff9b:1::/48",
    "100::/64",
    "2001::/23",
    "2001:db8::/32",
    "2002::/16",
    "fc00::/7",
    "fe80::/10",
    "ff00::/8",
];

fn is_private(ip: IpAddr) -> bool {
    let ip = ip.to_canonical();
    PRIVATE.iter().filter_map(|net| net.parse::<IpNet>().ok()).any(|net| net.contains(&ip))
}

/// Whether an address says in numbers that it is private; names are looked at when they are resolved.
pub fn is_private_url(url: &url::Url) -> bool {
    match url.host() {
        Some(url::Host::Ipv4(ip)) => is_private(IpAddr::V4(ip)),
        Some(url::Host::Ipv6(ip)) => is_private(IpAddr::V6(ip)),
        Some(url::Host::Domain(name)) => name.eq_ignore_ascii_case("localhost") || name.to_ascii_lowercase().ends_with(".localhost"),
        None => true,
    }
}

/// The longest text that is read, in bytes.
const LONGEST_TEXT: usize = 1 << 20;

/// Resolves names, leaving out private addresses: what is checked is what is connected to.
struct PublicOnly;

impl Resolve for PublicOnly {
    fn resolve(&self, name: Name) -> Resolving {
        Box::pin(async move {
            let found: Vec<SocketAddr> = tokio::net::lookup_host((name.as_str(), 0)).await?.filter(|a| !is_private(a.ip())).collect();
            if found.is_empty() {
                return Err("the name leads to no public address".into());
            }
            Ok(Box::new(found.into_iter()) as Addrs)
        })
    }
}

/// The client.
#[derive(Clone)]
pub struct Outbound {
    http: reqwest::Client,
    allow_private: bool,
}

impl Outbound {
    /// A client that follows the configuration.
    pub fn new(allow_private: bool) -> anyhow::Result<Self> {
        let mut builder =
            reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).timeout(Duration::from_secs(10)).no_proxy().user_agent("Vestibule");
        if !allow_private {
            builder = builder.dns_resolver(Arc::new(PublicOnly));
        }
        Ok(Self { http: builder.build()?, allow_private })
    }
    /// Posts one form field; the status of the answer, whose body is not read.
    pub async fn post_form(&self, url: &str, name: &str, value: &str) -> anyhow::Result<u16> {
        let url = self.allowed(url)?;
        let body = url::form_urlencoded::Serializer::new(String::new()).append_pair(name, value).finish();
        let answer = self.http.post(url).header("content-type", "application/x-www-form-urlencoded").body(body).send().await?;
        Ok(answer.status().as_u16())
    }
    /// Posts a JSON message with headers of its own; the status of the answer, whose body is not read.
    pub async fn post_message(&self, url: &str, body: &str, headers: &[(&'static str, String)]) -> anyhow::Result<u16> {
        let mut request = self.http.post(self.allowed(url)?).header("content-type", "application/json").body(body.to_owned());
        for (name, value) in headers {
            request = request.header(*name, value);
        }
        Ok(request.send().await?.status().as_u16())
    }
    /// An address that others registered, unless it is a private one in numbers: those meet no resolver.
    fn allowed(&self, url: &str) -> anyhow::Result<url::Url> {
        let url = url::Url::parse(url)?;
        anyhow::ensure!(self.allow_private || !is_private_url(&url), "the address is private");
        Ok(url)
    }
    /// Calls the management API of a server that the operator names; the status and the body of its answer.
    pub async fn call_api(&self, method: &str, url: &str, token: &Secret, media_type: &str, body: Vec<u8>) -> anyhow::Result<(u16, Vec<u8>)> {
        let mut request = self.http.request(method.parse()?, url).header("authorization", format!("Bearer {}", token.expose()));
        if !media_type.is_empty() {
            request = request.header("content-type", media_type).body(body);
        }
        let answer = request.send().await?;
        Ok((answer.status().as_u16(), answer.bytes().await?.to_vec()))
    }
    /// An access token for that API, by client credentials.
    pub async fn client_token(&self, server: &str, client: &str, secret: &Secret, company: Option<&str>) -> anyhow::Result<Secret> {
        let resource = format!("{server}/api");
        let mut pairs = vec![("grant_type", "client_credentials"), ("resource", resource.as_str())];
        pairs.extend(company.map(|c| ("organization", c)));
        let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
        let request = self.http.post(format!("{server}/token")).basic_auth(client, Some(secret.expose()));
        let answer = request.header("content-type", "application/x-www-form-urlencoded").body(body).send().await?;
        let said: serde_json::Value = serde_json::from_slice(&answer.bytes().await?)?;
        let token = said["access_token"].as_str().ok_or_else(|| anyhow::anyhow!("no token: {} {}", said["error"], said["error_description"]))?;
        Ok(Secret::new(token.to_owned()))
    }
    /// Reads a short text from an address that others registered, within three seconds.
    pub async fn get_registered(&self, url: &str) -> anyhow::Result<String> {
        self.read(self.http.get(self.allowed(url)?)).await
    }
    /// Reads a short text from an address of the operator's configuration, within three seconds.
    pub async fn get_text(&self, url: &str) -> anyhow::Result<String> {
        self.read(self.http.get(url).header("add-padding", "true")).await
    }
    async fn read(&self, request: reqwest::RequestBuilder) -> anyhow::Result<String> {
        let mut answer = request.timeout(Duration::from_secs(3)).send().await?.error_for_status()?;
        anyhow::ensure!(answer.status().is_success(), "the answer leads elsewhere");
        let mut text = Vec::new();
        while let Some(chunk) = answer.chunk().await? {
            anyhow::ensure!(text.len() + chunk.len() <= LONGEST_TEXT, "the answer is too long");
            text.extend_from_slice(&chunk);
        }
        Ok(String::from_utf8(text)?)
    }
    /// Posts a document to an address of the operator's configuration, with a bearer token if there is one.
    pub async fn post_json(&self, url: &str, token: Option<&Secret>, document: &impl serde::Serialize) -> anyhow::Result<u16> {
        let mut request = self.http.post(url).header("content-type", "application/json").body(serde_json::to_string(document)?);
        if let Some(token) = token {
            request = request.header("authorization", format!("Bearer {}", token.expose()));
        }
        Ok(request.send().await?.status().as_u16())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn private_addresses_are_known_however_they_are_written() {
        for ip in ["127.0.0.1", "10.1.2.3", "169.254.169.254", "::1", "::ffff:192.168.0.1", "fd00::1", "64:ff9b::a00:1", "0.0.0.0"] {
            assert!(is_private(ip.parse().expect("an address")), "{ip}");
        }
        for ip in ["1.1.1.1", "2606:4700::1111", "172.32.0.1"] {
            assert!(!is_private(ip.parse().expect("an address")), "{ip}");
        }
        assert_eq!(PRIVATE.iter().filter(|n| n.parse::<IpNet>().is_err()).count(), 0);
    }
}
