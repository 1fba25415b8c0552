//! What a shop needs to know to run on Kubernetes.

mod certificates;
mod cidr;
mod endpoint;
mod expose;
mod images;
mod quantity;
mod resolved;
mod shape;
mod stores;
mod workload;

pub use certificates::Certificates;
pub use cidr::Cidr;
pub use endpoint::Endpoint;
pub use expose::{Expose, Issuer, Tls};
pub use images::{Image, Images};
pub use quantity::Quantity;
pub use resolved::{Kubernetes, Sections, resolve};
pub use shape::{Host, Label, ObjectName};
pub use stores::{Database, Redis, Storage};
pub use workload::{Amounts, Resources, Workload};

/// The sections of `shop.yaml` that only Kubernetes needs.
pub mod file {
    pub use super::expose::{ExposeFile, IngressFile};
    pub use super::images::ImagesFile;
    pub use super::resolved::{KubernetesFile, TrainingFile};
    pub use super::stores::{PostgresFile, RedisFile};
    pub use super::workload::{ReplicasFile, ResourcesFile};
}
