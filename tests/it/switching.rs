//! Switching for relying apps (design.md 5.3, 5.4): by refresh, by token exchange, and what ends being told.

use std::sync::{Arc, Mutex};

use serde_json::Value;
use vestibule::domain::AccountKind;
use vestibule::outbound::Outbound;
use vestibule::protocol::{ClientMetadata, ConsentPolicy, GrantType};
use vestibule::types::{AccountId, RedirectUri, Seconds};
use vestibule::worker::deliver_logouts;

use crate::support::relying_app::verify;
use crate::support::{Actor, Answer, PASSWORD, RelyingApp, World};

const EXCHANGE: &str = "urn:ietf:params:oauth:grant-type:token-exchange";
const ACCESS_TOKEN: &str = "urn:ietf:params:oauth:token-type:access_token";

fn trusted(m: &mut ClientMetadata) {
    m.consent = ConsentPolicy::Implicit;
    m.grant_types.push(GrantType::TokenExchange);
}

/// Alice with accounts at Shop and Depot, and an app that the operator vouches for.
async fn alice() -> (World, Actor, [AccountId; 2], RelyingApp) {
    let world = World::new().await;
    let (alice, accounts) = world.person_with_accounts("alice@example.test", ["Shop", "Depot"]).await;
    let desk = world.client_with(trusted).await;
    (world, alice, accounts, desk)
}

impl RelyingApp {
    async fn swap(&mut self, token: &str, extra: &[(&str, &str)]) -> Answer {
        let mut fields = vec![("grant_type", EXCHANGE), ("subject_token", token), ("subject_token_type", ACCESS_TOKEN)];
        fields.extend_from_slice(extra);
        self.post("/token", &fields).await
    }
}

#[tokio::test]
async fn a_refresh_that_names_another_company_gets_a_family_for_it_and_a_new_sid() {
    let (world, mut alice, [shop, depot], mut desk) = alice().await;
    let first = alice.enters(&mut desk, "shop").await;
    let old = first.refresh_token.clone().expect("one");
    let answer = desk.refresh(&old, &[("organization", "depot")]).await;
    let second = desk.tokens(&answer).await;
    assert_eq!((second.text("account_id"), second.text("sub")), (depot.as_str(), first.text("sub")));
    assert_ne!(second.text("sid"), first.text("sid"));
    assert_eq!(second.claims["auth_time"], first.claims["auth_time"], "nothing was proved anew");
    // The old family is closed, the new one goes on, and back again.
    assert_eq!(desk.introspect(&first.access_token).await["active"], false);
    let third = desk.refresh(second.refresh_token.as_deref().expect("one"), &[("account", shop.as_str())]).await;
    let third = desk.tokens(&third).await;
    assert_eq!(third.text("account_id"), shop.as_str());
    assert_eq!(third.text("sid"), first.text("sid"), "a switch back, while its app session lives, is the old sid");
    assert_eq!(world.audited("account.switched").await, 2);
}

#[tokio::test]
async fn standards_3_24_a_switch_repeated_within_the_grace_gets_the_same_successor_and_another_target_is_reuse() {
    let (world, mut alice, _, mut desk) = alice().await;
    let old = alice.enters(&mut desk, "shop").await.refresh_token.expect("one");
    let once = desk.refresh(&old, &[("organization", "depot")]).await.json();
    let again = desk.refresh(&old, &[("organization", "depot")]).await.json();
    assert_eq!(once["refresh_token"], again["refresh_token"]);
    let token = once["refresh_token"].as_str().expect("one").to_owned();
    assert_eq!(desk.refresh(&old, &[]).await.json()["error"], "invalid_grant", "another request with the same token is reuse");
    assert_eq!(desk.refresh(&token, &[]).await.json()["error"], "invalid_grant", "so the new family is closed too");
    assert_eq!(world.audited("refresh_token.reused").await, 1);
}

