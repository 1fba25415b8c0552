//! What the supervisor does with its children: start what is missing, restart what changed or fell, stop what is not
//! wanted any more.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write as _;
use std::time::Duration;

use futures_util::StreamExt as _;
use futures_util::stream::FuturesUnordered;
use time::OffsetDateTime;
use tokio::sync::mpsc::UnboundedReceiver;
use tokio::time::{Instant, sleep_until};

use super::door::Door;
use super::part::{Ended, Part};
use super::state::State;
use crate::plan::Component;
use crate::platform::Error;
use crate::platform::local::layout::Layout;
use crate::platform::local::running::spec::Desired;
use crate::platform::local::running::stamp;
use crate::platform::process::identity::Identity;

/// How long until a state that could not be written is tried again.
const WRITE_AGAIN: Duration = Duration::from_secs(1);

/// What the supervisor is told from outside.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    /// Read again what is to run.
    Reread,
    /// Stop everything.
    End,
}

/// Everything that the supervisor knows.
pub struct Supervisor {
    layout: Layout,
    identity: Identity,
    desired: Desired,
    parts: BTreeMap<Component, Part>,
    /// The ends of the children are awaited here and not in tasks, so that no number is free before it is known.
    ends: FuturesUnordered<Ended>,
    door: Door,
    ending: bool,
    written: Option<State>,
}

impl Supervisor {
    /// A supervisor that runs nothing yet.
    pub fn new(layout: Layout) -> Result<Self, Error> {
        let identity = Identity::own().ok_or_else(|| Error::Prerequisite {
            what: "the process table in `/proc` cannot be read".to_owned(),
            cure: "mount `/proc`".to_owned(),
        })?;
        let part = |component| (component, Part::new(&layout, component));
        let parts = Component::ALL.into_iter().map(part).collect();
        Ok(Self {
            layout,
            identity,
            desired: Desired::default(),
            parts,
            ends: FuturesUnordered::new(),
            door: Door::default(),
            ending: false,
            written: None,
        })
    }

    /// Lives until it is told to end, and nothing runs any more.
    pub async fn live(&mut self, orders: &mut UnboundedReceiver<Order>) {
        self.read_desired();
        loop {
            self.reconcile().await;
            let published = self.publish();
            if self.ending && self.is_at_rest() {
                return;
            }
            let deadline = self.deadline(published);
            tokio::select! {
                order = orders.recv() => match order {
                    Some(Order::Reread) => self.read_desired(),
                    Some(Order::End) | None => self.end(),
                },
                Some((component, status)) = self.ends.next() => {
                    note(&format!("{component} has ended"));
                    if let Some(part) = self.parts.get_mut(&component) {
                        part.ended(status, std::time::Instant::now());
                    }
                }
                () = self.door.closed() => {}
                () = sleep_until(deadline) => {}
            }
        }
    }

    /// Reads what is to run. What cannot be read changes nothing.
    fn read_desired(&mut self) {
        if self.ending {
            return;
        }
        let text = fs::read(self.layout.desired());
        match text.and_then(|text| Ok(serde_json::from_slice::<Desired>(&text)?)) {
            Ok(desired) => {
                note("reading what is to run");
                self.want(desired);
            }
            Err(error) => note(&format!("cannot read what is to run: {error}")),
        }
    }

    fn want(&mut self, desired: Desired) {
        for (component, part) in &mut self.parts {
            let spec = desired
                .components
                .iter()
                .find(|spec| spec.component == *component);
            part.want(spec.cloned());
        }
        self.desired = desired;
    }

    fn end(&mut self) {
        if !self.ending {
            note("ending");
        }
        self.ending = true;
        self.want(Desired::default());
    }

    async fn reconcile(&mut self) {
        self.door.reconcile(self.desired.front_door).await;
        let services_run = Component::SERVICES
            .iter()
            .any(|service| self.parts[service].runs());
        let door_closing = self.door.is_closing();
        let now = std::time::Instant::now();
        for (component, part) in &mut self.parts {
            let removed = !part.is_wanted();
            let is_store = Component::STORES.contains(component);
            // Requests that are under way need the services, and those need the stores.
            let blocked = removed && (door_closing || (is_store && services_run));
            if let Some(end) = part.advance(now, blocked) {
                note(&format!("{component} was started"));
                self.ends.push(end);
            }
        }
    }

    fn is_at_rest(&self) -> bool {
        !self.door.is_closing() && !self.parts.values().any(Part::runs)
    }

