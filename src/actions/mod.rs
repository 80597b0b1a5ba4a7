//! One function per use case, shared by pages, API and command line.
//!
//! An action gathers facts from the store, hands them to a pure decision in `flow` or `domain`, and writes down what it said.

mod accepting;
mod access_token;
mod account_list;
mod api_caller;
mod api_reach;
mod app;
mod asking;
mod audit_chain;
mod authenticators;
mod authorize;
mod brands;
mod breached;
mod budget;
mod caches;
mod campaign;
mod client_authentication;
mod clients;
mod closing;
mod company_audit;
mod company_roles;
mod company_settings;
mod consolidation;
mod demo;
mod device_authorization;
mod email_change;
mod exchange;
mod export;
mod factor_reset;
mod family_policy;
mod idempotency;
mod import;
mod import_formats;
mod introspection;
mod keys;
mod links;
mod mailing;
mod managed;
mod managers;
mod mobile;
mod operator;
mod operator_log;
mod operators;
mod outbox;
mod outcome;
mod own_data;
mod page_secret;
mod passkeys;
mod password_proof;
mod people;
mod portal_door;
mod preferences;
mod profile;
mod quota;
mod recovery;
mod refresh_switch;
mod registration;
mod second_factor;
mod security;
mod sent_codes;
mod service_status;
mod set_password;
mod sign_in;
mod sign_out;
mod splitting;
mod subject;
mod support;
mod switch;
mod token_exchange;
mod trial;
mod tries;
mod userinfo;
mod username;
mod webhooks;

