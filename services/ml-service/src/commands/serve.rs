//! `ml-service serve`: answer with the current model.

use std::time::Duration;

use clap::Args;
use kit::config::{DatabaseConfig, ServeConfig, TelemetryConfig, seconds};
use kit::{Metrics, Readiness};

use crate::serving::{Follower, Gauges, Served, router};

/// Serve recommendations until SIGTERM.
///
/// Follows the published models without a restart. Ready when a model is loaded or when the database has none yet.
#[derive(Debug, Args)]
pub struct ServeArgs {
    #[command(flatten)]
    serve: ServeConfig,
    #[command(flatten)]
    telemetry: TelemetryConfig,
    #[command(flatten)]
    database: DatabaseConfig,
    /// How often to look for a new model when no notification comes.
    #[arg(long, env = "MODEL_POLL_INTERVAL", value_name = "SECONDS", default_value = "30", value_parser = poll_interval)]
    model_poll_interval: Duration,
}

/// At least a tenth of a second: the database has other things to do.
fn poll_interval(text: &str) -> Result<Duration, String> {
    let interval = seconds(text)?;
    if interval < Duration::from_millis(100) {
        Err("must be at least 0.1 seconds".to_owned())
    } else {
        Ok(interval)
    }
}

/// Serves until it is told to stop.
pub async fn run(args: ServeArgs) -> anyhow::Result<()> {
    let ServeArgs {
        serve,
        telemetry,
        database,
        model_poll_interval,
    } = args;
    let _telemetry = kit::telemetry::init("ml-service", &telemetry)?;
    let metrics = Metrics::new("ml-service", &telemetry.release);
    let served = Served::default();
    let follower = Follower {
        database: database.address()?,
        served: served.clone(),
        gauges: Gauges::register(&metrics),
        poll: model_poll_interval,
    };
    let following = tokio::spawn(follower.run());
    let probed = served.clone();
    let readiness = Readiness::new().probe("postgres", move || {
        let probed = probed.clone();
        async move { probed.readiness() }
    });
    let app = kit::app(router(served), &readiness, &metrics);
    let outcome = kit::serve(&serve, app, &readiness).await;
    following.abort();
    Ok(outcome?)
}
