//! Whether sources have changed since they were built, without reading them.

use std::fmt::Write as _;
use std::fs;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

use walkdir::{DirEntry, WalkDir};

use crate::platform::Error;
use crate::platform::local::releases::hashes::of_text;
use crate::platform::state::durable;

/// Folders that hold nothing that is built from.
const PASSED_OVER: [&str; 8] = [
    "node_modules",
    "target",
    "dist",
    "test-results",
    "playwright-report",
    "e2e",
    "tests",
    "benches",
];

/// The sources of one thing that is built.
#[derive(Debug)]
pub struct Sources {
    /// Files and folders; one that is missing counts as missing.
    pub roots: Vec<PathBuf>,
    /// A folder inside of them that does not count.
    pub except: Option<PathBuf>,
}

impl Sources {
    /// A short text that changes whenever a source does: over path, size and moment of change of every file.
    pub fn fingerprint(&self) -> String {
        let mut text = String::new();
        for root in &self.roots {
            let entries = WalkDir::new(root).sort_by_file_name().into_iter();
            for entry in entries.filter_entry(|entry| self.counts(entry)).flatten() {
                if let Some(metadata) = entry.metadata().ok().filter(fs::Metadata::is_file) {
                    // Writing into a string cannot fail.
                    let _ = writeln!(
                        text,
                        "{} {} {}.{}",
                        entry.path().display(),
                        metadata.len(),
                        metadata.mtime(),
                        metadata.mtime_nsec()
                    );
                }
            }
        }
        of_text(text.as_bytes())
    }

    fn counts(&self, entry: &DirEntry) -> bool {
        let passed_over = entry.file_type().is_dir()
            && entry
                .file_name()
                .to_str()
                .is_some_and(|name| PASSED_OVER.contains(&name));
        !passed_over && self.except.as_deref() != Some(entry.path())
    }
}

/// Whether `file` remembers that fingerprint.
pub fn is_remembered(file: &Path, fingerprint: &str) -> bool {
    fs::read_to_string(file).is_ok_and(|remembered| remembered == fingerprint)
}

/// Remembers the fingerprint in `file`.
pub fn remember(file: &Path, fingerprint: &str) -> Result<(), Error> {
    if let Some(parent) = file.parent() {
        durable::directory(parent, 0o755, None)?;
    }
    durable::write(file, fingerprint.as_bytes(), 0o644, None)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_change_of_a_source_is_seen_and_no_other() {
        let directory = tempfile::tempdir().unwrap();
        let root = directory.path().to_owned();
        let write = |path: &str, text: &str| {
            fs::create_dir_all(root.join(path).parent().unwrap()).unwrap();
            fs::write(root.join(path), text).unwrap();
        };
        write("src/main.rs", "one");
        let sources = Sources {
            roots: vec![root.clone()],
            except: Some(root.join("ui")),
        };
        let first = sources.fingerprint();
        assert_eq!(sources.fingerprint(), first);
        write("node_modules/react/index.js", "");
        write("ui/index.html", "");
        assert_eq!(sources.fingerprint(), first);
        write("src/main.rs", "longer");
        let second = sources.fingerprint();
        assert_ne!(second, first);
        write("src/new.rs", "");
        assert_ne!(sources.fingerprint(), second);
        fs::remove_file(root.join("src/new.rs")).unwrap();
        assert_eq!(sources.fingerprint(), second);
    }

    #[test]
    fn what_was_built_is_remembered() {
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("shopctl/ui");
        assert!(!is_remembered(&file, "a"));
        remember(&file, "a").unwrap();
        assert!(is_remembered(&file, "a"));
        assert!(!is_remembered(&file, "b"));
    }
}
