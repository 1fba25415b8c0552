//! `kill -9` of `shopctl` or of its Ansible at random moments on the way from bare hosts to a cluster.
//!
//! The moments follow from a seed, which is printed; `SHOPMICRO_FAULT_SEED` repeats it.

use std::env;
use std::fs;
use std::process::{Child, Stdio};
use std::thread::sleep;
use std::time::Duration;

use crate::figures::Figures;
use crate::nodes;
use crate::site::Site;
use crate::waiting;

const ROUNDS: usize = 10;

/// Each round gets up to this far beyond the beginning of its own run.
const REACH: Duration = Duration::from_secs(16);

/// Kills ten runs one after the other, each of which goes on from where the one before was killed; then one converges.
pub fn at_random_moments(site: &Site, figures: &mut Figures) {
    let seed = env::var("SHOPMICRO_FAULT_SEED")
        .ok()
        .and_then(|text| text.parse().ok())
        .unwrap_or_else(|| fastrand::u64(..));
    fastrand::seed(seed);
    println!("cluster: {ROUNDS} random moments, SHOPMICRO_FAULT_SEED={seed}");
    figures.time("ten runs, each killed", || {
        for round in 0..ROUNDS {
            kill_one(site, round);
        }
    });
    let made = figures.time("the run after them", || site.up());
    Site::assert_all_checks_pass(&made);
    nodes::assert_ready(site, &["host-1", "host-2", "host-3"], site.first_version());
    let again = site.up();
    assert_eq!(again["changed_tasks"], 0, "{again:#}");
}

fn kill_one(site: &Site, round: usize) {
    let inventory = site.inventory();
    let mut command = site.command(&["cluster", "up", "--inventory", &inventory]);
    command.stdout(Stdio::null()).stderr(Stdio::null());
    let mut run = command.spawn().unwrap();
    let moment = Duration::from_millis(fastrand::u64(..u64::try_from(REACH.as_millis()).unwrap()));
    sleep(moment);
    let children = descendants(run.id());
    if round.is_multiple_of(2) {
        run.kill().unwrap();
    } else {
        kill_ansible(&run, &children);
    }
    run.wait().unwrap();
    // An Ansible that went on by itself would change hosts that the next run believes to have for itself.
    waiting::until("Ansible has ended with its shopctl", || {
        children.iter().all(|pid| !runs_ansible(*pid))
    });
}

/// Kills the process that was started first, which leads all others. It may not be there yet.
fn kill_ansible(run: &Child, children: &[u32]) {
    let victim = children.iter().find(|pid| runs_ansible(**pid)).copied();
    let pid = i32::try_from(victim.unwrap_or(run.id())).unwrap();
    let pid = rustix::process::Pid::from_raw(pid).unwrap();
    // It may end at this very moment.
    let _ = rustix::process::kill_process(pid, rustix::process::Signal::KILL);
}

fn runs_ansible(pid: u32) -> bool {
    let words = fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
    String::from_utf8_lossy(&words).contains("ansible-playbook")
}

/// The process's children, their children and so on, the nearest first.
fn descendants(pid: u32) -> Vec<u32> {
    let mut found = vec![pid];
    let mut next = 0;
    while let Some(parent) = found.get(next).copied() {
        let children = fs::read_to_string(format!("/proc/{parent}/task/{parent}/children"));
        let children = children.unwrap_or_default();
        found.extend(
            children
                .split_whitespace()
                .filter_map(|word| word.parse::<u32>().ok()),
        );
        next += 1;
    }
    found.remove(0);
    found
}
