//! Codes, refresh tokens, machine tokens, UserInfo, introspection, revocation, sign-out.

use serde_json::json;
use vestibule::actions::{self, AddResource, Origin};
use vestibule::domain::AccountKind;
use vestibule::protocol::{ClientAuthMethod, GrantType, OrganizationUsage, RefreshPolicy, SigningAlgorithm, SubjectOf, SubjectType};
use vestibule::store::resources::Resource;
use vestibule::types::{ScopeSet, Seconds};

use crate::support::relying_app::{VERIFIER, verify};
use crate::support::{Actor, RelyingApp, World};

async fn shop() -> (World, Actor, RelyingApp) {
    let world = World::new().await;
    let (alice, _) = world.person_with_accounts("alice@example.test", ["Shop", "Depot"]).await;
    let desk = world.client().await;
    (world, alice, desk)
}

async fn code_for(alice: &mut Actor, desk: &RelyingApp, extra: &[(&str, &str)]) -> String {
    let mut all = vec![("organization", "shop")];
    all.extend_from_slice(extra);
    let page = alice.follows(desk, &all).await;
    let answer = alice.goes_through(page, None).await;
    answer.redirect_parameters().get("code").unwrap_or_else(|| panic!("{:?}", answer.location())).clone()
}

#[tokio::test]
async fn decision_12_a_code_is_kept_through_mistakes_used_once_and_its_second_use_closes_the_grant() {
    let (world, mut alice, mut desk) = shop().await;
    let mut other = world.client().await;
    let code = code_for(&mut alice, &desk, &[]).await;
    for extra in [
        ("code_verifier", "another-code-verifier-0123456789-0123456789-abc"),
        ("code_verifier", ""),
        ("redirect_uri", "https://app.example.test/other"),
        ("redirect_uri", ""),
    ] {
        let refused = desk.exchange(&code, &[extra]).await;
        assert_eq!((refused.status.as_u16(), refused.json()["error"].as_str()), (400, Some("invalid_grant")), "{extra:?}");
    }
    assert_eq!(other.exchange(&code, &[]).await.json()["error"], "invalid_grant", "a code of another client");
    let answer = desk.exchange(&code, &[]).await;
    let tokens = desk.tokens(&answer).await;
    assert_eq!(desk.userinfo(&tokens.access_token).await.status, 200);
    world.advance(Seconds(30));
    assert_eq!(desk.exchange(&code, &[]).await.json()["error"], "invalid_grant");
    assert_eq!(desk.userinfo(&tokens.access_token).await.status, 401, "RFC 6749 4.1.2: what the first use gave is dead");
    assert_eq!(desk.refresh(&tokens.refresh_token.expect("one"), &[]).await.json()["error"], "invalid_grant");
    assert_eq!(world.audited("code.replayed").await, 1);
}

#[tokio::test]
async fn rfc6749_4_1_2_a_code_ends_after_sixty_seconds() {
    let (world, mut alice, mut desk) = shop().await;
    let code = code_for(&mut alice, &desk, &[]).await;
    world.advance(Seconds(60));
    assert_eq!(desk.exchange(&code, &[]).await.json()["error"], "invalid_grant");
}

#[tokio::test]
async fn rfc9700_4_8_2_a_verifier_for_a_code_without_challenge_is_refused() {
    let (world, mut alice, _) = shop().await;
    let mut old = world.client_with(|m| m.require_pkce = false).await;
    let without: [(&str, &str); 2] = [("code_challenge", ""), ("code_challenge_method", "")];
    let code = code_for(&mut alice, &old, &without).await;
    assert_eq!(old.exchange(&code, &[]).await.json()["error"], "invalid_grant");
    assert_eq!(old.exchange(&code, &[("code_verifier", "")]).await.status, 200);
}

#[tokio::test]
async fn t36_membership_that_ends_between_code_and_exchange_gives_no_tokens() {
    let (world, mut alice, mut desk) = shop().await;
    let tokens = alice.enters(&mut desk, "shop").await;
    let code = code_for(&mut alice, &desk, &[]).await;
    let account = tokens.text("account_id").parse().expect("an account");
    actions::end_account(&world.app, &account, &Origin::default(), world.now()).await.expect("no fault").expect("ended");
    let refused = desk.exchange(&code, &[]).await.json();
    assert_eq!((refused["error"].as_str(), refused["error_uri"].as_str()), (Some("invalid_grant"), Some("http://localhost:8080/errors/account-ended")));
    // Everything else of that account is dead at once too (design.md section 3, 5).
    assert_eq!(desk.userinfo(&tokens.access_token).await.status, 401);
    assert_eq!(desk.introspect(&tokens.access_token).await, json!({"active": false}));
    assert_eq!(desk.refresh(&tokens.refresh_token.expect("one"), &[]).await.json()["error"], "invalid_grant");
    let refused = alice.follows(&desk, &[("organization", "shop"), ("prompt", "none")]).await.redirect_parameters();
    assert_eq!(refused["error"], "access_denied");
}

