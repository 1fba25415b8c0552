//! Images by digest.

use std::collections::BTreeMap;

use super::Error;
use crate::config::kubernetes::{Database, Image, Images, Kubernetes};

/// Every part that has an image.
pub const PARTS: [&str; 6] = [
    "backend",
    "frontend",
    "ml-service",
    "postgres",
    "redis",
    "traefik",
];

/// How many digits of a digest name the version of a service.
const VERSION_LENGTH: usize = 12;

/// An image that cannot change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pinned {
    /// Its address by digest, from where the cluster gets it.
    pub reference: String,
    /// A short name of what is in it, which is the same wherever it lies.
    pub version: String,
}

/// The images that this configuration needs, each by its digest. `given` comes before what the configuration names.
pub fn pin(
    kubernetes: &Kubernetes,
    given: &BTreeMap<String, Image>,
) -> Result<BTreeMap<&'static str, Pinned>, Error> {
    if let Some(name) = given.keys().find(|name| !PARTS.contains(&name.as_str())) {
        return Err(Error::UnknownPart { name: name.clone() });
    }
    let mut pinned = BTreeMap::new();
    let mut missing = Vec::new();
    let mut lines = Vec::new();
    for part in needed(kubernetes) {
        let image = given
            .get(part)
            .or_else(|| kubernetes.images.named.get(part));
        if let Some(found) = image.and_then(|image| by_digest(image, &kubernetes.images)) {
            pinned.insert(part, found);
            continue;
        }
        let known = image.map_or_else(String::new, |image| format!(" ({})", image.as_str()));
        missing.push(format!("{part}{known}"));
        lines.push(wanted(part, image, &kubernetes.images));
    }
    if missing.is_empty() {
        Ok(pinned)
    } else {
        Err(Error::Unpinned { missing, lines })
    }
}

/// Where the image is asked for: itself, or its place in a mirror.
pub fn source(image: &Image, images: &Images) -> String {
    mirrored(image.as_str(), images)
}

/// The parts that have an image in this configuration.
pub fn needed(kubernetes: &Kubernetes) -> impl Iterator<Item = &'static str> {
    let bundled = matches!(kubernetes.database, Database::Bundled { .. });
    let install = kubernetes.expose.ingress.install;
    PARTS.into_iter().filter(move |part| match *part {
        "postgres" => bundled,
        "traefik" => install,
        _ => true,
    })
}

fn by_digest(image: &Image, images: &Images) -> Option<Pinned> {
    let digest = image.digest()?;
    let version = digest.strip_prefix("sha256:")?.get(..VERSION_LENGTH)?;
    Some(Pinned {
        reference: format!("{}@{digest}", mirrored(repository(image), images)),
        version: version.to_owned(),
    })
}

/// The image without tag and digest.
fn repository(image: &Image) -> &str {
    let text = image.as_str().split('@').next().unwrap_or_default();
    let name_start = text.rfind('/').map_or(0, |slash| slash + 1);
    match text[name_start..].find(':') {
        Some(colon) => &text[..name_start + colon],
        None => text,
    }
}

fn mirrored(repository: &str, images: &Images) -> String {
    let mirror = repository.split_once('/').and_then(|(registry, rest)| {
        let host = images
            .mirrors
            .iter()
            .find(|(host, _)| host.as_str() == registry)?;
        Some(format!("{}/{rest}", host.1.as_str()))
    });
    mirror.unwrap_or_else(|| repository.to_owned())
}

/// The line of `shop.yaml` that names the image, but for the digest.
fn wanted(part: &str, image: Option<&Image>, images: &Images) -> String {
    let known = match (image, &images.registry) {
        (Some(image), _) => image.as_str().to_owned(),
        (None, Some(registry)) => format!("{}/{part}", registry.as_str()),
        (None, None) => format!("registry.example.com/shopmicro/{part}"),
    };
    format!("{}: {known}@sha256:…", part.replace('-', "_"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::kubernetes::{Sections, resolve};

    fn image(text: &str) -> Image {
        Image::try_from(text.to_owned()).unwrap()
    }

    fn digest() -> String {
        format!("sha256:{}", "0123456789abcdef".repeat(4))
    }

    #[test]
    fn a_mirror_stands_in_for_the_registry_and_the_tag_is_left_out() {
        let mut kubernetes = resolve(Sections::default()).unwrap();
        let host = "docker.io".to_owned().try_into().unwrap();
        let mirror = "mirror.example.com:5000/hub".to_owned().try_into().unwrap();
        kubernetes.images.mirrors.insert(host, mirror);
        let given = PARTS.map(|part| {
            let reference = format!("docker.io/library/{part}:1@{}", digest());
            (part.to_owned(), image(&reference))
        });
        let pinned = pin(&kubernetes, &given.into()).unwrap();
        assert_eq!(pinned["redis"].version, "0123456789ab");
        assert_eq!(
            pinned["redis"].reference,
            format!("mirror.example.com:5000/hub/library/redis@{}", digest())
        );
        assert!(!pinned.contains_key("traefik"), "nobody asked for it");
    }

    #[test]
    fn the_port_belongs_to_the_registry_that_is_mirrored() {
        let mut kubernetes = resolve(Sections::default()).unwrap();
        let host = "10.0.0.1:5000".to_owned().try_into().unwrap();
        let mirror = "mirror.example.com/shop".to_owned().try_into().unwrap();
        kubernetes.images.mirrors.insert(host, mirror);
        let images = &kubernetes.images;
        assert_eq!(
            mirrored("10.0.0.1:5000/a/b", images),
            "mirror.example.com/shop/a/b"
        );
        assert_eq!(mirrored("10.0.0.1/a/b", images), "10.0.0.1/a/b");
    }

    #[test]
    fn a_tag_alone_is_not_enough() {
        let kubernetes = resolve(Sections::default()).unwrap();
        let error = pin(&kubernetes, &BTreeMap::new()).unwrap_err();
        assert_eq!(
            error.to_string(),
            "no digest is known for the image of backend, frontend, ml-service, \
             postgres (docker.io/library/postgres:17), redis (docker.io/library/redis:7)"
        );
        let unknown = [("bakend".to_owned(), image("a.b/c"))].into();
        assert!(pin(&kubernetes, &unknown).is_err());
    }
}
