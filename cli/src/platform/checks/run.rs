//! Runs the checks: together where they are independent, each once, one verdict for each.

use std::time::Duration;

use super::check::{Judging, OfShop};
use super::list::CHECKS;
use super::round::{Round, Subject, blocked};
use super::selection::{UnknownCheck, select};
use super::trouble::Trouble;
use super::visit::Visit;
use crate::platform::{CheckResult, Error, Shop};

/// The check that fails where nobody can get in.
const GATE: &str = "front-door";

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

/// The results of the checks of these names, all when there are none, in a shop into which no way leads for that reason.
pub fn no_way_in(only: &[String], error: &Error) -> Vec<CheckResult> {
    blocked(
        CHECKS,
        &selected(only),
        GATE,
        &Trouble::from_platform(error),
    )
}

impl Subject<OfShop> for Visit<'_> {
    const LIMIT: Duration = Duration::from_secs(12);
    const NEXT: &'static str = "shopctl status";

    fn judge<'a>(&'a self, judge: &OfShop) -> Judging<'a> {
        judge(self)
    }

    fn has_written(&self) -> bool {
        Visit::has_written(self)
    }
}

async fn round(visit: &Visit<'_>, only: &[String]) -> Vec<CheckResult> {
    Round::new(CHECKS, visit).run(&selected(only)).await
}

/// The places of the named checks; names that no check has are passed over.
fn selected(only: &[String]) -> Vec<usize> {
    let known: Vec<String> = only
        .iter()
        .filter(|name| CHECKS.iter().any(|check| check.name == name.as_str()))
        .cloned()
        .collect();
    select(CHECKS, &known).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use std::future::{Ready, pending, ready};

    use super::*;
    use crate::platform::Verdict;
    use crate::platform::checks::check::{Check, Judging, When};
    use crate::platform::checks::closed_shop::closed_shop;
    use crate::platform::checks::trouble::{Judgement, Trouble};

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

    #[test]
    fn without_a_way_in_the_door_has_failed_and_everything_else_waits_for_it() {
        let error = Error::NotReady {
            component: "backend".to_owned(),
            cause: "no pod of it is ready".to_owned(),
            log: String::new(),
        };
        let results = no_way_in(&[], &error);
        assert_eq!(results.len(), list().len());
        for result in results {
            let cause = result.cause.unwrap();
            if result.name == GATE {
                assert_eq!(result.verdict, Verdict::Failed);
                assert_eq!(cause, "backend is not ready: no pod of it is ready");
            } else {
                assert_eq!(result.verdict, Verdict::Skipped, "{}", result.name);
                assert_eq!(cause, "needs `front-door`, which failed");
            }
        }
        let only = no_way_in(&["stock".to_owned()], &error);
        let names: Vec<_> = only.iter().map(|result| result.name).collect();
        assert_eq!(names, ["stock", GATE]);
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
