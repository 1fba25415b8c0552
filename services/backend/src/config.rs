//! Arguments and environment, resolved once into [`Settings`].

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Parser, Subcommand};
use database::Address;
use kit::Secret;
use kit::config::{DatabaseConfig, ServeConfig, TelemetryConfig, milliseconds, seconds};
use kit::start::BadValue;

const SECRETS: &str = "Secrets are read from the environment: DATABASE_URL, REDIS_URL and SYNTHETIC_TOKEN, or from files \
named by DATABASE_URL_FILE, REDIS_URL_FILE and SYNTHETIC_TOKEN_FILE.";

/// The backend of the shop
#[derive(Parser, Debug)]
#[command(name = "backend", version, about, after_help = SECRETS)]
pub struct Arguments {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// What the binary can do.
#[derive(Subcommand, Debug)]
pub enum Command {
    /// Serve the API
    Serve(Box<ServeArguments>),
    /// Bring the database schema up to date
    Migrate(DatabaseArguments),
    /// Load the bundled catalogue and the simulated order history; safe to run again
    Seed(DatabaseArguments),
    /// Print the OpenAPI document
    Openapi,
}

/// Arguments of the subcommands that need only the database.
#[derive(Args, Debug, Clone)]
#[command(after_help = SECRETS)]
pub struct DatabaseArguments {
    /// Where the database is.
    #[command(flatten)]
    pub database: DatabaseConfig,
    /// What the process says about itself.
    #[command(flatten)]
    pub telemetry: TelemetryConfig,
}

/// Arguments of `serve`.
#[derive(Args, Debug, Clone)]
#[command(after_help = SECRETS)]
pub struct ServeArguments {
    /// Where and how to serve.
    #[command(flatten)]
    pub serve: ServeConfig,
    /// What the process says about itself.
    #[command(flatten)]
    pub telemetry: TelemetryConfig,

    /// Where the database is.
    #[command(flatten)]
    pub database: DatabaseConfig,
    /// File that holds the Redis URL
    #[arg(long, env = "REDIS_URL_FILE", value_name = "FILE")]
    pub redis_url_file: Option<PathBuf>,
    /// File that holds the token which marks orders as synthetic
    #[arg(long, env = "SYNTHETIC_TOKEN_FILE", value_name = "FILE")]
    pub synthetic_token_file: Option<PathBuf>,

    /// Most connections to PostgreSQL at a time
    #[arg(long, env = "DATABASE_POOL_SIZE", value_name = "COUNT", default_value = "8",
          value_parser = clap::value_parser!(u16).range(1..=500))]
    pub database_pool_size: u16,
    /// Base URL of ml-service; without it, recommendations are the popular products
    #[arg(long, env = "ML_SERVICE_URL", value_name = "URL")]
    pub ml_service_url: Option<String>,
    /// Longest wait for ml-service in milliseconds
    #[arg(long, env = "ML_SERVICE_TIMEOUT_MS", value_name = "MILLISECONDS", default_value = "50",
          value_parser = milliseconds)]
    pub ml_service_timeout: Duration,
    /// Life of a cart after its last use in seconds
    #[arg(long, env = "CART_TTL_SECONDS", value_name = "SECONDS", default_value = "604800",
          value_parser = clap::value_parser!(u32).range(1..=31_536_000))]
    pub cart_ttl_seconds: u32,
    /// Longest life of a cached product in seconds
    #[arg(long, env = "PRODUCT_CACHE_TTL_SECONDS", value_name = "SECONDS", default_value = "60",
          value_parser = clap::value_parser!(u32).range(1..=86_400))]
    pub product_cache_ttl_seconds: u32,
    /// Longest wait for the payment provider in seconds
    #[arg(long, env = "PAYMENT_TIMEOUT", value_name = "SECONDS", default_value = "1", value_parser = seconds)]
    pub payment_timeout: Duration,
}

/// Everything the running service needs to know. Holds no clap types.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Name of the release.
    pub release: String,
    /// Where PostgreSQL is.
    pub database: Address,
    /// Most connections to PostgreSQL at a time.
    pub database_pool_size: usize,
    /// Redis URL.
    pub redis_url: Secret,
    /// Base URL of ml-service, without a slash at the end.
    pub ml_service_url: Option<reqwest::Url>,
    /// Longest wait for ml-service.
    pub ml_service_timeout: Duration,
    /// Life of a cart after its last use in seconds.
    pub cart_ttl_seconds: u32,
    /// Longest life of a cached product in seconds.
    pub product_cache_ttl_seconds: u32,
    /// What marks an order as synthetic; without it no order can be.
    pub synthetic_token: Option<Secret>,
    /// Longest wait for the payment provider.
    pub payment_timeout: Duration,
}

impl ServeArguments {
    /// Reads the secrets and checks what clap cannot check.
    pub fn resolve(self) -> anyhow::Result<Settings> {
        let Self {
            serve: _,
            telemetry,
            database,
            redis_url_file,
            synthetic_token_file,
            database_pool_size,
            ml_service_url,
            ml_service_timeout,
            cart_ttl_seconds,
            product_cache_ttl_seconds,
            payment_timeout,
        } = self;
        Ok(Settings {
            release: telemetry.release,
            database: database.address()?,
            database_pool_size: usize::from(database_pool_size),
            redis_url: Secret::required("REDIS_URL", redis_url_file.as_deref())?,
            ml_service_url: ml_service_url.as_deref().map(service_url).transpose()?,
            ml_service_timeout,
            cart_ttl_seconds,
            product_cache_ttl_seconds,
            synthetic_token: Secret::optional("SYNTHETIC_TOKEN", synthetic_token_file.as_deref())?,
            payment_timeout,
        })
    }
}

fn service_url(text: &str) -> Result<reqwest::Url, BadValue> {
    let url = reqwest::Url::parse(text)
        .map_err(|error| BadValue::new("ML_SERVICE_URL", error.to_string()))?;
    if url.scheme() == "http" && url.has_host() {
        Ok(url)
    } else {
        Err(BadValue::new(
            "ML_SERVICE_URL",
            "must look like http://host:port",
        ))
    }
}
