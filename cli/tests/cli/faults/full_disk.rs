//! A disk without space.

use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::PathBuf;
use std::process::Command;

use super::trade::Trade;
use crate::patience::until;
use crate::privilege::is_root;
use crate::shop::Shop;
use crate::shopctl::Ended;

/// A file system of its own, until it is dropped.
struct Disk<'a> {
    shop: &'a Shop,
    place: PathBuf,
}

impl<'a> Disk<'a> {
    /// In the place where the shop will keep its data.
    fn of(shop: &'a Shop, size: &str) -> Self {
        let place = shop.shopctl.data_dir();
        fs::create_dir_all(&place).unwrap();
        let mut command = Command::new("mount");
        command
            .args(["-t", "tmpfs", "-o"])
            .arg(format!("size={size},mode=0755"));
        let mounted = command.arg("shopmicro-test").arg(&place).status().unwrap();
        assert!(mounted.success(), "cannot mount a disk for the test");
        Self { shop, place }
    }

    fn filler(&self) -> PathBuf {
        self.place.join("filler")
    }

    /// Leaves that many bytes of space and no more.
    fn fill(&self, left: u64) {
        let mut file = File::options()
            .append(true)
            .create(true)
            .open(self.filler())
            .unwrap();
        let block = vec![1_u8; 4096];
        loop {
            match file.write_all(&block) {
                Ok(()) => {}
                Err(error) => {
                    assert_eq!(error.kind(), io::ErrorKind::StorageFull);
                    break;
                }
            }
        }
        let length = file.metadata().unwrap().len();
        file.set_len(length - left.min(length)).unwrap();
    }

    fn make_space(&self) {
        fs::remove_file(self.filler()).unwrap();
    }
}

impl Drop for Disk<'_> {
    fn drop(&mut self) {
        // Whatever the test has come to: a process that still runs here would lose its lock and its files with the disk.
        for process in self.shop.processes() {
            process.kill();
        }
        let mut command = Command::new("umount");
        let _ = command.arg("--lazy").arg(&self.place).status();
    }
}

/// The failure says that there is no space and where, as an error of the disk or of the tool that met it.
fn assert_told(ended: &Ended) {
    let text = ended.snapshot();
    assert!([Some(4), Some(20)].contains(&ended.code), "{text}");
    // PostgreSQL says the last one where a part of a page could still be written.
    let words = [
        "No space left on device",
        "MiB are free",
        "Check free disk space",
    ];
    let told = words.iter().any(|words| text.contains(words));
    assert!(told && text.contains("DIR/data/shopmicro"), "{text}");
}

#[test]
fn a_first_up_says_so_and_goes_on_when_there_is_space() {
    if !is_root("a full disk") {
        return;
    }
    let shop = Shop::new();
    let disk = Disk::of(&shop, "400m");
    // From no room for a file, over room for some of the binaries and for half a cluster, to enough.
    let mut refused = 0;
    for left in [0, 64 << 10, 20 << 20, 35 << 20, 50 << 20, 60 << 20] {
        disk.fill(left);
        let ended = shop.try_up();
        disk.make_space();
        if ended.code == Some(0) {
            break;
        }
        assert_told(&ended);
        refused += 1;
    }
    assert!(refused >= 3, "it was refused only {refused} times");
    shop.up();
    shop.customer().buy();
    shop.run(&["down", "--delete-data", "--yes"]);
    shop.assert_no_process();
}

#[test]
fn no_order_is_lost_when_it_fills_up_while_customers_buy() {
    if !is_root("a full disk") {
        return;
    }
    let shop = Shop::new();
    let disk = Disk::of(&shop, "600m");
    shop.up();
    let mut trade = Trade::open(&shop);
    trade.await_sale();
    disk.fill(0);
    // PostgreSQL writes ahead into files of 16 MiB that are there already; when they are full it stops selling.
    until("the shop to feel it", || {
        shop.customer().try_buy(1).is_none()
    });
    shop.shopctl.run(&["down"]);
    shop.assert_no_process();
    assert_told(&shop.try_up());

    disk.make_space();
    shop.up();
    trade.await_sale();
    let sold = trade.close();
    assert!(sold > 1);
    trade.assert_books(&shop, "after the disk was full");
    shop.run(&["down", "--delete-data", "--yes"]);
}
