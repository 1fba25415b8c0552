//! For people.

use crate::platform::{CheckResult, Verdict};
use crate::report::Printer;

/// Prints a line per check; below those that did not pass, the cause and what to type next.
pub fn human(printer: &Printer, results: &[CheckResult]) {
    let width = results
        .iter()
        .map(|result| result.name.len())
        .max()
        .unwrap_or(0);
    for result in results {
        printer.line(&line(printer, result, width));
        if matches!(result.verdict, Verdict::Failed | Verdict::Warned) {
            for text in explanation(printer, result) {
                printer.line(&text);
            }
        }
    }
    printer.line(&summary(results));
}

fn line(printer: &Printer, result: &CheckResult, width: usize) -> String {
    let name = format!("{:width$}", result.name);
    let time = format!("{:>5} ms", result.took.as_millis());
    let told = match result.verdict {
        Verdict::Passed => result.evidence.as_deref().unwrap_or(result.title),
        Verdict::Failed | Verdict::Warned => result.title,
        Verdict::Skipped => result.cause.as_deref().unwrap_or(result.title),
    };
    let mark = match result.verdict {
        Verdict::Passed => printer.green("✓"),
        Verdict::Warned => "!".to_owned(),
        Verdict::Failed => printer.red("✗"),
        Verdict::Skipped => printer.faint("-"),
    };
    format!("  {mark} {name}  {}  {told}", printer.faint(&time))
}

/// The cause, and what to type next.
fn explanation(printer: &Printer, result: &CheckResult) -> Vec<String> {
    let word = if result.verdict == Verdict::Warned {
        "warning:"
    } else {
        "failed: "
    };
    let cause = result.cause.iter();
    let cause = cause.map(|cause| format!("      {word} {}", printer.bold(cause)));
    let hint = result.hint.iter();
    let hint = hint.map(|hint| format!("      next:    {hint}"));
    cause.chain(hint).collect()
}

fn summary(results: &[CheckResult]) -> String {
    let count = |verdict| {
        results
            .iter()
            .filter(|result| result.verdict == verdict)
            .count()
    };
    let passed = format!(
        "{} of {} checks passed",
        count(Verdict::Passed),
        results.len()
    );
    let spoiled = [
        (count(Verdict::Warned), "warned"),
        (count(Verdict::Failed), "failed"),
        (count(Verdict::Skipped), "skipped"),
    ];
    let spoiled = spoiled.into_iter().filter(|(count, _)| *count > 0);
    spoiled.fold(passed, |text, (count, word)| {
        format!("{text}, {count} {word}")
    })
}

#[cfg(test)]
pub use tests::sample;

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::report::{Mode, Output};

    /// One check of each verdict.
    pub fn sample() -> Vec<CheckResult> {
        let check = |name, title, verdict| CheckResult {
            name,
            title,
            verdict,
            took: Duration::from_millis(12),
            evidence: None,
            cause: None,
            hint: None,
        };
        vec![
            CheckResult {
                evidence: Some("ok, release 1-abc".to_owned()),
                ..check("health", "all is well", Verdict::Passed)
            },
            CheckResult {
                cause: Some(
                    "`POST /api/orders` answered 500 <oops> & \"so\" instead of 201".to_owned(),
                ),
                hint: Some("shopctl logs backend --since 5m".to_owned()),
                ..check("checkout", "a cart becomes a paid order", Verdict::Failed)
            },
            CheckResult {
                took: Duration::ZERO,
                cause: Some("needs `checkout`, which failed".to_owned()),
                hint: Some("mend `checkout` first".to_owned()),
                ..check("stock", "the stock went down", Verdict::Skipped)
            },
            CheckResult {
                cause: Some("all 2 pods of `backend` are on node `host-1`".to_owned()),
                hint: Some("kubectl rollout restart deployment/backend".to_owned()),
                ..check("spread", "the replicas are spread", Verdict::Warned)
            },
        ]
    }

    #[test]
    fn lines_are_aligned_and_the_summary_counts() {
        let mode = Mode {
            output: Output::Json,
            ..Mode::default()
        };
        let printer = Printer::new("verify", mode);
        let lines: Vec<_> = sample()
            .iter()
            .map(|result| line(&printer, result, 8))
            .collect();
        assert_eq!(lines[0], "  ✓ health       12 ms  ok, release 1-abc");
        assert_eq!(
            lines[2],
            "  - stock         0 ms  needs `checkout`, which failed"
        );
        assert_eq!(lines[3], "  ! spread       12 ms  the replicas are spread");
        assert_eq!(
            summary(&sample()),
            "1 of 4 checks passed, 1 warned, 1 failed, 1 skipped"
        );
        assert_eq!(summary(&sample()[..1]), "1 of 1 checks passed");
    }
    #[test]
    fn a_warning_is_not_called_a_failure() {
        let mode = Mode {
            output: Output::Json,
            ..Mode::default()
        };
        let printer = Printer::new("verify", mode);
        let sample = sample();
        let explained = |place: usize| explanation(&printer, &sample[place]);
        assert_eq!(
            explained(3),
            [
                "      warning: all 2 pods of `backend` are on node `host-1`",
                "      next:    kubectl rollout restart deployment/backend",
            ]
        );
        assert!(explained(1)[0].starts_with("      failed:  `POST"));
        let warned = &sample[3..];
        assert_eq!(summary(warned), "0 of 1 checks passed, 1 warned");
    }
}
