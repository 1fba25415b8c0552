//! Contract fuzzing of the API.

use anyhow::Result;

use crate::command::run;
use crate::repository::Repository;
use crate::shop::Shop;
use crate::tools;

/// Generated requests against a shop of their own.
pub fn fuzz(repository: &Repository) -> Result<()> {
    let schemathesis = tools::SCHEMATHESIS
        .programs(repository)?
        .join("schemathesis");
    let shop = Shop::new(repository)?;
    shop.up()?;
    let mut command = repository.command(schemathesis);
    command
        .arg("--config-file")
        .arg(
            repository
                .root
                .join("services/backend/contract/schemathesis.toml"),
        )
        .arg("run")
        .arg(format!("{}/api/openapi.json", shop.url()));
    run(&mut command)
}
