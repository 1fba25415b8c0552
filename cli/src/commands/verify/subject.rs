//! What is verified.

use std::path::PathBuf;

use super::checking::{check, check_cluster, check_kube, split};
use crate::config::{Config, Target};
use crate::failure::AnyFailure;
use crate::platform::kube::{Cluster, Kube};
use crate::platform::{self, CheckResult, Platform, checks};
use crate::report::checks::Verified;

/// What is verified.
pub enum Subject {
    /// A shop on this machine.
    Shop(Box<dyn Platform>),
    /// A shop in a cluster.
    Kube(Box<Kube>),
    /// The cluster that the state directory says is the current one.
    Cluster(PathBuf),
}

impl Subject {
    /// What the configuration and the names of the checks lead to.
    pub async fn of(config: &Config, only: &[String]) -> Result<Self, AnyFailure> {
        let in_cluster = || Self::Kube(Box::new(Kube::new(config)));
        match config.target {
            Target::Local => Ok(Self::Shop(platform::select(config))),
            Target::Kube => Ok(in_cluster()),
            Target::Ec2 => {
                let state_dir = config.clusters.state_dir()?.to_owned();
                let of_cluster = |name: &String| name.starts_with("cluster");
                let about_cluster = !only.is_empty() && only.iter().all(of_cluster);
                // A name of neither is refused by the list of the cluster.
                if about_cluster || is_without_shop(config).await {
                    return Ok(Self::Cluster(state_dir));
                }
                Ok(in_cluster())
            }
        }
    }

    /// The names and titles of its checks.
    pub fn list(&self) -> Vec<(&'static str, &'static str)> {
        match self {
            Self::Shop(_) => checks::list(),
            Self::Kube(_) => [checks::kube::list(), checks::list()].concat(),
            Self::Cluster(_) => checks::cluster::list(),
        }
    }

    /// Fails with the first name that none of its checks has.
    pub fn ensure_known(&self, only: &[String]) -> Result<(), AnyFailure> {
        match self {
            Self::Shop(_) => Ok(checks::ensure_known(only)?),
            Self::Kube(_) => Ok(checks::ensure_known(&split(only).1)?),
            Self::Cluster(_) => Ok(checks::cluster::ensure_known(only)?),
        }
    }

    /// Checks it once.
    pub async fn check(&self, only: &[String]) -> Result<(Verified, Vec<CheckResult>), AnyFailure> {
        match self {
            Self::Shop(platform) => {
                let shop = platform.shop().await?;
                let results = check(&shop, only).await?;
                Ok((Verified::Release(shop.release), results))
            }
            Self::Kube(kube) => {
                let release = kube.release().await?;
                let shop = kube.shop().await;
                let results = check_kube(kube, shop.as_ref(), only).await?;
                Ok((Verified::Release(release), results))
            }
            Self::Cluster(state_dir) => {
                let cluster = Cluster::current(state_dir).await?;
                let results = check_cluster(&cluster, only).await?;
                Ok((Verified::Cluster(cluster.name), results))
            }
        }
    }
}

/// Whether the cluster is not there yet, or has no shop. One that cannot be asked may have one; the checks of a shop then
/// say why not.
async fn is_without_shop(config: &Config) -> bool {
    matches!(
        Kube::new(config).has_shop().await,
        Ok(false) | Err(platform::Error::Prerequisite { .. })
    )
}