#[tokio::test]
async fn t38_an_old_token_after_the_grace_closes_what_it_switched_to() {
    let (world, mut alice, _, mut desk) = alice().await;
    let old = alice.enters(&mut desk, "shop").await.refresh_token.expect("one");
    let next = desk.refresh(&old, &[("organization", "depot")]).await.json()["refresh_token"].as_str().expect("one").to_owned();
    let last = desk.refresh(&next, &[("organization", "shop")]).await.json()["refresh_token"].as_str().expect("one").to_owned();
    world.advance(Seconds(11));
    assert_eq!(desk.refresh(&old, &[("organization", "depot")]).await.json()["error"], "invalid_grant");
    assert_eq!(desk.refresh(&last, &[]).await.json()["error"], "invalid_grant", "however often it switched on");
}

#[tokio::test]
async fn a_refused_switch_says_why_and_uses_nothing_up() {
    let (world, mut alice, _, mut desk) = alice().await;
    world.company("Elsewhere").await;
    let token = alice.enters(&mut desk, "shop").await.refresh_token.expect("one");
    for (fields, error, reason) in [
        ([("organization", "elsewhere")], "access_denied", "organization-access-denied"),
        ([("organization", "no-such-company")], "access_denied", "organization-access-denied"),
        ([("account", "acc_018bcfe568007000800000000000000f")], "access_denied", "organization-access-denied"),
        ([("account", "nonsense")], "access_denied", "organization-access-denied"),
    ] {
        let answer = desk.refresh(&token, &fields).await.json();
        assert_eq!((answer["error"].as_str(), answer["error_uri"].as_str().map(|u| u.ends_with(reason))), (Some(error), Some(true)), "{fields:?}: {answer}");
    }
    assert_eq!(desk.refresh(&token, &[]).await.status, 200);
    // Without consent for the other account, and for an app whose subject is the account, the browser is needed.
    for change in [|m: &mut ClientMetadata| m.consent = ConsentPolicy::Ask, |m: &mut ClientMetadata| m.subject_of = vestibule::protocol::SubjectOf::Account] {
        let mut app = world.client_with(change).await;
        let token = alice.enters(&mut app, "shop").await.refresh_token.expect("one");
        let answer = app.refresh(&token, &[("organization", "depot")]).await.json();
        assert_eq!(answer["error"], "interaction_required", "{answer}");
        assert!(answer["error_uri"].as_str().is_some_and(|u| u.ends_with("switch-needs-browser")));
        assert_eq!(app.refresh(&token, &[]).await.status, 200);
    }
}

#[tokio::test]
async fn rfc_8693_a_token_of_one_account_becomes_one_of_another_of_the_same_person_without_act() {
    let (_world, mut alice, [_, depot], mut desk) = alice().await;
    let shop = alice.enters(&mut desk, "shop").await;
    let answer = desk.swap(&shop.access_token, &[("account", depot.as_str())]).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    let raw = answer.json();
    assert_eq!((raw["issued_token_type"].as_str(), raw["refresh_token"].as_str(), raw["id_token"].as_str()), (Some(ACCESS_TOKEN), None, None));
    let live = desk.introspect(raw["access_token"].as_str().expect("one")).await;
    assert_eq!((live["account_id"].as_str(), live["act"].as_str(), live["active"].as_bool()), (Some(depot.as_str()), None, Some(true)));
    assert_eq!(desk.introspect(&shop.access_token).await["active"], true, "the first one stays");
}

#[tokio::test]
async fn s0_a_token_is_exchanged_along_a_link_with_act_and_never_against_it() {
    let (world, mut alice, [shop, depot], mut desk) = alice().await;
    let (mut bob, [pier]) = world.person_with_accounts("bob@example.test", ["Pier"]).await;
    let home = alice.browser.open("/sign-in").await;
    alice.types_password(&home).await;
    let page = alice.browser.open(&format!("/portal/a/{shop}/link")).await;
    alice.browser.submit(&page, "/link/password", &[("identifier", "bob@example.test"), ("password", PASSWORD)]).await;

    let hers = alice.enters(&mut desk, "shop").await;
    world.advance(Seconds(100));
    let raw = desk.swap(&hers.access_token, &[("account", pier.as_str())]).await.json();
    assert!(raw["expires_in"].as_i64().is_some_and(|s| s <= 200), "not beyond the subject token's: {raw}");
    let taken = raw["access_token"].as_str().expect("one").to_owned();
    let live = desk.introspect(&taken).await;
    assert_eq!((live["account_id"].as_str(), live["act"]["account_id"].as_str()), (Some(pier.as_str()), Some(shop.as_str())));
    // From her other account there is no link, against the direction there is none, and what was entered leads nowhere.
    let error = |answer: Answer| answer.json()["error"].as_str().unwrap_or_default().to_owned();
    let other = alice.enters(&mut desk, "depot").await;
    assert_eq!(error(desk.swap(&other.access_token, &[("account", pier.as_str())]).await), "invalid_target");
    let his = bob.enters(&mut desk, "pier").await;
    assert_eq!(error(desk.swap(&his.access_token, &[("account", shop.as_str())]).await), "invalid_target");
    assert_eq!(error(desk.swap(&taken, &[("account", depot.as_str())]).await), "invalid_request");
    // Cutting the link ends what was exchanged.
    let home = alice.browser.open("/").await;
    let link = home.first_link();
    alice.browser.submit(&home, "/portal/link/cut", &[("link", &link)]).await;
    assert_eq!(desk.introspect(&taken).await["active"], false);
    assert_eq!(error(desk.swap(&hers.access_token, &[("account", pier.as_str())]).await), "invalid_target", "and nothing more comes of it");
}

