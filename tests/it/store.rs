//! The store suite: what both engines must do alike.

use vestibule::domain::{Method, Proof, Proofs, ThrottleKey, Via};
use vestibule::store::codes::{self, CodeToken};
use vestibule::store::{
    AuditEvent, Begin, ExchangeCode, IssueCode, NewSession, RotateFamily, Tx, config_version, grants, mail_links, outbox, sessions, throttles,
};
use vestibule::types::{AccountId, AppSessionId, BrowserSessionId, GrantId, OpaqueToken, RowId, Seconds};

use crate::support::{Actor, RelyingApp, World};

struct Bench {
    world: World,
    alice: Actor,
    account: AccountId,
    desk: RelyingApp,
}

impl Bench {
    async fn new() -> Self {
        let world = World::new().await;
        let (alice, [account]) = world.person_with_accounts("alice@example.test", ["Shop"]).await;
        let desk = world.client().await;
        Self { world, alice, account, desk }
    }
    fn event(&self, kind: &'static str) -> AuditEvent {
        AuditEvent::new(RowId::mint(self.world.now(), &mut self.world.app.rng()), kind, self.world.now())
    }
    fn issue(&self, code: &CodeToken, session: &BrowserSessionId) -> IssueCode {
        let (now, mut rng) = (self.world.now(), self.world.app.rng());
        IssueCode {
            app_session_id: AppSessionId::mint(now, &mut rng),
            browser_session_id: session.clone(),
            client_id: self.desk.client_id.clone(),
            identity_id: self.alice.id.clone(),
            account_id: Some(self.account.clone()),
            via: IssueCode::via(&Via::Own),
            origin_account_id: None,
            grant_id: GrantId::mint(now, &mut rng),
            scope: "openid".into(),
            offline: false,
            claims: "{}".into(),
            resources: "[]".into(),
            auth_time: now.seconds(),
            acr: "urn:vestibule:acr:1fa".into(),
            amr: "pwd".into(),
            proofs: "[]".into(),
            code_id: code.selector().clone(),
            verifier_digest: code.verifier_digest().as_str().to_owned(),
            redirect_uri: "https://app.example.test/callback".into(),
            code_challenge: None,
            nonce: None,
            expires_at: (now + Seconds(60)).seconds(),
            interaction_id: None,
            now: now.seconds(),
        }
    }
    fn token(&self) -> CodeToken {
        OpaqueToken::mint(RowId::mint(self.world.now(), &mut self.world.app.rng()), &mut self.world.app.rng())
    }
    fn exchange(&self, code: &CodeToken, grant: &GrantId) -> ExchangeCode {
        let (now, mut rng) = (self.world.now(), self.world.app.rng());
        ExchangeCode {
            code_id: code.selector().clone(),
            verifier_digest: code.verifier_digest().as_str().to_owned(),
            grant_id: grant.clone(),
            client_id: self.desk.client_id.clone(),
            account_id: Some(self.account.clone()),
            subject: "sub".into(),
            family_id: Some(RowId::mint(now, &mut rng)),
            family_digest: Some("f".into()),
            first_digest: Some("d1".into()),
            family_expires_at: Some((now + Seconds::days(1)).seconds()),
            now: now.seconds(),
        }
    }
    /// A browser that Alice is signed in to.
    async fn session(&self) -> BrowserSessionId {
        let token = OpaqueToken::mint(BrowserSessionId::mint(self.world.now(), &mut self.world.app.rng()), &mut self.world.app.rng());
        let proofs = Proofs::default().with(Proof { method: Method::Password, at: self.world.now() });
        let opened = Some(NewSession::of(&token, self.world.now() + Seconds::days(1)));
        self.world.app.store.hot.begin(Begin { session: opened, interaction: None, now: self.world.now().seconds() }).await.expect("opened");
        let mut tx = self.world.app.store.begin().await.expect("a transaction");
        sessions::sign_in(&mut tx, token.selector(), &self.alice.id, &proofs, None, self.world.now()).await.expect("signed in");
        tx.commit().await.expect("committed");
        token.selector().clone()
    }
}

