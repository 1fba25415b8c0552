//! The life of a cluster, from bare hosts and back, with the real `shopctl` on real hosts.
//!
//! One test, since every part needs what the part before has made. It wants root, and `SHOPCTL_BIN` and
//! `SHOPCTL_ANSIBLE_PLAYBOOK` as `cargo xtask test --only cluster` sets them.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]
#![expect(clippy::print_stdout, reason = "what takes minutes says how far it is")]

mod bare;
mod figures;
mod kills;
mod named;
mod nodes;
mod site;
mod traces;
mod waiting;

use figures::Figures;
use site::Site;

#[test]
fn from_bare_hosts_to_a_cluster_and_back() {
    if let Some(kubeconfig) = named::kubeconfig() {
        return named::prove(&kubeconfig);
    }
    let mut figures = Figures::default();
    let site = Site::open(&mut figures);
    a_cluster_is_made_and_proven(&site, &mut figures);
    nothing_changes_the_second_time(&site, &mut figures);
    the_operators_own_kubeconfig_is_left_alone(&site);
    a_third_host_joins(&site, &mut figures);
    a_worker_loses_its_power_and_comes_back(&site, &mut figures);
    it_is_upgraded_node_by_node(&site, &mut figures);
    it_goes_back_to_bare_hosts(&site, &mut figures);
    kills::at_random_moments(&site, &mut figures);
    figures.print();
    site.close();
}

fn a_cluster_is_made_and_proven(site: &Site, figures: &mut Figures) {
    let made = figures.time("bare hosts to a proven cluster of two", || site.up());
    assert_eq!(made["hosts"], 2, "{made:#}");
    Site::assert_all_checks_pass(&made);
    nodes::assert_ready(site, &["host-1", "host-2"], site.first_version());
    let arguments = ["verify", "--target", "ec2", "--only", "cluster"];
    let verified = figures.time("the proof alone", || site.shopctl(&arguments));
    Site::assert_all_checks_pass(&verified);
}

fn nothing_changes_the_second_time(site: &Site, figures: &mut Figures) {
    let again = figures.time("the same again", || site.up());
    assert_eq!(again["changed_tasks"], 0, "{again:#}");
}

fn the_operators_own_kubeconfig_is_left_alone(site: &Site) {
    use std::os::unix::fs::PermissionsExt as _;
    assert!(!site.home().join(".kube").exists());
    let mode = site.kubeconfig().metadata().unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
}

fn a_third_host_joins(site: &Site, figures: &mut Figures) {
    let host = figures.time("a third host boots", || site.lab().add_host().unwrap());
    let made = figures.time("it joins and the cluster is proven", || site.up());
    assert_eq!(made["hosts"], 3, "{made:#}");
    nodes::assert_ready(site, &["host-1", "host-2", &host], site.first_version());
}

fn a_worker_loses_its_power_and_comes_back(site: &Site, figures: &mut Figures) {
    site.lab().power_off("host-2").unwrap();
    figures.time("a worker without power is seen", || {
        waiting::until("host-2 is not ready", || !nodes::is_ready(site, "host-2"));
    });
    let verified = site.shopctl_fails(
        10,
        &["verify", "--target", "ec2", "--only", "cluster-nodes"],
    );
    assert!(verified.contains("host-2"), "{verified}");
    let refused = site.shopctl_fails(4, &["cluster", "up", "--inventory", &site.inventory()]);
    assert!(refused.contains("host-2"), "{refused}");
    figures.time("it boots and is ready again", || {
        site.lab().boot("host-2").unwrap();
        waiting::until("host-2 is ready", || nodes::is_ready(site, "host-2"));
    });
    let verified = site.shopctl(&[
        "verify", "--target", "ec2", "--only", "cluster", "--wait", "120s",
    ]);
    Site::assert_all_checks_pass(&verified);
}

fn it_is_upgraded_node_by_node(site: &Site, figures: &mut Figures) {
    let inventory = site.newer_inventory();
    let arguments = ["cluster", "upgrade", "--inventory", &inventory, "--yes"];
    let upgraded = figures.time("three nodes are upgraded", || site.shopctl(&arguments));
    Site::assert_all_checks_pass(&upgraded);
    nodes::assert_ready(
        site,
        &["host-1", "host-2", "host-3"],
        lab::versions::KUBERNETES,
    );
    // A run that finds the version there already takes none.
    if site.upgrades() {
        assert_snapshot_taken(site);
    }
}

fn assert_snapshot_taken(site: &Site) {
    let snapshots = "sudo ls /var/lib/shopmicro-cluster/etcd-snapshots";
    let snapshots = site.lab().ssh("host-1", &[snapshots]).unwrap();
    assert!(!snapshots.trim().is_empty(), "no etcd snapshot was taken");
}

fn it_goes_back_to_bare_hosts(site: &Site, figures: &mut Figures) {
    let arguments = [
        "cluster",
        "down",
        "--inventory",
        &site.inventory(),
        "--delete-data",
        "--yes",
    ];
    figures.time("back to bare hosts", || site.shopctl(&arguments));
    for host in ["host-1", "host-2", "host-3"] {
        bare::assert_bare(site, host);
    }
    assert!(!site.kubeconfig().exists());
}
