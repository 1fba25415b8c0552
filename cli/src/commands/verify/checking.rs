//! One round of checks on whatever is verified, and its verdict.

use crate::commands::Error;
use crate::commands::interrupt::interrupted;
use crate::exit::Exit;
use crate::platform::kube::{Cluster, Kube};
use crate::platform::{self, CheckResult, Shop, checks};

/// Checks once. Ctrl-C ends it early and leaves nothing behind.
pub async fn check(shop: &Shop, only: &[String]) -> Result<Vec<CheckResult>, Error> {
    let results = checks::run(shop, only, interrupted()).await;
    results.ok_or(Error::Interrupted)
}

/// How the call ends with these results.
pub fn verdict(results: &[CheckResult]) -> Exit {
    if results.iter().all(|result| result.verdict.is_good()) {
        Exit::Ok
    } else {
        Exit::CheckFailed
    }
}

/// The names of checks of what a shop has in its cluster, and all others.
pub fn split(only: &[String]) -> (Vec<String>, Vec<String>) {
    let of_cluster = |name: &String| checks::kube::is_known(name);
    only.iter().cloned().partition(of_cluster)
}

/// Checks a shop in a cluster once, from inside and from outside at the same time; what the others may still write is
/// looked for at the end. Where no way leads in, or nothing can be seen, that is a result too and takes no other away.
pub async fn check_kube(
    kube: &Kube,
    shop: Result<&Shop, &platform::Error>,
    only: &[String],
) -> Result<Vec<CheckResult>, Error> {
    let (of_cluster, of_shop) = split(only);
    let (first, last) = if of_cluster.is_empty() && !only.is_empty() {
        (Vec::new(), Vec::new())
    } else {
        checks::kube::in_turns(&of_cluster)
    };
    let outside = async {
        if of_shop.is_empty() && !only.is_empty() {
            return Ok(Vec::new());
        }
        match shop {
            Ok(shop) => check(shop, &of_shop).await,
            Err(error) => Ok(checks::no_way_in(&of_shop, error)),
        }
    };
    let (seen, outside) = tokio::join!(inside(kube, &first), outside);
    let (mut results, outside) = (seen?, outside?);
    results.extend(inside(kube, &last).await?);
    results.extend(outside);
    Ok(results)
}

/// Checks what a shop has in its cluster; nothing where no check is named.
async fn inside(kube: &Kube, names: &[String]) -> Result<Vec<CheckResult>, Error> {
    if names.is_empty() {
        return Ok(Vec::new());
    }
    match kube.check(names, interrupted()).await {
        Ok(results) => results.ok_or(Error::Interrupted),
        Err(error) => Ok(checks::kube::out_of_sight(names, &error)),
    }
}

/// Checks a cluster once. Ctrl-C ends it early and leaves nothing behind.
pub async fn check_cluster(cluster: &Cluster, only: &[String]) -> Result<Vec<CheckResult>, Error> {
    let results = checks::cluster::run(cluster, only, interrupted()).await;
    results.ok_or(Error::Interrupted)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::platform::Verdict;

    fn result(verdict: Verdict) -> CheckResult {
        CheckResult {
            name: "health",
            title: "all is well",
            verdict,
            took: Duration::ZERO,
            evidence: None,
            cause: None,
            hint: None,
        }
    }

    #[test]
    fn only_what_passed_is_good_enough() {
        let ends = |verdicts: &[Verdict]| {
            let results: Vec<_> = verdicts.iter().copied().map(result).collect();
            verdict(&results)
        };
        assert_eq!(ends(&[Verdict::Passed, Verdict::Passed]), Exit::Ok);
        assert_eq!(ends(&[Verdict::Passed, Verdict::Warned]), Exit::Ok);
        assert_eq!(ends(&[Verdict::Passed, Verdict::Failed]), Exit::CheckFailed);
        assert_eq!(
            ends(&[Verdict::Passed, Verdict::Skipped]),
            Exit::CheckFailed
        );
    }
}
