//! What became of a shop that was taken away from a cluster.

use serde_json::json;

use super::Printer;
use crate::platform::kube::down::Gone;

/// Says what was taken away, what was kept, and what is left.
pub fn gone(printer: &Printer, place: &str, gone: &Gone) {
    let Gone {
        deleted,
        kept,
        left,
    } = gone;
    if !printer.is_human() {
        printer.document(&json!({
            "place": place,
            "stopped": !deleted.is_empty(),
            "deleted": deleted,
            "kept": kept,
            "left": left,
        }));
        return;
    }
    if deleted.is_empty() {
        printer.line(&format!("no shop is running in {place}; nothing to do"));
    } else {
        printer.line(&format!(
            "the shop is gone from {place}: {} objects",
            deleted.len()
        ));
    }
    list(
        printer,
        "kept, until `shopctl down --delete-data`, or because it is not ours:",
        kept,
    );
    list(printer, "left, although it should be gone:", left);
    if left.is_empty() {
        printer.line("nothing is left besides");
    } else {
        printer.line("mend what holds it, then run the same command again");
    }
}

fn list(printer: &Printer, title: &str, keys: &[String]) {
    if keys.is_empty() {
        return;
    }
    printer.line(title);
    for key in keys {
        printer.line(&format!("  {key}"));
    }
}
