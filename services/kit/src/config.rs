//! The configuration that every service has in common. Services flatten these structs into their own `clap` arguments.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use clap::Args;
use database::{Address, Authority};

use crate::Secret;
use crate::start::BadValue;

/// Where and how a service serves.
#[derive(Args, Debug, Clone)]
pub struct ServeConfig {
    /// Address to listen on, for example 127.0.0.1:40001
    #[arg(long, env = "LISTEN", value_name = "HOST:PORT")]
    pub listen: SocketAddr,

    /// Address for /livez, /readyz and /metrics, which then cannot be reached under the other one
    #[arg(long, env = "INTERNAL_LISTEN", value_name = "HOST:PORT")]
    pub internal_listen: Option<SocketAddr>,

    /// Longest time to wait for requests in flight after SIGTERM
    #[arg(long, env = "DRAIN_TIMEOUT", value_name = "SECONDS", default_value = "20", value_parser = seconds)]
    pub drain_timeout: Duration,

    /// Pause between failing readiness and closing the listener after SIGTERM
    #[arg(long, env = "DRAIN_DELAY", value_name = "SECONDS", default_value = "0", value_parser = seconds)]
    pub drain_delay: Duration,
}

/// What a service says about itself, and where to.
#[derive(Args, Debug, Clone)]
pub struct TelemetryConfig {
    /// Name of the release, shown in health, logs and metrics
    #[arg(long, env = "RELEASE", default_value = "dev")]
    pub release: String,

    /// Which log lines to write: a level, or directives such as info,backend=debug
    #[arg(long, env = "LOG", value_name = "DIRECTIVES", default_value = "info")]
    pub log: String,

    /// Base URL of an OpenTelemetry collector (OTLP over HTTP) that gets the traces; nothing is exported without it
    #[arg(long, env = "OTEL_EXPORTER_OTLP_ENDPOINT", value_name = "URL")]
    pub otlp_endpoint: Option<String>,
}

/// Where the database is. The address holds a password and is never an argument: it is read from `DATABASE_URL`, or
/// from a file.
#[derive(Args, Debug, Clone)]
pub struct DatabaseConfig {
    /// File that holds the PostgreSQL URL; without it the environment variable `DATABASE_URL` holds the URL itself
    #[arg(long, env = "DATABASE_URL_FILE", value_name = "FILE")]
    pub database_url_file: Option<PathBuf>,

    /// Certificates (PEM) of those who may have signed the server's certificate; with it the connection is encrypted
    #[arg(long, env = "DATABASE_CA", value_name = "PEM")]
    pub database_ca: Option<String>,
}

impl DatabaseConfig {
    /// Reads the address. What is wrong with it ends the start with exit code 2.
    pub fn address(&self) -> anyhow::Result<Address> {
        let url = Secret::required("DATABASE_URL", self.database_url_file.as_deref())?;
        let authority: Option<Authority> = match &self.database_ca {
            Some(text) => Some(text.parse().map_err(|error| bad("DATABASE_CA", &error))?),
            None => None,
        };
        let address = Address::parse(url.expose(), authority.as_ref());
        Ok(address.map_err(|error| bad("DATABASE_URL", &error))?)
    }
}

fn bad(name: &'static str, error: &dyn std::error::Error) -> BadValue {
    BadValue::new(name, error.to_string())
}

/// Parses a non-negative decimal number of seconds, at most one day; for use as a `clap` value parser.
pub fn seconds(text: &str) -> Result<Duration, String> {
    const LONGEST: f64 = 86_400.0;
    let number: f64 = text
        .parse()
        .map_err(|_| "not a number of seconds".to_owned())?;
    if (0.0..=LONGEST).contains(&number) {
        Ok(Duration::from_secs_f64(number))
    } else {
        Err(format!("must be between 0 and {LONGEST} seconds"))
    }
}

/// Parses a whole number of milliseconds, at most one day; for use as a `clap` value parser.
pub fn milliseconds(text: &str) -> Result<Duration, String> {
    const LONGEST: u64 = 86_400_000;
    match text.parse() {
        Ok(number @ 0..=LONGEST) => Ok(Duration::from_millis(number)),
        Ok(_) => Err(format!("must be at most {LONGEST} milliseconds")),
        Err(_) => Err("not a whole number of milliseconds".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{milliseconds, seconds};

    #[test]
    fn durations_are_bounded_numbers() {
        assert_eq!(seconds("1.5"), Ok(Duration::from_millis(1500)));
        assert_eq!(milliseconds("50"), Ok(Duration::from_millis(50)));
        for bad in ["", "-1", "NaN", "inf", "1e9", "5s"] {
            assert!(seconds(bad).is_err(), "{bad}");
            assert!(milliseconds(bad).is_err(), "{bad}");
        }
    }
}
