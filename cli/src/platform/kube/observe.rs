//! What is there of a shop in a cluster. It must be quick: an `up` that has nothing to do begins and ends with it.

use std::collections::BTreeSet;

use super::apply::Survey;
use super::credentials;
use super::lease::Lease;
use super::preflight::preflight;
use super::shop;
use super::target::Kube;
use crate::plan::manifest::Phase;
use crate::plan::{Component, Difference, Observed, Serving};
use crate::platform::{Error, image};

impl Kube {
    /// Looks at everything that planning depends on.
    pub(super) async fn look(&self) -> Result<Observed, Error> {
        let cluster = self.cluster().await?;
        let begun = self.has_namespace().await?;
        let observed = Observed {
            begun,
            interruption: if begun {
                Lease::interruption(cluster, self.namespace()).await?
            } else {
                None
            },
            // Until the release is known, all of it is to be done.
            difference: Some(Difference {
                phases: Phase::ALL.into(),
                ..Difference::default()
            }),
            ..Observed::default()
        };
        if image::is_outdated(&self.config).await {
            return Ok(Observed {
                build_outdated: true,
                ..observed
            });
        }
        preflight(cluster, &self.config.kubernetes).await?;
        let survey = self.survey().await?;
        let difference = Box::pin(self.difference(&survey, begun)).await?;
        if difference.credentials_missing {
            self.refuse_secrets_of_others().await?;
        }
        *self.surveyed.write().await = Some(survey);
        let wanted = self.wanted().await?;
        Ok(Observed {
            wanted_release: Some(wanted.release.clone()),
            serving: match (difference.is_nothing(), begun) {
                (true, _) => Serving::Fully(wanted.release.clone()),
                (false, true) => Serving::Partly,
                (false, false) => Serving::Nothing,
            },
            difference: Some(difference),
            ..observed
        })
    }

    /// Fails, before anything is changed, where a Secret is missing that must not be made, or somebody else has set what it
    /// is to say.
    async fn refuse_secrets_of_others(&self) -> Result<(), Error> {
        let (cluster, settings) = (self.cluster().await?, &self.config.kubernetes);
        let force = self.config.force_conflicts;
        let foreseen = credentials::foresee(cluster, self.namespace(), settings, force).await;
        let (_, refused) = foreseen?;
        refused.into_iter().next().map_or(Ok(()), Err)
    }

    /// The components that are not ready.
    pub(super) async fn unready(&self) -> Result<Vec<Component>, Error> {
        let status = shop::status(self.cluster().await?, self.namespace(), &self.config).await?;
        let components = status.components.into_iter();
        let unready = components.filter(|component| !component.ready);
        Ok(unready.map(|unready| unready.component).collect())
    }

    /// The phases that are not as the release wants them. Where a release was begun and not ended, each may be one.
    async fn phases(&self, survey: &Survey, begun: bool) -> Result<BTreeSet<Phase>, Error> {
        let wanted = self.wanted().await?;
        let inventory = self.inventory.read().await;
        if !begun || inventory.unfinished || inventory.release.is_none() {
            return Ok(Phase::ALL.into());
        }
        let differ = wanted
            .objects
            .iter()
            .filter(|object| survey.differs(&object.key()));
        let mut phases: BTreeSet<_> = differ.map(|object| object.phase).collect();
        phases.extend(self.unready().await?.into_iter().map(Phase::of));
        Ok(phases)
    }

    /// What is not as the release says.
    pub(super) async fn difference(
        &self,
        survey: &Survey,
        begun: bool,
    ) -> Result<Difference, Error> {
        let cluster = self.cluster().await?;
        let wanted = self.wanted().await?;
        let (namespace, settings) = (self.namespace(), &self.config.kubernetes);
        let (lacking, images_missing, phases) = tokio::try_join!(
            credentials::missing(cluster, namespace, settings),
            wanted.lacks_images(&self.config),
            self.phases(survey, begun),
        )?;
        Ok(Difference {
            images_missing,
            credentials_missing: !lacking.is_empty(),
            // Whoever has read a Secret that is made again must read it again.
            phases: if lacking.is_empty() {
                phases
            } else {
                Phase::ALL.into()
            },
            objects_left: survey.pruned().next().is_some(),
        })
    }
}