#[tokio::test]
async fn rfc_8693_2_1_what_an_exchange_does_not_take() {
    let (world, mut alice, [_, depot], mut desk) = alice().await;
    let mut other = world.client_with(trusted).await;
    let token = alice.enters(&mut desk, "shop").await.access_token;
    let account = ("account", depot.as_str());
    type Case<'a> = (&'a str, &'a [(&'a str, &'a str)], &'a str);
    let cases: [Case<'_>; 8] = [
        ("no target", &[], "invalid_request"),
        ("an actor", &[account, ("actor_token", "x")], "invalid_request"),
        ("an audience", &[account, ("audience", "x")], "invalid_target"),
        ("another type wanted", &[account, ("requested_token_type", "urn:ietf:params:oauth:token-type:refresh_token")], "invalid_request"),
        ("more scope", &[account, ("scope", "openid other")], "invalid_scope"),
        ("an API that was not granted", &[account, ("resource", "https://elsewhere.test/")], "invalid_target"),
        ("an unknown account", &[("account", "acc_018bcfe568007000800000000000000f")], "invalid_target"),
        ("an account outside the company", &[account, ("organization", "shop")], "invalid_target"),
    ];
    for (what, fields, error) in cases {
        assert_eq!(desk.swap(&token, fields).await.json()["error"], error, "{what}");
    }
    assert_eq!(other.swap(&token, &[account]).await.json()["error"], "invalid_request", "issued to another client");
    assert_eq!(desk.swap("e30.e30.e30", &[account]).await.json()["error"], "invalid_request");
    let mut plain = world.client().await;
    let own = alice.enters(&mut plain, "shop").await.access_token;
    assert_eq!(plain.swap(&own, &[account]).await.json()["error"], "unauthorized_client");
}

/// An app's back-channel logout endpoint; answers with each of these statuses in turn, the last one for ever.
async fn listens(statuses: &'static [u16]) -> (String, Arc<Mutex<Vec<String>>>) {
    let got = Arc::new(Mutex::new(Vec::new()));
    let kept = got.clone();
    let handler = move |body: String| {
        let mut kept = kept.lock().expect("unpoisoned");
        let status = statuses[kept.len().min(statuses.len() - 1)];
        kept.push(body.strip_prefix("logout_token=").unwrap_or_default().to_owned());
        std::future::ready(axum::http::StatusCode::from_u16(status).expect("a status"))
    };
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let url = format!("http://{}/bye", listener.local_addr().expect("an address"));
    tokio::spawn(async move { axum::serve(listener, axum::Router::new().route("/bye", axum::routing::post(handler))).await });
    (url, got)
}

fn outbound(private: bool) -> Outbound {
    rustls::crypto::ring::default_provider().install_default().ok();
    Outbound::new(private).expect("a client")
}

