//! What `shopctl` says of a fault.

use std::fmt::Write as _;

use serde_json::Value;

use super::fault::Fault;

/// The end of a call that has met a fault.
pub struct Told {
    /// The exit code.
    pub code: i32,
    /// The name of the cause.
    pub reason: String,
    object: String,
    container: String,
    /// What it says to people, line by line.
    pub text: String,
    serves: bool,
}

impl Told {
    /// Takes it out of the document.
    pub fn by(code: i32, document: &Value) -> Self {
        let error = &document["error"];
        let cause = &error["cause"];
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let mut said = format!("  error: {}\n", text(&error["message"]));
        for line in cause["log"].as_array().into_iter().flatten() {
            let _ = writeln!(said, "    | {}", text(line));
        }
        let _ = writeln!(said, "  hint: {}", text(&error["hint"]));
        Self {
            code,
            reason: text(&cause["reason"]),
            object: text(&cause["object"]),
            container: text(&cause["container"]),
            text: said,
            serves: document["serving_ms"].is_u64(),
        }
    }

    /// The object, and the container where there is one.
    pub fn place(&self) -> String {
        format!("{} {}", self.object, self.container)
            .trim()
            .to_owned()
    }

    /// Whether the fault was called by its name, at its place and with its exit code; one that is to be waited out, whether
    /// the release serves.
    pub fn is(&self, fault: &Fault) -> bool {
        if fault.reason.is_empty() {
            // What the checks find afterwards on a busy machine is not what is asked here.
            return self.serves;
        }
        self.code == fault.exit()
            && self.reason == fault.reason
            && self.object.starts_with(fault.object)
            && self.container == fault.container
            && !self.text.ends_with("hint: \n")
    }
}
