//! As annotations of a GitHub workflow.

use crate::platform::{CheckResult, Verdict};
use crate::report::Printer;

/// Prints an annotation for every check that did not pass.
///
/// A runner reads them from both streams; beside a JSON document they go to stderr.
pub fn github(printer: &Printer, results: &[CheckResult]) {
    for annotation in results.iter().filter_map(annotation) {
        if printer.is_human() {
            printer.line(&annotation);
        } else {
            printer.complain(&annotation);
        }
    }
}

fn annotation(result: &CheckResult) -> Option<String> {
    let level = match result.verdict {
        Verdict::Passed => return None,
        Verdict::Failed => "error",
        Verdict::Warned | Verdict::Skipped => "warning",
    };
    let title = property(&format!("verify: {}", result.name));
    let cause = result.cause.as_deref().unwrap_or(result.title);
    let message = match &result.hint {
        Some(hint) => data(&format!("{cause}\nnext: {hint}")),
        None => data(cause),
    };
    Some(format!("::{level} title={title}::{message}"))
}

/// Escapes a message as the runner unescapes it.
fn data(text: &str) -> String {
    text.replace('%', "%25")
        .replace('\r', "%0D")
        .replace('\n', "%0A")
}

/// Escapes a property, which ends at a colon or a comma.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::super::human::sample;
    use super::*;

    #[test]
    fn only_what_did_not_pass_is_annotated() {
        let annotations: Vec<_> = sample().iter().filter_map(annotation).collect();
        assert_eq!(
            annotations,
            [
                "::error title=verify%3A checkout::`POST /api/orders` answered 500 <oops> & \"so\" instead of 201\
                 %0Anext: shopctl logs backend --since 5m",
                "::warning title=verify%3A stock::needs `checkout`, which failed%0Anext: mend `checkout` first",
                "::warning title=verify%3A spread::all 2 pods of `backend` are on node `host-1`\
                 %0Anext: kubectl rollout restart deployment/backend",
            ]
        );
    }

    #[test]
    fn what_ends_a_command_is_escaped() {
        assert_eq!(data("50 %\r\na::b,c"), "50 %25%0D%0Aa::b,c");
        assert_eq!(property("50 %\r\na:b,c"), "50 %25%0D%0Aa%3Ab%2Cc");
    }
}
