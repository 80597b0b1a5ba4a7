//! Every page, mail and error in both languages, and the words behind them.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};
use vestibule::protocol::Reason;
use vestibule::text::{Texts, message_keys};
use vestibule::types::Locale;

use crate::support::World;

const LINK_REASONS: [&str; 5] = ["link-proof-failed", "link-self", "link-exists", "link-target-unavailable", "policy-forbids-link"];

const ASK_REASONS: [&str; 5] = ["initiator-email-unverified", "link-target-ambiguous", "link-target-unverified", "asked-too-often", "link-target-unavailable"];

fn with(mut value: Value, name: &str, more: Value) -> Value {
    value[name] = more;
    value
}

/// A full and a bare sample of what each template prints.
fn samples() -> BTreeMap<&'static str, Vec<Value>> {
    let frame = json!({"csrf": "token", "languages": [{"tag": "fr", "name": "Français", "href": "/x?lang=fr"}], "home": "/", "popup": false, "accounts": 3, "brand": null});
    let client = json!({"name": "Desk", "uri": "https://a.test/", "policy_uri": "https://a.test/p", "tos_uri": null});
    let company = json!({"name": "Shop & Söhne <b>", "slug": "shop", "id": "org_1", "region": "eu", "monogram": "SS", "tint": 3, "logo": null});
    let with_logo = json!({"name": "Depot", "slug": "depot", "id": "org_2", "region": "us", "monogram": "D", "tint": 1, "logo": "/logo/x"});
    let account = |company: &Value, roles: Value, kind: &str, used: Value| json!({"id": "acc_1", "manage": "/portal/a/acc_1", "kind": kind, "roles": roles, "last_used": used, "company": company});
    let accounts = json!([account(&company, json!("Clerk, Chief"), "member", json!("2026-11-23")), account(&with_logo, json!(""), "owner", Value::Null)]);
    let out = json!({"id": "lnk_1", "from": {"account": "acc_1", "owner": "Alice", "company": "Shop"}, "to": {"account": "acc_2", "owner": "Bob <b>", "company": "Depot"}, "state": "usable", "since": "2026-11-23", "last_used": "2026-11-24"});
    let resting = json!({"id": "lnk_2", "from": {"account": "acc_1", "owner": "Alice", "company": "Shop"}, "to": {"account": "acc_2", "owner": "Bob", "company": "Depot"}, "state": "resting", "since": "2026-11-23", "last_used": null});
    let closed = json!({"id": "lnk_3", "from": {"account": "acc_1", "owner": "Alice", "company": "Shop"}, "to": {"account": "acc_2", "owner": "Bob", "company": "Depot"}, "state": "unavailable", "since": "2026-11-23", "last_used": null});
    let links = json!([out, resting, closed]);
    let one = with(with(account(&with_logo, json!("Chief"), "member", Value::Null), "href", "/portal/a/acc_1".into()), "status", "maintenance".into());
    let through = with(with(one.clone(), "link", "lnk_1".into()), "origin", "Shop".into());
    let tiles = json!([one, with(with(account(&company, json!(""), "owner", json!("2026-11-23")), "href", "/x".into()), "status", "operational".into())]);
    let asks = |kind: &str| json!({"id": "inv_1", "href": "/i", "kind": kind, "account_kind": "delegate", "permissions": "a.b, c", "who": "Bob <b>", "address": "bob@b.test", "from": "Depot", "company": with_logo, "to": "alice@example.test", "sent": "2026-11-23", "expires": "2026-11-30", "end": "/e", "resend": "/r", "mine": true});
    let received = json!([asks("consolidation"), asks("link"), asks("account"), with(asks("link"), "company", Value::Null)]);
    let group = json!({"few_codes": 1, "cut_at": 50, "id": "idn_1", "label": "alice@example.test", "security": "/s", "profile": "/p", "name": "Alice Doe", "accounts": tiles, "more": "/more", "linked": [through], "out": links, "into": links, "received": received, "sent": received});
    let empty = json!({"few_codes": 0, "cut_at": null, "id": "idn_2", "label": "bob", "security": "/s", "profile": "/p", "name": "bob", "accounts": [], "more": null, "linked": [], "out": [], "into": [], "received": [], "sent": []});
    let of = |value: Value| {
        let mut value = value;
        value["frame"] = frame.clone();
        value
    };
    let branded = |mut value: Value| {
        value["frame"]["brand"] = json!({"name": "Acme <b>", "logo": "/logo/x", "style": "/brand/x", "support": "https://help.test/"});
        value
    };
    let means = ["cut", "leave", "split"]
        .map(|m| json!({"item": "acc_1", "name": "Shop <b>", "means": m, "split": if m == "split" { json!("/s") } else { Value::Null }}));
    let consoled = |mut value: Value| {
        value["rooms"] = json!({"list": (["overview", "companies", "people", "clients", "resources", "keys", "webhooks", "outbox", "log", "operators", "settings"].map(|n| json!({"words": format!("console-{n}"), "href": "/c", "here": n == "keys"}))), "label": "op@example.test", "said": null});
        value
    };
    let room_words = ["usage-title", "users-title", "roles-title", "apps-title", "company-settings", "branding-title", "console-webhooks", "audit-title"];
    let inside = |mut value: Value| {
        value["rooms"] = json!({"company": "Shop <b>", "back": "/b", "list": (room_words.map(|w| json!({"words": w, "href": "/c", "here": w == "roles-title"}))), "said": "saved"});
        value["company"] = with_logo.clone();
        value["here"] = "/h".into();
        value
    };
    let bar = |name: &str| json!({"name": name, "total": 3, "today": 1, "width": 224, "height": 48, "bars": [{"x": 0, "y": 1, "height": 47, "day": "2026-11-23", "events": 3}]});
    let (plot, entries) = (bar("sign-ins"), bar("entries"));
    let waiting = json!((["mail", "logout", "recovery", "text", "webhook"].map(|k| json!({"kind": k, "waiting": 3, "failing": 1, "oldest": "2026-11-23"}))));
    let person = |state: &str| json!({"href": "/p", "id": "idn_1", "name": if state == "open" { "Nina <b>" } else { "" }, "username": null, "email": "n@b.test", "verified": state == "open", "since": "2026-11-23", "state": state, "absorbed_into": if state == "absorbed" { json!("/p") } else { Value::Null }});
    let bundle = json!([{"name": "company.people", "description": null, "of": null, "own": true, "given": false}, {"name": "company.audit", "description": null, "of": null, "own": true, "given": true}, {"name": "stock.read", "description": "See <b>", "of": "Stock", "own": false, "given": true}, {"name": "x", "description": null, "of": null, "own": false, "given": false}]);
    let hook_groups = json!(
        vestibule::actions::WEBHOOK_EVENTS.map(|(name, companies, kinds)| json!({"name": name, "kinds": kinds, "chosen": companies, "provider": !companies}))
    );
    let errors = [
        "error-not-operator",
        "error-request",
        "error-busy",
        "error-fault",
        "error-form",
        "error-foreign-form",
        "error-stale-form",
        "error-interaction-unknown",
        "error-interaction-elsewhere",
        "error-interaction-finished",
        "error-interaction-expired",
        "error-link",
        "error-link-proof",
        "error-not-found",
        "error-method",
    ];
    BTreeMap::from([
        ("pages/sign_in.html", vec![of(json!({"client": client, "company": company, "passkey": {"action": "/k", "options": "{}", "sealed": "s"}, "recover": "/r", "action": "/a", "back": "/b", "identifier": "alice", "trouble": "sign-in-wrong"})), of(json!({"client": client, "company": null, "passkey": null, "recover": "/r", "action": "/a", "back": null, "identifier": "", "trouble": "sign-in-busy"})), of(json!({"client": null, "company": null, "passkey": null, "recover": "/r", "action": "/a", "back": null, "identifier": "", "trouble": null})), of(json!({"client": null, "company": null, "passkey": null, "recover": "/r", "action": "/a", "back": null, "identifier": "", "trouble": "sign-in-passkey"}))]),
        ("pages/recover.html", [(false, false), (false, true), (true, false)].into_iter().map(|(sent, empty)| of(json!({"action": "/a", "sign_in": "/s", "sent": sent, "empty": empty, "minutes": 60}))).collect()),
        ("pages/select_account.html", vec![of(json!({"client": client, "company": "Shop", "groups": [group, empty], "with_companies": true, "may_be_without": false, "search": null, "show_search": true, "paged": false, "here": "/i", "action": "/a", "another": "/b"})), of(json!({"client": client, "company": null, "groups": [empty], "with_companies": true, "may_be_without": false, "search": "x", "show_search": true, "paged": true, "here": "/i", "action": "/a", "another": "/b"})), of(json!({"client": client, "company": null, "groups": [empty], "with_companies": false, "may_be_without": true, "search": null, "show_search": false, "paged": false, "here": "/i", "action": "/a", "another": "/b"}))]),
        ("pages/consent.html", vec![of(json!({"client": client, "account": account(&with_logo, json!(""), "delegate", Value::Null), "person": {"label": "a", "name": "b", "id": "idn_1"}, "scopes": [{"name": "email", "text": null, "known": true}, {"name": "profile", "text": null, "known": true}, {"name": "offline_access", "text": null, "known": true}, {"name": "organizations", "text": null, "known": true}, {"name": "x.y", "text": "Do x", "known": false}, {"name": "z", "text": null, "known": false}], "device": null, "action": "/a", "another": "/b", "link": "lnk_1"})), of(json!({"client": {"name": "N", "policy_uri": null, "tos_uri": "https://a.test/t", "untrusted": true, "host": "a.test"}, "account": null, "person": {"label": "a", "name": "b", "id": "idn_1"}, "scopes": [], "device": {"code": "WDJB-MJHT", "minutes": 0, "address": null, "elsewhere": false}, "action": "/a", "another": "/b", "link": null})), of(json!({"client": {"name": "N", "policy_uri": null, "tos_uri": null, "untrusted": true, "host": null}, "account": null, "person": {"label": "a", "name": "b", "id": "idn_1"}, "scopes": [], "device": {"code": "WDJB-MJHT", "minutes": 7, "address": "192.0.2.1", "elsewhere": true}, "action": "/a", "another": "/b", "link": null}))]),
        ("pages/device.html", [Value::Null, json!("device-code-unknown"), json!("device-code-elsewhere"), json!("device-too-often")].into_iter().map(|t| of(json!({"action": "/device", "typed": "WDJB", "trouble": t, "sign_in": "/s"}))).collect()),
        ("pages/device_ended.html", [(Value::Null, Value::Null), (json!("a@b.test"), Value::Null), (json!("a@b.test"), json!("Shop"))].into_iter().map(|(label, company)| of(json!({"client": client, "label": label, "company": company, "security": "/s", "again": "/device"}))).collect()),
        ("pages/refused.html", ["organization-access-denied", "no-organization"].into_iter().map(|reason| of(json!({"client": client, "reason": reason, "people": ["a", "b"], "may_choose": reason == "no-organization", "device": reason == "no-organization", "action": "/a", "another": "/b"}))).collect()),
        ("pages/set_password.html", ["password-too-short", "password-too-long", "password-listed", "password-breached", "password-differs"].into_iter().map(|t| of(json!({"action": "/a", "label": "a@b.test", "name": "Nina", "least": 15, "trouble": t}))).chain([of(json!({"action": "/a", "label": null, "name": null, "least": 15, "trouble": null}))]).collect()),
        ("pages/password_saved.html", vec![of(json!({"label": "a", "sign_in": "/s"})), branded(of(json!({"label": "a", "sign_in": "/s"})))]),
        ("pages/home.html", vec![of(json!({"people": [group, empty], "search": null, "show_search": true, "paged": true, "here": "/", "sign_out": "/o", "another": "/s", "enter": "/e", "cut": "/c", "confirm": "/f", "by_name": true, "by_use_href": "/", "by_name_href": "/?sort=name", "unlink": "/n", "unlinkable": true})), of(json!({"people": [empty], "search": "x", "show_search": true, "paged": false, "here": "/", "sign_out": "/o", "another": "/s", "enter": "/e", "cut": "/c", "confirm": "/f", "by_name": false, "by_use_href": "/", "by_name_href": "/?sort=name", "unlink": "/n", "unlinkable": false})), of(json!({"people": [empty], "search": null, "show_search": false, "paged": false, "here": "/", "sign_out": "/o", "another": "/s", "enter": "/e", "cut": "/c", "confirm": "/f", "by_name": false, "by_use_href": "/", "by_name_href": "/?sort=name", "unlink": "/n", "unlinkable": false}))]),
        ("pages/sign_out.html", vec![of(json!({"people": [{"label": "a", "name": "b"}], "carried": [{"name": "state", "value": "s"}], "action": "/a", "stay": "/"})), of(json!({"people": [], "carried": [], "action": "/a", "stay": "/"}))]),
        ("pages/signed_out.html", vec![of(json!({"sign_in": "/s", "stay": [], "action": "/o"})), of(json!({"sign_in": "/s", "stay": ["a", "b@c.test"], "action": "/o"}))]),
        ("pages/error.html", errors.into_iter().map(|key| of(json!({"key": key, "detail": "state is repeated", "link": {"href": "https://a.test/", "name": "Desk"}, "request_id": "r"}))).chain([of(json!({"key": "error-fault", "detail": null, "link": null, "request_id": "r"})), of(json!({"key": "error-fault", "detail": null, "link": {"href": "/s", "name": ""}, "request_id": "r"}))]).collect()),
        ("pages/reason.html", Reason::ALL.iter().map(|r| r.as_str()).chain(["precondition-failed", "call-under-way", "idempotency-key-reused", "refused", "invalid-parameter", "authentication-required", "insufficient-scope", "not-here", "not-through-a-link", "unavailable"]).map(|reason| of(json!({"reason": reason}))).collect()),
        ("pages/form_post.html", vec![json!({"action": "https://a.test/cb", "fields": [{"name": "code", "value": "\"><b>"}]})]),
        ("pages/audit.html", vec![of(inside(json!({"account": one, "events": vestibule::actions::AUDIT_GROUPS.iter().flat_map(|(_, kinds)| kinds.split(' ')).enumerate().map(|(n, kind)| json!({"kind": kind.replace(['.', '_'], "-"), "at": "2026-11-23 10:00 UTC", "actor": if n % 2 == 0 { Some("Olga <b>") } else { None }, "holder": if n % 3 == 0 { Some("Nina") } else { None }, "through_link": n % 5 == 1, "by_somebody": n % 4 == 1, "client": "Desk", "reason": "policy_raised", "address": "192.0.2.1"})).collect::<Vec<_>>(), "groups": ["entries", "people", "settings"], "what": "people", "from": "2026-11-01", "until": "", "filtered": true, "bad_day": true, "more": "/more", "here": "/h", "csv": "/c", "jsonl": "/j", "back": "/b"}))), of(inside(json!({"account": one, "events": [], "groups": ["entries", "people", "settings"], "what": "", "from": "", "until": "", "filtered": false, "bad_day": false, "more": null, "here": "/h", "csv": "/c", "jsonl": "/j", "back": "/b"})))]),
        ("pages/portal_account.html", vec![of(json!({"account": one, "report": {"status": "maintenance", "message": "Back <b> soon", "since": "2026-11-23"}, "since": "2026-11-23", "landing": "cli_1", "tell_of_entries": true, "prefer": "/q", "saved": true, "apps": [{"id": "cli_1", "name": "Desk", "href": "/s"}], "out": links, "into": links, "link": "/l", "doors": (room_words.map(|w| json!({"words": w, "href": "/c"}))), "enter": "/e", "cut": "/c", "confirm": "/f", "home": "/"})), of(json!({"account": one, "report": {"status": "operational", "message": null, "since": null}, "since": "2026-11-23", "landing": null, "tell_of_entries": false, "prefer": "/q", "saved": false, "apps": [], "out": [], "into": [], "link": "/l", "doors": [], "enter": "/e", "cut": "/c", "confirm": "/f", "home": "/"}))]),
        ("pages/factor.html", ["factor-wrong", "factor-not-accepted", "mobile-asked-too-often"].into_iter().map(|t| of(json!({"client": client, "label": "a@b.test", "passkey": {"action": "/f", "options": "{}", "sealed": "s"}, "totp": true, "recovery": true, "sent": [{"kind": "sms", "target": "…34", "sent": true}, {"kind": "mail", "target": "a…@b.test", "sent": false}], "remember_days": 30, "half": true, "may_skip": true, "sign_out": null, "action": "/f", "trouble": t}))).chain([of(json!({"client": null, "label": "a", "passkey": null, "totp": true, "recovery": false, "sent": [], "remember_days": 0, "half": false, "may_skip": false, "sign_out": {"action": "/o", "identity": "idn_1"}, "action": "/f", "trouble": null})), of(json!({"client": null, "label": "a", "passkey": {"action": "/f", "options": "{}", "sealed": "s"}, "totp": false, "recovery": true, "sent": [], "remember_days": 0, "half": false, "may_skip": false, "sign_out": {"action": "/o", "identity": "idn_1"}, "action": "/f", "trouble": null}))]).collect()),
        ("pages/enroll.html", vec![of(json!({"client": client, "label": "a@b.test", "passkey": "/k", "totp": "/t", "text": "/s", "mail": "/m", "until": "2026-12-01", "may_skip": true, "sign_out": null, "action": "/f"})), of(json!({"client": null, "label": "a@b.test", "passkey": null, "totp": null, "text": null, "mail": null, "until": null, "may_skip": false, "sign_out": {"action": "/o", "identity": "idn_1"}, "action": "/f"}))]),
        ("pages/portal_link_factor.html", [true, false].into_iter().map(|t| of(json!({"account": one, "action": "/f", "passkey": if t { json!({"action": "/f", "options": "{}", "sealed": "s"}) } else { json!(null) }, "sent": if t { json!([{"kind": "sms", "target": "…34", "sent": true}]) } else { json!([]) }, "back": "/b", "trouble": if t { json!("factor-wrong") } else { json!(null) }}))).collect()),
        ("pages/security_totp.html", [Value::Null, json!("enroll-wrong-code"), json!("enroll-too-many")].into_iter().map(|t| of(json!({"label": "a@b.test", "secret": "ABCD EFGH", "svg": "<svg></svg>", "address": "otpauth://totp/x", "sealed": "s", "name": "Work <b>", "go": t, "action": "/t", "back": "/b", "trouble": t}))).collect()),
        ("pages/security_passkey.html", [Value::Null, json!("enroll-passkey"), json!("enroll-over")].into_iter().map(|t| of(json!({"label": "a@b.test", "options": "{}", "sealed": "s", "name": "Work <b>", "go": t, "action": "/t", "back": "/b", "trouble": t}))).collect()),
        ("pages/security_close.html", vec![of(json!({"label": "a@b.test", "accounts": 0, "refused": null, "company": null, "action": "/c", "back": "/b"})), of(json!({"label": "a@b.test", "accounts": 3, "refused": "last-owner", "company": "Shop <b>", "action": "/c", "back": "/b"})), of(json!({"label": "a@b.test", "accounts": 1, "refused": "primary-has-linked-accounts", "company": null, "action": "/c", "back": "/b"}))]),
        ("pages/recovery_codes.html", vec![of(json!({"label": "a@b.test", "codes": ["abcdef-abcdef-abcdef-abcdef"], "file": "abc", "next": "/n"}))]),
        ("pages/security_password.html", ["password-too-short", "password-too-long", "password-listed", "password-breached", "password-differs"].into_iter().map(|t| of(json!({"label": "a@b.test", "action": "/p", "back": "/b", "least": 15, "trouble": t}))).chain([of(json!({"label": "a@b.test", "action": "/p", "back": "/b", "least": 15, "trouble": null}))]).collect()),
        ("pages/security.html", ["removed", "username-changed", "email-changed", "forgotten", "password-changed", "signed-out", "disconnected", "enroll-over"].into_iter().map(|said| of(json!({"label": "a@b.test", "has_password": true, "authenticators": (["totp", "passkey", "mail", "sms"].map(|k| json!({"id": "x", "kind": k, "name": "Phone <b>", "since": "2026-11-23", "last_used": "2026-11-23", "backed_up": true, "may_go_back": k == "totp", "flagged": "2026-11-23"}))), "codes_left": 2, "codes_made": "2026-11-23", "few_codes": true, "browsers": [{"id": "b", "device": "Firefox · Linux", "address": "192.0.2.1", "since": "2026-11-23", "seen": "2026-11-23", "apps": "Desk <b>", "here": true}, {"id": "c", "device": "", "address": "", "since": "2026-11-23", "seen": "2026-11-23", "apps": "", "here": false}], "remembered": [{"id": "d", "name": "Firefox <b>", "since": "2026-11-23", "until": "2026-12-23"}, {"id": "e", "name": "", "since": "2026-11-23", "until": "2026-12-23"}], "others": true, "apps": [{"id": "cli_1", "name": "Desk <b>", "since": "2026-11-23", "companies": "Shop", "offline": true}], "activity": vestibule::actions::ACTIVITY.split(' ').map(|k| json!({"kind": k.replace(['.', '_'], "-"), "at": "2026-11-23", "address": "192.0.2.1"})).collect::<Vec<_>>(), "add_passkey": "/k", "add_totp": "/t", "add_text": "/s", "add_mail": null, "remove": "/r", "codes": "/c", "password": "/p", "email": "/m", "username": "/n", "data": "/d", "close": "/x", "end": "/e", "profile": "/q", "home": "/", "said": said}))).chain([of(json!({"label": "a@b.test", "has_password": false, "authenticators": [], "codes_left": 0, "codes_made": null, "few_codes": false, "browsers": [], "remembered": [], "others": false, "apps": [], "activity": [], "add_passkey": "/k", "add_totp": "/t", "add_text": "/s", "add_mail": null, "remove": "/r", "codes": "/c", "password": "/p", "email": "/m", "username": "/n", "data": "/d", "close": "/x", "end": "/e", "profile": "/q", "home": "/", "said": null})), of(json!({"label": "a@b.test", "has_password": true, "authenticators": [{"id": "x", "kind": "totp", "name": "Phone", "since": "2026-11-23", "last_used": null, "backed_up": false, "may_go_back": false, "flagged": null}], "codes_left": 0, "codes_made": null, "few_codes": false, "browsers": [], "remembered": [], "others": false, "apps": [{"id": "cli_1", "name": "Desk", "since": "2026-11-23", "companies": "", "offline": false}], "activity": [], "add_passkey": "/k", "add_totp": "/t", "add_text": "/s", "add_mail": null, "remove": "/r", "codes": "/c", "password": "/p", "email": "/m", "username": "/n", "data": "/d", "close": "/x", "end": "/e", "profile": "/q", "home": "/", "said": null}))]).collect()),
        ("pages/company.html", [Value::Null, json!("kinds"), json!("manager_title"), json!("policy"), json!("policy-unmeetable")].into_iter().map(|t| of(inside(json!({"kinds": [{"name": "owner", "allowed": true}, {"name": "manager", "allowed": false}], "forbids_links": t.is_null(), "manager_title": "Super <b>", "levels": (["1fa", "mfa", "phr"].map(|l| json!({"name": l, "chosen": l == "mfa"}))), "refusable": (["totp", "recovery", "mail", "sms"].map(|m| json!({"name": m, "refused": m == "recovery"}))), "ages": ([0, 900, 3600, 28_800, 86_400, 604_800, 1200].map(|s| json!({"seconds": s, "minutes": s / 60, "listed": s != 1200, "chosen": s == 0}))), "remembered_devices": true, "grace_days": 7, "of_company": if t.is_null() { json!("/o") } else { Value::Null }, "trouble": t})))).collect()),
        ("pages/portal_linked.html", vec![of(json!({"account": one, "owner": "Bob", "origin": "Shop", "back": "/b", "apps": [{"id": "cli_1", "name": "Desk", "href": "/s"}], "report": {"status": "outage", "message": null, "since": "2026-11-23"}, "cut": "/c", "link": "lnk_1"})), of(json!({"account": one, "owner": "Bob", "origin": "Shop", "back": "/b", "apps": [], "report": {"status": "degraded", "message": null, "since": null}, "cut": "/c", "link": "lnk_1"}))]),
        ("pages/portal_link.html", ["take", "password", "ask"].into_iter().flat_map(|form| LINK_REASONS.into_iter().chain(ASK_REASONS).map(move |r| (form, r))).map(|(form, r)| of(json!({"account": one, "by_password": "/p", "take": "/t", "ask": "/q", "back": "/b", "typed": "bob", "trouble_in": form, "trouble": r}))).chain([of(json!({"account": one, "by_password": "/p", "take": "/t", "ask": "/q", "back": "/b", "typed": "", "trouble_in": null, "trouble": null}))]).collect()),
        ("pages/done.html", ["consolidated", "undone", "split-done", "closing"].into_iter().map(|t| of(json!({"label": "a@b.test", "sign_in": "/s", "text": t}))).collect()),
        ("pages/profile.html", [Value::Null].into_iter().chain(["given_name", "family_name", "mobile", "locale", "time_zone"].map(Value::from)).map(|trouble| of(json!({"label": "a@b.test", "given_name": "A <b>", "family_name": "", "mobile": "+33612345678", "language": "fr", "locales": [{"tag": "fr", "name": "Français"}], "time_zone": "Europe/Paris", "zones": ["Europe/Paris", "UTC"], "texts": true, "mobile_proved": if trouble == "mobile" { json!("2026-11-23") } else { Value::Null }, "code_waits": trouble.is_null(), "code_action": "/m", "code_trouble": if trouble == "locale" { json!("asked-too-often") } else if trouble.is_null() { json!("wrong-code") } else { Value::Null }, "action": "/a", "home": "/", "saved": trouble.is_null(), "trouble": trouble}))).collect()),
        ("pages/unlink.html", vec![of(json!({"items": means, "sure": false, "any": true, "action": "/a", "home": "/"})), of(json!({"items": [{"item": "acc_1", "name": "Shop", "means": "stays", "split": null}], "sure": true, "any": false, "action": "/a", "home": "/"}))]),
        ("pages/split.html", ["invalid-address", "address-taken", "account-frozen", "email-changed-lately", "last-sign-in-method", "asked-too-often"].into_iter().map(|r| of(json!({"account": one, "action": "/a", "back": "/b", "email": "a@b.test", "trouble": r, "sent": false}))).chain([of(json!({"account": one, "action": "/a", "back": "/b", "email": null, "trouble": null, "sent": false})), of(json!({"account": one, "action": "", "back": "/b", "email": "a@b.test", "trouble": null, "sent": true}))]).collect()),
        ("pages/undo_confirm.html", vec![of(json!({"action": "/u", "cut": true, "accounts": [{"company": "Shop <b>", "ticks": [{"name": "acc_1:role:clerk", "title": "Clerk <b>", "role": true}, {"name": "acc_1:permission:a.b", "title": "a.b", "role": false}], "links": 1, "invitations": 2}, {"company": "Depot", "ticks": [], "links": 0, "invitations": 1}]}))]),
        ("pages/security_sent.html", [("sms", true, Value::Null), ("mail", true, json!("enroll-wrong-code")), ("sms", false, json!("mobile-asked-too-often"))].into_iter().flat_map(|(kind, sent, trouble)| [json!("+33612345678"), Value::Null].map(|target| of(json!({"label": "a@b.test", "kind": kind, "target": target, "sent": sent, "go": "g", "action": "/a", "profile": "/p", "back": "/b", "trouble": trouble})))).chain([of(json!({"label": "a@b.test", "kind": "mail", "target": null, "sent": false, "go": null, "action": "/a", "profile": "/p", "back": "/b", "trouble": null}))]).collect()),
        ("pages/factor_reset.html", [true, false].into_iter().map(|done| of(json!({"label": "a@b.test", "action": "/a", "recover": "/r", "done": done}))).collect()),
        ("pages/security_username.html", ["username-invalid", "username-is-an-address", "username-taken", "username-too-often", "username-none"].into_iter().map(|t| of(json!({"username": "al", "typed": "al b", "action": "/a", "back": "/b", "trouble": t}))).chain([of(json!({"username": "al", "typed": "", "action": "/a", "back": "/b", "trouble": null}))]).collect()),
        ("pages/email_undo.html", vec![of(json!({"address": "a@b.test", "until": "2026-12-03", "action": "/u"}))]),
        ("pages/security_email.html", ["email-invalid", "email-same", "mobile-asked-too-often", "email-wrong-code"].into_iter().map(|t| of(json!({"label": "a", "address": "a@b.test", "waits": "n@b.test", "typed": "n@b.test", "action": "/a", "back": "/b", "trouble": t}))).chain([of(json!({"label": "a", "address": null, "waits": null, "typed": "", "action": "/a", "back": "/b", "trouble": null}))]).collect()),
        ("pages/undo.html", vec![of(json!({"action": "/u", "factor": true, "passkey": {"action": "/u", "options": "{}", "sealed": "s"}, "sent": [{"kind": "sms", "target": "…34", "sent": true}, {"kind": "mail", "target": "a…@b.test", "sent": false}], "label": "a@b.test", "until": "2026-11-26", "trouble": "undo-wrong"})), of(json!({"action": "/u", "factor": false, "passkey": null, "sent": [], "label": null, "until": "2026-11-26", "trouble": null}))]),
        ("pages/invitation.html", ["consolidation", "link", "account"].into_iter().flat_map(|kind| [(kind, "elsewhere", Value::Null), (kind, "stale", Value::Null), (kind, "here", Value::Null), (kind, "here", json!("already-member-on-both-sides")), (kind, "elsewhere", json!("invitation-expired")), (kind, "here", json!("invitation-used")), (kind, "here", json!("invitation-revoked"))]).map(|(kind, standing, refused)| of(json!({"invitation": if standing == "elsewhere" { Value::Null } else { asks(kind) }, "kind": kind, "refused": refused, "both": if refused == "already-member-on-both-sides" { json!("Shop") } else { Value::Null }, "standing": standing, "meant": "a…@example.test", "who": if standing == "elsewhere" { Value::Null } else { json!("alice") }, "people": ["bob"], "moves": [one], "count": 15, "more": 14, "own": [one], "along": ["totp", "passkey"], "accept": "/a", "decline": "/d", "sign_in": "/s"}))).collect()),
        ("pages/users.html", vec![
            of(inside(json!({"account": one, "people": [{"href": "/p", "name": "Bob <b>", "email": "bob@b.test", "kind": "delegate", "roles": "Clerk", "since": "2026-11-23", "until": "2026-12-01", "self": false}, {"href": "/p", "name": "Al", "email": null, "kind": "owner", "roles": "", "since": "2026-11-23", "until": null, "self": true}], "next": "/n", "pending": [asks("account"), with(asks("account"), "mine", json!(false))], "roles": [{"name": "clerk", "title": "Clerk <b>", "permissions": "a.b"}], "permissions": ["a.b"], "kinds": ["member", "delegate"], "locales": [{"tag": "en", "name": "English", "here": true}], "brands": [{"id": "x", "host": "a.test", "name": "Acme <b>"}, {"id": "y", "host": "b.test", "name": "B"}], "search": "b", "here": "/h", "back": "/b", "add": "/a", "invite": "/i", "trouble_in": "add", "trouble": "add-user-exists-use-invite", "typed": {"email": "x@y.test", "name": "x@y.test", "given_name": "X", "family_name": "Y"}}))),
            of(inside(json!({"account": one, "people": [], "next": null, "pending": [], "roles": [], "permissions": [], "kinds": ["manager"], "locales": [], "brands": [], "search": null, "here": "/h", "back": "/b", "add": "/a", "invite": "/i", "trouble_in": null, "trouble": null, "typed": {}}))),
            of(inside(json!({"account": one, "people": [], "next": null, "pending": [], "roles": [], "permissions": [], "kinds": ["owner"], "locales": [], "brands": [], "search": null, "here": "/h", "back": "/b", "add": "/a", "invite": "/i", "trouble_in": "invite", "trouble": "invite-email-is-another-username", "typed": {"name": "z"}}))),
            of(inside(json!({"account": one, "people": [], "next": null, "pending": [], "roles": [], "permissions": [], "kinds": ["owner"], "locales": [], "brands": [], "search": null, "here": "/h", "back": "/b", "add": "/a", "invite": "/i", "trouble_in": "add", "trouble": "invalid-address", "typed": {"email": "z", "given_name": "", "family_name": ""}}))),
        ]),
        ("pages/user.html", ["last-owner", "more-than-you-hold", "not-yourself", "not-managed", "no-second-factor", "asked-too-often"].into_iter().map(|r| of(json!({"name": "Bob", "email": "bob@b.test", "account": one, "roles": [{"name": "clerk", "title": "Clerk", "permissions": "a.b", "given": true}, {"name": "x", "title": "X", "permissions": "", "given": false}], "permissions": [{"name": "a.b", "given": true}, {"name": "c", "given": false}], "until": "2026-12-01", "delegate": true, "mine": false, "resend": "/again", "help": "/help", "days": 3, "sent": null, "action": "/a", "remove": "/r", "back": "/b", "trouble": r}))).chain([of(json!({"name": "Bob", "email": null, "account": one, "roles": [], "permissions": [], "until": null, "delegate": false, "mine": false, "resend": null, "help": "/help", "days": 3, "sent": "factors", "action": "/a", "remove": "/r", "back": "/b", "trouble": null})), of(json!({"name": "Bob", "email": null, "account": one, "roles": [], "permissions": [], "until": null, "delegate": false, "mine": true, "resend": null, "help": null, "days": 3, "sent": "password", "action": "/a", "remove": "/r", "back": "/b", "trouble": null}))]).collect()),
        ("pages/portal_pick.html", vec![of(json!({"account": one, "accounts": accounts, "show_search": true, "search": "x", "here": "/h", "trouble": "link-exists"})), of(json!({"account": one, "accounts": [], "show_search": false, "search": null, "here": "/h", "trouble": null}))]),
        ("pages/switch.html", vec![of(json!({"client": "Desk", "client_id": "cli_1", "target_link_uri": "https://a.test/", "organization": "shop", "groups": [group, empty], "gone": true, "search": "x", "show_search": true, "here": "/switch"})), of(json!({"client": "Desk", "client_id": "cli_1", "target_link_uri": null, "organization": null, "groups": [empty], "gone": false, "search": null, "show_search": false, "here": "/switch"}))]),
        ("console/overview.html", vec![of(consoled(json!({"plots": [plot], "totals": [{"name": "people", "n": 3}, {"name": "companies", "n": 2}, {"name": "accounts", "n": 2}, {"name": "clients", "n": 2}, {"name": "sessions", "n": 2}], "mail": true, "waiting": waiting, "outbox": "/o", "keys": "/k", "rotates": "2026-12-01", "engine": "sqlite", "version": "0", "issuer": "https://x", "empty": false, "clients": "/c"}))), of(consoled(json!({"plots": [], "totals": [], "mail": false, "waiting": [], "outbox": "/o", "keys": "/k", "rotates": null, "engine": "sqlite", "version": "0", "issuer": "https://x", "empty": true, "clients": "/c"})))]),
        ("console/companies.html", vec![of(consoled(json!({"companies": [with(with(company.clone(), "href", "/c".into()), "closed", true.into()), with(with(with_logo.clone(), "href", "/c".into()), "closed", false.into())], "next": "/n", "search": "x <b>", "here": "/h", "trouble": "no <b>", "typed": {"name": "a <b>", "slug": "", "region": "", "owner": "", "publicly_named": true}}))), of(consoled(json!({"companies": [], "next": null, "search": "", "here": "/h", "trouble": null, "typed": {}})))]),
        ("pages/usage.html", vec![of(inside(json!({"kinds": (["owner", "manager", "member", "delegate"].map(|k| json!({"kind": k, "n": 2}))), "usage": {"seats": 1, "active": 2, "never": 3, "pending": 1}, "plots": [bar("entries"), bar("refusals"), bar("accounts"), bar("ended")]}))), of(inside(json!({"kinds": [], "usage": {"seats": 2, "active": 1, "never": 1, "pending": 0}, "plots": []})))]),
        ("pages/apps.html", vec![of(inside(json!({"apps": [{"id": "cli_1", "name": "Desk <b>", "uri": "https://a.test/", "people": true, "machine": true, "chosen": true, "asks": true, "scopes": ["profile", "email", "phone", "offline_access", "organizations", "preferences"], "of_apis": [{"words": "See <b>", "api": "Stock"}]}, {"id": "cli_2", "name": "Robot", "uri": null, "people": false, "machine": true, "chosen": false, "asks": false, "scopes": [], "of_apis": []}, {"id": "cli_3", "name": "Old", "uri": null, "people": true, "machine": false, "chosen": false, "asks": false, "scopes": [], "of_apis": []}]}))), of(inside(json!({"apps": []})))]),
        ("pages/roles.html", ["role-name", "role-title", "role-taken", "role-permission", "role-gone"].into_iter().map(|t| of(inside(json!({"roles": (["a", "b", "c"].map(|n| json!({"name": n, "title": "Clerk <b>", "holders": n.bytes().map(u64::from).sum::<u64>() - 97, "bundles": 1, "permissions": bundle}))), "permissions": bundle, "trouble": t, "typed": {"role": "<b>", "title": "<b>"}})))).chain([of(inside(json!({"roles": [], "permissions": bundle, "trouble": null, "typed": {}})))]).collect()),
        ("pages/branding.html", [("logo", true), ("accent", false), ("accent-dark", false), ("support", false), ("name", false), ("gone", true)].into_iter().map(|(t, of_it)| of(inside(json!({"brands": [{"id": "1", "host": "shop.test", "product_name": "Shop <b>", "logo": "/logo/x", "accent": "#123456", "accent_dark": null, "support_url": null, "sender": "a@b.test", "trouble": !of_it}], "publicly_named": of_it, "of_company": if of_it { json!("/o") } else { Value::Null }, "trouble": t, "trouble_in_company": of_it})))).chain([of(inside(json!({"brands": [], "publicly_named": false, "trouble": null, "trouble_in_company": false})))]).collect()),
        ("console/company.html", [true, false].into_iter().map(|t| of(consoled(json!({"company": with(with(company.clone(), "closed", t.into()), "publicly_named", t.into()), "kinds": if t { json!([{"kind": "owner", "n": 1}]) } else { json!([]) }, "roles": if t { json!([{"name": "clerk", "title": "Clerk <b>", "permissions": "a.b", "rows": 2}]) } else { json!([]) }, "plots": [entries], "log": "/l", "settings": "/s", "branding": "/d", "back": "/b", "here": "/h", "act": "/a", "trouble": if t { json!("no") } else { Value::Null }})))).collect()),
        ("console/people.html", vec![of(consoled(json!({"people": (["open", "disabled", "absorbed", "closed", "closing", "waiting"].map(person)), "next": "/n", "search": "x", "here": "/h", "locales": [{"tag": "en", "name": "English", "here": true}], "trouble": "no", "typed": {"email": "<b>", "given_name": "", "family_name": ""}}))), of(consoled(json!({"people": [], "next": null, "search": "", "here": "/h", "locales": [], "trouble": null, "typed": {}})))]),
        ("console/person.html", ["open", "disabled", "absorbed", "closed", "closing", "waiting"].into_iter().map(|s| of(consoled(json!({"person": person(s), "operator": s == "open", "self": s == "closed", "accounts": if s == "open" { json!([one]) } else { json!([]) }, "factors": if s == "open" { json!([{"kind": "totp", "name": "Work <b>"}, {"kind": "passkey", "name": ""}, {"kind": "mail", "name": ""}, {"kind": "sms", "name": ""}]) } else { json!([]) }, "browsers": if s == "open" { json!([{"device": "Firefox", "address": "192.0.2.1", "seen": "2026-11-23"}]) } else { json!([]) }, "apps": "Desk", "activity": if s == "open" { json!([{"kind": "sign-out", "at": "2026-11-23", "address": null}]) } else { json!([]) }, "log": "/l", "act": "/a", "back": "/b", "reset_days": 3, "trouble": if s == "open" { json!("no") } else { Value::Null }})))).collect()),
        ("console/clients.html", vec![of(consoled(json!({"clients": (["web", "spa", "native", "service"].map(|k| json!({"href": "/c", "id": "cli_1", "name": "Desk <b>", "kind": k, "disabled": k == "web", "untrusted": k == "spa"}))), "registration": "/r", "next": "/n", "search": "x", "here": "/h", "kinds": ["web", "spa", "native", "service"], "trouble": "no", "typed": {"kind": "spa", "name": "<b>", "redirect_uris": "<b>"}}))), of(consoled(json!({"clients": [], "registration": "/r", "next": null, "search": "", "here": "/h", "kinds": ["web"], "trouble": null, "typed": {"kind": "web"}})))]),
        ("console/client.html", [true, false].into_iter().map(|t| of(consoled(json!({"client": {"id": "cli_1", "name": "Desk <b>", "kind": "web", "disabled": t, "untrusted": t, "public": false, "redirect_uris": "https://a", "post_logout_redirect_uris": "", "client_uri": "", "backchannel_logout_uri": "", "scope": "openid", "require_pkce": t, "claims_in_id_token": t, "people": t, "exchange": t, "machine": t, "serves": "", "companies": "shop", "listed": t}, "consents": [{"value": "ask", "chosen": t}, {"value": "implicit", "chosen": false}], "usages": [{"value": "require", "chosen": true}, {"value": "allow", "chosen": false}, {"value": "deny", "chosen": false}], "algorithms": [{"value": "RS256", "chosen": true}], "policies": [{"value": "rotating", "chosen": true}, {"value": "stable", "chosen": false}], "secrets": if t { json!([{"id": "1", "since": "2026-11-23", "until": "2026-11-24"}]) } else { json!([]) }, "secret": if t { json!("s3cret") } else { Value::Null }, "snippets": [{"name": "curl", "text": "x <b>"}], "metadata": "{}", "discovery": "/d", "here": "/h", "act": "/a", "back": "/b", "version": "v", "trouble": if t { json!("no") } else { Value::Null }})))).collect()),
        ("console/tried.html", [json!({"id_token": "{}", "access_token": "{}", "userinfo": "{\"a\": \"<b>\"}", "refreshes": true, "scope": "openid"}), json!({"id_token": null, "access_token": "{}", "userinfo": null, "refreshes": false, "scope": ""}), Value::Null].into_iter().flat_map(|t| [Value::Null, json!("access_denied")].map(|e| of(consoled(json!({"client": {"name": "Desk <b>", "id": "cli_1"}, "error": e, "why": "no <b>", "tried": t, "act": "/a", "back": "/b"}))))).collect()),
        ("pages/reference.html", vec![of(json!({"document": "/d", "base": "https://x", "resource": "https://x/api", "groups": [{"id": "clients", "name": "clients", "operations": [{"id": "listClients", "method": "GET", "path": "/api/v1/clients", "summary": "Lists <b>", "scopes": ["clients.read"], "parameters": [{"name": "q", "in": "query", "required": false, "description": "A <b>"}], "body": {"media_type": "application/json", "schema": "ClientBody"}, "responses": [{"status": "200", "description": "One <b>", "schema": "ClientList"}]}]}], "schemas": [{"name": "ClientList", "description": "A <b>", "members": [{"name": "clients", "type": "array of ClientItem", "schema": "ClientItem", "description": "x <b>", "required": true}, {"name": "next_cursor", "type": "string", "schema": null, "description": null, "required": false}]}]}))]),
        ("console/registration.html", ["off", "token", "open"].into_iter().map(|mode| of(consoled(json!({"mode": mode, "endpoint": "https://x/register", "scope": "openid", "unused_days": 90, "tokens": if mode == "off" { json!([]) } else { json!([{"id": "1", "name": "Suite <b>", "until": "2026-12-01", "uses": null}, {"id": "2", "name": "One", "until": "2026-12-01", "uses": 1}, {"id": "3", "name": "Two", "until": "2026-12-01", "uses": 2}]) }, "token": if mode == "open" { json!("t0ken") } else { Value::Null }, "here": "/h", "back": "/b", "trouble": if mode == "open" { Value::Null } else { json!("no") }, "typed": if mode == "token" { json!({"name": "<b>", "days": "x", "uses": "y"}) } else { json!({}) }})))).collect()),
        ("console/resources.html", vec![of(consoled(json!({"resources": [{"identifier": "https://a", "name": "A <b>", "algorithms": [{"value": "ES256", "chosen": true}], "scopes": "a = b", "rows": 2, "permissions": "a.b = c", "permission_rows": 2}], "algorithms": [{"value": "ES256", "chosen": true}], "own": "https://x/api", "here": "/h", "trouble": "no", "typed": {"identifier": "<b>", "name": "", "scopes": ""}}))), of(consoled(json!({"resources": [], "algorithms": [], "own": "https://x/api", "here": "/h", "trouble": null, "typed": {}})))]),
        ("console/keys.html", [true, false].into_iter().map(|t| of(consoled(json!({"keys": [{"kid": "k", "algorithm": "RS256", "state": "next", "since": "2026-11-23"}, {"kid": "k", "algorithm": "RS256", "state": "current", "since": "2026-11-23"}, {"kid": "k", "algorithm": "RS256", "state": "retiring", "since": "2026-11-23"}], "days": 90, "sealed": t, "jwks": "/j", "here": "/h", "trouble": if t { json!("young") } else { Value::Null }})))).collect()),
        ("console/settings.html", ["vouched", "saved", "added", "removed", "suspended", "resumed", "disabled", "enabled", "signed-out", "mailed", "rotated", "retried", "sent"].into_iter().map(|said| {
            let mut value = consoled(json!({"rows": [{"path": "issuer", "help": "the base", "value": "https://x", "default": "y"}, {"path": "z", "help": "h", "value": null, "default": ""}]}));
            value["rooms"]["said"] = said.into();
            of(value)
        }).collect()),
        ("console/operators.html", [true, false].into_iter().map(|t| of(consoled(json!({"operators": [{"id": "idn_1", "href": "/p", "name": "Olga <b>", "since": "2026-11-23", "open": t, "self": true}], "alone": t, "here": "/h", "trouble": if t { json!("no") } else { Value::Null }, "typed": "<b>"})))).collect()),
        ("console/log.html", [true, false].into_iter().map(|t| of(consoled(json!({"events": if t { json!([{"at": "2026-11-23", "kind": "x.y", "actor": "Olga <b>", "company": "Shop", "client": "Desk", "account": "acc_1", "origin": "acc_2", "reason": "r", "address": "192.0.2.1", "request": "r", "acr": "mfa"}, {"at": "2026-11-23", "kind": "x.y", "actor": null, "company": null, "client": null, "account": null, "origin": null, "reason": null, "address": null, "request": null, "acr": null}]) } else { json!([]) }, "asked": {"kind": "<b>", "company": "", "person": "", "from": "", "until": ""}, "filtered": t, "trouble": t, "more": if t { json!("/m") } else { Value::Null }, "here": "/h"})))).collect()),
        ("console/outbox.html", [true, false].into_iter().map(|t| of(consoled(json!({"mail": t, "waiting": if t { waiting.clone() } else { json!([]) }, "failing": if t { json!([{"id": "1", "kind": "mail", "since": "2026-11-23", "due": "2026-11-24", "attempts": 3, "error": "no <b>"}]) } else { json!([]) }, "here": "/h"})))).collect()),
        ("console/webhooks.html", vec![of(consoled(json!({"webhooks": [{"href": "/w", "url": "https://a.test/<b>", "company": "Shop", "disabled": "it answered 410"}, {"href": "/w", "url": "https://a.test/", "company": null, "disabled": null}], "groups": hook_groups, "here": "/h", "trouble": "no", "typed": {"url": "<b>", "company": ""}}))), of(inside(json!({"inside": true, "webhooks": [], "groups": hook_groups, "here": "/h", "trouble": null, "typed": {}})))]),
        ("console/webhook.html", [true, false].into_iter().map(|t| of(consoled(json!({"url": "https://a.test/<b>", "whose": if t { json!("Shop") } else { Value::Null }, "disabled": if t { json!("it answered 410") } else { Value::Null }, "groups": hook_groups, "events": "a.b", "messages": if t { json!((["arrived", "given-up", "failing", "waiting"].map(|s| json!({"id": "1", "kind": "link.made", "at": "2026-11-23", "state": s, "attempts": 2, "status": 500, "error": "no <b>", "body": "{}"})))) } else { json!([]) }, "next": if t { json!("/n") } else { Value::Null }, "secret": if t { json!("whsec_x") } else { Value::Null }, "here": "/h", "back": "/b", "trouble": if t { json!("no") } else { Value::Null }})))).collect()),
        ("pages/mailbox.html", vec![of(json!({"texts": [{"to": "+33612345678", "text": "123456 <b>", "at": "2026-11-23"}], "mails": [{"to": "a@b.test", "subject": "S", "lang": "en", "at": "2026-11-23", "lines": [{"text": "Hi", "link": false}, {"text": "", "link": false}, {"text": "http://x/", "link": true}]}]})), of(json!({"texts": [], "mails": []}))]),
    ])
}

