//! The same pages and tokens for one account and for ten thousand of one person, and for a page full of people and for a hundred thousand of one
//! company.

use anyhow::ensure;

use super::seed::Size;
use super::server::Server;
use super::workloads::Shared;
use super::{Row, measure};

/// What is measured on each size, by name for the small and the large one, and what its ratio may be.
const NAMES: [([&str; 2], &str); 4] = [
    (["chooser, 1 account", "chooser, 10,000 accounts"], "2 ms for the first page"),
    (["portal, 1 account", "portal, 10,000 accounts"], ""),
    (["token for a company, 1 account", "token for a company, 10,000 accounts"], "1.10"),
    (["people of a company, 50", "people of a company, 100,000"], "1.5"),
];

/// Measures and prints each pair with the ratio of its CPU.
pub async fn measure_all(target: &Shared, server: &Server, sizes: &[Size; 2], seconds: f64) -> anyhow::Result<()> {
    println!("\n## Growth\n\n| page | CPU ms, small | CPU ms, large | ratio | goal, at most | p50 ms, small | p50 ms, large |\n|---|---|---|---|---|---|---|");
    for (what, (names, goal)) in NAMES.iter().enumerate() {
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
        let title = format!("{} against {}", names[0], names[1].rsplit(", ").next().unwrap_or_default());
        println!(
            "| {title} | {:.3} | {:.3} | {:.2} | {goal} | {:.2} | {:.2} |",
            rows[0].cpu,
            rows[1].cpu,
            rows[1].cpu / rows[0].cpu,
            p50(&rows[0]),
            p50(&rows[1])
        );
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
