//! Archives and checksums.

use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result};

use crate::command::{output, program, run};

/// Packs what is in a directory, all of it owned by who owns it there, into an archive whose name says the format.
pub fn pack(directory: &Path, archive: &Path) -> Result<()> {
    let plain = archive
        .extension()
        .is_some_and(|extension| extension == "tar");
    let compression = if plain {
        "--no-auto-compress"
    } else {
        "--use-compress-program=gzip -1"
    };
    let mut tar = program(
        "tar",
        [
            "--create",
            "--sort=name",
            "--numeric-owner",
            "--mtime=@0",
            compression,
        ],
    );
    tar.arg("--file")
        .arg(archive)
        .arg("--directory")
        .arg(directory)
        .arg(".");
    run(&mut tar)
}

/// The SHA-256 digest of a file, as hexadecimal digits.
pub fn digest(file: &Path) -> Result<String> {
    let sum = output(program("sha256sum", ["--binary"]).arg(file))?;
    let digest = sum.split_whitespace().next();
    Ok(digest.context("sha256sum says nothing")?.to_owned())
}

/// Copies a file, with the directories above it.
pub fn place(from: &Path, to: &Path) -> Result<()> {
    if let Some(parent) = to.parent() {
        fs::create_dir_all(parent)?;
    }
    fs::copy(from, to)?;
    Ok(())
}
