//! A million accounts: taken over from a file, and then listed, searched, signed in to and entered. `ACCOUNTS` says another number, 0 leaves it
//! out.

use std::io::{BufWriter, Write};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use serde_json::{Value, json};
use tempfile::TempDir;

use super::seed::{PASSWORD, Seeded, bare, signed_in};
use super::server::{Server, on_first_core, status_of};
use super::workloads::{Shared, Target};
use super::{Row, measure};

/// Accounts of one person, and people per company.
const EACH: usize = 2;
const PER_COMPANY: usize = 200;

fn address(n: usize) -> String {
    format!("somebody{n}@example.test")
}

/// Writes a file with so many accounts; their passwords were hashed by bcrypt.
fn write(path: &std::path::Path, accounts: usize, hash: &str) -> anyhow::Result<()> {
    let companies = (accounts / PER_COMPANY).max(2);
    let mut out = BufWriter::new(std::fs::File::create(path)?);
    let mut line = |record: Value| writeln!(out, "{record}");
    for n in 0..companies {
        line(json!({"type": "company", "slug": format!("company-{n}"), "name": format!("Company {n}"), "region": "eu"}))?;
        line(json!({"type": "role", "company": format!("company-{n}"), "name": "clerk", "title": "Clerk", "permissions": ["stock.read"]}))?;
    }
    for n in 0..accounts / EACH {
        let place = |k: usize| json!({"company": format!("company-{}", (n + k * (companies / EACH)) % companies), "kind": if n < companies { "owner" } else { "member" }, "roles": ["clerk"]});
        let places: Vec<Value> = (0..EACH).map(place).collect();
        line(
            json!({"type": "person", "external_id": n.to_string(), "email": address(n), "email_verified": true, "given_name": "Some", "family_name": format!("Body {n}"), "password_hash": hash, "accounts": places}),
        )?;
    }
    Ok(out.flush()?)
}

/// Imports a file with the binary itself: seconds, and the most memory that it had, in MiB.
async fn import(seeded: &Seeded, file: &std::path::Path, accounts: usize) -> anyhow::Result<(f64, f64)> {
    let began = Instant::now();
    let mut command = on_first_core(env!("CARGO_BIN_EXE_vestibule"));
    command.args(["--json", "import"]).arg(file).envs(seeded.environment.iter().cloned()).stdout(Stdio::piped());
    let mut child = command.spawn()?;
    let mut peak: f64 = 0.0;
    let status = loop {
        if let Some(status) = child.try_wait()? {
            break status;
        }
        peak = peak.max(status_of(child.id(), "VmHWM").unwrap_or_default());
        tokio::time::sleep(Duration::from_millis(20)).await;
    };
    ensure!(status.success(), "the import failed");
    let report: Value = serde_json::from_reader(child.stdout.take().context("piped")?)?;
    ensure!(report["accounts"] == accounts && report["refused"] == 0, "{report}");
    Ok((began.elapsed().as_secs_f64(), peak))
}

async fn fresh(accounts: usize, folder: &TempDir) -> anyhow::Result<(Seeded, f64, f64, std::path::PathBuf)> {
    let seeded = bare().await?;
    let file = folder.path().join(format!("{accounts}.jsonl"));
    let hash = bcrypt::hash(PASSWORD, 10)?;
    write(&file, accounts, &hash)?;
    let (seconds, peak) = import(&seeded, &file, accounts).await?;
    Ok((seeded, seconds, peak, file))
}

/// Measures and prints.
pub async fn measure_all(seconds: f64) -> anyhow::Result<()> {
    let accounts: usize = std::env::var("ACCOUNTS").ok().and_then(|n| n.parse().ok()).unwrap_or(1_000_000);
    if accounts == 0 {
        return Ok(());
    }
    let folder = tempfile::tempdir()?;
    let small = one(SMALL, &folder, seconds).await?;
    let large = one(accounts, &folder, seconds).await?;
    println!(
        "\n### Against {SMALL} accounts of {} people (the goal is at most 1.25 x)\n\n| operation | CPU ms, {SMALL} | CPU ms, {accounts} | ratio |\n|---|---|---|---|",
        SMALL / EACH
    );
    for (few, many) in small.rows.iter().zip(&large.rows) {
        println!("| {} | {:.3} | {:.3} | {:.2} |", few.name, few.cpu, many.cpu, many.cpu / few.cpu);
    }
    let more = (accounts - SMALL) as f64 / EACH as f64;
    println!("\nhighest memory of the import: {:.0} MiB, with {SMALL} accounts {:.0} MiB", large.import_peak, small.import_peak);
    println!("disk for each person more, with two accounts: {:.0} bytes", (large.disk - small.disk) * 1024.0 * 1024.0 / more);
    Ok(())
}

/// As many people as the smaller of the two sizes has, twice.
const SMALL: usize = 2000;

