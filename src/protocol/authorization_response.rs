//! Authorization responses (RFC 6749 4.1.2, OAuth 2.0 Multiple Response Types and Form Post 1.0, RFC 9207).

use super::{AuthorizationRequest, ProtocolFailure, ResponseMode};
use crate::types::{RegisteredRedirectUri, Secret};

/// An answer for the app, made only for an address that the client registered.
#[derive(Clone, Debug)]
pub struct AuthorizationResponse {
    /// Where it goes.
    pub redirect_uri: RegisteredRedirectUri,
    /// How it goes there.
    pub mode: ResponseMode,
    /// What it says.
    pub parameters: Vec<(&'static str, String)>,
}

impl AuthorizationResponse {
    /// The answer with a code (RFC 6749 4.1.2).
    pub fn code(request: &AuthorizationRequest, code: &Secret, issuer: &str) -> Self {
        Self::answer(request, vec![("code", code.expose().clone())], issuer)
    }
    /// The answer with an error (RFC 6749 4.1.2.1), our reason as `error_uri`.
    pub fn failure(request: &AuthorizationRequest, failure: &ProtocolFailure, issuer: &str) -> Self {
        Self::of_failure(&request.redirect_uri, request.response_mode, request.state.as_deref(), failure, issuer)
    }
    /// The same for a request that did not become one.
    pub fn of_failure(redirect_uri: &RegisteredRedirectUri, mode: ResponseMode, state: Option<&str>, failure: &ProtocolFailure, issuer: &str) -> Self {
        let mut parameters = vec![("error", failure.code.as_str().to_owned()), ("error_description", failure.description.clone())];
        if let Some(reason) = failure.reason {
            parameters.push(("error_uri", format!("{issuer}/errors/{}", reason.as_str())));
        }
        if let Some(state) = state {
            parameters.push(("state", state.to_owned()));
        }
        // RFC 9207 section 2: in every answer, errors too.
        parameters.push(("iss", issuer.to_owned()));
        Self { redirect_uri: redirect_uri.clone(), mode, parameters }
    }
    fn answer(request: &AuthorizationRequest, mut parameters: Vec<(&'static str, String)>, issuer: &str) -> Self {
        if let Some(state) = &request.state {
            parameters.push(("state", state.clone()));
        }
        parameters.push(("iss", issuer.to_owned()));
        Self { redirect_uri: request.redirect_uri.clone(), mode: request.response_mode, parameters }
    }
    /// The address for a redirect; `None` for `form_post`, which is a page.
    pub fn location(&self) -> Option<String> {
        let separator = match self.mode {
            ResponseMode::FormPost => return None,
            ResponseMode::Fragment => '#',
            ResponseMode::Query if self.redirect_uri.as_str().contains('?') => '&',
            ResponseMode::Query => '?',
        };
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        query.extend_pairs(&self.parameters);
        Some(format!("{}{separator}{}", self.redirect_uri.as_str(), query.finish()))
    }
}
