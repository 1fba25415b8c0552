//! What is there of a shop in a cluster. It must be quick: an `up` that has nothing to do begins and ends with it.

use super::apply::Survey;
use super::credentials;
use super::lease::Lease;
use super::preflight::preflight;
use super::shop;
use super::target::Kube;
use crate::plan::{Difference, Observed, Serving};
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
                objects_differ: true,
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
        let difference = self.difference(&survey, begun).await?;
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

    /// Whether every component is ready.
    async fn is_ready(&self) -> Result<bool, Error> {
        let status = shop::status(self.cluster().await?, self.namespace(), &self.config).await?;
        Ok(status.components.iter().all(|component| component.ready))
    }

    async fn difference(&self, survey: &Survey, begun: bool) -> Result<Difference, Error> {
        let cluster = self.cluster().await?;
        let wanted = self.wanted().await?;
        let recorded = self.inventory.read().await.release.clone();
        let (namespace, settings) = (self.namespace(), &self.config.kubernetes);
        let (lacking, images_missing) = tokio::try_join!(
            credentials::missing(cluster, namespace, settings),
            wanted.lacks_images(&self.config),
        )?;
        let is_deployed = begun && recorded.as_deref() == Some(wanted.release.as_str());
        let unready = !is_deployed || !self.is_ready().await?;
        Ok(Difference {
            images_missing,
            credentials_missing: !lacking.is_empty(),
            objects_differ: !survey.is_nothing(),
            objects_left: survey.pruned().next().is_some(),
            unready,
        })
    }
}
