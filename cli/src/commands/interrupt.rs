//! Ctrl-C and the polite end signal.

use std::future::pending;

use tokio::signal::unix::{SignalKind, signal};

/// Comes back when somebody interrupts or ends this process.
pub async fn interrupted() {
    // Without a handler the signal ends the process by itself, which the next run can cope with too.
    let (Ok(mut interrupt), Ok(mut terminate)) = (
        signal(SignalKind::interrupt()),
        signal(SignalKind::terminate()),
    ) else {
        return pending().await;
    };
    tokio::select! {
        _ = interrupt.recv() => {}
        _ = terminate.recv() => {}
    }
}
