//! A cluster that a developer names, with kind for example, in the place of the lab's.

use std::env;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

/// The only variable that leads the tests to a cluster that is not their own. `KUBECONFIG` is never looked at.
const VARIABLE: &str = "SHOPMICRO_TEST_KUBECONFIG";

/// The kubeconfig that was named; none where the lab is to be used.
pub fn kubeconfig() -> Option<PathBuf> {
    env::var_os(VARIABLE)
        .filter(|named| !named.is_empty())
        .map(PathBuf::from)
}

/// Runs all checks of a cluster against it.
pub fn prove(kubeconfig: &Path) {
    println!(
        "cluster: {VARIABLE} names {}: its cluster is proven, and no lab is made",
        kubeconfig.display()
    );
    let home = tempfile::tempdir().unwrap();
    let state = home.path().join("state");
    let place = state.join("clusters/named");
    fs::create_dir_all(&place).unwrap();
    fs::copy(kubeconfig, place.join("kubeconfig")).unwrap();
    fs::set_permissions(place.join("kubeconfig"), fs::Permissions::from_mode(0o600)).unwrap();
    fs::write(state.join("current-cluster"), "named\n").unwrap();
    let program = env::var_os("SHOPCTL_BIN").expect("SHOPCTL_BIN names the shopctl to test");
    let output = Command::new(program)
        .args(["verify", "--target", "ec2", "--only", "cluster"])
        .args(["--output", "json"])
        .current_dir(home.path())
        .env("HOME", home.path())
        .env("SHOPCTL_STATE_DIR", &state)
        .env_remove("KUBECONFIG")
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{said}");
    let document: Value = serde_json::from_str(&said).unwrap();
    assert_eq!(document["cluster"], "named", "{document:#}");
}