#[tokio::test]
async fn back_channel_logout_tells_exactly_the_app_sessions_that_ended_with_retries() {
    let (url, got) = listens(&[503, 200]).await;
    let world = World::new().await;
    let (mut alice, [shop, _]) = world.person_with_accounts("alice@example.test", ["Shop", "Depot"]).await;
    let mut desk = world
        .client_with(|m| {
            trusted(m);
            m.backchannel_logout_uri = RedirectUri::parse(&url).ok();
        })
        .await;
    let at_shop = alice.enters(&mut desk, "shop").await;
    let at_depot = alice.enters(&mut desk, "depot").await;
    vestibule::actions::end_account(&world.app, &shop, &Default::default(), world.now()).await.expect("no fault").expect("ended");
    assert_eq!(deliver_logouts(&world.app, &outbound(false), world.now()).await.expect("no fault"), 0, "private addresses are left alone");
    assert!(got.lock().expect("unpoisoned").is_empty());
    world.advance(Seconds(61));
    assert_eq!(deliver_logouts(&world.app, &outbound(true), world.now()).await.expect("no fault"), 0, "the app answered 503");
    world.advance(Seconds(200));
    assert_eq!(deliver_logouts(&world.app, &outbound(true), world.now()).await.expect("no fault"), 1);
    let tokens = got.lock().expect("unpoisoned").clone();
    let jwks = world.browser().get("/jwks").await.json();
    let (claims, header) = verify(&tokens[1], &jwks).expect("signed by us");
    assert_eq!(header["typ"], "logout+jwt");
    assert_eq!(
        (claims["sid"].as_str(), claims["aud"].as_str(), claims.get("sub"), claims.get("nonce")),
        (Some(at_shop.text("sid")), Some(desk.client_id.as_str()), None, None)
    );
    assert!(claims["events"]["http://schemas.openid.net/event/backchannel-logout"].is_object() && claims["jti"].is_string() && claims["exp"].is_i64());
    // Signing out whole tells the rest, with the subject.
    let home = alice.browser.open("/").await;
    alice.browser.submit(&home, "/sign-out", &[]).await;
    assert_eq!(deliver_logouts(&world.app, &outbound(true), world.now()).await.expect("no fault"), 1);
    let last = got.lock().expect("unpoisoned").last().cloned().expect("one");
    let (claims, _) = verify(&last, &jwks).expect("signed by us");
    assert_eq!((claims["sid"].as_str(), claims["sub"].as_str()), (Some(at_depot.text("sid")), Some(alice.id.as_str())));
    assert_eq!(deliver_logouts(&world.app, &outbound(true), world.now()).await.expect("no fault"), 0, "each once");
}

#[tokio::test]
async fn two_tabs_in_two_companies_with_refreshes_in_between_stay_where_they_are() {
    let (world, mut alice, [shop, depot], mut desk) = alice().await;
    world.company("Annex").await;
    world.account(&alice, "annex", AccountKind::Member).await;
    let mut tabs = [alice.enters(&mut desk, "shop").await, alice.enters(&mut desk, "depot").await];
    for turn in 0..6 {
        world.advance(Seconds(400));
        let which = turn % 2;
        let answer = desk.refresh(tabs[which].refresh_token.as_deref().expect("one"), &[]).await;
        tabs[which] = desk.tokens(&answer).await;
        let _: &Value = &tabs[which].raw;
        assert_eq!((tabs[0].text("account_id"), tabs[1].text("account_id")), (shop.as_str(), depot.as_str()));
        if turn == 3 {
            alice.enters(&mut desk, "annex").await;
        }
    }
}

#[tokio::test]
async fn a_switch_whose_answer_would_be_refused_uses_nothing_up_and_none_prolongs_the_family() {
    let world = World::new().await;
    let (mut alice, _) = world.person_with_accounts("alice@example.test", ["Shop", "Depot"]).await;
    let mut desk = world.client_with(|m| m.consent = vestibule::protocol::ConsentPolicy::Implicit).await;
    let page = alice.follows(&desk, &[("organization", "shop"), ("scope", "openid offline_access")]).await;
    let answer = alice.goes_through(page, None).await;
    let mut token = desk.complete(&answer).await.refresh_token.expect("one");
    for (extra, error) in [(("scope", "openid email"), "invalid_scope"), (("resource", "https://other.example.test/api"), "invalid_target")] {
        assert_eq!(desk.refresh(&token, &[("organization", "depot"), extra]).await.json()["error"], error);
    }
    // Back and forth for half a year: the family ends when the first one would have.
    for (days, company) in [(0, "depot"), (29, "shop"), (58, "depot"), (87, "shop"), (116, "depot"), (145, "shop"), (174, "depot")] {
        if days > 0 {
            world.advance(vestibule::types::Seconds::days(29));
        }
        let tokens = desk.refresh(&token, &[("organization", company)]).await.json();
        token = tokens["refresh_token"].as_str().unwrap_or_else(|| panic!("{days}: {tokens}")).to_owned();
    }
    world.advance(vestibule::types::Seconds::days(7));
    assert_eq!(desk.refresh(&token, &[("organization", "shop")]).await.json()["error"], "invalid_grant");
}

