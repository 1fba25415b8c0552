//! Runs the checks of what a shop has in its cluster.

use std::time::Duration;

use super::list::{CHECKS, OfObjects};
use super::scene::Scene;
use crate::config::kubernetes::Kubernetes;
use crate::platform::checks::check::Judging;
use crate::platform::checks::round::{Round, Subject};
use crate::platform::checks::selection::select;
use crate::platform::kube::Cluster;
use crate::platform::{CheckResult, Error};

impl Subject<OfObjects> for Scene<'_> {
    const LIMIT: Duration = Duration::from_mins(2);
    const NEXT: &'static str = "shopctl status";

    fn judge<'a>(&'a self, judge: &OfObjects) -> Judging<'a> {
        judge(self)
    }

    /// What is written is removed by whoever has written it.
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
/// `interrupted` came back first.
pub async fn run(
    cluster: &Cluster,
    settings: &Kubernetes,
    only: &[String],
    interrupted: impl Future<Output = ()>,
) -> Result<Option<Vec<CheckResult>>, Error> {
    let round = async {
        let scene = Scene::of(cluster, settings).await?;
        let selected = select(CHECKS, only).unwrap_or_default();
        Ok(Round::new(CHECKS, &scene).run(&selected).await)
    };
    tokio::select! {
        results = round => results.map(Some),
        () = interrupted => Ok(None),
    }
}