#[tokio::test]
async fn t37_roles_and_permissions_are_read_anew_at_each_refresh_and_introspection() {
    let world = World::new().await;
    world.company("Shop").await;
    world.role("shop", "clerk", &["stock.read"]).await;
    world.role("shop", "chief", &["stock.write", "stock.read"]).await;
    let mut alice = world.person("alice@example.test").await;
    let account = world.account_with(&alice, "shop", AccountKind::Member, &["clerk"], &["extra.one"]).await;
    let mut desk = world.client().await;
    let first = alice.enters(&mut desk, "shop").await;
    assert_eq!(first.claims["roles"], json!(["clerk"]));
    assert_eq!(first.access_claims()["permissions"], json!(["extra.one", "stock.read"]));
    assert!(!first.claims.contains_key("permissions"), "permissions only in access tokens and introspection");
    actions::change_role(&world.app, &account, "chief", true, &Origin::default(), world.now()).await.expect("no fault").expect("given");
    actions::change_role(&world.app, &account, "clerk", false, &Origin::default(), world.now()).await.expect("no fault").expect("taken");
    assert_eq!(desk.introspect(&first.access_token).await["permissions"], json!(["extra.one", "stock.read", "stock.write"]));
    let answer = desk.refresh(first.refresh_token.as_ref().expect("one"), &[]).await;
    let second = desk.tokens(&answer).await;
    assert_eq!(second.claims["roles"], json!(["chief"]));
    assert_eq!(second.claims["auth_time"], first.claims["auth_time"], "Core 12.2");
    assert!(!second.claims.contains_key("nonce"), "Core 12.2");
    assert_eq!(second.claims["sid"], first.claims["sid"]);
}

#[tokio::test]
async fn rotation_repeats_within_the_grace_and_closes_the_family_outside_of_it() {
    let (world, mut alice, mut desk) = shop().await;
    let first = alice.enters(&mut desk, "shop").await.refresh_token.expect("one");
    let answer = desk.refresh(&first, &[]).await;
    let second = desk.tokens(&answer).await.refresh_token.expect("one");
    assert_ne!(first, second);
    world.advance(Seconds(9));
    let answer = desk.refresh(&first, &[]).await;
    assert_eq!(desk.tokens(&answer).await.refresh_token.as_deref(), Some(second.as_str()), "a lost answer may be asked for again");
    let answer = desk.refresh(&second, &[]).await;
    let third = desk.tokens(&answer).await;
    assert_eq!(desk.refresh(&first, &[]).await.json()["error"], "invalid_grant", "two generations back is reuse");
    assert_eq!(desk.refresh(third.refresh_token.as_ref().expect("one"), &[]).await.json()["error"], "invalid_grant", "the family is closed");
    assert_eq!(desk.userinfo(&third.access_token).await.status, 401);
    assert_eq!(world.audited("refresh_token.reused").await, 1);
}

#[tokio::test]
async fn reuse_after_the_grace_closes_the_family_and_an_invented_token_does_not() {
    let (world, mut alice, mut desk) = shop().await;
    let first = alice.enters(&mut desk, "shop").await.refresh_token.expect("one");
    let answer = desk.refresh(&first, &[]).await;
    let second = desk.tokens(&answer).await.refresh_token.expect("one");
    let mut invented = first.clone();
    invented.replace_range(invented.len() - 64..invented.len() - 60, "AAAA");
    for bad in [invented.as_str(), "", ".", "a.b.c", "x.1.AAAA"] {
        let error = desk.refresh(bad, &[]).await.json()["error"].clone();
        assert!(error == "invalid_grant" || error == "invalid_request", "{bad}: {error}");
    }
    let answer = desk.refresh(&second, &[]).await;
    let third = desk.tokens(&answer).await.refresh_token.expect("one");
    world.advance(Seconds(11));
    vestibule::worker::erase_successors(&world.app, world.now()).await.expect("erased");
    assert_eq!(desk.refresh(&second, &[]).await.json()["error"], "invalid_grant");
    assert_eq!(desk.refresh(&third, &[]).await.json()["error"], "invalid_grant", "closed by the reuse");
}

#[tokio::test]
async fn two_refreshes_at_once_get_the_same_successor() {
    let (world, mut alice, mut desk) = shop().await;
    let token = alice.enters(&mut desk, "shop").await.refresh_token.expect("one");
    let tasks: Vec<_> = (0..8)
        .map(|_| {
            let (mut desk, token) = (desk.clone(), token.clone());
            tokio::spawn(async move { desk.refresh(&token, &[]).await.json() })
        })
        .collect();
    let mut successors = std::collections::BTreeSet::new();
    for task in tasks {
        successors.insert(task.await.expect("no panic")["refresh_token"].as_str().expect("a successor").to_owned());
    }
    assert_eq!(successors.len(), 1);
    assert_eq!(world.audited("refresh_token.reused").await, 0);
}

#[tokio::test]
async fn a_stable_client_keeps_its_refresh_token() {
    let (world, mut alice, _) = shop().await;
    let mut desk = world.client_with(|m| m.refresh_tokens = RefreshPolicy::Stable).await;
    let token = alice.enters(&mut desk, "shop").await.refresh_token.expect("one");
    for _ in 0..3 {
        world.advance(Seconds::hours(1));
        assert_eq!(desk.refresh(&token, &[]).await.json()["refresh_token"], token.as_str());
    }
}

