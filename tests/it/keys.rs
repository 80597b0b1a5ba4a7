//! Rotation without an unknown key for anyone (decisions.md 35).

use serde_json::Value;
use vestibule::actions;
use vestibule::types::Seconds;

use crate::support::relying_app::verify;
use crate::support::{Actor, RelyingApp, World};

/// A relying app that fetches the JWKS only when its copy is older than its max-age, whatever `kid` it meets.
struct Caching {
    jwks: Value,
    fetched_at: i64,
}

impl Caching {
    async fn verifies(&mut self, world: &World, desk: &mut RelyingApp, token: &str) {
        let answer = desk.http.get("/jwks").await;
        let max_age: i64 = answer.headers["cache-control"].to_str().expect("text").rsplit('=').next().expect("a number").parse().expect("a number");
        if world.now().seconds() - self.fetched_at >= max_age {
            self.jwks = answer.json();
            self.fetched_at = world.now().seconds();
        }
        verify(token, &self.jwks).unwrap_or_else(|e| panic!("{e} at {}", world.now().seconds()));
    }
}

/// Enters at every node after each step, and verifies with a copy of the JWKS that is as old as it may be: the tokens of now, and all from before
/// that have not expired.
async fn walk(world: &World, nodes: &[&World], rotate: impl AsyncFn(&World), steps: &[Seconds]) {
    let (mut alice, _): (Actor, _) = world.person_with_accounts("alice@example.test", ["Shop"]).await;
    let mut desk = world.client().await;
    let mut app = Caching { jwks: desk.http.get("/jwks").await.json(), fetched_at: world.now().seconds() };
    let mut kids = std::collections::BTreeSet::new();
    let mut living: Vec<(i64, String)> = Vec::new();
    for (n, step) in steps.iter().enumerate() {
        let node = nodes[n % nodes.len()];
        rotate(node).await;
        for other in nodes {
            other.app.refresh_caches().await.expect("no fault");
            desk.http = other.browser();
            alice.browser = {
                let mut b = other.browser();
                b.cookies = alice.browser.cookies.clone();
                b
            };
            let tokens = alice.enters(&mut desk, "shop").await;
            for (token, lifetime) in [(tokens.id_token.clone().expect("one"), 600), (tokens.access_token.clone(), 300)] {
                kids.insert(token.split('.').next().expect("a header").to_owned());
                living.push((world.now().seconds() + lifetime, token));
            }
            living.retain(|(expires, _)| *expires > world.now().seconds());
            for (_, token) in &living {
                app.verifies(world, &mut desk, token).await;
            }
            // A token signed before any number of rotations still counts while it lives.
            assert_eq!(desk.userinfo(&tokens.access_token).await.status, 200);
        }
        world.advance(*step);
    }
    assert!(kids.len() >= 8, "three rotations of two algorithms make four keys of each: {}", kids.len());
}

/// Every hundred seconds, twelve times.
const OFTEN: [Seconds; 12] = [Seconds(100); 12];

#[tokio::test]
async fn by_command_as_soon_as_it_is_allowed() {
    let world = World::new().await;
    let refused = actions::rotate_keys(&world.app, false, world.now()).await.expect("no fault");
    assert!(refused.is_err(), "the next key was published a moment ago");
    world.advance(Seconds(300));
    walk(
        &world,
        &[&world],
        async |node| {
            let _ = actions::rotate_keys(&node.app, false, node.now()).await.expect("no fault");
        },
        &OFTEN,
    )
    .await;
}

/// From a little before each of three due days to a little after it in steps shorter than a JWKS may be kept.
fn around_three_due_days() -> Vec<Seconds> {
    let mut steps = Vec::new();
    for _ in 0..3 {
        steps.push(Seconds(Seconds::days(90).0 - if steps.is_empty() { 600 } else { 1400 }));
        steps.extend([Seconds(100); 14]);
    }
    steps
}

async fn as_scheduled(node: &World) {
    actions::rotate_keys_if_due(&node.app, node.now()).await.expect("no fault");
}

#[tokio::test]
async fn by_schedule() {
    let world = World::new().await;
    walk(&world, &[&world], as_scheduled, &around_three_due_days()).await;
}

#[tokio::test]
async fn by_schedule_on_two_nodes() {
    let world = World::new().await;
    let other = world.second_node().await;
    walk(&world, &[&world, &other], as_scheduled, &around_three_due_days()).await;
}

#[tokio::test]
async fn on_two_nodes_at_once() {
    let world = World::new().await;
    let other = world.second_node().await;
    world.advance(Seconds(300));
    walk(
        &world,
        &[&world, &other],
        async |node| {
            let _ = actions::rotate_keys(&node.app, false, node.now()).await.expect("no fault");
        },
        &OFTEN,
    )
    .await;
}

#[tokio::test]
async fn forced_rotation_is_possible_and_old_hints_are_still_read() {
    let world = World::new().await;
    let (mut alice, _) = world.person_with_accounts("alice@example.test", ["Shop"]).await;
    let mut desk = world.client().await;
    let hint = alice.enters(&mut desk, "shop").await.id_token.expect("one");
    for _ in 0..3 {
        actions::rotate_keys(&world.app, true, world.now()).await.expect("no fault").expect("forced");
        world.advance(Seconds::hours(3));
    }
    let kid = |token: &str| {
        String::from_utf8_lossy(
            &base64::Engine::decode(&base64::engine::general_purpose::URL_SAFE_NO_PAD, token.split('.').next().expect("a header")).expect("base64url"),
        )
        .into_owned()
    };
    let jwks = desk.http.get("/jwks").await.json();
    assert!(jwks["keys"].as_array().expect("keys").iter().all(|k| !kid(&hint).contains(k["kid"].as_str().expect("a kid"))), "retired keys leave the JWKS");
    let out = alice.browser.open(&format!("/end_session?id_token_hint={hint}&post_logout_redirect_uri=https://app.example.test/bye")).await;
    assert_eq!(out.location(), Some("https://app.example.test/bye"));
}
