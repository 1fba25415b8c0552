//! Changes the operator's own kubeconfig, whole or not at all.

use std::fs;
use std::io;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use super::contexts::{Config, add, take_out};
use super::place::Place;
use crate::platform::Error;
use crate::platform::state::durable;

/// Adds the cluster to the operator's own kubeconfig; the context's name.
pub fn merge(place: &Place, operators: &Path) -> Result<String, Error> {
    let name = context(place);
    let path = real(operators);
    let mut own = read(&path)?.unwrap_or_default();
    let fetched = read(&place.kubeconfig())?.unwrap_or_default();
    add(&mut own, &fetched, &name).map_err(|cause| Error::Prerequisite {
        what: format!("cannot add cluster `{}` to `{}`: {cause}", place.name(), path.display()),
        cure: format!(
            "rename that entry, or do without `--merge-kubeconfig` and use `kubectl --kubeconfig {}`",
            place.kubeconfig().display()
        ),
    })?;
    write(&path, &own)?;
    Ok(name)
}

/// Takes the cluster out of the operator's own kubeconfig, if it is in it.
pub fn unmerge(place: &Place, operators: &Path) -> Result<(), Error> {
    let path = real(operators);
    let Some(mut own) = read(&path)? else {
        return Ok(());
    };
    if take_out(&mut own, &context(place)) {
        write(&path, &own)?;
    }
    Ok(())
}

fn context(place: &Place) -> String {
    format!("shopmicro-{}", place.name())
}

/// A link stays a link: what it points at is changed.
fn real(path: &Path) -> PathBuf {
    path.canonicalize().unwrap_or_else(|_| path.to_owned())
}

fn read(path: &Path) -> Result<Option<Config>, Error> {
    let text = match fs::read_to_string(path) {
        Err(source) if source.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(source) => return Err(Error::file("read", path, source)),
        Ok(text) => text,
    };
    if text.trim().is_empty() {
        return Ok(None);
    }
    let value = serde_yaml::from_str(&text).map_err(|error| Error::Damaged {
        path: path.to_owned(),
        cause: error.to_string(),
    })?;
    Ok(Some(value))
}

fn write(path: &Path, own: &Config) -> Result<(), Error> {
    let text = serde_yaml::to_string(own).map_err(|error| Error::Damaged {
        path: path.to_owned(),
        cause: error.to_string(),
    })?;
    if let Some(parent) = path.parent().filter(|parent| !parent.exists()) {
        durable::directory(parent, 0o700, None)?;
    }
    let mode = path
        .metadata()
        .map_or(0o600, |file| file.permissions().mode() & 0o777);
    durable::write(path, text.as_bytes(), mode, None)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::ClusterName;

    const FETCHED: &str = "apiVersion: v1\nkind: Config\nclusters:\n- name: kubernetes\n  cluster:\n    server: https://10.0.0.1:6443\n\
        users:\n- name: admin\n  user:\n    client-key-data: c2VjcmV0\n";

    fn place(directory: &Path) -> Place {
        let place = Place::new(directory, ClusterName::parse("one").unwrap());
        fs::create_dir_all(place.kubeconfig().parent().unwrap()).unwrap();
        fs::write(place.kubeconfig(), FETCHED).unwrap();
        place
    }

    #[test]
    fn a_file_that_is_not_there_is_made_for_nobody_else() {
        let directory = tempfile::tempdir().unwrap();
        let place = place(directory.path());
        let operators = directory.path().join("home/.kube/config");
        assert_eq!(merge(&place, &operators).unwrap(), "shopmicro-one");
        let mode = operators.metadata().unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        let own = read(&operators).unwrap().unwrap();
        assert_eq!(
            own["clusters"][0]["cluster"]["server"],
            "https://10.0.0.1:6443"
        );
        unmerge(&place, &operators).unwrap();
        let own = read(&operators).unwrap().unwrap();
        assert_eq!(own["clusters"], serde_json::json!([]));
    }

    #[test]
    fn a_link_stays_a_link_and_the_mode_the_mode() {
        let directory = tempfile::tempdir().unwrap();
        let place = place(directory.path());
        let (file, link) = (directory.path().join("real"), directory.path().join("link"));
        fs::write(&file, "users:\n- name: me\n  user: {token: mine}\n").unwrap();
        fs::set_permissions(&file, fs::Permissions::from_mode(0o640)).unwrap();
        std::os::unix::fs::symlink(&file, &link).unwrap();
        merge(&place, &link).unwrap();
        assert!(link.symlink_metadata().unwrap().is_symlink());
        assert_eq!(file.metadata().unwrap().permissions().mode() & 0o777, 0o640);
        assert_eq!(
            read(&link).unwrap().unwrap()["users"][0]["user"]["token"],
            "mine"
        );
    }

    #[test]
    fn a_file_that_cannot_be_read_is_left_alone() {
        let directory = tempfile::tempdir().unwrap();
        let place = place(directory.path());
        let operators = directory.path().join("config");
        fs::write(&operators, "clusters: [").unwrap();
        assert!(merge(&place, &operators).is_err());
        assert_eq!(fs::read_to_string(&operators).unwrap(), "clusters: [");
    }
}
