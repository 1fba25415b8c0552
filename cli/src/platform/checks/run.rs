//! Runs the checks: together where they are independent, each once, one verdict for each.

use std::pin::Pin;
use std::time::{Duration, Instant};

use futures_util::future::join_all;
use tokio::sync::OnceCell;

use super::check::{Check, When};
use super::list::CHECKS;
use super::selection::{UnknownCheck, select};
use super::trouble::Trouble;
use super::visit::Visit;
use crate::platform::{CheckResult, Shop, Verdict};

/// No check may take longer than this, whatever it waits for.
const LIMIT: Duration = Duration::from_secs(12);

/// How long the clean-up after an interruption may take.
const CLEAN_UP_LIMIT: Duration = Duration::from_secs(5);

/// The names and titles of all checks, in their fixed order.
pub fn list() -> Vec<(&'static str, &'static str)> {
    CHECKS
        .iter()
        .map(|check| (check.name, check.title))
        .collect()
}

/// Fails with the first name that no check has.
pub fn ensure_known(only: &[String]) -> Result<(), UnknownCheck> {
    select(CHECKS, only).map(|_| ())
}

/// Runs the checks of these names, all when there are none, and returns them in their fixed order. Ends early when
/// `interrupted` comes back: then it removes what was written and returns nothing.
///
/// A check that a named one needs is returned too if it failed, and so is a clean-up that failed. Names that no
/// check has are passed over; ask [`ensure_known`] first.
pub async fn run(
    shop: &Shop,
    only: &[String],
    interrupted: impl Future<Output = ()>,
) -> Option<Vec<CheckResult>> {
    let visit = Visit::new(shop);
    tokio::select! {
        results = round(&visit, only) => return Some(results),
        () = interrupted => {}
    }
    // What cannot be removed in time is removed by the next run.
    let _ = tokio::time::timeout(CLEAN_UP_LIMIT, visit.clean_up()).await;
    None
}

async fn round(visit: &Visit<'_>, only: &[String]) -> Vec<CheckResult> {
    let known: Vec<String> = only
        .iter()
        .filter(|name| CHECKS.iter().any(|check| check.name == name.as_str()))
        .cloned()
        .collect();
    let selected = select(CHECKS, &known).unwrap_or_default();
    Round::new(CHECKS, visit).run(&selected).await
}

/// One round over the checks; each is judged at most once, whoever asks for it first.
struct Round<'a> {
    checks: &'a [Check],
    visit: &'a Visit<'a>,
    results: Vec<OnceCell<CheckResult>>,
}

impl<'a> Round<'a> {
    fn new(checks: &'a [Check], visit: &'a Visit<'a>) -> Self {
        Self {
            checks,
            visit,
            results: checks.iter().map(|_| OnceCell::new()).collect(),
        }
    }

    async fn run(self, selected: &[usize]) -> Vec<CheckResult> {
        let at_the_end = |place: &usize| self.checks[*place].when == When::AtTheEnd;
        let together = selected.iter().filter(|place| !at_the_end(place));
        join_all(together.map(|&place| self.settle(place))).await;
        for place in (0..self.checks.len()).filter(at_the_end) {
            if selected.contains(&place) || self.visit.has_written() {
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
                if verdict != Verdict::Passed {
                    return skipped(check, need, verdict);
                }
            }
            judge(check, self.visit).await
        }))
    }
}

async fn judge(check: &Check, visit: &Visit<'_>) -> CheckResult {
    let start = Instant::now();
    let judgement = tokio::time::timeout(LIMIT, (check.judge)(visit)).await;
    let judgement = judgement.unwrap_or_else(|_| {
        let seconds = LIMIT.as_secs();
        let cause = format!(
            "`{}` did not come to its end within {seconds} s",
            check.name
        );
        Err(Trouble::new(cause, "shopctl status"))
    });
    let (evidence, trouble) = match judgement {
        Ok(evidence) => (Some(evidence), None),
        Err(trouble) => (None, Some(trouble)),
    };
    CheckResult {
        name: check.name,
        title: check.title,
        verdict: if trouble.is_none() {
            Verdict::Passed
        } else {
            Verdict::Failed
        },
        took: start.elapsed(),
        evidence,
        cause: trouble.as_ref().map(|trouble| trouble.cause.clone()),
        hint: trouble.map(|trouble| trouble.hint),
    }
}

