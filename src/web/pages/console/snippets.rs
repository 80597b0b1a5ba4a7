//! What to paste into an app: the five commonest libraries, with this client's values.

use serde_json::{Value, json};

use crate::protocol::{Client, ClientAuthMethod, GrantType};
use crate::types::RedirectUri;

/// The snippets of a client, each with the name of its library.
pub(super) fn all(issuer: &str, client: &Client) -> Vec<Value> {
    let m = &client.metadata;
    let public = m.token_endpoint_auth_method == ClientAuthMethod::None;
    let redirect = m.redirect_uris.first().map(RedirectUri::as_str).unwrap_or_default();
    let scope = m.scope.to_string();
    let is = |mark: &str| match mark {
        "{public} " => public,
        "{secret} " => !public,
        "{basic} " => m.token_endpoint_auth_method == ClientAuthMethod::ClientSecretBasic,
        _ => m.token_endpoint_auth_method == ClientAuthMethod::ClientSecretPost,
    };
    let line = |line: &str| match MARKS.into_iter().find(|mark| line.contains(mark)) {
        Some(mark) => is(mark).then(|| line.replace(mark, "")),
        None => Some(line.to_owned()),
    };
    let fill = |text: &str| {
        let text = text.lines().filter_map(line).collect::<Vec<_>>().join("\n");
        text.replace("{issuer}", issuer).replace("{id}", client.id.as_str()).replace("{redirect}", redirect).replace("{scope}", &scope)
    };
    let texts = if m.allows(GrantType::AuthorizationCode) {
        vec![
            ("openid-client (Node.js)", fill(&[NODE_SETUP, NODE].concat())),
            ("Authlib (Python)", fill(PYTHON)),
            ("Spring Security (Java)", fill(SPRING)),
            ("ASP.NET Core (C#)", fill(DOTNET)),
            ("openidconnect (Rust)", fill(RUST)),
        ]
    } else if m.allows(GrantType::DeviceCode) {
        vec![
            ("openid-client (Node.js)", fill(&[NODE_SETUP, NODE_DEVICE].concat())),
            ("Authlib (Python)", fill(PYTHON_DEVICE)),
            ("golang.org/x/oauth2 (Go)", fill(GO_DEVICE)),
            ("Duende IdentityModel (C#)", fill(DOTNET_DEVICE)),
            ("openidconnect (Rust)", fill(RUST_DEVICE)),
        ]
    } else {
        vec![("curl", SERVICE.replace("{issuer}", issuer).replace("{id}", client.id.as_str()))]
    };
    texts.into_iter().map(|(name, text)| json!({"name": name, "text": text.trim()})).collect()
}

/// What begins a line that is for some clients only: public ones, confidential ones, those with `client_secret_basic` or `client_secret_post`.
const MARKS: [&str; 4] = ["{public} ", "{secret} ", "{basic} ", "{post} "];

const NODE_SETUP: &str = r#"
import * as client from "openid-client";

const config = await client.discovery(
  new URL("{issuer}"),
  "{id}",
  undefined,
  {public} client.None(),
  {basic} client.ClientSecretBasic(process.env.OIDC_CLIENT_SECRET),
  {post} client.ClientSecretPost(process.env.OIDC_CLIENT_SECRET),
);
"#;

const NODE: &str = r#"const code_verifier = client.randomPKCECodeVerifier();
const state = client.randomState();
const url = client.buildAuthorizationUrl(config, {
  redirect_uri: "{redirect}",
  scope: "{scope}",
  code_challenge: await client.calculatePKCECodeChallenge(code_verifier),
  code_challenge_method: "S256",
  state,
});
// Send the browser to url; at the redirect URI:
const tokens = await client.authorizationCodeGrant(config, currentUrl, {
  pkceCodeVerifier: code_verifier,
  expectedState: state,
});
const { sub, org_id, account_id } = tokens.claims();
"#;

const PYTHON: &str = r#"
from authlib.integrations.flask_client import OAuth

oauth = OAuth(app)
oauth.register(
    "vestibule",
    server_metadata_url="{issuer}/.well-known/openid-configuration",
    client_id="{id}",
    {secret} client_secret=os.environ["OIDC_CLIENT_SECRET"],
    {post} token_endpoint_auth_method="client_secret_post",
    client_kwargs={"scope": "{scope}", "code_challenge_method": "S256"},
)

@app.get("/sign-in")
def sign_in():
    return oauth.vestibule.authorize_redirect("{redirect}")

