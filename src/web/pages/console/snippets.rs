//! What to paste into an app: the five commonest libraries, with this client's values.

use serde_json::{Value, json};

use crate::protocol::{Client, ClientAuthMethod, GrantType};
use crate::types::RedirectUri;

/// The snippets of a client, each with the name of its library.
pub(super) fn all(issuer: &str, client: &Client) -> Vec<Value> {
    let m = &client.metadata;
    let public = m.token_endpoint_auth_method == ClientAuthMethod::None;
    let texts = if m.allows(GrantType::AuthorizationCode) {
        let redirect = m.redirect_uris.first().map(RedirectUri::as_str).unwrap_or_default();
        let scope = m.scope.to_string();
        let fill = |text: &str| {
            let text = if public { text.lines().filter(|l| !l.contains("{secret}")).collect::<Vec<_>>().join("\n") } else { text.replace("{secret} ", "") };
            text.replace("{issuer}", issuer).replace("{id}", client.id.as_str()).replace("{redirect}", redirect).replace("{scope}", &scope)
        };
        vec![
            ("openid-client (Node.js)", fill(NODE)),
            ("Authlib (Python)", fill(PYTHON)),
            ("Spring Security (Java)", fill(SPRING)),
            ("ASP.NET Core (C#)", fill(DOTNET)),
            ("openidconnect (Rust)", fill(RUST)),
        ]
    } else {
        vec![("curl", SERVICE.replace("{issuer}", issuer).replace("{id}", client.id.as_str()))]
    };
    texts.into_iter().map(|(name, text)| json!({"name": name, "text": text.trim()})).collect()
}

// A line with `{secret}` is for confidential clients only.

const NODE: &str = r#"
import * as client from "openid-client";

const config = await client.discovery(
  new URL("{issuer}"),
  "{id}",
  {secret} process.env.OIDC_CLIENT_SECRET,
);
const code_verifier = client.randomPKCECodeVerifier();
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
let secret = None;
{secret} let secret = Some(ClientSecret::new(std::env::var("OIDC_CLIENT_SECRET")?));
let client = CoreClient::from_provider_metadata(metadata, ClientId::new("{id}".into()), secret)
    .set_redirect_uri(RedirectUrl::new("{redirect}".into())?);
let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
let (url, state, nonce) = client
    .authorize_url(CoreAuthenticationFlow::AuthorizationCode, CsrfToken::new_random, Nonce::new_random)
    .add_scopes("{scope}".split(' ').map(|s| Scope::new(s.into())))
    .set_pkce_challenge(challenge)
    .url();
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
            id: crate::types::ClientId::first_of(crate::types::Timestamp::from_seconds(1)),
            name: crate::types::DisplayText::parse("Desk").expect("a name"),
            metadata: ClientMetadata { redirect_uris: vec![RedirectUri::parse("https://desk.example/cb").expect("a URI")], ..ClientMetadata::default() },
            companies: ClientCompanies::All,
            disabled: false,
            untrusted: false,
        };
        for public in [false, true] {
            if public {
                client.metadata.token_endpoint_auth_method = ClientAuthMethod::None;
            }
            let made = all("https://id.example", &client);
            assert_eq!(made.len(), 5);
            for snippet in made {
                let text = snippet["text"].as_str().expect("text");
                for value in ["https://id.example", client.id.as_str(), "https://desk.example/cb", "openid"] {
                    assert!(text.contains(value), "{text}");
                }
                assert_eq!(text.contains("OIDC_CLIENT_SECRET"), !public, "{text}");
                assert!(!text.contains("{secret}") && !text.contains("{issuer}") && !text.contains("{scope}"), "{text}");
            }
        }
    }
}
