//! `vestibule import`, `export` and `campaign`: people who exist elsewhere.

use std::fs::File;
use std::io::{BufRead, BufReader, BufWriter, IsTerminal, Read, Write};
use std::path::PathBuf;

use anyhow::Context;
use clap::{Args, Subcommand};
use indicatif::{ProgressBar, ProgressStyle};

use super::operator::{here, say};
use crate::actions::{self, App, ImportFormat, ImportReport, ImportWish};
use crate::types::Digest;

#[derive(Args)]
pub(super) struct Import {
    /// The file.
    file: PathBuf,
    /// jsonl, csv, keycloak (a realm export) or auth0 (a user export, or one of password hashes).
    #[arg(long, default_value = "jsonl")]
    format: ImportFormat,
    /// Where the people come from: their ids there are remembered under this name.
    #[arg(long, default_value = "import")]
    source: String,
    /// Only say what would happen. On SQLite nobody else writes meanwhile.
    #[arg(long)]
    dry_run: bool,
    /// Read the whole file again, not only what an interrupted run left. What is there stays as it is.
    #[arg(long)]
    again: bool,
}

#[derive(Args)]
pub(super) struct Export {
    /// Where to write JSON Lines; standard output when left out.
    file: Option<PathBuf>,
    /// Password hashes too: whoever has the file can try to guess passwords.
    #[arg(long)]
    with_passwords: bool,
}

#[derive(Subcommand)]
pub(super) enum Campaign {
    /// Mail those who have several sign-ins under one proved address that they can make them one. Nobody is told twice.
    Consolidation {
        /// At most so many mails.
        #[arg(long, default_value_t = 1000)]
        limit: i64,
        /// Only say how many there would be.
        #[arg(long)]
        dry_run: bool,
    },
}

/// A reader that moves a bar.
struct Counted<R> {
    inner: R,
    bar: ProgressBar,
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let n = self.inner.read(buffer)?;
        self.bar.inc(n as u64);
        Ok(n)
    }
}

/// What names a file whatever it is called: the digests of its pieces.
fn name_of(import: &Import) -> anyhow::Result<String> {
    let mut file = File::open(&import.file)?;
    let (mut name, mut piece) = (format!("{} {:?}", import.source, import.format), Vec::new());
    loop {
        piece.clear();
        if Read::take(&mut file, 1 << 20).read_to_end(&mut piece)? == 0 {
            return Ok(name);
        }
        piece.extend_from_slice(name.as_bytes());
        name = Digest::of(&piece).as_str().to_owned();
    }
}

pub(super) async fn import(app: &App, import: Import, json: bool) -> anyhow::Result<()> {
    let named = || format!("cannot read {}", import.file.display());
    let file = File::open(&import.file).with_context(named)?;
    let bar = if std::io::stderr().is_terminal() { ProgressBar::new(file.metadata()?.len()) } else { ProgressBar::hidden() };
    bar.set_style(ProgressStyle::with_template("{bar:40} {percent}% {msg} {eta}")?);
    let reader: Box<dyn BufRead> = Box::new(BufReader::with_capacity(1 << 16, Counted { inner: file, bar: bar.clone() }));
    let records = actions::import_records(import.format, reader).with_context(named)?;
    let wish = ImportWish { source: import.source.clone(), file: if import.again { None } else { Some(name_of(&import)?) }, dry_run: import.dry_run };
    let report = actions::import(app, &wish, records, |n| bar.set_message(format!("{n} records")), &here(), app.clock.now()).await?;
    bar.finish_and_clear();
    if json {
        println!("{}", serde_json::to_string(&report)?);
    } else {
        print(&report, import.dry_run);
    }
    Ok(())
}

fn print(r: &ImportReport, dry_run: bool) {
    let would = if dry_run { "would be " } else { "" };
    println!("{} records read", r.records);
    println!("{would}made: {} companies, {} roles, {} people, {} accounts", r.companies, r.roles, r.people, r.accounts);
    println!("there before: {} people, {} accounts", r.people_there, r.accounts_there);
    println!("without a password that counts here: {} (they choose one by mail)", r.without_password);
    println!("with a username that nobody could choose here: {}; with an address that does not count as proved: {}", r.odd_usernames, r.addresses_unproved);
    println!("addresses that several sign-ins have proved: {}", r.same_email_groups);
    for (address, n) in &r.same_email {
        println!("  {address}: {n}");
    }
    println!("{would}refused: {} records", r.refused);
    if r.refused > 0 && !dry_run {
        println!("  (once their cause is mended, run it with --again)");
    }
    for refusal in &r.refusals {
        println!("  record {}: {}", refusal.record, refusal.reason);
    }
}

pub(super) async fn export(app: &App, export: Export, json: bool) -> anyhow::Result<()> {
    use std::os::unix::fs::OpenOptionsExt;
    let mut out: Box<dyn Write> = match &export.file {
        None => Box::new(BufWriter::new(std::io::stdout())),
        // For its owner's eyes alone: it has addresses, and maybe hashes, in it.
        Some(file) => Box::new(BufWriter::new(
            std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(file).with_context(|| format!("cannot write {}", file.display()))?,
        )),
    };
    let written = actions::export(app, export.with_passwords, |record| {
        serde_json::to_writer(&mut out, record)?;
        out.write_all(b"\n")
    })
    .await?;
    out.flush()?;
    if export.file.is_some() {
        say(json, &[("records", &written.to_string())]);
    }
    Ok(())
}

pub(super) async fn campaign(app: &App, command: Campaign, json: bool) -> anyhow::Result<()> {
    let Campaign::Consolidation { limit, dry_run } = command;
    let mails = actions::consolidation_campaign(app, limit, dry_run, &here(), app.clock.now()).await?;
    say(json, &[("mails", &mails.to_string())]);
    Ok(())
}
