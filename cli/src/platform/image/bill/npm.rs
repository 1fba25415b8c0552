//! What the storefront in the frontend was built from, as its `package-lock.json` says.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use serde::Deserialize;

use crate::platform::Error;

/// Where the file is in a checkout.
const FILE: &str = "services/frontend/ui/package-lock.json";

/// The file that the storefront beside an installed `shopctl` was built with.
const OWN: &str = include_str!(concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/../services/frontend/ui/package-lock.json"
));

/// One package that a browser gets.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct NpmPackage {
    /// Its name, with its scope if it has one.
    pub name: String,
    /// Its version.
    pub version: String,
    /// Its hash as npm writes it.
    pub integrity: Option<String>,
}

#[derive(Debug, Deserialize)]
struct Lockfile {
    packages: BTreeMap<String, Entry>,
}

#[derive(Debug, Deserialize)]
struct Entry {
    version: Option<String>,
    integrity: Option<String>,
    /// Whether it is only built and tested with.
    #[serde(default)]
    dev: bool,
}

/// The packages of the checkout's storefront, or of the one that this `shopctl` came with.
pub fn npm_packages(checkout: Option<&Path>) -> Result<BTreeSet<NpmPackage>, Error> {
    let Some(checkout) = checkout else {
        return parse(OWN, Path::new(FILE));
    };
    let path = checkout.join(FILE);
    let text =
        std::fs::read_to_string(&path).map_err(|source| Error::file("read", &path, source))?;
    parse(&text, &path)
}

fn parse(text: &str, path: &Path) -> Result<BTreeSet<NpmPackage>, Error> {
    let lockfile: Lockfile = serde_json::from_str(text).map_err(|error| Error::Damaged {
        path: path.to_owned(),
        cause: error.to_string(),
    })?;
    let packages = lockfile.packages.into_iter();
    let packages = packages.filter(|(_, entry)| !entry.dev);
    let packages = packages.filter_map(|(place, entry)| {
        // The storefront itself has no place.
        let (_, name) = place.rsplit_once("node_modules/")?;
        Some(NpmPackage {
            name: name.to_owned(),
            version: entry.version?,
            integrity: entry.integrity,
        })
    });
    Ok(packages.collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_browser_gets_is_listed_and_what_builds_it_is_not() {
        let packages = npm_packages(None).unwrap();
        let has = |name: &str| packages.iter().any(|package| package.name == name);
        assert!(has("react") && has("react-dom"));
        assert!(!has("vite") && !has("typescript"), "{packages:?}");
    }

    #[test]
    fn a_package_below_another_has_its_own_name() {
        let text = r#"{"packages": {
            "": {"version": "1.0.0"},
            "node_modules/a/node_modules/@b/c": {"version": "2.0.0"},
            "node_modules/d": {"version": "3.0.0", "dev": true}
        }}"#;
        let packages = parse(text, Path::new(FILE)).unwrap();
        let names: Vec<_> = packages.iter().map(|package| &package.name).collect();
        assert_eq!(names, ["@b/c"]);
    }
}
