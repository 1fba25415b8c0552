//! Runs the checks of what a shop has in its cluster.

use std::time::Duration;

use super::list::{CHECKS, OfObjects};
use super::probes::Probes;
use super::scene::Scene;
use crate::config::kubernetes::Kubernetes;
use crate::platform::checks::check::{Check, Judging, When};
use crate::platform::checks::round::{Round, Subject, blocked};
use crate::platform::checks::selection::select;
use crate::platform::checks::trouble::Trouble;
use crate::platform::kube::Cluster;
use crate::platform::{CheckResult, Error};

/// The check that fails where nothing can be seen.
const GATE: &str = "pods";

/// How long the removal of what a check has made may take to be accepted.
const REMOVAL: Duration = Duration::from_secs(5);

impl Subject<OfObjects> for Scene<'_> {
    const LIMIT: Duration = Duration::from_mins(2);
    const NEXT: &'static str = "shopctl status";

    fn judge<'a>(&'a self, judge: &OfObjects) -> Judging<'a> {
        judge(self)
    }

    /// What is written is removed at the end of the run, not by a check.
    fn has_written(&self) -> bool {
        false
    }
}

/// The names and titles of all of them, in their fixed order.
pub fn list() -> Vec<(&'static str, &'static str)> {
    CHECKS
        .iter()
        .map(|check| (check.name, check.title))
        .collect()
}

/// Whether one of them has that name.
pub fn is_known(name: &str) -> bool {
    CHECKS.iter().any(|check| check.name == name)
}

/// The names of the checks, of all when there are none: those that can be judged at any time, and those that come when
/// everything else, the shop's own checks among it, is over.
pub fn in_turns(only: &[String]) -> (Vec<String>, Vec<String>) {
    let wanted = CHECKS
        .iter()
        .filter(|check| only.is_empty() || only.iter().any(|name| name == check.name));
    let (last, first): (Vec<_>, Vec<_>) = wanted.partition(|check| check.when == When::AtTheEnd);
    let names = |checks: Vec<&Check<OfObjects>>| {
        let names = checks.into_iter().map(|check| check.name.to_owned());
        names.collect()
    };
    (names(first), names(last))
}

/// The results of the checks of these names, all when there are none, where the objects cannot be read for that reason.
pub fn out_of_sight(only: &[String], error: &Error) -> Vec<CheckResult> {
    let selected = select(CHECKS, only).unwrap_or_default();
    blocked(CHECKS, &selected, GATE, &Trouble::from_platform(error))
}

/// Runs the checks of these names, all when there are none, and returns them in their fixed order; nothing when
/// `interrupted` came back first. Whatever ends it, the pods of its probes are removed.
pub async fn run(
    cluster: &Cluster,
    settings: &Kubernetes,
    only: &[String],
    interrupted: impl Future<Output = ()>,
) -> Result<Option<Vec<CheckResult>>, Error> {
    let probes = Probes::new(cluster, settings.namespace.as_str());
    let round = async {
        let scene = Scene::of(cluster, settings, &probes).await?;
        let selected = select(CHECKS, only).unwrap_or_default();
        Ok(Round::new(CHECKS, &scene).run(&selected).await)
    };
    let results = tokio::select! {
        results = round => results.map(Some),
        () = interrupted => Ok(None),
    };
    if probes.has_written() {
        // What cannot be removed in time is removed by the next run.
        let _ = tokio::time::timeout(REMOVAL, probes.clear()).await;
    }
    results
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::platform::Verdict;

    #[test]
    fn what_the_others_may_still_write_is_looked_for_when_they_are_over() {
        let (first, last) = in_turns(&[]);
        assert_eq!(last, ["secrets-unseen"]);
        assert_eq!(first.len() + last.len(), CHECKS.len());
        let only = ["pods", "secrets-unseen"].map(str::to_owned);
        let turns = in_turns(&only);
        assert_eq!(turns, (vec!["pods".to_owned()], last));
    }

    #[test]
    fn what_cannot_be_read_is_a_result() {
        let error = Error::Cluster {
            action: "list the Pods of namespace `shop`".to_owned(),
            cause: "the server has ended".to_owned(),
            hint: "kubectl get nodes".to_owned(),
        };
        let results = out_of_sight(&["claims".to_owned()], &error);
        let told: Vec<_> = results
            .iter()
            .map(|result| (result.name, result.verdict))
            .collect();
        let expected = [("pods", Verdict::Failed), ("claims", Verdict::Skipped)];
        assert_eq!(told, expected);
        let cause = results[0].cause.as_deref().unwrap();
        assert_eq!(
            cause,
            "cannot list the Pods of namespace `shop`: the server has ended"
        );
    }
}
