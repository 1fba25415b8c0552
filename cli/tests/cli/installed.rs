//! An installed `shopctl`: its own binary with those of the services beside it.
//!
//! A copy, so that a build that goes on meanwhile does not change the release under the tests.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

/// What is installed together.
const SIBLINGS: [&str; 3] = ["backend", "ml-service", "frontend"];

static PLACE: LazyLock<PathBuf> = LazyLock::new(install);

/// The path of the installed `shopctl`.
pub fn shopctl() -> PathBuf {
    PLACE.join("shopctl")
}

fn install() -> PathBuf {
    let built = Path::new(env!("CARGO_BIN_EXE_shopctl"));
    let installations = Path::new(env!("CARGO_TARGET_TMPDIR")).join("installed");
    remove_those_of_ended_runs(&installations);
    let place = installations.join(std::process::id().to_string());
    fs::create_dir_all(&place).unwrap();
    fs::copy(built, place.join("shopctl")).unwrap();
    for sibling in SIBLINGS {
        let binary = built.with_file_name(sibling);
        let copied = fs::copy(&binary, place.join(sibling));
        assert!(
            copied.is_ok(),
            "{} is missing; type `cargo build --release --workspace` and run the tests with `--release`",
            binary.display()
        );
    }
    place
}

fn remove_those_of_ended_runs(installations: &Path) {
    for entry in fs::read_dir(installations).into_iter().flatten().flatten() {
        if !Path::new("/proc").join(entry.file_name()).exists() {
            let _ = fs::remove_dir_all(entry.path());
        }
    }
}
