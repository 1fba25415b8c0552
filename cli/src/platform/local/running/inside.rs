//! The ways into a local shop that the public does not have.

use std::collections::BTreeMap;

use async_trait::async_trait;
use futures_util::future::join_all;
use time::{Duration, OffsetDateTime};

use crate::plan::Component;
use crate::platform::local::layout::Layout;
use crate::platform::local::machine::ports::Ports;
use crate::platform::local::running::logs;
use crate::platform::local::running::probe::{address, http_client, probe, redis_connection};
use crate::platform::local::running::supervision;
use crate::platform::local::running::supervisor::{Part, Phase};
use crate::platform::local::stores::roles::{self, Role};
use crate::platform::{Error, Inside, Process};

/// Everything is reached over loopback and through the files in the data directory.
pub struct LocalInside {
    layout: Layout,
    client: reqwest::Client,
}

impl LocalInside {
    /// The ways into the shop at that place.
    pub fn new(layout: Layout) -> Self {
        Self {
            layout,
            client: http_client(),
        }
    }

    async fn trouble(&self, component: Component, part: Option<&Part>) -> Option<String> {
        match part.map(|part| part.phase) {
            Some(Phase::Running) => probe(&self.layout, &self.client, component).await.err(),
            Some(phase) => Some(trouble_of(
                phase,
                part.and_then(|part| part.cause.as_deref()),
            )),
            None => Some("it does not run".to_owned()),
        }
    }
}

#[async_trait]
impl Inside for LocalInside {
    async fn processes(&self) -> Result<Vec<Process>, Error> {
        let state = supervision::state(&self.layout).ok_or_else(|| Error::NothingRunning {
            place: self.layout.root().display().to_string(),
        })?;
        let all = Component::ALL.map(|component| {
            let part = state.components.get(&component);
            async move {
                Process {
                    component,
                    trouble: self.trouble(component, part).await,
                }
            }
        });
        Ok(join_all(all).await)
    }

    async fn metrics(&self, service: Component) -> Result<BTreeMap<String, String>, Error> {
        let address = address(&Ports::of(&self.layout)?, service, "/metrics");
        let failed = |error: reqwest::Error| Error::Request {
            request: format!("GET {address}"),
            cause: error.to_string(),
        };
        let answer = self.client.get(&address).send().await.map_err(failed)?;
        let answer = answer.error_for_status().map_err(failed)?;
        let text = answer.text().await.map_err(failed)?;
        Ok(BTreeMap::from([(service.name().to_owned(), text)]))
    }

    async fn database(&self) -> Result<tokio_postgres::Client, Error> {
        roles::connect(&self.layout, Role::Owner, "shopmicro").await
    }

    async fn redis(&self) -> Result<redis::aio::MultiplexedConnection, Error> {
        redis_connection(&self.layout).await
    }

    async fn log_lines(&self, service: Component, needle: &str) -> Result<Vec<String>, Error> {
        let since = OffsetDateTime::now_utc() - Duration::minutes(1);
        logs::containing(&self.layout, service, since, needle)
    }
}

fn trouble_of(phase: Phase, cause: Option<&str>) -> String {
    let cause = cause.unwrap_or("it has ended");
    match phase {
        Phase::CrashLoop => format!("it ends again and again ({cause})"),
        Phase::BackingOff => {
            format!("it ended by itself ({cause}) and is about to be started again")
        }
        Phase::Stopping => "it is being stopped".to_owned(),
        Phase::Running | Phase::Stopped => "it does not run".to_owned(),
    }
}
