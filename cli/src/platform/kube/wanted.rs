//! The release that configuration and images make.

use std::collections::BTreeMap;

use futures_util::future::try_join_all;

use super::apply::{Inventory, Object};
use super::rollout::Workload;
use crate::config::Config;
use crate::config::kubernetes::Image;
use crate::plan::Component;
use crate::plan::manifest::{self, Phase, Pinned, content_hash, needed, pin};
use crate::platform::image::registry::{self, Destination};
use crate::platform::image::{self, Build, Store};
use crate::platform::{Error, Events};

/// What is to be in the cluster.
pub struct Wanted {
    /// The release's name: a hash of what its manifests say.
    pub release: String,
    /// Every object, in the order of applying.
    pub objects: Vec<Object>,
    /// The images that this machine has built for it; none when somebody else publishes all of them.
    pub build: Option<Build>,
    /// What the tags of the configuration mean in this release.
    pub tags: BTreeMap<String, String>,
    /// The digest of each part's image.
    pub digests: BTreeMap<String, String>,
    /// What becomes ready of it, with the phase in which it does.
    pub workloads: Vec<(Phase, Workload)>,
}

impl Wanted {
    /// Makes it from what is built already. A tag means what it meant for the release that is there, until the
    /// configuration names another one.
    pub async fn of(config: &Config, deployed: &Inventory) -> Result<Self, Error> {
        let build = build(config).await?;
        let mut given = BTreeMap::new();
        if let (Some(build), Some(registry)) = (&build, &config.kubernetes.images.registry) {
            let named = &config.kubernetes.images.named;
            let ours = build.images.iter();
            for built in ours.filter(|built| !named.contains_key(built.service.name())) {
                let reference = built.reference(registry.as_str());
                given.insert(built.service.name().to_owned(), image(reference)?);
            }
        }
        let tags = tags(config, &given, deployed).await?;
        for (part, named) in &config.kubernetes.images.named {
            if let Some(digest) = tags.get(named.as_str()) {
                let pinned = image(format!("{}@{digest}", named.as_str()))?;
                given.insert((*part).to_owned(), pinned);
            }
        }
        let images = pin(&config.kubernetes, &given)?;
        let release = content_hash(config, &images)?;
        let manifests = manifest::render(config, &images, &release)?;
        let objects = manifests.iter().map(Object::of);
        Ok(Self {
            release,
            objects: objects.collect::<Result<_, _>>()?,
            build,
            tags,
            digests: digests(&images),
            workloads: manifests
                .iter()
                .filter_map(|manifest| Some((manifest.phase, Workload::of(manifest)?)))
                .collect(),
        })
    }

    /// Whether the registry lacks an image that this machine has built.
    pub async fn lacks_images(&self, config: &Config) -> Result<bool, Error> {
        let (Some(build), Some(destination)) = (&self.build, destination(config)) else {
            return Ok(false);
        };
        let store = Store::at(&image::store(config));
        Ok(!registry::has(build, &store, &destination).await?)
    }

    /// Makes the registry have the images that this machine has built.
    pub async fn push(&self, config: &Config, events: &Events) -> Result<(), Error> {
        let (Some(build), Some(destination)) = (&self.build, destination(config)) else {
            return Ok(());
        };
        let store = Store::at(&image::store(config));
        registry::push(build, &store, &destination, events)
            .await
            .map(drop)
    }
}

fn destination(config: &Config) -> Option<Destination> {
    Destination::configured(&config.kubernetes.images)
}

/// What a cluster that runs these images runs.
fn digests(images: &BTreeMap<&'static str, Pinned>) -> BTreeMap<String, String> {
    let digest = |(part, pinned): (&&str, &Pinned)| {
        let (_, digest) = pinned.reference.split_once('@')?;
        Some(((*part).to_owned(), digest.to_owned()))
    };
    images.iter().filter_map(digest).collect()
}

/// Whether the configuration names the image of each service.
fn are_named(config: &Config) -> bool {
    let named = &config.kubernetes.images.named;
    let mut services = Component::SERVICES.iter();
    services.all(|service| named.contains_key(service.name()))
}

/// Fails where nobody has said from where the cluster is to get the images of the services.
pub fn ensure_images_named(config: &Config) -> Result<(), Error> {
    if !are_named(config) && config.kubernetes.images.registry.is_none() {
        return Err(Error::Prerequisite {
            what: "no registry is named for the images of the services".to_owned(),
            cure: "write one in shop.yaml that the cluster can reach: `images: {registry: registry.example.com/shopmicro}`"
                .to_owned(),
        });
    }
    Ok(())
}

/// Packs the images of the services, unless the configuration names each of them.
async fn build(config: &Config) -> Result<Option<Build>, Error> {
    ensure_images_named(config)?;
    if are_named(config) {
        return Ok(None);
    }
    let events = Events::unheard();
    let ingredients = image::ingredients(config, &events).await?;
    image::build(ingredients, &events).await.map(Some)
}

/// The digests of the images that the configuration names by a tag.
async fn tags(
    config: &Config,
    given: &BTreeMap<String, Image>,
    deployed: &Inventory,
) -> Result<BTreeMap<String, String>, Error> {
    let images = &config.kubernetes.images;
    let named = needed(&config.kubernetes)
        .filter(|part| !given.contains_key(*part))
        .filter_map(|part| images.named.get(part))
        .filter(|image| image.digest().is_none());
    let resolved = named.map(async |image| {
        let text = image.as_str().to_owned();
        let digest = match deployed.tags.get(&text) {
            Some(digest) => digest.clone(),
            None => registry::resolve(image, images).await?,
        };
        Ok::<_, Error>((text, digest))
    });
    Ok(try_join_all(resolved).await?.into_iter().collect())
}

fn image(text: String) -> Result<Image, Error> {
    let shown = text.clone();
    Image::try_from(text).map_err(|cause| Error::Prerequisite {
        what: format!("`{shown}` is no image: {cause}"),
        cure: "see `images` in shop.yaml".to_owned(),
    })
}
