//! The URL map on one screen, grouped by who uses it.

use std::sync::Arc;

use axum::Router;
use axum::extract::{Request, State};
use axum::middleware;
use axum::routing::{delete, get, post, put};

use super::endpoints::discovery::Document;
use super::endpoints::jwks::JwkSet;
use super::endpoints::{authorize, device_authorization, end_session, introspect, register, revoke, switch, token, userinfo};
use super::pages::office::{Console, Inside};
use super::pages::{
    consent, console, device, email_undo, factor, factor_reset, files, home, interaction, mailbox, office, portal, reasons, recover, reference, refused,
    select_account, set_password, sign_in, undo, webhooks,
};
use super::visit::Visit;
use super::{api, cors, frame, headers, paths};
use crate::actions::App;

/// What a route is, for the tests that walk the whole map.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Route {
    /// Its path.
    pub path: &'static str,
    /// Its methods.
    pub methods: &'static [&'static str],
    /// The parameters it reads, for the table of bad input (decisions.md 37).
    pub parameters: &'static [&'static str],
    /// Whether its POST is a page's form.
    pub form: bool,
}

const fn route(path: &'static str, methods: &'static [&'static str], parameters: &'static [&'static str], form: bool) -> Route {
    Route { path, methods, parameters, form }
}

/// Every route of [`router`], with what it reads.
pub const ROUTES: &[Route] = &[
    route(paths::OPENID_CONFIGURATION, &["GET"], &[], false),
    route(paths::OAUTH_CONFIGURATION, &["GET"], &[], false),
    route(paths::API_METADATA, &["GET"], &[], false),
    route(paths::JWKS, &["GET"], &[], false),
    route(
        paths::AUTHORIZE,
        &["GET", "POST"],
        &[
            "client_id",
            "redirect_uri",
            "response_type",
            "response_mode",
            "scope",
            "state",
            "nonce",
            "code_challenge",
            "code_challenge_method",
            "prompt",
            "max_age",
            "id_token_hint",
            "login_hint",
            "ui_locales",
            "acr_values",
            "claims",
            "display",
            "organization",
            "tenant",
            "resource",
            "request",
            "request_uri",
            "registration",
        ],
        false,
    ),
    route(
        paths::TOKEN,
        &["POST"],
        &[
            "grant_type",
            "code",
            "redirect_uri",
            "code_verifier",
            "client_id",
            "client_secret",
            "refresh_token",
            "scope",
            "resource",
            "organization",
            "tenant",
            "account",
            "subject_token",
            "subject_token_type",
            "device_code",
            "requested_token_type",
            "actor_token",
            "actor_token_type",
            "audience",
        ],
        false,
    ),
    route(
        paths::DEVICE_AUTHORIZATION,
        &["POST"],
        &["client_id", "client_secret", "scope", "resource", "organization", "tenant", "login_hint", "max_age", "acr_values", "claims"],
        false,
    ),
    route(paths::DEVICE, &["GET", "POST"], &["user_code", "lang"], true),
    route(paths::USERINFO, &["GET", "POST"], &["access_token"], false),
    route(paths::INTROSPECT, &["POST"], &["token", "token_type_hint", "client_id", "client_secret"], false),
    route(paths::REGISTER, &["POST"], &[], false),
    route(paths::REGISTRATION, &["GET", "PUT", "DELETE"], &[], false),
    route(paths::REVOKE, &["POST"], &["token", "token_type_hint", "client_id", "client_secret"], false),
    route(paths::END_SESSION, &["GET", "POST"], &["id_token_hint", "post_logout_redirect_uri", "state", "client_id", "logout_hint", "ui_locales"], false),
    route(paths::END_SESSION_CONFIRM, &["POST"], &["id_token_hint", "post_logout_redirect_uri", "state", "client_id"], true),
    route(paths::SWITCH, &["GET"], &["client_id", "organization", "tenant", "login_hint", "from", "target_link_uri", "q", "who", "after", "lang"], false),
    route(paths::INTERACTION, &["GET"], &["q", "who", "after", "lang"], false),
    route(paths::INTERACTION_SIGN_IN, &["POST"], &["identifier", "password"], true),
    route(paths::INTERACTION_PASSKEY, &["POST"], &["sealed", "passkey"], true),
    route(paths::INTERACTION_FACTOR, &["POST"], &["code", "remember", "sealed", "passkey", "do"], true),
    route(paths::INTERACTION_ACCOUNT, &["POST"], &["account", "link", "identity"], true),
    route(paths::INTERACTION_IDENTITY, &["POST"], &["back"], true),
    route(paths::INTERACTION_CONSENT, &["POST"], &["decision", "identity", "account", "link"], true),
    route(paths::INTERACTION_REFUSED, &["POST"], &["action"], true),
    route(paths::HOME, &["GET"], &["q", "sort", "who", "after", "lang"], false),
    route(paths::SIGN_IN, &["GET"], &["brand"], false),
    route(paths::RECOVER, &["GET", "POST"], &["identifier"], true),
    route(paths::SIGN_OUT, &["POST"], &["identity", "browsers"], true),
    route(paths::ACTIVATE, &["GET"], &[], false),
    route(paths::SET_PASSWORD, &["GET", "POST"], &["password", "again"], true),
    route(paths::PORTAL_ACCOUNT, &["GET"], &["lang", "saved"], false),
    route(paths::PORTAL_OPEN, &["GET"], &[], false),
    route(paths::PORTAL_PREFERENCES, &["POST"], &["landing", "tell_of_entries"], true),
    route(paths::PORTAL_LINK, &["GET"], &["lang"], false),
    route(paths::PORTAL_LINK_PASSWORD, &["POST"], &["identifier", "password"], true),
    route(paths::PORTAL_LINK_FACTOR, &["GET", "POST"], &["code"], true),
    route(paths::PORTAL_LINK_PICK, &["GET", "POST"], &["q", "account"], true),
    route(paths::LINK_ENTER, &["POST"], &["link"], true),
    route(paths::LINK_CUT, &["POST"], &["link"], true),
    route(paths::LINK_CONFIRM, &["POST"], &["link"], true),
    route(paths::PORTAL_LINKED, &["GET"], &["lang"], false),
    route(paths::PORTAL_LINK_TAKE, &["POST"], &["name"], true),
    route(paths::PORTAL_LINK_ASK, &["POST"], &["name"], true),
    route(paths::INVITATION_OPEN, &["GET"], &[], false),
    route(paths::INVITATION, &["GET"], &["lang"], false),
    route(paths::INVITATION_ACCEPT, &["POST"], &["account", "along:totp"], true),
    route(paths::INVITATION_END, &["POST"], &[], true),
    route(paths::INVITATION_RESEND, &["POST"], &[], true),
    route(paths::INVITATION_SIGN_IN, &["GET"], &[], false),
    route(paths::EMAIL_UNDO_OPEN, &["GET"], &[], false),
    route(paths::EMAIL_UNDO, &["GET", "POST"], &[], true),
    route(paths::FACTOR_RESET_OPEN, &["GET"], &[], false),
    route(paths::FACTOR_RESET, &["GET", "POST"], &[], true),
    route(paths::UNDO_OPEN, &["GET"], &[], false),
    route(paths::UNDO, &["GET", "POST"], &["password", "code", "confirmed"], true),
    route(paths::PORTAL_PROFILE, &["GET", "POST"], &["given_name", "family_name", "mobile", "locale", "time_zone", "saved", "mobile"], true),
    route(paths::PORTAL_PROFILE_MOBILE, &["POST"], &["code"], true),
    route(paths::SECURITY, &["GET"], &["said", "lang"], false),
    route(paths::SECURITY_TOTP, &["GET", "POST"], &["go", "name", "code", "sealed"], true),
    route(paths::SECURITY_PASSKEY, &["GET", "POST"], &["go", "name", "sealed", "passkey"], true),
    route(paths::SECURITY_TEXT_CODES, &["GET", "POST"], &["go", "code", "do"], true),
    route(paths::SECURITY_MAIL_CODES, &["GET", "POST"], &["go", "code", "do"], true),
    route(paths::SECURITY_EMAIL, &["GET", "POST"], &["email", "code", "do"], true),
    route(paths::SECURITY_USERNAME, &["GET", "POST"], &["username"], true),
    route(paths::SECURITY_DATA, &["GET"], &[], false),
    route(paths::SECURITY_REMOVE, &["POST"], &["authenticator"], true),
    route(paths::SECURITY_CODES, &["POST"], &["go"], true),
    route(paths::SECURITY_PASSWORD, &["GET", "POST"], &["password", "again"], true),
    route(paths::SECURITY_CLOSE, &["GET", "POST"], &["sure"], true),
    route(paths::SECURITY_END, &["POST"], &["session", "app", "others", "device"], true),
    route(paths::UNLINK, &["POST"], &["sure"], true),
    route(paths::PORTAL_SPLIT, &["GET", "POST"], &["email"], true),
    route(paths::SPLIT_OPEN, &["GET"], &[], false),
    route(paths::SPLIT, &["GET", "POST"], &["password", "again"], true),
    route(paths::PORTAL_COMPANY, &["GET", "POST"], &["manager_title", "forbids_links", "level", "grace_days", "remembered_devices", "said"], true),
    route(paths::PORTAL_USAGE, &["GET"], &["lang"], false),
    route(paths::PORTAL_ROLES, &["GET", "POST"], &["do", "role", "title", "said"], true),
    route(paths::PORTAL_APPS, &["GET"], &["lang"], false),
    route(
        paths::PORTAL_BRANDING,
        &["GET", "POST"],
        &["do", "publicly_named", "no_logo", "domain", "product_name", "accent", "accent_dark", "support_url", "logo", "said"],
        true,
    ),
    route(paths::PORTAL_WEBHOOKS, &["GET", "POST"], &["url", "said"], true),
    route(paths::PORTAL_WEBHOOK, &["GET", "POST"], &["do", "url", "message", "before", "said"], true),
    route(paths::PORTAL_USERS, &["GET"], &["q", "after", "lang"], false),
    route(paths::PORTAL_USERS_ADD, &["POST"], &["email", "given_name", "family_name", "locale", "kind", "brand"], true),
    route(paths::PORTAL_USERS_INVITE, &["POST"], &["name", "kind", "until", "locale"], true),
    route(paths::PORTAL_USER, &["GET", "POST"], &["until", "sent"], true),
    route(paths::PORTAL_AUDIT, &["GET"], &["what", "from", "until", "before", "lang"], false),
    route(paths::PORTAL_AUDIT_EXPORT, &["GET"], &["what", "from", "until", "format"], false),
    route(paths::PORTAL_USER_HELP, &["POST"], &["help"], true),
    route(paths::PORTAL_USER_RESEND, &["POST"], &[], true),
    route(paths::PORTAL_USER_REMOVE, &["POST"], &[], true),
    route(paths::CONSOLE, &["GET"], &["lang"], false),
    route(paths::CONSOLE_COMPANIES, &["GET", "POST"], &["q", "before", "lang", "name", "slug", "region", "owner"], true),
    route(paths::CONSOLE_COMPANY_SETTINGS, &["GET", "POST"], &["manager_title", "forbids_links", "level", "grace_days", "remembered_devices", "said"], true),
    route(
        paths::CONSOLE_COMPANY_BRANDING,
        &["GET", "POST"],
        &["do", "publicly_named", "no_logo", "domain", "product_name", "accent", "accent_dark", "support_url", "logo", "said"],
        true,
    ),
    route(paths::CONSOLE_COMPANY, &["GET", "POST"], &["said", "name", "slug", "region"], true),
    route(paths::CONSOLE_COMPANY_ACT, &["POST"], &["do", "role", "title", "permissions"], true),
    route(paths::CONSOLE_PEOPLE, &["GET", "POST"], &["q", "before", "lang", "email", "given_name", "family_name", "locale"], true),
    route(paths::CONSOLE_PERSON, &["GET"], &["said", "lang"], false),
    route(paths::CONSOLE_PERSON_ACT, &["POST"], &["do"], true),
    route(paths::CONSOLE_CLIENTS, &["GET", "POST"], &["q", "before", "lang", "kind", "name", "redirect_uris"], true),
    route(paths::CONSOLE_CLIENT_TRIED, &["GET"], &["code", "state", "error", "error_description", "lang"], false),
    route(paths::CONSOLE_REGISTRATION, &["GET", "POST"], &["said", "do", "name", "days", "uses", "token"], true),
    route(
        paths::CONSOLE_CLIENT,
        &["GET", "POST"],
        &["said", "name", "redirect_uris", "scope", "companies", "listed", "require_pkce", "claims_in_id_token", "people", "version"],
        true,
    ),
    route(paths::CONSOLE_CLIENT_ACT, &["POST"], &["do", "hours", "secret"], true),
    route(paths::CONSOLE_RESOURCES, &["GET", "POST"], &["said", "do", "identifier", "name", "algorithm", "scopes"], true),
    route(paths::CONSOLE_WEBHOOKS, &["GET", "POST"], &["said", "url", "company"], true),
    route(paths::CONSOLE_WEBHOOK, &["GET", "POST"], &["said", "before", "do", "url", "message"], true),
    route(paths::CONSOLE_KEYS, &["GET", "POST"], &["said", "force"], true),
    route(paths::CONSOLE_SETTINGS, &["GET"], &["lang"], false),
    route(paths::CONSOLE_OPERATORS, &["GET", "POST"], &["said", "do", "name", "operator"], true),
    route(paths::CONSOLE_LOG, &["GET"], &["kind", "company", "person", "from", "until", "before", "lang"], false),
    route(paths::CONSOLE_OUTBOX, &["GET", "POST"], &["said", "id"], true),
    route(paths::ERROR_REASON, &["GET"], &["lang"], false),
    route(paths::LOGO, &["GET"], &[], false),
    route(paths::BRAND_STYLE, &["GET"], &[], false),
    route(paths::STATIC, &["GET"], &["v"], false),
    route(paths::SWITCHER, &["GET"], &[], false),
    route(paths::OPENAPI, &["GET"], &[], false),
    route(paths::ME_ACCOUNTS, &["GET"], &["limit", "cursor", "q"], false),
    route(paths::ME_PREFERENCES, &["GET", "PUT"], &[], false),
    route(paths::ME_LINKS, &["GET"], &["limit", "cursor"], false),
    route(paths::ME_LINK, &["DELETE"], &[], false),
    route(paths::ME_INVITATIONS, &["GET", "POST"], &[], false),
    route(paths::ME_INVITATION, &["DELETE"], &[], false),
    route(paths::ME_INVITATION_RESEND, &["POST"], &[], false),
    route(paths::ORG_INVITATIONS, &["GET", "POST"], &[], false),
    route(paths::ORG_INVITATION, &["DELETE"], &[], false),
    route(paths::ORG_INVITATION_RESEND, &["POST"], &[], false),
    route(paths::ORG_PEOPLE, &["GET", "POST"], &["limit", "cursor", "q", "kind"], false),
    route(paths::ORG_PERSON, &["PUT", "DELETE"], &[], false),
    route(paths::ORG_AUDIT, &["GET"], &["limit", "cursor", "what", "from", "until"], false),
    route(paths::ORG_PERSON_HELP, &["POST"], &[], false),
    route(paths::SERVICE_STATUS, &["GET", "PUT"], &[], false),
    route(paths::API_CLIENTS, &["GET", "POST"], &["limit", "cursor", "q"], false),
    route(paths::API_CLIENT, &["GET", "PUT", "DELETE"], &[], false),
    route(paths::API_CLIENT_SECRETS, &["GET", "POST"], &[], false),
    route(paths::API_CLIENT_SECRET, &["DELETE"], &[], false),
    route(paths::API_REGISTRATION_TOKENS, &["GET", "POST"], &[], false),
    route(paths::API_REGISTRATION_TOKEN, &["DELETE"], &[], false),
    route(paths::API_ORGS, &["GET", "POST"], &["limit", "cursor", "q"], false),
    route(paths::API_ORG, &["GET", "PUT"], &[], false),
    route(paths::API_ROLES, &["GET", "POST"], &[], false),
    route(paths::API_ROLE, &["PUT", "DELETE"], &[], false),
    route(paths::API_SETTINGS, &["GET", "PUT"], &[], false),
    route(paths::API_BRANDING, &["GET"], &[], false),
    route(paths::API_LOGO, &["PUT", "DELETE"], &[], false),
    route(paths::API_DOMAINS, &["POST"], &[], false),
    route(paths::API_DOMAIN, &["PUT"], &[], false),
    route(paths::API_PERMISSIONS, &["GET"], &[], false),
    route(paths::API_IDENTITIES, &["GET", "POST"], &["limit", "cursor", "q"], false),
    route(paths::API_IDENTITY, &["GET"], &[], false),
    route(paths::API_IDENTITY_STATE, &["PUT"], &[], false),
    route(paths::API_IDENTITY_SESSIONS, &["GET", "DELETE"], &[], false),
    route(paths::API_IDENTITY_HELP, &["POST"], &[], false),
    route(paths::API_RESOURCES, &["GET", "POST"], &[], false),
    route(paths::API_RESOURCE, &["GET", "PUT", "DELETE"], &[], false),
    route(paths::API_KEYS, &["GET"], &[], false),
    route(paths::API_ROTATIONS, &["POST"], &[], false),
    route(paths::API_OUTBOX, &["GET"], &[], false),
    route(paths::API_RETRY, &["POST"], &[], false),
    route(paths::API_WEBHOOKS, &["GET", "POST"], &[], false),
    route(paths::API_WEBHOOK, &["GET", "PUT", "DELETE"], &[], false),
    route(paths::API_WEBHOOK_SECRET, &["POST"], &[], false),
    route(paths::API_WEBHOOK_TEST, &["POST"], &[], false),
    route(paths::API_WEBHOOK_MESSAGES, &["GET"], &["limit", "cursor"], false),
    route(paths::API_WEBHOOK_REPLAY, &["POST"], &[], false),
    route(paths::API_LOG, &["GET"], &["limit", "cursor", "kind", "org_id", "identity_id", "from", "until"], false),
    route(paths::REFERENCE, &["GET"], &["lang"], false),
    route(paths::HEALTH, &["GET"], &[], false),
];

/// Everything we serve.
pub fn router(app: Arc<App>) -> Router {
    let discovery = Document::discovery(&app);
    let discover = move |request: Request| std::future::ready(discovery.answer(&request));
    let resource = Document::api_metadata(&app);
    let keys = Arc::new(JwkSet::new(&app));
    let https = app.config.is_https();
    // Ready in memory and asked for the most: they bring their headers and go without the layers of the others.
    let documents = Router::new()
        .route(paths::OPENID_CONFIGURATION, get(discover.clone()))
        .route(paths::OAUTH_CONFIGURATION, get(discover))
        .route(paths::API_METADATA, get(move |request: Request| std::future::ready(resource.answer(&request))))
        .route(paths::JWKS, get(move |request: Request| std::future::ready(keys.document().answer(&request))))
        .method_not_allowed_fallback(move |app: State<Arc<App>>, visit: Visit| async move { headers::secure(reasons::wrong_method(app, visit).await, https) });

    let for_apps = Router::new()
        .route(paths::TOKEN, post(token::submit).options(cors::preflight))
        .route(paths::DEVICE_AUTHORIZATION, post(device_authorization::submit).options(cors::preflight))
        .route(paths::USERINFO, get(userinfo::show).post(userinfo::submit).options(cors::preflight))
        .route(paths::INTROSPECT, post(introspect::submit))
        .route(paths::REVOKE, post(revoke::submit).options(cors::preflight))
        .route(paths::REGISTER, post(register::register).options(cors::preflight))
        .route(paths::REGISTRATION, get(register::read).put(register::replace).delete(register::end).options(cors::preflight))
        .route(paths::OPENAPI, get(api::openapi))
        .route(paths::HEALTH, get(async || "ok"));

    let management = Router::new()
        .route(paths::ME_ACCOUNTS, get(api::me_accounts).options(cors::preflight))
        .route(paths::ME_PREFERENCES, get(api::get_preferences).put(api::put_preferences))
        .route(paths::ME_LINKS, get(api::my_links))
        .route(paths::ME_LINK, delete(api::cut_link))
        .route(paths::ME_INVITATIONS, get(api::my_invitations).post(api::ask_somebody))
        .route(paths::ME_INVITATION, delete(api::end_my_invitation))
        .route(paths::ME_INVITATION_RESEND, post(api::resend_my_invitation))
        .route(paths::ORG_INVITATIONS, get(api::invitations).post(api::invite))
        .route(paths::ORG_INVITATION, delete(api::revoke_invitation))
        .route(paths::ORG_INVITATION_RESEND, post(api::resend_invitation))
        .route(paths::ORG_PEOPLE, get(api::people).post(api::add_person))
        .route(paths::ORG_PERSON, put(api::set_access).delete(api::remove_person))
        .route(paths::ORG_AUDIT, get(api::audit_events))
        .route(paths::ORG_PERSON_HELP, post(api::help_sign_in))
        .route(paths::SERVICE_STATUS, get(api::get_service_status).put(api::put_service_status))
        .route(paths::API_CLIENTS, get(api::clients::list).post(api::clients::add))
        .route(paths::API_CLIENT, get(api::clients::get).put(api::clients::put).delete(api::clients::remove))
        .route(paths::API_CLIENT_SECRETS, get(api::clients::secrets).post(api::clients::add_secret))
        .route(paths::API_CLIENT_SECRET, delete(api::clients::end_secret))
        .route(paths::API_REGISTRATION_TOKENS, get(api::clients::registration_tokens).post(api::clients::add_registration_token))
        .route(paths::API_REGISTRATION_TOKEN, delete(api::clients::end_registration_token))
        .route(paths::API_ORGS, get(api::companies::list).post(api::companies::add))
        .route(paths::API_ORG, get(api::companies::get).put(api::companies::put))
        .route(paths::API_ROLES, get(api::companies::role_list).post(api::companies::add_role))
        .route(paths::API_ROLE, put(api::companies::set_role).delete(api::companies::remove_role))
        .route(paths::API_SETTINGS, get(api::companies::get_settings).put(api::companies::put_settings))
        .route(paths::API_BRANDING, get(api::branding::get))
        .route(paths::API_LOGO, put(api::branding::set_logo).delete(api::branding::remove_logo))
        .route(paths::API_DOMAINS, post(api::branding::add_domain))
        .route(paths::API_DOMAIN, put(api::branding::set_domain))
        .route(paths::API_PERMISSIONS, get(api::branding::permissions))
        .route(paths::API_IDENTITIES, get(api::identities::list).post(api::identities::add))
        .route(paths::API_IDENTITY, get(api::identities::get))
        .route(paths::API_IDENTITY_STATE, put(api::identities::set_state))
        .route(paths::API_IDENTITY_SESSIONS, get(api::identities::sessions).delete(api::identities::end_sessions))
        .route(paths::API_IDENTITY_HELP, post(api::identities::help))
        .route(paths::API_RESOURCES, get(api::resource_servers::list).post(api::resource_servers::add))
        .route(paths::API_RESOURCE, get(api::resource_servers::get).put(api::resource_servers::put).delete(api::resource_servers::remove))
        .route(paths::API_KEYS, get(api::system::keys))
        .route(paths::API_ROTATIONS, post(api::system::rotate))
        .route(paths::API_OUTBOX, get(api::system::outbox))
        .route(paths::API_RETRY, post(api::system::retry))
        .route(paths::API_WEBHOOKS, get(api::webhooks::list).post(api::webhooks::add))
        .route(paths::API_WEBHOOK, get(api::webhooks::get).put(api::webhooks::put).delete(api::webhooks::remove))
        .route(paths::API_WEBHOOK_SECRET, post(api::webhooks::rotate))
        .route(paths::API_WEBHOOK_TEST, post(api::webhooks::test))
        .route(paths::API_WEBHOOK_MESSAGES, get(api::webhooks::messages))
        .route(paths::API_WEBHOOK_REPLAY, post(api::webhooks::replay))
        .route(paths::API_LOG, get(api::system::log))
        .route_layer(middleware::from_fn_with_state(app.clone(), api::guard));

    let portal = Router::new()
        .route(paths::HOME, get(home::show))
        .route(paths::PORTAL_ACCOUNT, get(portal::account::show))
        .route(paths::PORTAL_OPEN, get(portal::account::open))
        .route(paths::PORTAL_PREFERENCES, post(portal::account::prefer))
        .route(paths::PORTAL_LINK, get(portal::link::show))
        .route(paths::PORTAL_LINK_PASSWORD, post(portal::link::by_password))
        .route(paths::PORTAL_LINK_FACTOR, get(portal::link::factor).post(portal::link::factor_shown))
        .route(paths::PORTAL_LINK_PICK, get(portal::link::pick).post(portal::link::picked))
        .route(paths::LINK_ENTER, post(portal::linked::enter))
        .route(paths::LINK_CUT, post(portal::account::cut))
        .route(paths::LINK_CONFIRM, post(portal::account::confirm))
        .route(paths::PORTAL_LINKED, get(portal::linked::show))
        .route(paths::PORTAL_LINK_TAKE, post(portal::link::take_over))
        .route(paths::PORTAL_LINK_ASK, post(portal::link::ask))
        .route(paths::INVITATION_ACCEPT, post(portal::invitation::accept))
        .route(paths::INVITATION_END, post(portal::invitation::end))
        .route(paths::INVITATION_RESEND, post(portal::invitation::resend))
        .route(paths::PORTAL_PROFILE, get(portal::profile::show).post(portal::profile::submit))
        .route(paths::PORTAL_PROFILE_MOBILE, post(portal::profile::mobile))
        .route(paths::UNLINK, post(portal::unlink::submit))
        .route(paths::PORTAL_SPLIT, get(portal::unlink::show).post(portal::unlink::begin))
        .route(paths::PORTAL_COMPANY, get(office::settings::show::<Inside>).post(office::settings::submit::<Inside>))
        .route(paths::PORTAL_USAGE, get(office::usage::show::<Inside>))
        .route(paths::PORTAL_ROLES, get(office::roles::show::<Inside>).post(office::roles::submit::<Inside>))
        .route(paths::PORTAL_APPS, get(office::apps::show::<Inside>))
        .route(paths::PORTAL_BRANDING, get(office::branding::show::<Inside>).post(office::branding::submit::<Inside>))
        .route(paths::PORTAL_WEBHOOKS, get(webhooks::show_inside).post(webhooks::add_inside))
        .route(paths::PORTAL_WEBHOOK, get(webhooks::one_inside).post(webhooks::act_inside))
        .route(paths::PORTAL_USERS, get(portal::users::show))
        .route(paths::PORTAL_USERS_ADD, post(portal::users::add))
        .route(paths::PORTAL_USERS_INVITE, post(portal::users::invite))
        .route(paths::PORTAL_USER, get(portal::users::one).post(portal::users::change))
        .route(paths::PORTAL_USER_RESEND, post(portal::users::resend))
        .route(paths::PORTAL_AUDIT, get(portal::audit::show))
        .route(paths::PORTAL_AUDIT_EXPORT, get(portal::audit::export))
        .route(paths::PORTAL_USER_HELP, post(portal::users::help))
        .route(paths::PORTAL_USER_REMOVE, post(portal::users::remove))
        .route_layer(middleware::from_fn_with_state(app.clone(), portal::door::guard));

    let operators = Router::new()
        .route(paths::CONSOLE, get(console::overview::show))
        .route(paths::CONSOLE_COMPANIES, get(console::companies::show).post(console::companies::add))
        .route(paths::CONSOLE_COMPANY_SETTINGS, get(office::settings::show::<Console>).post(office::settings::submit::<Console>))
        .route(paths::CONSOLE_COMPANY_BRANDING, get(office::branding::show::<Console>).post(office::branding::submit::<Console>))
        .route(paths::CONSOLE_COMPANY, get(console::companies::one).post(console::companies::change))
        .route(paths::CONSOLE_COMPANY_ACT, post(console::companies::act))
        .route(paths::CONSOLE_PEOPLE, get(console::people::show).post(console::people::add))
        .route(paths::CONSOLE_PERSON, get(console::people::one))
        .route(paths::CONSOLE_PERSON_ACT, post(console::people::act))
        .route(paths::CONSOLE_CLIENTS, get(console::clients::show).post(console::clients::add))
        .route(paths::CONSOLE_CLIENT_TRIED, get(console::trial::tried))
        .route(paths::CONSOLE_REGISTRATION, get(console::registration::show).post(console::registration::submit))
        .route(paths::CONSOLE_CLIENT, get(console::clients::one).post(console::clients::change))
        .route(paths::CONSOLE_CLIENT_ACT, post(console::clients::act))
        .route(paths::CONSOLE_RESOURCES, get(console::resources::show).post(console::resources::submit))
        .route(paths::CONSOLE_WEBHOOKS, get(webhooks::show).post(webhooks::add))
        .route(paths::CONSOLE_WEBHOOK, get(webhooks::one).post(webhooks::act))
        .route(paths::CONSOLE_KEYS, get(console::system::keys).post(console::system::rotate))
        .route(paths::CONSOLE_SETTINGS, get(console::system::settings))
        .route(paths::CONSOLE_OPERATORS, get(console::system::operators).post(console::system::change_operators))
        .route(paths::CONSOLE_LOG, get(console::log::show))
        .route(paths::CONSOLE_OUTBOX, get(console::system::outbox).post(console::system::retry))
        .route_layer(middleware::from_fn_with_state(app.clone(), console::guard));

    let mut for_people = Router::new()
        .route(paths::REFERENCE, get(reference::show))
        .route(paths::AUTHORIZE, get(authorize::show).post(authorize::submit))
        .route(paths::END_SESSION, get(end_session::show).post(end_session::submit))
        .route(paths::END_SESSION_CONFIRM, post(end_session::confirm))
        .route(paths::SWITCH, get(switch::show))
        .route(paths::INTERACTION, get(interaction::show))
        .route(paths::INTERACTION_SIGN_IN, post(sign_in::submit))
        .route(paths::INTERACTION_PASSKEY, post(sign_in::by_passkey))
        .route(paths::INTERACTION_FACTOR, post(factor::submit))
        .route(paths::INTERACTION_ACCOUNT, post(select_account::submit))
        .route(paths::INTERACTION_IDENTITY, post(select_account::another))
        .route(paths::INTERACTION_CONSENT, post(consent::submit))
        .route(paths::INTERACTION_REFUSED, post(refused::submit))
        .route(paths::SIGN_IN, get(home::sign_in))
        .route(paths::DEVICE, get(device::show).post(device::submit))
        .route(paths::RECOVER, get(recover::show).post(recover::submit))
        .route(paths::SIGN_OUT, post(home::sign_out))
        .route(paths::ACTIVATE, get(set_password::open))
        .route(paths::SET_PASSWORD, get(set_password::show).post(set_password::submit))
        .route(paths::INVITATION_OPEN, get(portal::invitation::open))
        .route(paths::INVITATION, get(portal::invitation::show))
        .route(paths::INVITATION_SIGN_IN, get(portal::invitation::sign_in))
        .route(paths::EMAIL_UNDO_OPEN, get(email_undo::open))
        .route(paths::EMAIL_UNDO, get(email_undo::show).post(email_undo::submit))
        .route(paths::FACTOR_RESET_OPEN, get(factor_reset::open))
        .route(paths::FACTOR_RESET, get(factor_reset::show).post(factor_reset::submit))
        .route(paths::UNDO_OPEN, get(undo::open))
        .route(paths::UNDO, get(undo::show).post(undo::submit))
        .route(paths::SECURITY, get(portal::security::show))
        .route(paths::SECURITY_TOTP, get(portal::security::totp).post(portal::security::add_totp))
        .route(paths::SECURITY_PASSKEY, get(portal::security::passkey).post(portal::security::add_passkey))
        .route(paths::SECURITY_TEXT_CODES, get(portal::security::text_codes).post(portal::security::add_text_codes))
        .route(paths::SECURITY_MAIL_CODES, get(portal::security::mail_codes).post(portal::security::add_mail_codes))
        .route(paths::SECURITY_EMAIL, get(portal::security::email).post(portal::security::change_email))
        .route(paths::SECURITY_USERNAME, get(portal::security::username).post(portal::security::change_username))
        .route(paths::SECURITY_DATA, get(portal::security::data))
        .route(paths::SECURITY_REMOVE, post(portal::security::remove))
        .route(paths::SECURITY_CODES, post(portal::security::codes))
        .route(paths::SECURITY_PASSWORD, get(portal::security::password).post(portal::security::change_password))
        .route(paths::SECURITY_CLOSE, get(portal::security::closing).post(portal::security::close))
        .route(paths::SECURITY_END, post(portal::security::end))
        .route(paths::SPLIT_OPEN, get(portal::unlink::open))
        .route(paths::SPLIT, get(portal::unlink::password).post(portal::unlink::finish))
        .route(paths::ERROR_REASON, get(reasons::show));
    if app.config.development {
        for_people = for_people.route(paths::MAILBOX, get(mailbox::show));
    }

    let files = Router::new()
        .route(paths::STATIC, get(files::asset))
        .route(paths::LOGO, get(files::logo))
        .route(paths::SWITCHER, get(files::switcher))
        .route(paths::BRAND_STYLE, get(files::brand_style));

    Router::new()
        .merge(for_apps)
        .merge(management)
        .merge(for_people)
        .merge(portal)
        .merge(operators)
        .merge(files)
        .fallback(reasons::not_found)
        .method_not_allowed_fallback(reasons::wrong_method)
        .layer(middleware::from_fn_with_state(app.clone(), frame::around))
        .merge(documents)
        .with_state(app)
}
