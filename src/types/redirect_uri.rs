//! Redirect URIs: what a client registers, and the proof that a request named one of them.
//!
//! Compared as strings (RFC 9700 section 4.1.3), with the one exception of RFC 8252 section 7.3:
//! the port of a loopback address is free. What does not parse as the browsers' URL standard says is never registered.

use std::fmt;

use url::{Host, Url};

/// Why a text cannot be registered as a redirect URI.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotARedirectUri {
    /// Not an absolute URI, or one that browsers read differently from how it is written.
    #[error("not an absolute URI in its normal form")]
    Malformed,
    /// Has a fragment (RFC 6749 section 3.1.2).
    #[error("a redirect URI has no fragment")]
    Fragment,
    /// Plain http to something that is not this machine, or a scheme that browsers run.
    #[error("the scheme must be https, http on a loopback host, or an app's own scheme with a dot in it")]
    Scheme,
    /// Carries a user name or password.
    #[error("a redirect URI carries no user information")]
    UserInfo,
}

/// A redirect URI that may be registered.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct RedirectUri {
    text: String,
    url: Url,
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(ip)) => ip.is_loopback(),
        Some(Host::Ipv6(ip)) => ip.is_loopback(),
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        None => false,
    }
}

impl RedirectUri {
    /// Checks the form (RFC 6749 section 3.1.2, RFC 8252 section 7).
    pub fn parse(text: &str) -> Result<Self, NotARedirectUri> {
        let visible = text.len() <= 2048 && text.bytes().all(|b| (0x21..=0x7e).contains(&b) && !matches!(b, b'\\' | b'"' | b'<' | b'>' | b'`' | b'{' | b'}'));
        let url = Url::parse(text).ok().filter(|_| visible).ok_or(NotARedirectUri::Malformed)?;
        if text.contains('#') {
            return Err(NotARedirectUri::Fragment);
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(NotARedirectUri::UserInfo);
        }
        let fits = match url.scheme() {
            "https" => true,
            "http" => is_loopback(&url),
            scheme => scheme.contains('.'),
        };
        if !fits {
            return Err(NotARedirectUri::Scheme);
        }
        // What a browser would rewrite (dot segments, upper-case hosts, odd ports) could be read in two ways.
        let same = url.as_str() == text || url.as_str().strip_suffix('/') == Some(text);
        if same { Ok(Self { text: text.to_owned(), url }) } else { Err(NotARedirectUri::Malformed) }
    }
    /// As registered.
    pub fn as_str(&self) -> &str {
        &self.text
    }
    /// Whether it belongs to a native app: a scheme of its own or a loopback address.
    pub fn is_native(&self) -> bool {
        self.url.scheme() != "https"
    }
    /// The source a content security policy must allow for answers to reach it: origin, or scheme of a native app.
    pub fn csp_source(&self) -> String {
        match (self.url.scheme(), self.url.host()) {
            // The policy's grammar has no IPv6 addresses.
            ("http", Some(Host::Ipv6(_))) => "http:".to_owned(),
            ("http" | "https", _) => self.url.origin().ascii_serialization(),
            (scheme, _) => format!("{scheme}:"),
        }
    }
    /// The web origin, when it has one.
    pub fn origin(&self) -> Option<String> {
        matches!(self.url.scheme(), "http" | "https").then(|| self.url.origin().ascii_serialization())
    }
    /// The host, when it has one: the sector of pairwise subjects (OpenID Connect Core 8.1).
    pub fn host(&self) -> Option<&str> {
        self.url.host_str()
    }

    /// Whether `presented` is this URI: byte for byte, or the same but for the port of a loopback IP address.
    fn admits(&self, presented: &str) -> bool {
        if self.text == presented {
            return true;
        }
        let loopback_ip = self.url.scheme() == "http" && matches!(self.url.host(), Some(Host::Ipv4(_) | Host::Ipv6(_))) && is_loopback(&self.url);
        loopback_ip && RedirectUri::parse(presented).is_ok_and(|other| self.without_port() == other.without_port())
    }
    fn without_port(&self) -> Option<String> {
        let mut url = self.url.clone();
        url.set_port(None).ok()?;
        Some(url.into())
    }
}
impl TryFrom<String> for RedirectUri {
    type Error = NotARedirectUri;
    fn try_from(text: String) -> Result<Self, NotARedirectUri> {
        Self::parse(&text)
    }
}
impl From<RedirectUri> for String {
    fn from(uri: RedirectUri) -> String {
        uri.text
    }
}
impl fmt::Display for RedirectUri {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// The proof that an address was registered by the client in question: the only thing a redirect is made from.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(transparent)]
pub struct RegisteredRedirectUri(RedirectUri);

impl RegisteredRedirectUri {
    /// The proof, if `presented` is one of `registered`.
    pub fn among(registered: &[RedirectUri], presented: &str) -> Option<Self> {
        registered.iter().find(|r| r.admits(presented))?;
        RedirectUri::parse(presented).ok().map(Self)
    }
    /// The address.
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }
    /// The address as a value.
    pub fn uri(&self) -> &RedirectUri {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn among(registered: &str, presented: &str) -> bool {
        RegisteredRedirectUri::among(&[RedirectUri::parse(registered).expect("registrable")], presented).is_some()
    }

    #[test]
    fn t35_only_the_exact_uri_is_registered() {
        let registered = "https://app.example.test/cb";
        assert!(among(registered, registered));
        for trick in [
            "https://app.example.test/cb/",
            "https://app.example.test/CB",
            "https://app.example.test/cb?x=1",
            "https://app.example.test/cb#x",
            "https://app.example.test:443/cb",
            "https://APP.example.test/cb",
            "https://app.example.test/a/../cb",
            "https://app.example.test.evil.test/cb",
            "https://app.example.test@evil.test/cb",
            "https://evil.test/https://app.example.test/cb",
            "https://app.example.test\\@evil.test/cb",
            "https:/app.example.test/cb",
            "https:\\\\app.example.test/cb",
            "//app.example.test/cb",
            "http://app.example.test/cb",
            "https://app.example.test/cb%00",
            " https://app.example.test/cb",
            "https://app.example.test/cb\t",
            "https://app.example.test/%63b",
            "",
        ] {
            assert!(!among(registered, trick), "{trick:?}");
        }
    }

    #[test]
    fn rfc8252_7_3_only_the_port_of_a_loopback_address_is_free() {
        assert!(among("http://127.0.0.1/cb", "http://127.0.0.1:49152/cb"));
        assert!(among("http://[::1]:1/cb", "http://[::1]:2/cb"));
        assert!(!among("http://127.0.0.1/cb", "http://127.0.0.1:49152/other"));
        assert!(!among("http://127.0.0.1/cb", "http://127.0.0.2:49152/cb"));
        assert!(!among("http://localhost:1/cb", "http://localhost:2/cb"));
    }

    #[test]
    fn what_browsers_run_or_read_differently_is_not_registered() {
        for bad in [
            "javascript:alert(1)",
            "data:text/html,x",
            "http://app.example.test/cb",
            "https://user@app.example.test/",
            "https://a.test/x#y",
            "/cb",
            "myapp:/cb",
            "https://a.test/../x",
        ] {
            assert!(RedirectUri::parse(bad).is_err(), "{bad}");
        }
        assert!(RedirectUri::parse("com.example.app:/cb").is_ok());
    }
}
