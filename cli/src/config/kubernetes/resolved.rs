//! The whole of it, resolved.

use schemars::JsonSchema;
use serde::Deserialize;

use super::expose::{ExposeFile, IngressFile};
use super::images::{Images, ImagesFile};
use super::shape::{Label, Schedule};
use super::stores::{PostgresFile, RedisFile};
use super::workload::{Refusal, ReplicasFile, ResourcesFile};
use super::{Cidr, Database, Expose, Redis, Resources, Workload};
use crate::config::file::section;

/// `kubernetes` as it is written.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct KubernetesFile {
    /// The context of the kubeconfig; the current one without it.
    pub context: Option<String>,
    /// The namespace of the shop.
    pub namespace: Option<Label>,
    /// Where names are resolved besides the pods of `kube-dns`, for the network policies: a cache on every node, say.
    #[serde(deserialize_with = "section")]
    #[schemars(with = "Option<Vec<Cidr>>")]
    pub dns_cidrs: Vec<Cidr>,
}

/// `training` as it is written.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct TrainingFile {
    /// When recommendations are learned anew, as in a crontab; the clock is UTC.
    pub schedule: Option<Schedule>,
    /// What the training may use.
    #[serde(deserialize_with = "section")]
    #[schemars(with = "Option<ResourcesFile>")]
    pub resources: ResourcesFile,
}

/// The sections that are resolved together.
#[derive(Debug, Default)]
pub struct Sections {
    /// `kubernetes`
    pub kubernetes: KubernetesFile,
    /// `images`
    pub images: ImagesFile,
    /// `backend.replicas` and `backend.resources`
    pub backend: (ReplicasFile, ResourcesFile),
    /// `ml_service.replicas` and `ml_service.resources`
    pub ml_service: (ReplicasFile, ResourcesFile),
    /// `frontend.replicas` and `frontend.resources`
    pub frontend: (ReplicasFile, ResourcesFile),
    /// `postgres`
    pub postgres: PostgresFile,
    /// `redis`
    pub redis: RedisFile,
    /// `training`
    pub training: TrainingFile,
    /// `expose`
    pub expose: ExposeFile,
    /// `ingress`
    pub ingress: IngressFile,
    /// `telemetry.prometheus_namespace`
    pub prometheus_namespace: Option<Label>,
    /// `telemetry.collector_cidrs`
    pub collector_cidrs: Vec<Cidr>,
}

/// Everything that only a shop on Kubernetes needs to know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kubernetes {
    /// The context of the kubeconfig; none for the current one.
    pub context: Option<String>,
    /// The namespace of the shop.
    pub namespace: Label,
    /// Where names are resolved besides the pods of `kube-dns`.
    pub dns_cidrs: Vec<Cidr>,
    /// Where images come from.
    pub images: Images,
    /// The backend.
    pub backend: Workload,
    /// The recommendations.
    pub ml_service: Workload,
    /// The storefront.
    pub frontend: Workload,
    /// PostgreSQL.
    pub database: Database,
    /// Redis.
    pub redis: Redis,
    /// When recommendations are learned anew.
    pub training_schedule: Schedule,
    /// What the training may use.
    pub training: Resources,
    /// How the shop is reached.
    pub expose: Expose,
    /// From where Prometheus scrapes; none when nobody does.
    pub prometheus_namespace: Option<Label>,
    /// Where traces go, where the name of the collector cannot say it.
    pub collector_cidrs: Vec<Cidr>,
}

/// Sets the defaults and checks what only the whole can tell. A refusal names the key with its section.
pub fn resolve(sections: Sections) -> Result<Kubernetes, (String, String, &'static str)> {
    let within = |section: &'static str| {
        move |(key, value, cause): Refusal| (format!("{section}.{key}"), value, cause)
    };
    let whole = |(key, value, cause): Refusal| (key.to_owned(), value, cause);
    let service = |(replicas, resources): (ReplicasFile, ResourcesFile), most, defaults| {
        Workload::resolve(&replicas, resources, most, defaults)
    };
    let name = |text: &str| {
        Label::try_from(text.to_owned()).map_err(|cause| whole(("kubernetes.namespace", cause, "")))
    };
    let schedule = |text: &str| {
        Schedule::try_from(text.to_owned()).map_err(|cause| whole(("training.schedule", cause, "")))
    };
    Ok(Kubernetes {
        context: sections.kubernetes.context,
        namespace: sections
            .kubernetes
            .namespace
            .map_or_else(|| name("shopmicro"), Ok)?,
        dns_cidrs: sections.kubernetes.dns_cidrs,
        images: Images::resolve(sections.images),
        backend: service(sections.backend, 10, ["50m", "64Mi", "1", "256Mi"])
            .map_err(within("backend"))?,
        ml_service: service(sections.ml_service, 6, ["50m", "64Mi", "1", "512Mi"])
            .map_err(within("ml_service"))?,
        frontend: service(sections.frontend, 6, ["25m", "32Mi", "500m", "128Mi"])
            .map_err(within("frontend"))?,
        database: Database::resolve(sections.postgres).map_err(within("postgres"))?,
        redis: Redis::resolve(sections.redis).map_err(within("redis"))?,
        // Once a night, and not at a full hour, when everybody's jobs start.
        training_schedule: sections
            .training
            .schedule
            .map_or_else(|| schedule("17 3 * * *"), Ok)?,
        training: Resources::resolve(sections.training.resources, ["100m", "128Mi", "1", "1Gi"])
            .map_err(within("training"))?,
        expose: Expose::resolve(sections.expose, sections.ingress).map_err(whole)?,
        prometheus_namespace: sections.prometheus_namespace,
        collector_cidrs: sections.collector_cidrs,
    })
}
