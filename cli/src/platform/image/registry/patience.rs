//! How long a registry is waited for while a blob is on its way to it: as long as it goes on taking some of it.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use futures_util::{Stream, TryStreamExt as _};
use oci_client::errors::OciDistributionError;
use tokio::sync::Notify;
use tokio::time::sleep;

/// What is waited for between two signs of life.
#[derive(Debug, Clone, Copy)]
pub struct Patience {
    /// Until the registry takes the next piece of the blob.
    pub piece: Duration,
    /// Until it answers that it has put the whole blob where it belongs.
    pub answer: Duration,
}

impl Patience {
    /// Long enough for a line that drains what the system has buffered, and for a registry that keeps blobs elsewhere.
    pub const USUAL: Self = Self {
        piece: Duration::from_mins(2),
        answer: Duration::from_mins(5),
    };
}

/// How far a blob has come.
#[derive(Debug)]
pub struct Progress {
    size: u64,
    taken: AtomicU64,
    moved: Notify,
}

impl Progress {
    /// Nothing of a blob of that size, in bytes.
    pub fn of(size: u64) -> Arc<Self> {
        Arc::new(Self {
            size,
            taken: AtomicU64::new(0),
            moved: Notify::new(),
        })
    }

    /// The same pieces; each counts when it is taken.
    pub fn watched<B, S>(
        self: &Arc<Self>,
        pieces: S,
    ) -> impl Stream<Item = Result<B, OciDistributionError>> + Send + 'static
    where
        B: AsRef<[u8]> + Send + 'static,
        S: Stream<Item = Result<B, OciDistributionError>> + Send + 'static,
    {
        let progress = Arc::clone(self);
        pieces.inspect_ok(move |piece| {
            let length = piece.as_ref().len() as u64;
            progress.taken.fetch_add(length, Ordering::Relaxed);
            progress.moved.notify_one();
        })
    }

    /// What `sending` comes to, unless it stands still.
    pub async fn within<T>(
        &self,
        patience: Patience,
        sending: impl Future<Output = Result<T, OciDistributionError>>,
    ) -> Result<T, OciDistributionError> {
        let mut sending = std::pin::pin!(sending);
        loop {
            let is_whole = self.taken.load(Ordering::Relaxed) >= self.size;
            let limit = if is_whole {
                patience.answer
            } else {
                patience.piece
            };
            tokio::select! {
                answer = &mut sending => return answer,
                () = self.moved.notified() => {}
                () = sleep(limit) => return Err(stands_still(is_whole, limit)),
            }
        }
    }
}

fn stands_still(is_whole: bool, limit: Duration) -> OciDistributionError {
    let seconds = limit.as_secs();
    let what = if is_whole {
        format!("timed out: it has the whole blob and has said nothing for {seconds} s")
    } else {
        format!("timed out: it has taken nothing more of the blob for {seconds} s")
    };
    io::Error::new(io::ErrorKind::TimedOut, what).into()
}

#[cfg(test)]
mod tests {
    use futures_util::{StreamExt as _, stream};

    use super::super::refusal::passes;
    use super::*;

    const SHORT: Patience = Patience {
        piece: Duration::from_millis(200),
        answer: Duration::from_millis(200),
    };

    /// A blob of `pieces` pieces, each a moment after the one before.
    fn slow(
        progress: &Arc<Progress>,
        pieces: u64,
    ) -> impl Stream<Item = Result<Vec<u8>, OciDistributionError>> {
        let pieces = stream::iter(0..pieces).then(|_| async {
            sleep(SHORT.piece / 4).await;
            Ok(vec![0])
        });
        progress.watched(pieces)
    }

    #[tokio::test]
    async fn a_blob_may_take_longer_than_any_silence() {
        let progress = Progress::of(12);
        let pieces = slow(&progress, 12);
        let sending = async { Ok(pieces.count().await) };
        assert_eq!(progress.within(SHORT, sending).await.unwrap(), 12);
    }

    #[tokio::test]
    async fn a_registry_that_takes_nothing_more_is_given_up_and_tried_again() {
        let progress = Progress::of(12);
        let pieces = slow(&progress, 2);
        let sending = async {
            pieces.count().await;
            std::future::pending::<Result<(), _>>().await
        };
        let error = progress.within(SHORT, sending).await.unwrap_err();
        assert!(error.to_string().contains("nothing more"), "{error}");
        assert!(passes(&error));
    }

    #[tokio::test]
    async fn a_registry_that_has_all_and_says_nothing_is_given_up() {
        let progress = Progress::of(2);
        let pieces = slow(&progress, 2);
        let sending = async {
            pieces.count().await;
            std::future::pending::<Result<(), _>>().await
        };
        let error = progress.within(SHORT, sending).await.unwrap_err();
        assert!(error.to_string().contains("the whole blob"), "{error}");
    }
}
