//! Authorization requests (OpenID Connect Core 3.1.2.1, RFC 6749 4.1.1, design.md 5.1).
//!
//! [`AuthorizationRequest::check`] is the only way to one: it proves the client's address first, so a failure about
//! the address is a page and every later failure goes back to the app with `state` and `iss`.

use super::token_request::organization;
use super::{
    ACR_VALUES, AuthorizationResponse, ClaimsRequest, Client, CodeChallenge, ErrorCode, GrantType, IdTokenHint, OrganizationUsage, Params, PromptSet,
    ProtocolFailure, Reason, SCOPES_OF_IDENTITY,
};
use crate::types::{AccountId, ClientId, InteractionId, RegisteredRedirectUri, ScopeSet, Seconds};

/// How the answer travels (Multiple Response Types 2.1, Form Post 1.0).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ResponseMode {
    /// In the query: the default for a code.
    #[default]
    Query,
    /// In the fragment.
    Fragment,
    /// By a form that posts itself.
    FormPost,
}

/// `display` (Core 3.1.2.1); a hint for layout, never an error.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Display {
    /// A full page.
    #[default]
    Page,
    /// A small window.
    Popup,
}

/// `login_hint`: ours when it begins with `acc_`, otherwise only for prefilling (design.md 5.1).
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LoginHint {
    /// Selects an account. `None` when it has our prefix but cannot be an id: answered as an unknown one.
    Account(Option<AccountId>),
    /// An email or a username.
    Name(String),
}

/// Where the answer to a request goes.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(untagged)]
pub enum AnswerTo {
    /// To the app, through the browser.
    App {
        /// Where exactly.
        redirect_uri: RegisteredRedirectUri,
        /// How it goes there.
        response_mode: ResponseMode,
        /// Echoed byte for byte.
        state: Option<String>,
    },
    /// To a device, which asks for it at the token endpoint (RFC 8628); the browser stays where it is.
    Device {
        /// The interaction in which the person answers.
        interaction: InteractionId,
    },
}

impl AnswerTo {
    /// The address, when the browser goes there.
    pub fn redirect_uri(&self) -> Option<&RegisteredRedirectUri> {
        match self {
            Self::App { redirect_uri, .. } => Some(redirect_uri),
            Self::Device { .. } => None,
        }
    }
}

/// A request in the right form, from a known client, for a registered address or a device.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct AuthorizationRequest {
    /// The client.
    pub client_id: ClientId,
    /// Where the answer goes.
    #[serde(flatten)]
    pub answer_to: AnswerTo,
    /// What is asked for, cut to what the client may ask for.
    pub scope: ScopeSet,
    /// Copied into the ID token verbatim.
    pub nonce: Option<String>,
    /// PKCE.
    pub code_challenge: Option<CodeChallenge>,
    /// Which pages must or must not be shown.
    pub prompt: PromptSet,
    /// How old an authentication may be.
    pub max_age: Option<Seconds>,
    /// The person the app expects, once the signature was checked.
    pub hint: Option<IdTokenHint>,
    /// The account or name the app suggests.
    pub login_hint: Option<LoginHint>,
    /// Languages, best first.
    pub ui_locales: Option<String>,
    /// Voluntary authentication contexts, best first.
    pub acr_values: Vec<String>,
    /// Single claims asked for.
    pub claims: ClaimsRequest,
    /// Layout.
    pub display: Display,
    /// The company named, by id or slug.
    pub organization: Option<String>,
    /// The APIs asked for (RFC 8707).
    pub resources: Vec<String>,
}

/// Why a request did not become one.
#[derive(Debug)]
pub enum AuthorizationFailure {
    /// Nothing is proven about the address: a page, never a redirect.
    Page(ProtocolFailure),
    /// The address is the client's: the failure goes there.
    Redirect(Box<AuthorizationResponse>),
}

fn text(params: &Params, name: &str) -> Option<String> {
    params.get(name).map(str::to_owned)
}

impl AuthorizationRequest {
    /// The client a request names, before anything is proven.
    pub fn client_id(params: &Params) -> Result<ClientId, ProtocolFailure> {
        let missing = || ProtocolFailure::invalid_request("client_id is missing or unknown");
        params
            .one("client_id")
            .map_err(|fault| ProtocolFailure::invalid_request(format!("client_id {fault}")))?
            .ok_or_else(missing)?
            .parse()
            .map_err(|_| missing())
    }

