//! Break one thing, and exactly the checks that depend on it fail.

use std::collections::BTreeMap;
use std::fs;

use rustix::process::Signal;
use serde_json::Value;

use crate::shop::Shop;

/// One thing that breaks, and what `verify` says while it is broken.
struct Breakage {
    what: &'static str,
    /// Breaks it, or mends it when told so.
    set: fn(&Shop, broken: bool),
    failed: &'static [&'static str],
    skipped: &'static [&'static str],
}

/// What cannot be judged without the journey.
const ON_CHECKOUT: &[&str] = &[
    "idempotency",
    "order-rows",
    "cart-fate",
    "stock",
    "metrics",
    "trace",
    "foreign-orders",
];

const BREAKAGES: &[Breakage] = &[
    Breakage {
        what: "ml-service hangs",
        set: |shop, broken| hang(shop, "ml-service", broken),
        failed: &["processes", "health", "recommendations", "metrics", "trace"],
        skipped: &[],
    },
    Breakage {
        what: "redis hangs",
        set: |shop, broken| hang(shop, "redis", broken),
        failed: &[
            "processes",
            "health",
            "checkout",
            "declined-payment",
            "recommendations",
        ],
        skipped: ON_CHECKOUT,
    },
    Breakage {
        what: "the frontend hangs",
        set: |shop, broken| hang(shop, "frontend", broken),
        failed: &["processes", "storefront", "metrics", "trace"],
        skipped: &[],
    },
    Breakage {
        what: "the backend may not write orders",
        set: |shop, broken| {
            grant(shop, broken, "INSERT ON orders");
        },
        failed: &["checkout"],
        skipped: ON_CHECKOUT,
    },
    Breakage {
        what: "the backend may not cancel orders",
        set: |shop, broken| grant(shop, broken, "UPDATE ON orders"),
        failed: &["clean-up"],
        skipped: &[],
    },
    Breakage {
        what: "there is no current model",
        set: |shop, broken| {
            let current = format!("UPDATE models SET current = {}", !broken);
            shop.database().run(&current).unwrap();
        },
        failed: &["recommendations"],
        skipped: &[],
    },
    Breakage {
        what: "the stock does not go down",
        set: |shop, broken| {
            trigger(
                shop,
                broken,
                "BEFORE UPDATE ON products",
                "NEW.stock := OLD.stock",
            );
        },
        failed: &["stock"],
        skipped: &[],
    },
    Breakage {
        what: "the row forgets its cart",
        set: |shop, broken| {
            let change = "UPDATE orders SET cart_id = NULL WHERE id = NEW.id";
            trigger(shop, broken, "AFTER INSERT ON orders", change);
        },
        failed: &["order-rows"],
        skipped: &[],
    },
    Breakage {
        what: "the frontend's log is lost",
        set: lose_log,
        failed: &["trace"],
        skipped: &[],
    },
];

#[test]
fn exactly_the_checks_that_depend_on_it_fail() {
    let shop = Shop::open();
    for breakage in BREAKAGES {
        let what = breakage.what;
        (breakage.set)(&shop, true);
        let broken = shop
            .shopctl
            .run(&["verify", "--output", "json", "--github"]);
        (breakage.set)(&shop, false);

        assert_eq!(broken.code, Some(10), "{what}: {}", broken.snapshot());
        let document = broken.document();
        assert_eq!(document["verdict"], "failed", "{what}");
        let verdicts = verdicts(&document);
        let text = format!("{:#}", document["checks"]);
        assert_eq!(verdicts["failed"], breakage.failed, "{what}: {text}");
        let skipped = verdicts.get("skipped").cloned().unwrap_or_default();
        assert_eq!(skipped, breakage.skipped, "{what}: {text}");
        annotations_tell(&broken.stderr, breakage);
        every_cause_has_a_hint(&document);

        shop.run(&["verify", "--wait", "20s"]);
        let left = "SELECT count(*) FROM orders WHERE synthetic";
        assert_eq!(shop.database().count(left), 0, "{what}");
    }
}

/// Names by verdict, in the order of the report.
fn verdicts(document: &Value) -> BTreeMap<&str, Vec<&str>> {
    let mut verdicts: BTreeMap<_, Vec<_>> = BTreeMap::new();
    for check in document["checks"].as_array().unwrap() {
        let verdict = check["verdict"].as_str().unwrap();
        let name = check["name"].as_str().unwrap();
        verdicts.entry(verdict).or_default().push(name);
    }
    verdicts
}

fn annotations_tell(stderr: &str, breakage: &Breakage) {
    for (level, names) in [("error", breakage.failed), ("warning", breakage.skipped)] {
        for name in names {
            let annotation = format!("::{level} title=verify%3A {name}::");
            let told = stderr.lines().filter(|line| line.starts_with(&annotation));
            assert_eq!(told.count(), 1, "{annotation} in {stderr}");
        }
    }
}

fn every_cause_has_a_hint(document: &Value) {
    for check in document["checks"].as_array().unwrap() {
        let spoiled = check["verdict"] != "passed";
        assert_eq!(check["cause"].is_string(), spoiled, "{check}");
        assert_eq!(check["hint"].is_string(), spoiled, "{check}");
    }
}

fn hang(shop: &Shop, component: &str, broken: bool) {
    let signal = if broken { Signal::STOP } else { Signal::CONT };
    shop.component(component).signal(signal);
}

fn grant(shop: &Shop, broken: bool, right: &str) {
    let statement = if broken {
        format!("REVOKE {right} FROM backend")
    } else {
        format!("GRANT {right} TO backend")
    };
    shop.database().run(&statement).unwrap();
}

fn trigger(shop: &Shop, broken: bool, when: &str, change: &str) {
    let statements = if broken {
        format!(
            "CREATE FUNCTION mischief() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS
                 $$ BEGIN {change}; RETURN NEW; END $$;
             CREATE TRIGGER mischief {when}
                 FOR EACH ROW EXECUTE FUNCTION mischief();"
        )
    } else {
        "DROP FUNCTION mischief CASCADE".to_owned()
    };
    shop.database().run(&statements).unwrap();
}

/// The supervisor goes on writing into the file, under its other name.
fn lose_log(shop: &Shop, broken: bool) {
    let log = shop.shopctl.data_dir().join("logs/frontend.log");
    let lost = log.with_extension("lost");
    let (from, to) = if broken { (log, lost) } else { (lost, log) };
    fs::rename(from, to).unwrap();
}