#[tokio::test]
async fn families_end_with_the_browser_session_unless_offline_access_was_consented() {
    let (_world, mut alice, mut desk) = shop().await;
    let online = alice.enters(&mut desk, "shop").await;
    let page = alice.follows(&desk, &[("organization", "depot"), ("scope", "openid offline_access"), ("prompt", "consent")]).await;
    assert!(page.text(".scopes").contains("while you are not there"), "{}", page.body);
    let answer = alice.goes_through(page, None).await;
    let offline = desk.complete(&answer).await;
    let out = format!("/end_session?id_token_hint={}&post_logout_redirect_uri=https://app.example.test/bye&state=s1", online.id_token.as_ref().expect("one"));
    let answer = alice.browser.open(&out).await;
    assert_eq!(answer.location(), Some("https://app.example.test/bye?state=s1"));
    assert_eq!(desk.refresh(online.refresh_token.as_ref().expect("one"), &[]).await.json()["error"], "invalid_grant");
    assert_eq!(desk.userinfo(&online.access_token).await.status, 401);
    assert_eq!(desk.refresh(offline.refresh_token.as_ref().expect("one"), &[]).await.status, 200);
}

#[tokio::test]
async fn standards_3_24_a_family_ends_when_it_is_not_used_and_every_answer_says_how_long_it_lasts() {
    let (world, mut alice, _) = shop().await;
    let mut desk = world.client_with(|m| m.consent = vestibule::protocol::ConsentPolicy::Implicit).await;
    let page = alice.follows(&desk, &[("organization", "shop"), ("scope", "openid offline_access")]).await;
    let answer = alice.goes_through(page, None).await;
    let first = desk.complete(&answer).await;
    let day = 86_400;
    assert_eq!((first.raw["refresh_token_timeout"].as_i64(), first.raw["authorization_expires_in"].as_i64()), (Some(30 * day), Some(180 * day)));
    world.advance(Seconds::days(29));
    let answer = desk.refresh(first.refresh_token.as_ref().expect("one"), &[]).await;
    let second = desk.tokens(&answer).await;
    assert_eq!((second.raw["refresh_token_timeout"].as_i64(), second.raw["authorization_expires_in"].as_i64()), (Some(30 * day), Some(151 * day)));
    world.advance(Seconds::days(30));
    assert_eq!(desk.refresh(second.refresh_token.as_ref().expect("one"), &[]).await.json()["error"], "invalid_grant", "thirty days without use");
    assert_eq!(world.audited("refresh_token.reused").await, 0);
    // One that ends with its browser session says so; who gets no refresh token is told nothing of it.
    let online = alice.enters(&mut desk, "shop").await;
    assert!(online.raw["authorization_expires_in"].as_i64().is_some_and(|s| s <= 30 * day));
    let mut without = world.client_with(|m| m.grant_types = vec![GrantType::AuthorizationCode]).await;
    assert!(alice.enters(&mut without, "shop").await.raw.get("refresh_token_timeout").is_none());
}

#[tokio::test]
async fn rfc6749_6_a_refresh_token_is_its_clients_alone_and_a_strangers_try_costs_it_nothing() {
    let (world, mut alice, mut desk) = shop().await;
    let mut other = world.client().await;
    let token = alice.enters(&mut desk, "shop").await.refresh_token.expect("one");
    assert_eq!(other.refresh(&token, &[]).await.json()["error"], "invalid_grant");
    let answer = desk.refresh(&token, &[]).await;
    assert_eq!(desk.tokens(&answer).await.text("org_slug"), "shop");
}

#[tokio::test]
async fn standards_3_24_without_grace_the_second_use_of_a_refresh_token_closes_its_family() {
    let world = World::with(|c| c.lifetimes.refresh_grace = Seconds(0)).await;
    let (mut alice, _) = world.person_with_accounts("alice@example.test", ["Shop"]).await;
    let mut desk = world.client().await;
    let first = alice.enters(&mut desk, "shop").await.refresh_token.expect("one");
    let answer = desk.refresh(&first, &[]).await;
    let second = desk.tokens(&answer).await.refresh_token.expect("one");
    assert_eq!(desk.refresh(&first, &[]).await.json()["error"], "invalid_grant");
    assert_eq!(desk.refresh(&second, &[]).await.json()["error"], "invalid_grant");
    assert_eq!(world.audited("refresh_token.reused").await, 1);
}

#[tokio::test]
async fn rfc9068_2_2_and_rfc7662_2_2_what_an_access_token_says_and_when_it_ends() {
    let (world, mut alice, mut desk) = shop().await;
    let tokens = alice.enters(&mut desk, "shop").await;
    let claims = tokens.access_claims();
    let now = world.now().seconds();
    assert_eq!((claims["iss"].as_str(), claims["sub"].as_str()), (Some("http://localhost:8080"), Some(alice.id.as_str())));
    assert_eq!((claims["client_id"].as_str(), claims["aud"].as_str()), (Some(desk.client_id.as_str()), Some("http://localhost:8080")));
    assert_eq!((claims["iat"].as_i64(), claims["exp"].as_i64(), claims["auth_time"].as_i64()), (Some(now), Some(now + 300), Some(now)));
    assert_eq!((claims["acr"].as_str(), &claims["amr"]), (Some("urn:vestibule:acr:1fa"), &json!(["pwd"])));
    assert!(claims["jti"].as_str().is_some_and(|j| j.len() >= 16) && claims["gid"].is_string());
    let told = desk.introspect(&tokens.access_token).await;
    assert_eq!((told["active"].as_bool(), told["token_type"].as_str()), (Some(true), Some("Bearer")));
    for same in ["client_id", "exp", "iat", "jti", "sub", "aud", "iss", "org_id", "account_id"] {
        assert_eq!(told[same], claims[same], "{same}");
    }
    world.advance(Seconds(299));
    assert_eq!(desk.userinfo(&tokens.access_token).await.status, 200);
    world.advance(Seconds(1));
    assert_eq!(desk.introspect(&tokens.access_token).await, json!({"active": false}), "it has expired");
    let late = desk.userinfo(&tokens.access_token).await;
    assert!(late.status == 401 && late.headers["www-authenticate"].to_str().expect("text").contains("invalid_token"));
    let (token, mut app) = (tokens.access_token.clone(), world.browser());
    let api = app.bearer("/api/v1/me/accounts", &token).await;
    assert_eq!(api.status, 401);
}

