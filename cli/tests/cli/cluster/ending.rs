//! Whatever ends `shopctl`, Ansible does not go on by itself.

use std::os::unix::process::CommandExt as _;
use std::process::{Child, Stdio};

use nix::sys::signal::{Signal, killpg};
use nix::unistd::Pid;

use super::ansible::Site;
use crate::patience::until;
use crate::process::Process;
use crate::shopctl::Ended;

const UP: [&str; 4] = ["cluster", "up", "--inventory", "hosts.yaml"];

/// Ansible's workers lead sessions of their own; a signal to the group does not reach them.
const GOES_ON: &str = r#"
setsid sleep 600 &
echo $! > "$here/worker"
trap 'echo interrupt >> "$here/signals"; exit 99' INT
trap 'echo terminate >> "$here/signals"; exit 99' TERM
echo $$ > "$here/pid"
while :; do sleep 0.05; done
"#;

/// A run that has come so far that Ansible works.
fn at_work(site: &Site) -> (Child, Process, Process) {
    let mut command = site.command(&UP);
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    let child = command.process_group(0).spawn().unwrap();
    let number = |name: &str| site.text(name).trim().parse().ok();
    until("the playbook", || number("bin/pid").is_some());
    let process = |name: &str| Process::of(number(name).unwrap()).unwrap();
    let (playbook, worker) = (process("bin/pid"), process("bin/worker"));
    (child, playbook, worker)
}

#[test]
fn ctrl_c_is_passed_on_and_waited_for() {
    let site = Site::new(GOES_ON);
    let (child, playbook, worker) = at_work(&site);
    let group = Pid::from_raw(i32::try_from(child.id()).unwrap());
    killpg(group, Signal::SIGINT).unwrap();
    let output = child.wait_with_output().unwrap();
    let ended = Ended::from(&output, site.shopctl.directory());
    assert_eq!(ended.code, Some(130), "{}", ended.snapshot());
    assert!(ended.stderr.contains("safe to run"), "{}", ended.snapshot());
    assert_eq!(site.text("bin/signals"), "interrupt\n");
    assert!(!playbook.lives());
    assert!(!worker.lives());
}

#[test]
fn a_killed_shopctl_takes_ansible_with_it_and_the_next_run_the_rest() {
    let site = Site::new(GOES_ON);
    let (mut child, playbook, worker) = at_work(&site);
    child.kill().unwrap();
    child.wait().unwrap();
    until("the end of the playbook", || !playbook.lives());
    assert_eq!(site.text("bin/signals"), "terminate\n");
    assert!(worker.lives());
    site.play("exit 3");
    let ended = site.run(&UP);
    assert_eq!(ended.code, Some(20), "{}", ended.snapshot());
    assert!(!worker.lives());
}

#[test]
fn a_killed_ansible_is_a_failed_tool() {
    let site = Site::new(GOES_ON);
    let (child, playbook, worker) = at_work(&site);
    playbook.kill();
    let output = child.wait_with_output().unwrap();
    let ended = Ended::from(&output, site.shopctl.directory());
    assert_eq!(ended.code, Some(20), "{}", ended.snapshot());
    assert!(
        ended.stderr.contains("ended by SIGKILL"),
        "{}",
        ended.snapshot()
    );
    worker.kill();
}

#[test]
fn one_operation_at_a_time() {
    let site = Site::new(GOES_ON);
    let (mut child, playbook, worker) = at_work(&site);
    let ended = site.run(&UP);
    assert_eq!(ended.code, Some(5), "{}", ended.snapshot());
    assert!(
        ended.stderr.contains("`shopctl cluster up`"),
        "{}",
        ended.snapshot()
    );
    assert!(playbook.lives());
    child.kill().unwrap();
    child.wait().unwrap();
    until("the end of the playbook", || !playbook.lives());
    worker.kill();
}
