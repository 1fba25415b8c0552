//! The tracer provider, and how its spans reach the collector.

use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use opentelemetry::KeyValue;
use opentelemetry_http::{HttpClient, HttpError, Request, Response};
use opentelemetry_otlp::{SpanExporter, WithExportConfig, WithHttpConfig};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::trace::SdkTracerProvider;
use tokio::runtime::Handle;

use super::TelemetryError;
use crate::config::TelemetryConfig;

/// A collector that does not answer must not hold up the end of the process.
const EXPORT_TIMEOUT: Duration = Duration::from_secs(3);

/// A provider that exports to the configured collector; one that only makes ids when there is none.
pub(super) fn provider(
    service: &'static str,
    config: &TelemetryConfig,
) -> Result<SdkTracerProvider, TelemetryError> {
    let resource = Resource::builder_empty()
        .with_service_name(service)
        .with_attributes([
            KeyValue::new("service.namespace", "shopmicro"),
            KeyValue::new("service.version", config.release.clone()),
        ])
        .build();
    let builder = SdkTracerProvider::builder().with_resource(resource);
    let Some(endpoint) = config
        .otlp_endpoint
        .as_deref()
        .filter(|endpoint| !endpoint.is_empty())
    else {
        return Ok(builder.build());
    };
    let exporter = SpanExporter::builder()
        .with_http()
        .with_http_client(RuntimeClient::new()?)
        .with_endpoint(traces_url(endpoint)?)
        .with_timeout(EXPORT_TIMEOUT)
        .build()
        .map_err(|error| TelemetryError::Endpoint(error.to_string()))?;
    Ok(builder.with_batch_exporter(exporter).build())
}

/// OTLP over HTTP puts each signal under its own path below the base URL.
fn traces_url(base: &str) -> Result<String, TelemetryError> {
    let uri: http::Uri = base
        .parse()
        .map_err(|_| TelemetryError::Endpoint(format!("`{base}` is not a URL")))?;
    if uri.scheme_str() != Some("http") {
        return Err(TelemetryError::Endpoint(format!(
            "`{base}` does not start with http://"
        )));
    }
    Ok(format!("{}/v1/traces", base.trim_end_matches('/')))
}

/// The SDK exports from a thread of its own, where no tokio runs; this client takes the work back to our runtime.
#[derive(Debug)]
struct RuntimeClient {
    client: reqwest::Client,
    runtime: Handle,
}

impl RuntimeClient {
    fn new() -> Result<Self, TelemetryError> {
        let runtime =
            Handle::try_current().map_err(|error| TelemetryError::Endpoint(error.to_string()))?;
        let client = reqwest::Client::builder()
            .timeout(EXPORT_TIMEOUT)
            .no_proxy()
            .build()
            .map_err(|error| TelemetryError::Endpoint(error.to_string()))?;
        Ok(Self { client, runtime })
    }
}

#[async_trait]
impl HttpClient for RuntimeClient {
    async fn send_bytes(&self, request: Request<Bytes>) -> Result<Response<Bytes>, HttpError> {
        let client = self.client.clone();
        self.runtime
            .spawn(async move { send(client, request).await })
            .await?
    }
}

async fn send(
    client: reqwest::Client,
    request: Request<Bytes>,
) -> Result<Response<Bytes>, HttpError> {
    let answer = client.execute(request.try_into()?).await?;
    let mut response = Response::new(Bytes::new());
    *response.status_mut() = answer.status();
    *response.headers_mut() = answer.headers().clone();
    *response.body_mut() = answer.bytes().await?;
    Ok(response)
}
