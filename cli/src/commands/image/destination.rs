//! Which registry is meant.

use clap::Args;

use crate::config::Config;
use crate::platform::image::registry::Destination;

/// The flags that name a registry.
#[derive(Debug, Clone, Args)]
pub struct RegistryArguments {
    /// The registry and what comes before the services' names, such as registry.example.com/shopmicro
    #[arg(long, value_name = "REGISTRY/PREFIX", value_parser = Destination::parse)]
    registry: Option<Destination>,
    /// Talk to that registry without TLS; one on this machine is asked first
    #[arg(long, requires = "registry")]
    plain_http: bool,
}

impl RegistryArguments {
    /// Where images go: the registry of the flag, else that of the configuration.
    pub fn destination(self, config: &Config) -> Option<Destination> {
        let Self {
            registry,
            plain_http,
        } = self;
        let named = registry.map(|destination| destination.over_plain_http(plain_http));
        named.or_else(|| Destination::configured(&config.kubernetes.images))
    }
}
