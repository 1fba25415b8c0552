//! One round over checks: together where they are independent, each once, one verdict for each.

use std::pin::Pin;
use std::time::{Duration, Instant};

use futures_util::future::join_all;
use tokio::sync::OnceCell;

use super::check::{Check, Judging, When};
use super::trouble::Trouble;
use crate::platform::{CheckResult, Verdict};

/// What checks look at.
pub trait Subject<J> {
    /// No check may take longer than this, whatever it waits for.
    const LIMIT: Duration;

    /// What to type next when one does.
    const NEXT: &'static str;

    /// Lets a check judge it.
    fn judge<'a>(&'a self, judge: &J) -> Judging<'a>;

    /// Whether anything was written that the checks at the end must remove.
    fn has_written(&self) -> bool;
}

/// One round over the checks; each is judged at most once, whoever asks for it first.
pub struct Round<'a, J, S> {
    checks: &'a [Check<J>],
    subject: &'a S,
    results: Vec<OnceCell<CheckResult>>,
}

impl<'a, J, S: Subject<J>> Round<'a, J, S> {
    /// A round that has not begun.
    pub fn new(checks: &'a [Check<J>], subject: &'a S) -> Self {
        Self {
            checks,
            subject,
            results: checks.iter().map(|_| OnceCell::new()).collect(),
        }
    }

    /// Runs the selected checks; their results, and those of needed ones that failed.
    pub async fn run(self, selected: &[usize]) -> Vec<CheckResult> {
        let at_the_end = |place: &usize| self.checks[*place].when == When::AtTheEnd;
        let together = selected.iter().filter(|place| !at_the_end(place));
        join_all(together.map(|&place| self.settle(place))).await;
        for place in (0..self.checks.len()).filter(at_the_end) {
            if selected.contains(&place) || self.subject.has_written() {
                self.settle(place).await;
            }
        }
        let results = self.results.into_iter().enumerate();
        results
            .filter_map(|(place, cell)| Some((place, cell.into_inner()?)))
            .filter(|(place, result)| selected.contains(place) || result.verdict == Verdict::Failed)
            .map(|(_, result)| result)
            .collect()
    }

    /// The result of the check, after the results of those that it needs.
    fn settle(&self, place: usize) -> Pin<Box<dyn Future<Output = &CheckResult> + '_>> {
        Box::pin(self.results[place].get_or_init(async move || {
            let check = &self.checks[place];
            for need in check.needs {
                let needed = self.checks.iter().position(|other| other.name == *need);
                let Some(needed) = needed else { continue };
                let verdict = self.settle(needed).await.verdict;
                if matches!(verdict, Verdict::Failed | Verdict::Skipped) {
                    return skipped(check, need, verdict);
                }
            }
            judge(check, self.subject).await
        }))
    }
}

async fn judge<J, S: Subject<J>>(check: &Check<J>, subject: &S) -> CheckResult {
    let start = Instant::now();
    let judgement = tokio::time::timeout(S::LIMIT, subject.judge(&check.judge)).await;
    let judgement = judgement.unwrap_or_else(|_| {
        let seconds = S::LIMIT.as_secs();
        let cause = format!(
            "`{}` did not come to its end within {seconds} s",
            check.name
        );
        Err(Trouble::new(cause, S::NEXT))
    });
    let (evidence, trouble) = match judgement {
        Ok(evidence) => (Some(evidence), None),
        Err(trouble) => (None, Some(trouble)),
    };
    CheckResult {
        name: check.name,
        title: check.title,
        verdict: match &trouble {
            None => Verdict::Passed,
            Some(trouble) if trouble.is_warning => Verdict::Warned,
            Some(_) => Verdict::Failed,
        },
        took: start.elapsed(),
        evidence,
        cause: trouble.as_ref().map(|trouble| trouble.cause.clone()),
        hint: trouble.map(|trouble| trouble.hint),
    }
}

/// What becomes of the selected checks where nothing can be looked at: the one of that name has failed for that reason,
/// and all others needed it.
pub fn blocked<J>(
    checks: &[Check<J>],
    selected: &[usize],
    gate: &str,
    trouble: &Trouble,
) -> Vec<CheckResult> {
    let known = checks.iter().enumerate();
    let concerned = known.filter(|(place, check)| check.name == gate || selected.contains(place));
    let results = concerned.map(|(_, check)| {
        let skipped = skipped(check, gate, Verdict::Failed);
        if check.name != gate {
            return skipped;
        }
        CheckResult {
            verdict: Verdict::Failed,
            cause: Some(trouble.cause.clone()),
            hint: Some(trouble.hint.clone()),
            ..skipped
        }
    });
    results.collect()
}

fn skipped<J>(check: &Check<J>, need: &str, verdict: Verdict) -> CheckResult {
    let became = if verdict == Verdict::Skipped {
        "was skipped"
    } else {
        "failed"
    };
    CheckResult {
        name: check.name,
        title: check.title,
        verdict: Verdict::Skipped,
        took: Duration::ZERO,
        evidence: None,
        cause: Some(format!("needs `{need}`, which {became}")),
        hint: Some(format!("mend `{need}` first")),
    }
}
