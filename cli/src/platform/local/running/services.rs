//! The project's own services: their environment, as server and as a task that runs to its end.

use std::collections::BTreeMap;
use std::path::PathBuf;

use crate::config::Config;
use crate::plan::Component;
use crate::platform::Error;
use crate::platform::local::layout::Layout;
use crate::platform::local::machine::ports::Ports;
use crate::platform::local::running::environment;
use crate::platform::local::running::spec::Spec;
use crate::platform::local::stores::passwords::{self, Password};
use crate::platform::process::account::Account;
use crate::platform::process::signal::Signal;
use crate::platform::process::tool::Tool;

/// How long a service may take to answer what came in before it was told to end, in seconds.
const DRAIN_SECONDS: u64 = 15;

/// The role that owns the schema.
const OWNER: &str = "shopmicro";

/// Everything that the services' environment is made of.
pub struct Surroundings<'a> {
    /// The settings.
    pub config: &'a Config,
    /// The paths.
    pub layout: &'a Layout,
    /// The ports.
    pub ports: &'a Ports,
    /// Who they run as.
    pub account: Option<&'a Account>,
    /// The release that they are of.
    pub release: &'a str,
    /// The hash of the `shopctl` that supervises them.
    pub program: String,
}

/// The files with the addresses of the stores, which hold passwords, for those who need them.
pub fn url_files(layout: &Layout, ports: &Ports) -> Result<Vec<(PathBuf, Vec<u8>)>, Error> {
    let roles = [
        (OWNER, Password::Owner),
        ("backend", Password::Backend),
        ("ml_service", Password::MlService),
    ];
    let mut files = Vec::new();
    for (role, password) in roles {
        let password = passwords::read(layout, password)?;
        let port = ports.port(Component::Postgres);
        let url = format!(
            "postgres://{role}:{}@127.0.0.1:{port}/shopmicro",
            password.reveal()
        );
        files.push((layout.store_url(role), url.into_bytes()));
    }
    let password = passwords::read(layout, Password::Redis)?;
    let port = ports.port(Component::Redis);
    let url = format!("redis://:{}@127.0.0.1:{port}/0", password.reveal());
    files.push((layout.store_url("redis"), url.into_bytes()));
    Ok(files)
}

impl Surroundings<'_> {
    /// How the service is run.
    pub fn spec(&self, service: Component) -> Spec {
        let mut environment = self.environment(service);
        environment.extend(environment::base(self.layout));
        environment.extend(self.serving(service));
        Spec {
            component: service,
            argv: vec![self.binary(service), "serve".to_owned()],
            environment,
            directory: self.layout.root().to_owned(),
            account: self.account.cloned(),
            stop_signal: Signal::Terminate,
            death_signal: Signal::Kill,
            stop_timeout_seconds: DRAIN_SECONDS + 5,
        }
    }

    /// One of the service's tasks, run to its end, such as `backend migrate`.
    pub fn task(&self, service: Component, name: &str) -> Tool {
        let mut environment = self.environment(service);
        // Migrations and catalogue belong to the owner of the schema.
        if service == Component::Backend {
            environment.insert("DATABASE_URL_FILE".to_owned(), self.url(OWNER));
        }
        Tool::new(vec![self.binary(service), name.to_owned()])
            .under(self.account)
            .inside(self.layout.root())
            .only_with(environment::base(self.layout))
            .with(environment)
    }

    fn environment(&self, service: Component) -> BTreeMap<String, String> {
        let mut variables = BTreeMap::new();
        let mut set = |name: &str, value: String| variables.insert(name.to_owned(), value);
        set("RELEASE", self.release.to_owned());
        set("LOG", self.config.log.to_owned());
        if let Some(endpoint) = &self.config.otlp_endpoint {
            set("OTEL_EXPORTER_OTLP_ENDPOINT", endpoint.as_str().to_owned());
        }
        match service {
            Component::Backend => set("DATABASE_URL_FILE", self.url("backend")),
            Component::MlService => set("DATABASE_URL_FILE", self.url("ml_service")),
            _ => None,
        };
        variables
    }

    /// What only a server needs.
    fn serving(&self, service: Component) -> Vec<(String, String)> {
        let address = |service| format!("127.0.0.1:{}", self.ports.port(service));
        let mut variables = vec![
            ("LISTEN", address(service)),
            ("DRAIN_TIMEOUT", DRAIN_SECONDS.to_string()),
        ];
        if service == Component::Backend {
            let settings = &self.config.backend;
            let token = self.layout.password(Password::SyntheticToken);
            variables.extend([
                ("REDIS_URL_FILE", self.url("redis")),
                ("SYNTHETIC_TOKEN_FILE", token.display().to_string()),
                (
                    "ML_SERVICE_URL",
                    format!("http://{}", address(Component::MlService)),
                ),
                (
                    "ML_SERVICE_TIMEOUT_MS",
                    settings.ml_service_timeout.as_millis().to_string(),
                ),
                ("CART_TTL_SECONDS", settings.cart_ttl.as_secs().to_string()),
                (
                    "PRODUCT_CACHE_TTL_SECONDS",
                    settings.product_cache_ttl.as_secs().to_string(),
                ),
            ]);
        }
        variables
            .into_iter()
            .map(|(name, value)| (name.to_owned(), value))
            .collect()
    }

    fn url(&self, user: &str) -> String {
        self.layout.store_url(user).display().to_string()
    }

    fn binary(&self, service: Component) -> String {
        let path: PathBuf = self.layout.binary(self.release, service);
        path.display().to_string()
    }
}
