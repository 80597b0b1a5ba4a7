//! A browser without script: cookies, redirects, forms.

use std::collections::BTreeMap;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Request, StatusCode, header};
use scraper::{ElementRef, Html, Selector};
use tower::ServiceExt;

/// What came back.
#[derive(Clone, Debug)]
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: String,
    /// The path that answered.
    pub path: String,
}

impl Answer {
    pub fn location(&self) -> Option<&str> {
        self.headers.get(header::LOCATION)?.to_str().ok()
    }
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.body).unwrap_or_else(|e| panic!("{e}: {} {}", self.status, self.body))
    }
    pub fn html(&self) -> Html {
        Html::parse_document(&self.body)
    }
    /// The text of the first element that matches.
    pub fn text(&self, selector: &str) -> String {
        let html = self.html();
        let found = html.select(&Selector::parse(selector).expect("a selector")).next();
        found.map(|e| e.text().collect::<String>().split_whitespace().collect::<Vec<_>>().join(" ")).unwrap_or_default()
    }
    /// An attribute of the first element that matches.
    pub fn attribute(&self, selector: &str, name: &str) -> String {
        let html = self.html();
        let found = html.select(&Selector::parse(selector).expect("a selector")).next().and_then(|e| e.attr(name).map(str::to_owned));
        found.unwrap_or_else(|| panic!("no {name} of {selector}: {}", self.body))
    }
    /// The id of the first one-way link on it.
    pub fn first_link(&self) -> String {
        let at = self.body.find("lnk_").unwrap_or_else(|| panic!("no link on {}: {}", self.path, self.body));
        self.body[at..].split('"').next().expect("a beginning").to_owned()
    }
    /// The token that every form of a page carries.
    pub fn csrf(&self) -> String {
        self.attribute("input[name=csrf]", "value")
    }
    pub fn count(&self, selector: &str) -> usize {
        self.html().select(&Selector::parse(selector).expect("a selector")).count()
    }
    /// The parameters of the redirect, in its query or fragment.
    pub fn redirect_parameters(&self) -> BTreeMap<String, String> {
        let location = self.location().unwrap_or_else(|| panic!("no redirect: {} {}", self.status, self.body));
        let at = location.find(['?', '#']).map_or(location.len(), |i| i + 1);
        url::form_urlencoded::parse(&location.as_bytes()[at..]).into_owned().collect()
    }
    /// Whether a page has a form whose action ends like this.
    pub fn has_form(&self, ends: &str) -> bool {
        self.form_actions().iter().any(|a| a.ends_with(ends))
    }
    pub fn form_actions(&self) -> Vec<String> {
        self.html().select(&Selector::parse("form[method=post]").expect("a selector")).filter_map(|f| f.attr("action").map(str::to_owned)).collect()
    }
    /// Action and hidden fields of the first form whose action ends like this.
    pub fn form(&self, ends: &str) -> (String, Vec<(String, String)>) {
        let html = self.html();
        let forms = Selector::parse("form[method=post]").expect("a selector");
        let inputs = Selector::parse("input").expect("a selector");
        let form: ElementRef<'_> = html
            .select(&forms)
            .find(|f| f.attr("action").is_some_and(|a| a.ends_with(ends)))
            .unwrap_or_else(|| panic!("no form to {ends} on {}: {}", self.path, self.body));
        let fields = form.select(&inputs).filter_map(|i| Some((i.attr("name")?.to_owned(), i.attr("value").unwrap_or_default().to_owned()))).collect();
        (form.attr("action").unwrap_or_default().to_owned(), fields)
    }
}

/// One person's browser.
#[derive(Clone)]
pub struct Browser {
    router: Router,
    issuer: String,
    pub cookies: BTreeMap<String, String>,
    pub language: Option<String>,
    host: Option<String>,
}

impl Browser {
    /// The same browser at another of our domains: it brings no cookie along.
    pub fn at(&self, base: &str) -> Self {
        let host = base.split_once("://").map(|(_, host)| host.to_owned());
        Self { issuer: base.to_owned(), host, cookies: BTreeMap::new(), ..self.clone() }
    }

    pub fn new(router: Router, issuer: &str) -> Self {
        Self { router, issuer: issuer.to_owned(), cookies: BTreeMap::new(), language: None, host: None }
    }

