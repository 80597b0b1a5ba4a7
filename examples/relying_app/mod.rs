//! An ordinary relying app's sign-in, by the unmodified `openidconnect` library: it builds the request, checks state,
//! nonce and signature, and refreshes. What is ours here is one claim set and one check of `iss` (RFC 9207).

use std::pin::Pin;

use anyhow::{Context, bail};
use openidconnect::core::{
    CoreAuthDisplay, CoreAuthPrompt, CoreAuthenticationFlow, CoreErrorResponseType, CoreGenderClaim, CoreJsonWebKey, CoreJweContentEncryptionAlgorithm,
    CoreJwsSigningAlgorithm, CoreRevocableToken, CoreRevocationErrorResponse, CoreTokenIntrospectionResponse, CoreTokenType,
};
use openidconnect::{
    AdditionalClaims, AsyncHttpClient, AuthorizationCode, Client, ClientId, ClientSecret, CsrfToken, EmptyExtraTokenFields, EndSessionUrl, EndpointMaybeSet,
    EndpointNotSet, EndpointSet, HttpRequest, HttpResponse, IdToken, IdTokenFields, IssuerUrl, LogoutRequest, Nonce, OAuth2TokenResponse, PkceCodeChallenge,
    PkceCodeVerifier, PostLogoutRedirectUrl, ProviderMetadataWithLogout, RedirectUrl, RefreshToken, Scope, StandardErrorResponse, StandardTokenResponse,
    TokenResponse, UserInfoClaims,
};

/// The claims of Vestibule that an app keys its data on.
#[derive(Clone, Debug, Default, serde::Serialize, serde::Deserialize)]
pub struct CompanyClaims {
    pub account_id: Option<String>,
    pub org_id: Option<String>,
    pub org_name: Option<String>,
    #[serde(default)]
    pub roles: Vec<String>,
    pub sid: Option<String>,
}
impl AdditionalClaims for CompanyClaims {}

type Fields = IdTokenFields<CompanyClaims, EmptyExtraTokenFields, CoreGenderClaim, CoreJweContentEncryptionAlgorithm, CoreJwsSigningAlgorithm>;
pub type OneIdToken = IdToken<CompanyClaims, CoreGenderClaim, CoreJweContentEncryptionAlgorithm, CoreJwsSigningAlgorithm>;
pub type Tokens = StandardTokenResponse<Fields, CoreTokenType>;
type Library = Client<
    CompanyClaims,
    CoreAuthDisplay,
    CoreGenderClaim,
    CoreJweContentEncryptionAlgorithm,
    CoreJsonWebKey,
    CoreAuthPrompt,
    StandardErrorResponse<CoreErrorResponseType>,
    Tokens,
    CoreTokenIntrospectionResponse,
    CoreRevocableToken,
    CoreRevocationErrorResponse,
    EndpointSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointMaybeSet,
    EndpointMaybeSet,
>;

/// What the app remembers of a request under way.
pub struct Pending {
    pub state: String,
    nonce: Nonce,
    verifier: PkceCodeVerifier,
}

/// Who signed in, for which company.
#[derive(Clone)]
pub struct Session {
    pub subject: String,
    pub name: Option<String>,
    pub email: Option<String>,
    pub company: CompanyClaims,
    pub access_token: String,
    pub id_token: OneIdToken,
    pub refresh_token: Option<String>,
}

/// The app's side of the provider.
pub struct RelyingApp {
    library: Library,
    http: Http,
    issuer: String,
    end_session: EndSessionUrl,
}

/// The library speaks through the app's own HTTP client.
struct Http(reqwest::Client);

impl<'c> AsyncHttpClient<'c> for Http {
    type Error = reqwest::Error;
    type Future = Pin<Box<dyn Future<Output = Result<HttpResponse, reqwest::Error>> + Send + 'c>>;

    fn call(&'c self, request: HttpRequest) -> Self::Future {
        Box::pin(async move {
            let response = self.0.execute(request.try_into()?).await?;
            let mut out = openidconnect::http::Response::builder().status(response.status());
            for (name, value) in response.headers() {
                out = out.header(name, value);
            }
            Ok(out.body(response.bytes().await?.to_vec()).expect("a response made of a response"))
        })
    }
}

impl RelyingApp {
    pub async fn discover(http: reqwest::Client, issuer: &str, client_id: &str, client_secret: &str, redirect_uri: String) -> anyhow::Result<Self> {
        let http = Http(http);
        let metadata = ProviderMetadataWithLogout::discover_async(IssuerUrl::new(issuer.to_owned())?, &http).await.context("discovery")?;
        let end_session = metadata.additional_metadata().end_session_endpoint.clone().context("the provider has no end_session_endpoint")?;
        let library = Client::from_provider_metadata(metadata, ClientId::new(client_id.to_owned()), Some(ClientSecret::new(client_secret.to_owned())))
            .set_redirect_uri(RedirectUrl::new(redirect_uri)?);
        Ok(Self { library, http, issuer: issuer.to_owned(), end_session })
    }

