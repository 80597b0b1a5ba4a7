//! A thousand browser sessions and a million: what a code costs, what the server holds, and what stands on the disk.

use super::seed::{self, Seeded};
use super::server::Server;
use super::workloads::Target;
use super::{Row, measure};

/// Sizes in turn; `SESSIONS` says another large one, 0 leaves it out.
fn large() -> usize {
    std::env::var("SESSIONS").ok().and_then(|n| n.parse().ok()).unwrap_or(1_000_000)
}

struct Seen {
    row: Row,
    idle: f64,
    disk: f64,
}

async fn one(seeded: &Seeded, seconds: f64) -> anyhow::Result<Seen> {
    let server = Server::vestibule(seeded).await?;
    let idle = server.memory()?;
    let target = Target::of(seeded, &server);
    // Each of the thousand is entered once before it is measured, so that both sizes find their app sessions there.
    target.every_session_once(0).await?;
    seeded.analyze().await?;
    let (t, used) = (target.clone(), seeded.cookies.len());
    let row = measure("code with an existing session", &server, seconds, move |worker, turn| {
        let t = t.clone();
        async move { t.code_in((worker * 7919 + turn) % used, "shop").await }
    })
    .await?;
    Ok(Seen { row, idle, disk: seeded.disk().await? })
}

/// Measures and prints both.
pub async fn measure_all(seconds: f64) -> anyhow::Result<()> {
    let large = large();
    if large == 0 {
        return Ok(());
    }
    println!("\n## Sessions\n\n| sessions | code + PKCE, CPU ms | p50 ms | idle memory MiB | memory after MiB | disk MiB |\n|---|---|---|---|---|---|");
    let mut seen = Vec::new();
    for n in [1000, large] {
        let seeded = seed::with_sessions(n).await?;
        let s = one(&seeded, seconds).await?;
        println!("| {n} | {:.3} | {:.2} | {:.0} | {:.0} | {:.0} |", s.row.cpu, s.row.p50.as_secs_f64() * 1e3, s.idle, s.row.memory, s.disk);
        seen.push(s);
    }
    let more = (large - 1000) as f64;
    println!(
        "\nCPU {:.2} x; memory {:.1} bytes and disk {:.0} bytes for each session more",
        seen[1].row.cpu / seen[0].row.cpu,
        (seen[1].row.memory - seen[0].row.memory) * 1024.0 * 1024.0 / more,
        (seen[1].disk - seen[0].disk) * 1024.0 * 1024.0 / more
    );
    Ok(())
}
