//! The versions of Kubernetes that a lab can serve, and of what runs below it.

use std::path::PathBuf;

use anyhow::{Result, bail};

use crate::parts::{Cache, Module, version};

/// The minor version that a lab's hosts run unless something else is asked for.
pub const KUBERNETES: &str = "1.36";
/// The one before it, from which a cluster can be upgraded. It is built only when it is asked for.
pub const KUBERNETES_BEFORE: &str = "1.35";

const FLAGS_36: &str = "-X k8s.io/component-base/version.gitVersion=v{version} -X k8s.io/component-base/version.gitMajor=1 -X k8s.io/component-base/version.gitMinor=36 -X k8s.io/component-base/version.gitTreeState=clean";
const FLAGS_35: &str = "-X k8s.io/component-base/version.gitVersion=v{version} -X k8s.io/component-base/version.gitMajor=1 -X k8s.io/component-base/version.gitMinor=35 -X k8s.io/component-base/version.gitTreeState=clean";

/// What others deploy with, to be measured beside.
const HELM: Module = Module {
    flags: "-X helm.sh/helm/v4/internal/version.version=v{version}",
    ..Module::plain("helm", "helm.sh/helm/v4")
};

/// The one policy engine that needs nothing but iptables and goes with any pod network. It is an old version, the newest
/// that the module proxies have, and it runs in labs only.
pub const KUBE_ROUTER: Module =
    Module::plain("kube-router", "github.com/cloudnativelabs/kube-router/v2");

/// The module of a minor version.
pub fn minor_module(minor: &str) -> Result<Module> {
    let (name, flags) = match minor {
        KUBERNETES => ("kubernetes-1.36", FLAGS_36),
        KUBERNETES_BEFORE => ("kubernetes-1.35", FLAGS_35),
        _ => {
            bail!("the lab can serve Kubernetes {KUBERNETES} and {KUBERNETES_BEFORE}, not {minor}")
        }
    };
    Ok(Module {
        name,
        path: "k8s.io/kubernetes",
        tags: "",
        flags,
        c: false,
    })
}

/// Whether the programs of a minor version are built already, so that serving it takes no time.
pub fn is_built(minor: &str) -> Result<bool> {
    minor_module(minor)?.is_built(&Cache::open()?)
}

/// The `kubectl` of the default version.
pub fn kubectl() -> Result<PathBuf> {
    let built = minor_module(KUBERNETES)?.provide(&Cache::open()?)?;
    Ok(built.join("kubectl"))
}

/// The version of the image that enforces network policies.
pub fn kube_router() -> Result<String> {
    KUBE_ROUTER.version()
}

/// `helm`. It is built when it is asked for, and is in no lab.
pub fn helm() -> Result<PathBuf> {
    Ok(HELM.provide(&Cache::open()?)?.join("helm"))
}

/// The patch release of a minor version, `1.36.3` for example.
pub fn kubernetes(minor: &str) -> Result<String> {
    minor_module(minor)?.version()
}

/// The release of containerd that the mirror has.
pub fn containerd() -> Result<String> {
    version("containerd", "github.com/containerd/containerd/v2")
}

/// The release of runc that the mirror has.
pub fn runc() -> Result<String> {
    version("runc", "github.com/opencontainers/runc")
}

/// The release of the network plugins that the mirror has.
pub fn cni_plugins() -> Result<String> {
    version("cni-plugins", "github.com/containernetworking/plugins")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_patch_release_belongs_to_its_minor_version() {
        for minor in [KUBERNETES, KUBERNETES_BEFORE] {
            let patch = kubernetes(minor).unwrap();
            assert!(patch.starts_with(&format!("{minor}.")), "{patch}");
        }
        assert!(kubernetes("1.20").is_err());
    }
}
