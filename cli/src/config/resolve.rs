//! Flags over file over defaults.

use std::env;
use std::mem::take;
use std::path::{Path, PathBuf};
use std::time::Duration;

use schemars::JsonSchema;
use serde::Deserialize;

use super::file::{File, Level};
use super::kubernetes::{self, Endpoint, Kubernetes, Sections};
use super::{Error, Place, cache_dir, data_dir, env_vars, state_dir};

/// Where a shop runs.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Target {
    /// Child processes on this machine.
    #[default]
    Local,
    /// Any Kubernetes that a kubeconfig reaches.
    Kube,
    /// Kubernetes on machines that answer to ssh.
    Ec2,
}

impl Target {
    /// The name in `--target`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Local => "local",
            Self::Kube => "kube",
            Self::Ec2 => "ec2",
        }
    }
}

/// What the command line sets.
#[derive(Debug, Clone, Default)]
pub struct Overrides {
    /// `--config`
    pub config: Option<PathBuf>,
    /// `--target`
    pub target: Option<Target>,
    /// `--context`
    pub context: Option<String>,
    /// `--port`
    pub port: Option<u16>,
    /// `--data-dir`
    pub data_dir: Option<PathBuf>,
    /// `--timeout`
    pub timeout: Option<Duration>,
    /// `up --foreground`
    pub attached: bool,
    /// `--force-conflicts`
    pub force_conflicts: bool,
}

/// Everything that the rooms below need to know, resolved once.
#[derive(Debug, Clone)]
pub struct Config {
    /// Where the shop runs.
    pub target: Target,
    /// The port of the front door; none when nobody named one (a shop that exists keeps its port).
    pub port: Option<u16>,
    /// Where the data of the `local` target lives; absolute.
    pub data_dir: PathBuf,
    /// Where what can be made again is kept; absolute.
    pub cache_dir: PathBuf,
    /// How much the services log.
    pub log: &'static str,
    /// Settings of the backend.
    pub backend: Backend,
    /// Where traces go.
    pub otlp_endpoint: Option<Endpoint>,
    /// How long to wait for anything before giving up; on Kubernetes, without progress.
    pub timeout: Duration,
    /// Whether what is started is to end with this process.
    pub attached: bool,
    /// Whether fields that somebody else has set are taken over.
    pub force_conflicts: bool,
    /// The source checkout to build from; none for an installed `shopctl`.
    pub source: Option<PathBuf>,
    /// How clusters are made and remembered.
    pub clusters: Clusters,
    /// What only a shop on Kubernetes needs to know.
    pub kubernetes: Kubernetes,
}

/// How clusters are made and remembered.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Clusters {
    /// Where what is known of them lives; absolute. None where there is no home.
    pub state_dir: Option<PathBuf>,
    /// The `ansible-playbook` that was named; none when it is looked for.
    pub ansible_playbook: Option<PathBuf>,
    /// The operator's own kubeconfig; none where there is no home.
    pub operators_kubeconfig: Option<PathBuf>,
}

impl Clusters {
    /// Where what is known of them lives.
    pub fn state_dir(&self) -> Result<&Path, Error> {
        self.state_dir.as_deref().ok_or(Error::NoStateHome)
    }
}

/// Settings of the backend.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Backend {
    /// How long a cart lives.
    pub cart_ttl: Duration,
    /// How long a product stays in the cache.
    pub product_cache_ttl: Duration,
    /// How long to wait for recommendations.
    pub ml_service_timeout: Duration,
}

/// Reads the file that the overrides or the environment name and resolves everything.
pub fn resolve(overrides: Overrides) -> Result<Config, Error> {
    let Overrides {
        config,
        target,
        context,
        port,
        data_dir,
        timeout,
        attached,
        force_conflicts,
    } = overrides;
    let (written, mut file) = read(config)?;
    let target = target.or(file.target).unwrap_or_default();
    if context.is_some() && target != Target::Kube {
        return Err(Error::NoContext(target.name()));
    }
    let mut kubernetes = kubernetes(&written, &mut file)?;
    kubernetes.context = context.or(kubernetes.context);
    let directory = match data_dir.or(file.local.data_dir) {
        Some(directory) => absolute(directory),
        None => data_dir::default()?,
    };
    let port = port.or(file.local.port);
    if port == Some(0) {
        let cause = "the front door needs an address that people can type";
        return Err(written.unusable("local.port".to_owned(), "0".to_owned(), cause));
    }
    Ok(Config {
        target,
        port,
        cache_dir: cache_dir::default().unwrap_or_else(|| directory.join("cache")),
        data_dir: directory,
        log: level(file.log.unwrap_or(Level::Info)),
        backend: Backend {
            cart_ttl: file
                .backend
                .cart_ttl
                .unwrap_or(Duration::from_hours(7 * 24)),
            product_cache_ttl: file
                .backend
                .product_cache_ttl
                .unwrap_or(Duration::from_secs(30)),
            ml_service_timeout: file
                .backend
                .ml_service_timeout
                .unwrap_or(Duration::from_millis(50)),
        },
        otlp_endpoint: file.telemetry.otlp_endpoint,
        timeout: timeout.unwrap_or(Duration::from_mins(2)),
        attached,
        force_conflicts,
        source: source(),
        clusters: clusters(),
        kubernetes,
    })
}

