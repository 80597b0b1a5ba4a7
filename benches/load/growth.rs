//! The same pages and tokens for ten and for ten thousand: accounts of one person, people of one company.

use anyhow::ensure;

use super::seed::Size;
use super::server::Server;
use super::workloads::Shared;
use super::{Row, measure};

/// What is measured on each size, by name for ten and for ten thousand.
const NAMES: [[&str; 2]; 4] = [
    ["chooser, 10 accounts", "chooser, 10,000 accounts"],
    ["portal, 10 accounts", "portal, 10,000 accounts"],
    ["token for a company, 10 accounts", "token for a company, 10,000 accounts"],
    ["people of a company, 10", "people of a company, 10,000"],
];

/// Measures and prints each pair with the ratio of its CPU.
pub async fn measure_all(target: &Shared, server: &Server, sizes: &[Size; 2], seconds: f64) -> anyhow::Result<()> {
    println!("\n## Growth\n\n| page | CPU ms, 10 | CPU ms, 10,000 | ratio | p50 ms, 10 | p50 ms, 10,000 |\n|---|---|---|---|---|---|");
    for (what, names) in NAMES.iter().enumerate() {
        let mut rows: Vec<Row> = Vec::new();
        for (size, name) in sizes.iter().zip(names) {
            let (t, size) = (target.clone(), size.clone());
            rows.push(
                measure(name, server, seconds, move |_, _| {
                    let (t, size) = (t.clone(), size.clone());
                    async move { once(&t, &size, what).await }
                })
                .await?,
            );
        }
        let p50 = |r: &Row| r.p50.as_secs_f64() * 1e3;
        let title = names[0].replace(", 10 accounts", "").replace(", 10", "");
        println!("| {title} | {:.3} | {:.3} | {:.2} | {:.2} | {:.2} |", rows[0].cpu, rows[1].cpu, rows[1].cpu / rows[0].cpu, p50(&rows[0]), p50(&rows[1]));
    }
    Ok(())
}

async fn once(t: &Shared, size: &Size, what: usize) -> anyhow::Result<()> {
    match what {
        0 => t.chooser(&size.cookie).await,
        1 => {
            let page = t.page("/", &size.cookie).await?;
            ensure!(page.contains("class=\"tile\"") && page.contains("Grown"), "the portal lists accounts");
            Ok(())
        }
        2 => t.code_of(0, &size.cookie, Some(&size.company)).await.map(drop),
        _ => {
            let page = t.page(&format!("/portal/a/{}/users", size.owner_account), &size.owner).await?;
            ensure!(page.contains("Person ") && page.contains("class=\"item\""), "the page lists people");
            Ok(())
        }
    }
}
