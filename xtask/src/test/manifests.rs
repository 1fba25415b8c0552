//! The rendered manifests, without a cluster.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};

use crate::command::run;
use crate::repository::Repository;
use crate::tools;

/// The committed renderings, which the Rust tests keep up to date: known to every supported version of Kubernetes, and
/// without a finding of those who know good practice.
pub fn test(repository: &Repository) -> Result<()> {
    let renderings = renderings(&repository.root.join("cli/tests/renderings"))?;
    conform(repository, &renderings)?;
    score(repository, &renderings)?;
    check(repository, &renderings)
}

fn renderings(root: &Path) -> Result<Vec<PathBuf>> {
    let entries = fs::read_dir(root).with_context(|| format!("`{}`", root.display()))?;
    let mut places = Vec::new();
    for entry in entries {
        places.push(entry?.path().join("manifests"));
    }
    places.sort();
    Ok(places)
}

fn conform(repository: &Repository, renderings: &[PathBuf]) -> Result<()> {
    let kubeconform = tools::KUBECONFORM.program(repository)?;
    let schemas = tools::kubernetes_schemas(repository)?;
    for version in tools::KUBERNETES {
        let mut command = repository.command(&kubeconform);
        command
            .args(["-strict", "-summary", "-kubernetes-version", version])
            .args(["-schema-location", &schemas])
            .args(renderings);
        run(&mut command)?;
    }
    Ok(())
}

/// A rendering at a time: the objects of one belong together.
fn score(repository: &Repository, renderings: &[PathBuf]) -> Result<()> {
    let kube_score = tools::KUBE_SCORE.program(repository)?;
    for rendering in renderings {
        let mut files = Vec::new();
        collect(rendering, &mut files)?;
        let mut command = repository.command(&kube_score);
        command
            .args(["score", "--kubernetes-version", "v1.35"])
            .args(["--output-format", "ci", "--exit-one-on-warning"])
            .args(files);
        // It lists what is fine as well; its exit code says whether anything is not.
        run(&mut command)?;
    }
    Ok(())
}

fn check(repository: &Repository, renderings: &[PathBuf]) -> Result<()> {
    let checkov = tools::CHECKOV.programs(repository)?.join("checkov");
    for rendering in renderings {
        let mut command = repository.command(&checkov);
        command
            // Its texts about fixes are in a place that not every machine reaches.
            .args([
                "--framework",
                "kubernetes",
                "--compact",
                "--quiet",
                "--skip-download",
            ])
            .arg("--directory")
            .arg(rendering);
        run(&mut command)?;
    }
    Ok(())
}

fn collect(directory: &Path, files: &mut Vec<PathBuf>) -> Result<()> {
    let entries = fs::read_dir(directory).with_context(|| format!("`{}`", directory.display()))?;
    for entry in entries {
        let path = entry?.path();
        if path.is_dir() {
            collect(&path, files)?;
        } else if path
            .extension()
            .is_some_and(|extension| extension == "yaml")
        {
            files.push(path);
        }
    }
    Ok(())
}
