//! Asks a component whether it is ready.

use std::time::Duration;

use crate::plan::Component;
use crate::platform::Error;
use crate::platform::local::layout::Layout;
use crate::platform::local::machine::ports::Ports;
use crate::platform::local::stores::roles::{self, Role};

/// How long an answer may take.
const TIMEOUT: Duration = Duration::from_secs(2);

/// Asks; the error says why it is not ready.
pub async fn probe(
    layout: &Layout,
    client: &reqwest::Client,
    component: Component,
) -> Result<(), String> {
    let asked = async {
        match component {
            Component::Postgres => postgres(layout).await,
            Component::Redis => redis(layout).await,
            service => ready(layout, client, service).await,
        }
    };
    match tokio::time::timeout(TIMEOUT, asked).await {
        Ok(answer) => answer,
        Err(_) => Err(format!("no answer within {} s", TIMEOUT.as_secs())),
    }
}

/// A client for the components' own HTTP ports: no proxy of the environment is asked.
pub fn http_client() -> reqwest::Client {
    reqwest::Client::builder()
        .no_proxy()
        .timeout(TIMEOUT)
        .build()
        .unwrap_or_default()
}

/// A connection to Redis.
pub async fn redis_connection(layout: &Layout) -> Result<redis::aio::MultiplexedConnection, Error> {
    let path = layout.store_url("redis");
    let url =
        std::fs::read_to_string(&path).map_err(|source| Error::file("read", &path, source))?;
    let failed = |error: redis::RedisError| Error::Store {
        action: "reach",
        store: "redis",
        cause: error.to_string(),
    };
    let client = redis::Client::open(url).map_err(failed)?;
    client
        .get_multiplexed_async_connection()
        .await
        .map_err(failed)
}

/// The address of a component's own HTTP port.
pub fn address(ports: &Ports, service: Component, path: &str) -> String {
    format!("http://127.0.0.1:{}{path}", ports.port(service))
}

async fn postgres(layout: &Layout) -> Result<(), String> {
    let connected = roles::connect(layout, Role::Superuser, "postgres").await;
    connected.map(drop).map_err(|error| cause(&error))
}

async fn redis(layout: &Layout) -> Result<(), String> {
    let mut connection = redis_connection(layout)
        .await
        .map_err(|error| cause(&error))?;
    let answer = redis::cmd("PING")
        .query_async::<String>(&mut connection)
        .await;
    answer.map(drop).map_err(|error| error.to_string())
}

async fn ready(
    layout: &Layout,
    client: &reqwest::Client,
    service: Component,
) -> Result<(), String> {
    let ports = Ports::of(layout).map_err(|error| error.to_string())?;
    let answer = client.get(address(&ports, service, "/readyz")).send().await;
    let answer = answer.map_err(|error| {
        if error.is_connect() {
            "it does not listen".to_owned()
        } else {
            error.to_string()
        }
    })?;
    let status = answer.status();
    if status.is_success() {
        return Ok(());
    }
    let body = answer.text().await.unwrap_or_default();
    let body: String = body.chars().take(200).collect();
    Err(format!(
        "`/readyz` answers {}: {}",
        status.as_u16(),
        body.trim()
    ))
}

fn cause(error: &Error) -> String {
    match error {
        Error::Store { cause, .. } => cause.clone(),
        other => other.to_string(),
    }
}