    /// Proves the form of a request. `known_resource` says which APIs exist and which scopes they add;
    /// `verify_hint` checks the signature of an `id_token_hint`.
    pub fn check(
        params: &Params,
        client: &Client,
        issuer: &str,
        known_resource: impl Fn(&str) -> Option<ScopeSet>,
        verify_hint: impl Fn(&str) -> Option<IdTokenHint>,
    ) -> Result<Self, AuthorizationFailure> {
        let page = |description: String| AuthorizationFailure::Page(ProtocolFailure::invalid_request(description));
        let presented = params.one("redirect_uri").map_err(|fault| page(format!("redirect_uri {fault}")))?;
        // Always required: with one registered URI a default would be lawful, but a request that says where it
        // wants the answer cannot be mistaken for another's (OpenID Connect Core 3.1.2.1).
        let presented = presented.ok_or_else(|| page("redirect_uri is missing".into()))?;
        let redirect_uri = RegisteredRedirectUri::among(&client.metadata.redirect_uris, presented)
            .ok_or_else(|| page("redirect_uri is not registered for this client".into()))?;

        let mode = match params.get("response_mode") {
            Some("fragment") => ResponseMode::Fragment,
            Some("form_post") => ResponseMode::FormPost,
            _ => ResponseMode::Query,
        };
        let to = AnswerTo::App { redirect_uri, response_mode: mode, state: text(params, "state") };
        Self::check_for_app(params, client, to.clone(), known_resource, verify_hint)
            .map_err(|failure| AuthorizationFailure::Redirect(Box::new(AuthorizationResponse::of_failure(&to, &failure, issuer))))
    }

    /// Proves the form of a device authorization request (RFC 8628 section 3.1) of an authenticated client, which will be answered in
    /// `interaction`. Pages, addresses and proof keys of browsers have no meaning there and are ignored.
    pub fn check_for_device(
        params: &Params,
        client: &Client,
        interaction: InteractionId,
        known_resource: impl Fn(&str) -> Option<ScopeSet>,
    ) -> Result<Self, ProtocolFailure> {
        if let Some((name, fault)) = params.fault() {
            return Err(ProtocolFailure::invalid_request(format!("{name} {fault}")));
        }
        if !client.metadata.allows(GrantType::DeviceCode) {
            return Err(ProtocolFailure::new(ErrorCode::UnauthorizedClient, "this client is not registered for device_code"));
        }
        let mut request = Self::check_wish(params, client, AnswerTo::Device { interaction }, known_resource)?;
        // Whose language the pages speak is the browser's to say.
        request.ui_locales = None;
        match request.cannot_be_met(client.metadata.organization_usage) {
            Some(failure) => Err(failure),
            None => Ok(request),
        }
    }

    fn check_for_app(
        params: &Params,
        client: &Client,
        answer_to: AnswerTo,
        known_resource: impl Fn(&str) -> Option<ScopeSet>,
        verify_hint: impl Fn(&str) -> Option<IdTokenHint>,
    ) -> Result<Self, ProtocolFailure> {
        let invalid = ProtocolFailure::invalid_request;
        if let Some((name, fault)) = params.fault() {
            return Err(invalid(format!("{name} {fault}")));
        }
        match params.get("response_mode") {
            None | Some("query" | "fragment" | "form_post") => {}
            Some(_) => return Err(invalid("response_mode is not supported".into())),
        }
        match params.get("response_type") {
            Some("code") => {}
            None => return Err(invalid("response_type is missing".into())),
            Some(_) => return Err(ProtocolFailure::new(ErrorCode::UnsupportedResponseType, "response_type must be code")),
        }
        if !client.metadata.allows(GrantType::AuthorizationCode) {
            return Err(ProtocolFailure::new(ErrorCode::UnauthorizedClient, "this client is not registered for authorization_code"));
        }
        // OpenID Connect Core 6: refused, never silently ignored.
        if params.get("request").is_some() {
            return Err(ProtocolFailure::new(ErrorCode::RequestNotSupported, "request objects are not supported"));
        }
        if params.get("request_uri").is_some() {
            return Err(ProtocolFailure::new(ErrorCode::RequestUriNotSupported, "request_uri is not supported"));
        }
        if params.get("registration").is_some() {
            return Err(ProtocolFailure::new(ErrorCode::RegistrationNotSupported, "registration is not supported"));
        }

        let code_challenge = match (params.get("code_challenge"), params.get("code_challenge_method")) {
            (Some(challenge), method) => Some(CodeChallenge::from_request(challenge, method).map_err(|e| invalid(e.into()))?),
            (None, Some(_)) => return Err(invalid("code_challenge_method without code_challenge".into())),
            (None, None) if client.metadata.require_pkce => return Err(invalid("code_challenge is missing; this client must use PKCE".into())),
            (None, None) => None,
        };
        let prompt = params.get("prompt").map(PromptSet::parse).transpose().map_err(|e| invalid(e.into()))?.unwrap_or_default();
        let hint = match params.get("id_token_hint") {
            None => None,
            Some(token) => Some(verify_hint(token).ok_or_else(|| invalid("id_token_hint is not an ID token of this issuer".into()))?),
        };
        let wish = Self::check_wish(params, client, answer_to, known_resource)?;
        let display = if params.get("display") == Some("popup") { Display::Popup } else { Display::Page };
        Ok(Self { nonce: text(params, "nonce"), code_challenge, prompt, hint, display, ..wish })
    }

