//! Help, usage errors, completions.

use insta::assert_snapshot;

use crate::shopctl::Shopctl;

#[test]
fn the_help_names_every_verb() {
    assert_snapshot!(Shopctl::new().run(&["--help"]).snapshot());
}

#[test]
fn an_unknown_verb_names_the_nearest() {
    assert_snapshot!(Shopctl::new().run(&["verfy"]).snapshot());
}

#[test]
fn no_verb_is_a_usage_error() {
    assert_eq!(Shopctl::new().run(&[]).code, Some(2));
}

#[test]
fn an_option_that_a_target_does_not_know_is_refused() {
    for (target, option) in [
        ("kube", "--foreground"),
        ("kube", "--port=8080"),
        ("kube", "--inventory=hosts.yaml"),
        ("local", "--force-conflicts"),
        ("local", "--context=production"),
        ("ec2", "--context=production"),
    ] {
        let ended = Shopctl::new().run(&["up", "--target", target, option]);
        assert_eq!(ended.code, Some(2), "{option}: {}", ended.stderr);
        let name = option.split('=').next().unwrap();
        let expected = format!("`{name}` has no meaning on target `{target}`");
        assert!(ended.stderr.contains(&expected), "{}", ended.stderr);
    }
}

#[test]
fn a_deployment_knows_the_same_targets() {
    let ended = Shopctl::new().run(&["deploy", "--force-conflicts"]);
    assert_eq!(ended.code, Some(2), "{}", ended.stderr);
    let expected = "`--force-conflicts` has no meaning on target `local`";
    assert!(ended.stderr.contains(expected), "{}", ended.stderr);
}

#[test]
fn every_shell_gets_completions() {
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let ended = Shopctl::new().run(&["completions", shell]);
        assert_eq!(ended.code, Some(0), "{shell}");
        assert!(ended.stdout.contains("verify"), "{shell}");
    }
}

#[test]
fn a_reader_that_goes_away_is_no_panic() {
    let shopctl = Shopctl::new();
    let mut command = shopctl.command(&["completions", "bash"]);
    let mut child = command
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let ended = child.wait_with_output().unwrap();
    assert_eq!(String::from_utf8_lossy(&ended.stderr), "");
    assert_eq!(ended.status.code(), Some(0));
}
