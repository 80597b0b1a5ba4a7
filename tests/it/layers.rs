//! The floors of the house, held against what the files really import (design.md section 8, decisions.md 26).

use std::fs;
use std::path::{Path, PathBuf};

/// Ground floor first. What stands on one line may not import each other, except where `BESIDE` says so.
const FLOORS: &[&[&str]] = &[
    &["types"],
    &["config", "protocol", "domain"],
    &["flow"],
    &["crypto", "mail", "outbound", "text"],
    &["store"],
    &["actions"],
    &["web", "worker"],
    &["cli"],
];

/// Crates that a floor may not name, and words that stand for what is kept out of it.
const KEPT_OUT: &[(&str, &[&str])] = &[
    ("types", &["tokio::", "sqlx::", "axum::", "SystemTime", "async fn", "std::fs", "tera::"]),
    ("protocol", &["tokio::", "sqlx::", "axum::", "SystemTime", "async fn", "std::fs", "SysRng", "reqwest"]),
    ("domain", &["tokio::", "sqlx::", "axum::", "SystemTime", "async fn", "std::fs", "SysRng", "reqwest"]),
    ("flow", &["tokio::", "sqlx::", "axum::", "SystemTime", "async fn", "std::fs", "SysRng", "reqwest"]),
    ("config", &["tokio::", "sqlx::", "axum::", "SystemTime", "async fn"]),
    ("crypto", &["sqlx::", "axum::", "reqwest"]),
    ("mail", &["sqlx::", "axum::", "reqwest"]),
    ("outbound", &["sqlx::", "axum::"]),
    ("text", &["sqlx::", "axum::", "reqwest"]),
    ("store", &["axum::", "tera::", "reqwest", "SysRng", "SystemTime"]),
    ("actions", &["axum::", "tera::", "sqlx::query"]),
    ("web", &["sqlx::query"]),
    ("worker", &["sqlx::query", "axum::"]),
    ("cli", &["sqlx::query"]),
];

/// What the store may know of `flow`: the values that decisions are made from, and no decision (docs/decisions/0006).
const VALUES_OF_FLOW: &[&str] = &["LiveGrant", "LiveAccount", "GrantOrigin", "SessionState", "Progress", "Remembered"];

/// SQL belongs into `store` alone.
const SQL: &[&str] = &["\"select ", "\"insert into ", "\"update ", "\"delete from "];

fn floor_of(module: &str) -> Option<usize> {
    FLOORS.iter().position(|floor| floor.contains(&module))
}

/// Every mistake in one file of one floor.
fn mistakes(module: &str, text: &str) -> Vec<String> {
    let code: String =
        text.lines().map(|l| l.split("//").next().unwrap_or_default()).take_while(|l| !l.contains("#[cfg(test)]")).collect::<Vec<_>>().join("\n");
    let own = floor_of(module).expect("a floor");
    let mut out = Vec::new();
    for (at, _) in code.match_indices("crate::") {
        let word = |text: &str| text.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect::<String>();
        let rest = &code[at + 7..];
        if rest.starts_with('{') {
            out.push(format!("{module} imports from several floors at once, where this test sees none of them"));
        }
        let named = word(rest);
        if (module, named.as_str()) == ("store", "flow") {
            let what = rest.strip_prefix("flow::").unwrap_or_default();
            let listed: Vec<String> = match what.strip_prefix('{') {
                Some(list) => list.split('}').next().unwrap_or_default().split(',').map(|name| word(name.trim())).filter(|name| !name.is_empty()).collect(),
                None => vec![word(what)],
            };
            out.extend(listed.iter().filter(|name| !VALUES_OF_FLOW.contains(&name.as_str())).map(|name| format!("store imports {name} of flow")));
        }
        match floor_of(&named) {
            Some(other) if other > own || (other == own && named != module) => out.push(format!("{module} imports {named}")),
            _ => {}
        }
    }
    for word in KEPT_OUT.iter().filter(|(m, _)| *m == module).flat_map(|(_, words)| *words) {
        if code.contains(word) {
            out.push(format!("{module} uses {word}"));
        }
    }
    if module != "store" && SQL.iter().any(|sql| code.contains(sql)) {
        out.push(format!("{module} has SQL text"));
    }
    out
}

