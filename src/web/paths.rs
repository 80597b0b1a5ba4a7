//! Every path there is. Pages get finished links from here; nothing else spells a URL.

use crate::types::InteractionId;

/// OpenID Connect Discovery 4.
pub const OPENID_CONFIGURATION: &str = "/.well-known/openid-configuration";
/// RFC 8414 3.
pub const OAUTH_CONFIGURATION: &str = "/.well-known/oauth-authorization-server";
/// What our own API is (RFC 9728 section 3.1).
pub const API_METADATA: &str = "/.well-known/oauth-protected-resource/api";
/// The JWK set.
pub const JWKS: &str = "/jwks";
/// The authorization endpoint.
pub const AUTHORIZE: &str = "/authorize";
/// The token endpoint.
pub const TOKEN: &str = "/token";
/// UserInfo.
pub const USERINFO: &str = "/userinfo";
/// RFC 7662.
pub const INTROSPECT: &str = "/introspect";
/// RFC 7009.
pub const REVOKE: &str = "/revoke";
/// Dynamic registration of clients.
pub const REGISTER: &str = "/register";
/// One of those.
pub const REGISTRATION: &str = "/register/{client}";
/// RP-initiated logout.
pub const END_SESSION: &str = "/end_session";
/// The person's answer to "sign out?".
pub const END_SESSION_CONFIRM: &str = "/end_session/confirm";
/// The dispatcher.
pub const INTERACTION: &str = "/interaction/{id}";
/// Where the pages of an interaction post to.
pub const INTERACTION_SIGN_IN: &str = "/interaction/{id}/sign-in";
/// See [`INTERACTION_SIGN_IN`].
pub const INTERACTION_ACCOUNT: &str = "/interaction/{id}/account";
/// See [`INTERACTION_SIGN_IN`].
pub const INTERACTION_IDENTITY: &str = "/interaction/{id}/identity";
/// See [`INTERACTION_SIGN_IN`].
pub const INTERACTION_CONSENT: &str = "/interaction/{id}/consent";
/// See [`INTERACTION_SIGN_IN`].
pub const INTERACTION_REFUSED: &str = "/interaction/{id}/refused";
/// See [`INTERACTION_SIGN_IN`].
pub const INTERACTION_PASSKEY: &str = "/interaction/{id}/passkey";
/// See [`INTERACTION_SIGN_IN`].
pub const INTERACTION_FACTOR: &str = "/interaction/{id}/factor";
/// The device authorization endpoint (RFC 8628 section 3.1).
pub const DEVICE_AUTHORIZATION: &str = "/device_authorization";
/// Where a person types the code that a device shows.
pub const DEVICE: &str = "/device";
/// The person's own page.
pub const HOME: &str = "/";
/// Signing in without an app.
pub const SIGN_IN: &str = "/sign-in";
/// A forgotten password or username.
pub const RECOVER: &str = "/recover";
/// Signing out from the person's own page.
pub const SIGN_OUT: &str = "/sign-out";
/// A mailed link.
pub const ACTIVATE: &str = "/activate/{token}";
/// Setting a password.
pub const SET_PASSWORD: &str = "/set-password";
/// A page per stable reason.
pub const ERROR_REASON: &str = "/errors/{reason}";
/// Logos by digest.
pub const LOGO: &str = "/logo/{digest}";
/// The colours of a brand, as a style sheet.
pub const BRAND_STYLE: &str = "/brand/{id}";
/// Static files.
pub const STATIC: &str = "/static/{file}";
/// One account of one's own.
pub const PORTAL_ACCOUNT: &str = "/portal/a/{account}";
/// Opening an account where its owner wants to land.
pub const PORTAL_OPEN: &str = "/portal/a/{account}/open";
/// What its owner prefers there.
pub const PORTAL_PREFERENCES: &str = "/portal/a/{account}/preferences";
/// "Link account".
pub const PORTAL_LINK: &str = "/portal/a/{account}/link";
/// See [`PORTAL_LINK`].
pub const PORTAL_LINK_PASSWORD: &str = "/portal/a/{account}/link/password";
/// The second factor of the account to be entered.
pub const PORTAL_LINK_FACTOR: &str = "/portal/link/factor/{proof}";
/// Which of several accounts behind one password.
pub const PORTAL_LINK_PICK: &str = "/portal/link/pick/{proof}";
/// Entering through a link.
pub const LINK_ENTER: &str = "/portal/link/enter";
/// Cutting a link.
pub const LINK_CUT: &str = "/portal/link/cut";
/// Confirming a link that rests.
pub const LINK_CONFIRM: &str = "/portal/link/confirm";
/// An account that was entered through a link.
pub const PORTAL_LINKED: &str = "/portal/l/{link}";
/// A mailed invitation.
pub const INVITATION_OPEN: &str = "/invitation/{token}";
/// An invitation's page.
pub const INVITATION: &str = "/portal/invitation/{id}";
/// See [`INVITATION`].
pub const INVITATION_ACCEPT: &str = "/portal/invitation/{id}/accept";
/// Declining, or cancelling one's own.
pub const INVITATION_END: &str = "/portal/invitation/{id}/end";
/// Sending one's own again.
pub const INVITATION_RESEND: &str = "/portal/invitation/{id}/resend";
/// Signing in as whom an invitation means.
pub const INVITATION_SIGN_IN: &str = "/portal/invitation/{id}/sign-in";
/// "Link account", meaning: make it mine.
pub const PORTAL_LINK_TAKE: &str = "/portal/a/{account}/link/take";
/// "Link account", asking its owner.
pub const PORTAL_LINK_ASK: &str = "/portal/a/{account}/link/ask";
/// A mailed link that undoes a consolidation.
pub const UNDO_OPEN: &str = "/undo/{token}";
/// Undoing a consolidation.
pub const UNDO: &str = "/undo";
/// A mailed link that takes a change of address back.
pub const EMAIL_UNDO_OPEN: &str = "/email/undo/{token}";
/// Taking a change of address back.
pub const EMAIL_UNDO: &str = "/email/undo";
/// A mailed link that says no to a reset of second factors.
pub const FACTOR_RESET_OPEN: &str = "/factor-reset/{token}";
/// Saying no to a reset of second factors.
pub const FACTOR_RESET: &str = "/factor-reset";
/// One's own profile.
pub const PORTAL_PROFILE: &str = "/portal/profile/{identity}";
/// What signs one in.
pub const SECURITY: &str = "/portal/security/{identity}";
/// Registering an app that shows codes.
pub const SECURITY_TOTP: &str = "/portal/security/{identity}/totp";
/// Registering a passkey.
pub const SECURITY_PASSKEY: &str = "/portal/security/{identity}/passkey";
/// Another address.
pub const SECURITY_EMAIL: &str = "/portal/security/{identity}/email";
/// Another username.
pub const SECURITY_USERNAME: &str = "/portal/security/{identity}/username";
/// Everything that is kept of oneself.
pub const SECURITY_DATA: &str = "/portal/security/{identity}/data";
/// Registering codes by text message.
pub const SECURITY_TEXT_CODES: &str = "/portal/security/{identity}/text-codes";
/// Registering codes by mail.
pub const SECURITY_MAIL_CODES: &str = "/portal/security/{identity}/mail-codes";
/// Removing what was registered.
pub const SECURITY_REMOVE: &str = "/portal/security/{identity}/remove";
/// New recovery codes.
pub const SECURITY_CODES: &str = "/portal/security/{identity}/recovery-codes";
/// Another password.
pub const SECURITY_PASSWORD: &str = "/portal/security/{identity}/password";
/// Closing one's sign-in.
pub const SECURITY_CLOSE: &str = "/portal/security/{identity}/close";
/// Ending sessions and grants.
pub const SECURITY_END: &str = "/portal/security/{identity}/end";
/// Proving one's mobile number.
pub const PORTAL_PROFILE_MOBILE: &str = "/portal/profile/{identity}/mobile";
/// "Unlink selected".
pub const UNLINK: &str = "/portal/unlink";
/// Making an own account a sign-in of its own.
pub const PORTAL_SPLIT: &str = "/portal/a/{account}/split";
/// A mailed link that finishes it.
pub const SPLIT_OPEN: &str = "/split/{token}";
/// Its password.
pub const SPLIT: &str = "/split";
/// A company's settings.
pub const PORTAL_COMPANY: &str = "/portal/a/{account}/company";
/// A company at a glance.
pub const PORTAL_USAGE: &str = "/portal/a/{account}/usage";
/// Its roles.
pub const PORTAL_ROLES: &str = "/portal/a/{account}/roles";
/// Its apps.
pub const PORTAL_APPS: &str = "/portal/a/{account}/apps";
/// How it looks.
pub const PORTAL_BRANDING: &str = "/portal/a/{account}/branding";
/// Who is told of what happens in it.
pub const PORTAL_WEBHOOKS: &str = "/portal/a/{account}/webhooks";
/// One of those.
pub const PORTAL_WEBHOOK: &str = "/portal/a/{account}/webhooks/{webhook}";
/// The people of a company.
pub const PORTAL_USERS: &str = "/portal/a/{account}/users";
/// Adding somebody new.
pub const PORTAL_USERS_ADD: &str = "/portal/a/{account}/users/add";
/// Inviting somebody.
pub const PORTAL_USERS_INVITE: &str = "/portal/a/{account}/users/invite";
/// One of them.
pub const PORTAL_USER: &str = "/portal/a/{account}/users/{user}";
/// Sending the activation of one of them again.
pub const PORTAL_USER_RESEND: &str = "/portal/a/{account}/users/{user}/resend";
/// What happened in a company.
pub const PORTAL_AUDIT: &str = "/portal/a/{account}/audit";
/// The same as a file.
pub const PORTAL_AUDIT_EXPORT: &str = "/portal/a/{account}/audit/export";
/// Having a mail sent to one who cannot sign in.
pub const PORTAL_USER_HELP: &str = "/portal/a/{account}/users/{user}/help";
/// Removing one of them.
pub const PORTAL_USER_REMOVE: &str = "/portal/a/{account}/users/{user}/remove";
/// The operator's console.
pub const CONSOLE: &str = "/console";
/// Companies.
pub const CONSOLE_COMPANIES: &str = "/console/companies";
/// One of them.
pub const CONSOLE_COMPANY: &str = "/console/companies/{company}";
/// Its settings.
pub const CONSOLE_COMPANY_SETTINGS: &str = "/console/companies/{company}/settings";
/// How it looks.
pub const CONSOLE_COMPANY_BRANDING: &str = "/console/companies/{company}/branding";
/// What an operator does with it.
pub const CONSOLE_COMPANY_ACT: &str = "/console/companies/{company}/act";
/// People.
pub const CONSOLE_PEOPLE: &str = "/console/people";
/// One of them.
pub const CONSOLE_PERSON: &str = "/console/people/{person}";
/// What an operator does for them.
pub const CONSOLE_PERSON_ACT: &str = "/console/people/{person}/act";
/// Apps.
pub const CONSOLE_CLIENTS: &str = "/console/clients";
/// Where the answer of a trial sign-in comes to.
pub const CONSOLE_CLIENT_TRIED: &str = "/console/clients/{client}/tried";
/// Clients that register themselves.
pub const CONSOLE_REGISTRATION: &str = "/console/registration";
/// One of them.
pub const CONSOLE_CLIENT: &str = "/console/clients/{client}";
/// What an operator does with it.
pub const CONSOLE_CLIENT_ACT: &str = "/console/clients/{client}/act";
/// Resource servers.
pub const CONSOLE_RESOURCES: &str = "/console/resource-servers";
/// Signing keys.
pub const CONSOLE_KEYS: &str = "/console/keys";
/// The configuration in force.
pub const CONSOLE_SETTINGS: &str = "/console/settings";
/// Who runs this provider.
pub const CONSOLE_OPERATORS: &str = "/console/operators";
/// The whole log.
pub const CONSOLE_LOG: &str = "/console/audit";
/// Webhooks.
pub const CONSOLE_WEBHOOKS: &str = "/console/webhooks";
/// One of them.
pub const CONSOLE_WEBHOOK: &str = "/console/webhooks/{webhook}";
/// What waits to be delivered.
pub const CONSOLE_OUTBOX: &str = "/console/outbox";
/// Switching for relying apps (design.md 5.3).
pub const SWITCH: &str = "/switch";
/// The switcher element for apps (design.md 5.3).
pub const SWITCHER: &str = "/account-switcher.js";
/// The OpenAPI document.
pub const OPENAPI: &str = "/api/openapi.json";
/// The same for people.
pub const REFERENCE: &str = "/api/reference";
/// Listing.
pub const ME_ACCOUNTS: &str = "/api/v1/me/accounts";
/// What apps keep in an account.
pub const ME_PREFERENCES: &str = "/api/v1/me/preferences";
/// Links of one's own.
pub const ME_LINKS: &str = "/api/v1/me/links";
/// One of them.
pub const ME_LINK: &str = "/api/v1/me/links/{link}";
/// Invitations of one's own.
pub const ME_INVITATIONS: &str = "/api/v1/me/invitations";
/// One of them.
pub const ME_INVITATION: &str = "/api/v1/me/invitations/{invitation}";
/// Sending it again.
pub const ME_INVITATION_RESEND: &str = "/api/v1/me/invitations/{invitation}/resend";
/// Invitations into a company.
pub const ORG_INVITATIONS: &str = "/api/v1/organizations/{org}/invitations";
/// One of them.
pub const ORG_INVITATION: &str = "/api/v1/organizations/{org}/invitations/{invitation}";
/// Sending it again.
pub const ORG_INVITATION_RESEND: &str = "/api/v1/organizations/{org}/invitations/{invitation}/resend";
/// The people of a company.
pub const ORG_PEOPLE: &str = "/api/v1/organizations/{org}/people";
/// One of them.
pub const ORG_PERSON: &str = "/api/v1/organizations/{org}/people/{account}";
/// Having a mail sent to one who cannot sign in.
pub const ORG_PERSON_HELP: &str = "/api/v1/organizations/{org}/people/{account}/sign-in-help";
/// What happened in a company.
pub const ORG_AUDIT: &str = "/api/v1/organizations/{org}/audit-events";
/// How a company's service does.
pub const SERVICE_STATUS: &str = "/api/v1/organizations/{org}/service-status";
/// Clients.
pub const API_CLIENTS: &str = "/api/v1/clients";
/// One of them.
pub const API_CLIENT: &str = "/api/v1/clients/{client}";
/// Its secrets.
pub const API_CLIENT_SECRETS: &str = "/api/v1/clients/{client}/secrets";
/// One of them.
pub const API_CLIENT_SECRET: &str = "/api/v1/clients/{client}/secrets/{secret}";
/// How a company looks.
pub const API_BRANDING: &str = "/api/v1/organizations/{org}/branding";
/// Its logo.
pub const API_LOGO: &str = "/api/v1/organizations/{org}/logo";
/// Its domains.
pub const API_DOMAINS: &str = "/api/v1/organizations/{org}/domains";
/// One of them.
pub const API_DOMAIN: &str = "/api/v1/organizations/{org}/domains/{brand}";
/// What can be given in it.
pub const API_PERMISSIONS: &str = "/api/v1/organizations/{org}/permissions";
/// Initial access tokens for clients that register themselves.
pub const API_REGISTRATION_TOKENS: &str = "/api/v1/registration-tokens";
/// One of them.
pub const API_REGISTRATION_TOKEN: &str = "/api/v1/registration-tokens/{token}";
/// Companies.
pub const API_ORGS: &str = "/api/v1/organizations";
/// One of them.
pub const API_ORG: &str = "/api/v1/organizations/{org}";
/// Its roles.
pub const API_ROLES: &str = "/api/v1/organizations/{org}/roles";
/// One of them.
pub const API_ROLE: &str = "/api/v1/organizations/{org}/roles/{role}";
/// What it decides for its accounts.
pub const API_SETTINGS: &str = "/api/v1/organizations/{org}/settings";
/// People.
pub const API_IDENTITIES: &str = "/api/v1/identities";
/// One of them.
pub const API_IDENTITY: &str = "/api/v1/identities/{identity}";
/// Whether their sign-in is switched off.
pub const API_IDENTITY_STATE: &str = "/api/v1/identities/{identity}/state";
/// Where they are signed in.
pub const API_IDENTITY_SESSIONS: &str = "/api/v1/identities/{identity}/sessions";
/// Having them mailed a way back.
pub const API_IDENTITY_HELP: &str = "/api/v1/identities/{identity}/sign-in-help";
/// Resource servers.
pub const API_RESOURCES: &str = "/api/v1/resource-servers";
/// One of them.
pub const API_RESOURCE: &str = "/api/v1/resource-servers/{identifier}";
/// Signing keys.
pub const API_KEYS: &str = "/api/v1/keys";
/// Their rotations.
pub const API_ROTATIONS: &str = "/api/v1/keys/rotations";
/// Deliveries that fail.
pub const API_OUTBOX: &str = "/api/v1/outbox";
/// Having one tried again.
pub const API_RETRY: &str = "/api/v1/outbox/{delivery}/retry";
/// Webhooks.
pub const API_WEBHOOKS: &str = "/api/v1/webhooks";
/// One of them.
pub const API_WEBHOOK: &str = "/api/v1/webhooks/{webhook}";
/// Its secret.
pub const API_WEBHOOK_SECRET: &str = "/api/v1/webhooks/{webhook}/secret";
/// Sending it a test.
pub const API_WEBHOOK_TEST: &str = "/api/v1/webhooks/{webhook}/test";
/// What it was told.
pub const API_WEBHOOK_MESSAGES: &str = "/api/v1/webhooks/{webhook}/messages";
/// Sending a message again.
pub const API_WEBHOOK_REPLAY: &str = "/api/v1/webhooks/{webhook}/messages/{message}/replay";
/// The whole log.
pub const API_LOG: &str = "/api/v1/audit-events";
/// The mailbox page of the demo.
pub const MAILBOX: &str = "/dev/mailbox";
/// Whether the process answers.
pub const HEALTH: &str = "/health";

