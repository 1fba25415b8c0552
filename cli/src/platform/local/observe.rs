//! What is there of a local shop. It must be quick: an `up` that has nothing to do begins and ends with it.

use futures_util::future::join_all;

use crate::plan::{Component, Observed, Serving};
use crate::platform::Error;
use crate::platform::local::layout::Layout;
use crate::platform::local::local::Local;
use crate::platform::local::machine::binaries::REDIS_PACKAGE;
use crate::platform::local::machine::binaries::{self, program};
use crate::platform::local::machine::build::Checkout;
use crate::platform::local::machine::owner;
use crate::platform::local::machine::ports::Ports;
use crate::platform::local::running::leftovers;
use crate::platform::local::running::probe::{http_client, probe};
use crate::platform::local::running::supervision;
use crate::platform::local::running::supervisor::{Phase, State};
use crate::platform::local::stores::cluster;
use crate::platform::state::lock::Lock;
use crate::platform::state::open_journal::past;

impl Local {
    /// Looks at everything that planning depends on.
    pub async fn look(&self) -> Result<Observed, Error> {
        let (config, layout) = (self.config(), self.layout());
        let build_outdated = config
            .source
            .as_deref()
            .is_some_and(|source| Checkout::new(source).is_outdated());
        let past = past(&layout.journal());
        let cluster_created = cluster::is_complete(layout);
        // Before anything was built there are no binaries to make a release of.
        let wanted_release = self.pin().ok();
        let under_way = Lock::is_held(&layout.operation_lock()) && !self.has_begun();
        Ok(Observed {
            missing_packages: missing_packages(layout, build_outdated),
            build_outdated,
            begun: layout.journal().exists() || layout.run().exists(),
            cluster_created,
            data_ready_for: past.data_ready_for.filter(|_| cluster_created),
            serving: self.serving(wanted_release.as_deref()).await,
            interruption: past.interruption.filter(|_| !under_way),
            wanted_release,
            difference: None,
        })
    }

    async fn serving(&self, wanted: Option<&str>) -> Serving {
        if !supervision::lives(self.layout()) {
            let left = leftovers::find(self.layout());
            return if left.is_empty() {
                Serving::Nothing
            } else {
                Serving::Partly
            };
        }
        match (supervision::state(self.layout()), wanted) {
            (Some(state), Some(release)) if self.is_whole(&state, release).await => {
                Serving::Fully(release.to_owned())
            }
            _ => Serving::Partly,
        }
    }

    /// Whether everything of the release runs as it should run now, and answers.
    async fn is_whole(&self, state: &State, release: &str) -> bool {
        let desired = owner::of(self.layout()).and_then(|account| {
            let mut ports = Ports::of(self.layout())?;
            ports.front_door = Ports::front_door(self.layout(), self.config().port);
            self.surroundings(&ports, account.as_ref(), release)
                .everything()
        });
        if !state.front_door_open || desired.ok().as_ref() != Some(&state.desired) {
            return false;
        }
        if state.desired.components.iter().any(|spec| {
            state
                .components
                .get(&spec.component)
                .is_none_or(|part| part.phase != Phase::Running)
        }) {
            return false;
        }
        let client = http_client();
        let probes = Component::ALL.map(|component| probe(self.layout(), &client, component));
        join_all(probes)
            .await
            .into_iter()
            .all(|answer| answer.is_ok())
    }
}

fn missing_packages(layout: &Layout, build_outdated: bool) -> Vec<String> {
    let mut packages = Vec::new();
    if binaries::postgres(layout).is_none() {
        packages.push(binaries::postgres_package(layout));
    }
    if binaries::redis().is_none() {
        packages.push(REDIS_PACKAGE.to_owned());
    }
    if build_outdated && program("npm").is_none() {
        packages.push("npm".to_owned());
    }
    packages
}