pub use accepting::{grant_link, join_company};
pub use access_token::{LiveToken, OwnHand, live_access_token};
pub use account_list::{AccountPage, ListedAccount, apps_of, list_for_client, page_by_name, page_for_people};
pub use api_caller::{acting_account, acting_desk, acting_reader};
pub use api_reach::{ApiCaller, ApiReach, api_caller};
pub use app::{App, Clock};
pub use asking::{ask, end_invitation, invitation_company, invitation_of, meant_here, resend_invitation};
pub use audit_chain::{Verified, erase_old_audit, seal_audit, verify_audit};
pub use authenticators::{
    EnrollRefused, NewTotp, RECOVERY_CODES, add_totp, authenticators_of, begin_totp, few_recovery_codes, new_recovery_codes, remove_authenticator, resume_totp,
};
pub use authorize::{Hinted, abandon, answer, begin_interaction, begin_interaction_with, check_request, consent_texts, decide, expected, issue};
pub use brands::{AddBrand, BrandFace, FaceRefused, NewLogo, add_brand, brands_of, change_brand, change_face};
pub use caches::Registry;
pub use campaign::consolidation_campaign;
pub use client_authentication::authenticate;
pub use clients::{
    ClientRefused, change_client, client_secrets, client_version, clients_page, delete_client, end_secret, registered_client, rotate_secret, switch_client,
};
pub use closing::{CloseRefused, close_identity, end_closings, may_close};
pub use company_audit::{AUDIT_GROUPS, AuditWish, READ_AUDIT, audit_page, may_read_audit, note_audit_export};
pub use company_roles::{ListedPermission, RoleAct, RoleRefused, act_on_role, permissions_of_company};
pub use company_settings::{CompanySettings, SettingsRefused, change_company_settings, company_settings, may_change_settings, suspend_company};
pub use consolidation::{FRESH, UndoRefused, UndoShown, Undone, accept_consolidation, held_undo, is_fresh, kept_name, movable, undo_consolidation};
pub use demo::{DEMO_PASSWORD, DemoApp, seed_demo};
pub use device_authorization::{DeviceAnswer, DeviceRefused, UserCodeRefused, device_asks, enter_user_code, granted_to_device, waiting_device};
pub use email_change::{EmailRefused, begin_email_change, change_email, held_email_undo, new_address, undo_email_change};
pub use exchange::{TokenResponse, token};
pub use export::export;
pub use factor_reset::{begin_factor_reset, held_factor_reset, stop_factor_reset};
pub use idempotency::{Once, REMEMBERED, keep_answer, once};
pub use import::{AccountRecord, ImportReport, ImportWish, PersonRecord, Record, Refusal, import};
pub use import_formats::{ImportFormat, import_records};
pub use introspection::{introspect, revoke};
pub use keys::{reload_keys, rotate_keys, rotate_keys_by, rotate_keys_if_due};
pub use links::{
    LISTED, LinkStep, accounts_to_pick, confirm_link, cut_link, enter_link, link_by_password, link_factor, link_needs_factor, link_picked, linked_account,
    links_of, own_account, switchable,
};
pub use managed::{SignInHelp, help_sign_in, is_managed};
pub use managers::{opens_set_password, resend_activation};
pub use mobile::{MobileRefused, TextMessage, prove_mobile, send_mobile_code, sends_texts};
pub use operator::{
    AddAccount, AddClient, AddCompany, AddPerson, AddResource, AddRole, Refused, add_account, add_client, add_company, add_person, add_resource, add_role,
    change_company, change_resource, change_role, change_role_itself, companies_named, delete_resource, delete_role, end_account,
};
pub use operator_log::{LogLine, LogWish, whole_log};
pub use operators::{console_wants, create_operator, make_operator, operator_here, operator_to_be, operators, person_named, remove_operator};
pub use outbox::retry_delivery;
pub use outcome::{Origin, Stop};
pub use own_data::own_data;
pub use passkeys::{PageCeremony, add_passkey, ask_for_passkey, begin_passkey, sign_in_by_passkey};
pub use people::{
    COMPANY_PERMISSIONS, ChangeRefused, Desk, InviteWish, MANAGE_PEOPLE, NewPerson, add_user, change_user, desk_of, end_expired_access, invite_user,
    inviting_desk, remove_user,
};
pub use portal_door::{asked_at_the_door, decide_portal, fresh_proof_for, fresh_sign_in_for};
pub use preferences::{app_preferences, choose_preferences, keep_app_preferences, preferences};
pub use profile::edit_profile;
pub use quota::Quota;
pub use recovery::{answer_recoveries, ask_recovery};
pub use registration::{
    REGISTRATION_TOKEN_DAYS, Registered, RegistrationRefused, add_registration_token, change_registration, end_registration, end_registration_token,
    end_unused_clients, may_register, note_client_use, register, registration, registration_tokens, vouch,
};
pub use second_factor::{FactorRefused, NewCookies, Shown, forget_pending, freshly_proved, put_off_factor, show_factor};
pub use security::{ACTIVITY, disconnect_app, end_browser, forget_device, remembered_devices, security_of};
pub use sent_codes::{Sendable, TooOften, add_sent_codes, begin_sent_codes, own_destination, registering, send_factor_code, sendable};
pub use service_status::{may_report_status, report_status, service_report};
pub use set_password::{SetPasswordRefused, change_password, hold_mail_link, mail_activation, set_password, who_sets_password};
pub use sign_in::{SignInRefused, SignedInNow, sign_in};
pub use sign_out::{SignOut, proven_hint, sign_out_all_browsers, sign_out_app_session, sign_out_everywhere, sign_out_identity, sign_out_other_browsers};
pub use splitting::{SplitRefused, begin_split, former_address, held_split, leave, split};
pub use support::{Support, end_sessions, find_people, mail_way_back, support_view, switch_person};
pub use switch::{LINKED, SwitchTo, SwitchWish, switch, switch_list};
pub use trial::{Tried, begin_trial, finish_trial};
pub use userinfo::userinfo;
pub use username::{RenameRefused, change_username};
pub use webhooks::{
    Signed, WEBHOOK_EVENTS, WEBHOOKS_KEPT, WebhookWish, add_webhook, announce, change_webhook, delete_webhook, replay, rotate_webhook_secret, signed_message,
    test_webhook, webhook, webhook_deliveries, webhook_kinds, webhooks_of,
};
