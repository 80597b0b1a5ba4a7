//! The command line: `vestibule --help` teaches it.

mod api;
mod audit;
mod moving;
mod operator;
mod serve;
mod webhook;

use std::path::PathBuf;
use std::sync::Arc;

use clap::{Parser, Subcommand};

use crate::actions::{self, App, Clock};
use crate::config::{Config, DatabaseUrl, KEYS};
use crate::crypto::HashCost;
use crate::store::Db;
use crate::types::Random;

/// An OpenID Connect provider for people who have accounts at several companies.
#[derive(Parser)]
#[command(name = "vestibule", version, after_long_help = config_help())]
struct Cli {
    /// The configuration file (TOML); VESTIBULE_... variables go over it.
    #[arg(long, global = true, env = "VESTIBULE_CONFIG", value_name = "FILE")]
    config: Option<PathBuf>,
    /// Print results as JSON.
    #[arg(long, global = true)]
    json: bool,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Run the provider. Without any configuration: SQLite, generated keys, http://localhost:8080.
    Serve,
    /// Bring the database schema up to date and stop.
    Migrate,
    /// Check the configuration, list every mistake, and show what is in force.
    CheckConfig,
    /// Signing keys.
    #[command(subcommand)]
    Keys(Keys),
    /// Companies.
    #[command(subcommand)]
    Company(operator::Company),
    /// Domains with a company's own look.
    #[command(subcommand)]
    Brand(operator::Brand),
    /// Who runs this provider.
    #[command(subcommand)]
    Operator(operator::Operator),
    /// People.
    #[command(subcommand)]
    Person(operator::Person),
    /// Accounts: a person's place in a company.
    #[command(subcommand)]
    Account(operator::Account),
    /// Roles of a company.
    #[command(subcommand)]
    Role(operator::Role),
    /// Resource servers: the APIs that access tokens are for.
    #[command(subcommand)]
    Resource(operator::Resource),
    /// Relying apps.
    #[command(subcommand)]
    Client(operator::Client),
    /// Webhooks: who is told of what happens.
    #[command(subcommand)]
    Webhook(webhook::Webhook),
    /// Take over people, companies and accounts that exist elsewhere.
    Import(moving::Import),
    /// Write companies, roles, people and accounts in the form that import reads.
    Export(moving::Export),
    /// Mails to many.
    #[command(subcommand)]
    Campaign(moving::Campaign),
    /// Any call of the management API: directly on the database, or at a running server.
    Api(api::Api),
    /// The audit log.
    #[command(subcommand)]
    Audit(audit::Audit),
    /// Run the provider with demo data: companies, people, and a client for the sample app.
    Demo(serve::Demo),
}

#[derive(Subcommand)]
enum Keys {
    /// The next key signs from now on, and a new next one is published.
    Rotate {
        /// Also when apps may not have seen the next key yet: those will meet an unknown key.
        #[arg(long)]
        force: bool,
    },
}

fn config_help() -> String {
    let mut out = String::from("Configuration keys, in the file or as VESTIBULE_ + upper case with __ for the dot:\n");
    for key in KEYS {
        let default = if key.default.is_empty() { String::new() } else { format!(" [{}]", key.default) };
        out.push_str(&format!("  {:<32}{}{default}\n", key.path, key.help));
    }
    out.push_str("\nFirst steps:\n  vestibule company add --name Shop --slug shop\n  vestibule person add --email alice@example.test --verified --password-file pw.txt\n  vestibule account add --person alice@example.test --company shop --kind owner\n  vestibule client add --name 'My app' --redirect-uri http://localhost:3000/callback\n  vestibule serve\n");
    out
}

/// The command's exit code: 0 done, 1 refused or failed, 2 wrong usage or configuration.
pub fn main() -> i32 {
    let cli = Cli::parse();
    if rustls::crypto::ring::default_provider().install_default().is_err() {
        eprintln!("another TLS provider is installed");
        return 1;
    }
    let config = match Config::read(cli.config.as_deref()) {
        Ok(config) => config,
        Err(mistakes) => {
            eprintln!("{mistakes}");
            return 2;
        }
    };
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(e) => {
            eprintln!("{e}");
            return 1;
        }
    };
    match runtime.block_on(run(cli.command, config, cli.json)) {
        Ok(()) => 0,
        Err(e) => {
            eprintln!("{e:#}");
            1
        }
    }
}

/// Opens everything for a command; beside a running server too.
async fn open(config: Config) -> anyhow::Result<Arc<App>> {
    App::start(config, Clock::system(), Random::system(), HashCost::default()).await
}

async fn run(command: Command, config: Config, json: bool) -> anyhow::Result<()> {
    match command {
        Command::Serve => serve::serve(open_logged(config).await?, None).await,
        Command::Demo(demo) => serve::demo(demo, config).await,
        Command::Migrate => {
            let db = Db::connect(&config.database).await?;
            db.migrate().await?;
            println!("the schema is up to date ({})", db.engine());
            Ok(())
        }
        Command::CheckConfig => {
            println!("{config:#?}");
            if let DatabaseUrl::Sqlite(file) = &config.database {
                println!("the configuration is valid; data goes to {file}");
            }
            Ok(())
        }
        Command::Keys(Keys::Rotate { force }) => {
            let app = open(config).await?;
            actions::rotate_keys(&app, force, app.clock.now()).await??;
            println!("rotated; running servers notice within a second");
            Ok(())
        }
        Command::Company(command) => operator::company(&*open(config).await?, command, json).await,
        Command::Brand(command) => operator::brand(&*open(config).await?, command, json).await,
        Command::Operator(command) => operator::operator(&*open(config).await?, command, json).await,
        Command::Person(command) => operator::person(&*open(config).await?, command, json).await,
        Command::Account(command) => operator::account(&*open(config).await?, command, json).await,
        Command::Role(command) => operator::role(&*open(config).await?, command, json).await,
        Command::Resource(command) => operator::resource(&*open(config).await?, command, json).await,
        Command::Webhook(command) => webhook::webhook(&*open(config).await?, command, json).await,
        Command::Import(command) => moving::import(&*open(config).await?, command, json).await,
        Command::Export(command) => moving::export(&*open(config).await?, command, json).await,
        Command::Campaign(command) => moving::campaign(&*open(config).await?, command, json).await,
        Command::Api(call) if call.is_local() => api::local(open(config).await?, call, json).await,
        Command::Api(call) => api::remote(call, json).await,
        Command::Audit(command) => audit::audit(&*open(config).await?, command, json).await,
        Command::Client(command) => operator::client(&*open(config).await?, command, json).await,
    }
}

async fn open_logged(config: Config) -> anyhow::Result<Arc<App>> {
    serve::start_logging(&config);
    open(config).await
}
