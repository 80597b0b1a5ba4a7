// The comparison server of the load bench: oidc-provider, set up so that one driver can send both servers
// the same requests. It holds no data worth keeping and must never face a network.
import { generateKeyPairSync } from 'node:crypto';
import { createServer } from 'node:http';
import { Provider, errors } from 'oidc-provider';

const PORT = Number(process.env.PORT);
if (!Number.isInteger(PORT) || PORT < 1 || PORT > 65535) {
  throw new Error('PORT must name the port to listen on');
}

const CLIENT_ID = 'bench';
const RESOURCE = 'https://api.bench.test';
const SCOPES = ['openid', 'profile', 'email', 'offline_access'];
const MINUTE = 60;
const HOUR = 60 * MINUTE;
const FORTNIGHT = 14 * 24 * HOUR;

const records = new Map();
const sessionIds = new Map();
const keysOfGrant = new Map();

// The adapter that the library brings along is for a quick start: it forgets what was written a thousand
// entries ago, and each token it stores costs time in proportion to the tokens already under the same grant.
// A bench would measure that instead of the provider, so these maps have no limit and no scan.
// They never drop an expired record, because the library checks the expiry itself and a run is short.
class MapAdapter {
  constructor(model) {
    this.model = model;
  }

  key(id) {
    return `${this.model}:${id}`;
  }

  async upsert(id, payload) {
    const key = this.key(id);
    records.set(key, payload);
    if (this.model === 'Session') sessionIds.set(payload.uid, id);
    if (payload.grantId) {
      const keys = keysOfGrant.get(payload.grantId);
      if (keys) keys.add(key);
      else keysOfGrant.set(payload.grantId, new Set([key]));
    }
  }

  async find(id) {
    return records.get(this.key(id));
  }

  async findByUid(uid) {
    return this.find(sessionIds.get(uid));
  }

  async consume(id) {
    records.get(this.key(id)).consumed = Math.floor(Date.now() / 1000);
  }

  async destroy(id) {
    const key = this.key(id);
    const payload = records.get(key);
    records.delete(key);
    if (this.model === 'Session') sessionIds.delete(payload?.uid);
    keysOfGrant.get(payload?.grantId)?.delete(key);
  }

  async revokeByGrantId(grantId) {
    for (const key of keysOfGrant.get(grantId) ?? []) records.delete(key);
    keysOfGrant.delete(grantId);
  }
}

// The keys are made at start, so that the repository holds no private key for them.
function signingKey(alg, type, options) {
  const { privateKey } = generateKeyPairSync(type, options);
  return { ...privateKey.export({ format: 'jwk' }), alg, use: 'sig' };
}

const provider = new Provider(`http://localhost:${PORT}`, {
  adapter: MapAdapter,
  clients: [
    {
      client_id: CLIENT_ID,
      client_secret: 'bench-secret-0123456789-0123456789-0123456789',
      redirect_uris: ['http://localhost:9/callback'],
      response_types: ['code'],
      grant_types: ['authorization_code', 'refresh_token', 'client_credentials'],
      id_token_signed_response_alg: 'ES256',
      token_endpoint_auth_method: 'client_secret_basic',
    },
  ],
  jwks: {
    keys: [
      signingKey('ES256', 'ec', { namedCurve: 'P-256' }),
      signingKey('RS256', 'rsa', { modulusLength: 2048 }),
    ],
  },
  routes: {
    authorization: '/authorize',
    token: '/token',
    userinfo: '/userinfo',
    introspection: '/introspect',
    jwks: '/jwks',
  },
  // Cookies stay unsigned, so that the session helper can hand out a whole Cookie header.
  cookies: { keys: [] },
  scopes: SCOPES,
  claims: { openid: ['sub'], profile: ['name'], email: ['email'] },
  findAccount: (_ctx, sub) => ({
    accountId: sub,
    claims: () => ({ sub, name: `Bench ${sub}`, email: `${sub}@bench.test` }),
  }),
  features: {
    devInteractions: { enabled: false },
    clientCredentials: { enabled: true },
    introspection: { enabled: true, allowedPolicy: () => true },
    resourceIndicators: {
      enabled: true,
      getResourceServerInfo: (_ctx, resource) => {
        if (resource !== RESOURCE) throw new errors.InvalidTarget();
        return {
          scope: 'bench',
          audience: RESOURCE,
          accessTokenFormat: 'jwt',
          jwt: { sign: { alg: 'ES256' } },
        };
      },
    },
  },
  // Nothing answers here. A driver that is sent to this path lacks its session or its consent, and should fail.
  interactions: { url: () => '/bench/no-interaction' },
  pkce: { required: () => true },
  rotateRefreshToken: true,
  // Without prompt=consent the library drops offline_access, and then it would neither issue a refresh token
  // nor let a token outlive its session. These two give the tokens the life that offline access has.
  issueRefreshToken: async () => true,
  expiresWithSession: async () => false,
  // The library prints a notice to standard output for each of these that it has to fill in itself.
  ttl: {
    AccessToken: HOUR,
    AuthorizationCode: MINUTE,
    ClientCredentials: 10 * MINUTE,
    Grant: FORTNIGHT,
    IdToken: HOUR,
    Interaction: HOUR,
    RefreshToken: FORTNIGHT,
    Session: FORTNIGHT,
  },
});

// The session goes through the library's own models, so that it is what a real sign-in would have left behind.
async function signIn(sub) {
  const grant = new provider.Grant({ accountId: sub, clientId: CLIENT_ID });
  grant.addOIDCScope(SCOPES);
  const grantId = await grant.save();

  const session = new provider.Session();
  session.loginAccount({ accountId: sub });
  session.ensureClientContainer(CLIENT_ID);
  session.grantIdFor(CLIENT_ID, grantId);
  await session.save(FORTNIGHT);
  return `${provider.cookieName('session')}=${session.id}`;
}

async function benchSession(request, response) {
  try {
    const chunks = await request.toArray();
    const { sub } = JSON.parse(Buffer.concat(chunks).toString());
    if (typeof sub !== 'string' || sub === '') throw new Error('sub must be a non-empty string');
    const body = JSON.stringify({ cookie: await signIn(sub) });
    response.writeHead(200, { 'content-type': 'application/json' }).end(body);
  } catch (error) {
    const body = JSON.stringify({ error: error.message });
    response.writeHead(400, { 'content-type': 'application/json' }).end(body);
  }
}

const answer = provider.callback();

// The helper is told apart before the library sees the request, so that it adds nothing to the measured paths.
const server = createServer((request, response) =>
  request.method === 'POST' && request.url === '/bench/session'
    ? benchSession(request, response)
    : answer(request, response),
);
// The default of five seconds would close the driver's idle connections between two workloads.
server.keepAliveTimeout = 10 * MINUTE * 1000;
server.listen(PORT, '127.0.0.1', () => console.log('ready'));
