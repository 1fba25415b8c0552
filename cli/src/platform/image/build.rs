//! Makes the images of all services at once. What was packed before is not packed again.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::thread;
use std::time::Instant;

use oci_client::manifest::OCI_IMAGE_MEDIA_TYPE;
use tokio::task::spawn_blocking;

use super::assembly::assemble;
use super::bill::{Bill, Libraries, Sources};
use super::built::{Build, Built};
use super::layout::{Blob, Layer, Store, Tree, canonical, digest_of};
use super::recipe::Recipe;
use crate::plan::Component;
use crate::platform::local::hashes::Hashes;
use crate::platform::{Error, Events};

/// What images are made of, and where they are put.
#[derive(Debug, Clone)]
pub struct Ingredients {
    /// The directory of the services' programs.
    pub programs: PathBuf,
    /// The checkout that they were built from; none for those that were installed with `shopctl`.
    pub checkout: Option<PathBuf>,
    /// The directory that images are kept in.
    pub store: PathBuf,
}

/// Builds the images of all services.
pub async fn build(ingredients: Ingredients, events: &Events) -> Result<Build, Error> {
    let start = Instant::now();
    let Ingredients {
        programs,
        checkout,
        store,
    } = ingredients;
    let sources = Sources::of(checkout.as_deref())?;
    let (store, recipes) = blocking(move || {
        let store = Store::open(&store)?;
        let recipes = recipes(&programs, &store)?;
        Ok((store, recipes))
    })
    .await?;
    events.progress("packing layers");
    let packing = {
        let (store, recipes) = (store.clone(), recipes.clone());
        blocking(move || pack(&store, &recipes))
    };
    let (layers, bills) = tokio::join!(packing, bills(&store, &recipes, &sources));
    let (layers, bills) = (layers?, bills?);
    let mut images = Vec::new();
    for (recipe, bill) in recipes.iter().zip(&bills) {
        let layers = [&recipe.base, &recipe.program].map(|tree| layers[&tree.key()].clone());
        images.push(assemble(&store, recipe, &layers, bill)?);
    }
    let build = Build::of(images);
    record(&store, &build)?;
    events.note(format!(
        "✓ {} images ({:.1} s)",
        build.images.len(),
        start.elapsed().as_secs_f64()
    ));
    Ok(build)
}

fn recipes(programs: &std::path::Path, store: &Store) -> Result<Vec<Recipe>, Error> {
    let mut hashes = Hashes::read(&store.hashes());
    let known = hashes.clone();
    let services = Component::SERVICES.into_iter();
    let recipes = services
        .map(|service| Recipe::of(service, programs, &mut hashes))
        .collect::<Result<Vec<_>, _>>()?;
    if hashes != known {
        hashes.write(&store.hashes())?;
    }
    Ok(recipes)
}

/// The layers of all recipes by their keys, each packed on a thread of its own.
fn pack(store: &Store, recipes: &[Recipe]) -> Result<BTreeMap<String, Layer>, Error> {
    let trees = recipes
        .iter()
        .flat_map(|recipe| [&recipe.base, &recipe.program]);
    let trees: BTreeMap<String, &Tree> = trees.map(|tree| (tree.key(), tree)).collect();
    thread::scope(|scope| {
        let packers: Vec<_> = trees
            .into_iter()
            .map(|(key, tree)| (key, scope.spawn(move || layer(store, tree))))
            .collect();
        let layers = packers.into_iter().map(|(key, packer)| {
            let layer = packer
                .join()
                .unwrap_or_else(|panic| std::panic::resume_unwind(panic));
            Ok((key, layer?))
        });
        layers.collect()
    })
}

/// The layer. If a file in it is not what was remembered of it, nothing is remembered, so that the next build looks anew.
fn layer(store: &Store, tree: &Tree) -> Result<Layer, Error> {
    store.layer(tree).inspect_err(|_| store.forget_hashes())
}

/// The bills of materials in the order of the recipes.
async fn bills(store: &Store, recipes: &[Recipe], sources: &Sources) -> Result<Vec<Blob>, Error> {
    let mut asked: BTreeMap<_, Libraries> = BTreeMap::new();
    let mut bills = Vec::new();
    for recipe in recipes {
        let key = bill_key(recipe, sources);
        let known: Option<Blob> = store.recall(&key);
        if let Some(bill) = known.filter(|bill| store.has(bill)) {
            bills.push(bill);
            continue;
        }
        let files = &recipe.from_here;
        let libraries = match asked.get(files) {
            Some(libraries) => libraries.clone(),
            None => Libraries::of(files).await,
        };
        let bill = Bill::of(recipe.service, &recipe.hash, sources, &libraries);
        let bill = store.add(&canonical(&bill))?;
        if libraries.unknown.is_empty() {
            store.remember(&key, &bill)?;
        }
        asked.insert(files, libraries);
        bills.push(bill);
    }
    Ok(bills)
}

/// A text that differs whenever the bill would: a library's package has another version when its content differs.
fn bill_key(recipe: &Recipe, sources: &Sources) -> String {
    let key = format!(
        "bill 2\n{} {}\n{}\n{sources:?}",
        recipe.service,
        recipe.hash,
        recipe.base.key()
    );
    digest_of(key.as_bytes()).replace(':', "-")
}

/// Names the build in the index and removes what no build needs any more.
fn record(store: &Store, build: &Build) -> Result<(), Error> {
    let manifests: Vec<_> = build
        .images
        .iter()
        .map(|image| image.manifest.clone())
        .collect();
    store.record(&build.tag, &manifests, OCI_IMAGE_MEDIA_TYPE)?;
    let kept = store.recorded().into_iter().flat_map(|build| build.digests);
    let mut needed: BTreeSet<String> = kept.collect();
    for manifest in needed.clone() {
        let text = store.read(&manifest).unwrap_or_default();
        needed.extend(digests_in(&String::from_utf8_lossy(&text)));
    }
    needed.extend(build.images.iter().flat_map(attached));
    store.prune(|digest| needed.contains(digest));
    Ok(())
}

fn attached(image: &Built) -> impl Iterator<Item = String> {
    let blobs = image.bill.iter().chain([&image.referrer]);
    blobs.map(|blob| blob.digest.clone())
}

/// Every digest that a manifest names.
fn digests_in(manifest: &str) -> impl Iterator<Item = String> {
    let texts = manifest.split('"');
    texts
        .filter(|text| text.starts_with("sha256:"))
        .map(str::to_owned)
}

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Error> + Send + 'static,
) -> Result<T, Error> {
    let done = spawn_blocking(work).await;
    done.unwrap_or_else(|panic| std::panic::resume_unwind(panic.into_panic()))
}
