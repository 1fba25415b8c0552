//! The verification of a release that was brought just now.

use super::checking::{check, check_kube, verdict};
use crate::commands::interrupt::unless_interrupted;
use crate::exit::Exit;
use crate::failure::AnyFailure;
use crate::platform::kube::Kube;
use crate::platform::{self, CheckResult, Platform, Shop, checks};

/// What is asked of a release that was verified when it came, and that nothing has changed since.
const STANDING: [&str; 6] = [
    "handbook",
    "pods",
    "claims",
    "processes",
    "storefront",
    "health",
];

/// A release that serves, and how it was checked.
pub struct Checked {
    /// The release.
    pub release: String,
    /// The address of the front door.
    pub url: String,
    /// The outcome.
    pub results: Vec<CheckResult>,
    /// Whether everything was checked, and not only whether what was verified before still stands.
    pub wholly: bool,
}

/// Checks the release that serves, which has just come if something has `changed`.
pub async fn release(platform: &dyn Platform, changed: bool) -> Result<Checked, AnyFailure> {
    let shop = unless_interrupted(platform.shop()).await?;
    if let Some(kube) = platform.as_kube() {
        return release_in_cluster(kube, &shop, changed).await;
    }
    Ok(Checked {
        results: check(&shop, &[]).await?,
        release: shop.release,
        url: shop.front_door,
        wholly: true,
    })
}

async fn release_in_cluster(
    kube: &Kube,
    shop: &Shop,
    changed: bool,
) -> Result<Checked, AnyFailure> {
    let known = async {
        let release = kube.release().await?;
        let stands = !changed && kube.is_verified(&release).await?;
        if changed {
            checks::new_release(shop).await;
        }
        Ok::<_, platform::Error>((release, stands))
    };
    let (release, stands) = unless_interrupted(known).await?;
    let only: &[&str] = if stands { &STANDING } else { &[] };
    let only: Vec<_> = only.iter().copied().map(str::to_owned).collect();
    let results = check_kube(kube, Ok(shop), &only).await?;
    // What was reached past its entry was not proven as a whole.
    if !stands && shop.detour.is_none() && verdict(&results) == Exit::Ok {
        unless_interrupted(kube.remember_verified(&release)).await?;
    }
    Ok(Checked {
        release,
        url: shop.front_door.clone(),
        results,
        wholly: !stands,
    })
}