#[tokio::test]
async fn rfc9728_the_api_says_whose_tokens_count_there() {
    let world = World::new().await;
    let mut app = world.browser();
    let refused = app.get("/api/v1/me/accounts").await;
    assert_eq!((refused.status.as_u16(), refused.headers["content-type"].to_str().expect("text")), (401, "application/problem+json"));
    let challenge = refused.headers["www-authenticate"].to_str().expect("text").to_owned();
    let at = challenge.split("resource_metadata=\"").nth(1).and_then(|t| t.split('"').next()).expect("RFC 9728 5.1").to_owned();
    let document = app.get(&at).await;
    let told = document.json();
    assert_eq!((told["resource"].as_str(), &told["authorization_servers"]), (Some("http://localhost:8080/api"), &json!(["http://localhost:8080"])));
    assert!(told["scopes_supported"].as_array().is_some_and(|s| s.contains(&json!("organizations"))) && document.headers["access-control-allow-origin"] == "*");
    assert!(!app.get("/userinfo").await.headers["www-authenticate"].to_str().expect("text").contains("resource_metadata"), "UserInfo is another resource");
}

#[tokio::test]
async fn t34_a_code_stays_in_the_company_it_was_issued_for_whatever_is_said_with_it() {
    let (_world, mut alice, mut desk) = shop().await;
    let code = code_for(&mut alice, &desk, &[]).await;
    let answer = desk.exchange(&code, &[("organization", "depot")]).await;
    assert_eq!(desk.tokens(&answer).await.text("org_slug"), "shop");
}

#[tokio::test]
async fn rfc6749_5_2_there_is_no_password_grant() {
    let (_world, _, mut desk) = shop().await;
    for grant in ["password", "implicit", "urn:ietf:params:oauth:grant-type:jwt-bearer", "PASSWORD"] {
        let answer = desk.post("/token", &[("grant_type", grant), ("username", "alice@example.test"), ("password", crate::support::PASSWORD)]).await;
        assert_eq!((answer.status.as_u16(), answer.json()["error"].as_str()), (400, Some("unsupported_grant_type")), "{grant}");
    }
}

#[tokio::test]
async fn a_refresh_never_changes_company_and_the_refusal_uses_nothing_up() {
    let (_world, mut alice, mut desk) = shop().await;
    let tokens = alice.enters(&mut desk, "shop").await;
    let token = tokens.refresh_token.clone().expect("one");
    let refused = desk.refresh(&token, &[("organization", "depot")]).await.json();
    assert_eq!(refused["error"], "interaction_required");
    assert_eq!(refused["error_uri"], "http://localhost:8080/errors/switch-needs-browser");
    let answer = desk.refresh(&token, &[("organization", "shop")]).await;
    assert_eq!(desk.tokens(&answer).await.text("org_slug"), "shop", "naming the current one is a plain refresh");
}

#[tokio::test]
async fn decision_33_two_identities_with_two_companies_each_refresh_in_two_tabs_and_one_signs_out() {
    let world = World::new().await;
    let (mut alice, _) = world.person_with_accounts("alice@example.test", ["Shop", "Depot"]).await;
    let (bob, _) = world.person_with_accounts("bob@example.test", ["Mill", "Farm"]).await;
    let mut desk = world.client().await;
    let at_shop = alice.enters(&mut desk, "shop").await;
    // In the same browser Bob is added by "use another identity".
    let page = alice.follows(&desk, &[("prompt", "select_account")]).await;
    let page = alice.browser.submit(&page, "/identity", &[]).await;
    assert!(page.has_form("/sign-in"), "{}", page.body);
    let mut both = bob.clone();
    both.browser = alice.browser.clone();
    let page = both.types_password(&page).await;
    assert_eq!(page.text("h1"), "Choose an account", "{}", page.body);
    assert_eq!(page.count("section"), 2, "grouped by identity");
    let mill = both.switches_to(&mut desk, "mill").await;
    let depot = both.switches_to(&mut desk, "depot").await;
    let farm = both.switches_to(&mut desk, "farm").await;
    assert_eq!(mill.text("sub"), bob.id.as_str());
    assert_eq!(depot.text("sub"), alice.id.as_str());
    // Two tabs in two companies, refreshing in turn, stay where they are (threats.md T43).
    let mut tabs = [(at_shop.refresh_token.expect("one"), "shop"), (farm.refresh_token.expect("one"), "farm")];
    for _ in 0..3 {
        for (token, company) in &mut tabs {
            let answer = desk.refresh(token, &[]).await;
            let tokens = desk.tokens(&answer).await;
            assert_eq!(tokens.text("org_slug"), *company);
            *token = tokens.refresh_token.expect("one");
        }
    }
    let out = format!("/end_session?id_token_hint={}", mill.id_token.expect("one"));
    let page = both.browser.open(&out).await;
    assert_eq!(page.text("h1"), "You are signed out");
    // Design.md 5.4: whoever stays is named, and may leave too.
    assert!(page.has_form("/sign-out") && page.text("main").contains("alice@example.test"), "{}", page.text("main"));
    assert_eq!(desk.refresh(&tabs[1].0, &[]).await.json()["error"], "invalid_grant", "Bob is out, with all his app sessions");
    assert_eq!(desk.refresh(&tabs[0].0, &[]).await.status, 200, "Alice still works");
    assert_eq!(both.follows(&desk, &[("organization", "shop"), ("prompt", "none")]).await.redirect_parameters().get("error"), None);
    assert_eq!(both.follows(&desk, &[("organization", "mill"), ("prompt", "none")]).await.redirect_parameters()["error"], "access_denied");
}

