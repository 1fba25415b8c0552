//! One component as the supervisor sees it: what it should be, what it is, what to do next.

use std::process::ExitStatus;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use time::OffsetDateTime;

use super::backoff::Backoff;
use super::child::{self, Running, SharedLog, lock};
use super::log_file::LogFile;
use super::state::{self, Phase};
use crate::plan::Component;
use crate::platform::local::layout::Layout;
use crate::platform::local::running::spec::Spec;
use crate::platform::process::signal::Signal;
use crate::platform::process::tool::how;

/// A component that is wanted, or still runs.
pub struct Part {
    /// How it should run; none when it should not.
    wanted: Option<Spec>,
    /// How it runs.
    running: Option<(Spec, Running)>,
    /// When it was told to end, until when it may take, and whether it was killed after that.
    stop: Option<(Instant, bool)>,
    /// When it may be started again.
    due: Option<Instant>,
    backoff: Backoff,
    restarts: u32,
    cause: Option<String>,
    since: OffsetDateTime,
    log: SharedLog,
}

/// A future that ends with a child.
pub type Ended = std::pin::Pin<Box<dyn Future<Output = (Component, Option<ExitStatus>)>>>;

impl Part {
    /// A component that does not run.
    pub fn new(layout: &Layout, component: Component) -> Self {
        Self {
            wanted: None,
            running: None,
            stop: None,
            due: None,
            backoff: Backoff::default(),
            restarts: 0,
            cause: None,
            since: OffsetDateTime::now_utc(),
            log: Arc::new(Mutex::new(LogFile::new(layout.log(component)))),
        }
    }

    /// Says how it should run from now on; not at all when none. What went wrong with another way to run it does not
    /// count any more.
    pub fn want(&mut self, spec: Option<Spec>) {
        if self.wanted != spec {
            self.due = None;
            self.backoff = Backoff::default();
            self.wanted = spec;
        }
    }

    /// Whether it should run.
    pub const fn is_wanted(&self) -> bool {
        self.wanted.is_some()
    }

    /// Whether there is a process.
    pub const fn runs(&self) -> bool {
        self.running.is_some()
    }

    /// What is to be done next; none when all is as it should be. `blocked` keeps a component from being stopped
    /// that others still need.
    pub fn advance(&mut self, now: Instant, blocked: bool) -> Option<Ended> {
        if let Some((spec, running)) = &self.running {
            match self.stop {
                Some((deadline, false)) if now >= deadline => {
                    running.signal(Signal::Kill);
                    self.stop = Some((deadline, true));
                }
                None if self.wanted.as_ref() != Some(spec) && !blocked => {
                    running.signal(spec.stop_signal);
                    let patience = Duration::from_secs(spec.stop_timeout_seconds);
                    self.stop = Some((now + patience, false));
                    self.since = OffsetDateTime::now_utc();
                }
                _ => {}
            }
            return None;
        }
        let spec = self.wanted.clone()?;
        if self.due.is_some_and(|due| now < due) {
            return None;
        }
        self.start(spec, now)
    }

    fn start(&mut self, spec: Spec, now: Instant) -> Option<Ended> {
        let component = spec.component;
        match child::start(&spec, &self.log) {
            Ok((running, ended)) => {
                self.since = running.since;
                self.running = Some((spec, running));
                self.due = None;
                Some(Box::pin(async move { (component, ended.await) }))
            }
            Err(error) => {
                self.failed(
                    format!("it could not be started: {error}"),
                    Duration::ZERO,
                    now,
                );
                None
            }
        }
    }

    /// Takes note that the process has ended.
    pub fn ended(&mut self, status: Option<ExitStatus>, now: Instant) {
        let Some((_, running)) = self.running.take() else {
            return;
        };
        self.since = OffsetDateTime::now_utc();
        if self.stop.take().is_some() {
            self.due = None;
            return;
        }
        let how = status.map_or_else(|| "ended".to_owned(), how);
        self.failed(how, now.duration_since(running.started), now);
    }

    fn failed(&mut self, cause: String, lifetime: Duration, now: Instant) {
        self.due = Some(now + self.backoff.failed(lifetime));
        self.restarts = self.restarts.saturating_add(1);
        self.cause = Some(cause);
        self.since = OffsetDateTime::now_utc();
    }

    /// When to look at it again although nothing has happened.
    pub fn deadline(&self) -> Option<Instant> {
        match (&self.running, self.stop) {
            (Some(_), Some((deadline, false))) => Some(deadline),
            (Some(_), _) => None,
            (None, _) => self.wanted.as_ref().and(self.due),
        }
    }

    /// What it tells the world.
    pub fn state(&self) -> state::Part {
        let phase = self.phase();
        let troubled = matches!(phase, Phase::BackingOff | Phase::CrashLoop);
        state::Part {
            phase,
            process: self.running.as_ref().map(|(_, running)| running.process),
            since: self.since,
            restarts: self.restarts,
            cause: self.cause.clone(),
            last_lines: if troubled {
                lock(&self.log).last()
            } else {
                Vec::new()
            },
        }
    }

    fn phase(&self) -> Phase {
        match (&self.running, self.stop, &self.wanted) {
            (Some(_), Some(_), _) => Phase::Stopping,
            (Some(_), None, _) => Phase::Running,
            (None, _, Some(_)) if self.backoff.is_crash_loop() => Phase::CrashLoop,
            (None, _, Some(_)) => Phase::BackingOff,
            (None, _, None) => Phase::Stopped,
        }
    }
}
