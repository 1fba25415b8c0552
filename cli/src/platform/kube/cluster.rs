//! The way into a cluster.

use std::path::{Path, PathBuf};
use std::time::Duration;

use kube::config::{KubeConfigOptions, Kubeconfig};
use kube::{Client, Config};

use super::request::cause;
use crate::platform::Error;
use crate::platform::clusters::Place;

/// How long the API may take to accept a connection.
const CONNECT: Duration = Duration::from_secs(5);

/// How long the API may take for an answer. Watches are asked to end before that.
const READ: Duration = Duration::from_secs(295);

/// A cluster whose API answers.
#[derive(Clone)]
pub struct Cluster {
    /// The API.
    pub client: Client,
    /// The cluster's name.
    pub name: String,
    /// The file that leads to it.
    pub kubeconfig: PathBuf,
    /// The API's address, for people.
    pub server: String,
    /// The API's version, such as `v1.36.3`.
    pub version: String,
}

impl Cluster {
    /// Connects to the cluster that `--target ec2` talks to.
    pub async fn current(state_dir: &Path) -> Result<Self, Error> {
        let place = Place::current(state_dir).ok_or_else(|| Error::Prerequisite {
            what: "there is no current cluster".to_owned(),
            cure: "make one with `shopctl cluster up --inventory FILE`".to_owned(),
        })?;
        Self::connect(&place).await
    }

    /// Connects to the cluster of that place.
    pub async fn connect(place: &Place) -> Result<Self, Error> {
        let kubeconfig = place.kubeconfig();
        if !kubeconfig.exists() {
            return Err(Error::Prerequisite {
                what: format!("cluster `{}` is not up", place.name()),
                cure: "make it with `shopctl cluster up --inventory FILE`".to_owned(),
            });
        }
        let config = read(&kubeconfig).await?;
        let server = config
            .cluster_url
            .to_string()
            .trim_end_matches('/')
            .to_owned();
        let client = Client::try_from(config).map_err(|error| damaged(&kubeconfig, &error))?;
        Self::of(client, place.name().as_str(), kubeconfig, server).await
    }

    /// The cluster behind that client.
    pub async fn of(
        client: Client,
        name: &str,
        kubeconfig: PathBuf,
        server: String,
    ) -> Result<Self, Error> {
        let version = client
            .apiserver_version()
            .await
            .map_err(|error| Error::Cluster {
                action: format!("reach the Kubernetes API at {server}"),
                cause: cause(&error),
                hint: format!("kubectl --kubeconfig {} cluster-info", kubeconfig.display()),
            })?;
        Ok(Self {
            client,
            name: name.to_owned(),
            kubeconfig,
            server,
            version: version.git_version,
        })
    }

    /// A `kubectl` line that means this cluster.
    pub fn kubectl(&self, words: &str) -> String {
        format!("kubectl --kubeconfig {} {words}", self.kubeconfig.display())
    }

    /// An error of the API as this room's.
    pub fn failed(&self, action: impl Into<String>, error: &kube::Error) -> Error {
        Error::Cluster {
            action: action.into(),
            cause: cause(error),
            hint: self.kubectl("get --raw /readyz?verbose"),
        }
    }
}

async fn read(path: &Path) -> Result<Config, Error> {
    let kubeconfig = Kubeconfig::read_from(path).map_err(|error| damaged(path, &error))?;
    let options = KubeConfigOptions::default();
    let config = Config::from_custom_kubeconfig(kubeconfig, &options).await;
    let mut config = config.map_err(|error| damaged(path, &error))?;
    config.connect_timeout = Some(CONNECT);
    config.read_timeout = Some(READ);
    // Machines that answer to ssh are reached directly; a proxy of the environment is meant for the web.
    config.proxy_url = None;
    Ok(config)
}

fn damaged(path: &Path, error: &dyn std::error::Error) -> Error {
    Error::Damaged {
        path: path.to_owned(),
        cause: error.to_string(),
    }
}