#[test]
fn every_page_renders_in_both_languages_with_its_samples() {
    let texts = Texts::load().expect("texts load");
    let samples = samples();
    for name in texts.names() {
        if matches!(name.as_str(), "layout.html" | "pages/parts.html" | "rooms.html" | "console/parts.html") {
            continue;
        }
        assert!(samples.contains_key(name.as_str()), "{name} has no sample");
    }
    // What English says without arguments must not stand on a French page, in none of its components.
    let words = message_keys(Locale::En).expect("keys");
    let english: Vec<String> =
        words.iter().map(|k| texts.say(Locale::En, k, &[])).filter(|t| t.contains(' ') || t.len() > 4).filter(|t| !words.contains(t)).collect();
    for (template, values) in &samples {
        for locale in Locale::ALL {
            for value in values {
                let page = texts.render(template, locale, value).unwrap_or_else(|e| panic!("{template} {locale:?}: {e:#}\n{value}"));
                assert!(page.contains(&format!("<html lang=\"{}\"", locale.tag())), "{template}");
                assert!(!page.contains("<b>"), "{template} escapes what it prints");
                for key in message_keys(Locale::En).expect("keys").iter().filter(|k| k.contains('-')) {
                    assert!(!page.contains(&format!(">{key}<")), "{template}: the message {key} is missing");
                }
                if locale == Locale::Fr {
                    let left = english.iter().find(|text| page.contains(&format!(">{text}<")));
                    assert!(left.is_none(), "{template}: {left:?} was left in English");
                }
                assert!(!page.contains("style=\"") && !page.contains("onclick"), "{template} keeps to the content security policy");
            }
        }
    }
}

