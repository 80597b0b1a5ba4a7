//! Server processes, and what the kernel says of them.

use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::Context;

use super::seed::Seeded;

pub struct Server {
    child: Child,
    pub url: String,
    pub started_in: Duration,
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

pub fn free_port() -> anyhow::Result<u16> {
    Ok(std::net::TcpListener::bind("127.0.0.1:0")?.local_addr()?.port())
}

/// On the first core, where `taskset` is there.
pub fn on_first_core(program: &str) -> Command {
    let pinned = Command::new("taskset").arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status().is_ok_and(|s| s.success());
    if pinned {
        let mut command = Command::new("taskset");
        command.args(["-c", "0", program]);
        command
    } else {
        Command::new(program)
    }
}

/// What the kernel says of a process's memory, in MiB.
pub fn status_of(process: u32, name: &str) -> anyhow::Result<f64> {
    let status = std::fs::read_to_string(format!("/proc/{process}/status"))?;
    let line = status.lines().find(|l| l.starts_with(name)).context("a line of /proc/status")?;
    Ok(line.split_whitespace().nth(1).context("a number")?.parse::<f64>()? / 1024.0)
}

/// User and system time of every PostgreSQL process on the machine so far, in seconds.
pub fn database_cpu() -> anyhow::Result<f64> {
    if super::seed::postgres().is_none() {
        return Ok(0.0);
    }
    let mut ticks = 0.0;
    for entry in std::fs::read_dir("/proc")?.flatten() {
        let Ok(stat) = std::fs::read_to_string(entry.path().join("stat")) else { continue };
        if stat.contains("(postgres)") {
            let fields: Vec<&str> = stat.rsplit(')').next().unwrap_or_default().split_whitespace().collect();
            // With what its ended connections used.
            ticks += fields[11..15].iter().filter_map(|f| f.parse::<f64>().ok()).sum::<f64>();
        }
    }
    Ok(ticks / 100.0)
}

impl Server {
    async fn start(mut command: Command, port: u16, path: &str) -> anyhow::Result<Self> {
        let began = Instant::now();
        let child = command.stdout(Stdio::null()).stderr(Stdio::inherit()).spawn().context("the server starts")?;
        let mut server = Self { child, url: format!("http://127.0.0.1:{port}"), started_in: Duration::ZERO };
        let http = reqwest::Client::new();
        while began.elapsed() < Duration::from_secs(30) {
            if http.get(format!("{}{path}", server.url)).send().await.is_ok() {
                server.started_in = began.elapsed();
                return Ok(server);
            }
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
        anyhow::bail!("the server did not answer")
    }
    pub async fn vestibule(seeded: &Seeded) -> anyhow::Result<Self> {
        let mut command = on_first_core(env!("CARGO_BIN_EXE_vestibule"));
        command.arg("serve").env_remove("VESTIBULE_TEST_DATABASE").envs(seeded.environment.iter().cloned());
        Self::start(command, seeded.port, "/health").await
    }
    pub async fn empty() -> anyhow::Result<Self> {
        let port = free_port()?;
        let mut command = on_first_core(&std::env::current_exe()?.display().to_string());
        command.args(["empty-server", &port.to_string()]);
        Self::start(command, port, "/").await
    }
    pub async fn peer() -> anyhow::Result<Self> {
        let port = free_port()?;
        let mut command = on_first_core("node");
        command.arg("benches/peer/server.mjs").env("PORT", port.to_string());
        Self::start(command, port, "/jwks").await
    }

    /// User and system time so far, in seconds.
    pub fn cpu(&self) -> anyhow::Result<f64> {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.child.id()))?;
        let fields: Vec<&str> = stat.rsplit(')').next().unwrap_or_default().split_whitespace().collect();
        // The kernel counts in hundredths of a second.
        Ok((fields[11].parse::<f64>()? + fields[12].parse::<f64>()?) / 100.0)
    }
    /// Resident memory, in MiB.
    pub fn memory(&self) -> anyhow::Result<f64> {
        status_of(self.child.id(), "VmRSS")
    }
    /// Begins anew to look for the most.
    pub fn forget_peak(&self) -> anyhow::Result<()> {
        Ok(std::fs::write(format!("/proc/{}/clear_refs", self.child.id()), "5")?)
    }
    /// The most it was since.
    pub fn peak(&self) -> anyhow::Result<f64> {
        status_of(self.child.id(), "VmHWM")
    }
}
