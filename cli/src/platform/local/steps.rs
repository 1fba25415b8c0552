//! What each step does on this machine. Every one may be done again after it was cut off anywhere.

use std::fs;
use std::io;

use super::account::{Account, ensure_reachable};
use super::build::Checkout;
use super::local::Local;
use super::ports::Ports;
use super::readiness::await_ready;
use super::services::write_urls;
use super::supervision;
use super::{binaries, durable, packages, passwords, postgres, redis, release, roles};
use crate::plan::{Component, Step};
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
            Step::StageRelease(name) => self.stage(name),
            Step::PrepareState => self.prepare().await,
            Step::CreateDatabaseCluster => {
                let account = Account::of(layout)?;
                postgres::create_cluster(layout, &binaries::require_postgres()?, account.as_ref())
                    .await
            }
            Step::StopComponents => {
                supervision::stop(layout, config.timeout).await;
                Ok(())
            }
            Step::StartStores | Step::StartServices => {
                self.start(step == &Step::StartServices).await
            }
            Step::CreateRoles => roles::create(layout).await,
            Step::Migrate => {
                self.task(Component::Backend, "migrate", events).await?;
                roles::grant_after_migration(layout).await
            }
            Step::Seed => self.task(Component::Backend, "seed", events).await,
            Step::Train(_) => self.task(Component::MlService, "train", events).await,
            Step::AwaitReady(components) => await_ready(layout, components, config.timeout).await,
            Step::DeleteData => self.delete(),
        }
    }

    async fn prepare(&self) -> Result<(), Error> {
        let layout = self.layout();
        let account = Account::ensure(layout).await?;
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
        redis::configure(layout, ports.port(Component::Redis), account)?;
        write_urls(layout, &ports, account)
    }

    fn stage(&self, name: &str) -> Result<(), Error> {
        let content = self.content()?;
        release::stage(self.layout(), name, &content, &self.binaries()?)?;
        self.remember_hashes()
    }

    /// Starts the stores, and the services with the front door if they are wanted too.
    async fn start(&self, services: bool) -> Result<(), Error> {
        let layout = self.layout();
        let (ports, account) = (Ports::of(layout)?, Account::of(layout)?);
        let release = if services {
            self.release_name()?
        } else {
            String::new()
        };
        let surroundings = self.surroundings(&ports, account.as_ref(), &release);
        let desired = if services {
            surroundings.everything()?
        } else {
            surroundings.stores()?
        };
        let config = self.config();
        // Before the call: if it is cut off, the supervisor may be there already.
        if !supervision::lives(layout) {
            self.mark_started();
        }
        supervision::apply(layout, &desired, config.attached, config.timeout).await
    }

    async fn task(&self, service: Component, name: &str, events: &Events) -> Result<(), Error> {
        let layout = self.layout();
        let (ports, account) = (Ports::of(layout)?, Account::of(layout)?);
        let release = self.release_name()?;
        let tool = self
            .surroundings(&ports, account.as_ref(), &release)
            .task(service, name);
        tool.run(|line| events.progress(line)).await
    }

    /// Removes what the shop has written and nothing else.
    fn delete(&self) -> Result<(), Error> {
        let layout = self.layout();
        // A cluster that is removed by half must not look like one.
        let doomed = layout.postgres().join("removed");
        durable::remove_directory(&doomed)?;
        match fs::rename(layout.cluster(), &doomed) {
            Err(source) if source.kind() != io::ErrorKind::NotFound => {
                return Err(Error::file("remove", layout.cluster(), source));
            }
            _ => {}
        }
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
