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
        let Images {
            pinned: images,
            build,
            tags,
        } = Images::of(config, BTreeMap::new(), deployed, &Events::unheard()).await?;
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

/// The images of a release.
pub struct Images {
    /// Each by its digest.
    pub pinned: BTreeMap<&'static str, Pinned>,
    /// Those that this machine has built; none when somebody else publishes all of them.
    pub build: Option<Build>,
    /// What the tags of the configuration mean.
    pub tags: BTreeMap<String, String>,
}

impl Images {
    /// Builds what nobody else publishes and asks registries what tags mean; nothing is pushed. `given` comes before what
    /// the configuration names.
    pub async fn of(
        config: &Config,
        mut given: BTreeMap<String, Image>,
        deployed: &Inventory,
        events: &Events,
    ) -> Result<Self, Error> {
        let images = &config.kubernetes.images;
        let build = build(config, &given, events).await?;
        if let (Some(build), Some(registry)) = (&build, &images.registry) {
            for built in &build.images {
                let name = built.service.name();
                if !is_named(config, &given, name) {
                    given.insert(name.to_owned(), image(built.reference(registry.as_str()))?);
                }
            }
        }
        let tags = tags(config, &given, deployed).await?;
        for part in needed(&config.kubernetes) {
            let named = given.get(part).or_else(|| images.named.get(part));
            let Some(named) = named.map(Image::as_str) else {
                continue;
            };
            if let Some(digest) = tags.get(named) {
                let pinned = image(format!("{named}@{digest}"))?;
                given.insert(part.to_owned(), pinned);
            }
        }
        Ok(Self {
            pinned: pin(&config.kubernetes, &given)?,
            build,
            tags,
        })
    }
}

/// Whether somebody has named the image of that part.
fn is_named(config: &Config, given: &BTreeMap<String, Image>, part: &str) -> bool {
    given.contains_key(part) || config.kubernetes.images.named.contains_key(part)
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

/// Whether somebody has named the image of each service.
fn are_named(config: &Config, given: &BTreeMap<String, Image>) -> bool {
    let mut services = Component::SERVICES.iter();
    services.all(|service| is_named(config, given, service.name()))
}

/// Whether it is known from where the images of the services come, so that their digests can be found out.
pub fn can_find_images(config: &Config, given: &BTreeMap<String, Image>) -> bool {
    are_named(config, given) || config.kubernetes.images.registry.is_some()
}

/// Fails where nobody has said from where the cluster is to get the images of the services.
pub fn ensure_images_named(config: &Config) -> Result<(), Error> {
    if !can_find_images(config, &BTreeMap::new()) {
        return Err(Error::Prerequisite {
            what: "no registry is named for the images of the services".to_owned(),
            cure: "write one in shop.yaml that the cluster can reach: `images: {registry: registry.example.com/shopmicro}`"
                .to_owned(),
        });
    }
    Ok(())
}

/// Packs the images of the services, unless each of them is named.
async fn build(
    config: &Config,
    given: &BTreeMap<String, Image>,
    events: &Events,
) -> Result<Option<Build>, Error> {
    if are_named(config, given) {
        return Ok(None);
    }
    ensure_images_named(config)?;
    let ingredients = image::ingredients(config, events).await?;
    image::build(ingredients, events).await.map(Some)
}

/// The digests of the images that the configuration names by a tag.
async fn tags(
    config: &Config,
    given: &BTreeMap<String, Image>,
    deployed: &Inventory,
) -> Result<BTreeMap<String, String>, Error> {
    let images = &config.kubernetes.images;
    let named = needed(&config.kubernetes)
        .filter_map(|part| given.get(part).or_else(|| images.named.get(part)))
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
