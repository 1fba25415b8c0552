//! The sizes of the house, for every crate.

use std::fs;
use std::path::{Path, PathBuf};

/// A file may not be longer than this.
const LINES: usize = 500;

/// Every Rust file below a directory, with its text.
pub fn sources(directory: &Path) -> Vec<(PathBuf, String)> {
    let mut found = Vec::new();
    for entry in fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            let built = path.ends_with("target") || path.ends_with("node_modules");
            if !built {
                found.extend(sources(&path));
            }
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let text = fs::read_to_string(&path).unwrap();
            found.push((path, text));
        }
    }
    found
}

fn repository() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap()
}

#[test]
fn no_file_outgrows_its_noun() {
    for room in ["cli", "services", "lab", "xtask"] {
        for (file, text) in sources(&repository().join(room)) {
            let lines = text.lines().count();
            assert!(
                lines <= LINES,
                "{} has {lines} lines; split it",
                file.display()
            );
        }
    }
}

#[test]
fn mod_files_only_declare() {
    for room in ["cli/src", "services", "lab", "xtask/src"] {
        for (file, text) in sources(&repository().join(room)) {
            let holds_code = file.ends_with("mod.rs")
                && text
                    .lines()
                    .any(|line| line.starts_with("fn ") || line.starts_with("impl "));
            assert!(!holds_code, "{} holds code", file.display());
        }
    }
}

#[test]
fn nothing_is_called_by_a_word_that_says_nothing() {
    for room in ["cli", "services", "lab", "xtask"] {
        for (file, _) in sources(&repository().join(room)) {
            let stem = file.file_stem().unwrap().to_string_lossy().into_owned();
            let empty = [
                "utils", "util", "helpers", "helper", "common", "manager", "misc",
            ]
            .contains(&stem.as_str());
            assert!(!empty, "{} needs a noun for a name", file.display());
        }
    }
}
