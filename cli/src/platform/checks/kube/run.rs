//! Runs the checks of what a shop has in its cluster.

use std::time::Duration;

use super::list::{CHECKS, OfObjects};
use super::probes::Probes;
use super::scene::Scene;
use crate::config::kubernetes::Kubernetes;
use crate::platform::checks::check::Judging;
use crate::platform::checks::round::{Round, Subject};
use crate::platform::checks::selection::select;
use crate::platform::kube::Cluster;
use crate::platform::{CheckResult, Error};

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
