//! `up` and `down`.

use std::net::{Ipv4Addr, TcpListener};

use crate::patience::until;
use crate::shop::Shop;
use crate::shopctl::Ended;

#[test]
fn from_nothing_to_a_shop_that_sells_and_back() {
    let shop = Shop::new();
    dry_run_changes_nothing(&shop);
    it_sells(&shop);
    again_it_has_nothing_to_do(&shop);
    down_keeps_the_data(&shop);
    data_is_only_deleted_after_a_yes(&shop);
}

fn dry_run_changes_nothing(shop: &Shop) {
    let plan = shop.run(&["up", "--dry-run", "--output", "json"]);
    let plan = plan.document();
    assert_eq!(plan["changes"], true);
    let names: Vec<_> = plan["steps"]
        .as_array()
        .unwrap()
        .iter()
        .map(|step| step["name"].as_str().unwrap())
        .collect();
    assert!(names.contains(&"create-database-cluster"), "{names:?}");
    assert!(!shop.shopctl.data_dir().exists());
}

fn it_sells(shop: &Shop) {
    let document = shop.up();
    assert_eq!(document["schema"], "shopctl.up/v1");
    assert_eq!(document["url"], shop.url());
    assert_eq!(document["changed"], true);
    assert_eq!(document["release"], shop.release());
    assert_eq!(document["verification"]["verdict"], "passed");
    for check in document["verification"]["checks"].as_array().unwrap() {
        assert_eq!(check["verdict"], "passed", "{check}");
    }
    shop.customer().buy();
}

fn again_it_has_nothing_to_do(shop: &Shop) {
    let before = (shop.supervisor(), shop.components());
    let document = shop.up();
    assert_eq!(document["changed"], false);
    assert_eq!(document["verification"]["verdict"], "passed");
    assert_eq!((shop.supervisor(), shop.components()), before);
    let plan = shop.run(&["up", "--dry-run", "--output", "json"]);
    assert_eq!(plan.document()["changes"], false);
}

fn down_keeps_the_data(shop: &Shop) {
    let receipt = shop.customer().buy();
    let document = shop.run(&["down", "--output", "json"]).document();
    assert_eq!(document["stopped"], true);
    assert_eq!(document["data_deleted"], false);
    shop.assert_no_process();
    assert_eq!(shop.customer().get("/api/health").status, 0);
    shop.up();
    let answer = shop.customer().order(&receipt);
    assert_eq!(
        (answer.status, &answer.body["status"]),
        (200, &"paid".into())
    );
}

fn data_is_only_deleted_after_a_yes(shop: &Shop) {
    let receipt = shop.customer().buy();
    let before = shop.components();
    let refused = shop.shopctl.run(&["down", "--delete-data"]);
    assert_eq!(refused.code, Some(2), "{}", refused.snapshot());
    assert!(refused.stderr.contains("--yes"), "{}", refused.snapshot());
    assert_eq!(shop.components(), before);
    assert_eq!(shop.customer().order(&receipt).status, 200);

    shop.run(&["down", "--delete-data", "--yes"]);
    shop.assert_no_process();
    assert!(!shop.shopctl.data_dir().exists());
    let nothing = shop.run(&["down", "--delete-data", "--yes", "--output", "json"]);
    assert_eq!(nothing.document()["stopped"], false);
}

#[test]
fn the_second_at_the_same_time_is_told_who_was_first() {
    let shop = Shop::new();
    let first = shop.begin_up();
    let lock = shop.shopctl.data_dir().join("operation.lock");
    until("the first `up` to take the lock", || {
        std::fs::read_to_string(&lock).is_ok_and(|holder| holder.contains("pid"))
    });
    for verb in ["up", "down"] {
        let second = shop.shopctl.run(&[verb]);
        assert_eq!(second.code, Some(5), "{}", second.snapshot());
        let holder = format!("`shopctl up`, process {}", first.id());
        assert!(second.stderr.contains(&holder), "{}", second.snapshot());
        assert!(second.stderr.contains("DIR"), "{}", second.snapshot());
    }
    let first = first.wait_with_output().unwrap();
    let first = Ended::from(&first, shop.shopctl.directory());
    assert_eq!(first.code, Some(0), "{}", first.snapshot());
}

#[test]
fn a_taken_port_is_named_with_its_holder() {
    let shop = Shop::new();
    let _stranger = TcpListener::bind((Ipv4Addr::LOCALHOST, shop.port)).unwrap();
    let port = shop.port.to_string();
    let refused = shop.shopctl.run(&["up", "--port", &port]);
    assert_eq!(refused.code, Some(4), "{}", refused.snapshot());
    let program = procfs::process::Process::myself()
        .unwrap()
        .stat()
        .unwrap()
        .comm;
    let holder = format!(
        "port {port} is taken by `{program}`, process {}",
        std::process::id()
    );
    assert!(refused.stderr.contains(&holder), "{}", refused.snapshot());
    assert!(
        refused.stderr.contains("`--port`"),
        "{}",
        refused.snapshot()
    );
    shop.assert_no_process();
}

#[test]
fn two_shops_live_side_by_side() {
    let [one, two] = Shop::two();
    let (first, second) = (one.begin_up(), two.begin_up());
    for (shop, child) in [(&one, first), (&two, second)] {
        let output = child.wait_with_output().unwrap();
        let ended = Ended::from(&output, shop.shopctl.directory());
        assert_eq!(ended.code, Some(0), "{}", ended.snapshot());
    }
    let receipt = one.customer().buy();
    assert_eq!(one.customer().order(&receipt).status, 200);
    assert_eq!(two.customer().order(&receipt).status, 404);

    let before = two.components();
    one.run(&["down"]);
    one.assert_no_process();
    assert_eq!(two.components(), before);
    two.run(&["verify"]);

    // The neighbour's port is no way around the neighbour.
    let port = two.port.to_string();
    let refused = one.shopctl.run(&["up", "--port", &port]);
    assert_eq!(refused.code, Some(4), "{}", refused.snapshot());
    assert!(
        refused.stderr.contains("`shopctl`"),
        "{}",
        refused.snapshot()
    );
}
