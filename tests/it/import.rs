//! People, companies and accounts that exist elsewhere: taken over as they are, told what will happen first, and given back.

use std::io::Cursor;

use vestibule::actions::{self, ImportFormat, ImportReport, ImportWish};
use vestibule::protocol::ConsentPolicy;
use vestibule::store::{identities, imports};

use crate::support::{Actor, World};

/// The password behind every hash of the fixtures, which other programs made.
const THEIRS: &str = "correct horse battery staple";

const PEOPLE: &str = include_str!("fixtures/people.jsonl");
const KEYCLOAK: &str = include_str!("fixtures/keycloak-realm.json");
const AUTH0: &str = include_str!("fixtures/auth0.jsonl");

async fn import(world: &World, format: ImportFormat, text: &str, file: Option<&str>, dry_run: bool) -> ImportReport {
    let records = actions::import_records(format, Cursor::new(text.to_owned())).expect("a file");
    let wish = ImportWish { source: "test".into(), file: file.map(str::to_owned), dry_run };
    actions::import(&world.app, &wish, records, |_| {}, &Default::default(), world.now()).await.expect("no fault")
}

/// Somebody who signs in with the password that they had elsewhere.
async fn signs_in(world: &World, name: &str) -> (Actor, bool) {
    let mut actor = world.person(&format!("somebody-else-{}@example.test", world.audited("identity.added").await)).await;
    actor.browser = world.browser();
    let page = actor.browser.open("/sign-in").await;
    let answer = actor.browser.submit(&page, "/sign-in", &[("identifier", name), ("password", THEIRS)]).await;
    let home = answer.has_form("/sign-out");
    (actor, home)
}

async fn hash_of(world: &World, name: &str) -> String {
    let found = identities::meant_by(&world.app.store.db, &vestibule::domain::SignInName::typed(name)).await.expect("a read").expect("somebody");
    found.password_hash.expect("a hash")
}

#[tokio::test]
async fn people_come_with_their_passwords_roles_and_the_subjects_that_apps_knew() {
    let world = World::new().await;
    let mut desk = world.client_with(|m| m.consent = ConsentPolicy::Implicit).await;
    let text = PEOPLE.replace("CLIENT", desk.client_id.as_str());
    let report = import(&world, ImportFormat::JsonLines, &text, None, false).await;
    assert_eq!((report.records, report.companies, report.roles, report.people, report.accounts), (13, 1, 1, 5, 3), "{report:?}");
    assert_eq!((report.refused, report.without_password), (6, 1), "{report:?}");
    let reasons: Vec<(i64, &str)> = report.refusals.iter().map(|r| (r.record, r.reason.split(':').next().unwrap_or_default())).collect();
    assert_eq!(reasons[..5], [(8, "username"), (9, "email"), (10, "company"), (11, "roles"), (12, "a person needs an external_id, a username or an email")]);
    assert_eq!(report.same_email, [("ann@example.test".to_owned(), 2)]);
    // Each kind of hash works once, and is today's after it.
    for (name, before) in [("ann", "$2b$"), ("ben@example.test", "$scrypt$"), ("cleo", "$pbkdf2-sha512$")] {
        assert!(hash_of(&world, name).await.starts_with(before), "{name}");
        let (mut actor, home) = signs_in(&world, name).await;
        assert!(home, "{name}");
        assert!(hash_of(&world, name).await.starts_with("$argon2id$"), "{name}");
        let page = actor.follows(&desk, &[("organization", "shop")]).await;
        let tokens = desk.complete(&page).await;
        match name {
            "ann" => assert_eq!(tokens.claims["roles"], serde_json::json!(["clerk"])),
            "ben@example.test" => {
                assert_eq!((tokens.text("aud_sub"), &tokens.access_claims()["permissions"]), ("legacy-ben", &serde_json::json!(["stock.write"])))
            }
            _ => assert!(tokens.claims.get("aud_sub").is_none()),
        }
        assert!(signs_in(&world, name).await.1, "{name} again");
    }
    // Who was switched off there is here; an odd name is kept.
    assert!(!signs_in(&world, "old name@elsewhere").await.1);
    let found = actions::find_people(&world.app, "old name@elsewhere", None, 5).await.expect("a read").0;
    assert!(found.len() == 1 && found[0].disabled_at.is_some() && !found[0].has_password);
    // The same file again changes nothing.
    let again = import(&world, ImportFormat::JsonLines, &text, None, false).await;
    assert_eq!((again.people, again.accounts, again.companies, again.roles, again.people_there, again.accounts_there), (0, 0, 0, 0, 5, 3), "{again:?}");
}

