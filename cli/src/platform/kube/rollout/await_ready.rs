//! The waiting itself.

use std::time::Duration;

use futures_util::future::join_all;
use tokio::time::{Instant, timeout_at};

use super::deadline::Deadline;
use super::failed::Failed;
use super::kin::pods_leave;
use super::log_tail::LogTails;
use super::patience::{Patience, Verdict};
use super::progress::Progress;
use super::scene::Scene;
use super::serving::serves_on;
use super::state::State;
use super::trouble::Trouble;
use super::workload::Workload;
use super::{name_servers, outage};
use crate::platform::kube::Cluster;
use crate::platform::kube::diagnosis::{Cause, Reason, Snapshot};
use crate::platform::{Error, Events};

/// The logs of so many containers are read; more would say the same.
const READ: usize = 6;

/// Waits until every workload is ready, for as long as the limit without one replica more. Ends before that as soon as it
/// is certain that one will not be. An API server that is away is waited for, and the limit begins anew when the cluster
/// has recovered from that.
pub async fn await_ready(
    cluster: &Cluster,
    namespace: &str,
    workloads: &[Workload],
    limit: Duration,
    events: &Events,
) -> Result<(), Error> {
    cluster.silence.tell(events);
    let now = Instant::now();
    let recovers_until = cluster.silence.recovers_until();
    let mut waiting = Waiting {
        cluster,
        namespace,
        workloads,
        events,
        scene: Scene::begin(cluster, namespace),
        tails: LogTails::new(cluster, namespace),
        patience: Patience::recovering(recovers_until),
        progress: Progress::default(),
        errors: 0,
        silent: cluster.silence.last(),
        limit,
        deadline: Deadline::begin(limit, recovers_until.map_or(now, |until| until.max(now))),
    };
    loop {
        waiting.wait_out_an_outage().await?;
        waiting.heed_silence();
        let until = match waiting.look().await? {
            Look::Ready => return Ok(()),
            Look::NotBefore(moment) => moment.min(waiting.deadline.end()),
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
    /// When the API was last silent, as far as the clocks know.
    silent: Option<Instant>,
    limit: Duration,
    deadline: Deadline,
}

impl Waiting<'_> {
    /// An error of a watch is looked into: whether the API is away, or does not let us in.
    async fn wait_out_an_outage(&mut self) -> Result<(), Error> {
        let errors = self.scene.errors();
        if errors == self.errors {
            return Ok(());
        }
        self.errors = errors;
        if let Some(refusal) = self.scene.refusal(self.cluster) {
            return Err(refusal);
        }
        outage::wait_out(self.cluster, self.events).await
    }

    /// Starts all clocks again when the API was away, whoever has met that: nobody knows what happened meanwhile.
    fn heed_silence(&mut self) -> bool {
        let last = self.cluster.silence.last();
        if last == self.silent {
            return false;
        }
        self.silent = last;
        let recovers_until = self.cluster.silence.recovers_until();
        self.patience = Patience::recovering(recovers_until);
        // What was told before the outage is to be told again.
        self.progress.forget();
        self.deadline
            .renew(recovers_until.unwrap_or_else(Instant::now));
        true
    }

    async fn look(&mut self) -> Result<Look, Error> {
        let Some(snapshot) = self.scene.now() else {
            if Instant::now() >= self.deadline.end() {
                return Err(self.unknown());
            }
            return Ok(Look::NotBefore(self.deadline.end()));
        };
        let of = |workload| State::of(workload, &snapshot);
        let states: Vec<_> = self.workloads.iter().map(of).collect();
        self.deadline.see(&states, Instant::now());
        let is_late = Instant::now() >= self.deadline.end();
        if states.iter().all(|state| state.is_done) {
            self.progress
                .tell(self.workloads, &states, &[], self.events);
            return Ok(Look::Ready);
        }
        let mut troubles = self.troubles(&states, &snapshot).await;
        let now = Instant::now();
        if self.heed_silence() {
            return Ok(Look::NotBefore(now));
        }
        let verdict = self.patience.judge(&troubles, pods_leave(&snapshot), now);
        let worth = |trouble: &&Trouble| self.patience.is_worth_telling(trouble, now);
        let told: Vec<_> = troubles.iter().filter(worth).collect();
        self.progress
            .tell(self.workloads, &states, &told, self.events);
        match verdict {
            Verdict::Certain(place) => {
                let trouble = troubles.swap_remove(place);
                Err(self.fail(trouble, &snapshot).await)
            }
            _ if is_late => {
                let trouble = self.best(troubles, &states);
                Err(self.fail(trouble, &snapshot).await)
            }
            Verdict::NotBefore(moment) => Ok(Look::NotBefore(moment)),
            Verdict::Open => Ok(Look::NotBefore(self.deadline.end())),
        }
    }

    /// What is wrong, in the light of the logs, the best explanation first.
    async fn troubles(&self, states: &[State], snapshot: &Snapshot) -> Vec<Trouble> {
        let mut found = Trouble::of(self.workloads, states, snapshot);
        let unexplained = Trouble::unexplained(self.workloads, states, snapshot, &found);
        found.extend(unexplained);
        let explained = found.into_iter().enumerate().map(async |(place, trouble)| {
            let mut trouble = if trouble.cause.has_log() && place < READ {
                let log = self.tails.of(&trouble.cause, snapshot).await;
                trouble.read(log)
            } else {
                trouble
            };
            if name_servers::are_blamed(&trouble) {
                name_servers::explain(self.cluster, &mut trouble).await;
            }
            trouble
        });
        let mut troubles = join_all(explained).await;
        troubles.sort_by(|one, other| one.cause.cmp(&other.cause));
        troubles
    }

    async fn fail(&self, mut trouble: Trouble, snapshot: &Snapshot) -> Error {
        if !trouble.is_certain {
            name_servers::explain(self.cluster, &mut trouble).await;
        }
        let workload = &self.workloads[trouble.workload];
        let serving = serves_on(self.cluster, self.namespace, snapshot).await;
        let failed = Failed::new(self.cluster, self.namespace, workload, trouble, serving);
        Error::Rollout(Box::new(failed))
    }

    /// What explains best why the time is over.
    fn best(&self, troubles: Vec<Trouble>, states: &[State]) -> Trouble {
        let place = states.iter().position(|state| !state.is_done).unwrap_or(0);
        let cause = Cause::of(self.workloads[place].to_string(), Reason::TimedOut, "");
        let best = troubles.into_iter().next();
        let mut best = best.unwrap_or_else(|| Trouble::new(place, cause));
        if best.cause.reason == Reason::TimedOut {
            let State { ready, wanted, .. } = states[best.workload];
            let figures = format!("{ready} of {wanted} {}", self.deadline.told());
            let told = [figures, best.cause.message];
            let told: Vec<_> = told.into_iter().filter(|text| !text.is_empty()).collect();
            best.cause.message = told.join("; ");
        }
        best
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
