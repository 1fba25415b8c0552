//! Programs and sources from Go modules.

use std::path::PathBuf;

use anyhow::{Context as _, Result};
use serde::Deserialize;

use crate::command::{output, run};
use crate::repository::Repository;

/// A program in a Go module.
#[derive(Debug)]
pub struct GoProgram {
    /// Its name.
    name: &'static str,
    /// The package with its `main`.
    package: &'static str,
    /// The module's version.
    version: &'static str,
}

/// Checks manifests against schemas.
pub const KUBECONFORM: GoProgram = GoProgram {
    name: "kubeconform",
    package: "github.com/yannh/kubeconform/cmd/kubeconform",
    version: "0.8.0",
};

/// Checks manifests against good practice.
pub const KUBE_SCORE: GoProgram = GoProgram {
    name: "kube-score",
    package: "github.com/zegl/kube-score/cmd/kube-score",
    version: "1.20.0",
};

impl GoProgram {
    /// The path of the program, built once.
    pub fn program(&self, repository: &Repository) -> Result<PathBuf> {
        let Self {
            name,
            package,
            version,
        } = self;
        let directory = repository.cache.join(format!("{name}-{version}"));
        let program = directory.join(name);
        if !program.exists() {
            run(repository
                .command("go")
                .args(["install", &format!("{package}@v{version}")])
                .env("GOBIN", &directory))?;
        }
        Ok(program)
    }
}

#[derive(Debug, Deserialize)]
struct Download {
    #[serde(rename = "Dir")]
    directory: PathBuf,
}

/// The directory with the sources of a module, which stay where Go keeps them.
pub fn go_module(repository: &Repository, module: &str, version: &str) -> Result<PathBuf> {
    let wanted = format!("{module}@v{version}");
    let text = output(
        repository
            .command("go")
            .args(["mod", "download", "-json", &wanted]),
    )?;
    let download: Download =
        serde_json::from_str(&text).with_context(|| format!("`go mod download {wanted}`"))?;
    Ok(download.directory)
}
