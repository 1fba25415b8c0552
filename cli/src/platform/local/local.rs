//! The `local` target: `impl Platform`.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

use async_trait::async_trait;
use nix::unistd::geteuid;
use tokio::task::JoinHandle;

use crate::config::Config;
use crate::plan::{Observed, Step};
use crate::platform::local::doctor;
use crate::platform::local::layout::Layout;
use crate::platform::local::machine::ports::Ports;
use crate::platform::local::releases::hashes::Hashes;
use crate::platform::local::releases::release::{self, Content};
use crate::platform::local::running::inside::LocalInside;
use crate::platform::local::running::logs;
use crate::platform::local::running::services::Surroundings;
use crate::platform::local::running::status;
use crate::platform::local::running::supervision;
use crate::platform::local::stores::passwords::{self, Password};
use crate::platform::process::account::Account;
use crate::platform::state::durable;
use crate::platform::state::lock::Lock;
use crate::platform::state::open_journal::OpenJournal;
use crate::platform::{
    Error, Events, Finding, Journal, LogQuery, LogStream, Platform, Shop, Status,
};

/// A shop on this machine.
pub struct Local {
    config: Config,
    layout: Layout,
    /// Hashes of binaries, so that one call does not read them twice.
    hashes: Mutex<Hashes>,
    /// The wanted release, once it was decided.
    pinned: Mutex<Option<(String, Content)>>,
    /// What still makes the new cluster last.
    pub(super) lasting: Mutex<Option<JoinHandle<Result<(), Error>>>>,
    /// Whether this call holds the lock.
    begun: AtomicBool,
    /// Whether this call has started the supervisor.
    started: AtomicBool,
}

impl Local {
    /// The shop in the configuration's data directory.
    pub fn new(config: &Config) -> Self {
        let layout = Layout::new(real(&config.data_dir));
        Self {
            config: config.clone(),
            hashes: Mutex::new(Hashes::read(&layout.hashes())),
            layout,
            pinned: Mutex::new(None),
            lasting: Mutex::new(None),
            begun: AtomicBool::new(false),
            started: AtomicBool::new(false),
        }
    }

    /// The settings.
    pub(super) const fn config(&self) -> &Config {
        &self.config
    }

    /// The paths.
    pub(super) const fn layout(&self) -> &Layout {
        &self.layout
    }

    /// What the services are surrounded by.
    pub(super) fn surroundings<'a>(
        &'a self,
        ports: &'a Ports,
        account: Option<&'a Account>,
        release: &'a str,
    ) -> Surroundings<'a> {
        Surroundings {
            config: &self.config,
            layout: &self.layout,
            ports,
            account,
            release,
            program: self.program(),
        }
    }

    /// The hash of this very program; empty where it cannot be read, which only means that no other is noticed.
    fn program(&self) -> String {
        let mut hashes = self.hashes.lock().unwrap_or_else(PoisonError::into_inner);
        hashes.of(Path::new("/proc/self/exe")).unwrap_or_default()
    }

    /// Where the binaries are that make the wanted release.
    pub(super) fn binaries(&self) -> Result<PathBuf, Error> {
        release::binaries(&self.config).ok_or_else(|| Error::Prerequisite {
            what: "the place of this program cannot be found".to_owned(),
            cure: "mount `/proc`".to_owned(),
        })
    }

    /// Decides what the wanted release is made of, and its name. It stays so until the next call: binaries that are
    /// built again in the middle of an operation do not make it another one.
    pub(super) fn pin(&self) -> Result<String, Error> {
        let content = {
            let mut hashes = self.hashes.lock().unwrap_or_else(PoisonError::into_inner);
            Content::of(&self.config, &self.binaries()?, &mut hashes)?
        };
        let name = content.name(&self.layout);
        *self.pinned.lock().unwrap_or_else(PoisonError::into_inner) = Some((name.clone(), content));
        Ok(name)
    }

    /// The wanted release: its name and what it is made of.
    pub(super) fn release(&self) -> Result<(String, Content), Error> {
        let pinned = || {
            self.pinned
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .clone()
        };
        if pinned().is_none() {
            self.pin()?;
        }
        pinned().ok_or_else(|| Error::NothingRunning {
            place: self.layout.root().display().to_string(),
        })
    }

    /// Keeps the hashes for the next call.
    pub(super) fn remember_hashes(&self) -> Result<(), Error> {
        let hashes = self.hashes.lock().unwrap_or_else(PoisonError::into_inner);
        hashes.write(&self.layout.hashes())
    }

    /// Whether this call holds the lock.
    pub(super) fn has_begun(&self) -> bool {
        self.begun.load(Ordering::Relaxed)
    }

    /// Takes note that this call starts the supervisor.
    pub(super) fn mark_started(&self) {
        self.started.store(true, Ordering::Relaxed);
    }
}

