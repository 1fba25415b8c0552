//! What the verbs mean on the target `ec2`.

use insta::assert_snapshot;
use serde_json::Value;

use super::ansible::Site;

#[test]
fn without_a_cluster_the_way_to_one_is_named() {
    let site = Site::new("exit 0");
    for verb in ["status", "verify", "logs", "open", "down", "deploy"] {
        let ended = site.run(&[verb, "--target", "ec2"]);
        assert_eq!(ended.code, Some(4), "{}", ended.snapshot());
        assert!(
            ended.stderr.contains("shopctl cluster up"),
            "{}",
            ended.snapshot()
        );
    }
}

#[test]
fn an_inventory_is_needed() {
    let site = Site::new("exit 0");
    for verb in ["up", "doctor"] {
        let ended = site.run(&[verb, "--target", "ec2"]);
        assert_eq!(ended.code, Some(2), "{}", ended.snapshot());
        assert!(
            ended.stderr.contains("--inventory FILE"),
            "{}",
            ended.snapshot()
        );
    }
    let ended = site.run(&["cluster", "up", "--inventory", "nowhere.yaml"]);
    assert_eq!(ended.code, Some(3), "{}", ended.snapshot());
}

#[test]
fn an_unknown_target_is_a_usage_error() {
    let ended = Site::new("exit 0").run(&["up", "--target", "moon"]);
    assert_eq!(ended.code, Some(2), "{}", ended.snapshot());
}

#[test]
fn a_missing_ansible_is_a_missing_prerequisite() {
    let site = Site::new("exit 0");
    let mut command = site.command(&["cluster", "up", "--inventory", "hosts.yaml"]);
    command.env("SHOPCTL_ANSIBLE_PLAYBOOK", "/nowhere/ansible-playbook");
    let output = command.output().unwrap();
    let ended = crate::shopctl::Ended::from(&output, site.shopctl.directory());
    assert_snapshot!(ended.snapshot());
}

#[test]
fn the_checks_of_a_cluster_are_listed_without_one() {
    let site = Site::new("exit 0");
    let list = site.run(&["verify", "--target", "ec2", "--list", "--output", "json"]);
    let document = list.document();
    let names = document["checks"].as_array().unwrap().iter();
    let names: Vec<_> = names.filter_map(|check| check["name"].as_str()).collect();
    assert_eq!(
        names,
        [
            "cluster-nodes",
            "cluster-image",
            "cluster-dns",
            "cluster-service",
            "cluster-claim",
            "cluster-ingress",
            "cluster-autoscaler"
        ]
    );
    let group = site.run(&[
        "verify", "--target", "ec2", "--only", "cluster", "--output", "json",
    ]);
    assert_eq!(group.code, Some(4), "{}", group.snapshot());
    assert_ne!(group.document()["error"], Value::Null);
    let other = site.run(&["verify", "--target", "ec2", "--only", "cluster-dnss"]);
    assert_eq!(other.code, Some(2), "{}", other.snapshot());
    assert!(other.stderr.contains("cluster-dns"), "{}", other.snapshot());
}

#[test]
fn the_help_of_the_verbs() {
    assert_snapshot!(Site::new("exit 0").run(&["cluster", "--help"]).snapshot());
}
