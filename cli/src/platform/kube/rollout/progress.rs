//! What is told while it is waited.

use super::state::State;
use super::trouble::Trouble;
use super::workload::Workload;
use crate::platform::Events;

/// Tells how far everything is, whenever that has changed.
#[derive(Debug, Default)]
pub struct Progress {
    told: String,
}

impl Progress {
    /// Tells it.
    pub fn tell(
        &mut self,
        workloads: &[Workload],
        states: &[State],
        troubles: &[&Trouble],
        events: &Events,
    ) {
        let text = text(workloads, states, troubles);
        if text != self.told {
            events.progress(&text);
            self.told = text;
        }
    }
}

/// `backend 1/2, frontend 2/2 · pod/backend-x, container backend: …`.
fn text(workloads: &[Workload], states: &[State], troubles: &[&Trouble]) -> String {
    let each = workloads.iter().zip(states).map(|(workload, state)| {
        let State { ready, wanted, .. } = state;
        format!("{} {ready}/{wanted}", workload.component)
    });
    let mut text = vec![each.collect::<Vec<_>>().join(", ")];
    // One trouble a workload: its replicas have the same one.
    let mut told = Vec::new();
    for trouble in troubles {
        if told.contains(&trouble.workload) {
            continue;
        }
        told.push(trouble.workload);
        let words = trouble.cause.to_string();
        text.push(match trouble.log.lines().last() {
            Some(line) => format!("{words}: {line}"),
            None => words,
        });
    }
    text.join(" · ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::platform::kube::diagnosis::{Cause, Reason};
    use crate::platform::kube::rollout::workload::WorkloadKind;

    #[test]
    fn a_workload_that_struggles_says_why() {
        let workload = |component: &'static str| Workload {
            kind: WorkloadKind::Deployment,
            name: component.to_owned(),
            component,
        };
        let state = |ready| State {
            ready,
            wanted: 2,
            is_done: ready == 2,
        };
        let cause = Cause::of("pod/backend-1", Reason::CrashLoop, "exit code 1");
        let trouble = Trouble::new(0, cause.clone()).read("one\ntwo".to_owned());
        let other = Trouble::new(0, Cause::of("pod/backend-2", Reason::CrashLoop, ""));
        assert_eq!(
            text(
                &[workload("backend"), workload("frontend")],
                &[state(1), state(2)],
                &[&trouble, &other]
            ),
            "backend 1/2, frontend 2/2 · pod/backend-1: the container ends again and again (exit code 1): two"
        );
    }
}
