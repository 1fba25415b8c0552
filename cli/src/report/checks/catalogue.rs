//! What can be checked.

use serde::Serialize;

use crate::report::Printer;
use crate::report::table::columns;

#[derive(Debug, Serialize)]
struct Document {
    checks: Vec<Entry>,
}

#[derive(Debug, Serialize)]
struct Entry {
    name: &'static str,
    title: &'static str,
}

/// Prints the names and titles of all checks.
pub fn list(printer: &Printer, checks: &[(&'static str, &'static str)]) {
    if printer.is_human() {
        let rows: Vec<_> = checks
            .iter()
            .map(|(name, title)| [(*name).to_owned(), (*title).to_owned()])
            .collect();
        printer.result(&columns(&rows));
        return;
    }
    let entries = checks.iter().map(|&(name, title)| Entry { name, title });
    printer.document(&Document {
        checks: entries.collect(),
    });
}