/// What one size showed.
struct Seen {
    rows: Vec<Row>,
    import_peak: f64,
    disk: f64,
}

async fn one(accounts: usize, folder: &TempDir, seconds: f64) -> anyhow::Result<Seen> {
    let (mut seeded, took, peak, file) = fresh(accounts, folder).await?;
    let disk = seeded.disk().await?;
    println!(
        "\n## {accounts} accounts of {} people in {} companies, taken over from a file of {} MiB\n",
        accounts / EACH,
        accounts / PER_COMPANY,
        std::fs::metadata(&file)?.len() >> 20
    );
    println!("import: {took:.1} s, {:.0} accounts a second; highest memory {peak:.0} MiB; {disk:.0} MiB on the disk", accounts as f64 / took);
    let again = Instant::now();
    let (second, _) = import_again(&seeded, &file).await?;
    println!("the same file once more, with nothing to do: {second:.1} s ({:.1} s by the clock)", again.elapsed().as_secs_f64());

    let people = accounts / EACH;
    // A few of each size have it in their name.
    let number = if accounts / PER_COMPANY > 1000 { "777" } else { "7" };
    let some: Vec<usize> = (0..64).map(|n| n * people / 64).collect();
    seeded.people = some.iter().map(|n| address(*n)).collect();
    seeded.cookies = signed_in(&seeded.app, &seeded.people).await?;
    let server = Server::vestibule(&seeded).await?;
    println!("start to the first answer: {:.0} ms; idle memory: {:.0} MiB", server.started_in.as_secs_f64() * 1e3, server.memory()?);
    let target = Target::of(&seeded, &server);
    let token = target.api_token().await?;

    // The first sign-in of each checks the old hash and makes a new one; later ones are like everybody's.
    let mut first: Vec<f64> = Vec::new();
    for n in 0..some.len() {
        let at = Instant::now();
        target.sign_in(n).await?;
        first.push(at.elapsed().as_secs_f64() * 1e3);
    }
    first.sort_unstable_by(f64::total_cmp);
    println!("first sign-in with a password that bcrypt hashed: p50 {:.0} ms, at most {:.0} ms\n", first[first.len() / 2], first[first.len() - 1]);

    let mut rows = Vec::new();
    rows.push(run("password sign-in", &target, &server, seconds, |t, n| async move { t.sign_in(n % 64).await }).await?);
    rows.push(
        run("code + PKCE for a company", &target, &server, seconds, move |t, n| {
            let person = (n % 64) * people / 64;
            async move { t.code_in(n % 64, &format!("company-{}", person % (accounts / PER_COMPANY).max(2))).await }
        })
        .await?,
    );
    for (name, path, has) in [
        ("first page of companies", "/api/v1/organizations?limit=100".to_owned(), "org_slug"),
        ("companies with a number in them", format!("/api/v1/organizations?limit=100&q={number}"), "org_slug"),
        ("first page of people", "/api/v1/identities?limit=100".to_owned(), "identity_id"),
        ("one person by address", format!("/api/v1/identities?q={}", address(people / 3)), "somebody"),
        ("people by a part of their name", "/api/v1/identities?limit=20&q=body%2077".to_owned(), "Body 77"),
        ("a search that finds nobody", "/api/v1/identities?q=nobody-at-all".to_owned(), "identities"),
        ("first page of a company's people", "/api/v1/organizations/company-1/people?limit=100".to_owned(), "account_id"),
        ("a company's people by name", "/api/v1/organizations/company-1/people?q=body".to_owned(), "account_id"),
    ] {
        let token = token.clone();
        rows.push(
            run(name, &target, &server, seconds.min(3.0), move |t, _| {
                let (token, path) = (token.clone(), path.clone());
                async move { t.api(&path, &token, has).await }
            })
            .await?,
        );
    }
    super::print("with all of them there", &rows);
    Ok(Seen { rows, import_peak: peak, disk })
}

async fn import_again(seeded: &Seeded, file: &std::path::Path) -> anyhow::Result<(f64, f64)> {
    let began = Instant::now();
    let mut command = Command::new(env!("CARGO_BIN_EXE_vestibule"));
    let out = command.args(["--json", "import"]).arg(file).envs(seeded.environment.iter().cloned()).output()?;
    ensure!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
    Ok((began.elapsed().as_secs_f64(), 0.0))
}

async fn run<F, Fut>(name: &'static str, target: &Shared, server: &Server, seconds: f64, operation: F) -> anyhow::Result<Row>
where
    F: Fn(Shared, usize) -> Fut + Send + Sync + 'static,
    Fut: Future<Output = anyhow::Result<()>> + Send,
{
    let target = target.clone();
    measure(name, server, seconds, move |worker, turn| operation(target.clone(), worker + turn * super::CONNECTIONS)).await
}
