//! `shop.yaml` as it is written.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use schemars::JsonSchema;
use serde::{Deserialize, Deserializer};

use super::kubernetes::file::{
    ExposeFile, ImagesFile, IngressFile, KubernetesFile, PostgresFile, RedisFile, ReplicasFile,
    ResourcesFile, TrainingFile,
};
use super::kubernetes::{Cidr, Endpoint, Label};
use super::{Error, Target, duration};

/// The whole file.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct File {
    /// Where the shop runs.
    pub target: Option<Target>,
    /// How much the services log.
    pub log: Option<Level>,
    /// Settings of the `local` target.
    #[serde(deserialize_with = "section")]
    #[schemars(with = "Option<Local>")]
    pub local: Local,
    /// Settings of the backend.
    #[serde(deserialize_with = "section")]
    #[schemars(with = "Option<Backend>")]
    pub backend: Backend,
    /// Settings of the recommendations.
    #[serde(deserialize_with = "section")]
    #[schemars(with = "Option<Service>")]
    pub ml_service: Service,
    /// Settings of the storefront.
    #[serde(deserialize_with = "section")]
    #[schemars(with = "Option<Service>")]
    pub frontend: Service,
    /// Where telemetry goes.
    #[serde(deserialize_with = "section")]
    #[schemars(with = "Option<Telemetry>")]
    pub telemetry: Telemetry,
    /// The cluster.
    #[serde(deserialize_with = "section")]
    #[schemars(with = "Option<KubernetesFile>")]
    pub kubernetes: KubernetesFile,
    /// Where images come from.
    #[serde(deserialize_with = "section")]
    #[schemars(with = "Option<ImagesFile>")]
    pub images: ImagesFile,
    /// PostgreSQL on Kubernetes.
    #[serde(deserialize_with = "section")]
    #[schemars(with = "Option<PostgresFile>")]
    pub postgres: PostgresFile,
    /// Redis on Kubernetes.
    #[serde(deserialize_with = "section")]
    #[schemars(with = "Option<RedisFile>")]
    pub redis: RedisFile,
    /// Learning recommendations on Kubernetes.
    #[serde(deserialize_with = "section")]
    #[schemars(with = "Option<TrainingFile>")]
    pub training: TrainingFile,
    /// How the shop on Kubernetes is reached.
    #[serde(deserialize_with = "section")]
    #[schemars(with = "Option<ExposeFile>")]
    pub expose: ExposeFile,
    /// The controller that reads Ingresses.
    #[serde(deserialize_with = "section")]
    #[schemars(with = "Option<IngressFile>")]
    pub ingress: IngressFile,
}

/// Settings of the `local` target.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Local {
    /// The port of the front door.
    pub port: Option<u16>,
    /// Where the data lives.
    pub data_dir: Option<PathBuf>,
}

/// Settings of the backend.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Backend {
    /// How long a cart lives.
    #[serde(deserialize_with = "duration::deserialize")]
    #[schemars(with = "Option<duration::Text>")]
    pub cart_ttl: Option<Duration>,
    /// How long a product stays in the cache.
    #[serde(deserialize_with = "duration::deserialize")]
    #[schemars(with = "Option<duration::Text>")]
    pub product_cache_ttl: Option<Duration>,
    /// How long to wait for recommendations.
    #[serde(deserialize_with = "duration::deserialize")]
    #[schemars(with = "Option<duration::Text>")]
    pub ml_service_timeout: Option<Duration>,
    /// How many run on Kubernetes.
    #[serde(deserialize_with = "section")]
    #[schemars(with = "Option<ReplicasFile>")]
    pub replicas: ReplicasFile,
    /// What each of them may use on Kubernetes.
    #[serde(deserialize_with = "section")]
    #[schemars(with = "Option<ResourcesFile>")]
    pub resources: ResourcesFile,
}

/// Settings of a service that has no others.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Service {
    /// How many run on Kubernetes.
    #[serde(deserialize_with = "section")]
    #[schemars(with = "Option<ReplicasFile>")]
    pub replicas: ReplicasFile,
    /// What each of them may use on Kubernetes.
    #[serde(deserialize_with = "section")]
    #[schemars(with = "Option<ResourcesFile>")]
    pub resources: ResourcesFile,
}

/// Where telemetry goes.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Telemetry {
    /// The base address for OTLP over HTTP, without TLS.
    pub otlp_endpoint: Option<Endpoint>,
    /// Where the collector is, for the network policies, where its name cannot say it: a host outside of the cluster.
    #[serde(deserialize_with = "section")]
    #[schemars(with = "Option<Vec<Cidr>>")]
    pub collector_cidrs: Vec<Cidr>,
    /// The namespace from which Prometheus scrapes; without it, nobody may.
    pub prometheus_namespace: Option<Label>,
}

