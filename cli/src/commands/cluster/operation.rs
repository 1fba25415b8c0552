//! What all verbs that change a cluster share: the lock, the journal, the steps, the interruption.

use std::time::Instant;

use serde_json::{Value, json};

use super::site::Site;
use crate::commands::interrupt::{interrupted, watch_for_interruption};
use crate::commands::{Context, Error, verify};
use crate::config::Config;
use crate::exit::Exit;
use crate::failure::AnyFailure;
use crate::plan::{ClusterStep, Playbook};
use crate::platform::clusters;
use crate::platform::kube::Cluster;
use crate::platform::tool::ansible::{self, Outcome, Play, Stop};
use crate::platform::{CheckResult, Entry, Event, Events, Journal};
use crate::report::Progress;

/// What an operation has come to.
#[derive(Default)]
pub struct Done {
    /// How the playbook ended.
    pub played: Outcome,
    /// The cluster, where it was proven.
    pub cluster: Option<Cluster>,
    /// What was checked.
    pub results: Vec<CheckResult>,
    /// The context in the operator's own kubeconfig, where it was added.
    pub context: Option<String>,
}

/// An operation on a cluster.
pub struct Operation<'a> {
    /// The settings.
    pub config: &'a Config,
    /// The hosts.
    pub site: &'a Site,
    /// The verb, for the lock and the journal.
    pub verb: &'a str,
    /// What the playbook is told besides.
    pub extra_vars: Value,
}

impl Operation<'_> {
    /// Carries the steps out, each written to the journal before it begins.
    pub async fn carry_out(
        &self,
        context: &Context,
        steps: &[ClusterStep],
    ) -> Result<Done, AnyFailure> {
        watch_for_interruption();
        let mut journal = self.site.place.begin(self.verb).await?;
        let progress = Progress::start(&context.printer);
        let result = self.walk(steps, journal.as_mut(), progress.events()).await;
        progress.finish().await;
        let outcome = match &result {
            Ok(_) => "done".to_owned(),
            Err(failure) => failure.to_string(),
        };
        // On a full disk this fails too; the journal then says that the step was cut off, which is as true.
        let _ = journal.record(&Entry::Finished { outcome }).await;
        result
    }

    async fn walk(
        &self,
        steps: &[ClusterStep],
        journal: &mut dyn Journal,
        events: Events,
    ) -> Result<Done, AnyFailure> {
        let mut done = Done::default();
        for (place, step) in steps.iter().enumerate() {
            let name = step.name().to_owned();
            journal.record(&Entry::Step { name }).await?;
            events.tell(Event::StepStarted {
                step: step.to_string(),
                number: place + 1,
                of: steps.len(),
            });
            let start = Instant::now();
            self.step(*step, &mut done, &events).await?;
            if verify::verdict(&done.results) != Exit::Ok {
                // The results say it better than a step that is done.
                break;
            }
            events.tell(Event::StepDone {
                step: step.to_string(),
                took: start.elapsed(),
            });
        }
        Ok(done)
    }

    async fn step(
        &self,
        step: ClusterStep,
        done: &mut Done,
        events: &Events,
    ) -> Result<(), AnyFailure> {
        let place = &self.site.place;
        match step {
            ClusterStep::Play(playbook) => done.played = self.play(playbook, events).await?,
            ClusterStep::MakeCurrent => {
                place.guard_kubeconfig()?;
                place.remember_inventory(&self.site.inventory.path)?;
                place.make_current()?;
            }
            ClusterStep::MergeKubeconfig => {
                done.context = Some(clusters::merge(place, self.own()?)?);
            }
            ClusterStep::UnmergeKubeconfig => clusters::unmerge(place, self.own()?)?,
            ClusterStep::Forget => place.forget()?,
            ClusterStep::Prove => {
                let cluster = Cluster::connect(place).await?;
                done.results = verify::check_cluster(&cluster, &[]).await?;
                done.cluster = Some(cluster);
            }
        }
        Ok(())
    }

    async fn play(&self, playbook: Playbook, events: &Events) -> Result<Outcome, AnyFailure> {
        let Site {
            engine,
            inventory,
            place,
        } = self.site;
        let play = Play {
            engine,
            place,
            inventory,
            playbook,
            extra_vars: self.extra_vars.clone(),
        };
        let played = ansible::play(&play, events, interrupted()).await;
        played.map_err(|stop| match stop {
            Stop::Interrupted => Error::Interrupted.into(),
            Stop::Failed(error) => error.into(),
        })
    }

    /// The operator's own kubeconfig.
    fn own(&self) -> Result<&std::path::Path, AnyFailure> {
        let own = self.config.clusters.operators_kubeconfig.as_deref();
        Ok(own.ok_or(crate::config::Error::NoStateHome)?)
    }
}

/// What every playbook is told.
pub fn extra_vars(site: &Site) -> Value {
    json!({ "kubeconfig_destination": site.place.kubeconfig() })
}
