//! The pieces that the workloads are made of, measured in the same run.

use std::hint::black_box;
use std::sync::Arc;
use std::time::Instant;

use axum::Router;
use serde_json::json;
use vestibule::actions::Origin;
use vestibule::crypto::{JwtKind, normalise};
use vestibule::protocol::SigningAlgorithm;
use vestibule::store::sessions::{self, SessionToken};
use vestibule::types::Seconds;

use super::CONNECTIONS;
use super::seed::{PASSWORD, Seeded};
use super::server::Server;

/// CPU milliseconds of one of each.
pub struct Pieces {
    http: f64,
    es256: f64,
    rs256: f64,
    verify: f64,
    hash: f64,
    write: f64,
    read: f64,
}

/// A handler that does nothing.
pub async fn empty_server(port: u16) -> anyhow::Result<()> {
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", port)).await?;
    Ok(axum::serve(listener, Router::new().fallback(async || "{}")).await?)
}

fn own_cpu() -> anyhow::Result<f64> {
    let stat = std::fs::read_to_string("/proc/self/stat")?;
    let fields: Vec<&str> = stat.rsplit(')').next().unwrap_or_default().split_whitespace().collect();
    Ok((fields[11].parse::<f64>()? + fields[12].parse::<f64>()?) / 100.0)
}

fn each(n: usize, mut act: impl FnMut() -> anyhow::Result<()>) -> anyhow::Result<f64> {
    let before = own_cpu()?;
    for _ in 0..n {
        act()?;
    }
    Ok((own_cpu()? - before) * 1000.0 / n as f64)
}

pub async fn measure(seeded: &Seeded) -> anyhow::Result<Pieces> {
    let server = Server::empty().await?;
    let http = reqwest::Client::new();
    let url = server.url.clone();
    let row = super::measure("empty handler", &server, 3.0, move |_, _| {
        let (http, url) = (http.clone(), url.clone());
        async move {
            anyhow::ensure!(http.get(url).send().await?.text().await? == "{}", "not empty");
            Ok(())
        }
    })
    .await?;
    drop(server);

    let keys = seeded.app.keys();
    let claims = json!({"iss": seeded.issuer, "sub": "idn_0190b5e2a1b27c3d8e4f5a6b7c8d9e0f", "aud": "x", "exp": 1, "iat": 1, "jti": "x", "scope": "openid", "acr": "x", "sid": "x", "org_id": "x"});
    let claims = claims.as_object().cloned().unwrap_or_default();
    let sign = |n, algorithm| {
        each(n, || {
            black_box(keys.sign(JwtKind::AccessToken, algorithm, &claims)?);
            Ok(())
        })
    };
    let es256 = sign(20_000, SigningAlgorithm::ES256)?;
    let rs256 = sign(2_000, SigningAlgorithm::RS256)?;
    let token = keys.sign(JwtKind::AccessToken, SigningAlgorithm::ES256, &claims)?;
    let verify = each(10_000, || {
        black_box(keys.signed_claims(JwtKind::AccessToken, &token));
        Ok(())
    })?;

    let hash = hash(seeded).await?;

    // As many callers at once as there are connections, so that commits are shared as they are in the server.
    let app = seeded.app.clone();
    let before = own_cpu()?;
    let began = Instant::now();
    let mut writers = Vec::new();
    for _ in 0..CONNECTIONS {
        let app = app.clone();
        writers.push(tokio::spawn(async move {
            for _ in 0..1000 {
                let event = app.event("bench", &Origin::default(), app.clock.now());
                app.store.hot.append(event).await?;
            }
            anyhow::Ok(())
        }));
    }
    for writer in writers {
        writer.await??;
    }
    let n = CONNECTIONS * 1000;
    let write = (own_cpu()? - before) * 1000.0 / n as f64;
    let durable = n as f64 / began.elapsed().as_secs_f64();

    let token = Arc::new(SessionToken::parse(seeded.cookies[0].trim_start_matches("vestibule="))?);
    let before = own_cpu()?;
    let mut readers = Vec::new();
    for _ in 0..CONNECTIONS {
        let (app, token) = (app.clone(), token.clone());
        readers.push(tokio::spawn(async move {
            for _ in 0..500 {
                anyhow::ensure!(sessions::named_by(&app.store.db, &token, Seconds::hours(1), app.clock.now()).await?.is_some(), "the session is there");
            }
            anyhow::Ok(())
        }));
    }
    for reader in readers {
        reader.await??;
    }
    let read = (own_cpu()? - before) * 1000.0 / (CONNECTIONS * 500) as f64;
    println!("durable grouped writes: {durable:.0}/s");
    Ok(Pieces { http: row.cpu, es256, rs256, verify, hash, write, read })
}

async fn hash(seeded: &Seeded) -> anyhow::Result<f64> {
    let before = own_cpu()?;
    for _ in 0..50 {
        seeded.app.hasher.verify(normalise(PASSWORD), None).await?;
    }
    Ok((own_cpu()? - before) * 1000.0 / 50.0)
}

impl Pieces {
    /// Measures the hash once more, when the rows are done: the machine has changed its pace meanwhile, and what is judged by a single
    /// piece is judged by the mean.
    pub async fn hash_again(&mut self, seeded: &Seeded) -> anyhow::Result<()> {
        let after = hash(seeded).await?;
        println!("\none hash before the rows {:.1} ms, after them {after:.1} ms", self.hash);
        self.hash = (self.hash + after) / 2.0;
        Ok(())
    }
    pub fn print(&self) {
        println!("\n## Pieces, CPU ms each\n");
        println!("| empty handler | ES256 JWT | RS256 JWT | ES256 verified | argon2id 19 MiB t=2 | grouped write | indexed read |");
        println!("|---|---|---|---|---|---|---|");
        println!("| {:.3} | {:.3} | {:.3} | {:.3} | {:.1} | {:.3} | {:.3} |", self.http, self.es256, self.rs256, self.verify, self.hash, self.write, self.read);
    }
    /// What a workload would cost if it were nothing but its pieces.
    pub fn floor(&self, name: &str) -> Option<(f64, &'static str)> {
        let p = self;
        Some(match &name[..2] {
            "W1" => (p.http, "handler"),
            "W2" => (p.http + p.es256 + p.write, "handler, ES256, write"),
            "W3" | "W4" => (p.http + p.verify + p.read, "handler, verification, read"),
            "W5" => (p.http + 2.0 * p.es256 + 2.0 * p.write + p.read, "handler, 2 ES256, 2 writes, read"),
            "W6" if name.contains("RS256") => (2.0 * p.http + p.es256 + p.rs256 + 4.0 * p.write + 4.0 * p.read, "2 handlers, ES256, RS256, 4 writes, 4 reads"),
            "W6" | "sw" => (2.0 * p.http + 2.0 * p.es256 + 4.0 * p.write + 4.0 * p.read, "2 handlers, 2 ES256, 4 writes, 4 reads"),
            "W7" => (p.hash, "the hash alone"),
            _ => return None,
        })
    }
}
