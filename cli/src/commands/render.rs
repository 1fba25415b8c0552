//! `shopctl render`

use std::collections::BTreeMap;
use std::path::PathBuf;

use clap::Args;

use super::{Context, Error, Outcome};
use crate::config::Config;
use crate::config::kubernetes::Image;
use crate::exit::Exit;
use crate::failure::AnyFailure;
use crate::plan::manifest::{self, Pinned, content_hash, credentials, pin};
use crate::platform::kube::{self, Inventory};
use crate::platform::rendering;
use crate::report;

/// The arguments of `render`.
#[derive(Debug, Args)]
pub struct Arguments {
    /// Write the manifests into this directory; it is empty, or holds what an earlier `render` has written
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// Use this image for a part, such as `backend=registry.example.com/shop/backend@sha256:…`; may be repeated
    #[arg(long = "image", value_name = "PART=IMAGE", value_parser = named_image)]
    images: Vec<(String, Image)>,
    /// The name that the release has in the manifests [default: a hash of their content]
    #[arg(long, value_name = "NAME")]
    release: Option<String>,
}

/// Writes the manifests of the shop into a directory, ready to be committed.
pub async fn run(context: Context, arguments: Arguments) -> Outcome {
    let Arguments {
        out,
        images,
        release,
    } = arguments;
    let config = context.config()?;
    let given: BTreeMap<_, _> = images.into_iter().collect();
    let pinned = pinned(&context, &config, given).await?;
    let release = match release {
        Some(release) => release,
        None => content_hash(&config, &pinned)?,
    };
    let manifests = manifest::render(&config, &pinned, &release)?;
    let written = rendering::write(&out, &manifests)?;
    report::rendered(
        &context.printer,
        &report::Rendered {
            directory: &out,
            release: &release,
            manifests: &manifests,
            secrets: &credentials(&config.kubernetes),
            written,
        },
    );
    Ok(Exit::Ok)
}

/// The images by their digests: as they are written, or else as a release would find them out, for which it takes no
/// cluster. Nothing is pushed.
async fn pinned(
    context: &Context,
    config: &Config,
    given: BTreeMap<String, Image>,
) -> Result<BTreeMap<&'static str, Pinned>, AnyFailure> {
    let lacking = match pin(&config.kubernetes, &given) {
        Ok(pinned) => return Ok(pinned),
        Err(error) => error,
    };
    let manifest::Error::Unpinned { lines, .. } = &lacking else {
        return Err(lacking.into());
    };
    if !kube::can_find_images(config, &given) {
        return Err(lacking.into());
    }
    let progress = report::Progress::start(&context.printer);
    let found = kube::Images::of(config, given, &Inventory::default(), &progress.events()).await;
    let found = found.map_err(|cause| Error::Unresolved {
        cause: Box::new(cause),
        lines: lines.clone(),
    })?;
    Ok(found.pinned)
}

fn named_image(text: &str) -> Result<(String, Image), String> {
    let (part, image) = text
        .split_once('=')
        .ok_or_else(|| format!("`{text}` is no PART=IMAGE"))?;
    Ok((part.to_owned(), Image::try_from(image.to_owned())?))
}
