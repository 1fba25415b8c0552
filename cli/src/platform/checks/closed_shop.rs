//! A shop for tests of the checks in which nothing runs.

use std::collections::BTreeMap;

use async_trait::async_trait;

use crate::config::Secret;
use crate::plan::Component;
use crate::platform::{Error, Inside, Process, Shop};

/// Nothing listens at its front door, and every way in is closed.
pub fn closed_shop() -> Shop {
    Shop {
        // Nothing may listen on the discard port of the loopback address, and connecting fails at once.
        front_door: "http://127.0.0.1:9".to_owned(),
        resolve: None,
        detour: None,
        log: "info",
        release: "1-abc".to_owned(),
        synthetic_token: Secret::new("token"),
        inside: Box::new(Closed),
    }
}

struct Closed;

fn closed() -> Error {
    Error::NothingRunning {
        place: "/nowhere".to_owned(),
    }
}

#[async_trait]
impl Inside for Closed {
    async fn processes(&self) -> Result<Vec<Process>, Error> {
        Err(closed())
    }

    async fn metrics(&self, _service: Component) -> Result<BTreeMap<String, String>, Error> {
        Err(closed())
    }

    async fn database(&self) -> Result<tokio_postgres::Client, Error> {
        Err(closed())
    }

    async fn redis(&self) -> Result<redis::aio::MultiplexedConnection, Error> {
        Err(closed())
    }

    async fn log_lines(&self, _service: Component, _needle: &str) -> Result<Vec<String>, Error> {
        Err(closed())
    }
}
