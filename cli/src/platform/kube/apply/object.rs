//! One object that is to be in the cluster.

use std::fmt;

use kube::api::{ApiResource, DynamicObject, GroupVersionKind};
use kube::core::gvk::ParseGroupVersionError;
use kube::{Api, Client};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::plan::manifest::{self, Manifest, Phase};
use crate::platform::Error;

/// What names an object in a cluster.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct ObjectKey {
    /// Such as `apps/v1`.
    pub api_version: String,
    /// Such as `Deployment`.
    pub kind: String,
    /// The namespace; none for what belongs to the whole cluster.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub namespace: Option<String>,
    /// The name.
    pub name: String,
}

impl ObjectKey {
    /// How the API is asked for it. Its kinds are all regular plurals, so nobody needs to be asked first.
    pub fn resource(&self) -> Result<ApiResource, ParseGroupVersionError> {
        let version = self.api_version.parse::<kube::core::GroupVersion>()?;
        let gvk = GroupVersionKind::gvk(&version.group, &version.version, &self.kind);
        Ok(ApiResource::from_gvk(&gvk))
    }

    /// The place where it lies.
    pub fn api(&self, client: Client) -> Result<Api<DynamicObject>, Error> {
        let resource = self.resource().map_err(|error| self.unusable(&error))?;
        Ok(match &self.namespace {
            Some(namespace) => Api::namespaced_with(client, namespace, &resource),
            None => Api::all_with(client, &resource),
        })
    }

    /// Whether it names the same object, be it through another version of its API.
    pub fn is_same(&self, other: &Self) -> bool {
        (self.group(), &self.kind, &self.namespace, &self.name)
            == (other.group(), &other.kind, &other.namespace, &other.name)
    }

    /// Such as `apps`; nothing for the oldest kinds.
    fn group(&self) -> &str {
        let group = self.api_version.split_once('/');
        group.map_or("", |(group, _)| group)
    }

    /// Whether losing it would lose data.
    pub fn holds_data(&self) -> bool {
        matches!(
            self.kind.as_str(),
            "Namespace" | "PersistentVolumeClaim" | "Secret"
        )
    }

    fn unusable(&self, error: &dyn fmt::Display) -> Error {
        Error::Manifest(manifest::Error::Template {
            path: self.to_string(),
            cause: error.to_string(),
        })
    }
}

impl fmt::Display for ObjectKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}/{}", self.kind.to_lowercase(), self.name)
    }
}

/// One object with what it is for.
#[derive(Debug, Clone)]
pub struct Object {
    /// When it is applied.
    pub phase: Phase,
    /// All that it says.
    pub content: Value,
    key: ObjectKey,
}

impl Object {
    /// The object of a manifest.
    pub fn of(manifest: &Manifest) -> Result<Self, Error> {
        let wrong = |cause: String| {
            Error::Manifest(manifest::Error::Template {
                path: manifest.path.clone(),
                cause,
            })
        };
        let content: Value = serde_yaml::from_str(&manifest.yaml)
            .map_err(|error| wrong(error.without_snippet().to_string()))?;
        let text = |pointer: &str| {
            let value = content.pointer(pointer)?.as_str()?;
            Some(value.to_owned())
        };
        let api_version = text("/apiVersion").ok_or_else(|| wrong("no apiVersion".to_owned()))?;
        Ok(Self {
            phase: manifest.phase,
            key: ObjectKey {
                api_version,
                kind: manifest.kind.clone(),
                namespace: text("/metadata/namespace"),
                name: manifest.name.clone(),
            },
            content,
        })
    }

    /// What names it.
    pub fn key(&self) -> ObjectKey {
        self.key.clone()
    }

    /// Its kind.
    pub fn kind(&self) -> &str {
        &self.key.kind
    }
}
