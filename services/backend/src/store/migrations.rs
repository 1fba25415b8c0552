//! The schema, embedded in the binary.

use kit::Secret;
use refinery::Target;

use super::{Database, StoreError};

mod embedded {
    refinery::embed_migrations!("migrations");
}

/// "shop" in ASCII: the advisory lock that lets one `migrate` or `seed` work on a database at a time.
const LOCK: i64 = 0x7368_6f70;

/// Migrations may wait a moment for a lock but must not queue in front of the shop's own statements for long.
const LIMITS: &str = "set lock_timeout = '5s'; set statement_timeout = '60s'";

/// Brings the schema up to date and returns how many migrations that took. Runs at the same time wait for each other.
pub async fn run(url: &Secret) -> Result<usize, StoreError> {
    let mut client = Database::connect_once(url).await?;
    lock(&client).await?;
    client.batch_execute(LIMITS).await?;
    let report = embedded::migrations::runner()
        .set_target(Target::Latest)
        .run_async(&mut client)
        .await
        .map_err(Box::new)?;
    // The lock ends with the connection.
    Ok(report.applied_migrations().len())
}

/// Waits until nobody else migrates or seeds. The lock is held until the connection ends.
pub async fn lock(client: &tokio_postgres::Client) -> Result<(), StoreError> {
    client
        .execute("select pg_advisory_lock($1)", &[&LOCK])
        .await?;
    Ok(())
}
