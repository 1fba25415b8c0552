//! The targets that are a Kubernetes: `impl Platform`.

use std::sync::atomic::{AtomicBool, Ordering};

use async_trait::async_trait;
use k8s_openapi::api::apps::v1::Deployment;
use kube::Api;
use kube::api::ListParams;
use tokio::sync::{OnceCell, RwLock};

use super::apply::{Inventory, Survey};
use super::cluster::Cluster;
use super::down::{Extent, Gone, down};
use super::halted::unchanged;
use super::labels::OF_OUR_SHOP;
use super::lease::Lease;
use super::rollout::wait_out;
use super::wanted::Wanted;
use super::{logs, shop, verified};
use crate::config::{Config, Target};
use crate::plan::{Observed, Step};
use crate::platform::checks;
use crate::platform::{
    CheckResult, Error, Events, Finding, Journal, LogQuery, LogStream, Platform, Shop, Status,
};

/// A shop in a namespace of a cluster.
pub struct Kube {
    pub(super) config: Config,
    cluster: OnceCell<Cluster>,
    /// What was there when the release was made.
    pub(super) inventory: RwLock<Inventory>,
    /// What applying the release changes, as it was when planning looked; none before it did.
    pub(super) surveyed: RwLock<Option<Survey>>,
    /// The release that is to be there, once it is known. It stays so until the next call.
    wanted: OnceCell<Wanted>,
    /// Whether the release has begun to change something.
    changing: AtomicBool,
}

impl Kube {
    /// The shop of that configuration.
    pub fn new(config: &Config) -> Self {
        Self {
            config: config.clone(),
            cluster: OnceCell::new(),
            inventory: RwLock::default(),
            surveyed: RwLock::default(),
            wanted: OnceCell::new(),
            changing: AtomicBool::new(false),
        }
    }

    /// A shop whose cluster and release are known.
    #[cfg(test)]
    pub(super) fn talking(config: &Config, cluster: &Cluster, wanted: Wanted) -> Self {
        Self {
            cluster: OnceCell::new_with(Some(cluster.clone())),
            wanted: OnceCell::new_with(Some(wanted)),
            ..Self::new(config)
        }
    }

    /// The cluster; reached once.
    pub async fn cluster(&self) -> Result<&Cluster, Error> {
        let reach = async || self.find_cluster().await?.answering().await;
        self.cluster.get_or_try_init(reach).await
    }

    /// The same, for whoever is about to change it: an API server that is just starting again is waited for.
    async fn await_cluster(&self, events: &Events) -> Result<&Cluster, Error> {
        let reach = async || {
            let cluster = self.find_cluster().await?;
            wait_out(&cluster, events).await?;
            cluster.answering().await
        };
        let cluster = self.cluster.get_or_try_init(reach).await?;
        cluster.silence.tell(events);
        Ok(cluster)
    }

    /// The cluster, which nobody has asked anything yet.
    async fn find_cluster(&self) -> Result<Cluster, Error> {
        match self.config.target {
            Target::Ec2 => {
                let state_dir = self.config.clusters.state_dir();
                let state_dir = state_dir.map_err(|error| Error::Prerequisite {
                    what: error.to_string(),
                    cure: "set HOME or SHOPCTL_STATE_DIR".to_owned(),
                })?;
                Cluster::find_current(state_dir).await
            }
            Target::Kube | Target::Local => {
                Cluster::of_operator(self.config.kubernetes.context.as_deref()).await
            }
        }
    }

    /// From now on an error means that something was changed.
    pub(super) fn begin_changing(&self) {
        self.changing.store(true, Ordering::Relaxed);
    }

    /// Whether something was changed, or may have been.
    pub(super) fn is_changing(&self) -> bool {
        self.changing.load(Ordering::Relaxed)
    }

    /// The namespace of the shop.
    pub fn namespace(&self) -> &str {
        self.config.kubernetes.namespace.as_str()
    }

    /// Whether a shop, or a part of one, is there.
    pub async fn has_shop(&self) -> Result<bool, Error> {
        let cluster = self.cluster().await?;
        let deployments: Api<Deployment> =
            Api::namespaced(cluster.client.clone(), self.namespace());
        let ours = ListParams::default().labels(OF_OUR_SHOP);
        let listed = deployments.list(&ours).await;
        let listed = listed.map_err(|error| cluster.failed("list the deployments", &error))?;
        Ok(!listed.items.is_empty())
    }

