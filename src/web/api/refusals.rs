//! What every call of the API may be answered instead of what it asked for.

use utoipa::IntoResponses;

use super::me_accounts::Problem;

/// The refusals that every call has in common (RFC 9457).
#[derive(IntoResponses)]
#[allow(dead_code)]
pub(in crate::web) enum Refusals {
    /// A parameter or the body is wrong
    #[response(status = 400, content_type = "application/problem+json")]
    Wrong(#[to_schema] Problem),
    /// No access token that counts
    #[response(status = 401, content_type = "application/problem+json")]
    NoToken(#[to_schema] Problem),
    /// The token lacks the scope, or does not reach that far
    #[response(status = 403, content_type = "application/problem+json")]
    TooFar(#[to_schema] Problem),
    /// There is no such thing, or the token does not reach it
    #[response(status = 404, content_type = "application/problem+json")]
    NotHere(#[to_schema] Problem),
    /// The same call, by its Idempotency-Key, is under way
    #[response(status = 409, content_type = "application/problem+json")]
    UnderWay(#[to_schema] Problem),
    /// It is not what `If-Match` says any more
    #[response(status = 412, content_type = "application/problem+json")]
    Changed(#[to_schema] Problem),
    /// A rule forbids it; `title` says which
    #[response(status = 422, content_type = "application/problem+json")]
    Refused(#[to_schema] Problem),
    /// The caller asks more often than it may
    #[response(status = 429, content_type = "application/problem+json")]
    TooOften(#[to_schema] Problem),
}
