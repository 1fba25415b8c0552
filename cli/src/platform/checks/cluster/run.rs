//! Runs the checks of a cluster.

use std::time::Duration;

use super::list::{CHECKS, OfCluster};
use super::proof::Proof;
use crate::platform::CheckResult;
use crate::platform::checks::check::Judging;
use crate::platform::checks::round::{Round, Subject};
use crate::platform::checks::selection::{UnknownCheck, select};
use crate::platform::kube::Cluster;

/// The name that stands for all of them in `verify --only`.
const GROUP: &str = "cluster";

/// How long the removal of the scratch namespace may take to be accepted.
const REMOVAL: Duration = Duration::from_secs(5);

impl Subject<OfCluster> for Proof<'_> {
    const LIMIT: Duration = Duration::from_mins(2);
    const NEXT: &'static str = "shopctl cluster status --inventory FILE";

    fn judge<'a>(&'a self, judge: &OfCluster) -> Judging<'a> {
        judge(self)
    }

    fn has_written(&self) -> bool {
        Proof::has_written(self)
    }
}

/// The names and titles of all checks of a cluster, in their fixed order.
pub fn list() -> Vec<(&'static str, &'static str)> {
    CHECKS
        .iter()
        .map(|check| (check.name, check.title))
        .collect()
}

/// Fails with the first name that no check of a cluster has.
pub fn ensure_known(only: &[String]) -> Result<(), UnknownCheck> {
    select(CHECKS, &named(only)).map(|_| ())
}

/// Runs the checks of these names, all when there are none, and returns them in their fixed order. Whatever ends it, the
/// scratch namespace is removed; nothing is returned when `interrupted` came back first.
pub async fn run(
    cluster: &Cluster,
    only: &[String],
    interrupted: impl Future<Output = ()>,
) -> Option<Vec<CheckResult>> {
    let proof = Proof::new(cluster);
    let selected = select(CHECKS, &named(only)).unwrap_or_default();
    let results = tokio::select! {
        results = Round::new(CHECKS, &proof).run(&selected) => Some(results),
        () = interrupted => None,
    };
    if proof.has_written() {
        // What cannot be removed in time is removed by the next run.
        let _ = tokio::time::timeout(REMOVAL, proof.scratch.remove()).await;
    }
    results
}

/// The names without the group; all checks when it is among them.
fn named(only: &[String]) -> Vec<String> {
    if only.iter().any(|name| name == GROUP) {
        return Vec::new();
    }
    only.to_vec()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_group_is_all_of_them() {
        assert!(named(&["cluster-dns".to_owned(), GROUP.to_owned()]).is_empty());
        assert!(ensure_known(&[GROUP.to_owned()]).is_ok());
        assert!(ensure_known(&["cluster-dns".to_owned()]).is_ok());
        assert!(ensure_known(&["clusterdns".to_owned()]).is_err());
    }

    #[test]
    fn names_begin_with_the_group_and_needs_stand_above() {
        for (place, check) in CHECKS.iter().enumerate() {
            assert!(check.name.starts_with("cluster-"), "{}", check.name);
            for need in check.needs {
                assert!(CHECKS[..place].iter().any(|other| other.name == *need));
            }
        }
    }
}