#[tokio::test]
async fn decision_36_the_same_code_many_times_at_once_is_won_once() {
    let b = Bench::new().await;
    let hot = &b.world.app.store.hot;
    let (code, session) = (b.token(), b.session().await);
    let issue = b.issue(&code, &session);
    let grant = issue.grant_id.clone();
    hot.issue_code(issue, b.event("issued")).await.expect("issued");
    let tasks: Vec<_> = (0..40)
        .map(|_| {
            let (hot, op, event) = (hot.clone(), b.exchange(&code, &grant), b.event("exchanged"));
            tokio::spawn(async move { hot.exchange_code(op, event).await.expect("answered") })
        })
        .collect();
    let mut won = 0;
    for task in tasks {
        won += usize::from(task.await.expect("no panic"));
    }
    assert_eq!(won, 1);
    assert_eq!(b.world.audited("exchanged").await, 1, "only what took place is in the log");
    assert!(codes::presented(&b.world.app.store.db, &code).await.expect("a read").expect("the code").used_at.is_some());
}

#[tokio::test]
async fn decision_36_one_failing_row_fails_none_of_its_neighbours() {
    let b = Bench::new().await;
    let hot = b.world.app.store.hot.clone();
    let code = b.token();
    let session = b.session().await;
    hot.issue_code(b.issue(&code, &session), b.event("issued")).await.expect("issued");
    let mut rows = Vec::new();
    for n in 0..30 {
        // The tenth repeats a key, which no database takes.
        let token = if n == 10 { code.clone() } else { b.token() };
        rows.push((b.issue(&token, &b.session().await), b.event("neighbour")));
    }
    // Somebody holds the one write connection until all have asked, so that they stand in one batch.
    let held = b.world.app.store.begin().await.expect("a transaction");
    let tasks: Vec<_> = rows
        .into_iter()
        .map(|(op, event)| {
            tokio::spawn({
                let hot = hot.clone();
                async move { hot.issue_code(op, event).await }
            })
        })
        .collect();
    tokio::task::yield_now().await;
    drop(held);
    for (n, task) in tasks.into_iter().enumerate() {
        assert_eq!(task.await.expect("no panic").is_err(), n == 10, "{n}");
    }
    assert_eq!(b.world.audited("neighbour").await, 29);
}

#[tokio::test]
async fn decision_36_ten_answers_to_one_interaction_at_once_give_one_code() {
    let b = Bench::new().await;
    let store = &b.world.app.store;
    let session = b.session().await;
    let interaction = vestibule::actions::begin_interaction(&b.world.app, Some(&session), vestibule::store::interactions::Purpose::Home, b.world.now()).await;
    let interaction = interaction.expect("begun");
    let codes: Vec<_> = (0..10).map(|_| b.token()).collect();
    let rows: Vec<_> = codes
        .iter()
        .map(|code| (vestibule::store::IssueCode { interaction_id: Some(interaction.clone()), ..b.issue(code, &session) }, b.event("issued")))
        .collect();
    let held = store.begin().await.expect("a transaction");
    let ask = |(op, event)| {
        let hot = store.hot.clone();
        tokio::spawn(async move { hot.issue_code(op, event).await.expect("answered") })
    };
    let tasks: Vec<_> = rows.into_iter().map(ask).collect();
    tokio::task::yield_now().await;
    drop(held);
    let (mut won, mut there) = (0, 0);
    for (task, code) in tasks.into_iter().zip(&codes) {
        let wins = task.await.expect("no panic");
        assert_eq!(codes::presented(&store.db, code).await.expect("a read").is_some(), wins, "a code for the tab that won, and none for the others");
        won += usize::from(wins);
        there += 1;
    }
    assert_eq!((won, there), (1, 10));
    assert_eq!(b.world.audited("issued").await, 1);
}

#[tokio::test]
async fn closing_waits_for_what_was_asked_for() {
    let b = Bench::new().await;
    if b.world.app.store.db.engine() != "sqlite" {
        // PostgreSQL has no queue of ours: whoever writes has a connection, and a pool waits for those.
        return;
    }
    let node = b.world.second_node().await;
    let hot = node.app.store.hot.clone();
    let tasks: Vec<_> = (0..50)
        .map(|_| {
            let (hot, event) = (hot.clone(), b.event("last words"));
            tokio::spawn(async move { hot.append(event).await })
        })
        .collect();
    tokio::task::yield_now().await;
    node.app.store.close().await;
    for task in tasks {
        task.await.expect("no panic").expect("written");
    }
    assert_eq!(b.world.audited("last words").await, 50);
}

