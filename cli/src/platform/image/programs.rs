//! Where the services' programs are from which images are made.

use std::path::PathBuf;

use super::build::Ingredients;
use crate::config::Config;
use crate::platform::local::{Checkout, binaries};
use crate::platform::{Error, Events};

/// The directory that images are kept in.
pub fn store(config: &Config) -> PathBuf {
    config.cache_dir.join("images")
}

/// Whether the services must be built from the checkout first.
pub async fn is_outdated(config: &Config) -> bool {
    let Some(root) = &config.source else {
        return false;
    };
    let checkout = Checkout::new(root).linked_statically().await;
    checkout.is_outdated()
}

/// The programs of the checkout, built first where they are outdated, or those beside the installed `shopctl`.
pub async fn ingredients(config: &Config, events: &Events) -> Result<Ingredients, Error> {
    let store = store(config);
    if let Some(root) = &config.source {
        let checkout = Checkout::new(root).linked_statically().await;
        if checkout.is_outdated() {
            events.note("building the services from source");
            checkout.build(events).await?;
        }
        return Ok(Ingredients {
            programs: checkout.programs(),
            checkout: Some(root.clone()),
            store,
        });
    }
    let programs = binaries(config).ok_or_else(|| Error::Prerequisite {
        what: "it cannot be told where this `shopctl` is installed".to_owned(),
        cure: "call `shopctl` by its full path".to_owned(),
    })?;
    Ok(Ingredients {
        programs,
        checkout: None,
        store,
    })
}