    fn deadline(&self, published: bool) -> Instant {
        let parts = self
            .parts
            .values()
            .filter_map(Part::deadline)
            .map(Instant::from_std);
        let again = (!published || self.door.is_in_trouble()).then(|| Instant::now() + WRITE_AGAIN);
        // An hour stands for never: everything that matters wakes the loop.
        let never = Instant::now() + Duration::from_hours(1);
        parts.chain(again).chain([never]).min().unwrap_or(never)
    }

    /// Writes the state if it has changed; whether it is written. It need not survive the machine.
    fn publish(&mut self) -> bool {
        let state = State {
            supervisor: self.identity,
            desired: self.desired.clone(),
            components: self
                .parts
                .iter()
                .map(|(component, part)| (*component, part.state()))
                .collect(),
            front_door_open: self.door.is_open(),
            front_door_trouble: self.door.trouble(),
        };
        if self.written.as_ref() == Some(&state) {
            return true;
        }
        let path = self.layout.state();
        let new = path.with_extension("json.new");
        let text = serde_json::to_vec(&state).unwrap_or_default();
        let written = fs::write(&new, text)
            .and_then(|()| fs::rename(&new, &path))
            .is_ok();
        if written {
            self.written = Some(state);
        }
        written
    }
}

/// Says something into the supervisor's own log. A full disk is no failure.
fn note(text: &str) {
    let stamp = stamp::text(OffsetDateTime::now_utc());
    let _ = writeln!(std::io::stderr().lock(), "{stamp} {text}");
}

