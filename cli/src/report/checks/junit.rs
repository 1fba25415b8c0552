//! As JUnit XML, which every pipeline reads.

use std::time::Duration;

use quick_junit::{NonSuccessKind, Report, SerializeError, TestCase, TestCaseStatus, TestSuite};

use crate::platform::{CheckResult, Verdict};

/// The name of the suite, and the class of its cases.
const SUITE: &str = "shopctl.verify";

/// The report of these results as XML.
pub fn junit(took: Duration, results: &[CheckResult]) -> Result<String, SerializeError> {
    let mut suite = TestSuite::new(SUITE);
    suite.set_time(took);
    suite.add_test_cases(results.iter().map(case));
    let mut report = Report::new("shopctl verify");
    report.set_time(took).add_test_suite(suite);
    report.to_string()
}

fn case(result: &CheckResult) -> TestCase {
    let mut case = TestCase::new(result.name, status(result));
    case.set_classname(SUITE).set_time(result.took);
    if let Some(said) = said(result) {
        case.set_system_out(said);
    }
    case
}

/// What a case that counts as a success says all the same: JUnit knows no warnings.
fn said(result: &CheckResult) -> Option<String> {
    if result.verdict != Verdict::Warned {
        return result.evidence.clone();
    }
    let cause = result.cause.as_deref().unwrap_or(result.title);
    let hint = result.hint.as_deref().unwrap_or_default();
    Some(format!("warning: {cause}\nnext: {hint}"))
}

fn status(result: &CheckResult) -> TestCaseStatus {
    let cause = result.cause.as_deref().unwrap_or(result.title);
    match result.verdict {
        Verdict::Passed | Verdict::Warned => TestCaseStatus::success(),
        Verdict::Failed => {
            let hint = result.hint.as_deref().unwrap_or_default();
            let mut status = TestCaseStatus::non_success(NonSuccessKind::Failure);
            status
                .set_message(cause)
                .set_type("check-failed")
                .set_description(format!("{}\n{cause}\nnext: {hint}", result.title));
            status
        }
        Verdict::Skipped => {
            let mut status = TestCaseStatus::skipped();
            status.set_message(cause);
            status
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::human::sample;
    use super::*;

    #[test]
    fn failures_and_skips_have_their_causes() {
        insta::assert_snapshot!(junit(Duration::from_millis(345), &sample()).unwrap());
    }
}