#[tokio::test]
async fn id_tokens_are_signed_with_the_clients_algorithm() {
    let (world, mut alice, _) = shop().await;
    for algorithm in SigningAlgorithm::ALL {
        let mut desk = world.client_with(|m| m.id_token_signed_response_alg = algorithm).await;
        let tokens = alice.enters(&mut desk, "shop").await;
        let jwks = desk.http.get("/jwks").await.json();
        let (claims, header) = verify(tokens.id_token.as_ref().expect("one"), &jwks).expect("verifies");
        assert_eq!(header["alg"], algorithm.as_str());
        assert_eq!(claims["at_hash"], vestibule::crypto::at_hash(algorithm, &tokens.access_token));
        let (_, header) = verify(&tokens.access_token, &jwks).expect("verifies");
        assert_eq!((header["alg"].as_str(), header["typ"].as_str()), (Some("ES256"), Some("at+jwt")), "RFC 9068 2.1");
    }
}

#[tokio::test]
async fn core_8_pairwise_and_account_subjects() {
    let (world, mut alice, _) = shop().await;
    let mut pairwise = world.client_with(|m| m.subject_type = SubjectType::Pairwise).await;
    let mut same_sector = world.client_with(|m| m.subject_type = SubjectType::Pairwise).await;
    let mut other_sector = world
        .client_with(|m| {
            m.subject_type = SubjectType::Pairwise;
            m.redirect_uris = vec![vestibule::types::RedirectUri::parse("https://other.example.test/cb").expect("a URI")];
        })
        .await;
    let mut by_account = world.client_with(|m| m.subject_of = SubjectOf::Account).await;
    let first = alice.enters(&mut pairwise, "shop").await;
    assert_ne!(first.text("sub"), alice.id.as_str());
    assert_eq!(alice.enters(&mut pairwise, "depot").await.text("sub"), first.text("sub"), "the person, whatever the company");
    assert_eq!(alice.enters(&mut same_sector, "shop").await.text("sub"), first.text("sub"));
    assert_ne!(alice.enters(&mut other_sector, "shop").await.text("sub"), first.text("sub"));
    let tokens = alice.enters(&mut by_account, "shop").await;
    assert_eq!(tokens.text("sub"), tokens.text("account_id"));
    assert_eq!(by_account.userinfo(&tokens.access_token).await.json()["sub"], tokens.text("account_id"), "Core 5.3.2: the same subject");
}

#[tokio::test]
async fn rfc8707_one_token_is_for_one_api() {
    let (world, mut alice, _) = shop().await;
    let api = "https://api.example.test/v1";
    let resource = Resource {
        identifier: api.into(),
        name: "Stock".into(),
        algorithm: SigningAlgorithm::EdDSA,
        scopes: vec![("stock.read".into(), "See stock".into())],
        permissions: vec![],
    };
    actions::add_resource(&world.app, AddResource(resource), &Origin::default(), world.now()).await.expect("no fault").expect("added");
    let mut desk = world.client_with(|m| m.scope = ScopeSet::parse("openid email stock.read")).await;
    let mut bare = world.client().await;
    let mut api_server = world.client_with(|m| m.serves = vec![api.into()]).await;
    // A client gets no scope that it was not registered for, whatever API it names.
    let code = code_for(&mut alice, &bare, &[("resource", api), ("scope", "openid stock.read")]).await;
    assert_eq!(bare.exchange(&code, &[]).await.json().get("scope"), None);
    let code = code_for(&mut alice, &desk, &[("resource", api), ("scope", "openid email stock.read")]).await;
    let answer = desk.exchange(&code, &[]).await;
    let tokens = desk.tokens(&answer).await;
    assert_eq!(tokens.access_claims()["aud"], api);
    assert_eq!(tokens.raw["scope"], "stock.read");
    let jwks = desk.http.get("/jwks").await.json();
    assert_eq!(verify(&tokens.access_token, &jwks).expect("verifies").1["alg"], "EdDSA");
    assert_eq!(api_server.introspect(&tokens.access_token).await["active"], true, "the API may look");
    assert_eq!(world.client().await.introspect(&tokens.access_token).await, json!({"active": false}), "others may not");
    assert_eq!(desk.userinfo(&tokens.access_token).await.status, 401, "it is not for us");
    let answer = desk.refresh(tokens.refresh_token.as_ref().expect("one"), &[("resource", "http://localhost:8080")]).await;
    let ours = desk.tokens(&answer).await;
    assert_eq!(desk.userinfo(&ours.access_token).await.json()["email"], "alice@example.test");
    let refused = desk.refresh(ours.refresh_token.as_ref().expect("one"), &[("resource", "https://else.example.test")]).await;
    assert_eq!(refused.json()["error"], "invalid_target");
    let unknown = alice.follows(&desk, &[("resource", "https://else.example.test")]).await.redirect_parameters();
    assert_eq!(unknown["error"], "invalid_target");
}

