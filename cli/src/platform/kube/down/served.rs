//! The kinds that a cluster serves.

use futures_util::future::join_all;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::{APIGroup, APIResource, APIResourceList};
use kube::api::ApiResource;

use super::kind::{DATA, POD, STAGES};
use crate::platform::kube::{Cluster, cause};

/// What objects must allow so that deleting their namespace deletes them.
const VERBS: [&str; 2] = ["list", "delete"];

/// The kinds whose objects lie in namespaces.
#[derive(Debug)]
pub struct Served {
    /// Those of a shop, and all others that could be asked for.
    pub kinds: Vec<ApiResource>,
    /// The groups that could not, with the reason.
    pub unreadable: Vec<String>,
}

impl Served {
    /// Asks the API server. A group whose server is down does not hide the others.
    pub async fn of(cluster: &Cluster) -> Self {
        let mut served = Self {
            kinds: known(),
            unreadable: Vec::new(),
        };
        let core = cluster.client.list_core_api_resources("v1").await;
        served.add("v1", core);
        let groups = match cluster.client.list_api_groups().await {
            Ok(groups) => groups.groups,
            Err(error) => {
                served.refuse("the groups of its API", &error);
                return served;
            }
        };
        let versions: Vec<_> = groups.iter().filter_map(preferred).collect();
        let asked = versions
            .iter()
            .map(|version| cluster.client.list_api_group_resources(version));
        for (version, listed) in versions.iter().zip(join_all(asked).await) {
            served.add(version, listed);
        }
        served
    }

    fn add(&mut self, version: &str, listed: Result<APIResourceList, kube::Error>) {
        match listed {
            Ok(listed) => {
                let kinds = listed
                    .resources
                    .iter()
                    .filter(|kind| lies_in_namespace(kind));
                for kind in kinds.map(|kind| resource(version, kind)) {
                    let is_known = self
                        .kinds
                        .iter()
                        .any(|known| (&known.group, &known.kind) == (&kind.group, &kind.kind));
                    if !is_known {
                        self.kinds.push(kind);
                    }
                }
            }
            Err(error) => self.refuse(version, &error),
        }
    }

    fn refuse(&mut self, what: &str, error: &kube::Error) {
        self.unreadable.push(format!("{what}: {}", cause(error)));
    }
}

/// The kinds that a shop is made of.
fn known() -> Vec<ApiResource> {
    let kinds = STAGES.iter().chain([&DATA]).flat_map(|stage| stage.kinds);
    let kinds = kinds.chain([&POD]).filter(|kind| !kind.of_cluster);
    let mut resources: Vec<ApiResource> = Vec::new();
    for resource in kinds.map(|kind| kind.resource()) {
        if !resources.contains(&resource) {
            resources.push(resource);
        }
    }
    resources
}

fn preferred(group: &APIGroup) -> Option<String> {
    let first = group.versions.first();
    let version = group.preferred_version.as_ref().or(first)?;
    Some(version.group_version.clone())
}

fn lies_in_namespace(kind: &APIResource) -> bool {
    let allows = |verb: &&str| kind.verbs.iter().any(|own| own == verb);
    kind.namespaced && !kind.name.contains('/') && VERBS.iter().all(allows)
}

fn resource(version: &str, kind: &APIResource) -> ApiResource {
    let (group, number) = version.split_once('/').unwrap_or(("", version));
    ApiResource {
        group: group.to_owned(),
        version: number.to_owned(),
        api_version: version.to_owned(),
        kind: kind.kind.clone(),
        plural: kind.name.clone(),
    }
}
