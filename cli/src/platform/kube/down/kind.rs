//! The kinds of objects that a shop is made of.

use kube::api::{ApiResource, GroupVersionKind};

/// One kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Kind {
    group: &'static str,
    version: &'static str,
    /// Its name.
    pub name: &'static str,
    /// Whether its objects are in no namespace.
    pub of_cluster: bool,
}

const fn kind(group: &'static str, version: &'static str, name: &'static str) -> Kind {
    Kind {
        group,
        version,
        name,
        of_cluster: false,
    }
}

const fn of_cluster(group: &'static str, version: &'static str, name: &'static str) -> Kind {
    Kind {
        of_cluster: true,
        ..kind(group, version, name)
    }
}

const GATEWAY: &str = "gateway.networking.k8s.io";
const NETWORKING: &str = "networking.k8s.io";
const RBAC: &str = "rbac.authorization.k8s.io";

/// What is taken away together, and what that is called.
pub struct Stage {
    /// For people.
    pub title: &'static str,
    /// The kinds.
    pub kinds: &'static [Kind],
}

/// Everything but data, in the order of taking away: nobody is let in, nothing serves, nothing is stored, nothing is
/// allowed.
pub const STAGES: [Stage; 5] = [
    Stage {
        title: "closing the entry",
        kinds: &[
            kind(GATEWAY, "v1", "HTTPRoute"),
            kind(GATEWAY, "v1", "Gateway"),
            kind(NETWORKING, "v1", "Ingress"),
        ],
    },
    Stage {
        title: "stopping the services",
        kinds: &[
            kind("autoscaling", "v2", "HorizontalPodAutoscaler"),
            kind("batch", "v1", "CronJob"),
            kind("batch", "v1", "Job"),
            kind("apps", "v1", "Deployment"),
        ],
    },
    Stage {
        title: "stopping the data stores",
        kinds: &[kind("apps", "v1", "StatefulSet")],
    },
    Stage {
        title: "removing pods that nobody owns",
        kinds: &[POD],
    },
    Stage {
        title: "removing policies and accounts",
        kinds: &[
            kind("", "v1", "Service"),
            kind("policy", "v1", "PodDisruptionBudget"),
            kind(NETWORKING, "v1", "NetworkPolicy"),
            kind(RBAC, "v1", "RoleBinding"),
            kind(RBAC, "v1", "Role"),
            kind("", "v1", "ServiceAccount"),
            kind("", "v1", "ConfigMap"),
            of_cluster(RBAC, "v1", "ClusterRoleBinding"),
            of_cluster(RBAC, "v1", "ClusterRole"),
            CLASS,
        ],
    },
];

/// What only `--delete-data` takes away, before the namespace.
pub const DATA: Stage = Stage {
    title: "deleting the data",
    kinds: &[
        kind("", "v1", "PersistentVolumeClaim"),
        kind("", "v1", "Secret"),
    ],
};

/// What Ingresses of all namespaces name.
pub const CLASS: Kind = of_cluster(NETWORKING, "v1", "IngressClass");

/// Pods: those that are left when their owners have gone, such as the probes of a `verify` that was killed.
pub const POD: Kind = kind("", "v1", "Pod");

impl Kind {
    /// How the API calls it.
    pub fn resource(self) -> ApiResource {
        ApiResource::from_gvk(&GroupVersionKind::gvk(self.group, self.version, self.name))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_api_knows_them_by_these_names() {
        let kinds = STAGES.iter().chain([&DATA]).flat_map(|stage| stage.kinds);
        let plurals: Vec<_> = kinds.map(|kind| kind.resource().plural).collect();
        for plural in [
            "networkpolicies",
            "ingresses",
            "ingressclasses",
            "httproutes",
            "horizontalpodautoscalers",
            "persistentvolumeclaims",
        ] {
            assert!(plurals.iter().any(|one| one == plural), "{plurals:?}");
        }
    }
}