/// How much the services log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// Failures only.
    Error,
    /// And what is suspicious.
    Warn,
    /// And what happens.
    Info,
    /// And why.
    Debug,
    /// Everything.
    Trace,
}

impl File {
    /// Reads and parses the file; the text is for messages about what only the whole can tell.
    pub fn read(path: &Path) -> Result<(Self, String), Error> {
        let text = fs::read_to_string(path).map_err(|source| Error::Unreadable {
            path: path.to_owned(),
            source,
        })?;
        Ok((Self::parse(path, &text)?, text))
    }

    /// Parses the text; `path` is only for messages.
    pub fn parse(path: &Path, text: &str) -> Result<Self, Error> {
        if text
            .lines()
            .all(|line| line.trim().is_empty() || line.trim_start().starts_with('#'))
        {
            return Ok(Self::default());
        }
        serde_yaml::from_str(text).map_err(|error| invalid(path, error.without_snippet()))
    }
}

/// A section whose keys are all commented out is there, but empty.
pub(super) fn section<'de, D, S>(deserializer: D) -> Result<S, D::Error>
where
    D: Deserializer<'de>,
    S: Default + Deserialize<'de>,
{
    Ok(Option::deserialize(deserializer)?.unwrap_or_default())
}

fn invalid(path: &Path, error: &serde_yaml::Error) -> Error {
    let (line, column) = error
        .location()
        .map_or((1, 1), |location| (location.line(), location.column()));
    let (cause, nearest) = match error {
        serde_yaml::Error::SerdeUnknownField {
            field, expected, ..
        } => (format!("unknown key `{field}`"), nearest(field, expected)),
        serde_yaml::Error::SerdeUnknownVariant {
            variant, expected, ..
        } => {
            let cause = format!(
                "unknown value `{variant}`, expected {}",
                expected.join(", ")
            );
            (cause, nearest(variant, expected))
        }
        other => (without_place(&other.to_string()), None),
    };
    Error::Invalid {
        path: path.to_owned(),
        line,
        column,
        cause,
        nearest,
    }
}

/// The known word that the written one was probably meant to be.
fn nearest(written: &str, known: &[&str]) -> Option<String> {
    known
        .iter()
        .map(|word| (strsim::jaro_winkler(written, word), word))
        .filter(|(similarity, _)| *similarity > 0.7)
        .max_by(|left, right| left.0.total_cmp(&right.0))
        .map(|(_, word)| (*word).to_owned())
}

/// The library's message without the place, which is said already, and without what follows the first line.
fn without_place(text: &str) -> String {
    let line = text.lines().next().unwrap_or_default();
    let end = line.rfind(" at line ").unwrap_or(line.len());
    line[..end].trim_end_matches(',').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::failure::Failure;

    fn failure(text: &str) -> (String, Option<String>) {
        let error = File::parse(Path::new("shop.yaml"), text).unwrap_err();
        (error.to_string(), error.hint())
    }

    #[test]
    fn the_example_is_valid() {
        let file = File::parse(Path::new("shop.yaml"), crate::config::EXAMPLE).unwrap();
        assert_eq!(file.local.port, Some(8080));
        assert_eq!(
            file.backend.ml_service_timeout,
            Some(Duration::from_millis(50))
        );
    }

    #[test]
    fn an_unknown_key_names_its_place_and_the_nearest_key() {
        let (message, hint) = failure("target: local\nlocal:\n  prot: 9000\n");
        assert_eq!(message, "shop.yaml:3:3: unknown key `prot`");
        assert_eq!(hint.as_deref(), Some("did you mean `port`?"));
    }

    #[test]
    fn an_ill_typed_value_names_its_place() {
        let (message, _) = failure("local:\n  port: many\n");
        assert!(message.starts_with("shop.yaml:2:9: "), "{message}");
        let (message, _) = failure("backend:\n  cart_ttl: soon\n");
        assert!(
            message.starts_with("shop.yaml:2:13: `soon` is no duration"),
            "{message}"
        );
    }

    #[test]
    fn an_unknown_target_names_the_known_ones() {
        let (message, _) = failure("target: locl\n");
        assert_eq!(
            message,
            "shop.yaml:1:9: unknown value `locl`, expected local, kube, ec2"
        );
    }

    #[test]
    fn an_empty_file_is_the_defaults() {
        assert!(File::parse(Path::new("shop.yaml"), "# nothing\n\n").is_ok());
    }
}
