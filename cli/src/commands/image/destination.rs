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
    /// Where images go. The one place that decides it, so that settings besides the flags are read here.
    pub fn destination(self, _: &Config) -> Option<Destination> {
        let Self {
            registry,
            plain_http,
        } = self;
        registry.map(|destination| destination.over_plain_http(plain_http))
    }
}