#[async_trait]
impl Platform for Local {
    async fn observe(&self) -> Result<Observed, Error> {
        self.look().await
    }

    async fn begin(&self, operation: &str, _: &Events) -> Result<Box<dyn Journal>, Error> {
        let root = self.layout.root();
        if !root.exists() {
            durable::directory(root, if geteuid().is_root() { 0o755 } else { 0o700 }, None)?;
        }
        let path = self.layout.operation_lock();
        let taken = Lock::take_from_the_dead(&path, operation).await?;
        let lock = taken.ok_or_else(|| Error::Locked {
            place: root.display().to_string(),
            holder: Lock::holder(&path),
        })?;
        self.begun.store(true, Ordering::Relaxed);
        Ok(Box::new(OpenJournal::open(
            &self.layout.journal(),
            operation,
            lock,
        )?))
    }

    async fn carry_out(&self, step: &Step, events: &Events) -> Result<(), Error> {
        self.step(step, events).await
    }

    async fn abandon(&self, events: &Events) -> Result<(), Error> {
        if self.started.load(Ordering::Relaxed) {
            events.note("stopping what was started");
            supervision::stop(&self.layout, self.config.timeout).await;
        }
        Ok(())
    }

    async fn shop(&self) -> Result<Shop, Error> {
        let nothing = || Error::NothingRunning {
            place: self.layout.root().display().to_string(),
        };
        let state = supervision::state(&self.layout).ok_or_else(nothing)?;
        Ok(Shop {
            front_door: status::url(&state).ok_or_else(nothing)?,
            resolve: None,
            detour: None,
            log: self.config.log,
            release: state.desired.release.ok_or_else(nothing)?,
            synthetic_token: passwords::read(&self.layout, Password::SyntheticToken)?,
            inside: Box::new(LocalInside::new(self.layout.clone())),
        })
    }

    async fn status(&self) -> Result<Status, Error> {
        Ok(status::status(&self.layout).await)
    }

    async fn logs(&self, query: &LogQuery) -> Result<LogStream, Error> {
        logs::read(&self.layout, query)
    }

    async fn diagnose(&self) -> Result<Vec<Finding>, Error> {
        Ok(doctor::diagnose(&self.config, &self.layout))
    }
}

/// The path without links, as far as it exists: the kernel names programs and directories that way.
fn real(path: &Path) -> PathBuf {
    let existing = path
        .ancestors()
        .find_map(|parent| Some((parent, parent.canonicalize().ok()?)));
    let Some((parent, real)) = existing else {
        return path.to_owned();
    };
    match path.strip_prefix(parent) {
        Ok(rest) if !rest.as_os_str().is_empty() => real.join(rest),
        _ => real,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_are_followed_as_far_as_the_path_exists() {
        let directory = tempfile::tempdir().unwrap();
        let root = directory.path().canonicalize().unwrap();
        std::fs::create_dir(root.join("real")).unwrap();
        std::os::unix::fs::symlink(root.join("real"), root.join("link")).unwrap();
        assert_eq!(
            real(&root.join("link/new/shop")),
            root.join("real/new/shop")
        );
        assert_eq!(real(&root.join("link")), root.join("real"));
    }
}
