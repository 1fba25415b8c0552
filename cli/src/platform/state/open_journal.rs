//! The record of all operations on one data directory: one JSON line before each side effect.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use crate::plan::Interruption;
use crate::platform::state::durable;
use crate::platform::state::lock::Lock;
use crate::platform::{Entry, Error, Journal};

/// Beyond this many bytes the older half of the journal goes.
const LIMIT: u64 = 256 * 1024;

/// The steps that free space or stop what runs: a full disk must not keep them from being done.
const POSSIBLE_ON_A_FULL_DISK: [&str; 2] = ["stop-components", "delete-data"];

/// One line of the file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Line {
    /// When it was written.
    #[serde(with = "time::serde::rfc3339")]
    at: OffsetDateTime,
    /// The verb.
    operation: String,
    /// What happened.
    what: Entry,
}

/// An open operation: the lock and the file.
pub struct OpenJournal {
    operation: String,
    path: PathBuf,
    file: File,
    /// Held for as long as the journal is open.
    _lock: Lock,
}

impl OpenJournal {
    /// Opens the journal for an operation that holds the lock.
    pub fn open(path: &Path, operation: &str, lock: Lock) -> Result<Self, Error> {
        shorten(path);
        let file = OpenOptions::new()
            .append(true)
            .create(true)
            .mode(0o644)
            .open(path)
            .map_err(|source| Error::file("open", path, source))?;
        Ok(Self {
            operation: operation.to_owned(),
            path: path.to_owned(),
            file,
            _lock: lock,
        })
    }

    fn append(&mut self, entry: &Entry) -> io::Result<()> {
        let line = Line {
            at: OffsetDateTime::now_utc(),
            operation: self.operation.clone(),
            what: entry.clone(),
        };
        // The leading line end separates it from what a killed process or a full disk has cut off.
        let mut text = b"\n".to_vec();
        serde_json::to_writer(&mut text, &line)?;
        text.push(b'\n');
        self.file.write_all(&text)?;
        // The other entries need only survive this process: they are of steps that can be done again.
        if matches!(entry, Entry::DataReady { .. }) {
            self.file.sync_data()?;
        }
        Ok(())
    }
}

#[async_trait]
impl Journal for OpenJournal {
    async fn record(&mut self, entry: &Entry) -> Result<(), Error> {
        match self.append(entry) {
            Err(source) if source.kind() == io::ErrorKind::StorageFull && needs_no_space(entry) => {
                Ok(())
            }
            Err(source) => Err(Error::file("write", &self.path, source)),
            Ok(()) => Ok(()),
        }
    }
}

/// What the journal tells the planner.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Past {
    /// The release that the data is complete for.
    pub data_ready_for: Option<String>,
    /// The operation that did not come to its end.
    pub interruption: Option<Interruption>,
}

/// Reads the journal; lines that cannot be understood do not count.
pub fn past(path: &Path) -> Past {
    let mut past = Past::default();
    for line in lines(path) {
        match line.what {
            Entry::Step { name } => {
                past.interruption = Some(Interruption {
                    operation: line.operation,
                    step: name,
                });
            }
            Entry::DataReady { release } => past.data_ready_for = Some(release),
            Entry::Finished { .. } => past.interruption = None,
        }
    }
    past
}

fn lines(path: &Path) -> Vec<Line> {
    let text = fs::read(path).unwrap_or_default();
    text.split(|byte| *byte == b'\n')
        .filter_map(|line| serde_json::from_slice(line).ok())
        .collect()
}

fn needs_no_space(entry: &Entry) -> bool {
    match entry {
        Entry::Step { name } => POSSIBLE_ON_A_FULL_DISK.contains(&name.as_str()),
        Entry::Finished { .. } => true,
        Entry::DataReady { .. } => false,
    }
}

/// Keeps the younger half and what the planner needs of the older one. A journal that stays long is no failure.
fn shorten(path: &Path) {
    if !path.metadata().is_ok_and(|metadata| metadata.len() > LIMIT) {
        return;
    }
    let lines = lines(path);
    let (old, young) = lines.split_at(lines.len() / 2);
    let ready = old
        .iter()
        .rev()
        .find(|line| matches!(line.what, Entry::DataReady { .. }));
    let kept: Vec<_> = ready
        .into_iter()
        .chain(young)
        .filter_map(|line| serde_json::to_string(line).ok())
        .collect();
    let _ = durable::write(path, (kept.join("\n") + "\n").as_bytes(), 0o644, None);
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn journal(path: &Path, operation: &str, entries: &[Entry]) {
        let lock = Lock::take(&path.with_extension("lock"), operation)
            .unwrap()
            .unwrap();
        let mut journal = OpenJournal::open(path, operation, lock).unwrap();
        for entry in entries {
            journal.record(entry).await.unwrap();
        }
    }

    fn step(name: &str) -> Entry {
        Entry::Step {
            name: name.to_owned(),
        }
    }

    fn ready(release: &str) -> Entry {
        Entry::DataReady {
            release: release.to_owned(),
        }
    }

    fn finished() -> Entry {
        Entry::Finished {
            outcome: "done".to_owned(),
        }
    }

    #[tokio::test]
    async fn an_operation_without_an_end_was_cut_off() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("journal.jsonl");
        journal(
            &path,
            "up",
            &[step("migrate"), ready("1-abc"), step("start-services")],
        )
        .await;
        let past = past(&path);
        assert_eq!(past.data_ready_for.as_deref(), Some("1-abc"));
        let interruption = past.interruption.unwrap();
        assert_eq!(
            (interruption.operation.as_str(), interruption.step.as_str()),
            ("up", "start-services")
        );
    }

    #[tokio::test]
    async fn a_torn_line_costs_nothing_but_itself() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("journal.jsonl");
        journal(&path, "up", &[ready("1-abc"), step("start-services")]).await;
        let text = fs::read(&path).unwrap();
        fs::write(&path, &text[..text.len() - 9]).unwrap();
        assert_eq!(
            past(&path),
            Past {
                data_ready_for: Some("1-abc".to_owned()),
                interruption: None
            }
        );
        journal(&path, "up", &[step("start-services"), finished()]).await;
        assert_eq!(past(&path).interruption, None);
    }

    #[tokio::test]
    async fn a_long_journal_is_shortened_and_remembers_the_data() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("journal.jsonl");
        journal(&path, "up", &[ready("1-abc")]).await;
        let line = fs::read_to_string(&path).unwrap().replace("1-abc", "0-old");
        let filler = line.repeat(usize::try_from(LIMIT).unwrap() / line.len());
        let text = filler + &fs::read_to_string(&path).unwrap() + &"x".repeat(512);
        fs::write(&path, text).unwrap();
        journal(&path, "up", &[finished()]).await;
        assert!(path.metadata().unwrap().len() < LIMIT * 2 / 3);
        assert_eq!(past(&path).data_ready_for.as_deref(), Some("1-abc"));
    }
}
