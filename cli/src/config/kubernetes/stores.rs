//! The servers that hold the data.

use std::path::PathBuf;

use schemars::JsonSchema;
use serde::Deserialize;

use super::workload::{Refusal, ResourcesFile};
use super::{Certificates, Cidr, ObjectName, Quantity, Resources};
use crate::config::file::section;

/// `postgres` as it is written.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct PostgresFile {
    /// The volume.
    #[serde(deserialize_with = "section")]
    #[schemars(with = "Option<StorageFile>")]
    pub storage: StorageFile,
    /// What the server may use.
    #[serde(deserialize_with = "section")]
    #[schemars(with = "Option<ResourcesFile>")]
    pub resources: ResourcesFile,
    /// A PostgreSQL that runs somewhere else; then none is deployed.
    pub external: Option<ExternalFile>,
}

/// `postgres.external` as it is written.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct ExternalFile {
    /// A Secret in the shop's namespace with the keys `backend-url`, `ml-service-url` and `migrate-url`.
    pub secret: Option<ObjectName>,
    /// A file on this machine that holds one address for all three.
    pub url_file: Option<PathBuf>,
    /// Certificates (PEM) of those who may have signed the server's certificate. The connection is then encrypted, and the
    /// server must be who it says.
    pub ca: Option<Certificates>,
    /// Where the server is, for the network policies.
    #[serde(deserialize_with = "section")]
    #[schemars(with = "Option<Vec<Cidr>>")]
    pub cidrs: Vec<Cidr>,
    /// The server's port.
    #[schemars(range(min = 1))]
    pub port: Option<u16>,
}

/// `redis` as it is written.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct RedisFile {
    /// The volume.
    #[serde(deserialize_with = "section")]
    #[schemars(with = "Option<StorageFile>")]
    pub storage: StorageFile,
    /// What the server may use.
    #[serde(deserialize_with = "section")]
    #[schemars(with = "Option<ResourcesFile>")]
    pub resources: ResourcesFile,
}

/// `storage` as it is written.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct StorageFile {
    /// The size of the volume.
    pub size: Option<Quantity>,
    /// The `StorageClass`; the cluster's default one without it.
    pub class: Option<ObjectName>,
}

/// A volume.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Storage {
    /// Its size.
    pub size: Quantity,
    /// Its `StorageClass`; none for the cluster's default.
    pub class: Option<ObjectName>,
}

/// Where PostgreSQL runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Database {
    /// In the shop's namespace.
    Bundled {
        /// The volume.
        storage: Storage,
        /// What the server may use.
        resources: Box<Resources>,
    },
    /// Somewhere else.
    External {
        /// The Secret with the addresses; none when `shopctl` makes it from `url_file`.
        secret: Option<ObjectName>,
        /// A file on this machine that holds one address for all.
        url_file: Option<PathBuf>,
        /// Who may have signed its certificate.
        ca: Option<Certificates>,
        /// Where the server is.
        cidrs: Vec<Cidr>,
        /// Its port.
        port: u16,
    },
}

/// Redis.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Redis {
    /// The volume.
    pub storage: Storage,
    /// What the server may use.
    pub resources: Resources,
}

impl Database {
    pub(super) fn resolve(file: PostgresFile) -> Result<Self, Refusal> {
        let PostgresFile {
            storage,
            resources,
            external,
        } = file;
        let Some(external) = external else {
            return Ok(Self::Bundled {
                storage: Storage::resolve(storage, "10Gi")?,
                resources: Box::new(Resources::resolve(
                    resources,
                    ["100m", "256Mi", "2", "1Gi"],
                )?),
            });
        };
        let ExternalFile {
            secret,
            url_file,
            ca,
            cidrs,
            port,
        } = external;
        if secret.is_some() == url_file.is_some() {
            let cause = "name either `secret` or `url_file`";
            return Err(("external", "{…}".to_owned(), cause));
        }
        if cidrs.is_empty() {
            let cause = "the network policies need the server's addresses";
            return Err(("external.cidrs", "[]".to_owned(), cause));
        }
        if port == Some(0) {
            let cause = "no server listens there";
            return Err(("external.port", "0".to_owned(), cause));
        }
        Ok(Self::External {
            secret,
            url_file,
            ca,
            cidrs,
            port: port.unwrap_or(5432),
        })
    }
}

impl Redis {
    pub(super) fn resolve(file: RedisFile) -> Result<Self, Refusal> {
        let RedisFile { storage, resources } = file;
        Ok(Self {
            storage: Storage::resolve(storage, "1Gi")?,
            resources: Resources::resolve(resources, ["50m", "64Mi", "1", "384Mi"])?,
        })
    }
}

impl Storage {
    fn resolve(file: StorageFile, size: &str) -> Result<Self, Refusal> {
        let StorageFile {
            size: written,
            class,
        } = file;
        let invalid = |cause| ("storage.size", cause, "the default is no amount");
        let size = written.map_or_else(|| Quantity::try_from(size).map_err(invalid), Ok)?;
        Ok(Self { size, class })
    }
}
