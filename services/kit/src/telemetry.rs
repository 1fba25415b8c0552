//! Logs as JSON lines on standard output, and traces to a collector when one is configured.
//!
//! Trace and span ids exist with and without a collector, so that the log lines of one request can be found in all
//! services that it crossed.

mod export;
mod format;

use std::io::Write;

use opentelemetry::trace::TracerProvider;
use opentelemetry_sdk::trace::SdkTracerProvider;
use tracing::Level;
use tracing::level_filters::LevelFilter;
use tracing_subscriber::filter::{EnvFilter, FilterExt, filter_fn};
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{Layer, Registry};

use crate::config::TelemetryConfig;
use format::JsonLine;

/// Why telemetry could not be started.
#[derive(Debug, thiserror::Error)]
pub enum TelemetryError {
    /// The log directives cannot be parsed.
    #[error("LOG: {0}")]
    Filter(#[from] tracing_subscriber::filter::ParseError),
    /// The collector's URL cannot be used.
    #[error("OTEL_EXPORTER_OTLP_ENDPOINT: {0}")]
    Endpoint(String),
    /// Telemetry was started before in this process.
    #[error("telemetry is already running")]
    Twice,
}

/// Keeps telemetry running; sends what is still unsent when it is dropped.
#[must_use = "telemetry ends when this value is dropped"]
pub struct Telemetry {
    provider: SdkTracerProvider,
}

/// Starts logs and traces for the whole process, under the name `service`. To be called inside the tokio runtime.
pub fn init(service: &'static str, config: &TelemetryConfig) -> Result<Telemetry, TelemetryError> {
    let provider = export::provider(service, config)?;
    subscriber(service, config, &provider, std::io::stdout)?
        .try_init()
        .map_err(|_| TelemetryError::Twice)?;
    Ok(Telemetry { provider })
}

/// The subscriber that [`init`] installs, with a writer of the caller's choice, so that tests can read the lines.
pub fn subscriber<W>(
    service: &'static str,
    config: &TelemetryConfig,
    provider: &SdkTracerProvider,
    writer: W,
) -> Result<impl tracing::Subscriber + Send + Sync + use<W>, TelemetryError>
where
    W: for<'writer> MakeWriter<'writer> + Send + Sync + 'static,
{
    let filter = EnvFilter::builder().parse(&config.log)?;
    let lines = tracing_subscriber::fmt::layer()
        .event_format(JsonLine::new(service, &config.release))
        .with_ansi(false)
        .with_writer(writer)
        .with_filter(filter);
    // Spans keep their ids however little is logged; events are log lines already and are not repeated in traces.
    let spans = filter_fn(|metadata| metadata.is_span() && *metadata.level() <= Level::INFO);
    let traces = tracing_opentelemetry::layer()
        .with_tracer(provider.tracer(service))
        .with_location(false)
        .with_threads(false)
        .with_tracked_inactivity(false)
        .with_filter(spans.and(LevelFilter::INFO));
    Ok(Registry::default().with(lines).with(traces))
}

impl Drop for Telemetry {
    fn drop(&mut self) {
        if let Err(error) = self.provider.shutdown() {
            tracing::warn!(%error, "some traces were not exported");
        }
        // Standard output is line-buffered at best; nothing may be lost on exit.
        let _ = std::io::stdout().flush();
    }
}
