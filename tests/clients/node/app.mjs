// A relying app as a customer would write it, for the browser tests: the unmodified openid-client library
// speaks the protocol, and this file only keeps the session and shows what came out.
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:https';
import * as oidc from 'openid-client';

const { ISSUER, INITIAL_ACCESS_TOKEN, APP_URL, PORT, TLS_CERT, TLS_KEY } = process.env;

let discovered;

// Discovery waits for the first request, so that the app can start before the provider does. The app registers itself
// (RFC 7591): nobody at the provider has typed anything about it.
async function provider() {
  discovered ??= await oidc.dynamicClientRegistration(
    new URL(ISSUER),
    {
      client_name: 'Node app',
      redirect_uris: [`${APP_URL}/callback`],
      post_logout_redirect_uris: [`${APP_URL}/me`],
      grant_types: ['authorization_code', 'refresh_token'],
      // What the library uses with a secret, unless it is told otherwise.
      token_endpoint_auth_method: 'client_secret_post',
      id_token_signed_response_alg: 'ES256',
    },
    undefined,
    {
      initialAccessToken: INITIAL_ACCESS_TOKEN,
      // Left to itself the library trusts TLS for a token that comes straight from the token endpoint
      // (OpenID Connect Core 3.1.3.7, 6). The signature and the key set are what the tests are after.
      execute: [oidc.enableNonRepudiationChecks],
    },
  );
  return discovered;
}

const sessions = new Map();

function setCookie(response, session, sameSite) {
  response.setHeader('set-cookie', `node_app=${session.key}; Path=/; Secure; HttpOnly; SameSite=${sameSite}`);
}

function sessionOf(request, response) {
  const sent = /(?:^|; )node_app=([^;]+)/.exec(request.headers.cookie ?? '')?.[1];
  if (sessions.has(sent)) {
    return sessions.get(sent);
  }
  // Only keys made here are ever used, so nobody can bring one along.
  const key = randomBytes(32).toString('base64url');
  const session = { key, pending: new Map(), signedIn: undefined, logoutState: undefined };
  sessions.set(key, session);
  setCookie(response, session, 'Lax');
  return session;
}