#[cfg(test)]
mod tests {
    use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};
    use tokio::time::sleep;

    use super::*;
    use crate::platform::local::running::spec::Spec;
    use crate::platform::local::running::supervisor::state::{Part as PartState, Phase};
    use crate::platform::local::testing;
    use crate::platform::process::signal::Signal;

    /// A supervisor in a directory of its own, which is told what to do while the test goes on.
    struct Stage {
        directory: tempfile::TempDir,
        layout: Layout,
        orders: UnboundedSender<Order>,
    }

    impl Stage {
        /// Runs the test beside the supervisor, then ends that.
        async fn run(test: impl AsyncFnOnce(&Stage)) {
            let directory = tempfile::tempdir().unwrap();
            let layout = Layout::new(directory.path());
            fs::create_dir_all(layout.run()).unwrap();
            fs::create_dir_all(layout.logs()).unwrap();
            let (orders, mut received) = unbounded_channel();
            let mut supervisor = Supervisor::new(layout.clone()).unwrap();
            let stage = Stage {
                directory,
                layout,
                orders,
            };
            let story = async {
                test(&stage).await;
                stage.orders.send(Order::End).unwrap();
            };
            tokio::join!(supervisor.live(&mut received), story);
            let end = State::read(&stage.layout.state()).unwrap();
            assert!(end.components.values().all(|part| part.process.is_none()));
        }

        fn spec(&self, component: Component, script: &str) -> Spec {
            testing::spec(component, script, self.directory.path())
        }

        fn want(&self, components: Vec<Spec>) {
            let desired = Desired {
                components,
                ..Desired::default()
            };
            fs::write(self.layout.desired(), serde_json::to_vec(&desired).unwrap()).unwrap();
            self.orders.send(Order::Reread).unwrap();
        }

        /// Waits until the component's state is as wanted.
        async fn until(
            &self,
            component: Component,
            is_so: impl Fn(&PartState) -> bool,
        ) -> PartState {
            loop {
                let state = State::read(&self.layout.state());
                let part = state.and_then(|state| state.components.get(&component).cloned());
                if let Some(part) = part.filter(&is_so) {
                    return part;
                }
                sleep(Duration::from_millis(2)).await;
            }
        }

        async fn running(&self, component: Component) -> PartState {
            self.until(component, |part| part.phase == Phase::Running)
                .await
        }
    }

    #[tokio::test]
    async fn what_falls_is_started_again() {
        Stage::run(async |stage| {
            stage.want(vec![stage.spec(Component::Backend, "exec sleep 60")]);
            let first = stage.running(Component::Backend).await;
            assert!(first.process.unwrap().signal(Signal::Kill));
            let second = stage.until(Component::Backend, |part| {
                part.restarts == 1 && part.phase == Phase::Running
            });
            let second = second.await;
            assert_ne!(second.process, first.process);
            assert_eq!(second.cause.as_deref(), Some("ended by SIGKILL"));
        })
        .await;
    }

    #[tokio::test]
    async fn what_changes_is_restarted_and_what_is_removed_is_stopped() {
        Stage::run(async |stage| {
            let same = stage.spec(Component::Redis, "exec sleep 60");
            stage.want(vec![
                same.clone(),
                stage.spec(Component::Backend, "exec sleep 60"),
            ]);
            let redis = stage.running(Component::Redis).await;
            let backend = stage.running(Component::Backend).await;
            stage.want(vec![
                same.clone(),
                stage.spec(Component::Backend, "exec sleep 61"),
            ]);
            let is_another =
                |part: &PartState| part.process.is_some() && part.process != backend.process;
            let changed = stage.until(Component::Backend, is_another).await;
            assert_eq!(changed.restarts, 0);
            assert_eq!(stage.running(Component::Redis).await.process, redis.process);
            stage.want(vec![same]);
            stage
                .until(Component::Backend, |part| part.phase == Phase::Stopped)
                .await;
            assert_eq!(stage.running(Component::Redis).await.process, redis.process);
        })
        .await;
    }

    #[tokio::test]
    async fn a_crash_loop_is_named_with_the_last_lines() {
        Stage::run(async |stage| {
            stage.want(vec![
                stage.spec(Component::Backend, "echo no such port; exit 2"),
            ]);
            let part = stage
                .until(Component::Backend, |part| part.phase == Phase::CrashLoop)
                .await;
            assert_eq!(part.cause.as_deref(), Some("exit code 2"));
            assert_eq!(part.last_lines, ["no such port"]);
            // Whoever mends it need not wait for the end of the pause.
            stage.want(vec![stage.spec(Component::Backend, "exec sleep 60")]);
            stage.running(Component::Backend).await;
        })
        .await;
    }

    #[tokio::test]
    async fn a_program_that_is_not_there_is_a_crash_loop_too() {
        Stage::run(async |stage| {
            let spec = Spec {
                argv: vec!["/nowhere/backend".to_owned()],
                ..stage.spec(Component::Backend, "")
            };
            stage.want(vec![spec]);
            let part = stage
                .until(Component::Backend, |part| part.phase == Phase::CrashLoop)
                .await;
            assert!(part.cause.unwrap().contains("could not be started"));
        })
        .await;
    }

    #[tokio::test]
    async fn services_end_before_the_stores() {
        Stage::run(async |stage| {
            let script = |name: &str| {
                format!("trap 'echo {name} >>order; exit 0' TERM; echo ready >{name}; while :; do sleep 0.01; done")
            };
            let names = [(Component::Postgres, "store"), (Component::Backend, "service")];
            stage.want(names.map(|(component, name)| stage.spec(component, &script(name))).to_vec());
            for (_, name) in names {
                while !stage.directory.path().join(name).exists() {
                    sleep(Duration::from_millis(2)).await;
                }
            }
            stage.orders.send(Order::End).unwrap();
            stage.until(Component::Postgres, |part| part.phase == Phase::Stopped).await;
            let order = fs::read_to_string(stage.directory.path().join("order")).unwrap();
            assert_eq!(order, "service\nstore\n");
        })
        .await;
    }

    #[tokio::test]
    async fn a_deaf_child_is_killed_in_the_end() {
        Stage::run(async |stage| {
            let script = "trap '' TERM; echo deaf; while :; do sleep 0.01; done";
            let deaf = Spec {
                stop_timeout_seconds: 0,
                ..stage.spec(Component::Backend, script)
            };
            stage.want(vec![deaf]);
            stage.running(Component::Backend).await;
            let log = stage.layout.log(Component::Backend);
            while !fs::read_to_string(&log).is_ok_and(|text| text.contains("deaf")) {
                sleep(Duration::from_millis(2)).await;
            }
            stage.want(Vec::new());
            stage
                .until(Component::Backend, |part| part.phase == Phase::Stopped)
                .await;
        })
        .await;
    }

    #[tokio::test]
    async fn rubbish_changes_nothing() {
        Stage::run(async |stage| {
            stage.want(vec![stage.spec(Component::Backend, "exec sleep 60")]);
            let before = stage.running(Component::Backend).await;
            fs::write(stage.layout.desired(), "rubbish").unwrap();
            stage.orders.send(Order::Reread).unwrap();
            stage.want(vec![
                stage.spec(Component::Backend, "exec sleep 60"),
                stage.spec(Component::Redis, "exec sleep 60"),
            ]);
            stage.running(Component::Redis).await;
            assert_eq!(stage.running(Component::Backend).await, before);
        })
        .await;
    }
}
