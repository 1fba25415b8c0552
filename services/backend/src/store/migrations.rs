//! The schema, embedded in the binary.

use std::time::Duration;

use database::Address;
use refinery::Target;
use tokio_postgres::error::SqlState;

use super::{Database, StoreError};

mod embedded {
    refinery::embed_migrations!("migrations");
}

/// "shop" in ASCII: the advisory lock that lets one `migrate` or `seed` work on a database at a time.
const LOCK: i64 = 0x7368_6f70;

/// How long whoever migrates or seeds may keep the next one waiting.
const TURN: Duration = Duration::from_mins(1);

/// Migrations may wait a moment for a lock but must not queue in front of the shop's own statements for long.
const LIMITS: &str = "set lock_timeout = '5s'; set statement_timeout = '60s'";

/// Brings the schema up to date and returns how many migrations that took. Runs at the same time wait for each other.
pub async fn run(address: &Address) -> Result<usize, StoreError> {
    let mut client = Database::connect_once(address).await?;
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

/// Waits until nobody else migrates or seeds, but not without end. The lock is held until the connection ends.
pub async fn lock(client: &tokio_postgres::Client) -> Result<(), StoreError> {
    lock_within(client, TURN).await
}

async fn lock_within(client: &tokio_postgres::Client, turn: Duration) -> Result<(), StoreError> {
    let limit = format!("set lock_timeout = '{}ms'", turn.as_millis());
    client.batch_execute(&limit).await?;
    let locked = client
        .execute("select pg_advisory_lock($1)", &[&LOCK])
        .await;
    client.batch_execute("reset lock_timeout").await?;
    match locked {
        Err(error) if error.code() == Some(&SqlState::LOCK_NOT_AVAILABLE) => {
            Err(StoreError::Locked {
                seconds: turn.as_secs(),
                holder: holder(client).await.unwrap_or_else(|| "unknown".to_owned()),
            })
        }
        locked => Ok(locked.map(drop)?),
    }
}

/// Who holds the lock, as far as this role may see it.
async fn holder(client: &tokio_postgres::Client) -> Option<String> {
    // A lock on one number of 64 bits is kept as two halves.
    let row = client
        .query_opt(
            "select format('process %s of user %s (%s, connected since %s)', a.pid, a.usename, \
                           coalesce(nullif(a.application_name, ''), 'no name'), a.backend_start) \
               from pg_locks l join pg_stat_activity a using (pid) \
              where l.locktype = 'advisory' and l.granted and l.objsubid = 1 \
                and (l.classid::bigint << 32 | l.objid::bigint) = $1 \
                and l.database = (select oid from pg_database where datname = current_database())",
            &[&LOCK],
        )
        .await;
    row.ok().flatten().map(|row| row.get(0))
}

#[cfg(test)]
mod tests {
    use kit::testing::Postgres;

    use super::*;

    #[tokio::test]
    async fn whoever_holds_the_lock_for_too_long_is_named() {
        let address = Postgres::shared().address();
        let holder = Database::connect_once(&address).await.unwrap();
        lock(&holder).await.unwrap();
        let pid = holder.query_one("select pg_backend_pid()", &[]).await;
        let pid: i32 = pid.unwrap().get(0);
        let waiting = Database::connect_once(&address).await.unwrap();
        let locked = lock_within(&waiting, Duration::from_millis(50)).await;
        let said = locked.unwrap_err().to_string();
        assert!(said.contains(&format!("process {pid} of user ")), "{said}");
        assert!(
            said.contains("canceling statement due to lock timeout"),
            "{said}"
        );
        drop(holder);
        lock(&waiting).await.unwrap();
    }
}