const escape = (text) => text.replace(/[&<>"]/g, (c) => `&#${c.charCodeAt(0)};`);

function page(response, body) {
  response.setHeader('content-type', 'text/html; charset=utf-8');
  response.end(`<!doctype html><html lang="en"><title>Node relying app</title>${body}</html>`);
}

function redirect(response, url) {
  response.writeHead(303, { location: String(url) }).end();
}

const failure = (code) => Object.assign(new Error(code), { error: code });

// UserInfo is asked again after a refresh too, because that shows the new access token works.
async function adopt(session, config, tokens, claims, refreshed) {
  const userinfo = await oidc.fetchUserInfo(config, tokens.access_token, claims.sub);
  session.signedIn = { tokens, claims, userinfo, refreshed };
}

async function start(session, url, response) {
  const config = await provider();
  const state = oidc.randomState();
  const checks = { nonce: oidc.randomNonce(), verifier: oidc.randomPKCECodeVerifier() };
  const parameters = {
    redirect_uri: `${APP_URL}/callback`,
    scope: 'openid profile email',
    state,
    nonce: checks.nonce,
    code_challenge: await oidc.calculatePKCECodeChallenge(checks.verifier),
    code_challenge_method: 'S256',
  };
  for (const name of ['organization', 'prompt', 'login_hint', 'ui_locales', 'response_mode']) {
    if (url.searchParams.has(name)) {
      parameters[name] = url.searchParams.get(name);
    }
  }
  session.pending.set(state, checks);
  if (parameters.response_mode === 'form_post') {
    // The answer is a POST from the provider's site, and such a request carries no cookie that is Lax.
    setCookie(response, session, 'None');
  }
  redirect(response, oidc.buildAuthorizationUrl(config, parameters));
}

async function callback(session, url, response, request) {
  const config = await provider();
  const posted = request.method === 'POST' ? Buffer.concat(await request.toArray()).toString() : undefined;
  const state = (posted === undefined ? url.searchParams : new URLSearchParams(posted)).get('state');
  const checks = session.pending.get(state);
  // Several sign-ins may be under way in one browser, so the state finds its own nonce and verifier.
  if (!checks) {
    throw failure('mismatching_state');
  }
  session.pending.delete(state);
  // The library reads a Form Post answer from a standard Request.
  const form = { method: 'POST', headers: { 'content-type': request.headers['content-type'] }, body: posted };
  const answer = posted === undefined ? url : new Request(url, form);
  const tokens = await oidc.authorizationCodeGrant(config, answer, {
    expectedState: state,
    expectedNonce: checks.nonce,
    pkceCodeVerifier: checks.verifier,
    idTokenExpected: true,
  });
  await adopt(session, config, tokens, tokens.claims(), 0);
  redirect(response, `${APP_URL}/me`);
}

async function refresh(session, url, response) {
  const config = await provider();
  const before = session.signedIn;
  if (!before?.tokens.refresh_token) {
    throw failure('no_refresh_token');
  }
  const tokens = await oidc.refreshTokenGrant(config, before.tokens.refresh_token);
  // A refresh answer may leave out what did not change (RFC 6749 section 6, OpenID Connect Core 12.2).
  const claims = tokens.claims() ?? before.claims;
  // By hand, because the library does not know the earlier ID token (OpenID Connect Core 12.2).
  if (claims.sub !== before.claims.sub) {
    throw failure('subject_changed');
  }
  await adopt(session, config, { ...before.tokens, ...tokens }, claims, before.refreshed + 1);
  redirect(response, `${APP_URL}/me`);
}

async function logout(session, url, response) {
  const before = session.signedIn;
  if (!before) {
    return redirect(response, `${APP_URL}/me`);
  }
  session.signedIn = undefined;
  session.logoutState = oidc.randomState();
  redirect(response, oidc.buildEndSessionUrl(await provider(), {
    id_token_hint: before.tokens.id_token,
    post_logout_redirect_uri: `${APP_URL}/me`,
    state: session.logoutState,
  }));
}

function me(session, url, response) {
  // The provider sends the browser here after a sign-out, with the state it was given.
  const state = url.searchParams.get('state');
  if (state !== null && state !== session.logoutState) {
    throw failure('mismatching_state');
  }
  if (!session.signedIn) {
    return page(response, '<p id="signed-out">signed out</p><p><a href="/start">Sign in</a></p>');
  }
  const { tokens, claims, userinfo, refreshed } = session.signedIn;
  const result = {};
  for (const name of ['sub', 'org_id', 'org_name', 'account_id', 'sid', 'roles']) {
    result[name] = claims[name] ?? null;
  }
  Object.assign(result, { userinfo, refresh_token: Boolean(tokens.refresh_token), refreshed });
  page(response, `<pre id="result">${escape(JSON.stringify(result, null, 2))}</pre>
<p><a href="/refresh">Refresh</a> <a href="/switch">Switch</a> <a href="/logout">Sign out</a></p>`);
}

// To change the company an app does nothing but ask again, so /switch is /start by another name.
const routes = { '/start': start, '/switch': start, '/callback': callback, '/refresh': refresh, '/logout': logout, '/me': me };

const server = createServer({ cert: readFileSync(TLS_CERT), key: readFileSync(TLS_KEY) }, async (request, response) => {
  try {
    const url = new URL(APP_URL + request.url);
    const posts = request.method === 'POST' && url.pathname === '/callback';
    if ((request.method !== 'GET' && !posts) || !Object.hasOwn(routes, url.pathname)) {
      return response.writeHead(404).end();
    }
    await routes[url.pathname](sessionOf(request, response), url, response, request);
  } catch (error) {
    if (!error.error) {
      // What is no OAuth error code needs its cause to be understood, and the page has no room for it.
      console.error(error);
    }
    page(response, `<pre id="error">${escape(String(error.error ?? error.code ?? error.message))}</pre>`);
  }
});

server.listen(Number(PORT), '127.0.0.1', () => console.log('ready'));
