//! A host without a cluster.

use crate::site::Site;

/// What `reset.yml` must have removed.
const GONE: [&str; 7] = [
    "/etc/kubernetes",
    "/etc/containerd",
    "/etc/cni/net.d",
    "/opt/cni",
    "/var/lib/kubelet",
    "/var/lib/etcd",
    "/var/lib/containerd",
];

/// Prints what of a cluster is left: files, programs that run, links, mounts.
const LEFT: &str = r#"
for place in "$@"; do sudo test ! -e "$place" || [ -z "$(sudo ls -A "$place")" ] || echo "$place"; done
ps -eo comm= | grep -E '^(kube|etcd|containerd|flanneld|coredns|traefik)' || true
ip -o link | grep -oE '(cni0|flannel[^:@ ]*|veth[^:@ ]*)' || true
grep -oE ' /(var/lib/kubelet|run/containerd)[^ ]*' /proc/mounts || true
"#;

/// Asserts that nothing of a cluster is left on the host.
pub fn assert_bare(site: &Site, host: &str) {
    let places = GONE.join(" ");
    let script = format!("set -- {places}\n{LEFT}");
    let left = site.lab().ssh(host, &[&script]).unwrap();
    assert_eq!(left.trim(), "", "left on {host}");
}
