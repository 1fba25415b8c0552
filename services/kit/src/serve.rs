//! Serving until SIGTERM, and stopping without dropping a request.

mod accept;
mod body;
mod connection;
mod internal;

use std::net::SocketAddr;
use std::time::Duration;

use axum::Router;
use axum::middleware::{from_fn, from_fn_with_state};
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch;

use crate::Readiness;
use crate::config::ServeConfig;
use connection::Connections;

/// Why a service could not serve.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// The address cannot be listened on.
    #[error("LISTEN: cannot listen on {address}: {source}")]
    Bind {
        /// The address asked for.
        address: SocketAddr,
        /// What the system said.
        source: std::io::Error,
    },
    /// Signals cannot be received.
    #[error("cannot receive signals: {0}")]
    Signals(std::io::Error),
}

/// Binds the configured address. Apart from [`serve`] for those who must know a free port before they serve.
pub async fn bind(address: SocketAddr) -> Result<TcpListener, ServeError> {
    TcpListener::bind(address)
        .await
        .map_err(|source| ServeError::Bind { address, source })
}

/// Serves `app` until SIGTERM or SIGINT and then drains: readiness fails, after `drain_delay` the listener closes,
/// connections end after the response they owe, and after `drain_timeout` at the latest this returns.
/// A second signal ends the drain at once.
pub async fn serve(
    config: &ServeConfig,
    app: Router,
    readiness: &Readiness,
) -> Result<(), ServeError> {
    let mut stop = StopSignal::listen()?;
    let listener = bind(config.listen).await?;
    let (app, internal) = match config.internal_listen {
        Some(address) => internal::divide(app, bind(address).await?),
        None => (app, None),
    };
    let (sender, receiver) = watch::channel(0_u32);
    let forward = tokio::spawn(async move {
        loop {
            stop.received().await;
            sender.send_modify(|count| *count += 1);
        }
    });
    serve_until(config, listener, app, readiness, receiver).await;
    forward.abort();
    // Until now: readiness and metrics are asked for during the drain too.
    drop(internal);
    Ok(())
}

/// As [`serve`], on a listener of the caller's, and with `stops` (the number of stop requests so far) in place of
/// signals. Returns when the drain is over.
pub async fn serve_until(
    config: &ServeConfig,
    listener: TcpListener,
    app: Router,
    readiness: &Readiness,
    mut stops: watch::Receiver<u32>,
) {
    let app = app
        .layer(from_fn(body::close_when_unread))
        .layer(from_fn_with_state(
            readiness.clone(),
            connection::close_when_draining,
        ));
    let connections = Connections::new(app);
    tracing::info!(listen = %listener.local_addr().unwrap_or(config.listen), "serving");
    tokio::select! {
        () = accept::accept(&listener, &connections) => {}
        () = stop_requested(&mut stops, 1) => {}
    }
    readiness.start_draining();
    tracing::info!(
        delay_seconds = config.drain_delay.as_secs_f64(),
        "stopping: readiness fails from now on"
    );
    if !config.drain_delay.is_zero() {
        tokio::select! {
            () = accept::accept(&listener, &connections) => {}
            () = tokio::time::sleep(config.drain_delay) => {}
            () = stop_requested(&mut stops, 2) => {}
        }
    }
    accept::close(listener, &connections);
    drain(config.drain_timeout, &connections, stops).await;
}

async fn drain(timeout: Duration, connections: &Connections, mut stops: watch::Receiver<u32>) {
    let before = connections.count();
    tokio::select! {
        () = connections.end() => tracing::info!(connections = before, "stopped: all connections are closed"),
        () = tokio::time::sleep(timeout) => {
            tracing::warn!(connections = connections.count(), "stopped: connections were open after the drain timeout");
        }
        () = stop_requested(&mut stops, 2) => {
            tracing::warn!(connections = connections.count(), "stopped: a second signal ended the drain");
        }
    }
}

async fn stop_requested(stops: &mut watch::Receiver<u32>, count: u32) {
    // A closed channel means that nobody is left who could ask.
    if stops.wait_for(|stops| *stops >= count).await.is_err() {
        std::future::pending::<()>().await;
    }
}

/// SIGTERM and SIGINT.
struct StopSignal {
    terminate: tokio::signal::unix::Signal,
    interrupt: tokio::signal::unix::Signal,
}

impl StopSignal {
    fn listen() -> Result<Self, ServeError> {
        Ok(Self {
            terminate: signal(SignalKind::terminate()).map_err(ServeError::Signals)?,
            interrupt: signal(SignalKind::interrupt()).map_err(ServeError::Signals)?,
        })
    }

    async fn received(&mut self) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
        }
    }
}
