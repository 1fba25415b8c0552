//! The files of the mirror, laid out as the projects' own servers have them.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Result;

use super::archive::{digest, pack, place};
use super::cache::{Cache, Recipe};
use super::module::Module;

/// Changes whenever the layout does.
const LAYOUT: &str = "layout 1";

/// kubeadm, kubelet and kubectl, as on dl.k8s.io.
pub fn kubernetes(cache: &Cache, module: &Module, built: &Path) -> Result<PathBuf> {
    let version = module.version()?;
    files(cache, &format!("mirror-{}", module.name), built, |root| {
        let directory = root.join(format!("dl.k8s.io/v{version}/bin/linux/amd64"));
        for name in ["kubeadm", "kubelet", "kubectl"] {
            let file = directory.join(name);
            place(&built.join(name), &file)?;
            fs::write(directory.join(format!("{name}.sha256")), digest(&file)?)?;
        }
        Ok(())
    })
}

/// containerd's archive, which holds `bin/`.
pub fn containerd(cache: &Cache, built: &Path, version: &str) -> Result<PathBuf> {
    files(cache, "mirror-containerd", built, |root| {
        let directory = root.join(format!(
            "github.com/containerd/containerd/releases/download/v{version}"
        ));
        let name = format!("containerd-{version}-linux-amd64.tar.gz");
        archive(built, &directory, &name, Some("bin"))?;
        let sum = format!("{}  {name}\n", digest(&directory.join(&name))?);
        Ok(fs::write(directory.join(format!("{name}.sha256sum")), sum)?)
    })
}

/// The archive of the network plugins.
pub fn cni_plugins(cache: &Cache, built: &Path, version: &str) -> Result<PathBuf> {
    files(cache, "mirror-cni-plugins", built, |root| {
        let directory = root.join(format!(
            "github.com/containernetworking/plugins/releases/download/v{version}"
        ));
        let name = format!("cni-plugins-linux-amd64-v{version}.tgz");
        archive(built, &directory, &name, None)?;
        let sum = format!("{}  {name}\n", digest(&directory.join(&name))?);
        Ok(fs::write(directory.join(format!("{name}.sha256")), sum)?)
    })
}

/// runc, which is a single file.
pub fn runc(cache: &Cache, built: &Path, version: &str) -> Result<PathBuf> {
    files(cache, "mirror-runc", built, |root| {
        let directory = root.join(format!(
            "github.com/opencontainers/runc/releases/download/v{version}"
        ));
        let file = directory.join("runc.amd64");
        place(&built.join("runc"), &file)?;
        let sum = format!("{}  runc.amd64\n", digest(&file)?);
        Ok(fs::write(directory.join("runc.sha256sum"), sum)?)
    })
}

fn files(
    cache: &Cache,
    name: &str,
    built: &Path,
    make: impl FnOnce(&Path) -> Result<()>,
) -> Result<PathBuf> {
    cache.provide(name, &Recipe::default().text(LAYOUT).part(built), make)
}

/// Packs the programs of a part, below a folder or not.
fn archive(built: &Path, directory: &Path, name: &str, folder: Option<&str>) -> Result<()> {
    fs::create_dir_all(directory)?;
    let Some(folder) = folder else {
        return pack(built, &directory.join(name));
    };
    let tree = directory.join("tree");
    for entry in fs::read_dir(built)? {
        let entry = entry?;
        place(&entry.path(), &tree.join(folder).join(entry.file_name()))?;
    }
    pack(&tree, &directory.join(name))?;
    Ok(fs::remove_dir_all(tree)?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::command::{output, program};

    #[test]
    fn files_lie_where_upstream_has_them_with_their_sums() {
        let directory = tempfile::tempdir().unwrap();
        let built = directory.path().join("containerd-0");
        fs::create_dir(&built).unwrap();
        fs::write(built.join("containerd"), "program").unwrap();
        fs::write(built.join("runc"), "").unwrap();
        let cache = Cache::at(directory.path().join("cache")).unwrap();
        let release = |root: &Path, project: &str, version: &str| {
            root.join(format!("github.com/{project}/releases/download/v{version}"))
        };

        let root = runc(&cache, &built, "1.2.3").unwrap();
        let file = release(&root, "opencontainers/runc", "1.2.3").join("runc.sha256sum");
        let empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
        assert_eq!(
            fs::read_to_string(file).unwrap(),
            format!("{empty}  runc.amd64\n")
        );

        let root = containerd(&cache, &built, "2.0.0").unwrap();
        let folder = release(&root, "containerd/containerd", "2.0.0");
        let archive = folder.join("containerd-2.0.0-linux-amd64.tar.gz");
        let listed = output(program("tar", ["--list", "--file"]).arg(archive)).unwrap();
        assert!(listed.contains("bin/containerd\n"), "{listed}");
        assert!(!folder.join("tree").exists());
    }
}
