//! OAuth 2.0 and OpenID Connect as values: requests, responses, claims, error codes.
//!
//! Everything here is a plain function over plain values. Parsing proves, types carry the proof;
//! who the person is and which company they chose is decided above, in `flow`.

mod authorization_request;
mod authorization_response;
mod claims_request;
mod client;
mod client_authentication;
mod client_kind;
mod discovery;
mod failure;
mod hint;
mod logout_request;
mod params;
mod pkce;
mod prompt;
mod reason;
mod registration;
mod token_request;

pub use authorization_request::{AnswerTo, AuthorizationFailure, AuthorizationRequest, Display, LoginHint, ResponseMode};
pub use authorization_response::AuthorizationResponse;
pub use claims_request::{CLAIMS_OF_SCOPES, ClaimRequest, ClaimsRequest};
pub use client::*;
pub use client_authentication::PresentedClient;
pub use client_kind::{ClientKind, NotAClientKind};
pub use discovery::{SCOPES_OF_API, SCOPES_OF_IDENTITY, discovery_document, protected_resource_document};
pub use failure::{ErrorCode, ProtocolFailure};
pub use hint::IdTokenHint;
pub use logout_request::LogoutRequest;
pub use params::{BadParameter, Params};
pub use pkce::{CodeChallenge, CodeVerifier};
pub use prompt::{Prompt, PromptSet};
pub use reason::Reason;
pub use registration::{RegistrationBounds, RegistrationError, RegistrationRequest, registration_document};
pub use token_request::{Grant, TokenRequest};

/// One factor was shown in this session.
pub const ACR_1FA: &str = "urn:vestibule:acr:1fa";
/// Several factors were.
pub const ACR_MFA: &str = "urn:vestibule:acr:mfa";
/// A phishing-resistant factor was (OpenID Connect Extended Authentication Profile ACR Values 1.0).
pub const ACR_PHR: &str = "phr";
/// Authentication contexts that this build can reach, the lowest first. `phrh` waits for attestation: without it nobody
/// knows that a key is in hardware.
pub const ACR_VALUES: [&str; 3] = [ACR_1FA, ACR_MFA, ACR_PHR];
