//! Authorization responses (RFC 6749 4.1.2, OAuth 2.0 Multiple Response Types and Form Post 1.0, RFC 9207).

use super::{AnswerTo, AuthorizationRequest, ProtocolFailure, ResponseMode};
use crate::types::Secret;

/// An answer, made only for an address that the client registered, or for a device, which fetches its own.
#[derive(Clone, Debug)]
pub struct AuthorizationResponse {
    /// Where it goes.
    pub to: AnswerTo,
    /// What it says there; nothing about a device passes through the browser.
    pub parameters: Vec<(&'static str, String)>,
}

impl AuthorizationResponse {
    /// The answer with a code (RFC 6749 4.1.2).
    pub fn code(request: &AuthorizationRequest, code: &Secret, issuer: &str) -> Self {
        Self::answer(&request.answer_to, vec![("code", code.expose().clone())], issuer)
    }
    /// The answer with an error (RFC 6749 4.1.2.1), our reason as `error_uri`.
    pub fn failure(request: &AuthorizationRequest, failure: &ProtocolFailure, issuer: &str) -> Self {
        Self::of_failure(&request.answer_to, failure, issuer)
    }
    /// The same for a request that did not become one.
    pub fn of_failure(to: &AnswerTo, failure: &ProtocolFailure, issuer: &str) -> Self {
        let mut parameters = vec![("error", failure.code.as_str().to_owned()), ("error_description", failure.description.clone())];
        if let Some(reason) = failure.reason {
            parameters.push(("error_uri", format!("{issuer}/errors/{}", reason.as_str())));
        }
        Self::answer(to, parameters, issuer)
    }
    fn answer(to: &AnswerTo, mut parameters: Vec<(&'static str, String)>, issuer: &str) -> Self {
        match to {
            AnswerTo::Device { .. } => parameters.clear(),
            AnswerTo::App { state, .. } => {
                parameters.extend(state.clone().map(|state| ("state", state)));
                // RFC 9207 section 2: in every answer, errors too.
                parameters.push(("iss", issuer.to_owned()));
            }
        }
        Self { to: to.clone(), parameters }
    }
    /// The address for a redirect to the app; `None` for `form_post`, which is a page, and for devices.
    pub fn location(&self) -> Option<String> {
        let AnswerTo::App { redirect_uri, response_mode, .. } = &self.to else { return None };
        let separator = match response_mode {
            ResponseMode::FormPost => return None,
            ResponseMode::Fragment => '#',
            ResponseMode::Query if redirect_uri.as_str().contains('?') => '&',
            ResponseMode::Query => '?',
        };
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        query.extend_pairs(&self.parameters);
        Some(format!("{}{separator}{}", redirect_uri.as_str(), query.finish()))
    }
}
