//! Files that a crash, a disk or a person has spoiled.

use std::fs::{self, OpenOptions};
use std::io::Write as _;

use crate::shop::Shop;

/// The files of shopctl's own state.
const FILES: [&str; 5] = [
    "journal.jsonl",
    "ports.json",
    "hashes.json",
    "run/desired.json",
    "run/supervisor.json",
];

/// What can become of a file.
type Damage = (&'static str, fn(&std::path::Path));

const DAMAGES: [Damage; 4] = [
    ("got rubbish at its end", append),
    ("is cut in half", halve),
    ("is empty", |path| fs::write(path, "").unwrap()),
    ("is gone", |path| fs::remove_file(path).unwrap()),
];

fn append(path: &std::path::Path) {
    let mut file = OpenOptions::new().append(true).open(path).unwrap();
    file.write_all(b"\0\xff{\"rub\": bish").unwrap();
}

fn halve(path: &std::path::Path) {
    let content = fs::read(path).unwrap();
    fs::write(path, &content[..content.len() / 2]).unwrap();
}

#[test]
fn the_next_up_converges_and_keeps_the_orders() {
    let shop = Shop::open();
    let receipt = shop.customer().buy();
    for (round, file) in FILES.into_iter().enumerate() {
        for (what, damage) in DAMAGES {
            // One half while it runs, the other while it is down.
            if round % 2 == 1 {
                shop.run(&["down"]);
            }
            damage(&shop.shopctl.data_dir().join(file));
            let ended = shop.try_up();
            assert_eq!(ended.code, Some(0), "{file} {what}: {}", ended.snapshot());
            let order = shop.customer().order(&receipt);
            assert_eq!(order.status, 200, "{file} {what}");
        }
    }
}

#[test]
fn a_lost_password_is_an_exact_message_and_no_lost_shop() {
    let shop = Shop::open();
    let receipt = shop.customer().buy();
    shop.run(&["down"]);
    let path = shop.shopctl.data_dir().join("secrets/postgres-superuser");
    let aside = path.with_extension("aside");
    fs::rename(&path, &aside).unwrap();
    let refused = shop.try_up();
    assert_eq!(refused.code, Some(4), "{}", refused.snapshot());
    let document = refused.document();
    let message = document["error"]["message"].as_str().unwrap();
    assert!(
        message.contains("secrets/postgres-superuser` is gone"),
        "{message}"
    );
    fs::rename(&aside, &path).unwrap();
    shop.up();
    assert_eq!(shop.customer().order(&receipt).status, 200);
}

#[test]
fn another_lost_password_is_made_anew() {
    let shop = Shop::open();
    let receipt = shop.customer().buy();
    shop.run(&["down"]);
    for name in ["postgres-backend", "redis", "synthetic-token"] {
        fs::remove_file(shop.shopctl.data_dir().join("secrets").join(name)).unwrap();
    }
    shop.up();
    assert_eq!(shop.customer().order(&receipt).status, 200);
}