/// A path with its one parameter.
fn filled(path: &str, value: &str) -> String {
    let (before, rest) = path.split_once('{').unwrap_or((path, ""));
    let after = rest.split_once('}').map_or("", |(_, after)| after);
    format!("{before}{value}{after}")
}

/// The dispatcher of an interaction.
pub fn interaction(id: &InteractionId) -> String {
    filled(INTERACTION, id.as_str())
}
/// One of its forms.
pub fn interaction_form(path: &str, id: &InteractionId) -> String {
    filled(path, id.as_str())
}
/// The page of a reason.
pub fn error_reason(reason: &str) -> String {
    filled(ERROR_REASON, reason)
}
/// A page of the portal.
pub fn portal(path: &str, value: &str) -> String {
    filled(path, value)
}
/// A logo.
pub fn logo(digest: &str) -> String {
    filled(LOGO, digest)
}
/// A mailed link.
pub fn activate(token: &str) -> String {
    filled(ACTIVATE, token)
}

/// A path with a query; values are encoded.
pub fn with_query(path: &str, pairs: &[(&str, &str)]) -> String {
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    query.extend_pairs(pairs.iter().filter(|(_, value)| !value.is_empty()));
    let query = query.finish();
    if query.is_empty() { path.to_owned() } else { format!("{path}?{query}") }
}
