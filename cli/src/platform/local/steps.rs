//! What each step does on this machine. Every one may be done again after it was cut off anywhere.

use std::fs;
use std::io;
use std::sync::PoisonError;

use tokio::task::spawn_blocking;

use crate::plan::{Component, Step};
use crate::platform::local::local::Local;
use crate::platform::local::machine::binaries;
use crate::platform::local::machine::build::Checkout;
use crate::platform::local::machine::owner::{self, ensure_reachable};
use crate::platform::local::machine::packages;
use crate::platform::local::machine::ports::Ports;
use crate::platform::local::machine::space;
use crate::platform::local::releases::release;
use crate::platform::local::running::readiness::await_ready;
use crate::platform::local::running::services::url_files;
use crate::platform::local::running::spec::Desired;
use crate::platform::local::running::supervision;
use crate::platform::local::stores::cluster;
use crate::platform::local::stores::passwords;
use crate::platform::local::stores::redis;
use crate::platform::local::stores::roles;
use crate::platform::state::durable;
use crate::platform::{Error, Events};

impl Local {
    /// Does one step.
    pub async fn step(&self, step: &Step, events: &Events) -> Result<(), Error> {
        let (config, layout) = (self.config(), self.layout());
        match step {
            Step::InstallPackages(names) => packages::install(names, events).await,
            Step::Build => match &config.source {
                Some(source) => Checkout::new(source).build(events).await,
                None => Ok(()),
            },
            Step::StageRelease(name) => self.stage(name).await,
            Step::PrepareState => self.prepare().await,
            Step::CreateDatabaseCluster => self.create_cluster().await,
            Step::StopComponents => {
                supervision::stop(layout, config.timeout).await;
                Ok(())
            }
            Step::StartStores => self.start_stores().await,
            Step::StartServices => self.start_services().await,
            Step::CreateRoles => roles::create(layout).await,
            Step::Migrate => {
                self.task(Component::Backend, "migrate", events).await?;
                roles::grant_after_migration(layout).await
            }
            Step::Seed => self.task(Component::Backend, "seed", events).await,
            Step::Train(_) => self.task(Component::MlService, "train", events).await,
            Step::AwaitReady(components) => await_ready(layout, components, config.timeout).await,
            Step::DeleteData => self.delete(),
            Step::PushImages
            | Step::MakeCredentials
            | Step::Apply(_)
            | Step::AwaitPhase(_)
            | Step::RecordRelease => Err(Error::NoMeaning {
                what: format!("`{step}`"),
                target: config.target.name(),
            }),
        }
    }

    async fn prepare(&self) -> Result<(), Error> {
        let layout = self.layout();
        space::ensure(layout)?;
        let account = owner::ensure(layout).await?;
        let account = account.as_ref();
        if let Some(account) = account {
            ensure_reachable(account, layout.root())?;
        }
        // What root writes must not lie where another account could put a link in its way: that account only owns
        // what it writes itself. The files in `secrets` are its own, the directory is not.
        let passable = if account.is_some() { 0o711 } else { 0o700 };
        durable::directory(
            layout.root(),
            if account.is_some() { 0o755 } else { 0o700 },
            None,
        )?;
        durable::directory(&layout.secrets(), passable, None)?;
        durable::directory(&layout.postgres(), 0o700, account)?;
        durable::directory(&layout.redis(), 0o700, account)?;
        durable::directory(&layout.releases(), 0o755, None)?;
        durable::directory(&layout.run(), 0o755, None)?;
        durable::directory(&layout.logs(), 0o750, None)?;
        passwords::ensure(layout, account)?;
        let ports = Ports::prepare(layout, self.config().port)?;
        let mut files = url_files(layout, &ports)?;
        files.push(redis::configuration_file(
            layout,
            ports.port(Component::Redis),
        )?);
        durable::write_changed(&files, 0o600, account)
    }

    /// Copies the binaries on a thread of its own: the disk takes its time.
    async fn stage(&self, name: &str) -> Result<(), Error> {
        let (layout, place, (_, content)) =
            (self.layout().clone(), self.binaries()?, self.release()?);
        let name = name.to_owned();
        let staging = spawn_blocking(move || release::stage(&layout, &name, &content, &place));
        staging.await.unwrap_or(Ok(()))?;
        self.remember_hashes()
    }

    async fn create_cluster(&self) -> Result<(), Error> {
        let (layout, account) = (self.layout().clone(), owner::of(self.layout())?);
        let found = binaries::require_postgres(&layout)?;
        cluster::create(&layout, &found, account.as_ref()).await?;
        let lasting =
            tokio::spawn(
                async move { cluster::make_last(&layout, &found, account.as_ref()).await },
            );
        *self.lasting.lock().unwrap_or_else(PoisonError::into_inner) = Some(lasting);
        Ok(())
    }

    /// Comes back when the cluster outlives a loss of power: before that no order may be taken.
    async fn await_lasting(&self) -> Result<(), Error> {
        let lasting = self
            .lasting
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        match lasting {
            Some(lasting) => lasting.await.unwrap_or(Ok(())),
            None => Ok(()),
        }
    }

    async fn start_stores(&self) -> Result<(), Error> {
        let (ports, account) = (Ports::of(self.layout())?, owner::of(self.layout())?);
        self.run_components(&self.surroundings(&ports, account.as_ref(), "").stores()?)
            .await
    }

    /// Starts the services and opens the front door.
    async fn start_services(&self) -> Result<(), Error> {
        self.await_lasting().await?;
        let (ports, account) = (Ports::of(self.layout())?, owner::of(self.layout())?);
        let (release, _) = self.release()?;
        self.run_components(
            &self
                .surroundings(&ports, account.as_ref(), &release)
                .everything()?,
        )
        .await
    }

    async fn run_components(&self, desired: &Desired) -> Result<(), Error> {
        let (config, layout) = (self.config(), self.layout());
        // Before the call: if it is cut off, the supervisor may be there already.
        if !supervision::lives(layout) {
            self.mark_started();
        }
        supervision::apply(layout, desired, config.attached, config.timeout).await
    }

    async fn task(&self, service: Component, name: &str, events: &Events) -> Result<(), Error> {
        let layout = self.layout();
        let (ports, account) = (Ports::of(layout)?, owner::of(layout)?);
        let (release, _) = self.release()?;
        let tool = self
            .surroundings(&ports, account.as_ref(), &release)
            .task(service, name);
        tool.run(|line| events.progress(line)).await
    }

    /// Removes what the shop has written and nothing else.
    fn delete(&self) -> Result<(), Error> {
        let layout = self.layout();
        cluster::displace(layout)?;
        for place in [
            layout.postgres(),
            layout.redis(),
            layout.releases(),
            layout.logs(),
            layout.run(),
            layout.secrets(),
        ] {
            durable::remove_directory(&place)?;
        }
        for path in [
            layout.ports(),
            layout.hashes(),
            layout.journal(),
            layout.operation_lock(),
        ] {
            match fs::remove_file(&path) {
                Err(source) if source.kind() != io::ErrorKind::NotFound => {
                    return Err(Error::file("remove", path, source));
                }
                _ => {}
            }
        }
        // Something that is not ours may be left in it; then it stays.
        let _ = fs::remove_dir(layout.root());
        Ok(())
    }
}
