//! Ctrl-C and the polite end signal.

use std::sync::LazyLock;

use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;

use super::Error;
use crate::failure::AnyFailure;

/// Signals are sent to the process, so there is one of it.
static INTERRUPTION: LazyLock<CancellationToken> = LazyLock::new(watch);

/// From now on an interruption is not lost, also when nobody waits for it at that moment, and does not end the process by
/// itself. It must not be called while a question waits for its answer.
pub fn watch_for_interruption() {
    LazyLock::force(&INTERRUPTION);
}

/// Comes back when somebody interrupts or ends this process, at once if that has happened before.
pub async fn interrupted() {
    INTERRUPTION.cancelled().await;
}

/// Does it unless somebody interrupts, and drops it where somebody does.
pub async fn unless_interrupted<T, E>(
    work: impl Future<Output = Result<T, E>>,
) -> Result<T, AnyFailure>
where
    AnyFailure: From<E>,
{
    tokio::select! {
        done = work => Ok(done?),
        () = interrupted() => Err(Error::Interrupted.into()),
    }
}

fn watch() -> CancellationToken {
    let token = CancellationToken::new();
    // Without a handler the signal ends the process by itself, which the next run can cope with too.
    let (Ok(mut interrupt), Ok(mut terminate)) = (
        signal(SignalKind::interrupt()),
        signal(SignalKind::terminate()),
    ) else {
        return token;
    };
    let seen = token.clone();
    tokio::spawn(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
        seen.cancel();
    });
    token
}