    /// Who, for which company, with what: the part that requests by a browser and by a device have in common.
    fn check_wish(params: &Params, client: &Client, answer_to: AnswerTo, known_resource: impl Fn(&str) -> Option<ScopeSet>) -> Result<Self, ProtocolFailure> {
        let invalid = ProtocolFailure::invalid_request;
        let max_age = match params.get("max_age") {
            None => client.metadata.default_max_age,
            Some(text) => Some(text.parse::<u32>().map(|n| Seconds(n.into())).map_err(|_| invalid("max_age must be a number of seconds"))?),
        };
        let login_hint = params.get("login_hint").map(|hint| match hint.strip_prefix(AccountId::PREFIX) {
            Some(_) => LoginHint::Account(hint.parse().ok()),
            None => LoginHint::Name(hint.to_owned()),
        });
        let claims = params.get("claims").map(ClaimsRequest::parse).transpose().map_err(invalid)?.unwrap_or_default();

        let mut known: ScopeSet = SCOPES_OF_IDENTITY.into_iter().collect();
        for resource in params.all("resource") {
            let absolute = url::Url::parse(resource).is_ok_and(|u| u.fragment().is_none());
            let scopes = absolute.then(|| known_resource(resource)).flatten();
            known = known.union(&scopes.ok_or_else(|| ProtocolFailure::new(ErrorCode::InvalidTarget, "resource is unknown"))?);
        }
        // Scopes nobody knows are ignored (OpenID Connect Core 3.1.2.1); the token response says what was granted.
        // A client gets no scope that it was not registered for, whatever API it names.
        let known = known.intersection(&client.metadata.scope);
        let asked = ScopeSet::parse(params.get("scope").unwrap_or_default());
        // Single claims are consented to as their scopes are (OpenID Connect Core 5.4, 5.5).
        let asked = if asked.contains("openid") { asked.union(&claims.scopes()) } else { asked };
        let scope = asked.intersection(&known);

        Ok(Self {
            client_id: client.id.clone(),
            answer_to,
            nonce: None,
            code_challenge: None,
            prompt: PromptSet::default(),
            max_age,
            hint: None,
            login_hint,
            ui_locales: text(params, "ui_locales"),
            acr_values: params.get("acr_values").map(|v| v.split(' ').filter(|a| !a.is_empty()).take(20).map(str::to_owned).collect()).unwrap_or_default(),
            claims,
            display: Display::Page,
            organization: organization(params)?,
            resources: params.all("resource").map(str::to_owned).collect(),
            scope,
        })
    }

    /// Why nobody can answer this, whoever they are.
    pub fn cannot_be_met(&self, usage: OrganizationUsage) -> Option<ProtocolFailure> {
        let names_company = self.organization.is_some() || matches!(self.login_hint, Some(LoginHint::Account(_)));
        if usage == OrganizationUsage::Deny && names_company {
            let why = "this client does not use organizations";
            return Some(ProtocolFailure::because(ErrorCode::InvalidRequest, Reason::OrganizationNotAllowed, why));
        }
        // OpenID Connect Core 5.5.1.1: an essential acr that cannot be met is a failed authentication.
        if self.claims.essential_acr().is_some_and(|values| !values.is_empty() && !values.iter().any(|v| ACR_VALUES.contains(v))) {
            return Some(ProtocolFailure::because(ErrorCode::UnmetAuthenticationRequirements, Reason::AcrUnreachable, "no requested acr can be reached"));
        }
        None
    }
    /// Whether this is an OpenID Connect request; without it, it is plain OAuth and no ID token comes out.
    pub fn is_openid(&self) -> bool {
        self.scope.contains("openid")
    }
    /// Whether a device waits for the answer.
    pub fn is_for_device(&self) -> bool {
        matches!(self.answer_to, AnswerTo::Device { .. })
    }
    /// Whether no page may be shown.
    pub fn is_silent(&self) -> bool {
        self.prompt.is_silent()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_that_was_stored_before_there_were_devices_is_still_read() {
        let stored = r#"{"client_id":"cli_018bcfe5680070008000000000000000","redirect_uri":"https://a.test/cb","response_mode":"form_post","state":"s","scope":"openid","nonce":null,"code_challenge":null,"prompt":[],"max_age":300,"hint":null,"login_hint":null,"ui_locales":null,"acr_values":[],"claims":CLAIMS,"display":"page","organization":null,"resources":[]}"#;
        let claims = serde_json::to_string(&ClaimsRequest::default()).expect("text");
        let request: AuthorizationRequest = serde_json::from_str(&stored.replace("CLAIMS", &claims)).expect("read");
        assert!(matches!(&request.answer_to, AnswerTo::App { response_mode: ResponseMode::FormPost, state: Some(s), .. } if s == "s"));
        let again = serde_json::to_value(&request).expect("written");
        assert_eq!((again["redirect_uri"].as_str(), again["state"].as_str()), (Some("https://a.test/cb"), Some("s")));
    }
}
