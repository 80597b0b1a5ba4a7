// A device without a browser as a customer would write it: the unmodified openid-client library asks, waits and verifies
// (RFC 8628), and this file only shows the code, and at the end who is signed in.
import { writeFileSync } from 'node:fs';
import * as oidc from 'openid-client';

const { ISSUER, CLIENT_ID, OUT } = process.env;

const config = await oidc.discovery(new URL(ISSUER), CLIENT_ID, undefined, oidc.None(), {
  // See app.mjs: the signature is what the tests are after.
  execute: [oidc.enableNonRepudiationChecks],
});
const device = await oidc.initiateDeviceAuthorization(config, { scope: 'openid profile offline_access' });
console.log(`ready ${JSON.stringify(device)}`);
const tokens = await oidc.pollDeviceAuthorizationGrant(config, device);
const { sub, org_name, acr } = tokens.claims();
const userinfo = await oidc.fetchUserInfo(config, tokens.access_token, sub);
const next = await oidc.refreshTokenGrant(config, tokens.refresh_token);
writeFileSync(OUT, JSON.stringify({ sub, org_name, acr, userinfo, refreshed: next.claims()?.org_name ?? null }));