#[tokio::test]
async fn rfc6749_4_4_machines_get_tokens_for_companies_they_are_listed_for() {
    let world = World::new().await;
    world.company("Shop").await;
    world.company("Depot").await;
    let machine = |m: &mut vestibule::protocol::ClientMetadata| {
        m.grant_types = vec![GrantType::ClientCredentials];
        m.scope = ScopeSet::parse("jobs.run");
        m.token_endpoint_auth_method = ClientAuthMethod::ClientSecretPost;
    };
    let mut worker = world.client_for(machine, Some(vec!["shop".into()])).await;
    let secret = worker.secret.take().expect("one");
    let mut ask = async |extra: &[(&str, &str)]| {
        let mut fields = vec![("grant_type", "client_credentials"), ("client_secret", secret.as_str())];
        fields.extend_from_slice(extra);
        worker.post("/token", &fields).await.json()
    };
    let plain = ask(&[]).await;
    assert_eq!((plain["scope"].as_str(), plain["token_type"].as_str()), (Some("jobs.run"), Some("Bearer")));
    assert!(plain.get("refresh_token").is_none() && plain.get("id_token").is_none());
    assert!(ask(&[("organization", "shop")]).await["access_token"].is_string());
    assert_eq!(ask(&[("organization", "depot")]).await["error"], "access_denied", "decisions.md 17: listed only");
    assert_eq!(ask(&[("scope", "jobs.run other")]).await["error"], "invalid_scope");
    let mut desk = world.client().await;
    assert_eq!(desk.post("/token", &[("grant_type", "client_credentials")]).await.json()["error"], "unauthorized_client");
    assert_eq!(world.audited("token.issued").await, 2);
    let part = plain["access_token"].as_str().and_then(|t| t.split('.').nth(1)).expect("a JWT");
    let claims: serde_json::Value =
        serde_json::from_slice(&base64::Engine::decode(&base64::engine::general_purpose::URL_SAFE_NO_PAD, part).expect("base64url")).expect("claims");
    assert_eq!((claims["sub"].as_str(), claims["client_id"].as_str()), (Some(worker.client_id.as_str()), Some(worker.client_id.as_str())), "decisions.md 17");
    assert!(claims.get("org_id").is_none() && claims.get("auth_time").is_none());
}

#[tokio::test]
async fn core_5_3_userinfo_by_get_by_post_with_header_and_by_post_with_body() {
    let (_world, mut alice, mut desk) = shop().await;
    let tokens = alice.enters(&mut desk, "shop").await;
    let get = desk.userinfo(&tokens.access_token).await.json();
    assert_eq!(get["sub"], tokens.claims["sub"]);
    let header = axum::http::Request::post("/userinfo")
        .header("authorization", format!("bEaReR {}", tokens.access_token))
        .body(axum::body::Body::empty())
        .expect("a request");
    assert_eq!(desk.http.send(header).await.json(), get);
    desk.secret = None;
    assert_eq!(desk.post("/userinfo", &[("access_token", &tokens.access_token)]).await.json(), get);
    let none = desk.http.get("/userinfo").await;
    assert_eq!(
        (none.status.as_u16(), none.headers["www-authenticate"].to_str().expect("text")),
        (401, "Bearer realm=\"vestibule\""),
        "RFC 6750 3.1: no error code without credentials"
    );
    let bad = desk.userinfo("not-a-token").await;
    assert_eq!(bad.status, 401);
    assert!(bad.headers["www-authenticate"].to_str().expect("text").contains("error=\"invalid_token\""));
    let as_access = desk.userinfo(tokens.id_token.as_ref().expect("one")).await;
    assert_eq!(as_access.status, 401, "an ID token is no access token");
}

