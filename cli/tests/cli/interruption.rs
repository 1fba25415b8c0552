//! Ctrl-C.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::os::unix::process::CommandExt as _;
use std::process::{Child, Stdio};

use nix::sys::signal::{Signal, killpg};
use nix::unistd::Pid;

use crate::patience::until;
use crate::shop::Shop;
use crate::shopctl::Ended;

/// Steps of a first `up`, in their order; each is interrupted once, by the `up` that goes on from the one before.
const MOMENTS: [&str; 6] = [
    "create-database-cluster",
    "start-stores",
    "migrate",
    "seed",
    "train",
    "start-services",
];

/// A terminal sends the signal to everything in its foreground group.
fn press_ctrl_c(child: &Child) {
    let group = Pid::from_raw(i32::try_from(child.id()).unwrap());
    killpg(group, Signal::SIGINT).unwrap();
}

fn journal(shop: &Shop) -> String {
    fs::read_to_string(shop.shopctl.data_dir().join("journal.jsonl")).unwrap_or_default()
}

#[test]
fn at_any_step_it_leaves_no_orphan_and_the_next_up_goes_on() {
    let shop = Shop::new();
    for moment in MOMENTS {
        let written = journal(&shop).len();
        let mut command = shop.up_command();
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        let child = command.process_group(0).spawn().unwrap();
        let step = format!("\"name\":\"{moment}\"");
        until(moment, || journal(&shop)[written..].contains(&step));
        press_ctrl_c(&child);
        let output = child.wait_with_output().unwrap();
        let ended = Ended::from(&output, shop.shopctl.directory());
        assert_eq!(ended.code, Some(130), "{moment}: {}", ended.snapshot());
        assert!(
            ended.stdout.contains("safe to run"),
            "{moment}: {}",
            ended.snapshot()
        );
        // What was killed with the step may still be on its way out of the process table.
        shop.await_no_process(&format!("after Ctrl-C at {moment}"));
    }
    shop.up();
    shop.customer().buy();
}

#[test]
fn in_the_foreground_it_ends_the_shop() {
    let shop = Shop::new();
    let port = shop.port.to_string();
    let mut command = shop
        .shopctl
        .command(&["up", "--foreground", "--port", &port]);
    command.stdout(Stdio::piped()).stderr(Stdio::null());
    let mut child = command.process_group(0).spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let sold = lines.find(|line| line.as_ref().unwrap().contains(&shop.url()));
    assert!(sold.is_some(), "`up` ended before it had sold anything");
    shop.customer().buy();
    press_ctrl_c(&child);
    assert_eq!(child.wait().unwrap().code(), Some(0));
    shop.assert_no_process();
    assert_eq!(shop.up()["changed"], true);
}

#[test]
fn in_the_foreground_the_shop_ends_with_a_killed_up() {
    let shop = Shop::new();
    let port = shop.port.to_string();
    let mut command = shop
        .shopctl
        .command(&["up", "--foreground", "--port", &port]);
    command.stdout(Stdio::piped()).stderr(Stdio::null());
    let mut child = command.spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    assert!(lines.any(|line| line.unwrap().contains(&shop.url())));
    child.kill().unwrap();
    child.wait().unwrap();
    shop.await_no_process("after their `up` was killed");
}

#[test]
fn status_that_watches_ends_well() {
    let shop = Shop::open();
    let mut command = shop.shopctl.command(&["status", "--watch"]);
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.process_group(0).spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    for _ in 0..2 {
        assert!(lines.any(|line| line.unwrap().contains("frontend")));
    }
    press_ctrl_c(&child);
    let ended = Ended::from(&child.wait_with_output().unwrap(), shop.shopctl.directory());
    assert_eq!((ended.code, ended.stderr.as_str()), (Some(0), ""));
}
