//! The waiting itself.

use std::time::Duration;

use tokio::time::{Instant, timeout_at};

use super::failed::Failed;
use super::kin::newest_pods;
use super::log_tail::LogTails;
use super::patience::{Patience, Verdict};
use super::progress::Progress;
use super::scene::Scene;
use super::serving::is_serving;
use super::state::State;
use super::trouble::Trouble;
use super::workload::Workload;
use super::{name_servers, outage};
use crate::platform::kube::Cluster;
use crate::platform::kube::diagnosis::{Cause, Reason, Snapshot};
use crate::platform::{Error, Events};

/// The logs of so many containers are read; more would say the same.
const READ: usize = 6;

/// Waits until every workload is ready. Ends before the limit as soon as it is certain that one will not be. An API
/// server that is away is waited for, and the limit moves on for as long.
pub async fn await_ready(
    cluster: &Cluster,
    namespace: &str,
    workloads: &[Workload],
    limit: Duration,
    events: &Events,
) -> Result<(), Error> {
    let mut waiting = Waiting {
        cluster,
        namespace,
        workloads,
        events,
        scene: Scene::begin(cluster, namespace),
        tails: LogTails::new(cluster, namespace),
        patience: Patience::default(),
        progress: Progress::default(),
        errors: 0,
        limit,
        end: Instant::now() + limit,
    };
    loop {
        waiting.wait_out_an_outage().await?;
        let until = match waiting.look().await? {
            Look::Ready => return Ok(()),
            Look::NotBefore(moment) => moment.min(waiting.end),
        };
        // Whether it has changed or the time is over, the next look tells.
        let _ = timeout_at(until, waiting.scene.changed()).await;
    }
}

/// What a look at the namespace says.
enum Look {
    Ready,
    /// Nothing is to be said before that moment, if nothing changes.
    NotBefore(Instant),
}

struct Waiting<'a> {
    cluster: &'a Cluster,
    namespace: &'a str,
    workloads: &'a [Workload],
    events: &'a Events,
    scene: Scene,
    tails: LogTails,
    patience: Patience,
    progress: Progress,
    errors: usize,
    limit: Duration,
    end: Instant,
}

impl Waiting<'_> {
    /// An error of a watch is looked into: whether the API is away, or does not let us in.
    async fn wait_out_an_outage(&mut self) -> Result<(), Error> {
        let errors = self.scene.errors();
        if errors == self.errors {
            return Ok(());
        }
        self.errors = errors;
        if let Some(cause) = self.scene.refusal() {
            return Err(Error::Cluster {
                action: format!("watch namespace `{}`", self.namespace),
                cause,
                hint: self.cluster.kubectl("auth whoami"),
            });
        }
        if let Some(away) = outage::wait_out(self.cluster, self.events).await? {
            self.patience.forget();
            self.end += away;
        }
        Ok(())
    }

    async fn look(&mut self) -> Result<Look, Error> {
        let is_late = Instant::now() >= self.end;
        let Some(snapshot) = self.scene.now() else {
            if is_late {
                return Err(self.unknown());
            }
            return Ok(Look::NotBefore(self.end));
        };
        let of = |workload| State::of(workload, &snapshot);
        let states: Vec<_> = self.workloads.iter().map(of).collect();
        if states.iter().all(|state| state.is_done) {
            self.progress
                .tell(self.workloads, &states, &[], self.events);
            return Ok(Look::Ready);
        }
        let mut troubles = self.troubles(&states, &snapshot).await;
        self.progress
            .tell(self.workloads, &states, &troubles, self.events);
        match self.patience.judge(&troubles, Instant::now()) {
            Verdict::Certain(place) => {
                let trouble = troubles.swap_remove(place);
                Err(self.fail(trouble, &snapshot).await)
            }
            _ if is_late => {
                let best = troubles.into_iter().next();
                let trouble = best.unwrap_or_else(|| self.unexplained(&states, &snapshot));
                Err(self.fail(trouble, &snapshot).await)
            }
            Verdict::NotBefore(moment) => Ok(Look::NotBefore(moment)),
            Verdict::Open => Ok(Look::NotBefore(self.end)),
        }
    }

    /// What is wrong, in the light of the logs, the best explanation first.
    async fn troubles(&mut self, states: &[State], snapshot: &Snapshot) -> Vec<Trouble> {
        let found = Trouble::of(self.workloads, states, snapshot);
        let mut troubles = Vec::with_capacity(found.len());
        let mut left = READ;
        for mut trouble in found {
            if trouble.cause.has_log() && left > 0 {
                left -= 1;
                let log = self.tails.of(&trouble.cause, snapshot).await;
                trouble = trouble.read(log);
            }
            if name_servers::are_blamed(&trouble) {
                name_servers::explain(self.cluster, &mut trouble).await;
            }
            troubles.push(trouble);
        }
        troubles.sort_by(|one, other| one.cause.cmp(&other.cause));
        troubles
    }

    async fn fail(&self, mut trouble: Trouble, snapshot: &Snapshot) -> Error {
        if !trouble.is_certain {
            name_servers::explain(self.cluster, &mut trouble).await;
        }
        let workload = &self.workloads[trouble.workload];
        let serving = is_serving(snapshot);
        let failed = Failed::new(self.cluster, self.namespace, workload, trouble, serving);
        Error::Rollout(Box::new(failed))
    }

    /// The first workload that is not ready, with the last warning about its pods.
    fn unexplained(&self, states: &[State], snapshot: &Snapshot) -> Trouble {
        let place = states.iter().position(|state| !state.is_done).unwrap_or(0);
        let workload = &self.workloads[place];
        let State { ready, wanted, .. } = states[place];
        let seconds = self.limit.as_secs();
        let mut message = format!("{ready} of {wanted} after {seconds} s");
        for pod in newest_pods(workload, snapshot) {
            if let Some(warning) = snapshot.warning("Pod", &pod.metadata) {
                message = format!("{message}; {warning}");
                break;
            }
        }
        Trouble::new(
            place,
            Cause::of(workload.to_string(), Reason::TimedOut, message),
        )
    }

    fn unknown(&self) -> Error {
        Error::Cluster {
            action: format!("watch namespace `{}`", self.namespace),
            cause: format!(
                "the Kubernetes API has told nothing for {} s",
                self.limit.as_secs()
            ),
            hint: self.cluster.kubectl("get --raw /readyz?verbose"),
        }
    }
}
