//! Serving until SIGTERM, and stopping without dropping a request.

mod connection;

use std::net::SocketAddr;
use std::time::Duration;

use axum::Router;
use axum::middleware::from_fn_with_state;
use hyper_util::server::graceful::GracefulShutdown;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};

use crate::Readiness;
use crate::config::ServeConfig;

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
    let (sender, receiver) = tokio::sync::watch::channel(0_u32);
    let forward = tokio::spawn(async move {
        loop {
            stop.received().await;
            sender.send_modify(|count| *count += 1);
        }
    });
    serve_until(config, listener, app, readiness, receiver).await;
    forward.abort();
    Ok(())
}

/// As [`serve`], on a listener of the caller's, and with `stops` (the number of stop requests so far) in place of
/// signals. Returns when the drain is over.
pub async fn serve_until(
    config: &ServeConfig,
    listener: TcpListener,
    app: Router,
    readiness: &Readiness,
    mut stops: tokio::sync::watch::Receiver<u32>,
) {
    let app = app.layer(from_fn_with_state(
        readiness.clone(),
        connection::close_when_draining,
    ));
    let connections = GracefulShutdown::new();
    tracing::info!(listen = %listener.local_addr().unwrap_or(config.listen), "serving");

    tokio::select! {
        () = connection::accept(&listener, &app, &connections) => {}
        () = stop_requested(&mut stops, 1) => {}
    }
    readiness.start_draining();
    tracing::info!(
        delay_seconds = config.drain_delay.as_secs_f64(),
        "stopping: readiness fails from now on"
    );
    tokio::select! {
        () = connection::accept(&listener, &app, &connections) => {}
        () = tokio::time::sleep(config.drain_delay) => {}
        () = stop_requested(&mut stops, 2) => {}
    }
    // A client whose connection the system has already accepted must be served too.
    connection::accept_waiting(&listener, &app, &connections).await;
    drop(listener);
    drain(config.drain_timeout, connections, stops).await;
}

async fn drain(
    timeout: Duration,
    connections: GracefulShutdown,
    mut stops: tokio::sync::watch::Receiver<u32>,
) {
    let open = connections.count();
    tokio::select! {
        () = connections.shutdown() => tracing::info!(connections = open, "stopped: all connections drained"),
        () = tokio::time::sleep(timeout) => tracing::warn!("stopped: connections were still open after the timeout"),
        () = stop_requested(&mut stops, 2) => tracing::warn!("stopped: a second signal ended the drain"),
    }
}

async fn stop_requested(stops: &mut tokio::sync::watch::Receiver<u32>, count: u32) {
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
