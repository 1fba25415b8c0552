//! A component's log: stamped lines in a few files of bounded size.

use std::collections::VecDeque;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use time::OffsetDateTime;

use crate::platform::local::running::stamp;

/// A file that has grown beyond this many bytes is put aside.
const LIMIT: u64 = 10 * 1024 * 1024;

/// How many files are kept, the newest included.
const FILES: u32 = 3;

/// How many of the last lines are remembered for messages.
const REMEMBERED: usize = 20;

/// The log of one component. Nothing that happens to the disk is an error here: the component must go on.
#[derive(Debug)]
pub struct LogFile {
    path: PathBuf,
    file: Option<File>,
    /// The size of the open file, in bytes.
    size: u64,
    limit: u64,
    last: VecDeque<String>,
}

impl LogFile {
    /// The log at `path`.
    pub fn new(path: PathBuf) -> Self {
        Self {
            path,
            file: None,
            size: 0,
            limit: LIMIT,
            last: VecDeque::new(),
        }
    }

    /// Writes whole lines, each with the moment in front of it.
    pub fn write(&mut self, lines: &[&[u8]]) {
        let stamp = stamp::text(OffsetDateTime::now_utc());
        let mut block = Vec::with_capacity(lines.iter().map(|line| line.len() + 32).sum());
        for line in lines {
            block.extend_from_slice(stamp.as_bytes());
            block.push(b' ');
            block.extend_from_slice(line);
            block.push(b'\n');
        }
        // On a full disk the lines are lost and the next ones are tried again.
        if self.append(&block).is_err() {
            self.file = None;
        }
        for line in lines.iter().rev().take(REMEMBERED).rev() {
            self.remember(line);
        }
    }

    /// The last lines, oldest first.
    pub fn last(&self) -> Vec<String> {
        self.last.iter().cloned().collect()
    }

    /// Forgets the last lines: what comes now is of another process.
    pub fn forget(&mut self) {
        self.last.clear();
    }

    fn append(&mut self, block: &[u8]) -> io::Result<()> {
        if self.size >= self.limit {
            self.rotate();
        }
        if self.file.is_none() {
            let file = OpenOptions::new()
                .append(true)
                .create(true)
                .mode(0o640)
                .open(&self.path)?;
            self.size = file.metadata()?.len();
            self.file = Some(file);
        }
        if let Some(file) = &mut self.file {
            file.write_all(block)?;
        }
        self.size += block.len() as u64;
        Ok(())
    }

    fn rotate(&mut self) {
        self.file = None;
        self.size = 0;
        for number in (1..FILES).rev() {
            let _ = fs::rename(
                numbered(&self.path, number - 1),
                numbered(&self.path, number),
            );
        }
    }

    fn remember(&mut self, line: &[u8]) {
        if self.last.len() == REMEMBERED {
            self.last.pop_front();
        }
        self.last
            .push_back(String::from_utf8_lossy(line).into_owned());
    }
}

/// The files of a log, the oldest first.
pub fn files(path: &Path) -> Vec<PathBuf> {
    (0..FILES)
        .rev()
        .map(|number| numbered(path, number))
        .collect()
}

fn numbered(path: &Path, number: u32) -> PathBuf {
    if number == 0 {
        return path.to_owned();
    }
    let mut name = path.as_os_str().to_owned();
    name.push(format!(".{number}"));
    PathBuf::from(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_stamped_and_remembered() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("a.log");
        let mut log = LogFile::new(path.clone());
        log.write(&[b"one", b"two"]);
        let text = fs::read_to_string(path).unwrap();
        let texts: Vec<_> = text
            .lines()
            .map(|line| stamp::split(line).unwrap().1)
            .collect();
        assert_eq!(texts, ["one", "two"]);
        assert_eq!(log.last(), ["one", "two"]);
    }

    #[test]
    fn a_few_files_of_bounded_size_are_kept() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("a.log");
        let mut log = LogFile::new(path.clone());
        log.limit = 100;
        for number in 0..50 {
            log.write(&[format!("line {number}").as_bytes()]);
        }
        assert_eq!(fs::read_dir(directory.path()).unwrap().count(), 3);
        let all: String = files(&path)
            .iter()
            .map(|file| fs::read_to_string(file).unwrap())
            .collect();
        assert!(all.ends_with("line 49\n"), "{all}");
        assert!(all.len() < 3 * 150);
    }

    #[test]
    fn a_disk_that_refuses_is_no_failure() {
        let mut log = LogFile::new(PathBuf::from("/nowhere/a.log"));
        log.write(&[b"lost"]);
        assert_eq!(log.last(), ["lost"]);
    }

    #[test]
    fn a_full_disk_loses_lines_only_while_it_is_full() {
        let mut log = LogFile::new(PathBuf::from("/dev/full"));
        log.write(&[b"lost"]);
        let directory = tempfile::tempdir().unwrap();
        log.path = directory.path().join("a.log");
        log.write(&[b"kept"]);
        assert!(fs::read_to_string(&log.path).unwrap().ends_with(" kept\n"));
    }
}
