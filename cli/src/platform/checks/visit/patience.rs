//! Waits for what is about to become true.

use std::time::Duration;

use tokio::time::{Instant, sleep};

use crate::platform::checks::trouble::Trouble;

/// The first pause between two looks; each is twice the one before.
const FIRST_PAUSE: Duration = Duration::from_millis(10);

/// The longest pause between two looks.
const LONGEST_PAUSE: Duration = Duration::from_millis(160);

/// Tries a second time after a failure: on a busy machine, and on the ways into a cluster in which pods come and go, one attempt
/// may be lost.
pub async fn twice<T>(attempt: impl AsyncFn() -> Result<T, Trouble>) -> Result<T, Trouble> {
    match attempt().await {
        Err(_) => attempt().await,
        done => done,
    }
}

/// Looks until it succeeds; the last trouble when it has not within `limit`.
pub async fn eventually<T>(
    limit: Duration,
    mut look: impl AsyncFnMut() -> Result<T, Trouble>,
) -> Result<T, Trouble> {
    let end = Instant::now() + limit;
    let mut pause = FIRST_PAUSE;
    loop {
        let trouble = match look().await {
            Ok(found) => return Ok(found),
            Err(trouble) => trouble,
        };
        if Instant::now() + pause > end {
            return Err(trouble);
        }
        sleep(pause).await;
        pause = (pause * 2).min(LONGEST_PAUSE);
    }
}
