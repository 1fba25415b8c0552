//! `cluster up` and `up --target ec2`

use std::os::unix::fs::PermissionsExt as _;

use insta::assert_snapshot;

use super::ansible::{KUBECONFIG, Site, steady};

/// Two roles on two hosts; a cluster whose API does not answer.
fn two_roles() -> String {
    format!(
        r#"
tell '{{"event":"play","name":"All hosts","hosts":["host-1","host-2"]}}'
tell '{{"event":"task","play":"All hosts","role":"base","name":"Set the host name"}}'
tell '{{"event":"result","host":"host-1","role":"base","task":"Set the host name","status":"changed"}}'
tell '{{"event":"result","host":"host-2","role":"base","task":"Set the host name","status":"ok"}}'
tell '{{"event":"task","play":"All hosts","role":"control_plane","name":"Initialise"}}'
tell '{{"event":"result","host":"host-1","role":"control_plane","task":"Initialise","status":"changed"}}'
tell '{{"event":"result","host":"host-2","role":"control_plane","task":"Initialise","status":"skipped"}}'
tell '{{"event":"stats","hosts":{{"host-1":{{"ok":0,"changed":2}}}}}}'
echo "what Ansible prints"
cat > "$kubeconfig" <<'EOF'
{KUBECONFIG}EOF
chmod 644 "$kubeconfig"
"#
    )
}

const FAILS: &str = r#"
tell '{"event":"play","name":"All hosts","hosts":["host-1","host-2"]}'
tell '{"event":"task","play":"All hosts","role":"packages","name":"Fetch kubelet"}'
tell '{"event":"result","host":"host-1","role":"packages","task":"Fetch kubelet","status":"changed"}'
tell '{"event":"result","host":"host-2","role":"packages","task":"Fetch kubelet","status":"failed","message":"HTTP Error 404"}'
tell '{"event":"stats","hosts":{}}'
exit 2
"#;

const UNFIT: &str = r#"
tell '{"event":"play","name":"All hosts","hosts":["host-1","host-2"]}'
tell '{"event":"task","play":"All hosts","role":"preflight","name":"Report what was found"}'
tell '{"event":"result","host":"host-2","role":"preflight","task":"Report what was found","status":"failed","message":"no","finding":{"host":"host-2","finding":"swap is on (/swapfile)","cure":"Turn it off with `swapoff -a`."}}'
tell '{"event":"stats","hosts":{}}'
exit 2
"#;

#[test]
fn every_host_and_role_has_a_line_and_an_unproven_cluster_is_a_failure() {
    let site = Site::new(&two_roles());
    let ended = site.run(&["cluster", "up", "--inventory", "hosts.yaml"]);
    assert_snapshot!(steady(&ended));
    let kubeconfig = site.file("state/clusters/test/kubeconfig");
    let mode = kubeconfig.metadata().unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    assert_eq!(site.text("state/current-cluster"), "test\n");
    assert!(
        site.text("state/clusters/test/ansible.log")
            .contains("what Ansible prints")
    );
    assert!(!site.file("own-kubeconfig").exists());
    let journal = site.text("state/clusters/test/journal.jsonl");
    for step in ["play-site", "make-current", "prove-cluster", "finished"] {
        assert!(journal.contains(step), "no {step} in {journal}");
    }
}

#[test]
fn secrets_and_events_are_not_in_the_words_of_the_command() {
    let site = Site::new(&two_roles());
    site.run(&["cluster", "up", "--inventory", "hosts.yaml"]);
    let argv = site
        .text("bin/argv")
        .replace(&site.file("").display().to_string(), "DIR/");
    let words: Vec<_> = argv.lines().collect();
    assert_eq!(
        words[..4],
        [
            "--inventory",
            "DIR/hosts.yaml",
            "--extra-vars",
            "@DIR/state/clusters/test/extra-vars.json"
        ]
    );
    assert!(words[4].ends_with("/playbooks/site.yml"), "{argv}");
}

#[test]
fn only_when_asked_it_is_added_to_the_operators_own_kubeconfig() {
    let site = Site::new(&two_roles());
    let words = [
        "cluster",
        "up",
        "--inventory",
        "hosts.yaml",
        "--merge-kubeconfig",
    ];
    site.run(&words);
    let own = site.text("own-kubeconfig");
    assert!(own.contains("shopmicro-test"), "{own}");
}

#[test]
fn quiet_and_json_tell_no_progress() {
    let site = Site::new(&two_roles());
    for mode in [&["--quiet"][..], &["--output", "json"]] {
        let mut words = vec!["cluster", "up", "--inventory", "hosts.yaml"];
        words.extend(mode);
        let ended = site.run(&words);
        assert!(!ended.stderr.contains("host-1"), "{}", ended.snapshot());
    }
    let ended = site.run(&[
        "cluster",
        "up",
        "--inventory",
        "hosts.yaml",
        "--output",
        "json",
    ]);
    let document = ended.document();
    assert_eq!(document["schema"], "shopctl.cluster-up/v1");
    assert_eq!(document["exit"], 10);
}

#[test]
fn a_failed_task_is_named_with_host_and_message() {
    let site = Site::new(FAILS);
    assert_snapshot!(steady(&site.run(&[
        "cluster",
        "up",
        "--inventory",
        "hosts.yaml"
    ])));
}

#[test]
fn without_a_failed_task_the_last_lines_speak() {
    let site = Site::new("echo 'ERROR! the playbook could not be found' >&2; exit 1");
    assert_snapshot!(steady(&site.run(&[
        "cluster",
        "up",
        "--inventory",
        "hosts.yaml"
    ])));
}

#[test]
fn without_a_registry_for_the_shop_no_host_is_touched() {
    let site = Site::new("exit 1");
    let ended = site.run(&["up", "--target", "ec2", "--inventory", "hosts.yaml"]);
    assert_eq!(ended.code, Some(4), "{}", ended.snapshot());
    assert!(
        ended.stderr.contains("images: {registry: "),
        "{}",
        ended.snapshot()
    );
    assert!(!site.file("state").exists());
}

#[test]
fn hosts_that_are_not_fit_are_named_with_finding_and_cure() {
    let site = Site::new(UNFIT);
    assert_snapshot!(steady(&site.run(&[
        "cluster",
        "up",
        "--inventory",
        "hosts.yaml"
    ])));
}

#[test]
fn a_dry_run_starts_nothing() {
    let site = Site::new("exit 1");
    let ended = site.run(&["up", "--target", "ec2", "--dry-run"]);
    assert_snapshot!(ended.snapshot());
    assert!(!site.file("state").exists());
}
