//! The audit log shows whether it is as it was written, and forgets when its time is over (threats.md T53, T54).

use vestibule::actions::{self, Verified};
use vestibule::store::Tx;
use vestibule::types::Seconds;

use crate::support::World;

/// Does to the log what only somebody at the database can.
async fn tampers(world: &World, statement: &'static str) {
    let mut tx = world.app.store.begin().await.expect("a transaction");
    match &mut tx {
        Tx::Sqlite(inner) => sqlx::query(statement).execute(&mut **inner).await.map(drop),
        Tx::Postgres(inner) => sqlx::query(statement).execute(&mut **inner).await.map(drop),
    }
    .expect("a write");
    tx.commit().await.expect("committed");
}

async fn verified(world: &World) -> Verified {
    actions::verify_audit(&world.app, None).await.expect("no fault")
}

/// A log with two seals.
async fn sealed() -> World {
    let world = World::new().await;
    for name in ["alice@example.test", "bob@example.test"] {
        let mut person = world.person(name).await;
        person.is_home().await;
        world.advance(Seconds::minutes(10));
        assert!(actions::seal_audit(&world.app, world.now()).await.expect("no fault") > 0);
    }
    world
}

#[tokio::test]
async fn t53_whoever_changes_removes_or_slips_in_an_event_is_found_out() {
    for (statement, broken) in [
        ("update audit_event set reason = 'nothing' where kind = 'sign_in.accepted'", 1),
        ("update audit_event set identity_id = 'idn_somebody' where id = (select max(id) from audit_event)", 2),
        ("delete from audit_event where id = (select min(id) from audit_event)", 1),
        ("delete from audit_event where id = (select max(id) from audit_event)", 2),
        ("insert into audit_event (id, at, kind) values ('0', 1, 'sign_in.accepted')", 1),
        ("update audit_seal set digest = 'made up' where seq = 1", 1),
        ("delete from audit_seal where seq = 1", 1),
    ] {
        let world = sealed().await;
        let before = verified(&world).await;
        assert!(before.broken.is_none() && (before.seals, before.waiting) == (2, 0) && before.events >= 4, "{before:?}");
        tampers(&world, statement).await;
        assert_eq!(verified(&world).await.broken, Some(broken), "{statement}");
    }
}

#[tokio::test]
async fn t53_a_chain_that_was_made_anew_does_not_know_the_head_that_was_kept() {
    let world = sealed().await;
    let head = verified(&world).await.head.expect("a head");
    assert!(actions::verify_audit(&world.app, Some(&head)).await.expect("no fault").known);
    tampers(&world, "delete from audit_event where kind = 'sign_in.accepted'").await;
    tampers(&world, "delete from audit_seal").await;
    actions::seal_audit(&world.app, world.now()).await.expect("no fault");
    assert!(verified(&world).await.broken.is_none());
    assert!(!actions::verify_audit(&world.app, Some(&head)).await.expect("no fault").known);
}

#[tokio::test]
async fn what_just_happened_waits_and_two_nodes_make_one_chain() {
    let world = sealed().await;
    let mut carol = world.person("carol@example.test").await;
    carol.is_home().await;
    assert_eq!(actions::seal_audit(&world.app, world.now()).await.expect("no fault"), 0);
    assert!(verified(&world).await.waiting > 0);
    world.advance(Seconds::minutes(10));
    let other = world.second_node().await;
    let (here, there) = tokio::join!(actions::seal_audit(&world.app, world.now()), actions::seal_audit(&other.app, world.now()));
    assert!(here.expect("no fault") + there.expect("no fault") > 0);
    let found = verified(&world).await;
    assert!(found.broken.is_none() && (found.seals, found.waiting) == (3, 0), "{found:?}");
}

#[tokio::test]
async fn old_events_go_with_their_seal_and_the_chain_still_holds() {
    let world = World::with(|c| c.audit_keep_days = Some(30)).await;
    let mut alice = world.person("alice@example.test").await;
    alice.is_home().await;
    world.advance(Seconds::days(20));
    actions::seal_audit(&world.app, world.now()).await.expect("no fault");
    let mut bob = world.person("bob@example.test").await;
    bob.is_home().await;
    world.advance(Seconds::days(15));
    actions::seal_audit(&world.app, world.now()).await.expect("no fault");
    let before = verified(&world).await;
    assert_eq!(actions::erase_old_audit(&world.app, world.now()).await.expect("no fault"), 1);
    let found = verified(&world).await;
    assert!(found.broken.is_none() && (found.seals, found.erased) == (1, 1) && found.events < before.events && found.head == before.head, "{found:?}");
    assert_eq!(actions::erase_old_audit(&world.app, world.now()).await.expect("no fault"), 0);
    // Nothing comes back under a seal whose events have gone.
    tampers(&world, "insert into audit_event (id, at, kind) values ('0', 1, 'sign_in.accepted')").await;
    assert_eq!(verified(&world).await.broken, Some(1));
}

#[tokio::test]
async fn t54_a_closed_sign_in_leaves_a_nameless_id_and_no_address_in_the_log() {
    let world = sealed().await;
    tampers(&world, "update audit_event set address = '192.0.2.7'").await;
    assert!(verified(&world).await.broken.is_none(), "addresses are not under the seal");
    let bob = vestibule::store::identities::known_as(&world.app.store.db, &vestibule::domain::SignInName::typed("bob@example.test")).await.expect("a read")[0]
        .id
        .clone();
    let mut tx = world.app.store.begin().await.expect("a transaction");
    vestibule::store::audit_seals::forget_addresses(&mut tx, &bob).await.expect("a write");
    tx.commit().await.expect("committed");
    let left = vestibule::store::audit::addresses_of(&world.app.store.db, &bob).await.expect("a read");
    assert_eq!(left, 0);
    assert!(verified(&world).await.broken.is_none());
}
