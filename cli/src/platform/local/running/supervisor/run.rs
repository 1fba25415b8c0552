//! The supervisor's process: its signals, its lock, its life.

use std::fs;
use std::io;

use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

use super::supervisor::{Order, Supervisor};
use crate::platform::Error;
use crate::platform::local::layout::Layout;
use crate::platform::local::running::leftovers;
use crate::platform::state::lock::Lock;

/// Runs until it is told to end; then nothing of the shop runs any more.
///
/// The caller's thread must be the one that lives as long as the process: the children get their death signal when the
/// thread ends that has started them.
pub async fn run(layout: Layout) -> Result<(), Error> {
    // Before the lock is taken: whoever sees the lock may send signals.
    let mut orders =
        orders().map_err(|source| Error::file("watch signals for", layout.root(), source))?;
    let lock = Lock::take_from_the_dead(&layout.supervisor_lock(), "supervise").await?;
    let Some(_lock) = lock else {
        return Err(Error::Locked {
            place: layout.root().display().to_string(),
            holder: Lock::holder(&layout.supervisor_lock()),
        });
    };
    // What the last supervisor wrote is not true any more.
    let _ = fs::remove_file(layout.state());
    leftovers::end(&layout).await;
    // Nothing runs on the cluster now. The number in this file may belong to another program by now, and PostgreSQL
    // would refuse to start beside that.
    let _ = fs::remove_file(layout.cluster().join("postmaster.pid"));
    Supervisor::new(layout)?.live(&mut orders).await;
    Ok(())
}

/// The signals of this process as orders.
fn orders() -> io::Result<UnboundedReceiver<Order>> {
    let mut hangup = signal(SignalKind::hangup())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    let (sender, orders) = unbounded_channel();
    tokio::spawn(async move {
        loop {
            let order = tokio::select! {
                _ = hangup.recv() => Order::Reread,
                _ = interrupt.recv() => Order::End,
                _ = terminate.recv() => Order::End,
            };
            if sender.send(order).is_err() {
                return;
            }
        }
    });
    Ok(orders)
}
