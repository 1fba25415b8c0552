//! A bill of materials in the form of `CycloneDX`.

use std::collections::BTreeSet;

use cargo_lock::Package;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Serialize;

use super::debian::DebianPackage;
use super::lockfile::Packages;

/// The media type of the document.
pub const MEDIA_TYPE: &str = "application/vnd.cyclonedx+json";

/// What stands for itself in a package URL.
const PLAIN: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'.')
    .remove(b'-')
    .remove(b'_')
    .remove(b'~');

/// The document.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Bill {
    bom_format: &'static str,
    spec_version: &'static str,
    version: u32,
    metadata: Metadata,
    components: Vec<Part>,
    dependencies: Vec<Needs>,
}

#[derive(Debug, Serialize)]
struct Metadata {
    component: Part,
}

#[derive(Debug, Clone, Serialize, PartialEq, Eq, PartialOrd, Ord)]
struct Part {
    #[serde(rename = "bom-ref")]
    reference: String,
    #[serde(rename = "type")]
    kind: &'static str,
    name: String,
    version: String,
    purl: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    hashes: Vec<Hash>,
}

#[derive(Debug, Clone, Serialize, PartialEq, Eq, PartialOrd, Ord)]
struct Hash {
    alg: &'static str,
    content: String,
}

#[derive(Debug, Serialize, PartialEq, Eq, PartialOrd, Ord)]
struct Needs {
    #[serde(rename = "ref")]
    reference: String,
    #[serde(rename = "dependsOn")]
    depends_on: BTreeSet<String>,
}

impl Bill {
    /// What the program of the service, whose SHA-256 is `hash`, consists of.
    ///
    /// It has neither time nor serial number: the same image has the same bill.
    pub fn of(
        service: &str,
        hash: &str,
        packages: &Packages,
        debian: &BTreeSet<DebianPackage>,
    ) -> Option<Self> {
        let member = packages.member(service)?;
        let program = Part {
            kind: "application",
            hashes: vec![sha256(hash)],
            ..crate_part(member)
        };
        let closure = packages.closure(service);
        let crates = closure.iter().map(|package| crate_part(package));
        let debian: Vec<_> = debian.iter().map(debian_part).collect();
        let mut needs = vec![needs(member, packages, &debian)];
        needs.extend(closure.iter().map(|package| needs_of(package, packages)));
        let mut components: Vec<_> = crates.chain(debian).collect();
        components.sort();
        needs.sort();
        Some(Self {
            bom_format: "CycloneDX",
            spec_version: "1.5",
            version: 1,
            metadata: Metadata { component: program },
            components,
            dependencies: needs,
        })
    }
}

fn needs_of(package: &Package, packages: &Packages) -> Needs {
    needs(package, packages, &[])
}

fn needs(package: &Package, packages: &Packages, also: &[Part]) -> Needs {
    let crates = packages.needed_by(package).map(crate_url);
    let also = also.iter().map(|part| part.reference.clone());
    Needs {
        reference: crate_url(package),
        depends_on: crates.chain(also).collect(),
    }
}

fn crate_part(package: &Package) -> Part {
    let checksum = package.checksum.as_ref();
    let url = crate_url(package);
    Part {
        reference: url.clone(),
        kind: "library",
        name: package.name.to_string(),
        version: package.version.to_string(),
        purl: url,
        hashes: checksum
            .map(|sum| sha256(&sum.to_string()))
            .into_iter()
            .collect(),
    }
}

fn debian_part(package: &DebianPackage) -> Part {
    let DebianPackage {
        name,
        version,
        architecture,
        distribution,
    } = package;
    let vendor = distribution.split('-').next().unwrap_or("debian");
    let (plain_name, plain_version) = (plain(name), plain(version));
    let url = format!(
        "pkg:deb/{vendor}/{plain_name}@{plain_version}?arch={architecture}&distro={distribution}"
    );
    Part {
        reference: url.clone(),
        kind: "library",
        name: name.clone(),
        version: version.clone(),
        purl: url,
        hashes: Vec::new(),
    }
}

fn crate_url(package: &Package) -> String {
    let version = package.version.to_string();
    format!("pkg:cargo/{}@{}", package.name, plain(&version))
}

fn plain(text: &str) -> String {
    utf8_percent_encode(text, PLAIN).to_string()
}

fn sha256(content: &str) -> Hash {
    Hash {
        alg: "SHA-256",
        content: content.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use cyclonedx_bom::prelude::{Bom, SpecVersion, Validate as _};

    use super::super::super::layout::canonical;
    use super::*;

    fn bill() -> Vec<u8> {
        let debian = BTreeSet::from([DebianPackage {
            name: "libc6".to_owned(),
            version: "2.36-9+deb12u10".to_owned(),
            architecture: "amd64".to_owned(),
            distribution: "debian-12".to_owned(),
        }]);
        let packages = Packages::of(None).unwrap();
        let hash = "0".repeat(64);
        canonical(&Bill::of("backend", &hash, &packages, &debian).unwrap())
    }

    #[test]
    fn the_reference_implementation_accepts_it() {
        let bom = Bom::parse_from_json_v1_5(bill().as_slice()).unwrap();
        let verdict = bom.validate_version(SpecVersion::V1_5);
        assert!(verdict.passed(), "{verdict:?}");
    }

    #[test]
    fn it_names_crates_and_packages_by_their_urls() {
        let text = String::from_utf8(bill()).unwrap();
        assert!(text.contains("pkg:cargo/axum@"));
        assert!(
            text.contains("pkg:deb/debian/libc6@2.36-9%2Bdeb12u10?arch=amd64&distro=debian-12")
        );
        assert_eq!(text.as_bytes(), bill());
    }
}
