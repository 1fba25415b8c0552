//! The keys of a lab: the operator's, and one for each host.

use std::fs;
use std::path::Path;

use anyhow::Result;

use crate::command::{program, run};

/// Makes a key pair and returns the public half; an existing one is kept.
pub fn pair(path: &Path, comment: &str) -> Result<String> {
    if !path.exists() {
        let mut command = program(
            "ssh-keygen",
            ["-q", "-t", "ed25519", "-N", "", "-C", comment],
        );
        run(command.arg("-f").arg(path))?;
    }
    Ok(fs::read_to_string(path.with_extension("pub"))?)
}
