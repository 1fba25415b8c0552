//! The steps of a release.

use super::apply::{Inventory, Object, Survey, Volume, apply, for_both, is_policy, prune};
use super::credentials;
use super::migration;
use super::rollout::{self, Workload};
use super::shop::await_entry;
use super::target::Kube;
use super::wanted::Wanted;
use crate::plan::Step;
use crate::plan::manifest::Phase;
use crate::platform::{Error, Events, image};

impl Kube {
    /// Carries a step out; every one may be carried out again after a crash in the middle of it.
    pub(super) async fn step(&self, step: &Step, events: &Events) -> Result<(), Error> {
        let (cluster, namespace) = (self.cluster().await?, self.namespace());
        match step {
            Step::Build => image::ingredients(&self.config, events).await.map(drop),
            Step::PushImages => {
                self.wanted().await?.push(&self.config, events).await?;
                // That may have taken long: who applies looks again.
                *self.surveyed.write().await = None;
                Ok(())
            }
            Step::MakeCredentials => {
                let (settings, force) = (&self.config.kubernetes, self.config.force_conflicts);
                credentials::make(cluster, namespace, settings, force, events).await
            }
            Step::Apply(phase) => self.apply(*phase, events).await,
            Step::AwaitPhase(phase) => {
                let workloads = self.workloads(*phase).await?;
                let limit = self.config.timeout;
                rollout::await_ready(cluster, namespace, &workloads, limit, events).await?;
                if *phase == Phase::Exposure {
                    await_entry(cluster, namespace, &self.config, limit, events).await?;
                }
                Ok(())
            }
            Step::RecordRelease => self.record(events).await,
            _ => Err(Error::NoMeaning {
                what: format!("`{step}`"),
                target: self.config.target.name(),
            }),
        }
    }

    async fn apply(&self, phase: Phase, events: &Events) -> Result<(), Error> {
        let (cluster, namespace) = (self.cluster().await?, self.namespace());
        let wanted = self.wanted().await?;
        if phase == Phase::NamespaceAndPolicies {
            // Before anything is applied, so that no release stops half-way.
            self.refuse_conflicts().await?;
            self.begin_changing();
            // Whatever a killed run has applied is known to the next one.
            let mut inventory = self.inventory.write().await;
            inventory.join(&wanted.objects);
            inventory.tags.extend(wanted.tags.clone());
            inventory.write(cluster, namespace).await?;
        }
        self.begin_changing();
        let workloads = self.workloads(phase).await?;
        if phase == Phase::Migration {
            migration::end_others(cluster, namespace, &workloads, events).await?;
        }
        rollout::start_afresh(cluster, namespace, &workloads).await?;
        let objects = self.to_be_applied(phase).await?;
        let objects = for_both(cluster, objects, events).await?;
        apply(cluster, &objects, self.config.force_conflicts, events).await
    }

    async fn refuse_conflicts(&self) -> Result<(), Error> {
        let mut surveyed = self.surveyed.write().await;
        let survey = match surveyed.take() {
            Some(survey) => survey,
            None => self.survey().await?,
        };
        surveyed.insert(survey).refuse_conflicts()
    }

    /// The objects of a phase that are not as they are wanted.
    async fn to_be_applied(&self, phase: Phase) -> Result<Vec<Object>, Error> {
        let surveyed = self.surveyed.read().await;
        let objects = self.wanted().await?.objects.iter();
        let of_phase = objects.filter(|object| object.phase == phase);
        Ok(of_phase
            .filter(|object| is_to_be_applied(object, surveyed.as_ref()))
            .cloned()
            .collect())
    }

    /// Forbids and removes what the release no longer has, and records what it has.
    async fn record(&self, events: &Events) -> Result<(), Error> {
        let (cluster, namespace) = (self.cluster().await?, self.namespace());
        let wanted = self.wanted().await?;
        self.begin_changing();
        let mut policies = self.to_be_applied(Phase::NamespaceAndPolicies).await?;
        policies.retain(is_policy);
        apply(cluster, &policies, self.config.force_conflicts, events).await?;
        let mut inventory = self.inventory.write().await;
        let keys: Vec<_> = wanted.objects.iter().map(Object::key).collect();
        prune(cluster, namespace, &inventory, &keys).await?;
        let Wanted {
            release,
            objects,
            tags,
            digests,
            ..
        } = wanted;
        let volume = Volume::of(cluster, namespace, objects).await?;
        *inventory = Inventory::of(release, objects, tags, digests);
        inventory.volume = volume.recorded();
        inventory.write(cluster, namespace).await
    }

    /// What becomes ready in a phase.
    async fn workloads(&self, phase: Phase) -> Result<Vec<Workload>, Error> {
        let workloads = self.wanted().await?.workloads.iter();
        let of_phase = workloads.filter(|(own, _)| *own == phase);
        Ok(of_phase.map(|(_, workload)| workload.clone()).collect())
    }
}

/// Whether the object is not as it is wanted. A Job that has gone away after its end is made again, since its phase waits
/// for it.
fn is_to_be_applied(object: &Object, surveyed: Option<&Survey>) -> bool {
    let differs = surveyed.is_none_or(|survey| survey.differs(&object.key()));
    differs || object.kind() == "Job"
}