    /// An authorization request. Switching company is this too, with `organization` or `prompt` among `extra`.
    pub fn authorization(&self, scopes: &[&str], extra: &[(&str, &str)]) -> (String, Pending) {
        let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
        let mut request =
            self.library.authorize_url(CoreAuthenticationFlow::AuthorizationCode, CsrfToken::new_random, Nonce::new_random).set_pkce_challenge(challenge);
        for scope in scopes {
            request = request.add_scope(Scope::new((*scope).to_owned()));
        }
        for (name, value) in extra {
            request = request.add_extra_param((*name).to_owned(), (*value).to_owned());
        }
        let (url, state, nonce) = request.url();
        (url.to_string(), Pending { state: state.secret().clone(), nonce, verifier })
    }

    /// Completes an authorization response.
    pub async fn complete(&self, pending: Pending, state: &str, iss: Option<&str>, code: String) -> anyhow::Result<Session> {
        if state != pending.state {
            bail!("mismatching_state");
        }
        // RFC 9207; the library does not check it by itself.
        if iss != Some(&self.issuer) {
            bail!("mismatching_iss");
        }
        let tokens: Tokens = self
            .library
            .exchange_code(AuthorizationCode::new(code))?
            .set_pkce_verifier(pending.verifier)
            .request_async(&self.http)
            .await
            .map_err(|e| anyhow::anyhow!("{e:?}"))?;
        self.session(tokens, Some(&pending.nonce), None)
    }

    /// Refreshes; the person must stay the same.
    pub async fn refresh(&self, old: &Session, extra: &[(&str, &str)]) -> anyhow::Result<Session> {
        let token = RefreshToken::new(old.refresh_token.clone().context("no refresh token")?);
        let mut request = self.library.exchange_refresh_token(&token)?;
        for (name, value) in extra {
            request = request.add_extra_param((*name).to_owned(), (*value).to_owned());
        }
        let tokens: Tokens = request.request_async(&self.http).await.map_err(|e| anyhow::anyhow!("{e:?}"))?;
        let session = self.session(tokens, None, Some(old))?;
        if session.subject != old.subject {
            bail!("subject_changed");
        }
        Ok(session)
    }

    fn session(&self, tokens: Tokens, nonce: Option<&Nonce>, old: Option<&Session>) -> anyhow::Result<Session> {
        let id_token = tokens.id_token().context("no ID token")?;
        let verifier = self.library.id_token_verifier().set_allowed_algs([CoreJwsSigningAlgorithm::EcdsaP256Sha256]);
        let claims = match nonce {
            Some(nonce) => id_token.claims(&verifier, nonce)?,
            None => id_token.claims(&verifier, |_: Option<&Nonce>| Ok(()))?,
        };
        let name = claims.name().and_then(|n| n.get(None)).map(|n| n.as_str().to_owned());
        Ok(Session {
            subject: claims.subject().as_str().to_owned(),
            name,
            email: claims.email().map(|e| e.as_str().to_owned()),
            company: claims.additional_claims().clone(),
            access_token: tokens.access_token().secret().clone(),
            id_token: id_token.clone(),
            refresh_token: tokens.refresh_token().map(|t| t.secret().clone()).or_else(|| old.and_then(|o| o.refresh_token.clone())),
        })
    }

    /// UserInfo, its subject checked against the ID token's.
    pub async fn userinfo(&self, session: &Session) -> anyhow::Result<UserInfoClaims<CompanyClaims, CoreGenderClaim>> {
        let subject = openidconnect::SubjectIdentifier::new(session.subject.clone());
        let token = openidconnect::AccessToken::new(session.access_token.clone());
        self.library.user_info(token, Some(subject))?.request_async(&self.http).await.map_err(|e| anyhow::anyhow!("{e:?}"))
    }

    /// Where to send the person for signing out (RP-Initiated Logout 1.0).
    pub fn end_session(&self, session: &Session, back: &str) -> anyhow::Result<String> {
        let request = LogoutRequest::from(self.end_session.clone())
            .set_id_token_hint(&session.id_token)
            .set_post_logout_redirect_uri(PostLogoutRedirectUrl::new(back.to_owned())?)
            .set_state(CsrfToken::new("signed-out".to_owned()));
        Ok(request.http_get_url().to_string())
    }
}