#[tokio::test]
async fn decision_36_a_caller_that_goes_away_takes_nobody_with_it() {
    let b = Bench::new().await;
    let hot = b.world.app.store.hot.clone();
    let session = b.session().await;
    for _ in 0..5 {
        let op = b.issue(&b.token(), &session);
        drop(tokio::time::timeout(std::time::Duration::ZERO, hot.issue_code(op, b.event("dropped"))).await);
    }
    let code = b.token();
    hot.issue_code(b.issue(&code, &session), b.event("stayed")).await.expect("issued");
    assert!(codes::presented(&b.world.app.store.db, &code).await.expect("a read").is_some());
}

#[tokio::test]
async fn one_app_session_serves_every_code_of_the_same_four() {
    let b = Bench::new().await;
    let hot = &b.world.app.store.hot;
    let session = b.session().await;
    let mut sids = std::collections::BTreeSet::new();
    for _ in 0..3 {
        let code = b.token();
        hot.issue_code(b.issue(&code, &session), b.event("issued")).await.expect("issued");
        sids.insert(codes::presented(&b.world.app.store.db, &code).await.expect("a read").expect("the code").grant.sid);
    }
    assert_eq!(sids.len(), 1);
    let code = b.token();
    hot.issue_code(b.issue(&code, &b.session().await), b.event("issued")).await.expect("issued");
    sids.insert(codes::presented(&b.world.app.store.db, &code).await.expect("a read").expect("the code").grant.sid);
    assert_eq!(sids.len(), 2, "another browser, another app session");
}

#[tokio::test]
async fn a_closed_grant_lets_no_code_and_no_refresh_token_be_used() {
    let b = Bench::new().await;
    let store = &b.world.app.store;
    let (code, session) = (b.token(), b.session().await);
    let issue = b.issue(&code, &session);
    let grant = issue.grant_id.clone();
    store.hot.issue_code(issue, b.event("issued")).await.expect("issued");
    let op = b.exchange(&code, &grant);
    let family = op.family_id.clone().expect("one");
    assert!(store.hot.exchange_code(op, b.event("exchanged")).await.expect("answered"));
    let rotate = |generation: i64, old: &str, new: &str| RotateFamily {
        family_id: family.clone(),
        generation,
        old_digest: old.into(),
        new_generation: generation + 1,
        new_digest: new.into(),
        successor_sealed: None,
        now: b.world.now().seconds(),
    };
    assert!(store.hot.rotate(rotate(1, "d1", "d2"), b.event("rotated")).await.expect("answered"));
    assert!(!store.hot.rotate(rotate(1, "d1", "d3"), b.event("rotated")).await.expect("answered"), "once");
    assert!(!store.hot.rotate(rotate(2, "wrong", "d3"), b.event("rotated")).await.expect("answered"));
    let mut tx = store.begin().await.expect("a transaction");
    assert!(grants::close(&mut tx, &grant, "test", b.world.now()).await.expect("closed"));
    assert!(!grants::close(&mut tx, &grant, "test", b.world.now()).await.expect("closed"), "once");
    tx.commit().await.expect("committed");
    assert!(!store.hot.rotate(rotate(2, "d2", "d3"), b.event("rotated")).await.expect("answered"));
    assert_eq!(b.world.audited("rotated").await, 1);
}

