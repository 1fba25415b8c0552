//! What a bill lists: crates, packages of npm and of Debian, files.

use std::path::Path;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use cargo_lock::Package;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Serialize;

use super::debian::DebianPackage;
use super::npm::NpmPackage;
use crate::platform::local::hashes::hexadecimal;

/// What stands for itself in a package URL.
const PLAIN: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'.')
    .remove(b'-')
    .remove(b'_')
    .remove(b'~');

/// One component.
#[derive(Debug, Clone, Serialize, PartialEq, Eq, PartialOrd, Ord)]
pub struct Part {
    /// What the rest of the document calls it.
    #[serde(rename = "bom-ref")]
    pub reference: String,
    /// Such as `library`.
    #[serde(rename = "type")]
    pub kind: &'static str,
    /// Its name.
    pub name: String,
    /// Its version, where that is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// What is to be said about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<&'static str>,
    /// Where everybody finds it; none for what is published nowhere.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub purl: Option<String>,
    /// What it, or its package, hashes to.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub hashes: Vec<Hash>,
    /// What the format has no word for.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub properties: Vec<Property>,
}

/// A hash.
#[derive(Debug, Clone, Serialize, PartialEq, Eq, PartialOrd, Ord)]
pub struct Hash {
    alg: &'static str,
    content: String,
}

/// A property with a name of our own.
#[derive(Debug, Clone, Serialize, PartialEq, Eq, PartialOrd, Ord)]
pub struct Property {
    name: &'static str,
    value: &'static str,
}

impl Part {
    /// A crate. A member of the workspace has no package URL: a registry may have another crate of that name.
    pub fn of_crate(package: &Package) -> Self {
        let checksum = package.checksum.as_ref();
        Self {
            hashes: checksum
                .map(|sum| sha256(&sum.to_string()))
                .into_iter()
                .collect(),
            purl: package.source.is_some().then(|| crate_url(package)),
            ..Self::library(
                crate_reference(package),
                package.name.as_str(),
                Some(&package.version.to_string()),
            )
        }
    }

    /// A package of the storefront.
    pub fn of_npm(package: &NpmPackage) -> Self {
        let NpmPackage {
            name,
            version,
            integrity,
        } = package;
        let path: Vec<_> = name.split('/').map(plain).collect();
        let url = format!("pkg:npm/{}@{}", path.join("/"), plain(version));
        Self {
            hashes: integrity.as_deref().and_then(sha512).into_iter().collect(),
            ..Self::published(url, name, version)
        }
    }

    /// Rust's own libraries.
    pub fn of_rust(version: &str) -> Self {
        let url = format!("pkg:generic/rust-std@{}", plain(version));
        Self::published(url, "rust-std", version)
    }

    /// A package of the system.
    pub fn of_debian(package: &DebianPackage) -> Self {
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
        Self::published(url, name, version)
    }

    /// A library of the system that no package is known of.
    pub fn of_file(path: &Path, hash: &str) -> Self {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        Self {
            hashes: vec![sha256(hash)],
            properties: vec![Property {
                name: "shopctl:package",
                value: "unknown",
            }],
            ..Self::library(format!("file:{}", path.display()), &name, None)
        }
    }

    fn published(url: String, name: &str, version: &str) -> Self {
        Self {
            purl: Some(url.clone()),
            ..Self::library(url, name, Some(version))
        }
    }

    fn library(reference: String, name: &str, version: Option<&str>) -> Self {
        Self {
            reference,
            kind: "library",
            name: name.to_owned(),
            version: version.map(str::to_owned),
            description: None,
            purl: None,
            hashes: Vec::new(),
            properties: Vec::new(),
        }
    }
}

/// What the document calls the crate.
pub fn crate_reference(package: &Package) -> String {
    if package.source.is_some() {
        return crate_url(package);
    }
    format!("workspace:{}@{}", package.name, package.version)
}

/// A SHA-256 in hexadecimal digits.
pub fn sha256(content: &str) -> Hash {
    Hash {
        alg: "SHA-256",
        content: content.to_owned(),
    }
}

/// npm's way of writing a hash, `sha512-` and Base64.
fn sha512(integrity: &str) -> Option<Hash> {
    let digest = integrity.strip_prefix("sha512-")?;
    let digest = BASE64_STANDARD.decode(digest).ok()?;
    Some(Hash {
        alg: "SHA-512",
        content: hexadecimal(&digest),
    })
}

fn crate_url(package: &Package) -> String {
    let version = package.version.to_string();
    format!("pkg:cargo/{}@{}", package.name, plain(&version))
}

fn plain(text: &str) -> String {
    utf8_percent_encode(text, PLAIN).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_package_of_npm_has_its_scope_and_its_hash() {
        let part = Part::of_npm(&NpmPackage {
            name: "@scope/name".to_owned(),
            version: "1.2.3".to_owned(),
            integrity: Some("sha512-AAEC".to_owned()),
        });
        assert_eq!(part.purl.unwrap(), "pkg:npm/%40scope/name@1.2.3");
        assert_eq!(part.hashes[0].content, "000102");
    }
}