# At the redirect URI:
claims = oauth.vestibule.authorize_access_token()["userinfo"]
"#;

const SPRING: &str = r#"
# application.yaml
spring:
  security:
    oauth2:
      client:
        registration:
          vestibule:
            client-id: {id}
            {secret} client-secret: ${OIDC_CLIENT_SECRET}
            {post} client-authentication-method: client_secret_post
            {public} client-authentication-method: none
            authorization-grant-type: authorization_code
            redirect-uri: {redirect}
            scope: {scope}
        provider:
          vestibule:
            issuer-uri: {issuer}
"#;

const DOTNET: &str = r#"
builder.Services
    .AddAuthentication(options => {
        options.DefaultScheme = CookieAuthenticationDefaults.AuthenticationScheme;
        options.DefaultChallengeScheme = OpenIdConnectDefaults.AuthenticationScheme;
    })
    .AddCookie()
    .AddOpenIdConnect(options => {
        options.Authority = "{issuer}";
        options.ClientId = "{id}";
        {secret} options.ClientSecret = builder.Configuration["OIDC_CLIENT_SECRET"];
        {basic} // This handler sends the secret in the body: register token_endpoint_auth_method client_secret_post for it.
        options.ResponseType = "code";
        options.UsePkce = true;
        options.CallbackPath = new Uri("{redirect}").AbsolutePath;
        options.Scope.Clear();
        foreach (var scope in "{scope}".Split(' ')) options.Scope.Add(scope);
        options.MapInboundClaims = false;
    });
"#;

const RUST: &str = r#"
use openidconnect::core::{CoreAuthenticationFlow, CoreClient, CoreProviderMetadata};
use openidconnect::{ClientId, ClientSecret, CsrfToken, IssuerUrl, Nonce, PkceCodeChallenge, RedirectUrl, Scope};

let metadata = CoreProviderMetadata::discover_async(IssuerUrl::new("{issuer}".into())?, &http).await?;
{public} let secret = None;
{secret} let secret = Some(ClientSecret::new(std::env::var("OIDC_CLIENT_SECRET")?));
let client = CoreClient::from_provider_metadata(metadata, ClientId::new("{id}".into()), secret)
    {post} .set_auth_type(openidconnect::AuthType::RequestBody)
    .set_redirect_uri(RedirectUrl::new("{redirect}".into())?);
let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
let (url, state, nonce) = client
    .authorize_url(CoreAuthenticationFlow::AuthorizationCode, CsrfToken::new_random, Nonce::new_random)
    .add_scopes("{scope}".split(' ').map(|s| Scope::new(s.into())))
    .set_pkce_challenge(challenge)
    .url();
"#;

const NODE_DEVICE: &str = r#"const device = await client.initiateDeviceAuthorization(config, { scope: "{scope}" });
// Show device.user_code and device.verification_uri; then wait:
const tokens = await client.pollDeviceAuthorizationGrant(config, device);
const { sub, org_id, account_id } = tokens.claims();
"#;

const PYTHON_DEVICE: &str = r#"
{secret} import os
import time
from authlib.integrations.requests_client import OAuth2Session, OAuthError

session = OAuth2Session(
    "{id}",
    {secret} os.environ["OIDC_CLIENT_SECRET"],
    scope="{scope}",
    {public} token_endpoint_auth_method="none",
    {post} token_endpoint_auth_method="client_secret_post",
)
wish = {"scope": "{scope}"}
{public} wish["client_id"] = "{id}"
{post} wish |= {"client_id": "{id}", "client_secret": os.environ["OIDC_CLIENT_SECRET"]}
device = session.request(
    "POST", "{issuer}/device_authorization", withhold_token=True, data=wish,
    {basic} auth=("{id}", os.environ["OIDC_CLIENT_SECRET"]),
).json()
# Show device["user_code"] and device["verification_uri"]; then wait:
wait, tokens = device["interval"], None
while not tokens:
    time.sleep(wait)
    try:
        tokens = session.fetch_token(
            "{issuer}/token", device_code=device["device_code"],
            grant_type="urn:ietf:params:oauth:grant-type:device_code",
        )
    except OAuthError as e:
        if e.error not in ("authorization_pending", "slow_down"):
            raise
        wait += 5 if e.error == "slow_down" else 0
"#;

