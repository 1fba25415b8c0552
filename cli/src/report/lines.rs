//! Log lines.

use serde_json::json;
use time::format_description::well_known::Rfc3339;

use super::Printer;
use crate::platform::LogLine;

/// Prints one log line; as JSON it is one object a line, since a log may have no end. False when nobody reads.
pub fn log_line(printer: &Printer, line: &LogLine) -> bool {
    let at = line.at.format(&Rfc3339).unwrap_or_default();
    if printer.is_human() {
        let name = match &line.pod {
            Some(pod) => pod.clone(),
            None => format!("{:<10}", line.component),
        };
        return printer.line(&format!("{} {}", printer.faint(&name), line.text));
    }
    let mut object = json!({
        "schema": "shopctl.logs/v1",
        "at": at,
        "component": line.component.name(),
        "text": line.text,
    });
    if let Some(pod) = &line.pod {
        object["pod"] = json!(pod);
    }
    printer.line(&object.to_string())
}
