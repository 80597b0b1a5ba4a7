//! Reading client credentials (RFC 6749 2.3.1, standards.md 3.20). Whether they are right is decided in `actions`.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::{ClientAuthMethod, ErrorCode, Params, ProtocolFailure};
use crate::types::{ClientId, Secret};

/// The credentials a client presented, by exactly one method.
#[derive(Debug)]
pub struct PresentedClient {
    /// Who it says it is.
    pub client_id: ClientId,
    /// By which method.
    pub method: ClientAuthMethod,
    /// Its secret, unless it is public.
    pub secret: Option<Secret>,
}

fn invalid_client() -> ProtocolFailure {
    ProtocolFailure::new(ErrorCode::InvalidClient, "client authentication failed")
}

fn basic(header: &[u8]) -> Option<(String, String)> {
    let text = std::str::from_utf8(header).ok()?;
    let (scheme, rest) = text.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let decoded = String::from_utf8(STANDARD.decode(rest.trim()).ok()?).ok()?;
    let (id, secret) = decoded.split_once(':')?;
    // Both parts are form-encoded before they are joined (RFC 6749 2.3.1).
    let decode = |part: &str| percent_encoding::percent_decode_str(&part.replace('+', " ")).decode_utf8().ok().map(|s| s.into_owned());
    Some((decode(id)?, decode(secret)?))
}

impl PresentedClient {
    /// Reads the Authorization header's bytes and the body; two methods at once are `invalid_request`.
    pub fn read(authorization: Option<&[u8]>, params: &Params) -> Result<Self, ProtocolFailure> {
        if let Some((name, fault)) = params.fault() {
            return Err(ProtocolFailure::invalid_request(format!("{name} {fault}")));
        }
        let body_id = params.get("client_id");
        let body_secret = params.get("client_secret");
        if params.get("client_assertion").is_some() || params.get("client_assertion_type").is_some() {
            return Err(ProtocolFailure::new(ErrorCode::InvalidClient, "client assertions are not supported"));
        }
        if let Some(header) = authorization {
            let (id, secret) = basic(header).ok_or_else(invalid_client)?;
            if body_secret.is_some() {
                return Err(ProtocolFailure::invalid_request("two client authentication methods in one request"));
            }
            if body_id.is_some_and(|b| b != id) {
                return Err(ProtocolFailure::invalid_request("client_id differs from the authenticated client"));
            }
            let client_id = id.parse().map_err(|_| invalid_client())?;
            return Ok(Self { client_id, method: ClientAuthMethod::ClientSecretBasic, secret: Some(Secret::new(secret)) });
        }
        let client_id = body_id.ok_or_else(invalid_client)?.parse().map_err(|_| invalid_client())?;
        Ok(match body_secret {
            Some(secret) => Self { client_id, method: ClientAuthMethod::ClientSecretPost, secret: Some(Secret::new(secret.to_owned())) },
            None => Self { client_id, method: ClientAuthMethod::None, secret: None },
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "cli_0190b5e2a1b27c3d8e4f5a6b7c8d9e0f";

    #[test]
    fn rfc6749_2_3_1_both_parts_are_form_decoded() {
        let header = format!("bAsIc {}", STANDARD.encode(format!("{ID}:a%3Ab+c")));
        let presented = PresentedClient::read(Some(header.as_bytes()), &Params::default()).expect("credentials");
        assert_eq!(presented.secret.expect("a secret").expose(), "a:b c");
    }

    #[test]
    fn rfc6749_2_3_two_methods_at_once_are_refused() {
        let header = format!("Basic {}", STANDARD.encode(format!("{ID}:s")));
        let body = Params::of([("client_id", ID), ("client_secret", "s")]);
        let refused = PresentedClient::read(Some(header.as_bytes()), &body).expect_err("two methods");
        assert_eq!(refused.code, ErrorCode::InvalidRequest);
    }

    #[test]
    fn broken_headers_are_invalid_client() {
        for bad in [&b"Basic"[..], b"Basic !!!", b"Bearer x", b"Basic YQ==", b"\xff\xfe"] {
            assert_eq!(PresentedClient::read(Some(bad), &Params::default()).expect_err("refused").code, ErrorCode::InvalidClient);
        }
    }
}