const GO_DEVICE: &str = r#"
config := &oauth2.Config{
	ClientID: "{id}",
	{secret} ClientSecret: os.Getenv("OIDC_CLIENT_SECRET"),
	Scopes: strings.Fields("{scope}"),
	Endpoint: oauth2.Endpoint{
		DeviceAuthURL: "{issuer}/device_authorization",
		TokenURL:      "{issuer}/token",
	},
}
{secret} // DeviceAuth sends no secret: register token_endpoint_auth_method none for this library.
device, err := config.DeviceAuth(ctx)
// Show device.UserCode and device.VerificationURI; then wait:
token, err := config.DeviceAccessToken(ctx, device)
"#;

const DOTNET_DEVICE: &str = r#"
using Duende.IdentityModel.Client;

var device = await http.RequestDeviceAuthorizationAsync(new DeviceAuthorizationRequest {
    Address = "{issuer}/device_authorization",
    ClientId = "{id}",
    {secret} ClientSecret = configuration["OIDC_CLIENT_SECRET"],
    {basic} ClientCredentialStyle = ClientCredentialStyle.AuthorizationHeader,
    Scope = "{scope}",
});
// Show device.UserCode and device.VerificationUri; then, every device.Interval seconds while the error is authorization_pending:
var tokens = await http.RequestDeviceTokenAsync(new DeviceTokenRequest {
    Address = "{issuer}/token",
    ClientId = "{id}",
    {secret} ClientSecret = configuration["OIDC_CLIENT_SECRET"],
    {basic} ClientCredentialStyle = ClientCredentialStyle.AuthorizationHeader,
    DeviceCode = device.DeviceCode,
});
"#;

const RUST_DEVICE: &str = r#"
use openidconnect::core::{CoreClient, CoreDeviceAuthorizationResponse, CoreProviderMetadata};
use openidconnect::{ClientId, ClientSecret, DeviceAuthorizationUrl, IssuerUrl, Scope};

let metadata = CoreProviderMetadata::discover_async(IssuerUrl::new("{issuer}".into())?, &http).await?;
{public} let secret = None;
{secret} let secret = Some(ClientSecret::new(std::env::var("OIDC_CLIENT_SECRET")?));
let client = CoreClient::from_provider_metadata(metadata, ClientId::new("{id}".into()), secret)
    {post} .set_auth_type(openidconnect::AuthType::RequestBody)
    .set_device_authorization_url(DeviceAuthorizationUrl::new("{issuer}/device_authorization".into())?);
let device: CoreDeviceAuthorizationResponse = client
    .exchange_device_code()
    .add_scopes("{scope}".split(' ').map(|s| Scope::new(s.into())))
    .request_async(&http)
    .await?;
// Show device.user_code() and device.verification_uri(); then wait:
let tokens = client.exchange_device_access_token(&device)?.request_async(&http, tokio::time::sleep, None).await?;
"#;

const SERVICE: &str = r#"
curl -u "{id}:$OIDC_CLIENT_SECRET" {issuer}/token \
  -d grant_type=client_credentials \
  -d resource=https://your-api.example
"#;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::{ClientCompanies, ClientMetadata};

    #[test]
    fn every_snippet_has_the_clients_values_and_a_public_one_has_no_secret() {
        let mut client = Client {
            id: "cli_01h455vb4pex5vsknk084sn02q".parse().expect("an id"),
            name: crate::types::DisplayText::parse("Desk").expect("a name"),
            metadata: ClientMetadata { redirect_uris: vec![RedirectUri::parse("https://desk.example/cb").expect("a URI")], ..ClientMetadata::default() },
            companies: ClientCompanies::All,
            disabled: false,
            untrusted: false,
        };
        let methods = [ClientAuthMethod::None, ClientAuthMethod::ClientSecretBasic, ClientAuthMethod::ClientSecretPost];
        for (method, device) in methods.into_iter().flat_map(|m| [(m, false), (m, true)]) {
            let public = method == ClientAuthMethod::None;
            client.metadata.token_endpoint_auth_method = method;
            client.metadata.grant_types = vec![if device { GrantType::DeviceCode } else { GrantType::AuthorizationCode }];
            let there = if device { "evice" } else { "https://desk.example/cb" };
            let made = all("https://id.example", &client);
            assert_eq!(made.len(), 5);
            for snippet in made {
                let text = snippet["text"].as_str().expect("text");
                for value in ["https://id.example", client.id.as_str(), there, "openid"] {
                    assert!(text.contains(value), "{text}");
                }
                assert_eq!(text.contains("OIDC_CLIENT_SECRET"), !public, "{text}");
                assert!(MARKS.into_iter().chain(["{issuer}", "{id}", "{scope}"]).all(|left| !text.contains(left.trim_end())), "{text}");
            }
        }
    }
}
