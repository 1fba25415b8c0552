//! All parts of a lab.

use std::path::PathBuf;
use std::thread;

use anyhow::{Error, Result, anyhow};

use super::cache::Cache;
use super::image::Tools;
use super::module::Module;
use super::{host, images, mirror};
use crate::versions::minor_module;

/// The registry, and the client that pushes to it.
const REGISTRY: Module = Module::plain("registry", "github.com/distribution/distribution/v3");
const CRANE: Module = Module::plain("crane", "github.com/google/go-containerregistry");
const CONTAINERD: Module = Module {
    tags: "no_btrfs,no_devmapper,no_zfs",
    flags: "-X github.com/containerd/containerd/v2/version.Version=v{version}",
    ..Module::plain("containerd", "github.com/containerd/containerd/v2")
};
const RUNC: Module = Module {
    tags: "seccomp,netgo,osusergo",
    flags: "-X main.version={version}",
    c: true,
    ..Module::plain("runc", "github.com/opencontainers/runc")
};
const CNI_PLUGINS: Module = Module {
    flags: "-X github.com/containernetworking/plugins/pkg/utils/buildversion.BuildVersion=v{version}",
    ..Module::plain("cni-plugins", "github.com/containernetworking/plugins")
};

/// The program of a registry, for tests that need one and no hosts.
pub fn registry_program() -> Result<PathBuf> {
    Ok(REGISTRY.provide(&Cache::open()?)?.join("registry"))
}

/// Where the parts of a lab are, in the cache.
#[derive(Debug)]
pub struct Provision {
    /// The root file system of the hosts.
    pub host: PathBuf,
    /// The program of the registry.
    pub registry: PathBuf,
    /// What the mirror serves, directories to be laid over each other.
    pub mirror: Vec<PathBuf>,
    /// What the registry holds, likewise.
    pub images: Vec<PathBuf>,
}

impl Provision {
    /// Makes what is not in the cache yet, for hosts that run one of these minor versions of Kubernetes.
    pub fn make(minors: &[String]) -> Result<Self> {
        let cache = Cache::open()?;
        let tools = Tools {
            crane: CRANE.provide(&cache)?.join("crane"),
            registry: REGISTRY.provide(&cache)?.join("registry"),
        };
        // One waits for packages while the other compiles.
        thread::scope(|scope| {
            let packages = scope.spawn(|| {
                let images = images::of_the_shop(&cache, &tools)?;
                Ok::<_, Error>((host::host(&cache)?, images))
            });
            let compiled = compile(&cache, &tools, minors);
            let packages = packages.join().map_err(|_| anyhow!("a thread panicked"))?;
            let (host, shop) = packages?;
            let (mirror, mut images) = compiled?;
            images.extend(shop);
            Ok(Self {
                host,
                registry: tools.registry.clone(),
                mirror,
                images,
            })
        })
    }
}

/// What comes from Go modules: directories of the mirror, and images.
fn compile(
    cache: &Cache,
    tools: &Tools,
    minors: &[String],
) -> Result<(Vec<PathBuf>, Vec<PathBuf>)> {
    let mut mirror = Vec::new();
    let mut images = Vec::new();
    for minor in minors {
        let module = minor_module(minor)?;
        let built = module.provide(cache)?;
        mirror.push(mirror::kubernetes(cache, &module, &built)?);
        images.extend(images::kubernetes(cache, tools, &module, &built)?);
    }
    let (containerd, runc, plugins) = (
        CONTAINERD.provide(cache)?,
        RUNC.provide(cache)?,
        CNI_PLUGINS.provide(cache)?,
    );
    mirror.push(mirror::containerd(
        cache,
        &containerd,
        &CONTAINERD.version()?,
    )?);
    mirror.push(mirror::runc(cache, &runc, &RUNC.version()?)?);
    mirror.push(mirror::cni_plugins(
        cache,
        &plugins,
        &CNI_PLUGINS.version()?,
    )?);
    images.extend(images::of_the_cluster(cache, tools)?);
    Ok((mirror, images))
}
