//! How `up` ended.

use std::time::Duration;

use serde::Serialize;

use super::Printer;
use super::checks::{self, Verification};
use super::table::columns;
use crate::platform::{CheckResult, Verdict};

/// A shop that is up, and what was checked.
#[derive(Debug)]
pub struct Sold<'a> {
    /// The address of the front door.
    pub url: &'a str,
    /// The release that serves.
    pub release: &'a str,
    /// Whether anything had to be done.
    pub changed: bool,
    /// How long it took until the release served, before it was checked.
    pub serving_after: Duration,
    /// How long everything took.
    pub took: Duration,
    /// What was checked.
    pub results: &'a [CheckResult],
    /// Whether an order was among that.
    pub proved_by_order: bool,
    /// What the next command needs so that it means the same shop.
    pub same_shop: &'a str,
}

#[derive(Debug, Serialize)]
struct Model<'a> {
    url: &'a str,
    release: &'a str,
    changed: bool,
    serving_ms: u128,
    duration_ms: u128,
    verification: Verification,
}

/// Says where the shop is, what was checked and what to type next.
pub fn up(printer: &Printer, sold: &Sold<'_>) {
    if !printer.is_human() {
        let model = Model {
            url: sold.url,
            release: sold.release,
            changed: sold.changed,
            serving_ms: sold.serving_after.as_millis(),
            duration_ms: sold.took.as_millis(),
            verification: Verification::of(sold.results),
        };
        printer.document(&model);
        return;
    }
    checks::human(printer, sold.results);
    printer.line("");
    if sold
        .results
        .iter()
        .any(|result| result.verdict == Verdict::Failed)
    {
        printer.line(&format!(
            "Your shop is at {}, but not as it should be.",
            sold.url
        ));
        return;
    }
    farewell(printer, sold);
}

fn farewell(printer: &Printer, sold: &Sold<'_>) {
    let url = printer.bold(sold.url);
    let seconds = sold.took.as_secs_f64();
    let done = match (sold.changed, sold.proved_by_order) {
        (true, _) => " and has just sold something",
        (false, true) => ", unchanged, and has just sold something",
        (false, false) => ", unchanged: there was nothing to do, and it was verified when it came",
    };
    printer.line(&format!(
        "Your shop is at {url}{done} ({seconds:.1} s, release {}).",
        sold.release
    ));
    printer.line("Next:");
    let same = sold.same_shop;
    let next = [
        ("open", "look at it"),
        ("status", "what runs"),
        ("logs -f", "what happens"),
        ("down", "stop it; its data stays"),
    ];
    let rows = next.map(|(words, why)| [format!("shopctl {words}{same}"), why.to_owned()]);
    printer.result(&columns(&rows));
}