#[tokio::test]
async fn a_dry_run_says_what_would_happen_and_does_nothing_of_it() {
    let world = World::new().await;
    let client = world.client().await.client_id;
    let text = PEOPLE.replace("CLIENT", client.as_str());
    let said = import(&world, ImportFormat::JsonLines, &text, Some("f"), true).await;
    assert_eq!(imports::checkpoint(&world.app.store.db, "f").await.expect("a read"), 0);
    assert!(actions::find_people(&world.app, "", None, 5).await.expect("a read").0.is_empty());
    let done = import(&world, ImportFormat::JsonLines, &text, Some("f"), false).await;
    assert_eq!(said, done, "what was said is what happened");
}

#[tokio::test]
async fn a_run_that_was_interrupted_goes_on_where_it_was() {
    let world = World::new().await;
    let line = |n: usize| format!("{{\"type\":\"person\",\"username\":\"u{n}\"}}\n");
    let all: String = (0..1203).map(line).collect();
    // The first run breaks off in the middle of its third batch: what was committed before stays.
    let records = actions::import_records(ImportFormat::JsonLines, Cursor::new(all.clone())).expect("a file");
    let wish = ImportWish { source: "test".into(), file: Some("big".into()), dry_run: false };
    let stops = std::sync::atomic::AtomicUsize::new(0);
    let broken = records.inspect(|_| assert!(stops.fetch_add(1, std::sync::atomic::Ordering::SeqCst) < 1100, "pulled the plug"));
    let origin = Default::default();
    let run = actions::import(&world.app, &wish, broken, |_| {}, &origin, world.now());
    let broke = futures_util::FutureExt::catch_unwind(std::panic::AssertUnwindSafe(run)).await;
    assert!(broke.is_err());
    assert_eq!(imports::checkpoint(&world.app.store.db, "big").await.expect("a read"), 1000);
    let rest = import(&world, ImportFormat::JsonLines, &all, Some("big"), false).await;
    assert_eq!((rest.records, rest.people, rest.people_there), (1203, 203, 0));
    let nothing = import(&world, ImportFormat::JsonLines, &all, Some("big"), false).await;
    assert_eq!((nothing.records, nothing.people, nothing.people_there), (1203, 0, 0));
}

#[tokio::test]
async fn a_realm_of_keycloak_comes_with_its_organizations_and_passwords() {
    let world = World::new().await;
    let report = import(&world, ImportFormat::Keycloak, KEYCLOAK, None, false).await;
    assert_eq!((report.companies, report.people, report.accounts, report.refused), (1, 4, 2, 0), "{report:?}");
    for name in ["fay", "gus@example.test", "ida"] {
        assert!(signs_in(&world, name).await.1, "{name}");
    }
    assert!(!signs_in(&world, "hal").await.1, "he was switched off");
    let fay = actions::find_people(&world.app, "fay@example.test", None, 5).await.expect("a read").0;
    let view = actions::support_view(&world.app, &fay[0].id.parse().expect("an id")).await.expect("a read").expect("there");
    assert_eq!((fay[0].family_name.as_deref(), view.accounts[0].company.slug.as_str()), (Some("Moor"), "acme-ltd"));
}

#[tokio::test]
async fn users_of_auth0_come_from_either_of_its_exports() {
    let world = World::new().await;
    let report = import(&world, ImportFormat::Auth0, AUTH0, None, false).await;
    assert_eq!((report.people, report.without_password, report.refused), (2, 1, 1), "{report:?}");
    assert!(report.refusals[0].reason.contains("nothing to sign in with"), "Kim proved nothing there: {report:?}");
    assert!(signs_in(&world, "jo@example.test").await.1);
    let lou = actions::find_people(&world.app, "lou@example.test", None, 5).await.expect("a read").0;
    assert_eq!((lou[0].given_name.as_deref(), lou[0].email_verified_at.is_some()), (Some("Lou"), true));
}