#[tokio::test]
async fn rfc7009_revoking_one_access_token_or_a_whole_family() {
    let (world, mut alice, mut desk) = shop().await;
    let mut other = world.client().await;
    let tokens = alice.enters(&mut desk, "shop").await;
    let refresh = tokens.refresh_token.clone().expect("one");
    assert_eq!(other.post("/revoke", &[("token", "unknown")]).await.status, 200, "RFC 7009 2.2");
    for token in [&tokens.access_token, &refresh] {
        assert_eq!(other.post("/revoke", &[("token", token)]).await.json()["error"], "unauthorized_client", "RFC 7009 2.1");
    }
    assert_eq!(desk.userinfo(&tokens.access_token).await.status, 200, "a foreign client revoked nothing");
    assert_eq!(desk.post("/revoke", &[("token", &tokens.access_token), ("token_type_hint", "refresh_token")]).await.status, 200);
    assert_eq!(desk.userinfo(&tokens.access_token).await.status, 401);
    let answer = desk.refresh(&refresh, &[]).await;
    let next = desk.tokens(&answer).await;
    assert_eq!(desk.introspect(next.refresh_token.as_ref().expect("one")).await["active"], true);
    assert_eq!(desk.post("/revoke", &[("token", next.refresh_token.as_ref().expect("one"))]).await.status, 200);
    assert_eq!(desk.userinfo(&next.access_token).await.status, 401);
    assert_eq!(desk.introspect(next.refresh_token.as_ref().expect("one")).await, json!({"active": false}));
    assert_eq!(desk.refresh(next.refresh_token.as_ref().expect("one"), &[]).await.json()["error"], "invalid_grant");
}

#[tokio::test]
async fn rfc7009_2_1_a_public_client_revokes_its_own_tokens_and_nobody_elses() {
    let (world, mut alice, mut desk) = shop().await;
    let mut app = world.client_with(|m| m.token_endpoint_auth_method = ClientAuthMethod::None).await;
    let (own, foreign) = (alice.enters(&mut app, "shop").await, alice.enters(&mut desk, "shop").await);
    assert_eq!(app.post("/revoke", &[("token", &foreign.access_token)]).await.json()["error"], "unauthorized_client");
    assert_eq!(desk.userinfo(&foreign.access_token).await.status, 200);
    assert_eq!(app.post("/revoke", &[("token", own.refresh_token.as_ref().expect("one"))]).await.status, 200);
    assert_eq!(app.userinfo(&own.access_token).await.status, 401);
    assert_eq!(app.refresh(own.refresh_token.as_ref().expect("one"), &[]).await.json()["error"], "invalid_grant");
}

#[tokio::test]
async fn client_authentication_is_exactly_the_registered_method() {
    let (world, mut alice, desk) = shop().await;
    let code = code_for(&mut alice, &desk, &[]).await;
    let mut wrong = desk.clone();
    wrong.secret = Some("wrong".into());
    let refused = wrong.exchange(&code, &[]).await;
    assert_eq!((refused.status.as_u16(), refused.json()["error"].as_str()), (401, Some("invalid_client")));
    assert!(refused.headers["www-authenticate"].to_str().expect("text").starts_with("Basic"));
    let mut public = desk.clone();
    public.secret = None;
    assert_eq!(public.exchange(&code, &[]).await.json()["error"], "invalid_client");
    let secret = desk.secret.clone().expect("one");
    let mut post = desk.clone();
    post.secret = None;
    assert_eq!(post.exchange(&code, &[("client_secret", &secret)]).await.json()["error"], "invalid_client", "registered for basic");
    let mut both = desk.clone();
    assert_eq!(both.exchange(&code, &[("client_secret", &secret)]).await.json()["error"], "invalid_request", "RFC 6749 2.3: one method");
    let mut app = world.client_with(|m| m.token_endpoint_auth_method = ClientAuthMethod::None).await;
    let code = code_for(&mut alice, &app, &[]).await;
    assert_eq!(app.exchange(&code, &[]).await.status, 200, "a public client with PKCE");
    assert_eq!(app.post("/introspect", &[("token", "x")]).await.json()["error"], "invalid_client");
}

#[tokio::test]
async fn apps_without_companies_get_tokens_without_one() {
    let (world, mut alice, _) = shop().await;
    let mut plain = world.client_with(|m| m.organization_usage = OrganizationUsage::Deny).await;
    let page = alice.follows(&plain, &[]).await;
    let answer = alice.goes_through(page, None).await;
    let tokens = plain.complete(&answer).await;
    assert!(!tokens.claims.contains_key("org_id") && !tokens.claims.contains_key("account_id"));
    let asked = alice.follows(&plain, &[("organization", "shop")]).await.redirect_parameters();
    assert_eq!((asked["error"].as_str(), asked["error_uri"].as_str()), ("invalid_request", "http://localhost:8080/errors/organization-not-allowed"));
    let mut nobody = world.person("lone@example.test").await;
    let mut allow = world.client_with(|m| m.organization_usage = OrganizationUsage::Allow).await;
    let page = nobody.follows(&allow, &[]).await;
    let answer = nobody.goes_through(page, None).await;
    assert!(!allow.complete(&answer).await.claims.contains_key("org_id"), "with or without");
    assert!(!VERIFIER.is_empty());
}

