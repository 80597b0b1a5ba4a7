//! The `keys/` folder: one file a key, readable by the server alone (decisions.md 23).

use std::fs;
use std::io::Write;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use anyhow::Context;

use super::{KeyRecord, Sealer};
use crate::types::{Random, Timestamp};

/// The folder.
#[derive(Clone, Debug)]
pub struct KeyFolder(PathBuf);

impl KeyFolder {
    /// At this path.
    pub fn at(path: &Path) -> Self {
        Self(path.to_owned())
    }
    fn file(&self, name: &str) -> PathBuf {
        self.0.join(format!("{}.json", name.replace(':', "-")))
    }
    /// Reads every record; makes the first set when there is none.
    pub fn load_or_make(&self, sealer: &Sealer, now: Timestamp, rng: &mut Random) -> anyhow::Result<Vec<KeyRecord>> {
        let records = self.load()?;
        if !records.is_empty() {
            return Ok(records);
        }
        fs::DirBuilder::new().recursive(true).mode(0o700).create(&self.0).with_context(|| format!("cannot make the key folder {}", self.0.display()))?;
        for record in KeyRecord::first_set(sealer, now, rng)? {
            self.save(&record)?;
        }
        self.load()
    }
    /// Reads every record.
    pub fn load(&self) -> anyhow::Result<Vec<KeyRecord>> {
        let mut out = Vec::new();
        let entries = match fs::read_dir(&self.0) {
            Ok(entries) => entries,
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(out),
            Err(e) => return Err(e).with_context(|| format!("cannot read the key folder {}", self.0.display())),
        };
        for entry in entries {
            let path = entry?.path();
            if path.extension().is_some_and(|e| e == "json") {
                let text = fs::read(&path).with_context(|| format!("cannot read {}", path.display()))?;
                out.push(serde_json::from_slice(&text).with_context(|| format!("{} is not a key file", path.display()))?);
            }
        }
        Ok(out)
    }
    /// Writes one record: whole or not at all.
    pub fn save(&self, record: &KeyRecord) -> anyhow::Result<()> {
        let path = self.file(&record.name);
        let partial = path.with_extension("partial");
        let _ = fs::remove_file(&partial);
        let mut file =
            fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(&partial).with_context(|| format!("cannot write {}", partial.display()))?;
        file.write_all(&serde_json::to_vec_pretty(record)?)?;
        file.sync_all()?;
        fs::rename(&partial, &path)?;
        fs::File::open(&self.0)?.sync_all()?;
        Ok(())
    }
    /// Removes one record.
    pub fn forget(&self, name: &str) -> anyhow::Result<()> {
        Ok(fs::remove_file(self.file(name))?)
    }
}
