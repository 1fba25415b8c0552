//! What `doctor` found.

use serde::Serialize;

use super::Printer;
use super::table::columns;
use crate::platform::Finding;

#[derive(Debug, Serialize)]
struct Model<'a> {
    healthy: bool,
    findings: Vec<FindingModel<'a>>,
}

#[derive(Debug, Serialize)]
struct FindingModel<'a> {
    name: &'a str,
    met: bool,
    found: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    cure: Option<&'a str>,
}

/// Prints every finding and, for those that are not met, the cure.
pub fn findings(printer: &Printer, findings: &[Finding]) {
    if !printer.is_human() {
        printer.document(&model(findings));
        return;
    }
    let row = |finding: &Finding| {
        let mark = if finding.met { "ok" } else { "MISSING" };
        [mark.to_owned(), finding.name.clone(), finding.found.clone()]
    };
    printer.result(&columns(&findings.iter().map(row).collect::<Vec<_>>()));
    for cure in findings.iter().filter_map(|finding| finding.cure.as_ref()) {
        printer.line(&format!("to mend it: {cure}"));
    }
}

fn model(findings: &[Finding]) -> Model<'_> {
    Model {
        healthy: findings.iter().all(|finding| finding.met),
        findings: findings.iter().map(finding_model).collect(),
    }
}

fn finding_model(finding: &Finding) -> FindingModel<'_> {
    FindingModel {
        name: &finding.name,
        met: finding.met,
        found: &finding.found,
        cure: finding.cure.as_deref(),
    }
}