#[tokio::test]
async fn a_mail_link_is_used_once_and_not_after_its_time() {
    let b = Bench::new().await;
    let store = &b.world.app.store;
    let token = b.token();
    let mut tx = store.begin().await.expect("a transaction");
    mail_links::add(&mut tx, mail_links::Purpose::SetPassword, &token, &b.alice.id, "alice@example.test", b.world.now() + Seconds(60), b.world.now())
        .await
        .expect("added");
    tx.commit().await.expect("committed");
    assert!(mail_links::presented(&store.db, mail_links::Purpose::SetPassword, &token, b.world.now()).await.expect("a read").is_some());
    assert!(mail_links::presented(&store.db, mail_links::Purpose::SetPassword, &token, b.world.now() + Seconds(60)).await.expect("a read").is_none());
    let mut tx = store.begin().await.expect("a transaction");
    assert!(mail_links::consume(&mut tx, mail_links::Purpose::SetPassword, token.selector(), b.world.now()).await.expect("used").is_some());
    assert!(mail_links::consume(&mut tx, mail_links::Purpose::SetPassword, token.selector(), b.world.now()).await.expect("used").is_none());
}

#[tokio::test]
async fn a_failure_is_counted_only_by_who_saw_the_latest_state() {
    let b = Bench::new().await;
    let store = &b.world.app.store;
    let key = ThrottleKey::name("alice");
    let mut tx = store.begin().await.expect("a transaction");
    for n in 1..4 {
        let seen = throttles::state(&mut tx, &key).await.expect("a read");
        assert!(throttles::count(&mut tx, &key, &seen, b.world.now()).await.expect("counted"));
        assert!(!throttles::count(&mut tx, &key, &seen, b.world.now() + Seconds(1)).await.expect("counted"), "overtaken");
        assert_eq!(throttles::state(&mut tx, &key).await.expect("a read").failures, n);
    }
    let seen = throttles::state(&mut tx, &key).await.expect("a read");
    assert!(throttles::count(&mut tx, &key, &seen, b.world.now() + Seconds::days(2)).await.expect("counted"));
    assert_eq!(throttles::state(&mut tx, &key).await.expect("a read").failures, 1, "a quiet day forgets");
}

#[tokio::test]
async fn nobody_who_was_signed_out_meanwhile_gets_a_code() {
    let b = Bench::new().await;
    let store = &b.world.app.store;
    let session = b.session().await;
    let mut tx = store.begin().await.expect("a transaction");
    sessions::sign_out(&mut tx, &session, &b.alice.id, b.world.now()).await.expect("signed out");
    tx.commit().await.expect("committed");
    let code = b.token();
    assert!(!store.hot.issue_code(b.issue(&code, &session), b.event("issued")).await.expect("answered"));
    assert!(codes::presented(&store.db, &code).await.expect("a read").is_none());
    assert_eq!(b.world.audited("issued").await, 0);
}

#[tokio::test]
async fn the_outbox_gives_each_mail_to_one_node_at_a_time() {
    let b = Bench::new().await;
    let store = &b.world.app.store;
    let now = b.world.now();
    let mut tx = store.begin().await.expect("a transaction");
    for _ in 0..3 {
        outbox::put(&mut tx, &RowId::mint(now, &mut b.world.app.rng()), outbox::Kind::Mail, "{}", now).await.expect("put");
    }
    let first = outbox::take_due(&mut tx, outbox::Kind::Mail, 2, Seconds(60), now).await.expect("taken");
    let second = outbox::take_due(&mut tx, outbox::Kind::Mail, 2, Seconds(60), now).await.expect("taken");
    assert_eq!((first.len(), second.len()), (2, 1));
    outbox::delivered(&mut tx, &first[0].id, now).await.expect("marked");
    outbox::failed(&mut tx, &first[1].id, "refused", now + Seconds(30)).await.expect("marked");
    let later = outbox::take_due(&mut tx, outbox::Kind::Mail, 9, Seconds(60), now + Seconds(30)).await.expect("taken");
    assert_eq!(later.iter().map(|o| o.attempts).collect::<Vec<_>>(), [1], "the failed one, after its pause");
}

#[tokio::test]
async fn decision_24_every_acknowledged_write_is_durable() {
    let b = Bench::new().await;
    let level = b.world.app.store.db.durability().await.expect("a read");
    assert!(level == "synchronous=2, journal_mode=wal" || level == "synchronous_commit=on", "{level}");
}

