//! What a cluster needs before a shop can run on it.

use k8s_openapi::api::storage::v1::StorageClass;
use kube::api::ListParams;
use kube::{Api, ResourceExt as _};

use super::cluster::Cluster;
use super::preflight::preflight;
use super::target::Kube;
use super::wanted::ensure_images_named;
use crate::config::kubernetes::{Database, Expose, ObjectName, Storage};
use crate::failure::Failure as _;
use crate::platform::{Error, Finding};

/// The annotation of the class that claims without one belong to.
const DEFAULT: &str = "storageclass.kubernetes.io/is-default-class";

/// The oldest minor version of Kubernetes 1 that the manifests are checked against.
const OLDEST: u32 = 35;

impl Kube {
    /// Everything that is needed, met or not.
    pub(super) async fn examine(&self) -> Result<Vec<Finding>, Error> {
        let cluster = match self.cluster().await {
            Ok(cluster) => cluster,
            Err(error) => return Ok(vec![unmet("cluster", &error)]),
        };
        let entry = preflight(cluster, &self.config.kubernetes).await;
        Ok(vec![
            met(
                "cluster",
                format!("`{}` at {}", cluster.name, cluster.server),
            ),
            version(cluster),
            self.registry(),
            match self.storage(cluster).await {
                Ok(finding) => finding,
                Err(error) => unmet("storage", &error),
            },
            match entry {
                Ok(()) => met("entry", served(&self.config.kubernetes.expose)),
                Err(error) => unmet("entry", &error),
            },
        ])
    }

    fn registry(&self) -> Finding {
        if let Err(error) = ensure_images_named(&self.config) {
            return unmet("registry", &error);
        }
        let registry = self.config.kubernetes.images.registry.as_ref();
        let found = registry.map_or("every image is named in shop.yaml", |name| name.as_str());
        met("registry", found.to_owned())
    }

    async fn storage(&self, cluster: &Cluster) -> Result<Finding, Error> {
        let settings = &self.config.kubernetes;
        let database = match &settings.database {
            Database::Bundled { storage, .. } => Some(storage),
            Database::External { .. } => None,
        };
        let volumes = database.into_iter().chain([&settings.redis.storage]);
        let named: Vec<_> = volumes.map(class).collect();
        let classes: Api<StorageClass> = Api::all(cluster.client.clone());
        let listed = classes.list(&ListParams::default()).await;
        let listed = listed.map_err(|error| cluster.failed("list the storage classes", &error))?;
        let cure = format!(
            "name one of `{}` in `postgres.storage.class` and `redis.storage.class`",
            cluster.kubectl("get storageclass")
        );
        Ok(judge(&listed.items, &named, &cure))
    }
}

/// That somebody serves the entry, and who may come past it.
fn served(expose: &Expose) -> String {
    let ingress = &expose.ingress;
    if ingress.install || ingress.namespace.is_some() {
        return "somebody serves it".to_owned();
    }
    "somebody serves it; pods of every namespace may reach the shop past it, until `ingress.namespace` names the controller's"
        .to_owned()
}

fn class(storage: &Storage) -> Option<&str> {
    storage.class.as_ref().map(ObjectName::as_str)
}

fn judge(classes: &[StorageClass], wanted: &[Option<&str>], cure: &str) -> Finding {
    let is_default = |class: &StorageClass| {
        let mark = class.annotations().get(DEFAULT);
        mark.is_some_and(|mark| mark == "true")
    };
    for name in wanted {
        let found = match name {
            Some(name) => classes.iter().any(|class| class.name_any() == *name),
            None => classes.iter().any(is_default),
        };
        if !found {
            let what = match name {
                Some(name) => format!("there is no storage class `{name}`"),
                None => "there is no default storage class".to_owned(),
            };
            return lacking("storage", what, cure);
        }
    }
    met("storage", "there is a class for every volume".to_owned())
}

fn version(cluster: &Cluster) -> Finding {
    let minor = cluster.version.split('.').nth(1);
    let minor = minor.and_then(|minor| minor.parse::<u32>().ok());
    if minor.is_some_and(|minor| minor < OLDEST) {
        return lacking(
            "kubernetes",
            format!("{} is older than 1.{OLDEST}", cluster.version),
            "upgrade the cluster",
        );
    }
    met("kubernetes", cluster.version.clone())
}

fn met(name: &str, found: String) -> Finding {
    Finding {
        name: name.to_owned(),
        met: true,
        found,
        cure: None,
        packages: Vec::new(),
    }
}

fn lacking(name: &str, found: String, cure: &str) -> Finding {
    Finding {
        met: false,
        cure: Some(cure.to_owned()),
        ..met(name, found)
    }
}

fn unmet(name: &str, error: &Error) -> Finding {
    lacking(name, error.to_string(), &error.hint().unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::config::kubernetes::{Sections, resolve};

    #[test]
    fn who_does_not_name_the_controller_is_told_who_may_come() {
        let mut expose = resolve(Sections::default()).unwrap().expose;
        assert!(served(&expose).contains("`ingress.namespace`"));
        expose.ingress.install = true;
        assert_eq!(served(&expose), "somebody serves it");
    }

    #[test]
    fn every_volume_needs_a_class() {
        let class = |name: &str, default: &str| {
            let class = json!({ "metadata": { "name": name, "annotations": { DEFAULT: default } }, "provisioner": "p" });
            serde_json::from_value::<StorageClass>(class).unwrap()
        };
        let judge =
            |classes: &[StorageClass], wanted: &[Option<&str>]| judge(classes, wanted, "name one");
        assert!(!judge(&[], &[None]).met);
        assert!(judge(&[class("fast", "true")], &[None]).met);
        assert!(!judge(&[class("fast", "false")], &[None]).met);
        assert!(judge(&[class("fast", "false")], &[Some("fast")]).met);
        let finding = judge(&[class("fast", "true")], &[None, Some("slow")]);
        assert_eq!(finding.found, "there is no storage class `slow`");
    }
}
