//! How `down` ended.

use std::path::Path;

use serde_json::json;

use super::Printer;
use crate::plan::{Plan, Step};

/// Says what was stopped and what became of the data.
pub fn down(printer: &Printer, plan: &Plan, data_dir: &Path) {
    let deleted = plan.steps.contains(&Step::DeleteData);
    if !printer.is_human() {
        let stopped = plan.steps.contains(&Step::StopComponents);
        printer.document(
            &json!({ "stopped": stopped, "data_deleted": deleted, "data_dir": data_dir }),
        );
        return;
    }
    let place = data_dir.display();
    printer.line(&match (plan.is_empty(), deleted) {
        (true, _) => format!("no shop is running in `{place}`; nothing to do"),
        (false, true) => format!("the shop is stopped and `{place}` is removed"),
        (false, false) => format!("the shop is stopped; its data stays in `{place}`"),
    });
}
