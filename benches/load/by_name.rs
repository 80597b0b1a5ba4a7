//! Whether the time of a refusal tells whose name it was: nobody's, somebody's, one that must wait, one without a password, one with a
//! second factor. Tries take turns, one at a time, so that whatever else the machine does meets every kind alike.

use super::seed::{PASSWORD, Seeded};
use super::workloads::Shared;

/// Tries of each kind; no name but the one that must wait is tried more often than its owner may mistype.
const ROUNDS: usize = 64;

const KINDS: [&str; 5] = ["nobody's", "somebody's", "one that must wait, with the right password", "one without a password", "one with a second factor"];

/// Measures and prints.
pub async fn measure(target: &Shared, seeded: &Seeded) -> anyhow::Result<()> {
    let (wrong, waits) = ("not the password of anybody", "many-10@example.test");
    for _ in 0..12 {
        target.refused_sign_in(waits, wrong).await?;
    }
    seeded.let_wait_longer().await?;
    let mut times: [Vec<f64>; 5] = Default::default();
    for round in 0..ROUNDS {
        let nobody = format!("nobody{round}@example.test");
        let passwordless = format!("crowd-10000-{round}@example.test");
        let names: [&str; 5] = [&nobody, &seeded.people[round], waits, &passwordless, &seeded.careful[round]];
        for turn in 0..names.len() {
            let kind = (turn + round) % names.len();
            let password = if kind == 2 { PASSWORD } else { wrong };
            times[kind].push(target.refused_sign_in(names[kind], password).await?.as_secs_f64() * 1e3);
        }
    }
    println!("\n## A refused sign-in, by whose name it was\n\n| name | tries | p25 ms | p50 ms | p75 ms | p50 / nobody's p50 |\n|---|---|---|---|---|---|");
    let nobodys = at(&mut times[0], 0.5);
    for (kind, times) in KINDS.iter().zip(&mut times) {
        let [p25, p50, p75] = [0.25, 0.5, 0.75].map(|q| at(times, q));
        println!("| {kind} | {} | {p25:.2} | {p50:.2} | {p75:.2} | {:.3} |", times.len(), p50 / nobodys);
    }
    Ok(())
}

fn at(times: &mut [f64], q: f64) -> f64 {
    times.sort_unstable_by(f64::total_cmp);
    times[((times.len() - 1) as f64 * q) as usize]
}