fn clusters() -> Clusters {
    let named = env::var_os(env_vars::SHOPCTL_ANSIBLE_PLAYBOOK);
    let named = named.filter(|named| !named.is_empty());
    Clusters {
        state_dir: state_dir::default(),
        ansible_playbook: named.map(|named| absolute(PathBuf::from(named))),
        operators_kubeconfig: state_dir::operators_kubeconfig(),
    }
}

fn kubernetes(written: &Written, file: &mut File) -> Result<Kubernetes, Error> {
    let sections = Sections {
        kubernetes: take(&mut file.kubernetes),
        images: take(&mut file.images),
        backend: (
            take(&mut file.backend.replicas),
            take(&mut file.backend.resources),
        ),
        ml_service: (
            take(&mut file.ml_service.replicas),
            take(&mut file.ml_service.resources),
        ),
        frontend: (
            take(&mut file.frontend.replicas),
            take(&mut file.frontend.resources),
        ),
        postgres: take(&mut file.postgres),
        redis: take(&mut file.redis),
        training: take(&mut file.training),
        expose: take(&mut file.expose),
        ingress: take(&mut file.ingress),
        prometheus_namespace: file.telemetry.prometheus_namespace.take(),
        collector_cidrs: take(&mut file.telemetry.collector_cidrs),
    };
    kubernetes::resolve(sections).map_err(|(key, value, cause)| written.unusable(key, value, cause))
}

/// The file as somebody wrote it.
struct Written {
    path: PathBuf,
    text: String,
}

impl Written {
    fn unusable(&self, key: String, value: String, cause: &'static str) -> Error {
        Error::Unusable {
            path: self.path.clone(),
            place: Place::of(&key, &self.text),
            key,
            value,
            cause,
        }
    }
}

/// `--config`, else the environment, else `./shop.yaml` if it is there, else the defaults.
fn read(named: Option<PathBuf>) -> Result<(Written, File), Error> {
    let named = named.or_else(|| env::var_os(env_vars::SHOPCTL_CONFIG).map(PathBuf::from));
    if let Some(path) = named {
        let (file, text) = File::read(&path)?;
        return Ok((Written { path, text }, file));
    }
    let path = PathBuf::from("shop.yaml");
    let (file, text) = if path.exists() {
        File::read(&path)?
    } else {
        (File::default(), String::new())
    };
    Ok((Written { path, text }, file))
}

const fn level(level: Level) -> &'static str {
    match level {
        Level::Error => "error",
        Level::Warn => "warn",
        Level::Info => "info",
        Level::Debug => "debug",
        Level::Trace => "trace",
    }
}

/// The working directory may be gone; then the path stays as it is and fails with its own message.
fn absolute(path: PathBuf) -> PathBuf {
    std::path::absolute(&path).unwrap_or(path)
}

/// The checkout that this program was compiled in, if it runs out of its target directory or is run by Cargo, which may build
/// in any other directory.
fn source() -> Option<PathBuf> {
    if let Some(named) = env::var_os(env_vars::SHOPCTL_SOURCE) {
        return Some(PathBuf::from(named)).filter(|path| !path.as_os_str().is_empty());
    }
    let checkout = Path::new(env!("CARGO_MANIFEST_DIR")).parent()?;
    let executable = env::current_exe().ok()?;
    let inside = executable.starts_with(checkout.join("target"));
    let by_cargo = env::var_os(env_vars::CARGO_MANIFEST_DIR)
        .is_some_and(|package| package == env!("CARGO_MANIFEST_DIR"));
    ((inside || by_cargo) && checkout.join("Cargo.lock").is_file()).then(|| checkout.to_owned())
}
