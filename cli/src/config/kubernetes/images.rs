//! Where images come from.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

use super::shape::ObjectName;
use super::shape::shape;
use crate::config::file::section;

shape!(
    /// A place in a registry, below which images lie. Its host has a dot or a port: without one, whoever reads the name
    /// of an image takes it for a directory of Docker Hub.
    Registry,
    200,
    r"^((localhost|[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)+)(:[0-9]{1,5})?|[a-z0-9]([-a-z0-9]*[a-z0-9])?:[0-9]{1,5})(/[a-z0-9]+([._-]+[a-z0-9]+)*)*$",
    "registry.example.com/shopmicro"
);

shape!(
    /// An image with its registry, and with a tag, a digest or both.
    Image,
    400,
    r"^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*(:[0-9]{1,5})?(/[a-z0-9]+([._-]+[a-z0-9]+)*)+(:[A-Za-z0-9_][A-Za-z0-9_.-]{0,127})?(@sha256:[0-9a-f]{64})?$",
    "registry.example.com/shopmicro/backend:1@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
);

impl Registry {
    /// Its host, with the port if there is one.
    pub fn host(&self) -> &str {
        let text = self.as_str();
        text.split_once('/').map_or(text, |(host, _)| host)
    }
}

shape!(
    /// The host of a registry, with its port if it has one of its own: what the name of an image begins with.
    RegistryHost,
    260,
    r"^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?(\.[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?)*(:[0-9]{1,5})?$",
    "docker.io"
);

impl Image {
    /// The digest, such as `sha256:…`.
    pub fn digest(&self) -> Option<&str> {
        self.as_str().split_once('@').map(|(_, digest)| digest)
    }
}

/// `images` as it is written.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct ImagesFile {
    /// Where `shopctl` publishes the images of the services, and where the cluster gets them.
    pub registry: Option<Registry>,
    /// Registries that `shopctl` talks to without TLS, such as one of a closed network.
    #[serde(deserialize_with = "section")]
    #[schemars(with = "Option<Vec<Registry>>")]
    pub plain_http: Vec<Registry>,
    /// The Secret with the registry's credentials.
    pub pull_secret: Option<ObjectName>,
    /// Other places to get images from: the registry of the image, and what stands in its place.
    #[serde(deserialize_with = "section")]
    #[schemars(with = "Option<BTreeMap<String, Registry>>")]
    pub mirrors: BTreeMap<RegistryHost, Registry>,
    /// PostgreSQL.
    pub postgres: Option<Image>,
    /// Redis.
    pub redis: Option<Image>,
    /// Traefik, where it is to be installed.
    pub traefik: Option<Image>,
    /// The backend, where `shopctl` does not publish it.
    pub backend: Option<Image>,
    /// The recommendations, where `shopctl` does not publish them.
    pub ml_service: Option<Image>,
    /// The storefront, where `shopctl` does not publish it.
    pub frontend: Option<Image>,
}

/// Where images come from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Images {
    /// Where the images of the services are published.
    pub registry: Option<Registry>,
    /// The registries that are talked to without TLS.
    pub plain_http: Vec<Registry>,
    /// The Secret with the registry's credentials.
    pub pull_secret: Option<ObjectName>,
    /// The registry of an image, and what stands in its place.
    pub mirrors: BTreeMap<RegistryHost, Registry>,
    /// The images that were named or have a default, by the component's name.
    pub named: BTreeMap<&'static str, Image>,
}

impl Images {
    /// Whether the registry at that host is talked to without TLS.
    pub fn is_plain_http(&self, host: &str) -> bool {
        let mut plain = self.plain_http.iter();
        plain.any(|place| place.host() == host)
    }

    pub(super) fn resolve(file: ImagesFile) -> Self {
        let known = |text: &str| Image::try_from(text.to_owned()).ok();
        let named = [
            (
                "postgres",
                file.postgres
                    .or_else(|| known("docker.io/library/postgres:17")),
            ),
            (
                "redis",
                file.redis.or_else(|| known("docker.io/library/redis:7")),
            ),
            (
                "traefik",
                file.traefik
                    .or_else(|| known("docker.io/library/traefik:v3.6.12")),
            ),
            ("backend", file.backend),
            ("ml-service", file.ml_service),
            ("frontend", file.frontend),
        ];
        Self {
            registry: file.registry,
            plain_http: file.plain_http,
            pull_secret: file.pull_secret,
            mirrors: file.mirrors,
            named: named
                .into_iter()
                .filter_map(|(name, image)| Some((name, image?)))
                .collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_registry_is_no_directory_of_docker_hub() {
        for registry in [
            "registry.example.com",
            "registry.example.com:5000/shop/a",
            "localhost/shop",
            "registry:5000/shop",
            "10.0.0.1:5000",
        ] {
            assert!(
                Registry::try_from(registry.to_owned()).is_ok(),
                "{registry}"
            );
        }
        for registry in [
            "registry/shop",
            "shopmicro",
            "ghcr.io/Ada",
            "a:1:2/b",
            "ghcr.io/a:1",
        ] {
            assert!(
                Registry::try_from(registry.to_owned()).is_err(),
                "{registry}"
            );
        }
    }

    #[test]
    fn what_is_talked_to_without_tls_is_the_host() {
        let images = Images::resolve(ImagesFile {
            plain_http: vec![
                Registry::try_from("registry:5000/shop".to_owned()).unwrap(),
                Registry::try_from("10.0.0.1:5000".to_owned()).unwrap(),
            ],
            ..ImagesFile::default()
        });
        assert!(images.is_plain_http("registry:5000"));
        assert!(images.is_plain_http("10.0.0.1:5000"));
        assert!(!images.is_plain_http("registry"));
        assert!(!images.is_plain_http("10.0.0.1"));
    }

    #[test]
    fn images_name_their_registry() {
        let digest = "0123456789abcdef".repeat(4);
        for image in [
            "docker.io/library/postgres:17".to_owned(),
            format!("registry.example.com:5000/shop/backend@sha256:{digest}"),
            format!("localhost:5000/backend:1@sha256:{digest}"),
        ] {
            assert!(Image::try_from(image.clone()).is_ok(), "{image}");
        }
        for image in [
            "postgres",
            "docker.io/library/postgres:17\n",
            "x/y@sha256:12",
            "a b/c",
            "http://x/y",
            "\"x/y",
        ] {
            assert!(Image::try_from(image.to_owned()).is_err(), "{image}");
        }
        let images = Images::resolve(ImagesFile::default());
        assert_eq!(
            images.named.keys().collect::<Vec<_>>(),
            [&"postgres", &"redis", &"traefik"]
        );
    }
}
