//! The supervisor as seen from outside: start it, tell it what to run, stop it.

use std::ffi::OsStr;
use std::fs::{self, OpenOptions};
use std::os::unix::fs::OpenOptionsExt as _;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use procfs::process::all_processes;
use tokio::time::{Instant, sleep};

use crate::config::env_vars;
use crate::platform::Error;
use crate::platform::local::layout::Layout;
use crate::platform::local::running::leftovers;
use crate::platform::local::running::logs::last_lines;
use crate::platform::local::running::spec::Desired;
use crate::platform::local::running::supervisor::State;
use crate::platform::process::identity::Identity;
use crate::platform::process::signal::Signal;
use crate::platform::process::tool::how;
use crate::platform::state::durable;
use crate::platform::state::lock::Lock;

/// How often to look whether something has come to pass.
const INTERVAL: Duration = Duration::from_millis(3);

/// The supervisor's log is put aside when it has grown beyond this many bytes.
const LOG_LIMIT: u64 = 1024 * 1024;

/// The verb that it is started with.
const VERB: &str = "supervise";

/// Whether the supervisor lives.
pub fn lives(layout: &Layout) -> bool {
    Lock::is_held(&layout.supervisor_lock())
}

/// What the living supervisor tells; none when it does not live or is only beginning or ending to.
pub fn state(layout: &Layout) -> Option<State> {
    if !lives(layout) {
        return None;
    }
    State::read(&layout.state()).filter(|state| state.supervisor.lives())
}

/// Makes the supervisor run this, starting it if it does not live. An attached one ends with this process.
pub async fn apply(
    layout: &Layout,
    desired: &Desired,
    attached: bool,
    patience: Duration,
) -> Result<(), Error> {
    let text = serde_json::to_vec_pretty(desired).unwrap_or_default();
    durable::write_for_now(&layout.desired(), &text)?;
    let mut started: Option<Child> = None;
    let mut told = false;
    let deadline = Instant::now() + patience;
    loop {
        // Not only once: one that was just killed may hold its lock for another moment.
        if started.is_none() && !lives(layout) {
            // It is of a dead supervisor, whose number may belong to another program by now.
            let _ = fs::remove_file(layout.state());
            started = Some(spawn(layout, attached)?);
        }
        if let Some(state) = state(layout) {
            if state.desired == *desired {
                return Ok(());
            }
            if !told {
                told = state.supervisor.signal(Signal::Hangup);
            }
        }
        let ended = started
            .as_mut()
            .and_then(|child| child.try_wait().ok().flatten());
        if let Some(status) = ended {
            return Err(not_ready(layout, format!("it ended: {}", how(status))));
        }
        if Instant::now() >= deadline {
            return Err(not_ready(layout, "it does not answer".to_owned()));
        }
        sleep(INTERVAL).await;
    }
}

/// Ends the supervisor and everything of the shop that runs, in order as far as that works within the time.
pub async fn stop(layout: &Layout, patience: Duration) {
    let deadline = Instant::now() + patience;
    let mut told = None;
    // What it has written may have been spoiled, and one that was started a moment ago has written nothing and holds no
    // lock yet; it must be stopped all the same.
    while let Some(supervisor) = written(layout).or_else(|| find(layout)) {
        if told != Some(supervisor) {
            supervisor.signal(Signal::Terminate);
            told = Some(supervisor);
        }
        if Instant::now() >= deadline {
            supervisor.signal(Signal::Kill);
        }
        sleep(INTERVAL).await;
    }
    leftovers::end(layout).await;
}

/// The living supervisor, as it has written itself down.
fn written(layout: &Layout) -> Option<Identity> {
    state(layout).map(|state| state.supervisor)
}

/// The supervisor as the process table has it, by its arguments.
fn find(layout: &Layout) -> Option<Identity> {
    let root = layout.root().as_os_str();
    let supervises = |words: &[String]| {
        words.get(1).is_some_and(|verb| verb == VERB)
            && words.iter().any(|word| OsStr::new(word) == root)
    };
    let mut processes = all_processes().ok()?.flatten();
    let found =
        processes.find(|process| process.cmdline().is_ok_and(|words| supervises(&words)))?;
    Identity::of(found.pid)
}

fn spawn(layout: &Layout, attached: bool) -> Result<Child, Error> {
    let path = layout.supervisor_log();
    if path
        .metadata()
        .is_ok_and(|metadata| metadata.len() > LOG_LIMIT)
    {
        let _ = fs::rename(&path, path.with_extension("log.1"));
    }
    let log = OpenOptions::new()
        .append(true)
        .create(true)
        .mode(0o640)
        .open(&path);
    let log = log.map_err(|source| Error::file("open", &path, source))?;
    let errors = log
        .try_clone()
        .map_err(|source| Error::file("open", &path, source))?;
    let mut command = Command::new("/proc/self/exe");
    command.args([VERB, "--data-dir"]).arg(layout.root());
    if attached {
        command.args(["--attached-to", &std::process::id().to_string()]);
    }
    // A relative path in it would lead elsewhere from there.
    command.env_remove(env_vars::SHOPCTL_CONFIG);
    command
        .current_dir("/")
        .stdin(Stdio::null())
        .stdout(log)
        .stderr(errors);
    command
        .spawn()
        .map_err(|source| Error::file("start", "/proc/self/exe", source))
}

fn not_ready(layout: &Layout, cause: String) -> Error {
    Error::NotReady {
        component: "supervisor".to_owned(),
        cause,
        log: last_lines(&layout.supervisor_log()),
    }
}
