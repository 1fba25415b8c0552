//! The supervisor's life: start what is missing, restart what changed or fell, stop what is not wanted any more.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write as _;
use std::time::Duration;

use futures_util::StreamExt as _;
use futures_util::stream::FuturesUnordered;
use time::OffsetDateTime;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::time::{Instant, sleep_until};

use super::door::Door;
use super::part::{Ended, Part};
use super::state::State;
use crate::plan::Component;
use crate::platform::Error;
use crate::platform::local::layout::Layout;
use crate::platform::local::lock::Lock;
use crate::platform::local::process::Identity;
use crate::platform::local::spec::Desired;
use crate::platform::local::{leftovers, stamp};

/// How long until a state that could not be written is tried again.
const WRITE_AGAIN: Duration = Duration::from_secs(1);

/// Runs until it is told to end; then nothing of the shop runs any more.
///
/// The caller's thread must be the one that lives as long as the process, see [`super::child::start`].
pub async fn run(layout: Layout) -> Result<(), Error> {
    // Before the lock is taken: whoever sees the lock may send signals.
    let mut signals =
        Signals::new().map_err(|source| Error::file("watch signals for", layout.root(), source))?;
    let Some(_lock) = Lock::take(&layout.supervisor_lock(), "supervise")? else {
        return Err(Error::Locked {
            place: layout.root().display().to_string(),
            holder: Lock::holder(&layout.supervisor_lock()),
        });
    };
    // What the last supervisor wrote is not true any more.
    let _ = fs::remove_file(layout.state());
    leftovers::end(&layout).await;
    let mut supervisor = Supervisor::new(layout)?;
    supervisor.read_desired();
    supervisor.live(&mut signals).await;
    Ok(())
}

struct Signals {
    hangup: Signal,
    interrupt: Signal,
    terminate: Signal,
}

impl Signals {
    fn new() -> std::io::Result<Self> {
        Ok(Self {
            hangup: signal(SignalKind::hangup())?,
            interrupt: signal(SignalKind::interrupt())?,
            terminate: signal(SignalKind::terminate())?,
        })
    }
}

struct Supervisor {
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
    fn new(layout: Layout) -> Result<Self, Error> {
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

    async fn live(&mut self, signals: &mut Signals) {
        loop {
            self.reconcile().await;
            let published = self.publish();
            if self.ending && self.is_at_rest() {
                return;
            }
            let deadline = self.deadline(published);
            tokio::select! {
                _ = signals.hangup.recv() => self.read_desired(),
                _ = signals.interrupt.recv() => self.end(),
                _ = signals.terminate.recv() => self.end(),
                Some((component, status)) = self.ends.next() => {
                    if let Some(part) = self.parts.get_mut(&component) {
                        part.ended(status, std::time::Instant::now());
                        note(&format!("{component} has ended"));
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
            part.wanted = desired
                .components
                .iter()
                .find(|spec| spec.component == *component)
                .cloned();
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
            let removed = part.wanted.is_none();
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