#[test]
fn both_languages_have_the_same_messages_and_none_is_left_in_english() {
    let texts = Texts::load().expect("texts load");
    let [en, fr] = Locale::ALL.map(|l| message_keys(l).expect("keys"));
    assert_eq!(en, fr);
    // Equal in both, and meant to be.
    let intended: BTreeSet<&str> = BTreeSet::from([]);
    let equal: BTreeSet<&str> = en
        .iter()
        .map(String::as_str)
        .filter(|k| texts.say(Locale::En, k, &[]) == texts.say(Locale::Fr, k, &[]))
        .filter(|k| !texts.say(Locale::En, k, &[]).eq(k))
        .collect();
    assert_eq!(equal, intended);
}

#[tokio::test]
async fn every_reason_has_a_page_and_unknown_ones_are_not_found() {
    let world = World::new().await;
    let mut browser = world.browser();
    for reason in Reason::ALL {
        for language in ["en", "fr"] {
            browser.language = Some(language.to_owned());
            let page = browser.get(&format!("/errors/{}", reason.as_str())).await;
            assert_eq!(page.status, 200);
            assert_eq!(page.headers["content-language"], language);
            assert!(!page.text("h1").contains("reason-"), "{}", reason.as_str());
        }
    }
    assert_eq!(browser.get("/errors/no-such-reason").await.status, 404);
}

