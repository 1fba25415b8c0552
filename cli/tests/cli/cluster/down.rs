//! `cluster down`

use super::ansible::{KUBECONFIG, Site};

const DOWN: [&str; 4] = ["cluster", "down", "--inventory", "hosts.yaml"];

#[test]
fn it_asks_first() {
    let site = Site::new("exit 0");
    let ended = site.run(&DOWN);
    assert_eq!(ended.code, Some(2), "{}", ended.snapshot());
    assert!(
        ended.stderr.contains("host-1, host-2"),
        "{}",
        ended.snapshot()
    );
    assert!(site.text("bin/argv").is_empty());
}

#[test]
fn the_way_into_a_cluster_that_is_gone_is_forgotten() {
    let site = Site::new(&format!("cat > \"$kubeconfig\" <<'EOF'\n{KUBECONFIG}EOF"));
    let up = [
        "cluster",
        "up",
        "--inventory",
        "hosts.yaml",
        "--merge-kubeconfig",
    ];
    site.run(&up);
    site.play("exit 0");
    let mut words = DOWN.to_vec();
    words.extend(["--yes", "--merge-kubeconfig", "--delete-data"]);
    let ended = site.run(&words);
    assert_eq!(ended.code, Some(0), "{}", ended.snapshot());
    assert!(site.text("bin/argv").contains("reset.yml"));
    assert!(!site.file("state/clusters/test/kubeconfig").exists());
    assert!(!site.file("state/current-cluster").exists());
    assert!(!site.text("own-kubeconfig").contains("shopmicro-test"));
    let again = site.run(&["status", "--target", "ec2"]);
    assert_eq!(again.code, Some(4), "{}", again.snapshot());
}

#[test]
fn a_reset_that_failed_forgets_nothing() {
    let site = Site::new(&format!("cat > \"$kubeconfig\" <<'EOF'\n{KUBECONFIG}EOF"));
    site.run(&["cluster", "up", "--inventory", "hosts.yaml"]);
    site.play("exit 2");
    let mut words = DOWN.to_vec();
    words.push("--yes");
    assert_eq!(site.run(&words).code, Some(20));
    assert!(site.file("state/clusters/test/kubeconfig").exists());
    assert_eq!(site.text("state/current-cluster"), "test\n");
}
