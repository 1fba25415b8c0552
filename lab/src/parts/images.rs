//! The images that the registry holds.

use std::path::{Path, PathBuf};

use anyhow::Result;

use super::cache::{Cache, Recipe};
use super::image::{Image, Tools};
use super::module::{Module, directory};
use crate::command::{output, program, run};
use crate::versions::KUBE_ROUTER;

const ETCD: Module = Module::plain("etcd", "go.etcd.io/etcd/server/v3");
const COREDNS: Module = Module::plain("coredns", "github.com/coredns/coredns");
const METRICS_SERVER: Module = Module::plain("metrics-server", "sigs.k8s.io/metrics-server");
const LOCAL_PATH: Module = Module {
    flags: "-X main.VERSION=v{version}",
    ..Module::plain(
        "local-path-provisioner",
        "github.com/rancher/local-path-provisioner",
    )
};
const TRAEFIK: Module = Module {
    flags: "-X github.com/traefik/traefik/v3/pkg/version.Version={version}",
    ..Module::plain("traefik", "github.com/traefik/traefik/v3")
};
const FLANNEL: Module = Module {
    flags: "-X github.com/flannel-io/flannel/pkg/version.Version=v{version}",
    tags: "netgo,osusergo",
    c: true,
    ..Module::plain("flannel", "github.com/flannel-io/flannel")
};

/// Removes what only a system that is administered needs.
const TRIM: &str = "
for directory in doc info lintian locale man; do
    rm -rf usr/share/$directory
done
rm -rf var/lib/apt var/lib/dpkg var/cache";

/// Makes the names that the package leaves to Debian's alternatives.
const IPTABLES: &str = "
for name in iptables ip6tables; do
    for verb in '' -save -restore; do
        ln -s xtables-nft-multi usr/sbin/$name$verb
    done
done";

/// Puts busybox under every name that is not taken.
const BUSYBOX: &str = "
for name in $(bin/busybox --list); do
    [ -e bin/$name ] || [ -e usr/sbin/$name ] || ln -s /bin/busybox bin/$name
done";

/// Without Perl and the compiler that speeds up long queries, two hundred megabytes that nothing needs, and with the
/// directories that packages make when they are installed.
const POSTGRES: &str = "
for library in libLLVM libperl libz3 perl; do
    rm -rf usr/lib/x86_64-linux-gnu/$library*
done
rm -rf usr/lib/llvm-* usr/share/i18n usr/share/perl
find usr/bin -lname '*pg_wrapper' -delete
rm -rf usr/lib/postgresql/15/lib/llvmjit* usr/lib/postgresql/15/lib/bitcode
mkdir -p var/lib/postgresql/data var/run/postgresql docker-entrypoint-initdb.d
chown -R 999:999 var/lib/postgresql var/run/postgresql
chmod 700 var/lib/postgresql/data";

/// The images of kube-apiserver, -controller-manager, -scheduler and -proxy, and of what kubeadm of that version wants
/// beside them.
pub fn kubernetes(
    cache: &Cache,
    tools: &Tools,
    module: &Module,
    built: &Path,
) -> Result<Vec<PathBuf>> {
    let version = module.version()?;
    let mut images = vec![Image {
        reference: format!("registry.k8s.io/kube-proxy:v{version}"),
        files: vec![(built.join("kube-proxy"), "usr/local/bin/kube-proxy")],
        packages: &["conntrack", "nftables", "iptables", "kmod"],
        settle: &[TRIM, IPTABLES],
        entrypoint: "/usr/local/bin/kube-proxy",
        ..Image::default()
    }];
    for (name, place) in [
        ("kube-apiserver", "usr/local/bin/kube-apiserver"),
        (
            "kube-controller-manager",
            "usr/local/bin/kube-controller-manager",
        ),
        ("kube-scheduler", "usr/local/bin/kube-scheduler"),
    ] {
        images.push(Image {
            reference: format!("registry.k8s.io/{name}:v{version}"),
            files: vec![(built.join(name), place)],
            ..Image::default()
        });
    }
    provide(cache, tools, &images)
}

/// The images of what every cluster runs, the one that takes longest last.
pub fn of_the_cluster(cache: &Cache, tools: &Tools) -> Result<Vec<PathBuf>> {
    [
        pause,
        etcd,
        coredns,
        flannel,
        kube_router,
        metrics_server,
        local_path,
        traefik,
    ]
    .iter()
    .map(|image| image(cache)?.provide(cache, tools))
    .collect()
}

fn etcd(cache: &Cache) -> Result<Image> {
    let built = ETCD.provide(cache)?;
    Ok(Image {
        reference: format!("registry.k8s.io/etcd:{}-0", ETCD.version()?),
        // kubeadm 1.35 asks for it under this name.
        aliases: vec!["registry.k8s.io/etcd:3.6.6-0".to_owned()],
        files: vec![
            (built.join("server"), "usr/local/bin/etcd"),
            (built.join("etcdctl"), "usr/local/bin/etcdctl"),
            (built.join("etcdutl"), "usr/local/bin/etcdutl"),
        ],
        ..Image::default()
    })
}

