//! A bill of materials in the form of `CycloneDX`.

use std::collections::BTreeSet;

use cargo_lock::Package;
use serde::Serialize;

use super::debian::Libraries;
use super::lockfile::Packages;
use super::part::{Part, crate_reference, sha256};
use super::sources::Sources;
use crate::plan::Component;

/// The media type of the document.
pub const MEDIA_TYPE: &str = "application/vnd.cyclonedx+json";

/// How exact it is.
const DESCRIPTION: &str = "All crates that Cargo.lock names for this program: those that only its build, its tests or another \
                           system need are among them, since the file does not tell them apart";

/// The document.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Bill {
    bom_format: &'static str,
    spec_version: &'static str,
    version: u32,
    metadata: Metadata,
    components: BTreeSet<Part>,
    dependencies: BTreeSet<Needs>,
}

#[derive(Debug, Serialize)]
struct Metadata {
    component: Part,
}

#[derive(Debug, Serialize, PartialEq, Eq, PartialOrd, Ord)]
struct Needs {
    #[serde(rename = "ref")]
    reference: String,
    #[serde(rename = "dependsOn")]
    depends_on: BTreeSet<String>,
}

impl Bill {
    /// What the image of the service consists of: its program, whose SHA-256 is `hash`, the libraries, the certificates.
    ///
    /// It has neither time nor serial number: the same image has the same bill.
    pub fn of(
        service: Component,
        hash: &str,
        sources: &Sources,
        libraries: &Libraries,
    ) -> Option<Self> {
        let crates = &sources.crates;
        let member = crates.member(service.name())?;
        let program = Part {
            kind: "application",
            description: Some(DESCRIPTION),
            hashes: vec![sha256(hash)],
            ..Part::of_crate(member)
        };
        let beside = beside(service, sources, libraries);
        let closure = crates.closure(service.name());
        let mut dependencies: BTreeSet<_> = closure
            .iter()
            .map(|package| needs(package, crates, &[]))
            .collect();
        dependencies.insert(needs(member, crates, &beside));
        let components = closure.iter().map(|package| Part::of_crate(package));
        Some(Self {
            bom_format: "CycloneDX",
            spec_version: "1.5",
            version: 1,
            metadata: Metadata { component: program },
            components: components.chain(beside).collect(),
            dependencies,
        })
    }
}

/// What is in the image besides the crates of its program.
fn beside(service: Component, sources: &Sources, libraries: &Libraries) -> Vec<Part> {
    let mut parts: Vec<_> = libraries.packages.iter().map(Part::of_debian).collect();
    let unknown = libraries.unknown.iter();
    parts.extend(unknown.map(|(path, hash)| Part::of_file(path, hash)));
    parts.extend(sources.rust.as_deref().map(Part::of_rust));
    // The certificates are those of this program, whatever is built.
    parts.extend(Packages::certificates().as_ref().map(Part::of_crate));
    if service == Component::Frontend {
        parts.extend(sources.storefront.iter().map(Part::of_npm));
    }
    parts
}

fn needs(package: &Package, packages: &Packages, also: &[Part]) -> Needs {
    let crates = packages.needed_by(package).map(crate_reference);
    let also = also.iter().map(|part| part.reference.clone());
    Needs {
        reference: crate_reference(package),
        depends_on: crates.chain(also).collect(),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::path::PathBuf;

    use cyclonedx_bom::prelude::{Bom, SpecVersion, Validate as _};

    use super::super::super::layout::canonical;
    use super::super::debian::DebianPackage;
    use super::*;

    fn bill(service: Component) -> Vec<u8> {
        let libc = DebianPackage {
            name: "libc6".to_owned(),
            version: "2.36-9+deb12u10".to_owned(),
            architecture: "amd64".to_owned(),
            distribution: "debian-12".to_owned(),
        };
        let libraries = Libraries {
            packages: BTreeSet::from([libc]),
            unknown: BTreeMap::from([(PathBuf::from("/opt/lib/libown.so.1"), "1".repeat(64))]),
        };
        let sources = Sources::of(None).unwrap();
        canonical(&Bill::of(service, &"0".repeat(64), &sources, &libraries).unwrap())
    }

    fn text(service: Component) -> String {
        String::from_utf8(bill(service)).unwrap()
    }

    #[test]
    fn the_reference_implementation_accepts_it() {
        for service in Component::SERVICES {
            let bom = Bom::parse_from_json_v1_5(bill(service).as_slice()).unwrap();
            let verdict = bom.validate_version(SpecVersion::V1_5);
            assert!(verdict.passed(), "{service}: {verdict:?}");
        }
    }

    #[test]
    fn it_names_crates_and_packages_by_their_urls() {
        let text = text(Component::Backend);
        assert!(text.contains("pkg:cargo/axum@"));
        assert!(text.contains("pkg:generic/rust-std@"));
        assert!(text.contains("pkg:cargo/webpki-root-certs@"));
        assert!(
            text.contains("pkg:deb/debian/libc6@2.36-9%2Bdeb12u10?arch=amd64&distro=debian-12")
        );
        assert_eq!(text.as_bytes(), bill(Component::Backend));
    }

    #[test]
    fn only_the_frontend_brings_the_storefront() {
        assert!(text(Component::Frontend).contains("pkg:npm/react@"));
        assert!(!text(Component::Backend).contains("pkg:npm/"));
    }

    #[test]
    fn members_of_the_workspace_are_nobody_elses_crates() {
        let text = text(Component::Backend);
        assert!(!text.contains("pkg:cargo/backend@") && !text.contains("pkg:cargo/kit@"));
        assert!(text.contains("workspace:backend@") && text.contains("workspace:kit@"));
    }

    #[test]
    fn a_library_of_no_known_package_is_listed_as_such() {
        let text = text(Component::Backend);
        assert!(text.contains(r#""name":"libown.so.1""#));
        assert!(text.contains(r#"{"name":"shopctl:package","value":"unknown"}"#));
    }
}
