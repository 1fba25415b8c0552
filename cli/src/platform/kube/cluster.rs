//! The way into a cluster.

use std::fmt::Display;
use std::path::{Path, PathBuf};
use std::time::Duration;

use kube::config::{KubeConfigOptions, Kubeconfig};
use kube::{Client, Config};

use super::connection::{Silence, client};
use super::refused::Refused;
use super::remedy::{reason, remedy};
use super::request::cause;
use crate::platform::Error;
use crate::platform::clusters::Place;

/// Who writes the fields that are applied.
pub const FIELD_MANAGER: &str = "shopctl";

/// How long the API may take to accept a connection.
const CONNECT: Duration = Duration::from_secs(5);

/// How long the API may take for an answer. Watches are asked to end before that.
const READ: Duration = Duration::from_secs(295);

/// A cluster whose API answers.
#[derive(Clone)]
pub struct Cluster {
    /// The API.
    pub client: Client,
    /// When the API did not answer.
    pub silence: Silence,
    /// The cluster's name.
    pub name: String,
    /// The file that leads to it.
    pub kubeconfig: PathBuf,
    /// What `kubectl` must be told to mean it, such as `--kubeconfig FILE`.
    pub way: String,
    /// The API's address, for people.
    pub server: String,
    /// The API's version, such as `v1.36.3`.
    pub version: String,
}

impl Cluster {
    /// Connects to the cluster that `--target ec2` talks to.
    pub async fn current(state_dir: &Path) -> Result<Self, Error> {
        Self::find_current(state_dir).await?.answering().await
    }

    /// The cluster that `--target ec2` talks to, which nobody has asked anything yet.
    pub async fn find_current(state_dir: &Path) -> Result<Self, Error> {
        let place = Place::current(state_dir).ok_or_else(|| Error::Prerequisite {
            what: "there is no current cluster".to_owned(),
            cure: "make one with `shopctl cluster up --inventory FILE`".to_owned(),
        })?;
        Self::find(&place).await
    }

    /// Connects to the cluster of that place.
    pub async fn connect(place: &Place) -> Result<Self, Error> {
        Self::find(place).await?.answering().await
    }

    /// The cluster of that place, which nobody has asked anything yet.
    async fn find(place: &Place) -> Result<Self, Error> {
        let kubeconfig = place.kubeconfig();
        if !kubeconfig.exists() {
            return Err(Error::Prerequisite {
                what: format!("cluster `{}` is not up", place.name()),
                cure: "make it with `shopctl cluster up --inventory FILE`".to_owned(),
            });
        }
        let config = read(&kubeconfig).await?;
        let server = address(&config);
        let silence = Silence::default();
        let client = client(config, &silence).map_err(|error| damaged(&kubeconfig, &error))?;
        let way = format!("--kubeconfig {}", kubeconfig.display());
        Ok(Self {
            client,
            silence,
            name: place.name().as_str().to_owned(),
            kubeconfig,
            way,
            server,
            version: String::new(),
        })
    }

    /// The cluster that the operator's own kubeconfig names: that of the context, else of the current one. Nobody has asked
    /// it anything yet.
    pub async fn of_operator(context: Option<&str>) -> Result<Self, Error> {
        let kubeconfig = Kubeconfig::read().map_err(|error| Error::Prerequisite {
            what: format!("there is no way to a cluster: {error}"),
            cure: "name a kubeconfig with KUBECONFIG, or make a cluster with `shopctl cluster up`"
                .to_owned(),
        })?;
        let name = context.map(str::to_owned);
        let name = name.or_else(|| kubeconfig.current_context.clone());
        let name = name.ok_or_else(|| Error::Prerequisite {
            what: "the kubeconfig has no current context".to_owned(),
            cure: format!("name one with `--context`: {}", contexts(&kubeconfig)),
        })?;
        if kubeconfig.contexts.iter().all(|known| known.name != name) {
            return Err(Error::Prerequisite {
                what: format!("the kubeconfig has no context `{name}`"),
                cure: format!("name one of {}", contexts(&kubeconfig)),
            });
        }
        let options = KubeConfigOptions {
            context: Some(name.clone()),
            ..KubeConfigOptions::default()
        };
        let unusable = |error: &dyn std::error::Error| Error::Prerequisite {
            what: format!("context `{name}` cannot be used: {error}"),
            cure: format!("kubectl --context {name} cluster-info"),
        };
        let config = Config::from_custom_kubeconfig(kubeconfig, &options).await;
        let mut config = config.map_err(|error| unusable(&error))?;
        config.connect_timeout = Some(CONNECT);
        config.read_timeout = Some(READ);
        let server = address(&config);
        let silence = Silence::default();
        let client = client(config, &silence).map_err(|error| unusable(&error))?;
        Ok(Self {
            client,
            silence,
            way: format!("--context {name}"),
            name,
            kubeconfig: PathBuf::new(),
            server,
            version: String::new(),
        })
    }

    /// The same, with the version that its API says it has.
    pub async fn answering(mut self) -> Result<Self, Error> {
        let version = self.client.apiserver_version().await;
        let version = version.map_err(|error| Error::Cluster {
            action: format!("reach the Kubernetes API at {}", self.server),
            cause: cause(&error),
            hint: self.kubectl("cluster-info"),
        })?;
        self.version = version.git_version;
        Ok(self)
    }

    /// A `kubectl` line that means this cluster.
    pub fn kubectl(&self, words: &str) -> String {
        format!("kubectl {} {words}", self.way)
    }

    /// An error of the API about an object that was to be changed, with the name of its cause where it has one.
    pub fn refused(&self, action: String, object: &impl Display, error: &kube::Error) -> Error {
        let next = remedy(error, |words| self.kubectl(words));
        let (Some(reason), Some(next)) = (reason(error), next) else {
            return self.failed(action, error);
        };
        Error::Refused(Box::new(Refused {
            action,
            object: object.to_string(),
            reason,
            message: cause(error),
            next,
            serving: None,
        }))
    }

    /// An error of the API as this room's.
    pub fn failed(&self, action: impl Into<String>, error: &kube::Error) -> Error {
        Error::Cluster {
            action: action.into(),
            cause: cause(error),
            hint: remedy(error, |words| self.kubectl(words))
                .unwrap_or_else(|| self.kubectl("get --raw /readyz?verbose")),
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

fn address(config: &Config) -> String {
    config
        .cluster_url
        .to_string()
        .trim_end_matches('/')
        .to_owned()
}

fn contexts(kubeconfig: &Kubeconfig) -> String {
    let names = kubeconfig.contexts.iter();
    let names: Vec<_> = names.map(|context| format!("`{}`", context.name)).collect();
    names.join(", ")
}

fn damaged(path: &Path, error: &dyn std::error::Error) -> Error {
    Error::Damaged {
        path: path.to_owned(),
        cause: error.to_string(),
    }
}