fn coredns(cache: &Cache) -> Result<Image> {
    let name = "registry.k8s.io/coredns/coredns";
    Ok(Image {
        // kubeadm 1.35 asks for it under this name.
        aliases: vec![format!("{name}:v1.13.1")],
        ..program_image(cache, &COREDNS, name, "coredns", "/coredns")?
    })
}

fn flannel(cache: &Cache) -> Result<Image> {
    let name = "ghcr.io/flannel-io/flannel";
    Ok(Image {
        packages: &[
            "iptables",
            "nftables",
            "iproute2",
            "busybox-static",
            "ca-certificates",
        ],
        settle: &[TRIM, IPTABLES, BUSYBOX],
        ..program_image(
            cache,
            &FLANNEL,
            name,
            "opt/bin/flanneld",
            "/opt/bin/flanneld",
        )?
    })
}

fn kube_router(cache: &Cache) -> Result<Image> {
    let name = "docker.io/cloudnativelabs/kube-router";
    Ok(Image {
        packages: &["iptables", "ipset"],
        settle: &[TRIM, IPTABLES],
        ..program_image(
            cache,
            &KUBE_ROUTER,
            name,
            "usr/local/bin/kube-router",
            "/usr/local/bin/kube-router",
        )?
    })
}

fn metrics_server(cache: &Cache) -> Result<Image> {
    let name = "registry.k8s.io/metrics-server/metrics-server";
    program_image(
        cache,
        &METRICS_SERVER,
        name,
        "metrics-server",
        "/metrics-server",
    )
}

fn local_path(cache: &Cache) -> Result<Image> {
    let (name, place) = (
        "docker.io/rancher/local-path-provisioner",
        "usr/bin/local-path-provisioner",
    );
    program_image(cache, &LOCAL_PATH, name, place, "local-path-provisioner")
}

fn traefik(cache: &Cache) -> Result<Image> {
    program_image(
        cache,
        &TRAEFIK,
        "docker.io/library/traefik",
        "usr/local/bin/traefik",
        "traefik",
    )
}

/// The images of what the shop stands on, and the one that checks use. They are Debian's versions under upstream's names.
pub fn of_the_shop(cache: &Cache, tools: &Tools) -> Result<Vec<PathBuf>> {
    let images = [
        Image {
            reference: "docker.io/library/busybox:1.37".to_owned(),
            files: vec![("/bin/busybox".into(), "bin/busybox")],
            settle: &["mkdir -p home root usr var/tmp", BUSYBOX],
            arguments: "sh",
            ..Image::default()
        },
        Image {
            reference: "docker.io/library/postgres:15".to_owned(),
            files: vec![(
                directory("image-postgres").join("entrypoint.sh"),
                "usr/local/bin/docker-entrypoint.sh",
            )],
            packages: &["postgresql-15", "dash", "coreutils", "grep", "sed"],
            settle: &[TRIM, POSTGRES],
            entrypoint: "docker-entrypoint.sh",
            arguments: "postgres",
            user: "999:999",
            ..Image::default()
        },
        Image {
            reference: "docker.io/library/redis:7".to_owned(),
            files: vec![(
                directory("image-redis").join("entrypoint.sh"),
                "usr/local/bin/docker-entrypoint.sh",
            )],
            packages: &["redis-server", "dash", "coreutils"],
            settle: &[TRIM, "mkdir data && chown 999:999 data"],
            entrypoint: "docker-entrypoint.sh",
            arguments: "redis-server",
            user: "999:999",
            ..Image::default()
        },
    ];
    provide(cache, tools, &images)
}

/// An image with the one program of a module in it.
fn program_image(
    cache: &Cache,
    module: &Module,
    name: &str,
    place: &'static str,
    entrypoint: &'static str,
) -> Result<Image> {
    Ok(Image {
        reference: format!("{name}:v{}", module.version()?),
        files: vec![(module.provide(cache)?.join(module.name), place)],
        entrypoint,
        ..Image::default()
    })
}

/// The program that holds a pod's namespaces, from the sources of Kubernetes.
fn pause(cache: &Cache) -> Result<Image> {
    let module = crate::versions::minor_module(crate::versions::KUBERNETES)?;
    let recipe = Recipe::default().text("pause").text(&module.version()?);
    let built = cache.provide("pause", &recipe, |target| {
        let mut list = program("go", ["list", "-m", "-f", "{{.Dir}}", module.path]);
        let sources = output(
            list.current_dir(directory(module.name))
                .env("GOFLAGS", "-mod=readonly"),
        )?;
        let source = Path::new(sources.trim()).join("build/pause/linux/pause.c");
        let mut gcc = program("gcc", ["-Os", "-static", "-s", "-DVERSION=lab", "-o"]);
        run(gcc.arg(target.join("pause")).arg(source))
    })?;
    Ok(Image {
        reference: "registry.k8s.io/pause:3.10.2".to_owned(),
        aliases: vec!["registry.k8s.io/pause:3.10.1".to_owned()],
        files: vec![(built.join("pause"), "pause")],
        entrypoint: "/pause",
        user: "65535:65535",
        ..Image::default()
    })
}

fn provide(cache: &Cache, tools: &Tools, images: &[Image]) -> Result<Vec<PathBuf>> {
    images
        .iter()
        .map(|image| image.provide(cache, tools))
        .collect()
}