    /// Sends one request and keeps its cookies; follows nothing.
    pub async fn send(&mut self, mut request: Request<Body>) -> Answer {
        let path = request.uri().path().to_owned();
        if !self.cookies.is_empty() && !request.headers().contains_key(header::COOKIE) {
            let text = self.cookies.iter().map(|(n, v)| format!("{n}={v}")).collect::<Vec<_>>().join("; ");
            request.headers_mut().insert(header::COOKIE, text.parse().expect("cookies are header text"));
        }
        if let Some(host) = &self.host {
            request.headers_mut().insert(header::HOST, host.parse().expect("a host"));
        }
        if let Some(language) = &self.language {
            request.headers_mut().insert(header::ACCEPT_LANGUAGE, language.parse().expect("a language"));
        }
        let response = self.router.clone().oneshot(request).await.expect("the router answers");
        let (parts, body) = response.into_parts();
        for cookie in parts.headers.get_all(header::SET_COOKIE) {
            let text = cookie.to_str().expect("cookies are text");
            assert!(text.contains("; HttpOnly") && text.contains("; SameSite=Lax") && text.contains("; Path=/"), "{path}: {text}");
            let (name, rest) = text.split_once('=').expect("name=value");
            let value = rest.split(';').next().unwrap_or_default();
            if text.contains("Max-Age=0") {
                self.cookies.remove(name);
            } else {
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
        // Threats.md T47: no page of ours is ever shown inside somebody else's.
        if parts.headers.get(header::CONTENT_TYPE).is_some_and(|t| t.as_bytes().starts_with(b"text/html")) {
            let policy = parts.headers.get(header::CONTENT_SECURITY_POLICY).and_then(|v| v.to_str().ok()).unwrap_or_default();
            assert!(policy.contains("frame-ancestors 'none'") && !policy.contains("unsafe"), "{path}: {policy}");
        }
        let body = to_bytes(body, usize::MAX).await.expect("a whole body");
        Answer { status: parts.status, headers: parts.headers, body: String::from_utf8_lossy(&body).into_owned(), path }
    }

    /// GET without following.
    pub async fn get(&mut self, path: &str) -> Answer {
        let path = path.strip_prefix(&self.issuer).unwrap_or(path);
        self.send(Request::get(path).body(Body::empty()).expect("a request")).await
    }

    /// GET with an access token.
    pub async fn bearer(&mut self, path: &str, token: &str) -> Answer {
        self.send(Request::get(path).header("authorization", format!("Bearer {token}")).body(Body::empty()).expect("a request")).await
    }

    /// Follows redirects as long as they stay with the provider.
    pub async fn follow(&mut self, mut answer: Answer) -> Answer {
        for _ in 0..10 {
            let Some(location) = answer.location().map(str::to_owned) else { return answer };
            let path = location.strip_prefix(&self.issuer).unwrap_or(&location).to_owned();
            if !path.starts_with('/') {
                return answer;
            }
            answer = self.get(&path).await;
        }
        panic!("too many redirects, last at {}", answer.path);
    }

    /// Opens an address as if typed or clicked.
    pub async fn open(&mut self, path: &str) -> Answer {
        let answer = self.get(path).await;
        self.follow(answer).await
    }

    /// Posts a form body as one of our own pages does; follows nothing.
    pub async fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        let request = Request::post(path)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header("sec-fetch-site", "same-origin")
            .body(Body::from(body))
            .expect("a request");
        self.send(request).await
    }

    /// The same with a file chosen in the field `logo` (RFC 7578).
    pub async fn upload(&mut self, page: &Answer, ends: &str, fields: &[(&str, &str)], file: &[u8]) -> Answer {
        const BOUNDARY: &str = "a-boundary-of-ours";
        let (action, mut all) = page.form(ends);
        all.retain(|(n, _)| n != "logo" && fields.iter().all(|(f, _)| f != n));
        all.extend(fields.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())));
        let part = |(n, v): &(String, String)| format!("--{BOUNDARY}\r\ncontent-disposition: form-data; name=\"{n}\"\r\n\r\n{v}\r\n");
        let mut body = all.iter().map(part).collect::<String>().into_bytes();
        body.extend_from_slice(
            format!("--{BOUNDARY}\r\ncontent-disposition: form-data; name=\"logo\"; filename=\"a.png\"\r\ncontent-type: image/png\r\n\r\n").as_bytes(),
        );
        body.extend_from_slice(file);
        body.extend_from_slice(format!("\r\n--{BOUNDARY}--\r\n").as_bytes());
        let request = Request::post(action)
            .header(header::CONTENT_TYPE, format!("multipart/form-data; boundary={BOUNDARY}"))
            .header("sec-fetch-site", "same-origin")
            .body(Body::from(body))
            .expect("a request");
        let answer = self.send(request).await;
        self.follow(answer).await
    }

    /// Fills in a form of a page and presses a button: `fields` go over what the page carries.
    pub async fn submit(&mut self, page: &Answer, ends: &str, fields: &[(&str, &str)]) -> Answer {
        let (action, mut all) = page.form(ends);
        for (name, value) in fields {
            all.retain(|(n, _)| n != name);
            all.push(((*name).to_owned(), (*value).to_owned()));
        }
        let pairs: Vec<(&str, &str)> = all.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
        let answer = self.post(&action, &pairs).await;
        self.follow(answer).await
    }
}
