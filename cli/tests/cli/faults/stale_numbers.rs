//! A number in a file that belongs to another program by now.

use std::fs;
use std::os::unix::fs::{MetadataExt as _, chown};
use std::os::unix::process::CommandExt as _;
use std::process::{Child, Command};

use serde_json::{Value, json};

use crate::process::Process;
use crate::shop::Shop;

/// A program of somebody else under the account that owns the database, the worst case: it could be signalled.
struct Stranger(Child);

impl Stranger {
    fn under_the_account_of(shop: &Shop) -> Self {
        let cluster = shop.shopctl.data_dir().join("postgres/data");
        let owner = fs::metadata(cluster).unwrap();
        let mut command = Command::new("sleep");
        command.arg("600").current_dir("/");
        if nix::unistd::geteuid().is_root() {
            command.uid(owner.uid()).gid(owner.gid());
        }
        Self(command.spawn().unwrap())
    }

    fn process(&self) -> Process {
        Process::of(i32::try_from(self.0.id()).unwrap()).unwrap()
    }

    fn assert_untouched(&mut self) {
        assert_eq!(self.0.try_wait().unwrap(), None, "a stranger was ended");
    }
}

impl Drop for Stranger {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn the_stranger_survives_and_the_shop_comes_up() {
    let shop = Shop::open();
    let receipt = shop.customer().buy();
    let data_dir = shop.shopctl.data_dir();
    let state = fs::read(data_dir.join("run/supervisor.json")).unwrap();
    let numbers = fs::read_to_string(data_dir.join("postgres/data/postmaster.pid")).unwrap();

    let mut stranger = Stranger::under_the_account_of(&shop);
    // As after the machine has lost power: everything is gone, the files are there, the numbers go to others.
    for process in shop.processes() {
        process.kill();
    }
    shop.await_no_process("after all were killed");
    forge_state(&shop, &state, &stranger.process());
    forge_postmaster(&shop, &numbers, stranger.process().pid);
    forge_lock(&shop, stranger.process().pid);

    let status = shop.shopctl.run(&["status"]);
    assert_eq!(status.code, Some(10), "{}", status.snapshot());
    shop.up();
    stranger.assert_untouched();
    assert_eq!(shop.customer().order(&receipt).status, 200);
    shop.run(&["down"]);
    forge_state(&shop, &state, &stranger.process());
    shop.run(&["down", "--delete-data", "--yes"]);
    stranger.assert_untouched();
}

/// Everybody in the state file is the stranger now, start time and all.
fn forge_state(shop: &Shop, state: &[u8], stranger: &Process) {
    let identity = json!({ "pid": stranger.pid, "start_time": stranger.start_time });
    let mut state: Value = serde_json::from_slice(state).unwrap();
    for (_, part) in state["components"].as_object_mut().unwrap() {
        part["process"] = identity.clone();
    }
    state["supervisor"] = identity;
    let path = shop.shopctl.data_dir().join("run/supervisor.json");
    fs::write(path, state.to_string()).unwrap();
}

/// The first line of PostgreSQL's own file is the number.
fn forge_postmaster(shop: &Shop, numbers: &str, pid: i32) {
    let path = shop.shopctl.data_dir().join("postgres/data/postmaster.pid");
    let (_, rest) = numbers.split_once('\n').unwrap();
    fs::write(&path, format!("{pid}\n{rest}")).unwrap();
    let owner = fs::metadata(path.parent().unwrap()).unwrap();
    chown(&path, Some(owner.uid()), Some(owner.gid())).unwrap();
}

fn forge_lock(shop: &Shop, pid: i32) {
    for (name, operation) in [
        ("operation.lock", "up"),
        ("run/supervisor.lock", "supervise"),
    ] {
        let holder = json!({ "operation": operation, "pid": pid, "since": "2026-01-01T00:00:00Z" });
        fs::write(shop.shopctl.data_dir().join(name), holder.to_string()).unwrap();
    }
}
