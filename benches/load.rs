//! The load driver: W1 to W7 and the switch of company, against a release build on loopback.
//!
//! One closed loop with 32 keep-alive connections; the server on one core, the driver on the other where `taskset` is
//! there. Every answer is verified; one wrong answer makes the run fail. In the same run the pieces are measured (an empty
//! handler, a signature, a hash, a grouped write, a read), and each row is given as a ratio to the sum of its pieces,
//! so that a figure means something on a noisy machine.

#[path = "load/by_name.rs"]
mod by_name;
#[path = "load/growth.rs"]
mod growth;
#[path = "load/million.rs"]
mod million;
#[path = "load/pieces.rs"]
mod pieces;
#[path = "load/seed.rs"]
mod seed;
#[path = "load/server.rs"]
mod server;
#[path = "load/sessions.rs"]
mod sessions;
#[path = "load/workloads.rs"]
mod workloads;

use std::sync::Arc;
use std::time::{Duration, Instant};

use server::Server;

/// How many connections there are at once.
pub const CONNECTIONS: usize = 32;

/// What one workload showed.
pub struct Row {
    /// Its name; the first two letters say which pieces it is made of.
    pub name: &'static str,
    /// How many operations finished.
    pub operations: usize,
    /// How long it took.
    pub seconds: f64,
    /// Half of the operations took at most this.
    pub p50: Duration,
    /// All but one in a hundred took at most this.
    pub p99: Duration,
    /// Server CPU per operation, in milliseconds.
    pub cpu: f64,
    /// CPU of the database beside it per operation, in milliseconds; SQLite has none of its own.
    pub database: f64,
    /// The most memory that the server had meanwhile, in MiB.
    pub memory: f64,
    /// What the pieces add up to, in milliseconds.
    pub floor: Option<(f64, &'static str)>,
}

/// Runs one operation over and over on every connection; verification is the operation's own.
pub async fn measure<F, Fut>(name: &'static str, server: &Server, seconds: f64, operation: F) -> anyhow::Result<Row>
where
    F: Fn(usize, usize) -> Fut + Send + Sync + 'static,
    Fut: Future<Output = anyhow::Result<()>> + Send,
{
    let operation = Arc::new(operation);
    // `ONLY="W6 code"` gives the time to one row, for whoever looks for what it costs.
    let seconds = if std::env::var("ONLY").is_ok_and(|only| !name.contains(&only)) { seconds.min(0.1) } else { seconds };
    server.forget_peak()?;
    let (before, database) = (server.cpu()?, server::database_cpu()?);
    let began = Instant::now();
    let until = began + Duration::from_secs_f64(seconds);
    let mut workers = Vec::new();
    for worker in 0..CONNECTIONS {
        let operation = operation.clone();
        workers.push(tokio::spawn(async move {
            let mut times = Vec::new();
            let mut turn = 0;
            while Instant::now() < until {
                let at = Instant::now();
                operation(worker, turn).await?;
                times.push(at.elapsed());
                turn += 1;
            }
            anyhow::Ok(times)
        }));
    }
    let mut times = Vec::new();
    for worker in workers {
        times.extend(worker.await?.map_err(|e| e.context(name))?);
    }
    let took = began.elapsed().as_secs_f64();
    let (cpu, database) = (server.cpu()? - before, server::database_cpu()? - database);
    times.sort_unstable();
    anyhow::ensure!(!times.is_empty(), "{name}: no operation finished");
    let at = |q: f64| times[((times.len() - 1) as f64 * q) as usize];
    Ok(Row {
        name,
        operations: times.len(),
        seconds: took,
        p50: at(0.5),
        p99: at(0.99),
        cpu: cpu * 1000.0 / times.len() as f64,
        database: database * 1000.0 / times.len() as f64,
        memory: server.peak()?,
        floor: None,
    })
}

fn print(title: &str, rows: &[Row]) {
    println!("\n## {title}\n");
    println!("| workload | operations/s | p50 ms | p99 ms | server CPU ms/op | database CPU ms/op | peak memory MiB | floor ms | floor / CPU | pieces |");
    println!("|---|---|---|---|---|---|---|---|---|---|");
    for r in rows {
        let (floor, ratio, pieces) = r.floor.map_or(("".to_owned(), "".to_owned(), ""), |(f, p)| (format!("{f:.3}"), format!("{:.2}", f / r.cpu), p));
        println!(
            "| {} | {:.0} | {:.2} | {:.2} | {} | {} | {:.0} | {floor} | {ratio} | {pieces} |",
            r.name,
            r.operations as f64 / r.seconds,
            r.p50.as_secs_f64() * 1e3,
            r.p99.as_secs_f64() * 1e3,
            if r.cpu.is_nan() { String::new() } else { format!("{:.3}", r.cpu) },
            if r.database > 0.0 { format!("{:.3}", r.database) } else { String::new() },
            r.memory
        );
    }
}

fn main() -> anyhow::Result<()> {
    rustls::crypto::ring::default_provider().install_default().ok();
    let arguments: Vec<String> = std::env::args().skip(1).filter(|a| a != "--bench").collect();
    match arguments.first().map(String::as_str) {
        Some("empty-server") => tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(pieces::empty_server(arguments[1].parse()?)),
        // The driver runs on one thread, on the core that the server does not have.
        _ => tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?.block_on(run(arguments.iter().any(|a| a == "broken"))),
    }
}

async fn run(broken: bool) -> anyhow::Result<()> {
    let seconds: f64 = std::env::var("SECONDS_EACH").ok().and_then(|s| s.parse().ok()).unwrap_or(5.0);
    if broken {
        // The proof that answers are looked at: a server that says 200 to everything must make this fail.
        let empty = Server::empty().await?;
        return workloads::Target::of_broken(&empty).believes_nothing(&empty).await;
    }
    if std::env::var("ONLY").is_ok_and(|only| only == "accounts") {
        return million::measure_all(seconds).await;
    }
    if std::env::var("ONLY").is_ok_and(|only| only == "sessions") {
        return sessions::measure_all(seconds).await;
    }
    let seeded = seed::seed(10_000).await?;
    let mut pieces = pieces::measure(&seeded).await?;
    pieces.print();

    let server = Server::vestibule(&seeded).await?;
    println!(
        "\nstart with an existing database to the first answer: {:.0} ms; idle memory: {:.0} MiB",
        server.started_in.as_secs_f64() * 1e3,
        server.memory()?
    );
    let target = workloads::Target::of(&seeded, &server);
    if seed::postgres().is_some() {
        target.all(&server, 0.5).await?;
        seeded.analyze().await?;
    }
    let mut rows = target.all(&server, seconds).await?;
    pieces.hash_again(&seeded).await?;
    for row in &mut rows {
        row.floor = pieces.floor(row.name);
    }
    let memory = server.memory()?;
    print(if seed::postgres().is_some() { "Vestibule, PostgreSQL with fsync" } else { "Vestibule, SQLite with synchronous=FULL" }, &rows);
    by_name::measure(&target, &seeded).await?;
    growth::measure_all(&target, &server, &seeded.growth, seconds).await?;
    let highest = rows.iter().map(|r| r.memory).fold(memory, f64::max);
    println!("\nmemory with 10,000 sessions used: {memory:.0} MiB; highest under W1 to W7: {highest:.0} MiB");
    drop(server);
    sessions::measure_all(seconds).await?;
    if seed::postgres().is_none() {
        million::measure_all(seconds).await?;
    }

    if std::env::var("PEER").is_ok_and(|p| p == "1") {
        let peer = Server::peer().await?;
        println!("\npeer: start to the first answer {:.0} ms; idle memory {:.0} MiB", peer.started_in.as_secs_f64() * 1e3, peer.memory()?);
        let rows = workloads::Target::of_peer(&peer).await?.all(&peer, seconds).await?;
        print("oidc-provider (npm) with in-memory maps, one thread", &rows);
    }
    println!("\nEvery answer was verified; there were no errors.");
    Ok(())
}
