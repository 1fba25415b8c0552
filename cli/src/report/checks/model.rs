//! As JSON.

use std::time::Duration;

use serde::Serialize;

use crate::platform::{CheckResult, Verdict};
use crate::report::Printer;

/// What was checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verified {
    /// A shop's release.
    Release(String),
    /// A cluster of that name.
    Cluster(String),
}

/// The outcome of all checks.
#[derive(Debug, Serialize)]
pub struct Verification {
    verdict: &'static str,
    checks: Vec<Check>,
}

/// The document of `verify`.
#[derive(Debug, Serialize)]
struct Document<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    release: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    cluster: Option<&'a str>,
    verdict: &'static str,
    duration_ms: u128,
    checks: Vec<Check>,
}

#[derive(Debug, Serialize)]
struct Check {
    name: &'static str,
    title: &'static str,
    verdict: &'static str,
    duration_ms: u128,
    #[serde(skip_serializing_if = "Option::is_none")]
    evidence: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    cause: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    hint: Option<String>,
}

impl Verification {
    /// The model of these results.
    pub fn of(results: &[CheckResult]) -> Self {
        Self {
            verdict: overall(results),
            checks: results.iter().map(check).collect(),
        }
    }
}

/// Prints the document of `verify`.
pub fn document(printer: &Printer, verified: &Verified, took: Duration, results: &[CheckResult]) {
    let Verification { verdict, checks } = Verification::of(results);
    let (release, cluster) = match verified {
        Verified::Release(release) => (Some(release.as_str()), None),
        Verified::Cluster(cluster) => (None, Some(cluster.as_str())),
    };
    printer.document(&Document {
        release,
        cluster,
        verdict,
        duration_ms: took.as_millis(),
        checks,
    });
}

/// The verdict over all: one that did not pass spoils it.
fn overall(results: &[CheckResult]) -> &'static str {
    let passed = results.iter().all(|result| result.verdict.is_good());
    word(if passed {
        Verdict::Passed
    } else {
        Verdict::Failed
    })
}

/// The verdict as JSON has it.
fn word(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Passed => "passed",
        Verdict::Warned => "warned",
        Verdict::Failed => "failed",
        Verdict::Skipped => "skipped",
    }
}

fn check(result: &CheckResult) -> Check {
    let CheckResult {
        name,
        title,
        verdict,
        took,
        evidence,
        cause,
        hint,
    } = result;
    Check {
        name,
        title,
        verdict: word(*verdict),
        duration_ms: took.as_millis(),
        evidence: evidence.clone(),
        cause: cause.clone(),
        hint: hint.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::human::sample;
    use super::*;

    #[test]
    fn the_order_is_kept_and_one_failure_is_enough() {
        insta::assert_json_snapshot!(Verification::of(&sample()));
        assert_eq!(overall(&sample()[..1]), "passed");
        assert_eq!(overall(&sample()[3..]), "passed", "a warning fails nothing");
    }
}
