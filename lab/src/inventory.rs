//! The inventory of a lab's hosts, as an operator would write it.

use crate::host;
use crate::network::Network;
use crate::place::Place;
use crate::service::{mirror_url, registry_address};

/// The registries whose images the lab has, under their upstream names.
const REGISTRIES: [&str; 4] = ["docker.io", "ghcr.io", "quay.io", "registry.k8s.io"];

/// The versions that the mirror has.
#[derive(Debug)]
pub struct Release {
    /// Kubernetes.
    pub kubernetes: String,
    /// containerd.
    pub containerd: String,
    /// runc.
    pub runc: String,
    /// The network plugins.
    pub cni_plugins: String,
}

/// What these hosts need because they are containers on one kernel. A real machine needs none of it.
const KIND: &str = r"    # These hosts are containers on one kernel. A real machine needs none of what follows.
    containerd_restrict_oom_score_adj: true
    kubeadm_ignore_preflight_errors: [SystemVerification]
    kubelet_extra_config:
      cgroupDriver: cgroupfs
      failCgroupV1: false
      failSwapOn: false
      evictionHard:
        memory.available: 100Mi
        nodefs.available: 1%
        imagefs.available: 1%
    kube_proxy_extra_config:
      conntrack:
        maxPerCore: 0
";

/// The text of the inventory; the first host carries the control plane.
pub fn text(place: &Place, network: Network, hosts: &[u8], release: &Release) -> String {
    format!(
        "# Written by the lab. A change is lost when the lab changes.\nall:\n  vars:\n{}{}{KIND}  children:\n{}",
        access(place),
        sources(network, release),
        groups(network, hosts)
    )
}

fn access(place: &Place) -> String {
    format!(
        "    ansible_user: {}\n    ansible_ssh_private_key_file: {}\n    ansible_ssh_common_args: {}\n    ansible_python_interpreter: /usr/bin/python3\n",
        host::USER,
        place.join("id_ed25519").display(),
        host::options(place).join(" ")
    )
}

fn sources(network: Network, release: &Release) -> String {
    let Release {
        kubernetes,
        containerd,
        runc,
        cni_plugins,
    } = release;
    let (mirror, own) = (mirror_url(network), registry_address(network));
    let mirrors =
        REGISTRIES.map(|registry| format!("      {registry}: http://{own}/v2/{registry}\n"));
    [
        format!("    kubernetes_version: \"{kubernetes}\"\n"),
        format!("    containerd_version: \"{containerd}\"\n"),
        format!("    runc_version: \"{runc}\"\n"),
        format!("    cni_plugins_version: \"{cni_plugins}\"\n"),
        "    artifact_source: mirror\n".to_owned(),
        format!("    mirror_url: {mirror}\n"),
        "    registry_mirrors:\n".to_owned(),
        mirrors.concat(),
        // What is pushed here has this name, and no certificate.
        format!("      \"{own}\": http://{own}/v2\n"),
    ]
    .concat()
}

fn groups(network: Network, hosts: &[u8]) -> String {
    let (control_plane, workers) = hosts.split_at(hosts.len().min(1));
    group("control_plane", network, control_plane) + &group("worker", network, workers)
}

fn group(name: &str, network: Network, hosts: &[u8]) -> String {
    if hosts.is_empty() {
        return format!("    {name}: {{}}\n");
    }
    let members = hosts.iter().map(|number| {
        let address = network.host(*number);
        format!("        host-{number}:\n          ansible_host: {address}\n")
    });
    let heading = format!("    {name}:\n      hosts:\n");
    std::iter::once(heading).chain(members).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn inventory(hosts: &[u8]) -> String {
        let release = Release {
            kubernetes: "1.36.3".to_owned(),
            containerd: "2.2.9".to_owned(),
            runc: "1.4.3".to_owned(),
            cni_plugins: "1.9.1".to_owned(),
        };
        text(
            &Place::named("lab").unwrap(),
            Network::new(77),
            hosts,
            &release,
        )
    }

    #[test]
    fn an_operator_could_have_written_it() {
        insta::assert_snapshot!(inventory(&[1, 2, 3]));
    }

    #[test]
    fn a_single_host_has_no_workers_beside_it() {
        let text = inventory(&[1]);
        assert!(
            text.ends_with("ansible_host: 10.77.0.11\n    worker: {}\n"),
            "{text}"
        );
    }
}
