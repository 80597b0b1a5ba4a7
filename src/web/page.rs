//! Rendering a page: what every page carries, and its headers.

use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use serde_json::{Value, json};

use super::visit::Visit;
use super::{headers, paths};
use crate::actions::App;
use crate::domain::{Brand, Colour};
use crate::types::Locale;

/// A page: a template and everything it prints, finished links included.
pub(super) struct Page<'a, T: Serialize> {
    pub template: &'static str,
    pub status: StatusCode,
    /// A source beyond `'self'` that forms of this page may lead to.
    pub leads_to: Option<&'a str>,
    /// On pages of the portal: how many accounts can be switched to, for the menu.
    pub accounts: Option<i64>,
    pub values: T,
}

impl<T: Serialize> Page<'_, T> {
    /// A page that is as it should be.
    pub fn new(template: &'static str, values: T) -> Self {
        Self { template, status: StatusCode::OK, leads_to: None, accounts: None, values }
    }
}

/// The language switch: the same page in another language.
fn languages(visit: &Visit) -> Vec<Value> {
    let others = Locale::ALL.into_iter().filter(|l| *l != visit.locale);
    let kept: Vec<(&str, &str)> = visit.query.pairs().filter(|(name, _)| *name != "lang").collect();
    others
        .map(|l| {
            let mut pairs = kept.clone();
            pairs.push(("lang", l.tag()));
            json!({"tag": l.tag(), "name": l.own_name(), "href": paths::with_query(&visit.path, &pairs)})
        })
        .collect()
}

/// The colours of a brand in one word, so that its style sheet has another address when they change.
fn colours(brand: &Brand) -> String {
    let css = |c: Option<Colour>| c.map(|c| c.css().trim_start_matches('#').to_owned()).unwrap_or_default();
    format!("{}-{}", css(brand.accent), css(brand.accent_dark))
}

/// What every page prints of a brand.
fn brand_card(brand: &Brand) -> Value {
    json!({
        "name": brand.product_name,
        "logo": brand.logo.as_deref().map(paths::logo),
        "style": if brand.accent.is_some() || brand.accent_dark.is_some() { Some(paths::with_query(&paths::portal(paths::BRAND_STYLE, brand.id.as_str()), &[("v", &colours(brand))])) } else { None },
        "support": brand.support_url,
    })
}

/// Renders a page for a visitor.
pub(super) fn render<T: Serialize>(app: &App, visit: &Visit, page: &Page<'_, T>) -> Response {
    let mut values = serde_json::to_value(&page.values).unwrap_or_default();
    values["frame"] = json!({"csrf": visit.csrf(app), "languages": languages(visit), "home": paths::HOME, "popup": visit.popup, "accounts": page.accounts, "brand": visit.brand.as_ref().map(brand_card)});
    if visit.base != app.issuer() {
        // Nobody signs in on a brand's domain: its pages lead to the issuer.
        values["frame"]["home"] = app.config.url(paths::HOME).into();
    }
    let body = match app.texts.render(page.template, visit.locale, &values) {
        Ok(body) => body,
        Err(e) => {
            tracing::error!(request_id = %visit.origin.request_id, template = page.template, error = ?e, "a page did not render");
            return (StatusCode::INTERNAL_SERVER_ERROR, "this page could not be shown").into_response();
        }
    };
    let form_action = page.leads_to.map_or_else(|| "'self'".to_owned(), |source| format!("'self' {source}"));
    let mut response = (page.status, body).into_response();
    put_page_headers(&mut response, visit.locale, &headers::content_security_policy(&form_action));
    keep_opener(visit, &mut response);
    for cookie in &visit.set_cookies {
        response.headers_mut().append(header::SET_COOKIE, cookie.clone());
    }
    response
}

/// In a window that an app opened (`display=popup`), the app's own page at the end must still know its opener.
fn keep_opener(visit: &Visit, response: &mut Response) {
    if visit.popup {
        response.headers_mut().insert(HeaderName::from_static("cross-origin-opener-policy"), HeaderValue::from_static("unsafe-none"));
    }
}

/// Content type, language, no caching, and the policy.
pub(super) fn put_page_headers(response: &mut Response, locale: Locale, csp: &str) {
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    headers.insert(header::CONTENT_LANGUAGE, HeaderValue::from_static(locale.tag()));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    if let Ok(value) = HeaderValue::from_str(csp) {
        headers.insert(header::CONTENT_SECURITY_POLICY, value);
    }
}

/// POST answers 303 (RFC 9700 4.12), and so does every other redirect of ours.
pub(super) fn see_other(visit: &Visit, location: &str) -> Response {
    let mut response = StatusCode::SEE_OTHER.into_response();
    let headers = response.headers_mut();
    if let Ok(value) = HeaderValue::from_str(location) {
        headers.insert(header::LOCATION, value);
    }
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    for cookie in &visit.set_cookies {
        headers.append(header::SET_COOKIE, cookie.clone());
    }
    keep_opener(visit, &mut response);
    response
}
