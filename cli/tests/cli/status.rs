//! `status` and `open`.

use serde_json::Value;

use crate::shop::Shop;
use crate::shopctl::Shopctl;

/// The components, in the order of starting.
const COMPONENTS: [&str; 5] = ["postgres", "redis", "ml-service", "backend", "frontend"];

fn names(status: &Value) -> Vec<&str> {
    let components = status["components"].as_array().unwrap().iter();
    components
        .map(|component| component["name"].as_str().unwrap())
        .collect()
}

#[test]
fn of_nothing() {
    let shopctl = Shopctl::new();
    let ended = shopctl.run(&["status", "--output", "json"]);
    assert_eq!(ended.code, Some(10), "{}", ended.snapshot());
    let status = ended.document();
    assert_eq!(status["ready"], false);
    assert_eq!(names(&status), COMPONENTS);
    assert!(
        status["release"].is_null() && status["url"].is_null(),
        "{status}"
    );
    let open = shopctl.run(&["open", "--print"]);
    assert_eq!(open.code, Some(10), "{}", open.snapshot());
    assert!(!shopctl.data_dir().exists(), "looking changes nothing");
}

#[test]
fn watching_is_for_people() {
    let ended = Shopctl::new().run(&["status", "--watch", "--output", "json"]);
    assert_eq!(ended.code, Some(2), "{}", ended.snapshot());
    let message = &ended.document()["error"]["message"];
    assert_eq!(
        message,
        "`--watch` does not go with `--output json`: a call prints one document"
    );
}

#[test]
fn of_a_shop_that_runs_and_of_one_that_is_down() {
    let shop = Shop::open();
    let ended = shop.run(&["status", "--output", "json"]);
    let status = ended.document();
    assert_eq!(status["schema"], "shopctl.status/v1");
    assert_eq!(status["ready"], true);
    assert_eq!(status["url"], shop.url());
    assert_eq!(status["place"], "DIR/data/shopmicro");
    assert_eq!(names(&status), COMPONENTS);
    for component in status["components"].as_array().unwrap() {
        assert_eq!(component["state"], "ready", "{component}");
        assert_eq!(component["restarts"], 0, "{component}");
        assert!(component["pid"].is_u64(), "{component}");
        assert!(
            component["since"].as_str().unwrap().ends_with('Z'),
            "{component}"
        );
    }
    let human = shop.run(&["status"]).stdout;
    for word in COMPONENTS.into_iter().chain([shop.url().as_str()]) {
        assert!(human.contains(word), "{word} in {human}");
    }
    let address = shop.run(&["open", "--print"]).stdout;
    assert_eq!(address, format!("{}\n", shop.url()));

    shop.run(&["down"]);
    let down = shop.shopctl.run(&["status", "--output", "json"]);
    assert_eq!(down.code, Some(10), "{}", down.snapshot());
    let down = down.document();
    assert_eq!(down["release"], status["release"]);
    for component in down["components"].as_array().unwrap() {
        assert_eq!(component["state"], "stopped", "{component}");
        assert!(component["pid"].is_null(), "{component}");
    }
}
