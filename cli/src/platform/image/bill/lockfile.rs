//! What a crate was built from, as `Cargo.lock` says.

use std::collections::BTreeSet;
use std::path::Path;

use cargo_lock::{Lockfile, Package};

use crate::platform::Error;

/// The lock file that the services beside an installed `shopctl` were built with.
const OWN: &str = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../Cargo.lock"));

/// The crate that brings Mozilla's certificates.
const CERTIFICATES: &str = "webpki-root-certs";

/// All packages that something in the checkout is built from.
#[derive(Debug, Clone)]
pub struct Packages(Vec<Package>);

impl Packages {
    /// The packages of the checkout, or those that this `shopctl` was built with.
    pub fn of(checkout: Option<&Path>) -> Result<Self, Error> {
        let path = checkout.map(|checkout| checkout.join("Cargo.lock"));
        let text = match &path {
            Some(path) => {
                std::fs::read_to_string(path).map_err(|source| Error::file("read", path, source))?
            }
            None => OWN.to_owned(),
        };
        let lockfile: Lockfile =
            text.parse()
                .map_err(|error: cargo_lock::Error| Error::Damaged {
                    path: path.unwrap_or_else(|| "Cargo.lock".into()),
                    cause: error.to_string(),
                })?;
        Ok(Self(lockfile.packages))
    }

    /// The crate whose certificates are in every image.
    pub fn certificates() -> Option<Package> {
        let own = Self::of(None).ok()?.0.into_iter();
        let mut own = own.filter(|package| package.name.as_str() == CERTIFICATES);
        own.next()
    }

    /// The package of that name in the workspace.
    pub fn member(&self, name: &str) -> Option<&Package> {
        let mut packages = self.0.iter();
        packages.find(|package| package.name.as_str() == name && package.source.is_none())
    }

    /// Everything that the member is built and tested from, itself excepted: a lock file does not tell the two apart.
    pub fn closure(&self, member: &str) -> BTreeSet<&Package> {
        let mut closure = BTreeSet::new();
        let mut open: Vec<_> = self.member(member).into_iter().collect();
        while let Some(package) = open.pop() {
            for needed in self.needed_by(package) {
                if closure.insert(needed) {
                    open.push(needed);
                }
            }
        }
        closure
    }

    /// The direct dependencies.
    pub fn needed_by<'a>(&'a self, package: &'a Package) -> impl Iterator<Item = &'a Package> {
        let dependencies = package.dependencies.iter();
        dependencies.filter_map(|wanted| self.0.iter().find(|package| wanted.matches(package)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_service_is_in_the_lock_file_that_is_built_in() {
        let packages = Packages::of(None).unwrap();
        for service in crate::plan::Component::SERVICES {
            let closure = packages.closure(service.name());
            let has = |name: &str| closure.iter().any(|package| package.name.as_str() == name);
            assert!(has("axum") && has("kit"), "{service}");
            assert!(!has("indicatif") && !has(service.name()), "{service}");
        }
    }
}