#[tokio::test]
async fn decision_22_another_process_adds_a_client_while_the_server_runs() {
    let b = Bench::new().await;
    let command_line = b.world.second_node().await;
    let before = config_version::current(&b.world.app.store.db).await.expect("a read");
    let mut added = command_line.client().await;
    assert!(config_version::current(&b.world.app.store.db).await.expect("a read") > before);
    assert!(b.world.app.refresh_caches().await.expect("no fault"));
    added.http = b.world.browser();
    let mut alice = b.alice.clone();
    assert_eq!(alice.enters(&mut added, "shop").await.text("org_slug"), "shop");
    // A rotated secret counts within a turn of the worker.
    let secret = vestibule::actions::rotate_secret(&command_line.app, &added.client_id, None, &Default::default(), b.world.now())
        .await
        .expect("no fault")
        .expect("made");
    added.secret = Some(secret.expose().clone());
    assert_eq!(added.introspect("x").await["error"], "invalid_client");
    assert!(b.world.app.refresh_caches().await.expect("no fault"));
    assert_eq!(added.introspect("x").await["active"], false);
}

#[tokio::test]
async fn decision_36_a_full_queue_says_so_at_once_and_what_was_taken_is_written() {
    let b = Bench::new().await;
    let store = &b.world.app.store;
    if store.db.engine() != "sqlite" {
        // PostgreSQL has no queue of ours: callers wait for a connection of the pool.
        return;
    }
    let mut machine = b
        .world
        .client_with(|m| {
            m.grant_types = vec![vestibule::protocol::GrantType::ClientCredentials];
            m.scope = vestibule::types::ScopeSet::parse("jobs.run");
        })
        .await;
    // Somebody holds the one write connection, so the writer cannot begin.
    let held = store.begin().await.expect("a transaction");
    let tasks: Vec<_> = (0..5000)
        .map(|_| {
            let (hot, event) = (store.hot.clone(), b.event("queued"));
            tokio::spawn(async move { hot.append(event).await })
        })
        .collect();
    // Until all of them asked, and the places that the writer's first batch left are taken too.
    let full = async || {
        let asked = tokio::time::timeout(std::time::Duration::ZERO, store.hot.append(b.event("filler"))).await;
        matches!(asked, Ok(Err(vestibule::store::WriteRefused::Busy)))
    };
    let mut turns_full = 0;
    while turns_full < 20 {
        turns_full = if full().await { turns_full + 1 } else { 0 };
        tokio::task::yield_now().await;
    }
    // An app meanwhile gets no token without its event: it is told when to come back.
    let refused = machine.post("/token", &[("grant_type", "client_credentials")]).await;
    assert_eq!((refused.status.as_u16(), refused.json()["error"].as_str()), (503, Some("temporarily_unavailable")));
    assert!(refused.headers["retry-after"].to_str().expect("text").parse::<u32>().is_ok());
    drop(held);
    let (mut written, mut busy) = (0, 0);
    for task in tasks {
        match task.await.expect("no panic") {
            Ok(()) => written += 1,
            Err(vestibule::store::WriteRefused::Busy) => busy += 1,
            Err(e) => panic!("{e}"),
        }
    }
    assert_eq!(b.world.audited("queued").await, written);
    store.hot.settle().await;
    let places = written + b.world.audited("filler").await;
    assert!(busy > 0 && places >= 4096, "{busy} told to come back, {places} written");
}

#[tokio::test]
async fn people_are_found_by_the_beginning_of_what_they_are_called_and_forgotten_with_their_name() {
    let world = World::new().await;
    let add = async |email: &str, given: &str, family: &str| {
        let text = |t: &str| vestibule::types::DisplayText::parse(t).ok();
        let wish = vestibule::actions::AddPerson {
            email: vestibule::types::EmailAddress::parse(email).ok(),
            verified: true,
            given_name: text(given),
            family_name: text(family),
            ..Default::default()
        };
        vestibule::actions::add_person(&world.app, wish, |t| t.to_owned(), &Default::default(), world.now()).await.expect("no fault").expect("added")
    };
    let emile = add("emile@example.test", "Émile", "Zola").await;
    let anna = add("anna@example.test", "Anna", "Émond").await;
    let found = async |text: &str| {
        let all = vestibule::store::identities::search(&world.app.store.db, text, None, 10).await.expect("a read");
        all.into_iter().map(|f| f.id).collect::<std::collections::BTreeSet<_>>()
    };
    // By name, last name, address and id, whatever the case and however an accent is written.
    for (text, who) in [
        ("ÉM", vec![&anna, &emile]),
        ("e\u{301}mile z", vec![&emile]),
        ("zola", vec![&emile]),
        ("ANNA@", vec![&anna]),
        (emile.as_str(), vec![&emile]),
        ("ola", vec![]),
        ("", vec![&anna, &emile]),
    ] {
        assert_eq!(found(text).await, who.iter().map(|w| w.to_string()).collect(), "{text}");
    }
    let mut tx = world.app.store.begin().await.expect("a transaction");
    let profile = vestibule::domain::Profile { given_name: Some("Emil".into()), ..Default::default() };
    vestibule::store::identities::set_profile(&mut tx, &emile, &profile, world.now()).await.expect("written");
    tx.commit().await.expect("committed");
    assert_eq!((found("zola").await.len(), found("emil").await.len()), (0, 1));
}

