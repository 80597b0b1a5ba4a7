//! The `keys/` folder: one file a key, readable by the server alone (decisions.md 23).

use std::fs;
use std::io::Write;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use anyhow::Context;

use super::{KeyRecord, Sealer};
use crate::types::{Random, Timestamp};

/// How files of a first set end until the set is complete.
const FIRST: &str = "first";

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
    /// Reads every record; makes the first set when there is none. The set comes whole or not at all: it is written beside its
    /// place, and a mark says that it is complete before the first key is put there. The caller keeps other processes out.
    pub fn load_or_make(&self, sealer: &Sealer, now: Timestamp, rng: &mut Random) -> anyhow::Result<Vec<KeyRecord>> {
        let complete = self.0.join("first-set.complete");
        if !complete.exists() {
            let records = self.load()?;
            if !records.is_empty() {
                return Ok(records);
            }
            fs::DirBuilder::new().recursive(true).mode(0o700).create(&self.0).with_context(|| format!("cannot make the key folder {}", self.0.display()))?;
            // What a start that broke off left behind counts for nothing: no token was ever signed with it.
            for path in self.waiting()? {
                fs::remove_file(path)?;
            }
            for record in KeyRecord::first_set(sealer, now, rng)? {
                self.write(&self.file(&record.name).with_extension(FIRST), &record)?;
            }
            fs::File::create(&complete)?.sync_all()?;
            fs::File::open(&self.0)?.sync_all()?;
        }
        for path in self.waiting()? {
            fs::rename(&path, path.with_extension("json"))?;
        }
        fs::remove_file(&complete)?;
        fs::File::open(&self.0)?.sync_all()?;
        self.load()
    }
    /// Files of a first set that are not in their place yet.
    fn waiting(&self) -> anyhow::Result<Vec<PathBuf>> {
        let mut found = Vec::new();
        for entry in fs::read_dir(&self.0)? {
            found.push(entry?.path());
        }
        found.retain(|path| path.extension().is_some_and(|e| e == FIRST));
        Ok(found)
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
        self.write(&partial, record)?;
        fs::rename(&partial, &path)?;
        fs::File::open(&self.0)?.sync_all()?;
        Ok(())
    }
    fn write(&self, path: &Path, record: &KeyRecord) -> anyhow::Result<()> {
        let _ = fs::remove_file(path);
        let mut file =
            fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(path).with_context(|| format!("cannot write {}", path.display()))?;
        file.write_all(&serde_json::to_vec_pretty(record)?)?;
        Ok(file.sync_all()?)
    }
    /// Removes one record.
    pub fn forget(&self, name: &str) -> anyhow::Result<()> {
        Ok(fs::remove_file(self.file(name))?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::types::Secret;

    #[test]
    fn a_first_start_that_broke_off_is_begun_anew_or_finished() {
        let place = tempfile::tempdir().expect("a folder");
        let (folder, sealer) = (KeyFolder::at(&place.path().join("keys")), Sealer::new(Some(&Secret::new("a secret".to_owned()))));
        let (now, mut rng) = (Timestamp::from_seconds(1_800_000_000), Random::system());
        let names = |records: &[KeyRecord]| {
            let mut names: Vec<String> = records.iter().map(|r| r.name.clone()).collect();
            names.sort();
            names
        };
        let first = folder.load_or_make(&sealer, now, &mut rng).expect("made");
        // Broken off while writing: some files, no mark. They count for nothing.
        let files = |end: &str| {
            fs::read_dir(&folder.0).expect("read").map(|e| e.expect("one").path()).filter(|p| p.extension().is_some_and(|e| e == end)).collect::<Vec<_>>()
        };
        for path in files("json").iter().skip(2) {
            fs::remove_file(path).expect("removed");
        }
        for path in files("json") {
            fs::rename(&path, path.with_extension(FIRST)).expect("renamed");
        }
        let second = folder.load_or_make(&sealer, now, &mut rng).expect("made again");
        assert_eq!(first.len(), second.len());
        assert!(files(FIRST).is_empty() && second.iter().all(|r| first.iter().all(|f| f.sealed != r.sealed)));
        // Broken off while putting them in place: the mark is there, and what waits is put there too.
        let waiting = files("json").pop().expect("one");
        fs::rename(&waiting, waiting.with_extension(FIRST)).expect("renamed");
        fs::File::create(folder.0.join("first-set.complete")).expect("marked");
        let third = folder.load_or_make(&sealer, now, &mut rng).expect("finished");
        assert_eq!(names(&third), names(&second));
        assert!(third.iter().all(|r| second.iter().any(|s| s.sealed == r.sealed)));
    }
}
