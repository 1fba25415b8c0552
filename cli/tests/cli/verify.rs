//! `verify` in a shop that is well.

use serde_json::Value;

use crate::database::redis_keys;
use crate::shop::Shop;
use crate::shopctl::Shopctl;

/// Every check, in the order of the report: a part of the contract.
const CHECKS: [&str; 18] = [
    "processes",
    "storefront",
    "health",
    "catalogue",
    "search",
    "checkout",
    "idempotency",
    "order-rows",
    "cart-fate",
    "stock",
    "declined-payment",
    "recommendations",
    "metrics",
    "trace",
    "front-door",
    "foreign-orders",
    "hostile-input",
    "clean-up",
];

/// The names of the checks in a document.
fn names(document: &Value) -> Vec<&str> {
    let checks = document["checks"].as_array().unwrap().iter();
    checks
        .map(|check| check["name"].as_str().unwrap())
        .collect()
}

#[test]
fn the_list_of_checks_needs_no_shop() {
    let list = Shopctl::new().run(&["verify", "--list", "--output", "json"]);
    assert_eq!(list.code, Some(0));
    assert_eq!(names(&list.document()), CHECKS);
}

#[test]
fn an_unknown_check_is_a_usage_error_that_names_the_nearest() {
    let ended = Shopctl::new().run(&["verify", "--only", "chekout"]);
    assert_eq!(ended.code, Some(2), "{}", ended.snapshot());
    assert!(ended.stderr.contains("`checkout`"), "{}", ended.snapshot());
}

#[test]
fn without_a_shop_it_fails_and_says_how_to_start_one() {
    let ended = Shopctl::new().run(&["verify"]);
    assert_eq!(ended.code, Some(10), "{}", ended.snapshot());
    assert!(ended.stderr.contains("shopctl up"), "{}", ended.snapshot());
}

#[test]
fn a_good_shop_passes_everything_and_is_left_as_it_was() {
    let shop = Shop::open();
    let database = shop.database();
    let stock = "SELECT sum(stock)::bigint FROM products";
    let orders = "SELECT count(*) FROM orders";
    let before = (database.count(stock), database.count(orders));
    let document = shop.run(&["verify", "--output", "json"]).document();
    is_as_documented(&document, &shop.release());
    junit_is_readable_and_complete(&shop);
    only_what_is_asked_for_is_told(&shop);
    github_is_silent(&shop);
    assert_eq!((database.count(stock), database.count(orders)), before);
    assert_eq!(
        database.count("SELECT count(*) FROM orders WHERE synthetic"),
        0
    );
    assert_eq!(redis_keys(&shop.shopctl.data_dir(), "cart:*"), 0);
    sales_are_not_counted(&shop);
}

fn is_as_documented(document: &Value, release: &str) {
    assert_eq!(document["schema"], "shopctl.verify/v1");
    assert_eq!(document["release"], release);
    assert_eq!(document["verdict"], "passed");
    assert!(document["duration_ms"].is_u64());
    assert_eq!(names(document), CHECKS);
    for check in document["checks"].as_array().unwrap() {
        assert_eq!(check["verdict"], "passed", "{check}");
        assert!(check["evidence"].is_string(), "{check}");
        assert!(check["duration_ms"].is_u64(), "{check}");
        assert!(check["cause"].is_null(), "{check}");
    }
}

fn junit_is_readable_and_complete(shop: &Shop) {
    let path = shop.shopctl.directory().join("junit.xml");
    shop.run(&["verify", "--junit", path.to_str().unwrap()]);
    let text = std::fs::read_to_string(path).unwrap();
    let document = roxmltree::Document::parse(&text).unwrap();
    let suite = document
        .descendants()
        .find(|node| node.has_tag_name("testsuite"))
        .unwrap();
    let counts = ["tests", "failures", "errors"].map(|count| suite.attribute(count).unwrap());
    assert_eq!(counts, ["18", "0", "0"]);
    let cases: Vec<_> = suite
        .children()
        .filter(|node| node.has_tag_name("testcase"))
        .map(|case| case.attribute("name").unwrap())
        .collect();
    assert_eq!(cases, CHECKS);

    let nowhere = shop
        .shopctl
        .run(&["verify", "--junit", "/nowhere/junit.xml"]);
    assert_eq!(nowhere.code, Some(4), "{}", nowhere.snapshot());
    let document = shop
        .shopctl
        .run(&[
            "verify",
            "--junit",
            "/nowhere/junit.xml",
            "--output",
            "json",
        ])
        .document();
    assert_eq!(document["exit"], 4, "one document: {document}");
}

fn only_what_is_asked_for_is_told(shop: &Shop) {
    let only = ["--only", "stock", "--only", "health"];
    let asked = [&["verify", "--output", "json"][..], &only].concat();
    let document = shop.run(&asked).document();
    assert_eq!(names(&document), ["health", "stock"]);
}

fn github_is_silent(shop: &Shop) {
    let ended = shop.run(&["verify", "--github"]);
    assert!(!ended.stdout.contains("::error"), "{}", ended.snapshot());
    assert!(
        ended.stdout.contains("18 of 18 checks passed"),
        "{}",
        ended.snapshot()
    );
}

/// The metrics of the backend tell synthetic orders from sales.
fn sales_are_not_counted(shop: &Shop) {
    let port = crate::database::port(&shop.shopctl.data_dir(), "backend");
    let inside = crate::customer::Customer::of(&format!("http://127.0.0.1:{port}"));
    let metrics = inside.text("/metrics");
    let placed = |synthetic: bool| {
        let series = format!("shopmicro_orders_placed_total{{synthetic=\"{synthetic}\"}} ");
        let line = metrics.lines().find(|line| line.starts_with(&series));
        line.map_or(0.0, |line| {
            line[series.len()..]
                .split(' ')
                .next()
                .unwrap()
                .parse::<f64>()
                .unwrap()
        })
    };
    assert!(placed(true) > 0.0, "{metrics}");
    assert!(placed(false) < 0.5, "{metrics}");
}