#[tokio::test]
async fn companies_are_found_by_the_beginning_of_any_word_and_by_the_name_they_have_now() {
    use vestibule::store::companies::{self, NewCompany};
    use vestibule::types::{CompanyId, DisplayText, Slug};
    let world = World::new().await;
    let id = CompanyId::mint(world.now(), &mut world.app.rng());
    let company = |name: &str, slug: &str| NewCompany {
        id: id.clone(),
        name: DisplayText::parse(name).expect("a name"),
        slug: Slug::parse(slug).expect("a slug"),
        region: "eu".into(),
        publicly_named: false,
        logo: None,
    };
    let found = async |text: &str| companies::page(&world.app.store.db, Some(text), None, 10).await.expect("a read").iter().any(|c| c.id == id);
    let mut tx = world.app.store.begin().await.expect("a transaction");
    companies::add(&mut tx, &company("Société \"L'Été & Fils\" (Nord-Est)", "ete-77"), world.now()).await.expect("a write").expect("added");
    tx.commit().await.expect("committed");
    for text in ["", "SOC", "socie\u{301}te\u{301}", "été & f", "fils", "nord-e", "est", "ete", "77", "l'", id.as_str()] {
        assert!(found(text).await, "{text}");
    }
    for text in ["ociété", "t-77", "ils", "%", "_", "est)x", " - "] {
        assert!(!found(text).await, "{text}");
    }
    let mut tx = world.app.store.begin().await.expect("a transaction");
    companies::change(&mut tx, &company("Autumn", "autumn"), world.now()).await.expect("a write").expect("changed");
    tx.commit().await.expect("committed");
    assert!(found("aut").await && !found("fils").await && !found("77").await);
}

/// What stood there before a migration is found as what was added after it.
#[tokio::test]
async fn companies_from_before_their_search_are_found_like_new_ones() {
    const SQL: &str = include_str!("../../migrations/0029_company_search.sql");
    let world = World::new().await;
    world.company("Nord-Est-77").await;
    let words = async || {
        let mut tx = world.app.store.begin().await.expect("a transaction");
        let all: Vec<(String, String)> = match &mut tx {
            Tx::Sqlite(t) => sqlx::query_as("select word, company_id from company_word order by word, company_id").fetch_all(&mut **t).await,
            Tx::Postgres(t) => sqlx::query_as("select word, company_id from company_word order by word, company_id").fetch_all(&mut **t).await,
        }
        .expect("words");
        all
    };
    let now = words().await;
    assert_eq!(now.len(), 3, "{now:?}");
    let mut tx = world.app.store.begin().await.expect("a transaction");
    for sql in ["drop table company_word", SQL] {
        match &mut tx {
            Tx::Sqlite(t) => sqlx::raw_sql(sql).execute(&mut **t).await.map(drop),
            Tx::Postgres(t) => sqlx::raw_sql(sql).execute(&mut **t).await.map(drop),
        }
        .expect("done");
    }
    tx.commit().await.expect("committed");
    assert_eq!(words().await, now);
}

