//! Runs a playbook to its end.

use std::fs::{self, File};
use std::io::{self, Read as _, Seek as _};
use std::path::Path;
use std::process::ExitStatus;
use std::time::{Duration, Instant};

use serde_json::Value;
use tokio::time::timeout;

use super::argv::{self, Call};
use super::engine::Engine;
use super::error::Error;
use super::event::{Event, parse};
use super::fifo::Fifo;
use super::inventory::Inventory;
use super::leftovers;
use super::outcome::{Outcome, Stop};
use super::playbooks;
use super::recap::Recap;
use super::tally::Tally;
use crate::plan::Playbook;
use crate::platform::Events;
use crate::platform::clusters::Place;
use crate::platform::process::signal::Signal;
use crate::platform::process::tool::{Group, Tool, how};
use crate::platform::state::durable;

/// How long Ansible may take to end after it was told to, before it is told more firmly.
const GRACE: [(Signal, Duration); 3] = [
    (Signal::Interrupt, Duration::from_secs(10)),
    (Signal::Terminate, Duration::from_secs(5)),
    (Signal::Kill, Duration::from_secs(5)),
];

/// How long to look for events that are still in the pipe after Ansible has ended.
const LAST_WORDS: Duration = Duration::from_millis(20);

/// One run of a playbook.
#[derive(Debug)]
pub struct Play<'a> {
    /// Ansible.
    pub engine: &'a Engine,
    /// Where what is known of the cluster lives. Its lock must be held.
    pub place: &'a Place,
    /// The hosts.
    pub inventory: &'a Inventory,
    /// What to run.
    pub playbook: Playbook,
    /// What the playbook is told besides.
    pub extra_vars: Value,
}

/// Runs the playbook and tells what happens. When `interrupted` comes back, Ansible is told to end and waited for.
pub async fn play(
    play: &Play<'_>,
    events: &Events,
    interrupted: impl Future<Output = ()>,
) -> Result<Outcome, Stop> {
    leftovers::end(&play.place.events()).await;
    let tool = prepare(play)?;
    let command_line = tool.command_line();
    let (log, start) = play.place.open_log(&command_line)?;
    let mut run = Run {
        fifo: Fifo::make(&play.place.events())?,
        group: tool.start(log)?,
        tally: Tally::default(),
        recap: Recap::default(),
        events: events.clone(),
    };
    let ended = tokio::select! {
        ended = run.follow() => ended,
        () = interrupted => {
            run.stop().await;
            leftovers::end(&play.place.events()).await;
            return Err(Stop::Interrupted);
        }
    };
    // Nobody reads it any more.
    let _ = fs::remove_file(play.place.events());
    let status = match ended {
        Ok(status) if status.success() => return Ok(run.recap.into_outcome()),
        Ok(status) => how(status),
        Err(error) => error.to_string(),
    };
    // A worker whose leader was killed waits for ever for somebody to hear its result.
    leftovers::end(&play.place.events()).await;
    if let Some(findings) = run.recap.unfit() {
        if play.playbook == Playbook::Doctor {
            return Ok(run.recap.into_outcome());
        }
        return Err(Error::unfit(findings).into());
    }
    let said = tail(&play.place.log(), start).unwrap_or_default();
    Err(Stop::Failed(Error::Failed {
        command_line,
        status,
        detail: run.recap.detail(&play.place.log(), &said),
    }))
}

/// Writes what the run needs and puts its command together.
fn prepare(play: &Play<'_>) -> Result<Tool, Error> {
    let playbooks = playbooks::unpack(&play.place.playbooks())?;
    let extra_vars = play.place.extra_vars();
    let text = play.extra_vars.to_string();
    durable::write(&extra_vars, text.as_bytes(), 0o600, None)?;
    let call = Call {
        program: &play.engine.playbook,
        playbooks: &playbooks,
        playbook: play.playbook,
        inventory: &play.inventory.path,
        extra_vars: &extra_vars,
    };
    let tool = argv::playbook(&call)
        .besides(surroundings(&play.place.events()))
        // Ansible passes this one on to its workers, which lead groups of their own.
        .dying_by(Signal::Terminate);
    Ok(tool)
}

/// What makes no difference to what is done, only to how it is told.
fn surroundings(events: &Path) -> [(String, String); 4] {
    [
        (leftovers::EVENTS, events.to_string_lossy().into_owned()),
        // Ansible refuses to start where the encoding is not UTF-8.
        ("LC_ALL", "C.UTF-8".to_owned()),
        ("ANSIBLE_NOCOLOR", "1".to_owned()),
        ("PYTHONUNBUFFERED", "1".to_owned()),
    ]
    .map(|(name, value)| (name.to_owned(), value))
}

/// A run that is under way.
struct Run {
    fifo: Fifo,
    group: Group,
    tally: Tally,
    recap: Recap,
    events: Events,
}

impl Run {
    /// Reads events until Ansible has ended. It may be dropped and called again.
    async fn follow(&mut self) -> io::Result<ExitStatus> {
        let ended = loop {
            let line = tokio::select! {
                line = self.fifo.line() => line,
                ended = self.group.wait() => break ended,
            };
            self.take(&line);
        };
        while let Ok(line) = timeout(LAST_WORDS, self.fifo.line()).await {
            self.take(&line);
        }
        ended
    }

    fn take(&mut self, line: &str) {
        let event = parse(line).unwrap_or(Event::Unknown);
        self.recap.note(&event);
        for told in self.tally.count(&event, Instant::now()) {
            self.events.tell(told);
        }
    }

    /// Ends Ansible, politely at first. Events are read on, so that it cannot hang on a full pipe.
    async fn stop(&mut self) {
        self.events.note("telling Ansible to end");
        for (signal, patience) in GRACE {
            self.group.signal(signal);
            if timeout(patience, self.follow()).await.is_ok() {
                return;
            }
        }
    }
}

/// What the log says from that byte on; the last part of it, if it is long.
fn tail(log: &Path, start: u64) -> io::Result<String> {
    const MUCH: u64 = 16 * 1024;
    let mut file = File::open(log)?;
    let length = file.metadata()?.len();
    file.seek(io::SeekFrom::Start(start.max(length.saturating_sub(MUCH))))?;
    let mut bytes = Vec::new();
    file.read_to_end(&mut bytes)?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}
