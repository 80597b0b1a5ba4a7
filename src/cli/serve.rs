//! Running the provider: sockets, TLS, the worker, and stopping gracefully.

use std::net::{SocketAddr, TcpListener};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use axum_server::Handle;
use axum_server::tls_rustls::RustlsConfig;
use clap::Args;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch;
use tracing_subscriber::EnvFilter;

use super::open_logged;
use crate::actions::{self, App, DEMO_PASSWORD};
use crate::config::Config;
use crate::web;
use crate::worker;

/// What the demo needs.
#[derive(Args)]
pub(super) struct Demo {
    /// Where the sample app runs.
    #[arg(long, default_value = "http://licence-desk.localhost:8081")]
    app_url: String,
    /// Where the sample app's client id and secret are written, readable by its user alone.
    #[arg(long, value_name = "FILE")]
    app_env: Option<PathBuf>,
}

/// Logs to standard error; `VESTIBULE_LOG` filters.
pub(super) fn start_logging(config: &Config) {
    let filter = EnvFilter::try_from_env("VESTIBULE_LOG").unwrap_or_else(|_| EnvFilter::new("info,sqlx=warn"));
    let builder = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    let started = if config.log_json { builder.json().try_init() } else { builder.try_init() };
    // A second start in one process keeps the first one's logging.
    drop(started);
}

/// Serves until SIGTERM or SIGINT; requests under way are finished first.
pub(super) async fn serve(app: Arc<App>, welcome: Option<String>) -> anyhow::Result<()> {
    let listener = TcpListener::bind(app.config.listen).with_context(|| format!("cannot listen on {}", app.config.listen))?;
    listener.set_nonblocking(true)?;
    let address = listener.local_addr()?;
    app.refresh_caches().await?;
    let (stop, stopped) = watch::channel(false);
    let certificate = match &app.config.tls {
        Some(tls) => Some(RustlsConfig::from_pem_file(&tls.certificate, &tls.key).await.context("tls: certificate and key cannot be used")?),
        None => None,
    };
    let mut background = tokio::spawn(worker::run(app.clone(), stopped));
    let handle: Handle<SocketAddr> = Handle::new();
    tokio::spawn(stop_on_signal(handle.clone()));
    let service = web::router(app.clone()).into_make_service_with_connect_info::<SocketAddr>();
    tracing::info!(issuer = app.issuer(), %address, database = app.store.db.engine(), "serving");
    println!("{}", welcome.unwrap_or_else(|| format!("Vestibule serves {} (listening on {address})", app.issuer())));
    let serving = async {
        match certificate {
            None => axum_server::from_tcp(listener)?.handle(handle).serve(service).await,
            Some(certificate) => axum_server::from_tcp_rustls(listener, certificate)?.handle(handle).serve(service).await,
        }
    };
    // Without the worker no mail goes out and no key rotates: better to end, and be started again, than to look healthy.
    tokio::select! {
        served = serving => served?,
        ended = &mut background => {
            ended.context("the worker failed")??;
            anyhow::bail!("the worker ended before the server");
        }
    }
    stop.send_replace(true);
    background.await??;
    app.store.close().await;
    Ok(())
}

async fn stop_on_signal(handle: Handle<SocketAddr>) {
    let (Ok(mut term), Ok(mut int)) = (signal(SignalKind::terminate()), signal(SignalKind::interrupt())) else { return };
    tokio::select! {
        _ = term.recv() => {}
        _ = int.recv() => {}
    }
    handle.graceful_shutdown(Some(Duration::from_secs(10)));
}

/// Seeds the demo and serves it.
pub(super) async fn demo(demo: Demo, mut config: Config) -> anyhow::Result<()> {
    anyhow::ensure!(config.is_loopback(), "the demo shows everybody's mail, so its issuer must be loopback");
    config.development = true;
    let app = open_logged(config).await?;
    let issuer = app.issuer().to_owned();
    let seeded = actions::seed_demo(&app, &demo.app_url, |token| format!("{issuer}{}", web::paths::activate(token)), app.clock.now()).await??;
    if let Some(file) = &demo.app_env {
        let text = format!(
            "ISSUER={issuer}\nCLIENT_ID={}\nCLIENT_SECRET={}\nAPP_URL={}\nRESOURCE={}\n",
            seeded.client_id,
            seeded.client_secret.expose(),
            demo.app_url,
            seeded.resource
        );
        write_private(file, &text)?;
    }
    let welcome = format!(
        "Vestibule demo\n\n  Sample app      {}\n  Provider        {issuer}\n  Mailbox         {issuer}{}\n\n  Sign in with the password “{DEMO_PASSWORD}” as\n    tom@example.test      one account\n    amelie@example.test   three accounts (her pages are French)\n    olga@example.test     owner of three companies\n    hugo@example.test     two hundred accounts\n  Nina has just been added: her activation mail waits in the mailbox.\n\n  Stop with Ctrl-C.",
        demo.app_url,
        web::paths::MAILBOX
    );
    serve(app, Some(welcome)).await
}

fn write_private(file: &PathBuf, text: &str) -> anyhow::Result<()> {
    use std::io::Write;
    use std::os::unix::fs::OpenOptionsExt;
    if let Some(folder) = file.parent() {
        std::fs::create_dir_all(folder)?;
    }
    let _ = std::fs::remove_file(file);
    let mut out = std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(file)?;
    Ok(out.write_all(text.as_bytes())?)
}