#[tokio::test]
async fn who_waits_too_long_is_told_to_come_again_in_their_own_way() {
    let world = World::with(|c| c.longest_request = std::time::Duration::from_millis(300)).await;
    if world.app.store.db.engine() != "sqlite" {
        // There nobody can hold the one connection that all writes wait for.
        return;
    }
    let alice = world.person("alice@example.test").await;
    let mut desk = world.client().await;
    let mut browser = world.browser();
    let page = browser.open("/sign-in").await;
    let held = world.app.store.begin().await.expect("a transaction");
    let (action, mut fields) = page.form("/sign-in");
    fields.retain(|(n, _)| n == "csrf");
    fields.extend([("identifier".to_owned(), alice.name.clone()), ("password".to_owned(), "a wrong password".to_owned())]);
    let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
    let request = axum::http::Request::post(action)
        .header("content-type", "application/x-www-form-urlencoded")
        .header("sec-fetch-site", "same-origin")
        .header("accept", "text/html,application/xhtml+xml")
        .header("accept-language", "fr")
        .body(body.into())
        .expect("a request");
    let late = browser.send(request).await;
    assert_eq!((late.status.as_u16(), late.headers["content-language"].to_str().expect("text")), (503, "fr"));
    assert!(!late.text("h1").is_empty() && late.headers.contains_key("retry-after"));
    let late = desk.post("/revoke", &[("token", "x.1.AAAA")]).await;
    assert!(late.status == 200 || late.json()["error"] == "temporarily_unavailable", "{}", late.body);
    drop(held);
}

#[tokio::test]
async fn reads_at_once_wait_for_each_other_and_those_that_are_given_up_leave_nothing_behind() {
    let b = Bench::new().await;
    let store = &b.world.app.store;
    let (code, session) = (b.token(), b.session().await);
    store.hot.issue_code(b.issue(&code, &session), b.event("issued")).await.expect("issued");
    let id = codes::presented(&store.db, &code).await.expect("a read").expect("a code").grant.id;
    // Together with whoever asks the same, and each alone.
    let read = |n: usize| {
        let (db, code, id) = (store.db.clone(), code.clone(), id.clone());
        tokio::spawn(async move {
            match n % 4 {
                0 | 1 => codes::presented(&db, &code).await.expect("a read").is_some(),
                _ => grants::find(&db, &id).await.expect("a read").is_some(),
            }
        })
    };
    let tasks: Vec<_> = (0..300).map(read).collect();
    for task in tasks.iter().step_by(2) {
        task.abort();
    }
    for _ in 0..50 {
        drop(tokio::time::timeout(std::time::Duration::ZERO, codes::presented(&store.db, &code)).await);
        drop(tokio::time::timeout(std::time::Duration::ZERO, grants::find(&store.db, &id)).await);
    }
    for task in tasks.into_iter().skip(1).step_by(2) {
        assert!(task.await.expect("no panic"), "the right row, whoever gave up before");
    }
    assert!(read(0).await.expect("no panic") && read(2).await.expect("no panic"));
    let node = b.world.second_node().await;
    node.app.store.close().await;
    assert!(codes::presented(&node.app.store.db, &code).await.is_err() && grants::find(&node.app.store.db, &id).await.is_err(), "closed is closed");
    assert!(read(0).await.expect("no panic") && read(2).await.expect("no panic"), "and the other node's are not");
}

#[tokio::test]
async fn whoever_reads_at_once_gets_their_own_and_nobody_elses() {
    let b = Bench::new().await;
    let store = &b.world.app.store;
    let mut asked = Vec::new();
    for n in 0..100 {
        let (code, session) = (b.token(), b.session().await);
        let nonce = format!("n{n}");
        let mut row = b.issue(&code, &session);
        row.nonce = Some(nonce.clone());
        store.hot.issue_code(row, b.event("issued")).await.expect("issued");
        asked.push((code, Some(nonce)));
        asked.push((b.token(), None));
    }
    let answers = futures_util::future::join_all(asked.iter().map(|(code, _)| codes::presented(&store.db, code))).await;
    for ((_, nonce), answer) in asked.iter().zip(answers) {
        assert_eq!(answer.expect("a read").map(|code| code.nonce), nonce.clone().map(Some));
    }
}