fn skipped(check: &Check, need: &str, verdict: Verdict) -> CheckResult {
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

#[cfg(test)]
mod tests {
    use std::future::{Ready, pending, ready};

    use super::*;
    use crate::platform::checks::check::Judging;
    use crate::platform::checks::closed_shop::closed_shop;
    use crate::platform::checks::trouble::Judgement;

    const fn check(
        name: &'static str,
        needs: &'static [&'static str],
        judge: for<'a> fn(&'a Visit<'a>) -> Judging<'a>,
    ) -> Check {
        Check {
            name,
            title: "a check",
            needs,
            when: When::Together,
            judge,
        }
    }

    fn good() -> Ready<Judgement> {
        ready(Ok("seen".to_owned()))
    }

    fn bad() -> Ready<Judgement> {
        ready(Err(Trouble::new("it is broken", "mend it")))
    }

    const CHECKS: &[Check] = &[
        check("good", &[], |_| Box::pin(good())),
        check("bad", &[], |_| Box::pin(bad())),
        check("on-good", &["good"], |_| Box::pin(good())),
        check("on-bad", &["good", "bad"], |_| Box::pin(good())),
        check("on-on-bad", &["on-bad"], |_| Box::pin(good())),
        Check {
            when: When::AtTheEnd,
            ..check("end", &[], |_| Box::pin(good()))
        },
    ];

    /// Name, verdict and cause of each.
    async fn verdicts(selected: &[usize]) -> Vec<(&'static str, Verdict, String)> {
        let shop = closed_shop();
        let visit = Visit::new(&shop);
        let results = Round::new(CHECKS, &visit).run(selected).await;
        results
            .into_iter()
            .map(|result| {
                (
                    result.name,
                    result.verdict,
                    result.cause.unwrap_or_default(),
                )
            })
            .collect()
    }

    fn as_text<'a>(
        verdicts: &'a [(&'static str, Verdict, String)],
    ) -> Vec<(&'static str, Verdict, &'a str)> {
        let text = |(name, verdict, cause): &'a (_, _, String)| (*name, *verdict, cause.as_str());
        verdicts.iter().map(text).collect()
    }

    #[tokio::test]
    async fn what_needs_a_failed_check_is_skipped_and_nothing_else() {
        assert_eq!(
            as_text(&verdicts(&[0, 1, 2, 3, 4, 5]).await),
            [
                ("good", Verdict::Passed, ""),
                ("bad", Verdict::Failed, "it is broken"),
                ("on-good", Verdict::Passed, ""),
                ("on-bad", Verdict::Skipped, "needs `bad`, which failed"),
                (
                    "on-on-bad",
                    Verdict::Skipped,
                    "needs `on-bad`, which was skipped"
                ),
                ("end", Verdict::Passed, ""),
            ]
        );
    }

    #[tokio::test]
    async fn a_needed_check_is_returned_only_when_it_failed() {
        assert_eq!(
            as_text(&verdicts(&[2]).await),
            [("on-good", Verdict::Passed, "")]
        );
        assert_eq!(
            as_text(&verdicts(&[3]).await),
            [
                ("bad", Verdict::Failed, "it is broken"),
                ("on-bad", Verdict::Skipped, "needs `bad`, which failed"),
            ]
        );
    }

    #[tokio::test]
    async fn in_a_closed_shop_every_check_fails_or_is_skipped_with_cause_and_hint() {
        let results = run(&closed_shop(), &[], pending()).await.unwrap();
        let names: Vec<_> = results.iter().map(|result| result.name).collect();
        let listed: Vec<_> = list().into_iter().map(|(name, _)| name).collect();
        assert_eq!(names, listed);
        for result in results {
            assert_ne!(result.verdict, Verdict::Passed, "{}", result.name);
            assert!(result.cause.is_some(), "{}", result.name);
            assert!(result.hint.is_some(), "{}", result.name);
        }
    }
}