    /// Checks what the shop has in the cluster; nothing when `interrupted` came back first.
    pub async fn check(
        &self,
        only: &[String],
        interrupted: impl Future<Output = ()>,
    ) -> Result<Option<Vec<CheckResult>>, Error> {
        let cluster = self.cluster().await?;
        checks::kube::run(cluster, &self.config.kubernetes, only, interrupted).await
    }

    /// The release that was applied last.
    pub async fn release(&self) -> Result<String, Error> {
        let (cluster, namespace) = (self.cluster().await?, self.namespace());
        let release = Inventory::read(cluster, namespace).await?.release;
        release.ok_or_else(|| Error::NothingRunning {
            place: shop::place(cluster, namespace),
        })
    }

    /// Whether that release has been verified since it came.
    pub async fn is_verified(&self, release: &str) -> Result<bool, Error> {
        let (cluster, namespace) = (self.cluster().await?, self.namespace());
        let verified = verified::verified(cluster, namespace).await;
        Ok(verified.as_deref() == Some(release))
    }

    /// Remembers that the release has been verified.
    pub async fn remember_verified(&self, release: &str) -> Result<(), Error> {
        verified::remember(self.cluster().await?, self.namespace(), release).await
    }

    /// Takes the shop away; its data too, if so.
    pub async fn down(&self, delete_data: bool, events: &Events) -> Result<Gone, Error> {
        let (cluster, limit) = (self.cluster().await?, self.config.timeout);
        let tls = self.config.kubernetes.expose.tls.as_ref();
        let extent = Extent {
            data: delete_data,
            certificate: tls.map(|tls| tls.secret.as_str()),
        };
        down(cluster, self.namespace(), extent, limit, events).await
    }

    /// The shop for a browser on this machine.
    pub async fn open(&self) -> Result<shop::Opened, Error> {
        shop::open(self.cluster().await?, self.namespace(), &self.config).await
    }

    /// The namespace and its cluster, for people.
    pub async fn place(&self) -> Result<String, Error> {
        Ok(shop::place(self.cluster().await?, self.namespace()))
    }

    /// The release that configuration and built programs make.
    pub async fn wanted(&self) -> Result<&Wanted, Error> {
        let make = async || {
            let deployed = Inventory::read(self.cluster().await?, self.namespace()).await?;
            let wanted = Wanted::of(&self.config, &deployed).await?;
            *self.inventory.write().await = deployed;
            Ok(wanted)
        };
        self.wanted.get_or_try_init(make).await
    }

    /// What applying the release would change, as the API server sees it.
    pub async fn survey(&self) -> Result<Survey, Error> {
        let wanted = self.wanted().await?;
        let inventory = self.inventory.read().await.clone();
        let (cluster, namespace) = (self.cluster().await?, self.namespace());
        let force = self.config.force_conflicts;
        Survey::of(cluster, namespace, &wanted.objects, &inventory, force).await
    }
}

#[async_trait]
impl Platform for Kube {
    async fn observe(&self) -> Result<Observed, Error> {
        Box::pin(self.look()).await.map_err(unchanged)
    }

    async fn begin(&self, operation: &str, events: &Events) -> Result<Box<dyn Journal>, Error> {
        let beginning = async {
            let cluster = self.await_cluster(events).await?;
            self.make_namespace(events).await?;
            Lease::take(cluster, self.namespace(), operation, events).await
        };
        beginning.await.map_err(unchanged)
    }

    fn lock_outlives_process(&self) -> bool {
        true
    }

    async fn carry_out(&self, step: &Step, events: &Events) -> Result<(), Error> {
        match self.step(step, events).await {
            Ok(()) => Ok(()),
            Err(error) => Err(self.halted(error).await),
        }
    }

    /// What was applied goes on by itself, and the next call goes on from there.
    async fn abandon(&self, _: &Events) -> Result<(), Error> {
        Ok(())
    }

    async fn shop(&self) -> Result<Shop, Error> {
        shop::shop(self.cluster().await?, self.namespace(), &self.config).await
    }

    async fn status(&self) -> Result<Status, Error> {
        shop::status(self.cluster().await?, self.namespace(), &self.config).await
    }

    async fn logs(&self, query: &LogQuery) -> Result<LogStream, Error> {
        logs::logs(self.cluster().await?, self.namespace(), query).await
    }

    async fn diagnose(&self) -> Result<Vec<Finding>, Error> {
        self.examine().await
    }

    fn as_kube(&self) -> Option<&Kube> {
        Some(self)
    }
}
