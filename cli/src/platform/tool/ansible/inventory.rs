//! The operator's inventory, as Ansible itself reads it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use serde_json::Value;

use super::argv;
use super::engine::Engine;
use crate::config;
use crate::failure::AnyFailure;
use crate::plan::ClusterName;

/// The hosts of one cluster.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Inventory {
    /// The file; absolute, so that the command line can be pasted anywhere.
    pub path: PathBuf,
    /// The cluster's name.
    pub cluster: ClusterName,
    /// The hosts with a control plane.
    pub control_plane: Vec<String>,
    /// The other hosts.
    pub workers: Vec<String>,
}

/// What `ansible-inventory --list` prints, as far as it matters.
#[derive(Debug, Default, Deserialize)]
struct Listing {
    #[serde(rename = "_meta", default)]
    meta: Meta,
    #[serde(default)]
    control_plane: Group,
    #[serde(default)]
    worker: Group,
}

#[derive(Debug, Default, Deserialize)]
struct Meta {
    #[serde(default)]
    hostvars: BTreeMap<String, BTreeMap<String, Value>>,
}

#[derive(Debug, Default, Deserialize)]
struct Group {
    #[serde(default)]
    hosts: Vec<String>,
}

impl Inventory {
    /// Reads the inventory.
    pub async fn read(engine: &Engine, path: &Path) -> Result<Self, AnyFailure> {
        let path = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
        if let Err(error) = path.metadata() {
            let cause = error.to_string();
            return Err(config::Error::Inventory { path, cause }.into());
        }
        let mut lines = Vec::new();
        let tool = argv::inventory(&engine.inventory, &path)
            .with([("LC_ALL".to_owned(), "C.UTF-8".to_owned())]);
        tool.run(|line| lines.push(line.to_owned())).await?;
        Ok(parse(&path, &lines)?)
    }

    /// All hosts.
    pub fn hosts(&self) -> impl Iterator<Item = &String> {
        self.control_plane.iter().chain(&self.workers)
    }
}

fn parse(path: &Path, lines: &[String]) -> Result<Inventory, config::Error> {
    let invalid = |cause: String| config::Error::Inventory {
        path: path.to_owned(),
        cause,
    };
    // Warnings come on the other stream, but in the same lines.
    let start = lines
        .iter()
        .position(|line| line == "{")
        .unwrap_or(lines.len());
    let length = lines[start..]
        .iter()
        .position(|line| line == "}")
        .map_or(0, |end| end + 1);
    let document = lines[start..start + length].join("\n");
    let said = || lines[..start].join(" ");
    let listing: Listing = serde_json::from_str(&document)
        .map_err(|error| invalid(format!("Ansible cannot read it ({error}): {}", said())))?;
    let Listing {
        meta,
        control_plane,
        worker,
    } = listing;
    let Some(first) = control_plane.hosts.first() else {
        return Err(invalid(
            format!("its group `control_plane` has no host {}", said())
                .trim()
                .to_owned(),
        ));
    };
    let named = meta
        .hostvars
        .get(first)
        .and_then(|variables| variables.get("cluster_name"));
    let name = match named {
        None => ClusterName::DEFAULT.to_owned(),
        Some(Value::String(name)) => name.clone(),
        Some(other) => other.to_string(),
    };
    let both = worker
        .hosts
        .iter()
        .find(|host| control_plane.hosts.contains(host));
    if let Some(both) = both {
        return Err(invalid(format!(
            "host `{both}` is in `control_plane` and in `worker`"
        )));
    }
    Ok(Inventory {
        path: path.to_owned(),
        cluster: ClusterName::parse(&name).map_err(invalid)?,
        control_plane: control_plane.hosts,
        workers: worker.hosts,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(text: &str) -> Result<Inventory, String> {
        let lines: Vec<_> = text.lines().map(str::to_owned).collect();
        parse(Path::new("hosts.yaml"), &lines).map_err(|error| error.to_string())
    }

    #[test]
    fn groups_and_the_name_of_the_cluster() {
        let inventory = parsed(
            "[WARNING]: something\n{\n\"_meta\": {\"hostvars\": {\"a\": {\"cluster_name\": \"shop\"}, \"b\": {}}},\n\
             \"all\": {\"children\": [\"control_plane\", \"worker\"]},\n\"control_plane\": {\"hosts\": [\"a\"]},\n\
             \"worker\": {\"hosts\": [\"b\"]}\n}",
        )
        .unwrap();
        assert_eq!(inventory.cluster.as_str(), "shop");
        assert_eq!(inventory.hosts().collect::<Vec<_>>(), ["a", "b"]);
    }

    #[test]
    fn an_unnamed_cluster_has_the_default_name() {
        let inventory = parsed("{\n\"control_plane\": {\"hosts\": [\"a\"]}\n}").unwrap();
        assert_eq!(inventory.cluster.as_str(), ClusterName::DEFAULT);
        assert!(inventory.workers.is_empty());
    }

    #[test]
    fn what_makes_no_cluster_is_named() {
        let error = parsed("[WARNING]: Unable to parse\n{\n\"_meta\": {}\n}").unwrap_err();
        assert_eq!(
            error,
            "cannot use inventory `hosts.yaml`: its group `control_plane` has no host [WARNING]: Unable to parse"
        );
        let both =
            "{\n\"control_plane\": {\"hosts\": [\"a\"]},\n\"worker\": {\"hosts\": [\"a\"]}\n}";
        assert!(
            parsed(both)
                .unwrap_err()
                .ends_with("host `a` is in `control_plane` and in `worker`")
        );
        let name = "{\n\"_meta\": {\"hostvars\": {\"a\": {\"cluster_name\": \"../x\"}}},\n\"control_plane\": {\"hosts\": [\"a\"]}\n}";
        assert!(
            parsed(name)
                .unwrap_err()
                .contains("`cluster_name` cannot be `../x`")
        );
        assert!(parsed("").unwrap_err().contains("Ansible cannot read it"));
    }
}