#[tokio::test]
async fn standards_3_23_pages_of_the_clients_origins_may_read_tokens_and_others_may_not() {
    let (_world, mut alice, mut desk) = shop().await;
    let tokens = alice.enters(&mut desk, "shop").await;
    for (origin, allowed) in [("https://app.example.test", true), ("https://evil.example.test", false)] {
        let request = axum::http::Request::get("/userinfo")
            .header("origin", origin)
            .header("authorization", format!("Bearer {}", tokens.access_token))
            .body(axum::body::Body::empty())
            .expect("a request");
        let answer = desk.http.send(request).await;
        assert_eq!(answer.headers.get("access-control-allow-origin").map(|h| h == origin).unwrap_or(false), allowed, "{origin}");
        assert!(answer.headers.get("access-control-allow-credentials").is_none());
    }
    assert_eq!(desk.http.get("/jwks").await.headers["access-control-allow-origin"], "*");
    assert!(desk.http.get("/sign-in").await.headers.get("access-control-allow-origin").is_none());
    // The preflight cannot know the client: it lets the attempt be made, without credentials, where scripts have business.
    for (path, open) in [("/token", true), ("/userinfo", true), ("/revoke", true), ("/api/v1/me/accounts", true), ("/introspect", false), ("/authorize", false)]
    {
        let request = axum::http::Request::options(path)
            .header("origin", "https://app.example.test")
            .header("access-control-request-method", "POST")
            .header("access-control-request-headers", "authorization")
            .body(axum::body::Body::empty())
            .expect("a request");
        let answer = desk.http.send(request).await;
        let named = |name: &str| answer.headers.get(name).and_then(|v| v.to_str().ok()).unwrap_or_default().to_owned();
        assert_eq!(named("access-control-allow-origin") == "https://app.example.test", open, "{path}");
        assert_eq!(named("access-control-allow-headers").contains("Authorization"), open, "{path}");
        assert!(answer.headers.get("access-control-allow-credentials").is_none());
    }
}

#[tokio::test]
async fn standards_3_24_a_repetition_that_asks_for_something_else_is_reuse() {
    let (world, mut alice, mut desk) = shop().await;
    let first = alice.enters(&mut desk, "shop").await.refresh_token.expect("one");
    let answer = desk.refresh(&first, &[]).await;
    let second = desk.tokens(&answer).await.refresh_token.expect("one");
    assert_eq!(desk.refresh(&first, &[("scope", "openid")]).await.json()["error"], "invalid_grant");
    assert_eq!(desk.refresh(&second, &[]).await.json()["error"], "invalid_grant");
    assert_eq!(world.audited("refresh_token.reused").await, 1);
}

#[tokio::test]
async fn core_5_5_single_claims_need_the_consent_and_the_registration_of_their_scopes() {
    let (world, mut alice, mut desk) = shop().await;
    alice.enters(&mut desk, "shop").await;
    let claims = r#"{"userinfo":{"email":null,"given_name":null}}"#;
    let mut bare = world.client_with(|m| m.scope = ScopeSet::parse("openid")).await;
    let page = alice.follows(&bare, &[("organization", "shop"), ("scope", "openid"), ("claims", claims)]).await;
    let answer = alice.goes_through(page, None).await;
    let tokens = bare.complete(&answer).await;
    let info = bare.userinfo(&tokens.access_token).await.json();
    assert!(info.get("email").is_none() && info.get("given_name").is_none(), "{info}");
    let mut other = world.client().await;
    let page = alice.follows(&other, &[("organization", "shop"), ("scope", "openid")]).await;
    let answer = alice.goes_through(page, None).await;
    other.complete(&answer).await;
    let page = alice.follows(&other, &[("organization", "shop"), ("scope", "openid"), ("claims", claims)]).await;
    assert!(page.text(".scopes").contains("email address"), "the page says what is asked: {}", page.text("main"));
    let answer = alice.goes_through(page, None).await;
    let tokens = other.complete(&answer).await;
    assert_eq!(other.userinfo(&tokens.access_token).await.json()["email"], "alice@example.test");
}

#[tokio::test]
async fn the_address_never_stands_in_for_a_name() {
    let world = World::new().await;
    let wish = actions::AddPerson {
        email: "plain@example.test".parse().ok(),
        verified: true,
        password: Some(vestibule::types::Secret::new(crate::support::PASSWORD.into())),
        ..Default::default()
    };
    let mut plain = world.actor(wish, "plain@example.test").await;
    world.company("Shop").await;
    world.account(&plain, "shop", AccountKind::Member).await;
    let mut desk = world.client().await;
    let page = plain.follows(&desk, &[("scope", "openid profile")]).await;
    let answer = plain.goes_through(page, None).await;
    let tokens = desk.complete(&answer).await;
    assert!(!desk.userinfo(&tokens.access_token).await.body.contains("plain@"));
}

#[tokio::test]
async fn decision_21_notices_are_written_when_app_sessions_end() {
    let (world, mut alice, _) = shop().await;
    let mut desk = world.client_with(|m| m.backchannel_logout_uri = vestibule::types::RedirectUri::parse("https://app.example.test/logout").ok()).await;
    let tokens = alice.enters(&mut desk, "shop").await;
    alice.enters(&mut desk, "depot").await;
    let account = tokens.text("account_id").parse().expect("an account");
    actions::end_account(&world.app, &account, &Origin::default(), world.now()).await.expect("no fault").expect("ended");
    let home = alice.browser.open("/").await;
    alice.browser.submit(&home, "/sign-out", &[("identity", "")]).await;
    let mut tx = world.app.store.begin().await.expect("a transaction");
    let waiting = vestibule::store::outbox::take_due(&mut tx, vestibule::store::outbox::Kind::Logout, 10, Seconds(1), world.now()).await.expect("read");
    assert_eq!(waiting.len(), 2, "one for each app session");
    assert!(waiting[0].payload.contains(tokens.text("sid")));
}
