//! What is told while it is waited.

use std::collections::HashSet;

use super::state::State;
use super::trouble::Trouble;
use super::workload::Workload;
use crate::platform::Events;
use crate::platform::kube::diagnosis::Reason;

/// Tells how far everything is, whenever that has changed.
#[derive(Debug, Default)]
pub struct Progress {
    told: String,
    figures: HashSet<String>,
    reasons: HashSet<(usize, Reason)>,
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
        if text == self.told {
            return;
        }
        // What is ready at last is told by the end of the step.
        let is_over = states.iter().all(|state| state.is_done);
        if self.is_new(workloads, states, troubles) && !is_over {
            events.turn(&text);
        } else {
            events.progress(&text);
        }
        self.told = text;
    }

    /// From now on everything is worth telling again.
    pub fn forget(&mut self) {
        self.told.clear();
    }

    /// Whether there are figures or troubles that were never told before: pods that come and go, and words with a clock in
    /// them, would have no end.
    fn is_new(&mut self, workloads: &[Workload], states: &[State], troubles: &[&Trouble]) -> bool {
        let mut is_new = self.figures.insert(figures(workloads, states));
        for trouble in troubles {
            is_new |= self
                .reasons
                .insert((trouble.workload, trouble.cause.reason));
        }
        is_new
    }
}

/// `backend 1/2, frontend 2/2`.
fn figures(workloads: &[Workload], states: &[State]) -> String {
    let each = workloads.iter().zip(states).map(|(workload, state)| {
        let State { ready, wanted, .. } = state;
        format!("{} {ready}/{wanted}", workload.component)
    });
    each.collect::<Vec<_>>().join(", ")
}

/// `backend 1/2, frontend 2/2 · pod/backend-x, container backend: …`.
fn text(workloads: &[Workload], states: &[State], troubles: &[&Trouble]) -> String {
    let mut text = vec![figures(workloads, states)];
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
    use tokio::sync::mpsc::unbounded_channel;

    use super::*;
    use crate::platform::Event;
    use crate::platform::kube::diagnosis::Cause;
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

    /// What is told of one workload: whether in a line of its own, and the text.
    async fn told(changes: &[(i32, Option<(Reason, &str)>)]) -> Vec<(bool, String)> {
        let (sender, mut receiver) = unbounded_channel();
        let events = Events::new(sender);
        let workload = Workload {
            kind: WorkloadKind::Deployment,
            name: "backend".to_owned(),
            component: "backend",
        };
        let mut progress = Progress::default();
        for (ready, trouble) in changes {
            let state = State {
                ready: *ready,
                wanted: 2,
                is_done: *ready == 2,
            };
            let trouble = trouble.map(|(reason, pod)| Trouble::new(0, Cause::of(pod, reason, "")));
            let troubles: Vec<_> = trouble.iter().collect();
            progress.tell(
                std::slice::from_ref(&workload),
                &[state],
                &troubles,
                &events,
            );
        }
        drop(events);
        let mut told = Vec::new();
        while let Some(event) = receiver.recv().await {
            match event {
                Event::Turn(text) => told.push((true, text)),
                Event::Progress(text) => told.push((false, text)),
                other => panic!("{other:?}"),
            }
        }
        told
    }

    #[tokio::test]
    async fn a_line_is_worth_what_was_not_told_before() {
        let (waits, loops) = (Reason::WaitsForNode, Reason::CrashLoop);
        let changes = [
            (0, None),
            (0, None),
            (0, Some((waits, "pod/a"))),
            (0, Some((waits, "pod/b"))),
            (0, None),
            (0, Some((loops, "pod/b"))),
            (1, None),
            (0, Some((loops, "pod/c"))),
            (2, None),
        ];
        let turns: Vec<_> = told(&changes).await.iter().map(|(turn, _)| *turn).collect();
        assert_eq!(turns, [true, true, false, false, true, true, false, false]);
    }
}
