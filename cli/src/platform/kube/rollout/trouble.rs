//! What is wrong with a workload now.

use super::kin::{kin, newest_pods};
use super::state::State;
use super::workload::Workload;
use crate::platform::kube::diagnosis::{Cause, Reason, Snapshot};

/// One cause, with the workload that it keeps from being ready.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trouble {
    /// The workload's place among those that are waited for.
    pub workload: usize,
    /// What is wrong.
    pub cause: Cause,
    /// The last lines of the container, where they say more.
    pub log: String,
    /// Whether it needs no patience.
    pub is_certain: bool,
}

impl Trouble {
    /// Everything that is wrong with the newest revisions of the workloads that are not done, the best explanation first.
    pub fn of(workloads: &[Workload], states: &[State], snapshot: &Snapshot) -> Vec<Self> {
        let waited: Vec<_> = workloads
            .iter()
            .zip(states)
            .enumerate()
            .filter(|(_, (_, state))| !state.is_done)
            .map(|(place, (workload, _))| (place, kin(workload, snapshot)))
            .collect();
        let causes = snapshot.causes().into_iter();
        let troubles = causes.filter_map(|cause| {
            let (workload, _) = waited.iter().find(|(_, kin)| kin.contains(&cause.object))?;
            Some(Self::new(*workload, cause))
        });
        troubles.collect()
    }

    /// The newest warning about a pod of each workload that is not done and that none of these explains.
    pub fn unexplained(
        workloads: &[Workload],
        states: &[State],
        snapshot: &Snapshot,
        explained: &[Self],
    ) -> Vec<Self> {
        let waited = workloads.iter().zip(states).enumerate();
        let unexplained = waited.filter(|(place, (_, state))| {
            !state.is_done && explained.iter().all(|trouble| trouble.workload != *place)
        });
        let warned = unexplained.filter_map(|(place, (workload, _))| {
            let pods = newest_pods(workload, snapshot).into_iter();
            let warning = pods
                .rev()
                .find_map(|pod| snapshot.warning("Pod", &pod.metadata))?;
            let cause = Cause::of(workload.to_string(), Reason::TimedOut, warning);
            Some(Self::new(place, cause))
        });
        warned.collect()
    }

    /// A trouble whose log has not been read.
    pub const fn new(workload: usize, cause: Cause) -> Self {
        Self {
            workload,
            cause,
            log: String::new(),
            is_certain: false,
        }
    }

    /// Adds what the log says.
    pub fn read(mut self, log: String) -> Self {
        let attempts = self.cause.attempt.map_or(0, |attempt| attempt.number);
        self.cause = self.cause.in_the_light_of(&log);
        // Two attempts that end the same way leave no doubt.
        self.is_certain = attempts > 1 && self.cause.reason == Reason::NameResolution;
        self.log = log;
        self
    }
}