/// Every row of a table as text, by the columns that it had.
#[expect(clippy::disallowed_methods, reason = "the names are those of our own schema")]
async fn rows_of(connection: &mut sqlx::SqliteConnection, table: &str, columns: &str) -> Vec<String> {
    let statement = format!("select json_array({columns}) from {table} order by 1");
    sqlx::query_scalar(sqlx::AssertSqlSafe(statement)).fetch_all(connection).await.expect("rows")
}

#[tokio::test]
#[expect(clippy::disallowed_methods, reason = "the names are those of our own schema")]
async fn what_was_there_is_there_after_sqlite_keeps_its_tables_in_another_way() {
    use sqlx::{ConnectOptions, Connection};
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("old.sqlite").display().to_string();
    // Foreign keys are kept by us here: every key of the old rows is the same word.
    let alone = sqlx::sqlite::SqliteConnectOptions::new().filename(&path).create_if_missing(true).foreign_keys(false);
    let mut old = alone.connect().await.expect("a file");
    sqlx::migrate!("./migrations").run_to(30, &mut old).await.expect("the schema as it was");
    let tables: Vec<String> =
        sqlx::query_scalar("select name from sqlite_master where type = 'table' and name not like '\\_%' escape '\\' and name not like 'sqlite%'")
            .fetch_all(&mut old)
            .await
            .expect("tables");
    let mut before = Vec::new();
    for table in &tables {
        let columns: Vec<(String, String)> =
            sqlx::query_as("select name, type from pragma_table_info($1)").bind(table).fetch_all(&mut old).await.expect("columns");
        let value = |(name, kind): &(String, String)| match (table.as_str(), name.as_str(), kind.as_str()) {
            ("account", "kind", _) => "'member'",
            ("client", "companies", _) => "'all'",
            ("link", "to_account_id", _) => "'y'",
            ("link", "proved_by", _) => "'grant'",
            ("invitation", "kind", _) => "'link'",
            ("authenticator", "kind", _) => "'totp'",
            (_, "ended_at" | "disabled_at", _) => "null",
            (_, _, "TEXT") => "'x'",
            _ => "1",
        };
        let names = columns.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>().join(", ");
        let values = columns.iter().map(value).collect::<Vec<_>>().join(", ");
        let insert = format!("insert or ignore into {table} ({names}) values ({values})");
        sqlx::query(sqlx::AssertSqlSafe(insert)).execute(&mut old).await.expect("a row");
        let rows = rows_of(&mut old, table, &names).await;
        assert!(!rows.is_empty(), "{table}");
        before.push((table, names, rows));
    }
    old.close().await.expect("closed");

    let url = vestibule::config::DatabaseUrl::Sqlite(path.clone());
    let store = vestibule::store::Store::open(&url).await.expect("it opens");
    store.close().await;
    let mut new = alone.connect().await.expect("the same file");
    for (table, names, rows) in before {
        assert_eq!(rows_of(&mut new, table, &names).await, rows, "{table}");
    }
    let kept: Vec<String> =
        sqlx::query_scalar("select name from sqlite_master where type = 'table' and sql like '%without rowid'").fetch_all(&mut new).await.expect("tables");
    assert!(kept.contains(&"account".to_owned()) && kept.contains(&"audit_event".to_owned()) && kept.len() == 16, "{kept:?}");
    // The link to 'y' is the only thing that never was right.
    let broken: Vec<(String, String)> = sqlx::query_as("select \"table\", parent from pragma_foreign_key_check").fetch_all(&mut new).await.expect("a check");
    assert_eq!(broken, [("link".to_owned(), "account".to_owned())], "what names a rebuilt table finds its row there");
    for (id, username, address) in [("y", Some("x"), None), ("y", None, Some("x"))] {
        let twice = sqlx::query("insert into identity (id, username_key, login_email_key, credential_epoch, created_at) values ($1, $2, $3, 1, 1)");
        let said = twice.bind(id).bind(username).bind(address).execute(&mut new).await;
        assert!(said.is_err_and(|e| e.as_database_error().is_some_and(|e| e.is_unique_violation())), "{username:?} {address:?}");
    }
    let whole: String = sqlx::query_scalar("pragma integrity_check").fetch_one(&mut new).await.expect("a check");
    assert_eq!(whole, "ok");
}