fn files(folder: &Path, out: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            files(&path, out);
        } else if path.extension().is_some_and(|e| e == "rs") {
            out.push(path);
        }
    }
}

#[test]
fn every_file_imports_only_from_floors_below_its_own() {
    let mut all = Vec::new();
    let mut seen = 0;
    for module in FLOORS.iter().copied().flatten() {
        let mut found = Vec::new();
        files(&Path::new("src").join(module), &mut found);
        assert!(!found.is_empty(), "{module} has no files");
        for file in found {
            let text = fs::read_to_string(&file).expect("a file");
            all.extend(mistakes(module, &text).into_iter().map(|m| format!("{}: {m}", file.display())));
            seen += 1;
        }
    }
    assert!(seen > 80, "{seen} files");
    assert_eq!(all, Vec::<String>::new());
}

#[test]
fn no_module_stands_beside_the_floors() {
    let text = fs::read_to_string("src/lib.rs").expect("the library");
    for line in text.lines().filter_map(|l| l.strip_prefix("pub mod ")) {
        let module = line.trim_end_matches(';');
        assert!(floor_of(module).is_some(), "{module} is on no floor");
    }
}

#[test]
fn the_test_itself_sees_one_forbidden_import_of_each_kind() {
    for (module, text) in [
        ("protocol", "use crate::domain::Via;"),
        ("types", "use crate::protocol::Client;"),
        ("flow", "use crate::store::Db;"),
        ("flow", "pub async fn decide() {}"),
        ("domain", "use std::time::SystemTime;"),
        ("crypto", "use sqlx::Row;"),
        ("store", "use axum::Router;"),
        ("actions", "use axum::Json;"),
        ("actions", "let x = sqlx::query(\"x\");"),
        ("web", "const Q: &str = \"select 1\";"),
        ("web", "use crate::cli::main;"),
        ("worker", "use crate::web::router;"),
        ("flow", "use crate::{cli, store};"),
        ("store", "use crate::flow::{LiveGrant, next_step};"),
        ("store", "let step = crate::flow::eligible(request);"),
        ("actions", "let page = tera::Context::new();"),
        ("domain", "let rng = SysRng;"),
        ("protocol", "let text = std::fs::read(path);"),
    ] {
        assert!(!mistakes(module, text).is_empty(), "{module}: {text}");
    }
    assert!(mistakes("web", "use crate::actions::App; // crate::cli").is_empty());
    assert!(mistakes("store", "use crate::flow::{GrantOrigin, LiveGrant};\nuse crate::flow::Remembered;").is_empty());
}

#[test]
fn decision_37_every_route_of_the_router_has_its_cases() {
    let text = fs::read_to_string("src/web/router.rs").expect("the router");
    let body = text.split("pub fn router(").nth(1).expect("its function");
    let named = |text: &str| -> std::collections::BTreeSet<String> {
        text.split("paths::").skip(1).map(|rest| rest.chars().take_while(|c| c.is_ascii_uppercase() || *c == '_').collect()).collect()
    };
    let table = named(text.split("pub const ROUTES").nth(1).and_then(|t| t.split("];").next()).expect("the table"));
    // The mailbox page exists only in development.
    let routed: std::collections::BTreeSet<String> = named(body).into_iter().filter(|name| name != "MAILBOX").collect();
    assert_eq!(routed, table);
}

/// A mutant whose text is gone shows nothing any more: `scripts/mutants` says so, and this says it at once.
#[test]
fn every_mutant_still_finds_what_it_takes_out() {
    let text = fs::read_to_string("tests/mutants.json").expect("the mutants");
    let mutants: Vec<serde_json::Value> = serde_json::from_str(&text).expect("a list");
    assert!(mutants.len() > 90, "{}", mutants.len());
    for mutant in &mutants {
        for edit in mutant["edits"].as_array().expect("edits") {
            let [file, old, new] = [0, 1, 2].map(|n| edit[n].as_str().expect("a text"));
            let found = fs::read_to_string(file).unwrap_or_default().matches(old).count();
            assert!(found == 1 && old != new, "{} ({}): {old:?} is {found} times in {file}", mutant["threat"], mutant["why"]);
        }
    }
}
