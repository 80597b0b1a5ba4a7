//! Cookies: the session's, and the language's (decisions.md 3).

use axum::http::{HeaderMap, HeaderValue, header};

use crate::actions::NewCookies;
use crate::config::Config;
use crate::store::devices::DeviceToken;
use crate::store::sessions::SessionToken;
use crate::types::{Locale, RowId, Secret};

/// The language the person picked.
const LANGUAGE: &str = "vestibule_language";

/// The brand that was shown last.
const BRAND: &str = "vestibule_brand";

fn session_name(config: &Config) -> &'static str {
    if config.is_https() { "__Host-vestibule" } else { "vestibule" }
}

/// The value of a cookie. Of several with one name none is believed.
fn read<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let mut found = headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|h| h.to_str().ok())
        .flat_map(|h| h.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .filter(|(n, _)| *n == name);
    let first = found.next()?.1;
    if found.next().is_some() { None } else { Some(first) }
}

/// The session token a browser presents.
pub(super) fn session(headers: &HeaderMap, config: &Config) -> Option<SessionToken> {
    SessionToken::parse(read(headers, session_name(config))?).ok()
}

fn device_name(config: &Config) -> &'static str {
    if config.is_https() { "__Host-vestibule-device" } else { "vestibule_device" }
}

/// What names a browser beyond its sessions.
pub(super) fn device(headers: &HeaderMap, config: &Config) -> Option<DeviceToken> {
    DeviceToken::parse(read(headers, device_name(config))?).ok()
}

/// The cookies of a sign-in: the session's, and the browser's own for as long as browsers keep any.
pub(super) fn signed_in(config: &Config, cookies: &NewCookies) -> Vec<HeaderValue> {
    let device =
        cookies.device.as_ref().map(|d| header_value(format!("{}={}; {}; Max-Age=34560000", device_name(config), d.reveal().expose(), attributes(config))));
    std::iter::once(set_session(config, &cookies.session)).chain(device).collect()
}

/// The language a browser presents.
pub(super) fn language(headers: &HeaderMap) -> Option<Locale> {
    Locale::from_tag(read(headers, LANGUAGE)?)
}

fn attributes(config: &Config) -> &'static str {
    if config.is_https() { "Path=/; HttpOnly; SameSite=Lax; Secure" } else { "Path=/; HttpOnly; SameSite=Lax" }
}

/// Sets the session cookie. A session cookie in the browser's sense too: it goes when the browser closes.
pub(super) fn set_session(config: &Config, token: &SessionToken) -> HeaderValue {
    let value: Secret = token.reveal();
    header_value(format!("{}={}; {}", session_name(config), value.expose(), attributes(config)))
}

/// Takes the session cookie away.
pub(super) fn clear_session(config: &Config) -> HeaderValue {
    header_value(format!("{}=; {}; Max-Age=0", session_name(config), attributes(config)))
}

/// The brand whose face our pages wear in this browser, until it closes.
pub(super) fn brand(headers: &HeaderMap) -> Option<&str> {
    read(headers, BRAND)
}

/// Keeps it.
pub(super) fn set_brand(config: &Config, id: &RowId) -> HeaderValue {
    header_value(format!("{BRAND}={id}; {}", attributes(config)))
}

/// Keeps the language for a year.
pub(super) fn set_language(config: &Config, locale: Locale) -> HeaderValue {
    header_value(format!("{LANGUAGE}={}; {}; Max-Age=31536000", locale.tag(), attributes(config)))
}

fn header_value(text: String) -> HeaderValue {
    HeaderValue::from_str(&text).expect("names, base64url and attributes are header characters")
}
