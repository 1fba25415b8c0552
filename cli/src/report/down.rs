//! How `down` ended.

use serde_json::json;

use super::Printer;
use crate::plan::{Plan, Step};

/// Where the data is or was.
#[derive(Debug)]
pub struct DataPlace {
    /// What kind of place it is, as a key of the document.
    pub key: &'static str,
    /// Its name.
    pub name: String,
}

/// Says what was stopped and what became of the data.
pub fn down(printer: &Printer, plan: &Plan, place: &DataPlace) {
    let deleted = plan.steps.contains(&Step::DeleteData);
    let DataPlace { key, name } = place;
    if !printer.is_human() {
        let stopped = plan.steps.contains(&Step::StopComponents);
        printer.document(&json!({ "stopped": stopped, "data_deleted": deleted, (*key): name }));
        return;
    }
    printer.line(&match (plan.is_empty(), deleted) {
        (true, _) => format!("no shop is running in `{name}`; nothing to do"),
        (false, true) => format!("the shop is stopped and `{name}` is removed"),
        (false, false) => format!("the shop is stopped; its data stays in `{name}`"),
    });
}
