//! Where the database is.

use std::path::PathBuf;

use clap::Args;
use kit::Secret;
use kit::start::BadValue;
use tokio_postgres::Config;

use crate::store;

/// Where the database is.
#[derive(Debug, Args)]
pub struct DatabaseArgs {
    /// File that holds the PostgreSQL URL; without it the environment variable `DATABASE_URL` holds the URL itself.
    #[arg(long, env = "DATABASE_URL_FILE", value_name = "FILE")]
    database_url_file: Option<PathBuf>,
}

impl DatabaseArgs {
    /// Reads the URL.
    pub fn config(&self) -> anyhow::Result<Config> {
        let url = Secret::required("DATABASE_URL", self.database_url_file.as_deref())?;
        let config: Result<Config, BadValue> = store::parse(&url);
        Ok(config?)
    }
}