#[tokio::test]
async fn s2_a_company_says_how_its_service_does_and_no_other_company_may() {
    use vestibule::types::ScopeSet;
    let world = World::new().await;
    let (mut alice, [shop, _]) = world.person_with_accounts("alice@example.test", ["Shop", "Depot"]).await;
    let owner = world.person("olga@example.test").await;
    world.account(&owner, "shop", AccountKind::Owner).await;
    let org = vestibule::store::companies::named(&world.app.store.db, "shop").await.expect("a read").expect("there").id;
    let address = format!("/api/v1/organizations/{org}/service-status");
    let machine = |companies: Vec<String>| {
        world.client_for(
            |m| {
                m.grant_types = vec![GrantType::ClientCredentials];
                m.redirect_uris.clear();
                m.scope = ScopeSet::parse("service_status");
            },
            Some(companies),
        )
    };
    let put = async |token: &str, body: &str| {
        let request = axum::http::Request::put(&address).header("authorization", format!("Bearer {token}")).header("content-type", "application/json");
        world.browser().send(request.body(body.to_owned().into()).expect("a request")).await
    };
    let token = async |app: &mut RelyingApp, company: &str| {
        let fields = [("grant_type", "client_credentials"), ("resource", "http://localhost:8080/api"), ("organization", company)];
        app.post("/token", &fields).await.json()["access_token"].as_str().unwrap_or_default().to_owned()
    };
    let good = "{\"status\": \"maintenance\", \"message\": \"Back at noon\"}";
    let (mut ours, mut theirs) = (machine(vec!["shop".into()]).await, machine(vec!["depot".into()]).await);
    let ours = token(&mut ours, "shop").await;
    assert_eq!(put(&token(&mut theirs, "depot").await, good).await.status, 403);
    assert_eq!(put("nonsense", good).await.status, 401);
    for bad in ["", "[]", "{}", "{\"status\": \"fine\"}", "{\"status\": \"outage\", \"more\": 1}", "{\"status\": 1}"] {
        let answer = put(&ours, bad).await;
        assert_eq!((answer.status.as_u16(), answer.json()["type"].as_str().is_some_and(|t| t.ends_with("/invalid-parameter"))), (400, true), "{bad}");
    }
    let set = put(&ours, good).await;
    assert_eq!((set.status.as_u16(), set.json()["status"].as_str().map(str::to_owned)), (200, Some("maintenance".into())), "{}", set.body);
    // People see it with its words; a member may not set it, a person with full access may.
    alice.is_home().await;
    assert!(alice.browser.open("/").await.text("main").contains("Planned work"));
    assert!(alice.browser.open(&format!("/portal/a/{shop}")).await.text(".detail").contains("Back at noon"));
    let mut desk = world
        .client_with(|m| {
            m.consent = ConsentPolicy::Implicit;
            m.scope = ScopeSet::parse("openid service_status");
        })
        .await;
    let mut olga = Actor { browser: world.browser(), ..owner.clone() };
    for (who, status) in [(&mut alice, 403), (&mut olga, 200)] {
        let page = who.follows(&desk, &[("organization", "shop"), ("scope", "openid service_status"), ("resource", "http://localhost:8080/api")]).await;
        let answer = who.goes_through(page, None).await;
        let tokens = desk.complete(&answer).await;
        assert_eq!(put(&tokens.access_token, "{\"status\": \"operational\"}").await.status, status);
    }
    let read = world.browser().bearer(&address, &ours).await.json();
    assert_eq!((read["status"].as_str(), read["message"].is_null()), (Some("operational"), true));
    assert_eq!(world.audited("company.service_status").await, 2);
}