#[tokio::test]
async fn decision_7_the_language_switch_is_on_every_page_and_kept_in_a_cookie() {
    let world = World::new().await;
    let mut browser = world.browser();
    let page = browser.open("/sign-in").await;
    assert_eq!(page.text("header nav a"), "Français");
    let french = browser.open(&format!("{}?lang=fr", page.path)).await;
    assert_eq!(french.text("h1"), "Connexion");
    assert_eq!(browser.open("/errors/account-ended").await.text("h1"), "Le compte a pris fin");
    assert_eq!(browser.open("/nowhere").await.text("h1"), "Il n’y a rien ici");
}

#[tokio::test]
async fn t47_no_page_may_be_framed_and_the_policy_is_strict() {
    let world = World::new().await;
    let mut alice = world.person("alice@example.test").await;
    let desk = world.client().await;
    let page = alice.follows(&desk, &[]).await;
    for answer in [
        page,
        alice.browser.open("/").await,
        alice.browser.get("/nowhere").await,
        alice.browser.get("/authorize").await,
        alice.browser.get("/end_session").await,
    ] {
        let csp = answer.headers["content-security-policy"].to_str().expect("text").to_owned();
        assert!(csp.contains("frame-ancestors 'none'") && csp.contains("default-src 'none'") && !csp.contains("unsafe"), "{csp}");
        assert_eq!(answer.headers["x-frame-options"], "DENY");
        assert_eq!(answer.headers["referrer-policy"], "same-origin");
        assert_eq!(answer.headers["x-content-type-options"], "nosniff");
    }
}

#[test]
fn the_openapi_document_in_the_repository_is_the_one_in_the_code() {
    let made = vestibule::web::openapi_document();
    let kept = std::fs::read_to_string("docs/openapi.json").unwrap_or_default();
    if std::env::var_os("VESTIBULE_WRITE_OPENAPI").is_some() {
        std::fs::write("docs/openapi.json", format!("{made}\n")).expect("written");
        return;
    }
    assert!(kept.trim_end() == made.trim_end(), "run VESTIBULE_WRITE_OPENAPI=1 cargo test --test it openapi");
}
