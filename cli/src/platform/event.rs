//! What an operation tells while it goes on.

use std::time::Duration;

use tokio::sync::mpsc::{UnboundedSender, WeakUnboundedSender};

/// Something that happened; the report room decides how it looks.
#[derive(Debug, Clone)]
pub enum Event {
    /// A step begins; `step` is its text, `number` counts from 1 to `of`.
    StepStarted {
        /// The step, for people.
        step: String,
        /// Its place in the plan, from 1.
        number: usize,
        /// How many steps the plan has.
        of: usize,
    },
    /// What a long step is busy with at the moment.
    Progress(String),
    /// The same, where it is not as it was in substance: worth a line where nothing can be drawn.
    Turn(String),
    /// A step came to its end.
    StepDone {
        /// The step, for people.
        step: String,
        /// How long it took.
        took: Duration,
    },
    /// Something worth a line that is no step.
    Note(String),
    /// A host goes on with a role.
    HostBusy(HostProgress),
    /// A host is done with a role.
    HostDone(HostProgress),
}

/// How far a host is with a role.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HostProgress {
    /// The host.
    pub host: String,
    /// The role.
    pub role: String,
    /// The task that it is busy with, or that failed.
    pub task: String,
    /// How many tasks had nothing to change.
    pub ok: u32,
    /// How many tasks changed something.
    pub changed: u32,
    /// Whether a task has failed.
    pub failed: bool,
    /// How long it took until now.
    pub took: Duration,
}

/// Where events go. Cloned freely; a reader that has gone is no error.
#[derive(Debug, Clone)]
pub struct Events(UnboundedSender<Event>);

/// Where events go for as long as somebody else tells some there; this alone keeps no listener waiting for more.
#[derive(Debug, Clone)]
pub struct WeakEvents(WeakUnboundedSender<Event>);

impl WeakEvents {
    /// The events, if they still go anywhere.
    pub fn upgrade(&self) -> Option<Events> {
        self.0.upgrade().map(Events)
    }
}

impl Events {
    /// Events into this channel.
    pub fn new(sender: UnboundedSender<Event>) -> Self {
        Self(sender)
    }

    /// Events that nobody hears.
    pub fn unheard() -> Self {
        Self(tokio::sync::mpsc::unbounded_channel().0)
    }

    /// The same, without keeping the listener waiting for more.
    pub fn downgrade(&self) -> WeakEvents {
        WeakEvents(self.0.downgrade())
    }

    /// Tells one event.
    pub fn tell(&self, event: Event) {
        // Nobody listening any more must not fail the operation.
        let _ = self.0.send(event);
    }

    /// Tells what a long step is busy with.
    pub fn progress(&self, text: impl Into<String>) {
        self.tell(Event::Progress(text.into()));
    }

    /// Tells what a long step is busy with, where that is not as it was in substance.
    pub fn turn(&self, text: impl Into<String>) {
        self.tell(Event::Turn(text.into()));
    }

    /// Tells something worth a line.
    pub fn note(&self, text: impl Into<String>) {
        self.tell(Event::Note(text.into()));
    }
}
