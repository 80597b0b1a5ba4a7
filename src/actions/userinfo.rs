//! UserInfo (OpenID Connect Core 5.3).

use serde_json::{Map, Value};

use super::{App, LiveToken, Stop};
use crate::flow::identity_claims;
use crate::protocol::{ErrorCode, ProtocolFailure};

/// The claims that a token opens. The token must be for us and have scope `openid`.
pub async fn userinfo(app: &App, token: &LiveToken) -> Result<Map<String, Value>, Stop> {
    let invalid = || ProtocolFailure::new(ErrorCode::InvalidToken, "the access token is for another audience");
    let grant = token.grant.as_ref().ok_or_else(invalid)?;
    if token.text("aud") != app.issuer() {
        return Err(invalid().into());
    }
    if !token.scope().contains("openid") {
        return Err(ProtocolFailure::new(ErrorCode::InsufficientScope, "scope openid is needed").into());
    }
    let client = app.client(&grant.client_id).await?.ok_or_else(invalid)?;
    // A token narrowed by a refresh opens less than its grant.
    let narrowed = crate::flow::LiveGrant { scope: token.scope(), ..grant.clone() };
    let mut claims = identity_claims(&narrowed, true, &grant.claims.userinfo);
    let account = grant.account.as_ref();
    let act = app.act(&client.client, grant);
    let subject = app.subject(&client.client, &grant.identity.id, account.map(|a| &a.id), account.and_then(|a| a.former_subject.as_deref()));
    let mut put = |name: &str, value: Value| _ = claims.insert(name.to_owned(), value);
    put("sub", subject.sub.into());
    if let Some(former) = subject.aud_sub {
        put("aud_sub", former.into());
    }
    if let Some(act) = act {
        put("act", act);
    }
    if let Some(account) = account.filter(|_| narrowed.scope.contains("preferences")) {
        let kept = super::preferences(app, &account.id).await?.apps;
        if !kept.is_empty() {
            put("preferences", kept.into());
        }
    }
    if let Some(account) = account {
        put("account_id", account.id.as_str().into());
        put("org_id", account.company.id.as_str().into());
        put("org_slug", account.company.slug.as_str().into());
        put("org_name", account.company.name.as_str().into());
        put("roles", account.roles.clone().into());
        put("seat", account.seat.into());
    }
    Ok(claims)
}
