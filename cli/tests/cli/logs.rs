//! `logs`

use std::io::{BufRead as _, BufReader};
use std::process::Stdio;

use serde_json::Value;

use crate::shop::Shop;
use crate::shopctl::Shopctl;

#[test]
fn an_unknown_component_is_a_usage_error() {
    let ended = Shopctl::new().run(&["logs", "bakend"]);
    assert_eq!(ended.code, Some(2), "{}", ended.snapshot());
    let known = "postgres, redis, ml-service, backend, frontend";
    assert!(ended.stderr.contains(known), "{}", ended.snapshot());
}

#[test]
fn lines_by_component_age_number_and_as_they_come() {
    let shop = Shop::open();
    by_component(&shop);
    by_age_and_number(&shop);
    as_documents(&shop);
    as_they_come(&shop);
}

fn by_component(shop: &Shop) {
    let all = shop.run(&["logs"]).stdout;
    for component in ["postgres", "redis", "ml-service", "backend", "frontend"] {
        assert!(
            all.lines().any(|line| line.starts_with(component)),
            "{component}"
        );
    }
    let two = shop.run(&["logs", "redis", "frontend"]).stdout;
    let others = two
        .lines()
        .filter(|line| !line.starts_with("redis") && !line.starts_with("frontend"));
    assert_eq!(others.collect::<Vec<_>>(), Vec::<&str>::new());
}

fn by_age_and_number(shop: &Shop) {
    let recent = shop.run(&["logs", "backend", "--since", "5m"]).stdout;
    assert_eq!(recent, shop.run(&["logs", "backend"]).stdout);
    let newest: Vec<_> = recent.lines().rev().take(3).collect();
    let tail = shop.run(&["logs", "backend", "-n", "3"]).stdout;
    assert_eq!(tail.lines().rev().collect::<Vec<_>>(), newest);
    assert_eq!(shop.run(&["logs", "-n", "0"]).stdout, "");
    let wrong = shop.shopctl.run(&["logs", "--since", "yesterday"]);
    assert_eq!(wrong.code, Some(2), "{}", wrong.snapshot());
}

fn as_documents(shop: &Shop) {
    let lines = shop.run(&["logs", "--output", "json"]).stdout;
    let mut before = String::new();
    for line in lines.lines() {
        let line: Value = serde_json::from_str(line).unwrap();
        assert_eq!(line["schema"], "shopctl.logs/v1");
        let at = line["at"].as_str().unwrap()[..19].to_owned();
        assert!(at >= before, "{line} comes after {before}");
        before = at;
        if line["component"] == "backend" {
            let text: Value = serde_json::from_str(line["text"].as_str().unwrap()).unwrap();
            assert_eq!(text["service"], "backend", "{text}");
        }
    }
}

fn as_they_come(shop: &Shop) {
    let mut command = shop
        .shopctl
        .command(&["logs", "backend", "--follow", "-n", "1"]);
    let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    lines.next().unwrap().unwrap();
    shop.customer().get("/api/products?search=followed");
    let line = lines.find(|line| line.as_ref().unwrap().contains("/api/products"));
    assert!(line.is_some());
    nix::sys::signal::kill(
        nix::unistd::Pid::from_raw(i32::try_from(child.id()).unwrap()),
        nix::sys::signal::Signal::SIGINT,
    )
    .unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(0));
}