#[tokio::test]
async fn t08_an_import_takes_nobodys_name_and_locks_nobody_out() {
    let world = World::new().await;
    let mut victim = world.person("victim@example.test").await;
    let text = [
        // The address of somebody here for a username; one more sign-in that proved it; one that has nothing else.
        r#"{"type":"person","external_id":"1","username":"Victim@example.test","email":"thief@example.test","email_verified":true}"#,
        r#"{"type":"person","external_id":"2","username":"second","email":"victim@example.test","email_verified":true}"#,
        r#"{"type":"person","external_id":"3","email":"victim@example.test","email_verified":true}"#,
        r#"{"type":"person","external_id":"4","username":"IDN_0190"}"#,
        r#"{"type":"person","external_id":"5","email":"unproved@example.test"}"#,
        r#"{"type":"person","external_id":"\u0000","username":"nul"}"#,
        r#"{"type":"person","external_id":"6","username":"six"}"#,
        // A name without an id is nobody's id.
        r#"{"type":"person","username":"6"}"#,
    ];
    let report = import(&world, ImportFormat::JsonLines, &text.join("\n"), None, false).await;
    let refused: Vec<i64> = report.refusals.iter().map(|r| r.record).collect();
    assert_eq!((refused, report.people, report.addresses_unproved), (vec![1, 3, 4, 5, 6], 3, 2), "{report:?}");
    assert_eq!(report.odd_usernames, 0);
    assert_eq!(victim.is_home().await.status, 200, "who was here signs in as before");
    // Kept, and told: a name in the form of an address that is not its owner's, and one that mixes scripts.
    let odd = [
        r#"{"type":"person","external_id":"7","username":"someone@else.test","email":"seven@example.test","email_verified":true}"#,
        r#"{"type":"person","external_id":"8","username":"p\u0430ypal","email":"eight@example.test","email_verified":true}"#,
        r#"{"type":"person","external_id":"9","username":"nine@example.test","email":"nine@example.test","email_verified":true}"#,
    ];
    let report = import(&world, ImportFormat::JsonLines, &odd.join("\n"), None, false).await;
    assert_eq!((report.people, report.odd_usernames), (3, 2), "{report:?}");
    // A later file may say that somebody was switched off there; it never switches anybody on.
    let off = r#"{"type":"person","external_id":"6","username":"six","disabled":true}"#;
    let on = r#"{"type":"person","external_id":"6","username":"six"}"#;
    for line in [off, on] {
        assert_eq!(import(&world, ImportFormat::JsonLines, line, None, false).await.people_there, 1);
        assert!(actions::find_people(&world.app, "six", None, 5).await.expect("a read").0[0].disabled_at.is_some());
    }
    // An old slug of a company is not another company's.
    let shop = world.company("Shop").await;
    let renamed = actions::AddCompany {
        name: vestibule::types::DisplayText::parse("Shop").expect("a name"),
        slug: vestibule::types::Slug::parse("store").expect("a slug"),
        region: String::new(),
        publicly_named: false,
        logo: None,
        owner: None,
    };
    actions::change_company(&world.app, &shop, renamed, &Default::default(), world.now()).await.expect("no fault").expect("changed");
    let other = r#"{"type":"company","slug":"shop","name":"Another"}"#;
    assert!(import(&world, ImportFormat::JsonLines, other, None, false).await.refusals[0].reason.starts_with("slug"));
}

#[tokio::test]
async fn rows_of_a_table_are_people_with_one_account_each() {
    let world = World::new().await;
    world.company("Shop").await;
    world.company("Depot").await;
    let text = "external_id,email,email_verified,given_name,company,kind\n1,mia@example.test,true,Mia,shop,owner\n1,mia@example.test,true,Mia,depot,\n2,,false,,shop,king\n3,\"quoted, name\",x\n";
    let report = import(&world, ImportFormat::Csv, text, None, false).await;
    assert_eq!((report.people, report.people_there, report.accounts, report.refused), (1, 1, 2, 2), "{report:?}");
}

#[tokio::test]
async fn an_export_gives_the_same_form_back_with_hashes_only_when_asked() {
    let world = World::new().await;
    let client = world.client().await.client_id;
    import(&world, ImportFormat::JsonLines, &PEOPLE.replace("CLIENT", client.as_str()), None, false).await;
    let export = async |world: &World, with_passwords: bool| {
        let mut text = String::new();
        let written = actions::export(&world.app, with_passwords, |record| {
            text.push_str(&serde_json::to_string(record)?);
            text.push('\n');
            Ok(())
        });
        assert_eq!(written.await.expect("no fault"), 7);
        text
    };
    assert!(!export(&world, false).await.contains("password_hash"));
    let text = export(&world, true).await;
    let other = World::new().await;
    let report = import(&other, ImportFormat::JsonLines, &text, None, false).await;
    assert_eq!((report.people, report.accounts, report.refused), (5, 3, 0), "{report:?}");
    assert!(signs_in(&other, "cleo").await.1);
}

#[tokio::test]
async fn who_has_several_sign_ins_under_one_address_is_told_once_how_to_make_them_one() {
    let world = World::new().await;
    let client = world.client().await.client_id;
    import(&world, ImportFormat::JsonLines, &PEOPLE.replace("CLIENT", client.as_str()), None, false).await;
    let campaign = async |dry_run| actions::consolidation_campaign(&world.app, 10, dry_run, &Default::default(), world.now()).await.expect("no fault");
    assert_eq!(campaign(true).await, 1);
    assert!(world.mails().await.is_empty());
    assert_eq!(campaign(false).await, 1);
    let mails = world.mails().await;
    let text = mails[0]["body"].as_str().expect("text").to_owned();
    assert!(mails.len() == 1 && mails[0]["to"] == "ann@example.test" && mails[0]["language"] == "fr" && text.contains("- ann\n- ann2"), "{text}");
    assert_eq!((campaign(false).await, world.mails().await.len()), (0, 1), "nobody is told twice");
}
